"""The service directory: iden, lock, scratch space, backup directory (cell.md 3)."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.layout as s_layout

TRY_LOCK = """
import fcntl, sys
file = open(sys.argv[1], 'r+')
try:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print('free')
except OSError:
    print('taken')
"""


def lock_state(path: pathlib.Path) -> str:
    command = [sys.executable, '-c', TRY_LOCK, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_new_directory_gets_an_iden(tmp_path: pathlib.Path) -> None:
    layout = s_layout.Layout(str(tmp_path / 'new'), 'cell')
    layout.lock()
    iden = layout.load_iden()
    assert layout.inaugural and s_common.isguid(iden)
    assert (tmp_path / 'new').stat().st_mode & 0o777 == 0o700
    assert lock_state(tmp_path / 'new' / 'cell.guid') == 'taken'
    layout.unlock()
    assert lock_state(tmp_path / 'new' / 'cell.guid') == 'free'
    assert (tmp_path / 'new' / 'cell.guid').read_text() == iden
    again = s_layout.Layout(str(tmp_path / 'new'), 'cell')
    again.lock()
    assert again.load_iden('ab' * 16) == iden and not again.inaugural
    again.unlock()


def test_second_cell_in_one_process(tmp_path: pathlib.Path) -> None:
    one = s_layout.Layout(str(tmp_path), 'foo')
    two = s_layout.Layout(f'{tmp_path}/../{tmp_path.name}', 'foo')
    one.lock()
    with pytest.raises(s_exc.FatalErr) as info:
        two.lock()
    assert info.value.get('mesg') == 'Cannot start the foo, another process is already running it.'
    one.unlock()
    two.lock()
    two.unlock()


def test_damaged_iden(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.guid').write_text('newp')
    layout = s_layout.Layout(str(tmp_path), 'cell')
    layout.lock()
    with pytest.raises(s_exc.BadCoreStore):
        layout.load_iden()
    layout.unlock()
    assert (tmp_path / 'cell.guid').read_text() == 'newp'


def test_scratch_is_emptied(tmp_path: pathlib.Path) -> None:
    for name in ('tmp', 'sockets'):
        (tmp_path / name / 'sub').mkdir(parents=True)
        (tmp_path / name / 'sub' / 'file').write_text('x')
        (tmp_path / name / 'link').symlink_to(tmp_path)
    s_layout.Layout(str(tmp_path), 'cell').make_dirs()
    assert not os.listdir(tmp_path / 'tmp') and not os.listdir(tmp_path / 'sockets')
    assert sorted(os.listdir(tmp_path)) == ['certs', 'slabs', 'sockets', 'tmp']


def test_backup_directory(tmp_path: pathlib.Path) -> None:
    layout = s_layout.Layout(str(tmp_path / 'a'), 'cell')
    assert layout.backup_dir(None) == str(tmp_path / 'a' / 'backups')
    assert layout.backup_dir(str(tmp_path / 'ab')) == str(tmp_path / 'ab')
    (tmp_path / 'link').symlink_to(tmp_path / 'a')
    for inside in ('a', 'a/b', 'link/b'):
        with pytest.raises(s_exc.BadConfValu) as info:
            layout.backup_dir(str(tmp_path / inside))
        assert info.value.get('mesg') == 'backup:dir must not be within the service directory'


async def test_cell_holds_the_lock_to_the_end(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        await cell.backups.run('one')
        assert lock_state(tmp_path / 'cell.guid') == 'taken'
        with pytest.raises(s_exc.FatalErr):
            await s_cell.Cell.anit(str(tmp_path))
        assert lock_state(tmp_path / 'cell.guid') == 'taken'
    assert lock_state(tmp_path / 'cell.guid') == 'free'


async def test_failed_start_leaves_the_directory_free(tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.BadConfValu):
        await s_cell.Cell.anit(str(tmp_path), conf={'backup:dir': str(tmp_path / 'x')})
    async with await s_cell.Cell.anit(str(tmp_path), conf={'cell:guid': 'ab' * 16}) as cell:
        assert cell.inaugural and cell.iden == 'ab' * 16


def test_disk_usage(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'a').mkdir()
    (tmp_path / 'a' / 'x').write_bytes(b'x' * 10000)
    (tmp_path / 'y').write_bytes(b'y' * 500)
    real, apparent = s_layout.disk_usage(str(tmp_path))
    dirsize = (tmp_path / 'a').stat().st_size
    assert apparent == 10500 + dirsize and real >= 10000
    assert s_layout.disk_usage(str(tmp_path), (str(tmp_path / 'a'),))[1] == 500 + dirsize
