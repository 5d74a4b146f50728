"""Handlers of plugin authors: checks, bodies, streams, and callers who hang up."""

from __future__ import annotations

import asyncio
import json
import pathlib
import typing

import aiohttp
import pytest

import synapse.exc as s_exc
import synapse.lib.httpapi as s_httpapi
import synapse.lib.limits as s_limits
import tests.lib.cell.web as t_web

ok, err = t_web.ok, t_web.err


class Echo(s_httpapi.Handler):
    """Answers what it was sent, to those who may."""

    def check(self, item: typing.Any) -> None:
        if 'bad' in str(item):
            raise s_exc.SchemaViolation(mesg='data must not contain bad', name='data')

    async def get(self, name: str) -> None:
        if await self.reqAuthAllowed(('echo', name), gateiden='gate' if name == 'gated' else None):
            user = await self.user()
            self.sendRestRetn({'name': name, 'user': user.name if user else None, 'iden': await self.useriden()})

    async def post(self, name: str) -> None:
        body = self.getJsonBody(validator=self.check)
        if body is not None:
            self.sendRestRetn(body, status_code=201)


class Fail(s_httpapi.Handler):
    """Fails in the way that the path says."""

    async def get(self, how: str) -> None:
        if how == 'raise':
            raise s_exc.BadArg(mesg='unexpected')
        if how == 'bytes':
            self.sendRestRetn(b'not for JSON')
        elif how == 'plain':
            self.sendRestExc(ValueError('no good'))
        else:
            self.sendRestExc(s_exc.make(how, mesg='told'), status_code=418 if how == 'FatalErr' else None)


class Numbers(s_httpapi.Handler):
    """Streams numbers until it is told to stop, or for ever."""

    running: typing.ClassVar[asyncio.Event]
    ended: typing.ClassVar[asyncio.Event]

    async def post(self) -> None:
        body = typing.cast(dict[str, typing.Any], self.getJsonBody())
        stream = s_httpapi.MessageStream(self, jsonlines=body.get('stream') == 'jsonlines')
        for num in range(body['count']):
            await stream.send(['num', {'valu': num}], more=body.get('more', False))
        await stream.flush()

    async def get(self) -> None:
        self.running.set()
        try:
            stream = s_httpapi.MessageStream(self)
            await stream.send('first')
            await asyncio.Event().wait()
        finally:
            self.ended.set()


class Upload(s_httpapi.StreamHandler):
    """Counts the bytes of a body of any size."""

    async def prepare(self) -> None:
        await super().prepare()
        self.count = self.chunks = 0
        await self.reqAuthUser()

    async def data_received(self, chunk: bytes) -> None:
        await asyncio.sleep(0)
        self.count += len(chunk)
        self.chunks += 1

    async def put(self) -> None:
        self.sendRestRetn([self.count, self.chunks > 1])


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    """Return a client of a cell with the handlers above."""
    Numbers.running, Numbers.ended = asyncio.Event(), asyncio.Event()
    async with t_web.serve(tmp_path / 'cell') as web:
        for path, ctor in (('/echo/(.*)', Echo), ('/fail/(.*)', Fail), ('/numbers', Numbers), ('/upload', Upload)):
            web.cell.addHttpApi(path, ctor, {'cell': web.cell})
        await web.auth.addUser('bob', passwd='x')
        yield web


async def test_permissions_are_checked_and_named(web: t_web.Web) -> None:
    bob, mine = web.auth.reqUserByName('bob'), t_web.basic('bob', 'x')
    web.auth.addAuthGate('gate', 'view')
    mesg = 'User (bob) must have permission echo.'
    assert await web.get('/echo/a', headers={}) == t_web.DENIED
    assert await web.get('/echo/a', headers=mine) == (403, err('AuthDeny', f'{mesg}a'))
    assert await web.get('/echo/gated', headers=mine) == (403, err('AuthDeny', f'{mesg}gated on object gate'))
    await bob.addRule((True, ('echo', 'a')))
    await bob.addRule((True, ('echo',)), gateiden='gate')
    want = {'name': 'a', 'user': 'bob', 'iden': bob.iden}
    assert await web.get('/echo/a', headers=mine) == (200, ok(want))
    assert (await web.get('/echo/gated', headers=mine))[0] == 200
    assert (await web.get('/echo/b', headers=mine))[0] == 403


