"""The Axon and the JSONStor beside what this machine can do: blobs of a mebibyte, and small objects.

The client prepares its messages beforehand and hardly looks at the answers, so that what is measured is the service.
``alone`` is what the same work costs without one: SHA-256, a write to a file and a sync for a blob that comes in; a
unix socket between two processes for one that goes out. The best of several rounds, as in ``telepath``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
import typing

import bench._proc as b_proc
import bench.telepath as b_telepath
import synapse.common as s_common
import synapse.lib.limits as s_limits

ROUNDS = 5
SIZE = s_limits.MIB
BLOBS = 100
OBJECTS = 6400
READY_SECS = 60.0


class Client(b_telepath.Wire):
    """A client whose messages are packed before the clock runs."""

    def pack(self, name: str, *args: typing.Any) -> bytes:
        """Return the message of a call."""
        return s_common.en(('t2:init', {'todo': (name, args, {}), 'name': None, 'sess': self.sess}))

    def ask(self, name: str, *args: typing.Any) -> typing.Any:
        """Make a call; return the answer to it."""
        self.sock.sendall(self.pack(name, *args))
        return self.recv()

    def stream_of(self, name: str, *args: typing.Any) -> list[typing.Any]:
        """Make a call that is answered by a stream; return all messages of the answer."""
        mesgs = [self.ask(name, *args)]
        while mesgs[-1][0] == 't2:genr' or mesgs[-1][1]['retn'] is not None:
            mesgs.append(self.recv())
        return mesgs


@contextlib.contextmanager
def served(svc: str) -> typing.Iterator[tuple[str, int]]:
    """Run a service; yields (path of its socket, process id)."""
    with tempfile.TemporaryDirectory() as dirn:
        argv = [sys.executable, '-m', f'synapse.servers.{svc}', dirn, '--telepath', 'tcp://127.0.0.1:0', '--https', '0']
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as proc:
            try:
                path = os.path.join(dirn, 'sock')
                until = time.monotonic() + READY_SECS
                while True:
                    try:
                        Client(path).ask('getCellIden')
                        break
                    except (OSError, TypeError):
                        if proc.poll() is not None or time.monotonic() > until:
                            raise
                        time.sleep(0.02)
                yield path, proc.pid
            finally:
                proc.terminate()


def best(func: typing.Callable[[int], int]) -> float:
    """Return how many a second, in the best round."""
    rates = []
    for indx in range(ROUNDS):
        then = time.perf_counter()
        count = func(indx)
        rates.append(count / (time.perf_counter() - then))
    return max(rates)


def swallow(sock: socket.socket, size: int, into: bytearray) -> None:
    """Read that many bytes from a socket."""
    while size:
        count = sock.recv_into(into, min(size, len(into)))
        if not count:
            raise EOFError
        size -= count


# ----- blobs ----------------------------------------------------------------------------------------------------------


def keep_alone(dirn: str) -> float:
    """Return how many blobs a second can be hashed, appended to a file, and synced, one after the other."""
    blob = bytearray(os.urandom(SIZE))
    fd = os.open(os.path.join(dirn, 'blobs'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def func(_: int) -> int:
        for _ in range(BLOBS):
            hashlib.sha256(blob).digest()
            os.write(fd, blob)
            os.fdatasync(fd)
        return BLOBS

    try:
        return best(func)
    finally:
        os.close(fd)


def put(client: Client) -> float:
    """Return how many blobs a second an Axon takes from one client."""
    mark = os.urandom(16)
    mesg = bytearray(client.pack('put', bytes(SIZE - len(mark)) + mark))
    pos = mesg.index(mark)

    def func(rnd: int) -> int:
        for numb in range(BLOBS):
            mesg[pos : pos + 8] = (rnd * BLOBS + numb).to_bytes(8, 'big')
            client.sock.sendall(mesg)
            assert client.recv()[1]['retn'][1][0] == SIZE
        return BLOBS

    return best(func)


def get(client: Client) -> float:
    """Return how many blobs a second an Axon gives to one client."""
    sha256s = [row[1]['retn'][1][1][0] for row in client.stream_of('hashes', 0)[1:-1]][:BLOBS]
    answer = sum(len(s_common.en(mesg)) for mesg in client.stream_of('get', sha256s[0]))
    mesgs = [client.pack('get', sha256) for sha256 in sha256s]
    into = bytearray(SIZE)

    def func(_: int) -> int:
        for mesg in mesgs:
            client.sock.sendall(mesg)
            swallow(client.sock, answer, into)
        return len(mesgs)

    return best(func)


def send_alone(path: str) -> None:
    """Serve mebibytes on a unix socket: one for each byte that comes."""
    blob = os.urandom(SIZE)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        print('ready', flush=True)
        sock, _ = server.accept()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, s_limits.TELE_SOCKET_BYTES)
        while sock.recv(1):
            sock.sendall(blob)


def copy_alone(dirn: str) -> float:
    """Return how many mebibytes a second come through a unix socket."""
    path = os.path.join(dirn, 'sock')
    into = bytearray(SIZE)
    with subprocess.Popen([sys.executable, '-m', 'bench.stores', path], stdout=subprocess.PIPE) as proc:
        assert proc.stdout is not None
        proc.stdout.readline()
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(path)

            def func(_: int) -> int:
                for _ in range(BLOBS):
                    sock.sendall(b'.')
                    swallow(sock, SIZE, into)
                return BLOBS

            return best(func)


# ----- objects --------------------------------------------------------------------------------------------------------


def write(clients: list[Client], mesgs: list[list[bytes]]) -> None:
    """Have each client send its messages, one after the other, all clients at the same time."""
    todo = {client.sock.fileno(): (client, iter(some)) for client, some in zip(clients, mesgs, strict=True)}
    with select.epoll() as poll:
        for fileno, (client, some) in todo.items():
            poll.register(fileno, select.EPOLLIN)
            client.sock.sendall(next(some))
        while todo:
            for fileno, _ in poll.poll():
                client, some = todo[fileno]
                assert client.recv()[1]['retn'] == (True, None)
                mesg = next(some, None)
                if mesg is None:
                    poll.unregister(fileno)
                    del todo[fileno]
                else:
                    client.sock.sendall(mesg)


def objects(clients: list[Client], pid: int) -> tuple[float, float]:
    """Return (objects a second that clients store, microseconds of processor time of the service for each)."""
    each = OBJECTS // len(clients)
    item = {'foo': 1, 'bar': {'baz': [1, 2, 3, 'x' * 40]}}
    mesgs = [
        [client.pack('setPathObj', f'bench/{who}/{numb}', item) for numb in range(each)]
        for who, client in enumerate(clients)
    ]
    costs = []

    def func(_: int) -> int:
        then = b_proc.cpu_of(pid)
        write(clients, mesgs)
        costs.append(b_proc.cpu_of(pid) - then)
        return OBJECTS

    rate = best(func)
    return rate, min(costs) / OBJECTS * 1e6


# ----- all ------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as dirn:
        kept, copied = keep_alone(dirn), copy_alone(dirn)
    with served('axon') as (path, _):
        client = Client(path)
        rows = (('put', put(client), kept), ('get', get(client), copied))
    for name, rate, alone in rows:
        print(f'blobs: {name:12} {rate:10,.0f} / s, alone {alone:10,.0f} / s: {rate / alone:6.0%}')
    with served('jsonstor') as (path, pid):
        for count in (1, 4, 16, 64):
            rate, cost = objects([Client(path) for _ in range(count)], pid)
            print(f'objects: {count:2} clients {rate:8,.0f} / s, {cost:6.1f} us of the processor')


if __name__ == '__main__':
    send_alone(sys.argv[1])
