"""The HTTPS API of blobs (axon.md 7), of an Axon and of a Cortex that has one.

A handler talks to the blobs through a small door (`Blobs`), since a Cortex may have its Axon in another process.
"""

from __future__ import annotations

import asyncio
import binascii
import contextlib
import logging
import re
import typing

import synapse.exc as s_exc
import synapse.lib.axon.reading as s_reading
import synapse.lib.httpapi as s_httpapi
import synapse.lib.limits as s_limits
import synapse.lib.schema as s_schema

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

Any = typing.Any
logger = logging.getLogger('synapse.lib.httpapi')

_ITEM = re.compile(r'\s*(\d*)\s*-\s*(\d*)\s*$')

_req_hashes = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'sha256s': {'type': 'array', 'items': {'type': 'string', 'pattern': '(?i)^[0-9a-f]{64}$'}},
        },
        'additionalProperties': False,
        'required': ['sha256s'],
    }
)


class Stream(typing.Protocol):
    """Where the body of an upload goes."""

    async def write(self, byts: bytes) -> None: ...

    async def save(self) -> tuple[int, bytes]: ...


class Blobs(typing.Protocol):
    """What the handlers ask of an Axon, here or elsewhere."""

    async def has(self, sha256: bytes) -> bool: ...

    async def size(self, sha256: bytes) -> int | None: ...

    async def del_(self, sha256: bytes) -> bool: ...

    async def hashset(self, sha256: bytes) -> dict[str, str]: ...

    def read(self, sha256: bytes, offs: int, size: int) -> typing.AsyncGenerator[bytes, None]: ...

    def uploading(self) -> typing.AsyncContextManager[Stream]: ...


