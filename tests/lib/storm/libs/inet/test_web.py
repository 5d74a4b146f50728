"""``$lib.inet.http``, ``wget``, ``nodes.import``, ``pkg.load`` against a real web server; ``$lib.telepath``."""

from __future__ import annotations

import contextlib
import pathlib
import ssl
import typing

import aiohttp.web
import msgpack
import pytest
import trustme

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving

Request = aiohttp.web.Request
Response = aiohttp.web.StreamResponse
NODE = (('inet:fqdn', 'vertex.link'), {'tags': {'a.b': (None, None)}})


async def echo(request: Request) -> Response:
    info = {'method': request.method, 'query': [list(item) for item in request.query.items()]}
    info |= {'body': (await request.read()).decode(), 'ctype': request.headers.get('Content-Type', '')}
    return aiohttp.web.json_response({**info, 'x': request.headers.get('X-H')})


async def away(request: Request) -> Response:
    raise aiohttp.web.HTTPFound('/echo')


async def nodes(request: Request) -> Response:
    return aiohttp.web.Response(body=msgpack.packb(NODE) + msgpack.packb(5))


async def twice(request: Request) -> Response:
    resp = aiohttp.web.Response(body=b'{\xff')
    for valu in ('1', '2'):
        resp.headers.add('X-A', valu)
    return resp


async def package(request: Request) -> Response:
    return aiohttp.web.json_response({'status': 'ok', 'result': {'name': 'web', 'version': '1.2.3'}})


async def socket(request: Request) -> Response:
    sock = aiohttp.web.WebSocketResponse()
    await sock.prepare(request)
    async for mesg in sock:
        await sock.send_bytes(mesg.data)
        if b'bye' in mesg.data:
            await sock.close()
    return sock


@contextlib.asynccontextmanager
async def server(tls: ssl.SSLContext | None = None) -> typing.AsyncIterator[str]:
    """Serve; gives the URL."""
    app = aiohttp.web.Application()
    for func in (echo, away, nodes, twice, package, socket):
        app.router.add_route('*', f'/{func.__name__}', func)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0, ssl_context=tls).start()
    try:
        yield f'http{"s" if tls else ""}://127.0.0.1:{runner.addresses[0][1]}'
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def both(dirn: pathlib.Path) -> typing.AsyncIterator[tuple[s_cortex.Cortex, dict[str, typing.Any]]]:
    async with server() as url, t_serving.cortex(dirn) as core:
        yield core, {'vars': {'url': url}}


async def test_requests(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, opts):
        assert await core.callStorm('return($lib.inet.http.get(`{$url}/echo?a=b`).json().query)', opts) == (('a', 'b'),)
        text = 'return($lib.inet.http.get(`{$url}/echo`, params=({"x": [1, 2]}), headers=({"X-H": 5})).json())'
        retn = await core.callStorm(text, opts)
        assert (retn['query'], retn['x'], retn['method']) == ((('x', '1'), ('x', '2')), '5', 'GET')
        bodies = {
            'json=({"a": 1})': ('{"a": 1}', 'application/json'),
            'body=abc': ('abc', 'text/plain; charset=utf-8'),
            'body=({"a": "b c"})': ('a=b+c', 'application/x-www-form-urlencoded'),
        }
        for arg, (body, ctype) in bodies.items():
            retn = await core.callStorm(f'return($lib.inet.http.post(`{{$url}}/echo`, {arg}).json())', opts)
            assert (retn['body'], retn['ctype']) == (body, ctype)
        text = '$r = $lib.inet.http.get(`{$url}/away`) return(($r.code, $r.url, $r.history.0.code))'
        assert await core.callStorm(text, opts) == (200, f'{opts["vars"]["url"]}/echo', 302)
        text = '$r = $lib.inet.http.head(`{$url}/away`) return(($r.code, $r.reason, $r.body))'
        assert await core.callStorm(text, opts) == (302, 'Found', b'')
        text = '$r = $lib.inet.http.get(`{$url}/twice`) return(($r.headers."X-A", $r.getRawHeaders()."X-A"))'
        assert await core.callStorm(text, opts) == ('2', ('1', '2'))
        for name, text in {'BadJsonText': 'newp', 'StormRuntimeError': 'twice'}.items():
            with pytest.raises(s_exc.SynErr) as err:
                await core.callStorm(f'return($lib.inet.http.get(`{{$url}}/{text}`).json())', opts)
            assert err.value.errname == name


async def test_blob_fields(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, opts):
        text = """
            ($size, $sha) = $lib.axon.put($lib.base64.decode("aGVsbG8="))
            $fields = ([{"name": "a", "sha256": $sha, "filename": "f.txt"}, {"name": "b", "value": "c"}])
            $resp = $lib.inet.http.post(`{$url}/echo`, fields=$fields)
            return(($resp.code, $resp.json().body))
        """
        code, body = await core.callStorm(text, opts)
        assert code == 200 and 'hello' in body and 'f.txt' in body


