"""Tools that need no service: guid and json2mpk, and the wrapper that all of them share."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd
import synapse.tools.guid as s_guid
import synapse.tools.json2mpk as s_json2mpk


def run(*argv: str, cwd: pathlib.Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, '-m', *argv], capture_output=True, text=True, cwd=cwd, timeout=60)


@pytest.mark.parametrize('name', ['synapse.tools.guid', 'synapse.tools.utils.guid', 'synapse.tools.service.guid'])
def test_guid_under_each_of_its_names(name: str) -> None:
    proc = run(name)
    assert proc.returncode == 0
    assert s_common.isguid(proc.stdout.strip())


def test_guids_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert s_cmd.call(s_guid.main, []) == s_cmd.call(s_guid.main, []) == 0
    first, second = capsys.readouterr().out.split()
    assert first != second


def test_json2mpk_converts_lines(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / 'x.json'
    path.write_text('{"a": 1}\n{"b": [1, 2]}\n')
    other = tmp_path / 'x.jsonl'
    other.write_text('{}\n')
    gone = tmp_path / 'gone.json'
    assert s_cmd.call(s_json2mpk.main, [str(path), str(other), str(gone)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f'converting: {path} -> .mpk',
        f'skip: {other} (not .json extension)',
        f'skip: {gone} (not a file)',
    ]
    assert (tmp_path / 'x.mpk').read_bytes() == bytes.fromhex('81a1610181a162920102')
    assert path.exists()


def test_json2mpk_removes_what_it_converted(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'x.json'
    path.write_text('[]\n')
    assert s_cmd.call(s_json2mpk.main, ['--rm', str(path)]) == 0
    assert not path.exists()
    assert (tmp_path / 'x.mpk').read_bytes() == b'\x90'


def test_json2mpk_leaves_nothing_half_written(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / 'x.json'
    path.write_text('{}\nnewp\n')
    assert s_cmd.call(s_json2mpk.main, ['--rm', str(path)]) == 1
    assert 'ERROR: JSONDecodeError' in capsys.readouterr().out
    assert [item.name for item in tmp_path.iterdir()] == ['x.json']


def test_usage_errors() -> None:
    plain = run('synapse.tools.json2mpk')
    assert plain.returncode == 2
    assert 'usage: synapse.tools.json2mpk' in plain.stderr
    shared = run('synapse.tools.moduser', '--newp')
    assert shared.returncode == 1
    assert 'error: unrecognized arguments: --newp' in shared.stdout
    assert run('synapse.tools.service.moduser', '-h').returncode == 0


async def fail(argv: typing.Sequence[str]) -> int:
    raise {'mesg': s_exc.BadArg(mesg='no good'), 'bare': s_exc.NoSuchName(name='x'), 'os': OSError(2, 'gone')}[argv[0]]


@pytest.mark.parametrize(
    ('kind', 'line'),
    [
        ('mesg', 'ERROR: no good'),
        ('bare', 'ERROR: NoSuchName("NoSuchName: name=\'x\'")'),
        ('os', "ERROR: FileNotFoundError(2, 'gone')"),
    ],
)
def test_uncaught_errors_are_one_line(kind: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert s_cmd.call(fail, [kind]) == 1
    assert capsys.readouterr().out == f'{line}\n'


@pytest.mark.parametrize(
    'name',
    [
        'apikey backup cellauth csvtool feed healthcheck json2mpk livebackup moduser modrole reload shutdown snapshot',
        'storm service.healthcheck service.backup service.apikey utils.json2mpk cortex.csv cortex.feed',
    ],
)
def test_every_tool_explains_itself(name: str) -> None:
    code = 'import runpy, sys\nfor name in sys.argv[1].split():\n    sys.argv[1:] = ["-h"]\n'
    code += '    try:\n        runpy.run_module("synapse.tools." + name, run_name="__main__")\n'
    code += '    except SystemExit as e:\n        assert e.code == 0, name\n'
    proc = subprocess.run([sys.executable, '-c', code, name], capture_output=True, text=True, timeout=60)
    assert proc.returncode == 0, proc.stderr
    assert proc.stdout.count('usage: ') == len(name.split())
