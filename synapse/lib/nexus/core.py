"""The heart of the Nexus, without I/O: order, offsets, batches, holds, what to replay, when to checkpoint.

The shell (``root.py``) owns files, threads and futures and asks this class what to do next; a simulation can drive it
with a virtual clock and any schedule. Invariants, each checked where it could break:

1. Offsets are given once, in order, without a gap, when an entry joins a batch.
2. At most one batch is being made durable; batches become durable and are applied in the order of their offsets.
3. An entry is applied only when it is durable (or the ``fast`` promise is in force), and its caller hears of it only
   after it was applied.
4. After a failure nothing more is logged or applied, ever: whoever waits, or comes later, gets IsReadOnly.
5. Every log entry that a database on disk contains is in the log on disk.
"""

from __future__ import annotations

import collections
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Item = tuple[str, str, tuple[typing.Any, ...], dict[str, typing.Any], dict[str, typing.Any]]

# After this event the log continues in a new segment (cell.md 7.8); decided by the event's name, so that the cut is
# at the same offset on every follower.
ROTATE = 'nexslog:rotate'


class Entry:
    """One change: what it says, its packed form, and (opaque to the core) who waits for it.

    Attributes:
        item: ``(nexsiden, event, args, kwargs, meta)``.
        body: The item packed with msgpack.
        done: Whatever the shell needs to answer the caller.
        offs: The offset in the log, -1 until the entry joins a batch; given from outside for a foreign entry.
    """

    __slots__ = ('body', 'done', 'item', 'offs')

    def __init__(self, item: Item, body: bytes, done: typing.Any = None, offs: int = -1) -> None:
        self.item = item
        self.body = body
        self.done = done
        self.offs = offs


class Batch:
    """Entries that are made durable together: ``first`` is the offset of the first."""

    __slots__ = ('cut', 'entries', 'first', 'nbytes')

    def __init__(self, first: int, entries: list[Entry], nbytes: int, cut: bool) -> None:
        self.first = first
        self.entries = entries
        self.nbytes = nbytes
        self.cut = cut

    @property
    def end(self) -> int:
        """The offset after the last entry."""
        return self.first + len(self.entries)


