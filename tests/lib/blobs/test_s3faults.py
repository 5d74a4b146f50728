"""An object store that fails: now and then, at the wrong moment, for good."""

from __future__ import annotations

import asyncio
import os
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.axon.serving as t_axon
import tests.lib.blobs.s3proxy as t_s3proxy
import tests.lib.blobs.test_s3store as t_s3
import tests.waiting as t_waiting

pytest.importorskip('synapse.lib.blobs.s3store')
pytest.importorskip('moto.server')

MIB = 1024 * 1024
EVER = 1 << 30
NoSuchStor = s_exc.CLASSES['NoSuchStor']

endpoint = t_s3.endpoint
conf = t_s3.conf
sha = t_s3.sha
first = t_s3proxy.first


@pytest.fixture
async def proxy(endpoint: str) -> typing.AsyncIterator[t_s3proxy.Proxy]:
    async with t_s3proxy.running(endpoint) as proxy:
        yield proxy


@pytest.fixture
async def store(
    conf: dict[str, str], proxy: t_s3proxy.Proxy, tmp_path: pathlib.Path
) -> typing.AsyncIterator[typing.Any]:
    async with await t_s3.open_store({**conf, 'endpoint': proxy.url}, tmp_path) as store:
        yield store


async def stored(store: typing.Any) -> set[bytes]:
    return {sha256 async for sha256, _ in store.hashes()}


async def uploads(store: typing.Any) -> list[typing.Any]:
    found = await store.client.list_multipart_uploads(Bucket=store.bucket, Prefix=store.prefix)
    return list(found.get('Uploads', ()))


async def send(store: typing.Any, byts: bytes) -> None:
    upload = await store.upload()
    try:
        await upload.write(byts)
        await upload.finish(sha(byts))
    finally:
        await upload.abort()


@pytest.mark.parametrize('status', [500, 503])
async def test_errors_of_the_server_are_tried_again(store: typing.Any, proxy: t_s3proxy.Proxy, status: int) -> None:
    byts = os.urandom(9 * MIB)
    proxy.fault = first(2, 'PUT', status)
    await send(store, byts)
    proxy.fault = first(2, 'GET', status)
    assert b''.join(await t_s3.read(store, byts, 0, len(byts), 16 * MIB)) == byts


async def test_a_transfer_that_fails_leaves_nothing(store: typing.Any, proxy: t_s3proxy.Proxy) -> None:
    byts = os.urandom(17 * MIB)
    proxy.fault = first(EVER, 'PUT', 403, 'partNumber=2')
    with pytest.raises(NoSuchStor):
        await send(store, byts)
    assert any(method == 'DELETE' for method, _ in proxy.seen)
    assert await uploads(store) == [] and await stored(store) == set() and os.listdir(store.spool) == []
    proxy.fault = lambda request: None
    await send(store, byts)
    assert await stored(store) == {sha(byts)}


async def test_the_last_answer_is_lost(store: typing.Any, proxy: t_s3proxy.Proxy) -> None:
    """The object is there; who asks again is told that there is no such upload."""
    byts = os.urandom(9 * MIB)
    lost, gone = first(1, 'POST', 'lost', 'uploadId'), first(EVER, 'POST', 404, 'uploadId')
    proxy.fault = lambda request: lost(request) or gone(request)
    await send(store, byts)
    assert b''.join(await t_s3.read(store, byts, 0, len(byts), 16 * MIB)) == byts
    assert await uploads(store) == [] and await stored(store) == {sha(byts)}


async def test_the_last_request_never_arrives(store: typing.Any, proxy: t_s3proxy.Proxy) -> None:
    proxy.fault = first(EVER, 'POST', 404, 'uploadId')
    with pytest.raises(NoSuchStor):
        await send(store, os.urandom(9 * MIB))
    assert await uploads(store) == [] and await stored(store) == set()


async def test_a_transfer_that_is_cancelled_leaves_nothing(store: typing.Any, proxy: t_s3proxy.Proxy) -> None:
    task = asyncio.create_task(send(store, os.urandom(17 * MIB)))
    await t_waiting.until(lambda: any('partNumber' in path or method == 'PUT' for method, path in proxy.seen))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await uploads(store) == [] and await stored(store) == set() and os.listdir(store.spool) == []


async def test_answers_that_break_off(store: typing.Any, proxy: t_s3proxy.Proxy) -> None:
    byts = os.urandom(3 * MIB)
    await send(store, byts)
    proxy.fault = first(2, 'GET', 'cut')
    assert b''.join(await t_s3.read(store, byts, 5, len(byts) - 10, MIB)) == byts[5:-5]
    proxy.fault = first(EVER, 'GET', 'cut')
    with pytest.raises(NoSuchStor):
        await t_s3.read(store, byts, 0, 4, MIB)


@pytest.mark.parametrize('status', [401, 403])
async def test_wrong_credentials_at_start(
    conf: dict[str, str], proxy: t_s3proxy.Proxy, tmp_path: pathlib.Path, status: int
) -> None:
    proxy.fault = first(EVER, 'HEAD', status)
    with pytest.raises(NoSuchStor) as exc:
        async with t_axon.axon(tmp_path / 'axon', **{'blob:store': {**conf, 'endpoint': proxy.url}}):
            pass
    assert str(status) in exc.value.get('mesg')


async def test_a_disk_without_room_for_the_spool(store: typing.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_DISK_RESERVE', 1 << 62)
    with pytest.raises(s_exc.CLASSES['DbOutOfSpace']):
        await send(store, b'x' * MIB)
    monkeypatch.undo()
    await send(store, b'x' * MIB)


async def clear(client: typing.Any, bucket: str) -> None:
    """Remove a bucket with all that is in it."""
    found = await client.list_objects_v2(Bucket=bucket)
    for item in found.get('Contents', ()):
        await client.delete_object(Bucket=bucket, Key=item['Key'])
    await client.delete_bucket(Bucket=bucket)


async def test_a_bucket_that_disappears(
    conf: dict[str, str], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'AXON_REAP_SECS', 0.05)
    conf = {**conf, 'bucket': 'gone'}
    async with await t_s3.open_store({**conf, 'bucket': 'blobs'}, tmp_path / 'maker') as maker:
        client = typing.cast(typing.Any, maker).client
        await client.create_bucket(Bucket='gone')
        async with t_axon.axon(tmp_path / 'axon', **{'blob:store': conf}) as axon, t_axon.proxy(axon) as prox:
            await prox.puts([b'kept', b'removed'])
            await clear(client, 'gone')
            for call in (prox.put(b'new'), t_axon.read(prox, sha(b'kept')), axon.store.has(sha(b'kept'))):
                with pytest.raises(NoSuchStor):
                    await call
            assert await prox.del_(sha(b'removed')) is True
            assert await prox.has(sha(b'kept')) and not await prox.has(sha(b'new'))
            await asyncio.sleep(0.2)  # whoever removes the bytes has failed several times by now
            await client.create_bucket(Bucket='gone')
            await t_waiting.until(lambda: not axon.files.gone())
            assert await prox.put(b'new') == (3, sha(b'new'))
            assert await t_axon.read(prox, sha(b'new')) == b'new'
            with pytest.raises(s_exc.NoSuchFile):
                await t_axon.read(prox, sha(b'kept'))
