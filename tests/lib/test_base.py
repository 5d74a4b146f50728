"""The life of an object: begin, own, end, in order and once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.base as s_base
import tests.waiting as t_waiting


class Order(s_base.Base):
    """Writes down what happens to it."""

    async def __anit__(self, log: list[str], fail: bool = False) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.log = log
        self.onfini(lambda: log.append('first'))

        async def second() -> None:
            log.append('second')

        self.onfini(second)
        if fail:
            raise s_exc.BadArg(mesg='no')


async def test_anit_tears_down_what_failed() -> None:
    log: list[str] = []
    with pytest.raises(s_exc.BadArg):
        await Order.anit(log, fail=True)
    assert log == ['second', 'first']


async def test_fini_runs_once_in_reverse_order() -> None:
    log: list[str] = []
    async with await Order.anit(log) as base:
        assert not base.isfini
    assert base.isfini and base.exitok
    assert await base.fini() == 0
    assert log == ['second', 'first']


async def test_fini_counts_owners() -> None:
    base = await s_base.Base.anit()
    assert base.incref() == 2
    assert await base.fini() == 1
    assert not base.isfini
    assert await base.fini() == 0
    assert base.isfini
    with pytest.raises(s_exc.IsFini):
        base.incref()
    with pytest.raises(s_exc.IsFini):
        base.onfini(print)


async def test_second_fini_waits_for_the_first() -> None:
    base = await s_base.Base.anit()
    gate = asyncio.Event()
    base.onfini(gate.wait)
    first = asyncio.create_task(base.fini())
    second = asyncio.create_task(base.fini())
    await asyncio.sleep(0)
    assert not second.done()
    gate.set()
    assert await asyncio.gather(first, second) == [0, 0]


async def test_fini_from_its_own_callback_and_task() -> None:
    base = await s_base.Base.anit()
    base.onfini(base.fini)
    task = base.schedCoro(base.fini())
    assert await asyncio.wait_for(task, 5) == 0


async def test_owned_bases_end_with_their_owner() -> None:
    owner, part = await s_base.Base.anit(), await s_base.Base.anit()
    owner.onfini(part)
    await owner.fini()
    assert part.isfini


async def test_a_failing_callback_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    log: list[str] = []
    base = await Order.anit(log)
    base.onfini(lambda: 1 / 0)
    await base.fini()
    assert log == ['second', 'first']
    assert 'error in a fini callback of Order' in caplog.text


async def test_tasks_are_cancelled_before_callbacks_run() -> None:
    base = await s_base.Base.anit()
    log = []

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            log.append('task')

    base.onfini(lambda: log.append('callback'))
    base.schedCoro(work())
    await asyncio.sleep(0)
    await base.fini()
    assert log == ['task', 'callback']


async def test_a_failing_task_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise s_exc.BadArg(mesg='hehe')

    async with await s_base.Base.anit() as base:
        with pytest.raises(s_exc.BadArg):
            await base.schedCoro(work())
    assert 'error in a task of Base' in caplog.text


async def test_sched_call_later_runs_or_dies() -> None:
    base = await s_base.Base.anit()
    event = asyncio.Event()
    base.schedCallLater(0.001, event.set)
    await asyncio.wait_for(event.wait(), 5)
    late = asyncio.Event()
    base.schedCallLater(0.001, late.set)
    await base.fini()
    await asyncio.sleep(0.01)
    assert not late.is_set()


async def test_events_reach_their_handlers() -> None:
    seen: list[typing.Any] = []
    base, other = await s_base.Base.anit(), await s_base.Base.anit()

    async def hear(mesg: typing.Any) -> None:
        seen.append(mesg)

    base.on('foo', hear)
    base.on('foo', seen.append, base=other)
    base.once('foo', lambda mesg: seen.append('once'))
    base.link(lambda mesg: seen.append('link'))
    assert await base.fire('foo', x=1) == ('foo', {'x': 1})
    assert seen == [('foo', {'x': 1}), ('foo', {'x': 1}), 'once', 'link']
    seen.clear()
    await other.fini()
    base.off('foo', hear)
    await base.fire('foo', x=2)
    assert seen == ['link']
    await base.fini()
    await base.fire('foo')
    assert seen == ['link']


async def test_a_failing_handler_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[typing.Any] = []
    async with await s_base.Base.anit() as base:
        base.on('foo', lambda mesg: 1 / 0)
        base.on('foo', seen.append)
        await base.fire('foo')
    assert seen == [('foo', {})]
    assert 'error in a handler of event foo' in caplog.text


async def test_waiter_gathers_events() -> None:
    async with await s_base.Base.anit() as base:
        waiter = base.waiter(2, 'foo')
        assert await base.waiter(1, 'bar').wait(timeout=0.001) is None
        for indx in range(2):
            await base.fire('foo', indx=indx)
        assert await waiter.wait(timeout=5) == [('foo', {'indx': 0}), ('foo', {'indx': 1})]


async def test_waitfini_tells_whether_it_ended() -> None:
    base = await s_base.Base.anit()
    assert not await base.waitfini(timeout=0.001)
    await base.fini()
    assert await base.waitfini(timeout=5)


async def test_enter_context_leaves_at_fini() -> None:
    class Ctx:
        def __init__(self) -> None:
            self.left = False

        def __enter__(self) -> str:
            return 'here'

        def __exit__(self, *args: typing.Any) -> None:
            self.left = True

    ctx, inner = Ctx(), await s_base.Base.anit()
    async with await s_base.Base.anit() as base:
        assert await base.enter_context(ctx) == 'here'
        assert await base.enter_context(inner) is inner
    assert ctx.left and inner.isfini


async def test_sched_genr_runs_ahead_but_not_too_far() -> None:
    made: list[int] = []

    async def count() -> typing.AsyncIterator[int]:
        for indx in range(10):
            made.append(indx)
            yield indx

    genr = s_base.schedGenr(count(), maxsize=3)
    assert await anext(genr) == 0
    while len(made) < 3:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert len(made) <= 5
    assert [item async for item in genr] == list(range(1, 10))


async def test_sched_genr_passes_errors_on() -> None:
    async def fail() -> typing.AsyncIterator[int]:
        yield 1
        raise s_exc.BadArg(mesg='no')

    with pytest.raises(s_exc.BadArg):
        _ = [item async for item in s_base.schedGenr(fail())]


MAIN = """
import synapse.lib.base as s_base
class Svc(s_base.Base):
    async def __anit__(self):
        await s_base.Base.__anit__(self)
        self.onfini(lambda: print('bye', flush=True))
        # said at the first pause, when the signal handlers are in place
        self.loop.call_soon(lambda: print('ready', type(self.loop).__module__.split('.')[0], flush=True))
s_base.run(s_base.main(Svc.anit()))
"""


@pytest.mark.parametrize('sig', [signal.SIGTERM, signal.SIGINT])
def test_main_ends_in_order_on_a_signal(sig: signal.Signals) -> None:
    proc = subprocess.Popen([sys.executable, '-c', MAIN], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert proc.stdout is not None
    assert proc.stdout.readline() == 'ready uvloop\n'
    proc.send_signal(sig)
    assert proc.stdout.readline() == 'bye\n'
    assert proc.wait(10) == 0


async def test_a_stubborn_task_is_named(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_base, 'FINI_GRACE', 0.01)

    async def stubborn() -> None:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            await t_waiting.until(lambda: 'task does not end' in caplog.text)

    base = await s_base.Base.anit()
    base.schedCoro(stubborn())
    await asyncio.sleep(0)
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(10):
            await base.fini()
    assert 'task does not end' in caplog.text


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_base, 'FINI_GRACE', 0.05)
    cancelled = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(True)
                if len(cancelled) == 2:
                    raise

    base = await s_base.Base.anit()
    base.schedCoro(stubborn())
    await asyncio.sleep(0)
    await base.fini()
    assert len(cancelled) == 2
