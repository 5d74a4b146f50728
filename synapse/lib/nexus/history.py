"""The log as readers see it: from which offset on, streamed, rotated, culled (cell.md 7.2 and 7.8)."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.apply as s_apply
import synapse.lib.nexus.core as s_core
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.progress as s_progress
import synapse.lib.nexus.reader as s_reader

logger = logging.getLogger(__name__)


class History:
    """Which entries are kept for readers.

    Two reasons keep a segment on disk: a database may need it for replay, a reader may want it. Without ``keep`` only
    the first counts. What readers may see begins at ``first()``, whole segments or not.
    """

    def __init__(
        self,
        log: s_log.NexsLog,
        core: s_core.Core,
        applier: s_apply.Applier,
        progress: s_progress.Progress,
        keep: bool,
    ) -> None:
        self.log = log
        self.core = core
        self.applier = applier
        self.progress = progress
        self.keep = keep

    def start(self, indxs: list[int]) -> None:
        """Make the log when there is none yet. ``indxs`` are the offsets of the databases. Raises FatalErr."""
        if not self.log.segments:
            offs = max(indxs, default=0)
            if offs != min(indxs, default=0):
                raise s_exc.FatalErr(
                    mesg=f'The change log {self.log.dirn} is missing and the databases are at different offsets.'
                )
            if offs:
                logger.warning('the change log %s is missing, continuing at offset %d', self.log.dirn, offs)
            self.log.start(offs)
            self.log.set_state(first=offs, keep=self.keep)
        self._mark_keep(self.log.index)

    def _mark_keep(self, index: int) -> None:
        # what was logged while nothing was kept is not offered later: parts of it may be gone
        if self.log.state['keep'] != self.keep:
            self.log.set_state(keep=self.keep, first=index if self.keep else self.log.state['first'])

    def set_keep(self, keep: bool) -> None:
        """Begin (from the present index on) or stop to keep entries for readers."""
        self.keep = keep
        self._mark_keep(self.core.applied)
        self.progress.moved()

    def first(self) -> int:
        """Return the first offset that readers may see."""
        return max(int(self.log.state['first']), self.log.first())

    def trim(self, needed: int | None) -> int:
        """Remove the segments that neither databases (``needed``: their lowest offset on disk) nor readers need."""
        limit = self.core.applied if needed is None else needed
        if self.keep:
            limit = min(limit, self.first())
        return self.log.drop(limit)

    def cull(self, offs: int) -> bool:
        """Forget the entries at offsets <= ``offs``. For the handler of ``nexslog:cull``.

        Whole segments leave the disk at the next checkpoint (a database may need them until then).

        Returns:
            False when ``offs`` is below the first kept entry or one of the last two offsets.

        Raises:
            SlabInUse: Somebody has yet to read a part of what would go.
        """
        # within the handler, the entry that is being applied is the last one that counts: alike on every follower
        index = self.core.applied if self.applier.offs is None else self.applier.offs + 1
        if offs < self.first() or offs >= index - 1:
            return False
        if any(reader.offs <= offs for seg in self.log.droppable(offs + 1) for reader in seg.readers):
            raise s_exc.SlabInUse(mesg=f'A reader uses the change log below offset {offs + 1}.')
        self.log.set_state(first=offs + 1)
        return True

    @staticmethod
    def rotated(nexsitem: tuple[int, s_core.Item]) -> int:
        """Return the start of the new segment. For the handler of ``nexslog:rotate``, made with ``passitem``.

        The writer cuts the log right after that event, on every follower at the same offset.
        """
        return nexsitem[0] + 1

    def set_index(self, offs: int) -> None:
        """Continue the numbering at a higher offset; earlier entries are forgotten. Call while paused; checkpoint
        after.

        Raises BadArg (lower than now), BadState (changes are under way).
        """
        self.core.set_index(offs)
        self.log.set_index(offs)
        self.progress.reached(offs)

    async def iter(self, offs: int, wait: bool = True, tellready: bool = False) -> typing.AsyncIterator[typing.Any]:
        """Yield ``(offset, item)`` from an offset on; what was culled is skipped.

        With ``tellready`` one None follows when the stored entries are exhausted; with ``wait`` the stream goes on live
        until it is closed. Ends at once when the log is not kept.
        """
        if not self.keep:
            return
        with s_reader.LogReader(self.log, max(offs, self.first())) as reader:
            while self.keep and not self.progress.closed:
                rows = reader.read(self.core.applied)
                for row in rows:
                    yield row
                if rows:
                    await asyncio.sleep(0)
                elif tellready:
                    tellready = False
                    yield None
                elif not wait:
                    return
                else:
                    await self.progress.wait_offs(reader.offs)

    async def iter_raw(self, offs: int) -> typing.AsyncIterator[bytes | None]:
        """Yield the records from an offset on as they are in the files, many at a time; for followers of our own kind.

        A None follows the stored records, then the stream goes on live until it is closed; a None now and then says
        that it still does.

        Raises:
            BadState: The log does not reach back to ``offs``, or is not kept.
        """
        if not self.keep:
            raise s_exc.BadState(mesg='The service does not keep its change log.')
        if offs < self.first():
            mesg = f'The change log begins at {self.first()}, offset {offs} was trimmed.'
            raise s_exc.BadState(mesg=mesg, offs=offs)
        ready = False
        with s_reader.LogReader(self.log, offs) as reader:
            while self.keep and not self.progress.closed:
                byts = reader.read_raw(self.core.applied)
                if byts:
                    yield byts
                elif not ready:
                    ready = True
                    yield None
                elif not await self.progress.wait_offs(reader.offs, s_limits.NEXS_PULSE_SECS):
                    yield None
