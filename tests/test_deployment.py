"""``docs/deployment.md`` as it is written: its commands, in one shell, from nothing to a promoted mirror."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

DOC = pathlib.Path(__file__).parent.parent / 'docs' / 'deployment.md'


# a network of its own, where the ports of the document are free: switch its loopback device on, then go on as bash
ALONE = """
import fcntl, os, socket, struct, sys
with socket.socket() as sock:
    fcntl.ioctl(sock, 0x8914, struct.pack('16sh14x', b'lo', 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
os.execvp('bash', ['bash', '-c', sys.argv[1]])
"""


def _can_unshare() -> bool:
    return subprocess.run(['unshare', '-rn', 'true'], capture_output=True).returncode == 0


@pytest.mark.skipif(not _can_unshare(), reason='network namespaces cannot be made here')
def test_the_document_works_as_written(tmp_path: pathlib.Path) -> None:
    blocks = re.findall(r'^```bash\n(.*?)^```', DOC.read_text(), re.M | re.S)
    assert len(blocks) >= 9
    script = 'set -eu\n' + '\n'.join(blocks).replace('PATH=$PWD/.venv/bin:', f'PATH={os.path.dirname(sys.executable)}:')
    (tmp_path / 'home').mkdir()
    env = {**os.environ, 'HOME': str(tmp_path / 'home')}
    shell = subprocess.Popen(
        ['unshare', '-rn', sys.executable, '-c', ALONE, script],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        text, _ = shell.communicate(timeout=180)
    finally:
        try:
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    logs = {path.name: path.read_text() for path in (tmp_path / 'data' / 'deploy').glob('*.log')}
    assert shell.returncode == 0, (text, logs)
    assert text.count('complete. 1 nodes') == 3
    listed = text[text.rindex('Service ') :]
    leader = re.search(r'^cortex +demo\.net +True +True +ssl +\S+ +(\d+)', listed, re.M)
    promoted = re.search(r'^01\.cortex +demo\.net +\w+ +True +ssl +\S+ +(\d+)', listed, re.M)
    assert leader and promoted and leader[1] == promoted[1], listed
    assert not [text for text in logs.values() if 'Traceback' in text.partition('Caught SIGTERM')[0]], logs
