"""Slab: one LMDB environment, one long-lived write transaction, one offset."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import typing

import lmdb

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab.check as s_check
import synapse.lib.slab.snapshot as s_snapshot

logger = logging.getLogger(__name__)

_META_DB = b'slab:meta'
_INDX_KEY = b'indx'

# Commits between two looks for readers of killed processes (the offline backup), which would keep old pages for ever.
_READER_CHECK = 32


class Slab:
    """One LMDB environment. Made by ``Slab.open``; used from the event loop's thread only.

    Attributes:
        path: The environment's directory.
        xact: The open transaction (raw ``lmdb.Transaction``); a new one after each commit.
        gen: Number of commits so far; a cursor made in an older generation is dead.
        indx: Number of log entries applied to this slab (= the next offset to apply). Assigned by the Nexus, saved by
            ``commit`` in the same transaction as the data, restored at open.
        fresh: True until an offset was committed for the first time.
        dirty: True when there is something to commit.
        dirty_bytes: Estimate of what was written since the last commit, from ``mark_dirty``.
    """

    def __init__(self, path: str, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self.gen = 0
        self.indx = 0
        self.fresh = True
        self.dirty = False
        self.dirty_bytes = 0
        self.closed = False
        self.failed: str | None = None
        self.snaps: set[s_snapshot.SlabSnapshot] = set()
        self._saved_indx = -1
        self._dbs: dict[str, typing.Any] = {}
        self._on_commit: list[typing.Callable[[], None]] = []
        self._on_dirty: list[typing.Callable[[], None]] = []
        if not readonly and not os.path.isdir(path):
            _create(path)
        s_check.check(path)
        self.env = _open_env(path, readonly)
        if not readonly:
            self.env.reader_check()
        self._begin()
        self._load_indx()

    @classmethod
    def open(cls, path: str, readonly: bool = False) -> Slab:
        """Open the environment in directory ``path``; it is made when the directory does not exist.

        Raises:
            BadCoreStore: The file is missing from its directory, cut short, or not LMDB. Nothing was changed.
            SlabAlreadyOpen: This process has it open already.
        """
        return cls(s_common.genpath(path), readonly=readonly)

    # ----- transaction ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        try:
            self.xact = self.env.begin(write=not self.readonly)
        except lmdb.Error as e:
            raise s_check.bad_store(self.path, e) from e

    def _load_indx(self) -> None:
        if self.readonly:
            indx = s_snapshot.read_indx(self.env, self.xact)
        else:
            self._meta = self.env.open_db(_META_DB, txn=self.xact)
            indx = _unpack_indx(self.xact.get(_INDX_KEY, db=self._meta))
        if indx is not None:
            self.indx = self._saved_indx = indx
            self.fresh = False

    def db(self, name: str, dupsort: bool = False, dupfixed: bool = False) -> typing.Any:
        """Return the handle of a named database, made on first use; valid until the slab is closed.

        Raises NoSuchName when the slab is read only and has no such database.
        """
        handle = self._dbs.get(name)
        if handle is not None:
            return handle
        isnew = not self.readonly and self.xact.get(name.encode()) is None
        try:
            handle = self.env.open_db(
                name.encode(), txn=self.xact, dupsort=dupsort, dupfixed=dupfixed, create=not self.readonly
            )
        except lmdb.NotFoundError as e:
            raise s_exc.NoSuchName(mesg=f'No database named {name} in {self.path}.', name=name) from e
        self._dbs[name] = handle
        if isnew:
            self.mark_dirty(0)
        return handle

    def mark_dirty(self, nbytes: int) -> None:
        """Tell that about ``nbytes`` were written. Code that puts through ``xact`` outside of a Nexus handler must."""
        self.dirty_bytes += nbytes
        if not self.dirty:
            self.dirty = True
            for func in self._on_dirty:
                func()

    def on_commit(self, func: typing.Callable[[], None]) -> None:
        """Call a plain function right before each commit: the place to write what was kept in memory."""
        self._on_commit.append(func)

    def on_dirty(self, func: typing.Callable[[], None]) -> None:
        """Call a plain function when the slab turns from clean to dirty."""
        self._on_dirty.append(func)

    def off_dirty(self, func: typing.Callable[[], None]) -> None:
        """Undo ``on_dirty``."""
        if func in self._on_dirty:
            self._on_dirty.remove(func)

    def lagging(self) -> bool:
        """Return True when the offset on disk is not ``indx``."""
        return self._saved_indx != self.indx

    @property
    def saved_indx(self) -> int:
        """The offset on disk: replay after a crash starts here. -1 when none was saved."""
        return self._saved_indx

    def commit(self, force: bool = False) -> bool:
        """Make everything so far durable, with the offset, in one transaction. Blocks until it is on disk.

        Nothing is done when the slab is clean; ``force`` commits a mere change of ``indx`` too.

        Returns:
            True when there was something to commit.

        Raises:
            DbOutOfSpace, FatalErr: The commit failed. The slab is back at its last commit and takes no more commits.
        """
        if self.failed is not None:
            raise s_exc.FatalErr(mesg=f'The database {self.path} failed before: {self.failed}', path=self.path)
        if self.readonly or not (self.dirty or (force and self.lagging())):
            return False
        for func in self._on_commit:
            func()
        try:
            self.xact.put(_INDX_KEY, self.indx.to_bytes(8, 'big'), db=self._meta)
            self.xact.commit()
        except lmdb.Error as e:
            self._commit_failed(e)
        self._saved_indx = self.indx
        self.fresh = False
        self.dirty = False
        self.dirty_bytes = 0
        self.gen += 1
        if self.gen % _READER_CHECK == 0:
            self.env.reader_check()
        self._begin()
        return True

    def _commit_failed(self, e: lmdb.Error) -> typing.NoReturn:
        logger.critical('commit of %s failed: %s', self.path, e)
        self.failed = str(e)
        self._rollback()
        ctor = s_exc.DbOutOfSpace if isinstance(e, (lmdb.MapFullError, lmdb.DiskError)) else s_exc.FatalErr
        raise ctor(mesg=f'The database {self.path} could not be written: {e}', path=self.path) from e

    def _rollback(self) -> None:
        with contextlib.suppress(lmdb.Error):  # a failed commit has ended the transaction already
            self.xact.abort()
        self.gen += 1
        self._begin()

    def abandon(self, reason: str) -> None:
        """Never commit again: what memory holds is not a state that the log knows. Reads go on.

        They see what was applied, or the last commit when an error has ended the transaction.
        """
        if self.failed is None and not self.readonly and not self.closed:
            self.failed = reason
            try:
                self.xact.get(_INDX_KEY, db=self._meta)
            except lmdb.Error:
                self._rollback()

    # ----- room -------------------------------------------------------------------------------------------------------

    def used_bytes(self) -> int:
        """Return the size of the pages in use, free ones below the highest included (what the file grows to)."""
        return int((self.env.info()['last_pgno'] + 1) * self.env.stat()['psize'])

    def needs_growth(self, nbytes: int) -> bool:
        """Return True when ``ensure_room(nbytes)`` would have to grow the map."""
        more = (self.dirty_bytes + nbytes) * s_limits.SLAB_GROWTH_FACTOR
        need = self.used_bytes() + more + s_limits.SLAB_MAP_LOW
        return need > int(self.env.info()['map_size'])

    def ensure_room(self, nbytes: int) -> None:
        """Make sure that changes of ``nbytes`` (of log) can be written. For the moment between two batches.

        Raises:
            DbOutOfSpace: The volume is (nearly) full, or the map must grow while a snapshot is open: wait for
                ``snaps`` to become empty and call again.
        """
        free = free_bytes(self.path)
        if free < (self.dirty_bytes + nbytes) * s_limits.SLAB_DISK_FACTOR + s_limits.SLAB_DISK_RESERVE:
            raise s_exc.DbOutOfSpace(
                mesg=f'Insufficient free space on disk for {self.path}: {free} bytes free.', path=self.path, free=free
            )
        if self.needs_growth(nbytes):
            self._grow(nbytes)

    def _grow(self, nbytes: int) -> None:
        if self.snaps:
            raise s_exc.DbOutOfSpace(mesg=f'The map of {self.path} cannot grow while a snapshot is open.')
        self.commit(force=True)
        self.xact.abort()
        self.gen += 1
        size = self.used_bytes() * 2 + nbytes * s_limits.SLAB_GROWTH_FACTOR + s_limits.SLAB_MAP_ROOM
        try:
            self.env.set_mapsize(_round_up(size))
        except (lmdb.Error, MemoryError) as e:
            raise s_exc.DbOutOfSpace(mesg=f'The map of {self.path} cannot grow to {size}: {e}') from e
        finally:
            self._begin()

    # ----- copies -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> s_snapshot.SlabSnapshot:
        """Return a read snapshot of the last commit. Close it: while open, freed pages are not reused."""
        snap = s_snapshot.SlabSnapshot(self.path, self.env, self._saved_indx, self.snaps.discard)
        self.snaps.add(snap)
        return snap

    async def backup(self, dstdir: str) -> None:
        """Write a compacted copy of the last commit into directory ``dstdir`` (``data.mdb`` only), in a thread."""
        with self.snapshot() as snap:
            await snap.copy(dstdir)

    # ----- scans ------------------------------------------------------------------------------------------------------

    def scan(
        self, db: typing.Any, lo: bytes = b'', hi: bytes | None = None, rows: int = s_limits.SLAB_SCAN_ROWS
    ) -> typing.Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) with ``lo <= key < hi`` in key order; the scan may be suspended over commits and writes.

        For databases without duplicates. Rows come in lists of ``rows``; after each list the scan seeks again.
        """
        skip: bytes | None = None
        while True:
            items: list[tuple[bytes, bytes]] = []
            with self.xact.cursor(db=db) as curs:
                if not curs.set_range(lo):
                    return
                if skip is not None and curs.key() == skip and not curs.next():
                    return
                for lkey, lval in curs.iternext(keys=True, values=True):
                    if hi is not None and lkey >= hi:
                        break
                    items.append((lkey, lval))
                    if len(items) >= rows:
                        break
            yield from items
            if len(items) < rows:
                return
            lo = skip = items[-1][0]

    def scan_prefix(self, db: typing.Any, pref: bytes) -> typing.Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) for all keys that start with ``pref``; see ``scan``."""
        return self.scan(db, pref, next_prefix(pref))

    def entries(self, db: typing.Any) -> int:
        """Return the number of rows (with duplicates) in a database."""
        return int(self.xact.stat(db=db)['entries'])

    # ----- end --------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Commit and close. Safe to call again. Snapshots of this slab die with it."""
        if self.closed:
            return
        self.closed = True
        try:
            if self.failed is None:
                self.commit(force=not self.fresh)
        finally:
            for snap in tuple(self.snaps):
                snap.close()
            self.xact.abort()
            self.env.close()


