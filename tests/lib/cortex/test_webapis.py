"""Extended HTTP endpoints over real HTTPS: what Storm sees of a request, and what a client gets of its answer."""

from __future__ import annotations

import asyncio
import json
import logging
import pathlib
import ssl
import typing

import aiohttp
import pytest
import yarl

import synapse.exc as s_exc
import synapse.lib.cortex.webapis as s_webapis
import tests.lib.cell.mirrors as t_mirrors
import tests.lib.cell.web as t_web
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

Any = typing.Any
JSON = 'application/json; charset=utf8'
NOBODY: dict[str, str] = {}
WHO = '$request.reply(200, body=([$request.user, $lib.user.name()]))'
B64 = '$foo=$lib.base64.decode("Zm9v") '


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_serving.web(tmp_path / 'core', **{'https:headers': {'X-Custom': 'yes'}}) as web:
        yield web


async def add(web: t_web.Web, text: str, path: str = 't', meth: str = 'get', more: str = '') -> str:
    """Make an endpoint in place of all others."""
    query = """
        for $old in $lib.cortex.httpapi.list() { $lib.cortex.httpapi.del($old.iden) }
        $api = $lib.cortex.httpapi.add($path) $api.methods.$meth = $text
    """
    opts = {'vars': {'path': path, 'meth': meth, 'text': text}}
    return typing.cast(str, await web.cell.callStorm(f'{query} {more} return($api.iden)', opts=opts))


async def ask(web: t_web.Web, url: str = 't', meth: str = 'GET', **kwargs: Any) -> tuple[int, Any]:
    """Send a request; JSON answers, also those of endpoints, are decoded."""
    status, text = await web.call(meth, f'/api/ext/{url}', **kwargs)
    if web.headers.get('Content-Type') == JSON and text:
        return status, json.loads(text)
    return status, text


# finding the endpoint


async def test_no_endpoint(web: t_web.Web) -> None:
    for url in ('', 'nope', 'nope?x=1'):
        path = url.partition('?')[0]
        gone = t_web.err('NoSuchPath', f'No Extended HTTP API endpoint matches {path}')
        assert await ask(web, url, headers=NOBODY) == (404, gone)
    assert web.headers['X-Custom'] == 'yes' and 'X-Content-Type-Options' not in web.headers
    assert (await ask(web, '%ff'))[0] == 400
    assert (await web.get('/api/ext'))[0] == 404


async def test_the_first_in_order_that_matches_all_of_the_path(web: t_web.Web) -> None:
    for path in ('a(b)?', '(.*)', 'zz'):
        query = '$api = $lib.cortex.httpapi.add($path) $api.methods.get = $text'
        text = '$request.reply(200, body=([$request.api.path, $request.args]))'
        await web.cell.callStorm(query, opts={'vars': {'path': path, 'text': text}})
    assert await ask(web, 'ab') == (200, ['a(b)?', ['b']])
    assert await ask(web, 'a') == (200, ['a(b)?', [None]])
    assert await ask(web, 'ab/') == (200, ['(.*)', ['ab/']])
    assert await ask(web, 'zz') == (200, ['(.*)', ['zz']])
    await web.cell.callStorm('cortex.httpapi.index $lib.cortex.httpapi.getByPath(zz).iden 0')
    assert await ask(web, 'zz') == (200, ['zz', []])
    await web.cell.callStorm('$lib.cortex.httpapi.getByPath(zz).path = "z+"')
    assert await ask(web, 'zzz') == (200, ['z+', []])


