"""What remote callers may ask of AHA, and with which permission (aha.md 4).

Look-ups are plain functions: they are answered on the spot.
"""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.pools as s_pools
import synapse.lib.aha.registry as s_registry
import synapse.lib.aha.services as s_services
import synapse.lib.aha.terms as s_terms
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.aha.service as s_service

Any = typing.Any
Entry = s_registry.Entry
Pool = s_pools.Pool
Items = typing.AsyncGenerator[Any, None]
adminapi = s_cell.adminapi


class PermApi(s_cell.CellApi):
    """The checks that the parts of the API share."""

    cell: s_service.AhaCell

    def _req_current(self) -> None:
        """Raise BadState when this AHA was deposed, and hang up, so that clients go to the next one.

        Operators on its machine may look.
        """
        link = typing.cast(Any, self.link)
        if self.cell.deposed and not link.get('unix'):
            self.cell.schedCallLater(s_limits.AHA_HANGUP_SECS, link.close)
            raise s_exc.BadState(mesg=self.cell.mirror.fence.role.reason)

    def _with_user(self, entry: Entry | None) -> Entry | None:
        return None if entry is None else s_registry.for_user(entry, self.user.name)


class LookupApi(PermApi):
    """Who is called what, and where is it."""

    def getAhaUrls(self, user: str = 'root') -> list[str]:
        """Return the URLs of AHA for a user."""
        return self.cell.getAhaUrls(user=user)

    def getAhaSvc(self, name: str, filters: dict[str, Any] | None = None) -> Entry | None:
        """Return the entry of a service; with ``{'mirror': True}`` that of one of its followers. None: not known."""
        self._req_current()
        entry = self.cell.getAhaSvc(name, filters)
        if entry is not None:
            self._confirm('aha', 'service', 'get', entry['svcnetw'])
        return self._with_user(entry)

    async def getAhaSvcs(self, network: str | None = None) -> Items:
        """Yield all entries, or those of a network, by network and name."""
        self._req_current()
        perm = ('aha', 'service', 'get')
        self._confirm(*perm if network is None else (*perm, s_names.req_str(network, 'network')))
        for entry in self.cell.getAhaSvcs(network):
            yield entry

    def getAhaSvcMirrors(self, name: str) -> list[Entry] | None:
        """Return the followers of a service that are there and up to date, None for an unknown name."""
        self._req_current()
        entry = self.cell.services.get(self.cell.full_name(name))
        if entry is None:
            return None
        self._confirm('aha', 'service', 'get', entry['svcnetw'])
        return self.cell.getAhaSvcMirrors(name)

    async def getAhaSvcsByIden(self, iden: str, online: bool = True, skiprun: str | None = None) -> Items:
        """Yield the instances of a service, one entry a run."""
        self._req_current()
        self._confirm('aha', 'service', 'get')
        for entry in self.cell.getAhaSvcsByIden(iden, online=online, skiprun=skiprun):
            yield entry

    def getAhaServers(self) -> list[dict[str, Any]]:
        """Return ``{host, port}`` of all AHA servers."""
        return self.cell.getAhaServers()

    def getAhaServer(self, host: str, port: int) -> dict[str, Any] | None:
        """Return an AHA server, None when it is not known."""
        return self.cell.getAhaServer(host, port)

    def getAhaPool(self, name: str) -> Pool | None:
        """Return a pool, None when there is none."""
        return self.cell.getAhaPool(name)

    async def getAhaPools(self) -> Items:
        """Yield all pools."""
        for pool in self.cell.getAhaPools():
            yield pool

    async def iterPoolTopo(self, name: str) -> Items:
        """Yield the members of a pool, then their comings and goings, for ever."""
        self._req_current()
        async with contextlib.aclosing(self.cell.iterPoolTopo(name)) as mesgs:
            async for kind, info in mesgs:
                yield kind, self._with_user(info) if kind == 'svc:add' else info


