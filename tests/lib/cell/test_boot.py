"""Entry points: flags, exit codes, messages, signals, the lock, and the table of bad options (cell.md 1, 16)."""

from __future__ import annotations

import contextlib
import json
import pathlib
import signal
import socket
import sys

import pytest

import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_serving

BAD_YAML = [
    # cell.yaml, text in the log
    ('foo: bar', "BadArg: mesg='Key foo is not a valid config'"),
    ('aha:name: 10', "BadConfValu: mesg='Invalid config for aha:name, data must be string'"),
    ('- a\n- b', 'BadConfValu'),
    ('a: [', 'is not valid YAML'),
    ('limit:disk:free: 101', 'Invalid config for limit:disk:free, data must be smaller than or equal to 100'),
    ('limit:disk:free: 100', 'below minimum threshold (currently'),
    ('nexslog:en: maybe', 'Invalid config for nexslog:en, data must be boolean'),
    ('inaugural: {users: [{name: root}]}', 'Invalid config for inaugural, data.users[0].name must match pattern'),
    ('cell:guid: newp', 'Invalid config for cell:guid'),
    ('mirror: tcp://1.2.3.4', 'FatalErr'),
]


@pytest.mark.parametrize(('text', 'mesg'), BAD_YAML)
def test_bad_option_in_cell_yaml(tmp_path: pathlib.Path, text: str, mesg: str) -> None:
    (tmp_path / 'cell.yaml').write_text(text)
    proc = t_serving.run(t_serving.argv(tmp_path))
    assert proc.returncode == 1
    assert mesg in proc.stderr
    assert '[ERROR] Error ' in proc.stderr


@pytest.mark.parametrize(
    ('env', 'mesg'),
    [
        ({'SYN_CELL_HTTPS_PORT': '"abc"'}, 'Invalid config for https:port, data must be integer or null'),
        ({'SYN_CELL_HTTPS_PORT': '{'}, 'does not hold valid YAML'),
        ({'SYN_LOG_LEVEL': 'foo'}, "BadArg: mesg='Invalid log level provided: foo'"),
    ],
)
def test_bad_environment(tmp_path: pathlib.Path, env: dict[str, str], mesg: str) -> None:
    proc = t_serving.run(t_serving.argv(tmp_path / 'cell'), t_serving.environ(env))
    assert proc.returncode == 1
    assert mesg in proc.stderr
    assert not (tmp_path / 'cell' / 'cell.guid').exists()


@pytest.mark.parametrize(
    ('flags', 'mesg'),
    [
        (['--nexslog-en', 'maybe'], "argument --nexslog-en: invalid choice: 'maybe' (choose from True, False)"),
        (['--log-level', 'bogus'], 'argument --log-level: invalid choice'),
        (['--https', 'abc'], 'argument --https: invalid int value'),
        (['--cell-guid', 'x'], 'unrecognized arguments'),
    ],
)
def test_bad_flags(tmp_path: pathlib.Path, flags: list[str], mesg: str) -> None:
    proc = t_serving.run(t_serving.argv(tmp_path, *flags))
    assert proc.returncode == 2
    assert mesg in proc.stderr


def test_missing_directory_argument() -> None:
    proc = t_serving.run([sys.executable, '-m', 'synapse.servers.cell', 'synapse.lib.cell.Cell'])
    assert proc.returncode == 2
    assert 'cell: error: the following arguments are required: dirn' in proc.stderr


@pytest.mark.parametrize('ctor', ['nope.Foo', 'synapse.lib.cell.Nope', '-h', 'synapse.lib.base.Base'])
def test_unknown_class(tmp_path: pathlib.Path, ctor: str) -> None:
    proc = t_serving.run(t_serving.argv(tmp_path, ctor=ctor))
    assert proc.returncode == 1
    assert 'NoSuchCtor' in proc.stderr
    assert proc.stdout == f'Resolving cellpath: {ctor}\n'


