"""The HTTPS server: certificates, headers, pages, access log, and what comes that is no HTTP (cell.md 3, 13)."""

from __future__ import annotations

import asyncio
import logging
import os
import pathlib
import ssl
import stat
import typing

import aiohttp
import pytest
import trustme
from cryptography import x509

import synapse.exc as s_exc
import synapse.lib.cell.https as s_https
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_serving
import tests.lib.cell.web as t_web

ACTIVE = '/api/v1/active'
WARNING = 'NO CERTIFICATE FOUND! generating self-signed certificate.'


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_web.serve(tmp_path / 'cell') as web:
        yield web


def served_cert(port: int) -> str:
    """Return the certificate that a port presents, in PEM form."""
    return ssl.get_server_certificate(('127.0.0.1', port))


def write_pair(dirn: pathlib.Path, certname: str = 'sslcert.pem') -> str:
    """Write a certificate of some CA and its key; returns the certificate."""
    pair = trustme.CA().issue_cert('localhost')
    (dirn / 'sslkey.pem').write_bytes(pair.private_key_pem.bytes())
    (dirn / certname).write_bytes(pair.cert_chain_pems[0].bytes())
    return pair.cert_chain_pems[0].bytes().decode()


# ----- certificates ---------------------------------------------------------------------------------------------------


async def test_a_certificate_is_made_once(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    dirn = tmp_path / 'cell'
    async with t_web.serve(dirn) as web:
        pem = await asyncio.to_thread(served_cert, web.port)
    async with t_web.serve(dirn) as web:
        assert await asyncio.to_thread(served_cert, web.port) == pem
    assert [record.getMessage() for record in caplog.records].count(WARNING) == 1
    assert stat.S_IMODE(os.stat(dirn / 'sslkey.pem').st_mode) == 0o600
    cert = x509.load_pem_x509_certificate((dirn / 'sslcert.pem').read_bytes())
    assert cert.subject == cert.issuer == x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'cell')])
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ['cell']
    assert cert.not_valid_after_utc.year - cert.not_valid_before_utc.year == 10


@pytest.mark.parametrize('certname', ['sslcert.pem', 'sslcert.crt'])
async def test_a_certificate_of_a_ca_is_used(tmp_path: pathlib.Path, certname: str) -> None:
    pem = write_pair(tmp_path, certname)
    ctx = s_https.Certs(str(tmp_path), 'cell').context()
    assert ctx.minimum_version == ssl.TLSVersion.TLSv1_2
    async with t_web.serve(tmp_path, certname=certname) as web:
        assert await asyncio.to_thread(served_cert, web.port) == pem
        assert (await web.get(ACTIVE))[0] == 200


async def test_the_certificate_that_belongs_to_the_key_is_used(web: t_web.Web, tmp_path: pathlib.Path) -> None:
    pem = write_pair(tmp_path / 'cell', 'sslcert.crt')  # beside the one that was made at first start
    assert web.cell.https.reload() is True
    assert await asyncio.to_thread(served_cert, web.port) == pem


async def test_a_certificate_without_its_key_is_an_error(tmp_path: pathlib.Path) -> None:
    write_pair(tmp_path)
    (tmp_path / 'sslkey.pem').unlink()
    with pytest.raises(s_exc.NoSuchFile, match=r'sslkey\.pem'):
        async with t_web.serve(tmp_path):
            pass
    (tmp_path / 'sslkey.pem').write_text('garbage')
    with pytest.raises(s_exc.BadCertBytes, match=r'sslcert\.pem'):
        async with t_web.serve(tmp_path):
            pass


async def test_reload_serves_new_connections_with_the_new_certificate(web: t_web.Web, tmp_path: pathlib.Path) -> None:
    assert (await web.get(ACTIVE))[0] == 200
    old = await asyncio.to_thread(served_cert, web.port)
    pem = write_pair(tmp_path / 'cell')
    assert await asyncio.to_thread(served_cert, web.port) == old
    assert await web.cell.reload('https:certs') == {'https:certs': (True, True)}
    assert await asyncio.to_thread(served_cert, web.port) == pem
    assert (await web.get(ACTIVE))[0] == 200  # on the connection that was open all the time
    (tmp_path / 'cell' / 'sslcert.pem').write_text('garbage')
    retn = await web.cell.reload('https:certs')
    assert retn['https:certs'][0] is False and retn['https:certs'][1][0] == 'BadCertBytes'
    assert await asyncio.to_thread(served_cert, web.port) == pem


