"""Large values that are sent without ever being in our memory as a whole (spec: telepath.md 6).

A generator API may yield, in place of bytes, ``Pieces`` that come from somewhere, or a ``FileRange``. What of that is
in the page cache goes from there to a unix socket by ``sendfile``: half of the time that reading and writing take. (On
a TCP socket of the same machine that is slower than a copy; TLS needs the bytes.) All else is read in steps, in a
thread where the disk has to be waited for.

The header of a value is sent before its bytes. So when those cannot be read, or the call is cancelled between them,
there is no way to tell the client but to cut the link.
"""

from __future__ import annotations

import abc
import asyncio
import contextlib
import errno
import os
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.telepath.link as s_link

_NOWAIT = getattr(os, 'RWF_NOWAIT', None)


class File(typing.Protocol):
    """What holds a descriptor open for as long as somebody holds it."""

    fd: int


def is_cached(fd: int, offs: int, size: int) -> bool:
    """Guess from both ends whether a range of a file can be read without waiting for the disk."""
    if _NOWAIT is None or not size:
        return False
    try:
        return all(os.preadv(fd, [bytearray(1)], pos, _NOWAIT) for pos in (offs, offs + size - 1))
    except OSError:
        return False


class Large(abc.ABC):
    """A binary value of a known size that can be sent piece by piece."""

    __slots__ = ('size',)

    size: int

    @abc.abstractmethod
    async def read(self) -> bytes:
        """Return the bytes."""

    @abc.abstractmethod
    async def _send(self, link: s_link.Link, transport: asyncio.Transport) -> None: ...

    async def send(self, link: s_link.Link) -> None:
        """Send the bytes, behind what was written before. Raises what ``read`` does; the link is cut then."""
        try:
            with link.alone() as transport:
                await self._send(link, transport)
        except BaseException:
            link.abort()
            raise


class Pieces(Large):
    """Bytes that a generator yields."""

    __slots__ = ('items',)

    def __init__(self, size: int, items: typing.AsyncGenerator[bytes, None]) -> None:
        self.size = size
        self.items = items

    async def read(self) -> bytes:
        return b''.join([byts async for byts in self.items])

    async def _send(self, link: s_link.Link, transport: asyncio.Transport) -> None:
        left = self.size
        async with contextlib.aclosing(self.items):
            async for byts in self.items:
                if link.closed:
                    return
                left -= len(byts)
                transport.write(byts)
                await link.drained()
        if left:
            raise _too_short()


class FileRange(Large):
    """The bytes ``offs`` to ``offs + size`` of a file, which will not change any more."""

    __slots__ = ('file', 'offs')

    def __init__(self, file: File, offs: int, size: int) -> None:
        self.file = file
        self.offs = offs
        self.size = size

    async def read(self) -> bytes:
        """Return the bytes. Raises LinkErr when the file has not so many (any more)."""
        return await self._read(self.offs, self.size)

    async def _read(self, offs: int, size: int) -> bytes:
        if size <= s_limits.TELE_PIECE_BYTES and is_cached(self.file.fd, offs, size):
            byts = os.pread(self.file.fd, size, offs)
        else:
            byts = await asyncio.to_thread(os.pread, self.file.fd, size, offs)
        if len(byts) != size:
            raise _too_short()
        return byts

    async def _send(self, link: s_link.Link, transport: asyncio.Transport) -> None:
        end, offs = self.offs + self.size, self.offs
        while offs < end and not link.closed:
            step = min(end - offs, s_limits.TELE_PIECE_BYTES)
            if link.get('unix') and is_cached(self.file.fd, offs, step):
                await self._splice(link, offs, step)
            else:
                transport.write(await self._read(offs, step))
                await link.drained()
            offs += step

    async def _splice(self, link: s_link.Link, offs: int, size: int) -> None:
        sock = link.info['sock'].fileno()
        await link.drained()
        while size and not link.closed:
            try:
                done = os.sendfile(sock, self.file.fd, offs, size)
            except BlockingIOError:
                await link.writable(sock)
                continue
            except OSError as e:
                if e.errno in (errno.EPIPE, errno.ECONNRESET):
                    link.abort()  # the client went away
                    return
                raise
            if not done:
                raise _too_short()
            offs += done
            size -= done


def _too_short() -> s_exc.SynErr:
    return s_exc.LinkErr(mesg='A value has less bytes than it was said to have.')
