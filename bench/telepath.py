"""The wire: calls and streams a second over a unix socket, from a blocking client that is nothing but a socket.

The client waits for each answer, so a row of calls is the time of a round trip. With few cores it depends on whether
the scheduler puts both processes on one (waking another core costs more than a call), hence the best of several rounds.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import typing

import synapse.common as s_common
import synapse.lib.base as s_base
import synapse.telepath as s_telepath

ROUNDS = 5
NODE = ('node', {'iden': 'a' * 32, 'props': {'a': 1, 'b': 'two'}})


class Served:
    def plain(self) -> str:
        return 'a' * 32

    async def coroutine(self) -> str:
        return 'a' * 32

    async def waiting(self) -> str:
        await asyncio.sleep(0)
        return 'a' * 32

    async def items(self, count: int) -> typing.AsyncIterator[typing.Any]:
        for _ in range(count):
            yield NODE

    async def burst(self, count: int) -> typing.AsyncIterator[typing.Any]:
        for _ in range(count // 500):
            yield s_telepath.Burst([NODE] * 500)

    async def rawburst(self, count: int) -> typing.AsyncIterator[typing.Any]:
        byts = s_common.en(NODE)
        for _ in range(count // 500):
            yield s_telepath.RawBurst([byts] * 500)

    async def megabytes(self, count: int) -> typing.AsyncIterator[bytes]:
        byts = b'v' * 1_000_000
        for _ in range(count):
            yield byts


async def serve(path: str) -> s_telepath.Daemon:
    """Serve on a unix socket until SIGTERM."""
    dmon = await s_telepath.Daemon.anit()
    dmon.share('*', Served())
    await dmon.listen(f'unix://{path}')
    print('ready', flush=True)
    return dmon


class Wire:
    """A blocking client."""

    def __init__(self, path: str) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.unpk = s_common.unpacker()
        self.send(('tele:syn', {'auth': None, 'vers': (3, 0), 'name': '*'}))
        self.sess = self.recv()[1]['sess']

    def send(self, mesg: typing.Any) -> None:
        self.sock.sendall(s_common.en(mesg))

    def recv(self) -> typing.Any:
        while True:
            for mesg in self.unpk:
                return mesg
            self.unpk.feed(self.sock.recv(1 << 20))

    def calls(self, name: str, count: int) -> None:
        """Make calls one after another."""
        for _ in range(count):
            self.send(('t2:init', {'todo': (name, (), {}), 'name': None, 'sess': self.sess}))
            self.recv()

    def stream(self, name: str, count: int) -> None:
        """Read one stream of that many items."""
        self.send(('t2:init', {'todo': (name, (count,), {}), 'name': None, 'sess': self.sess}))
        assert self.recv()[0] == 't2:genr'
        while self.recv()[1]['retn'] is not None:
            pass


def rows(wire: Wire) -> typing.Iterator[tuple[str, float]]:
    """Yield (name, best rate a second)."""
    for name, count in (('plain', 10_000), ('coroutine', 10_000), ('waiting', 5_000)):
        yield f'calls: {name}', max(rate(wire.calls, name, count) for _ in range(ROUNDS))
    for name, count in (('items', 50_000), ('burst', 100_000), ('rawburst', 100_000), ('megabytes', 1_000)):
        yield f'items: {name}', max(rate(wire.stream, name, count) for _ in range(ROUNDS))


def rate(func: typing.Callable[[str, int], None], name: str, count: int) -> float:
    """Return how many a second."""
    then = time.perf_counter()
    func(name, count)
    return count / (time.perf_counter() - then)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as dirn:
        path = os.path.join(dirn, 'sock')
        argv = [sys.executable, '-m', 'bench.telepath', path]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as proc:
            try:
                assert proc.stdout is not None
                proc.stdout.readline()
                for name, valu in rows(Wire(path)):
                    print(f'{name:24} {valu:12,.0f} / s')
            finally:
                proc.terminate()


if __name__ == '__main__':
    s_base.run(s_base.main(serve(sys.argv[1])))
