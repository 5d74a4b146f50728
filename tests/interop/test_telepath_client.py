"""Our client against the peer's server, and the tables of our own tests checked against the peer."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest
import tests.lib.telepath.cases as t_cases
import tests.lib.telepath.certs as t_certs
import tests.lib.telepath.raw as t_raw
import tests.ports as t_ports


@pytest.fixture
async def proxy(peer_sock: str) -> typing.AsyncIterator[s_telepath.Proxy]:
    async with await s_telepath.openurl(f'unix://{peer_sock}') as proxy:
        yield proxy


@pytest.fixture
async def raw(peer_sock: str) -> typing.AsyncIterator[t_raw.Raw]:
    async with t_raw.dialer(peer_sock) as dial:
        link = await dial()
        await link.syn()
        yield link


# ----- do the tables tell the truth? ----------------------------------------------------------------------------------


@pytest.mark.parametrize('todo,valu', [row[1:] for row in t_cases.CALLS], ids=t_cases.ids(t_cases.CALLS))
async def test_calls_table(raw: t_raw.Raw, todo: typing.Any, valu: typing.Any) -> None:
    assert await raw.call(*todo) == ('t2:fini', {'retn': (True, valu)})


@pytest.mark.parametrize('todo,name,part', [row[1:] for row in t_cases.ERRORS], ids=t_cases.ids(t_cases.ERRORS))
async def test_errors_table(raw: t_raw.Raw, todo: typing.Any, name: str, part: dict[str, typing.Any]) -> None:
    kind, info = await raw.call(*todo)
    assert kind == 't2:fini'
    good, (errname, errinfo) = info['retn']
    assert (good, errname) == (False, name)
    assert {**errinfo, **part} == errinfo


@pytest.mark.parametrize('keys,name', [row[1:] for row in t_cases.INITS], ids=t_cases.ids(t_cases.INITS))
async def test_inits_table(raw: t_raw.Raw, keys: dict[str, typing.Any], name: str) -> None:
    kind, info = await raw.call('bar', 1, **keys)
    assert (kind, info['retn'][1][0]) == ('t2:fini', name)


@pytest.mark.parametrize('mesg', [row[1] for row in t_cases.SILENT], ids=t_cases.ids(t_cases.SILENT))
async def test_silent_table(raw: t_raw.Raw, mesg: typing.Any) -> None:
    raw.tx(mesg)
    assert await raw.call('bar', 1) == ('t2:fini', {'retn': (True, 4)})


@pytest.mark.parametrize('byts', [row[1] for row in t_cases.BROKEN], ids=t_cases.ids(t_cases.BROKEN))
async def test_broken_table(raw: t_raw.Raw, byts: bytes) -> None:
    raw.writer.write(byts)
    assert await raw.rx() == 'EOF'


@pytest.mark.parametrize('todo,items,name', [row[1:] for row in t_cases.STREAMS], ids=t_cases.ids(t_cases.STREAMS))
async def test_streams_table(
    peer: t_conftest.Peer, raw: t_raw.Raw, todo: typing.Any, items: list[typing.Any], name: str | None
) -> None:
    assert await raw.call(*todo) == ('t2:genr', {})
    for item in items:
        assert await raw.rx() == ('t2:yield', {'retn': (True, item)})
    kind, info = await raw.rx()
    assert kind == 't2:yield'
    assert (info['retn'] and info['retn'][1][0]) == name


# ----- our client -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('todo,valu', [row[1:] for row in t_cases.CALLS], ids=t_cases.ids(t_cases.CALLS))
async def test_calls(proxy: s_telepath.Proxy, todo: typing.Any, valu: typing.Any) -> None:
    assert await proxy.call(*todo) == valu


async def test_errors(proxy: s_telepath.Proxy) -> None:
    for todo, name, part in [row[1:] for row in t_cases.ERRORS]:
        with pytest.raises(s_exc.SynErr) as info:
            await proxy.call(*todo)
        assert name in (info.value.errname, info.value.get('errx'))
        assert {**info.value.errinfo, **part} == info.value.errinfo


async def test_streams(proxy: s_telepath.Proxy) -> None:
    assert await proxy.agen(10_000).list() == list(range(10_000))
    assert [len(item) async for item in proxy.blobs(5, 2_000_000)] == [2_000_000] * 5
    assert await (await proxy.sgen(3)).list() == [0, 1, 2]
    with pytest.raises(s_exc.BadTypeValu):
        await proxy.araise().list()
    with pytest.raises(s_exc.BadMesgFormat):
        await proxy.badinfogen().list()


async def test_early_end_and_cancel(proxy: s_telepath.Proxy) -> None:
    was = len(await proxy.seen())
    async for item in proxy.idlegen():
        assert item == 'started'
        break
    async with asyncio.timeout(10):
        while (await proxy.seen())[was:] != ('idlegen fini',):
            await asyncio.sleep(0.01)
        task = asyncio.create_task(proxy.hang())
        while 'hang' not in (await proxy.seen())[was:]:
            await asyncio.sleep(0.01)
        task.cancel()
        while 'hang cancelled' not in (await proxy.seen())[was:]:
            await asyncio.sleep(0.01)


async def test_shares_and_pipeline(proxy: s_telepath.Proxy) -> None:
    async with await proxy.share() as share:
        assert await share.add(2) == 2
        assert await share.gen().list() == [0, 1, 2]
    async with asyncio.timeout(10):
        while True:
            try:
                await proxy.task(('boo', (1,), {}), name=share.iden)
            except s_exc.NoSuchObj:
                break

    async def todos() -> typing.AsyncIterator[typing.Any]:
        for i in range(100):
            yield ('bar', (i,), {'y': 0})

    assert [retn async for retn in proxy.getPipeline(todos())] == [(True, i) for i in range(100)]


async def test_big_integers(peer: t_conftest.Peer, proxy: s_telepath.Proxy) -> None:
    valu = ((2**70, -(2**70)), {})
    assert await proxy.echo(*valu[0]) == valu


async def test_what_is_known_of_the_server(peer: t_conftest.Peer, proxy: s_telepath.Proxy) -> None:
    assert proxy._getSynVers() == tuple(int(part) for part in peer.vers.split('.'))
    assert proxy._getClasses()[-1] == 'synapse.telepath.Aware'
    assert proxy._hasTeleMeth('agen') and proxy._hasTeleMeth('bar') is not peer.old


def test_blocking_use(peer_sock: str) -> None:
    with s_telepath.openurl(f'unix://{peer_sock}') as proxy:
        assert proxy.bar(1) == 4
        assert list(proxy.agen(3)) == [0, 1, 2]
        for _ in proxy.agen(10**9, 0.001):
            break
        assert proxy.bar(2) == 5


async def test_reconnecting_client(peer_sock: str) -> None:
    urls = ['unix:///newp/sock', f'unix://{peer_sock}']
    async with await s_telepath.Client.anit(urls, conf={'retrysleep': 0.01}) as client:
        await client.waitready()
        assert await client.bar(1) == 4
    async with await s_telepath.open(urls) as pool:
        one = await pool.proxy(timeout=10)
        assert await one.bar(1) == 4


@pytest.fixture(scope='session')
def tls_site(peer: t_conftest.Peer) -> typing.Iterator[tuple[t_certs.Certs, str, str]]:
    """The peer serving over TLS, with mandatory client certificates: certificates, URL, certhash."""
    certs = t_certs.Certs(pathlib.Path(peer.dirn, 'certs'), 'net')
    certhash = certs.add_host('cell.net')
    certs.add_user('bob@net')
    url = f'ssl://127.0.0.1:{t_ports.free_port()}/?hostname=cell.net'
    with peer.serve(f'{url}&ca=net', SYN_CERT_DIR=str(certs.path)):
        yield certs, url, certhash


async def test_tls(tls_site: tuple[t_certs.Certs, str, str]) -> None:
    certs, url, _ = tls_site
    async with await s_telepath.openurl(url, certdir=certs.certdir, certname='bob@net') as proxy:
        assert await proxy.bar(1) == 4
        assert await proxy.agen(1000).list() == list(range(1000))
    with pytest.raises(s_exc.BadCertHost):
        await s_telepath.openurl(url, certdir=certs.certdir, certname='bob@net', hostname='newp.net')


async def test_tls_without_a_client_certificate(tls_site: tuple[t_certs.Certs, str, str]) -> None:
    certs, url, certhash = tls_site
    with pytest.raises(s_exc.LinkShutDown):
        await s_telepath.openurl(url, certdir=certs.certdir)
    with pytest.raises(s_exc.LinkShutDown):
        await s_telepath.openurl(url, certhash=certhash)
    with pytest.raises(s_exc.LinkBadCert):
        await s_telepath.openurl(url, certhash='00' * 32)


# ----- our client and a cell of the peer ------------------------------------------------------------------------------


async def test_cell(peer: t_conftest.Peer, peer_cell: str) -> None:
    async with await s_telepath.openurl(f'cell://{peer_cell}') as proxy:
        info = await proxy.getCellInfo()
        assert info['cell']['iden'] == await proxy.getCellIden()
        assert (await proxy.getCellUser())['name'] == 'root'
        assert proxy._hasTeleFeat('tellready') is not peer.old
        assert proxy._ahainfo == ({} if peer.old else {'name': None})
        assert 'synapse.lib.cell.CellApi' in proxy._getClasses()
    with pytest.raises(s_exc.NoSuchName):
        await s_telepath.openurl(f'cell://{peer_cell}:newp')
    with pytest.raises(s_exc.NoSuchUser):
        await s_telepath.openurl(f'cell://newp@{peer_cell}')


async def test_cell_authentication(peer: t_conftest.Peer, peer_cell: str) -> None:
    url = f'tcp://127.0.0.1:{peer.cell_port}/'
    async with await s_telepath.openurl(url, user='root', passwd='secret') as proxy:
        assert (await proxy.getCellUser())['name'] == 'root'
        assert 'root' in {user['name'] for user in await proxy.getUserDefs()}
    with pytest.raises(s_exc.AuthDeny):
        await s_telepath.openurl(url, user='root', passwd='wrong')
    with pytest.raises(s_exc.AuthDeny):
        await s_telepath.openurl(url)
    with pytest.raises(s_exc.NoSuchUser):
        await s_telepath.openurl(url, user='newp', passwd='secret')
