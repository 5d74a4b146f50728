"""The databases of a log: their offsets, when they are committed, when they have room, what the log may forget."""

from __future__ import annotations

import asyncio
import logging
import time
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.core as s_core
import synapse.lib.slab as s_slab

logger = logging.getLogger(__name__)


class RoomLater(Exception):
    """A database must grow but a snapshot of it is open: try again when the snapshot is gone."""


class Slabs:
    """The registered databases, in the order in which they are committed.

    A handler writes the database of its own object. When it also writes one that others own (the Cortex's node ids),
    that one registers first: it is then never behind, on disk, of a database that relies on it.

    Args:
        commit: Called when a checkpoint is due; decides whether now is a good moment and calls ``commit`` here.
    """

    def __init__(self, commit: typing.Callable[[], typing.Any]) -> None:
        self.slabs: list[s_slab.Slab] = []
        self._commit = commit
        self._loop = asyncio.get_running_loop()
        self._policy = s_core.CheckpointPolicy()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False
        self._room_bytes = 0
        self._room_at = 0.0
        self._bytes = 0  # of log, since the start
        self._saved_at: dict[s_slab.Slab, int] = {}  # and at the last commit of each database

    def add(self, slab: s_slab.Slab, offs: int) -> None:
        """Register a database. A new one starts at ``offs``, and what it contains already is committed with that."""
        if slab in self.slabs:
            return
        if slab.fresh:
            slab.indx = offs
            slab.mark_dirty(0)
            slab.commit()
        self.slabs.append(slab)
        self._saved_at[slab] = self._bytes
        slab.on_dirty(self._on_dirty)
        if slab.dirty:
            self._on_dirty()

    def remove(self, slab: s_slab.Slab) -> None:
        """Forget a database."""
        if slab in self.slabs:
            self.slabs.remove(slab)
            self._saved_at.pop(slab, None)
            slab.off_dirty(self._on_dirty)

    def indxs(self) -> list[int]:
        """Return the number of entries that each database contains."""
        return [slab.indx for slab in self.slabs]

    def saved(self) -> int | None:
        """Return the lowest offset on disk: the log is needed from there. None without databases."""
        return min((slab.saved_indx for slab in self.slabs), default=None)

    def advance(self, offs: int) -> None:
        """Tell every database that it contains all entries below ``offs`` (for it, or not for it)."""
        for slab in self.slabs:
            if slab.indx < offs:
                slab.indx = offs

    # ----- when -------------------------------------------------------------------------------------------------------

    def _on_dirty(self) -> None:
        self._policy.note(0, time.monotonic())
        self._arm()

    def note(self, nbytes: int) -> None:
        """Tell that ``nbytes`` of log were applied. A checkpoint that is due by size is made at once."""
        now = time.monotonic()
        self._policy.note(nbytes, now)
        self._bytes += nbytes
        due = self._policy.due_at()
        if due is not None and due <= now:
            self._commit()
        else:
            self._arm()

    def _arm(self) -> None:
        if self._timer is None and not self._stopped:
            due = self._policy.due_at()
            if due is not None:
                self._timer = self._loop.call_later(max(due - time.monotonic(), 0.001), self._tick)

    def _tick(self) -> None:
        # the timer stands for the earliest moment; activity since then may have moved it
        self._timer = None
        due = self._policy.due_at()
        if due is not None and due <= time.monotonic():
            self._commit()
        self._arm()

    def stop(self) -> None:
        """No checkpoint is made by the clock any more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # ----- what -------------------------------------------------------------------------------------------------------

    def commit(self, force: bool = False) -> None:
        """Commit the databases in order; one without changes only when its offset lags far, or with ``force``.

        Raises DbOutOfSpace or FatalErr when a commit fails.
        """
        started = time.monotonic()
        for slab in self.slabs:
            lag = force or self._lags(slab)
            if slab.commit(force=lag):
                self._saved_at[slab] = self._bytes
        nbytes = self._policy.nbytes
        self._policy.done()
        took = time.monotonic() - started
        if took > 1.0:
            logger.warning('checkpoint of %d databases took %.1f seconds (%d log bytes)', len(self.slabs), took, nbytes)

    def abandon(self, reason: str) -> None:
        """Commit nothing any more, not even at the end: a batch may be applied in part. The next start replays."""
        for slab in self.slabs:
            slab.abandon(reason)

    def _lags(self, slab: s_slab.Slab) -> bool:
        return slab.lagging() and self._bytes - self._saved_at.get(slab, 0) >= s_limits.NEXS_CHECKPOINT_LAG_BYTES

    def ensure_room(self, nbytes: int) -> None:
        """Make sure that a batch of ``nbytes`` fits. Looks at the disk about once a second, or each few megabytes.

        Raises:
            RoomLater: See there.
            DbOutOfSpace: Too little disk; nothing was written.
        """
        now = time.monotonic()
        self._room_bytes -= nbytes
        if self._room_bytes > 0 and now < self._room_at:
            return
        self._room_bytes = s_limits.NEXS_BATCH_BYTES
        self._room_at = now + 1.0
        for slab in self.slabs:
            if slab.snaps and slab.needs_growth(nbytes):
                self._room_bytes = 0
                raise RoomLater()
            slab.ensure_room(nbytes)


def space_reason(e: s_exc.SynErr) -> str:
    """Return the reason of the write hold for a DbOutOfSpace that was found in time."""
    return f'Insufficient free space on disk for the databases: {e.get("free", 0)} bytes free.'
