"""Opening URLs: once (``openurl``), or in the background and for ever (spec: telepath.md 14.3).

``Client`` stands for one server at a time and makes calls itself. It walks through a list of boot URLs: after a failure
or a lost link the *next* one is tried.
"""

from __future__ import annotations

import asyncio
import collections
import logging
import time
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath.connect as s_connect
import synapse.lib.telepath.genr as s_genr
import synapse.lib.telepath.proxy as s_proxy
import synapse.lib.telepath.threads as s_threads
import synapse.lib.telepath.urls as s_urls

logger = logging.getLogger(__name__)

Urls = str | dict[str, typing.Any] | list[typing.Any] | tuple[typing.Any, ...]
OnLink = typing.Callable[['s_proxy.Proxy'], typing.Any]


async def openinfo(info: s_urls.Info) -> s_proxy.Proxy:
    """Connect to the server of a URL info map. Errors as ``openurl``."""
    return await s_proxy.Proxy.anit(await s_connect.target(info))


@s_threads.either
async def openurl(url: s_urls.Url, **opts: typing.Any) -> s_proxy.Proxy:
    """Connect to a server, once, without a timeout. From blocking code it returns the Proxy itself.

    Args:
        url: A URL, an alias, or an info map.
        opts: Win over what the URL says (telepath.md 11.2), such as ``user=``, ``passwd=``, ``name=``, ``certdir=``.

    Raises:
        BadUrl: Not a URL of ours. And the table of telepath.md 12.
    """
    return await openinfo(s_urls.chopurl(url, **opts))


class BootUrls:
    """The URLs to try, in order, over and over. Bad ones raise BadUrl at once."""

    def __init__(self, urls: Urls, opts: dict[str, typing.Any] | None = None) -> None:
        items = list(urls) if isinstance(urls, (list, tuple)) else [urls]
        if not items:
            raise s_exc.BadArg(mesg='A telepath client needs at least one URL.')
        self.infos = [s_urls.chopurl(url, **(opts or {})) for url in items]
        self.queue: collections.deque[s_urls.Info] = collections.deque()

    def next(self) -> s_urls.Info:
        """Return the next URL info."""
        if not self.queue:
            self.queue.extend(self.infos)
        return dict(self.queue.popleft())


