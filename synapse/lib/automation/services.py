"""Storm services: remote services whose methods queries can call, and that bring packages (storm-runtime.md 15).

The leader asks a service what it is each time it connects, and writes the answer to the log, so that its packages stay
usable while it is away. Followers only connect.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.order as s_order
import synapse.lib.automation.packages as s_packages
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)


class Services(s_nexus.Pusher):
    """The services by iden, and a client for each."""

    async def __anit__(self, cell: s_cell.Cell, packages: s_packages.Packages) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:services', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell: Any = cell
        self.packages = packages
        self.table = s_slab.KeyVal(cell.slab, 'cortex:services')
        self.clients: dict[str, s_telepath.Client] = {}
        self.ready: dict[str, asyncio.Event] = {}

    async def open(self) -> None:
        """Connect to all services, in the background."""
        for _, sdef in list(self.table.items()):
            await self._connect(sdef)

    # asking

    def get(self, name: str) -> Def | None:
        """Return a service by iden, by its own name or by the name it got here; None without."""
        sdef = self.table.get(name) if name else None
        if sdef is not None:
            return typing.cast(Def, sdef)
        sdefs = [sdef for _, sdef in self.table.items()]
        found = (sdef for key in ('name', 'svcname') for sdef in sdefs if sdef.get(key) == name)
        return next(found, None)

    def req(self, name: str) -> Def:
        """Return a service. Raises: NoSuchName."""
        sdef = self.get(name)
        if sdef is None:
            raise s_exc.NoSuchName(mesg=f'No service with name/iden: {name}')
        return sdef

    def all(self) -> list[Def]:
        """Return all services, with ``ready``, ``svcname`` and ``svcvers``."""
        known = {'svcname': '', 'svcvers': ''}
        sdefs = sorted((sdef for _, sdef in self.table.items()), key=lambda sdef: sdef['created'])
        return [{**known, **sdef, 'ready': self.is_ready(sdef['iden'])} for sdef in sdefs]

    def is_ready(self, iden: str) -> bool:
        """Is there a connection to a service?"""
        client = self.clients.get(iden)
        return iden in self.ready and self.ready[iden].is_set() and client is not None and client._t_ready.is_set()

    async def wait(self, iden: str, timeout: float | None) -> bool:
        """Wait until a service is there; False when the time passed first."""
        client = self.clients.get(iden)
        if client is None:
            return False
        try:
            async with asyncio.timeout(timeout):
                await self.ready[iden].wait()
                await client.waitready(timeout=timeout)
        except (TimeoutError, s_exc.TimeOut, s_exc.IsFini):
            return False
        return True

    # changing

    async def add(self, name: str, url: str) -> Def:
        """Remember a service and connect to it in the background. Raises: BadUrl."""
        s_telepath.chopurl(url)
        sdef = {'name': name, 'url': url, 'iden': s_common.guid()}
        await self._push('svc:add', {**sdef, 'created': s_order.tick(self.table)})
        return sdef

    def client(self, sdef: Def) -> s_telepath.Client:
        """Return the client of a service. Raises: BadUrl (an alias that is not known here)."""
        if sdef['iden'] not in self.clients:
            raise s_exc.BadUrl(
                mesg=f'The URL of the Storm service {sdef["name"]} is not known here.', name=sdef['name']
            )
        return self.clients[sdef['iden']]

    async def delete(self, iden: str) -> None:
        """Forget a service and its packages; runs its ``del`` query. Raises: NoSuchStormSvc."""
        sdef = self.table.get(iden)
        if sdef is None:
            raise s_exc.NoSuchStormSvc(mesg=f'No storm service with iden: {iden}', iden=iden)
        for pkgdef in self._pkgs(iden):
            await self.packages.delete(pkgdef['name'])
        await self._run(sdef, 'del')
        await self._push('svc:del', iden)

    def _pkgs(self, iden: str) -> list[Def]:
        return [pkgdef for pkgdef in self.packages.all() if pkgdef.get('svciden') == iden]

    @s_nexus.Pusher.onPush('svc:add')
    async def _on_add(self, sdef: Def) -> None:
        if not self.table.has(sdef['iden']):
            self.table.set(sdef['iden'], sdef)
            self.cell.feedBeholder('svc:add', {'name': sdef['name'], 'iden': sdef['iden']})
            await self._connect(sdef)

    @s_nexus.Pusher.onPush('svc:set')
    def _on_set(self, iden: str, info: Def) -> None:
        sdef = self.table.get(iden)
        if sdef is not None:
            self.table.set(iden, {**sdef, **info})
            self.cell.feedBeholder('svc:set', {'name': sdef['name'], 'iden': iden, **info})

    @s_nexus.Pusher.onPush('svc:del')
    async def _on_del(self, iden: str) -> None:
        if self.table.pop(iden) is not None:
            for pkgdef in self._pkgs(iden):  # it may have brought them while it was being removed
                self.packages.drop(pkgdef['name'])
            self.cell.feedBeholder('svc:del', {'iden': iden})
            self.ready.pop(iden, None)
            client = self.clients.pop(iden, None)
            if client is not None:
                self.schedCoro(client.fini())

    # connecting

    async def _connect(self, sdef: Def) -> None:
        iden = sdef['iden']
        if iden in self.clients:
            return
        ready = self.ready[iden] = asyncio.Event()

        async def onlink(proxy: s_telepath.Proxy) -> None:
            self.schedCoro(self._greet(iden, proxy, ready))

        try:
            self.clients[iden] = await s_telepath.Client.anit(sdef['url'], onlink=onlink)
        except s_exc.BadUrl as e:  # an alias that is not known here, or no longer
            logger.warning('Storm service %s cannot be reached: %s', sdef['name'], e.get('mesg'))
            return
        self.onfini(self.clients[iden])

    async def _greet(self, iden: str, proxy: s_telepath.Proxy, ready: asyncio.Event) -> None:
        """Take in what a service says of itself; then it can be used."""
        try:
            names = {str(name).rpartition('.')[2] for name in proxy._getClasses() or ()}
            if 'StormSvc' in names and self.cell.isactive:
                await self._learn(iden, await proxy.getStormSvcInfo())
        except s_exc.SynErr:
            logger.exception('Storm service %s cannot be used', iden)
        finally:
            ready.set()

    async def _learn(self, iden: str, info: Def) -> None:
        sdef = self.table.get(iden)
        if sdef is None:
            return
        news = {'svcname': info.get('name', ''), 'svcvers': tuple(info.get('vers', ())), 'evts': info.get('evts') or {}}
        if {key: sdef.get(key) for key in news} != news:
            await self._push('svc:set', iden, news)
        names = set()
        for pkgdef in info.get('pkgs') or ():
            try:
                await self.packages.add({**pkgdef, 'svciden': iden})
                names.add(pkgdef['name'])
            except (s_exc.SynErr, KeyError, TypeError, AttributeError):
                logger.exception('A package of the Storm service %s cannot be loaded', sdef['name'])
        for pkgdef in self._pkgs(iden):
            if pkgdef['name'] not in names or not self.table.has(iden):
                await self.packages.delete(pkgdef['name'])
        if self.table.has(iden) and not sdef.get('added'):
            await self._run({**sdef, **news}, 'add')
            await self._push('svc:set', iden, {'added': True})

    async def _run(self, sdef: Def, name: str) -> None:
        """Run a query of a service for an event, as root; what goes wrong is logged."""
        text = ((sdef.get('evts') or {}).get(name) or {}).get('storm')
        if text is None:
            return
        opts = {'vars': {'cmdconf': {'svciden': sdef['iden']}}, 'mirror': False}
        async for kind, info in self.cell.storm(text, opts):
            if kind == 'err':
                logger.error('The query of service %s for %s failed: %s', sdef['name'], name, info)
