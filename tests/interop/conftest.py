"""The peer as subprocesses: once for each session, release and purpose."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import time
import typing

import pytest

import synapse.telepath as s_telepath
import tests.ports as t_ports

HERE = pathlib.Path(__file__).parent
SAMPLE = HERE.parent / 'lib' / 'telepath'

VERSIONS = ('2.256.0', '2.113.0')
BOOT_SECS = 240  # a peer cell compiles its grammars when it starts


class Peer:
    """A release of the peer that can be run."""

    def __init__(self, vers: str, python: str, dirn: pathlib.Path) -> None:
        self.vers = vers
        self.python = python
        self.dirn = dirn
        self.old = vers.startswith('2.113')
        self.cell_port = t_ports.free_port()

    def environ(self, **extra: str) -> dict[str, str]:
        """Return an environment in which the peer finds itself and not us."""
        drop = ('PYTHONPATH', 'SYN_CERT_DIR')
        return {**{k: v for k, v in os.environ.items() if k not in drop}, 'SYN_DIR': str(self.dirn / 'syn'), **extra}

    @contextlib.contextmanager
    def run(self, *argv: str, **environ: str) -> typing.Iterator[subprocess.Popen[str]]:
        """Run the peer's Python in the background; it is ended by the end of its standard input, or killed."""
        with open(self.dirn / 'log', 'a') as log:
            proc = subprocess.Popen(
                [self.python, *argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environ(**environ),
                cwd=self.dirn,
            )
        with proc:
            yield proc
            assert proc.stdin is not None
            proc.stdin.close()
            try:
                proc.wait(20)
            except subprocess.TimeoutExpired:
                proc.kill()

    @contextlib.contextmanager
    def serve(self, *urls: str, **environ: str) -> typing.Iterator[None]:
        """Serve the telepath test sample with the peer's server."""
        with self.run(str(HERE / 'peer_serve.py'), str(SAMPLE), *urls, **environ) as proc:
            assert proc.stdout is not None
            line = proc.stdout.readline()
            assert line == 'ready\n', (self.dirn / 'log').read_text()
            yield


@pytest.fixture(scope='session', params=VERSIONS)
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    """Each release of the peer in turn."""
    vers: str = request.param
    python = request.getfixturevalue('peer_python_old' if vers.startswith('2.113') else 'peer_python')
    return Peer(vers, python, tmp_path_factory.mktemp('peer'))


@pytest.fixture(scope='session')
def peer_sock(peer: Peer) -> typing.Iterator[str]:
    """Path of a unix socket on which the peer serves the sample."""
    path = str(peer.dirn / 'sample.sock')
    with peer.serve(f'unix://{path}'):
        yield path


@pytest.fixture(scope='session')
def peer_cell(peer: Peer) -> typing.Iterator[str]:
    """Folder of a running JSONStor of the peer (root password ``secret``), also at TCP port ``peer.cell_port``."""
    dirn = peer.dirn / 'jsonstor'
    argv = (
        '-m',
        'synapse.servers.jsonstor',
        str(dirn),
        '--telepath',
        f'tcp://127.0.0.1:{peer.cell_port}/',
        '--https',
        '0',
    )
    with peer.run(*argv, SYN_JSONSTOR_AUTH_PASSWD='secret') as proc:
        try:
            wait_cell(f'cell://{dirn}', proc)
            yield str(dirn)
        finally:
            proc.terminate()


def wait_cell(url: str, proc: subprocess.Popen[str]) -> None:
    """Wait until a cell answers."""
    until = time.monotonic() + BOOT_SECS
    while True:
        assert proc.poll() is None, 'the peer ended'
        try:
            with s_telepath.openurl(url) as proxy:
                proxy.getCellIden()
                return
        except Exception:
            if time.monotonic() > until:
                raise
        time.sleep(0.1)
