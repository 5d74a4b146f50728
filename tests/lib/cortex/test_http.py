"""The HTTP API of a Cortex over real connections: status codes, envelopes, streams, callers who hang up."""

from __future__ import annotations

import asyncio
import json
import pathlib
import typing

import aiohttp
import msgpack
import pytest

import tests.lib.cell.web as t_web
import tests.lib.cortex.serving as t_serving

ok, err = t_web.ok, t_web.err
NOJSON = (400, err('SchemaViolation', 'Invalid JSON content.'))
NOTEXT = 'Storm query text must be a string'


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_serving.web(tmp_path / 'core') as web:
        yield web


def unlined(text: str) -> list[typing.Any]:
    return [json.loads(line) for line in text.splitlines()]


def joined(text: str) -> list[typing.Any]:
    """Read JSON texts without separators."""
    decoder, items, pos = json.JSONDecoder(), [], 0
    while pos < len(text):
        item, pos = decoder.raw_decode(text, pos)
        items.append(item)
    return items


# path, body, status, code, message (a part of it)
REFUSALS = [
    ('storm', {}, 400, 'BadArg', NOTEXT),
    ('storm', {'query': 5}, 400, 'BadArg', NOTEXT),
    ('storm', {'query': '', 'opts': 5}, 400, 'BadArg', 'dictionary'),
    ('storm', {'query': '', 'opts': {'vars': 5}}, 400, 'BadArg', 'vars'),
    ('storm', {'query': '', 'opts': {'user': 5}}, 400, 'BadArg', 'user'),
    ('storm', {'query': '', 'opts': {'view': 'a'}}, 404, 'NoSuchView', 'No such view iden=a'),
    ('storm', {'query': '', 'opts': {'user': 'a'}}, 400, 'NoSuchUser', 'No user found with iden: a'),
    ('storm', {'query': '', 'opts': {'editformat': 'a'}}, 400, 'BadConfValu', 'invalid edit format, got a'),
    ('storm', {'query': '', 'opts': {'keepalive': 0}}, 400, 'BadArg', 'keepalive must be > 0; got 0'),
    ('storm/nodes', {'query': '['}, 400, 'BadSyntax', 'end of input'),
    ('storm/nodes', {'query': 'inet:ipv4=newp'}, 400, 'BadTypeValu', ''),
    ('storm/nodes', {'query': 'newp'}, 400, 'NoSuchName', 'Storm command (newp) not found.'),
    ('storm/call', {}, 400, 'BadArg', NOTEXT),
    ('storm/call', {'query': '['}, 400, 'BadSyntax', 'end of input'),
    ('storm/call', {'query': 'return(1)', 'opts': {'view': 'a'}}, 404, 'NoSuchView', 'No such view iden=a'),
    ('storm/export', {'query': '['}, 400, 'BadSyntax', 'end of input'),
    ('storm/export', {'query': 'inet:ipv4=newp'}, 400, 'BadTypeValu', ''),
    ('reqvalidstorm', {}, 400, 'BadArg', NOTEXT),
    ('reqvalidstorm', {'query': '['}, 400, 'BadSyntax', 'end of input'),
    ('storm/vars/set', {'name': 'x'}, 400, 'BadArg', 'The "value" field is required.'),
    ('model/norm', {}, 400, 'MissingField', 'The property normalization API requires a prop name.'),
    ('model/norm', {'prop': 'newp'}, 404, 'NoSuchProp', 'The property newp does not exist.'),
    ('model/norm', {'prop': 'inet:ipv4'}, 400, 'BadTypeValu', ''),
    ('model/norm', {'prop': 'inet:ipv4:asn', 'value': 5, 'typeopts': {'min': 30}}, 400, 'BadTypeValu', ''),
    ('feed', {}, 400, 'BadArg', 'The items of a feed must be a list'),
    ('feed', {'items': 5}, 400, 'BadArg', 'The items of a feed must be a list'),
    ('feed', {'items': [], 'name': 'newp'}, 400, 'NoSuchFunc', 'The feed type newp does not exist.'),
    ('feed', {'items': [], 'view': 'newp'}, 404, 'NoSuchView', ''),
]


