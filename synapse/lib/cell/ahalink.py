"""The cell as a member of an AHA network: its link to AHA, and what it tells there (aha.md 5).

AHA believes in what is connected: a registration holds as long as the session that made it. So there is one
reconnecting client, and everything is told again on each link-up. AHA being away never stops the cell: what it has to
say is kept and said later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.cell.core as s_core

logger = logging.getLogger('synapse.lib.cell')

Answers = typing.AsyncGenerator[typing.Any, None]
Hook = typing.Callable[[s_telepath.Proxy], typing.Awaitable[typing.Any]]

# From this release on AHA understands filters and modAhaSvcInfo().
VERS_READY = (2, 95, 0)


class AhaLink(s_base.Base):
    """The link of a cell to AHA.

    Attributes:
        client: The reconnecting client. urls: What it connects to.
        network: ``aha:network``. svcname: The full name of this instance, None without name and network.
        ready: What a follower says about itself: its copy is up to date. A leader is always ready.
    """

    async def __anit__(self, cell: s_core.CellCore) -> None:  # type: ignore[override]
        """Start to connect. Raises BadUrl when ``aha:registry`` has something else."""
        await s_base.Base.__anit__(self)
        self.cell = cell
        self.urls: str | list[str] = cell.conf['aha:registry']
        self.network: str | None = cell.conf.get('aha:network')
        self.svcname = cell.ahasvcname
        self.ready = False
        self._open = False  # the service can be reached: from now on it registers
        self._urlinfo: dict[str, typing.Any] | None = None
        self._greeted: s_telepath.Proxy | None = None
        self._hooks: list[Hook] = []
        self._registering = asyncio.Lock()
        self._registered = asyncio.Event()
        self._complained = -s_limits.TELE_COMPLAIN_SECS
        await s_telepath.addAhaUrl(self.urls)
        self.onfini(self._forget_urls)
        self.client = await s_telepath.Client.anit(self.urls, onlink=self._on_link)
        self.onfini(self.client)

    async def _forget_urls(self) -> None:
        await s_telepath.delAhaUrl(self.urls)

    # -- calls

    async def proxy(self, timeout: float = s_limits.AHA_CALL_SECS) -> s_telepath.Proxy:
        """Return the proxy to AHA. Raises NotReady when there is none within ``timeout`` seconds."""
        try:
            return await self.client.proxy(timeout=timeout)
        except TimeoutError:
            mesg = f'AHA cannot be reached: {s_telepath.sanitize(self.urls)}'
            raise s_exc.NotReady(mesg=mesg, urls=s_telepath.sanitize(self.urls)) from None

    async def call(
        self, meth: str, *args: typing.Any, timeout: float = s_limits.AHA_CALL_SECS, **kwargs: typing.Any
    ) -> typing.Any:
        """Call a method of AHA and return its result.

        Raises:
            NotReady: No link to AHA. TimeOut: AHA does not answer in time. LinkShutDown: The link was lost meanwhile.
            NoSuchMeth: An older AHA. And what AHA raises.
        """
        proxy = await self.proxy(timeout=timeout)
        try:
            async with asyncio.timeout(timeout):
                return await proxy.call(meth, *args, **kwargs)
        except TimeoutError:
            raise s_exc.TimeOut(mesg=f'AHA did not answer {meth}() within {timeout} seconds.', name=meth) from None

    def on_link(self, func: Hook) -> None:
        """Call ``await func(proxy)`` on each link-up from now on, before this service registers."""
        self._hooks.append(func)

    async def drop(self) -> None:
        """Lose the link on purpose, which takes our names offline, and come back."""
        proxy = self.client._t_proxy
        if proxy is not None:
            await proxy.fini()

    # -- on each link-up

    def _on_link(self, proxy: s_telepath.Proxy) -> None:
        # in the background: calls may be made meanwhile, and a registration may have to be tried again and again
        proxy.schedCoro(self._greet(proxy))

    async def _greet(self, proxy: s_telepath.Proxy) -> None:
        for hook in tuple(self._hooks):
            try:
                await hook(proxy)
            except Exception:
                logger.exception('AHA link hook failed: %r', hook)
        await self._learn_urls(proxy)
        self._greeted = proxy
        await self._keep_registering(proxy)
        while not proxy.isfini:
            # one more AHA server may have come: it must be known before this one is lost
            await asyncio.sleep(s_limits.AHA_URLS_SECS)
            await self._learn_urls(proxy)

    async def _keep_registering(self, proxy: s_telepath.Proxy) -> None:
        while not proxy.isfini:
            try:
                await self._register(proxy)
                return
            except Exception as e:
                self._complain(e)
                await asyncio.sleep(s_limits.AHA_REGISTER_RETRY)

    def _complain(self, exc: Exception) -> None:
        now = time.monotonic()
        if now - self._complained >= s_limits.TELE_COMPLAIN_SECS:
            self._complained = now
            logger.error('Registration with AHA failed, trying again: %s', exc)

    async def _learn_urls(self, proxy: s_telepath.Proxy) -> None:
        """Take over the list of AHA servers that AHA itself knows, now and for later starts.

        A first URL that is plain TCP is left alone: that AHA runs without certificates, its own list would need them.
        """
        first = self.urls if isinstance(self.urls, str) else self.urls[0]
        if first.startswith('tcp://'):
            return
        try:
            urls = await proxy.call('getAhaUrls', user=self.cell.conf.get('aha:user') or 'root')
            urls = list(urls) if isinstance(urls, tuple) else urls
            if urls and urls != self.urls and [urls] != self.urls:
                await self._set_urls(urls)
        except s_exc.SynErr as e:
            logger.debug('AHA does not tell its URLs: %s', e)
        except Exception:
            # no reason not to register
            logger.exception('The list of AHA servers could not be kept.')

    async def _set_urls(self, urls: str | list[str]) -> None:
        self.cell.modCellConf({'aha:registry': urls})
        await s_telepath.addAhaUrl(urls)
        await s_telepath.delAhaUrl(self.urls)
        self.urls = urls
        self.client.setBootUrls(urls)

    # -- registration

    async def announce(self, turl: str | None, addr: typing.Any = None) -> None:
        """Register, now that the service can be reached. Waits some seconds at most until AHA knows it.

        So a service that says that it runs can be found.

        Args:
            turl: The Telepath URL that it listens on; what that says about TLS is told to clients. None without one.
            addr: The socket name; it has the real port.
        """
        self._open = True
        if turl is not None:
            self._urlinfo = _urlinfo(turl, addr)
        if self.cell.conf.get('aha:name') is None or self._info() is None:
            return
        if self._greeted is not None and not self._greeted.isfini:
            self._greeted.schedCoro(self._keep_registering(self._greeted))
        try:
            async with asyncio.timeout(s_limits.AHA_BOOT_SECS):
                await self._registered.wait()
        except TimeoutError:
            logger.warning('Not registered with AHA yet: %s', s_telepath.sanitize(self.urls))

    def _info(self) -> dict[str, typing.Any] | None:
        """Return what is told about this service (aha.md 3), None while there is nothing to tell."""
        cell = self.cell
        svcinfo = cell.conf.get('aha:svcinfo')
        if svcinfo is not None:
            return dict(svcinfo)
        if self._urlinfo is None:
            return None
        info = {
            'run': cell.runid,
            'iden': cell.iden,
            'leader': cell.conf.get('aha:leader'),
            'urlinfo': self._urlinfo,
            'ready': cell.isactive or self.ready,
            'promotable': cell.conf.get('aha:promotable', True),
        }
        if cell.term is not None:
            info['term'] = cell.term
        return info

    async def _register(self, proxy: s_telepath.Proxy) -> None:
        info = self._info()
        name = self.cell.conf.get('aha:name')
        if not self._open or info is None or name is None:
            return
        async with self._registering:
            await proxy.call('addAhaSvc', name, info, network=self.network)
            try:
                await self._register_leader(proxy)
            except s_exc.BadState as e:
                # to say it again would not make us the leader
                logger.error('AHA does not take this service for the leader: %s', e.get('mesg'))
        self._registered.set()

    async def _register_leader(self, proxy: s_telepath.Proxy) -> None:
        leader = self.cell.conf.get('aha:leader')
        if leader is not None and self.cell.isactive:
            await proxy.call('addAhaSvc', leader, self._info(), network=self.network)

    async def register_leader(self) -> None:
        """Claim the leader's alias at once, if this service is registered; otherwise the next link-up does it.

        Raises:
            BadState: AHA knows of a later leader.
        """
        proxy = self.client._t_proxy
        if proxy is None or not self._registered.is_set():
            return
        try:
            async with self._registering, asyncio.timeout(s_limits.AHA_CALL_SECS):
                await self._register_leader(proxy)
        except s_exc.BadState:
            raise
        except (s_exc.SynErr, TimeoutError, OSError) as e:
            logger.warning('Leader registration with AHA failed, the next link-up repeats it: %s', e)

    async def role_changed(self, active: bool) -> None:
        """Tell AHA that this service leads now, or no longer. Raises BadState when AHA knows of a later leader."""
        if active:
            await self.register_leader()
        else:
            self.ready = False
            await self.drop()

    async def set_ready(self, ready: bool) -> None:
        """Tell AHA whether this follower is up to date. Never raises for trouble with AHA: the next link-up tells."""
        self.ready = ready
        proxy = self.client._t_proxy
        if proxy is None or not self._registered.is_set() or self.svcname is None:
            return
        if (proxy._getSynVers() or ()) < VERS_READY:
            return
        try:
            async with self._registering, asyncio.timeout(s_limits.AHA_CALL_SECS):
                await proxy.call('modAhaSvcInfo', self.svcname, {'ready': ready})
        except (s_exc.SynErr, TimeoutError, OSError) as e:
            logger.warning('Telling AHA that we are %sready failed: %s', '' if ready else 'not ', e)

    # -- who else is there

    async def mirror_urls(self) -> list[str]:
        """Return the URLs of the followers that are up to date. Raises NoSuchName, BadConfValu, NotReady, TimeOut."""
        if self.svcname is None:
            raise s_exc.BadConfValu(mesg='Enumerating mirror URLs is only supported when AHA is configured')
        entries = await self.call('getAhaSvcMirrors', self.svcname)
        if entries is None:
            mesg = f'Service {self.svcname} is not registered with AHA.'
            raise s_exc.NoSuchName(mesg=mesg, name=self.svcname)
        return [f'aha://{entry["svcname"]}.{entry["svcnetw"]}' for entry in entries]

    def peer_results(self, meth: str, timeout: float | None, *args: typing.Any) -> Answers:
        """Yield what the other instances of this service answer; those that fail are logged and left out.

        Args:
            meth: A method with an argument ``peers``, which says not to go on asking others.
        """
        return self._ask_peers('callAhaPeerApi', meth, timeout, args)

    def peer_items(self, meth: str, timeout: float | None, *args: typing.Any) -> Answers:
        """Do what ``peer_results`` does, for a method that yields."""
        return self._ask_peers('callAhaPeerGenr', meth, timeout, args)

    async def _ask_peers(self, how: str, meth: str, timeout: float | None, args: tuple[typing.Any, ...]) -> Answers:
        todo = (meth, args, {'peers': False})
        try:
            proxy = await self.proxy()
            if not proxy._hasTeleFeat('callpeers'):
                return
            genr = getattr(proxy, how)(self.cell.iden, todo, timeout=timeout, skiprun=self.cell.runid)
            async with contextlib.aclosing(genr) as answers:
                async for name, (good, valu) in answers:
                    if good:
                        yield valu
                    else:
                        logger.warning('%s does not answer %s(): %s', name, meth, valu)
        except s_exc.SynErr as e:
            logger.warning('Other instances cannot be asked for %s(): %s', meth, e)


def _urlinfo(turl: str, addr: typing.Any) -> dict[str, typing.Any] | None:
    """Return what clients need to know of a listener, None of one that only this machine can reach."""
    info = s_telepath.chopurl(turl.replace('&', '?', 1) if '?' not in turl else turl)
    if info['scheme'] not in ('tcp', 'ssl'):
        return None
    # the host is what AHA sees us come from
    info.pop('host', None)
    info['port'] = addr[1]
    if info.get('hostname'):
        # a listener with several certificates: clients expect one name, the first is the one for all
        info['hostname'] = info['hostname'].partition(',')[0].strip()
    return info
