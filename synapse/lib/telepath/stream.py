"""How a server sends the items of a generator (spec: telepath.md 6).

Packed items are gathered and written when there are enough of them, or when the event loop gets its turn because the
generator waits for something: many small items share a system call, and a single one is never held back. A consumer
that does not read stops the generator (``Link.drained``), and a generator that never waits is interrupted every few
milliseconds to let others run.
"""

from __future__ import annotations

import asyncio
import time
import types
import typing

import synapse.lib.limits as s_limits
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.large as s_large
import synapse.lib.telepath.link as s_link

Genr = types.AsyncGeneratorType | types.GeneratorType


class Burst:
    """Many items that an async generator API yields at once: each goes out as an item of its own, all in one write."""

    __slots__ = ('items',)

    def __init__(self, items: typing.Iterable[typing.Any]) -> None:
        self.items = items

    def pack(self) -> list[bytes]:
        """Return the packed items. Raises NotMsgpackSafe, before anything of the burst is sent."""
        pack = s_codec.pack
        return [pack(item) for item in self.items]


class RawBurst(Burst):
    """A Burst of items that are msgpack bytes already."""

    __slots__ = ()

    items: typing.Iterable[bytes]

    def pack(self) -> list[bytes]:
        return list(self.items)


class Sender:
    """The outgoing side of one stream."""

    __slots__ = ('late', 'link', 'parts', 'sched', 'size', 'turn')

    def __init__(self, link: s_link.Link) -> None:
        self.link = link
        self.parts: list[bytes] = [s_codec.GENR]
        self.size = len(s_codec.GENR)
        self.sched: asyncio.Handle | None = None
        # the head waits a moment for the first item: most streams have one soon, and then it is one write
        self.late: asyncio.Handle | None = link.loop.call_later(s_limits.TELE_LINGER, self.flush)
        self.turn = time.perf_counter() + s_limits.TELE_TURN_SECS

    def flush(self) -> None:
        """Write what was gathered."""
        if self.sched is not None:
            self.sched.cancel()
            self.sched = None
        if self.late is not None:
            self.late.cancel()
            self.late = None
        if self.parts:
            parts, self.parts, self.size = self.parts, [], 0
            self.link.write(b''.join(parts) if len(parts) > 1 else parts[0])

    def add(self, item: typing.Any) -> None:
        """Take one item, or a Burst. Raises NotMsgpackSafe."""
        if isinstance(item, Burst):
            parts = item.pack()
            if parts:
                self._gather(s_codec.YIELD_OK, s_codec.YIELD_OK.join(parts))
        elif type(item) is bytes and len(item) >= s_limits.TELE_BULK_BYTES:
            self._gather(s_codec.YIELD_OK + s_codec.bin_head(len(item)), item)
        else:
            self._gather(s_codec.YIELD_OK, s_codec.pack(item))

    async def add_large(self, item: s_large.Large) -> None:
        """Send a large value as one item."""
        self.parts.append(s_codec.YIELD_OK + s_codec.bin_head(item.size))
        self.flush()
        await item.send(self.link)

    def _gather(self, head: bytes, body: bytes) -> None:
        self.parts.append(head)
        size = len(body)
        if size >= s_limits.TELE_BULK_BYTES:
            self.flush()
            self.link.write(body)
            return
        self.parts.append(body)
        self.size += size + len(head)
        if self.size >= s_limits.TELE_FLUSH_BYTES:
            self.flush()
        elif self.sched is None:
            self.sched = self.link.loop.call_soon(self.flush)

    def end(self, byts: bytes) -> None:
        """Send the last message of the stream and all that is before it."""
        self.parts.append(byts)
        self.flush()

    async def breathe(self) -> None:
        """Wait for a slow consumer, and let the loop turn. To be called when ``stalled`` or ``late``."""
        if self.link.stalled:
            self.flush()
            await self.link.drained()
        else:
            await asyncio.sleep(0)
        self.turn = time.perf_counter() + s_limits.TELE_TURN_SECS


def iterate(genr: Genr) -> typing.AsyncGenerator[typing.Any, None]:
    """Return an async generator over the items of a plain or async one; closing it closes the other."""
    return _iterate(genr) if isinstance(genr, types.GeneratorType) else genr


async def _iterate(genr: types.GeneratorType) -> typing.AsyncGenerator[typing.Any, None]:
    try:
        for item in genr:
            yield item
    finally:
        genr.close()


async def send(
    link: s_link.Link, genr: Genr, blame: typing.Callable[[BaseException], BaseException] = lambda e: e
) -> None:
    """Send all items of a generator and the end of the stream; an error of the generator is sent and raised.

    ``blame`` tells what to send of an error. The generator is closed in any case, so that its ``finally`` blocks run
    when the caller went away.
    """
    sender = Sender(link)
    items = iterate(genr)
    now = time.perf_counter
    try:
        async for item in items:
            if not isinstance(item, s_large.Large):
                sender.add(item)
            elif item.size >= s_limits.TELE_BULK_BYTES:
                await sender.add_large(item)
            else:
                sender.add(await item.read())
            if link.stalled or now() > sender.turn:
                await sender.breathe()
        sender.end(s_codec.YIELD_END)
    except (Exception, asyncio.CancelledError) as e:
        if not link.closed:
            sender.end(s_codec.pack_yield_err(blame(e)))
        raise
    finally:
        await items.aclose()