async def test_refusals(web: t_web.Web) -> None:
    for path, body, status, code, mesg in REFUSALS:
        got, answer = await web.post(f'/api/v1/{path}', body)
        assert (got, answer['status'], answer['code']) == (status, 'err', code), (path, body, answer)
        assert mesg in answer['mesg']


async def test_bodies_that_are_no_objects(web: t_web.Web) -> None:
    for path in ('storm', 'storm/nodes', 'storm/call', 'storm/export', 'reqvalidstorm', 'storm/vars/set', 'feed'):
        url = f'/api/v1/{path}'
        assert await web.post(url, raw=b'{') == NOJSON
        assert await web.post(url, raw=b'') == NOJSON
        for raw in (b'[]', b'null', b'"x"'):
            assert await web.post(url, raw=raw) == t_web.page(500, 'Internal Server Error')


async def test_methods(web: t_web.Web) -> None:
    notallowed = t_web.page(405, 'Method Not Allowed')
    for path in ('storm/vars/get', 'model', 'core/info'):
        assert await web.post(f'/api/v1/{path}', {}) == notallowed
    for path in ('storm/vars/set', 'storm/vars/pop', 'feed'):
        assert await web.get(f'/api/v1/{path}') == notallowed
    assert (await web.call('OPTIONS', '/api/v1/storm')) == (204, '')


async def test_anonymous(web: t_web.Web) -> None:
    for path in ('storm', 'storm/nodes', 'storm/call', 'storm/export', 'reqvalidstorm', 'isvalidstorm'):
        assert await web.post(f'/api/v1/{path}', {'query': ''}, headers={}) == t_web.DENIED
    for path in ('storm/vars/get', 'model', 'model/norm', 'core/info'):
        assert await web.get(f'/api/v1/{path}', headers={}) == t_web.DENIED
    for path in ('storm/vars/set', 'storm/vars/pop', 'feed'):
        assert await web.post(f'/api/v1/{path}', {}, headers={}) == t_web.DENIED


async def test_permissions(web: t_web.Web) -> None:
    joe = await t_web.add_user(web, 'joe')
    layr = web.cell.stacks.default.wlyr.iden
    root = web.auth.rootuser.iden
    body = {'query': '', 'opts': {'user': root}}
    for path in ('storm', 'storm/call', 'storm/nodes', 'storm/export'):
        status, answer = await web.post(f'/api/v1/{path}', body, headers=joe)
        assert (status, answer['code']) == (403, 'AuthDeny') and 'impersonate' in answer['mesg']
    for path, oper in (('get', 'GET'), ('set', 'POST'), ('pop', 'POST')):
        mesg = f'User (joe) must have permission globals.{path}.x'
        args = {'name': 'x', 'value': 1}
        assert await web.call(oper, f'/api/v1/storm/vars/{path}', args, headers=joe) == (403, err('AuthDeny', mesg))
    mesg = f'User (joe) must have permission feed:data.syn.nodes on object {layr}'
    assert await web.post('/api/v1/feed', {'items': []}, headers=joe) == (403, err('AuthDeny', mesg))
    ann = await t_web.add_user(web, 'ann', 'impersonate', 'globals.get.x', 'feed:data.syn')
    assert (await web.post('/api/v1/storm/call', body, headers=ann))[0] == 200
    assert await web.get('/api/v1/storm/vars/get', body={'name': 'x'}, headers=ann) == (200, ok(None))
    assert await web.post('/api/v1/feed', {'items': []}, headers=ann) == (200, ok(None))


async def test_storm_streams(web: t_web.Web) -> None:
    query = '$lib.print(hi) [ inet:ipv4=1.2.3.4 inet:ipv4=5.6.7.8 ]'
    for method in ('GET', 'POST'):
        for stream in ('jsonlines', 'newp', None):
            body = {'query': query, 'stream': stream}
            status, text = await web.call(method, '/api/v1/storm', body)
            assert status == 200 and web.headers['Content-Type'] == 'text/html; charset=UTF-8'
            mesgs = unlined(text) if stream == 'jsonlines' else joined(text)
            assert mesgs[0][0] == 'init' and mesgs[-1][0] == 'fini' and mesgs[-1][1]['count'] == 2
            podes = [info for name, info in mesgs if name == 'node']
            assert [pode[0] for pode in podes] == [['inet:ipv4', 0x01020304], ['inet:ipv4', 0x05060708]]
            assert ['print', {'mesg': 'hi'}] in mesgs
            query = 'inet:ipv4=1.2.3.4 inet:ipv4=5.6.7.8 $lib.print(hi) | uniq'


