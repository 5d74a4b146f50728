"""An LMDB environment that belongs to one thread: large values are written and synced without holding up the loop.

The other databases of a service are written in the event loop and rarely committed (``synapse.lib.slab``). Blobs are
the opposite case: many bytes, to be on disk before anybody hears of them. So here a thread takes whatever jobs have
queued up, runs them in one write transaction, commits (one sync for all of them), and then answers. Readers see the
last commit, from any thread.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import logging
import os
import threading
import typing

import lmdb

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import synapse.lib.slab.check as s_check
import synapse.lib.slab.snapshot as s_snapshot

logger = logging.getLogger(__name__)

Job = typing.Callable[[lmdb.Transaction], typing.Any]


class Work(typing.NamedTuple):
    """A job, the bytes that it will write, and who waits for it."""

    func: Job
    nbytes: int
    done: asyncio.Future[typing.Any]


class BlobEnv:
    """One environment and the thread that writes it.

    It can stand among the databases of a cell (``cell.slabs``): it has what live backups and diagnostics ask of one.

    Attributes:
        path: The environment's directory.
        snaps: Open snapshots; while there are any the map cannot grow.
    """

    readonly = False
    indx = -1  # it carries no log offset
    dirty_bytes = 0

    def __init__(self, path: str, names: typing.Sequence[str]) -> None:
        """Open the environment, with databases of those names. Raises BadCoreStore, SlabAlreadyOpen, DbOutOfSpace."""
        self.path = s_common.genpath(path)
        if not os.path.isdir(self.path):
            s_slab.Slab.open(self.path).close()
        s_check.check(self.path)
        self.env = _open(self.path)
        self.env.reader_check()
        with self.env.begin(write=True) as xact:
            self.dbs = {name: self.env.open_db(name.encode(), txn=xact) for name in names}
        self.snaps: set[s_snapshot.SlabSnapshot] = set()
        self.failed: str | None = None
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._cond = threading.Condition()
        self._readers = 0
        self._work: collections.deque[Work] = collections.deque()
        self._queued = 0
        self._room: asyncio.Event = asyncio.Event()
        self._room.set()
        self._thread = threading.Thread(target=self._run, name='blobs', daemon=True)
        self._thread.start()

    # ----- writing ----------------------------------------------------------------------------------------------------

    async def run(self, func: Job, nbytes: int) -> typing.Any:
        """Run a job in the next write transaction; returns its result when that is on disk.

        Raises:
            DbOutOfSpace: The disk is (nearly) full. FatalErr: The environment cannot be written.
            Whatever the job raises; it must do so before it writes anything.
        """
        while self._queued > s_limits.BLOB_QUEUE:
            self._room.clear()
            await self._room.wait()
        if self.closed:
            raise s_exc.IsFini(mesg='The blob store was closed.')
        done: asyncio.Future[typing.Any] = self._loop.create_future()
        self._queued += nbytes
        with self._cond:
            self._work.append(Work(func, nbytes, done))
            self._cond.notify_all()
        return await done

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                retns = self._write(batch)
            except Exception as e:
                logger.exception('the blobs in %s could not be written', self.path)
                retns = [(e, None)] * len(batch)
            with contextlib.suppress(RuntimeError):  # the loop was closed under us
                self._loop.call_soon_threadsafe(self._answer, batch, retns)

    def _next_batch(self) -> list[Work] | None:
        with self._cond:
            while not self._work and not self.closed:
                self._cond.wait()
            batch: list[Work] = []
            size = 0
            while self._work and (not batch or size + self._work[0].nbytes <= s_limits.BLOB_BATCH):
                size += self._work[0].nbytes
                batch.append(self._work.popleft())
            return batch or None

    def _write(self, batch: list[Work]) -> list[tuple[Exception | None, typing.Any]]:
        if self.failed is not None:
            raise s_exc.FatalErr(mesg=f'The blob store {self.path} failed before: {self.failed}', path=self.path)
        self._ensure_room(sum(work.nbytes for work in batch))
        retns: list[tuple[Exception | None, typing.Any]] = []
        try:
            with self.env.begin(write=True) as xact:
                for work in batch:
                    try:
                        retns.append((None, work.func(xact)))
                    except lmdb.Error:
                        raise
                    except Exception as e:
                        retns.append((e, None))
        except lmdb.Error as e:
            # never retried as if nothing had happened: what is on disk after a failed sync is anybody's guess
            self.failed = str(e)
            raise s_exc.FatalErr(mesg=f'The blob store {self.path} cannot be written: {e}', path=self.path) from e
        return retns

    def _answer(self, batch: list[Work], retns: list[tuple[Exception | None, typing.Any]]) -> None:
        for work, (exc, retn) in zip(batch, retns, strict=True):
            self._queued -= work.nbytes
            if work.done.done():
                continue
            if exc is not None:
                work.done.set_exception(exc)
            else:
                work.done.set_result(retn)
        self._room.set()

    def _ensure_room(self, nbytes: int) -> None:
        stat = os.statvfs(self.path)
        free = stat.f_bavail * stat.f_frsize
        if free < nbytes * 2 + s_limits.SLAB_DISK_RESERVE:
            mesg = f'Insufficient free space on disk for {self.path}: {free} bytes free.'
            raise s_exc.DbOutOfSpace(mesg=mesg, path=self.path, free=free)
        if self.used_bytes() + nbytes * 2 + s_limits.SLAB_MAP_LOW > self.env.info()['map_size']:
            with self._cond:
                while self._readers or self.snaps:
                    self._cond.wait(1.0)
                self.env.set_mapsize(_round_up(self.used_bytes() * 2 + nbytes * 2 + s_limits.SLAB_MAP_ROOM))

    def used_bytes(self) -> int:
        """Return the size of the pages in use, free ones below the highest included (what the file grows to)."""
        return int((self.env.info()['last_pgno'] + 1) * self.env.stat()['psize'])

    # ----- reading ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def reading(self) -> typing.Iterator[lmdb.Transaction]:
        """A read transaction over the last commit, in any thread; values are views that die with it. Be quick."""
        with self._cond:
            if self.closed:
                raise s_exc.IsFini(mesg='The blob store was closed.')
            self._readers += 1
        try:
            with self.env.begin(buffers=True) as xact:
                yield xact
        finally:
            with self._cond:
                self._readers -= 1
                if not self._readers:
                    self._cond.notify_all()

    # ----- among the databases of a cell ------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Everything that was answered is on disk: there is nothing to do."""
        return False

    def snapshot(self) -> s_snapshot.SlabSnapshot:
        """Return a read snapshot of the last commit. Close it: while open, freed pages are not reused."""
        snap = s_snapshot.SlabSnapshot(self.path, self.env, self.indx, self.snaps.discard)
        self.snaps.add(snap)
        return snap

    def close(self) -> None:
        """Finish the queued jobs and close. Safe to call again."""
        with self._cond:
            if self.closed:
                return
            self.closed = True
            self._cond.notify_all()
        self._thread.join()
        with self._cond:
            while self._readers:
                self._cond.wait()
        for snap in tuple(self.snaps):
            snap.close()
        self.env.close()


def _round_up(size: int) -> int:
    return -(-size // s_limits.MIB) * s_limits.MIB


def _open(path: str) -> lmdb.Environment:
    """Open an environment with as much room above its use as the address space allows."""
    size = os.path.getsize(s_check.data_path(path))
    room = s_limits.BLOB_MAP_ROOM
    while True:
        try:
            return lmdb.open(
                path,
                map_size=_round_up(size + room),
                max_dbs=16,
                max_readers=s_limits.SLAB_MAX_READERS,
                meminit=False,
                create=False,
                mode=0o600,
            )
        except (MemoryError, lmdb.MemoryError) as e:
            room //= 2
            if room < s_limits.SLAB_MAP_ROOM_MIN:
                raise s_exc.DbOutOfSpace(mesg=f'No address space for the database {path}: {e}', path=path) from e
        except lmdb.Error as e:
            if 'already open' in str(e):
                raise s_exc.SlabAlreadyOpen(mesg=f'The database {path} is open in this process.', path=path) from e
            raise s_check.bad_store(path, e) from e
