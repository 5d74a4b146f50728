"""The HTTPS routes of blobs (axon.md 7 and the table of 11), over real TLS."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import typing

import pytest

import tests.lib.axon.serving as t_axon
import tests.lib.cell.web as t_web
import tests.waiting as t_waiting

ok, err = t_web.ok, t_web.err
FILES = '/api/v1/axon/files'
TEXT = b'asdfqwerzxcv'
HEX = hashlib.sha256(TEXT).hexdigest()
NOPE = hashlib.sha256(b'nope').hexdigest()
MIB = 1024 * 1024


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_axon.web(tmp_path / 'axon') as web:
        await web.auth.addUser('bob', passwd='x')
        yield web


@pytest.mark.parametrize('method', ['PUT', 'POST'])
@pytest.mark.parametrize('size', [0, 12, 3 * MIB + 1])
async def test_put(web: t_web.Web, method: str, size: int) -> None:
    byts = os.urandom(size)
    names = ('md5', 'sha1', 'sha256', 'sha512')
    retn = {'size': size, **{name: hashlib.new(name, byts).hexdigest() for name in names}}
    assert await web.call(method, f'{FILES}/put', raw=byts) == (200, ok(retn))
    async with web.client.get(f'{web.base}{FILES}/by/sha256/{retn["sha256"]}', headers=t_web.ROOT) as resp:
        assert (resp.status, await resp.read()) == (200, byts)
        assert resp.headers['Content-Length'] == str(size)
        assert resp.headers['Content-Type'] == 'application/octet-stream'
        assert resp.headers['Content-Disposition'] == 'attachment'
        assert resp.headers['Accept-Ranges'] == 'bytes'


async def test_put_of_a_body_without_length(web: t_web.Web) -> None:
    async def body() -> typing.AsyncIterator[bytes]:
        for _ in range(3):
            yield TEXT

    async with web.client.put(f'{web.base}{FILES}/put', data=body(), headers=t_web.ROOT) as resp:
        assert (await resp.json())['result']['sha256'] == hashlib.sha256(TEXT * 3).hexdigest()


async def test_who_hangs_up_leaves_nothing(web: t_web.Web) -> None:
    sent = asyncio.Event()

    async def body() -> typing.AsyncIterator[bytes]:
        yield os.urandom(4 * MIB)
        sent.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(web.client.put(f'{web.base}{FILES}/put', data=body(), headers=t_web.ROOT).__aenter__())
    await sent.wait()
    task.cancel()
    await asyncio.wait([task])
    axon = typing.cast(typing.Any, web.cell)
    await t_waiting.until(lambda: not os.listdir(axon.store.dirn))
    assert (await axon.metrics())['file:count'] == 0


# method, path, body, answer of root once TEXT is stored
ROWS: list[tuple[str, str, typing.Any, t_web.Answer]] = [
    ('GET', f'/has/sha256/{HEX}', None, (200, ok(True))),
    ('GET', f'/has/sha256/{HEX.upper()}', None, (200, ok(True))),
    ('GET', f'/has/sha256/{NOPE}', None, (200, ok(False))),
    ('GET', '/has/sha256/foo', None, t_web.page(404, 'Not Found')),
    ('GET', f'/has/sha256/{HEX}00', None, t_web.page(404, 'Not Found')),
    ('GET', f'/by/sha256/{HEX.upper()}', None, (200, TEXT.decode())),
    ('GET', '/by/sha256/foo', None, (404, err('BadArg', 'Hash is not a SHA-256: foo'))),
    ('DELETE', '/by/sha256/foo', None, (404, err('BadArg', 'Hash is not a SHA-256: foo'))),
    ('HEAD', '/by/sha256/foo', None, (404, '')),
    ('GET', f'/by/sha256/{NOPE}', None, (404, err('NoSuchFile', f'SHA-256 not found: {NOPE}'))),
    ('DELETE', f'/by/sha256/{NOPE}', None, (404, err('NoSuchFile', f'SHA-256 not found: {NOPE}'))),
    ('HEAD', f'/by/sha256/{NOPE}', None, (404, '')),
    ('HEAD', f'/by/sha256/{HEX}', None, (200, '')),
    ('DELETE', f'/by/sha256/{HEX}', None, (200, ok(True))),
    ('POST', '/del', {'sha256s': [HEX.upper(), NOPE]}, (200, ok([[HEX.upper(), True], [NOPE, False]]))),
    ('POST', '/del', {'sha256s': []}, (200, ok([]))),
    ('GET', '/put', None, t_web.page(405, 'Method Not Allowed')),
    ('PUT', '/del', None, t_web.page(405, 'Method Not Allowed')),
]  # fmt: skip


@pytest.mark.parametrize('method, path, body, answer', ROWS)
async def test_routes(web: t_web.Web, method: str, path: str, body: typing.Any, answer: t_web.Answer) -> None:
    await web.call('PUT', f'{FILES}/put', raw=TEXT)
    assert await web.call(method, FILES + path, body) == answer


@pytest.mark.parametrize('body', [{}, {'sha256s': ['x']}, {'sha256s': [], 'x': 1}, [], {'sha256s': [HEX + '00']}])
async def test_bad_bodies_of_del(web: t_web.Web, body: typing.Any) -> None:
    status, retn = await web.post(f'{FILES}/del', body)
    assert (status, retn['code']) == (400, 'SchemaViolation')
    assert await web.call('POST', f'{FILES}/del', raw=b'{') == (400, err('SchemaViolation', 'Invalid JSON content.'))


# Range header of TEXT (12 bytes) -> status, range of the body
RANGES: list[tuple[str, int, tuple[int, int]]] = [
    ('bytes=2-4', 206, (2, 5)), ('bytes=2-', 206, (2, 12)), ('BYTES = 2-4', 206, (2, 5)), ('bytes=,2-', 206, (2, 12)),
    ('bytes=2-4,8-11', 206, (2, 5)), ('bytes=0-11', 206, (0, 12)), ('bytes=-4', 206, (8, 12)),
    ('bytes=-400', 206, (0, 12)),
    ('bytes=0-12', 416, (0, 0)), ('bytes=12-12', 416, (0, 0)), ('bytes=4-2', 416, (0, 0)), ('bytes=12-', 416, (0, 0)),
    ('bytes=foo', 416, (0, 0)), ('bytes=a-b', 416, (0, 0)), ('bytes=5', 416, (0, 0)), ('bytes=-0', 416, (0, 0)),
    ('bytes=', 200, (0, 12)), ('lines=0-1', 200, (0, 12)),
]  # fmt: skip


@pytest.mark.parametrize('header, status, span', RANGES)
async def test_ranges(web: t_web.Web, header: str, status: int, span: tuple[int, int]) -> None:
    await web.call('PUT', f'{FILES}/put', raw=TEXT)
    path = f'{FILES}/by/sha256/{HEX}'
    headers = {**t_web.ROOT, 'Range': header}
    assert await web.get(path, headers=headers) == (status, TEXT[slice(*span)].decode())
    assert web.headers['Content-Length'] == str(span[1] - span[0])
    if status == 206:
        assert web.headers['Content-Range'] == f'bytes {span[0]}-{span[1] - 1}/12'
    assert await web.call('HEAD', path, headers=headers) == (status, '')
    assert web.headers['Content-Length'] == str(span[1] - span[0])


async def test_a_range_of_nothing(web: t_web.Web) -> None:
    await web.call('PUT', f'{FILES}/put', raw=b'')
    path = f'{FILES}/by/sha256/{hashlib.sha256(b"").hexdigest()}'
    assert await web.get(path) == (200, '')
    assert await web.get(path, headers={**t_web.ROOT, 'Range': 'bytes=0-0'}) == (416, '')


async def test_strangers_and_users_are_turned_away(web: t_web.Web) -> None:
    bob = t_web.basic('bob', 'x')
    rows = [('PUT', '/put', 'upload'), ('GET', f'/has/sha256/{HEX}', 'has'), ('GET', f'/by/sha256/{HEX}', 'get')]
    rows += [('DELETE', f'/by/sha256/{HEX}', 'del'), ('POST', '/del', 'del')]
    for method, path, perm in rows:
        assert await web.call(method, FILES + path, headers={}) == t_web.DENIED
        assert web.headers['WWW-Authenticate'] == 'Basic realm=synapse'
        denied = (403, err('AuthDeny', f'User (bob) must have permission axon.{perm}'))
        assert await web.call(method, FILES + path, headers=bob) == denied
    assert (await web.call('GET', f'{FILES}/by/sha256/foo', headers=bob))[0] == 404
    assert await web.call('GET', f'{FILES}/by/sha256/foo', headers={}) == t_web.DENIED


async def test_a_full_axon(tmp_path: pathlib.Path) -> None:
    async with t_axon.web(tmp_path / 'axon', **{'max:count': 1}) as web:
        assert (await web.call('PUT', f'{FILES}/put', raw=b'1'))[0] == 200
        assert (await web.call('PUT', f'{FILES}/put', raw=b'1'))[0] == 200
        assert (await web.call('PUT', f'{FILES}/put', raw=b'2'))[0] == 500
        assert (await typing.cast(typing.Any, web.cell).metrics())['file:count'] == 1
