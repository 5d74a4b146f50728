"""Who leads next: by force, in good order, and what becomes of a leader that was deposed (cell.md 7.5)."""

from __future__ import annotations

import asyncio
import json
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.terms as s_terms
import synapse.telepath as s_telepath
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting


async def write(cell: t_mirrors.ThingCell, done: list[int], stop: asyncio.Event) -> None:
    """Write until told to stop; each write is noted when it was acknowledged."""
    indx = 0
    while not stop.is_set():
        await cell.setThing(f'{cell.runid}:{indx}', indx)
        done.append(indx)
        indx += 1


def req_kept(cell: t_mirrors.ThingCell, writer: t_mirrors.ThingCell, done: list[int]) -> None:
    for indx in done:
        assert cell.things.get(f'{writer.runid}:{indx}') == indx


async def test_promotion_by_force(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await lead.fini()
        await mirr.promote()
        assert mirr.isactive and mirr.term == 2 and mirr.roles == ['passive', 'active']
        assert await mirr.setThing('a', 1) == 2
        assert s_common.yamlload(str(tmp_path / '1' / 'cell.mods.yaml')) == {'mirror': None}
        with pytest.raises(s_exc.BadConfValu) as cm:
            await mirr.promote()
        assert cm.value.get('mesg') == 'promote() called on non-mirror'
        await mirr.fini()
        async with await t_mirrors.start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            assert mirr.isactive and mirr.term == 2


async def test_writes_that_wait_for_a_leader_are_made_by_the_next_one(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await lead.fini()
        writes = [asyncio.create_task(mirr.setThing(f'k{indx}', indx)) for indx in range(5)]
        await asyncio.sleep(0.05)
        await mirr.promote()
        assert sorted(await asyncio.gather(*writes)) == [2, 3, 4, 5, 6]


async def test_a_handoff_loses_and_refuses_nothing(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path, 3) as (lead, mirr, leaf):
        stop, notes = asyncio.Event(), [[], [], []]
        tasks = [
            asyncio.create_task(write(cell, done, stop)) for cell, done in zip((lead, mirr, leaf), notes, strict=True)
        ]
        for former, next_ in ((lead, mirr), (mirr, lead), (lead, mirr)):
            await asyncio.sleep(0.1)
            async with await s_telepath.openurl(former.getLocalUrl()) as proxy:
                await proxy.handoff(next_.getLocalUrl())
            assert (former.isactive, next_.isactive) == (False, True)
        await asyncio.sleep(0.1)
        stop.set()
        await asyncio.gather(*tasks)
        count = sum(len(done) for done in notes)
        assert mirr.counts.get('count') == count + 1 and all(notes)
        await t_mirrors.level(mirr, lead, leaf)
        for cell in (lead, mirr, leaf):
            for writer, done in zip((lead, mirr, leaf), notes, strict=True):
                req_kept(cell, writer, done)
        await t_mirrors.req_equal(mirr, lead, leaf)
        assert [row.term for row in mirr.mirror.fence.role.rows] == [1, 2, 3, 4]
        assert s_common.yamlload(str(tmp_path / '0' / 'cell.mods.yaml')) == {'mirror': mirr.getLocalUrl()}


async def test_handoffs_that_are_refused(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        for cell, url, err, mesg in (
            (lead, lead.getLocalUrl(), s_exc.BadArg, 'Cannot handoff mirror leadership to myself!'),
            (mirr, lead.getLocalUrl(), s_exc.BadState, 'is not the current leader and cannot handoff leadership'),
            (mirr, 'aha://x', s_exc.BadState, 'HANDOFF: '),
        ):
            with pytest.raises(err) as cm:
                await cell.handoff(url)
            assert mesg in cm.value.get('mesg')
        async with await t_mirrors.start(tmp_path / 'other') as other:
            with pytest.raises(s_exc.BadArg) as cm:
                await lead.handoff(other.getLocalUrl())
            assert cm.value.get('mesg') == 'Mirror handoff remote cell iden does not match!'
        with pytest.raises(s_exc.NeedConfValu):
            await mirr.promote(graceful=True)
        assert lead.isactive and await lead.setThing('a', 1) == 2


async def test_a_mirror_that_does_not_keep_up_does_not_lead(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        async with mirr.nexsroot.paused():
            late = asyncio.create_task(lead.setThing('late', 1))
            await late
            with pytest.raises(s_exc.NotReady) as cm:
                await lead.handoff(mirr.getLocalUrl(), timeout=0.1)
            assert cm.value.get('mesg') == 'Remote mirror did not catch up in time: 2/3.'
        assert lead.isactive and await lead.setThing('a', 1) == 3


@pytest.mark.parametrize('when', ['before', 'after'])
async def test_a_link_that_is_cut_in_mid_handoff(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(s_limits, 'HANDOFF_RETRY_SECS', 0.05)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        take = mirr.promotion.take

        async def cut(info: typing.Any) -> None:
            if when == 'after':
                await take(info)
            for link in tuple(mirr.dmon.links):
                link.abort()
            await asyncio.sleep(0.2)

        monkeypatch.setattr(mirr.promotion, 'take', cut)
        with pytest.raises(s_exc.LinkErr):
            await lead.handoff(mirr.getLocalUrl())
        await t_waiting.until(lambda: lead.mirror.fence.role.state != s_terms.WAIT)
        new, old = (mirr, lead) if when == 'after' else (lead, mirr)
        await t_waiting.until(lambda: new.isactive and not old.isactive)
        await t_waiting.until(lambda: old.mirror.ready)
        assert await lead.setThing('a', 1) == 2 and await mirr.setThing('b', 1) == 3
        await t_mirrors.req_equal(new, old)
        assert new.term == (2 if when == 'after' else 3) or new.term == 2


async def test_a_handoff_that_comes_late_is_refused(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        assert (await mirr.promotion.give_up('ab' * 16))['state'] == 'follow'
        with pytest.raises(s_exc.BadState) as cm:
            await mirr.promotion.take({'token': 'ab' * 16, 'offs': mirr.getNexsIndx()})
        assert cm.value.get('mesg') == 'The handoff was given up.'
        with pytest.raises(s_exc.BadState):
            await mirr.promotion.take({'token': 'cd' * 16, 'offs': mirr.getNexsIndx() + 1})
        await t_waiting.until(lambda: mirr.mirror.ready)
        assert await mirr.setThing('a', 1) == 2 and lead.isactive


async def test_a_leader_killed_in_mid_handoff_asks_when_it_is_back(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'HANDOFF_RETRY_SECS', 0.05)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        lead.mirror.fence.role.wait('mirr')
        lead.mirror.fence.save(url=mirr.getLocalUrl(), token='ab' * 16)
        await lead.fini()
        await mirr.promote()
        async with await t_mirrors.start(tmp_path / '0') as lead:
            assert not lead.isactive
            await t_waiting.until(lambda: lead.mirror.ready)
            assert await lead.setThing('a', 1) == 2
            await t_mirrors.req_equal(mirr, lead)


async def deposed_pair(tmp_path: pathlib.Path) -> typing.Any:
    """Return a mirror that was promoted by force; its former leader has an entry that nobody else has."""
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await mirr.fini()
        await lead.setThing('tail', b'\x01\x02')
        await lead.fini()
    mirr = await t_mirrors.start(tmp_path / '1', mirror=lead.getLocalUrl())
    await mirr.promote()
    await mirr.setThing('after', 1)
    return mirr


async def test_a_deposed_leader_learns_it_refuses_and_rejoins(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'DEPOSE_TELL_SECS', 0.05)
    async with await deposed_pair(tmp_path) as mirr:
        async with await t_mirrors.start(tmp_path / '0') as lead:
            await t_waiting.until(lambda: not lead.isactive)
            with pytest.raises(s_exc.IsReadOnly) as cm:
                await lead.setThing('more', 1)
            name = mirr.mirror.fence.role.name
            assert f'This service was deposed: {name} leads since term 2.' in cm.value.get('mesg')
        # a restart does not forget it, and nobody needs to be reached for that
        async with await t_mirrors.start(tmp_path / '0') as lead:
            assert not lead.isactive and lead.things.get('tail') == b'\x01\x02'
            with pytest.raises(s_exc.IsReadOnly):
                await lead.setThing('more', 1)
            retn = await lead.rejoin(mirr.getLocalUrl())
            assert (retn['cloned'], retn['entries']) == (True, 2)
            await lead.waitfini(5)
        # the change, and the entry of the leadership that the restart began
        line, opened = [json.loads(line) for line in pathlib.Path(retn['file']).read_text().splitlines()]
        assert (line['event'], line['args']) == ('thing:set', ['tail', {'$bytes': '0102'}])
        assert opened['event'] == 'sync' and opened['meta']['term'][0] == 1
        async with await t_mirrors.start(tmp_path / '0') as lead:
            await t_mirrors.level(mirr, lead)
            assert not lead.isactive and lead.things.get('tail') is None
            assert await lead.setThing('more', 1) == 3
            await t_mirrors.req_equal(mirr, lead)
        assert pathlib.Path(retn['file']).exists()


async def test_a_deposed_leader_without_a_tail_just_follows(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'DEPOSE_TELL_SECS', 0.05)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await mirr.promote()  # the old leader lives, and is told
        await t_waiting.until(lambda: not lead.isactive)
        with pytest.raises(s_exc.IsReadOnly):
            await lead.setThing('a', 1)
        retn = await lead.rejoin(mirr.getLocalUrl())
        assert retn == {'cloned': False, 'offs': 2, 'entries': 0, 'file': None}
        await t_mirrors.level(mirr, lead)
        assert await lead.setThing('a', 1) == 2
        await t_mirrors.req_equal(mirr, lead)


async def test_a_deposed_leader_may_be_promoted_again(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'DEPOSE_TELL_SECS', 0.05)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await mirr.promote()
        await t_waiting.until(lambda: not lead.isactive)
        await mirr.fini()
        await lead.promote()
        assert lead.isactive and lead.term == 3 and await lead.setThing('a', 1) == 2
        async with await t_mirrors.start(tmp_path / '1') as mirr:
            with pytest.raises(s_exc.BadState):
                await mirr.meetNexs(lead.mirror.fence.role.hello(lead.getNexsIndx()))
            await t_waiting.until(lambda: not mirr.isactive)


async def test_whom_one_cannot_rejoin(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        for cell, url, err in (
            (lead, mirr.getLocalUrl(), s_exc.BadState),
            (lead, lead.getLocalUrl(), s_exc.BadArg),
            (mirr, mirr.getLocalUrl(), s_exc.BadArg),
        ):
            with pytest.raises(err):
                await cell.rejoin(url)
        assert lead.isactive and await mirr.setThing('a', 1) == 2


async def test_a_mirror_that_does_not_fit_is_cloned_anew(tmp_path: pathlib.Path) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        await mirr.fini()
        await lead.setThing('b', 1)
        await lead.trimNexsLog()
        async with await t_mirrors.start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            await t_waiting.until(lambda: mirr.nexsroot.holds())
            retn = await mirr.rejoin(lead.getLocalUrl())
            assert (retn['cloned'], retn['entries'], retn['file']) == (True, 0, None)
            await mirr.waitfini(5)
        async with await t_mirrors.start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            await t_mirrors.level(lead, mirr)
            await t_mirrors.req_equal(lead, mirr)


async def test_a_copy_that_failed_half_way_is_made_at_the_next_start(tmp_path: pathlib.Path) -> None:
    async with await deposed_pair(tmp_path) as mirr:
        async with await t_mirrors.start(tmp_path / '0') as lead:
            await lead.rejoin(mirr.getLocalUrl())
            await lead.waitfini(5)
        mark = tmp_path / '0' / 'rejoin.json'
        good = mark.read_text()
        mark.write_text(json.dumps({'url': 'cell:///newp/newp'}))
        with pytest.raises(s_exc.SynErr):
            await t_mirrors.start(tmp_path / '0')
        mark.write_text(good)
        async with await t_mirrors.start(tmp_path / '0') as lead:
            assert not mark.exists()
            await t_mirrors.level(mirr, lead)


@pytest.mark.parametrize('info', [None, 5, {}, {'token': 5, 'offs': 0}, {'token': 'x', 'offs': '0'}])
async def test_what_nobody_says(tmp_path: pathlib.Path, info: typing.Any) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        async with await s_telepath.openurl(mirr.getLocalUrl()) as proxy:
            for meth in ('takeNexsLead', 'meetNexs'):
                with pytest.raises(s_exc.BadArg):
                    await proxy.call(meth, info)
            for hello in ({'index': 0, 'rows': [(0, 2**70, 'a', 'b')]}, {'index': 0, 'rows': 'x'}):
                with pytest.raises(s_exc.BadArg):
                    await proxy.meetNexs(hello)
        assert lead.isactive and await mirr.setThing('a', 1) == 2
