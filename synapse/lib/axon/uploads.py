"""How blobs come in: hash, look whether it is there, store, log. Nobody hears of a blob before it is on disk.

One blob is saved at a time for each hash; of two equal uploads the second finds the first. A save that has begun goes
on when its caller goes away: what it would leave half done would have to be found and removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
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
        self._locks: dict[bytes, tuple[asyncio.Lock, int]] = {}  # with the number of its users
        self._tasks: set[asyncio.Task[typing.Any]] = set()
        self._bytes = 0  # of blobs that are being saved: they count for the limits
        self._count = 0

    async def stop(self) -> None:
        """Wait for what is being saved."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _finish(self, coro: typing.Coroutine[typing.Any, typing.Any, typing.Any]) -> typing.Any:
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    @contextlib.asynccontextmanager
    async def locked(self, sha256: bytes) -> typing.AsyncIterator[None]:
        """Only one caller at a time has a hash."""
        lock, users = self._locks.get(sha256, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[sha256] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self._locks[sha256][1] - 1
            if users:
                self._locks[sha256] = (lock, users)
            else:
                del self._locks[sha256]

    # ----- limits -----------------------------------------------------------------------------------------------------

    def _reserve(self, size: int) -> None:
        conf, files = self.axon.conf, self.axon.files
        limit = conf.get('max:bytes')
        if limit is not None and files.nbytes + self._bytes >= limit:
            raise s_exc.HitLimit(mesg=f'Axon is at size:bytes limit: {limit}')
        limit = conf.get('max:count')
        if limit is not None and files.count + self._count >= limit:
            raise s_exc.HitLimit(mesg=f'Axon is at file:count limit: {limit}')
        self._bytes += size
        self._count += 1

    def _release(self, size: int) -> None:
        self._bytes -= size
        self._count -= 1

    # ----- blobs in memory --------------------------------------------------------------------------------------------

    async def put(self, blobs: typing.Sequence[bytes]) -> list[Saved]:
        """Save blobs that are in memory, in few transactions. Stops at the first error, what came before stays saved.

        Raises: HitLimit, DbOutOfSpace, IsReadOnly, BadArg.
        """
        for byts in blobs:
            req_bytes(byts)
        if sum(len(byts) for byts in blobs) > s_limits.AXON_HASH_INLINE:
            shas = await asyncio.to_thread(lambda: [digest(byts) for byts in blobs])
        else:
            shas = [digest(byts) for byts in blobs]
        new = dict(zip(shas, blobs, strict=True))
        for sha256 in [sha256 for sha256 in new if self.axon.files.has(sha256)]:
            del new[sha256]
        if new:
            await self._finish(self._put(new))
        return [(len(byts), sha256) for byts, sha256 in zip(blobs, shas, strict=True)]

    async def _put(self, blobs: dict[bytes, bytes]) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for sha256 in sorted(blobs):  # in one order, so that two callers cannot wait for each other
                await stack.enter_async_context(self.locked(sha256))
            new = []
            fault = None
            for sha256, byts in blobs.items():
                if self.axon.files.has(sha256):
                    continue
                try:
                    self._reserve(len(byts))
                except s_exc.SynErr as e:
                    fault = e
                    break
                stack.callback(self._release, len(byts))
                new.append((sha256, byts))
            if new:
                await self._keep([(sha256, len(byts)) for sha256, byts in new], lambda: self.axon.store.put(new))
            if fault is not None:
                raise fault

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
        self.axon.store.confirm([sha256 for sha256, _ in rows])

    # ----- blobs that were streamed into the store --------------------------------------------------------------------

    async def save(self, sha256: bytes, size: int, upload: s_blobs.Upload) -> None:
        """Save what was uploaded. When that raises, the upload is as it was. Raises: as ``put``."""
        await self._finish(self._save(sha256, size, upload))

    async def _save(self, sha256: bytes, size: int, upload: s_blobs.Upload) -> None:
        async with self.locked(sha256):
            if self.axon.files.has(sha256):
                await upload.abort()
                return
            self._reserve(size)
            try:
                await self._keep([(sha256, size)], lambda: upload.finish(sha256))
            finally:
                self._release(size)


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
