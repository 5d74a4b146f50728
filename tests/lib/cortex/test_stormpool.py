"""Queries that run on mirrors: what goes there, what stays, and what happens when there is nobody to take it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pathlib
import typing

import aiohttp
import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.cell.mirrors as t_mirrors
import tests.lib.cell.web as t_web
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

Any = typing.Any
WHERE = 'return($lib.cell.getCellInfo().cell.active)'
HERE: dict[str, Any] = {'mirror': False}


@contextlib.asynccontextmanager
async def pair(path: pathlib.Path, **conf: Any) -> typing.AsyncIterator[tuple[s_cortex.Cortex, s_cortex.Cortex]]:
    """Run a leader and its mirror."""
    async with t_serving.cortex(path / '0', **t_mirrors.CONF, **conf) as lead:
        await t_mirrors.copy(lead, path / '1')
        async with t_serving.cortex(path / '1', **t_mirrors.CONF, mirror=lead.getLocalUrl()) as mirr:
            await t_mirrors.level(lead, mirr)
            yield lead, mirr


async def join(lead: s_cortex.Cortex, url: str, sync: int = 2) -> None:
    """Make a URL the pool and wait until the leader is connected to it."""
    old = lead.stormpool.client
    await lead.callStorm(f'cortex.storm.pool.set --sync-timeout {sync} "{url}"')
    async with asyncio.timeout(20):
        await t_waiting.until(lambda: lead.stormpool.client not in (None, old))
        await typing.cast(Any, lead.stormpool.client).waitready()


async def test_queries_run_on_a_mirror(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr), t_serving.proxy(lead) as prox:
        assert await prox.callStorm(WHERE) is True
        await join(lead, mirr.getLocalUrl())
        assert await prox.callStorm(WHERE) is await lead.callStorm(WHERE) is False
        assert await prox.callStorm(WHERE, opts=HERE) is True
        mesgs = [
            mesg async for mesg in prox.storm('[inet:asn=5 inet:asn=6] $lib.print($lib.cell.getCellInfo().cell.active)')
        ]
        assert [mesg[1]['mesg'] for mesg in mesgs if mesg[0] == 'print'] == ['false', 'false']
        assert mesgs[0][0] == 'init' and mesgs[-1][0] == 'fini' and mesgs[-1][1]['count'] == 2
        assert await prox.count('inet:asn') == await prox.count('inet:asn', opts=HERE) == 2
        podes = [pode async for pode in prox.exportStorm('inet:asn')]
        assert [pode[0] for pode in podes] == [('inet:asn', 5), ('inet:asn', 6)]
        await lead.callStorm('cortex.storm.pool.del', opts=HERE)
        async with asyncio.timeout(10):
            while await prox.callStorm(WHERE) is not True:
                await asyncio.sleep(0.01)


async def test_a_caller_reads_what_he_wrote(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr), t_serving.proxy(lead) as prox:
        await join(lead, mirr.getLocalUrl(), sync=20)
        for num in range(30):
            await prox.callStorm(f'[inet:asn={num}]', opts=HERE if num % 2 else None)
            assert await prox.count('inet:asn') == num + 1


async def test_users_and_errors(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        visi = await lead.auth.addUser('visi')
        await join(lead, mirr.getLocalUrl())
        async with t_serving.proxy(lead, user='visi') as prox:
            assert await prox.callStorm('return(($lib.user.name(), $x))', opts={'vars': {'x': [1]}}) == ('visi', (1,))
            with pytest.raises(s_exc.AuthDeny):
                await prox.callStorm('[inet:asn=5]')
            with pytest.raises(s_exc.AuthDeny):
                await prox.callStorm(WHERE, opts={'user': lead.auth.rootuser.iden})
            with pytest.raises(s_exc.TimeOut, match='mine'):
                await prox.callStorm('$lib.raise(TimeOut, mine)')
            mesgs = [mesg async for mesg in prox.storm('$lib.raise(BadArg, foo)')]
            assert [mesg[0] for mesg in mesgs] == ['init', 'err', 'fini']
        with pytest.raises(s_exc.NoSuchView):
            await lead.callStorm(WHERE, opts={'view': 'a' * 32})
        for opts in (5, {'vars': 5}, {'nexsoffs': 'x'}):
            with pytest.raises(s_exc.BadArg):
                await lead.callStorm(WHERE, opts=typing.cast(Any, opts))
        assert await lead.callStorm('return((1))', opts={'user': visi.iden}) == 1


async def test_a_task_has_one_iden_on_both(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr), t_serving.proxy(lead) as prox:
        await join(lead, mirr.getLocalUrl())
        genr = aiter(prox.storm('$lib.print(hi) while (true) { $lib.time.sleep(1) }', opts={'task': 'a' * 32}))
        assert (await anext(genr))[1]['task'] == 'a' * 32
        here, there = lead.boss.get('a' * 32), mirr.boss.get('a' * 32)
        assert here is not None and there is not None and here.info['pool:member'] is None
        await here.kill()
        async with asyncio.timeout(10):
            await mirr.boss.wait_ended(there)


async def test_a_caller_who_hangs_up_ends_the_query(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr), t_serving.proxy(lead) as prox:
        await join(lead, mirr.getLocalUrl())
        genr = aiter(prox.storm('while (true) { $lib.print(hi) }', opts={'task': 'a' * 32}))
        await anext(genr)
        tasks = [core.boss.get('a' * 32) for core in (lead, mirr)]
        await genr.aclose()
        async with asyncio.timeout(10):
            for core, task in zip((lead, mirr), tasks, strict=True):
                await core.boss.wait_ended(typing.cast(Any, task))


async def test_the_mirror_is_gone(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        await mirr.fini()
        async with asyncio.timeout(10):
            while await lead.callStorm(WHERE) is not True:
                await asyncio.sleep(0.01)
        assert await lead.count('inet:asn') == 0
        assert 'Storm query mirror pool is empty, running query locally.' in caplog.text


async def test_the_mirror_is_lost_in_the_middle(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr), t_serving.proxy(lead) as prox:
        await join(lead, mirr.getLocalUrl())
        genr = aiter(prox.storm('$lib.print(hi) while (true) { $lib.time.sleep(1) }'))
        call = asyncio.create_task(prox.callStorm('while (true) { $lib.time.sleep(1) }'))
        assert (await anext(genr))[0] == 'init'
        await t_waiting.until(lambda: len(mirr.boss.ps()) >= 2)
        await mirr.fini()
        # nobody knows what it has done, so it is not run again
        async with asyncio.timeout(20):
            with pytest.raises(s_exc.LinkShutDown):
                await call
            with pytest.raises(s_exc.LinkShutDown):
                while True:
                    await anext(genr)
        assert await prox.callStorm('return((1))') == 1


async def test_a_member_that_is_behind(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a Cortex of its own, whose change log never gets so far
    async with t_serving.cortex(tmp_path / '0') as lead, t_serving.cortex(tmp_path / '1') as other:
        for num in range(20):
            await lead.callStorm(f'[inet:asn={num}]')
        await join(lead, other.getLocalUrl(), sync=1)
        assert await lead.callStorm('return($lib.cell.iden)') == lead.iden
        assert [len(items) for items in [[item async for item in lead.nodes('inet:asn')]]] == [20]
        assert [mesg[0] async for mesg in lead.storm('inet:asn=5')] == ['init', 'node', 'fini']
        assert caplog.text.count('Timeout waiting for query mirror, running locally instead.') == 2
        monkeypatch.setattr(s_limits, 'STORM_POOL_LAG', 3)
        assert await lead.callStorm('return($lib.cell.iden)') == lead.iden
        assert 'Pool members exhausted. Running query locally.' in caplog.text


async def test_whoever_leads_hands_on(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        await t_mirrors.level(lead, mirr)
        assert mirr.stormpool.get() == lead.stormpool.get() and mirr.stormpool.client is None
        assert await mirr.callStorm(WHERE) is False
        await lead.handoff(mirr.getLocalUrl())
        assert mirr.isactive and lead.stormpool.client is None and mirr.stormpool.client is not None
        await join(mirr, lead.getLocalUrl())
        assert await mirr.callStorm(WHERE) is False


async def test_what_runs_by_itself_stays(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        await lead.callStorm('$lib.queue.add(seen)', opts=HERE)
        await lead.callStorm('$lib.dmon.add(${ $lib.queue.gen(seen).put($lib.cell.getCellInfo().cell.active) })')
        query = '$queue = $lib.queue.gen(seen) for ($offs, $item) in $queue.gets(wait=(true), size=1) { return($item) }'
        assert await lead.callStorm(query, opts=HERE) is True
        text = 'for ($kind, $info) in $lib.storm.run($query) { if ($kind = "print") { return($info.mesg) } }'
        opts = {**HERE, 'vars': {'query': '$lib.print($lib.cell.getCellInfo().cell.active)'}}
        assert await lead.callStorm(text, opts=opts) == 'true'


async def test_cron_jobs_that_may(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        await lead.callStorm('$lib.queue.add(seen)', opts=HERE)
        put = '$lib.queue.get(seen).put(([$auto.type, $lib.cell.getCellInfo().cell.active]))'
        add = '$job = $lib.cron.add(query=$put, period=daily, pool=$pool) return($job.iden)'
        take = 'for ($offs, $item) in $lib.queue.get(seen).gets($num, wait=(true), size=1) { return($item) }'
        for num, pool in enumerate((False, True)):
            iden = await lead.callStorm(add, opts={**HERE, 'vars': {'put': put, 'pool': pool}})
            await lead.automation.cron._due(lead.automation.cron.req(iden))
            assert await lead.callStorm(take, opts={**HERE, 'vars': {'num': num}}) == ('cron', not pool)


async def test_extended_http_endpoints(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        _, port = await lead.addHttpsPort(0, '127.0.0.1')
        text = '$request.reply(200, body=$lib.cell.getCellInfo().cell.active)'
        query = f'$api = $lib.cortex.httpapi.add(t) $api.methods.get = ${{ {text} }}'
        await lead.callStorm(query, opts=HERE)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=t_web.trusting(tmp_path / '0'))) as client:
            for pool, want in ((False, 'true'), (True, 'false')):
                query = f'$lib.cortex.httpapi.getByPath(t).pool = ({str(pool).lower()})'
                await lead.callStorm(query, opts=HERE)
                async with client.get(f'https://127.0.0.1:{port}/api/ext/t', headers=t_web.ROOT) as resp:
                    assert (resp.status, await resp.text()) == (200, want)


async def test_the_query_log(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with pair(tmp_path) as (lead, mirr):
        await join(lead, mirr.getLocalUrl())
        mirr.queries.loglevel = logging.INFO
        caplog.set_level(logging.INFO)
        await lead.callStorm('return(12345)')
        record = next(item for item in caplog.records if '12345' in item.getMessage() and item.name == 'synapse.storm')
        assert 'pool:from' in record.__dict__['synapse']
        assert 'Offloading Storm query to mirror' in caplog.text
