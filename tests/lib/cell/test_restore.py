"""Restore from a URL, and the rewrite of databases at start (cell.md 8.5, 8.6)."""

from __future__ import annotations

import asyncio
import base64
import http.server
import os
import pathlib
import ssl
import tarfile
import threading
import typing

import lmdb
import pytest
import trustme

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.optimize as s_optimize
import synapse.lib.cell.restore as s_restore
import synapse.lib.slab as s_slab
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_serving


class Web:
    """Serves one file over HTTP(S), at /good; records the Authorization headers."""

    def __init__(self, byts: bytes, tls: bool = False, cut: int = 0) -> None:
        auths = self.auths = []  # type: list[str | None]

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                auths.append(self.headers.get('Authorization'))
                if not self.path.startswith('/good'):
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header('Content-Length', str(len(byts)))
                self.end_headers()
                self.wfile.write(byts[: len(byts) - cut])

            def log_message(self, *args: typing.Any) -> None:
                pass

        self.server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trustme.CA().issue_cert('localhost').configure_cert(context)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.addr = f'127.0.0.1:{self.server.server_address[1]}'

    def __enter__(self) -> typing.Self:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *args: typing.Any) -> None:
        self.server.shutdown()
        self.server.server_close()


async def make_archive(path: pathlib.Path) -> tuple[str, bytes]:
    """Return (iden, bytes of a streamed backup) of a cell with a user visi."""
    async with await s_cell.Cell.anit(str(path)) as cell:
        await cell.addUser('visi')
        return cell.iden, b''.join([byts async for byts in cell.backups.stream_new('x', remove=True)])


