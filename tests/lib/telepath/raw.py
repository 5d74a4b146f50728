"""A client made of a socket and msgpack: what travels is written down, nothing of ours stands between."""

from __future__ import annotations

import asyncio
import contextlib
import typing

import msgpack

QUIET = 0.2  # seconds without an answer that count as "no reply"


def pack(mesg: typing.Any) -> bytes:
    return typing.cast(bytes, msgpack.packb(mesg, use_bin_type=True, unicode_errors='surrogatepass'))


class Raw:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.sess: str | None = None
        self.unpk = msgpack.Unpacker(
            use_list=False, raw=False, strict_map_key=False, unicode_errors='surrogatepass', max_buffer_size=2**31 - 1
        )

    def tx(self, *mesgs: typing.Any) -> None:
        for mesg in mesgs:
            self.writer.write(pack(mesg))

    async def rx(self, timeout: float = 10) -> typing.Any:
        """Return the next message; 'EOF' when the link was closed."""
        while True:
            for mesg in self.unpk:
                return mesg
            with contextlib.suppress(ConnectionError):
                byts = await asyncio.wait_for(self.reader.read(1 << 20), timeout)
                if byts:
                    self.unpk.feed(byts)
                    continue
            return 'EOF'

    async def quiet(self) -> bool:
        """Return True when nothing arrives for a moment."""
        try:
            await self.rx(timeout=QUIET)
        except TimeoutError:
            return True
        return False

    async def syn(self, **info: typing.Any) -> typing.Any:
        """Shake hands; keys given replace the usual ones, those given as ``...`` are left out."""
        info = {'auth': None, 'vers': (3, 0), 'name': '*', **info}
        self.tx(('tele:syn', {name: valu for name, valu in info.items() if valu is not ...}))
        mesg = await self.rx()
        assert mesg[0] == 'tele:syn'
        self.sess = mesg[1].get('sess', self.sess)
        return mesg[1]

    def init(self, meth: typing.Any, *args: typing.Any, **info: typing.Any) -> None:
        """Send a call; keys given replace the usual ones, those given as ``...`` are left out."""
        info = {'todo': (meth, args, {}), 'name': None, 'sess': self.sess, **info}
        self.tx(('t2:init', {name: valu for name, valu in info.items() if valu is not ...}))

    async def call(self, meth: typing.Any, *args: typing.Any, **info: typing.Any) -> typing.Any:
        self.init(meth, *args, **info)
        return await self.rx()

    def close(self) -> None:
        self.writer.close()


Dial = typing.Callable[[], typing.Awaitable[Raw]]


@contextlib.asynccontextmanager
async def dialer(path: str) -> typing.AsyncIterator[Dial]:
    """Yield a function that connects to a unix socket; what it opened is closed at the end."""
    opened: list[Raw] = []

    async def dial() -> Raw:
        opened.append(Raw(*await asyncio.open_unix_connection(path)))
        return opened[-1]

    yield dial
    for raw in opened:
        raw.close()
