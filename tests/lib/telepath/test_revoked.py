"""Certificates that are no good any more: expired, too early, revoked (aha.md 9, telepath.md 11.3)."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
import ssl
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.lib.certs.make as s_make
import synapse.telepath as s_telepath
import tests.lib.telepath.test_tls as t_tls


@pytest.fixture
def store(tmp_path: pathlib.Path) -> s_certs.CertStore:
    store = s_certs.CertStore(str(tmp_path / 'certs'))
    store.make('cas', 'net')
    return store


@contextlib.contextmanager
def clock(days: int) -> typing.Iterator[None]:
    """Make certificates on a machine whose clock is some days off."""
    with pytest.MonkeyPatch.context() as patch:
        then = s_make.now() + datetime.timedelta(days=days)
        patch.setattr(s_make, 'now', lambda: then)
        yield


@contextlib.asynccontextmanager
async def serving(store: s_certs.CertStore) -> typing.AsyncIterator[str]:
    """Serve to clients with certificates of ``net``; yields the URL."""
    async with await s_telepath.Daemon.anit(certdir=s_telepath.CertDir(store.dirn)) as dmon:
        dmon.share('*', t_tls.WhoAmI())
        addr = await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net&ca=net')
        yield f'ssl://bob@127.0.0.1:{addr[1]}/?hostname=cell.net'


async def who(url: str, store: s_certs.CertStore) -> typing.Any:
    async with await s_telepath.openurl(url, certdir=s_telepath.CertDir(store.dirn)) as proxy:
        return await proxy.who()


async def refusal(url: str, store: s_certs.CertStore) -> str:
    with pytest.raises(s_exc.LinkShutDown) as info:
        await who(url, store)
    return str(info.value.get('mesg'))


@pytest.mark.parametrize(('days', 'why'), [(-4000, ' has expired ('), (2, ' is not valid before ')])
async def test_users_out_of_time(store: s_certs.CertStore, days: int, why: str) -> None:
    store.make('hosts', 'cell.net', signas='net')
    with clock(days):
        store.make('users', 'bob@net', signas='net')
    async with serving(store) as url:
        mesg = await refusal(url, store)
    start = f'socket closed by server before handshake: our certificate {store.dirn}/users/bob@net.crt'
    assert mesg.startswith(start + why)


@pytest.mark.parametrize(('days', 'why'), [(-4000, 'certificate has expired'), (2, 'certificate is not yet valid')])
async def test_hosts_out_of_time(store: s_certs.CertStore, days: int, why: str) -> None:
    store.make('users', 'bob@net', signas='net')
    with clock(days):
        store.make('hosts', 'cell.net', signas='net')
    async with serving(store) as url:
        with pytest.raises(ssl.SSLCertVerificationError) as info:
            await who(url, store)
    assert why in str(info.value)


async def test_a_revoked_user(store: s_certs.CertStore, caplog: pytest.LogCaptureFixture) -> None:
    store.make('hosts', 'cell.net', signas='net')
    for name in ('bob@net', 'visi@net'):
        store.make('users', name, signas='net')
    async with serving(store) as url:
        assert await who(url, store) == 'bob@net'
        store.save_crl('net', store.find_cert('users', 'bob@net'))
        assert (await refusal(url, store)).endswith('/users/bob@net.crt was revoked')
        assert 'Refused a connection: The certificate of bob@net was revoked.' in caplog.text
        assert await who(url.replace('bob', 'visi'), store) == 'visi@net'


async def test_a_revoked_host(store: s_certs.CertStore) -> None:
    store.make('cas', 'inter', signas='net')
    store.make('users', 'bob@net', signas='net')
    store.make('hosts', 'cell.net', signas='inter')
    async with serving(store) as url:
        assert await who(url, store) == 'bob@net'
        store.save_crl('inter', store.find_cert('hosts', 'cell.net'))
        with pytest.raises(s_exc.BadCertVerify) as info:
            await who(url, store)
        assert info.value.get('mesg') == 'The certificate of cell.net was revoked.'


async def test_a_revoked_authority(store: s_certs.CertStore) -> None:
    store.make('cas', 'inter', signas='net')
    store.make('users', 'bob@net', signas='net')
    store.make('hosts', 'cell.net', signas='inter')
    store.save_crl('net', store.find_cert('cas', 'inter'))
    async with serving(store) as url:
        with pytest.raises(s_exc.BadCertVerify) as info:
            await who(url, store)
        assert info.value.get('mesg') == 'The certificate of inter was revoked.'


async def test_lists_of_others(store: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    """A list counts when the authority itself has signed it; one that cannot be read stops everything."""
    store.make('users', 'bob@net', signas='net')
    store.make('hosts', 'cell.net', signas='net')
    liar = s_certs.CertStore(str(tmp_path / 'liar'))
    liar.make('cas', 'net')
    liar.make('users', 'bob@net', signas='net')
    liar.save_crl('net', liar.find_cert('users', 'bob@net'))
    crl = tmp_path / 'certs' / 'crls' / 'net.crl'
    crl.parent.mkdir()
    async with serving(store) as url:
        crl.write_bytes((tmp_path / 'liar' / 'crls' / 'net.crl').read_bytes())
        assert await who(url, store) == 'bob@net'
        crl.write_text('nothing of the kind')
        with pytest.raises(s_exc.BadCertBytes) as info:
            await who(url, store)
        assert info.value.get('path') == str(crl)
