"""Copies of databases and log at one offset: of our own service while it runs, and of a directory in foreign hands.

Live: the Nexus is between two batches, all databases were committed with the same offset; a read transaction of each
and the length of each log file are the snapshot, taken without a pause in between. The copying takes its time in
threads.

Foreign (``synapse.tools.backup`` on a directory whose service may be running): nobody can be asked to pause. We take
a read transaction of every database, each at its own offset, then open every log segment, within milliseconds. A
database never contains what the log on disk does not, so the log reaches every database; a start on the copy replays
them all to the log's end. An open file stays readable when the service drops a segment meanwhile. In the unlikely
case that a segment was dropped between the two steps, the log does not reach back far enough: we look, and begin again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.log as s_log
import synapse.lib.slab as s_slab
import synapse.lib.slab.snapshot as s_snapshot

logger = logging.getLogger(__name__)

_TRIES = 5


class LogFile:
    """An open segment and how much of it belongs to the snapshot."""

    def __init__(self, name: str, first: int, fd: int, size: int) -> None:
        self.name = name
        self.first = first
        self.fd = fd
        self.size = size

    def copy(self, dstdir: str) -> None:
        """Copy the part into a directory, in kernel space where the file system can."""
        path = os.path.join(dstdir, self.name)
        dst = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            pos = 0
            while pos < self.size:
                byts = os.pread(self.fd, min(s_limits.MIB, self.size - pos), pos)
                if not byts:
                    raise s_exc.FatalErr(mesg=f'The log segment {self.name} became shorter while it was copied.')
                s_log.write_all(dst, byts, pos)
                pos += len(byts)
            os.fsync(dst)
        finally:
            os.close(dst)


class Snapshot:
    """Databases and log as of one moment. A context manager; close it soon.

    Attributes:
        slabs: A snapshot of each database.
        logdir: The directory of the log, None when there is none.
        paths: Absolute paths of the directories that are captured here; whoever copies the rest skips them.
    """

    def __init__(
        self, slabs: list[s_snapshot.SlabSnapshot], logdir: str | None, files: list[LogFile], state: typing.Any
    ) -> None:
        self.slabs = slabs
        self.logdir = logdir
        self._files = files
        self._state = state
        self.paths = {snap.path for snap in slabs} | ({logdir} if logdir is not None else set())

    async def copy(self, srcdir: str, dstdir: str, progress: typing.Callable[[str], typing.Any] | None = None) -> None:
        """Copy everything that lies below ``srcdir`` to the same place below ``dstdir``, in threads.

        Args:
            progress: Called with the relative path of each database before it is copied, and of the log.
        """
        for snap in self.slabs:
            rel = self._rel(snap.path, srcdir)
            if rel is not None:
                if progress is not None:
                    progress(rel)
                await snap.copy(os.path.join(dstdir, rel))
        if self.logdir is not None:
            rel = self._rel(self.logdir, srcdir)
            if rel is not None:
                if progress is not None:
                    progress(rel)
                await self._copy_log(os.path.join(dstdir, rel))

    def copy_sync(self, srcdir: str, dstdir: str, progress: typing.Callable[[str], typing.Any] | None = None) -> None:
        """The blocking form of ``copy``, for tools without an event loop."""
        for snap in self.slabs:
            rel = self._rel(snap.path, srcdir)
            if rel is not None:
                if progress is not None:
                    progress(rel)
                snap.copy_sync(os.path.join(dstdir, rel))
        rel = self._rel(self.logdir, srcdir) if self.logdir is not None else None
        if rel is not None:
            self._copy_log_sync(os.path.join(dstdir, rel))

    @staticmethod
    def _rel(path: str, srcdir: str) -> str | None:
        rel = os.path.relpath(path, os.path.abspath(srcdir))
        return None if rel == os.curdir or rel.startswith(os.pardir) else rel

    async def _copy_log(self, dstdir: str) -> None:
        fut = asyncio.get_running_loop().run_in_executor(None, self._copy_log_sync, dstdir)
        try:
            await asyncio.shield(fut)
        except asyncio.CancelledError:
            await asyncio.wait([fut])
            raise

    def _copy_log_sync(self, dstdir: str) -> None:
        os.makedirs(dstdir, mode=0o700, exist_ok=True)
        for file in self._files:
            file.copy(dstdir)
        s_common.write_file(os.path.join(dstdir, 'state.json'), json.dumps(self._state).encode())

    def close(self) -> None:
        """Let everything go. Safe to call again."""
        for snap in self.slabs:
            snap.close()
        for file in self._files:
            os.close(file.fd)
        self._files = []

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *args: typing.Any) -> None:
        self.close()


def live(log: s_log.NexsLog, slabs: typing.Iterable[s_slab.Slab]) -> Snapshot:
    """Return the snapshot of a service of this process, now: between two batches, all databases committed."""
    files: list[LogFile] = []
    snaps: list[s_snapshot.SlabSnapshot] = []
    try:
        for seg in log.segments:
            fd = os.open(seg.path, os.O_RDONLY)
            size = log.size if seg is log.segments[-1] else os.fstat(fd).st_size
            files.append(LogFile(os.path.basename(seg.path), seg.first, fd, size))
        snaps.extend(slab.snapshot() for slab in slabs)
    except BaseException:
        Snapshot(snaps, None, files, None).close()
        raise
    return Snapshot(snaps, log.dirn, files, dict(log.state))


def foreign(slabdirs: typing.Iterable[str], logdir: str | None) -> Snapshot:
    """Return a snapshot of databases and log of a directory that another process may be writing.

    Args:
        slabdirs: The LMDB directories.
        logdir: The directory of the change log; None, or a path that does not exist, when there is none.

    Raises:
        BadCoreStore: A database cannot be read.
        FatalErr: No consistent state was found in several tries.
    """
    slabdirs = list(slabdirs)
    for _ in range(_TRIES):
        snap = _foreign_once(slabdirs, logdir)
        if snap is not None:
            return snap
    raise s_exc.FatalErr(mesg=f'The change log {logdir} does not fit its databases: no consistent copy is possible.')


def _foreign_once(slabdirs: list[str], logdir: str | None) -> Snapshot | None:
    snaps: list[s_snapshot.SlabSnapshot] = []
    files: list[LogFile] = []
    try:
        for path in slabdirs:
            snaps.append(s_snapshot.open_foreign(path))
        if logdir is None or not os.path.isdir(logdir):
            return Snapshot(snaps, None, [], None)
        logdir = os.path.abspath(logdir)
        # the state first: what it hides may be dropped from the disk right after it was written, never before
        state = _read_state(logdir)
        for seg in s_log.find_segments(logdir):
            fd = os.open(seg.path, os.O_RDONLY)
            files.append(LogFile(os.path.basename(seg.path), seg.first, fd, os.fstat(fd).st_size))
        if _fits(snaps, files):
            return Snapshot(snaps, logdir, files, state)
    except FileNotFoundError:
        pass  # a segment was dropped between listing and opening
    except BaseException:
        Snapshot(snaps, None, files, None).close()
        raise
    Snapshot(snaps, None, files, None).close()
    return None


def _read_state(logdir: str) -> typing.Any:
    try:
        with open(os.path.join(logdir, 'state.json'), encoding='utf8') as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def _fits(snaps: list[s_snapshot.SlabSnapshot], files: list[LogFile]) -> bool:
    """Cut the last segment to its valid records; True when the log reaches from the lowest to the highest offset."""
    indxs = [snap.indx for snap in snaps if snap.indx >= 0]
    if not files:
        return not indxs or min(indxs) == max(indxs)
    last = files[-1]
    byts = b''.join(iter_file(last.fd, last.size))
    end, last.size = s_log.find_end(s_log.Segment(last.name, last.first), byts)
    return not indxs or (files[0].first <= min(indxs) and max(indxs) <= end)


def iter_file(fd: int, size: int) -> typing.Iterator[bytes]:
    """Yield the first ``size`` bytes of an open file in pieces."""
    pos = 0
    while pos < size and (byts := os.pread(fd, min(s_limits.MIB, size - pos), pos)):
        yield byts
        pos += len(byts)
