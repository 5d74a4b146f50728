"""Uploads of the pack store: of a known size, within a pack; of any size, in a file of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.blobs.store as s_store
import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.blobs.packstore as s_packstore


class PackUpload(s_store.Upload):
    """A blob of known size that comes in one write: it can be written while its hash is being computed."""

    def __init__(self, store: s_packstore.PackStore, size: int) -> None:
        self.store = store
        self.size = size
        self.file: s_packfile.OpenFile | None = None
        self.pos = 0
        self.used = 0  # bytes that were given to the thread
        self.ended = False

    def begin(self) -> s_packfile.OpenFile:
        """Take a place, without a name; to be called at once after ``wait_room``. Raises DbOutOfSpace."""
        _, nbytes = s_packfile.extent(s_packfile.FREE, self.size)
        self.file, self.pos = self.store.reserve(nbytes, block=True)
        # the head goes through the page cache, so that to put the name into it later is no wait for the disk
        self.store.writer.submit(self.file, self.pos, [self._head(s_packfile.FREE)], s_packfile.HEAD)
        return self.file

    async def write(self, byts: bytes) -> None:
        """Write all of it."""
        if self.file is not None or len(byts) != self.size:
            raise s_exc.BadArg(mesg=f'An upload of {self.size} bytes takes one write of that size.')
        await self.store.wait_room(self.size)
        self.store.writer.submit(self.begin(), self.pos + s_packfile.BLOCK, [byts], self.size, direct=True)
        self.used = self.size

    def _head(self, kind: int, sha256: bytes = b'') -> bytes:
        file = typing.cast(s_packfile.OpenFile, self.file)
        return s_packfile.head(file.numb, self.pos, kind, self.size, sha256)

    async def finish(self, sha256: bytes) -> None:
        """Name the place."""
        if self.file is None:
            await self.write(b'')
        file = typing.cast(s_packfile.OpenFile, self.file)
        if self.used != self.size:
            raise s_exc.BadArg(mesg=f'An upload of {self.size} bytes has got {self.used}.')
        await self.store.writer.sync(file, self.pos, [self._head(s_packfile.BLOCKS, sha256)], s_packfile.HEAD)
        self.ended = True
        place = s_packfile.Place(file.numb, self.pos + s_packfile.BLOCK, self.size)
        self.store.keep(sha256, (file.numb, self.pos), place)

    def drop(self) -> None:
        """Give up the place."""
        if not self.ended and self.file is not None:
            self.store.release((self.file.numb, self.pos))
        self.ended = True

    async def abort(self) -> None:
        """Give up the place."""
        self.drop()


class PackIncoming(PackUpload, s_store.Incoming):
    """A blob that comes into memory from which it can be written as it is, some blocks at a time."""

    def __init__(self, store: s_packstore.PackStore, size: int) -> None:
        super().__init__(store, size)
        self._map = store.memory.take(size)
        self._view = memoryview(self._map)
        self.memory = self._view[:size]

    def fed(self, count: int) -> None:
        """Write whole blocks, and at the end the rest."""
        file = typing.cast(s_packfile.OpenFile, self.file)
        last = count == self.size
        end = count if last else count - count % s_packfile.BLOCK
        if end - self.used < s_limits.BLOB_STEP and not last:
            return
        stop = s_packfile.blocks(end)
        self._view[end:stop] = bytes(stop - end) if last else b''
        part = self._view[self.used : stop]
        self.store.writer.submit(file, self.pos + s_packfile.BLOCK + self.used, [part], len(part), direct=True)
        self.used = end

    async def finish(self, sha256: bytes) -> None:
        """Name the place; by then the thread is done with the memory."""
        await super().finish(sha256)
        self.store.memory.give(self._map)


class FileUpload(s_store.Upload):
    """A blob that is stored while it comes in, some blocks at a time."""

    def __init__(self, store: s_packstore.PackStore) -> None:
        self.store = store
        self.size = 0
        self.file: s_packfile.OpenFile | None = None
        self.ended = False
        self.work: asyncio.Future[None] | None = None
        self.stage = s_packfile.Stage(s_limits.BLOB_STAGE)

    def _made(self) -> s_packfile.OpenFile:
        if self.file is None:
            self.file = self.store.new_file(False)
            self.store.tidy.uploads.add(self.file.numb)
        return self.file

    async def _run(self, func: typing.Callable[[], None]) -> None:
        # a thread goes on when its caller is cancelled: ``abort`` waits for it
        self.work = asyncio.ensure_future(asyncio.to_thread(func))
        try:
            await asyncio.shield(self.work)
        except OSError as e:
            raise s_exc.DbOutOfSpace(mesg=f'An upload to {self.store.dirn} cannot be written: {e}') from e

    async def write(self, byts: bytes) -> None:
        """Append to the file."""
        s_store.req_space(self.store.dirn, len(byts))
        file = self._made()

        def append() -> None:
            view = memoryview(byts)
            while view:
                if self.stage.used == self.stage.size:
                    self.stage.flush(file, self.size - self.stage.size)
                count = self.stage.add(view)
                self.size += count
                view = view[count:]

        await self._run(append)

    async def finish(self, sha256: bytes) -> None:
        """Sync the file, and name it."""
        file = self._made()

        def sync() -> None:
            self.stage.flush(file, self.size - self.stage.used)
            os.ftruncate(file.fd, self.size)
            os.fsync(file.fd)
            s_common.sync_path(self.store.dirn)

        await self._run(sync)
        await self.store.name(sha256, file, self.size)
        self.ended = True
        self.store.tidy.uploads.discard(file.numb)

    async def abort(self) -> None:
        """Remove the file."""
        if self.ended:
            return
        self.ended = True
        if self.work is not None:
            await asyncio.wait([self.work])
        if self.file is not None:
            self.store.files.drop(self.file.numb)
            self.store.tidy.uploads.discard(self.file.numb)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.file.path)
