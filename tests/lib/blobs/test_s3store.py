"""The S3 store, and an Axon on it, against a real server that speaks S3, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import pathlib
import subprocess
import sys
import typing

import aiohttp
import pytest

import synapse.exc as s_exc
import synapse.lib.blobs as s_blobs
import tests.lib.axon.serving as t_axon
import tests.ports as t_ports

s_s3store = pytest.importorskip('synapse.lib.blobs.s3store')
pytest.importorskip('moto.server')

MIB = 1024 * 1024


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


@pytest.fixture(scope='module')
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    """Yield the URL of an object store."""
    port = t_ports.free_port()
    log = tmp_path_factory.mktemp('moto') / 'log'
    with open(log, 'wb') as file:
        argv = [sys.executable, '-m', 'moto.server', '-H', '127.0.0.1', '-p', str(port)]
        proc = subprocess.Popen(argv, stdout=file, stderr=file)
    try:
        asyncio.run(make_bucket(f'http://127.0.0.1:{port}', proc))
        yield f'http://127.0.0.1:{port}'
    finally:
        proc.kill()
        proc.wait()


async def make_bucket(url: str, proc: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as sess:
        while True:
            assert proc.poll() is None
            with contextlib.suppress(aiohttp.ClientError):
                async with sess.put(f'{url}/blobs') as resp:
                    assert resp.status == 200
                    return
            await asyncio.sleep(0.1)


@pytest.fixture
def conf(endpoint: str, tmp_path: pathlib.Path) -> dict[str, str]:
    """Return the option, with a prefix of its own."""
    keys = {'access:key': 'x', 'secret:key': 'y'}
    return {'type': 's3', 'bucket': 'blobs', 'endpoint': endpoint, 'prefix': f'{tmp_path.name}/', **keys}


async def open_store(conf: dict[str, str], dirn: pathlib.Path) -> s_blobs.BlobStore:
    # the database is for stores that keep their index in it
    return await s_blobs.open_store(conf, str(dirn), typing.cast(typing.Any, None))


@pytest.fixture
async def store(conf: dict[str, str], tmp_path: pathlib.Path) -> typing.AsyncIterator[s_blobs.BlobStore]:
    async with await open_store(conf, tmp_path) as store:
        yield store


async def read(store: s_blobs.BlobStore, byts: bytes, offs: int, size: int, step: int) -> list[bytes]:
    return [part async for part in store.read(sha(byts), offs, size, step)]


async def test_blobs_in_memory(store: s_blobs.BlobStore) -> None:
    blobs = [b'', b'one', os.urandom(MIB)]
    await store.put([(sha(byts), byts) for byts in blobs])
    for byts in blobs:
        assert await store.has(sha(byts))
        assert b''.join(await read(store, byts, 0, len(byts), 100000)) == byts
    assert [len(part) for part in await read(store, blobs[2], 99999, 100002, 100000)] == [1, 100000, 1]
    assert sorted([row async for row in store.hashes()]) == sorted((sha(byts), len(byts)) for byts in blobs)
    await store.delete(sha(b'one'))
    assert not await store.has(sha(b'one'))
    with pytest.raises(s_exc.NoSuchFile):
        await read(store, b'one', 0, 3, MIB)


@pytest.mark.parametrize('size', [0, 5, 8 * MIB, 17 * MIB + 3])
async def test_uploads(store: s_blobs.BlobStore, size: int) -> None:
    byts = os.urandom(size)
    upload = await store.upload()
    for offs in range(0, size, 3 * MIB):
        await upload.write(byts[offs : offs + 3 * MIB])
    await upload.finish(sha(byts))
    await upload.abort()
    assert b''.join(await read(store, byts, 0, size, 16 * MIB)) == byts


async def test_recovery(conf: dict[str, str], tmp_path: pathlib.Path) -> None:
    async with await open_store(conf, tmp_path) as store:
        await store.put([(sha(byts), byts) for byts in (b'kept', b'known', b'lost')])
        store.confirm([sha(b'kept')])
        upload = await store.upload()
        await upload.write(b'half')
        s3 = typing.cast(typing.Any, store)
        s3._note([sha(b'cut')])
        await s3.client.create_multipart_upload(Bucket=s3.bucket, Key=s3.key(sha(b'cut')))
    async with await open_store(conf, tmp_path) as store:
        assert await store.recover(lambda sha256: sha256 == sha(b'known')) == 2
        assert {row[0] async for row in store.hashes()} == {sha(b'kept'), sha(b'known')}
        s3 = typing.cast(typing.Any, store)
        found = await s3.client.list_multipart_uploads(Bucket=s3.bucket, Prefix=s3.prefix)
        assert not found.get('Uploads')
        assert os.listdir(s3.spool) == [] == os.listdir(s3.pending)


async def test_a_bucket_that_is_not_there(conf: dict[str, str], tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.NoSuchStor):
        await open_store({**conf, 'bucket': 'newp'}, tmp_path)


async def test_an_axon(conf: dict[str, str], tmp_path: pathlib.Path) -> None:
    big = os.urandom(17 * MIB)
    async with t_axon.serve(tmp_path / 'axon', **{'blob:store': conf}) as prox:
        assert await prox.puts([b'', b'1', b'1', b'22']) == tuple((len(b), sha(b)) for b in (b'', b'1', b'1', b'22'))
        async with await prox.upload() as upload:
            await upload.write(big)
            assert await upload.save() == (len(big), sha(big))
        assert await t_axon.read(prox, sha(big)) == big
        assert [len(part) for part in await t_axon.items(prox.get(sha(big)))] == [16 * MIB, MIB]
        assert await t_axon.items(prox.get(sha(big), 16 * MIB - 1, 2)) == [big[-MIB - 1 : -MIB], big[-MIB : -MIB + 1]]
        assert (await prox.hashset(sha(b'22')))['md5'] == hashlib.md5(b'22').hexdigest()
        assert await prox.del_(sha(b'1')) is True
    async with t_axon.axon(tmp_path / 'axon', **{'blob:store': conf}) as axon:
        assert await axon.metrics() == {'size:bytes': len(big) + 2, 'file:count': 3}
        async with asyncio.timeout(10):
            while {row[0] async for row in axon.store.hashes()} != {sha(b''), sha(b'22'), sha(big)}:
                await asyncio.sleep(0.01)


async def test_bad_options(tmp_path: pathlib.Path) -> None:
    for conf in ({'type': 'newp', 'bucket': 'x'}, {'type': 's3'}, {'type': 's3', 'bucket': 'x', 'newp': 1}):
        with pytest.raises(s_exc.BadConfValu):
            await t_axon.s_axon.Axon.anit(str(tmp_path / 'axon'), conf={'blob:store': conf})
