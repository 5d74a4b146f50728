"""Coroutines that are run at once and become a task only when they wait."""

from __future__ import annotations

import asyncio
import contextvars
import typing

import pytest

import synapse.lib.eager as s_eager

Body = typing.Callable[[list[typing.Any]], typing.Coroutine[typing.Any, typing.Any, None]]


async def launch(body: Body, log: list[typing.Any]) -> asyncio.Task[None] | None:
    """Start a coroutine from a loop callback, as the server does."""
    loop = asyncio.get_running_loop()
    started: asyncio.Future[asyncio.Task[None] | None] = loop.create_future()
    loop.call_soon(lambda: started.set_result(s_eager.start(body(log), loop, contextvars.copy_context())))
    return await started


async def test_a_coroutine_that_does_not_wait() -> None:
    async def body(log: list[typing.Any]) -> None:
        log.append(asyncio.current_task())

    log: list[typing.Any] = []
    assert await launch(body, log) is None
    assert isinstance(log[0], asyncio.Task) and log[0] is not asyncio.current_task()


async def test_it_is_one_task_from_the_first_step() -> None:
    async def body(log: list[typing.Any]) -> None:
        log.append(asyncio.current_task())
        async with asyncio.timeout(10):
            await asyncio.sleep(0)
            log.append(asyncio.current_task())
            await asyncio.sleep(0.001)
        log.append(asyncio.current_task())

    log: list[typing.Any] = []
    task = await launch(body, log)
    assert task is not None
    await task
    assert log == [task, task, task]


async def test_timeouts_of_the_first_step_hold() -> None:
    async def body(log: list[typing.Any]) -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(3600)
        except TimeoutError:
            log.append('timeout')

    log: list[typing.Any] = []
    task = await launch(body, log)
    assert task is not None
    await asyncio.wait_for(task, 10)
    assert log == ['timeout']


@pytest.mark.parametrize('waits', [True, False])
async def test_done_callbacks_of_the_first_step(waits: bool) -> None:
    done = asyncio.Event()

    async def body(log: list[typing.Any]) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(lambda _: done.set())
        task.add_done_callback(log.append)
        assert task.remove_done_callback(log.append) == 1
        if waits:
            await asyncio.sleep(0)

    log: list[typing.Any] = []
    await launch(body, log)
    await asyncio.wait_for(done.wait(), 10)
    assert log == []


@pytest.mark.parametrize('when', ['first step', 'before second step', 'later'])
async def test_cancel(when: str) -> None:
    inner = asyncio.get_running_loop().create_future()

    async def body(log: list[typing.Any]) -> None:
        task = asyncio.current_task()
        assert task is not None
        if when == 'first step':
            task.cancel()
        try:
            await inner
        except asyncio.CancelledError:
            log.append('cancelled')
            raise

    log: list[typing.Any] = []
    loop = asyncio.get_running_loop()
    started: asyncio.Future[typing.Any] = loop.create_future()

    def run() -> None:
        task = s_eager.start(body(log), loop, contextvars.copy_context())
        if when == 'before second step':
            assert task is not None
            task.cancel()
        started.set_result(task)

    loop.call_soon(run)
    task = await started
    if when == 'later':
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ['cancelled'] and inner.cancelled()


async def test_context_is_kept_across_the_wait() -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar('var', default='none')

    async def body(log: list[typing.Any]) -> None:
        var.set('set')
        await asyncio.sleep(0)
        log.append(var.get())

    log: list[typing.Any] = []
    task = await launch(body, log)
    assert task is not None
    await task
    assert log == ['set'] and var.get() == 'none'


async def test_started_from_within_a_task() -> None:
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    seen: list[typing.Any] = []

    async def body() -> None:
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())

    task = s_eager.start(body(), loop, contextvars.copy_context())
    assert task is not None and task is not me
    assert asyncio.current_task() is me
    await task
    assert seen == [task, task]
