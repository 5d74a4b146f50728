"""Who waits for the log to move: for one offset to be applied, or for anything at all to happen."""

from __future__ import annotations

import asyncio
import heapq
import itertools


class Progress:
    """Wakes waiters when ``applied`` moves. Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self.applied = 0
        self.closed = False
        self._heap: list[tuple[int, int, asyncio.Future[None]]] = []
        self._seq = itertools.count()
        self._moved = asyncio.Event()

    def reached(self, applied: int) -> None:
        """Tell that all entries below ``applied`` were applied."""
        self.applied = applied
        heap = self._heap
        while heap and heap[0][0] < applied:
            _wake(heapq.heappop(heap)[2])
        self.moved()

    def moved(self) -> None:
        """Tell that something changed: a batch ended, the log failed."""
        event, self._moved = self._moved, asyncio.Event()
        event.set()

    async def next_move(self) -> None:
        """Wait until something changes."""
        await self._moved.wait()

    async def wait_offs(self, offs: int, timeout: float | None = None) -> bool:
        """Wait until the entry at ``offs`` was applied. Returns False when the time passed, or we were closed,
        first."""
        if offs >= self.applied and not self.closed:
            fut: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._heap, (offs, next(self._seq), fut))
            try:
                async with asyncio.timeout(timeout):  # not wait_for(): it may swallow a cancellation
                    await fut
            except TimeoutError:
                return False
        return offs < self.applied

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.closed = True
        for _, _, fut in self._heap:
            _wake(fut)
        self._heap.clear()
        self.moved()


def _wake(fut: asyncio.Future[None]) -> None:
    if not fut.done():
        fut.set_result(None)
