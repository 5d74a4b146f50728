"""AHA as a certificate authority (aha.md 1.3, 4, 9)."""

from __future__ import annotations

import asyncio
import os
import pathlib
import typing

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import synapse.aha as s_aha
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import tests.lib.aha.serving as t_aha

NET = t_aha.NET


def csr(name: str) -> str:
    return s_certs.make_csr(name, s_certs.make_key()).decode()


def files(dirn: pathlib.Path) -> dict[str, bytes]:
    """Return the files with certificates."""
    certs = dirn / 'certs'
    return {str(path.relative_to(certs)): path.read_bytes() for path in certs.rglob('*') if path.is_file()}


async def test_what_the_first_start_makes(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path, aha_admin='root@loop.test', aha_name='aha') as aha:
        made = files(tmp_path)
        names = ('cas/loop.test', 'hosts/localhost', 'hosts/aha.loop.test', 'users/root@loop.test')
        assert set(made) == {f'{name}.{ext}' for name in names for ext in ('crt', 'key')}
        for kind, name in (('hosts', 'localhost'), ('users', 'root@loop.test')):
            cert = aha.certs.find_cert(kind, name)
            assert cert is not None and len(aha.certs.verify(cert)) == 2
        assert all(os.stat(tmp_path / 'certs' / name).st_mode & 0o77 == 0 for name in made if name.endswith('.key'))
    async with t_aha.aha(tmp_path, aha_admin='bob@loop.test', aha_name='aha'):
        again = files(tmp_path)
        assert set(again) - set(made) == {'users/bob@loop.test.crt', 'users/bob@loop.test.key'}
        assert made.items() <= again.items()


async def test_what_is_in_the_log_comes_back(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / '00', nexslog_en=True) as aha:
        events = [item async for item in aha.getNexusChanges(0, wait=False)]
        made = files(tmp_path / '00')
    saved = {f'{item[2][0]}/{item[2][1]}.crt': item[2][2] for _, item in events if item[1] == 'aha:cert:save'}
    assert saved.items() <= made.items() and len(saved) == 3


async def test_authorities(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        assert await prox.getCaCert('nope') is None
        pem = await prox.getCaCert(NET)
        assert await prox.genCaCert(NET) == pem and s_certs.name_of(s_certs.load_cert(pem.encode())) == NET
        found = await asyncio.gather(*(prox.genCaCert('other.test') for _ in range(3)))
        assert len(set(found)) == 1 and await prox.getCaCert('other.test') == found[0]
        for bad in ('a/b', '', 'x' * 65, '..', 5, None, 'a\x00'):
            for name in ('genCaCert', 'getCaCert'):
                with pytest.raises((s_exc.BadArg, s_exc.CryptoErr)):
                    await prox.task((name, (bad,), {}))


async def test_signed_hosts(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        pem = await prox.signHostCsr(csr('00.axon.loop.test'), signas=NET, sans='DNS:y,DNS:x')
        cert = s_certs.load_cert(pem.encode())
        sans = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert sans.get_values_for_type(x509.DNSName) == ['00.axon.loop.test', 'x', 'y']
        assert aha.certs.find_cert('hosts', '00.axon.loop.test') == cert
        again = s_certs.load_cert((await prox.signHostCsr(csr('00.axon.loop.test'), signas=NET)).encode())
        assert again != cert and aha.certs.find_cert('hosts', '00.axon.loop.test') == again
        byname = s_certs.load_cert((await prox.signHostCsr(csr('axon.loop.test'))).encode())
        assert s_certs.name_of(byname) == 'axon.loop.test'
        assert byname.issuer.rfc4514_string() == f'CN={NET}'


async def test_signed_users(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        cert = s_certs.load_cert((await prox.signUserCsr(csr('visi@loop.test'))).encode())
        assert aha.certs.find_cert('users', 'visi@loop.test') == cert
        await prox.signUserCsr(csr('visi'), signas=NET)
        with pytest.raises(s_exc.BadArg, match="has no '@'"):
            await prox.signUserCsr(csr('visi'))
        with pytest.raises(s_exc.BadArg, match=r"has no '\.'"):
            await prox.signHostCsr(csr('axon'))


BAD: list[tuple[tuple[typing.Any, ...], str]] = [
    (('zzz',), 'BadCertBytes'),
    ((5,), 'BadArg'),
    ((None,), 'BadArg'),
    (('x' * 100000,), 'BadCertBytes'),
    (('good', 'nope'), 'NoCertKey'),
    (('good', 5), 'BadArg'),
    (('good', '../cas/loop.test'), 'BadArg'),
    (('good', NET, 5), 'BadArg'),
    (('good', NET, 'IP:1.2.3.4'), 'BadArg'),
]


@pytest.mark.parametrize(('args', 'err'), BAD)
async def test_bad_requests(aha: s_aha.AhaCell, args: tuple[typing.Any, ...], err: str) -> None:
    good = csr('a.loop.test')
    args = tuple(good if arg == 'good' else arg for arg in args)
    async with t_aha.local(aha) as prox:
        with pytest.raises(s_exc.SynErr) as exc:
            await prox.signHostCsr(*args)
        assert exc.value.errname == err
    assert aha.certs.find_cert('hosts', 'a.loop.test') is None


async def test_a_request_for_a_path(aha: s_aha.AhaCell) -> None:
    key = s_certs.make_key()
    builder = x509.CertificateSigningRequestBuilder()
    for name in ('../../evil', 'a/b', '..'):
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        pem = builder.subject_name(subject).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        async with t_aha.local(aha) as prox:
            with pytest.raises(s_exc.BadArg):
                await prox.signHostCsr(pem.decode(), signas=NET)