# ----- responses ------------------------------------------------------------------------------------------------------


async def test_headers_of_every_response(tmp_path: pathlib.Path) -> None:
    custom = {'X-Foo': 'bar', 'X-Num': 5}
    async with t_web.serve(tmp_path / 'cell', **{'https:headers': custom}) as web:
        for path, status in ((ACTIVE, 200), ('/nope', 404), ('/api/v1/auth/user/nope', 404), ('/robots.txt', 200)):
            assert (await web.get(path))[0] == status
            assert 'Server' not in web.headers and 'Etag' not in web.headers
            assert web.headers['X-Content-Type-Options'] == 'nosniff'
            assert (web.headers['X-Foo'], web.headers['X-Num']) == ('bar', '5')
        await web.get(ACTIVE)
        assert web.headers['Content-Type'] == 'application/json; charset=UTF-8'


@pytest.mark.parametrize(
    'method, path, answer',
    [
        ('GET', '/', t_web.page(404, 'Not Found')),
        ('POST', '/api/v1/nope', t_web.page(404, 'Not Found')),
        ('GET', '/api/v1/active/', t_web.page(404, 'Not Found')),
        ('GET', '/%zz', t_web.page(404, 'Not Found')),
        ('POST', ACTIVE, t_web.page(405, 'Method Not Allowed')),
        ('ZORK', ACTIVE, t_web.page(405, 'Method Not Allowed')),
        ('HEAD', ACTIVE, (405, '')),
        ('OPTIONS', ACTIVE, (204, '')),
        ('OPTIONS', '/api/v1/auth/adduser', (204, '')),
        ('OPTIONS', '/nope', t_web.page(404, 'Not Found')),
    ],
)
async def test_pages(web: t_web.Web, method: str, path: str, answer: t_web.Answer) -> None:
    assert await web.call(method, path, headers={}) == answer


CORS = {
    'Access-Control-Allow-Origin': 'https://127.0.0.1:99',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Headers': 'Content-Type',
}


@pytest.mark.parametrize(
    'origin, allowed',
    [
        ('https://127.0.0.1:99', True),
        ('https://example.com', False),
        ('https://127.0.0.1.example.com', False),
        ('null', False),
        ('', False),
    ],
)
async def test_only_pages_of_the_same_host_may_read(web: t_web.Web, origin: str, allowed: bool) -> None:
    for method in ('GET', 'OPTIONS'):
        await web.call(method, ACTIVE, headers={'Origin': origin})
        found = {name: valu for name, valu in web.headers.items() if name.startswith('Access-Control')}
        assert found == (CORS if allowed else {})


# ----- the access log -------------------------------------------------------------------------------------------------


async def test_each_request_leaves_a_line(web: t_web.Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'tornado.access')
    await web.get(f'{ACTIVE}?x=1', headers={'User-Agent': 'test'})
    await web.get('/api/v1/auth/roles')
    await web.get('/nope')
    await web.post(f'/api/v1/auth/user/{web.auth.rootuser.iden}', {'rules': 5})
    records = [record for record in caplog.records if record.name == 'tornado.access']
    root = f'user={web.auth.rootuser.iden} (root) '
    heads = [
        (logging.INFO, f'200 GET {ACTIVE}?x=1 (127.0.0.1) '),
        (logging.INFO, f'200 GET /api/v1/auth/roles (127.0.0.1) {root}'),
        (logging.WARNING, '404 GET /nope (127.0.0.1) '),
        (logging.ERROR, f'500 POST /api/v1/auth/user/{web.auth.rootuser.iden} (127.0.0.1) {root}'),
    ]
    for record, (level, head) in zip(records, heads, strict=True):
        text = record.getMessage()
        assert record.levelno == level and text.startswith(head) and text.endswith('ms')
    extra = records[0].synapse  # type: ignore[attr-defined]
    assert extra == {
        'http_status': 200,
        'uri': f'{ACTIVE}?x=1',
        'remoteip': '127.0.0.1',
        'headers': {'user-agent': 'test'},
    }
    assert records[1].synapse['username'] == 'root'  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    'parse, headers, addr',
    [
        (True, {'X-Forwarded-For': '1.2.3.4, 5.6.7.8'}, '5.6.7.8'),
        (True, {'X-Real-IP': '9.9.9.9'}, '9.9.9.9'),
        (True, {'X-Forwarded-For': 'zork'}, '127.0.0.1'),
        (False, {'X-Forwarded-For': '1.2.3.4', 'X-Real-IP': '9.9.9.9'}, '127.0.0.1'),
    ],
)
async def test_the_address_behind_a_proxy(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, parse: bool, headers: dict[str, str], addr: str
) -> None:
    caplog.set_level(logging.INFO, 'tornado.access')
    async with t_web.serve(tmp_path / 'cell', **{'https:parse:proxy:remoteip': parse}) as web:
        await web.get(ACTIVE, headers=headers)
    assert f'200 GET {ACTIVE} ({addr}) ' in caplog.text


