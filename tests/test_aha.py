"""AHA as a process: a deployment that comes up, is killed, and comes back (aha.md 5, 13, 14)."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import subprocess
import sys
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha
import tests.lib.cell.serving as t_serving
import tests.ports as t_ports
import tests.waiting as t_waiting

NET = t_aha.NET


@contextlib.contextmanager
def aha(dirn: pathlib.Path, **environ: str) -> typing.Iterator[t_serving.Server]:
    """Run an AHA; killed at the end."""
    with t_serving.Server(t_aha.argv(dirn), t_aha.environ(**environ)) as server:
        try:
            yield server
        finally:
            server.stop(signal.SIGKILL)


@contextlib.contextmanager
def axon(dirn: pathlib.Path, url: str) -> typing.Iterator[t_serving.Server]:
    """Run an Axon that provisions itself."""
    env = t_serving.environ({'SYN_AXON_AHA_PROVISION': url, 'SYN_AXON_HTTPS_PORT': 'null'})
    with t_serving.Server([sys.executable, '-m', 'synapse.servers.axon', str(dirn)], env) as server:
        yield server


def services(dirn: pathlib.Path) -> dict[str, bool]:
    """Return which services are there."""
    with s_telepath.openurl(f'cell://{dirn}') as prox:
        return {item['svcname']: 'online' in item['svcinfo'] for item in prox.getAhaSvcs()}


def wait_services(dirn: pathlib.Path, want: dict[str, bool]) -> None:
    """Wait until the services are as they should be."""
    t_waiting.wait_until(lambda: services(dirn) == want)


def provision(dirn: pathlib.Path, name: str) -> str:
    with s_telepath.openurl(f'cell://{dirn}') as prox:
        return typing.cast(str, prox.addAhaSvcProv(name))


@pytest.fixture(scope='module')
def certs(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The directory of an AHA that has started once: keys take their time."""
    dirn = tmp_path_factory.mktemp('aha') / 'aha'
    with aha(dirn) as server:
        lines = [line for line in server.lines if 'certificate' in line]
        assert f'Generating CA certificate for {NET}' in '\n'.join(lines)
        assert sum('Adding server certificate for localhost' in line for line in lines) == 1
        assert any(f'dmon listening: ssl://127.0.0.1:0?hostname=localhost&ca={NET}' in line for line in server.lines)
        assert any('ahacell API (https): disabled' in line for line in server.lines)
        server.stop()
    assert not (dirn / 'cell.yaml').exists()
    return dirn


def fixed() -> dict[str, str]:
    """Return the environment of an AHA that can be restarted: at ports of its own."""
    ports = (t_ports.free_port(), t_ports.free_port())
    return {
        'SYN_AHA_DMON_LISTEN': f'ssl://127.0.0.1:{ports[0]}?hostname=localhost&ca={NET}',
        'SYN_AHA_PROVISION_LISTEN': f'ssl://127.0.0.1:{ports[1]}?hostname=localhost',
    }


def test_killed_and_restarted(certs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with contextlib.ExitStack() as stack:
        environ = fixed()
        server = stack.enter_context(aha(certs, **environ))
        url = provision(certs, '00.axon')
        live = stack.enter_context(axon(tmp_path / 'live', url))
        dead = stack.enter_context(axon(tmp_path / 'dead', provision(certs, '00.blobs')))
        names = ('00.axon', 'axon', '00.blobs', 'blobs')
        wait_services(certs, dict.fromkeys(names, True))
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        dead.stop(signal.SIGKILL)
        stack.enter_context(aha(certs, **environ))
        wait_services(certs, {'00.axon': True, 'axon': True, '00.blobs': False, 'blobs': False})
        with pytest.raises(s_exc.NoSuchName):
            s_telepath.openurl(url)
        live.stop()
        wait_services(certs, dict.fromkeys(names, False))


def test_a_used_url_lets_nobody_in(certs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with aha(certs):
        url = provision(certs, '05.axon')
        with axon(tmp_path / 'first', url):
            pass
        env = t_serving.environ({'SYN_AXON_AHA_PROVISION': url, 'SYN_AXON_HTTPS_PORT': 'null'})
        argv = [sys.executable, '-m', 'synapse.servers.axon', str(tmp_path / 'second')]
        proc = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60)
        assert proc.returncode == 1 and 'NoSuchName' in proc.stderr
        assert not (tmp_path / 'second' / 'slabs').exists()
    with axon(tmp_path / 'first', url) as server:
        assert not any('Provisioning' in line for line in server.lines)


def test_many_registrations_and_a_kill(certs: pathlib.Path) -> None:
    """What AHA has said yes to is there after a kill, and offline."""
    with aha(certs) as server:
        with s_telepath.openurl(f'cell://{certs}') as prox:
            for indx in range(200):
                info = t_aha.info(urlinfo={'scheme': 'tcp', 'host': '10.0.0.1', 'port': indx})
                prox.addAhaSvc(f'{indx:03}.many', info, network=NET)
            assert sum(online for name, online in services(certs).items() if name.endswith('.many')) == 200
            server.stop(signal.SIGKILL)
    with aha(certs):
        found = {name: online for name, online in services(certs).items() if name.endswith('.many')}
        assert found == {f'{indx:03}.many': False for indx in range(200)}