class Complaint:
    """Logs connect errors, at most one a minute."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.last = -s_limits.TELE_COMPLAIN_SECS
        self.exc: Exception | None = None

    def __call__(self, info: s_urls.Info, exc: Exception) -> None:
        self.exc = exc
        now = time.monotonic()
        if now - self.last >= s_limits.TELE_COMPLAIN_SECS:
            self.last = now
            text = s_urls.sanitize(s_urls.zipurl(info))
            trace = None if isinstance(exc, (s_exc.SynErr, OSError)) else exc  # those say all there is to say
            logger.warning('telepath %s (%s) encountered an error: %s', self.what, text, exc, exc_info=trace)


class Client(s_base.Base):
    """A reconnecting client. After ``await client.waitready()``, ``client.meth(...)`` calls the current proxy.

    A call that is in flight when the link drops fails with LinkShutDown and is never sent again.
    """

    async def __anit__(  # type: ignore[override]
        self,
        url: Urls,
        opts: dict[str, typing.Any] | None = None,
        conf: dict[str, typing.Any] | None = None,
        onlink: OnLink | None = None,
    ) -> None:
        """Return at once and connect in the background.

        Args:
            url: A URL or a list of URLs to try in order.
            opts: Options for ``openurl``.
            conf: ``timeout``: overrides the timeout of every wait; ``retrysleep``: seconds between attempts.
            onlink: Called with each new proxy before the client counts as ready; its errors are logged and ignored.

        Raises:
            BadUrl: A URL is not one of ours.
        """
        await s_base.Base.__anit__(self)
        self._t_opts = opts
        self._t_urls = BootUrls(url, opts)
        conf = conf or {}
        self._t_timeout: float | None = conf.get('timeout')
        self._t_retry: float = conf.get('retrysleep', s_limits.TELE_RETRY_SECS)
        self._t_onlinks: list[OnLink] = [onlink] if onlink is not None else []
        self._t_ready = asyncio.Event()
        self._t_failed = asyncio.Event()  # all URLs were tried in vain since the last link
        self._t_proxy: s_proxy.Proxy | None = None
        self._t_methinfo: dict[str, dict[str, typing.Any]] | None = None
        self._t_named: set[str] = set()
        self._t_complain = Complaint('client')
        self.onfini(self._t_fini)
        self.schedCoro(self._t_run())

    async def _t_fini(self) -> None:
        self._t_ready.set()  # wakes those who wait, to learn that it is over
        if self._t_proxy is not None:
            await self._t_proxy.fini()

    async def _t_run(self) -> None:
        while not self.isfini:
            await self.fire('tele:client:linkloop')
            info = self._t_urls.next()
            try:
                # a host that does not answer at all must not keep us from the next one
                async with asyncio.timeout(s_limits.TELE_TRY_SECS if len(self._t_urls.infos) > 1 else None):
                    proxy = await openinfo(info)
            except Exception as e:
                self._t_complain(info, e)
                if not self._t_urls.queue:
                    self._t_failed.set()
                await asyncio.sleep(self._t_retry)
                continue
            await self._t_hold(proxy)

    async def _t_hold(self, proxy: s_proxy.Proxy) -> None:
        """Use a proxy until it ends."""
        self._t_proxy = proxy
        self._t_methinfo = proxy.methinfo
        try:
            for func in tuple(self._t_onlinks):
                await self._t_tell(func, proxy)
            if not proxy.isfini:
                self._t_failed.clear()
                self._t_ready.set()
            await proxy.waitfini()
        finally:
            self._t_ready.clear()
            self._t_proxy = None
            # a server that comes back upgraded may have turned a method into a generator
            for name in self._t_named:
                vars(self).pop(name, None)
            self._t_named.clear()
            await proxy.fini()

    async def _t_tell(self, func: OnLink, proxy: s_proxy.Proxy) -> None:
        try:
            await s_base.call(func, proxy)
        except Exception as e:
            logger.exception('onlink: %s', func, exc_info=e)

    async def _t_settled(self, timeout: float) -> bool:
        """Wait until connected (True), or until all URLs were tried in vain (False). Raises TimeoutError."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._t_ready, self._t_failed)]
        try:
            done, _ = await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not done:
            raise TimeoutError
        return self._t_ready.is_set()

    def _t_trouble(self) -> Exception | None:
        """Return the last error of connecting, None while there was none."""
        return self._t_complain.exc

    def setBootUrls(self, url: Urls) -> None:
        """Replace the URLs; the current link stays."""
        self._t_urls = BootUrls(url, self._t_opts)

    async def onlink(self, func: OnLink) -> None:
        """Call ``func(proxy)`` after each connect, and now if connected."""
        self._t_onlinks.append(func)
        if self._t_proxy is not None and self._t_ready.is_set():
            await self._t_tell(func, self._t_proxy)

    async def offlink(self, func: OnLink) -> None:
        """Undo ``onlink``."""
        if func in self._t_onlinks:
            self._t_onlinks.remove(func)

    async def waitready(self, timeout: float | None = s_limits.TELE_READY_SECS) -> None:
        """Wait until connected. Raises TimeoutError; ``timeout`` of the client's conf overrides the argument."""
        if self._t_timeout is not None:
            timeout = self._t_timeout
        async with asyncio.timeout(timeout):
            await self._t_ready.wait()

    async def proxy(self, timeout: float | None = s_limits.TELE_READY_SECS) -> s_proxy.Proxy:
        """Return the current proxy, after waiting for one. Raises TimeoutError, IsFini."""
        while not self.isfini:
            await self.waitready(timeout)
            proxy = self._t_proxy
            if proxy is None:
                break
            if not proxy.isfini:
                return proxy
            await asyncio.sleep(0)  # it ended just now, and _t_hold() has not seen it yet
        raise s_exc.IsFini(mesg='Telepath Client Proxy is not available.')

    async def task(self, todo: s_proxy.Todo, name: str | None = None) -> typing.Any:
        """Make a call on the current proxy, after waiting for one."""
        if self.isfini:
            raise s_exc.IsFini(mesg='Telepath Client isfini')
        proxy = self._t_proxy
        if proxy is None or not self._t_ready.is_set():
            proxy = await self.proxy()
        return await proxy.task(todo, name=name)

    async def _stream(self, todo: s_proxy.Todo, name: str | None = None) -> s_genr.Batches:
        proxy = await self.proxy()
        batches = proxy._stream(todo, name)
        try:
            async for items in batches:
                yield items
        finally:
            await batches.aclose()

    def _getSynVers(self) -> tuple[int, ...] | None:
        return None if self._t_proxy is None else self._t_proxy._getSynVers()

    def _getSynCommit(self) -> str | None:
        return None if self._t_proxy is None else self._t_proxy._getSynCommit()

    def _getClasses(self) -> tuple[str, ...] | None:
        return None if self._t_proxy is None else self._t_proxy._getClasses()

    def __getattr__(self, name: str) -> typing.Any:
        methinfo = vars(self).get('_t_methinfo')
        if name.startswith('__'):
            raise AttributeError(name)
        if methinfo is None:
            raise s_exc.NotReady(mesg='Must call waitready() on Client before first method call')
        meth = s_proxy.make_method(self, name, methinfo)
        setattr(self, name, meth)
        self._t_named.add(name)
        return meth