class RegisterApi(PermApi):
    """Services tell where they are, and who leads."""

    async def addAhaSvc(self, name: str, info: dict[str, Any], network: str | None = None) -> None:
        """Register a service, which is there as long as this session. Raises BadArg, BadState, DupName.

        An info that says no host gets the address of the caller.
        """
        self._req_current()
        svcname, netw = s_names.split(name, network)
        self._confirm('aha', 'service', 'add', netw, svcname)
        info = dict(s_services.req_info(info))
        if info['urlinfo'].get('host') is None:
            info['urlinfo'] = {**info['urlinfo'], 'host': self._peer_host()}
        await self.cell.addAhaSvc(svcname, info, network=netw, sess=self.sess)

    def _peer_host(self) -> str:
        link = typing.cast(Any, self.link)
        if link.get('unix'):
            mesg = 'A service that registers through a unix socket must say its host.'
            raise s_exc.BadArg(mesg=mesg, name='info')
        return str(link.getAddrInfo()['addr'][0])

    async def modAhaSvcInfo(self, name: str, svcinfo: dict[str, Any]) -> bool:
        """Change ``ready`` of a service; False for an unknown name. Raises BadArg."""
        s_services.req_ready(svcinfo)
        entry = self.cell.services.get(self.cell.full_name(name))
        if entry is None:
            return False
        self._confirm('aha', 'service', 'add', entry['svcnetw'], entry['svcname'])
        return await self.cell.modAhaSvcInfo(name, svcinfo)

    async def delAhaSvc(self, name: str, network: str | None = None) -> None:
        """Forget a service, if it is known."""
        entry = self.cell.services.get(self.cell.full_name(name) if network is None else f'{name}.{network}')
        if entry is not None:
            svcname, netw = entry['svcname'], entry['svcnetw']
        else:
            svcname, netw = s_names.split(self.cell.full_name(name) if network is None else name, network)
        self._confirm('aha', 'service', 'del', netw, svcname)
        await self.cell.delAhaSvc(name, network=network)

    def getAhaSvcTerm(self, iden: str) -> s_terms.Term | None:
        """Return ``{iden, term, name, run, offs, time}`` of the leadership of a service, None without one."""
        self._req_current()
        return self.cell.getAhaSvcTerm(iden)

    async def claimAhaSvcTerm(self, iden: str, term: int, name: str, run: str, offs: int) -> s_terms.Term:
        """Take a term of leadership for an instance. Raises BadState: somebody else has it, or a later one.

        Whoever may register the instance may claim for it, if he may also register the present holder or its alias.
        """
        self._req_current()
        self._confirm_name(s_names.req_label(name, 'name'))
        held = self.cell.getAhaSvcTerm(iden)
        if held is not None and held['name'] != name:
            self._confirm_group(held['name'])
        return await self.cell.claimAhaSvcTerm(iden, term, name, run, offs)

    def _confirm_name(self, name: str) -> None:
        self._confirm('aha', 'service', 'add', *reversed(self.cell.split_name(name)))

    def _confirm_group(self, name: str) -> None:
        svcname, netw = self.cell.split_name(name)
        alias = s_names.alias(svcname)
        if alias is None or not self.user.allowed(('aha', 'service', 'add', netw, alias)):
            self._confirm_name(name)


class CertApi(PermApi):
    """AHA as a certificate authority."""

    def getCaCert(self, network: str) -> str | None:
        """Return the certificate of an authority as PEM text, None when there is none."""
        self._confirm('aha', 'ca', 'get')
        return self.cell.getCaCert(network)

    async def genCaCert(self, network: str) -> str:
        """Make an authority, unless there is one; returns its certificate as PEM text."""
        self._confirm('aha', 'ca', 'gen')
        return await self.cell.genCaCert(network)

    async def signHostCsr(self, csrtext: str, signas: str | None = None, sans: str | None = None) -> str:
        """Sign the request of a host; returns PEM text."""
        self._confirm('aha', 'csr', 'host')
        return await self.cell.signHostCsr(csrtext, signas=signas, sans=sans)

    async def signUserCsr(self, csrtext: str, signas: str | None = None) -> str:
        """Sign the request of a user; returns PEM text."""
        self._confirm('aha', 'csr', 'user')
        return await self.cell.signUserCsr(csrtext, signas=signas)


