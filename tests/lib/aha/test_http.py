"""The HTTPS API of AHA (aha.md 4)."""

from __future__ import annotations

import pathlib
import typing

import aiohttp
import pytest

import tests.lib.aha.serving as t_aha
import tests.lib.cell.web as t_web

NET = t_aha.NET
PROV = '/api/v1/aha/provision/service'
SVCS = '/api/v1/aha/services'


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_aha.aha(tmp_path) as cell:
        _, port = await cell.addHttpsPort(0, '127.0.0.1')
        connector = aiohttp.TCPConnector(ssl=t_web.trusting(tmp_path))
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield t_web.Web(cell, port, client)


async def test_provision_a_service(web: t_web.Web) -> None:
    conf = {'conf': {'nexslog:en': True}, 'dmon:port': 1234, 'https:port': 8443, 'mirror': 'axon'}
    status, body = await web.post(PROV, {'name': '01.axon', 'provinfo': conf})
    assert status == 200 and body['status'] == 'ok'
    async with t_aha.redeem(body['result']['url']) as prox:
        info = await prox.getProvInfo()
    assert info['conf']['aha:name'] == '01.axon' and info['conf']['mirror'] == 'aha://root@axon...'
    assert info['conf']['https:port'] == 8443 and info['conf']['nexslog:en'] is True


BAD: list[tuple[typing.Any, str]] = [
    ({}, 'SchemaViolation'),
    ([], 'SchemaViolation'),
    ({'name': ''}, 'SchemaViolation'),
    ({'name': 5}, 'SchemaViolation'),
    ({'name': 'a', 'foo': 1}, 'SchemaViolation'),
    ({'name': 'a', 'provinfo': {'dmon:port': 70000}}, 'SchemaViolation'),
    ({'name': 'a', 'provinfo': {'mirror': ''}}, 'SchemaViolation'),
    ({'name': 'a', 'provinfo': {'conf': 5}}, 'SchemaViolation'),
    ({'name': 'x' * 100}, 'BadArg'),
    ({'name': 'a b'}, 'BadArg'),
]


@pytest.mark.parametrize(('body', 'code'), BAD)
async def test_bad_bodies(web: t_web.Web, body: typing.Any, code: str) -> None:
    status, answer = await web.post(PROV, body)
    assert (status, answer['status'], answer['code']) == (400, 'err', code)


async def test_bad_json(web: t_web.Web) -> None:
    for path, method in ((PROV, 'POST'), (SVCS, 'GET')):
        status, answer = await web.call(method, path, raw=b'{"name')
        assert (status, answer['code'], answer['mesg']) == (400, 'SchemaViolation', 'Invalid JSON content.')


async def test_services(web: t_web.Web) -> None:
    cell = typing.cast(typing.Any, web.cell)
    async with t_aha.tls(cell) as prox:
        await prox.addAhaSvc('00.axon', t_aha.info(), network=NET)
        await prox.addAhaSvc('x', t_aha.info(), network='other.net')
        for body, names in ((None, [f'00.axon.{NET}', 'x.other.net']), ({'network': NET}, [f'00.axon.{NET}'])):
            status, answer = await web.call('GET', SVCS, body)
            assert (status, [item['name'] for item in answer['result']]) == (200, names)
        status, answer = await web.call('GET', SVCS, {'foo': 1})
        assert (status, answer['code']) == (400, 'SchemaViolation')


async def test_admins_only(web: t_web.Web) -> None:
    await web.auth.addUser('visi', passwd='secret')
    for path, method in ((PROV, 'POST'), (SVCS, 'GET')):
        status, answer = await web.call(method, path, {'name': 'a'}, headers={})
        assert (status, answer['code']) == (401, 'NotAuthenticated')
        status, answer = await web.call(method, path, {'name': 'a'}, headers=t_web.basic('visi', 'secret'))
        assert (status, answer['code']) == (403, 'AuthDeny')
