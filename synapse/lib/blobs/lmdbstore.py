"""Blobs in an LMDB environment in the service's own directory: the default store.

Databases of the environment:

======= ========================= ==================================================================
index   sha256                    blob number (u64), size (u64)
pieces  blob number, piece (u32)  up to 1 MiB of the blob
pending blob number               the hash of a provisional blob; nothing while it is being uploaded
meta    ``next``                  the next blob number
======= ========================= ==================================================================

A blob has a number because it is written before its hash is known. A number is never used twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import struct
import typing

import lmdb

import synapse.exc as s_exc
import synapse.lib.blobs.env as s_env
import synapse.lib.blobs.memory as s_memory
import synapse.lib.blobs.store as s_store
import synapse.lib.limits as s_limits

_INFO = struct.Struct('>QQ')
_NUMB = struct.Struct('>Q')
_PIECE = struct.Struct('>QI')
_NEXT = b'next'


class LmdbStore(s_store.BlobStore):
    """The store. ``env`` is its environment, for backups."""

    async def __anit__(self, path: str) -> None:  # type: ignore[override]
        """Open the store in directory ``path``; made when missing. Raises BadCoreStore, DbOutOfSpace."""
        await super().__anit__()
        s_memory.give_back()
        self.env = s_env.BlobEnv(path, ('index', 'pieces', 'pending', 'meta'))
        self.onfini(self.env.close)
        dbs = self.env.dbs
        self._index, self._pieces, self._pending, self._meta = (
            dbs['index'],
            dbs['pieces'],
            dbs['pending'],
            dbs['meta'],
        )
        self._provisional: dict[bytes, int] = {}
        self._confirmed: list[int] = []

    # ----- writing: the functions with ``xact`` run in the thread of the environment ----------------------------------

    async def put(self, blobs: typing.Sequence[tuple[bytes, bytes]]) -> None:
        """Store blobs that are in memory, in transactions of a bounded size."""
        batch: list[tuple[bytes, bytes]] = []
        size = 0
        for sha256, byts in blobs:
            if batch and size + len(byts) > s_limits.BLOB_BATCH:
                await self._put(batch, size)
                batch, size = [], 0
            if len(byts) > s_limits.BLOB_BATCH:
                await self._put_large(sha256, byts)
                continue
            batch.append((sha256, byts))
            size += len(byts)
        if batch:
            await self._put(batch, size)

    async def _put(self, batch: list[tuple[bytes, bytes]], size: int) -> None:
        numbs = await self._run(lambda xact: [self._store(xact, sha256, byts) for sha256, byts in batch], size)
        self._provisional.update(zip((sha256 for sha256, _ in batch), numbs, strict=True))

    async def _put_large(self, sha256: bytes, byts: bytes) -> None:
        upload = await self.upload()
        try:
            await upload.write(byts)
            await upload.finish(sha256)
        finally:
            await upload.abort()

    async def upload(self) -> LmdbUpload:
        """Return a new upload."""
        return LmdbUpload(self)

    async def _run(self, func: s_env.Job, nbytes: int) -> typing.Any:
        confirmed, self._confirmed = self._confirmed, []

        def job(xact: lmdb.Transaction) -> typing.Any:
            for numb in confirmed:
                xact.delete(_NUMB.pack(numb), db=self._pending)
            return func(xact)

        return await self.env.run(job, nbytes + 64 * len(confirmed))

    def _new_numb(self, xact: lmdb.Transaction) -> int:
        numb = int.from_bytes(xact.get(_NEXT, db=self._meta) or b'', 'big')
        xact.put(_NEXT, _NUMB.pack(numb + 1), db=self._meta)
        return numb

    def _store(self, xact: lmdb.Transaction, sha256: bytes, byts: bytes) -> int:
        numb = self._new_numb(xact)
        self._add_pieces(xact, numb, 0, byts)
        self._set_name(xact, numb, sha256, len(byts))
        return numb

    def _add_pieces(self, xact: lmdb.Transaction, numb: int, indx: int, byts: bytes | memoryview) -> int:
        """Write bytes as pieces from number ``indx`` on; returns the number of the next piece."""
        step = s_limits.BLOB_PIECE
        view = memoryview(byts)
        for indx, offs in enumerate(range(0, len(view), step), indx):  # noqa: B020
            xact.put(_PIECE.pack(numb, indx), view[offs : offs + step], db=self._pieces)
        return indx + 1

    def _set_name(self, xact: lmdb.Transaction, numb: int, sha256: bytes, size: int) -> None:
        old = xact.get(sha256, db=self._index)
        if old is not None:  # of a removal that has not come to pass yet
            self._drop_pieces(xact, _INFO.unpack(old)[0])
        xact.put(sha256, _INFO.pack(numb, size), db=self._index)
        xact.put(_NUMB.pack(numb), sha256, db=self._pending)

    def _drop_pieces(self, xact: lmdb.Transaction, numb: int) -> None:
        pref = _NUMB.pack(numb)
        with xact.cursor(db=self._pieces) as curs:
            alive = curs.set_range(pref)
            while alive and curs.key()[:8] == pref:
                alive = curs.delete()

    def _drop_name(self, xact: lmdb.Transaction, sha256: bytes, numb: int | None = None) -> None:
        info = xact.get(sha256, db=self._index)
        if info is None or numb not in (None, _INFO.unpack(info)[0]):
            return
        numb = _INFO.unpack(info)[0]
        xact.delete(sha256, db=self._index)
        xact.delete(_NUMB.pack(numb), db=self._pending)
        self._drop_pieces(xact, numb)

    def confirm(self, sha256s: typing.Sequence[bytes]) -> None:
        """Blobs stay. Written along with the next change of the store."""
        for sha256 in sha256s:
            numb = self._provisional.pop(sha256, None)
            if numb is not None:
                self._confirmed.append(numb)

    async def delete(self, sha256: bytes) -> None:
        """Remove a blob."""
        self._provisional.pop(sha256, None)
        await self._run(lambda xact: self._drop_name(xact, sha256), 0)

    async def recover(self, known: typing.Callable[[bytes], bool]) -> int:
        """Remove what the last process left unfinished."""
        with self.env.reading() as xact:
            with xact.cursor(db=self._pending) as curs:
                rows = [(_NUMB.unpack(numb)[0], bytes(sha256)) for numb, sha256 in curs]
        lost = [(numb, sha256) for numb, sha256 in rows if not sha256 or not known(sha256)]
        for numb, sha256 in lost:
            await self._run(lambda xact, numb=numb, sha256=sha256: self._forget(xact, numb, sha256), 0)  # type: ignore[misc]
        self._confirmed.extend(numb for numb, sha256 in rows if sha256 and known(sha256))
        return len(lost)

    def _forget(self, xact: lmdb.Transaction, numb: int, sha256: bytes) -> None:
        if sha256:
            self._drop_name(xact, sha256, numb)
        self._drop_pieces(xact, numb)
        xact.delete(_NUMB.pack(numb), db=self._pending)

    # ----- reading ----------------------------------------------------------------------------------------------------

    async def has(self, sha256: bytes) -> bool:
        """Return True when the store has a blob."""
        with self.env.reading() as xact:
            return xact.get(sha256, db=self._index) is not None

    async def read(self, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield a range of a blob. Each step is read by itself: nothing is held while the reader is busy."""
        end = offs + size
        while offs < end:
            stop = min(end, offs - offs % step + step)
            if stop - offs <= s_limits.BLOB_READ_INLINE:
                byts = self._read(sha256, offs, stop)
            else:
                byts = await asyncio.to_thread(self._read, sha256, offs, stop)
            yield byts
            offs = stop

    def _read(self, sha256: bytes, offs: int, stop: int) -> bytes:
        step = s_limits.BLOB_PIECE
        size = stop - offs
        with self.env.reading() as xact:
            info = xact.get(sha256, db=self._index)
            if info is None or _INFO.unpack(info)[1] < stop:
                raise s_store.no_blob(sha256)
            numb = _INFO.unpack(info)[0]
            if offs // step == (stop - 1) // step:
                return bytes(self._view(xact, sha256, numb, offs, stop))
            buff = io.BytesIO()  # of the right size from the start: its value is then taken without a copy
            buff.seek(size - 1)
            buff.write(b'\0')
            buff.seek(0)
            while offs < stop:
                upto = min(stop, offs - offs % step + step)
                with self._view(xact, sha256, numb, offs, upto) as view:
                    buff.write(view)
                    if size >= s_limits.BLOB_UNMAP:
                        s_memory.unmap(view)
                offs = upto
        return buff.getvalue()

    def _view(self, xact: lmdb.Transaction, sha256: bytes, numb: int, offs: int, stop: int) -> memoryview:
        """Return a view of a range that lies within one piece. Raises NoSuchFile."""
        indx = offs // s_limits.BLOB_PIECE
        base = indx * s_limits.BLOB_PIECE
        piece: typing.Any = xact.get(_PIECE.pack(numb, indx), db=self._pieces)
        if piece is None or len(piece) < stop - base:
            raise s_store.no_blob(sha256)
        return typing.cast(memoryview, piece[offs - base : stop - base])

    async def hashes(self) -> typing.AsyncGenerator[tuple[bytes, int], None]:
        """Yield (sha256, size) of every blob."""
        last = b''
        while True:
            rows: list[tuple[bytes, int]] = []
            with self.env.reading() as xact, xact.cursor(db=self._index) as curs:
                alive = curs.set_range(last + b'\0' if last else b'')
                while alive and len(rows) < s_limits.SLAB_SCAN_ROWS:
                    rows.append((bytes(curs.key()), _INFO.unpack(curs.value())[1]))
                    alive = curs.next()
            if not rows:
                return
            for row in rows:
                yield row
            last = rows[-1][0]


