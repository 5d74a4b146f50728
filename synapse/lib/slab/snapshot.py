"""Consistent copies of environments: of our own slabs while they are written, and of a foreign, running process.

A read transaction in LMDB *is* a snapshot: it sees the state of the last commit for as long as it is open. Copying
goes on in threads, compacting as it goes (free pages are left out), so that a restore from a copy is also a
defragmentation.
"""

from __future__ import annotations

import asyncio
import os
import typing

import lmdb

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab.check as s_check


def read_indx(env: lmdb.Environment, xact: lmdb.Transaction) -> int | None:
    """Return the log offset that a snapshot contains, None when it has none."""
    try:
        meta = env.open_db(b'slab:meta', txn=xact, create=False)
    except lmdb.NotFoundError:
        return None
    byts = xact.get(b'indx', db=meta)
    return None if byts is None else int.from_bytes(byts, 'big')


class SlabSnapshot:
    """The state of one environment at its last commit. A context manager; close it soon, it keeps old pages alive.

    Attributes:
        path: The environment's directory.
        indx: Number of log entries contained, -1 when the environment carries no offset.
    """

    def __init__(
        self,
        path: str,
        env: lmdb.Environment,
        indx: int | None = None,
        on_close: typing.Callable[[SlabSnapshot], typing.Any] | None = None,
        owns_env: bool = False,
    ) -> None:
        self.path = path
        self._env = env
        self._owns_env = owns_env
        self._on_close = on_close
        self._busy: asyncio.Future[None] | None = None
        self.xact: lmdb.Transaction | None = env.begin()
        if indx is None:
            indx = read_indx(env, self.xact)
        self.indx = -1 if indx is None else indx

    async def copy(self, dstdir: str) -> None:
        """Write the compacted copy into directory ``dstdir`` (``data.mdb`` only), in a thread. One copy at a time.

        A cancelled caller still waits for the thread: the transaction must not end under it.
        """
        fut = asyncio.get_running_loop().run_in_executor(None, self.copy_sync, dstdir)
        try:
            await asyncio.shield(fut)
        except asyncio.CancelledError:
            await asyncio.wait([fut])
            raise

    def copy_sync(self, dstdir: str) -> None:
        """The blocking form of ``copy``."""
        if self.xact is None:
            raise s_exc.IsFini(mesg='The snapshot was closed.')
        os.makedirs(dstdir, mode=0o700, exist_ok=True)
        fd = os.open(s_check.data_path(dstdir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self._env.copyfd(fd, compact=True, txn=self.xact)
            os.fsync(fd)
        except lmdb.Error as e:
            raise s_exc.DbOutOfSpace(mesg=f'The copy of {self.path} to {dstdir} failed: {e}', path=dstdir) from e
        finally:
            os.close(fd)
        s_common.sync_path(dstdir)

    def close(self) -> None:
        """Let the snapshot go. Safe to call again."""
        if self.xact is None:
            return
        self.xact.abort()
        self.xact = None
        if self._on_close is not None:
            self._on_close(self)
        if self._owns_env:
            self._env.close()

    def __enter__(self) -> SlabSnapshot:
        return self

    def __exit__(self, *args: typing.Any) -> None:
        self.close()


def open_foreign(path: str) -> SlabSnapshot:
    """Take a snapshot of an environment that another process may be writing.

    The reader is registered in the environment's lock file, so that the writer keeps the pages. Where the lock file
    cannot be written (a read-only volume) nobody else writes either, and no lock is used.

    Raises:
        BadCoreStore: Not a usable LMDB environment.
    """
    path = s_common.genpath(path)
    s_check.check(path)
    lock = os.access(path, os.W_OK)
    try:
        env = lmdb.open(
            path,
            readonly=True,
            create=False,
            lock=lock,
            max_dbs=4,
            max_readers=s_limits.SLAB_MAX_READERS,
            map_size=os.path.getsize(s_check.data_path(path)) + s_limits.SLAB_MAP_ROOM_MIN,
        )
        return SlabSnapshot(path, env, owns_env=True)
    except lmdb.Error as e:
        raise s_check.bad_store(path, e) from e
