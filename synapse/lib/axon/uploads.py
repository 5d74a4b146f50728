"""How blobs come in: hash, look whether it is there, store, log. Nobody hears of a blob before it is on disk.

One blob is saved at a time for each hash; of two equal uploads the second finds the first. A save that has begun goes
on when its caller goes away: what it would leave half done would have to be found and removed. A blob of some size is
hashed while it is being written, under no name yet: to do one after the other would take twice the time.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.axon.early as s_early
import synapse.lib.blobs as s_blobs
import synapse.lib.limits as s_limits
import synapse.lib.share as s_share

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

# Size and SHA-256 of a blob.
Saved = tuple[int, bytes]

Keep = typing.Callable[[], typing.Awaitable[None]]


def digest(byts: bytes) -> bytes:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(byts).digest()


def req_bytes(byts: typing.Any) -> bytes:
    """Return bytes. Raises BadArg for anything else."""
    if not isinstance(byts, bytes):
        raise s_exc.BadArg(mesg=f'A blob is made of bytes, not {type(byts).__name__}.')
    return byts


class Intake:
    """Saves blobs for one Axon."""

    def __init__(self, axon: s_axon.Axon) -> None:
        self.axon = axon
        self._busy: dict[bytes, asyncio.Future[None]] = {}  # hashes that somebody works on, until when
        self._tasks: set[asyncio.Task[typing.Any]] = set()
        self._hasher = s_early.Hasher()
        self._bytes = 0  # of blobs that are being saved: they count for the limits
        self._count = 0

    async def stop(self) -> None:
        """Wait for what is being saved."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._hasher.close()

    async def _finish(self, coro: typing.Coroutine[typing.Any, typing.Any, typing.Any]) -> typing.Any:
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    @contextlib.asynccontextmanager
    async def locked(self, *sha256s: bytes) -> typing.AsyncIterator[None]:
        """Only one caller at a time has a hash; all are taken at once, so that no two wait for each other."""
        while others := {done for sha256 in sha256s if (done := self._busy.get(sha256)) is not None}:
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        done = asyncio.get_running_loop().create_future()
        self._busy.update(dict.fromkeys(sha256s, done))
        try:
            yield
        finally:
            for sha256 in sha256s:
                del self._busy[sha256]
            done.set_result(None)

    # ----- limits -----------------------------------------------------------------------------------------------------

    def _reserve(self, rows: typing.Iterable[tuple[bytes, int]]) -> typing.Iterator[tuple[bytes, int]]:
        """Count blobs (sha256, size) that are not logged yet, and yield them again. Raises HitLimit."""
        conf, files = self.axon.conf, self.axon.files
        max_bytes, max_count = conf.get('max:bytes'), conf.get('max:count')
        for row in rows:
            if max_bytes is not None and files.nbytes + self._bytes >= max_bytes:
                raise s_exc.HitLimit(mesg=f'Axon is at size:bytes limit: {max_bytes}')
            if max_count is not None and files.count + self._count >= max_count:
                raise s_exc.HitLimit(mesg=f'Axon is at file:count limit: {max_count}')
            self._bytes += row[1]
            self._count += 1
            yield row

    def _release(self, rows: typing.Sequence[tuple[bytes, int]]) -> None:
        self._count -= len(rows)
        self._bytes -= sum(size for _, size in rows)

    # ----- blobs in memory --------------------------------------------------------------------------------------------

    async def put(self, blobs: typing.Sequence[bytes]) -> list[Saved]:
        """Save blobs that are in memory, in few transactions. Stops at the first error, what came before stays saved.

        Raises: HitLimit, DbOutOfSpace, IsReadOnly, BadArg.
        """
        total = 0
        for byts in blobs:
            total += len(req_bytes(byts))
        if total <= s_limits.AXON_HASH_INLINE:
            shas = [digest(byts) for byts in blobs]
        elif len(blobs) == 1:
            return [await self._finish(self._put_large(blobs[0]))]
        else:
            shas = await asyncio.to_thread(lambda: [digest(byts) for byts in blobs])
        has = self.axon.files.has
        new = {sha256: byts for sha256, byts in zip(shas, blobs, strict=True) if not has(sha256)}
        if new:
            await self._finish(self._put(new))
        return [(len(byts), sha256) for byts, sha256 in zip(blobs, shas, strict=True)]

    async def _put(self, blobs: dict[bytes, bytes]) -> None:
        async with self.locked(*blobs):
            has = self.axon.files.has
            rows: list[tuple[bytes, int]] = []
            fault = None
            try:
                # in place: those before an error count
                rows.extend(self._reserve((sha256, len(byts)) for sha256, byts in blobs.items() if not has(sha256)))
            except s_exc.SynErr as e:
                fault = e
            try:
                if rows:
                    await self._keep(rows, lambda: self.axon.store.put([(sha256, blobs[sha256]) for sha256, _ in rows]))
            finally:
                self._release(rows)
            if fault is not None:
                raise fault

    async def _put_large(self, byts: bytes) -> Saved:
        """Save one blob; it is written while it is hashed."""
        upload = await self.axon.store.upload(len(byts))
        hashed = asyncio.ensure_future(asyncio.to_thread(digest, byts))
        try:
            await upload.write(byts)
            sha256 = await hashed
            await self._save(sha256, len(byts), upload)
        finally:
            await asyncio.wait([hashed])
            await upload.abort()
        return len(byts), sha256

    def expect(self, size: int) -> s_early.Early | None:
        """Return what works on a blob while it comes in, if that is worth it."""
        upload = self.axon.store.expect(size) if size > s_limits.AXON_HASH_INLINE else None
        return None if upload is None else s_early.Early(upload, self._hasher)

    async def put_early(self, early: s_early.Early) -> Saved:
        """Save a blob that is being worked on. Raises: as ``put``."""
        early.taken = True
        return typing.cast(Saved, await self._finish(self._put_early(early)))

    async def _put_early(self, early: s_early.Early) -> Saved:
        try:
            sha256 = await early.digest()
            await self._save(sha256, early.upload.size, early.upload)
        finally:
            await early.upload.abort()
        return early.upload.size, sha256

    async def _keep(self, rows: list[tuple[bytes, int]], keep: Keep) -> None:
        """Have blobs stored, then log that they exist. Whatever fails, the store does not keep what the log lacks."""
        try:
            await keep()
            await self.axon.log_files(rows, {'tick': s_common.now()})
        except BaseException:
            with contextlib.suppress(s_exc.SynErr):
                for sha256, _ in rows:
                    if not self.axon.files.has(sha256):
                        await self.axon.store.delete(sha256)
            raise

    # ----- blobs that were streamed into the store --------------------------------------------------------------------

    async def save(self, sha256: bytes, size: int, upload: s_blobs.Upload) -> None:
        """Save what was uploaded. When that raises, the upload is as it was. Raises: as ``put``."""
        await self._finish(self._save(sha256, size, upload))

    async def _save(self, sha256: bytes, size: int, upload: s_blobs.Upload) -> None:
        async with self.locked(sha256):
            if self.axon.files.has(sha256):
                await upload.abort()
                return
            rows = list(self._reserve([(sha256, size)]))
            try:
                await self._keep(rows, lambda: upload.finish(sha256))
            finally:
                self._release(rows)


