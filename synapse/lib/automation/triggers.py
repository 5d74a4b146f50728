"""Triggers: queries that run when nodes of a view are edited (spec: storm-runtime.md 9).

The buffer of edits of a view that has triggers is flushed after each operation, and tells here what really changed.
A trigger runs before the edit returns, as its own user, in a query of its own; what goes wrong there is counted and
logged and never reaches who edited. Asynchronous ones are written to a queue in the log, which the leader works off.
"""

from __future__ import annotations

import asyncio
import collections
import contextvars
import functools
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.automation.order as s_order
import synapse.lib.automation.triggerdefs as s_triggerdefs
import synapse.lib.cell as s_cell
import synapse.lib.layer.edits as s_edits
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.storm.run as s_run
import synapse.lib.view as s_view

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)
DEPTH = 65  # triggers that set off each other; each holds a query open
_TOO_DEEP = 'Hit trigger limit'
LASTERRS = 5  # errors that are remembered of each
_depth: contextvars.ContextVar[int] = contextvars.ContextVar('trigger_depth', default=0)


class Triggers(s_nexus.Pusher):
    """The triggers by iden.

    Args:
        cell: The Cortex. stacks: Its views. engine: Its Storm engine.
    """

    async def __anit__(self, cell: s_cell.Cell, stacks: Any, engine: s_run.Engine) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:triggers', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.stacks = stacks
        self.engine = engine
        self.table = s_slab.KeyVal(cell.slab, 'cortex:triggers')
        self.waiting = s_slab.KeyVal(cell.slab, 'cortex:trigqueue')  # number, in hex -> what is to be run
        self.stats: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        self.errors: dict[str, list[str]] = collections.defaultdict(list)
        self.active: dict[str, dict[str, list[Def]]] = {}  # view -> condition -> enabled triggers
        self.wake = asyncio.Event()
        self.worker: asyncio.Task[None] | None = None
        for iden, _ in self.table.items():
            cell.auth.addAuthGate(iden, 'trigger')
        self._serve()

    # asking

    def get(self, iden: str) -> Def | None:
        """Return the definition of a trigger, None without; one whose view is gone is gone too."""
        tdef = self.table.get(iden)
        return None if tdef is None or tdef['view'] not in self.stacks.views else dict(tdef)

    def list(self, view: str | None = None) -> list[Def]:
        """Return the definitions of a view (all without), as they were added."""
        tdefs = [tdef for iden, _ in self.table.items() if (tdef := self.get(iden)) is not None]
        return sorted((tdef for tdef in tdefs if view in (None, tdef['view'])), key=lambda tdef: tdef['created'])

    def pack(self, tdef: Def) -> Def:
        """Return a definition with what is counted, and the name of its user."""
        iden = tdef['iden']
        user = self.cell.auth.user(tdef['user'])
        counts = {name: self.stats[iden][name] for name in ('startcount', 'errcount')}
        name = None if user is None else user.name
        return {**tdef, **counts, 'lasterrs': list(self.errors[iden]), 'username': name}

    # changing

    async def add(self, tdef: Def, user: str) -> Def:
        """Make a trigger. Raises: SchemaViolation, BadOptValu, BadSyntax, NoSuchView, DupIden."""
        tdef = s_triggerdefs.complete({'user': user, 'created': s_order.tick(self.table), **tdef})
        s_run.parse(tdef['storm'])
        self._req_new(tdef)
        await self._push('trigger:add', tdef, user)
        return typing.cast(Def, self.get(tdef['iden']))

    def _req_new(self, tdef: Def) -> None:
        self.stacks.req_view(tdef['view'])
        # of anything: with two objects at one gate the Cortex could not start again
        if self.cell.auth.getAuthGate(tdef['iden']) is not None:
            raise s_exc.DupIden(mesg=f'Trigger with iden {tdef["iden"]} already exists.', iden=tdef['iden'])

    async def set(self, iden: str, name: str, valu: Any) -> None:
        """Change a field. Raises: NoSuchIden, BadArg (the field), SchemaViolation, BadSyntax, NoSuchUser."""
        tdef = self.get(iden)
        if tdef is None:
            raise s_exc.NoSuchIden(mesg='Trigger not found', iden=iden)
        if name not in s_triggerdefs.EDITABLE:
            raise s_exc.BadArg(mesg=f'Invalid key name provided: {name}')
        if name == 'user':
            self.cell.auth.reqUser(valu)
        s_triggerdefs.complete({**tdef, name: valu})
        if name == 'storm':
            s_run.parse(valu)
        await self._push('trigger:set', iden, name, valu)

    async def delete(self, iden: str) -> None:
        """Remove a trigger. Raises: NoSuchIden."""
        if not self.table.has(iden):
            raise s_exc.NoSuchIden(mesg='Trigger not found', iden=iden)
        await self._push('trigger:del', iden)

    @s_nexus.Pusher.onPush('trigger:add')
    def _on_add(self, tdef: Def, creator: str) -> None:
        iden = tdef['iden']
        self._req_new(tdef)
        self.table.set(iden, tdef)
        self.cell.auth.addAuthGate(iden, 'trigger')
        if self.cell.auth.user(creator) is not None:
            self.cell.auth.apply_info('user', creator, 'admin', True, gateiden=iden)
        self._serve()
        self.cell.feedBeholder('trigger:add', self.pack(tdef))

    @s_nexus.Pusher.onPush('trigger:set')
    def _on_set(self, iden: str, name: str, valu: Any) -> None:
        tdef = self.table.get(iden)
        if tdef is not None:
            self.table.set(iden, {**tdef, name: valu})
            self._serve()
            self.cell.feedBeholder('trigger:set', {'iden': iden, 'view': tdef['view'], 'name': name, 'valu': valu})

    @s_nexus.Pusher.onPush('trigger:del')
    def _on_del(self, iden: str) -> None:
        tdef = self.table.pop(iden)
        if tdef is not None:
            self.cell.auth.delAuthGate(iden)
            self._serve()
            self.cell.feedBeholder('trigger:del', {'iden': iden, 'view': tdef['view']})

    def _serve(self) -> None:
        """Sort the triggers by view and condition; only views that have some are watched."""
        self.active = {}
        for _, tdef in self.table.items():
            if tdef['enabled']:
                self.active.setdefault(tdef['view'], {}).setdefault(tdef['cond'], []).append(tdef)
        off = self.cell.conf.get('safemode')
        for iden, view in self.stacks.views.items():
            view.triggers = functools.partial(self.list, iden)
            view.watch = self.edited if iden in self.active and not off else None

    # running

    async def edited(self, view: s_view.View, user: str, results: typing.Sequence[s_edits.NodeEdit]) -> bool:
        """Run what the edits of a flush set off; returns whether anything ran. Raises: RecursionLimitHit."""
        conds = self.active.get(view.iden, {})
        ran = False
        for item in s_triggerdefs.changes(view, conds, results) if conds else ():
            for tdef in conds[item.cond]:
                if not s_triggerdefs.matches(tdef, item):
                    continue
                ran = True
                opts = {**item.opts, 'user': user}
                if tdef['async']:
                    await self._push('trig:q:add', {'trigger': tdef['iden'], 'iden': item.iden, 'opts': opts})
                else:
                    await self._deeper(tdef, item.iden, opts)
        return ran

    async def _deeper(self, tdef: Def, iden: bytes, opts: Def) -> None:
        depth = _depth.get() + 1
        if depth > DEPTH:
            raise s_exc.RecursionLimitHit(mesg=_TOO_DEEP)
        context = contextvars.copy_context()
        context.run(_depth.set, depth)
        # a task of its own: what sets off each other must not pile up on one stack
        await asyncio.create_task(self._run(tdef, iden, opts), context=context)

    async def _run(self, tdef: Def, iden: bytes, opts: Def) -> None:
        user = self.cell.auth.user(tdef['user'])
        view = self.stacks.views.get(tdef['view'])
        if view is None:
            return
        if user is None or user.isLocked():
            logger.warning('Trigger %s skipped: its user %s is unknown or locked', tdef['iden'], tdef['user'])
            return
        self.stats[tdef['iden']]['startcount'] += 1
        auto = {'opts': opts, 'iden': tdef['iden'], 'type': 'trigger'}
        old = {name: opts[name] for name in ('tag', 'propname', 'propfull') if name in opts}
        run = s_run.Run(self.engine, view, user, tdef['storm'], {'vars': {'auto': auto, **old}})
        run.source = lambda rt: s_triggerdefs.source(rt, iden, opts)
        try:
            async for _ in run.paths():
                pass
        except s_exc.RecursionLimitHit as e:
            if e.get('mesg') == _TOO_DEEP:
                raise
            self._failed(tdef, e)
        except Exception as e:
            self._failed(tdef, e)

    def _failed(self, tdef: Def, e: Exception) -> None:
        iden = tdef['iden']
        self.stats[iden]['errcount'] += 1
        self.errors[iden] = [*self.errors[iden], str(e)][-LASTERRS:]
        logger.error('Trigger %s failed: { %s }', iden, tdef['storm'][:1000], exc_info=e)

    # later

    @s_nexus.Pusher.onPush('trig:q:add', passitem=True)
    def _on_later(self, item: Def, nexsitem: Any) -> None:
        self.waiting.set(f'{nexsitem[0]:016x}', item)
        self.wake.set()

    @s_nexus.Pusher.onPush('trig:q:del')
    def _on_done(self, key: str) -> None:
        self.waiting.pop(key)

    def start(self) -> None:
        """Work off the queue: this service is the leader."""
        if self.worker is None and not self.cell.conf.get('safemode'):
            self.worker = self.schedCoro(self._work())

    def stop(self) -> None:
        """Leave the queue to another one."""
        if self.worker is not None:
            self.worker.cancel()
            self.worker = None

    async def _work(self) -> None:
        while True:
            self.wake.clear()
            for key, item in list(self.waiting.items()):
                tdef = self.get(item['trigger'])
                if tdef is not None and tdef['enabled']:
                    try:
                        await self._deeper(tdef, item['iden'], item['opts'])
                    except s_exc.SynErr as e:
                        self._failed(tdef, e)
                await self._push('trig:q:del', key)
            await self.wake.wait()