def next_prefix(pref: bytes) -> bytes | None:
    """Return the smallest key above all keys that start with ``pref``; None when there is none."""
    pref = pref.rstrip(b'\xff')
    if not pref:
        return None
    return pref[:-1] + bytes((pref[-1] + 1,))


def free_bytes(path: str) -> int:
    """Return the bytes that we may still write on the volume of ``path``."""
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


def _unpack_indx(byts: bytes | None) -> int | None:
    return None if byts is None else int.from_bytes(byts, 'big')


def _round_up(size: int) -> int:
    return -(-size // s_limits.MIB) * s_limits.MIB


def _create(path: str) -> None:
    """Make an empty environment so that its directory appears only when it is whole."""
    temp = f'{path}.new'
    shutil.rmtree(temp, ignore_errors=True)  # left behind by a process that was killed
    os.makedirs(temp, mode=0o700)
    try:
        env = lmdb.open(temp, map_size=s_limits.MIB, max_dbs=1, mode=0o600)
        with env.begin(write=True) as xact:
            env.open_db(_META_DB, txn=xact)
        env.close()
        os.rename(temp, path)
    except BaseException as e:
        shutil.rmtree(temp, ignore_errors=True)
        if isinstance(e, (lmdb.Error, OSError)):
            raise s_exc.DbOutOfSpace(mesg=f'The database {path} could not be made: {e}', path=path) from e
        raise
    s_common.sync_path(os.path.dirname(path))


def _open_env(path: str, readonly: bool) -> lmdb.Environment:
    """Open an environment with as much room above its use as the address space allows."""
    size = os.path.getsize(s_check.data_path(path))
    room = s_limits.SLAB_MAP_ROOM
    while True:
        try:
            return lmdb.open(
                path,
                map_size=_round_up(size * 2 + room),
                readonly=readonly,
                max_dbs=s_limits.SLAB_MAX_DBS,
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
