"""Certificates as objects and as files (aha.md 9)."""

from __future__ import annotations

import asyncio
import datetime
import os
import pathlib
import shutil
import subprocess
import typing

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.lib.certs.chains as s_chains
import synapse.lib.certs.make as s_make
import synapse.telepath as s_telepath

Any = typing.Any
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def store(tmp_path: pathlib.Path) -> s_certs.CertStore:
    store = s_certs.CertStore(str(tmp_path / 'certs'))
    store.make('cas', 'vertex')
    return store


def made(store: s_certs.CertStore, kind: str, name: str, **opts: Any) -> x509.Certificate:
    store.make(kind, name, **opts)
    cert = store.find_cert(kind, name)
    assert cert is not None
    return cert


def ext(cert: x509.Certificate, cls: Any) -> Any:
    item = cert.extensions.get_extension_for_class(cls)
    assert not item.critical
    return item.value


KINDS: list[tuple[str, bool, Any, bytes | None]] = [
    ('cas', True, None, None),
    ('hosts', False, x509.ExtendedKeyUsageOID.SERVER_AUTH, b'\x03\x02\x06\x40'),
    ('users', False, x509.ExtendedKeyUsageOID.CLIENT_AUTH, b'\x03\x02\x07\x80'),
    ('code', False, x509.ExtendedKeyUsageOID.CODE_SIGNING, b'\x03\x02\x04\x10'),
]


@pytest.mark.parametrize('kind,isca,usage,nstype', KINDS)
def test_what_each_kind_is_for(store: s_certs.CertStore, kind: str, isca: bool, usage: Any, nstype: Any) -> None:
    cert = made(store, kind, 'some.net', signas='vertex')
    assert cert.subject.rfc4514_string() == 'CN=some.net'
    assert cert.issuer.rfc4514_string() == 'CN=vertex'
    assert cert.version is x509.Version.v3
    assert cert.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA256
    assert ext(cert, x509.BasicConstraints).ca is isca
    if usage is not None:
        assert list(ext(cert, x509.ExtendedKeyUsage)) == [usage]
        assert ext(cert, x509.KeyUsage).digital_signature
        assert ext(cert, x509.KeyUsage).key_encipherment is (kind == 'hosts')
        oid = x509.ObjectIdentifier('2.16.840.1.113730.1.1')
        assert cert.extensions.get_extension_for_oid(oid).value.public_bytes() == nstype
    years = datetime.timedelta(milliseconds=s_certs.expires(cert) - s_common.now())
    assert abs(years - datetime.timedelta(days=3650)) < HOUR
    assert [s_certs.name_of(item) for item in store.verify(cert)] == ['some.net', 'vertex']


def test_names_of_hosts(store: s_certs.CertStore) -> None:
    text = 'DNS:b.net, dns:a.net,email:x@a.net,URI:https://a.net,DNS:b.net'
    sans = ext(made(store, 'hosts', 'h.net', sans=text), x509.SubjectAlternativeName)
    assert sans.get_values_for_type(x509.DNSName) == ['a.net', 'b.net', 'h.net']
    assert sans.get_values_for_type(x509.RFC822Name) == ['x@a.net']
    assert sans.get_values_for_type(x509.UniformResourceIdentifier) == ['https://a.net']
    for bad in ('IP:1.2.3.4', 'newp', 'DNS:', 'DNS:ü'):
        with pytest.raises(s_exc.BadArg):
            store.make('hosts', 'x.net', sans=bad)
    assert not os.path.exists(store.path('hosts', 'x.net', 'key'))


def test_private_keys_are_for_their_owner(store: s_certs.CertStore) -> None:
    key, cert = store.make('users', 'visi@net')
    assert (os.stat(key).st_mode & 0o777, os.stat(cert).st_mode & 0o777) == (0o600, 0o644)
    assert pathlib.Path(key).read_text().startswith('-----BEGIN RSA PRIVATE KEY-----')


