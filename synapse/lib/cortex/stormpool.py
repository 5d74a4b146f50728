"""The Storm pool: queries that callers ask of the leader run on its mirrors (spec: cortex.md 10).

A pool is a URL, best that of a service pool of AHA. The configuration travels through the change log, so that whoever
leads has it; only the leader hands queries on. A member gets the offset up to which it must have followed before it
begins, so a caller always reads what he wrote. When there is no member that can, the query runs here: a pool makes
queries faster, never impossible.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing
import weakref

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)

_SECS = {'type': 'integer', 'minimum': 1}
_NAMES = {'url': {'type': 'string'}, 'timeout:sync': _SECS, 'timeout:connection': _SECS}
_check = s_schema.checker(
    {'type': 'object', 'properties': _NAMES, 'required': [*_NAMES], 'additionalProperties': False}
)


class RunHere(Exception):
    """No member can take the query, or it has not followed so far in time; nothing has run."""


class Remote:
    """A query that runs on a member.

    Args:
        pool: The pool. proxy: The member. text, opts: The query. user: As whom it runs.
    """

    def __init__(self, pool: StormPool, proxy: s_telepath.Proxy, text: str, opts: Def, user: Any) -> None:
        self.pool = pool
        self.proxy = proxy
        self.text = text
        self.opts = opts
        self.user = user
        self.name = name_of(proxy)

    @contextlib.contextmanager
    def _running(self, what: str) -> typing.Iterator[Def]:
        """List the query as a task here too, by the iden that it has there. Raises: RunHere in place of a TimeOut."""
        logger.info('Offloading Storm query to mirror %s.', self.name)
        info = {'query': self.text, 'view': self.opts.get('view'), 'pool:member': self.name}
        try:
            with self.pool.cell.boss.task(what, self.user, info, iden=self.opts.get('task')) as task:
                yield {**self.opts, 'task': task.iden}
        except s_exc.TimeOut as e:
            # the query itself may run into one
            if not str(e.get('mesg')).startswith('Timeout waiting for nexus offset'):
                raise
            logger.warning('Timeout waiting for query mirror, running locally instead.')
            raise RunHere from None

    async def result(self, meth: str) -> Any:
        """Return what a call gives. Raises: RunHere, and what it raises."""
        with self._running('storm') as opts:
            return await self.proxy.task((meth, (self.text,), {'opts': opts}))

    async def batches(self, meth: str) -> typing.AsyncGenerator[list[Any], None]:
        """Yield lists of what a call yields. Raises: RunHere before the first."""
        with self._running('storm' if meth == 'storm' else 'storm:export') as opts:
            async with contextlib.aclosing(self.proxy._stream((meth, (self.text,), {'opts': opts}))) as batches:
                async for items in batches:
                    yield items


def name_of(proxy: s_telepath.Proxy) -> str | None:
    """Return how AHA calls the service behind a proxy."""
    return proxy._ahainfo.get('name')


class StormPool(s_nexus.Pusher):
    """The configuration of the pool, and the links to its members."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:stormpool', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.table = s_slab.KeyVal(cell.slab, 'cortex:stormpool')
        self.leads = False
        self.lock = asyncio.Lock()
        self.client: s_telepath.ClientV2 | None = None
        self.turn = 0
        self.mine: weakref.WeakSet[s_telepath.Proxy] = weakref.WeakSet()  # links to ourselves
        self.onfini(self._close)

    def get(self) -> Def | None:
        """Return ``{url, timeout:sync, timeout:connection}``, None without a pool. Seconds."""
        return typing.cast('Def | None', self.table.get('conf'))

    async def set(self, url: str, sync: int, connection: int) -> None:
        """Use a pool from now on. Raises: BadArg (the URL), SchemaViolation."""
        try:
            conf = _check({'url': url, 'timeout:sync': sync, 'timeout:connection': connection})
            s_telepath.chopurl(url)
        except s_exc.BadUrl as e:
            raise s_exc.BadArg(mesg=f'Unable to set Storm pool URL from url={url} : {e.get("mesg")}') from None
        await self._push('storm:pool:set', conf)

    async def delete(self) -> None:
        """Use no pool any more; queries that run there break off."""
        await self._push('storm:pool:del')

    @s_nexus.Pusher.onPush('storm:pool:set')
    def _on_set(self, conf: Def) -> None:
        self.table.set('conf', conf)
        self.schedCoro(self._reopen())

    @s_nexus.Pusher.onPush('storm:pool:del')
    def _on_del(self) -> None:
        self.table.pop('conf')
        self.schedCoro(self._reopen())

    # links

    async def start(self) -> None:
        """Hand queries on: this service is the leader from now on."""
        self.leads = True
        await self._reopen()

    async def stop(self) -> None:
        """It is the leader no longer."""
        self.leads = False
        await self._reopen()

    async def _close(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            await client.fini()

    async def _reopen(self) -> None:
        async with self.lock:
            await self._close()
            conf = self.get()
            if conf is not None and self.leads and not self.isfini:
                try:
                    self.client = await s_telepath.ClientV2.anit(conf['url'], onlink=self._on_link)
                except s_exc.BadUrl as e:  # an alias that is not known here
                    logger.warning('The Storm pool cannot be used: %s', e.get('mesg'))

    async def _on_link(self, proxy: s_telepath.Proxy, info: Def) -> None:
        cell = (await proxy.task(('getCellInfo', (), {})))['cell']
        if cell['run'] == self.cell.runid:
            self.mine.add(proxy)

    # queries

    def wanted(self, opts: Any) -> bool:
        """Return whether a query with these options may run in the pool."""
        return self.client is not None and bool(opts.get('mirror', True) if isinstance(opts, dict) else True)

    async def remote(self, text: str, opts: Def, user: Any) -> Remote:
        """Return a query that is to run on a member. Raises: RunHere."""
        conf = self.get()
        proxy = None if conf is None else await self._member(conf['timeout:connection'])
        if conf is None or proxy is None:
            raise RunHere
        return self._on(proxy, text, opts, user, conf['timeout:sync'])

    async def count_at(self, name: str, text: str, opts: Def, user: Any) -> int:
        """Return the number of nodes of a query that runs on the mirror that AHA knows by a name.

        Raises: RunHere when nothing can run there. And what the query raises.
        """
        try:
            async with asyncio.timeout(s_limits.AHA_CALL_SECS):
                proxy = await s_telepath.openurl(f'aha://{name}')
        except (s_exc.SynErr, OSError, TimeoutError) as e:
            logger.warning('%s cannot be reached, running locally instead: %s', name, e)
            raise RunHere from None
        async with proxy:
            await self._on_link(proxy, {})
            if proxy in self.mine:
                raise RunHere
            return int(await self._on(proxy, text, opts, user, s_limits.STORM_POOL_SYNC).result('count'))

    def _on(self, proxy: s_telepath.Proxy, text: str, opts: Def, user: Any, wait: float) -> Remote:
        offs = max(self.cell.nexsroot.index() - 1, opts.get('nexsoffs') or 0)
        wait = opts.get('nexstimeout') or wait
        info = {**(opts.get('_loginfo') or {}), 'pool:from': self.cell.ahasvcname}
        own = {'user': user.iden, 'mirror': False, 'nexsoffs': offs, 'nexstimeout': wait, '_loginfo': info}
        return Remote(self, proxy, text, {**opts, **own}, user)

    async def _member(self, timeout: float) -> s_telepath.Proxy | None:
        """Return the next member that is another one and not far behind."""
        proxies = [] if self.client is None else [proxy for proxy in self.client.proxies if not proxy.isfini]
        if not proxies:
            logger.warning('Storm query mirror pool is empty, running query locally.')
            return None
        self.turn += 1
        for place in range(len(proxies)):
            proxy = proxies[(self.turn + place) % len(proxies)]
            if proxy in self.mine:
                continue
            try:
                async with asyncio.timeout(timeout):
                    indx = await proxy.task(('getNexsIndx', (), {}))
            except (s_exc.SynErr, OSError, TimeoutError) as e:
                logger.info('Storm pool member %s does not answer: %s', name_of(proxy), e)
                continue
            if self.cell.nexsroot.index() - indx <= s_limits.STORM_POOL_LAG:
                return proxy
        logger.warning('Pool members exhausted. Running query locally.')
        return None
