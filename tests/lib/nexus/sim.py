"""The simulation: a service of three instances in a bad world, by a seed. ``python -m tests.lib.nexus.sim --seed N``

Nodes crash and forget what was not synced, links are cut and heal, answers are lost, AHA is away; meanwhile clients
write on every node, the lead is handed over or taken by force, and deposed leaders rejoin. At the end all is healed.

What must hold:

- An acknowledged write is in the log of the last leader, once; but for those that only the nodes had that were passed
  over by a promotion by force.
- No write is in a log twice, however often it was sent.
- A follower's log is a prefix of its leader's.
- A deposed leader acknowledges nothing new.
- With AHA, each term belongs to one instance.
- When all is healed there is a leader, all logs are equal, and writes are accepted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import contextvars
import logging
import random
import sys
import types
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.changes as s_changes
import synapse.lib.cell.fence as s_fence
import synapse.lib.cell.mirror as s_mirror
import synapse.lib.cell.promote as s_promote
import synapse.lib.nexus as s_nexus
import synapse.lib.nexus.apply as s_apply
import synapse.lib.nexus.checkpoint as s_checkpoint
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.terms as s_terms
import synapse.lib.nexus.writer as s_writer
import tests.lib.nexus.simparts as t_simparts

Any = typing.Any
IDEN = 'ab' * 16
SECONDS = 25.0

_PATCHES = {
    s_writer: ('time', 's_sync', 's_slab'),
    s_checkpoint: ('time',),
    s_apply: ('s_slab',),
    s_fence: ('s_slab', 's_telepath'),
    s_mirror: ('s_telepath',),
    s_promote: ('s_telepath',),
}


class SimCell(s_nexus.Pusher):
    """One run of one instance: as much of a cell as its mirror, fence and promotion need."""

    VERSION = (1, 0, 0)
    meetNexs = s_changes.CellChanges.meetNexs
    issue = s_changes.CellChanges.issue

    async def __anit__(self, node: Node, runid: str) -> None:  # type: ignore[override]
        self.node, self.disk, self.runid, self.iden, self.dirn = node, node.disk, runid, IDEN, node.name
        self.alive, self.isactive, self.term, self.again = True, False, None, False
        self.ahasvcname: str | None = node.name if node.net.aha is not None else None
        self.conf: Any = {**self.disk.conf, 'aha:name': node.name, 'aha:network': 'net', 'aha:leader': 'svc'}
        self.aha = t_simparts.AhaLink(node.net.aha, node) if node.net.aha is not None else None
        self.layout = types.SimpleNamespace(inaugural=False)
        self.values: list[Any] = []
        self.slab: Any = {}  # rows of leaderships
        self._load()
        root = await SimRoot.anit(self)
        await s_nexus.Pusher.__anit__(self, IDEN, nexsroot=root)
        self.nexsroot: Any = root
        self.mirror = await s_mirror.Mirror.anit(typing.cast(Any, self))
        self.promotion = s_promote.Promotion(typing.cast(Any, self), self.mirror)
        node.cell = self
        await root.startup()
        await self.mirror.decide()
        await self.setCellActive(self.mirror.leads)
        self.mirror.start()
        self.promotion.start()
        if self.aha is not None:
            self.schedCoro(self.aha.run())

    def _load(self) -> None:
        """Replay the disk."""
        for offs, body in enumerate(self.disk.bodies):
            _, event, args, _, meta = s_common.un(body)
            if event == 'set':
                self.values.append(args[0])
            elif 'term' in meta:
                self.slab[f'{offs:016x}'] = (offs, *meta['term'])

    # what a cell does

    def schedCoro(self, coro: Any) -> Any:
        return self.node.sched(coro)

    async def setCellActive(self, active: bool) -> None:
        if active != self.isactive:
            self.isactive = active
            if self.aha is not None:
                await self.aha.role_changed(active)

    def modCellConf(self, conf: dict[str, Any]) -> None:
        self.conf.update(conf)
        if self.alive:
            self.disk.conf.update(conf)

    async def settle(self) -> None: ...

    async def ask_leader(self, term: int) -> None: ...

    def lead_url(self) -> str:
        return f'sim://{self.node.name}'

    @s_nexus.Pusher.onPush('set')
    def _on_set(self, valu: Any) -> None:
        self.values.append(valu)

    @s_nexus.Pusher.onPush('sync', passitem=True)
    def _on_sync(self, nexsitem: Any) -> None:
        if 'term' in nexsitem[1][4]:
            self.mirror.fence.applied(nexsitem[0], *nexsitem[1][4]['term'])

    # what others may ask

    async def getCellInfo(self) -> Any:
        feats = {'nexslog': 1, 'issuewait': 1, 'dynmirror': 1, 'tellready': 1}
        return {'features': feats, 'cell': {'version': self.VERSION, 'aha': {'leader': self.conf['aha:leader']}}}

    async def readyToMirror(self) -> None: ...

    async def getCellIden(self) -> str:
        return IDEN

    async def getCellRunId(self) -> str:
        return self.runid

    def getNexsIndx(self) -> int:
        return int(self.nexsroot.index())

    async def getNexsHello(self) -> Any:
        await self.mirror.fence.req_opened()
        return {**self.mirror.fence.role.hello(self.getNexsIndx()), 'first': 0, 'follows': self.mirror.url}

    async def waitNexsOffs(self, offs: int, timeout: float | None = None) -> bool:
        return bool(await self.nexsroot.waitOffs(offs, timeout))

    async def settleNexs(self, timeout: float) -> None: ...

    async def takeNexsLead(self, info: Any) -> None:
        await self.promotion.take(info)

    async def giveUpLead(self, token: str) -> Any:
        return await self.promotion.give_up(token)

    async def handoff(self, url: str, timeout: float = 10) -> None:
        await self.promotion.handoff(url, timeout)

    async def getNexusLog(self, offs: int) -> typing.AsyncIterator[Any]:
        while self.alive:
            end = min(self.nexsroot.core.applied, offs + 5)
            yield s_log.pack_batch(offs, self.disk.bodies[offs:end], False) if offs < end else None
            if offs == end:
                await self.nexsroot.waitOffs(offs, 10)
            offs = end


class SimRoot(s_nexus.NexsRoot):
    """A Nexus on a simulated disk."""

    async def __anit__(self, cell: SimCell) -> None:  # type: ignore[override]
        self._cell = cell
        await super().__anit__('sim')

    def _open_log(self) -> Any:
        return t_simparts.SimLog(self._cell.disk, self._cell)


class Node:
    """One machine: its disk, and the process that runs on it now and then."""

    def __init__(self, net: t_simparts.Net, name: str, url: str | None) -> None:
        self.net, self.name, self.url = net, name, url
        self.disk = t_simparts.Disk({'mirror': url})
        self.cell: Any = None
        self.alive = False
        self.features = {'nexslog': 1}
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self._ctx = contextvars.copy_context()
        self._ctx.run(t_simparts.current.set, self)

    def sched(self, coro: Any, quiet: bool = False) -> asyncio.Task[Any]:
        """Run something as a part of this machine's process."""
        task = self._ctx.run(asyncio.get_running_loop().create_task, coro)
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return task

    async def boot(self) -> None:
        """Start the process."""
        self.alive = True
        with contextlib.suppress(s_exc.SynErr):  # as an exit with code 1
            await self.sched(SimCell.anit(self, s_common.guid()))

    def crash(self) -> None:
        """Pull the plug."""
        self.alive = False
        if self.cell is not None:
            self.cell.alive = False
            self.cell = None
        for link in [link for link in self.net.links if self in (link._near, link._far)]:
            link.cut()
        tasks, self.tasks = self.tasks, {}
        for task in tasks:
            task.cancel()
        self.disk.crash(self.net.rng)


