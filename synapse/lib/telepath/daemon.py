"""The server: listeners, shared objects by name, sessions (spec: telepath.md 5, 9)."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath.certdir as s_certdir
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.methods as s_methods
import synapse.lib.telepath.serve as s_serve
import synapse.lib.telepath.session as s_session
import synapse.lib.telepath.tls as s_tls
import synapse.lib.telepath.urls as s_urls

logger = logging.getLogger(__name__)


class Aware:
    """Mixin of objects that give each connection an API object of its own.

    Any object with a ``getTeleApi`` is treated so; subclassing only documents it.
    """

    __module__ = 'synapse.telepath'  # class names travel in sharinfo: this is the one that others know

    async def getTeleApi(self, link: s_serve.ServerLink, mesg: s_codec.Mesg, path: tuple[str, ...]) -> typing.Any:
        """Return the API object for a connection; authentication happens here, errors go to the client.

        Args:
            link: Tells how the client came: ``link.get('unix')``, ``getTlsPeerCn()``, ``getAddrInfo()``. The session is
                ``link.get('sess')``; set its ``user``.
            mesg: The whole ``tele:syn`` message; ``mesg[1].get('auth')`` is ``(user, {'passwd': ...})`` or None.
            path: The rest of the share name after the first ``/``, split.
        """
        return self

    async def getTeleFeats(self) -> dict[str, int]:
        """Return ``{feature: version}``, told to every client; also to those whose authentication then fails."""
        return {}

    def onTeleShare(self, dmon: Daemon, name: str) -> None:
        """Called when the object is shared."""


class Daemon(s_base.Base):
    """Serves shared objects to Telepath clients.

    Attributes:
        addr: Socket name of the first listener.
        sessions: ``{iden: Session}``.
        shared: ``{name: object}``.
    """

    async def __anit__(
        self, certdir: s_certdir.CertDir | None = None, ahainfo: dict[str, typing.Any] | None = None
    ) -> None:
        """Make a server that does not listen yet.

        Args:
            certdir: Where listeners find certificates; default the process-wide folders.
            ahainfo: ``{'name': AHA service name or None}``, told to every client. None tells nothing.
        """
        await s_base.Base.__anit__(self)
        self.certdir = certdir
        self.ahainfo = ahainfo
        self.addr: typing.Any = None
        self.shared: dict[str, typing.Any] = {}
        self.sessions: dict[typing.Any, s_session.Session] = {}
        self.links: set[s_serve.ServerLink] = set()
        self.servers: list[asyncio.Server] = []
        self.isready = True
        self._calls: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[int]] = set()
        self.onfini(self._fini_dmon)

    # ----- end --------------------------------------------------------------------------------------------------------

    async def _fini_dmon(self) -> None:
        for server in self.servers:
            server.close()
        calls = tuple(self._calls)
        sessions = tuple(self.sessions.values())
        await self._close_links()
        if calls:
            _, late = await asyncio.wait(calls, timeout=s_limits.TELE_FINI_SECS)
            for task in late:
                logger.warning('telepath call does not end: %r', task.get_coro())
        for sess in sessions:
            await sess.fini()
        if self._ending:
            await asyncio.wait(self._ending)
        for item in {id(item): item for item in self.shared.values()}.values():
            if isinstance(item, s_base.Base):
                await item.fini()

    async def _close_links(self) -> None:
        links = tuple(self.links)
        for link in links:
            link.stop()
            link.close()
        if links:
            await asyncio.sleep(0)

    def add_task(self, task: asyncio.Task[None]) -> None:
        """Remember a running call, to wait for it at the end."""
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    # ----- what is served ---------------------------------------------------------------------------------------------

    def share(self, name: str, item: typing.Any) -> None:
        """Publish an object under a name, in place of one that had it.

        An ``onTeleShare(dmon, name)`` of the object is called first; if it fails, the object is not shared.
        """
        hook = getattr(item, 'onTeleShare', None)
        if hook is not None:
            try:
                hook(self, name)
            except Exception:
                logger.exception('onTeleShare() error for: %s', name)
                return
        self.shared[name] = item

    async def listen(self, url: s_urls.Url, **opts: typing.Any) -> typing.Any:
        """Accept connections at a URL (section 9.3). Returns the socket name: ``(host, port, ...)`` or a path.

        Raises:
            NoCertKey, NoSuchCert: TLS files are missing.
            BadUrl: The scheme is none of tcp, ssl, unix.
            OSError: The address cannot be bound.
        """
        if isinstance(url, str) and '?' not in url:
            url = url.replace('&', '?', 1)  # ssl://host&ca=net is how some guides write it
        info = s_urls.chopurl(url, **opts)
        scheme = info.get('scheme')
        if scheme == 'unix':
            addr = await self._listen_unix(info['path'])
        elif scheme in ('tcp', 'ssl'):
            addr = await self._listen_tcp(info)
        else:
            raise s_exc.BadUrl(mesg=f'Cannot listen on URL scheme: {scheme}', url=s_urls.sanitize(url))
        if self.addr is None:
            self.addr = addr
        return addr

    def _make_link(self) -> s_serve.ServerLink:
        return s_serve.ServerLink(self)

    async def _listen_unix(self, path: str) -> str:
        try:
            server = await self.loop.create_unix_server(self._make_link, path, backlog=s_limits.TELE_BACKLOG)
        except OSError as e:
            if 'path too long' in str(e):
                logger.error('unix:// exceeds OS supported UNIX socket path length: %s', path)
            raise
        self.servers.append(server)
        return path

    async def _listen_tcp(self, info: s_urls.Info) -> typing.Any:
        port = info.get('port')
        ctx = None
        if info['scheme'] == 'ssl':
            certdir = self.certdir or s_certdir.getCertDir()
            ctx = s_tls.server_context(certdir, info.get('hostname') or info['host'], info.get('ca'))
        server = await self.loop.create_server(
            self._make_link,
            info.get('host') or None,
            s_urls.DEFAULT_PORT if port is None else int(port),
            backlog=s_limits.TELE_BACKLOG,
            ssl=ctx,
        )
        self.servers.append(server)
        return server.sockets[0].getsockname()

    async def setReady(self, ready: bool) -> None:
        """Serve or refuse: False closes all links and accepts new ones only to close them."""
        self.isready = ready
        if not ready:
            await self._close_links()

    async def getSessInfo(self) -> list[dict[str, typing.Any]]:
        """Return a list of ``{'items', 'conninfo', 'user'?}``, one for each session."""
        return [sess.pack() for sess in self.sessions.values()]

    # ----- links and sessions -----------------------------------------------------------------------------------------

    def link_made(self, link: s_serve.ServerLink) -> None:
        """A connection was accepted."""
        if self.isfini or not self.isready:
            if not self.isfini:
                logger.warning('onLinkInit is not ready: %r', link)
            link.close()
            return
        sslobj = link.getTlsObject()
        if sslobj is not None:
            try:
                s_tls.check_revoked(sslobj, self.certdir or s_certdir.getCertDir())
            except s_exc.SynErr as e:
                logger.warning('Refused a connection: %s link=%s', e.get('mesg'), link.getAddrInfo())
                link.abort()
                return
        self.links.add(link)

    def link_lost(self, link: s_serve.ServerLink) -> None:
        """A connection has ended: so have the sessions that were made on it."""
        self.links.discard(link)
        for sess in link.sessions:
            if self.sessions.pop(sess.iden, None) is not None:
                self.end(sess)

    def end(self, base: s_base.Base) -> None:
        """End a session or a share in the background; the end of the daemon waits for it."""
        task = self.loop.create_task(base.fini())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def run_handshake(self, link: s_serve.ServerLink, mesg: s_codec.Mesg) -> None:
        """Answer a ``tele:syn``. A failure leaves the link open for another try."""
        reply: dict[str, typing.Any] = {'vers': s_codec.VERS, 'retn': (True, None)}
        if self.ahainfo is not None:
            reply['ahainfo'] = self.ahainfo
        sess = None
        older = link.get('sess')
        try:
            self._check_vers(mesg[1])
            sess = await s_session.Session.anit(link)
            root = await self._open_share(link, sess, mesg, reply)
            reply['sharinfo'] = s_methods.sharinfo_of(root)
            reply['sess'] = sess.iden
            if link.closed:
                raise s_exc.LinkShutDown(mesg='client is gone')
            self.sessions[sess.iden] = sess
            link.sessions.append(sess)
        except (Exception, asyncio.CancelledError) as e:
            link.set('sess', older)
            if sess is not None:
                await sess.fini()
            if link.closed:
                return
            logger.error('tele:syn error: %s link=%s', e, link.getAddrInfo(), exc_info=e)
            reply['retn'] = s_codec.err_retn(e)
        self._send_reply(link, reply)

    def _send_reply(self, link: s_serve.ServerLink, reply: dict[str, typing.Any]) -> None:
        try:
            byts = s_codec.pack(('tele:syn', reply))
        except s_exc.NotMsgpackSafe as e:
            byts = s_codec.pack(('tele:syn', {'vers': s_codec.VERS, 'retn': s_codec.err_retn(e)}))
        link.write(byts)

    def _check_vers(self, info: dict[str, typing.Any]) -> None:
        vers: typing.Any = info.get('vers')
        if vers[0] != s_codec.VERS[0]:
            raise s_exc.BadMesgVers(vers=vers, myvers=s_codec.VERS)

    async def find(self, name: str) -> typing.Any:
        """Return what is served under a name. Raises NoSuchName. A subclass may find it elsewhere."""
        item = self.shared.get(name)
        if item is None:
            raise s_exc.NoSuchName(name=name)
        return item

    async def _open_share(
        self, link: s_serve.ServerLink, sess: s_session.Session, mesg: s_codec.Mesg, reply: dict[str, typing.Any]
    ) -> typing.Any:
        """Find what the client asks for and make it the root of the session."""
        name, *path = (mesg[1].get('name') or '*').split('/')
        if len(path) == 1 and not path[0]:
            path = []
        item = await self.find(name)
        link.set('sess', sess)
        getapi = getattr(item, 'getTeleApi', None)
        if getapi is None:
            sess.items[None] = item
            return item
        getfeats = getattr(item, 'getTeleFeats', None)
        reply['features'] = {} if getfeats is None else await s_base.call(getfeats)
        root = await s_base.call(getapi, link, mesg, tuple(path))
        if isinstance(root, s_base.Base) and root is not item:
            sess.onfini(root)
        sess.items[None] = root
        return root