async def test_methods(web: t_web.Web) -> None:
    iden = await add(web, '$request.reply(200, body=$request.method)')
    for meth in ('POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'):
        mesg = f'Extended HTTP API {iden} has no method for {meth}. Supports GET.'
        assert await ask(web, meth=meth) == (405, t_web.err('NeedConfValu', mesg))
        assert web.headers['Allowed'] == web.headers['Allow'] == 'GET'
    for meth in ('HEAD', 'TRACE'):
        async with web.client.request(meth, web.base + '/api/ext/t', headers=t_web.ROOT) as resp:
            assert resp.status == 405
    for meth in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'):
        await add(web, '$request.reply(200, body=([$request.method, $request.body.decode()]))', meth=meth.lower())
        assert await ask(web, meth=meth, raw=b'hi') == (200, [meth, 'hi'])
    await add(web, '$request.reply(200, body=foo)', meth='head')
    assert await ask(web, meth='HEAD') == (200, '') and web.headers['Content-Length'] == '5'
    iden = await add(web, 'fini {}', more='$api.methods.get = $lib.undef')
    assert (await ask(web))[0] == 405


async def test_a_path_that_takes_for_ever(web: t_web.Web) -> None:
    iden = await add(web, WHO, path='(a|aa)+b')
    began = asyncio.get_running_loop().time()
    mesg = f'The path of Extended HTTP API {iden} takes too long to match.'
    assert await ask(web, 'a' * 90 + 'c') == (400, t_web.err('StormRuntimeError', mesg))
    assert asyncio.get_running_loop().time() - began < 5
    assert (await ask(web, 'aab'))[0] == 200


async def test_asking_for_the_endpoint_of_a_path(web: t_web.Web) -> None:
    iden = await add(web, WHO, path='a(b)?')
    async with t_serving.proxy(web.cell) as prox:
        adef, args = await prox.getHttpExtApiByPath('ab')
        assert (adef['iden'], list(args)) == (iden, ['b'])
        assert await prox.getHttpExtApiByPath('nope') == (None, ())
    await web.auth.addUser('visi')
    async with t_serving.proxy(web.cell, user='visi') as prox:
        with pytest.raises(s_exc.AuthDeny):
            await prox.getHttpExtApiByPath('ab')


# what the query sees


async def test_the_request(web: t_web.Web) -> None:
    text = """
        $names = $lib.dict.keys($request.headers)
        $request.reply(200, body=({"method": $request.method, "path": $request.path, "args": $request.args,
            "params": $request.params, "uri": $request.uri, "client": $request.client, "user": $request.user,
            "foo": $request.headers."X-FOO", "names": $names, "api": $request.api.iden}))
    """
    iden = await add(web, text, path='(.*)/([0-9]+)')
    uri = '/api/ext/f%20o%2F/%C3%A4/12?a=1&a=2&b=&c&d=x%20y&%C3%A4=%C3%B6'
    headers = {**t_web.ROOT, 'X-Foo': 'Bar'}
    async with web.client.get(yarl.URL(web.base + uri, encoded=True), headers=headers) as resp:
        info = json.loads(await resp.text())
    assert {'host', 'x-foo', 'authorization'} <= set(info.pop('names'))
    assert info == {
        'method': 'GET',
        'path': 'f o//ä/12',
        'args': ['f o//ä', '12'],
        'params': {'a': '1', 'b': '', 'c': '', 'd': 'x y', 'ä': 'ö'},
        'uri': uri,
        'client': '127.0.0.1',
        'user': web.auth.rootuser.iden,
        'foo': 'Bar',
        'api': iden,
    }


async def test_bodies(web: t_web.Web) -> None:
    await add(web, '$request.reply(200, body=$request.json)', meth='post')
    for valu in ({'a': [1, None, {'b': 'ü'}]}, 5, 'x', None):
        assert await ask(web, meth='POST', raw=json.dumps(valu).encode()) == (200, valu)
    for byts in (b'', b'bad', b'\xff', b'[' * 100000):
        status, answer = await ask(web, meth='POST', raw=byts)
        assert status == 500 and answer['code'] == 'StormRuntimeError'
        assert answer['mesg'].startswith('Failed to decode request body as JSON')
    await add(web, '$request.reply(200, body=([$lib.len($request.body), $request.params]))', meth='post')
    for kind in ('application/x-www-form-urlencoded', 'no/such; type=ü', ''):
        headers = {**t_web.ROOT, 'Content-Type': kind}
        assert await ask(web, 't?q=1', meth='POST', raw=b'a=1&b=2', headers=headers) == (200, [7, {'q': '1'}])
    assert await ask(web, meth='POST', raw=b'x' * (8 << 20)) == (200, [8 << 20, {}])
    assert (await ask(web, 't?x=%ff', meth='POST')) == (400, t_web.err('BadArg', 'The query of the URL is not UTF-8.'))


