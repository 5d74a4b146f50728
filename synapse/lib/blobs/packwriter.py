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
        sync: They, and all that was written before, are to be on disk. direct: They are blocks, see ``packfile``.
    """

    file: s_packfile.OpenFile
    pos: int
    parts: Parts
    sync: bool
    direct: bool
    done: asyncio.Future[None]


class PackWriter:
    """Writes for the event loop.

    Attributes:
        failed: Why a sync failed. Never retried as if nothing had happened: what is on disk then is anybody's guess.
    """

    def __init__(self, dirn: str) -> None:
        self.dirn = dirn
        self.failed: str | None = None
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._new: set[s_packfile.OpenFile] = set()
        self._broken: dict[s_packfile.OpenFile, Exception] = {}
        self._closed = False
        self._stage: s_packfile.Stage | None = None
        self._thread = threading.Thread(target=self._run, name='blobs', daemon=True)
        self._thread.start()

    def submit(
        self, file: s_packfile.OpenFile, pos: int, parts: Parts, sync: bool, direct: bool = False
    ) -> asyncio.Future[None]:
        """Write buffers one behind the other. The future raises DbOutOfSpace (not written), FatalErr (not synced)."""
        if self._closed:
            raise s_exc.IsFini(mesg='The blob store was closed.')
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(Job(file, pos, parts, sync, direct, done))
        return done

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
            try:
                self._loop.call_soon_threadsafe(_answer, batch, faults)
            except RuntimeError:  # the loop was closed under us
                return
            if jobs[-1] is None:
                return

    def _work(self, batch: list[Job]) -> list[Exception | None]:
        faults: list[Exception | None] = [self._write(job) for job in batch]
        for file in {job.file for job, fault in zip(batch, faults, strict=True) if job.sync and fault is None}:
            fault = self._sync(file)
            if fault is not None:
                faults = [fault if job.file is file else old for job, old in zip(batch, faults, strict=True)]
        return faults

    def _write(self, job: Job) -> Exception | None:
        if self.failed is not None:
            return self._fatal()
        if job.file in self._broken:
            return self._broken[job.file]
        if job.pos == 0:
            self._new.add(job.file)
        try:
            if job.direct:
                self._write_direct(job)
            else:
                s_packfile.write_all(job.file.fd, job.parts, job.pos)
        except OSError as e:
            # what follows in this pack would not be found after a crash
            mesg = f'The blobs in {job.file.path} cannot be written: {e}'
            fault = self._broken[job.file] = s_exc.DbOutOfSpace(mesg=mesg, path=self.dirn)
            return fault
        return None

    def _write_direct(self, job: Job) -> None:
        if self._stage is None:
            self._stage = s_packfile.Stage(s_limits.BLOB_PACKED + s_packfile.BLOCK)
        for part in job.parts:
            self._stage.add(memoryview(part))
        self._stage.flush(job.file, job.pos)

    def _sync(self, file: s_packfile.OpenFile) -> Exception | None:
        try:
            os.fdatasync(file.fd)
            if file in self._new:
                s_common.sync_dir(self.dirn)
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
        if job.done.done():
            continue
        if fault is not None:
            job.done.set_exception(fault)
        else:
            job.done.set_result(None)
