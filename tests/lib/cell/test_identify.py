"""Who a caller is, through each of the doors (cell.md 5.1, telepath.md 10)."""

from __future__ import annotations

import pathlib
import typing

import pytest
import trustme

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.telepath as s_telepath


async def name_at(url: str, **opts: typing.Any) -> str:
    async with await s_telepath.openurl(url, **opts) as proxy:
        return str((await proxy.getCellUser())['name'])


async def refused(url: str, **opts: typing.Any) -> tuple[str, str]:
    with pytest.raises(s_exc.SynErr) as info:
        await name_at(url, **opts)
    return info.value.errname, info.value.get('mesg')


async def test_unix_socket_is_trusted(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        visi = await cell.auth.addUser('visi')
        await visi.setLocked(True)
        assert await name_at(f'cell://{tmp_path}') == 'root'
        assert await name_at(f'cell://visi:newp@{tmp_path}') == 'visi'
        assert await refused(f'cell://who@{tmp_path}') == ('NoSuchUser', 'No such user: who.')


async def test_passwords_over_tcp(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        host, port = (await cell.listen('tcp://127.0.0.1:0/'))[:2]
        visi = await cell.auth.addUser('visi', passwd='secret')
        await cell.auth.addUser('bare')
        assert await name_at(f'tcp://visi:secret@{host}:{port}/') == 'visi'
        onepass = await visi.genOnepass()
        assert await name_at(f'tcp://{host}:{port}/', user='visi', passwd=onepass) == 'visi'
        denied = ('AuthDeny', 'Invalid password')
        assert await refused(f'tcp://visi:newp@{host}:{port}/') == denied
        assert await refused(f'tcp://visi@{host}:{port}/') == denied
        assert await refused(f'tcp://bare:x@{host}:{port}/') == denied
        assert await refused(f'tcp://who:x@{host}:{port}/') == ('NoSuchUser', 'No such user: who.')
        assert await refused(f'tcp://{host}:{port}/') == ('AuthDeny', 'Unable to find cell user (None)')
        await visi.setLocked(True)
        assert await refused(f'tcp://visi:secret@{host}:{port}/') == denied
        assert await refused(f'tcp://visi:secret@{host}:{port}/newp') == ('NoSuchName', None)
        assert await refused(f'tcp://root:x@{host}:{port}/') == denied


async def test_anonymous_callers(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path), conf={'auth:anon': 'anon'}) as cell:
        host, port = (await cell.listen('tcp://127.0.0.1:0/'))[:2]
        url = f'tcp://{host}:{port}/'
        assert await refused(url) == ('AuthDeny', 'Anon user (anon) is not found.')
        anon = await cell.auth.addUser('anon')
        assert await name_at(url) == 'anon'
        assert await refused(f'tcp://who:x@{host}:{port}/') == ('NoSuchUser', 'No such user: who.')
        await anon.setLocked(True)
        assert await refused(url) == ('AuthDeny', 'Anon user (anon) is locked.')


def write_certs(path: pathlib.Path, ca: trustme.CA, users: typing.Iterable[str]) -> None:
    for name in ('cas', 'hosts', 'users'):
        (path / name).mkdir(parents=True, exist_ok=True)
    ca.cert_pem.write_to_path(str(path / 'cas' / 'loop.crt'))
    for kind, names in (('hosts', ['localhost']), ('users', users)):
        for name in names:
            cert = ca.issue_cert('localhost', common_name=name)
            cert.cert_chain_pems[0].write_to_path(str(path / kind / f'{name}.crt'))
            cert.private_key_pem.write_to_path(str(path / kind / f'{name}.key'))


async def test_certificates(tmp_path: pathlib.Path) -> None:
    names = ('visi@loop', 'ghost@loop', 'visi@other', 'plain', 'locked@loop')
    write_certs(tmp_path / 'cell' / 'certs', trusted := trustme.CA(), ())
    write_certs(tmp_path / 'certs', trusted, names)
    certdir = s_telepath.CertDir(str(tmp_path / 'certs'))
    async with await s_cell.Cell.anit(
        str(tmp_path / 'cell'), conf={'aha:network': 'loop', 'dmon:listen': None}
    ) as cell:
        for name in ('visi', 'plain', 'locked'):
            await cell.auth.addUser(name, passwd='secret')
        await cell.auth.reqUserByName('locked').setLocked(True)
        addr = await cell.listen('ssl://127.0.0.1:0/?hostname=localhost&ca=loop')
        url = f'ssl://127.0.0.1:{addr[1]}/?hostname=localhost&certname='
        assert await name_at(url + 'visi@loop', certdir=certdir) == 'visi'
        assert await name_at(url + 'visi@loop', certdir=certdir, user='root', passwd='secret') == 'visi'
        assert await name_at(url + 'plain', certdir=certdir) == 'plain'
        for name in ('ghost@loop', 'visi@other'):
            mesg = f'TLS client cert User not found: {name}'
            assert await refused(url + name, certdir=certdir) == ('NoSuchUser', mesg)
        assert await refused(url + 'locked@loop', certdir=certdir) == ('AuthDeny', 'User (locked) is locked.')


async def test_listen_url_as_the_guide_writes_it(tmp_path: pathlib.Path) -> None:
    write_certs(tmp_path / 'certs', trustme.CA(), ())
    conf = {'dmon:listen': 'ssl://localhost:0&ca=loop'}
    async with await s_cell.Cell.anit(str(tmp_path), conf=conf) as cell:
        assert cell.dmon.addr and len(cell.dmon.servers) == 2
    conf = {'aha:name': '00.cell', 'aha:network': 'loop'}
    with pytest.raises(s_exc.NoCertKey) as info:
        await s_cell.Cell.anit(str(tmp_path), conf=conf)
    assert info.value.get('mesg') == 'Missing TLS certificate file for host: 00.cell.loop'