async def test_variables_of_the_endpoint(web: t_web.Web) -> None:
    more = '$api.vars = ({"request": "haha", "x": [1, {"y": 2}]})'
    await add(web, '$request.reply(200, body=$x)', more=more)
    assert await ask(web) == (200, [1, {'y': 2}])


# who may, and as whom


async def test_callers(web: t_web.Web) -> None:
    visi, root = await t_web.add_user(web, 'visi'), web.auth.rootuser.iden
    await add(web, WHO)
    for headers in (NOBODY, t_web.basic('root', 'bad'), t_web.basic('nope', 'secret')):
        assert await ask(web, headers=headers) == t_web.DENIED
        assert web.headers['WWW-Authenticate'] == 'Basic realm=synapse'
    user = web.auth.reqUserByName('visi')
    assert await ask(web, headers=visi) == (200, [user.iden, 'root'])
    await add(web, WHO, more='$api.runas = user')
    assert await ask(web, headers=visi) == (200, [user.iden, 'visi'])
    assert await ask(web) == (200, [root, 'root'])
    for runas in ('owner', 'user'):
        await add(web, WHO, more=f'$api.runas = {runas} $api.authenticated = (false) $api.perms = (["a.b"])')
        assert await ask(web, headers=NOBODY) == await ask(web, headers=visi) == (200, ['', 'root'])
    await user.setLocked(True)
    await add(web, WHO)
    assert await ask(web, headers=visi) == t_web.DENIED


async def test_permissions(web: t_web.Web) -> None:
    visi = await t_web.add_user(web, 'visi')
    await add(web, WHO, more='$api.perms = (["a.b", {"perm": ["c"], "default": true}])')
    denied = (403, t_web.err('AuthDeny', 'User (visi) must have permission a.b'))
    assert await ask(web, headers=visi) == await ask(web, meth='PUT', headers=visi) == denied
    assert await ask(web, meth='PUT', headers=NOBODY) == t_web.DENIED
    user = web.auth.reqUserByName('visi')
    await user.addRule((True, ('a',)))
    assert (await ask(web, headers=visi))[0] == 200
    await user.addRule((False, ('c',)))
    assert (await ask(web, headers=visi))[0] == 403
    assert (await ask(web))[0] == 200


async def test_owner_and_view_that_are_gone(web: t_web.Web) -> None:
    await t_web.add_user(web, 'visi')
    await add(web, WHO, more='$api.owner = $lib.auth.users.byname(visi)')
    assert (await ask(web))[1][1] == 'visi'
    user = web.auth.reqUserByName('visi')
    await user.setLocked(True)
    status, answer = await ask(web)
    assert (status, answer['code']) == (500, 'AuthDeny')
    await web.auth.delUser(user.iden)
    status, answer = await ask(web)
    assert (status, answer['code']) == (500, 'NoSuchUser')
    rows = [info['mesg'] async for kind, info in web.cell.storm('cortex.httpapi.list') if kind == 'print']
    assert 'No user found' in rows[1]
    await add(web, WHO, more='$view = $lib.view.get().fork() $api.view = $view')
    assert (await ask(web))[0] == 200
    await web.cell.callStorm('$lib.view.del($lib.cortex.httpapi.list().0.view.iden)')
    status, answer = await ask(web)
    assert (status, answer['code']) == (500, 'NoSuchView')
    query = '$iden=$lib.cortex.httpapi.list().0.iden cortex.httpapi.stat $iden'
    rows = [info['mesg'] async for kind, info in web.cell.storm(query) if kind == 'print']
    assert any(row.startswith('!View: No view found') for row in rows) and 'Method: GET' in rows


