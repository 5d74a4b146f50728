"""One thread that makes the log durable. Not the default executor: a sync must never queue behind somebody's file
copy."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
import typing

# Weight of the last duration in the average.
_WEIGHT = 1 / 8


class SyncThread:
    """Runs one blocking function at a time for the event loop, with as little delay as a thread allows.

    Attributes:
        took: How long the function takes, in seconds: an average in which the last runs count most.
    """

    def __init__(self, func: typing.Callable[[], None], name: str) -> None:
        self.took = 1.0  # until we know better
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

    def run_here(self) -> None:
        """Run the function in the calling thread, which must not do so while the other one does."""
        start = time.perf_counter()
        self._func()
        took = time.perf_counter() - start
        self.took = took if self.took == 1.0 else self.took + (took - self.took) * _WEIGHT

    def _run(self) -> None:
        while (fut := self._queue.get()) is not None:
            exc: BaseException | None = None
            try:
                self.run_here()
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
