"""Storm daemons: queries that run all the time on the leader (spec: storm-runtime.md 11)."""

from __future__ import annotations

import asyncio
import collections
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.order as s_order
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab
import synapse.lib.storm.run as s_run

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)
LOG = 2000  # messages that are remembered of each
PAUSE = 1.0  # seconds between two runs
_IDEN = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_check = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'name': {'type': 'string'},
            'storm': {'type': 'string'},
            'user': _IDEN,
            'iden': _IDEN,
            'enabled': {'type': 'boolean'},
            'stormopts': {'type': 'object', 'properties': {'view': _IDEN, 'vars': {'type': 'object'}}},
        },
        'required': ['iden', 'user', 'storm'],
    }
)


class Dmon:
    """One daemon on its way: what it is doing, and what it told."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self.task = task
        self.status = 'initialized'
        self.err = False
        self.count = 0


class Dmons(s_nexus.Pusher):
    """The daemons by iden.

    Args:
        cell: The Cortex. stacks: Its views. engine: Its Storm engine.
    """

    async def __anit__(self, cell: s_cell.Cell, stacks: Any, engine: s_run.Engine) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:dmons', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell: Any = cell
        self.stacks = stacks
        self.engine = engine
        self.table = s_slab.KeyVal(cell.slab, 'cortex:dmons')
        self.live: dict[str, Dmon] = {}
        self.logs: dict[str, collections.deque[Any]] = {}
        self.leading = False

    # asking

    def get(self, iden: str) -> Def | None:
        """Return the definition of a daemon with its state, None without."""
        ddef = self.table.get(iden)
        if ddef is None:
            return None
        live = self.live.get(iden)
        if live is None:
            return {**ddef, 'count': 0, 'status': 'stopped', 'err': False}
        return {**ddef, 'count': live.count, 'status': live.status, 'err': live.err}

    def all(self) -> list[Def]:
        """Return all daemons as they were added."""
        ddefs = sorted((ddef for _, ddef in self.table.items()), key=lambda ddef: ddef['created'])
        return [typing.cast(Def, self.get(ddef['iden'])) for ddef in ddefs]

    def log(self, iden: str) -> list[Any]:
        """Return (time, message) of the last messages of a daemon."""
        return list(self.logs.get(iden, ()))

    # changing

    async def add(self, ddef: Def) -> Def:
        """Make a daemon. Raises: SchemaViolation, BadSyntax, NoSuchView, NoSuchUser, DupIden, NotMsgpackSafe."""
        ddef = _check({'iden': s_common.guid(), 'name': 'noname', 'enabled': True, **ddef})
        s_run.parse(ddef['storm'])
        self._req_new(ddef)
        await self._push('storm:dmon:add', {**ddef, 'created': s_order.tick(self.table)})
        return typing.cast(Def, self.get(ddef['iden']))

    def _req_new(self, ddef: Def) -> None:
        self.cell.auth.reqUser(ddef['user'])
        self.stacks.req_view(ddef['stormopts']['view'])
        if self.table.has(ddef['iden']):
            raise s_exc.DupIden(mesg=f'Duplicate dmon iden ({ddef["iden"]})', iden=ddef['iden'])

    async def delete(self, iden: str) -> None:
        """Remove a daemon. Raises: NoSuchIden."""
        if not self.table.has(iden):
            raise s_exc.NoSuchIden(mesg=f'No storm dmon with iden: {iden}')
        await self._push('storm:dmon:del', iden)

    async def enable(self, iden: str, enabled: bool) -> bool:
        """Start or stop a daemon; False where that changes nothing."""
        ddef = self.table.get(iden)
        if ddef is None or ddef['enabled'] == enabled:
            return False
        await self._push('storm:dmon:enable' if enabled else 'storm:dmon:disable', iden)
        return True

    async def bump(self, iden: str) -> bool:
        """Stop a daemon and start it again; False when there is none."""
        if not self.table.has(iden):
            return False
        await self._push('storm:dmon:bump', iden)
        return True

    @s_nexus.Pusher.onPush('storm:dmon:add')
    def _on_add(self, ddef: Def) -> None:
        self._req_new(ddef)
        self.table.set(ddef['iden'], ddef)
        self._begin(ddef)

    @s_nexus.Pusher.onPush('storm:dmon:del')
    def _on_del(self, iden: str) -> None:
        if self.table.pop(iden) is not None:
            self._end(iden)
            self.logs.pop(iden, None)

    @s_nexus.Pusher.onPush('storm:dmon:enable')
    def _on_enable(self, iden: str) -> None:
        self._switch(iden, True)

    @s_nexus.Pusher.onPush('storm:dmon:disable')
    def _on_disable(self, iden: str) -> None:
        self._switch(iden, False)

    @s_nexus.Pusher.onPush('storm:dmon:bump')
    def _on_bump(self, iden: str) -> None:
        ddef = self.table.get(iden)
        if ddef is not None:
            self._end(iden)
            self._begin(ddef)

    def _switch(self, iden: str, enabled: bool) -> None:
        ddef = self.table.get(iden)
        if ddef is not None:
            self.table.set(iden, {**ddef, 'enabled': enabled})
            self._end(iden)
            self._begin({**ddef, 'enabled': enabled})

    # running

    def start(self) -> None:
        """Run the daemons: this service is the leader."""
        if not self.cell.conf.get('safemode') and not self.leading:
            self.leading = True
            for _, ddef in list(self.table.items()):
                self._begin(ddef)

    def stop(self) -> None:
        """Stop them all; they stay enabled."""
        self.leading = False
        for iden in list(self.live):
            self._end(iden)

    def _begin(self, ddef: Def) -> None:
        if self.leading and ddef['enabled'] and ddef['iden'] not in self.live:
            self.live[ddef['iden']] = Dmon(self.schedCoro(self._loop(ddef)))

    def _end(self, iden: str) -> None:
        live = self.live.pop(iden, None)
        if live is not None:
            live.task.cancel()

    async def _loop(self, ddef: Def) -> None:
        iden = ddef['iden']
        live = self.live[iden]
        log = self.logs.setdefault(iden, collections.deque(maxlen=LOG))
        auto = {'iden': iden, 'type': 'dmon'}
        given = ddef['stormopts']
        while True:
            user = self.cell.auth.user(ddef['user'])
            if user is None or user.isLocked():
                live.status, live.err = 'fatal error: user locked', True
                return
            if given['view'] not in self.stacks.views:
                live.status, live.err = 'fatal error: invalid view', True
                return
            live.status, live.err = 'running', False
            opts = {**given, 'user': ddef['user'], 'vars': {**given.get('vars', {}), 'auto': auto}, 'mirror': False}
            async for kind, info in self.cell.storm(ddef['storm'], opts):
                if kind in ('print', 'warn', 'err'):
                    log.append((s_common.now(), (kind, info)))
                if kind == 'node':
                    live.count += 1
                if kind == 'err':
                    logger.error('Storm daemon %s failed: %s', iden, info)
                    live.status, live.err = f'error: {info[0]}: {info[1].get("mesg")}', True
            if not live.err:
                live.status = 'sleeping'
            await asyncio.sleep(PAUSE)
