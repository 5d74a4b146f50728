"""TLS on both ends: telepath.md 9.3, 11.3, 18."""

from __future__ import annotations

import pathlib
import ssl
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.telepath.certs as t_certs


class WhoAmI(s_telepath.Aware):
    """Answers with the name in the client's certificate."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.conninfo: dict[str, typing.Any] = {}

    async def getTeleApi(self, link: typing.Any, mesg: typing.Any, path: tuple[str, ...]) -> typing.Any:
        api = WhoAmI()
        api.name = link.getTlsPeerCn()
        api.conninfo = link.getAddrInfo()
        return api

    def who(self) -> str | None:
        return self.name

    def conn(self) -> dict[str, typing.Any]:
        return self.conninfo


class Site(typing.NamedTuple):
    certs: t_certs.Certs
    dmon: s_telepath.Daemon
    port: int
    certhash: str

    async def dial(self, **opts: typing.Any) -> s_telepath.Proxy:
        opts = {'certdir': self.certs.certdir, 'hostname': 'cell.net', **opts}
        proxy = await s_telepath.openinfo(
            s_telepath.chopurl('ssl://127.0.0.1/', port=self.port, **{k: v for k, v in opts.items() if v is not ...})
        )
        return typing.cast(s_telepath.Proxy, await self.dmon.enter_context(proxy))


@pytest.fixture
async def certs(tmp_path: pathlib.Path) -> t_certs.Certs:
    return t_certs.Certs(tmp_path / 'certs', 'net')


@pytest.fixture
async def site(certs: t_certs.Certs) -> typing.AsyncIterator[Site]:
    certhash = certs.add_host('cell.net')
    certs.add_host('other.net')
    async with await s_telepath.Daemon.anit(certdir=certs.certdir) as dmon:
        dmon.share('*', WhoAmI())
        addr = await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net,other.net')
        yield Site(certs, dmon, addr[1], certhash)


@pytest.fixture
async def strict(certs: t_certs.Certs) -> typing.AsyncIterator[Site]:
    """A listener that demands client certificates; its URL is written as in the deployment guides."""
    certhash = certs.add_host('cell.net')
    async with await s_telepath.Daemon.anit(certdir=certs.certdir) as dmon:
        dmon.share('*', WhoAmI())
        addr = await dmon.listen('ssl://127.0.0.1:0&hostname=cell.net&ca=net')
        yield Site(certs, dmon, addr[1], certhash)


async def test_call_over_tls(site: Site) -> None:
    proxy = await site.dial()
    assert await proxy.who() is None
    assert (await proxy.conn())['family'] == 'tls'
    assert (await proxy.conn())['ipver'] == 'ipv4'
    assert proxy.link.getTlsObject().version() in ('TLSv1.2', 'TLSv1.3')


@pytest.mark.parametrize('name', ['wrong.net', ..., 'CELL.NET'])
async def test_name_must_match(site: Site, name: typing.Any) -> None:
    with pytest.raises(s_exc.BadCertHost) as info:
        await site.dial(hostname=name)
    assert info.value.get('mesg').startswith('Expected: ') and info.value.get('mesg').endswith(' Got: cell.net')


async def test_names_are_routed_by_sni(site: Site) -> None:
    assert await (await site.dial(hostname='other.net')).who() is None


async def test_unknown_ca(site: Site, tmp_path: pathlib.Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await site.dial(certdir=s_telepath.CertDir(str(tmp_path / 'none')))


async def test_pinned_certificate(site: Site, tmp_path: pathlib.Path) -> None:
    nowhere = s_telepath.CertDir(str(tmp_path / 'none'))
    for name in ('cell.net', ...):
        assert await (await site.dial(certhash=site.certhash, certdir=nowhere, hostname=name)).who() is None
    for pin in ('00' * 32, site.certhash.upper()):
        with pytest.raises(s_exc.LinkBadCert) as info:
            await site.dial(certhash=pin)
        assert info.value.get('mesg') == f'Server cert does not match pinned certhash={pin}.'


async def test_pins_hold_for_pool_links_too(site: Site) -> None:
    proxy = await site.dial(certhash=site.certhash)
    assert proxy._pool.target.certhash == site.certhash
    assert await proxy.who() is None


async def test_client_certificates(strict: Site) -> None:
    strict.certs.add_user('bob@net')
    strict.certs.add_user('plain')
    assert await (await strict.dial(user='bob')).who() == 'bob@net'
    assert await (await strict.dial(certname='bob@cell.net')).who() == 'bob@net'
    assert await (await strict.dial(certname='plain')).who() == 'plain'
    assert await (await strict.dial(certname='plain', user='root', passwd='secret')).who() == 'plain'


async def test_missing_user_certificates(strict: Site) -> None:
    for opts in ({'user': 'bob'}, {'certname': 'newp'}):
        with pytest.raises(s_exc.NoSuchCert) as info:
            await strict.dial(**opts)
        assert info.value.get('mesg').startswith('User certificate not found: ')
    strict.certs.add_user('plain')
    (strict.certs.path / 'users' / 'plain.key').unlink()
    with pytest.raises(s_exc.NoCertKey):
        await strict.dial(certname='plain')


async def test_clients_that_the_listener_refuses(strict: Site, tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.LinkShutDown) as info:
        await strict.dial()
    assert info.value.get('mesg') == 'socket closed by server before handshake'
    foreign = t_certs.Certs(tmp_path / 'foreign', 'elsewhere')
    foreign.add_user('bob@net')
    certdir = s_telepath.CertDir(str(foreign.path), str(strict.certs.path))
    with pytest.raises(s_exc.LinkShutDown):
        await strict.dial(certdir=certdir, user='bob')


async def test_plain_client_on_a_tls_port(site: Site) -> None:
    with pytest.raises(s_exc.LinkShutDown):
        await s_telepath.openurl(f'tcp://127.0.0.1:{site.port}/')


async def test_listeners_without_certificates(certs: t_certs.Certs) -> None:
    async with await s_telepath.Daemon.anit(certdir=certs.certdir) as dmon:
        with pytest.raises(s_exc.NoCertKey) as info:
            await dmon.listen('ssl://newp.net:0/')
        assert info.value.get('mesg') == 'Missing TLS certificate file for host: newp.net'
        certs.add_host('cell.net')
        with pytest.raises(s_exc.NoSuchCert) as info:
            await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net&ca=newp')
        assert info.value.get('mesg') == 'Missing CA Certificate for newp'
        (certs.path / 'hosts' / 'cell.net.key').unlink()
        with pytest.raises(s_exc.NoCertKey) as info:
            await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net')
        assert info.value.get('mesg') == 'Missing TLS key file for host: cell.net'


def test_certdir_stack(tmp_path: pathlib.Path) -> None:
    one, two = t_certs.Certs(tmp_path / 'one', 'a'), t_certs.Certs(tmp_path / 'two', 'b')
    two.add_user('bob@net')
    certdir = one.certdir
    assert certdir.getUserForHost('bob', '00.cell.net') is None
    certdir.addCertPath(str(two.path))
    certdir.addCertPath(str(two.path))
    assert certdir.getUserForHost('bob', '00.cell.net') == 'bob@net'
    assert [pathlib.Path(path).name for path in certdir.iterCaCertPaths()] == ['a.crt', 'b.crt']
    assert certdir.getCaCertPath('b') == str(two.path / 'cas' / 'b.crt')
    assert certdir.getUserCertPath('../cas/b') is None
    assert certdir.delCertPath(str(two.path)) and certdir.getCaCertPath('b') is not None
    assert certdir.delCertPath(str(two.path)) and certdir.getCaCertPath('b') is None
    assert not certdir.delCertPath(str(two.path))