async def test_a_view_that_the_caller_may_not_read(web: t_web.Web) -> None:
    visi = await t_web.add_user(web, 'visi')
    await add(web, WHO, more='$api.runas = user $api.view = $lib.view.add(($lib.layer.add().iden,))')
    status, answer = await ask(web, headers=visi)
    assert (status, answer['code']) == (500, 'AuthDeny') and 'view.read' in answer['mesg']


async def test_readonly(web: t_web.Web) -> None:
    await add(web, '[inet:ipv4=9.9.9.9] $request.reply(200)', more='$api.readonly = (true)')
    status, answer = await ask(web)
    assert (status, answer['code']) == (500, 'IsReadOnly')
    assert await web.cell.count('inet:ipv4') == 0


async def test_the_query_log(web: t_web.Web, caplog: pytest.LogCaptureFixture) -> None:
    web.cell.queries.loglevel = logging.INFO
    caplog.set_level(logging.INFO, 'synapse.storm')
    iden = await add(web, '$request.reply(200)')
    await ask(web)
    records = [item for item in caplog.records if item.name == 'synapse.storm' and '$request' in item.getMessage()]
    assert records[-1].__dict__['synapse']['httpapi'] == iden


# answers


REPLIES: list[tuple[str, int, str | None, str]] = [
    # query, status, content type, body
    ('$request.reply(200)', 200, 'text/html; charset=UTF-8', ''),
    ('$request.reply("201", body=foo)', 201, JSON, '"foo"'),
    ('$request.reply(299, body=({"a": [1, 1.5, null, true, "ü"]}))', 299, JSON, '{"a":[1,1.5,null,true,"ü"]}'),
    ('$request.reply(200, body=$lib.null)', 200, JSON, 'null'),
    ('$request.reply(200, (null), $lib.undef)', 200, 'text/html; charset=UTF-8', ''),
    ('$request.reply(200, body=$foo)', 200, 'text/html; charset=UTF-8', 'foo'),
    ('$request.reply(200, headers=({"Content-Type": "a/b"}), body=$foo)', 200, 'a/b', 'foo'),
    ('$request.reply(200, headers=({"content-type": "a/b", "Content-Length": 2}), body=bar)', 200, JSON, '"bar"'),
    ('$request.sendcode(202)', 202, 'text/html; charset=UTF-8', ''),
    ('$request.sendcode(200) $request.sendcode(203)', 203, 'text/html; charset=UTF-8', ''),
    (
        '$request.sendcode(200) $request.sendbody($foo) $request.sendbody($foo)',
        200,
        'text/html; charset=UTF-8',
        'foofoo',
    ),
    ('$request.sendcode(200) $request.reply(201, body=foo)', 201, JSON, '"foo"'),
    ('$request.sendcode(200) $request.sendheaders(({"Content-Length": 3})) $request.sendbody($foo)', 200, None, 'foo'),
    ('$request.reply(204, body=foo)', 204, None, ''),
    ('$request.reply(304)', 304, None, ''),
    ('$request.reply(200, body=foo) $request.reply(200, body=bar)', 200, JSON, '"foo"'),
    ('$request.reply(200, body=foo) $lib.raise(Foo, bar)', 200, JSON, '"foo"'),
    ('$lib.print(x) $lib.warn(y) [inet:ipv4=1.1.1.1] $request.reply(200, body=$node.repr())', 200, JSON, '"1.1.1.1"'),
]