async def restore(url: str, dirn: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setenv('SYN_RESTORE_HTTPS_URL', url)
    return await s_restore.restore_from_url(str(dirn), 'cell')


async def test_restore_once(tmp_path: pathlib.Path) -> None:
    iden, byts = await make_archive(tmp_path / 'src')
    dirn = tmp_path / 'dst'
    dirn.mkdir()
    (dirn / 'junk').write_text('old')
    with Web(byts) as web:
        url = f'http://visi:sesame@{web.addr}/good.tgz?token=hush'
        env = t_serving.environ({'SYN_RESTORE_HTTPS_URL': url})
        with t_serving.Server(t_serving.argv(dirn), env) as server:
            async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
                assert await proxy.getCellIden() == iden
                assert (await proxy.getUserDefByName('visi'))['name'] == 'visi'
                await proxy.addUser('after')
        text = '\n'.join(server.lines)
        assert web.auths == ['Basic ' + base64.b64encode(b'visi:sesame').decode()]
        assert 'sesame' not in text and 'hush' not in text and f'http://visi:****@{web.addr}/good.tgz' in text
        assert 'Restored service from URL' in text and '[WARNING] Extracting cell.guid' in text
        assert not (dirn / 'junk').exists() and (dirn / 'restore.done').read_text() == s_common.guid(url)
        with t_serving.Server(t_serving.argv(dirn), env) as server:
            async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
                assert await proxy.getUserDefByName('after')
        assert 'restore.done matched value from SYN_RESTORE_HTTPS_URL.' in '\n'.join(server.lines)
        assert len(web.auths) == 1


def test_missing_archive(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'dst'
    dirn.mkdir()
    (dirn / 'junk').write_text('old')
    with Web(b'') as web:
        env = t_serving.environ({'SYN_RESTORE_HTTPS_URL': f'http://{web.addr}/newp'})
        proc = t_serving.run(t_serving.argv(dirn), env)
    assert proc.returncode == 1 and '404' in proc.stderr
    assert os.listdir(dirn) == ['tmp'] and os.listdir(dirn / 'tmp') == []


async def test_url_kinds(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    iden, byts = await make_archive(tmp_path / 'src')
    with Web(byts, tls=True) as web:
        with pytest.raises(OSError, match='CERTIFICATE_VERIFY_FAILED'):
            await restore(f'https://{web.addr}/good', tmp_path / 'a', monkeypatch)
        assert await restore(f'https+insecure://{web.addr}/good', tmp_path / 'a', monkeypatch) is True
    assert (tmp_path / 'a' / 'cell.guid').read_text() == iden
    with pytest.raises(s_exc.BadUrl):
        await restore('ftp://vertex.link/x', tmp_path / 'b', monkeypatch)
    monkeypatch.delenv('SYN_RESTORE_HTTPS_URL')
    assert await s_restore.restore_from_url(str(tmp_path / 'c'), 'cell') is False
    assert not (tmp_path / 'c').exists()


@pytest.mark.parametrize('kind', ['short', 'junk', 'damaged'])
async def test_bad_archives_leave_an_empty_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    _, byts = await make_archive(tmp_path / 'src')
    served = {'short': byts, 'junk': b'not a tar at all', 'damaged': byts[: len(byts) // 2]}[kind]
    with Web(served, cut=10 if kind == 'short' else 0) as web:
        with pytest.raises((s_exc.LinkErr, tarfile.TarError, OSError, EOFError)):
            await restore(f'http://{web.addr}/good', tmp_path / 'dst', monkeypatch)
    assert os.listdir(tmp_path / 'dst') == ['tmp'] and os.listdir(tmp_path / 'dst' / 'tmp') == []


async def test_archive_may_not_reach_outside(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'evil').write_text('evil')
    with tarfile.open(tmp_path / 'x.tgz', 'w:gz') as tar:
        tar.add(tmp_path / 'evil', arcname='x/../../outside')
    with Web((tmp_path / 'x.tgz').read_bytes()) as web, pytest.raises(s_exc.BadDataValu):
        await restore(f'http://{web.addr}/good', tmp_path / 'dst', monkeypatch)
    assert not (tmp_path / 'outside').exists()


async def test_running_service_is_not_wiped(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        with pytest.raises(s_exc.FatalErr):
            await restore('http://127.0.0.1:1/good', tmp_path, monkeypatch)
        assert await cell.addUser('visi')
    assert (tmp_path / 'slabs').is_dir()


# -- onboot:optimize


def data_size(path: pathlib.Path) -> int:
    return (path / 'slabs' / 'cell.lmdb' / 'data.mdb').stat().st_size


async def test_optimize_shrinks(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        await cell.addUser('visi')
        table = s_slab.KeyVal(cell.slab, 'junk')
        for numb in range(500):
            table.set(str(numb), 'x' * 2000)
        cell.slab.commit()
        table.drop_prefix('')
        await cell.backups.run('kept')
    before = data_size(tmp_path)
    kept = data_size(tmp_path / 'backups' / 'kept')
    async with await s_cell.Cell.anit(str(tmp_path), conf={'onboot:optimize': True}) as cell:
        assert cell.auth.getUserByName('visi')
        info = (await cell.getCellInfo())['optimized']
    assert data_size(tmp_path) < before / 4 and data_size(tmp_path / 'backups' / 'kept') == kept
    assert info['fini']['size'][1] < info['init']['size'][1] and info['fini']['time'] >= info['init']['time']
    lines = [mesg for mesg in caplog.messages if 'optimiz' in mesg or 'cell.lmdb' in mesg]
    assert lines[0] == 'Beginning onboot optimization (this could take a while)...'
    assert lines[1] == f'... 1/1 {tmp_path}/slabs/cell.lmdb' and lines[-1] == '... onboot optimization complete!'
    assert os.listdir(tmp_path / 'tmp') == []


async def test_optimize_that_fails_changes_nothing(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    bad = tmp_path / 'bad.lmdb'
    bad.mkdir()
    (bad / 'data.mdb').write_bytes(b'x' * 9000)
    assert await s_optimize.optimize(str(tmp_path), str(tmp_path)) is None
    assert (bad / 'data.mdb').read_bytes() == b'x' * 9000
    assert 'Error during onboot optimization.' in caplog.messages
    assert sorted(os.listdir(tmp_path)) == ['bad.lmdb']


async def test_optimize_databases_of_others(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'deep' / 'plugin.lmdb'
    path.mkdir(parents=True)
    with lmdb.open(str(path), map_size=2**24) as env, env.begin(write=True) as xact:
        xact.put(b'a', b'b')
    assert s_optimize.find_databases(str(tmp_path)) == [str(path)]
    await asyncio.wait_for(s_optimize.optimize(str(tmp_path), s_common.gendir(str(tmp_path), 'tmp')), 10)
    with lmdb.open(str(path), readonly=True) as env, env.begin() as xact:
        assert xact.get(b'a') == b'b'
