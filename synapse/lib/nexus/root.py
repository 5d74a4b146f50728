"""NexsRoot: the change log of a service. Puts the parts together; ``issue`` is the only way in."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.nexus.apply as s_apply
import synapse.lib.nexus.backup as s_backup
import synapse.lib.nexus.checkpoint as s_checkpoint
import synapse.lib.nexus.core as s_core
import synapse.lib.nexus.forward as s_forward
import synapse.lib.nexus.history as s_history
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.progress as s_progress
import synapse.lib.nexus.pusher as s_pusher
import synapse.lib.nexus.writer as s_writer
import synapse.lib.slab as s_slab

logger = logging.getLogger(__name__)


class NexsRoot(s_base.Base):
    """The change log of one service.

    Life: ``anit``, register pushers and slabs, ``startup`` (replay), changes, ``fini`` (answers who waits, commits
    all).

    Attributes:
        leader: When set, this root follows: changes of our own are sent there and come back through its log.
        history: The log as readers see it: first offset, ``iter``, trimming.
    """

    async def __anit__(self, dirn: str, keep: bool = True, fast: bool = False) -> None:  # type: ignore[override]
        """Open the log in a directory (``slabs/nexuslog``).

        Args:
            keep: Entries stay readable until culled; else segments go when no database needs them (``nexslog:en``).
            fast: Sync the log up to a second late: a killed process loses nothing, a power failure may lose that
            second.

        Raises:
            FatalErr: The log is damaged.
        """
        await s_base.Base.__anit__(self)
        self.dirn = s_common.genpath(dirn)
        self.started = False
        self.leader: s_forward.Leader | None = None
        self.log = self._open_log()
        self.core = s_core.Core(self.log.index)
        self.slabs = s_checkpoint.Slabs(self.checkpoint)
        self.applier = s_apply.Applier()
        self.progress = s_progress.Progress()
        self.history = s_history.History(self.log, self.core, self.applier, self.progress, keep)
        self.writer = s_writer.Writer(self.core, self.log, self.slabs, self.applier, self.progress, fast)
        self._fast = fast
        self._frozen = False
        self.onfini(self._nexs_fini)

    def _open_log(self) -> s_log.NexsLog:
        return s_log.NexsLog(self.dirn)

    # ----- pushers and slabs ------------------------------------------------------------------------------------------

    def addPusher(self, pusher: s_pusher.Pusher) -> None:
        """Register an object; entries with its ``nexsiden`` are applied to it. Raises DupIden."""
        self.applier.add(pusher)

    def delPusher(self, pusher: s_pusher.Pusher) -> None:
        """Forget an object: later entries for it are logged and skipped."""
        self.applier.remove(pusher)

    def add_slab(self, slab: s_slab.Slab) -> None:
        """Register a database that carries the offset. Order matters, see ``checkpoint.Slabs``.

        A new database is committed here with what it contains: a handler that makes one fills it before it registers
        it.
        """
        index = self.core.applied if self.started else self.log.index
        self.slabs.add(slab, index if self.applier.offs is None else self.applier.offs)

    def del_slab(self, slab: s_slab.Slab) -> None:
        """Forget a database, before it is closed or removed."""
        self.slabs.remove(slab)

    # ----- start and end ----------------------------------------------------------------------------------------------

    async def startup(self) -> int:
        """Replay what the databases lack, then accept changes. Call when all pushers and slabs are registered.

        Returns:
            The number of entries that were read for replay.

        Raises:
            FatalErr: The log is damaged, or log and databases do not belong together.
        """
        self.history.start(self.slabs.indxs())
        end = self.log.index
        start = s_core.replay_start(self.slabs.indxs(), self.log.first(), end)
        self.core.set_index(end)
        if start < end:
            logger.info('replaying changes %d to %d', start, end - 1)
            await self.applier.replay(self.log, start, end, self._replayed)
        self._replayed(end, 0)
        self.started = True
        if start < end:
            # a service that is killed again and again soon after its start must not replay more each time
            self.checkpoint(force=True)
        self.writer.start()
        return end - start

    def _replayed(self, offs: int, nbytes: int) -> None:
        self.slabs.advance(offs)
        self.progress.reached(offs)
        if nbytes:
            self.slabs.note(nbytes)

    async def _nexs_fini(self) -> None:
        try:
            await self.writer.stop()
            if self.started and self.core.dead is None:
                self.checkpoint(force=True)
        finally:
            self.slabs.stop()
            self.progress.close()
            self.log.close()

    # ----- changes ----------------------------------------------------------------------------------------------------

    async def issue(
        self,
        nexsiden: str,
        event: str,
        args: typing.Any,
        kwargs: dict[str, typing.Any],
        meta: dict[str, typing.Any] | None = None,
        packed: bytes | None = None,
    ) -> tuple[int, typing.Any]:
        """Log a change, make it durable, apply it.

        Args:
            packed: The msgpack form of ``args`` when the caller has it already.

        Returns:
            ``(offset, what the handler returned)``.

        Raises:
            IsReadOnly, NotMsgpackSafe, NoSuchIden, NoSuchName, BadState (too early, or from a handler), IsFini, LinkErr
            (a follower without leader), and whatever the handler raises.
        """
        if self.leader is not None:
            return await self._forward(nexsiden, event, args, kwargs, meta)
        self._req_running()
        if self.applier.offs is not None and asyncio.current_task() is self.writer.task:
            raise s_exc.BadState(mesg=f'A Nexus handler may not push changes ({event}).')
        self.applier.req(nexsiden).nexs_handler(event)
        resp = meta.get('resp') if meta else None
        if resp is not None and (known := await self.applier.forwards.again(resp)) is not None:
            return known
        while self.core.queued_bytes > s_limits.NEXS_QUEUE_BYTES:
            await self.progress.next_move()
            self._req_running()
            if self.leader is not None:
                return await self._forward(nexsiden, event, args, kwargs, meta)
        item = (nexsiden, event, args, kwargs, meta or {})
        done: s_apply.Done = self.loop.create_future()
        entry = s_core.Entry(item, pack_item(item, packed), done)
        self.core.submit(entry)
        self.writer.take(entry)
        if resp is None:
            return await done
        # whoever asks again waits for the same future: it must outlive a caller whose link was lost
        self.applier.forwards.begin(resp, done)
        return await asyncio.shield(done)

    def _req_running(self) -> None:
        if self.isfini:
            raise s_exc.IsFini(mesg='The service is shutting down.')
        if not self.started:
            raise s_exc.BadState(mesg='Changes are not accepted before the change log was replayed.')

    def feed(self, offs: int, item: s_core.Item) -> s_apply.Done:
        """Take the leader's entry for ``offs``; the future resolves when it is durable and applied here.

        Raises:
            BadState: ``offs`` is not our next offset (``mirror desync``).
        """
        self._req_running()
        done: s_apply.Done = self.loop.create_future()
        done.add_done_callback(s_apply.retrieve)
        self.core.submit_foreign(s_core.Entry(item, pack_item(item), done, offs=offs))
        self.writer.wake()
        return done

    async def feed_raw(self, byts: bytes) -> None:
        """Take records as they are in the leader's log file; returns when there is room for more, not when applied.

        Raises:
            BadState: The records do not continue our log (``mirror desync``), or are damaged.
        """
        self._req_running()
        records = s_log.scan(byts)
        pos = 0
        while rows := list(itertools.islice(records, s_limits.NEXS_FOLLOW_SLICE)):
            pos = rows[-1][0]
            entries = []
            for _, payload in rows:
                offs, body = s_log.split(payload)
                entries.append(s_core.Entry(s_common.un(body), body, offs=offs))
            self.core.submit_foreign_all(entries)
            self.writer.wake()
            await asyncio.sleep(0)
        if pos != len(byts):
            raise s_exc.BadState(mesg=f'Records of the leader are damaged after offset {self.core.index}.')
        while self.core.queued_bytes > s_limits.NEXS_FOLLOW_BYTES and self.core.dead is None:
            await self.progress.next_move()

    def set_leader(self, leader: s_forward.Leader | None) -> None:
        """Follow a leader from now on, or (None) lead. Changes that wait to be logged go to the new leader.

        A follower applies what its leader has on disk, and syncs its own log a little later: after a power failure it
        reads the rest again. Raises IsReadOnly when the log cannot be synced.
        """
        self.writer.fast = self._fast or leader is not None
        if not self.writer.fast:
            self.writer.sync_now()
        self.leader = leader
        self.core.follower = leader is not None
        self.applier.forwards.lost()
        if leader is not None:
            for entry in self.core.refuse_queue():
                self.schedCoro(self._reforward(entry))

    async def _reforward(self, entry: s_core.Entry) -> None:
        try:
            s_apply.resolve(entry.done, None, await self._forward(*entry.item))
        except Exception as e:
            s_apply.resolve(entry.done, e, None)

    async def _forward(
        self, nexsiden: str, event: str, args: typing.Any, kwargs: dict[str, typing.Any], meta: typing.Any
    ) -> tuple[int, typing.Any]:
        """Send a change to the leader and wait until it came back through its log (cell.md 7.4)."""
        self._req_running()
        self.core.req_writable()
        meta = dict(meta or {})
        resp: str = meta.setdefault('resp', s_common.guid())
        forwards = self.applier.forwards
        try:
            async with asyncio.timeout(s_limits.NEXS_LEADER_TIMEOUT):
                while (leader := self.leader) is not None:
                    done = forwards.expect(resp)
                    try:
                        await leader.linked()
                        if not done.done():
                            await leader.issue(nexsiden, event, args, kwargs, meta)
                        return await done
                    except s_forward.Lost:
                        await asyncio.sleep(0)
        except TimeoutError:
            raise s_forward.unreachable() from None
        finally:
            forwards.forget(resp)
        return await self.issue(nexsiden, event, args, kwargs, meta)  # by now we lead

    # ----- where we are -----------------------------------------------------------------------------------------------

    def index(self) -> int:
        """Return the next offset: everything below is durable and applied."""
        return self.core.applied

    async def waitOffs(self, offs: int, timeout: float | None = None) -> bool:
        """Wait until the entry at ``offs`` was applied. Returns False when the time passed (or we ended) first."""
        return await self.progress.wait_offs(offs, timeout)

    def iter(self, offs: int, wait: bool = True, tellready: bool = False) -> typing.AsyncIterator[typing.Any]:
        """Yield ``(offset, item)`` from an offset on; see ``history.History.iter``."""
        return self.history.iter(offs, wait=wait, tellready=tellready)

    # ----- holds, pauses, checkpoints, copies -------------------------------------------------------------------------

    def hold(self, reason: str) -> None:
        """Refuse changes (IsReadOnly with the reason) until ``unhold``. Logged (cell.md 7.4)."""
        if self.core.hold(reason):
            logger.error('Entering Read-Only Mode: %s', reason)

    def unhold(self, reason: str) -> None:
        """Lift a hold."""
        self.core.unhold(reason)

    def holds(self) -> list[str]:
        """Return the reasons for which changes are refused now."""
        return self.core.holds()

    @contextlib.asynccontextmanager
    async def paused(self, timeout: float | None = None) -> typing.AsyncIterator[None]:
        """While entered no change is logged or applied; callers wait. Raises TimeOut."""
        await self._pause(timeout)
        try:
            yield
        finally:
            self._resume()

    async def _pause(self, timeout: float | None) -> None:
        self.core.pause()
        try:
            async with asyncio.timeout(timeout):
                while not self.core.idle:
                    await self.progress.next_move()
        except BaseException as e:
            self._resume()
            if isinstance(e, TimeoutError):
                raise s_exc.TimeOut(mesg='Nexus lock acquire timed out.') from None
            raise

    def _resume(self) -> None:
        self.core.resume()
        self.writer.wake()

    async def freeze(self, timeout: float | None = 30) -> None:
        """Stop changes and bring everything to disk, until ``resume`` (cell.md 8.7). Raises BadState, TimeOut."""
        if self._frozen:
            raise s_exc.BadState(mesg='The service is already frozen.')
        self._frozen = True
        try:
            await self._pause(timeout)
        except BaseException:
            self._frozen = False
            raise
        self.checkpoint(force=True)
        await self.loop.run_in_executor(None, os.sync)

    def resume(self) -> None:
        """End ``freeze``. Raises BadState."""
        if not self._frozen:
            raise s_exc.BadState(mesg='The service is not frozen.')
        self._frozen = False
        self._resume()

    @property
    def frozen(self) -> bool:
        """True between ``freeze`` and ``resume``."""
        return self._frozen

    def checkpoint(self, force: bool = False) -> bool:
        """Commit the databases in the order of their registration, then drop what the log need not keep.

        Args:
            force: Also bring the offset of databases without changes up to date.

        Returns:
            False when nothing was done: an entry is being applied just now, or the log has failed.
        """
        if self.applier.busy or self.core.dead is not None:
            return False
        try:
            self.writer.sync_now()
            self.slabs.commit(force)
        except s_exc.SynErr as e:
            self.writer.fail(f'A database cannot be written: {e.get("mesg")}')
            return False
        if self.started:
            self.history.trim(self.slabs.saved())
        return True

    async def snapshot(self, extra: typing.Iterable[s_slab.Slab] = ()) -> s_backup.Snapshot:
        """Return a snapshot of all databases and of the log at one common offset. Changes pause for a moment only.

        Args:
            extra: Databases that carry no offset and belong into the snapshot; they are committed too.

        Raises IsReadOnly when the log has failed: there is no common state on disk then.
        """
        async with self.paused():
            if not self.checkpoint(force=True):
                self.core.req_writable()
            slabs = [*self.slabs.slabs]
            for slab in extra:
                slab.commit()
                slabs.append(slab)
            return s_backup.live(self.log, slabs)


def pack_item(item: s_core.Item, packed: bytes | None = None) -> bytes:
    """Return the msgpack form of an item; ``packed`` is that of its args when it is known. Raises NotMsgpackSafe."""
    if packed is None:
        return s_common.en(item)
    head = b'\x95' + s_common.en(item[0]) + s_common.en(item[1])
    return b''.join((head, packed, s_common.en(item[3]), s_common.en(item[4])))