@pytest.mark.parametrize('case', REPLIES, ids=[case[0][:60] for case in REPLIES])
async def test_replies(web: t_web.Web, case: tuple[str, int, str | None, str]) -> None:
    query, code, kind, text = case
    await add(web, B64 + query)
    status, answer = await web.get('/api/ext/t')
    assert (status, answer) == (code, text)
    assert kind is None or web.headers['Content-Type'] == kind
    assert web.headers['X-Custom'] == 'yes' and 'Etag' not in web.headers and 'Server' not in web.headers
    if kind == JSON:
        assert int(web.headers['Content-Length']) == len(text.encode())


FAULTS: list[tuple[str, str, str]] = [
    # query, error, a part of its message
    ('', 'StormRuntimeError', 'never set status code.'),
    ('| spin', 'StormRuntimeError', 'never set status code.'),
    ('$lib.print(hi)', 'StormRuntimeError', 'never set status code.'),
    ('$lib.exit()', 'StormRuntimeError', 'never set status code.'),
    ('$request.sendheaders(({"X-A": "b"}))', 'StormRuntimeError', 'never set status code.'),
    ('return(5)', 'StormReturn', '5'),
    ('$lib.raise(AuthDeny, bar)', 'AuthDeny', 'bar'),
    ('$lib.raise(Foo, bar)', 'StormRaise', 'bar'),
    ('$request.sendcode(201) $request.sendheaders(({"X-A": "b"})) $lib.raise(NoSuchView, bar)', 'NoSuchView', 'bar'),
    ('[inet:ipv4=foo]', 'BadTypeValu', ''),
    ('$request.sendbody(foo)', 'BadArg', 'HTTP Response body must be bytes, got str.'),
    ('$request.sendbody($foo)', 'StormRuntimeError', 'must set status code before sending body.'),
    ('$request.reply(201) $request.reply(203)', 'BadArg', 'Response.reply() has already been called.'),
    ('$request.reply(200, body=([$foo]))', 'MustBeJsonSafe', 'bytes'),
    ('$request.reply(200, body=$lib.set(1))', 'MustBeJsonSafe', 'set'),
    ('$request.reply(200, body=$lib)', 'NoSuchType', 'Unable to convert object to Storm primitive.'),
    ('$request.reply()', 'StormRuntimeError', 'missing 1 required positional argument'),
    ('$request.reply(foo)', 'BadCast', 'Failed to make an integer'),
    ('$request.reply(200, headers=foo)', 'BadArg', 'HTTP Response headers must be a dictionary, got str.'),
    ('$request.reply(200, headers=({"a": null}))', 'BadArg', 'The HTTP Response header a must be text.'),
    ('$request.reply(99)', 'StormRuntimeError', 'cannot answer with status code 99.'),
    ('$request.reply(101)', 'StormRuntimeError', 'cannot answer with status code 101.'),
    ('$request.reply(1000)', 'StormRuntimeError', 'cannot answer with status code 1000.'),
    ('$request.reply(200, ({"A": "x\\r\\nB: y"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"A\\r\\nB": "y"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"A B": "y"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"ü": "y"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"A": "€"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"Transfer-Encoding": "gzip"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$request.reply(200, ({"Content-Length": "-1"}))', 'StormRuntimeError', 'cannot send the header'),
    ('$x=1 $request.reply(200, ({"Content-Length": $x.ljust(5000, 1)}))', 'StormRuntimeError', 'cannot send'),
    ('$x=1 $request.reply(200, ({"A": $x.ljust(5000, 1), $x.ljust(300, 1): "b"}))', 'StormRuntimeError', 'cannot send'),
    ('$request.reply(200, ({"Content-Length": 2}), $foo)', 'StormRuntimeError', 'sends more than its Content-Length.'),
    ('$request.reply(200, ({"Content-Length": 2}))', 'StormRuntimeError', 'has sent less than its Content-Length.'),
]


