"""Tells whoever watches what changed in the service: the "beholder" (cell.md 5.10)."""

from __future__ import annotations

import asyncio
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Event = dict[str, typing.Any]


class Beholder:
    """Fans events out to any number of readers, each with a bounded queue of its own."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[Event | None]] = set()
        self.closed = False

    def fire(
        self,
        event: str,
        offset: int,
        info: dict[str, typing.Any],
        gates: typing.Sequence[typing.Any] = (),
        perms: typing.Sequence[typing.Any] = (),
    ) -> None:
        """Hand an event to all readers; costs nothing while there are none.

        A reader that is too far behind to take it is cut off with an error rather than missing it silently.
        """
        if not self.queues:
            return
        item: Event = {'event': event, 'offset': offset, 'info': info}
        if gates:
            item['gates'] = list(gates)
        if perms:
            item['perms'] = list(perms)
        for queue in tuple(self.queues):
            if queue.full():
                self.queues.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(item)

    async def watch(self) -> typing.AsyncGenerator[Event, None]:
        """Yield events from now on. Raises HitLimit when this reader is more than 10,000 events behind."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=s_limits.CELL_BEHOLD_QUEUE)
        self.queues.add(queue)
        try:
            while not self.closed:
                item = await queue.get()
                if item is None:
                    if self.closed:
                        return
                    raise s_exc.HitLimit(mesg='The reader of events is too slow.', limit=s_limits.CELL_BEHOLD_QUEUE)
                yield item
        finally:
            self.queues.discard(queue)

    def close(self) -> None:
        """End all readers."""
        self.closed = True
        for queue in self.queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)
