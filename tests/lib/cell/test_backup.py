"""Live backups, streams, offline backups: what is in them, and that they start as a service (cell.md 8)."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import io
import logging
import os
import pathlib
import shutil
import socket
import tarfile
import typing

import pytest
import pytest_asyncio

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.archive as s_archive
import synapse.lib.cell.backup as s_backup
import synapse.lib.cell.copydir as s_copydir
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_serving
import tests.waiting as t_waiting

Usage = collections.namedtuple('Usage', 'total used free')


@pytest_asyncio.fixture
async def cell(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cell.Cell]:
    async with await s_cell.Cell.anit(str(tmp_path / 'cell')) as cell:
        yield cell


def tree(path: str) -> list[str]:
    return sorted(os.path.relpath(os.path.join(top, name), path) for top, _, names in os.walk(path) for name in names)


@contextlib.contextmanager
def bad_arg(mesg: str) -> typing.Iterator[None]:
    with pytest.raises(s_exc.BadArg) as info:
        yield
    assert info.value.get('mesg') == mesg


async def test_backup_is_a_service(cell: s_cell.Cell, root: typing.Any) -> None:
    user = await root.addUser('visi')
    (pathlib.Path(cell.dirn) / 'cell.yaml').write_text('---\nmax:users: 5\n...\n')
    for name in ('tmp/scratch', 'deep/tmp/scratch', 'backups/junk', 'deep/keep', 'certs/cas/ca.crt'):
        path = pathlib.Path(cell.dirn) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    name = await root.runBackup()
    assert len(name) == 14 and name.isdigit()
    path = cell.backups.path(name)
    assert tree(path) == [
        'cell.guid',
        'cell.yaml',
        'certs/cas/ca.crt',
        'cookie.secret',
        'deep/keep',
        'slabs/cell.lmdb/data.mdb',
        'slabs/nexuslog/seqn0000000000000000.nexs',
        'slabs/nexuslog/state.json',
    ]
    await root.addUser('late')
    async with await s_cell.Cell.anit(path) as copy:
        assert copy.iden == cell.iden and copy.conf['max:users'] == 5
        assert copy.auth.reqUserByName('visi').iden == user['iden'] and not copy.auth.getUserByName('late')
        assert copy.auth.rootuser.iden == cell.auth.rootuser.iden and not copy.inaugural


async def test_names(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    assert await root.runBackup('sub/x') == 'sub/x'
    assert await root.runBackup('y', wait=False) == 'y'
    while (await root.getBackupInfo())['currduration'] is not None:
        await asyncio.sleep(0.01)
    assert await root.getBackups() == ('sub/x', 'y')
    with bad_arg('Backup with name already exists'):
        await root.runBackup('y')
    for name in ('../../x', '..', '/tmp/x', '.', ''):
        with bad_arg('Directory traversal detected'):
            await root.runBackup(name)
        with bad_arg('Directory traversal detected'):
            await root.delBackup(name)
    with bad_arg('Specified backup path has no cell.guid file.'):
        await root.delBackup('newp')
    await root.delBackup('sub/x')
    assert await root.getBackups() == ('y',)
    assert not (tmp_path / 'x').exists() and not (tmp_path / 'cell' / 'backups' / 'sub' / 'x').exists()


async def test_info(cell: s_cell.Cell, root: typing.Any) -> None:
    assert set((await root.getBackupInfo()).values()) == {None}
    await root.runBackup('x')
    info = await root.getBackupInfo()
    assert info['laststart'] <= info['lastend'] and info['lastduration'] >= 0 and info['lastsize'] > 1000
    assert info['currduration'] is None and info['lastexception'] is None


async def test_failure_leaves_nothing(
    cell: s_cell.Cell, root: typing.Any, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    def fail(*args: typing.Any) -> None:
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(s_copydir, 'copy_rest', fail)
    with pytest.raises(s_exc.SynErr) as info:
        await root.runBackup('x')
    assert info.value.get('errx') == 'OSError'
    last = (await root.getBackupInfo())['lastexception']
    assert last['err'] == 'OSError' and 'No space left' in last['errmsg']
    assert os.listdir(cell.backups.dirn) == [] and not cell.nexsroot.slabs.slabs[0].snaps
    monkeypatch.undo()
    await root.runBackup('x')
    assert (await root.getBackupInfo())['lastexception'] is None


async def test_leftovers_of_a_killed_process(cell: s_cell.Cell, root: typing.Any) -> None:
    stale = pathlib.Path(cell.backups.dirn) / f'x.{cell.iden}.partial'
    other = pathlib.Path(cell.backups.dirn) / f'x.{"ab" * 16}.partial'
    for path in (stale, other):
        path.mkdir()
        (path / 'cell.guid').write_text('x')
    await root.runBackup('x')
    assert await root.getBackups() == ('x',) and other.exists() and not stale.exists()


async def test_needs_room(cell: s_cell.Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, 'disk_usage', lambda path: Usage(1000000, 0, 5000))
    with pytest.raises(s_exc.LowSpace) as info:
        await cell.backups.run('x')
    mesg = info.value.get('mesg')
    assert mesg.startswith(f'Insufficient free space on {cell.backups.dirn} to run a backup (5000 bytes free, ')
    assert not cell.backups.running


class Gate:
    """Holds the copying of a backup until opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entered, self.opened = asyncio.Event(), asyncio.Event()
        real = s_backup.Backups._copy

        async def copy(backups: s_backup.Backups, dstdir: str) -> None:
            with await backups.cell.nexsroot.snapshot():
                self.entered.set()
                await self.opened.wait()
            await real(backups, dstdir)

        monkeypatch.setattr(s_backup.Backups, '_copy', copy)


