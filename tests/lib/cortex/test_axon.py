"""Blobs through a Cortex: embedded and remote Axons, RPC, HTTP, feeds (axon.md 9)."""

from __future__ import annotations

import hashlib
import os
import pathlib
import typing

import msgpack
import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.axon.serving as t_axon
import tests.lib.cell.web as t_web
import tests.lib.cortex.serving as t_core

FILES = '/api/v1/axon/files'
BLOB = os.urandom(17 * 1024 * 1024)


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


@pytest.fixture(params=['embedded', 'remote'])
async def web(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    """A Cortex with either kind of Axon."""
    if request.param == 'embedded':
        async with t_core.web(tmp_path / 'core') as web:
            yield web
        return
    async with t_axon.axon(tmp_path / 'axon') as axon:
        async with t_core.web(tmp_path / 'core', axon=axon.getLocalUrl()) as web:
            yield web


async def test_rpc(web: t_web.Web) -> None:
    core = typing.cast(typing.Any, web.cell)
    async with t_core.proxy(core) as prox:
        async with await prox.getAxonUpload() as upload:
            for byts in (b'small', BLOB):
                await upload.write(byts)
                assert await upload.save() == (len(byts), sha(byts))
            await upload.write(b'lost')
        chunks = [chunk async for chunk in prox.getAxonBytes(sha(BLOB).hex())]
        assert b''.join(chunks) == BLOB and len(chunks) == 2
        with pytest.raises(s_exc.NoSuchFile):
            [chunk async for chunk in prox.getAxonBytes(sha(b'lost').hex())]
    axon = await core.getAxon()
    assert await axon.metrics() == {'size:bytes': len(BLOB) + 5, 'file:count': 2}


async def test_feed(web: t_web.Web) -> None:
    core = typing.cast(typing.Any, web.cell)
    nodes = [(('inet:ipv4', indx), {'tags': {'fed': (None, None)}}) for indx in range(2500)]
    byts = b''.join(msgpack.packb(node) for node in nodes)
    async with t_core.proxy(core) as prox:
        async with await prox.getAxonUpload() as upload:
            await upload.write(byts)
            _, sha256 = await upload.save()
        assert await prox.feedFromAxon(sha256.hex()) == 2500
        assert await prox.count('inet:ipv4#fed') == 2500


async def test_http(web: t_web.Web) -> None:
    core = typing.cast(typing.Any, web.cell)
    status, retn = await web.call('PUT', f'{FILES}/put', raw=b'asdfqwer')
    assert (status, retn['result']['sha256']) == (200, sha(b'asdfqwer').hex())
    path = f'{FILES}/by/sha256/{sha(b"asdfqwer").hex()}'
    assert await web.get(path) == (200, 'asdfqwer')
    assert await web.get(path, headers={**t_web.ROOT, 'Range': 'bytes=2-3'}) == (206, 'df')
    await core.auth.addUser('bob', passwd='x')
    denied = t_web.err('AuthDeny', 'User (bob) must have permission axon.get')
    assert await web.get(path, headers=t_web.basic('bob', 'x')) == (403, denied)
    assert await web.call('DELETE', path) == (200, t_web.ok(True))
    assert (await web.call('DELETE', path))[0] == 404


async def test_permissions(web: t_web.Web) -> None:
    core = typing.cast(typing.Any, web.cell)
    await core.auth.addUser('visi')
    async with t_core.proxy(core, user='visi') as prox:
        for func, perm in ((prox.getAxonUpload, 'axon.upload'), (lambda: prox.feedFromAxon('00' * 32), 'node')):
            with pytest.raises(s_exc.AuthDeny) as exc:
                await func()
            assert exc.value.get('perm') == perm
        with pytest.raises(s_exc.AuthDeny):
            [chunk async for chunk in prox.getAxonBytes('00' * 32)]


async def test_an_embedded_axon_lives_in_the_log_of_its_cortex(tmp_path: pathlib.Path) -> None:
    async with t_core.cortex(tmp_path / 'core') as core:
        index = core.nexsroot.index()
        async with await s_telepath.openurl(f'cell://{tmp_path}/core/axon') as prox:
            assert await prox.put(b'x') == (1, sha(b'x'))
        assert core.nexsroot.index() == index + 1
        await core.backups.run('bkup')
    async with t_core.cortex(tmp_path / 'core' / 'backups' / 'bkup') as core:
        assert [byts async for byts in (await core.getAxon()).get(sha(b'x'))] == [b'x']
    async with t_core.cortex(tmp_path / 'core') as core:
        assert await (await core.getAxon()).has(sha(b'x'))


async def test_a_remote_axon_that_is_away(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(t_core.s_cortex.s_limits, 'AXON_READY', 0.1)
    async with t_core.web(tmp_path / 'core', axon='tcp://127.0.0.1:1/') as web:
        status, retn = await web.call('GET', f'{FILES}/has/sha256/{"00" * 32}')
        assert (status, retn['code']) == (503, 'TimeOut')
        assert (await web.call('PUT', f'{FILES}/put', raw=b'x'))[0] == 503