class World:
    """The service, its clients, and what goes wrong."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.net = t_simparts.Net(self.rng)
        self.withaha = self.rng.random() < 0.6
        if self.withaha:
            self.net.aha = t_simparts.Aha(self.net)
        follow = 'aha://svc' if self.withaha else 'sim://n0'
        self.nodes = [Node(self.net, f'n{indx}', follow if indx else None) for indx in range(3)]
        self.net.nodes = {node.name: node for node in self.nodes}
        self.count = 0
        self.acked: dict[str, tuple[int, int]] = {}  # value -> offset, term
        self.forced: list[int] = []  # where histories were cut
        self.ending = False

    async def run(self) -> None:
        """Live through the seed. Raises AssertionError."""
        for node in self.nodes:
            await node.boot()
        tasks = [asyncio.ensure_future(self._client(node)) for node in self.nodes for _ in range(2)]
        tasks.append(asyncio.ensure_future(self._watch()))
        until = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(self.rng.uniform(0.1, 2.5))
            self._req_good(tasks)
            action = self.rng.choices(*zip(*self._actions(), strict=True))[0]
            await action()
        self.ending = True
        await self._heal()
        self._req_good(tasks)
        for task in tasks:
            task.cancel()
        self._judge()

    def _req_good(self, tasks: list[asyncio.Future[None]]) -> None:
        for task in tasks:
            if task.done():
                task.result()

    def _actions(self) -> list[tuple[Any, float]]:
        return [
            (self._crash, 3),
            (self._cut, 3),
            (self._hand_over, 2),
            (self._storm, 4),
            (self._force, 0.6),
            (self._rejoin, 1),
        ]

    # ----- clients ----------------------------------------------------------------------------------------------------

    async def _client(self, node: Node) -> None:
        while True:
            await asyncio.sleep(self.rng.expovariate(3))
            cell = node.cell
            if cell is None or not node.alive:
                continue
            self.count += 1
            valu = f'{node.name}:{self.count}'
            deposed = cell.mirror.fence.role.state == s_terms.DEPOSED
            try:
                offs, _ = await node.sched(cell.nexsroot.issue(IDEN, 'set', (valu,), {}), quiet=True)
            except (s_exc.SynErr, asyncio.CancelledError, OSError):
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                    raise
                continue
            assert not deposed, f'{node.name} acknowledged {valu} although it was deposed'
            row = [row for row in cell.mirror.fence.role.rows if row.offs < offs][-1:]
            self.acked[valu] = (offs, row[0].term if row else 0)

    async def _watch(self) -> None:
        """A follower's log is a prefix of what it follows, at every moment."""
        while True:
            await asyncio.sleep(0.2)
            for node in self.nodes:
                link = node.cell.mirror.uplink if node.cell is not None else None
                if link is not None and not link.isfini and link._far.cell is link._cell:
                    mine, theirs = node.disk.bodies, link._far.disk.bodies
                    assert mine == theirs[: len(mine)], f'{node.name} is no prefix of {link._far.name}'

    # ----- what goes wrong --------------------------------------------------------------------------------------------

    def _pick(self) -> Node:
        return self.rng.choice(self.nodes)

    async def _later(self, func: typing.Callable[[], Any], secs: float) -> None:
        await asyncio.sleep(secs)
        retn = func()
        if retn is not None:
            await retn

    async def _crash(self) -> None:
        node = self._pick()
        if node.alive:
            node.crash()
            asyncio.ensure_future(self._later(lambda: self._boot(node), self.rng.uniform(0.1, 6)))

    async def _boot(self, node: Node) -> None:
        if not node.alive:
            await node.boot()

    async def _cut(self) -> None:
        if self.net.aha is not None and self.rng.random() < 0.4:
            name = self._pick().name
            self.net.aha.away.add(name)
            asyncio.ensure_future(self._later(lambda: self.net.aha.away.discard(name), self.rng.uniform(0.1, 5)))  # type: ignore[union-attr]
            return
        names = [node.name for node in self.rng.sample(self.nodes, 2)]
        self.net.cut(*names)
        asyncio.ensure_future(self._later(lambda: self.net.heal(*names), self.rng.uniform(0.01, 5)))

    async def _hand_over(self) -> None:
        node = self._pick()
        if node.cell is None:
            return
        leads = [other for other in self.nodes if other.cell is not None and other.cell.mirror.leads]
        with contextlib.suppress(s_exc.SynErr, TimeoutError, OSError, asyncio.CancelledError):
            if self.withaha and self.rng.random() < 0.5:
                task = node.sched(node.cell.promotion.promote(True), quiet=True)
            elif leads:
                task = leads[0].sched(leads[0].cell.handoff(f'sim://{node.name}'), quiet=True)
            else:
                return
            await asyncio.wait((task,), timeout=self.rng.uniform(0.05, 3))

    async def _storm(self) -> None:
        """A handoff that does not end well: one of the two dies, or the link between them."""
        best = self._leader()
        mate = self._pick()
        if best is None or mate is best or mate.cell is None:
            return
        best.sched(best.cell.handoff(f'sim://{mate.name}'), quiet=True)
        await asyncio.sleep(self.rng.uniform(0, 0.4))
        if self.rng.random() < 0.4:
            self.net.cut(best.name, mate.name)
            asyncio.ensure_future(self._later(lambda: self.net.heal(best.name, mate.name), self.rng.uniform(0.01, 5)))
            return
        node = self.rng.choice((best, mate))
        node.crash()
        asyncio.ensure_future(self._later(lambda: self._boot(node), self.rng.uniform(0.1, 6)))

    async def _force(self, node: Node | None = None) -> None:
        node = node or self._pick()
        if node.cell is None or node.cell.mirror.leads:
            return
        self.forced.append(node.cell.getNexsIndx())
        with contextlib.suppress(s_exc.SynErr, OSError, asyncio.CancelledError):
            await node.sched(node.cell.promotion.promote(False), quiet=True)

    async def _rejoin(self) -> None:
        """An operator makes deposed leaders, and followers that do not fit, followers of the leader."""
        best = self._leader()
        if best is None:
            return
        for node in self.nodes:
            if node is best or node.cell is None or not node.alive:
                continue
            role = node.cell.mirror.fence.role
            theirs = best.cell.mirror.fence.role
            index = node.cell.getNexsIndx()
            if role.state == s_terms.LEAD and (self.withaha or not self.ending):
                continue
            if role.state != s_terms.DEPOSED and theirs.rank < role.rank:
                continue
            offs = s_terms.common(role.rows, index, theirs.rows, best.cell.getNexsIndx())
            if role.state in (s_terms.DEPOSED, s_terms.LEAD) or offs < min(index, best.cell.getNexsIndx()):
                node.crash()
                if offs < len(node.disk.bodies):
                    node.disk.copy(best.disk)
                node.disk.state['fence'] = None
                node.disk.conf['mirror'] = 'aha://svc' if self.withaha else f'sim://{best.name}'
                await node.boot()

    def _leader(self) -> Node | None:
        leads = [node for node in self.nodes if node.cell is not None and node.cell.mirror.leads]
        return max(leads, key=lambda node: node.cell.mirror.fence.role.rank, default=None)

    # ----- the end ----------------------------------------------------------------------------------------------------

    async def _heal(self) -> None:
        self.net.cuts.clear()
        if self.net.aha is not None:
            self.net.aha.away.clear()
        for turn in range(30):
            for node in self.nodes:
                await self._boot(node)
            await asyncio.sleep(4)
            self.net.cuts.clear()
            if turn > 8 and self._leader() is None:
                # nobody leads: a promotion failed half way. The operator takes who has most.
                best = max(self.nodes, key=lambda node: (node.cell.mirror.fence.role.rank, node.cell.getNexsIndx()))
                await self._force(best)
            elif turn > 4:
                await self._point()
                await self._rejoin()
            if turn > 5 and await self._works():
                return
        raise AssertionError('the service did not come back: ' + ', '.join(self._states()))

    async def _point(self) -> None:
        """Without AHA somebody has to tell the followers where the leader is."""
        best = self._leader()
        for node in self.nodes:
            mirror = node.cell.mirror if node.cell is not None else None
            if best is None or mirror is None or node is best or self.withaha or mirror.url is None:
                continue
            if mirror.url != f'sim://{best.name}' and mirror.uplink is None:
                node.crash()
                node.disk.conf['mirror'] = f'sim://{best.name}'
                await node.boot()

    async def _works(self) -> bool:
        cells = [node.cell for node in self.nodes if node.cell is not None]
        leads = [cell for cell in cells if cell.mirror.leads]
        if (
            len(cells) < len(self.nodes)
            or len(leads) != 1
            or any(not (c.mirror.leads or c.mirror.ready) for c in cells)
        ):
            return False
        try:
            for cell in cells:
                await asyncio.wait_for(cell.node.sched(cell.nexsroot.issue(IDEN, 'set', (f'end:{cell.dirn}',), {})), 20)
        except (s_exc.SynErr, TimeoutError):
            return False
        return all([await cell.waitNexsOffs(leads[0].getNexsIndx() - 1, 10) for cell in cells])

    def _states(self) -> list[str]:
        return [
            f'{node.name}: {role.state} {role.rank} at {node.cell.getNexsIndx()} follows {node.cell.mirror.url}'
            for node in self.nodes
            if node.cell is not None and (role := node.cell.mirror.fence.role)
        ]

    def _judge(self) -> None:
        best = self._leader()
        assert best is not None
        values = best.cell.values
        # the clients go on while we look: compare as far as all have come
        size = min(len(node.disk.bodies) for node in self.nodes)
        for node in self.nodes:
            assert node.disk.bodies[:size] == best.disk.bodies[:size], f'{node.name} differs from {best.name}'
        assert len(set(values)) == len([valu for valu in values if not valu.startswith('end:')]) + len(
            {valu for valu in values if valu.startswith('end:')}
        ), 'a write happened twice'
        kept = set(values)
        for valu, (offs, term) in self.acked.items():
            covered = any(cut <= offs for cut in self.forced)
            assert valu in kept or covered, f'{valu} was acknowledged at {offs} in term {term} and is lost'
        if self.net.aha is not None:
            names: dict[int, str] = {}
            for term, name in self.net.aha.claims:
                assert names.setdefault(term, name) == name, f'term {term} belongs to {names[term]} and {name}'


