"""wget, wput and postfiles against a real web server (axon.md 6)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import ssl
import typing

import aiohttp.web
import pytest
import trustme

import synapse.exc as s_exc
import tests.lib.axon.serving as t_axon

Request = aiohttp.web.Request
Response = aiohttp.web.Response
NOPE = hashlib.sha256(b'nope').digest()
BLOB = os.urandom(3000000)


async def echo(request: Request) -> Response:
    body = await request.read()
    info = {'method': request.method, 'query': sorted(request.query.items()), 'body': body.decode('latin1')}
    return aiohttp.web.json_response(info, headers={'X-Seen': request.headers.get('X-Sent', '')})


async def blob(request: Request) -> Response:
    return Response(body=BLOB, status=int(request.query.get('code', 200)))


async def away(request: Request) -> Response:
    raise aiohttp.web.HTTPFound('/blob')


async def slow(request: Request) -> Response:
    await asyncio.sleep(60)
    return Response()


async def header(request: Request) -> Response:
    return Response(headers={'X-Long': 'x' * 60000})


async def form(request: Request) -> Response:
    parts = []
    async for part in await request.multipart():
        assert isinstance(part, aiohttp.BodyPartReader)
        byts = await part.read()
        parts.append([part.name, part.filename, part.headers.get('Content-Type'), hashlib.md5(byts).hexdigest()])
    return aiohttp.web.json_response(parts)


class Site:
    """A web server, over TLS too."""

    def __init__(self, http: str, https: str, pem: str) -> None:
        self.http = http
        self.https = https
        self.pem = pem


@pytest.fixture
async def site() -> typing.AsyncIterator[Site]:
    app = aiohttp.web.Application(client_max_size=1 << 30)
    for path, func in (('echo', echo), ('blob', blob), ('away', away), ('slow', slow), ('header', header)):
        app.router.add_route('*', f'/{path}', func)
    app.router.add_post('/form', form)
    runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    ca = trustme.CA()
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert('localhost').configure_cert(ctx)
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0).start()
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0, ssl_context=ctx).start()
    ports = [addr[1] for addr in runner.addresses]
    yield Site(f'http://127.0.0.1:{ports[0]}', f'https://localhost:{ports[1]}', ca.cert_pem.bytes().decode())
    await runner.cleanup()


@pytest.fixture
async def prox(tmp_path: pathlib.Path) -> typing.AsyncIterator[typing.Any]:
    async with t_axon.serve(tmp_path / 'axon') as prox:
        yield prox


async def test_wget_stores_what_it_gets(prox: typing.Any, site: Site) -> None:
    for code, words in ((200, 'OK'), (404, 'Not Found'), (299, 'Unknown HTTP status code 299')):
        info = await prox.wget(f'{site.http}/blob', params={'code': str(code)}, headers={'X-Sent': 'x'})
        assert (info['ok'], info['code'], info['reason']) == (True, code, words)
        assert info['url'] == f'{site.http}/blob?code={code}' == info['request']['url']
        assert info['request']['headers']['X-Sent'] == 'x' and info['request']['method'] == 'GET'
        names = ('md5', 'sha1', 'sha256', 'sha512')
        assert info['hashes'] == {name: hashlib.new(name, BLOB).hexdigest() for name in names}
        assert info['size'] == len(BLOB) and 'history' not in info
    assert await t_axon.read(prox, hashlib.sha256(BLOB).digest()) == BLOB


async def test_wget_sends_what_it_is_told(prox: typing.Any, site: Site) -> None:
    url = f'{site.http}/echo'
    rows: list[tuple[dict[str, typing.Any], dict[str, typing.Any]]] = [
        ({'params': [['a', '1'], ['a', '2']]}, {'method': 'GET', 'query': [['a', '1'], ['a', '2']], 'body': ''}),
        ({'method': 'POST', 'json': {'x': 1}}, {'method': 'POST', 'query': [], 'body': '{"x": 1}'}),
        ({'method': 'PUT', 'body': b'bytes'}, {'method': 'PUT', 'query': [], 'body': 'bytes'}),
    ]
    for kwargs, seen in rows:
        info = await prox.wget(url, **kwargs)
        [item] = await t_axon.items(prox.jsonlines(info['hashes']['sha256']))
        assert item == {**seen, 'query': tuple(map(tuple, seen['query']))}
    info = await prox.wget(f'{url}?q=a%20b')
    assert info['url'] == f'{url}?q=a%20b'
    assert (await prox.wget(url, json={}, body=b''))['ok'] is False


async def test_wget_follows(prox: typing.Any, site: Site) -> None:
    info = await prox.wget(f'{site.http}/away')
    assert (info['code'], info['url'], info['size']) == (200, f'{site.http}/blob', len(BLOB))
    [hop] = info['history']
    assert (hop['code'], hop['url'], hop['reason']) == (302, f'{site.http}/away', 'Found')
    assert hop['headers']['Location'] == '/blob' and 'size' not in hop


async def test_wget_of_a_long_header(prox: typing.Any, site: Site) -> None:
    info = await prox.wget(f'{site.http}/header')
    assert (info['ok'], len(info['headers']['X-Long'])) == (True, 60000)


async def test_failures_are_answers(prox: typing.Any, site: Site) -> None:
    info = await prox.wget(f'{site.http}/slow', timeout=0.1)
    assert (info['ok'], info['code'], info['mesg']) == (False, -1, 'TimeoutError')
    assert info['reason'] == 'Exception occurred during request: TimeoutError'
    info = await prox.wget('http://127.0.0.1:1/')
    assert info['ok'] is False and info['err'][0] == 'ClientConnectorError'
    assert info['mesg'].startswith('ClientConnectorError: ')
    info = await prox.wput(NOPE, f'{site.http}/echo')
    assert info['mesg'] == 'NoSuchFile: Axon does not contain the requested file.'
    assert info['err'][1]['sha256'] == NOPE.hex()


async def test_wget_into_a_full_axon(tmp_path: pathlib.Path, site: Site) -> None:
    async with t_axon.serve(tmp_path / 'axon', **{'max:count': 1}) as prox:
        await prox.put(b'x')
        info = await prox.wget(f'{site.http}/blob')
        assert info['ok'] is False and info['err'][0] == 'HitLimit'


async def test_tls(prox: typing.Any, site: Site) -> None:
    url = f'{site.https}/blob'
    assert 'unable to get local issuer certificate' in (await prox.wget(url))['mesg']
    assert (await prox.wget(url, ssl=False))['code'] == 200
    assert (await prox.wget(url, ssl_opts={'verify': False}))['code'] == 200
    assert (await prox.wget(url, ssl_opts={'ca_cert': site.pem}))['code'] == 200
    with pytest.raises(s_exc.SchemaViolation, match='data.verify must be boolean'):
        await prox.wget(url, ssl=5)
    with pytest.raises(s_exc.SchemaViolation, match='data must not contain'):
        await prox.wget(url, ssl_opts={'newp': 1})
    with pytest.raises(s_exc.BadArg, match='Error loading client cert'):
        await prox.wget(url, ssl_opts={'client_cert': 'newp'})


async def test_tls_ca_dir(tmp_path: pathlib.Path, site: Site) -> None:
    cadir = tmp_path / 'cas'
    cadir.mkdir()
    (cadir / 'ca.pem').write_text(site.pem)
    (cadir / 'junk.txt').write_text('junk')
    async with t_axon.serve(tmp_path / 'axon', **{'tls:ca:dir': str(cadir)}) as prox:
        assert (await prox.wget(f'{site.https}/blob'))['code'] == 200


async def test_proxies(tmp_path: pathlib.Path, site: Site) -> None:
    async with t_axon.serve(tmp_path / 'axon', **{'http:proxy': 'socks5://127.0.0.1:1'}) as prox:
        sha256 = (await prox.put(BLOB))[1]
        for valu, good in ((None, False), (True, False), (False, True), ('socks4://127.0.0.1:1', False)):
            assert (await prox.wget(f'{site.http}/blob', proxy=valu))['ok'] is good
            assert (await prox.wput(sha256, f'{site.http}/echo', proxy=valu))['ok'] is good
        with pytest.raises(s_exc.SynErr, match='Invalid scheme component'):
            await prox.wget(f'{site.http}/blob', proxy='newp://x')
        with pytest.raises(s_exc.BadArg, match='HTTP proxy argument must be a string or bool.'):
            await prox.wget(f'{site.http}/blob', proxy=5)


async def test_wput(prox: typing.Any, site: Site) -> None:
    sha256 = (await prox.put(b'the blob'))[1]
    info = await prox.wput(sha256, f'{site.http}/echo', params={'a': 'b'}, headers={'X-Sent': 'y'})
    assert set(info) == {'ok', 'url', 'code', 'headers', 'reason'}
    assert (info['code'], info['url'], info['headers']['X-Seen']) == (200, f'{site.http}/echo?a=b', 'y')


async def test_postfiles(prox: typing.Any, site: Site) -> None:
    sha256 = (await prox.put(BLOB))[1]
    fields = [
        {'name': 'blob', 'sha256': sha256.hex(), 'value': 'ignored'},
        {'name': 'named', 'sha256': sha256.hex(), 'filename': 'a.bin', 'content_type': 'image/png'},
        {'name': 'bytes', 'value': b'b'},
        {'name': 'str', 'value': 's'},
        {'name': 'json', 'value': {'x': 1}},
        {'name': 'none'},
    ]
    info = await prox.postfiles(fields, f'{site.http}/form')
    assert (info['ok'], info['code']) == (True, 200)
    md5, octets, text = hashlib.md5(BLOB).hexdigest(), 'application/octet-stream', 'text/plain; charset=utf-8'
    assert info['body'].decode() == str([
        ['blob', None, octets, md5],
        ['named', 'a.bin', 'image/png', md5],
        ['bytes', 'bytes', octets, hashlib.md5(b'b').hexdigest()],
        ['str', None, text, hashlib.md5(b's').hexdigest()],
        ['json', None, text, hashlib.md5(b'{"x": 1}').hexdigest()],
        ['none', None, text, hashlib.md5(b'null').hexdigest()],
    ]).replace("'", '"').replace('None', 'null')  # fmt: skip
    info = await prox.postfiles([{'value': 'x'}], f'{site.http}/form')
    assert (info['ok'], info['code'], info['body'], info['err'][0]) == (False, -1, b'', 'BadArg')
    info = await prox.postfiles([{'name': 'x', 'sha256': NOPE.hex()}], f'{site.http}/form')
    assert info['err'][0] == 'NoSuchFile'
