"""A change from push to answer: order, results, errors, life cycle."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.nexus.root as s_root
import synapse.lib.slab as s_slab
import tests.lib.nexus.parts as t_parts


async def test_a_change_is_applied_and_answered(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        assert await svc.one.set('a', [1, 2]) == 1
        assert await svc.two.slow('b', 5) == 1
        assert svc.one.vals.get('a') == (1, 2) and svc.two.vals.get('b:b') == 5
        assert await svc.one.pop('a') == (2, (1, 2))
        assert svc.root.index() == 3
        assert await t_parts.entries(svc.root) == [
            (0, ('one', 'set', ('a', (1, 2)), {}, {})),
            (1, ('two', 'slow', ('b', 5), {}, {})),
            (2, ('one', 'pop', ('a',), {}, {})),
        ]


async def test_issue_returns_the_offset_too(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        assert await svc.root.issue('one', 'set', ('a',), {'valu': 5}, {'resp': 'x'}) == (0, 1)
        packed = s_common.en(('b', 6))
        assert await svc.root.issue('one', 'set', ('b', 6), {}, packed=packed) == (1, 2)
        assert await t_parts.entries(svc.root) == [
            (0, ('one', 'set', ('a',), {'valu': 5}, {'resp': 'x'})),
            (1, ('one', 'set', ('b', 6), {}, {})),
        ]


async def test_many_callers_share_batches_and_keep_their_order(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        syncs = []
        sync = svc.root.writer._sync._func
        svc.root.writer._sync._func = lambda: syncs.append(1) or sync()  # type: ignore[func-returns-value]
        counts = await asyncio.gather(*[svc.one.set(f'k{indx}', indx) for indx in range(500)])
        assert counts == list(range(1, 501))
        assert len(syncs) < 10
        names = [item[2][0] for _, item in await t_parts.entries(svc.root)]
        assert names == [f'k{indx}' for indx in range(500)]


async def test_a_handler_that_raises_tells_its_caller_and_stays_in_the_log(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        with pytest.raises(s_exc.NoSuchName) as cm:
            await svc.one.pop('nope')
        assert cm.value.get('name') == 'nope'
        assert svc.root.index() == 1 and len(await t_parts.entries(svc.root)) == 1
        assert await svc.one.set('a', 1) == 2


@pytest.mark.parametrize(
    'name, args, error',
    [
        ('two', ('set', ('a', {1}), {}), 'NotMsgpackSafe'),
        ('nope', ('set', ('a', 1), {}), 'NoSuchIden'),
        ('one', ('newp', (), {}), 'NoSuchName'),
        ('one', ('nested', (), {}), 'BadState'),
    ],
)
async def test_bad_changes_are_refused(tmp_path: pathlib.Path, name: str, args: typing.Any, error: str) -> None:
    async with t_parts.service(tmp_path) as svc:
        with pytest.raises(s_exc.CLASSES[error]):
            await svc.root.issue(name, *args)
        assert svc.root.index() == (1 if error == 'BadState' else 0)
        assert await asyncio.wait_for(svc.one.set('a', 1), 5) == 1


async def test_nothing_is_accepted_before_replay_or_after_the_end(tmp_path: pathlib.Path) -> None:
    svc = t_parts.Service(tmp_path)
    root = await s_nexus.NexsRoot.anit(str(tmp_path / 'log'))
    with pytest.raises(s_exc.BadState):
        await root.issue('one', 'set', ('a', 1), {})
    await root.fini()
    await svc.start()
    await svc.stop()
    with pytest.raises(s_exc.IsFini):
        await svc.root.issue('one', 'set', ('a', 1), {})


async def test_callers_that_wait_at_the_end_are_answered(tmp_path: pathlib.Path) -> None:
    svc = t_parts.Service(tmp_path)
    await svc.start()
    tasks = [asyncio.create_task(svc.one.set(f'k{indx}', indx)) for indx in range(50)]
    await asyncio.sleep(0)
    await svc.stop()
    assert await asyncio.gather(*tasks) == list(range(1, 51))
    async with t_parts.service(tmp_path) as again:
        assert again.one.info.get('count') == 50


async def test_a_clean_end_leaves_nothing_to_replay(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 1)
    svc = t_parts.Service(tmp_path)
    assert await svc.start() == 0
    assert [slab.indx for slab in svc.slabs] == [1, 1]
    await svc.stop()


async def test_a_caller_that_gives_up_does_not_undo_its_change(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        task = asyncio.create_task(svc.one.set('a', 1))
        await asyncio.sleep(0)
        task.cancel()
        assert await svc.root.waitOffs(0, timeout=5)
        assert svc.one.vals.get('a') == 1


async def test_idens_are_unique_and_leave_with_their_object(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        with pytest.raises(s_exc.DupIden):
            await t_parts.Store.anit('one', nexsroot=svc.root, slab=svc.slabs[0])
        await svc.one.fini()
        with pytest.raises(s_exc.NoSuchIden):
            await svc.root.issue('one', 'set', ('a', 1), {})
        again = await t_parts.Store.anit('one', nexsroot=svc.root, slab=svc.slabs[0])
        assert await again.set('a', 1) == 1


async def test_wait_offs(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        assert not await svc.root.waitOffs(0, timeout=0.001)
        tasks = [asyncio.create_task(svc.root.waitOffs(offs, timeout=5)) for offs in (3, 0, 1)]
        late = asyncio.create_task(svc.root.waitOffs(1000))
        for indx in range(4):
            await svc.one.set('a', indx)
        assert await asyncio.gather(*tasks) == [True, True, True]
        assert await svc.root.waitOffs(3)
    assert await asyncio.wait_for(late, 5) is False


async def test_holds_refuse_changes_with_their_reason(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with t_parts.service(tmp_path) as svc:
        svc.root.hold('no disk')
        with pytest.raises(s_exc.IsReadOnly) as cm:
            await svc.one.set('a', 1)
        assert cm.value.get('mesg') == 'no disk' and svc.root.holds() == ['no disk']
        assert caplog.messages == ['Entering Read-Only Mode: no disk']
        svc.root.unhold('no disk')
        assert await svc.one.set('a', 1) == 1


async def test_freeze_delays_changes_until_resume(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 1)
        await svc.root.freeze()
        assert svc.root.frozen
        assert [slab.saved_indx for slab in svc.slabs] == [1, 1]
        with pytest.raises(s_exc.BadState) as cm:
            await svc.root.freeze()
        assert cm.value.get('mesg') == 'The service is already frozen.'
        task = asyncio.create_task(svc.one.set('a', 2))
        await asyncio.sleep(0.01)
        assert not task.done()
        svc.root.resume()
        assert await asyncio.wait_for(task, 5) == 2
        with pytest.raises(s_exc.BadState):
            svc.root.resume()


async def test_freeze_gives_up_while_an_entry_takes_long(tmp_path: pathlib.Path) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()

    class Slow(s_nexus.Pusher):
        @s_nexus.Pusher.onPushAuto('wait')
        async def wait(self) -> None:
            """Take as long as the test likes."""
            entered.set()
            await gate.wait()

    async with t_parts.service(tmp_path) as svc:
        slow = await Slow.anit('slow', nexsroot=svc.root)
        task = asyncio.create_task(slow.wait())
        await entered.wait()
        with pytest.raises(s_exc.TimeOut) as cm:
            await svc.root.freeze(timeout=0.05)
        assert cm.value.get('mesg') == 'Nexus lock acquire timed out.'
        assert not svc.root.checkpoint(force=True)
        gate.set()
        await task
        assert await svc.one.set('a', 1) == 1


async def test_a_full_queue_makes_callers_wait(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_QUEUE_BYTES', 1000)
    async with t_parts.service(tmp_path) as svc:
        tasks = [asyncio.create_task(svc.one.set(f'k{indx}', 'x' * 500)) for indx in range(20)]
        await asyncio.sleep(0)
        assert svc.root.core.queued_bytes < 2000
        assert sorted(await asyncio.gather(*tasks)) == list(range(1, 21))


async def test_a_pusher_without_a_log_applies_directly(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'one.lmdb'))
    async with await t_parts.Store.anit('one', slab=slab) as store:
        assert await store.set('a', 1) == 1
        assert await store.slow('a', 1) == 2
        assert await store.pop('a') == (None, 1)
        assert slab.dirty
    slab.close()


async def test_handlers_are_inherited_and_overridden(tmp_path: pathlib.Path) -> None:
    class Sub(t_parts.Store):
        @s_nexus.Pusher.onPushAuto('set')
        def set(self, name: str, valu: typing.Any) -> str:
            """Another answer."""
            return f'sub {name}'

    async with t_parts.service(tmp_path) as svc:
        sub = await Sub.anit('sub', nexsroot=svc.root, slab=svc.slabs[0])
        assert await sub.set('a', 1) == 'sub a'
        assert await sub.slow('a', 1) == 1
        assert await svc.one.set('a', 1) == 1


@pytest.mark.parametrize('args', [(), ('a', 1), ([1, {'x': None}],)])
def test_packed_args_make_the_same_entry(args: typing.Any) -> None:
    item = ('iden', 'evnt', args, {'k': 1}, {})
    assert s_root.pack_item(item, s_common.en(args)) == s_common.en(item) == s_root.pack_item(item)