def test_nothing_is_overwritten(store: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob('*') if path.is_file()}
    with pytest.raises(s_exc.DupFileName) as exc:
        store.make('cas', 'vertex')
    assert exc.value.get('path') == store.path('cas', 'vertex', 'key')
    os.rename(store.path('cas', 'vertex', 'key'), store.path('cas', 'away', 'key'))
    with pytest.raises(s_exc.DupFileName) as exc:
        store.make('cas', 'vertex')
    assert exc.value.get('path') == store.path('cas', 'vertex', 'crt')
    os.rename(store.path('cas', 'away', 'key'), store.path('cas', 'vertex', 'key'))
    assert {path: path.read_bytes() for path in tmp_path.rglob('*') if path.is_file()} == before


@pytest.mark.parametrize('name', ['', 'x' * 65, 'ü' * 33, None, 5, '../x', 'a/b', '..', 'a\x00'])
def test_bad_names(store: s_certs.CertStore, name: Any) -> None:
    with pytest.raises(s_exc.SynErr):
        store.make('users', name)
    with pytest.raises(s_exc.SynErr):
        store.find_cert('users', name)


def test_requests(store: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    key, csr = store.make_csr('hosts', 'h.net')
    cert = store.sign_csr('hosts', pathlib.Path(csr).read_bytes(), 'vertex', sans='DNS:other.net')
    assert store.save_cert('hosts', cert) == store.path('hosts', 'h.net', 'crt')
    mine = store.find_key('hosts', 'h.net')
    assert mine is not None and cert.public_key() == mine.public_key()
    assert ext(cert, x509.SubjectAlternativeName).get_values_for_type(x509.DNSName) == ['h.net', 'other.net']
    with pytest.raises(s_exc.DupFileName):
        store.save_cert('hosts', cert)
    assert store.save_cert('hosts', cert, replace=True)
    with pytest.raises(s_exc.NoCertKey, match='Missing .key for newp'):
        store.sign_csr('hosts', pathlib.Path(csr).read_bytes(), 'newp')
    for byts in (b'', b'newp', pathlib.Path(key).read_bytes(), pathlib.Path(csr).read_bytes()[:300]):
        with pytest.raises(s_exc.BadCertBytes):
            store.sign_csr('hosts', byts, 'vertex')
    with pytest.raises(s_exc.SynErr):
        store.make_csr('cas', 'x')


def test_a_request_that_somebody_changed(store: s_certs.CertStore) -> None:
    _, path = store.make_csr('users', 'visi@net')
    csr = s_certs.load_csr(pathlib.Path(path).read_bytes())
    der = bytearray(csr.public_bytes(s_make.serialization.Encoding.DER))
    where = der.index(b'visi@net')
    der[where : where + 4] = b'root'
    altered = x509.load_der_x509_csr(bytes(der)).public_bytes(s_make.serialization.Encoding.PEM)
    with pytest.raises(s_exc.BadCertBytes, match='signature'):
        store.sign_csr('users', altered, 'vertex')


def test_chains(store: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    store.make('cas', 'inter', signas='vertex')
    cert = made(store, 'users', 'u@net', signas='inter')
    assert [s_certs.name_of(item) for item in store.verify(cert)] == ['u@net', 'inter', 'vertex']
    stranger = s_certs.CertStore(str(tmp_path / 'other'))
    stranger.make('cas', 'vertex')
    for bad in (
        made(stranger, 'users', 'u@net', signas='vertex'),
        made(stranger, 'users', 'self@net'),
        stranger.find_cert('cas', 'vertex'),
    ):
        with pytest.raises(s_exc.BadCertVerify, match='No trusted authority'):
            store.verify(typing.cast(x509.Certificate, bad))
    # a user is no authority, even with the key at hand
    key = store.find_key('users', 'u@net')
    assert key is not None
    fake = s_make.make_cert('users', 'root@net', key.public_key(), cert, key)
    with pytest.raises(s_exc.BadCertVerify):
        s_certs.verify(fake, [*store.cas(), cert])


def test_time(store: s_certs.CertStore) -> None:
    cert = made(store, 'users', 'u@net', signas='vertex')
    now = s_make.now()
    s_certs.verify(cert, store.cas(), when=now - datetime.timedelta(seconds=200))
    with pytest.raises(s_exc.BadCertVerify, match='not valid yet'):
        s_certs.verify(cert, store.cas(), when=now - HOUR)
    with pytest.raises(s_exc.BadCertVerify, match='expired'):
        s_certs.verify(cert, store.cas(), when=now + datetime.timedelta(days=3651))


def test_revocation(store: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    cert, other = made(store, 'users', 'u@net', signas='vertex'), made(store, 'users', 'v@net', signas='vertex')
    path = store.save_crl('vertex')
    assert store.verify(cert)
    assert store.save_crl('vertex', cert) == path == store.save_crl('vertex', cert)
    with pytest.raises(s_exc.BadCertVerify, match='revoked'):
        store.verify(cert)
    assert store.verify(other)
    crl = store.crls()[0]
    assert [item.serial_number for item in crl] == [cert.serial_number] * 2
    # a list that somebody else made for our authority does not count
    stranger = s_certs.CertStore(str(tmp_path / 'other'))
    stranger.make('cas', 'vertex')
    fake = s_chains.make_crl(*stranger.req_ca('vertex'), None, other)
    assert s_certs.verify(other, store.cas(), [fake])
    with pytest.raises(s_exc.BadCertVerify, match='Failed to validate that certificate was signed by vertex'):
        stranger.save_crl('vertex', cert)


def test_p12(store: s_certs.CertStore) -> None:
    for message, step in (
        ('missing User cert', lambda: store.make('users', 'u@net', signas='vertex')),
        (None, lambda: None),
    ):
        if message is not None:
            with pytest.raises(s_exc.NoSuchFile, match=message):
                store.make_p12('u@net')
        step()
    byts = pathlib.Path(store.make_p12('u@net')).read_bytes()
    pack = pkcs12.load_pkcs12(byts, None)
    assert pack.cert is not None and pack.cert.friendly_name == b'u@net'
    assert pack.cert.certificate == store.find_cert('users', 'u@net')
    assert [s_certs.name_of(item.certificate) for item in pack.additional_certs] == ['vertex']
    with pytest.raises(s_exc.DupFileName):
        store.make_p12('u@net')
    made(store, 'users', 'self@net')
    with pytest.raises(s_exc.NoSuchFile, match='missing CA cert'):
        store.make_p12('self@net')
    made(store, 'users', 'v@net', signas='vertex')
    os.unlink(store.path('users', 'v@net', 'key'))
    with pytest.raises(s_exc.NoSuchFile, match='missing User private key'):
        store.make_p12('v@net')


@pytest.mark.skipif(shutil.which('openssl') is None, reason='openssl is not installed')
def test_openssl_agrees(store: s_certs.CertStore) -> None:
    made(store, 'hosts', 'h.net', signas='vertex')
    argv = ['openssl', 'verify', '-CAfile', store.path('cas', 'vertex', 'crt'), '-purpose', 'sslserver']
    proc = subprocess.run([*argv, store.path('hosts', 'h.net', 'crt')], capture_output=True, text=True)
    assert proc.stdout.endswith(': OK\n'), proc.stderr


class Who:
    """Tells who is connected."""

    async def getTeleApi(self, link: Any, mesg: Any, path: Any) -> Any:
        self.name = link.getTlsPeerCn()
        return self

    def who(self) -> str:
        return typing.cast(str, self.name)


async def test_telepath_takes_them(store: s_certs.CertStore) -> None:
    store.make('hosts', 'localhost', signas='vertex')
    store.make('users', 'visi@localhost', signas='vertex')
    certdir = s_telepath.CertDir(store.dirn)
    async with await s_telepath.Daemon.anit(certdir=certdir) as dmon:
        dmon.share('*', Who())
        _, port = await dmon.listen('ssl://127.0.0.1:0?hostname=localhost&ca=vertex')
        s_telepath.addCertPath(store.dirn)
        try:
            url = f'ssl://visi@127.0.0.1:{port}?hostname=localhost'
            async with await s_telepath.openurl(url) as proxy:
                assert await asyncio.wait_for(proxy.who(), 10) == 'visi@localhost'
        finally:
            s_telepath.delCertPath(store.dirn)
