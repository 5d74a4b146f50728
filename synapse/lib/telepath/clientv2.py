"""A set of proxies that are handed out in turn: to one server, or to the members of a service pool of AHA.

The sets are kept up in the background for ever (spec: telepath.md 13.3, 14.4).
"""

from __future__ import annotations

import asyncio
import contextlib
import typing

import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath.aha as s_aha
import synapse.lib.telepath.client as s_client
import synapse.lib.telepath.proxy as s_proxy
import synapse.lib.telepath.urls as s_urls

OnLink = typing.Callable[[s_proxy.Proxy, s_urls.Info], typing.Any]


class ClientV2(s_base.Base):
    """A reconnecting set of proxies. ``await client.proxy()`` hands them out in turn.

    Where the URL names a pool, there is one for each member that is there. As the pool changes it fires ``svc:add`` and
    ``svc:del`` (``svcname``), and ``pool:reset`` when AHA was lost and the pool starts anew.
    """

    async def __anit__(self, url: s_client.Urls, onlink: OnLink | None = None) -> None:  # type: ignore[override]
        """Return at once and connect in the background.

        Args:
            url: A URL or a list of URLs to try in order.
            onlink: ``async (proxy, urlinfo)``, called before the proxy is handed out.

        Raises:
            BadUrl: A URL is not one of ours.
        """
        await s_base.Base.__anit__(self)
        self.booturls = s_client.BootUrls(url)
        self.onlink = onlink
        self.proxies: list[s_proxy.Proxy] = []
        self.turn = 0
        self.ready = asyncio.Event()
        self.complain = s_client.Complaint('clientv2')
        self.onfini(self._fini_proxies)
        self.schedCoro(self._run())

    async def _fini_proxies(self) -> None:
        self.ready.set()
        for proxy in tuple(self.proxies):
            await proxy.fini()

    async def _run(self) -> None:
        while not self.isfini:
            await self._open(self.booturls.next())

    async def _open(self, info: s_urls.Info) -> None:
        """Connect to what a URL names and stay with it until it is lost."""
        try:
            if info['scheme'] != 'aha':
                await self._hold(await s_client.openinfo(info), info)
                return
            aha, entry = await s_aha.lookup(str(info.get('host')), mirror=s_aha.wants_mirror(info))
            if entry.get('services') is not None:
                await self._hold_pool(aha, entry['name'])
            else:
                await self._hold(await s_client.openinfo(s_aha.merge(info, entry)), info)
        except Exception as e:
            self.complain(info, e)
            await asyncio.sleep(float(info.get('retrysleep') or s_limits.TELE_RETRY_SECS))

    async def _hold(self, proxy: s_proxy.Proxy, info: s_urls.Info) -> None:
        try:
            if self.onlink is not None:
                await s_base.call(self.onlink, proxy, info)
            self.proxies.append(proxy)
            self.ready.set()
            await proxy.waitfini()
        finally:
            if proxy in self.proxies:
                self.proxies.remove(proxy)
            if not self.proxies and not self.isfini:
                self.ready.clear()
            await proxy.fini()

    # -- pools

    async def _hold_pool(self, aha: s_proxy.Proxy, name: str) -> None:
        """Keep links to the members of a pool until AHA is lost, or the pool."""
        members: dict[str, s_base.Base] = {}
        try:
            async with contextlib.aclosing(aha.iterPoolTopo(name)) as changes:
                async for kind, entry in changes:
                    await self._change(members, kind, entry['name'])
        except Exception as e:
            self.complain(s_urls.chopurl(f'aha://{name}'), e)
        finally:
            for member in members.values():
                await member.fini()
            if not self.isfini:
                await self.fire('pool:reset', pool=name)
        await asyncio.sleep(s_limits.AHA_POOL_RETRY)

    async def _change(self, members: dict[str, s_base.Base], kind: str, name: str) -> None:
        if kind == 'svc:add' and name not in members:
            members[name] = member = await s_base.Base.anit()
            member.schedCoro(self._keep_member(s_urls.chopurl(f'aha://{name}')))
        elif kind == 'svc:del' and name in members:
            await members.pop(name).fini()
        else:
            return
        await self.fire(kind, svcname=name)

    async def _keep_member(self, info: s_urls.Info) -> None:
        while not self.isfini:
            await self._open(info)

    # -- what others ask

    def setBootUrls(self, url: s_client.Urls) -> None:
        """Replace the URLs; links that are up stay."""
        self.booturls = s_client.BootUrls(url)

    def size(self) -> int:
        """Return the number of connected proxies."""
        return len(self.proxies)

    async def waitready(self, timeout: float | None = None) -> None:
        """Wait until at least one proxy is connected. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self.ready.wait()

    async def proxy(self, timeout: float | None = None) -> s_proxy.Proxy | None:
        """Return the next proxy, after waiting for one; None when the client has ended. Raises TimeoutError."""
        while not self.isfini:
            live = [proxy for proxy in self.proxies if not proxy.isfini]
            if live:
                self.turn += 1
                return live[self.turn % len(live)]
            self.ready.clear()
            await self.waitready(timeout)
        return None


async def open(url: s_client.Urls, onlink: OnLink | None = None) -> ClientV2:
    """Return a ClientV2 for a URL or a list of URLs."""
    return await ClientV2.anit(url, onlink=onlink)