async def test_one_at_a_time_and_writers_go_on(
    cell: s_cell.Cell, root: typing.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    run = asyncio.ensure_future(root.runBackup('x'))
    await gate.entered.wait()
    with pytest.raises(s_exc.BackupAlreadyRunning) as info:
        await root.runBackup('y')
    assert info.value.get('mesg') == 'Another backup is already running'
    for call, verb in ((root.rotateNexsLog(), 'rotate'), (root.cullNexsLog(0), 'cull')):
        with pytest.raises(s_exc.SlabInUse) as busy:
            await call
        assert busy.value.get('mesg') == f'Cannot {verb} Nexus log while a backup is running'
    assert await asyncio.wait_for(root.addUser('visi'), 5)
    assert [task['name'] for task in await root.ps()] == ['backup']
    assert (await root.getBackupInfo())['currduration'] >= 0
    gate.opened.set()
    assert await run == 'x' and await root.ps() == ()


async def test_killed_backup(cell: s_cell.Cell, root: typing.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    run = asyncio.ensure_future(root.runBackup('x'))
    await gate.entered.wait()
    (task,) = await root.ps()
    assert await root.kill(task['iden']) is True
    with pytest.raises(s_exc.SynErr):
        await run
    assert await root.getBackups() == () and os.listdir(cell.backups.dirn) == []
    assert not cell.backups.running and (await root.getBackupInfo())['lastexception']['err'] == 'CancelledError'


async def test_backup_survives_its_caller(cell: s_cell.Cell, root: typing.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    async with await s_telepath.openurl(cell.getLocalUrl()) as proxy:
        run = asyncio.ensure_future(proxy.runBackup('x'))
        await gate.entered.wait()
        run.cancel()
        await asyncio.wait([run])
    gate.opened.set()
    await t_waiting.until(lambda: not cell.backups.running)
    assert await root.getBackups() == ('x',)


async def collect(items: typing.AsyncIterator[bytes]) -> bytes:
    return b''.join([byts async for byts in items])


async def test_streams(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    with bad_arg('Specified backup path has no cell.guid file.'):
        await collect(root.iterBackupArchive('newp'))
    await root.runBackup('sub/x')
    byts = await collect(root.iterBackupArchive('sub/x'))
    with tarfile.open(fileobj=io.BytesIO(byts), mode='r:gz') as tar:
        names = tar.getnames()
        tar.extractall(tmp_path, filter='data')
    assert 'x/cell.guid' in names and 'x/slabs/cell.lmdb/data.mdb' in names
    async with await s_cell.Cell.anit(str(tmp_path / 'x')) as copy:
        assert copy.iden == cell.iden
    assert len(await collect(root.iterNewBackupArchive('new', remove=True))) > 100
    assert len(await collect(root.iterNewBackupArchive('kept'))) > 100
    assert await root.getBackups() == ('kept', 'sub/x')


async def test_reader_that_stops_early(cell: s_cell.Cell, root: typing.Any, tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell' / 'big').write_bytes(os.urandom(3_000_000))
    items = root.iterNewBackupArchive('x', remove=True).__aiter__()
    assert len(await anext(items)) <= 256 * 1024
    with pytest.raises(s_exc.BackupAlreadyRunning) as info:
        await collect(root.iterNewBackupArchive('y', remove=True))
    assert info.value.get('mesg') == 'Another streaming backup is already running'
    assert [task['name'] for task in await root.ps()] == ['backup:stream']
    await items.aclose()
    await t_waiting.until(lambda: not cell.backups.streaming and not cell.backups.list())
    assert await root.ps() == ()


async def test_archive_error_reaches_the_reader(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError):
        await collect(s_archive.stream(str(tmp_path / 'newp'), 'newp'))


async def test_backup_dir_elsewhere(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path / 'c'), conf={'backup:dir': str(tmp_path / 'b')}) as cell:
        await cell.backups.run('x')
    assert (tmp_path / 'b' / 'x' / 'cell.guid').read_text() == cell.iden
    assert not (tmp_path / 'c' / 'backups').exists()


async def test_database_that_is_not_ours(cell: s_cell.Cell, caplog: pytest.LogCaptureFixture) -> None:
    os.makedirs(os.path.join(cell.dirn, 'odd.lmdb'))
    await cell.backups.run('x')
    assert f'lmdb file {cell.dirn}/odd.lmdb not copied' in caplog.messages
    assert not os.path.exists(os.path.join(cell.backups.path('x'), 'odd.lmdb'))


# -- offline


async def test_offline_backup_of_a_running_service(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    src, dst = tmp_path / 'src', tmp_path / 'dst'
    with t_serving.Server(t_serving.argv(src)):
        async with await s_telepath.openurl(f'cell://{src}') as proxy:
            await proxy.addUser('visi')
            await asyncio.to_thread(s_copydir.backup, str(src), str(dst))
            await proxy.addUser('late')
            await asyncio.to_thread(s_copydir.backup, str(src), str(dst))
    assert 'Backup complete. Took [' in caplog.messages[-1] and f'for [{src}]' in caplog.messages[-1]
    assert not (dst / 'sock').exists() and not (dst / 'tmp').exists()
    async with await s_cell.Cell.anit(str(dst)) as copy:
        assert copy.auth.getUserByName('visi') and copy.auth.getUserByName('late')
        assert copy.iden == (src / 'cell.guid').read_text()


def test_offline_backup_skips(tmp_path: pathlib.Path) -> None:
    src = tmp_path / 'src'
    for name in ('a/x', 'a/b/y', 'c/z', 'backups/q', 'top'):
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_text(name)
    (src / 'a' / 'link').symlink_to('x')
    (src / 'loop').symlink_to(src)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.bind(str(src / 'sock'))
        s_copydir.backup(str(src), str(tmp_path / 'one'))
        s_copydir.backup(str(src), str(tmp_path / 'two'), skipdirs=['./c', 'a/*'])
        s_copydir.backup(str(src), str(src / 'inside'))
    assert tree(str(tmp_path / 'one')) == ['a/b/y', 'a/link', 'a/x', 'c/z', 'top']
    assert tree(str(tmp_path / 'two')) == ['a/link', 'a/x', 'top']
    assert tree(str(src / 'inside')) == ['a/b/y', 'a/link', 'a/x', 'c/z', 'top']


def test_offline_backup_errors(tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.NoSuchDir):
        s_copydir.backup(str(tmp_path / 'newp'), str(tmp_path / 'dst'))
    assert not (tmp_path / 'dst').exists()
    with pytest.raises(s_exc.BadArg):
        s_copydir.backup(str(tmp_path), str(tmp_path))
    (tmp_path / 'src' / 'bad.lmdb').mkdir(parents=True)
    (tmp_path / 'src' / 'bad.lmdb' / 'data.mdb').write_bytes(b'x' * 5000)
    with pytest.raises(s_exc.BadCoreStore):
        s_copydir.backup(str(tmp_path / 'src'), str(tmp_path / 'dst'))
    assert not (tmp_path / 'dst' / 'cell.guid').exists()
