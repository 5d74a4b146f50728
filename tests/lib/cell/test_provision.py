"""Provisioning at boot: aha.md 7.3, 7.4. AHA is a real one, or one that misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import pathlib
import tarfile
import threading
import typing

import pytest

import synapse.aha as s_aha
import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.provision as s_provision
import synapse.lib.cell.restore as s_restore
import synapse.lib.certs as s_certs
import synapse.lib.certs.make as s_make
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha

CONF: dict[str, typing.Any] = {'health:sysctl:checks': False, 'limit:disk:free': None, 'https:port': None}
IDEN = '1' * 32


@pytest.fixture
async def aha(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_aha.AhaCell]:
    async with t_aha.aha(tmp_path / 'aha') as cell:
        yield cell


@contextlib.asynccontextmanager
async def service(path: pathlib.Path, url: str | list[str], **conf: typing.Any) -> typing.AsyncIterator[s_cell.Cell]:
    opts = {name.replace('_', ':'): valu for name, valu in conf.items()}
    async with await s_cell.Cell.anit(str(path), conf={**CONF, 'aha:provision': url, **opts}) as cell:
        yield cell


def files(path: pathlib.Path) -> list[str]:
    return sorted(str(item.relative_to(path)) for item in path.rglob('*') if item.is_file())


async def test_options_win_by_source(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    """What AHA gives replaces the files; what the service was started with is stronger."""
    path = tmp_path / 'svc'
    path.mkdir()
    (path / 'cell.yaml').write_text('dmon:listen: tcp://1.2.3.4:5/\nmirror: tcp://old\nmax:users: 7\n')
    (path / 'cell.mods.yaml').write_text('dmon:listen: tcp://6.7.8.9:5/\nmirror: tcp://old\nnexslog:en: true\n')
    url = await aha.addAhaSvcProv('00.svc', {'conf': {'aha:user': 'bob', 'auth:anon': 'x'}})
    async with service(path, url, auth_anon='root') as cell:
        assert cell.conf['auth:anon'] == 'root' and cell.conf['nexslog:en']
        assert cell.conf['dmon:listen'] == f'ssl://0.0.0.0:0?hostname=00.svc.{t_aha.NET}&ca={t_aha.NET}'
        assert cell.conf.get('mirror') is None
        assert cell.auth.getUserByName('bob').isAdmin()
    saved = s_common.yamlload(str(path / 'cell.yaml'))
    assert saved['max:users'] == 7 and saved['auth:anon'] == 'x' and 'aha:provision' not in saved
    assert s_common.yamlload(str(path / 'cell.mods.yaml')) == {'nexslog:en': True}


async def test_from_a_file(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'svc'
    path.mkdir()
    url = await aha.addAhaSvcProv('00.svc')
    (path / 'cell.yaml').write_text(f'aha:provision: {url}\n')
    for _ in range(2):
        async with await s_cell.Cell.anit(str(path), conf=CONF) as cell:
            assert cell.ahasvcname == f'00.svc.{t_aha.NET}'
    assert s_common.yamlload(str(path / 'cell.yaml'))['aha:provision'] == url


async def test_redundant_servers(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    url = await aha.addAhaSvcProv('00.svc')
    iden = url.partition('?')[0].rpartition('/')[2]
    urls = [f'tcp://127.0.0.1:1/{iden}', url]
    async with service(tmp_path / 'svc', urls) as cell:
        assert cell.ahasvcname == f'00.svc.{t_aha.NET}'
    assert (tmp_path / 'svc' / 'prov.done').read_text() == iden
    with pytest.raises(s_exc.LinkErr) as info:
        async with service(tmp_path / 'new', urls[:1]):
            pass
    assert info.value.get('mesg').startswith('AHA cannot be reached to provision this service: tcp://127.0.0.1:1/')
    assert files(tmp_path / 'new') == []


async def test_new_certificates_each_time(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    certs = []
    for name in ('00.svc', '00.svc', '01.svc'):
        async with service(tmp_path / 'svc', await aha.addAhaSvcProv(name)):
            store = s_certs.CertStore(str(tmp_path / 'svc' / 'certs'))
            for kind, item in (('hosts', f'{name}.{t_aha.NET}'), ('users', f'root@{t_aha.NET}')):
                cert = store.find_cert(kind, item)
                assert cert is not None
                store.verify(cert)
                certs.append(cert.serial_number)
                key = tmp_path / 'svc' / 'certs' / kind / f'{item}.key'
                assert key.stat().st_mode & 0o777 == 0o600
    assert len(set(certs)) == 6


@pytest.mark.parametrize('url', ['tcp://127.0.0.1:1', 'tcp://127.0.0.1:1/?certhash=00', 'tcp://127.0.0.1:1//'])
async def test_no_such_url(tmp_path: pathlib.Path, url: str) -> None:
    with pytest.raises(s_exc.BadConfValu) as info:
        async with service(tmp_path / 'svc', url):
            pass
    assert info.value.get('mesg').startswith('aha:provision is no one-time URL: ')
    assert files(tmp_path / 'svc') == []


async def test_a_directory_in_use(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path / 'svc'), conf=CONF):
        url = await aha.addAhaSvcProv('00.svc')
        with pytest.raises(s_exc.FatalErr):
            async with service(tmp_path / 'svc', url):
                pass
    async with service(tmp_path / 'svc', url) as cell:
        assert cell.ahasvcname == f'00.svc.{t_aha.NET}'


class BadAha:
    """The other end of a one-time URL, with something wrong."""

    def __init__(self, dirn: pathlib.Path, fault: str) -> None:
        self.store = s_certs.CertStore(str(dirn))
        self.store.make('cas', 'net')
        self.fault = fault
        self.hung = asyncio.Event()

    async def getProvInfo(self) -> typing.Any:
        conf = {'aha:name': '00.svc', 'aha:network': 'net', 'aha:user': 'root', 'dmon:listen': None}
        if self.fault == 'conf':
            conf['auth:anon'] = 10
        return {'conf': conf}

    async def getCaCert(self) -> bytes:
        with open(self.store.path('cas', 'net', 'crt'), 'rb') as file:
            return file.read() if self.fault != 'ca' else b'newp'

    async def signHostCsr(self, byts: bytes) -> bytes:
        cert = self.store.sign_csr('hosts', byts, 'net')
        if self.fault == 'key':
            return s_make.cert_pem(s_make.make_cert('hosts', '00.svc.net', s_make.make_key().public_key(), *self.ca))
        return s_make.cert_pem(cert)

    @property
    def ca(self) -> typing.Any:
        return self.store.req_ca('net')

    async def signUserCsr(self, byts: bytes) -> bytes:
        if self.fault == 'cut':
            self.hung.set()
            await asyncio.sleep(600)
        return s_make.cert_pem(self.store.sign_csr('users', byts, 'net'))


@contextlib.asynccontextmanager
async def bad_aha(dirn: pathlib.Path, fault: str) -> typing.AsyncIterator[tuple[BadAha, str, s_telepath.Daemon]]:
    async with await s_telepath.Daemon.anit() as dmon:
        item = BadAha(dirn, fault)
        dmon.share(IDEN, item)
        await dmon.listen('tcp://127.0.0.1:0/')
        yield item, f'tcp://127.0.0.1:{dmon.addr[1]}/{IDEN}', dmon


@pytest.mark.parametrize(('fault', 'name'), [('conf', 'BadConfValu'), ('ca', 'BadCertBytes'), ('key', 'BadCertBytes')])
async def test_what_cannot_be_used_is_not_written(tmp_path: pathlib.Path, fault: str, name: str) -> None:
    async with bad_aha(tmp_path / 'ca', fault) as (_, url, _):
        with pytest.raises(s_exc.CLASSES[name]):
            async with service(tmp_path / 'svc', url):
                pass
    assert files(tmp_path / 'svc') == []


async def test_cut_half_way(tmp_path: pathlib.Path) -> None:
    async with bad_aha(tmp_path / 'ca', 'cut') as (item, url, dmon):

        async def cut() -> None:
            await item.hung.wait()
            await dmon.setReady(False)

        task = asyncio.create_task(cut())
        with pytest.raises(s_exc.LinkShutDown):
            async with service(tmp_path / 'svc', url):
                pass
        await task
    assert files(tmp_path / 'svc') == []


async def test_a_late_clock(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    late = s_make.now() - datetime.timedelta(hours=1)
    monkeypatch.setattr('synapse.lib.certs.now', lambda: late)
    async with bad_aha(tmp_path / 'ca', 'none') as (_, url, _):
        async with service(tmp_path / 'svc', url) as cell:
            assert cell.conf['aha:name'] == '00.svc'
    lines = [rec.getMessage() for rec in caplog.records if 'is the clock of this machine late?' in rec.getMessage()]
    assert len(lines) == 2 and lines[0].startswith('The certificate of ')


NOTE = {
    'iden': IDEN,
    'conf': {
        'aha:name': '01.svc',
        'aha:network': 'net',
        'aha:user': 'root',
        'mirror': 'tcp://leader',
        'nexslog:en': True,
    },
}


def half_copied(path: pathlib.Path) -> pathlib.Path:
    """A folder in which a leader's files have arrived, and a note of what it was to be."""
    path.mkdir()
    s_common.yamlsave(NOTE, str(path / 'prov.mirror.yaml'))
    leader = {'aha:name': '00.svc', 'aha:network': 'net', 'aha:provision': f'tcp://127.0.0.1:1/{"2" * 32}'}
    s_common.yamlsave(leader, str(path / 'cell.yaml'))
    s_common.yamlsave({'mirror': None}, str(path / 'cell.mods.yaml'))
    (path / 'prov.done').write_text('2' * 32)
    (path / 'slabs').mkdir()
    (path / 'slabs' / 'stale').write_text('of the first try')
    return path