async def test_storm_edits_are_hex(web: t_web.Web) -> None:
    body = {'query': '[ inet:ipv4=1.2.3.4 ]', 'stream': 'jsonlines'}
    _, text = await web.post('/api/v1/storm', body)
    edits = [info['edits'] for name, info in unlined(text) if name == 'node:edits']
    assert len(edits[0][0][0]) == 64 and edits[0][0][1] == 'inet:ipv4'
    assert edits[0][0][2][0] == [0, [0x01020304, 4], []]


async def test_storm_errors_are_messages(web: t_web.Web) -> None:
    for query, name in (('[', 'BadSyntax'), ('newp', 'NoSuchName'), ('inet:ipv4=x', 'BadTypeValu')):
        status, text = await web.post('/api/v1/storm', {'query': query, 'stream': 'jsonlines'})
        mesgs = unlined(text)
        assert status == 200 and [mesg[0] for mesg in mesgs] == ['init', 'err', 'fini']
        assert mesgs[1][1][0] == name


async def test_storm_message_without_json_form(web: t_web.Web) -> None:
    view = web.cell.stacks.default
    await web.cell.count('[ inet:ipv4=1.2.3.4 ]')
    await web.cell.feed('syn.nodes', [(('inet:ipv4', 1), {'nodedata': {'x': b'\x00'}})], view, web.auth.rootuser)
    body = {'query': 'inet:ipv4=0.0.0.1 $lib.print(hi)', 'opts': {'vars': {'x': 1}}, 'stream': 'jsonlines'}
    _, text = await web.post('/api/v1/storm', body)
    assert [mesg[0] for mesg in unlined(text)] == ['init', 'print', 'node', 'fini']


async def test_storm_nodes(web: t_web.Web) -> None:
    body = {'query': '$lib.print(hi) [ inet:ipv4=1.2.3.4 inet:ipv4=5.6.7.8 ]', 'stream': 'jsonlines'}
    _, text = await web.post('/api/v1/storm/nodes', body)
    assert [pode[0][1] for pode in unlined(text)] == [0x01020304, 0x05060708]
    _, text = await web.get('/api/v1/storm/nodes', body={'query': 'inet:ipv4', 'opts': {'repr': True}})
    assert [pode[1]['repr'] for pode in joined(text)] == ['1.2.3.4', '5.6.7.8']
    assert await web.post('/api/v1/storm/nodes', {'query': ''}) == (200, '')


async def test_storm_nodes_break_off(web: t_web.Web) -> None:
    query = 'for $i in $lib.range(3000) { [ inet:ipv4=$i ] } inet:ipv4=newp'
    with pytest.raises(aiohttp.ClientPayloadError):
        await web.post('/api/v1/storm/nodes', {'query': query})


async def test_storm_call(web: t_web.Web) -> None:
    values = (('return(({"a": [1, 2]}))', {'a': [1, 2]}), ('', None), ('return($x)', 'é'))
    for query, valu in values:
        body = {'query': query, 'opts': {'vars': {'x': 'é'}}}
        assert await web.post('/api/v1/storm/call', body) == (200, ok(valu))
    assert await web.get('/api/v1/storm/call', body={'query': 'return(hi)'}) == (200, ok('hi'))
    status, answer = await web.post('/api/v1/storm/call', {'query': '$lib.exit()'})
    assert (status, answer['code']) == (400, 'StormExit')


async def test_storm_export(web: t_web.Web) -> None:
    await web.cell.count('[ inet:ipv4=5.6.7.8 ]')
    await web.cell.count('[ inet:ipv4=1.2.3.4 +(refs)> { inet:ipv4=5.6.7.8 } ]')
    url, data = web.base + '/api/v1/storm/export', json.dumps({'query': 'inet:ipv4'})
    async with web.client.post(url, data=data, headers=t_web.ROOT) as resp:
        assert resp.headers['Content-Type'] == 'application/x-synapse-nodes'
        unpk = msgpack.Unpacker()
        unpk.feed(await resp.read())
        podes = list(unpk)
    assert [pode[0] for pode in podes] == [['inet:ipv4', 0x01020304], ['inet:ipv4', 0x05060708]]
    assert podes[0][1]['edges'] == [['refs', podes[1][1]['iden']]] and 'edges' not in podes[1][1]


