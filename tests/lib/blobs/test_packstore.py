"""The default store by itself: packs, files, ranges, what a crash leaves, what becomes of room."""

from __future__ import annotations

import asyncio
import os
import pathlib
import shutil
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.blobs as s_blobs
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import tests.lib.blobs.stores as t_stores

MIB = 1024 * 1024
SIZES = [0, 1, MIB - 1, MIB, 9 * MIB + 7]

sha = t_stores.sha
read = t_stores.read


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_blobs.PackStore]:
    async with t_stores.opened(tmp_path) as store:
        yield store


@pytest.mark.parametrize('size', SIZES)
async def test_a_blob_comes_back_whole_and_in_ranges(store: s_blobs.PackStore, size: int) -> None:
    byts = os.urandom(size)
    await store.put([(sha(byts), byts)])
    assert await store.has(sha(byts))
    for step in (1000003, MIB, 16 * MIB):
        assert await read(store, byts, step=step) == byts
    for offs, count in ((0, size), (size // 2, size // 4), (max(size - 5, 0), min(size, 5))):
        assert await read(store, byts, offs, count) == byts[offs : offs + count]


@pytest.mark.parametrize('sizes', [[], [0], [5], [MIB, 1], [3, MIB - 3, MIB, 17], [9 * MIB + 1, 5]])
async def test_an_upload_is_the_same_in_any_portions(store: s_blobs.PackStore, sizes: list[int]) -> None:
    parts = [os.urandom(size) for size in sizes]
    byts = b''.join(parts)
    upload = await store.upload()
    for part in parts:
        await upload.write(part)
    await upload.finish(sha(byts))
    await upload.abort()  # too late
    assert await read(store, byts) == byts
    assert [row async for row in store.hashes()] == [(sha(byts), len(byts))]


@pytest.mark.parametrize('size', SIZES)
async def test_an_upload_of_known_size(store: s_blobs.PackStore, size: int) -> None:
    byts = os.urandom(size)
    upload = await store.upload(size)
    await upload.write(byts)
    await upload.finish(sha(byts))
    assert await read(store, byts) == byts


async def test_an_upload_of_known_size_keeps_its_word(store: s_blobs.PackStore) -> None:
    upload = await store.upload(3)
    with pytest.raises(s_exc.BadArg):
        await upload.write(b'four')
    await upload.write(b'abc')
    with pytest.raises(s_exc.BadArg):
        await upload.write(b'abc')
    await upload.abort()
    assert not await store.has(sha(b'abc'))


async def test_small_and_large_records_follow_each_other(tmp_path: pathlib.Path) -> None:
    blobs = [b'small', os.urandom(300_000), b'', os.urandom(4096), b'x' * 4096, os.urandom(8192), b'last']
    async with t_stores.opened(tmp_path) as store:
        for byts in blobs:
            if len(byts) % 2:
                await store.put([(sha(byts), byts)])
                continue
            upload = await store.upload(len(byts))
            await upload.write(byts)
            await upload.finish(sha(byts))
        t_stores.crash(tmp_path)
        assert [await read(store, byts) for byts in blobs] == blobs
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert await store.recover(lambda sha256: True) == 0
        assert [await read(store, byts) for byts in blobs] == blobs


async def test_without_direct_writes(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: typing.Any, flags: int, *args: typing.Any) -> int:
        if flags & os.O_DIRECT:
            raise OSError(22, 'Invalid argument')
        return real(path, flags, *args)

    monkeypatch.setattr(os, 'open', refuse)
    async with t_stores.opened(tmp_path) as store:
        for size in (5000, 9 * MIB + 3):
            byts = os.urandom(size)
            upload = await store.upload(size)
            await upload.write(byts)
            await upload.finish(sha(byts))
            assert await read(store, byts) == byts


async def test_blobs_on_their_way_do_not_hide_those_behind(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        upload = await store.upload(MIB)
        await upload.write(os.urandom(MIB))
        await store.put([(sha(b'behind'), b'behind')])
        t_stores.crash(tmp_path)
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert await store.recover(lambda sha256: True) == 0
        assert await read(store, b'behind') == b'behind'


async def test_recovery_keeps_what_is_known(tmp_path: pathlib.Path) -> None:
    known, unknown, empty, half, big = b'known', os.urandom(2 * MIB), b'', os.urandom(5 * MIB), os.urandom(9 * MIB)
    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(byts), byts) for byts in (known, unknown, empty, big)])
        upload = await store.upload()
        await upload.write(half)
        t_stores.crash(tmp_path)
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert await store.recover(lambda sha256: sha256 in (sha(known), sha(big))) == 3
        assert {row async for row in store.hashes()} == {(sha(known), len(known)), (sha(big), len(big))}
        assert await read(store, big) == big
        store.slab.commit()
        await store.tidy.tidy()
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert await store.recover(lambda sha256: True) == 0
        assert await read(store, known) == known


