"""Sets of proxies to the members of a pool: telepath.md 13.3."""

from __future__ import annotations

import asyncio
import contextlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.telepath.test_aha as t_aha
import tests.waiting as t_waiting


class PoolRegistry(t_aha.Registry):
    """A registry with one pool, ``pool.net``, whose changes are told to it."""

    def __init__(self) -> None:
        super().__init__()
        self.members: list[str] = []
        self.changes: asyncio.Queue[typing.Any] = asyncio.Queue()

    def has_pool(self) -> None:
        self.entries['pool.net'] = {'name': 'pool.net', 'services': {}, 'svcinfo': {'urlinfo': {}, 'online': 'x'}}

    async def iterPoolTopo(self, name: str) -> typing.AsyncGenerator[typing.Any, None]:
        if name != 'pool.net':
            raise s_exc.NoSuchName(mesg=f'There is no AHA service pool named {name}.')
        for member in self.members:
            yield 'svc:add', self.entries[member]
        while (item := await self.changes.get()) is not None:
            yield item


class Named:
    """A member that knows its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def who(self) -> str:
        return self.name


@contextlib.asynccontextmanager
async def member(registry: PoolRegistry, name: str) -> typing.AsyncIterator[s_telepath.Daemon]:
    async with await s_telepath.Daemon.anit() as dmon:
        dmon.share('*', Named(name))
        addr = await dmon.listen('tcp://127.0.0.1:0/')
        registry.add(name, f'tcp://127.0.0.1:{addr[1]}/')
        yield dmon


@pytest.fixture
async def registry(monkeypatch: pytest.MonkeyPatch) -> typing.AsyncIterator[PoolRegistry]:
    monkeypatch.setattr(s_limits, 'AHA_POOL_RETRY', 0.05)
    registry = PoolRegistry()
    registry.has_pool()
    async with await s_telepath.Daemon.anit() as dmon:
        dmon.share('*', registry)
        addr = await dmon.listen('tcp://127.0.0.1:0/')
        await s_telepath.addAhaUrl(f'tcp://127.0.0.1:{addr[1]}/')
        yield registry
        await s_telepath.delAhaUrl(f'tcp://127.0.0.1:{addr[1]}/')


async def names(client: s_telepath.ClientV2, count: int) -> list[str]:
    """Wait until there are so many members, then ask each in turn."""
    await t_waiting.until(lambda: client.size() == count)
    found = []
    for _ in range(count):
        proxy: typing.Any = await client.proxy()
        found.append(await proxy.who())
    return sorted(found)


async def test_members_come_and_go(registry: PoolRegistry) -> None:
    seen: list[str] = []

    async def onlink(proxy: s_telepath.Proxy, info: typing.Any) -> None:
        seen.append(s_telepath.zipurl(info))

    async with member(registry, '00.net'), member(registry, '01.net') as leaving, member(registry, '02.net'):
        registry.members = ['00.net', '01.net']
        async with await s_telepath.open('aha://visi:pw@pool.net/foo', onlink=onlink) as client:
            assert await names(client, 2) == ['00.net', '01.net']
            # user, password and path of the pool are not for its members
            assert sorted(seen) == ['aha://00.net', 'aha://01.net']
            registry.changes.put_nowait(('svc:add', registry.entries['02.net']))
            assert await names(client, 3) == ['00.net', '01.net', '02.net']
            registry.changes.put_nowait(('svc:del', {'name': '00.net'}))
            assert await names(client, 2) == ['01.net', '02.net']
            await leaving.fini()
            assert await names(client, 1) == ['02.net']


async def test_aha_is_lost(registry: PoolRegistry) -> None:
    events: list[str] = []
    async with member(registry, '00.net'), member(registry, '01.net'):
        registry.members = ['00.net']
        async with await s_telepath.open('aha://pool.net') as client:
            client.link(lambda event: events.append(event[0]))
            assert await names(client, 1) == ['00.net']
            registry.members = ['01.net']
            registry.changes.put_nowait(None)
            async with asyncio.timeout(20):
                while 'pool:reset' not in events or await names(client, 1) != ['01.net']:
                    await asyncio.sleep(0.005)
            assert events[-2:] == ['pool:reset', 'svc:add']
        assert await client.proxy() is None


async def test_a_name_that_is_no_pool(registry: PoolRegistry) -> None:
    async with member(registry, '00.net'):
        async with await s_telepath.open('aha://00.net') as client:
            assert await names(client, 1) == ['00.net']
