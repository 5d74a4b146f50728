"""The JSONStor of a Cortex: embedded, remote, in backups; notifications by the Cortex (jsonstor.md 7)."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.jsonstor as s_jsonstor
import synapse.telepath as s_telepath

Any = typing.Any
VISI = s_common.guid('visi')


async def test_embedded(tmp_path: pathlib.Path) -> None:
    dirn = str(tmp_path / 'core')
    for turn in range(2):
        async with await s_cortex.Cortex.anit(dirn) as core:
            assert core.jsonstor.iden == s_common.guid((core.iden, 'jsonstor'))
            async with await s_telepath.openurl(f'cell://{dirn}/jsonstor') as stor:
                if turn == 0:
                    await stor.setPathObj('foo/bar', {'a': 1})
                assert await stor.getPathObj('foo/bar') == {'a': 1}
            with pytest.raises(s_exc.SynErr):
                await s_telepath.openurl(f'cell://{dirn}:jsonstor')
            # its changes are in the log of the Cortex, under its own iden
            changes = [item async for _, item in core.getNexusChanges(0, wait=False)]
            assert (core.jsonstor.iden, 'json:set') in [item[:2] for item in changes]


async def test_a_directory_of_another_cortex_gets_our_iden(tmp_path: pathlib.Path) -> None:
    stor = tmp_path / 'core' / 'jsonstor'
    stor.mkdir(parents=True)
    (stor / 'cell.guid').write_text(s_common.guid())
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        assert (stor / 'cell.guid').read_text() == core.jsonstor.iden == s_common.guid((core.iden, 'jsonstor'))


async def test_a_backup_has_it(tmp_path: pathlib.Path) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core, await core.getLocalProxy() as proxy:
        await core.jsonstor.setPathObj('foo/bar', {'a': 1})
        await proxy.runBackup('back')
        await core.jsonstor.setPathObj('foo/bar', {'a': 2})
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core' / 'backups' / 'back')) as core:
        assert await core.jsonstor.getPathObj('foo/bar') == {'a': 1}


async def check_notifs(proxy: Any) -> None:
    indx = await proxy.addUserNotif(VISI, 'hehe', {'a': 1})
    assert (await proxy.getUserNotif(indx))[2:] == ('hehe', {'a': 1})
    assert [item[0] async for item in proxy.iterUserNotifs(VISI, size=5)] == [indx]
    async for item in proxy.watchAllUserNotifs(0):
        assert item[0] == indx
        break
    assert await proxy.delUserNotif(indx) is None
    assert await proxy.getUserNotif(indx) is None


async def test_notifications(tmp_path: pathlib.Path) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path)) as core:
        async with await core.getLocalProxy() as proxy:
            await check_notifs(proxy)
        await core.auth.addUser('visi')
        async with await core.getLocalProxy(user='visi') as proxy:
            for call in (proxy.addUserNotif(VISI, 'hehe'), proxy.getUserNotif(0), proxy.delUserNotif(0)):
                with pytest.raises(s_exc.AuthDeny):
                    await call


async def test_remote(tmp_path: pathlib.Path) -> None:
    url = f'cell://{tmp_path}/stor'
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core'), conf={'jsonstor': url}) as core:
        assert not (tmp_path / 'core' / 'jsonstor').exists()
        async with await core.getLocalProxy() as proxy:
            early = asyncio.create_task(proxy.addUserNotif(VISI, 'early'))
            async with await s_jsonstor.JsonStorCell.anit(str(tmp_path / 'stor')) as stor:
                indx = await asyncio.wait_for(early, 30)
                assert (await stor.getUserNotif(indx))[2] == 'early'
                await stor.delUserNotif(indx)
                await check_notifs(proxy)
