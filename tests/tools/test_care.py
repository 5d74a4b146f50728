"""healthcheck, livebackup, backup, reload, snapshot, shutdown: the care of a service (spec: cell.md 8, 11.2, 14)."""

from __future__ import annotations

import asyncio
import json
import pathlib
import re
import subprocess
import sys

import pytest

import synapse.telepath as s_telepath
import synapse.tools.backup as s_backup
import synapse.tools.healthcheck as s_healthcheck
import synapse.tools.livebackup as s_livebackup
import synapse.tools.localcore as s_localcore
import synapse.tools.reload as s_reload
import synapse.tools.shutdown as s_shutdown
import synapse.tools.snapshot as s_snapshot
from tests.tools.conftest import Run, core_dir


def test_a_healthy_service(run: Run, core_url: str) -> None:
    code, lines = run(s_healthcheck.main, '-c', core_url)
    health = json.loads(lines[0])
    assert (code, len(lines), health['status']) == (0, 1, 'nominal')
    assert ' ' not in lines[0]


@pytest.mark.parametrize(
    ('url', 'shown', 'errname'),
    [
        ('cell:///newp/newp', 'cell:///newp/newp', 'NoSuchPath'),
        ('tcp://root:secret@127.0.0.1:1/', 'tcp://root@127.0.0.1:1/', 'ConnectionRefusedError'),
        ('tcp://newp.invalid:1/', 'tcp://newp.invalid:1/', 'gaierror'),
    ],
)
def test_health_of_nobody(run: Run, url: str, shown: str, errname: str) -> None:
    code, lines = run(s_healthcheck.main, '--cell', url)
    assert code == 1
    health = json.loads(lines[0])
    assert (health['status'], health['iden']) == ('failed', shown)
    comp = health['components'][0]
    assert (comp['name'], comp['status']) == ('error', 'failed')
    assert comp['mesg'] == f'Unable to connect to cell @ {shown}.'
    assert comp['data']['errname'] == errname
    assert 'secret' not in lines[0]


def test_health_needs_a_user(run: Run, core_url: str) -> None:
    code, lines = run(s_healthcheck.main, '-c', core_url.replace('cell://', 'cell://nobody@'))
    assert code == 1
    comp = json.loads(lines[0])['components'][0]
    assert (comp['mesg'], comp['data']['errname']) == ('Synapse error encountered.', 'NoSuchUser')


async def test_health_of_a_silent_one(tmp_path: pathlib.Path) -> None:
    """A socket that takes the connection and never says a word is a timeout, not a hang."""
    links: list[asyncio.StreamWriter] = []  # a writer that nobody holds is closed
    server = await asyncio.start_unix_server(lambda _, writer: links.append(writer), path=str(tmp_path / 'sock'))
    async with server:
        health = await s_healthcheck.check(f'cell://{tmp_path}', 0.1)
        for link in links:
            link.close()
    assert health['components'][0]['mesg'] == 'Timeout connecting to cell'


def test_health_usage(run: Run) -> None:
    assert run(s_healthcheck.main)[0] == 2


def test_live_backup(run: Run, core_url: str) -> None:
    code, lines = run(s_livebackup.main, '--url', core_url)
    assert (code, lines[0]) == (0, f'Running backup of: {core_url}')
    match = re.fullmatch(r'\.\.\.backup created: (\d{14})', lines[1])
    assert match is not None
    assert (core_dir(core_url) / 'backups' / match.group(1) / 'cell.guid').exists()
    assert run(s_livebackup.main, '--url', core_url, '--name', 'mine')[1][1] == '...backup created: mine'
    assert run(s_livebackup.main, '--url', core_url, '--name', 'mine') == (
        1,
        [f'Running backup of: {core_url}', 'ERROR: Backup with name already exists'],
    )
    assert run(s_livebackup.main, '--url', core_url, '--name', '../out')[0] == 1


async def count(url: str, query: str) -> int:
    async with await s_telepath.openurl(url) as core:
        return int(await core.count(query))