def is_follower(path: pathlib.Path) -> bool:
    conf = s_common.yamlload(str(path / 'cell.yaml'))
    left = (path / 'prov.mirror.yaml').exists() or s_common.yamlload(str(path / 'cell.mods.yaml'))
    return bool(conf == NOTE['conf'] and not left and (path / 'prov.done').read_text() == IDEN)


@pytest.mark.parametrize('url', [None, f'tcp://127.0.0.1:1/{IDEN}'])
async def test_killed_before_it_knew_who_it_is(tmp_path: pathlib.Path, url: str | None) -> None:
    """All files of the leader are there. The service must not start as the leader that it looks like."""
    path = half_copied(tmp_path / 'svc')
    (path / 'cell.guid').write_text('3' * 32)
    conf = s_conf.Config(s_cell.Cell.getConfDefs(), {} if url is None else {'aha:provision': url})
    await s_cell.Cell.prepare(s_layout.Layout(str(path), 'cell'), conf)
    assert is_follower(path) and (path / 'slabs' / 'stale').exists()


async def test_killed_in_the_middle_of_a_copy(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = half_copied(tmp_path / 'svc')

    async def clone(layout: s_layout.Layout, url: str, mine: set[str]) -> None:
        assert url == 'tcp://leader'
        # the options are ours again, and nothing of the first try is left
        assert s_common.yamlload(str(path / 'cell.yaml'))['aha:name'] == '01.svc'
        assert not (path / 'slabs').exists()
        if fail:
            raise s_exc.LinkShutDown(mesg='again')
        layout.store_iden(b'3' * 32)

    monkeypatch.setattr(s_provision.s_clone, 'clone', clone)
    for fail in (True, False):
        context = pytest.raises(s_exc.LinkShutDown) if fail else contextlib.nullcontext()
        with context:
            conf = s_conf.Config(s_cell.Cell.getConfDefs(), {})
            await s_cell.Cell.prepare(s_layout.Layout(str(path), 'cell'), conf)
        assert (path / 'cell.guid').exists() is not fail
    assert is_follower(path)


async def test_a_copy_leaves_what_aha_issued(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the leader's key and its certificate, our next start could not speak to AHA any more."""
    path, lead = half_copied(tmp_path / 'svc'), tmp_path / 'lead'
    pairs = ('users/root@net', 'hosts/01.svc.net', 'hosts/00.svc.net')
    names = {'cas/net.crt', *(f'{name}.{kind}' for name in pairs for kind in ('crt', 'key'))}
    for name in names:
        for dirn in (lead, path):
            (dirn / 'certs' / name).parent.mkdir(parents=True, exist_ok=True)
            (dirn / 'certs' / name).write_text(dirn.name)
    (lead / 'cell.guid').write_text('3' * 32)
    (lead / 'cell.yaml').write_text('aha:name: 00.svc\nmax:users: 7\n')
    with tarfile.open(tmp_path / 'x.tgz', 'w:gz') as tar:
        tar.add(lead, arcname='x')

    async def clone(layout: s_layout.Layout, url: str, mine: set[str]) -> None:
        s_restore.extract(str(tmp_path / 'x.tgz'), layout, threading.Event(), mine)

    monkeypatch.setattr(s_provision.s_clone, 'clone', clone)
    await s_cell.Cell.prepare(s_layout.Layout(str(path), 'cell'), s_conf.Config(s_cell.Cell.getConfDefs(), {}))
    theirs = {name for name in names if (path / 'certs' / name).read_text() == 'lead'}
    assert theirs == {'hosts/00.svc.net.crt', 'hosts/00.svc.net.key'}
    assert s_common.yamlload(str(path / 'cell.yaml')) == {**NOTE['conf'], 'max:users': 7}
    assert (path / 'cell.guid').read_text() == '3' * 32


async def test_a_new_url_ends_what_was_begun(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    path = half_copied(tmp_path / 'svc')
    async with service(path, await aha.addAhaSvcProv('02.svc')) as cell:
        assert cell.ahasvcname == f'02.svc.{t_aha.NET}' and cell.conf.get('mirror') is None
    assert not (path / 'prov.mirror.yaml').exists()
