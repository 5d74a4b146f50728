"""The writer task: log a batch, sync it in a thread, apply it while the next one is being synced, answer.

A single small change is logged, synced and applied on the spot, while its caller calls: nobody else has a change under
way, and on a disk that syncs in a tenth of a millisecond the ways to the task, to the thread and back would cost as
much as the sync. A second caller in the same turn of the event loop tells that there is company, which is what batches
are for: for some time all goes by way of the task, which syncs a small batch in the loop for the same reason, and
lets the loop turn a little before, so that more changes join.
"""

from __future__ import annotations

import asyncio
import logging
import time
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.apply as s_apply
import synapse.lib.nexus.checkpoint as s_checkpoint
import synapse.lib.nexus.core as s_core
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.progress as s_progress
import synapse.lib.nexus.sync as s_sync
import synapse.lib.slab as s_slab

logger = logging.getLogger(__name__)

Flight = tuple[s_core.Batch, 'asyncio.Future[None] | None']

# Seconds between two looks at a disk that was full, or at a snapshot that forbids growth.
_SPACE_RETRY = 5.0
_ROOM_RETRY = 0.1


class Writer:
    """Moves entries from the core's queue through the log into the databases.

    Attributes:
        fast: Do not wait for the sync; it follows within a second.
        task: The running task, None before ``start`` and after ``stop``.
    """

    def __init__(
        self,
        core: s_core.Core,
        log: s_log.NexsLog,
        slabs: s_checkpoint.Slabs,
        applier: s_apply.Applier,
        progress: s_progress.Progress,
        fast: bool,
    ) -> None:
        self.core = core
        self.log = log
        self.slabs = slabs
        self.applier = applier
        self.progress = progress
        self.fast = fast
        self.ending = False
        self.task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._sync = s_sync.SyncThread(log.sync, 'nexus-sync')
        self._synced = True  # everything in the log is on disk
        self._start = 0  # where the batch that is being synced begins in its segment
        self._waiting = False  # the task has nothing to do
        self._solo: asyncio.Task[typing.Any] | None = None  # who makes changes on the spot in this turn of the loop
        self._solo_ends = 0.0  # when the loop should turn
        self._company = 0  # so many changes go by way of the task
        self._fast_timer: asyncio.TimerHandle | None = None
        self._space_hold: str | None = None

    # ----- life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take entries."""
        self.task = self._loop.create_task(self._run_safe())

    async def stop(self) -> None:
        """Answer all who wait, then end; the log is synced."""
        self.ending = True
        self.core.end_pauses()
        self._wake.set()
        if self.task is not None:
            await self.task
            self.task = None
        if self._fast_timer is not None:
            self._fast_timer.cancel()
        if self.core.dead is None:
            self.sync_now()
        self._sync.close()

    def wake(self) -> None:
        """Tell that there may be something to do."""
        self._wake.set()

    def take(self, entry: s_core.Entry) -> None:
        """Log a change that was just queued: on the spot, or soon."""
        if self._company:
            self._company -= 1
        elif self._waiting and not self._wake.is_set() and self.core.alone and self._is_solo() and self._quick(entry):
            self._now()
            return
        self._wake.set()

    def _is_solo(self) -> bool:
        """Is the running task the only one that makes changes in this turn of the loop, and may the turn go on?"""
        task = asyncio.current_task()
        if self._solo is None:
            self._solo = task
            self._solo_ends = time.monotonic() + s_limits.NEXS_SOLO_SECS
            self._loop.call_soon(self._end_turn)
        elif self._solo is not task:
            self._company = s_limits.NEXS_COMPANY
            return False
        return time.monotonic() < self._solo_ends

    def _end_turn(self) -> None:
        self._solo = None

    def _now(self) -> None:
        flight = self._log_next(idle=True)
        if flight is None:
            return
        steps = self._finish(flight)
        try:
            steps.send(None)  # there is nothing in it to wait for
        except StopIteration:
            return
        raise s_exc.FatalErr(mesg='A change that is made on the spot had to wait.')

    async def _finish(self, flight: Flight) -> None:
        if await self._durable(flight[1]):
            self.core.logged(flight[0])
            await self._apply(flight[0])

    async def _run_safe(self) -> None:
        try:
            await self._run()
        except Exception as e:
            logger.exception('the writer of the change log failed')
            self.fail(f'Internal error in the writer of the change log: {e!r}')

    async def _run(self) -> None:
        flight = self._log_next()
        while True:
            if flight is None:
                if self.ending and self.core.drained:
                    return
                self._waiting = True
                await self._wake.wait()
                self._waiting = False
                self._wake.clear()
                await self._gather()
                flight = self._log_next(idle=True)
                continue
            batch, fut = flight
            flight = None
            if await self._durable(fut):
                self.core.logged(batch)
                ahead = self.core.queued_bytes > s_limits.NEXS_INLINE_BYTES or not self._quick_disk
                if ahead:
                    flight = self._log_next(batch.cut)
                await self._apply(batch)
                if not ahead:
                    await self._gather()
                    flight = self._log_next(batch.cut, idle=True)
                if self.core.dead is not None:
                    await self._forget(flight)
                    flight = None

    async def _gather(self) -> None:
        """Let the loop bring more for the next batch, where that costs less than the syncs it spares."""
        if not self._company or not self._quick_disk:
            return
        until = time.monotonic() + self._sync.took * s_limits.NEXS_GATHER
        had = -1
        while had < self.core.queued_bytes and time.monotonic() < until:
            had = self.core.queued_bytes
            await asyncio.sleep(0)

    async def _durable(self, fut: asyncio.Future[None] | None) -> bool:
        try:
            if fut is not None:
                await fut
            elif not self.fast:
                self._sync.run_here()
        except OSError as e:
            self.log.rollback(self._start)
            self.fail(f'The change log cannot be synced: {e}')
        return self.core.dead is None

    async def _forget(self, flight: Flight | None) -> None:
        # the log failed while this batch was under way; its callers know. Only the thread must come to an end.
        if flight is not None and flight[1] is not None:
            await asyncio.wait([flight[1]])
            flight[1].exception()

    # ----- log --------------------------------------------------------------------------------------------------------

    def _log_next(self, cut: bool = False, idle: bool = False) -> Flight | None:
        """Append the next batch and begin to sync it. None when there is nothing to log.

        With ``idle`` nothing else is to be done meanwhile, and a small batch is left to be synced in the loop: it has
        no future.
        """
        try:
            if self.core.dead is None and (cut or self.log.full):
                self.sync_now()
                self.log.cut()
            if not self.core.queued_bytes or not self._room():
                return None
            batch = self.core.next_batch()
            if batch is None:
                return None
            self._start = self.log.size
            self.log.append([entry.body for entry in batch.entries], self._synced)
        except (OSError, s_exc.SynErr) as e:
            self.fail(f'The change log cannot be written: {e}')
            return None
        if self.fast:
            self._synced = False
            self._fast_arm()
            return batch, None
        if idle and batch.nbytes <= s_limits.NEXS_INLINE_BYTES and all(map(self._quick, batch.entries)):
            return batch, None
        return batch, self._sync.submit()

    @property
    def _quick_disk(self) -> bool:
        return self._sync.took <= s_limits.NEXS_INLINE_SECS and not self.fast

    def _quick(self, entry: s_core.Entry) -> bool:
        """Return True when the sync of an entry is not worth a change of threads, and its handler does not wait."""
        if len(entry.body) > s_limits.NEXS_INLINE_BYTES or entry.item[1] == s_core.ROTATE or not self._quick_disk:
            return False
        return not self.applier.req(entry.item[0]).nexs_handler(entry.item[1]).isasync

    def _room(self) -> bool:
        """Return True when the databases have room for what waits; else arrange that we are woken."""
        try:
            self.slabs.ensure_room(self.core.queued_bytes)
        except s_checkpoint.RoomLater as e:
            if self.ending:
                self._hold_space(s_exc.DbOutOfSpace(mesg=str(e)))
                return False
            self._loop.call_later(_ROOM_RETRY, self._wake.set)
            return False
        except s_exc.CLASSES['DbOutOfSpace'] as e:
            self._hold_space(e)
            return False
        return True

    def _hold_space(self, e: s_exc.SynErr) -> None:
        # found before anything was written: nothing is broken, changes go on when there is space again
        if self._space_hold is None:
            self._space_hold = s_checkpoint.space_reason(e)
            self.core.hold(self._space_hold)
            logger.error('Entering Read-Only Mode: %s', self._space_hold)
            self._loop.call_later(_SPACE_RETRY, self._retry_space)
        for entry in self.core.refuse_queue():
            self.applier.answer(entry, s_exc.IsReadOnly(mesg=self._space_hold))
        self.progress.moved()

    def _retry_space(self) -> None:
        if self._space_hold is None or self.ending or self.core.dead is not None:
            return
        try:
            self.slabs.ensure_room(s_limits.NEXS_BATCH_BYTES)
        except (s_checkpoint.RoomLater, s_exc.SynErr):
            self._loop.call_later(_SPACE_RETRY, self._retry_space)
            return
        self.core.unhold(self._space_hold)
        logger.error('Leaving Read-Only Mode: %s', self._space_hold)
        self._space_hold = None

    # ----- apply ------------------------------------------------------------------------------------------------------

    async def _apply(self, batch: s_core.Batch) -> None:
        applier = self.applier
        applier.busy = True
        pause_at = time.monotonic() + s_limits.NEXS_APPLY_SLICE
        for indx, entry in enumerate(batch.entries):
            if indx and time.monotonic() > pause_at:  # never before the first: that may be a change on the spot
                await asyncio.sleep(0)
                pause_at = time.monotonic() + s_limits.NEXS_APPLY_SLICE
            try:
                retn = await applier.apply(entry.offs, entry.item, len(entry.body))
            except Exception as e:
                if s_slab.is_broken(e):
                    self.fail(f'Change {entry.offs} could not be applied: {e}')
                    return
                applier.answer(entry, e)
            else:
                applier.answer(entry, None, (entry.offs, retn))
            if self.core.dead is not None:
                return
        applier.busy = False
        self.core.applied_batch(batch)
        self.slabs.advance(batch.end)
        self.progress.reached(batch.end)
        self.slabs.note(batch.nbytes)

    # ----- fast mode --------------------------------------------------------------------------------------------------

    def sync_now(self) -> None:
        """Make the log durable, when it is not (``fast``). Blocks. Raises IsReadOnly; a failure is final."""
        if self._synced:
            return
        try:
            self.log.sync()
        except OSError as e:
            self.fail(f'The change log cannot be synced: {e}')
            raise s_exc.IsReadOnly(mesg=str(self.core.dead)) from e
        self._synced = True

    def _fast_arm(self) -> None:
        if self._fast_timer is None:
            self._fast_timer = self._loop.call_later(s_limits.NEXS_FAST_SYNC / 2, self._fast_begin)

    def _fast_begin(self) -> None:
        index = self.log.index
        self._sync.submit().add_done_callback(lambda fut: self._fast_end(fut, index))

    def _fast_end(self, fut: asyncio.Future[None], index: int) -> None:
        self._fast_timer = None
        exc = fut.exception()
        if exc is not None:
            self.fail(f'The change log cannot be synced: {exc}')
        elif self.log.index == index:
            self._synced = True
        elif not self.ending:
            self._fast_arm()

    # ----- failure ----------------------------------------------------------------------------------------------------

    def fail(self, reason: str) -> None:
        """Stop for good: whoever waits, or comes later, gets IsReadOnly with the reason. Reads go on."""
        first = self.core.dead is None
        entries = self.core.failed(reason)
        self.slabs.abandon(reason)
        if first:
            logger.critical('Entering Read-Only Mode: %s (start the service again when the cause is gone)', reason)
        for entry in entries:
            self.applier.answer(entry, s_exc.IsReadOnly(mesg=reason))
        self.progress.moved()
        self._wake.set()
