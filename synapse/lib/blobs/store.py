"""The seam: what an Axon asks of a place where blobs are kept, whoever runs it.

A store knows hashes and bytes. Which blobs *exist* is not its business: that is in the change log, and the Axon tells
the store what became of a blob after it was stored.

The life of a blob::

    upload.write(...)  upload.write(...)      bytes go to the store, under no name yet
    upload.finish(sha256)                     complete, named, durable; still provisional
            ... the Axon logs that the blob exists ...
    store.confirm(sha256)                     it stays

A provisional blob (and the bytes of an upload that never finished) is removed by ``recover`` at the next start unless
the log knows it. So a process that dies at any point leaves no trace, and none of it costs a second write.
"""

from __future__ import annotations

import abc
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath


class Upload(abc.ABC):
    """The bytes of one blob on their way into a store. One writer; end it with ``finish`` or ``abort``."""

    @abc.abstractmethod
    async def write(self, byts: bytes) -> None:
        """Append bytes, of any size; returns when there is room for more. Raises DbOutOfSpace."""

    @abc.abstractmethod
    async def finish(self, sha256: bytes) -> None:
        """Make the blob durable under its hash, provisionally. Raises DbOutOfSpace."""

    @abc.abstractmethod
    async def abort(self) -> None:
        """Forget the bytes. Safe to call again, and after ``finish`` (then it does nothing)."""


class Incoming(Upload):
    """An upload of known size that offers memory for its bytes, and writes what is there of them.

    Attributes:
        memory: Of that size. Not to be used after the end.
    """

    size: int
    memory: memoryview

    @abc.abstractmethod
    def fed(self, count: int) -> None:
        """Tell that so many bytes are there, from the beginning. ``finish`` tells whether they could be written."""

    @abc.abstractmethod
    def drop(self) -> None:
        """Like ``abort``, at once."""


class BlobStore(s_base.Base):
    """A place for blobs. Methods may be called concurrently, for one hash by one caller at a time."""

    async def put(self, blobs: typing.Sequence[tuple[bytes, bytes]]) -> None:
        """Make blobs that are in memory durable, provisionally: ``(sha256, bytes)`` each. Raises DbOutOfSpace."""
        raise NotImplementedError

    async def upload(self, size: int | None = None) -> Upload:
        """Return a new upload. With a ``size``, all of it will come in one write."""
        raise NotImplementedError

    def expect(self, size: int) -> Incoming | None:
        """Return an upload for bytes that are on their way, None when they are better sent in one go."""
        return None

    async def has(self, sha256: bytes) -> bool:
        """Return True when the store has a blob, provisional or not."""
        raise NotImplementedError

    def read(self, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield the bytes ``offs`` to ``offs + size`` of a blob, cut at the blob's multiples of ``step`` bytes.

        The range must lie within the blob. Raises NoSuchFile, also when the blob is removed meanwhile.
        """
        raise NotImplementedError

    def ranges(self, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[s_telepath.Large, None]:
        """The same for a caller who sends the bytes on, without having them in memory."""
        raise NotImplementedError

    def confirm(self, sha256s: typing.Sequence[bytes]) -> None:
        """Blobs that were provisional exist for good. Called when the log entry that says so is applied, also at replay
        (then, too, for blobs that a store does not have); need not be durable, for it is repeated."""
        raise NotImplementedError

    async def delete(self, sha256: bytes) -> None:
        """Remove a blob. Does nothing when there is none."""
        raise NotImplementedError

    async def recover(self, known: typing.Callable[[bytes], bool]) -> int:
        """Remove what unfinished uploads left, and provisional blobs that are not ``known``. Returns how many."""
        raise NotImplementedError

    def hashes(self) -> typing.AsyncGenerator[tuple[bytes, int], None]:
        """Yield (sha256, size) of every blob in the store, in the order of the hashes."""
        raise NotImplementedError


def req_space(dirn: str, nbytes: int) -> None:
    """Raise DbOutOfSpace unless there is room for some bytes on the disk of a directory, and for what else we write."""
    free = s_slab.free_bytes(dirn)
    if free < nbytes * 2 + s_limits.SLAB_DISK_RESERVE:
        mesg = f'Insufficient free space on disk for {dirn}: {free} bytes free.'
        raise s_exc.DbOutOfSpace(mesg=mesg, path=dirn, free=free)


def no_blob(sha256: bytes) -> s_exc.SynErr:
    """Return the error for a blob that is not there (any more)."""
    return s_exc.NoSuchFile(mesg='Axon does not contain the requested file.', sha256=sha256.hex())
