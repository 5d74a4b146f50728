"""The client's side of a stream (spec: telepath.md 6, 14.1).

Items are read in batches: whatever has arrived is decoded in one go. So a blocking consumer crosses the border between
threads once for each batch, and an async one pays for a wait only when there is really nothing to read.
"""

from __future__ import annotations

import asyncio
import collections.abc
import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.link as s_link
import synapse.lib.telepath.threads as s_threads

Items = list[typing.Any]
Batches = typing.AsyncGenerator[Items, None]
Done = typing.Callable[[s_link.ClientLink], None]


class _End(Exception):
    """The stream is complete: the link may serve the next call."""


def _item(mesg: typing.Any) -> typing.Any:
    """Return the item in a message; raise _End at the end of the stream, with the remote error if there is one."""
    kind, info = s_codec.split(mesg)
    if kind != 't2:yield':
        raise s_codec.bad_type(kind)
    retn = info.get('retn')
    if retn is None:
        raise _End()
    good, valu = retn
    if not good:
        raise _End(s_codec.make_err(valu))
    return valu


def _take(ready: collections.abc.Iterator[typing.Any], mesg: typing.Any, items: Items) -> Exception | None:
    """Append the items of a message and of all that have arrived after it. Return what ends the stream, if anything."""
    try:
        items.append(_item(mesg))
        for mesg in ready:
            items.append(_item(mesg))
    except (_End, s_exc.SynErr) as e:
        return e
    except Exception as e:
        return s_codec.decode_err(e)
    return None


async def read_batches(link: s_link.ClientLink, done: Done) -> Batches:
    """Yield lists of items from the link that carries a stream, after its ``t2:genr``.

    Args:
        link: It is closed when the stream is not read to its end: that stops the server.
        done: Takes the link back at the end of the stream.

    Raises:
        LinkShutDown: The server is gone.
        BadMesgFormat: A message that does not belong here.
    """
    ended = False
    try:
        while True:
            mesg = await link.rx()
            if mesg is None:
                raise s_exc.LinkShutDown(mesg='Remote peer disconnected')
            items: Items = []
            exc = _take(link.ready(), mesg, items)
            if isinstance(exc, _End):
                ended = True
                done(link)
            if items:
                yield items
            if isinstance(exc, _End):
                if exc.args:
                    raise exc.args[0]
                return
            if exc is not None:
                raise exc
    finally:
        if not ended:
            link.close()


async def _flatten(batches: Batches) -> typing.AsyncGenerator[typing.Any, None]:
    try:
        async for items in batches:
            for item in items:
                yield item
    finally:
        await batches.aclose()


class Genr:
    """A stream of results: ``async for``, ``for`` (from a thread without event loop), ``list()``. It iterates once."""

    def __init__(
        self, batches: Batches, loop: asyncio.AbstractEventLoop, link: s_link.ClientLink | None = None
    ) -> None:
        self._batches = batches
        self._items: typing.AsyncGenerator[typing.Any, None] | None = None
        self._loop = loop
        self._link = link  # carries the stream already, although nobody iterates yet

    def __aiter__(self) -> typing.AsyncGenerator[typing.Any, None]:
        self._link = None
        if self._items is None:
            self._items = _flatten(self._batches)
        return self._items

    def __iter__(self) -> typing.Iterator[typing.Any]:
        self._link = None
        batches, loop = self._batches, self._loop
        try:
            while True:
                items = s_threads.wait(_next(batches), loop)
                if items is None:
                    return
                yield from items
        finally:
            # not waited for: this may run when a forgotten iterator is collected, even at the end of the process
            s_threads.spawn(_close(batches), loop)

    def list(self) -> typing.Any:
        """Return all items: an awaitable in the event loop, the list itself from blocking code."""
        return self._list() if s_threads.in_loop(self._loop) else list(iter(self))

    async def _list(self) -> Items:
        return [item async for item in self]

    async def aclose(self) -> None:
        """Stop the stream: the server's generator is cancelled."""
        link, self._link = self._link, None
        if link is not None:
            link.close()
        if self._items is not None:
            await self._items.aclose()
        await self._batches.aclose()

    def __del__(self) -> None:
        # a generator that was never begun has no finaliser of its own
        link = self._link
        if link is not None and not link.closed:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(link.close)


async def _close(batches: Batches) -> None:
    await batches.aclose()


async def _next(batches: Batches) -> Items | None:
    return await anext(batches, None)