class LmdbUpload(s_store.Upload):
    """A blob that is stored while it comes in. Only less than one piece is held in memory between two writes."""

    def __init__(self, store: LmdbStore) -> None:
        self.store = store
        self.numb: int | None = None
        self.indx = 0  # of the next piece
        self.size = 0
        self.rest = b''
        self.ended = False
        self.job: asyncio.Future[tuple[int, int]] | None = None

    async def write(self, byts: bytes) -> None:
        """Store all whole pieces."""
        step = s_limits.BLOB_PIECE
        view = memoryview(byts)
        self.size += len(view)
        if self.rest:
            need = step - len(self.rest)
            if len(view) < need:
                self.rest += view
                return
            await self._add(self.rest + view[:need])
            self.rest, view = b'', view[need:]
        whole = len(view) - len(view) % step
        for offs in range(0, whole, s_limits.BLOB_BATCH // 2):
            await self._add(view[offs : min(offs + s_limits.BLOB_BATCH // 2, whole)])
        self.rest = bytes(view[whole:])

    async def _add(self, view: bytes | memoryview) -> None:
        store, numb, indx = self.store, self.numb, self.indx

        def job(xact: lmdb.Transaction) -> tuple[int, int]:
            new = numb
            if new is None:
                new = store._new_numb(xact)
                xact.put(_NUMB.pack(new), b'', db=store._pending)
            return new, store._add_pieces(xact, new, indx, view)

        self.job = asyncio.ensure_future(store._run(job, len(view)))
        # a caller who is cancelled must not make us forget the number under which bytes lie in the store
        self.numb, self.indx = await asyncio.shield(self.job)

    async def finish(self, sha256: bytes) -> None:
        """Store the rest, and name the blob."""
        store = self.store
        if self.numb is None or self.rest:
            rest, self.rest = self.rest, b''
            await self._add(rest)
        numb = typing.cast(int, self.numb)
        await store._run(lambda xact: store._set_name(xact, numb, sha256, self.size), 0)
        store._provisional[sha256] = numb
        self.ended = True

    async def abort(self) -> None:
        """Remove what was stored."""
        if self.ended:
            return
        self.ended = True
        if self.job is None:
            return
        await asyncio.wait([self.job])
        if self.job.exception() is None:
            self.numb = self.job.result()[0]
        if self.numb is not None:
            numb = self.numb
            with contextlib.suppress(s_exc.IsFini):
                await self.store._run(lambda xact: self.store._forget(xact, numb, b''), 0)
