"""One byte-stream socket that carries messages: what both ends of a connection have in common (spec: telepath.md 1).

Invariants:

- Bytes go straight from the transport into the incremental decoder; nobody else holds a read buffer.
- EOF, a half-close included, is the end of the link: ``connection_lost`` follows, exactly once.
- A sender that produces many messages awaits ``drained()`` between them: at most one high-water mark is buffered.
"""

from __future__ import annotations

import asyncio
import collections.abc
import contextlib
import os
import socket
import ssl
import typing

import synapse.lib.limits as s_limits
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.tls as s_tls


def tune(sock: socket.socket) -> None:
    """Set keep-alive and no-delay on a TCP socket: a dead peer is noticed in about 18 seconds."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, valu in (('TCP_KEEPIDLE', 3), ('TCP_KEEPINTVL', 3), ('TCP_KEEPCNT', 5)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), valu)


class Link(asyncio.Protocol):
    """A connection. Subclasses say what happens with the messages."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.renew()
        self.info: dict[str, typing.Any] = {}
        self.closed = False
        self.stalled = False  # the transport asked us to stop writing
        self.hushed = False  # we asked the transport to stop reading
        self._drain: asyncio.Future[None] | None = None
        self._held: list[bytes] | None = None  # written while somebody else writes to the socket

    # ----- asyncio.Protocol -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=s_limits.TELE_WRITE_BYTES)
        sock = transport.get_extra_info('socket')
        unix = sock.family == socket.AF_UNIX
        self.info['unix'] = unix
        self.info['sock'] = sock
        if unix:
            # TCP finds its size by itself; without this a large value crosses in many small steps, half as fast
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, s_limits.TELE_SOCKET_BYTES)
        else:
            tune(sock)

    def eof_received(self) -> bool | None:
        return None  # the transport closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._wake_drain()

    def pause_writing(self) -> None:
        self.stalled = True

    def resume_writing(self) -> None:
        self.stalled = False
        self._wake_drain()

    def _wake_drain(self) -> None:
        fut, self._drain = self._drain, None
        if fut is not None and not fut.done():
            fut.set_result(None)

    # ----- ours -------------------------------------------------------------------------------------------------------

    def write(self, byts: bytes) -> None:
        """Send bytes. Writing to a closed link does nothing: the reader learns of the end."""
        if self._held is not None:
            self._held.append(byts)
        elif not self.closed:
            self.transport.write(byts)

    async def drained(self) -> None:
        """Wait until the transport takes more, or the link is closed."""
        while self.stalled and not self.closed:
            if self._drain is None:
                self._drain = self.loop.create_future()
            # several senders may wait here; one that is cancelled must not cancel the future of the others
            await asyncio.shield(self._drain)

    @contextlib.contextmanager
    def alone(self) -> typing.Iterator[asyncio.Transport]:
        """Give out the transport: what others write to the link meanwhile comes after.

        Who has awaited ``drained`` then may also write to the socket, past the transport.
        """
        self._held = []
        self.transport.set_write_buffer_limits(high=0)
        try:
            yield self.transport
        finally:
            held, self._held = self._held, None
            if not self.closed:
                self.transport.set_write_buffer_limits(high=s_limits.TELE_WRITE_BYTES)
                for byts in held:
                    self.transport.write(byts)

    async def writable(self, sock: int) -> None:
        """Wait until a descriptor of this link takes more bytes."""
        twin = os.dup(sock)  # the loop knows the other one as the transport's
        ready = asyncio.Event()
        self.loop.add_writer(twin, ready.set)
        try:
            await ready.wait()
        finally:
            self.loop.remove_writer(twin)
            os.close(twin)

    def renew(self) -> None:
        """Begin with an empty decoder: one that has grown with a large message never shrinks."""
        self.unpk = s_codec.unpacker(s_limits.TELE_MESG_BYTES)

    def hush(self) -> None:
        """Stop reading from the socket."""
        if not self.hushed and not self.closed:
            self.hushed = True
            self.transport.pause_reading()

    def unhush(self) -> None:
        """Read from the socket again."""
        if self.hushed:
            self.hushed = False
            if not self.closed:
                self.transport.resume_reading()

    def close(self) -> None:
        """Close the link after what was written has been sent. Nothing can be written from now on."""
        self.closed = True
        self.transport.close()

    def abort(self) -> None:
        """Close the link at once."""
        self.closed = True
        self.transport.abort()

    def get(self, name: str, defv: typing.Any = None) -> typing.Any:
        """Return one value of the link's info: ``unix``, ``sess``, ``sock`` and what others have set."""
        return self.info.get(name, defv)

    def set(self, name: str, valu: typing.Any) -> None:
        """Keep a value with the link."""
        self.info[name] = valu

    def getTlsObject(self) -> ssl.SSLObject | None:
        """Return the TLS side of the link, None for a plain one."""
        return typing.cast('ssl.SSLObject | None', self.transport.get_extra_info('ssl_object'))

    def getTlsPeerCn(self) -> str | None:
        """Return the subject CN of the verified certificate of the other side, None when it showed none."""
        return s_tls.subject_cn(self.getTlsObject())

    def getAddrInfo(self) -> dict[str, typing.Any]:
        """Return ``family`` (tcp, tls, unix), ``addr`` and, but for unix, ``ipver`` (ipv4, ipv6) of the other side."""
        if self.info.get('unix'):
            return {'family': 'unix', 'addr': self.transport.get_extra_info('sockname')}
        sock = self.info['sock']
        return {
            'family': 'tcp' if self.getTlsObject() is None else 'tls',
            'addr': self.transport.get_extra_info('peername'),
            'ipver': 'ipv6' if sock.family == socket.AF_INET6 else 'ipv4',
        }

    def __repr__(self) -> str:
        with contextlib.suppress(Exception):
            return f'{type(self).__name__} {self.getAddrInfo()}'
        return type(self).__name__


