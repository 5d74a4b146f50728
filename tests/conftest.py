"""What all tests share: an environment of their own, and the peer implementation for the interop tests."""

from __future__ import annotations

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import typing

import hypothesis
import pytest

import synapse.lib.auth.passwords as s_passwords
import synapse.lib.limits as s_limits

# On CI the same examples each time: a red run means that the change broke something. Elsewhere they differ, to find
# more.
hypothesis.settings.register_profile('ci', derandomize=True, deadline=None)
if os.environ.get('CI'):
    hypothesis.settings.load_profile('ci')

INTEROP = pathlib.Path(__file__).parent / 'interop'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if INTEROP in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest.fixture(scope='session', autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[None]:
    """Keep the user's ~/.syn and SYN_* settings out of the tests, and the tests out of ~/.syn."""
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith('SYN_')]:
        patch.delenv(name)
    patch.setenv('SYN_DIR', str(tmp_path_factory.mktemp('syn')))
    yield
    patch.undo()


@pytest.fixture(scope='session', autouse=True)
def cheap_secrets() -> typing.Iterator[None]:
    """Make small keys and quick password hashes in the processes of tests; both say themselves how they were made."""
    patch = pytest.MonkeyPatch()
    patch.setattr(s_limits, 'CERT_KEY_BITS', 2048)
    patch.setattr(s_passwords, 'ITERATIONS', 100)
    yield
    patch.undo()


@pytest.fixture
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply no change on the spot: others come between its check and its handler, on any machine."""
    monkeypatch.setattr(s_limits, 'NEXS_INLINE_SECS', 0.0)


def peer_interpreter(vers: str) -> str | None:
    """Return a Python that the peer release runs on: 2.113.0 needs 3.8, later ones take our own."""
    if not vers.startswith('2.113'):
        return sys.executable
    found = shutil.which('python3.8')
    if found is None:
        homes = sorted(
            pathlib.Path(os.environ.get('PYENV_ROOT', pathlib.Path.home() / '.pyenv')).glob('versions/3.8.*')
        )
        found = str(homes[-1] / 'bin' / 'python') if homes else None
    return found


def install_peer(vers: str) -> str:
    """Make, once for all test processes, a venv with a release of the peer. Return its Python, or skip."""
    home = pathlib.Path(tempfile.gettempdir(), 'peer', vers)
    python = str(home / 'bin' / 'python')
    home.parent.mkdir(exist_ok=True)
    with open(home.parent / f'{vers}.lock', 'w') as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        if (home / '.ok').exists():
            return python
        base = peer_interpreter(vers)
        if base is None:
            pytest.skip(f'no Python that peer {vers} runs on')
        steps = (
            [base, '-m', 'venv', '--clear', str(home)],
            [python, '-m', 'pip', 'install', '-q', '-U', 'pip', 'setuptools<70', 'wheel'],
            [python, '-m', 'pip', 'install', '-q', f'synapse=={vers}'],
        )
        for step in steps:
            proc = subprocess.run(step, capture_output=True, text=True)
            if proc.returncode:
                pytest.skip(f'peer {vers} cannot be installed: {proc.stderr.strip()[-500:]}')
        (home / '.ok').touch()
    return python


@pytest.fixture(scope='session')
def peer_python() -> str:
    """Return the Python of a venv that holds peer release 2.256.0."""
    return install_peer('2.256.0')


@pytest.fixture(scope='session')
def peer_python_old() -> str:
    """Return the Python of a venv that holds peer release 2.113.0, the baseline."""
    return install_peer('2.113.0')
