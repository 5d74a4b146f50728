"""What becomes of the room of removed blobs: files without blobs are removed, half empty packs are emptied first.

A file goes only when nobody can need it: the database was committed without a reference to it (a crash would otherwise
bring the reference back), and nobody is copying the service. Whoever copies, in this process or another one, has a read
transaction open in the database for as long as that takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import typing

import synapse.exc as s_exc
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.blobs.packstore as s_packstore

logger = logging.getLogger(__name__)


class Tidy:
    """Removes files for one store.

    Attributes:
        uploads: Files of uploads that have not ended.
        doomed: Files without blobs, with the number of commits when that became so.
    """

    def __init__(self, store: s_packstore.PackStore) -> None:
        self.store = store
        self.uploads: set[int] = set()
        self.doomed: dict[int, int] = {}
        self._noted: set[int] = set()
        self._wake = asyncio.Event()

    def note(self, numb: int) -> None:
        """Tell that a blob of a file was removed."""
        self._noted.add(numb)
        self._wake.set()

    def begin(self, files: dict[int, bool]) -> int:
        """Look at all files, at start. Returns how many uploads had not ended."""
        lost = 0
        for numb, ispack in files.items():
            if not self.store.in_use(numb) and numb not in self.uploads and not self.store.index.live(numb):
                lost += not ispack
                self.note(numb)
        return lost

    async def run(self) -> None:
        """Tidy up, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(s_limits.BLOB_TIDY_SECS)
            try:
                await self.tidy()
            except (OSError, s_exc.SynErr) as e:
                logger.warning('the blobs in %s cannot be tidied up: %s', self.store.dirn, e)
            if self.doomed:
                self._wake.set()

    async def tidy(self) -> None:
        """Tidy up once."""
        files = s_packfile.listing(self.store.dirn)
        for numb in sorted(self._noted):
            if self.store.in_use(numb) or numb in self.uploads:
                continue
            self._noted.discard(numb)
            ispack = files.get(numb)
            live = self.store.index.live(numb)
            if ispack and 0 < live and live * 2 < os.path.getsize(self._path(numb, True)):
                await self._empty(numb)
                live = self.store.index.live(numb)
            if ispack is not None and not live:
                self.doomed.setdefault(numb, self.store.slab.gen)
        self._sweep(files)

    def _path(self, numb: int, ispack: bool) -> str:
        return os.path.join(self.store.dirn, s_packfile.name_of(numb, ispack))

    def _sweep(self, files: dict[int, bool]) -> None:
        slab = self.store.slab
        if not self.doomed or slab.failed is not None or self._copying():
            return
        for numb, gen in list(self.doomed.items()):
            if slab.gen > gen or not slab.dirty:
                del self.doomed[numb]
                self.store.files.drop(numb)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self._path(numb, files.get(numb, True)))

    def _copying(self) -> bool:
        env = self.store.slab.env
        env.reader_check()  # those of killed processes
        return 'no active readers' not in env.readers()

    async def _empty(self, numb: int) -> None:
        """Move the blobs of a pack to the active one."""
        store = self.store
        file = store.files.open(numb, True)
        records = await asyncio.to_thread(list, s_packfile.scan(file, s_packfile.START))
        batch: list[tuple[s_packfile.Record, bytes]] = []
        size = 0
        for record in records:
            if record.kind == s_packfile.FILE or store.index.get(record.sha256) != record.place:
                continue
            byts = await asyncio.to_thread(os.pread, file.fd, record.place.size, record.place.offs)
            batch.append((record, byts))
            size += len(byts)
            if size > s_limits.BLOB_BATCH:
                await self._move(batch)
                batch, size = [], 0
        await self._move(batch)

    async def _move(self, batch: list[tuple[s_packfile.Record, bytes]]) -> None:
        if not batch:
            return
        index = self.store.index
        rows = await self.store.append([(record.sha256, byts) for record, byts in batch])
        for (record, _), (key, place) in zip(batch, rows, strict=True):
            if index.get(record.sha256) == record.place:  # it may have been removed meanwhile
                index.put(record.sha256, place)
            self.store.release(key)