@pytest.mark.parametrize('case', FAULTS, ids=[case[0][:60] for case in FAULTS])
async def test_faults(web: t_web.Web, case: tuple[str, str, str]) -> None:
    query, name, mesg = case
    await add(web, B64 + query)
    status, answer = await ask(web)
    assert (status, answer['status'], answer['code']) == (500, 'err', name)
    assert mesg in answer['mesg'] and 'X-A' not in web.headers


BROKEN = [
    '$request.sendcode(200) $request.sendbody($foo) $lib.raise(Foo, bar)',
    '$request.sendcode(200) $request.sendbody($foo) $request.sendcode(201)',
    '$request.sendcode(200) $request.sendbody($foo) $request.sendheaders(({"a": "b"}))',
    '$request.reply(200, ({"Content-Length": 5}), $foo)',
    '$request.reply(200, ({"Content-Length": 5}), $foo) $request.sendbody($foo)',
]


@pytest.mark.parametrize('query', BROKEN)
async def test_an_answer_that_fails_half_way_is_cut_off(web: t_web.Web, query: str) -> None:
    await add(web, B64 + query)
    async with web.client.get(web.base + '/api/ext/t', headers=t_web.ROOT) as resp:
        assert resp.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await resp.read()
    await add(web, WHO)
    assert (await ask(web))[0] == 200


async def test_an_answer_comes_after_its_edits(web: t_web.Web) -> None:
    await add(web, '[inet:asn=$request.args.0] $request.reply(200)', path='([0-9]+)')
    assert [(await ask(web, str(num)))[0] for num in range(1, 20)] == [200] * 19
    assert await web.cell.count('inet:asn') == 19


async def test_pieces_come_while_the_query_runs(web: t_web.Web) -> None:
    text = """
        $request.sendcode(200) $byts = $lib.base64.decode("Zm9v")
        for $i in $lib.range(1000000000) { if ($i < 3) { $request.sendbody($byts) } }
    """
    await add(web, text)
    async with asyncio.timeout(20), web.client.get(web.base + '/api/ext/t', headers=t_web.ROOT) as resp:
        assert await resp.content.readexactly(9) == b'foofoofoo'


async def test_a_caller_who_hangs_up_ends_the_query(web: t_web.Web) -> None:
    text = """
        $request.sendcode(200) $byts = $lib.str.join("", $lib.range(20000)).encode()
        while (true) { $request.sendbody($byts) $lib.globals.set(sent, (1)) }
    """
    await add(web, text)
    resp = await web.client.get(web.base + '/api/ext/t', headers=t_web.ROOT)
    await resp.content.readexactly(100)
    task = next(task for task in web.cell.boss.ps() if task.name == 'storm')
    resp.close()
    async with asyncio.timeout(10):
        await web.cell.boss.wait_ended(task)
    await add(web, WHO)
    assert (await ask(web))[0] == 200


async def test_a_caller_who_does_not_wait_for_the_answer(web: t_web.Web) -> None:
    await add(web, 'while (true) { $lib.time.sleep(1) }')
    call = asyncio.create_task(ask(web))
    await t_waiting.until(lambda: web.cell.boss.ps())
    task = web.cell.boss.ps()[0]
    call.cancel()
    async with asyncio.timeout(10):
        await web.cell.boss.wait_ended(task)


async def test_a_query_that_is_killed(web: t_web.Web) -> None:
    async def killed(text: str) -> tuple[int, Any]:
        iden = await add(web, f'{text} while (true) {{ $lib.time.sleep(1) }}')
        call = asyncio.create_task(ask(web))
        await t_waiting.until(lambda: web.cell.boss.ps())
        await web.cell.boss.ps()[0].kill()
        status, answer = await call
        assert answer['mesg'] == f'Extended HTTP API {iden} was killed.'
        return status, answer['code']

    assert await killed('') == await killed('$request.sendcode(200)') == (500, 'StormRuntimeError')
    with pytest.raises(aiohttp.ClientPayloadError):
        await killed('$request.sendcode(200) $request.sendbody($lib.base64.decode("Zm9v"))')


