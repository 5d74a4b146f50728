"""Consistent copies: of our own slab while it is written, and of a slab of another process."""

from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import sys

import pytest

import synapse.exc as s_exc
import synapse.lib.slab as s_slab
import synapse.lib.slab.snapshot as s_snapshot


async def test_a_copy_holds_the_moment_of_its_snapshot(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'src.lmdb'))
    kv = s_slab.KeyVal(slab, 'kv')
    kv.set('a', 1)
    slab.indx = 5
    slab.commit()
    with slab.snapshot() as snap:
        assert snap.indx == 5
        kv.set('a', 2)
        slab.indx = 6
        slab.commit()
        await snap.copy(str(tmp_path / 'dst.lmdb'))
    with pytest.raises(s_exc.IsFini):
        await snap.copy(str(tmp_path / 'dst2.lmdb'))
    slab.close()
    assert os.listdir(tmp_path / 'dst.lmdb') == ['data.mdb']
    copy = s_slab.Slab.open(str(tmp_path / 'dst.lmdb'))
    assert copy.indx == 5 and s_slab.KeyVal(copy, 'kv').get('a') == 1
    copy.close()


async def test_a_copy_is_compact(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'src.lmdb'))
    kv = s_slab.KeyVal(slab, 'kv')
    for indx in range(2000):
        kv.set(f'{indx}', 'x' * 1000)
    slab.commit()
    kv.drop_prefix('')
    slab.commit()
    await slab.backup(str(tmp_path / 'dst.lmdb'))
    slab.close()
    sizes = [os.path.getsize(tmp_path / name / 'data.mdb') for name in ('src.lmdb', 'dst.lmdb')]
    assert sizes[0] > 2_000_000 and sizes[1] < 100_000


async def test_a_cancelled_copy_ends_before_its_transaction(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'src.lmdb'))
    s_slab.KeyVal(slab, 'kv').set('a', 'x' * 1_000_000)
    slab.commit()
    task = asyncio.create_task(slab.backup(str(tmp_path / 'dst.lmdb')))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not slab.snaps
    slab.close()


WRITER = """
import sys
import synapse.lib.slab as s_slab
slab = s_slab.Slab.open(sys.argv[1])
kv = s_slab.KeyVal(slab, 'kv')
print('ready', flush=True)
while True:
    slab.indx += 1
    for name in 'abcdefgh':
        kv.set(name, [slab.indx] * 100)
    slab.commit()
"""


def test_a_slab_that_another_process_writes_is_copied_whole(tmp_path: pathlib.Path) -> None:
    src = str(tmp_path / 'src.lmdb')
    proc = subprocess.Popen([sys.executable, '-c', WRITER, src], stdout=subprocess.PIPE)
    try:
        assert proc.stdout is not None and proc.stdout.readline() == b'ready\n'
        for indx in range(10):
            dst = str(tmp_path / f'dst{indx}.lmdb')
            with s_snapshot.open_foreign(src) as snap:
                snap.copy_sync(dst)
            slab = s_slab.Slab.open(dst)
            assert slab.indx == max(snap.indx, 0)
            assert all(valu == (slab.indx,) * 100 for _, valu in s_slab.KeyVal(slab, 'kv').items())
            slab.close()
    finally:
        proc.kill()
        proc.wait()
        proc.stdout and proc.stdout.close()


def test_a_foreign_directory_that_is_no_slab_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.BadCoreStore):
        s_snapshot.open_foreign(str(tmp_path))


async def test_a_copy_of_many_duplicates(tmp_path: pathlib.Path) -> None:
    """One release of the store crashed here: keys with more values than a page holds, all of one size."""
    slab = s_slab.Slab.open(str(tmp_path / 'src.lmdb'))
    db = slab.db('dups', dupsort=True, dupfixed=True)
    rows = [
        (key, numb.to_bytes(8, 'big')) for key in (b'few', b'many') for numb in range(5000 if key == b'many' else 3)
    ]
    with slab.xact.cursor(db=db) as curs:
        curs.putmulti(rows, dupdata=True)
    slab.mark_dirty(1)
    slab.commit()
    await slab.backup(str(tmp_path / 'dst.lmdb'))
    slab.close()
    copy = s_slab.Slab.open(str(tmp_path / 'dst.lmdb'))
    with copy.xact.cursor(db=copy.db('dups', dupsort=True, dupfixed=True)) as curs:
        assert list(curs.iternext(keys=True, values=True)) == rows
    copy.close()