class Incoming:
    """One blob after the other, each as a stream of bytes from one writer."""

    def __init__(self, axon: s_axon.Axon) -> None:
        self.axon = axon
        self._lock = asyncio.Lock()
        self._reset()

    def _reset(self) -> None:
        self.size = 0
        self.fault: s_exc.SynErr | None = None
        self._parts: list[bytes] = []
        self._upload: s_blobs.Upload | None = None
        self._hash = hashlib.sha256()

    async def write(self, byts: bytes) -> None:
        """Append bytes. Raises BadArg: no bytes, nothing was appended. DbOutOfSpace: the blob cannot be saved."""
        req_bytes(byts)
        async with self._lock:
            self._check()
            if self._upload is None and self.size + len(byts) <= s_limits.AXON_SPOOL:
                self._parts.append(byts)
                self.size += len(byts)
                return
            self.fault = s_exc.BadState(mesg='The upload was interrupted.')  # until we know better
            if self._upload is None:
                self._upload = await self.axon.store.upload()
                head, self._parts = b''.join(self._parts), []
                if head:
                    await self._store(self._upload, head)
            await self._store(self._upload, byts)
            self.size += len(byts)
            self.fault = None

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def _store(self, upload: s_blobs.Upload, byts: bytes) -> None:
        if len(byts) <= s_limits.AXON_HASH_INLINE:
            self._hash.update(byts)
            await upload.write(byts)
            return
        hashed = asyncio.ensure_future(asyncio.to_thread(self._hash.update, byts))
        try:
            await upload.write(byts)
        finally:
            await asyncio.wait([hashed])

    async def save(self) -> Saved:
        """Save what was written since the last save, and begin anew. After an error it can be tried again."""
        async with self._lock:
            self._check()
            if self._upload is None:
                [saved] = await self.axon.intake.put([b''.join(self._parts)])
            else:
                saved = (self.size, self._hash.digest())
                try:
                    await self.axon.intake.save(saved[1], saved[0], self._upload)
                except s_exc.CLASSES['HitLimit']:
                    raise
                except Exception:
                    self.fault = s_exc.BadState(mesg='The upload could not be saved; begin again.')
                    raise
            self._reset()
            return saved

    async def abort(self) -> None:
        """Forget what was not saved."""
        async with self._lock:
            upload = self._upload
            self._reset()
            if upload is not None:
                await upload.abort()


class UpLoad(s_share.Share):
    """An upload by reference (axon.md 4): ``write`` any number of times, ``save``, and again."""

    __module__ = 'synapse.axon'
    typename = 'upload'

    async def __anit__(self, link: typing.Any, item: s_axon.Axon) -> None:  # type: ignore[override]
        await super().__anit__(link, item)
        self._incoming = Incoming(item)
        self.onfini(self._incoming.abort)

    async def write(self, byts: bytes) -> None:
        """Append bytes. Raises BadArg, DbOutOfSpace."""
        await self._incoming.write(byts)

    async def save(self) -> Saved:
        """Store what was written since the last save; returns (size, sha256). Raises HitLimit, IsReadOnly."""
        return await self._incoming.save()


class UpLoadShare(UpLoad):
    """The class that remote clients see."""

    __module__ = 'synapse.axon'
