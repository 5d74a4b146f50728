"""The room of removed blobs: given back, but not under somebody who copies, and not before the database forgot them."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

import synapse.lib.blobs as s_blobs
import synapse.lib.limits as s_limits
import tests.lib.blobs.stores as t_stores

MIB = 1024 * 1024
sha = t_stores.sha


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tidied but on demand; a pack has three blobs."""
    monkeypatch.setattr(s_limits, 'BLOB_TIDY_SECS', 3600)
    monkeypatch.setattr(s_limits, 'BLOB_PACK', 4 * MIB)


async def fill(store: s_blobs.PackStore, count: int, size: int = MIB) -> list[bytes]:
    blobs = [os.urandom(size) for _ in range(count)]
    for byts in blobs:
        await store.put([(sha(byts), byts)])
        store.confirm([sha(byts)])
    store.slab.commit()
    return blobs


async def drop(store: s_blobs.PackStore, blobs: list[bytes]) -> None:
    for byts in blobs:
        await store.delete(sha(byts))


async def test_a_file_goes_when_the_database_forgot_it(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        [blob] = await fill(store, 1, 9 * MIB)
        await drop(store, [blob])
        assert not await store.has(sha(blob))
        await store.tidy.tidy()
        assert 9 * MIB in t_stores.usage(store)
        store.slab.commit()
        await store.tidy.tidy()
        assert 9 * MIB not in t_stores.usage(store)


async def test_an_empty_pack_goes(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        blobs = await fill(store, 7)
        assert len(t_stores.packs(store)) == 3
        await drop(store, blobs)
        store.slab.commit()
        await store.tidy.tidy()
        assert len(t_stores.packs(store)) == 1  # the one that is being written
        assert [row async for row in store.hashes()] == []


async def test_a_pack_that_is_half_empty_is_emptied(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        blobs = await fill(store, 4)
        first = t_stores.packs(store)[0]
        await drop(store, blobs[:2])
        await store.tidy.tidy()
        assert first.exists()
        assert await t_stores.read(store, blobs[2]) == blobs[2]
        store.slab.commit()
        t_stores.crash(tmp_path)
        await store.tidy.tidy()
        assert not first.exists()
        assert [await t_stores.read(store, byts) for byts in blobs[2:]] == blobs[2:]
    async with t_stores.opened(tmp_path / 'crash') as store:
        assert await store.recover(lambda sha256: True) == 0
        await store.tidy.tidy()
        assert [await t_stores.read(store, byts) for byts in blobs[2:]] == blobs[2:]
        assert first.name not in [path.name for path in t_stores.packs(store)]


async def test_a_crash_while_a_pack_is_emptied_loses_nothing(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        blobs = await fill(store, 4)
        await drop(store, blobs[:2])
        await store.tidy.tidy()  # moved, but not committed
        t_stores.crash(tmp_path)
    async with t_stores.opened(tmp_path / 'crash') as store:
        await store.recover(lambda sha256: True)
        assert [await t_stores.read(store, byts) for byts in blobs] == blobs
        assert len([row async for row in store.hashes()]) == 4


async def test_a_copy_in_this_process_holds_everything(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        [blob] = await fill(store, 1, 9 * MIB)
        with store.slab.snapshot():
            await drop(store, [blob])
            store.slab.commit()
            await store.tidy.tidy()
            assert 9 * MIB in t_stores.usage(store)
        await store.tidy.tidy()
        assert 9 * MIB not in t_stores.usage(store)


COPIER = """
import sys
import synapse.lib.slab.snapshot as s_snapshot
with s_snapshot.open_foreign(sys.argv[1]):
    print('ready', flush=True)
    sys.stdin.readline()
    if sys.argv[2] == 'die':
        import os
        os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize('how', ['end', 'die'])
async def test_a_copy_in_another_process_holds_everything(tmp_path: pathlib.Path, how: str) -> None:
    async with t_stores.opened(tmp_path) as store:
        [blob] = await fill(store, 1, 9 * MIB)
        args = [sys.executable, '-c', COPIER, store.slab.path, how]
        root = str(pathlib.Path(__file__).resolve().parents[3])
        proc = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        assert proc.stdout is not None and proc.stdout.readline() == b'ready\n'
        await drop(store, [blob])
        store.slab.commit()
        await store.tidy.tidy()
        assert 9 * MIB in t_stores.usage(store)
        proc.communicate(b'\n')
        await store.tidy.tidy()
        assert 9 * MIB not in t_stores.usage(store)


async def test_a_blob_may_come_back_before_its_removal(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        [blob] = await fill(store, 1, 9 * MIB)
        await store.put([(sha(blob), blob)])
        store.confirm([sha(blob)])
        store.slab.commit()
        assert await t_stores.read(store, blob) == blob
        store.tidy.note(0)
        store.tidy.note(1)
        await store.tidy.tidy()
        assert [size for size in t_stores.usage(store) if size == len(blob)] == [len(blob)]
        assert await t_stores.read(store, blob) == blob


async def test_numbers_are_never_used_twice(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        await drop(store, await fill(store, 1, 9 * MIB))
        store.slab.commit()
        await store.tidy.tidy()
        numb = store.index.numb
    async with t_stores.opened(tmp_path) as store:
        assert store.index.numb == numb


async def test_places_without_a_name_are_room(tmp_path: pathlib.Path) -> None:
    async with t_stores.opened(tmp_path) as store:
        for _ in range(7):
            upload = await store.upload(MIB)
            await upload.write(os.urandom(MIB))
            await upload.abort()
        assert len(t_stores.packs(store)) == 3
        store.slab.commit()
        await store.tidy.tidy()
        assert len(t_stores.packs(store)) == 1
        [blob] = await fill(store, 1)
        assert await t_stores.read(store, blob) == blob