async def test_offline_backup_of_a_running_service(core_url: str, tmp_path: pathlib.Path) -> None:
    """The copy holds what was acknowledged before it was taken, and starts as it is."""
    assert await count(core_url, '[ inet:fqdn=backup.one inet:fqdn=backup.two ]') == 2
    argv = [sys.executable, '-m', 'synapse.tools.backup', str(core_dir(core_url)), str(tmp_path / 'copy')]
    proc = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True)
    assert (proc.returncode, proc.stdout) == (0, '')
    assert re.search(r'Backup complete\. Took \[[\d.]+\] for \[', proc.stderr.splitlines()[-1])
    assert not list((tmp_path / 'copy').rglob('lock.mdb'))
    async with s_localcore.running(str(tmp_path / 'copy'), str(tmp_path / 'log')) as url:
        assert await count(url, 'inet:fqdn=backup.one inet:fqdn=backup.two') == 2


def test_offline_backup_leaves_out_what_it_is_told_to(run: Run, tmp_path: pathlib.Path) -> None:
    src, dst = tmp_path / 'src', tmp_path / 'dst'
    for name in ('keep/a', 'skip/b', 'tmp/c', 'keep/sub/d'):
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_text(name)
    assert run(s_backup.main, str(src), str(dst), '--skipdirs', './skip', 'keep/sub')[0] == 0
    assert sorted(str(path.relative_to(dst)) for path in dst.rglob('*') if path.is_file()) == ['keep/a']


def test_offline_backup_of_nothing(run: Run, tmp_path: pathlib.Path) -> None:
    code, lines = run(s_backup.main, str(tmp_path / 'newp'), str(tmp_path / 'dst'))
    assert code == 1
    assert 'newp does not exist' in lines[0]
    assert not (tmp_path / 'dst').exists()


def test_reload(run: Run, core_url: str) -> None:
    code, lines = run(s_reload.main, '--svcurl', core_url, 'list')
    assert (code, lines[0]) == (0, f'Cell at {core_url} has the following reload subsystems:')
    assert 'https:certs' in lines
    code, lines = run(s_reload.main, '--svcurl', core_url, 'reload', '-n', 'newp')
    assert (code, lines[0]) == (1, f'Reloading cell at {core_url}')
    assert lines[1].startswith('Error reloading cell: NoSuchName')
    code, lines = run(s_reload.main, '--svcurl', core_url, 'reload')
    assert (code, lines[1]) == (0, 'Name:'.ljust(40) + 'Result:'.ljust(10) + 'Value:')
    assert any(line.startswith('https:certs'.ljust(40) + 'Success   ') for line in lines)


async def test_nothing_changes_while_frozen(tmp_path: pathlib.Path, run: Run) -> None:
    async with s_localcore.running(str(tmp_path / 'core'), str(tmp_path / 'log')) as url:

        async def tool(*argv: str) -> tuple[int, list[str]]:
            return await asyncio.to_thread(run, s_snapshot.main, *argv, '--svcurl', url)

        assert await tool('freeze') == (0, [])
        assert await tool('freeze') == (1, ['ERROR BadState: The service is already frozen.'])
        async with await s_telepath.openurl(url) as core:
            write = asyncio.ensure_future(core.count('[ inet:fqdn=frozen.com ]'))
            done, _ = await asyncio.wait([write], timeout=0.3)
            assert not done
            assert await tool('resume') == (0, [])
            assert await write == 1
        assert await tool('resume') == (1, ['ERROR BadState: The service is not frozen.'])


async def test_shutdown_ends_the_process(tmp_path: pathlib.Path, run: Run) -> None:
    async with s_localcore.running(str(tmp_path / 'core'), str(tmp_path / 'log')) as url:
        async with await s_telepath.openurl(url) as core:
            code = await asyncio.to_thread(run, s_shutdown.main, '--url', url, '--timeout', '10')
            assert code == (0, [])
            assert await core.waitfini(timeout=10)
        assert not await s_localcore.answers(url)
    code, lines = await asyncio.to_thread(run, s_shutdown.main, '--url', url)
    assert (code, lines[0][:47]) == (2, 'Error while attempting graceful shutdown: Cell ')
    assert (tmp_path / 'core' / 'cell.guid').exists()