async def test_valid_storm(web: t_web.Web) -> None:
    good = {'query': 'inet:ipv4=1.2.3.4'}
    assert await web.post('/api/v1/reqvalidstorm', good) == (200, ok(True))
    assert await web.get('/api/v1/isvalidstorm', body=good) == (200, ok([True, {}]))
    assert await web.post('/api/v1/reqvalidstorm', {'query': '1.2', 'opts': {'mode': 'lookup'}}) == (200, ok(True))
    status, answer = await web.post('/api/v1/isvalidstorm', {'query': '['})
    assert status == 200 and answer['result'][0] is False
    assert answer['result'][1][0] == 'BadSyntax' and answer['result'][1][1]['column'] == 1


async def test_vars(web: t_web.Web) -> None:
    get, pop = '/api/v1/storm/vars/get', '/api/v1/storm/vars/pop'
    assert await web.get(get, body={'name': 'x', 'default': [1]}) == (200, ok([1]))
    assert await web.post('/api/v1/storm/vars/set', {'name': 'x', 'value': {'y': [1]}}) == (200, ok(True))
    assert await web.get(get, body={'name': 'x'}) == (200, ok({'y': [1]}))
    assert await web.post(pop, {'name': 'x'}) == (200, ok({'y': [1]}))
    assert await web.post(pop, {'name': 'x', 'default': 2}) == (200, ok(2))


async def test_model(web: t_web.Web) -> None:
    _, answer = await web.get('/api/v1/model')
    assert set(answer['result']) == {'types', 'forms', 'edges', 'univs', 'tagprops', 'interfaces'}
    _, answer = await web.get('/api/v1/core/info')
    assert set(answer['result']) == {'version', 'modeldict', 'stormdocs'}
    for call in (web.get, web.post):
        _, answer = await call('/api/v1/model/norm', body={'prop': 'inet:ipv4', 'value': '1.2.3.4'})
        assert answer == ok({'norm': 0x01020304, 'info': {'subs': {'type': 'unicast'}}})


async def test_feed(web: t_web.Web) -> None:
    items = [[['inet:ipv4', '1.2.3.4'], {'tags': {'foo': [None, None]}}], 5, [['newp', 1], {}]]
    body = {'items': items, 'name': 'syn.nodes', 'view': None}
    assert await web.post('/api/v1/feed', body) == (200, ok(None))
    assert await web.cell.count('inet:ipv4=1.2.3.4 +#foo') == 1


async def test_hang_up_cancels(web: t_web.Web) -> None:
    body = json.dumps({'query': '$lib.print(hi) for $i in $lib.range(1000000000) { inet:ipv4=1.2.3.4 }'})
    resp = await web.client.post(web.base + '/api/v1/storm', data=body, headers=t_web.ROOT)
    await resp.content.readany()
    while not web.cell.boss.ps():
        await asyncio.sleep(0)
    task = web.cell.boss.ps()[0]
    assert task.name == 'storm'
    resp.close()
    async with asyncio.timeout(10):
        await web.cell.boss.wait_ended(task)


async def test_nodes_of_a_query_that_is_killed_are_cut_off(web: t_web.Web) -> None:
    body = json.dumps({'query': '[inet:asn=5] fini { while (true) { $lib.time.sleep(1) } }'})
    async with web.client.post(web.base + '/api/v1/storm/nodes', data=body, headers=t_web.ROOT) as resp:
        await resp.content.readany()
        await web.cell.boss.ps()[0].kill()
        with pytest.raises(aiohttp.ClientPayloadError):
            await resp.read()


async def test_messages_come_while_the_query_runs(web: t_web.Web) -> None:
    query = 'for $i in $lib.range(1000000000) { if ($i < 2) { $lib.print($i) } }'
    body = json.dumps({'query': query, 'stream': 'jsonlines'})
    async with asyncio.timeout(20):
        async with web.client.post(web.base + '/api/v1/storm', data=body, headers=t_web.ROOT) as resp:
            names = [json.loads(await resp.content.readline())[0] for _ in range(3)]
    assert names == ['init', 'print', 'print']