async def test_many_at_once(web: t_web.Web) -> None:
    await add(web, '[inet:asn=$request.args.0] $request.reply(200, body=$node.value())', path='([0-9]+)')
    answers = await asyncio.gather(*[ask(web, str(num)) for num in range(100)])
    assert answers == [(200, num) for num in range(100)]


async def test_a_client_that_does_not_read_holds_the_query(web: t_web.Web) -> None:
    text = """
        $request.sendcode(200) $byts = $lib.str.join("", $lib.range(200000)).encode()
        for $i in $lib.range(200) { $request.sendbody($byts) $lib.globals.set(sent, $i) }
    """
    await add(web, text)
    reader, writer = await asyncio.open_connection(
        '127.0.0.1', web.port, ssl=ssl._create_unverified_context(), limit=1024
    )
    head = f'GET /api/ext/t HTTP/1.1\r\nHost: x\r\nAuthorization: {t_web.ROOT["Authorization"]}\r\n\r\n'
    writer.write(head.encode())
    await reader.readexactly(100)
    sent = -1
    while sent != (sent := await web.cell.callStorm('return($lib.globals.get(sent, 0))')) or sent == 0:
        await asyncio.sleep(0.3)
    assert sent < 150  # of more than a megabyte each
    writer.close()


# what lasts


async def test_restart_and_mirror(tmp_path: pathlib.Path) -> None:
    conf = {**t_mirrors.CONF}
    async with t_serving.cortex(tmp_path / '0', **conf) as core:
        for path in 'abc':
            await core.callStorm('$lib.cortex.httpapi.add($path)', opts={'vars': {'path': path}})
        await core.callStorm('$lib.cortex.httpapi.index($lib.cortex.httpapi.list().2.iden, 0)')
    async with t_serving.cortex(tmp_path / '0', **conf) as lead:
        assert [adef['path'] for adef in lead.webapis.all()] == ['c', 'a', 'b']
        await t_mirrors.copy(lead, tmp_path / '1')
        async with t_serving.cortex(tmp_path / '1', **conf, mirror=lead.getLocalUrl()) as mirr:
            await mirr.callStorm('$api = $lib.cortex.httpapi.list().0 $api.methods.get = "return()" $api.path = d')
            await mirr.callStorm('$lib.cortex.httpapi.del($lib.cortex.httpapi.list().1.iden)')
            await t_mirrors.level(lead, mirr)
            assert mirr.webapis.all() == lead.webapis.all()
            assert [adef['path'] for adef in lead.webapis.all()] == ['d', 'b']
            found: Any = mirr.webapis.match('d')
            assert found[0]['methods'] == {'get': 'return()'}
            await t_mirrors.req_equal(lead, mirr)


@pytest.mark.usefixtures('no_hurry')
async def test_two_at_once(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        apis, root, view = core.webapis, core.auth.rootuser.iden, core.stacks.default.iden
        both = (apis.add({'path': path, 'runas': 'owner'}, root, view, iden='a' * 32) for path in 'xy')
        assert isinstance((await asyncio.gather(*both, return_exceptions=True))[1], s_exc.DupIden)
        assert [adef['path'] for adef in apis.all()] == ['x']
        moved = await asyncio.gather(apis.delete('a' * 32), apis.move('a' * 32, 0), return_exceptions=True)
        assert isinstance(moved[1], s_exc.NoSuchIden)


def test_defaults_of_a_definition() -> None:
    guid = '0' * 32
    adef = s_webapis.checked(
        {'iden': guid, 'path': 'x', 'runas': 'owner', 'owner': guid, 'view': guid, 'methods': {}}
        | {'creator': guid, 'created': 1, 'updated': 1}
    )
    assert adef['authenticated'] is True and adef['readonly'] is adef['pool'] is False
    assert (adef['name'], adef['desc'], adef['perms'], adef['vars']) == ('', '', [], {})
