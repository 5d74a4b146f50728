"""One-time URLs: who gets in, once, as what (aha.md 7, 8, 10.3, 14)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import pathlib
import typing

import pytest
from cryptography.hazmat.primitives import serialization

import synapse.aha as s_aha
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha

NET = t_aha.NET
Any = typing.Any


def csr(name: str) -> bytes:
    return s_certs.make_csr(name, s_certs.make_key())


def iden_of(url: str) -> str:
    return url.rpartition('/')[2].partition('?')[0]


async def test_what_a_service_is_told(aha: s_aha.AhaCell) -> None:
    port = typing.cast(int, aha.ahaport)
    conf = {'aha:user': 'bob', 'aha:network': 'foreign.net', 'nexslog:en': True}
    provinfo = {'conf': conf, 'dmon:port': 1234, 'https:port': 5555, 'mirror': 'foo'}
    url = await aha.addAhaSvcProv('07.foo', provinfo)
    async with t_aha.redeem(url) as prox:
        assert prox.sharinfo['classes'][0] == 'synapse.lib.aha.ProvApi'
        assert await prox.getProvInfo() == {
            'iden': iden_of(url),
            'conf': {
                'aha:name': '07.foo',
                'aha:leader': 'foo',
                'aha:network': NET,
                'aha:user': 'bob',
                'aha:registry': (f'ssl://localhost:{port}?certname=bob@{NET}',),
                'dmon:listen': f'ssl://0.0.0.0:1234?hostname=07.foo.{NET}&ca={NET}',
                'https:port': 5555,
                'mirror': 'aha://bob@foo...',
                'nexslog:en': True,
            },
            'dmon:port': 1234,
            'https:port': 5555,
            'mirror': 'foo',
        }
    bob = aha.auth.getUserByName('bob')
    assert bob is not None and not bob.isAdmin()
    want = {('get', NET), ('add', NET, '07.foo'), ('add', NET, 'foo')}
    assert set(bob.rules) == {(True, ('aha', 'service', *perm)) for perm in want}
    await aha.addAhaSvcProv('07.foo', provinfo)
    assert len(bob.rules) == 3
    assert conf == {'aha:user': 'bob', 'aha:network': 'foreign.net', 'nexslog:en': True}


@pytest.mark.parametrize(
    ('name', 'leader'), [('foo', None), ('00.foo', 'foo'), ('a.b.foo', 'foo')]
)  # fmt: skip
async def test_the_name_of_the_leader(aha: s_aha.AhaCell, name: str, leader: str | None) -> None:
    async with t_aha.redeem(await aha.addAhaSvcProv(name, {'https:port': None, 'mirror': None})) as prox:
        conf = (await prox.getProvInfo())['conf']
    assert conf.get('aha:leader') == leader
    assert conf['https:port'] is None and 'mirror' not in conf
    assert conf['dmon:listen'] == f'ssl://0.0.0.0:0?hostname={name}.{NET}&ca={NET}'
    assert not aha.auth.rootuser.rules


async def test_the_url(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaSvcProv('00.axon')
    cert = aha.certs.find_cert('hosts', 'localhost')
    assert cert is not None
    certhash = hashlib.sha256(cert.public_bytes(serialization.Encoding.DER)).hexdigest()
    assert url == f'ssl://localhost:{aha.provaddr[1]}/{iden_of(url)}?certhash={certhash}'


@pytest.mark.parametrize('query', ['?hostname=localhost&x=y', '&hostname=localhost&x=y', '?x=y&hostname=localhost'])
async def test_ways_to_write_the_listener(tmp_path: pathlib.Path, query: str) -> None:
    async with t_aha.aha(tmp_path, provision_listen=f'ssl://127.0.0.1:0{query}') as aha:
        async with t_aha.redeem(await aha.addAhaSvcProv('00.axon')) as prox:
            assert (await prox.getProvInfo())['conf']['aha:name'] == '00.axon'


async def test_a_plain_listener(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path, provision_listen='tcp://127.0.0.1:0') as aha:
        url = await aha.addAhaSvcProv('00.axon')
        assert url == f'tcp://localhost:{aha.provaddr[1]}/{iden_of(url)}'
        async with t_aha.redeem(url) as prox:
            assert (await prox.getProvInfo())['conf']['aha:name'] == '00.axon'


async def test_certificates_of_a_service(aha: s_aha.AhaCell) -> None:
    async with t_aha.redeem(await aha.addAhaSvcProv('00.axon')) as prox:
        cacert = s_certs.load_cert(await prox.getCaCert())
        for _ in range(2):
            cert = s_certs.load_cert(await prox.signHostCsr(csr('00.axon.loop.test')))
            assert s_certs.name_of(cert) == '00.axon.loop.test'
            s_certs.verify(cert, [cacert])
        s_certs.verify(s_certs.load_cert(await prox.signUserCsr(csr('root@loop.test'))), [cacert])
        for name in ('01.axon.loop.test', 'root@loop.test', '00.axon.other.test'):
            with pytest.raises(s_exc.BadArg, match='Invalid host CSR CN='):
                await prox.signHostCsr(csr(name))
        for name in ('visi@loop.test', '00.axon.loop.test', 'root@other.test'):
            with pytest.raises(s_exc.BadArg, match='Invalid user CSR CN='):
                await prox.signUserCsr(csr(name))
        for bad in (b'', b'zz', 'x', 5, None):
            with pytest.raises((s_exc.BadArg, s_exc.BadCertBytes)):
                await prox.signHostCsr(bad)
        with pytest.raises(s_exc.NoSuchMeth):
            await prox.getUserInfo()
        assert (await prox.getProvInfo())['conf']['aha:name'] == '00.axon'
    assert aha.certs.find_cert('hosts', '00.axon.loop.test') is None


async def test_a_request_with_a_forged_signature(aha: s_aha.AhaCell) -> None:
    good, other = csr('00.axon.loop.test'), csr('01.axon.loop.test')
    one, two = (s_certs.load_csr(byts).public_bytes(serialization.Encoding.DER) for byts in (good, other))
    forged = one[:-256] + two[-256:]
    pem = serialization.Encoding.PEM
    head, tail = (b'-----%s CERTIFICATE REQUEST-----\n' % word for word in (b'BEGIN', b'END'))
    text = head + base64.encodebytes(forged) + tail
    assert s_certs.load_csr(good).public_bytes(pem) == good
    async with t_aha.redeem(await aha.addAhaSvcProv('00.axon')) as prox:
        with pytest.raises(s_exc.BadCertBytes, match='signature'):
            await prox.signHostCsr(text)


async def test_once(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaSvcProv('00.axon')
    async with t_aha.redeem(url):
        pass
    with pytest.raises(s_exc.NoSuchName) as exc:
        await s_telepath.openurl(url)
    assert exc.value.get('name') == iden_of(url)
    why = 'This could be caused by the re-use of a provisioning URL.'
    assert exc.value.get('mesg') == f'Invalid provisioning identifier name={iden_of(url)}. {why}'


async def test_many_come_with_one_url(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaSvcProv('00.axon')
    found = await asyncio.gather(*(s_telepath.openurl(url) for _ in range(20)), return_exceptions=True)
    proxies = [prox for prox in found if isinstance(prox, s_telepath.Proxy)]
    assert len(proxies) == 1
    assert all(isinstance(e, s_exc.NoSuchName) for e in found if e is not proxies[0])
    await proxies[0].fini()


async def test_altered_urls(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaSvcProv('00.axon')
    iden, base = iden_of(url), url.partition('?')[0]
    for certhash in ('0' * 64, 'nope', url.rpartition('=')[2][:-1]):
        with pytest.raises(s_exc.LinkBadCert):
            await s_telepath.openurl(f'{base}?certhash={certhash}')
    for name in ('', '*', 'a' * 32, iden.upper(), iden[:-1], f'{iden}x', '../x', 'x' * 100000, 'ü\x00'):
        with pytest.raises(s_exc.NoSuchName) as exc:
            await s_telepath.openurl(url.replace(iden, name))
        assert len(exc.value.get('mesg')) < 200
    async with t_aha.redeem(url) as prox:
        assert (await prox.getProvInfo())['iden'] == iden


async def test_a_session_is_not_a_share_of_another_listener(aha: s_aha.AhaCell) -> None:
    url = f'ssl://localhost:{aha.provaddr[1]}/*?certhash={aha.prov_url("x").rpartition("=")[2]}'
    with pytest.raises(s_exc.NoSuchName):
        await s_telepath.openurl(url)
    one = await aha.addAhaSvcProv('00.axon')
    with pytest.raises(s_exc.NoSuchName):
        async with await s_telepath.openurl(aha.getLocalUrl(share=iden_of(one))):
            pass


async def test_withdrawn(aha: s_aha.AhaCell) -> None:
    svc, user = await aha.addAhaSvcProv('00.axon'), await aha.addAhaUserEnroll('visi')
    async with t_aha.local(aha) as prox:
        await prox.delAhaUserEnroll(iden_of(svc))
        await prox.delAhaSvcProv(iden_of(user))
        for bad in ('nope', '', 'x' * 1000, 5, None):
            assert await prox.delAhaSvcProv(bad) is None
            assert await prox.delAhaUserEnroll(bad) is None
        assert len(aha.provs.items()) == 2
        await prox.delAhaSvcProv(iden_of(svc))
        await prox.delAhaUserEnroll(iden_of(user))
        for url in (svc, user):
            with pytest.raises(s_exc.NoSuchName):
                await s_telepath.openurl(url)


async def test_cleared(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        urls = {
            'clearAhaSvcProvs': await prox.addAhaSvcProv('00.axon'),
            'clearAhaUserEnrolls': await prox.addAhaUserEnroll('visi'),
            'clearAhaClones': await prox.addAhaClone('localhost'),
        }
        for count, (name, url) in enumerate(urls.items(), 1):
            assert await prox.task((name, (), {})) is None
            assert len(aha.provs.items()) == 3 - count
            with pytest.raises(s_exc.NoSuchName):
                await s_telepath.openurl(url)


async def test_a_user_enrolls(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaUserEnroll('visi', {'ignored': True})
    visi = aha.auth.getUserByName('visi@loop.test')
    assert visi is not None and visi.rules == ((True, ('aha', 'service', 'get', NET)),) and not visi.isAdmin()
    async with t_aha.redeem(url) as prox:
        assert prox.sharinfo['classes'][0] == 'synapse.lib.aha.EnrollApi'
        urls = (f'ssl://localhost:{aha.ahaport}?certname=visi@{NET}',)
        assert await prox.getUserInfo() == {'aha:urls': urls, 'aha:user': 'visi', 'aha:network': NET}
        cert = s_certs.load_cert(await prox.signUserCsr(csr('visi@loop.test')))
        s_certs.verify(cert, [s_certs.load_cert(await prox.getCaCert())])
        with pytest.raises(s_exc.BadArg, match='Invalid user CSR CN=root@loop.test'):
            await prox.signUserCsr(csr('root@loop.test'))
        for name in ('signHostCsr', 'getProvInfo', 'getCloneDef'):
            with pytest.raises(s_exc.NoSuchMeth):
                await prox.task((name, (), {}))
    with pytest.raises(s_exc.DupUserName, match=r'User name \(visi\) already exists.  Need --again\?'):
        await aha.addAhaUserEnroll('visi')
    assert await aha.addAhaUserEnroll('visi', again=True) != url


async def test_a_clone_may_come_back(aha: s_aha.AhaCell) -> None:
    url = await aha.addAhaClone('01.aha.loop.test', port=31337, conf={'nexslog:en': True})
    for _ in range(2):
        async with t_aha.redeem(url) as prox:
            assert prox.sharinfo['classes'][0] == 'synapse.lib.aha.CloneApi'
            info = await prox.getCloneDef()
            assert info == {
                'iden': iden_of(url),
                'host': '01.aha.loop.test',
                'port': 31337,
                'conf': {
                    'aha:network': NET,
                    'dns:name': '01.aha.loop.test',
                    'dmon:listen': f'ssl://0.0.0.0:31337?hostname=01.aha.loop.test&ca={NET}',
                    'mirror': f'ssl://localhost:{aha.ahaport}?certname=root@{NET}',
                    'nexslog:en': True,
                },
            }
            await prox.readyToMirror()
            byts = b''.join([item async for item in prox.iterNewBackupArchive(remove=True)])
            assert byts[:2] == b'\x1f\x8b' and len(byts) > 1000
    assert aha.backups.list() == []


BAD_PROVS = [
    ('00.axon', 5),
    ('00.axon', {'conf': 5}),
    ('00.axon', {'conf': {'aha:user': 5}}),
    ('00.axon', {'conf': {'aha:user': 'x' * 60}}),
    ('00.axon', {'conf': {'aha:name': 'x&ca=evil'}}),
    ('00.axon', {'dmon:port': 70000}),
    ('00.axon', {'dmon:port': 'a'}),
    ('00.axon', {'https:port': -1}),
    ('00.axon', {'mirror': 'x@evil.net/'}),
    ('00.axon', {'mirror': ''}),
    ('axon&ca=evil.net', None),
    ('../x', None),
    ('00.axon...', None),
    ('', None),
    ('cörtex', None),
    (5, None),
    ('x' * 55, None),
]


@pytest.mark.parametrize(('name', 'provinfo'), BAD_PROVS)
async def test_bad_services(aha: s_aha.AhaCell, name: Any, provinfo: Any) -> None:
    with pytest.raises(s_exc.BadArg):
        await aha.addAhaSvcProv(name, provinfo)
    assert aha.provs.items() == [] and len(list(aha.auth.users())) == 1


@pytest.mark.parametrize('name', ['', 'x' * 55, 'a/b', 'a@b', 5, None, 'a b'])
async def test_bad_users_and_clones(aha: s_aha.AhaCell, name: Any) -> None:
    with pytest.raises(s_exc.BadArg):
        await aha.addAhaUserEnroll(name)
    with pytest.raises(s_exc.BadArg):
        await aha.addAhaClone('' if name == 'x' * 55 else name)
    with pytest.raises(s_exc.BadArg):
        await aha.addAhaClone('localhost', port=70000)
    assert aha.provs.items() == [] and len(list(aha.auth.users())) == 1


async def test_without_a_listener(tmp_path: pathlib.Path) -> None:
    conf = {'aha_name': 'aha', 'dmon_listen': f'ssl://127.0.0.1:0?hostname=aha.loop.test&ca={NET}'}
    async with t_aha.aha(tmp_path / '00', dns_name=None, provision_listen=None, **conf) as aha:
        for call in (aha.addAhaSvcProv('00.axon'), aha.addAhaUserEnroll('visi'), aha.addAhaClone('x')):
            with pytest.raises(s_exc.NeedConfValu):
                await call
    async with t_aha.aha(tmp_path / '01', dmon_listen='tcp://127.0.0.1:0') as aha:
        with pytest.raises(s_exc.NeedConfValu, match='aha:urls'):
            await aha.addAhaSvcProv('00.axon')


async def test_unused_urls_survive_a_restart(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path) as aha:
        used, left = await aha.addAhaSvcProv('00.axon'), await aha.addAhaSvcProv('01.axon')
        async with t_aha.redeem(used):
            pass
        port = aha.provaddr[1]
    async with t_aha.aha(tmp_path, provision_listen=f'ssl://127.0.0.1:{port}?hostname=localhost'):
        with pytest.raises(s_exc.NoSuchName):
            await s_telepath.openurl(used)
        async with t_aha.redeem(left) as prox:
            assert (await prox.getProvInfo())['conf']['aha:name'] == '01.axon'