class OneTimeUrlApi(PermApi):
    """One-time URLs. For admins only."""

    @adminapi()
    async def addAhaSvcProv(self, name: str, provinfo: dict[str, Any] | None = None) -> str:
        """Return a one-time URL that makes a new service a member of the network."""
        return await self.cell.addAhaSvcProv(name, provinfo)

    @adminapi()
    async def delAhaSvcProv(self, iden: str) -> None:
        """Withdraw the one-time URL of a service, if it was not used yet."""
        await self.cell.delAhaSvcProv(iden)

    @adminapi()
    async def clearAhaSvcProvs(self) -> None:
        """Withdraw all one-time URLs of services."""
        await self.cell.clearAhaSvcProvs()

    @adminapi()
    async def addAhaUserEnroll(self, name: str, userinfo: Any = None, again: bool = False) -> str:
        """Return a one-time URL with which a user gets a certificate."""
        return await self.cell.addAhaUserEnroll(name, userinfo=userinfo, again=again)

    @adminapi()
    async def delAhaUserEnroll(self, iden: str) -> None:
        """Withdraw the one-time URL of a user, if it was not used yet."""
        await self.cell.delAhaUserEnroll(iden)

    @adminapi()
    async def clearAhaUserEnrolls(self) -> None:
        """Withdraw all one-time URLs of users."""
        await self.cell.clearAhaUserEnrolls()

    @adminapi()
    async def addAhaClone(self, host: str, port: int = 27492, conf: dict[str, Any] | None = None) -> str:
        """Return a URL with which a new AHA becomes a mirror of this one."""
        return await self.cell.addAhaClone(host, port=port, conf=conf)

    @adminapi()
    async def clearAhaClones(self) -> None:
        """Withdraw all URLs for clones of AHA."""
        await self.cell.clearAhaClones()


class AdminApi(PermApi):
    """AHA servers, pools, and calls to all instances of a service. For admins only."""

    @adminapi()
    async def addAhaServer(self, server: dict[str, Any]) -> bool:
        """Put an AHA server ``{host, port}`` on the list; False when nothing changes."""
        return await self.cell.addAhaServer(server)

    @adminapi()
    async def delAhaServer(self, host: str, port: int) -> dict[str, Any] | None:
        """Take an AHA server off the list and return it, None when it is not known."""
        return await self.cell.delAhaServer(host, port)

    @adminapi()
    async def addAhaPool(self, name: str, info: dict[str, Any]) -> Pool:
        """Make an empty pool, in place of one of that name."""
        return await self.cell.addAhaPool(name, {'creator': self.user.iden})

    @adminapi()
    async def delAhaPool(self, name: str) -> Pool | None:
        """Remove a pool and return it, None when there is none."""
        return await self.cell.delAhaPool(name)

    @adminapi()
    async def addAhaPoolSvc(self, poolname: str, svcname: str, info: dict[str, Any]) -> Pool:
        """Make a service a member of a pool; returns the pool."""
        return await self.cell.addAhaPoolSvc(poolname, svcname, {'creator': self.user.iden})

    @adminapi()
    async def delAhaPoolSvc(self, poolname: str, svcname: str) -> Pool:
        """Make a service no member of a pool any more; returns the pool."""
        return await self.cell.delAhaPoolSvc(poolname, svcname)

    @adminapi()
    async def callAhaPeerApi(
        self, iden: str, todo: Any, timeout: float | None = None, skiprun: str | None = None
    ) -> Items:
        """Call a method of each instance of a service; yield (name, (ok, result))."""
        async with contextlib.aclosing(self.cell.callAhaPeerApi(iden, todo, timeout, skiprun)) as items:
            async for item in items:
                yield item

    @adminapi()
    async def callAhaPeerGenr(
        self, iden: str, todo: Any, timeout: float | None = None, skiprun: str | None = None
    ) -> Items:
        """Call a method that yields of each instance of a service; yield (name, (ok, item))."""
        async with contextlib.aclosing(self.cell.callAhaPeerGenr(iden, todo, timeout, skiprun)) as items:
            async for item in items:
                yield item


class AhaApi(LookupApi, RegisterApi, CertApi, OneTimeUrlApi, AdminApi):
    """The API of AHA, beside that of every cell (promise path ``synapse.lib.aha.AhaApi``)."""