# ----- what comes to the port that is no request ----------------------------------------------------------------------


async def say(port: int, byts: bytes, ctx: ssl.SSLContext | None) -> bytes:
    """Send bytes to the port and return what comes back until the server closes."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port, ssl=ctx)
    writer.write(byts)
    try:
        return await asyncio.wait_for(reader.read(1000), 5)
    except ConnectionError:
        return b''
    finally:
        writer.close()


@pytest.mark.parametrize(
    'byts', [b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', b'\x00\xff' * 200, b'\x16\x03\x01\x00\x05hello']
)
async def test_what_is_not_tls_is_cut_off(web: t_web.Web, caplog: pytest.LogCaptureFixture, byts: bytes) -> None:
    assert b'HTTP' not in await say(web.port, byts, None)
    assert (await web.get(ACTIVE))[0] == 200
    assert 'Traceback' not in caplog.text and not [r for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    'byts',
    [
        b'\x00\x01\x02\r\n\r\n',
        b'GET / HTTP/9.9\r\n\r\n',
        b'GET /\r\n\r\n',
        b'GET /api/v1/active HTTP/1.1\r\n\r\n',
        b'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: zz\r\n\r\n',
        b'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
        b'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n',
    ],
)
async def test_what_is_not_http_is_answered_400(
    web: t_web.Web, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, byts: bytes
) -> None:
    assert await say(web.port, byts, t_web.trusting(tmp_path / 'cell')) == b'HTTP/1.1 400 Bad Request\r\n\r\n'
    assert (await web.get(ACTIVE))[0] == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_body_has_a_bound(web: t_web.Web, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(s_limits, 'HTTP_BODY_BYTES', 1000)
    _, port = await web.cell.addHttpsPort(0, '127.0.0.1')
    url = f'https://127.0.0.1:{port}/api/v1/login'
    async with web.client.post(url, data=b'x' * 900) as resp:
        assert resp.status == 400 and 'Invalid JSON content.' in await resp.text()
    with pytest.raises(aiohttp.ClientError):
        async with web.client.post(url, data=b'x' * 5_000_000) as resp:
            assert resp.status == 400
            raise aiohttp.ClientError


# ----- listeners ------------------------------------------------------------------------------------------------------


async def test_ports_come_and_go_with_the_cell(tmp_path: pathlib.Path) -> None:
    async with t_web.serve(tmp_path / 'cell') as web:
        host, port = await web.cell.addHttpsPort(0, '127.0.0.1')
        assert web.cell.https.addrs() == [{'host': '127.0.0.1', 'port': num} for num in (web.port, port)]
        with pytest.raises(OSError):
            await web.cell.addHttpsPort(port, '127.0.0.1')
        held = await asyncio.open_connection(host, port, ssl=t_web.trusting(tmp_path / 'cell'))
    assert await held[0].read() == b''
    held[1].close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, port)


async def test_a_server_process_answers(tmp_path: pathlib.Path) -> None:
    """The same over a real process, which runs on uvloop where there is one."""
    dirn = tmp_path / 'cell'
    with t_serving.Server(t_serving.argv(dirn, '--auth-passwd', 'secret')) as server:
        async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
            (listener,) = (await proxy.getCellInfo())['cell']['network']['https']
        url = f'https://127.0.0.1:{listener["port"]}/api/v1/auth/users'
        connector = aiohttp.TCPConnector(ssl=t_web.trusting(dirn))
        async with aiohttp.ClientSession(connector=connector, headers=t_web.ROOT) as client, client.get(url) as resp:
            assert resp.status == 200 and (await resp.json())['result'][0]['name'] == 'root'
            assert b'HTTP' not in await say(listener['port'], b'GET / HTTP/1.0\r\n\r\n', None)
        assert server.stop() == 0
    lines = '\n'.join(server.lines)
    assert WARNING in lines and 'Traceback' not in lines
    assert '200 GET /api/v1/auth/users (127.0.0.1) user=' in lines and 'SSL Error' in lines