def test_startup_lines_and_sigterm(tmp_path: pathlib.Path) -> None:
    with t_serving.Server(t_serving.argv(tmp_path / 'c', '--name', 'foo'), ready='(telepath name)') as server:
        assert server.stop() == 0
    text = '\n'.join(server.lines)
    assert '[INFO] log level set to INFO' in text
    assert '[INFO] Starting cell version 2.256.0, Synapse version: 2.256.0' in text
    assert '[INFO] ...cell API (telepath): tcp://127.0.0.1:0' in text
    assert '[INFO] ...cell API (https): 0' in text
    assert '[INFO] ...cell API (telepath name): foo' in text
    assert '[WARNING] Caught SIGTERM, shutting down.' in text
    assert (tmp_path / 'c').stat().st_mode & 0o777 == 0o700


def test_sigint_and_restart_on_the_left_socket(tmp_path: pathlib.Path) -> None:
    for _ in range(2):
        with t_serving.Server(t_serving.argv(tmp_path)) as server:
            assert server.stop(signal.SIGINT) == 0
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(tmp_path / 'sock'))  # Python 3.13 takes it away in time
        assert (tmp_path / 'sock').is_socket()
    assert 'LOCAL UNIX SOCKET WILL BE UNAVAILABLE' not in '\n'.join(server.lines)


def test_second_process_on_the_directory(tmp_path: pathlib.Path) -> None:
    with t_serving.Server(t_serving.argv(tmp_path)):
        proc = t_serving.run(t_serving.argv(tmp_path))
    assert proc.returncode == 1
    assert "FatalErr: mesg='Cannot start the cell, another process is already running it.'" in proc.stderr


def test_sighup_reloads(tmp_path: pathlib.Path) -> None:
    with t_serving.Server(t_serving.argv(tmp_path)) as server:
        server.proc.send_signal(signal.SIGHUP)
        server.read_until('Caught SIGHUP, running reloadable subsystems.')
        assert server.stop() == 0


