"""Files that are not whole are refused by name, and left as they are."""

from __future__ import annotations

import os
import pathlib

import pytest

import synapse.exc as s_exc
import synapse.lib.slab as s_slab
import synapse.lib.slab.check as s_check


@pytest.fixture
def path(tmp_path: pathlib.Path) -> str:
    path = str(tmp_path / 'test.lmdb')
    slab = s_slab.Slab.open(path)
    kv = s_slab.KeyVal(slab, 'kv')
    for indx in range(1000):
        kv.set(f'{indx}', 'x' * 100)
    slab.close()
    return path


@pytest.mark.parametrize('size', [0, 1, 100, 4096, 8192, 9000, 20000, 40960])
def test_a_truncated_file_is_refused(path: str, size: int) -> None:
    data = s_check.data_path(path)
    os.truncate(data, size)
    with pytest.raises(s_exc.BadCoreStore) as cm:
        s_slab.Slab.open(path)
    assert data in cm.value.get('mesg')
    assert os.path.getsize(data) == size


def test_a_missing_file_is_refused(path: str) -> None:
    os.unlink(s_check.data_path(path))
    with pytest.raises(s_exc.BadCoreStore):
        s_slab.Slab.open(path)
    assert not os.path.exists(s_check.data_path(path))


@pytest.mark.parametrize('offs', [0, 16])
def test_a_file_that_is_not_lmdb_is_refused(path: str, offs: int) -> None:
    with open(s_check.data_path(path), 'r+b') as file:
        file.seek(offs)
        file.write(b'garbage!' * 1024)
    with pytest.raises(s_exc.BadCoreStore):
        s_slab.Slab.open(path)


def test_a_file_without_its_unused_last_pages_is_fine(path: str) -> None:
    # LMDB need not write a page that it took from the end and gave back in one transaction
    slab = s_slab.Slab.open(path)
    kv = s_slab.KeyVal(slab, 'kv')
    before = slab.used_bytes()
    for indx in range(500):
        kv.set('big', 'x' * 100 * indx)
    kv.pop('big')
    slab.close()
    slab = s_slab.Slab.open(path)
    assert slab.used_bytes() >= before
    data = s_check.data_path(path)
    assert s_slab.KeyVal(slab, 'kv').get('999') == 'x' * 100
    slab.close()
    copy = f'{path}.copy'
    os.mkdir(copy)
    with open(data, 'rb') as src, open(s_check.data_path(copy), 'wb') as dst:
        dst.write(src.read())
    s_check.check(copy)
