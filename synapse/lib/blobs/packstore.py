"""Blobs in files of the service's own directory, with their places in its database: the default store.

A blob that is saved in one go is appended to a *pack*; one that streams in, or is large, gets a file of its own and a
record in a pack that names it. So to store any number of blobs at once takes one write and one sync, and reading one is
reading a range of a file. LMDB, with pages of 4 KiB that move when they change, is the better place for the places.

Positions in packs are given out here, in the event loop, and written by one thread in the same order: when a record is
on disk, so are all before it, and a scan after a crash finds them (see ``packfile``).
"""

from __future__ import annotations

import asyncio
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.blobs.kernel as s_kernel
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.blobs.packindex as s_packindex
import synapse.lib.blobs.packtidy as s_packtidy
import synapse.lib.blobs.packuploads as s_packuploads
import synapse.lib.blobs.packwriter as s_packwriter
import synapse.lib.blobs.store as s_store
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath

Place = s_packfile.Place
Key = tuple[int, int]  # the place of a record: pack number, position
Blob = tuple[bytes, bytes]


class PackStore(s_store.BlobStore):
    """The store.

    Attributes:
        files: Open files. index: Where confirmed blobs are. writer: The thread.
        tidy: What removes files and moves what is left of them.
        fresh: Blobs that are on disk and not confirmed: where they are, and the record that says so.
    """

    async def __anit__(self, dirn: str, slab: s_slab.Slab) -> None:  # type: ignore[override]
        """Open the store in a directory, which is made when missing, with its index in a database of its user.

        Raises: DbOutOfSpace, and OSError for a directory that cannot be used.
        """
        await super().__anit__()
        s_kernel.give_back()
        self.dirn = s_common.gendir(dirn)
        self.slab = slab
        self.fresh: dict[bytes, tuple[Key, Place]] = {}
        self._underway: dict[Key, None] = {}  # records that are not confirmed, in the order of their places
        self._active: s_packfile.OpenFile | None = None
        self._pos = 0
        self._ahead = 0  # where the active pack ends; zeros from ``_pos`` on
        self.files = s_packfile.OpenFiles(self.dirn)
        self.memory = s_packfile.Memory()
        self.index = s_packindex.PackIndex(slab, self._mark)
        self.index.numb = max([self.index.numb, *(numb + 1 for numb in s_packfile.listing(dirn))])
        self.writer = s_packwriter.PackWriter(self.dirn)
        self.onfini(self.writer.close)
        self.tidy = s_packtidy.Tidy(self)
        self.schedCoro(self.tidy.run())
        await self._find()

    # ----- what a crash left ------------------------------------------------------------------------------------------

    async def _find(self) -> None:
        """Find the records that are newer than the index."""
        first, pos = self.index.mark()
        for numb, ispack in s_packfile.listing(self.dirn).items():
            if not ispack or numb < first:
                continue
            file = self.files.open(numb, True, os.O_RDWR)
            records = await asyncio.to_thread(list, s_packfile.scan(file, pos if numb == first else s_packfile.START))
            for record in records:
                if record.kind != s_packfile.FREE and self.index.get(record.sha256) != record.place:
                    await self._find_one(record, numb)
            end = records[-1].end if records else (pos if numb == first else s_packfile.START)
            self._ahead = os.fstat(file.fd).st_size
            self._active, self._pos = (file, end) if s_packfile.is_clean(file, end) else (None, 0)

    async def _find_one(self, record: s_packfile.Record, numb: int) -> None:
        try:
            file = self.files.open(record.place.numb, record.kind != s_packfile.FILE)
        except FileNotFoundError:
            return
        if await asyncio.to_thread(s_packfile.is_whole, file, record):
            self.keep(record.sha256, (numb, record.pos), record.place)

    async def recover(self, known: typing.Callable[[bytes], bool]) -> int:
        """Remove what the last process left unfinished."""
        lost = 0
        for sha256 in list(self.fresh):
            if known(sha256) and self.index.get(sha256) is None:
                self.confirm([sha256])
            else:
                lost += not known(sha256)
                self._forget(sha256)
        return lost + self.tidy.begin(s_packfile.listing(self.dirn))

    def _mark(self) -> Key:
        for key in self._underway:
            return key
        if self._active is None:
            return self.index.numb, s_packfile.START
        return self._active.numb, self._pos

    # ----- places -----------------------------------------------------------------------------------------------------

    def place(self, sha256: bytes) -> Place | None:
        """Return where a blob is, confirmed or not."""
        row = self.fresh.get(sha256)
        return self.index.get(sha256) if row is None else row[1]

    def in_use(self, numb: int) -> bool:
        """Return True when a file is being written, or has blobs that are not confirmed."""
        if self._active is not None and self._active.numb == numb:
            return True
        return any(key[0] == numb for key in self._underway) or any(
            place.numb == numb for _, place in self.fresh.values()
        )

    def keep(self, sha256: bytes, key: Key, place: Place) -> None:
        """Remember where a blob is that is on disk now."""
        self._forget(sha256)
        self._underway[key] = None
        self.fresh[sha256] = (key, place)

    def _forget(self, sha256: bytes) -> None:
        row = self.fresh.pop(sha256, None)
        if row is not None:
            self._underway.pop(row[0], None)
            self.tidy.note(row[1].numb)

    def confirm(self, sha256s: typing.Sequence[bytes]) -> None:
        """Blobs stay: their places go to the index."""
        for sha256 in sha256s:
            row = self.fresh.pop(sha256, None)
            if row is not None:
                self._underway.pop(row[0], None)
                self.index.put(sha256, row[1])

    async def delete(self, sha256: bytes) -> None:
        """Remove a blob. Its bytes go when the database has forgotten it for good."""
        self._forget(sha256)
        place = self.index.pop(sha256)
        if place is not None:
            self.tidy.note(place.numb)

    # ----- writing ----------------------------------------------------------------------------------------------------

    def new_file(self, ispack: bool) -> s_packfile.OpenFile:
        """Make the next file. Raises DbOutOfSpace."""
        numb = self.index.numb
        try:
            file = self.files.make(numb, ispack)
        except OSError as e:
            raise s_exc.DbOutOfSpace(mesg=f'No file can be made in {self.dirn}: {e}', path=self.dirn) from e
        self.index.numb += 1
        return file

    async def wait_room(self, nbytes: int) -> None:
        """Wait until the thread has caught up. To be called before a place is reserved: that and the write are one."""
        s_store.req_space(self.dirn, nbytes)
        while self.writer.backlog > s_limits.BLOB_QUEUE:
            await self.writer.caught_up()

    def reserve(self, nbytes: int, block: bool = False) -> tuple[s_packfile.OpenFile, int]:
        """Return the place of a record, at the begin of a block or not; in a new pack when the active one is full."""
        pos = s_packfile.blocks(self._pos) if block else self._pos
        if self._active is None or self._active in self.writer.broken or pos + nbytes > s_limits.BLOB_PACK:
            self._active = self.new_file(True)
            pos = self._ahead = s_packfile.BLOCK if block else s_packfile.START
            magic = s_packfile.MAGIC.ljust(s_packfile.START, b'\0')
            self.writer.submit(self._active, 0, [magic], len(magic))
        self._pos = pos + nbytes
        self._ahead = max(self._ahead, self._pos)
        self._underway[self._active.numb, pos] = None
        return self._active, pos

    def release(self, key: Key) -> None:
        """Tell that nobody will name a place (any more): what is not in the index then is room to be tidied up."""
        self._underway.pop(key, None)
        self.tidy.note(key[0])

    async def put(self, blobs: typing.Sequence[Blob]) -> None:
        """Store blobs that are in memory, in writes of a bounded size."""
        batch: list[Blob] = []
        size = 0
        for sha256, byts in blobs:
            if len(byts) > s_limits.BLOB_PACKED:
                await self._put_large(sha256, byts)
                continue
            if batch and size + len(byts) > s_limits.BLOB_BATCH:
                await self._put(batch)
                batch, size = [], 0
            batch.append((sha256, byts))
            size += len(byts)
        if batch:
            await self._put(batch)

    async def _put(self, batch: typing.Sequence[Blob]) -> None:
        rows = await self.append(batch)
        for (sha256, _), (key, place) in zip(batch, rows, strict=True):
            self.keep(sha256, key, place)

    async def append(self, batch: typing.Sequence[Blob]) -> list[tuple[Key, Place]]:
        """Write blobs behind each other, with one sync; returns where they are. They are underway from now on."""
        nbytes = sum(s_packfile.HEAD + len(byts) for _, byts in batch)
        await self.wait_room(nbytes)
        grown = self._ahead
        file, start = self.reserve(nbytes)
        pos, numb = start, file.numb
        parts: list[bytes] = []
        rows: list[tuple[Key, Place]] = []
        for sha256, byts in batch:
            size = len(byts)
            parts += (s_packfile.head(numb, pos, s_packfile.PACKED, size, sha256), byts)
            rows.append(((numb, pos), Place(numb, pos + s_packfile.HEAD, size)))
            self._underway[numb, pos] = None
            pos += s_packfile.HEAD + size
        if self._ahead != grown and nbytes <= s_limits.BLOB_AHEAD // 4:
            # the next small writes will find the file long enough, which spares their syncs the journal
            parts.append(bytes(s_limits.BLOB_AHEAD))
            self._ahead = pos + s_limits.BLOB_AHEAD
        try:
            await self.writer.sync(file, start, parts, nbytes)
        except BaseException:
            for key, _ in rows:
                self.release(key)
            raise
        return rows

    async def name(self, sha256: bytes, file: s_packfile.OpenFile, size: int) -> None:
        """Store the record of a file that is on disk."""
        await self.wait_room(s_packfile.HEAD)
        pack, pos = self.reserve(s_packfile.HEAD)
        head = s_packfile.head(pack.numb, pos, s_packfile.FILE, size, sha256, file.numb)
        try:
            await self.writer.sync(pack, pos, [head], len(head))
        except BaseException:
            self.release((pack.numb, pos))
            raise
        self.keep(sha256, (pack.numb, pos), Place(file.numb, 0, size))

    async def _put_large(self, sha256: bytes, byts: bytes) -> None:
        upload = await self.upload()
        try:
            await upload.write(byts)
            await upload.finish(sha256)
        finally:
            await upload.abort()

    async def upload(self, size: int | None = None) -> s_store.Upload:
        """Return a new upload."""
        if size is not None and size <= s_limits.BLOB_PACKED:
            return s_packuploads.PackUpload(self, size)
        return s_packuploads.FileUpload(self)

    def expect(self, size: int) -> s_store.Incoming | None:
        """Return an upload for bytes that are on their way."""
        if size > s_limits.BLOB_PACKED or self.writer.backlog > s_limits.BLOB_QUEUE:
            return None
        upload = s_packuploads.PackIncoming(self, size)
        try:
            s_store.req_space(self.dirn, size)
            upload.begin()
        except s_exc.SynErr:
            return None  # whoever sends them will be told
        return upload

    # ----- reading ----------------------------------------------------------------------------------------------------

    async def has(self, sha256: bytes) -> bool:
        """Return True when the store has a blob."""
        return self.place(sha256) is not None

    async def read(self, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield a range of a blob. Each step is read by itself: nothing is held while the reader is busy."""
        async for part in self.ranges(sha256, offs, size, step):
            try:
                byts = await part.read()
            except s_exc.CLASSES['LinkErr']:
                raise s_store.no_blob(sha256) from None
            yield byts

    async def ranges(
        self, sha256: bytes, offs: int, size: int, step: int
    ) -> typing.AsyncGenerator[s_telepath.Large, None]:
        """Yield the ranges of files where a range of a blob is."""
        end = offs + size
        while offs < end:
            stop = min(end, offs - offs % step + step)
            yield self._range(sha256, offs, stop - offs)
            offs = stop

    def _range(self, sha256: bytes, offs: int, size: int) -> s_telepath.FileRange:
        place = self.place(sha256)
        if place is None or place.size < offs + size:
            raise s_store.no_blob(sha256)
        try:
            file = self.files.open(place.numb, place.offs > 0)
        except FileNotFoundError:
            raise s_store.no_blob(sha256) from None
        pos = place.offs + offs
        if os.fstat(file.fd).st_size < pos + size:
            raise s_store.no_blob(sha256)
        return s_telepath.FileRange(file, pos, size)

    async def hashes(self) -> typing.AsyncGenerator[tuple[bytes, int], None]:
        """Yield (sha256, size) of every blob."""
        for sha256, (_, place) in list(self.fresh.items()):
            if self.index.get(sha256) is None:
                yield sha256, place.size
        for sha256, place in self.index.rows():
            yield sha256, place.size