@pytest.mark.parametrize('cut', [1, 40, 64, 70, 84])
async def test_a_torn_end_takes_nothing_else_with_it(tmp_path: pathlib.Path, cut: int) -> None:
    first, last = os.urandom(1000), os.urandom(20)
    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(first), first)])
        await store.put([(sha(last), last)])
        [path] = t_stores.packs(store)
        t_stores.crash(tmp_path)
    path = tmp_path / 'crash' / 'blobs' / path.name
    os.truncate(path, s_packfile.START + 2 * s_packfile.HEAD + 1020 - cut)
    async with t_stores.opened(tmp_path / 'crash') as store:
        await store.recover(lambda sha256: True)
        assert await read(store, first) == first
        assert await store.has(sha(last)) is False
        await store.put([(sha(last), last)])
        assert await read(store, last) == last


async def test_a_record_without_its_content_is_nothing(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(b'a' * 99), b'a' * 99), (sha(b'b' * 99), b'b' * 99)])
        [path] = t_stores.packs(store)
        t_stores.crash(tmp_path)
    path = tmp_path / 'crash' / 'blobs' / path.name
    with open(path, 'r+b') as file:  # pages of one write reach the disk in any order
        file.seek(s_packfile.START + s_packfile.HEAD)
        file.write(bytes(99))
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert not await store.has(sha(b'a' * 99))
        assert await read(store, b'b' * 99) == b'b' * 99


async def test_the_index_is_read_not_the_packs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(b'x'), b'x')])
        store.confirm([sha(b'x')])
    scanned: list[typing.Any] = []
    scan = s_packfile.scan
    monkeypatch.setattr(s_packfile, 'scan', lambda *args: [scanned.append(row) or row for row in scan(*args)])
    async with t_stores.opened(tmp_path) as store:
        assert await read(store, b'x') == b'x'
        assert scanned == []
        await store.put([(sha(b'y'), b'y')])
        assert len(t_stores.packs(store)) == 1


async def test_many_writers_share_syncs(store: s_blobs.PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    fdatasync = os.fdatasync
    monkeypatch.setattr(os, 'fdatasync', lambda fd: syncs.append(fd) or fdatasync(fd))
    blobs = [str(indx).encode() for indx in range(200)]
    await asyncio.gather(*(store.put([(sha(byts), byts)]) for byts in blobs))
    assert len(syncs) < 50
    assert [await read(store, byts) for byts in blobs] == blobs


async def test_packs_are_closed_at_their_size(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'BLOB_PACK', 3 * MIB)
    monkeypatch.setattr(s_limits, 'BLOB_BATCH', MIB)
    monkeypatch.setattr(s_limits, 'BLOB_FILES', 2)
    blobs = [os.urandom(MIB) for _ in range(9)]
    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(byts), byts) for byts in blobs])
        assert len(t_stores.packs(store)) == 5
        assert [await read(store, byts) for byts in blobs] == blobs
    async with t_stores.opened(tmp_path) as store:
        assert [await read(store, byts) for byts in blobs] == blobs


