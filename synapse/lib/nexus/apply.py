"""Applying entries: who is registered, one entry live, many at replay, and the answers to callers."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.nexus.core as s_core
import synapse.lib.nexus.forward as s_forward
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.pusher as s_pusher
import synapse.lib.nexus.reader as s_reader
import synapse.lib.slab as s_slab

logger = logging.getLogger(__name__)

Done = s_forward.Done


class Applier:
    """Applies entries to the registered pushers.

    Attributes:
        offs: The offset that is being applied just now; None between entries.
        busy: True from the first entry of a batch to the last: the databases contain more than their offset says, and
            must not be committed.
        forwards: Changes that go or come by way of a follower.
    """

    def __init__(self) -> None:
        self.offs: int | None = None
        self.busy = False
        self.pushers: dict[str, s_pusher.Pusher] = {}
        self.forwards = s_forward.Forwards()

    def add(self, pusher: s_pusher.Pusher) -> None:
        """Register an object under its ``nexsiden``. Raises DupIden."""
        if self.pushers.setdefault(pusher.nexsiden, pusher) is not pusher:
            raise s_exc.DupIden(mesg=f'A Nexus pusher with iden {pusher.nexsiden} exists.', iden=pusher.nexsiden)

    def remove(self, pusher: s_pusher.Pusher) -> None:
        """Forget an object."""
        if self.pushers.get(pusher.nexsiden) is pusher:
            del self.pushers[pusher.nexsiden]

    def req(self, nexsiden: str) -> s_pusher.Pusher:
        """Return the object with that iden. Raises NoSuchIden."""
        pusher = self.pushers.get(nexsiden)
        if pusher is None:
            raise s_exc.NoSuchIden(mesg=f'No Nexus pusher has the iden {nexsiden}.', iden=nexsiden)
        return pusher

    async def apply(self, offs: int, item: s_core.Item, nbytes: int) -> typing.Any:
        """Apply one entry and return what its handler returned. A plain handler runs without any suspension."""
        nexsiden, event, args, kwargs, _ = item
        pusher = self.req(nexsiden)
        hand = pusher.nexs_handler(event)
        if pusher.nexsslab is not None:
            pusher.nexsslab.mark_dirty(nbytes)
        if hand.passitem:
            kwargs = {**kwargs, 'nexsitem': (offs, item)}
        self.offs = offs
        try:
            retn = hand.func(pusher, *args, **kwargs)
            return await retn if hand.isasync else retn
        finally:
            self.offs = None

    async def replay(self, log: s_log.NexsLog, start: int, end: int, step: typing.Callable[[int, int], None]) -> None:
        """Apply the entries from ``start`` to ``end - 1`` that are new to their object's database.

        Args:
            step: Called between entries, now and then: ``step(next offset, bytes read)``.
        """
        with s_reader.LogReader(log, start) as reader:
            while rows := reader.read(end):
                self.busy = True
                for offs, item in rows:
                    await self._replay_one(offs, item)
                self.busy = False
                step(reader.offs, reader.nbytes)
                await asyncio.sleep(0)

    async def _replay_one(self, offs: int, item: s_core.Item) -> None:
        pusher = self.pushers.get(item[0])
        if pusher is None:
            logger.info('change %d (%s) is for an object that is gone: %s', offs, item[1], item[0])
            return
        if pusher.nexsslab is not None and not s_core.applies(offs, pusher.nexsslab.indx):
            return
        try:
            await self.apply(offs, item, 0)
        except Exception as e:
            if s_slab.is_broken(e):
                raise s_exc.FatalErr(mesg=f'Replay of change {offs} failed in the database: {e}') from e
            # it failed the same way when it was new, and its caller was told
            logger.warning('change %d (%s %s) fails at replay: %r', offs, item[0], item[1], e)

    def answer(self, entry: s_core.Entry, exc: Exception | None, retn: tuple[int, typing.Any] | None = None) -> None:
        """Tell those who wait for an entry what became of it."""
        if entry.done is not None:
            resolve(entry.done, exc, retn)
        meta = entry.item[4]
        if meta and 'resp' in meta:
            self.forwards.answered(meta['resp'], entry.offs, exc, retn)


def resolve(done: Done, exc: Exception | None, retn: tuple[int, typing.Any] | None) -> None:
    """Set a future's result or exception unless its waiter has gone."""
    if done.done():
        return
    if exc is not None:
        done.set_exception(exc)
    else:
        done.set_result(typing.cast(tuple[int, typing.Any], retn))


def retrieve(done: Done) -> None:
    """Done callback for futures that nobody may wait for: an exception in them is not worth a complaint."""
    if not done.cancelled():
        done.exception()
