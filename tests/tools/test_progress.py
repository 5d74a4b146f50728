"""Long work shows a bar on a terminal and stays quiet in a pipe."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from tests.tools.terminal import Terminal


@pytest.fixture
def argv(core_url: str, tmp_path: pathlib.Path) -> tuple[str, ...]:
    """Return the command line of a feed of many nodes in small chunks."""
    path = tmp_path / 'x.jsonl'
    path.write_text('\n'.join(json.dumps([['inet:fqdn', f'p{indx}.com'], {}]) for indx in range(2000)))
    return ('synapse.tools.feed', '-c', core_url, '--chunksize', '20', str(path))


def test_a_bar_on_a_terminal(argv: tuple[str, ...]) -> None:
    with Terminal(*argv) as term:
        term.wait('━')
        term.wait('offset [2000]')
        assert term.end() == 0


def test_silence_in_a_pipe(argv: tuple[str, ...]) -> None:
    proc = subprocess.run([sys.executable, '-m', *argv], capture_output=True, text=True, timeout=60)
    assert (proc.returncode, proc.stderr) == (0, '')
    assert len(proc.stdout.splitlines()) == 103
    assert '━' not in proc.stdout