class Core:
    """The state of one change log.

    Attributes:
        index: The next offset to give (entries below are in the log or on their way to it).
        durable: Entries below are on disk (or promised to be, with ``fast``).
        applied: Entries below were applied.
        dead: Why no change will ever be accepted again by this process; None while all is well.
        follower: Local changes are refused, foreign ones (with their offset) are accepted.
    """

    def __init__(self, index: int, applied: int | None = None) -> None:
        self.index = index
        self.durable = index
        self.applied = index if applied is None else applied
        self.dead: str | None = None
        self.follower = False
        self.queued_bytes = 0
        self._queue: collections.deque[Entry] = collections.deque()
        self._logging: Batch | None = None
        self._applying: collections.deque[Batch] = collections.deque()
        self._holds: dict[str, int] = {}
        self._pauses = 0

    # ----- coming in --------------------------------------------------------------------------------------------------

    @property
    def end(self) -> int:
        """The offset after the last entry that came in, if none is refused."""
        return self.index + len(self._queue)

    def req_alive(self) -> None:
        """Raise IsReadOnly with the reason after a failure."""
        if self.dead is not None:
            raise s_exc.IsReadOnly(mesg=self.dead)

    def req_writable(self) -> None:
        """Raise IsReadOnly with the reason when changes are not accepted."""
        self.req_alive()
        for reason in self._holds:
            raise s_exc.IsReadOnly(mesg=reason)

    def submit(self, entry: Entry) -> None:
        """Queue a change of our own. Raises IsReadOnly, BadState (we follow a leader), BadArg (too large)."""
        self.req_writable()
        if self.follower:
            raise s_exc.BadState(mesg='A follower accepts changes from its leader only.')
        self._enqueue(entry)

    def submit_foreign(self, entry: Entry) -> None:
        """Queue a change that the leader logged at ``entry.offs``. Raises BadState unless that is our next offset."""
        self.req_alive()
        if entry.offs != self.end:
            mesg = f'mirror desync: got offset {entry.offs}, expected {self.end}'
            raise s_exc.BadState(mesg=mesg)
        self._enqueue(entry)

    def submit_foreign_all(self, entries: list[Entry]) -> None:
        """Like `submit_foreign`, for many in a row. Raises BadState; then none of them was queued."""
        self.req_alive()
        nbytes = 0
        for offs, entry in enumerate(entries, self.end):
            if entry.offs != offs:
                raise s_exc.BadState(mesg=f'mirror desync: got offset {entry.offs}, expected {offs}')
            nbytes += len(entry.body)
        self._queue.extend(entries)
        self.queued_bytes += nbytes

    def _enqueue(self, entry: Entry) -> None:
        if len(entry.body) > s_limits.NEXS_ENTRY_BYTES:
            raise s_exc.BadArg(mesg=f'A change of {len(entry.body)} bytes is too large for the log.')
        self._queue.append(entry)
        self.queued_bytes += len(entry.body)

    # ----- batches ----------------------------------------------------------------------------------------------------

    def next_batch(self) -> Batch | None:
        """Take the next batch to log, give its entries their offsets; None when there is nothing to do now."""
        if self._logging is not None or not self._queue or self._pauses or self.dead is not None:
            return None
        entries: list[Entry] = []
        nbytes = 0
        offs = self.index
        cut = False
        while self._queue and not cut:
            entry = self._queue[0]
            size = len(entry.body)
            if entries and (nbytes + size > s_limits.NEXS_BATCH_BYTES or len(entries) >= s_limits.NEXS_BATCH_ENTRIES):
                break
            self._queue.popleft()
            assert entry.offs in (-1, offs), (entry.offs, offs)
            entry.offs = offs
            offs += 1
            nbytes += size
            entries.append(entry)
            cut = entry.item[1] == ROTATE
        self.queued_bytes -= nbytes
        self._logging = Batch(self.index, entries, nbytes, cut)
        self.index = offs
        return self._logging

    def logged(self, batch: Batch) -> None:
        """Tell that a batch is durable: it may be applied."""
        assert batch is self._logging and batch.first == self.durable, (batch.first, self.durable)
        self._logging = None
        self.durable = batch.end
        self._applying.append(batch)

    def applied_batch(self, batch: Batch) -> None:
        """Tell that a durable batch was applied."""
        assert batch is self._applying[0] and batch.first == self.applied, (batch.first, self.applied)
        self._applying.popleft()
        self.applied = batch.end

    def failed(self, reason: str) -> list[Entry]:
        """Tell that the log or a database failed. Returns the entries whose callers must hear of it.

        Entries of a durable batch that was not (wholly) applied are among them: the log holds them, the state does not
        until the next start, so their callers must not believe either.
        """
        if self.dead is None:
            self.dead = reason
        entries = [entry for batch in self._applying for entry in batch.entries]
        if self._logging is not None:
            entries.extend(self._logging.entries)
        entries.extend(self._queue)
        self._applying.clear()
        self._logging = None
        self._queue.clear()
        self.queued_bytes = 0
        return entries

    def refuse_queue(self) -> list[Entry]:
        """Give up the entries that wait and are in no batch yet; returns them. Nothing else changes."""
        entries = list(self._queue)
        self._queue.clear()
        self.queued_bytes = 0
        return entries

    @property
    def idle(self) -> bool:
        """True while no batch is under way: every logged entry is applied."""
        return self._logging is None and not self._applying

    @property
    def alone(self) -> bool:
        """True while one entry waits, and it could be logged now."""
        return len(self._queue) == 1 and not self._pauses and self.idle

    @property
    def drained(self) -> bool:
        """True while no entry is under way or waits to be."""
        return self.idle and not self._queue

    # ----- holds and pauses -------------------------------------------------------------------------------------------

    def hold(self, reason: str) -> bool:
        """Refuse changes for a reason, until ``unhold``. Returns False when that reason was in force already."""
        if reason in self._holds:
            return False
        self._holds[reason] = self.applied
        return True

    def unhold(self, reason: str) -> bool:
        """Lift a hold. Returns False when there was none for that reason."""
        return self._holds.pop(reason, None) is not None

    def holds(self) -> list[str]:
        """Return the reasons for which changes are refused now, a failure first."""
        return ([self.dead] if self.dead is not None else []) + list(self._holds)

    def pause(self) -> None:
        """Begin no new batch (changes wait) until ``resume`` was called as often."""
        self._pauses += 1

    def resume(self) -> None:
        """Undo one ``pause``."""
        self._pauses = max(self._pauses - 1, 0)

    def end_pauses(self) -> None:
        """Let waiting changes go on whatever paused them: the service ends and they must be answered."""
        self._pauses = 0

    def set_index(self, offs: int) -> None:
        """Continue the numbering at a higher offset. Raises BadArg, BadState (changes are under way)."""
        if offs < self.index:
            raise s_exc.BadArg(mesg=f'The log index cannot go back from {self.index} to {offs}.')
        if not self.drained:
            raise s_exc.BadState(mesg='The log index cannot be set while changes are under way.')
        self.index = self.durable = self.applied = offs


class CheckpointPolicy:
    """When to commit the databases. Times are seconds of any monotonic clock.

    A commit blocks, so: when nothing came for a second, or the oldest change is five seconds old, or the log since the
    last checkpoint grew to the size that a replay should read at most.
    """

    def __init__(self) -> None:
        self.nbytes = 0
        self._dirty_at: float | None = None
        self._last_at = 0.0

    def note(self, nbytes: int, now: float) -> None:
        """Tell that ``nbytes`` of log were applied."""
        self.nbytes += nbytes
        self._last_at = now
        if self._dirty_at is None:
            self._dirty_at = now

    def due_at(self) -> float | None:
        """Return the time of the next checkpoint if nothing more comes, None when nothing is dirty."""
        if self._dirty_at is None:
            return None
        if self.nbytes >= s_limits.NEXS_CHECKPOINT_BYTES:
            return self._last_at
        return min(self._last_at + s_limits.NEXS_CHECKPOINT_IDLE, self._dirty_at + s_limits.NEXS_CHECKPOINT_AGE)

    def done(self) -> None:
        """Tell that the databases were committed."""
        self.nbytes = 0
        self._dirty_at = None


def applies(offs: int, slab_indx: int | None) -> bool:
    """Decide at replay whether the entry at ``offs`` is new to an object whose database contains ``slab_indx``
    entries."""
    return slab_indx is None or slab_indx <= offs


def replay_start(slab_indxs: typing.Iterable[int], first: int, end: int) -> int:
    """Return the offset at which replay begins, for a log that holds the entries ``first`` to ``end - 1``.

    Raises:
        FatalErr: A database is ahead of the log, or behind its first entry: parts of different histories were mixed.
    """
    indxs = list(slab_indxs)
    if not indxs:
        return end
    if max(indxs) > end:
        raise s_exc.FatalErr(mesg=f'A database contains {max(indxs)} changes but the change log ends at {end}.')
    if min(indxs) < first:
        raise s_exc.FatalErr(
            mesg=f'A database needs changes from offset {min(indxs)} on but the change log begins at {first}.'
        )
    return min(indxs)
