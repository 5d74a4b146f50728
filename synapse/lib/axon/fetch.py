"""A follower's blobs: the change log says which exist, their bytes come from the leader.

The log of an Axon names blobs and does not carry them. So a follower fetches what its log names and its store lacks, in
the background, and at once what somebody wants to read. A blob that is uploaded to a follower goes to the leader first:
nobody may hear of it before the leader has its bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

logger = logging.getLogger(__name__)

Rows = typing.Iterable[tuple[bytes, int]]
Item = typing.TypeVar('Item')


class Fetch(s_base.Base):
    """Fetches blobs for one Axon. Idle in a leader.

    Attributes:
        wanted: Blobs that our store may lack: hash -> size.
    """

    async def __anit__(self, axon: s_axon.Axon) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.axon = axon
        self.wanted: dict[bytes, int] = {}
        self._asked: dict[bytes, asyncio.Task[None]] = {}
        self._scanned = False
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()

    @property
    def follows(self) -> bool:
        """True while this Axon, or the service that it is a part of, has a leader."""
        return not self.axon.mirror.leads

    def start(self) -> None:
        """Begin to look for what is missing."""
        self.schedCoro(self._run())

    def note(self, rows: Rows, added: typing.Iterable[bytes]) -> None:
        """Tell that blobs exist by now: ``added`` of these rows. For the handlers of the log."""
        if self.follows and self.axon.nexsroot.started:
            sizes = dict(rows)
            self.wanted.update((sha256, sizes[sha256]) for sha256 in added)
            self._wake.set()

    async def settled(self) -> None:
        """Wait until all blobs are here."""
        self._wake.set()
        while self.follows and (self.wanted or not self._scanned):
            await self._moved.wait()

    async def ahead(self, sha256: bytes, items: typing.AsyncGenerator[Item, None]) -> typing.AsyncGenerator[Item, None]:
        """Yield what the store yields of a blob, which may have to be fetched first."""
        await self._ask(sha256)
        async with contextlib.aclosing(items):
            async for item in items:
                yield item

    # -- what is missing

    async def _run(self) -> None:
        gate = asyncio.Semaphore(s_limits.AXON_FETCHES)
        while True:
            if self.follows and not self._scanned:
                await self._scan()
            for sha256 in list(self.wanted):
                if sha256 not in self._asked:
                    await gate.acquire()
                    self._ask_task(sha256).add_done_callback(lambda _: gate.release())
            await self._wake.wait()
            self._wake.clear()

    async def _scan(self) -> None:
        """Look once through all blobs, as after a start."""
        for count, (sha256, size) in enumerate(self.axon.files.hashes()):
            if not await self.axon.store.has(sha256):
                self.wanted[sha256] = size
            if not count % s_limits.AXON_TURN:
                await asyncio.sleep(0)
        self._scanned = True
        self._done()
        if self.wanted:
            logger.info('%d blobs are to be fetched from the leader', len(self.wanted))

    def _done(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    # -- one blob

    async def _ask(self, sha256: bytes) -> None:
        task = self._asked.get(sha256)
        if task is None and sha256 in self.wanted:
            task = self._ask_task(sha256)
        if task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(s_limits.AXON_FETCH_SECS):
                    await asyncio.shield(task)

    def _ask_task(self, sha256: bytes) -> asyncio.Task[None]:
        task = self._asked[sha256] = self.schedCoro(self._bring(sha256))
        task.add_done_callback(lambda _: self._asked.pop(sha256, None))
        return task

    async def _bring(self, sha256: bytes) -> None:
        """Fetch one blob, however long that takes; ends when the blob is here, or was removed."""
        while self.axon.files.has(sha256) and not await self.axon.store.has(sha256):
            try:
                await self.axon.mirror.linked()
                await self._bring_once(sha256, self.wanted[sha256])
            except (s_exc.SynErr, OSError) as e:
                logger.debug('blob %s cannot be fetched now: %s', sha256.hex(), e)
                await asyncio.sleep(s_limits.MIRROR_RETRY_SECS)
        self.wanted.pop(sha256, None)
        self._done()

    async def _bring_once(self, sha256: bytes, size: int) -> None:
        async with self.axon.intake.locked(sha256):
            if await self.axon.store.has(sha256):
                return
            upload = await self.axon.store.upload()
            try:
                hasher, count = hashlib.sha256(), 0
                async with contextlib.aclosing(self._leader_bytes(sha256)) as chunks:
                    async for byts in chunks:
                        hasher.update(byts)
                        count += len(byts)
                        await upload.write(byts)
                if (hasher.digest(), count) != (sha256, size):
                    raise s_exc.BadDataValu(mesg=f'The leader sent {count} bytes that are not blob {sha256.hex()}.')
                await upload.finish(sha256)
            finally:
                await upload.abort()
            if self.axon.files.has(sha256):
                self.axon.store.confirm([sha256])
            else:
                await self.axon.store.delete(sha256)

    def _leader_bytes(self, sha256: bytes) -> typing.Any:
        proxy = self._proxy()
        # an Axon inside of a Cortex is asked for through the Cortex
        return proxy.get(sha256) if 'get' in proxy.methinfo else proxy.getAxonBytes(sha256.hex())

    def _proxy(self) -> typing.Any:
        proxy = self.axon.mirror.uplink
        if proxy is None:
            raise s_exc.LinkErr(mesg='Mirror cannot reach leader for write request')
        return proxy

    # -- the other way

    async def send(self, rows: Rows) -> None:
        """Give the leader blobs that our store has, and wait until its log has told us of them.

        Raises: LinkErr, and what the leader raises.
        """
        for sha256, size in rows:
            async with asyncio.timeout(s_limits.NEXS_LEADER_TIMEOUT):
                await self.axon.mirror.linked()
            proxy = self._proxy()
            upload = await (proxy.upload() if 'upload' in proxy.methinfo else proxy.getAxonUpload())
            async with upload:
                async for byts in self.axon.store.read(sha256, 0, size, s_limits.BLOB_PIECE):
                    await upload.write(byts)
                await upload.save()
            async with asyncio.timeout(s_limits.NEXS_LEADER_TIMEOUT):
                while not self.axon.files.has(sha256):
                    await self.axon.axonstate.wait_added(self.axon.files.index(), None)


def reader(axon: s_axon.Axon, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[bytes, None]:
    """Return the bytes of a blob in pieces, from the store, or from the leader when they are not here yet."""
    items = axon.store.read(sha256, offs, size, step)
    return axon.fetch.ahead(sha256, items) if sha256 in axon.fetch.wanted else items


def ranges(
    axon: s_axon.Axon, sha256: bytes, offs: int, size: int, step: int
) -> typing.AsyncGenerator[s_telepath.Large, None]:
    """The same for a caller who sends the bytes on, without having them in memory."""
    items = axon.store.ranges(sha256, offs, size, step)
    return axon.fetch.ahead(sha256, items) if sha256 in axon.fetch.wanted else items