class LocalBlobs:
    """The door to an Axon in this process."""

    def __init__(self, axon: s_axon.Axon) -> None:
        self.axon = axon
        self.has = axon.has
        self.size = axon.size
        self.del_ = axon.del_
        self.hashset = axon.hashset

    def read(self, sha256: bytes, offs: int, size: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield a range that lies within a blob, in small pieces."""
        return self.axon.reading.pieces(sha256, offs, size)

    @contextlib.asynccontextmanager
    async def uploading(self) -> typing.AsyncIterator[Stream]:
        """A stream that is forgotten at the end unless it was saved."""
        incoming = self.axon.incoming()
        try:
            yield incoming
        finally:
            await incoming.abort()


async def door(cell: Any) -> Blobs:
    """Return the door to the blobs of a service. Raises TimeOut: a Cortex cannot reach its Axon."""
    return typing.cast(Blobs, await cell.getHttpBlobs())


def parse_range(header: str, total: int) -> tuple[int, int] | None:
    """Return (first, last + 1) of the first range of a header; None when all is to be sent. Raises ValueError.

    As clients of Axons know it, a range that ends beyond the blob is an error; a suffix (``-4``) is one of RFC 9110.
    """
    unit, _, text = header.partition('=')
    if unit.strip().lower() != 'bytes' or not text.strip():
        return None
    item = next((item for item in text.split(',') if item.strip()), None)
    if item is None:
        return None
    match = _ITEM.match(item)
    if match is None or match.group(1) == match.group(2) == '':
        raise ValueError('no range')
    head, tail = match.groups()
    if not head:
        first, last = max(total - int(tail), 0), total - 1
    else:
        first, last = int(head), int(tail) if tail else total - 1
    if not 0 <= first <= last < total:
        raise ValueError('not satisfiable')
    return first, last + 1


class AxonHandler(s_httpapi.Handler):
    """What the endpoints share."""

    async def blobs(self) -> Blobs | None:
        """Return the door to the blobs, None when there is none now and that was answered."""
        try:
            return await door(self.cell)
        except s_exc.CLASSES['TimeOut'] as e:
            self.sendRestExc(e, status_code=503)
            return None


class Has(AxonHandler):
    """``/has/sha256/<hex>``: true or false."""

    async def get(self, text: str) -> None:
        if await self.reqAuthAllowed(('axon', 'has')) and (blobs := await self.blobs()) is not None:
            self.sendRestRetn(await blobs.has(binascii.unhexlify(text)))


class Delete(AxonHandler):
    """``/del``: ``{sha256s}`` -> ``[[hex, bool], ...]``."""

    async def post(self) -> None:
        if not await self.reqAuthAllowed(('axon', 'del')):
            return
        body = self.getJsonBody(validator=_req_hashes)
        if body is None or (blobs := await self.blobs()) is None:
            return
        retn = [(text, await blobs.del_(binascii.unhexlify(text))) for text in body['sha256s']]
        self.sendRestRetn(retn)


class Blob(AxonHandler):
    """``/by/sha256/<hex>``: the bytes, or a range of them; HEAD, DELETE."""

    async def find(self, text: str, perm: str) -> tuple[Blobs, bytes, int] | None:
        """Return (door, hash, size) of the blob that a request names; None when something was wrong and answered."""
        if not await self.reqAuthUser():
            return None
        if re.fullmatch('[0-9a-fA-F]{64}', text) is None:
            self.refuse('BadArg', f'Hash is not a SHA-256: {text}')
            return None
        if not await self.reqAuthAllowed(('axon', perm)):
            return None
        blobs = await self.blobs()
        if blobs is None:
            return None
        sha256 = binascii.unhexlify(text)
        size = await blobs.size(sha256)
        if size is None:
            self.refuse('NoSuchFile', f'SHA-256 not found: {text}')
            return None
        return blobs, sha256, size

    def refuse(self, code: str, mesg: str) -> None:
        """Answer 404; an answer to HEAD has no body."""
        if self.request.method == 'HEAD':
            self.set_status(404)
            self.set_header('Content-Length', '0')
            self.finish()
        else:
            self.sendRestErr(code, mesg, status_code=404)

    def begin(self, total: int) -> tuple[int, int] | None:
        """Set status and headers for a blob; return the range to send, None when it was answered."""
        self.set_header('Content-Type', 'application/octet-stream')
        self.set_header('Content-Disposition', 'attachment')
        self.set_header('Accept-Ranges', 'bytes')
        span: tuple[int, int] | None = None
        if header := self.request.headers.get('Range'):
            try:
                span = parse_range(header, total)
            except ValueError:
                self.set_status(416)
                self.set_header('Content-Range', f'bytes */{total}')
                self.set_header('Content-Length', '0')
                self.finish()
                return None
        if span is not None:
            self.set_status(206)
            self.set_header('Content-Range', f'bytes {span[0]}-{span[1] - 1}/{total}')
        span = span or (0, total)
        self.set_header('Content-Length', str(span[1] - span[0]))
        return span

    async def get(self, text: str) -> None:
        """Send the bytes, as fast as the client takes them."""
        found = await self.find(text, 'get')
        if found is None or (span := self.begin(found[2])) is None:
            return
        blobs, sha256, _ = found
        await self.flush()
        try:
            async with contextlib.aclosing(blobs.read(sha256, span[0], span[1] - span[0])) as pieces:
                async for byts in pieces:
                    self.write(byts)
                    await self.flush()
        except s_exc.SynErr:
            # in the middle of the answer: break off, so that nobody takes a part for the whole
            logger.exception('A download of %s broke off.', text)
            self._finished = True
            typing.cast(Any, self.request.connection).stream.close()

    async def head(self, text: str) -> None:
        """Send the headers."""
        found = await self.find(text, 'get')
        if found is not None and self.begin(found[2]) is not None:
            self.finish()

    async def delete(self, text: str) -> None:
        """Remove the blob."""
        found = await self.find(text, 'del')
        if found is not None:
            self.sendRestRetn(await found[0].del_(found[1]))


class Upload(s_httpapi.StreamHandler):
    """``/put``: the body of the request becomes a blob -> size and digests."""

    _stack: contextlib.AsyncExitStack | None = None
    _stream: Stream
    _blobs: Blobs

    async def prepare(self) -> None:
        """Ask for the permission before the body is read."""
        await super().prepare()
        if self.request.method not in ('PUT', 'POST') or not await self.reqAuthAllowed(('axon', 'upload')):
            return
        try:
            self._blobs = await door(self.cell)
        except s_exc.CLASSES['TimeOut'] as e:
            self.sendRestExc(e, status_code=503)
            return
        self._stack = contextlib.AsyncExitStack()
        self._stream = await self._stack.enter_async_context(self._blobs.uploading())
        self._hashes = s_reading.Hashes()
        self._parts: list[bytes] = []
        self._size = 0

    async def data_received(self, chunk: bytes) -> None:
        """Gather the small chunks of the network, and pass them on."""
        if self._stack is None:
            return
        self._parts.append(chunk)
        self._size += len(chunk)
        if self._size >= s_limits.AXON_HTTP_PIECE:
            await self._pass_on()

    async def _pass_on(self) -> None:
        byts = b''.join(self._parts)
        self._parts, self._size = [], 0
        hashed = asyncio.ensure_future(self._hashes.update(byts))
        try:
            await self._stream.write(byts)
        finally:
            await asyncio.wait([hashed])

    async def put(self) -> None:
        """Save the body."""
        if self._parts:
            await self._pass_on()
        size, _ = await self._stream.save()
        await self._close()
        self.sendRestRetn({'size': size, **self._hashes.pack()})

    async def post(self) -> None:
        """Save the body."""
        await self.put()

    def on_finish(self) -> None:
        """Whatever happened, forget what was not saved."""
        super().on_finish()
        self._forget()

    def on_connection_close(self) -> None:
        """The client is gone: so is what he sent."""
        super().on_connection_close()
        self._forget()

    def _forget(self) -> None:
        if self._stack is not None:
            self.cell.schedCoro(self._close())

    async def _close(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.aclose()


PREFIX = '/api/v1/axon/files'
ROUTES: tuple[tuple[str, type[Any]], ...] = (
    (f'{PREFIX}/put', Upload),
    (f'{PREFIX}/del', Delete),
    (f'{PREFIX}/has/sha256/([0-9a-fA-F]{{64}}$)', Has),
    (f'{PREFIX}/by/sha256/(.*)', Blob),
)


def add_routes(cell: Any) -> None:
    """Serve the endpoints on the HTTPS server of a service that has ``getHttpBlobs()``."""
    for path, ctor in ROUTES:
        cell.addHttpApi(path, ctor, {'cell': cell})
