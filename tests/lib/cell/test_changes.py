"""The change log as operators see it: streaming, trimming, freezing, holding still (cell.md 7, 8.7, 16)."""

from __future__ import annotations

import asyncio
import os
import pathlib
import typing

import pytest
import pytest_asyncio

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell


@pytest_asyncio.fixture
async def cell(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cell.Cell]:
    async with await s_cell.Cell.anit(str(tmp_path), conf={'nexslog:en': True}) as cell:
        yield cell


async def test_changes_stream_and_go_on_live(cell: s_cell.Cell, root: typing.Any) -> None:
    user = await root.addUser('visi')
    items = root.getNexusChanges(0, tellready=True).__aiter__()
    assert await anext(items) == (0, ('auth:auth', 'user:add', (user['iden'], 'visi'), {}, {}))
    assert (await anext(items))[0] == 1
    assert await anext(items) is None
    wait = asyncio.ensure_future(anext(items))
    offs, _ = await root.issue(cell.iden, 'sync', (), {}, {'resp': 'ab' * 16})
    assert await wait == (offs, (cell.iden, 'sync', (), {}, {'resp': 'ab' * 16}))
    stored = [item async for item in root.getNexusChanges(0, wait=False)]
    assert len(stored) == 3 == await root.getNexsIndx()


async def test_no_log_no_changes(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        await cell.addUser('visi')
        assert [item async for item in cell.getNexusChanges(0, tellready=True)] == []
        assert await cell.waitNexsOffs(0) is False
        with pytest.raises(s_exc.BadConfValu) as info:
            await cell.trimNexsLog()
        assert info.value.get('mesg') == 'trimNexsLog requires nexslog:en=True'
        await cell.readyToMirror()
        index = cell.getNexsIndx()
        await cell.sync()
        assert [offs async for offs, _ in cell.getNexusChanges(0, wait=False)] == [index]
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        assert cell.conf['nexslog:en'] is True
        assert [offs async for offs, _ in cell.getNexusChanges(0, wait=False)] == [index]
    assert s_common.yamlload(str(tmp_path / 'cell.mods.yaml')) == {'nexslog:en': True}


async def test_issue_without_waiting(cell: s_cell.Cell, root: typing.Any) -> None:
    assert await root.issue(cell.iden, 'sync', (), {}, wait=False) is None
    assert await root.waitNexsOffs(0, timeout=5) is True
    for args, err in ((('newp', 'sync', (), {}), s_exc.NoSuchIden), ((cell.iden, 'newp', (), {}), s_exc.NoSuchName)):
        with pytest.raises(err):
            await root.issue(*args)


async def test_wait_for_an_offset(cell: s_cell.Cell, root: typing.Any) -> None:
    assert await root.waitNexsOffs(1, timeout=0.01) is False
    wait = asyncio.ensure_future(root.waitNexsOffs(1, timeout=5))
    await root.addUser('visi')
    assert await wait is True and await root.waitNexsOffs(0) is True


async def test_rotate_and_cull(cell: s_cell.Cell, root: typing.Any) -> None:
    await root.addUser('visi')
    assert await root.rotateNexsLog() == 3
    assert await root.rotateNexsLog() == 4
    assert await root.cullNexsLog(100) is False
    assert await root.cullNexsLog(1) is True
    assert await root.cullNexsLog(0) is False
    first = await anext(root.getNexusChanges(0).__aiter__())
    assert first[0] == 2


async def test_trim(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    await root.addUser('visi')
    logdir = tmp_path / 'slabs' / 'nexuslog'
    before = sorted(os.listdir(logdir))
    assert await root.trimNexsLog(consumers=[cell.getLocalUrl()], timeout=5) == 2
    assert [offs async for offs, _ in root.getNexusChanges(0, wait=False)] == [3, 4]
    cell.nexsroot.checkpoint(force=True)
    assert before[0] not in os.listdir(logdir)


async def test_trim_with_a_consumer_that_is_away(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    before = await root.getNexsIndx()
    with pytest.raises(s_exc.SynErr):
        await root.trimNexsLog(consumers=[cell.getLocalUrl(), f'cell://{tmp_path}/newp'])
    assert await root.getNexsIndx() == before


async def test_trim_with_a_slow_consumer(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path / 'slow'), conf={'nexslog:en': True}) as slow:
        with pytest.raises(s_exc.SynErr) as info:
            await root.trimNexsLog(consumers=[slow.getLocalUrl()], timeout=0.01)
    assert info.value.get('mesg') == 'trimNexsLog timed out waiting for consumer to write rotation offset'
    assert (info.value.get('offs'), info.value.get('timeout')) == (0, 0.01)


async def test_freeze(cell: s_cell.Cell, root: typing.Any) -> None:
    await root.freeze()
    assert (await root.getCellInfo())['cell']['paused'] is True
    add = asyncio.ensure_future(root.addUser('visi'))
    await asyncio.sleep(0.05)
    assert not add.done()
    with pytest.raises(s_exc.BadState) as info:
        await root.freeze()
    assert info.value.get('mesg') == 'The service is already frozen.'
    await root.resume()
    assert (await add)['name'] == 'visi'
    with pytest.raises(s_exc.BadState) as info:
        await root.resume()
    assert info.value.get('mesg') == 'The service is not frozen.'


@pytest.mark.parametrize(
    ('name', 'args', 'err', 'mesg'),
    [
        ('promote', (), 'BadConfValu', 'promote() called on non-mirror'),
        ('promote', (True,), 'BadConfValu', 'promote() called on non-mirror'),
        ('demote', (), 'NeedConfValu', 'AHA is not configured on this service.'),
        (
            'getMirrorUrls',
            (),
            'BadConfValu',
            'Enumerating mirror URLs is only supported when AHA is configured',
        ),
    ],
)
async def test_who_leads(root: typing.Any, name: str, args: typing.Any, err: str, mesg: str) -> None:
    with pytest.raises(s_exc.SynErr) as info:
        await root.call(name, *args)
    assert (info.value.errname, info.value.get('mesg')) == (err, mesg)
