"""The client's view of a shared object: every attribute is a remote method (spec: telepath.md 6, 7, 14.1)."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.connect as s_connect
import synapse.lib.telepath.genr as s_genr
import synapse.lib.telepath.link as s_link
import synapse.lib.telepath.pipeline as s_pipeline
import synapse.lib.telepath.pool as s_pool
import synapse.lib.telepath.threads as s_threads

logger = logging.getLogger(__name__)

Todo = tuple[str, tuple[typing.Any, ...], dict[str, typing.Any]]


class Caller(typing.Protocol):
    """What a method object needs: a proxy, or a client that has one."""

    loop: asyncio.AbstractEventLoop

    async def task(self, todo: Todo, name: str | None = None) -> typing.Any:
        """Make a call and return its result."""

    def _stream(self, todo: Todo, name: str | None = None) -> s_genr.Batches:
        """Make a call that streams, when it is first iterated."""


class Method:
    """A remote method: calling it gives an awaitable, or the result itself from a thread without our loop."""

    def __init__(self, proxy: Caller, name: str, share: str | None = None) -> None:
        self.proxy = proxy
        self.name = name
        self.share = share

    def __call__(self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        coro = self.proxy.task((self.name, args, kwargs), name=self.share)
        return coro if s_threads.in_loop(self.proxy.loop) else s_threads.wait(coro, self.proxy.loop)


class GenrMethod(Method):
    """A remote async generator: calling it gives a Genr at once; the call is made when that is iterated."""

    def __call__(self, *args: typing.Any, **kwargs: typing.Any) -> s_genr.Genr:
        return s_genr.Genr(self.proxy._stream((self.name, args, kwargs), name=self.share), self.proxy.loop)


def make_method(
    proxy: Caller, name: str, methinfo: dict[str, dict[str, typing.Any]], share: str | None = None
) -> Method:
    """Return the callable for a remote name. Python's own protocol names (``__x__``) are never remote."""
    if name.startswith('__'):
        raise AttributeError(name)
    genr = (methinfo.get(name) or {}).get('genr')
    return (GenrMethod if genr else Method)(proxy, name, share)


class Share(s_threads.SyncContext):
    """A remote object that a call returned. Ending it ends the server's object."""

    async def __anit__(self, proxy: Proxy, iden: str, sharinfo: dict[str, typing.Any]) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.iden = iden
        self.proxy = proxy
        self.sharinfo = sharinfo
        self.methinfo: dict[str, dict[str, typing.Any]] = sharinfo.get('meths', {})
        proxy.shares[iden] = self
        self.onfini(self._fini_share)

    def _fini_share(self) -> None:
        if self.proxy.shares.pop(self.iden, None) is not None:
            self.proxy.link.write(s_codec.pack(('share:fini', {'share': self.iden})))

    def __getattr__(self, name: str) -> typing.Any:
        meth = make_method(self.proxy, name, vars(self).get('methinfo', {}), vars(self).get('iden'))
        setattr(self, name, meth)
        return meth


