"""Reconnecting clients: telepath.md 14.3, 14.4."""

from __future__ import annotations

import asyncio
import socket
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.telepath.sample as t_sample
import tests.waiting as t_waiting

DEAD = 'tcp://127.0.0.1:1/'
FAST = {'retrysleep': 0.001}


@pytest.fixture
async def client(url: str) -> typing.AsyncIterator[s_telepath.Client]:
    async with await s_telepath.Client.anit(url, conf=FAST) as client:
        yield client


async def test_calls(client: s_telepath.Client) -> None:
    with pytest.raises(s_exc.NotReady) as info:
        client.bar(1)
    assert info.value.get('mesg') == 'Must call waitready() on Client before first method call'
    await client.waitready()
    assert await client.bar(1) == 4
    assert await client.agen(3).list() == [0, 1, 2]
    assert await client.task(('bar', (2,), {})) == 5
    proxy = await client.proxy()
    assert client._getSynVers() == proxy._getSynVers()
    assert client._getClasses() == proxy._getClasses()
    async with await client.share() as share:
        assert await share.add(1) == 1


async def test_reconnects(client: s_telepath.Client, dmon: s_telepath.Daemon) -> None:
    proxy = await client.proxy()
    task = asyncio.create_task(client.hang())
    await client.bar(1)
    dmon.sessions[proxy.sess].hslink.close()
    with pytest.raises(s_exc.LinkShutDown):
        await task
    assert await client.bar(1) == 4
    assert (await client.proxy()) is not proxy
    assert await client.agen(2).list() == [0, 1]


async def test_a_server_that_comes_back_with_other_methods(client: s_telepath.Client, dmon: s_telepath.Daemon) -> None:
    class Other:
        def agen(self, n: int) -> str:
            return f'plain {n}'

    assert await client.proxy()
    assert await client.agen(2).list() == [0, 1]
    dmon.share('*', Other())
    proxy = await client.proxy()
    dmon.sessions[proxy.sess].hslink.close()
    await proxy.waitfini()
    await t_waiting.until(lambda: client._t_proxy is not None and client._t_proxy is not proxy)
    await client.waitready()
    assert await client.agen(2) == 'plain 2'


async def test_timeouts() -> None:
    async with await s_telepath.Client.anit(DEAD, conf={'timeout': 0.05, **FAST}) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.waitready(timeout=30), 10)
        with pytest.raises(TimeoutError):
            await client.proxy(timeout=30)
    async with await s_telepath.Client.anit(DEAD, conf=FAST) as client:
        with pytest.raises(TimeoutError):
            await client.waitready(timeout=0.05)


async def test_url_lists(url: str, dmon: s_telepath.Daemon) -> None:
    async with await s_telepath.Client.anit([DEAD, url, f'{url}foo/x'], conf=FAST) as client:
        proxy = await client.proxy()
        assert await client.where() == ()
        dmon.sessions[proxy.sess].hslink.close()
        await proxy.waitfini()
        # the one after the lost one comes next
        await client.proxy()
        assert await client.where() == ('x',)


