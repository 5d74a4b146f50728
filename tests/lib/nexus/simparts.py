"""The world of the simulation: a clock that jumps, disks that forget what was not synced, links that are cut, an AHA.

Everything above is the real thing: Nexus root, writer, core and terms; mirror, fence and promotion of a cell.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import random
import selectors
import types
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.terms as s_terms

Any = typing.Any

# The node that a task belongs to: it dies with it.
current: contextvars.ContextVar[Any] = contextvars.ContextVar('node', default=None)


class _Selector(selectors.SelectSelector):
    """Never waits: the clock jumps to the next timer instead."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError('the simulation stands still: everybody waits, and for no timer')
        self.loop.now += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        self.now = 1000.0
        super().__init__(selector)

    def time(self) -> float:
        return self.now


class Disk:
    """What survives a crash: the log up to some point after the last sync, the state file, the options."""

    def __init__(self, conf: dict[str, Any]) -> None:
        self.bodies: list[bytes] = []
        self.synced = 0
        self.state: dict[str, Any] = {'first': 0, 'keep': True, 'term': 0}
        self.conf = conf

    def crash(self, rng: random.Random) -> None:
        """Forget a part of what was not synced."""
        del self.bodies[rng.randint(self.synced, len(self.bodies)) :]
        self.synced = len(self.bodies)

    def copy(self, other: Disk) -> None:
        """Become a clone of another."""
        self.bodies = list(other.bodies[: other.synced])
        self.synced = len(self.bodies)
        self.state = {**other.state, 'fence': None, 'former': None}


class SimLog:
    """A log on a `Disk`; what a dead process writes goes nowhere."""

    def __init__(self, disk: Disk, node: Any) -> None:
        self.disk = disk
        self.node = node
        self.dirn = 'sim'
        self.segments = [s_log.Segment('sim', 0)]
        self.state = disk.state
        self.index = len(disk.bodies)
        self.size = 0
        self.full = False

    def set_state(self, **info: Any) -> None:
        if self.node.alive:
            self.state.update(info)

    def append(self, bodies: list[bytes], synced: bool) -> None:
        if self.node.alive:
            self.disk.bodies.extend(bodies)
        self.index += len(bodies)

    def sync(self) -> None:
        if self.node.alive:
            self.disk.synced = len(self.disk.bodies)

    def rollback(self, size: int) -> None: ...

    def cut(self) -> int:
        return 0

    def first(self) -> int:
        return 0

    def drop(self, offs: int) -> int:
        return 0

    def close(self) -> None: ...


class SimSync:
    """Syncs after a random while."""

    rng: typing.ClassVar[random.Random]

    def __init__(self, func: typing.Callable[[], None], name: str) -> None:
        self.took = 1.0
        self._func = func
        self._loop = asyncio.get_running_loop()

    def submit(self) -> asyncio.Future[None]:
        fut: asyncio.Future[None] = self._loop.create_future()
        self._loop.call_later(self.rng.uniform(0.001, 0.05), self._done, fut)
        return fut

    def _done(self, fut: asyncio.Future[None]) -> None:
        self._func()
        if not fut.done():
            fut.set_result(None)

    def close(self) -> None: ...


class SimTable:
    """The rows of leaderships; rebuilt from the log by the node when it starts."""

    def __init__(self, slab: Any, name: str) -> None:
        self.rows = slab

    def items(self) -> Any:
        return sorted(self.rows.items())

    def set(self, key: str, valu: Any) -> None:
        self.rows[key] = valu

    def pop(self, key: str) -> None:
        self.rows.pop(key, None)


class Proxy(s_base.Base):
    """One link from a node to another: calls take a while, and end when the link is cut, on both sides."""

    async def __anit__(self, net: Net, near: Any, far: Any) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self._net, self._near, self._far = net, near, far
        self._cell = far.cell
        self._features = far.features
        self._tasks: set[asyncio.Task[Any]] = set()
        net.links.append(self)

    def cut(self) -> None:
        """End without a word to anybody but the two."""
        if self in self._net.links:
            self._net.links.remove(self)
        for task in sorted(self._tasks, key=lambda task: task.get_name()):
            task.cancel()
        if not self.isfini:
            self.isfini = True
            self.finievt.set()
            for func in [func for func in self._base_fini if callable(func)]:
                func()

    async def fini(self) -> int:
        self.cut()
        return 0

    def schedCoro(self, coro: Any) -> asyncio.Task[Any]:
        return typing.cast('asyncio.Task[Any]', self._near.sched(coro))

    async def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        await self._travel()
        task = self._far.sched(getattr(self._cell, name)(*args, **kwargs), quiet=True)
        self._tasks.add(task)
        gone = asyncio.ensure_future(self.finievt.wait())
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            if self.isfini or not task.done() or task.cancelled():
                raise s_exc.LinkShutDown(mesg='Remote peer disconnected')
            await self._travel()
            return task.result()
        finally:
            gone.cancel()
            self._tasks.discard(task)
            if not task.done():
                task.cancel()

    async def _travel(self) -> None:
        if not self.isfini:
            await asyncio.sleep(self._net.rng.expovariate(50))
        if self.isfini or not self._net.up(self._near, self._far):
            raise s_exc.LinkShutDown(mesg='Remote peer disconnected')

    async def getNexusLog(self, offs: int) -> typing.AsyncIterator[Any]:
        async for item in self._cell.getNexusLog(offs):
            await self._travel()
            yield item
            await self._travel()

    def __getattr__(self, name: str) -> Any:
        if name.startswith('_'):
            raise AttributeError(name)

        def meth(*args: Any, **kwargs: Any) -> Any:
            return self.call(name, *args, **kwargs)

        return meth


