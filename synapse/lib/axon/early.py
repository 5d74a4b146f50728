"""A blob of some megabytes that one call brings: it is hashed and written while the call is on its way.

Until the call is made it is nobody's: it has a place in the store, and no name. If the call is refused, or never comes,
the place is given back.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import threading
import typing

import synapse.lib.blobs as s_blobs
import synapse.lib.telepath as s_telepath


class Hasher:
    """One thread that hashes what comes in, in the order in which it comes. It is started on first use."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[typing.Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, func: typing.Callable[[], None]) -> None:
        """Run a function that cannot fail."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name='hashes', daemon=True)
            self._thread.start()
        self._queue.put(func)

    def _run(self) -> None:
        while (func := self._queue.get()) is not None:
            func()

    def close(self) -> None:
        """End the thread after what it was asked for. Blocks."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()


class Early(s_telepath.Work):
    """The work on one blob.

    Attributes:
        upload: The place in the store, with its memory. taken: The call was made, and saves the blob.
    """

    def __init__(self, upload: s_blobs.Incoming, hasher: Hasher) -> None:
        self.upload = upload
        self.memory = upload.memory
        self.taken = False
        self._hasher = hasher
        self._hash = hashlib.sha256()
        self._count = self._hashed = 0

    def fed(self, count: int) -> None:
        """Hash and write what is there."""
        self._count = count
        self._hasher.submit(self._hash_on)
        self.upload.fed(count)

    def _hash_on(self) -> None:
        count = self._count
        if count > self._hashed:
            self._hash.update(self.memory[self._hashed : count])
            self._hashed = count

    async def digest(self) -> bytes:
        """Return the SHA-256 of the whole blob."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        self._hasher.submit(lambda: _tell(loop, done))
        await done.wait()
        return self._hash.digest()

    def over(self) -> None:
        """The call has begun, or will not be made."""
        if not self.taken:
            self.upload.drop()


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    loop.call_soon_threadsafe(done.set)
