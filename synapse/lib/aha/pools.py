"""Pools: services under one common name, whose clients spread their calls over the members (aha.md 11)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.registry as s_registry
import synapse.lib.aha.services as s_services
import synapse.lib.aha.table as s_table
import synapse.lib.limits as s_limits

Any = typing.Any
Pool = dict[str, Any]
Entry = s_registry.Entry
Mesg = tuple[str, dict[str, Any]]
onPush = s_services.onPush

# What ends a topology stream.
_END: Mesg = ('', {})


class Watchers:
    """Who follows the members of which pool."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[Mesg]]] = {}

    @contextlib.contextmanager
    def watch(self, name: str) -> typing.Iterator[asyncio.Queue[Mesg]]:
        """Return a queue of the messages about a pool from now on."""
        queue: asyncio.Queue[Mesg] = asyncio.Queue(s_limits.AHA_TOPO_QUEUE + 1)
        queues = self._queues.setdefault(name, set())
        queues.add(queue)
        try:
            yield queue
        finally:
            queues.discard(queue)
            if not queues and self._queues.get(name) is queues:
                del self._queues[name]

    def tell(self, name: str, mesg: Mesg) -> None:
        """Send a message to those who follow a pool. One who does not read is cut off."""
        for queue in self._queues.get(name, ()):
            if queue.qsize() < s_limits.AHA_TOPO_QUEUE:
                queue.put_nowait(mesg)
            elif not queue.full():
                queue.put_nowait(_END)

    def end(self, name: str) -> None:
        """End the streams about a pool."""
        self.tell(name, _END)

    def end_all(self) -> None:
        """End all streams."""
        for name in tuple(self._queues):
            self.end(name)


