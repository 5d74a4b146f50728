"""The peer's own operator tools (2.256.0) on a running cell of ours."""

from __future__ import annotations

import json
import pathlib
import subprocess
import typing

import pytest

import tests.lib.cell.serving as t_serving

Tool = typing.Callable[..., str]


@pytest.fixture
def dirn(tmp_path: pathlib.Path) -> typing.Iterator[pathlib.Path]:
    with t_serving.Server(t_serving.argv(tmp_path / 'cell', '--nexslog-en', 'true')):
        yield tmp_path / 'cell'


@pytest.fixture
def tool(peer_python: str, dirn: pathlib.Path, tmp_path: pathlib.Path) -> Tool:
    def run(text: str, code: int = 0) -> str:
        name, *args = (f'cell://{dirn}' if word == 'URL' else word for word in text.split())
        command = [peer_python, '-m', f'synapse.tools.service.{name}', *args]
        proc = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
        assert proc.returncode == code, proc.stdout + proc.stderr
        return proc.stdout

    return run


def test_users_and_roles(tool: Tool) -> None:
    text = tool('modrole --svcurl URL --add --allow foo.bar ninjas')
    assert text == 'Adding role: ninjas\n...adding allow rule: foo.bar\n'
    tool('moduser --svcurl URL --add --email a@b.com --grant ninjas visi')
    tool('moduser --svcurl URL --allow foo --deny foo.baz visi')
    text = tool('moduser --svcurl URL --list visi')
    assert 'Email: a@b.com' in text and '[0  ] - !foo.baz' in text and '- ninjas' in text


def test_care(tool: Tool, dirn: pathlib.Path) -> None:
    assert tool('livebackup --url URL --name one').endswith('...backup created: one\n')
    assert (dirn / 'backups' / 'one' / 'cell.guid').read_text() == (dirn / 'cell.guid').read_text()
    assert json.loads(tool('healthcheck -c URL'))['status'] == 'nominal'
    assert 'https:certs                             Success' in tool('reload --svcurl URL reload')
    assert 'Successfully added API key with name=work.' in tool('apikey --svcurl URL add work')
    assert 'Name: work' in tool('apikey --svcurl URL list')


def test_freeze_and_end(tool: Tool) -> None:
    tool('snapshot freeze --svcurl URL')
    assert 'BadState' in tool('snapshot freeze --svcurl URL', code=1)
    tool('snapshot resume --svcurl URL')
    assert 'promote() called on non-mirror' in tool('promote --svcurl URL', code=1)
    assert 'AHA is not configured' in tool('demote --url URL', code=1)
    tool('shutdown --url URL')