async def test_a_full_disk_is_told_before_anything_is_written(
    store: s_blobs.PackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_DISK_RESERVE', 1 << 62)
    with pytest.raises(s_exc.DbOutOfSpace):
        await store.put([(sha(b'x'), b'x')])
    upload = await store.upload()
    with pytest.raises(s_exc.DbOutOfSpace):
        await upload.write(b'x')
    monkeypatch.undo()
    await store.put([(sha(b'x'), b'x')])


async def test_after_a_write_that_failed_a_new_pack_begins(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = s_packfile.write_all

    def fail(fd: int, parts: typing.Any, pos: int) -> None:
        if b'no' in parts:
            raise OSError(28, 'No space left on device')
        write(fd, parts, pos)

    async with t_stores.opened(tmp_path) as store:
        await store.put([(sha(b'a'), b'a')])
        monkeypatch.setattr(s_packfile, 'write_all', fail)
        puts = [store.put([(sha(byts), byts)]) for byts in (b'no', b'behind')]
        retns = await asyncio.gather(*puts, return_exceptions=True)
        assert isinstance(retns[0], s_exc.DbOutOfSpace)
        # the other one was to come behind it, or found out in time
        kept = [b'a', b'b'] if isinstance(retns[1], s_exc.DbOutOfSpace) else [b'a', b'b', b'behind']
        await store.put([(sha(b'b'), b'b')])
        assert len(t_stores.packs(store)) == 2
        t_stores.crash(tmp_path)
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert sorted([row async for row in store.hashes()]) == sorted([(sha(byts), len(byts)) for byts in kept])


async def test_a_failed_sync_is_final(store: s_blobs.PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.put([(sha(b'a'), b'a')])

    def fail(fd: int) -> None:
        raise OSError(5, 'Input/output error')

    monkeypatch.setattr(os, 'fdatasync', fail)
    with pytest.raises(s_exc.FatalErr):
        await store.put([(sha(b'b'), b'b')])
    monkeypatch.undo()
    with pytest.raises(s_exc.FatalErr):
        await store.put([(sha(b'c'), b'c')])
    assert await read(store, b'a') == b'a'
    assert not await store.has(sha(b'b'))


async def test_an_aborted_upload_leaves_nothing(store: s_blobs.PackStore) -> None:
    upload = await store.upload()
    task = asyncio.create_task(upload.write(os.urandom(9 * MIB)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await upload.abort()
    assert t_stores.usage(store) == []


async def test_a_reader_is_told_when_its_blob_goes(store: s_blobs.PackStore) -> None:
    byts = os.urandom(3 * MIB)
    await store.put([(sha(byts), byts)])
    parts = store.read(sha(byts), 0, len(byts), MIB)
    assert await anext(parts) == byts[:MIB]
    await store.delete(sha(byts))
    with pytest.raises(s_exc.NoSuchFile):
        await anext(parts)


async def test_a_missing_or_short_file_is_a_missing_blob(store: s_blobs.PackStore) -> None:
    byts, small = os.urandom(9 * MIB), b'small'
    await store.put([(sha(byts), byts), (sha(small), small)])
    for path in pathlib.Path(store.dirn).iterdir():
        os.truncate(path, 70)
    for blob in (byts, small):
        with pytest.raises(s_exc.NoSuchFile):
            await read(store, blob)
    shutil.rmtree(store.dirn)
    store.files._files.clear()
    with pytest.raises(s_exc.NoSuchFile):
        await read(store, small)


async def test_no_blob_names_the_hash() -> None:
    exc = s_blobs.no_blob(b'\x01' * 32)
    assert exc.get('sha256') == '01' * 32


async def test_a_record_is_where_it_belongs() -> None:
    """The content of a blob may hold anything, a record for another place included."""
    here = s_packfile.head(7, 64, s_packfile.PACKED, 1, sha(b'x'))
    assert here != s_packfile.head(7, 128, s_packfile.PACKED, 1, sha(b'x'))
    assert s_slab.free_bytes('/') > 0 and len(here) == s_packfile.HEAD
