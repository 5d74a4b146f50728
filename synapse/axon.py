"""The Axon: blobs by their SHA-256 (promise path ``synapse.axon.Axon``).

The class only composes: ``files`` knows which blobs exist, ``store`` keeps their bytes, ``intake`` takes new ones in.
See ``synapse.lib.axon`` for the parts.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.axon.api as s_api
import synapse.lib.axon.confdefs as s_confdefs
import synapse.lib.axon.fetch as s_fetch
import synapse.lib.axon.files as s_files
import synapse.lib.axon.http as s_http
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.axon.reading as s_reading
import synapse.lib.axon.uploads as s_uploads
import synapse.lib.blobs as s_blobs
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus

Any = typing.Any
logger = logging.getLogger(__name__)
AxonApi = s_api.AxonApi
UpLoad = s_uploads.UpLoad
UpLoadShare = s_uploads.UpLoadShare


class Axon(s_reading.Readers, s_cell.Cell):
    """A service that stores blobs.

    Attributes:
        files: Which blobs exist. store: Where their bytes are. intake: Saves new ones.
        reading: Blobs as chunks, lines, rows, values. outbound: Blobs from and to the web.
    """

    cellapi = s_api.AxonApi
    confdefs = s_confdefs.CONFDEFS

    store: s_blobs.BlobStore

    async def initServiceStorage(self) -> None:
        self.features.update(byterange=1, unpack=1)
        self.files = s_files.Files(await self.open_slab('axon'))
        slabs = self.layout.path('slabs')
        self.store = await s_blobs.open_store(self.conf.get('blob:store'), slabs, self.files.slab)
        self.onfini(self.store)
        self.fetch = await s_fetch.Fetch.anit(self)
        self.onfini(self.fetch)
        self.axonstate = await AxonState.anit(self)
        self.onfini(self.axonstate)
        self.intake = s_uploads.Intake(self)
        self.reading = s_reading.Reading(self)
        self.outbound = s_outbound.Outbound(self)
        self.wget = self.outbound.wget
        self.wput = self.outbound.wput
        self.postfiles = self.outbound.postfiles
        self.onfini(self.intake.stop)
        self.addHealthFunc(self._health)
        s_http.add_routes(self)

    async def initServiceRuntime(self) -> None:
        self.dmon.share('axon', self)
        lost = await self.store.recover(self.files.has)
        if lost:
            logger.warning('Removed %d unfinished uploads of the last run.', lost)
        await self._check_replayed()
        self.axonstate.replayed = None
        self.schedCoro(self._reap())
        self.fetch.start()

    async def _check_replayed(self) -> None:
        """Take back what the log names and the store lacks: blobs that came while somebody copied our directory.

        A follower fetches them from its leader.
        """
        if not self.isactive:
            return
        for sha256 in self.axonstate.replayed or ():
            if self.isactive and self.files.has(sha256) and not await self.store.has(sha256):
                logger.error('The bytes of blob %s are missing: it is removed from the Axon.', sha256.hex())
                await self.del_(sha256)

    async def _health(self, health: Any) -> None:
        health.update('axon', 'nominal', '', data=await self.metrics())

    async def _execCellUpdates(self) -> None:
        await self._bumpCellVers('axon:metrics', [(1, self._no_migration)])

    async def _no_migration(self) -> None:
        """Our metrics have been right from the start."""

    def getPermDefs(self) -> list[dict[str, Any]]:
        return [*super().getPermDefs(), *s_confdefs.permdefs()]

    async def getHttpBlobs(self) -> s_http.Blobs:
        """Return the door through which HTTP handlers see the blobs."""
        return s_http.LocalBlobs(self)

    # ----- changes ----------------------------------------------------------------------------------------------------

    async def log_files(self, rows: list[tuple[bytes, int]], info: dict[str, Any]) -> None:
        """Log that blobs exist whose bytes are in the store: (sha256, size) each, and ``{'tick': epoch ms}``."""
        if self.fetch.follows:
            await self.fetch.send(rows)
        elif len(rows) == 1:
            await self.axonstate._push('axon:file:add', *rows[0], info)
        else:
            await self.axonstate._push('axon:files:add', rows, info)

    async def put(self, byts: bytes) -> s_uploads.Saved:
        """Save a blob; returns (size, sha256). Raises: HitLimit, BadArg, DbOutOfSpace, IsReadOnly."""
        return (await self.intake.put([byts]))[0]

    async def puts(self, files: typing.Sequence[bytes]) -> list[s_uploads.Saved]:
        """Save blobs; returns (size, sha256) of each. Stops at the first error: what came before stays saved."""
        if not isinstance(files, (list, tuple)):
            raise s_exc.BadArg(mesg=f'puts() takes a list of bytes, not {type(files).__name__}.')
        return await self.intake.put(files)

    def incoming(self) -> s_uploads.Incoming:
        """Return a new stream of bytes to be saved."""
        return s_uploads.Incoming(self)

    async def upload(self) -> UpLoad:
        """Return an upload for code in the same process."""
        return await UpLoad.anit(None, self)

    async def settle(self) -> None:
        await super().settle()
        await self.fetch.settled()

    async def del_(self, sha256: bytes) -> bool:
        """Remove a blob. Returns False when there is none."""
        if not self.files.has(s_reading.req_hash(sha256)):
            return False
        return typing.cast(bool, await self.axonstate._push('axon:file:del', sha256))

    async def dels(self, sha256s: typing.Sequence[bytes]) -> list[bool]:
        """Remove blobs; returns for each whether it was there."""
        return [await self.del_(sha256) for sha256 in s_reading.req_hashes(sha256s)]

    async def _reap(self) -> None:
        """Remove from the store, one by one, the bytes of blobs that were removed."""
        while True:
            self.axonstate.removed.clear()
            try:
                while gone := self.files.gone():
                    for sha256 in gone:
                        async with self.intake.locked(sha256):
                            if self.files.is_gone(sha256):
                                await self.store.delete(sha256)
                                self.files.wiped(sha256)
            except s_exc.SynErr as e:
                logger.warning('The bytes of removed blobs cannot be removed now: %s', e)
                await asyncio.sleep(s_limits.AXON_REAP_SECS)
                continue
            await self.axonstate.removed.wait()

    # ----- questions --------------------------------------------------------------------------------------------------

    async def has(self, sha256: bytes) -> bool:
        """Return True when a blob exists."""
        return self.files.has(s_reading.req_hash(sha256))

    async def size(self, sha256: bytes) -> int | None:
        """Return the size of a blob, None when there is none."""
        return self.files.size(s_reading.req_hash(sha256))

    async def wants(self, sha256s: typing.Sequence[bytes]) -> list[bytes]:
        """Return those of the hashes that are not stored, in the order given."""
        return [sha256 for sha256 in s_reading.req_hashes(sha256s) if not self.files.has(sha256)]

    async def metrics(self) -> dict[str, int]:
        """Return the sum of sizes and the number of blobs."""
        return {'size:bytes': self.files.nbytes, 'file:count': self.files.count}

    async def hashset(self, sha256: bytes) -> dict[str, str]:
        """Return ``{md5, sha1, sha256, sha512}`` in hex. Raises NoSuchFile."""
        return await self.reading.hashset(sha256)

    def get(
        self, sha256: bytes, offs: int | None = None, size: int | None = None
    ) -> typing.AsyncGenerator[bytes, None]:
        """Yield a blob, or a range of it, in chunks. Raises: NoSuchFile, BadArg."""
        return self.reading.chunks(sha256, offs, size)

    async def hashes(
        self, offs: int, wait: bool = False, timeout: float | None = None
    ) -> typing.AsyncGenerator[tuple[int, tuple[bytes, int]], None]:
        """Yield (offset, (sha256, size)) in the order of addition, from an offset on.

        Args:
            wait: Go on with what is added later.
            timeout: Seconds to wait for the next item.
        """
        async for rows in self.hash_bursts(offs, wait, timeout):
            for byts in rows:
                yield s_common.un(byts)

    async def hash_bursts(
        self, offs: int, wait: bool, timeout: float | None
    ) -> typing.AsyncGenerator[list[bytes], None]:
        """Yield lists of what ``hashes`` yields, packed."""
        offs = s_reading.req_count(offs, 'offs')
        while True:
            for end, rows in self.files.packed_log(offs):
                yield rows
                offs = end
                await asyncio.sleep(0)
            if not wait:
                return
            offs = max(offs, self.files.index())
            if not await self.axonstate.wait_added(offs, timeout):
                return

    async def history(
        self, tick: int, tock: int | None = None
    ) -> typing.AsyncGenerator[tuple[int, tuple[bytes, int]], None]:
        """Yield (time, (sha256, size)) of additions between two times, both inclusive, in epoch milliseconds."""
        s_reading.req_count(tick, 'tick')
        for count, row in enumerate(
            self.files.history(tick, None if tock is None else s_reading.req_count(tock, 'tock'))
        ):
            yield row
            if not count % s_limits.AXON_TURN:
                await asyncio.sleep(0)


class AxonState(s_nexus.Pusher):
    """The handlers of an Axon's changes. They write its own database, so they have a name of their own in the log.

    Attributes:
        removed: Set when a blob was removed. replayed: Blobs that were added by replay, until the service runs.
    """

    async def __anit__(self, axon: Axon) -> None:  # type: ignore[override]
        self.files = axon.files
        self.store = axon.store
        self.fetch = axon.fetch
        self.removed = asyncio.Event()
        self.replayed: set[bytes] | None = set()
        self._added = asyncio.Event()
        await super().__anit__(f'{axon.iden}:axon', nexsroot=axon.nexsroot, slab=axon.files.slab)

    async def wait_added(self, offs: int, timeout: float | None) -> bool:
        """Wait until the next offset is beyond ``offs``. Returns False when the time passed first."""
        try:
            async with asyncio.timeout(timeout):
                while self.files.index() <= offs:
                    await self._added.wait()
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        self._added.set()
        self._added = asyncio.Event()

    @s_nexus.Pusher.onPush('axon:file:add')
    def _file_add(self, sha256: bytes, size: int, info: dict[str, Any]) -> bool:
        return bool(self._add([(sha256, size)], info))

    @s_nexus.Pusher.onPush('axon:files:add')
    def _files_add(self, rows: typing.Sequence[tuple[bytes, int]], info: dict[str, Any]) -> None:
        self._add(rows, info)

    def _add(self, rows: typing.Sequence[tuple[bytes, int]], info: dict[str, Any]) -> list[bytes]:
        added = self.files.add(rows, info['tick'])
        if added:
            self.store.confirm(added)
            if self.replayed is not None:
                self.replayed.update(added)
            self.fetch.note(rows, added)
            self._wake()
        return added

    @s_nexus.Pusher.onPush('axon:file:del')
    def _file_del(self, sha256: bytes) -> bool:
        self.removed.set()
        return self.files.remove(sha256)