class ClientLink(Link):
    """The client's end of a connection: it sends a message and reads the answers, one at a time.

    Messages stay packed in the decoder until somebody asks for them. While nobody does, at most
    ``TELE_READ_AHEAD_BYTES`` are taken from the socket, so that a slow consumer slows the server down.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0  # bytes received since the last message was asked for
        self.onlost: typing.Callable[[ClientLink], None] | None = None
        self._waiter: asyncio.Future[typing.Any] | None = None

    def data_received(self, data: bytes) -> None:
        self.unpk.feed(data)
        waiter = self._waiter
        if waiter is None:
            self.ahead += len(data)
            if self.ahead > s_limits.TELE_READ_AHEAD_BYTES:
                self.hush()
            return
        try:
            mesg = next(self.unpk)
        except StopIteration:
            return
        except Exception as e:
            self._wake(None, s_codec.decode_err(e))
            self.abort()
            return
        self._wake(mesg)

    def _wake(self, mesg: typing.Any, exc: Exception | None = None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if exc is not None:
            waiter.set_exception(exc)
        else:
            waiter.set_result(mesg)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._wake(None)
        if self.onlost is not None:
            self.onlost(self)

    def ready(self) -> collections.abc.Iterator[typing.Any]:
        """Iterate the messages that have arrived already."""
        return typing.cast(collections.abc.Iterator[typing.Any], self.unpk)

    async def rx(self) -> typing.Any:
        """Wait for the next message. Returns None at the end of the link.

        Raises:
            BadMesgFormat: The bytes do not decode; the link is closed then.
        """
        try:
            return next(self.unpk)
        except StopIteration:
            pass
        except Exception as e:
            self.abort()
            raise s_codec.decode_err(e)
        self.ahead = 0
        if self.closed:
            return None
        if self.hushed:
            self.unhush()
        waiter = self._waiter = self.loop.create_future()
        try:
            return await waiter
        finally:
            self._waiter = None