async def test_a_server_that_says_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up for the next URL, if there is one."""
    monkeypatch.setattr(s_limits, 'TELE_TRY_SECS', 0.1)
    with socket.create_server(('127.0.0.1', 0)) as sock:
        silent = f'tcp://127.0.0.1:{sock.getsockname()[1]}/'
        async with await s_telepath.Client.anit([silent, url], conf=FAST) as client:
            assert await (await client.proxy()).bar(1) == 4
        async with await s_telepath.Client.anit(silent, conf=FAST) as client:
            with pytest.raises(TimeoutError):
                await client.waitready(timeout=0.3)
            assert client._t_trouble() is None


async def test_options_and_bad_urls(url: str) -> None:
    async with await s_telepath.Client.anit(url, opts={'name': 'foo/y'}, conf=FAST) as client:
        await client.waitready()
        assert await client.where() == ('y',)
    with pytest.raises(s_exc.BadUrl):
        await s_telepath.Client.anit('noalias')
    with pytest.raises(s_exc.BadUrl):
        await s_telepath.open('noalias')


async def test_connect_errors_are_logged_once(url: str, caplog: pytest.LogCaptureFixture) -> None:
    secret = url.replace('tcp://', 'tcp://bob:hunter2@')
    async with await s_telepath.Client.anit(secret, conf=FAST) as client:
        await t_waiting.until(lambda: caplog.records)
        with pytest.raises(TimeoutError):  # it is tried many times meanwhile
            await client.waitready(timeout=0.1)
    lines = [rec.getMessage() for rec in caplog.records if rec.name == 'synapse.lib.telepath.client']
    assert len(lines) == 1
    masked = secret.replace('hunter2', '****')
    assert lines[0].startswith(f'telepath client ({masked}) encountered an error: AuthDeny')


async def test_onlink(url: str, dmon: s_telepath.Daemon, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    async def bad(proxy: s_telepath.Proxy) -> None:
        seen.append('bad')
        raise ValueError('onlink')

    async def later(proxy: s_telepath.Proxy) -> None:
        seen.append(f'later {await proxy.bar(1)}')

    async with await s_telepath.Client.anit(url, onlink=bad, conf=FAST) as client:
        proxy = await client.proxy()
        assert seen == ['bad'] and 'onlink: ' in caplog.text
        await client.onlink(later)
        assert seen == ['bad', 'later 4']
        await client.offlink(bad)
        dmon.sessions[proxy.sess].hslink.close()
        await proxy.waitfini()
        await client.proxy()
    assert seen == ['bad', 'later 4', 'later 4']


async def test_onlink_may_end_the_proxy(url: str) -> None:
    tries: list[int] = []

    async def picky(proxy: s_telepath.Proxy) -> None:
        tries.append(1)
        if len(tries) < 3:
            await proxy.fini()

    async with await s_telepath.Client.anit(url, onlink=picky, conf=FAST) as client:
        await client.waitready()
        assert await client.bar(1) == 4
    assert len(tries) == 3


async def test_end(url: str) -> None:
    client = await s_telepath.Client.anit(url, conf=FAST)
    await client.waitready()
    proxy = await client.proxy()
    meth = client.bar
    await client.fini()
    assert proxy.isfini
    with pytest.raises(s_exc.IsFini) as info:
        await client.proxy()
    assert info.value.get('mesg') == 'Telepath Client Proxy is not available.'
    with pytest.raises(s_exc.IsFini):
        await meth(1)


async def test_new_boot_urls(url: str) -> None:
    async with await s_telepath.Client.anit(DEAD, conf=FAST) as client:
        waiter = client.waiter(2, 'tele:client:linkloop')
        assert await waiter.wait(10)
        client.setBootUrls([url])
        await client.waitready()
        assert await client.bar(1) == 4


# ----- ClientV2 -------------------------------------------------------------------------------------------------------


async def test_clientv2(url: str, dmon: s_telepath.Daemon) -> None:
    seen: list[tuple[str | None, typing.Any]] = []

    async def onlink(proxy: s_telepath.Proxy, info: dict[str, typing.Any]) -> None:
        seen.append((proxy.sess, info['port']))

    async with await s_telepath.open([DEAD, f'{url}?retrysleep=0.001'], onlink=onlink) as client:
        await client.waitready(timeout=10)
        proxy = await client.proxy()
        assert client.size() == 1 and seen == [(proxy.sess, dmon.addr[1])]
        assert await proxy.bar(1) == 4
        with pytest.raises(AttributeError):
            client.bar  # noqa: B018
        dmon.sessions[proxy.sess].hslink.close()
        await proxy.waitfini()
        other = await client.proxy(timeout=10)
        assert other is not proxy and await other.bar(1) == 4
    assert await client.proxy() is None
    assert other.isfini and client.size() == 0


async def test_clientv2_timeout() -> None:
    async with await s_telepath.open(DEAD) as client:
        with pytest.raises(TimeoutError):
            await client.proxy(timeout=0.05)
        waiter = asyncio.create_task(client.proxy())
        await asyncio.sleep(0)
    assert await asyncio.wait_for(waiter, 10) is None


async def test_clientv2_takes_new_urls(url: str, sample: t_sample.Sample) -> None:
    async with await s_telepath.open(f'{DEAD}?retrysleep=0.001') as client:
        client.setBootUrls(url)
        proxy = await client.proxy(timeout=10)
        assert await proxy.bar(1) == 4
