"""The service: a cell that knows the others, and lets them in."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.api as s_api
import synapse.lib.aha.confdefs as s_confdefs
import synapse.lib.aha.http as s_http
import synapse.lib.aha.joining as s_joining
import synapse.lib.aha.names as s_names
import synapse.lib.aha.peers as s_peers
import synapse.lib.aha.pools as s_pools
import synapse.lib.aha.provision as s_provision
import synapse.lib.aha.registry as s_registry
import synapse.lib.aha.table as s_table
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.certs as s_certs
import synapse.lib.limits as s_limits

Any = typing.Any
logger = logging.getLogger('synapse.lib.aha')


class AhaCell(s_pools.Pools, s_peers.Peers, s_provision.Provisioning):
    """Discovery, provisioning and certificates for a network of services (promise path ``synapse.aha.AhaCell``)."""

    cellapi = s_api.AhaApi
    confdefs = s_confdefs.CONFDEFS

    @classmethod
    def getEnvPrefix(cls) -> tuple[str, ...]:
        return ('SYN_AHA', f'SYN_{cls.__name__.upper()}')

    @classmethod
    def getConfDefs(cls) -> dict[str, dict[str, Any]]:
        """Return all options; unlike elsewhere, ``mirror`` is one for people."""
        return {**super().getConfDefs(), 'mirror': s_confdefs.MIRROR}

    # -- start

    @classmethod
    async def prepare(cls, layout: s_layout.Layout, conf: s_conf.Config) -> None:
        """Become a copy of another AHA where the options say so."""
        await super().prepare(layout, conf)
        await s_joining.join(layout, conf)

    async def initServiceStorage(self) -> None:
        """Open the tables."""
        self.features.update(callpeers=1, getAhaSvcsByIden=1)
        self.certs = s_certs.CertStore(self.layout.path('certs'))
        self.services = s_registry.Registry(self.slab, 'aha:services')
        self.terms = s_table.Table(self.slab, 'aha:terms')
        self.provs = s_table.Table(self.slab, 'aha:provs')
        self.pools = s_table.Table(self.slab, 'aha:pools')
        self.servers = s_table.Table(self.slab, 'aha:servers')
        self.making, self.granting = asyncio.Lock(), asyncio.Lock()
        self.node = s_common.guid((self.own_hosts(), self.getDmonListenUrl()))[:8]
        self.live = {}
        self.topos = s_pools.Watchers()
        self.onfini(self.topos.end_all)
        self.provdmon = None
        self.provaddr = None
        s_http.add_routes(self)
        if self.conf.get('aha:network') is None:
            if self.conf.get('dns:name') is not None or self.conf.get('provision:listen') is not None:
                mesg = 'The aha:network configuration option is required.'
                raise s_exc.NeedConfValu(mesg=mesg, name='aha:network', key='aha:network')
            logger.warning('AHA has no aha:network: it knows services, but has no certificates to give.')

    async def initServiceActive(self) -> None:
        """Nobody is connected to us who was connected to an earlier leader."""
        try:
            await self.take_down_stale()
        except s_exc.IsReadOnly as e:
            logger.warning('Services that are gone are still listed as there: %s', e.get('mesg'))
            self.schedCoro(self._settle())

    async def initServicePassive(self) -> None:
        """Those who registered with a leader that was deposed are to go to the new one."""
        if self.deposed:
            for sess in tuple(self.live.values()):
                sess.hslink.close()

    async def initServiceRuntime(self) -> None:
        """Make what is needed to listen."""
        await self.init_certs()

    async def initServiceNetwork(self) -> None:
        """Listen for those who are members, and for those who want to be."""
        await super().initServiceNetwork()
        turl = self.getDmonListenUrl()
        if turl is not None and turl.startswith('ssl://'):
            self.ahaport = self.tele_port()
        if self.isactive:
            await self.register_self()
        else:
            self.schedCoro(self._settle())
        await self.listen_prov()

    async def _settle(self) -> None:
        """As a mirror, tell the leader of us, as soon as that can be reached; or when changes are accepted again."""
        while True:
            try:
                await self.register_self()
                await self.take_down_stale()
                return
            except s_exc.SynErr as e:
                logger.warning('Cannot tell the leading AHA of this one, trying again: %s', e)
                await asyncio.sleep(s_limits.AHA_RETRY)

    def tele_port(self) -> int | None:
        """Return the port of our TCP listener, None without one."""
        for server in self.dmon.servers:
            for sock in server.sockets:
                addr = sock.getsockname()
                if isinstance(addr, tuple):
                    return int(addr[1])
        return None

    def getDmonListenUrl(self) -> str | None:
        """Return where we listen: at the port of all AHA servers, where nothing else was said."""
        if 'dmon:listen' in self.conf:
            return typing.cast('str | None', self.conf['dmon:listen'])
        names, network = self.own_hosts(), self.conf.get('aha:network')
        return f'ssl://0.0.0.0?hostname={names[0]}&ca={network}' if names and network else None

    def getPermDefs(self) -> list[dict[str, Any]]:
        return [*super().getPermDefs(), *s_confdefs.permdefs()]

    def lead_url(self) -> str:
        """Return where another AHA finds this one: by its own name, there is no AHA to ask for it."""
        own = self.own_server()
        network = self.conf.get('aha:network')
        if own is None or network is None:
            return super().lead_url()
        return f'ssl://{own["host"]}:{own["port"]}?certname=root@{network}'

    # -- names

    def split_name(self, name: str) -> tuple[str, str]:
        """Return (svcname, network) of a full name: as it is registered, else as our network has it. Raises BadArg."""
        entry = self.services.get(name)
        if entry is not None:
            return entry['svcname'], entry['svcnetw']
        network = self.conf.get('aha:network')
        if network is not None and name.endswith(f'.{network}'):
            return name[: -len(network) - 1], network
        return s_names.split(name)