def run(seed: int) -> World:
    """Run one seed. Raises AssertionError."""
    loop = t_simparts.VirtualLoop()
    world = World(seed)

    def factory(loop: Any, coro: Any, **kwargs: Any) -> Any:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **kwargs)
        node = t_simparts.current.get()
        if node is not None:
            node.tasks[task] = None
            task.add_done_callback(lambda task: node.tasks.pop(task, None))
        return task

    loop.set_task_factory(factory)
    loop.set_exception_handler(lambda loop, info: None)
    guid = s_common.guid
    s_common.guid = lambda valu=None: guid(valu) if valu is not None else f'{world.rng.getrandbits(128):032x}'
    try:
        with t_simparts.patched(world.net, loop, _PATCHES):
            loop.run_until_complete(world.run())
    finally:
        s_common.guid = guid
        with t_simparts.patched(world.net, loop, _PATCHES):
            for node in world.nodes:
                node.crash()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()
    return world


def main(argv: list[str]) -> int:
    """Run one seed, or many; a failing one prints the command that repeats it."""
    pars = argparse.ArgumentParser('sim')
    pars.add_argument('--seed', type=int, default=0)
    pars.add_argument('--count', type=int, default=1)
    pars.add_argument('--verbose', action='store_true')
    opts = pars.parse_args(argv)
    logging.basicConfig(level=logging.DEBUG if opts.verbose else logging.CRITICAL + 1, stream=sys.stderr)
    bad = 0
    for seed in range(opts.seed, opts.seed + opts.count):
        try:
            run(seed)
        except (AssertionError, RuntimeError) as e:
            bad += 1
            print(f'seed {seed}: {e!r}\n    python -m tests.lib.nexus.sim --seed {seed} --verbose', flush=True)
            if opts.count == 1:
                raise
    print(f'{opts.count - bad} of {opts.count} seeds are good')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