async def test_null_listeners(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.yaml').write_text('dmon:listen: null\nhttps:port: null\n')
    with t_serving.Server(t_serving.argv(tmp_path)) as server:
        async with await s_telepath.openurl(f'cell://{tmp_path}') as proxy:
            info = await proxy.getCellInfo()
    text = '\n'.join(server.lines)
    assert info['cell']['network']['https'] == ()
    assert f'...cell API (telepath): cell://root@{tmp_path}:*' in text
    assert '...cell API (https): disabled' in text


def test_configured_listeners(tmp_path: pathlib.Path) -> None:
    env = t_serving.environ({'SYN_CELL_DMON_LISTEN': 'tcp://127.0.0.1:0/', 'SYN_CELL_HTTPS_PORT': '0'})
    command = [sys.executable, '-m', 'synapse.servers.cell', 'synapse.lib.cell.Cell', str(tmp_path)]
    with t_serving.Server(command, env) as server:
        assert server.stop() == 0
    text = '\n'.join(server.lines)
    for mesg in ('dmon listening: tcp://127.0.0.1:0/', 'https listening: 0', '(telepath): tcp://127.0.0.1:0/'):
        assert mesg in text


def test_structured_log(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.yaml').write_text('foo: bar')
    proc = t_serving.run(t_serving.argv(tmp_path), t_serving.environ({'SYN_LOG_STRUCT': 'true'}))
    lines = [json.loads(line) for line in proc.stderr.splitlines()]
    assert lines[0]['message'] == 'log level set to INFO'
    assert set(lines[0]) == {'message', 'logger', 'level', 'time'}
    assert lines[-1]['message'] == 'Error while bootstrapping cell config.'
    assert lines[-1]['err']['errname'] == 'BadArg'
    assert lines[-1]['err']['mesg'] == 'Key foo is not a valid config'
    assert lines[-1]['err']['etb'].startswith('Traceback (most recent call last):')


def test_flags_reach_the_options(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'echo.py').write_text(t_serving.PLUGIN)
    proc = t_serving.run(t_serving.argv(tmp_path, '-h', ctor='echo.EchoCell'), t_serving.environ(path=tmp_path))
    assert proc.returncode == 0
    assert '--echo-word ECHO_WORD' in proc.stdout
    assert '--nexslog-en {True,False}' in proc.stdout
    for hidden in ('--echo-list', '--cell-guid', '--mirror', '--https-headers', '--dmon-listen', '--aha-registry'):
        assert hidden not in proc.stdout


async def test_plugin_cell_keeps_its_state(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'echo.py').write_text(t_serving.PLUGIN)
    env = t_serving.environ(path=tmp_path)
    command = t_serving.argv(tmp_path / 'c', ctor='echo.EchoCell')
    with t_serving.Server(command, env) as server:
        async with await s_telepath.openurl(f'cell://{tmp_path}/c') as proxy:
            assert await proxy.echo(3) == ('root', 3)
            assert await proxy.setThing('a', [1, 2], passwd='secret') == (1, 2)
        server.stop(signal.SIGKILL)
    text = '\n'.join(server.lines)
    assert 'Executing [EchoApi.setThing] as [root]' in text and 'secret' not in text
    with t_serving.Server(command, env) as server:
        async with await s_telepath.openurl(f'cell://{tmp_path}/c') as proxy:
            assert await proxy.getThing('a') == (1, 2)
            assert await proxy.getCellType() == 'echocell'


async def test_stem_cell(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'echo.py').write_text(t_serving.PLUGIN)
    dirn = tmp_path / 'c'
    command = [sys.executable, '-m', 'synapse.servers.stemcell', str(dirn), '--https', '0']
    command += ['--telepath', 'tcp://127.0.0.1:0']
    proc = t_serving.run(command)
    assert proc.returncode == 1 and f'Directory {dirn} does not exist!' in proc.stderr
    dirn.mkdir()
    proc = t_serving.run(command)
    assert proc.returncode == 1 and 'SYN_STEM_CELL_CTOR environment variable is not set.' in proc.stderr
    proc = t_serving.run(command, t_serving.environ({'SYN_STEM_CELL_CTOR': 'nope.Nope'}))
    assert proc.returncode == 1 and 'Unable to resolve ctor [nope.Nope]' in proc.stderr
    (dirn / 'cell.yaml').write_text('cell:ctor: echo.EchoCell\n')
    with t_serving.Server(command, t_serving.environ(path=tmp_path)):
        async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
            assert await proxy.getCellType() == 'echocell'


def test_signal_while_starting(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'slow.py').write_text(
        'import asyncio, logging, synapse.lib.cell as s_cell\n'
        'class Slow(s_cell.Cell):\n'
        '    async def initServiceStorage(self):\n'
        '        logging.getLogger("slow").warning("opening")\n'
        '        await asyncio.sleep(600)\n'
    )
    command = t_serving.argv(tmp_path / 'c', ctor='slow.Slow')
    with t_serving.Server(command, t_serving.environ(path=tmp_path), ready='opening') as server:
        assert server.stop() == 0


def test_damaged_database(tmp_path: pathlib.Path) -> None:
    with t_serving.Server(t_serving.argv(tmp_path)) as server:
        assert server.stop() == 0
    path = tmp_path / 'slabs' / 'cell.lmdb' / 'data.mdb'
    damaged = path.read_bytes()[:9000]
    path.write_bytes(damaged)
    proc = t_serving.run(t_serving.argv(tmp_path))
    assert proc.returncode == 1
    assert 'BadCoreStore' in proc.stderr and 'cell.lmdb' in proc.stderr
    assert path.read_bytes() == damaged


@pytest.mark.parametrize('size', [16, 12000])
def test_disk_that_takes_no_more(tmp_path: pathlib.Path, size: int) -> None:
    """A limit on the size of files stands for a full disk: the start fails with a reason, the next one works."""
    limit = f'import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))'
    command = t_serving.argv(tmp_path)
    code = (
        f'{limit}; import runpy, sys; sys.argv = {command[2:]!r}; runpy.run_module({command[2]!r}, run_name="__main__")'
    )
    proc = t_serving.run([sys.executable, '-c', code])
    assert proc.returncode == 1
    assert f'[ERROR] Error starting cell at {tmp_path}' in proc.stderr
    with t_serving.Server(command) as server:
        assert server.stop() == 0
