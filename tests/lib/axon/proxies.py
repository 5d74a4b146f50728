"""Proxies that work: SOCKS5, SOCKS4 and HTTP, told apart by their first byte. They write down where they were sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import typing

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


class Proxy:
    """A server on a port of this machine that connects to whatever it is asked to.

    Attributes:
        seen: (kind, host, port) of each connection.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int]] = []
        self.port = 0

    def url(self, scheme: str) -> str:
        """Return the URL of the proxy."""
        return f'{scheme}://127.0.0.1:{self.port}'

    async def serve(self, reader: Reader, writer: Writer) -> None:
        """Handle one connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if first == b'\x05':
                kind, host, port, answer = await self.socks5(reader, writer)
            elif first == b'\x04':
                kind, host, port, answer = await self.socks4(reader)
            else:
                kind, host, port, answer = await self.connect(reader)
            self.seen.append((kind, host, port))
            there = await asyncio.open_connection(host, port)
            writer.write(answer)
            await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))

    async def socks5(self, reader: Reader, writer: Writer) -> tuple[str, str, int, bytes]:
        """RFC 1928, without authentication."""
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b'\x05\x00')
        kind = (await reader.readexactly(4))[3]
        if kind == 1:
            host = socket.inet_ntoa(await reader.readexactly(4))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2), 'big')
        return 'socks5', host, port, b'\x05\x00\x00\x01' + bytes(6)

    async def socks4(self, reader: Reader) -> tuple[str, str, int, bytes]:
        """SOCKS 4, and 4a: a name behind an address that begins with three zeros."""
        byts = await reader.readexactly(7)
        port, host = int.from_bytes(byts[1:3], 'big'), socket.inet_ntoa(byts[3:])
        await reader.readuntil(b'\0')
        if byts[3:6] == bytes(3):
            host = (await reader.readuntil(b'\0'))[:-1].decode()
        return 'socks4', host, port, b'\0\x5a' + bytes(6)

    async def connect(self, reader: Reader) -> tuple[str, str, int, bytes]:
        """HTTP CONNECT."""
        line = (await reader.readuntil(b'\r\n\r\n')).split()
        host, _, port = line[1].decode().rpartition(':')
        return 'http', host, int(port), b'HTTP/1.1 200 Connected\r\n\r\n'


async def pipe(reader: Reader, writer: Writer) -> None:
    """Pass bytes on until there are no more."""
    while byts := await reader.read(65536):
        writer.write(byts)
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxy() -> typing.AsyncIterator[Proxy]:
    """Run a proxy."""
    it = Proxy()
    server = await asyncio.start_server(it.serve, '127.0.0.1', 0)
    it.port = server.sockets[0].getsockname()[1]
    yield it
    server.close()