async def test_failures_are_answers(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        for url in ('http://127.0.0.1:1/', 'zork://x', 'junk', ''):
            text = '$r = $lib.inet.http.get($url) return(($r.code, $r.headers, $r.body, $r.err.0, $r.reason))'
            code, headers, body, name, reason = await core.callStorm(text, {'vars': {'url': url}})
            assert (code, headers, body) == (-1, {}, b'') and name in reason
        for name, arg in {'SchemaViolation': 'ssl_opts=({"x": 1})', 'BadArg': 'proxy=(5)'}.items():
            with pytest.raises(s_exc.SynErr) as err:
                await core.callStorm(f'$lib.inet.http.get("http://127.0.0.1:1/", {arg})')
            assert err.value.errname == name
        low = await core.auth.addUser('low')
        await low.addRule((True, ('view', 'read')))
        with pytest.raises(s_exc.AuthDeny):
            await core.callStorm('$lib.inet.http.get("http://127.0.0.1:1/", proxy=(false))', {'user': low.iden})


async def test_tls(tmp_path: pathlib.Path) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert('127.0.0.1').configure_cert(tls)
    pem = authority.cert_pem.bytes().decode()
    async with server(tls) as url, t_serving.cortex(tmp_path / 'core') as core:
        opts = {'vars': {'url': f'{url}/echo', 'pem': pem}}
        for arg, code in {'': -1, ', ssl_verify=(false)': 200, ', ssl_opts=({"ca_cert": $pem})': 200}.items():
            assert await core.callStorm(f'return($lib.inet.http.get($url{arg}).code)', opts) == code


async def test_web_socket(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, opts):
        text = """
            ($ok, $sock) = $lib.inet.http.connect(`{$url}/socket`)
            $sent = $sock.tx(({"a": [1]}))
            $got = $sock.rx(timeout=(10))
            $sock.tx(bye) $sock.rx()
            return(($ok, $sent, $got, $sock.rx()))
        """
        want = (True, (True, None), (True, {'a': (1,)}), (True, None))
        assert await core.callStorm(text, opts) == want
        ok, (name, _) = await core.callStorm('return($lib.inet.http.connect("ws://127.0.0.1:1/"))')
        assert not ok and name == 'ClientConnectorError'


async def test_commands(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, opts):
        podes = [node async for node in core.nodes('wget `{$url}/echo` | +inet:urlfile', opts)]
        assert len(podes) == 1 and podes[0].props['url'] == f'{opts["vars"]["url"]}/echo'
        assert await core.count('[ inet:url=`{$url}/nodes` ] | wget', opts) == 1
        assert await core.count('file:bytes:sha256 +:size', opts) == 2
        mesgs = [mesg async for mesg in core.storm('nodes.import `{$url}/nodes`', opts)]
        assert [mesg[1][0] for mesg in mesgs if mesg[0] == 'node'] == [NODE[0]]
        assert [mesg[1]['mesg'] for mesg in mesgs if mesg[0] == 'warn'] == ['Feed item is not a packed node: 5']
        assert await core.count('inet:fqdn=vertex.link +#a.b') == 1
        mesgs = [mesg async for mesg in core.storm('pkg.load `{$url}/package` | wget `{$url}/newp`', opts)]
        assert core.automation.packages.get('web') is not None
        assert [m[1]['mesg'] for m in mesgs if m[0] == 'warn'] == ['$lib.axon.urlfile(): HTTP code 404: Not Found']


async def test_telepath(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'a') as core, t_serving.cortex(tmp_path / 'b') as other:
        opts = {'vars': {'url': other.getLocalUrl()}}
        text = '$p = $lib.telepath.open($url) $q = $lib.telepath.open($url) return($p.getCellIden())'
        assert await core.callStorm(text, opts) == other.iden
        text = '$n = ([]) for $m in $lib.telepath.open($url).storm("$lib.print(hi)") { $n.append($m.0) } return($n)'
        assert await core.callStorm(text, opts) == ('init', 'print', 'fini')
        calls = {'NoSuchMeth': 'newp()', 'NoSuchName': '_x()', 'StormRaise': 'callStorm("$lib.raise(X, y)")'}
        for name, call in calls.items():
            with pytest.raises(s_exc.SynErr) as err:
                await core.callStorm(f'$lib.telepath.open($url).{call}', opts)
            assert err.value.errname == name
        low = await core.auth.addUser('low')
        await low.addRule((True, ('view', 'read')))
        with pytest.raises(s_exc.AuthDeny):
            await core.callStorm(text, {**opts, 'user': low.iden})
        await low.addRule((True, ('lib', 'telepath', 'open', 'cell')))
        assert len(await core.callStorm(text, {**opts, 'user': low.iden})) == 3
