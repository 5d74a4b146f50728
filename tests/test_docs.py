"""Documents that cannot lie: the commands of the README are run as they stand there."""

from __future__ import annotations

import asyncio
import os
import pathlib
import re
import subprocess
import sys
import typing

import pytest

import synapse.tools.localcore as s_localcore

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = (ROOT / 'README.md').read_text()
DOCS = sorted([ROOT / 'README.md', *(ROOT / 'docs').glob('**/*.md')])

SERVER = '.venv/bin/python -m synapse.servers.cortex ./data/cortex01'


def shell_commands(path: pathlib.Path) -> list[str]:
    """Return the shell commands of a document in order, without the server, which runs, and without those of make."""
    found = re.findall(r'^    ((?:\.venv/bin/python|printf|echo) .*)$', path.read_text(), flags=re.MULTILINE)
    assert found.count(SERVER) == 1
    return [command for command in found if command != SERVER]


@pytest.fixture(scope='module')
def clone(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[pathlib.Path]:
    """Return a directory with a ``.venv``, where the server of the README runs, without its ports."""
    temp = tmp_path_factory.mktemp('clone')
    (temp / '.venv' / 'bin').mkdir(parents=True)
    python = temp / '.venv' / 'bin' / 'python'
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (temp / 'data').mkdir()
    ports = {'SYN_CORTEX_DMON_LISTEN': 'null', 'SYN_CORTEX_HTTPS_PORT': 'null'}
    with open(temp / 'log', 'wb') as log:
        proc = subprocess.Popen(SERVER.split(), cwd=temp, stdout=log, stderr=log, env={**os.environ, **ports})
    try:
        while not asyncio.run(s_localcore.answers(f'cell://{temp}/data/cortex01')):
            assert proc.poll() is None, (temp / 'log').read_text()
        yield temp
    finally:
        proc.terminate()
        assert proc.wait(timeout=30) == 0


def run(clone: pathlib.Path, *argv: str) -> str:
    """Run a command in the clone; it must succeed and say nothing on stderr but log lines."""
    proc = subprocess.run(argv, cwd=clone, capture_output=True, text=True, timeout=60)
    assert proc.returncode == 0, (argv, proc.stdout, proc.stderr)
    assert all('[INFO]' in line for line in proc.stderr.splitlines()), (argv, proc.stderr)
    assert not re.search(r"^(ERROR|\('err')", proc.stdout, flags=re.MULTILINE), (argv, proc.stdout)
    return proc.stdout


@pytest.mark.parametrize('name', ['README.md', 'docs/operating.md'])
def test_the_commands_of_a_document(clone: pathlib.Path, name: str) -> None:
    for command in shell_commands(ROOT / name):
        run(clone, 'sh', '-c', command)


def test_the_rows_of_the_readme_are_in_its_cortex(clone: pathlib.Path) -> None:
    for command in shell_commands(ROOT / 'README.md'):
        if 'dns.' in command:
            run(clone, 'sh', '-c', command)
    shown = run(clone, '.venv/bin/python', '-m', 'synapse.tools.storm', 'cell://./data/cortex01', 'inet:dns:a')
    assert "inet:dns:a=('woot.com', '5.6.7.8')" in shown


def test_the_script_of_the_readme(clone: pathlib.Path) -> None:
    (script,) = re.findall(r'```python\n(.*?)```', README, flags=re.DOTALL)
    assert run(clone, '.venv/bin/python', '-c', script).splitlines()[-1].isdigit()


def test_links_lead_somewhere() -> None:
    gone = []
    for path in DOCS:
        for target in re.findall(r'\]\(([^)#]+)\)', path.read_text()):
            if '://' not in target and not (path.parent / target).exists():
                gone.append(f'{path.name}: {target}')
    assert not gone


def test_make_targets_exist() -> None:
    targets = set(re.findall(r'^(\w+):', (ROOT / 'Makefile').read_text(), flags=re.MULTILINE))
    for path in DOCS:
        named = set(re.findall(r'(?:`|^    )make (\w+)', path.read_text(), flags=re.MULTILINE))
        assert named <= targets, path