class Net:
    """Which nodes can reach each other."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.nodes: dict[str, Any] = {}
        self.links: list[Proxy] = []
        self.cuts: set[frozenset[str]] = set()
        self.aha: Aha | None = None

    def up(self, near: Any, far: Any) -> bool:
        return near.alive and far.alive and frozenset((near.name, far.name)) not in self.cuts

    def cut(self, *names: str) -> None:
        """Cut the links between two; they notice at once, or some time later."""
        self.cuts.add(frozenset(names))
        for link in [link for link in self.links if {link._near.name, link._far.name} == set(names)]:
            link.cut()

    def heal(self, *names: str) -> None:
        self.cuts.discard(frozenset(names))

    async def openurl(self, url: str) -> Proxy:
        """Connect the current node to another, or to the leader that AHA names."""
        near = current.get()
        name = url.split('://')[1]
        if url.startswith('aha://') and name == 'svc':
            assert self.aha is not None
            name = await self.aha.leader_for(near)
        await asyncio.sleep(self.rng.expovariate(50))
        far = self.nodes[name]
        if far.cell is None or not self.up(near, far):
            raise s_exc.LinkErr(mesg=f'{name} cannot be reached')
        return typing.cast(Proxy, await Proxy.anit(self, near, far))


class Aha:
    """Terms and the leader's name, by the rule of the real one."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.stored: dict[str, Any] | None = None
        self.leader: str | None = None
        self.away: set[str] = set()
        self.claims: list[tuple[int, str]] = []

    async def leader_for(self, near: Any) -> str:
        await self._reach(near)
        if self.leader is None:
            raise s_exc.NoSuchName(mesg='no leader')
        return self.leader

    async def _reach(self, near: Any) -> None:
        await asyncio.sleep(self.net.rng.expovariate(50))
        if near.name in self.away or not near.alive:
            raise s_exc.NotReady(mesg='AHA cannot be reached')

    async def call(self, near: Any, name: str, *args: Any) -> Any:
        """Run a call; its answer may get lost although it was done."""
        await self._reach(near)
        retn = getattr(self, name)(*args)
        await self._reach(near)
        return retn

    def getAhaSvcTerm(self, iden: str) -> Any:
        return self.stored

    def claimAhaSvcTerm(self, iden: str, term: int, name: str, run: str, offs: int) -> Any:
        if not s_terms.claimable(self.stored, term, name):
            raise s_terms.refused(self.stored)
        self.stored = {'term': term, 'name': name, 'run': run, 'offs': offs}
        self.claims.append((term, name))
        return self.stored

    def register(self, name: str, term: int | None) -> None:
        if self.stored is not None and (term or 0) < self.stored['term']:
            raise s_terms.refused(self.stored)
        self.leader = name


class AhaLink:
    """What a cell has of AHA."""

    def __init__(self, aha: Aha, node: Any) -> None:
        self.aha, self.node = aha, node
        self.hooks: list[Any] = []
        self.linked = False

    async def call(self, name: str, *args: Any, timeout: float = 5.0) -> Any:
        return await self.aha.call(self.node, name, *args)

    def on_link(self, func: Any) -> None:
        self.hooks.append(func)

    async def set_ready(self, ready: bool) -> None: ...

    async def run(self) -> None:
        """Link up again and again, as a reconnecting client would."""
        while True:
            up = self.node.name not in self.aha.away
            if up and not self.linked:
                with contextlib.suppress(s_exc.SynErr):
                    for hook in self.hooks:
                        await hook(self)
                    await self.role_changed(self.node.cell.isactive)
                    self.linked = True
            self.linked = self.linked and up
            await asyncio.sleep(0.5)

    async def role_changed(self, active: bool) -> None:
        if active and self.node.name not in self.aha.away:
            self.aha.register(self.node.name, self.node.cell.term)


@contextlib.contextmanager
def patched(net: Net, loop: VirtualLoop, modules: dict[Any, tuple[str, ...]]) -> typing.Iterator[None]:
    """Put the world into modules: ``{module: names of attributes}``."""
    world: dict[str, Any] = {
        'time': types.SimpleNamespace(monotonic=loop.time, time=loop.time),
        's_sync': types.SimpleNamespace(SyncThread=SimSync),
        's_slab': types.SimpleNamespace(KeyVal=SimTable, is_broken=lambda e: False),
        's_telepath': types.SimpleNamespace(openurl=net.openurl, sanitize=lambda url: url),
    }
    saved = [(mod, name, getattr(mod, name)) for mod, names in modules.items() for name in names]
    SimSync.rng = net.rng
    try:
        for mod, name, _ in saved:
            setattr(mod, name, world[name])
        yield
    finally:
        for mod, name, valu in saved:
            setattr(mod, name, valu)
