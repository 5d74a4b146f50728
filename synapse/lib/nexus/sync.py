"""One thread that makes the log durable. Not the default executor: a sync must never queue behind somebody's file
copy."""

from __future__ import annotations

import asyncio
import queue
import threading
import typing


class SyncThread:
    """Runs one blocking function at a time for the event loop, with as little delay as a thread allows."""

    def __init__(self, func: typing.Callable[[], None], name: str) -> None:
        self._func = func
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[asyncio.Future[None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self) -> asyncio.Future[None]:
        """Run the function in the thread; the future has its result or its exception."""
        fut: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(fut)
        return fut

    def _run(self) -> None:
        while (fut := self._queue.get()) is not None:
            exc: BaseException | None = None
            try:
                self._func()
            except BaseException as e:
                exc = e
            try:
                self._loop.call_soon_threadsafe(_resolve, fut, exc)
            except RuntimeError:  # the loop was closed meanwhile: nobody waits any more
                return

    def close(self) -> None:
        """End the thread after what it is doing."""
        self._queue.put(None)
        self._thread.join()


def _resolve(fut: asyncio.Future[None], exc: BaseException | None) -> None:
    if fut.done():
        return
    if exc is None:
        fut.set_result(None)
    else:
        fut.set_exception(exc)
