"""Streams a directory as a gzip tar, made in a thread while the reader takes it (cell.md 8.1)."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import tarfile
import typing

import synapse.lib.limits as s_limits


class _Pipe:
    """The write end for the thread, the read end for the loop; holds a few chunks at most."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=s_limits.CELL_BACKUP_QUEUE)
        self.buffer = bytearray()
        self.closed = False

    def write(self, byts: bytes) -> int:
        self.buffer += byts
        while len(self.buffer) >= s_limits.CELL_BACKUP_CHUNK:
            self._send(bytes(self.buffer[: s_limits.CELL_BACKUP_CHUNK]))
            del self.buffer[: s_limits.CELL_BACKUP_CHUNK]
        return len(byts)

    def flush(self) -> None:
        """Nothing: gzip asks, the end of the stream decides."""

    def finish(self) -> None:
        """Send what is left."""
        if self.buffer:
            self._send(bytes(self.buffer))

    def _send(self, byts: bytes) -> None:
        if self.closed:
            raise BrokenPipeError('The reader of the archive has gone.')
        asyncio.run_coroutine_threadsafe(self.queue.put(byts), self.loop).result()


def _write(path: str, name: str, pipe: _Pipe) -> None:
    # speed before size: the archive is mostly database pages, and a copy may be waited for
    with gzip.GzipFile(fileobj=typing.cast(typing.Any, pipe), mode='wb', compresslevel=1, filename='') as zipped:
        with tarfile.open(fileobj=typing.cast(typing.Any, zipped), mode='w|') as tar:
            tar.add(path, arcname=name)
    pipe.finish()


async def stream(path: str, name: str) -> typing.AsyncGenerator[bytes, None]:
    """Yield the bytes of a gzip tar of a directory, its members below ``name/``. Chunks are at most 256 KiB.

    A reader that stops early ends the thread; an error of the thread (OSError) reaches the reader.
    """
    pipe = _Pipe()
    work = asyncio.ensure_future(asyncio.to_thread(_write, path, os.path.basename(name), pipe))
    try:
        while not work.done() or not pipe.queue.empty():
            get = asyncio.ensure_future(pipe.queue.get())
            await asyncio.wait((get, work), return_when=asyncio.FIRST_COMPLETED)
            if get.done():
                yield get.result()
            else:
                get.cancel()
        await work
    finally:
        pipe.closed = True
        while not work.done():
            while not pipe.queue.empty():
                pipe.queue.get_nowait()
            await asyncio.wait((work,), timeout=0.05)
        with contextlib.suppress(Exception):
            work.result()
