"""Blocking use of async objects: from any thread that runs no event loop (spec: telepath.md 14.1, "Sync use").

One background thread with one event loop is started on first use; everything that is opened from blocking code lives
there.
"""

from __future__ import annotations

import asyncio
import collections.abc
import concurrent.futures
import functools
import sys
import threading
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base

T = typing.TypeVar('T')
P = typing.ParamSpec('P')

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def in_loop(loop: asyncio.AbstractEventLoop | None = None) -> bool:
    """Return True when the current thread runs the given event loop (any loop when None)."""
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return False
    return loop is None or running is loop


def background() -> asyncio.AbstractEventLoop:
    """Return the loop of the background thread, started when needed."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = s_base.uvloop.new_event_loop() if s_base.uvloop is not None else asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name='telepath', daemon=True).start()
        return _loop


def wait(
    coro: collections.abc.Coroutine[typing.Any, typing.Any, T], loop: asyncio.AbstractEventLoop | None = None
) -> T:
    """Run a coroutine in a loop of another thread (default the background one) and wait for its result."""
    fut: concurrent.futures.Future[T] = asyncio.run_coroutine_threadsafe(coro, loop or background())
    try:
        return fut.result()
    except BaseException:
        fut.cancel()  # a KeyboardInterrupt here must stop the work there
        raise


def spawn(coro: collections.abc.Coroutine[typing.Any, typing.Any, typing.Any], loop: asyncio.AbstractEventLoop) -> None:
    """Run a coroutine in a loop of another thread and do not wait for it; nothing is done when the process ends."""
    if loop.is_closed() or sys.is_finalizing():
        coro.close()
    else:
        asyncio.run_coroutine_threadsafe(coro, loop)


def either(
    func: typing.Callable[P, collections.abc.Coroutine[typing.Any, typing.Any, T]],
) -> typing.Callable[P, typing.Any]:
    """Decorate a coroutine function: an awaitable when called in a loop, the result when called from blocking code."""

    @functools.wraps(func)
    def wrap(*args: P.args, **kwargs: P.kwargs) -> typing.Any:
        coro = func(*args, **kwargs)
        return coro if in_loop() else wait(coro)

    return wrap


class SyncContext(s_base.Base):
    """A Base that blocking code may use with a plain ``with``, from any thread but that of its loop."""

    def __enter__(self) -> typing.Self:
        if in_loop(self.loop):
            raise s_exc.SynErr(mesg='Use of synchronous context manager in async code')
        return wait(self.__aenter__(), self.loop)

    def __exit__(self, cls: typing.Any, exc: typing.Any, tb: typing.Any) -> None:
        wait(self.__aexit__(cls, exc, tb), self.loop)
