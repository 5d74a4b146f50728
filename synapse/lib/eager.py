"""Run a coroutine at once, up to its first real wait, and make a task of it only when it gets that far.

Most remote calls end without ever waiting, and a task costs more than such a call. Python 3.12 has this as
``Task(eager_start=True)``; for 3.11 it is built here, with the one property that other code relies on: the first part
runs *as* the task that it may become, so ``asyncio.current_task()``, ``asyncio.timeout()`` and done callbacks work.
"""

from __future__ import annotations

import asyncio
import collections.abc
import contextvars
import sys
import typing

Coro = typing.Coroutine[typing.Any, typing.Any, None]


class _Rest(collections.abc.Coroutine[typing.Any, typing.Any, None]):
    """A coroutine that was stepped once: gives out what that step waits for, then goes on as the original."""

    __slots__ = ('coro', 'first', 'started')

    def __init__(self, coro: Coro, first: typing.Any) -> None:
        self.coro = coro
        self.first = first
        self.started = False

    def send(self, valu: typing.Any) -> typing.Any:
        if self.started:
            return self.coro.send(valu)
        self.started = True
        first, self.first = self.first, None
        return first

    def throw(self, *args: typing.Any) -> typing.Any:
        first, self.first = self.first, None
        begun, self.started = self.started, True
        if not begun and first is not None and isinstance(args[0], asyncio.CancelledError) and first.cancel():
            return first  # as a task does it: what is waited for is cancelled, and its end wakes the coroutine
        return self.coro.throw(*args)

    def close(self) -> None:
        self.coro.close()

    def __await__(self) -> typing.Generator[typing.Any, typing.Any, None]:
        raise TypeError('not to be awaited')  # the task steps us, nobody else holds this


async def _over() -> None:
    """What is left of a coroutine that ended in its first step."""


class _Task(asyncio.Task[None]):
    """A task that exists before it is initialised, for the first step on Python 3.11.

    The C task reads as pending until then; what needs an initialised one is kept for later.
    """

    __slots__ = ('begun', 'callbacks', 'stopped')

    begun: bool
    stopped: bool
    callbacks: list[tuple[typing.Any, contextvars.Context | None]]

    def begin(self, coro: Coro, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> None:
        self.begun = True
        super().__init__(coro, loop=loop, context=context)
        for func, ctx in self.callbacks:
            super().add_done_callback(func, context=ctx)
        if self.stopped:
            super().cancel()

    def add_done_callback(self, func: typing.Any, /, *, context: contextvars.Context | None = None) -> None:
        if self.begun:
            super().add_done_callback(func, context=context)
        else:
            self.callbacks.append((func, context))

    def remove_done_callback(self, func: typing.Any, /) -> int:
        if self.begun:
            return super().remove_done_callback(func)
        count = len(self.callbacks)
        self.callbacks = [item for item in self.callbacks if item[0] != func]
        return count - len(self.callbacks)

    def cancel(self, msg: typing.Any = None) -> bool:
        if self.begun:
            return super().cancel(msg)
        self.stopped = True
        return True


def _start_311(coro: Coro, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> asyncio.Task[None] | None:
    task = _Task.__new__(_Task)
    task.begun = task.stopped = False
    task.callbacks = []
    caller = asyncio.current_task(loop)
    if caller is not None:
        asyncio.tasks._leave_task(loop, caller)
    asyncio.tasks._enter_task(loop, task)
    try:
        first = context.run(coro.send, None)
    except StopIteration:
        first = coro = None  # type: ignore[assignment]
    finally:
        asyncio.tasks._leave_task(loop, task)
        if caller is not None:
            asyncio.tasks._enter_task(loop, caller)
    if coro is not None:
        task.begin(typing.cast(Coro, _Rest(coro, first)), loop, context)
        return task
    if task.callbacks:
        task.begin(_over(), loop, context)
    return None


def _start_312(coro: Coro, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> asyncio.Task[None] | None:
    make: typing.Any = asyncio.Task
    task: asyncio.Task[None] = make(coro, loop=loop, context=context, eager_start=True)
    return None if task.done() else task


if sys.version_info >= (3, 12):
    _start = _start_312
else:
    _start = _start_311


def start(coro: Coro, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> asyncio.Task[None] | None:
    """Run a coroutine until it waits.

    Args:
        coro: It must handle its own errors; only BaseExceptions that are no Exceptions may leave it.
        loop: The running loop.
        context: The coroutine runs in this context, which must not be entered.

    Returns:
        The task that goes on with it, None when it has ended already.
    """
    return _start(coro, loop, context)
