"""A mirror follows its leader, and writes through it (cell.md 7.3, 7.4)."""

from __future__ import annotations

import asyncio
import pathlib
import shutil
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting


async def test_a_mirror_has_what_the_leader_has(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await asyncio.gather(*[lead.setThing(f'k{indx}', indx) for indx in range(300)])
        user = await lead.addUser('visi')
        await lead.addUserRule(user['iden'], (True, ('foo', 'bar')))
        await t_mirrors.level(lead, mirr)
        assert mirr.things.get('k299') == 299 and mirr.auth.getUserByName('visi') is not None
        assert (lead.roles, mirr.roles) == (['active'], ['passive'])
        assert list((await t_mirrors.req_equal(lead, mirr))['slabs']) == ['slabs/cell.lmdb']
        info = (await mirr.getCellInfo())['cell']
        assert (info['active'], info['ready'], info['uplink']) == (False, True, True)
        assert info['mirror'] == lead.getLocalUrl() and info['nexus']['uplink:ready'] is True
        assert (await lead.getCellInfo())['cell']['ready'] is True


async def test_the_check_finds_a_difference(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await t_mirrors.req_equal(lead, mirr)
        mirr.things.set('sneaky', 1)
        with pytest.raises(AssertionError):
            await t_mirrors.req_equal(lead, mirr)
        with pytest.raises(s_exc.NoSuchName):
            await mirr.getNexsDigest(0)
        with pytest.raises(s_exc.TimeOut):
            await mirr.getNexsDigest(9999, timeout=0.01)


async def test_writes_go_through_the_mirror(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        async with await s_telepath.openurl(mirr.getLocalUrl()) as proxy:
            assert await proxy.setThing('a', {'b': (1, 2)}) == 2
            assert await proxy.getThing('a') == {'b': (1, 2)}
            with pytest.raises(s_exc.BadArg):
                await proxy.setThing('newp', 1)
            counts = await asyncio.gather(*[proxy.setThing(f'k{indx}', indx) for indx in range(50)])
        assert sorted(counts) == list(range(3, 53))
        *_, (_, item) = [row async for row in lead.getNexusChanges(0, wait=False)]
        assert len(item[4]['resp']) == 32
        await t_mirrors.req_equal(lead, mirr)


async def test_a_mirror_of_a_mirror(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await t_mirrors.copy(lead, tmp_path / 'leaf')
        async with await t_mirrors.start(tmp_path / 'leaf', mirror=mirr.getLocalUrl()) as leaf:
            await t_mirrors.level(lead, mirr, leaf)
            assert await leaf.setThing('a', 1) == 2
            assert lead.things.get('a') == mirr.things.get('a') == leaf.things.get('a') == 1
            await t_mirrors.req_equal(lead, mirr, leaf)


async def test_a_mirror_that_was_away_catches_up(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        url = lead.getLocalUrl()
        await mirr.fini()
        await asyncio.gather(*[lead.setThing(f'k{indx}', 'x' * indx) for indx in range(2000)])
        async with await t_mirrors.start(tmp_path / '1', mirror=url) as mirr:
            await t_mirrors.level(lead, mirr)
            await t_mirrors.req_equal(lead, mirr)


async def test_a_leader_that_restarts_is_followed_on(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await lead.fini()
        await t_waiting.until(lambda: mirr.mirror.uplink is None)
        assert not mirr.mirror.ready and (await mirr.getCellInfo())['cell']['uplink'] is False
        late = asyncio.create_task(mirr.setThing('late', 1))
        async with await t_mirrors.start(tmp_path / '0') as lead:
            assert await late == 2 and lead.things.get('late') == 1
            await t_mirrors.req_equal(lead, mirr)


async def test_no_leader_no_write(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_LEADER_TIMEOUT', 0.2)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await lead.fini()
        await t_waiting.until(lambda: mirr.mirror.uplink is None)
        with pytest.raises(s_exc.LinkErr) as info:
            await mirr.setThing('a', 1)
        assert info.value.get('mesg') == 'Mirror cannot reach leader for write request'
        assert mirr.things.get('first') == 1


async def test_a_link_that_is_lost_again_and_again(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'MIRROR_RETRY_SECS', 0.01)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        writes = [asyncio.create_task(mirr.setThing(f'k{indx}', indx)) for indx in range(200)]
        for _ in range(10):
            await asyncio.sleep(0.03)
            if mirr.mirror.uplink is not None:
                await mirr.mirror.uplink.fini()
        assert sorted(await asyncio.gather(*writes)) == list(range(2, 202))
        assert lead.counts.get('count') == 201
        await t_mirrors.level(lead, mirr)
        await t_mirrors.req_equal(lead, mirr)


@pytest.mark.parametrize(
    ('kind', 'mesg'),
    [
        ('other', 'remote cell has different iden!  Aborting mirror sync'),
        ('newer', 'Leader is a higher version than we are. Mirrors must be updated first. Entering read-only mode.'),
        ('trimmed', 'was trimmed. Clone the follower anew with the demote tool (--rejoin).'),
    ],
)
async def test_whom_a_mirror_does_not_follow(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kind: str, mesg: str
) -> None:
    monkeypatch.setattr(s_limits, 'MIRROR_RETRY_SECS', 0.01)
    async with await t_mirrors.start(tmp_path / '0') as lead:
        await lead.setThing('a', 1)
        await t_mirrors.copy(lead, tmp_path / '1')
        if kind == 'other':
            shutil.rmtree(tmp_path / '1')
            async with await t_mirrors.start(tmp_path / '1') as mirr:
                await mirr.setThing('a', 1)
        elif kind == 'newer':
            monkeypatch.setattr(lead, 'VERSION', (9, 9, 9), raising=False)

            async def info() -> typing.Any:
                return {'features': {'nexslog': 1}, 'cell': {'version': (9, 9, 9)}}

            monkeypatch.setattr(lead, 'getCellInfo', info)
        else:
            await lead.setThing('b', 1)
            await lead.trimNexsLog()
        async with await t_mirrors.start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            await t_waiting.until(lambda: mesg in caplog.text)
            assert not mirr.mirror.ready and mirr.things.get('a') == 1
            with pytest.raises(s_exc.IsReadOnly) as cm:
                await mirr.setThing('c', 1)
            assert mesg in cm.value.get('mesg')


async def test_a_mirror_keeps_its_log_from_the_first_start_on(tmp_path: pathlib.Path) -> None:
    async with await t_mirrors.start(tmp_path / '0') as lead:
        await t_mirrors.copy(lead, tmp_path / '1')
        conf = {'mirror': lead.getLocalUrl(), 'nexslog:en': False}
        async with await t_mirrors.ThingCell.anit(str(tmp_path / '1'), conf=conf) as mirr:
            assert mirr.conf['nexslog:en'] is True and mirr.nexsroot.history.keep
            await t_mirrors.level(lead, mirr)


async def test_a_silent_link_is_given_up(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'MIRROR_RETRY_SECS', 0.01)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        first = mirr.mirror.uplink
        monkeypatch.setattr(s_limits, 'NEXS_PULSE_SECS', 60)
        monkeypatch.setattr(s_limits, 'NEXS_SILENCE_SECS', 0.1)
        await lead.setThing('wake', 1)
        await t_waiting.until(lambda: mirr.mirror.uplink not in (None, first))
        # with pulses it is not silent
        monkeypatch.setattr(s_limits, 'NEXS_SILENCE_SECS', 60)
        monkeypatch.setattr(s_limits, 'NEXS_PULSE_SECS', 0.02)
        pulses: list[typing.Any] = []
        caught_up = mirr.mirror._caught_up

        async def count() -> None:
            pulses.append(mirr.mirror.uplink)
            await caught_up()

        monkeypatch.setattr(mirr.mirror, '_caught_up', count)
        await lead.setThing('wake', 2)
        await t_waiting.until(lambda: len(pulses) > 5 and pulses[-1] is pulses[-5] is not None)


async def test_trimming_with_a_mirror(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        for indx in range(10):
            await lead.setThing(f'k{indx}', indx)
        offs = await lead.trimNexsLog(consumers=[mirr.getLocalUrl()], timeout=5)
        await t_mirrors.level(lead, mirr)
        assert lead.nexsroot.history.first() == mirr.nexsroot.history.first() == offs + 1
        # and asked of the mirror it happens everywhere too
        offs = await mirr.trimNexsLog(consumers=[lead.getLocalUrl()], timeout=5)
        await t_mirrors.level(lead, mirr)
        assert lead.nexsroot.history.first() == mirr.nexsroot.history.first() == offs + 1
        await t_mirrors.req_equal(lead, mirr)