@pytest.mark.parametrize('item', [{'a': [1, None, 'ü', '\ud83d', 1e10]}, [], 5, 'x', [[]]])
async def test_bodies_come_back_as_they_went(web: t_web.Web, item: typing.Any) -> None:
    assert await web.post('/echo/x', item) == (201, ok(item))


async def test_a_validator_speaks_for_the_handler(web: t_web.Web) -> None:
    want = (400, err('SchemaViolation', 'data must not contain bad'))
    assert await web.post('/echo/x', {'bad': 1}) == want
    assert await web.post('/echo/x', raw=b'\xff') == (400, err('SchemaViolation', 'Invalid JSON content.'))


@pytest.mark.parametrize(
    'how, answer',
    [
        ('raise', t_web.page(500, 'Internal Server Error')),
        ('bytes', t_web.page(500, 'Internal Server Error')),
        ('plain', (400, err('ValueError', 'no good'))),
        ('BadArg', (400, err('BadArg', 'told'))),
        ('AuthDeny', (403, err('AuthDeny', 'told'))),
        ('NoSuchView', (404, err('NoSuchView', 'told'))),
        ('FatalErr', (418, err('FatalErr', 'told'))),
    ],
)
async def test_errors_become_envelopes_or_a_page(web: t_web.Web, how: str, answer: t_web.Answer) -> None:
    assert await web.get(f'/fail/{how}') == answer
    assert web.headers['X-Content-Type-Options'] == 'nosniff'


async def test_streams_of_messages(web: t_web.Web, monkeypatch: pytest.MonkeyPatch) -> None:
    want = [['num', {'valu': num}] for num in range(5)]
    texts = [json.dumps(item, separators=(',', ':')) for item in want]
    for more in (False, True):
        assert await web.post('/numbers', {'count': 5, 'more': more}) == (200, ''.join(texts))
        assert web.headers['Transfer-Encoding'] == 'chunked'
        assert web.headers['Content-Type'] == 'text/html; charset=UTF-8'
        _, text = await web.post('/numbers', {'count': 5, 'more': more, 'stream': 'jsonlines'})
        assert [json.loads(line) for line in text.splitlines()] == want
    monkeypatch.setattr(s_limits, 'HTTP_STREAM_FLUSH', 10)
    assert await web.post('/numbers', {'count': 5, 'more': True}) == (200, ''.join(texts))


async def test_who_hangs_up_cancels_the_work(web: t_web.Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level('INFO', 'tornado.access')
    resp = await web.client.get(f'{web.base}/numbers', headers=t_web.ROOT)
    assert await resp.content.readany() == b'"first"'
    assert Numbers.running.is_set() and not Numbers.ended.is_set()
    resp.close()
    await asyncio.wait_for(Numbers.ended.wait(), 5)
    assert (await web.get('/api/v1/active'))[0] == 200
    assert '499 GET /numbers' in caplog.text and 'Traceback' not in caplog.text


async def test_the_end_of_the_cell_ends_handlers(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    Numbers.running, Numbers.ended = asyncio.Event(), asyncio.Event()
    async with t_web.serve(tmp_path / 'cell') as web:
        web.cell.addHttpApi('/numbers', Numbers, {'cell': web.cell})
        resp = await web.client.get(f'{web.base}/numbers')
        await resp.content.readany()
        await web.cell.fini()
        await asyncio.wait_for(Numbers.ended.wait(), 5)
        with pytest.raises(aiohttp.ClientError):
            await resp.read()
    assert 'Traceback' not in caplog.text


async def test_bodies_of_any_size_are_streamed(web: t_web.Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'HTTP_BODY_BYTES', 1000)
    _, port = await web.cell.addHttpsPort(0, '127.0.0.1')
    web.base = f'https://127.0.0.1:{port}'
    size = 5_000_000
    assert await web.call('PUT', '/upload', raw=b'x' * size) == (200, ok([size, True]))
    assert await web.call('PUT', '/upload', raw=b'') == (200, ok([0, False]))


async def test_a_stranger_is_answered_before_the_body(web: t_web.Web) -> None:
    async def slowly() -> typing.AsyncIterator[bytes]:
        yield b'x' * 1000
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        async with web.client.put(f'{web.base}/upload', data=slowly(), headers={}) as resp:
            assert resp.status == 401


async def test_a_path_of_a_service_does_not_hide_a_base_path(web: t_web.Web) -> None:
    web.cell.addHttpApi('/api/v1/active', Echo, {'cell': web.cell})
    assert await web.get('/api/v1/active') == (200, ok({'active': True}))
