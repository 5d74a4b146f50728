"""A follower applies the leader's entries at the leader's offsets, and sends its own changes there."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.forward as s_forward
import tests.lib.nexus.parts as t_parts


async def follow(leader: t_parts.Service, mirror: t_parts.Service) -> None:
    """Stream the leader's log into the mirror, many entries on their way at once."""
    async for offs, item in leader.root.iter(mirror.root.index()):
        mirror.root.feed(offs, item)


class Uplink:
    """The way to a leader in the same process. ``cut`` loses the next answers, before or after the leader has acted."""

    def __init__(self, leader: t_parts.Service, cut: str = '') -> None:
        self.leader = leader
        self.cut = cut
        self.asked = 0

    async def linked(self) -> None:
        await asyncio.sleep(0)

    async def issue(self, *args: typing.Any) -> None:
        self.asked += 1
        cut, self.cut = self.cut, ''
        if cut == 'before':
            raise s_forward.Lost()
        await self.leader.root.issue(*args)
        if cut == 'after':
            raise s_forward.Lost()


class Pair:
    """A leader and a follower, streaming."""

    def __init__(self, leader: t_parts.Service, mirror: t_parts.Service) -> None:
        self.leader = leader
        self.mirror = mirror
        mirror.root.set_leader(Uplink(leader))
        self.task = asyncio.create_task(follow(leader, mirror))

    async def level(self) -> None:
        assert await self.mirror.root.waitOffs(self.leader.root.index() - 1, timeout=10)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def test_a_follower_becomes_equal(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        await leader.one.set('early', 1)
        pair = Pair(leader, mirror)
        await asyncio.gather(*[leader.one.set(f'k{indx}', indx) for indx in range(200)])
        with pytest.raises(s_exc.NoSuchName):
            await leader.two.pop('nope')
        await leader.two.slow('b', 1)
        await pair.level()
        assert mirror.state() == leader.state()
        assert await t_parts.entries(mirror.root) == await t_parts.entries(leader.root)
        await pair.stop()


async def test_a_follower_forwards_changes_and_reads_its_own_writes(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        pair = Pair(leader, mirror)
        assert await mirror.one.set('a', 5) == 1
        assert mirror.one.vals.get('a') == leader.one.vals.get('a') == 5
        with pytest.raises(s_exc.NoSuchName):
            await mirror.one.pop('nope')
        ((_, item), *_) = await t_parts.entries(leader.root)
        assert len(item[4]['resp']) == 32
        await pair.level()
        assert mirror.state() == leader.state()
        await pair.stop()


async def test_a_chain_of_followers_passes_the_same_resp(tmp_path: pathlib.Path) -> None:
    async with (
        t_parts.service(tmp_path / 'a') as first,
        t_parts.service(tmp_path / 'b') as second,
        t_parts.service(tmp_path / 'c') as third,
    ):
        pairs = [Pair(first, second), Pair(second, third)]
        assert await third.one.set('a', 1) == 1
        logs = [await t_parts.entries(svc.root) for svc in (first, second, third)]
        assert logs[0] == logs[1] == logs[2]
        for pair in pairs:
            await pair.stop()


async def test_an_entry_out_of_place_is_refused(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        svc.root.set_leader(Uplink(svc))
        item: typing.Any = ('one', 'set', ('a', 1), {}, {})
        assert await svc.root.feed(0, item) == (0, 1)
        for offs in (0, 2):
            with pytest.raises(s_exc.BadState) as cm:
                await svc.root.feed(offs, item)
            assert 'mirror desync' in cm.value.get('mesg')


async def test_a_follower_without_leader_says_so(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_LEADER_TIMEOUT', 0.05)
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        mirror.root.set_leader(Uplink(leader))
        with pytest.raises(s_exc.LinkErr) as cm:
            await mirror.one.set('a', 1)
        assert cm.value.get('mesg') == 'Mirror cannot reach leader for write request'
        assert not mirror.root.applier.forwards.waiting


async def test_a_follower_can_lead_and_the_leader_follow(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        pair = Pair(leader, mirror)
        await leader.one.set('a', 1)
        async with leader.root.paused():
            await pair.level()
            await pair.stop()
            mirror.root.set_leader(None)
            back = Pair(mirror, leader)
        assert await mirror.one.set('b', 2) == 2
        assert await leader.one.set('c', 3) == 3
        assert mirror.state() == leader.state()
        await back.stop()


async def test_a_follower_restarts_where_it_was(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader:
        for start in (0, 50):
            async with t_parts.service(tmp_path / 'mirr') as mirror:
                assert mirror.root.index() == start
                pair = Pair(leader, mirror)
                for indx in range(50):
                    await leader.one.set('a', indx)
                await pair.level()
                assert mirror.state() == leader.state()
                await pair.stop()


@pytest.mark.parametrize('cut', ['before', 'after'])
async def test_a_change_whose_link_was_lost_happens_once(tmp_path: pathlib.Path, cut: str) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        pair = Pair(leader, mirror)
        uplink = Uplink(leader, cut)
        mirror.root.set_leader(uplink)
        assert await mirror.one.set('a', 1) == 1
        assert uplink.asked >= 1 and leader.one.info.get('count') == 1
        assert len(await t_parts.entries(leader.root)) == 1
        await pair.stop()


async def test_a_change_that_is_under_way_is_not_logged_again(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        meta = {'resp': 'r' * 32}
        first, again = await asyncio.gather(*[svc.root.issue('one', 'set', ('a', 1), {}, meta) for _ in range(2)])
        assert first == again == (0, 1)
        assert await svc.root.issue('one', 'set', ('a', 1), {}, meta) == (0, None)
        assert svc.root.index() == 1


async def test_a_change_whose_caller_went_away_can_be_asked_for_again(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        meta = {'resp': 'r' * 32}
        first = asyncio.create_task(svc.root.issue('one', 'set', ('a', 1), {}, meta))
        await asyncio.sleep(0)
        first.cancel()
        assert await svc.root.issue('one', 'set', ('a', 1), {}, meta) == (0, 1)
        assert svc.root.index() == 1


async def test_a_change_that_arrives_before_its_waiter_hears_of_the_lost_link(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        mirror.root.set_leader(Uplink(leader))
        write = asyncio.create_task(mirror.one.set('a', 1))
        while leader.root.index() < 1:
            await asyncio.sleep(0)
        (row,) = await t_parts.entries(leader.root)
        done = mirror.root.feed(*row)
        while mirror.root.core.durable < 1:
            await asyncio.sleep(0)
        mirror.root.applier.forwards.lost()
        await done
        assert await asyncio.wait_for(write, 5) == 1


async def test_changes_that_wait_while_the_lead_goes_elsewhere_go_there(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        pair = Pair(leader, mirror)
        async with leader.root.paused():
            waiting = [asyncio.create_task(leader.one.set(f'k{indx}', indx)) for indx in range(5)]
            await pair.level()
            await pair.stop()
            mirror.root.set_leader(None)
            back = Pair(mirror, leader)
        assert sorted(await asyncio.gather(*waiting)) == [1, 2, 3, 4, 5]
        assert mirror.state() == leader.state() and mirror.root.index() == 5
        await back.stop()


async def test_changes_on_a_follower_that_becomes_the_leader_are_made_there(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        mirror.root.set_leader(Uplink(leader))
        writes = [asyncio.create_task(mirror.one.set(f'k{indx}', indx)) for indx in range(3)]
        while leader.root.index() < 3:
            await asyncio.sleep(0)
        mirror.root.set_leader(None)  # nothing of the leader has arrived: by force
        assert sorted(await asyncio.gather(*writes)) == [1, 2, 3]


async def test_raw_records_are_the_same_log(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SEGMENT_BYTES', 3000)
    monkeypatch.setattr(s_limits, 'NEXS_READ_BYTES', 700)
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        mirror.root.set_leader(Uplink(leader))
        await asyncio.gather(*[leader.one.set(f'k{indx}', 'x' * indx) for indx in range(200)])
        task = asyncio.create_task(follow_raw(leader, mirror))
        await leader.two.set('big', b'y' * 5000)
        await leader.one.set('last', 1)
        assert await mirror.root.waitOffs(201, timeout=10)
        assert mirror.state() == leader.state()
        assert await t_parts.entries(mirror.root) == await t_parts.entries(leader.root)
        task.cancel()
        await asyncio.wait([task])


async def follow_raw(leader: t_parts.Service, mirror: t_parts.Service) -> None:
    async for byts in leader.root.history.iter_raw(mirror.root.index()):
        if byts is not None:
            await mirror.root.feed_raw(byts)


async def test_damaged_and_foreign_records_are_refused(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'lead') as leader, t_parts.service(tmp_path / 'mirr') as mirror:
        mirror.root.set_leader(Uplink(leader))
        await leader.one.set('a', 1)
        await leader.one.set('b', 2)
        byts = await anext(aiter(leader.root.history.iter_raw(1)))
        assert byts is not None
        for bad, mesg in ((byts, 'mirror desync'), (byts[:-1] + b'z', 'damaged'), (byts[:-3], 'damaged')):
            with pytest.raises(s_exc.BadState) as cm:
                await mirror.root.feed_raw(bad)
            assert mesg in cm.value.get('mesg')
        assert mirror.root.index() == 0