class Proxy(s_threads.SyncContext):
    """A session with a server. ``proxy.anyname(*args)`` calls the remote method ``anyname``.

    Attributes:
        link: The handshake link; the session ends with it.
        sess: Iden of the session.
        synack: The server's answer to the handshake.
        sharinfo: What the server says of the shared object; ``methinfo`` is its ``meths``.
        shares: ``{iden: Share}``, the open ones.
    """

    link: s_link.ClientLink  # type: ignore[assignment]

    async def __anit__(self, target: s_connect.Target) -> None:  # type: ignore[override]
        """Connect and shake hands.

        Raises:
            LinkShutDown: The server closed the link instead of answering.
            BadMesgVers: It speaks another protocol version.
            AuthDeny, NoSuchUser, NoSuchName, ...: What it answered. And all errors of ``Target.connect``.
        """
        await s_base.Base.__anit__(self)
        self.link = await target.connect()
        self.onfini(self._fini_link)
        self.shares: dict[str, Share] = {}
        self.synack: dict[str, typing.Any] = await self._handshake(target)
        self.sess: str | None = self.synack.get('sess')
        self.sharinfo: dict[str, typing.Any] = self.synack.get('sharinfo') or {}
        self.methinfo: dict[str, dict[str, typing.Any]] = self.sharinfo.get('meths') or {}
        self._ahainfo: dict[str, typing.Any] = self.synack.get('ahainfo') or {}
        self._features: dict[str, int] = self.synack.get('features') or {}
        self._pool = await s_pool.LinkPool.anit(target)
        self.onfini(self._pool)
        self.onfini(self._fini_shares)
        self.schedCoro(self._run_link())

    async def _fini_link(self) -> None:
        self.link.close()

    async def _fini_shares(self) -> None:
        for share in tuple(self.shares.values()):
            await share.fini()

    async def _handshake(self, target: s_connect.Target) -> dict[str, typing.Any]:
        syn = {'auth': target.auth, 'vers': s_codec.VERS, 'name': target.name}
        self.link.write(s_codec.pack(('tele:syn', syn)))
        mesg = await self.link.rx()
        if mesg is None:
            raise target.refused()
        _, info = s_codec.split(mesg)
        vers = info.get('vers')
        if not isinstance(vers, tuple) or vers[:1] != s_codec.VERS[:1]:
            raise s_exc.BadMesgVers(myver=s_codec.VERS, hisver=vers)
        s_codec.result(info.get('retn') or (True, None))
        if info.get('sess') is None:
            raise s_exc.BadMesgVers(mesg='Server is too old: it offers no sessions.', myver=s_codec.VERS, hisver=vers)
        return info

    async def _run_link(self) -> None:
        """Read the handshake link until it ends, and end with it."""
        try:
            while (mesg := await self.link.rx()) is not None:
                await self._on_share_fini(mesg)
        except s_exc.BadMesgFormat as e:
            logger.warning('handshake link: %s', e)
        await self.fini()

    async def _on_share_fini(self, mesg: typing.Any) -> None:
        kind, info = s_codec.split(mesg)
        if kind != 'share:fini':
            raise s_codec.bad_type(kind)
        share = self.shares.pop(str(info.get('share')), None)
        if share is not None:
            await share.fini()

    # ----- calls ------------------------------------------------------------------------------------------------------

    async def task(self, todo: Todo, name: str | None = None) -> typing.Any:
        """Call ``todo`` (method, args, kwargs) on the root share or on the share of that iden.

        Returns:
            The result; a Genr when the server streams; a Share when it answers by reference.

        Raises:
            NotMsgpackSafe: The arguments cannot be sent.
            IsFini: The proxy has ended. LinkShutDown: it ended during the call.
            SynErr and subclasses: What the remote method raised.
        """
        link, kind, info = await self._call(todo, name)
        if kind == 't2:fini':
            self._pool.put(link)
            return s_codec.result(info.get('retn'))
        if kind == 't2:genr':
            return s_genr.Genr(s_genr.read_batches(link, self._pool.put), self.loop, link)
        if kind == 't2:share':
            self._pool.put(link)
            return await Share.anit(self, info['iden'], info.get('sharinfo') or {})
        link.close()
        raise s_codec.bad_type(kind)

    async def _call(self, todo: Todo, name: str | None) -> tuple[s_link.ClientLink, str, dict[str, typing.Any]]:
        if self.isfini:
            raise s_exc.IsFini(mesg='Telepath Proxy isfini')
        byts = s_codec.pack(('t2:init', {'todo': todo, 'name': name, 'sess': self.sess}))
        link = await self._pool.get()
        try:
            link.write(byts)
            mesg = await link.rx()
            if mesg is None:
                raise s_exc.LinkShutDown(mesg='Remote peer disconnected')
            kind, info = s_codec.split(mesg)
        except BaseException:
            link.close()  # tells the server to cancel the call
            raise
        return link, kind, info

    async def _stream(self, todo: Todo, name: str | None = None) -> s_genr.Batches:
        """Call a generator and yield its items in lists, as they arrive. A plain result raises BadMesgFormat."""
        link, kind, info = await self._call(todo, name)
        if kind == 't2:fini':
            self._pool.put(link)
            s_codec.result(info.get('retn'))
        if kind != 't2:genr':
            link.close()
            raise s_codec.bad_type(kind)
        batches = s_genr.read_batches(link, self._pool.put)
        try:
            async for items in batches:
                yield items
        finally:
            await batches.aclose()

    async def call(self, methname: str, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        """Call a remote method by name."""
        return await self.task((methname, args, kwargs))

    def getPipeline(
        self, genr: typing.AsyncIterable[Todo], name: str | None = None
    ) -> typing.AsyncGenerator[s_codec.Retn, None]:
        """Make many calls on one link without waiting between them; yield their raw retn envelopes in order."""
        return s_pipeline.run(self._pool, self.sess, genr, name)

    # ----- what is known of the server --------------------------------------------------------------------------------

    def _getSynVers(self) -> tuple[int, ...] | None:
        return self.sharinfo.get('syn:version')

    def _getSynCommit(self) -> str | None:
        return self.sharinfo.get('syn:commit')

    def _getClasses(self) -> tuple[str, ...] | None:
        return self.sharinfo.get('classes')

    def _hasTeleFeat(self, name: str, vers: int = 1) -> bool:
        return self._features.get(name, 0) >= vers

    def _hasTeleMeth(self, name: str) -> bool:
        return name in self.methinfo

    def __getattr__(self, name: str) -> typing.Any:
        meth = make_method(self, name, vars(self).get('methinfo', {}))
        setattr(self, name, meth)
        return meth
