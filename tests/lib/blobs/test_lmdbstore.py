"""The LMDB store by itself: pieces, ranges, provisional blobs, what a crash leaves."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.blobs as s_blobs
import synapse.lib.limits as s_limits

MIB = 1024 * 1024


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_blobs.LmdbStore]:
    async with await s_blobs.LmdbStore.anit(str(tmp_path / 'blobs.lmdb')) as store:
        yield store


async def read(store: s_blobs.BlobStore, byts: bytes, offs: int = 0, size: int | None = None, step: int = MIB) -> bytes:
    parts = [part async for part in store.read(sha(byts), offs, len(byts) if size is None else size, step)]
    return b''.join(parts)


@pytest.mark.parametrize('size', [0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB + 7])
async def test_a_blob_comes_back_whole_and_in_ranges(store: s_blobs.LmdbStore, size: int) -> None:
    byts = os.urandom(size)
    await store.put([(sha(byts), byts)])
    assert await store.has(sha(byts))
    for step in (1000003, MIB, 16 * MIB):
        assert await read(store, byts, step=step) == byts
    for offs, count in ((0, size), (size // 2, size // 4), (max(size - 5, 0), min(size, 5))):
        assert await read(store, byts, offs, count) == byts[offs : offs + count]


@pytest.mark.parametrize('sizes', [[], [0], [5], [MIB, 1], [3, MIB - 3, MIB, 17], [9 * MIB + 1, 5]])
async def test_an_upload_is_the_same_in_any_portions(store: s_blobs.LmdbStore, sizes: list[int]) -> None:
    parts = [os.urandom(size) for size in sizes]
    byts = b''.join(parts)
    upload = await store.upload()
    for part in parts:
        await upload.write(part)
    await upload.finish(sha(byts))
    await upload.abort()  # too late
    assert await read(store, byts) == byts
    assert [row async for row in store.hashes()] == [(sha(byts), len(byts))]


async def test_large_reads_leave_our_memory(store: s_blobs.LmdbStore) -> None:
    byts = os.urandom(16 * MIB)
    await store.put([(sha(byts), byts)])
    before = mapped()
    assert await read(store, byts, step=16 * MIB) == byts
    assert mapped() - before < 4 * MIB


def mapped() -> int:
    """Return the bytes of mapped files in our memory."""
    for line in pathlib.Path('/proc/self/status').read_text().splitlines():
        if line.startswith('RssFile:'):
            return int(line.split()[1]) * 1024
    pytest.skip('the kernel does not tell')


async def test_removed_blobs_are_gone_and_their_room_is_used_again(store: s_blobs.LmdbStore) -> None:
    sizes = []
    for _ in range(8):
        byts = os.urandom(4 * MIB)
        await store.put([(sha(byts), byts)])
        store.confirm([sha(byts)])
        await store.delete(sha(byts))
        assert not await store.has(sha(byts))
        with pytest.raises(s_exc.NoSuchFile):
            await read(store, byts)
        sizes.append(store.env.used_bytes())
    assert sizes[-1] < 3 * 4 * MIB
    await store.delete(sha(b'never there'))


async def test_a_reader_is_told_when_its_blob_goes(store: s_blobs.LmdbStore) -> None:
    byts = os.urandom(3 * MIB)
    await store.put([(sha(byts), byts)])
    parts = store.read(sha(byts), 0, len(byts), MIB)
    assert await anext(parts) == byts[:MIB]
    await store.delete(sha(byts))
    with pytest.raises(s_exc.NoSuchFile):
        await anext(parts)


async def test_recovery_keeps_what_is_known(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / 'blobs.lmdb')
    known, unknown, empty, half = b'known', os.urandom(2 * MIB), b'', os.urandom(5 * MIB)
    async with await s_blobs.LmdbStore.anit(path) as store:
        await store.put([(sha(byts), byts) for byts in (known, unknown, empty)])
        upload = await store.upload()
        await upload.write(half)
    async with await s_blobs.LmdbStore.anit(path) as store:
        assert await store.recover(lambda sha256: sha256 == sha(known)) == 3
        assert [row async for row in store.hashes()] == [(sha(known), len(known))]
        with store.env.reading() as xact:
            assert xact.stat(db=store.env.dbs['pieces'])['entries'] == 1
    async with await s_blobs.LmdbStore.anit(path) as store:
        assert await store.recover(lambda sha256: True) == 1 - 1
        assert await read(store, known) == known


async def test_a_blob_may_come_back_before_its_removal(store: s_blobs.LmdbStore) -> None:
    byts = os.urandom(2 * MIB)
    await store.put([(sha(byts), byts)])
    await store.put([(sha(byts), byts)])
    assert await read(store, byts) == byts
    with store.env.reading() as xact:
        assert xact.stat(db=store.env.dbs['pieces'])['entries'] == 2


async def test_an_aborted_upload_leaves_nothing(store: s_blobs.LmdbStore) -> None:
    upload = await store.upload()
    task = asyncio.create_task(upload.write(os.urandom(9 * MIB)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await upload.abort()
    with store.env.reading() as xact:
        assert [xact.stat(db=store.env.dbs[name])['entries'] for name in ('pieces', 'pending')] == [0, 0]


async def test_many_writers_share_transactions(store: s_blobs.LmdbStore) -> None:
    blobs = [str(indx).encode() for indx in range(200)]
    before = store.env.env.info()['last_txnid']
    await asyncio.gather(*(store.put([(sha(byts), byts)]) for byts in blobs))
    assert store.env.env.info()['last_txnid'] - before < 20
    assert [await read(store, byts) for byts in blobs] == blobs


async def test_a_full_disk_is_told_before_anything_is_written(
    store: s_blobs.LmdbStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_DISK_RESERVE', 1 << 62)
    with pytest.raises(s_exc.DbOutOfSpace):
        await store.put([(sha(b'x'), b'x')])
    monkeypatch.undo()
    await store.put([(sha(b'x'), b'x')])


async def test_the_map_grows_between_readers(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'BLOB_MAP_ROOM', s_limits.SLAB_MAP_LOW)
    monkeypatch.setattr(s_limits, 'SLAB_MAP_ROOM', s_limits.SLAB_MAP_LOW * 2)
    async with await s_blobs.LmdbStore.anit(str(tmp_path / 'blobs.lmdb')) as store:
        size = store.env.env.info()['map_size']
        byts = os.urandom(4 * MIB)
        await store.put([(sha(byts), byts)])
        assert store.env.env.info()['map_size'] > size
        assert await read(store, byts) == byts


async def test_no_blob_names_the_hash() -> None:
    exc = s_blobs.no_blob(b'\x01' * 32)
    assert exc.get('sha256') == '01' * 32
