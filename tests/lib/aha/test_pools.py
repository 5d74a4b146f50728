"""Pools of services (aha.md 11)."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.aha as s_aha
import synapse.exc as s_exc
import tests.lib.aha.serving as t_aha

NET = t_aha.NET
POOL = f'pool00.cortex.{NET}'
Any = typing.Any


async def topo(genr: Any) -> tuple[str, str]:
    """Return kind and name of the next message."""
    kind, info = await asyncio.wait_for(anext(genr), 5)
    return kind, info['name']


async def register(prox: Any, *names: str) -> None:
    for name in names:
        await prox.addAhaSvc(name, t_aha.info(), network=NET)


async def test_a_pool(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        await register(prox, '00.cortex', '01.cortex', '02.cortex')
        pool = await prox.addAhaPool('pool00.cortex...', {})
        assert pool == {'name': POOL, 'created': pool['created'], 'creator': aha.auth.rootuser.iden, 'services': {}}
        with pytest.raises(s_exc.BadArg, match=f'No services configured for pool: {POOL}'):
            await prox.getAhaSvc('pool00.cortex...')
        for name in ('00.cortex', '01.cortex'):
            pool = await prox.addAhaPoolSvc('pool00.cortex...', f'{name}...', {})
        assert set(pool['services']) == {f'00.cortex.{NET}', f'01.cortex.{NET}'}
        assert await prox.getAhaPool(POOL) == pool and [item async for item in prox.getAhaPools()] == [pool]
        picks = [await prox.getAhaSvc(POOL) for _ in range(40)]
        assert {item['svcname'] for item in picks} == {'00.cortex', '01.cortex'}
        assert all(item['name'] == POOL and item['services'] == pool['services'] for item in picks)
        assert picks[0]['svcinfo']['urlinfo']['user'] == 'root'
        pool = await prox.delAhaPoolSvc('pool00.cortex...', '00.cortex...')
        assert pool == await prox.delAhaPoolSvc('pool00.cortex...', '02.cortex...')
        assert (await prox.getAhaSvc(POOL))['svcname'] == '01.cortex'
        assert await prox.delAhaPool('pool00.cortex...') == pool
        assert await prox.delAhaPool('pool00.cortex...') is None and await prox.getAhaPool(POOL) is None


async def test_names(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        await register(prox, '00.cortex')
        with pytest.raises(s_exc.DupName):
            await prox.addAhaPool('00.cortex...', {})
        await prox.addAhaPool('pool...', {})
        with pytest.raises(s_exc.DupName):
            await register(prox, 'pool')
        with pytest.raises(s_exc.NoSuchName, match=f'No AHA service is currently named "01.cortex.{NET}"'):
            await prox.addAhaPoolSvc('pool...', '01.cortex...', {})
        for call in (prox.addAhaPoolSvc('nope...', '00.cortex...', {}), prox.delAhaPoolSvc('nope...', '00.cortex...')):
            with pytest.raises(s_exc.NoSuchName, match=f'There is no AHA service pool named nope.{NET}.'):
                await call
        await prox.addAhaPoolSvc('pool...', '00.cortex...', {})
        assert (await prox.addAhaPool('pool...', {}))['services'] == {}
        for bad in ('', 'a b', 5, None, 'x' * 300, '...'):
            with pytest.raises(s_exc.BadArg):
                await prox.addAhaPool(bad, {})


@pytest.mark.usefixtures('no_hurry')
async def test_a_service_and_a_pool_of_one_name(aha: s_aha.AhaCell) -> None:
    calls = (aha.addAhaPool('00.x...', {}), aha.addAhaSvc('00.x', t_aha.info(), network=NET))
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[1], s_exc.DupName) and aha.getAhaPools() == [results[0]] and aha.getAhaSvcs() == []
    await aha.addAhaSvc('01.x', t_aha.info(), network=NET)
    with pytest.raises(s_exc.DupName):  # who has checked the name before
        await aha._push('aha:pool:add', {'name': f'01.x.{NET}', 'services': {}})


async def test_topology(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        await register(prox, '00.cortex', '01.cortex')
        with pytest.raises(s_exc.NoSuchName):
            await topo(aiter(prox.iterPoolTopo(POOL)))
        await prox.addAhaPool(POOL, {})
        await prox.addAhaPoolSvc(POOL, '00.cortex...', {})
        genr = aiter(prox.iterPoolTopo('pool00.cortex...'))
        kind, info = await anext(genr)
        assert (kind, info['name'], info['svcinfo']['urlinfo']['user']) == ('svc:add', f'00.cortex.{NET}', 'root')
        await prox.addAhaPoolSvc(POOL, '01.cortex...', {})
        assert await topo(genr) == ('svc:add', f'01.cortex.{NET}')
        await register(prox, '01.cortex')
        assert await topo(genr) == ('svc:add', f'01.cortex.{NET}')
        await prox.delAhaPoolSvc(POOL, '00.cortex...')
        assert await topo(genr) == ('svc:del', f'00.cortex.{NET}')
        await prox.delAhaSvc('01.cortex...')
        assert await topo(genr) == ('svc:del', f'01.cortex.{NET}')
        await prox.delAhaPool(POOL)
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(genr), 5)


async def test_members_that_are_there_come_first(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        async with t_aha.tls(aha) as other:
            await register(other, '00.cortex')
        await register(prox, '01.cortex')
        await prox.addAhaPool(POOL, {})
        for name in ('00.cortex...', '01.cortex...'):
            await prox.addAhaPoolSvc(POOL, name, {})
        async with asyncio.timeout(5):
            while (await prox.getAhaSvc('00.cortex...'))['svcinfo'].get('online'):
                await asyncio.sleep(0.01)
        assert {(await prox.getAhaSvc(POOL))['svcname'] for _ in range(20)} == {'01.cortex'}