class Pools(s_services.Services):
    """The slice of AHA that keeps pools. Names may be short (``pool...``)."""

    pools: s_table.Table
    topos: Watchers

    def full_name(self, name: Any) -> str:
        """Return a full name; ``name...`` is one of our network. Raises BadArg."""
        return s_names.expand(name, self.conf.get('aha:network'))

    def _req_pool(self, name: str) -> Pool:
        pool = self.pools.get(name)
        if pool is None:
            raise s_exc.NoSuchName(mesg=f'There is no AHA service pool named {name}.', name=name)
        return typing.cast(Pool, pool)

    def _req_free(self, name: str) -> None:
        if self.pools.has(name):
            raise s_exc.DupName(mesg=f'There is an AHA service pool named {name}.', name=name)

    # -- questions

    def getAhaPool(self, name: str) -> Pool | None:
        """Return ``{name, created, creator, services}`` of a pool, None when there is none."""
        return typing.cast('Pool | None', self.pools.get(self.full_name(name)))

    def getAhaPools(self) -> list[Pool]:
        """Return all pools, by name."""
        return self.pools.values()

    def getAhaSvc(self, name: str, filters: dict[str, Any] | None = None) -> Entry | None:
        """Return the entry of a service, or of a member of a pool: then with the pool's name and ``services``.

        Raises BadArg: The pool has no services.
        """
        pool = self.getAhaPool(name)
        if pool is None:
            return super().getAhaSvc(name, filters)
        members = [entry for svc in pool['services'] if (entry := self.services.get(svc)) is not None]
        members = [entry for entry in members if 'online' in entry['svcinfo']] or members
        if not members:
            raise s_exc.BadArg(mesg=f'No services configured for pool: {pool["name"]}', name=pool['name'])
        return {**random.choice(members), **pool}

    async def iterPoolTopo(self, name: str) -> typing.AsyncGenerator[Mesg, None]:
        """Yield ``('svc:add', entry)`` of each member, then of each that comes, and ``('svc:del', {'name'})``.

        Ends when the pool is deleted. Raises NoSuchName.
        """
        name = self.full_name(name)
        with self.topos.watch(name) as queue:
            for svc in self._req_pool(name)['services']:
                entry = self.services.get(svc)
                if entry is not None:
                    yield 'svc:add', entry
            while not self.isfini:
                mesg = await queue.get()
                if mesg == _END:
                    return
                yield mesg

    # -- changes

    async def addAhaPool(self, name: str, info: dict[str, Any]) -> Pool:
        """Make an empty pool, in place of one of that name; returns it.

        Args:
            info: ``{'creator': user iden}``.

        Raises:
            DupName: A service has that name. BadArg: It is no name.
        """
        name = s_names.req_label(self.full_name(name), 'name')
        self._req_no_svc(name)
        pool: Pool = {'name': name, 'created': s_common.now(), 'creator': info.get('creator'), 'services': {}}
        return typing.cast(Pool, await self._push('aha:pool:add', pool))

    def _req_no_svc(self, name: str) -> None:
        if self.services.get(name) is not None:
            raise s_exc.DupName(mesg=f'An AHA service or pool is already using the name "{name}".', name=name)

    async def delAhaPool(self, name: str) -> Pool | None:
        """Remove a pool and return it, None when there is none. Streams about it end."""
        name = self.full_name(name)
        return typing.cast('Pool | None', await self._push('aha:pool:del', name) if self.pools.has(name) else None)

    async def addAhaPoolSvc(self, poolname: str, svcname: str, info: dict[str, Any]) -> Pool:
        """Make a service a member; returns the pool. Raises NoSuchName (either of them)."""
        poolname, svcname = self.full_name(poolname), self.full_name(svcname)
        if self.services.get(svcname) is None:
            raise s_exc.NoSuchName(mesg=f'No AHA service is currently named "{svcname}".', name=svcname)
        self._req_pool(poolname)
        info = {'created': s_common.now(), 'creator': info.get('creator')}
        return typing.cast(Pool, await self._push('aha:pool:svc:add', poolname, svcname, info))

    async def delAhaPoolSvc(self, poolname: str, svcname: str) -> Pool:
        """Make a service no member any more, if it is one; returns the pool. Raises NoSuchName."""
        poolname, svcname = self.full_name(poolname), self.full_name(svcname)
        self._req_pool(poolname)
        return typing.cast(Pool, await self._push('aha:pool:svc:del', poolname, svcname))

    # -- apply

    @onPush('aha:pool:add')
    def _on_pool_add(self, pool: Pool) -> Pool:
        self._req_no_svc(pool['name'])
        if self.pools.has(pool['name']):
            self.topos.end(pool['name'])
        self.pools.set(pool['name'], pool)
        return pool

    @onPush('aha:pool:del')
    def _on_pool_del(self, name: str) -> Pool | None:
        self.topos.end(name)
        return typing.cast('Pool | None', self.pools.pop(name))

    @onPush('aha:pool:svc:add')
    def _on_pool_svc_add(self, poolname: str, svcname: str, info: dict[str, Any]) -> Pool:
        pool = self._req_pool(poolname)
        pool = {**pool, 'services': {**pool['services'], svcname: info}}
        self.pools.set(poolname, pool)
        entry = self.services.get(svcname)
        if entry is not None:
            self.topos.tell(poolname, ('svc:add', entry))
        return pool

    @onPush('aha:pool:svc:del')
    def _on_pool_svc_del(self, poolname: str, svcname: str) -> Pool:
        pool = self._req_pool(poolname)
        if svcname not in pool['services']:
            return pool
        pool = {**pool, 'services': {name: info for name, info in pool['services'].items() if name != svcname}}
        self.pools.set(poolname, pool)
        self.topos.tell(poolname, ('svc:del', {'name': svcname}))
        return pool

    def _on_svc_changed(self, entry: Entry) -> None:
        self._tell_pools(entry['name'], ('svc:add', entry))

    def _on_svc_gone(self, name: str) -> None:
        self._tell_pools(name, ('svc:del', {'name': name}))

    def _tell_pools(self, svcname: str, mesg: Mesg) -> None:
        for poolname, pool in self.pools.items():
            if svcname in pool['services']:
                self.topos.tell(poolname, mesg)
