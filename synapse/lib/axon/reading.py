"""How blobs go out: as chunks, ranges, digests, lines, rows, JSON, msgpack, numbers (axon.md 3)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import struct
import typing

import msgpack

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.axon.fetch as s_fetch
import synapse.lib.axon.lines as s_lines
import synapse.lib.blobs as s_blobs
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

Any = typing.Any
HASHES = ('md5', 'sha1', 'sha256', 'sha512')


def req_hash(sha256: Any) -> bytes:
    """Return a hash in bytes; hex is taken too. Raises BadArg."""
    if isinstance(sha256, bytes):
        return sha256
    if isinstance(sha256, str):
        with contextlib.suppress(ValueError):
            return bytes.fromhex(sha256)
    raise s_exc.BadArg(mesg=f'A SHA-256 is 32 bytes, or 64 hexadecimal digits, not: {sha256!r:.80}')


def req_hashes(sha256s: Any) -> list[bytes]:
    """Return a list of hashes. Raises BadArg."""
    if not isinstance(sha256s, (list, tuple)):
        raise s_exc.BadArg(mesg=f'The hashes must be a list, not {type(sha256s).__name__}.')
    return [req_hash(sha256) for sha256 in sha256s]


def req_count(valu: Any, name: str) -> int:
    """Return an integer that is not negative. Raises BadArg."""
    if type(valu) is not int or valu < 0:
        raise s_exc.BadArg(mesg=f'{name} must be an integer that is not negative: {valu!r:.80}', name=name)
    return valu


class Hashes:
    """The four digests of a stream."""

    def __init__(self) -> None:
        self.items = [(name, hashlib.new(name, usedforsecurity=False)) for name in HASHES]

    async def update(self, byts: bytes) -> None:
        """Add bytes; much of it in a thread."""
        if len(byts) > s_limits.AXON_HASH_INLINE // 4:
            await asyncio.to_thread(self._update, byts)
        else:
            self._update(byts)

    def _update(self, byts: bytes) -> None:
        for _, item in self.items:
            item.update(byts)

    def pack(self) -> dict[str, str]:
        """Return ``{md5, sha1, sha256, sha512}`` in hex."""
        return {name: item.hexdigest() for name, item in self.items}


class Reading:
    """Reads blobs for one Axon."""

    def __init__(self, axon: s_axon.Axon) -> None:
        self.axon = axon

    def req_size(self, sha256: bytes) -> int:
        """Return the size of a blob. Raises NoSuchFile, BadArg."""
        size = self.axon.files.size(req_hash(sha256))
        if size is None:
            raise s_blobs.no_blob(req_hash(sha256))
        return size

    def chunks(self, sha256: bytes, offs: int | None, size: int | None) -> typing.AsyncGenerator[bytes, None]:
        """Yield a blob, or a range of it, cut at multiples of 16 MiB. Raises: NoSuchFile, BadArg."""
        return self._chunks(s_fetch.reader, sha256, offs, size)

    def ranges(
        self, sha256: bytes, offs: int | None, size: int | None
    ) -> typing.AsyncGenerator[bytes | s_telepath.Large, None]:
        """The same for a caller who sends the bytes on, without having them in memory."""
        return self._chunks(s_fetch.ranges, sha256, offs, size)

    async def _chunks(
        self, source: typing.Any, sha256: bytes, offs: int | None, size: int | None
    ) -> typing.AsyncGenerator[Any, None]:
        sha256 = req_hash(sha256)
        total = self.req_size(sha256)
        if offs is None and size is None:
            offs, size = 0, total
        elif type(offs) is not int or type(size) is not int:
            raise s_exc.BadArg(mesg='A range needs both offs and size, as integers.')
        else:
            if offs < 0:
                raise s_exc.BadArg(mesg='Offs must be >= 0', offs=offs)
            if size < 1:
                raise s_exc.BadArg(mesg='Size must be >= 1', size=size)
            if offs >= total:
                yield b''
                return
        items = source(self.axon, sha256, offs, min(size, total - offs), s_limits.AXON_CHUNK)
        async with contextlib.aclosing(items):
            async for item in items:
                yield item

    def pieces(self, sha256: bytes, offs: int = 0, size: int | None = None) -> typing.AsyncGenerator[bytes, None]:
        """Yield a blob, or a range within it, in pieces of a mebibyte. Raises NoSuchFile."""
        total = self.req_size(sha256)
        size = total - offs if size is None else size
        return s_fetch.reader(self.axon, req_hash(sha256), offs, size, s_limits.BLOB_PIECE)

    async def hashset(self, sha256: bytes) -> dict[str, str]:
        """Return the digests of a blob in hex. Raises NoSuchFile."""
        hashes = Hashes()
        async with contextlib.aclosing(self.pieces(sha256)) as pieces:
            async for byts in pieces:
                await hashes.update(byts)
        return hashes.pack()

    async def lines(self, sha256: Any, errors: str | None) -> typing.AsyncGenerator[list[str], None]:
        """Yield lists of lines. Raises: NoSuchFile, BadDataValu, BadArg."""
        async with contextlib.aclosing(self.pieces(sha256)) as pieces:
            async for found in s_lines.lines(pieces, errors):
                yield found

    async def jsonlines(self, sha256: Any, errors: str | None) -> typing.AsyncGenerator[list[Any], None]:
        """Yield lists of the JSON values of lines that are not blank. Raises BadJsonText and as ``lines``."""
        async for found in self.lines(sha256, errors):
            items: list[Any] = []
            for line in found:
                line = line.strip()
                if not line:
                    continue
                try:
                    items.append(json.loads(line))
                except (ValueError, RecursionError) as e:
                    if items:
                        yield items
                    text = req_hash(sha256).hex()
                    mesg = f'Bad json line encountered while processing {text}, ({e})'
                    raise s_exc.BadJsonText(mesg=mesg, sha256=text) from None
            if items:
                yield items

    async def csvrows(
        self, sha256: Any, dialect: str, errors: str | None, fmtparams: dict[str, Any]
    ) -> typing.AsyncGenerator[list[list[str]], None]:
        """Yield lists of CSV rows. Raises: NoSuchFile, BadArg, BadDataValu."""
        pieces = self.pieces(sha256)
        async with (
            contextlib.aclosing(pieces),
            contextlib.aclosing(s_lines.rows(pieces, dialect, errors, fmtparams)) as groups,
        ):
            async for rows in groups:
                yield rows

    async def msgpack(self, sha256: Any) -> typing.AsyncGenerator[list[Any], None]:
        """Yield lists of the msgpack values in a blob; a cut off tail is dropped. Raises: NoSuchFile, BadDataValu."""
        unpacker = s_common.unpacker()
        async with contextlib.aclosing(self.pieces(sha256)) as pieces:
            async for byts in pieces:
                items: list[Any] = []
                try:
                    unpacker.feed(byts)
                    items.extend(unpacker)
                except (msgpack.UnpackException, ValueError, TypeError) as e:
                    if items:
                        yield items
                    raise s_exc.BadDataValu(mesg=f'The file is not msgpack: {str(e) or type(e).__name__}') from None
                if items:
                    yield items

    async def unpack(self, sha256: Any, fmt: str, offs: int) -> tuple[Any, ...]:
        """Return what ``struct`` finds at an offset. Raises: NoSuchFile, BadArg, BadDataValu."""
        self.req_size(sha256)
        if not isinstance(fmt, str):
            raise s_exc.BadArg(mesg='Format string must be a string', fmt=fmt)
        try:
            size = struct.calcsize(fmt)
        except (struct.error, ValueError) as e:
            raise s_exc.BadArg(mesg=f'Failed to unpack bytes with format {fmt}: {e}', fmt=fmt) from None
        if size > s_limits.AXON_UNPACK:
            raise s_exc.BadArg(mesg=f'Struct format would read too much data: {size} bytes', size=size)
        byts = b''.join([chunk async for chunk in self.chunks(sha256, offs, size)])
        if len(byts) != size:
            mesg = f'Expected {size} bytes but got {len(byts)} bytes'
            raise s_exc.BadDataValu(mesg=mesg, expected=size, received=len(byts))
        return struct.unpack(fmt, byts)


class Readers:
    """The calls of an Axon that read, item by item, for code in the same process. Errors: see `Reading`."""

    reading: Reading

    async def readlines(self, sha256: str, errors: str = 'ignore') -> typing.AsyncGenerator[str, None]:
        """Yield the lines of a text."""
        async for found in self.reading.lines(sha256, errors):
            for line in found:
                yield line

    async def jsonlines(self, sha256: str, errors: str = 'ignore') -> typing.AsyncGenerator[Any, None]:
        """Yield the JSON values of lines."""
        async for found in self.reading.jsonlines(sha256, errors):
            for item in found:
                yield item

    async def csvrows(
        self, sha256: bytes, dialect: str = 'excel', errors: str = 'ignore', **fmtparams: Any
    ) -> typing.AsyncGenerator[list[str], None]:
        """Yield the rows of a CSV file."""
        async for found in self.reading.csvrows(sha256, dialect, errors, fmtparams):
            for row in found:
                yield row

    async def iterMpkFile(self, sha256: str) -> typing.AsyncGenerator[Any, None]:
        """Yield the msgpack values of a blob."""
        async for found in self.reading.msgpack(sha256):
            for item in found:
                yield item

    async def unpack(self, sha256: bytes, fmt: str, offs: int = 0) -> tuple[Any, ...]:
        """Return what ``struct`` finds at an offset."""
        return await self.reading.unpack(sha256, fmt, offs)
