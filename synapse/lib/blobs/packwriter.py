"""The thread that writes packs: in the order in which it was asked, with one sync for all who wait for one."""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import threading
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.limits as s_limits

logger = logging.getLogger(__name__)

Parts = typing.Sequence[bytes | memoryview]


class Job(typing.NamedTuple):
    """Buffers for a place.

    Attributes:
        direct: It is one, and goes to whole blocks, see ``packfile``; a view is of whole blocks of aligned memory.
        done: Who waits until they, and all that was written before, are on disk.
    """

    file: s_packfile.OpenFile | None
    pos: int
    parts: Parts
    nbytes: int
    direct: bool
    done: asyncio.Future[None] | None


class PackWriter:
    """Writes for the event loop.

    Attributes:
        failed: Why a sync failed. Never retried as if nothing had happened: what is on disk then is anybody's guess.
        broken: Files that could not be written, and why: what follows in them would not be found after a crash.
    """

    def __init__(self, dirn: str) -> None:
        self.dirn = dirn
        self.failed: str | None = None
        self.broken: dict[s_packfile.OpenFile, Exception] = {}
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._new: set[s_packfile.OpenFile] = set()
        self._asked = self._done = 0  # bytes
        self._closed = False
        self._stage: s_packfile.Stage | None = None
        self._thread = threading.Thread(target=self._run, name='blobs', daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes that are yet to be written."""
        return self._asked - self._done

    def submit(self, file: s_packfile.OpenFile, pos: int, parts: Parts, nbytes: int, direct: bool = False) -> None:
        """Write buffers one behind the other. Nobody waits: when it fails, so does the next `sync` of the file."""
        self._put(Job(file, pos, parts, nbytes, direct, None))

    def sync(self, file: s_packfile.OpenFile, pos: int, parts: Parts, nbytes: int) -> asyncio.Future[None]:
        """Write buffers, and have the file on disk. The future raises DbOutOfSpace (not written), FatalErr (not
        synced)."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._put(Job(file, pos, parts, nbytes, False, done))
        return done

    def caught_up(self) -> asyncio.Future[None]:
        """Return what is done when all was written that has been asked for by now."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._put(Job(None, 0, (), 0, False, done))
        return done

    def _put(self, job: Job) -> None:
        if self._closed:
            raise s_exc.IsFini(mesg='The blob store was closed.')
        self._asked += job.nbytes
        self._queue.put(job)

    def close(self) -> None:
        """Finish what was asked, and end. Blocks."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            jobs = [self._queue.get()]
            while jobs[-1] is not None and not self._queue.empty() and len(jobs) < s_limits.BLOB_JOBS:
                jobs.append(self._queue.get())
            batch = [job for job in jobs if job is not None]
            faults = self._work(batch)
            self._done += sum(job.nbytes for job in batch)
            try:
                if any(job.done is not None for job in batch):  # to wake the loop costs as much as a small write
                    self._loop.call_soon_threadsafe(_answer, batch, faults)
            except RuntimeError:  # the loop was closed under us
                return
            if jobs[-1] is None:
                return

    def _work(self, batch: list[Job]) -> list[Exception | None]:
        faults: list[Exception | None] = [self._write(job) for job in batch]
        for file in {job.file for job, fault in zip(batch, faults, strict=True) if job.done and fault is None}:
            fault = None if file is None else self._sync(file)
            if fault is not None:
                faults = [fault if job.file is file else old for job, old in zip(batch, faults, strict=True)]
        return faults

    def _write(self, job: Job) -> Exception | None:
        if job.file is None:
            return None
        if self.failed is not None:
            return self._fatal()
        if job.file in self.broken:
            return self.broken[job.file]
        if job.pos == 0:
            self._new.add(job.file)
        try:
            if job.direct:
                self._write_direct(job.file, job)
            else:
                s_packfile.write_all(job.file.fd, job.parts, job.pos)
        except OSError as e:
            mesg = f'The blobs in {job.file.path} cannot be written: {e}'
            fault = self.broken[job.file] = s_exc.DbOutOfSpace(mesg=mesg, path=self.dirn)
            return fault
        return None

    def _write_direct(self, file: s_packfile.OpenFile, job: Job) -> None:
        [part] = job.parts
        if isinstance(part, memoryview):
            s_packfile.write_view(file.direct(), part, job.pos)
            return
        if self._stage is None:
            self._stage = s_packfile.Stage(s_limits.BLOB_PACKED + s_packfile.BLOCK)
        self._stage.add(memoryview(part))
        self._stage.flush(file, job.pos)

    def _sync(self, file: s_packfile.OpenFile) -> Exception | None:
        try:
            os.fdatasync(file.fd)
            if file in self._new:
                s_common.sync_path(self.dirn)
                self._new.discard(file)
        except OSError as e:
            logger.critical('the blobs in %s cannot be synced: %s', file.path, e)
            self.failed = str(e)
            return self._fatal()
        return None

    def _fatal(self) -> Exception:
        return s_exc.FatalErr(mesg=f'The blob store {self.dirn} failed before: {self.failed}', path=self.dirn)


def _answer(batch: list[Job], faults: list[Exception | None]) -> None:
    for job, fault in zip(batch, faults, strict=True):
        if job.done is None or job.done.done():
            continue
        if fault is not None:
            job.done.set_exception(fault)
        else:
            job.done.set_result(None)
