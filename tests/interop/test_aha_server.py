"""The peer's services, users and tools with our AHA: they provision themselves, register, enroll, look up."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import time
import typing

import pytest

import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest
import tests.lib.aha.serving as t_aha
import tests.lib.cell.serving as t_serving
import tests.ports as t_ports

NET = t_aha.NET
HEADER = ('Service', 'network', 'leader', 'online', 'scheme', 'host', 'port', 'connection', 'opts')


class Deployment:
    """Our AHA, and a peer that comes to it.

    The old peer cannot be told a port by AHA unless the URLs are configured, so they are.
    """

    def __init__(self, peer: t_conftest.Peer, dirn: pathlib.Path) -> None:
        self.peer = peer
        self.dirn = dirn
        self.ports = (t_ports.free_port(), t_ports.free_port())
        self.environ = t_aha.environ(
            SYN_AHA_DMON_LISTEN=f'ssl://127.0.0.1:{self.ports[0]}?hostname=localhost&ca={NET}',
            SYN_AHA_PROVISION_LISTEN=f'ssl://127.0.0.1:{self.ports[1]}?hostname=localhost',
            SYN_AHA_AHA_URLS=f'ssl://localhost:{self.ports[0]}',
        )
        self.url = f'cell://{dirn / "aha"}'

    def start(self) -> t_serving.Server:
        """Run AHA."""
        return t_serving.Server(t_aha.argv(self.dirn / 'aha'), self.environ)

    def tool(self, *argv: str, fails: bool = False) -> list[str]:
        """Run a tool of the peer; returns its lines."""
        proc = subprocess.run(
            [self.peer.python, '-m', *argv],
            env=self.peer.environ(),
            cwd=self.dirn,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert bool(proc.returncode) == fails, proc.stdout + proc.stderr
        return (proc.stdout + proc.stderr if fails else proc.stdout).splitlines()

    def one_time(self, *argv: str) -> str:
        """Return the one-time URL that a tool of the peer prints."""
        [line] = self.tool(*argv)
        assert line.startswith('one-time use URL: ssl://localhost:')
        return line.partition('URL: ')[2]

    def services(self) -> dict[str, bool]:
        with s_telepath.openurl(self.url) as prox:
            return {item['svcname']: 'online' in item['svcinfo'] for item in prox.getAhaSvcs()}

    def wait(self, want: dict[str, bool], secs: float = 30) -> None:
        until = time.monotonic() + secs
        while (have := self.services()) != want:
            assert time.monotonic() < until, have
            time.sleep(0.05)

    @contextlib.contextmanager
    def axon(self, url: str, name: str = 'axon') -> typing.Iterator[subprocess.Popen[str]]:
        """Run an Axon of the peer that provisions itself; ended at the end."""
        environ = {'SYN_AXON_AHA_PROVISION': url, 'SYN_AXON_HTTPS_PORT': 'null', 'SYN_AXON_NEXSLOG_EN': 'true'}
        dirn = self.dirn / name
        with self.peer.run('-m', 'synapse.servers.axon', str(dirn), **environ) as proc:
            try:
                t_conftest.wait_cell(f'cell://{dirn}', proc)
                yield proc
            finally:
                proc.terminate()


@pytest.fixture
def deployment(peer: t_conftest.Peer, tmp_path: pathlib.Path) -> Deployment:
    return Deployment(peer, tmp_path)


def test_the_peer_provisions_itself_registers_and_comes_back(deployment: Deployment) -> None:
    dep = deployment
    with dep.start() as server:
        url = dep.one_time('synapse.tools.aha.provision.service', '--url', dep.url, '00.axon')
        with dep.axon(url) as proc:
            dep.wait({'00.axon': True, 'axon': True})
            text = (dep.dirn / 'axon' / 'cell.yaml').read_text()
            assert 'aha:leader: axon\n' in text and f'ssl://0.0.0.0:0?hostname=00.axon.{NET}&ca={NET}' in text
            lines = dep.tool('synapse.tools.aha.list', dep.url)
            assert lines[0].split() == [name for name in HEADER if name != 'leader' or not dep.peer.old]
            assert [line.split()[:2] for line in lines[1:]] == [['00.axon', NET], ['axon', NET]]
            server.stop(signal.SIGKILL)
            with dep.start():
                dep.wait({'00.axon': True, 'axon': True})
                proc.send_signal(signal.SIGTERM)
                dep.wait({'00.axon': False, 'axon': False})
                lines = dep.tool('synapse.tools.aha.list', dep.url, NET)
                assert all('False' in line for line in lines[1:]) and len(lines) == 3
                dep.tool('synapse.tools.aha.list', dep.url, NET, 'x', fails=True)


WHO = """
import asyncio, sys, synapse.telepath as s_telepath
async def main():
    async with s_telepath.withTeleEnv():
        async with await s_telepath.openurl(sys.argv[1]) as prox:
            print((await prox.getCellUser())['name'], await prox.getCellIden())
asyncio.run(main())
"""


def test_a_user_of_the_peer_enrolls_and_finds_a_service(deployment: Deployment) -> None:
    dep = deployment
    with dep.start():
        url = dep.one_time('synapse.tools.aha.provision.service', '--url', dep.url, '00.axon')
        with dep.axon(url):
            cell = f'cell://{dep.dirn / "axon"}'
            with s_telepath.openurl(cell) as prox:
                prox.addUser('visi')
                iden = prox.getCellIden()
            url = dep.one_time('synapse.tools.aha.provision.user', '--url', dep.url, 'visi')
            dep.tool('synapse.tools.aha.provision.user', '--url', dep.url, 'visi', fails=not dep.peer.old)
            # the peers share a home, and 2.113 enrolls into an empty one only
            home = dep.dirn / 'syn'
            os.makedirs(home)
            dep.peer.dirn = dep.dirn
            lines = dep.tool('synapse.tools.aha.enroll', url)
            assert lines == [
                f'Saved CA certificate: {home}/certs/cas/{NET}.crt',
                f'Saved user certificate: {home}/certs/users/visi@{NET}.crt',
                'Updating known AHA servers',
            ]
            assert any('NoSuchName' in line or 'Invalid prov' in line for line in dep.tool(
                'synapse.tools.aha.enroll', url, fails=True
            ))  # fmt: skip
            (dep.dirn / 'who.py').write_text(WHO)
            for name in (f'axon.{NET}', f'visi@axon.{NET}', 'visi@axon...', f'visi@00.axon.{NET}'):
                assert ask(dep, f'aha://{name}') == ['visi', iden]


def ask(dep: Deployment, url: str) -> list[str]:
    """Return who the peer is at a service that it finds through our AHA, and the iden of that."""
    proc = subprocess.run(
        [dep.peer.python, 'who.py', url],
        env=dep.peer.environ(),
        cwd=dep.dirn,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert proc.returncode == 0, proc.stderr
    return proc.stdout.split()


def test_certificates_by_the_tool_of_the_peer(deployment: Deployment) -> None:
    dep = deployment
    argv = ('synapse.tools.aha.easycert', '--aha', dep.url, '--certdir', str(dep.dirn / 'certs'))
    with dep.start():
        assert dep.tool(*argv, '--ca', NET) == [f'Saved CA cert to {dep.dirn}/certs/cas/{NET}.crt']
        lines = dep.tool(*argv, '--server', '--server-sans', 'DNS:y,DNS:x', '--network', NET, f'h.{NET}')
        assert lines[:3] == [f'{what} saved: {dep.dirn}/certs/hosts/h.{NET}.{what}' for what in ('key', 'csr', 'crt')]
        lines = dep.tool(*argv, f'visi@{NET}')
        assert lines[2] == f'crt saved: {dep.dirn}/certs/users/visi@{NET}.crt'
        dep.tool(*argv, '--ca', 'other.test')
        assert (dep.dirn / 'aha' / 'certs' / 'cas' / 'other.test.key').is_file()


def test_the_peer_follows_our_aha_to_its_clone(deployment: Deployment) -> None:
    dep = deployment
    if dep.peer.old:
        pytest.skip('2.113 keeps the registry that it was provisioned with')
    del dep.environ['SYN_AHA_AHA_URLS']
    environ = t_aha.environ(SYN_AHA_PROVISION_LISTEN='ssl://127.0.0.1:0?hostname=localhost')
    del environ['SYN_AHA_DMON_LISTEN'], environ['SYN_AHA_DNS_NAME']
    with dep.start() as lead:
        url = dep.one_time('synapse.tools.aha.clone', '--url', dep.url, '--port', str(t_ports.free_port()), 'localhost')
        environ['SYN_AHA_CLONE'] = url
        with t_serving.Server(t_aha.argv(dep.dirn / 'clone'), environ) as clone:
            assert any('Cloning AHA: done!' in line for line in clone.lines)
            with dep.axon(dep.one_time('synapse.tools.aha.provision.service', '--url', dep.url, '00.axon')):
                dep.wait({'00.axon': True, 'axon': True})
                assert lead.stop(signal.SIGKILL) == -signal.SIGKILL
                dep.url = f'cell://{dep.dirn / "clone"}'
                dep.tool('synapse.tools.service.promote', '--svcurl', dep.url, '--failure')
                dep.wait({'00.axon': True, 'axon': True})
                with s_telepath.openurl(dep.url) as prox:
                    [one, _] = prox.getAhaSvcs()
                    assert prox.getCellInfo()['cell']['active']
                    assert [name for name, (ok, _) in prox.callAhaPeerApi(
                        one['svcinfo']['iden'], ('getCellInfo', (), {})
                    ) if ok] == ['00.axon.loop.test']  # fmt: skip


def test_mirrors_of_the_peer_hand_over(deployment: Deployment) -> None:
    dep = deployment
    argv = ('synapse.tools.aha.provision.service', '--url', dep.url)
    every = {'00.axon': True, '01.axon': True, 'axon': True}
    with dep.start(), dep.axon(dep.one_time(*argv, '00.axon'), '00'):
        dep.wait({'00.axon': True, 'axon': True})
        with dep.axon(dep.one_time(*argv, '01.axon', '--mirror', 'axon'), '01'):
            dep.wait(every)
            wait_leader(dep, '00.axon', ['01.axon'])
            tool = 'synapse.tools.promote' if dep.peer.old else 'synapse.tools.service.promote'
            dep.tool(tool, '--svcurl', f'cell://{dep.dirn / "01"}')
            wait_leader(dep, '01.axon', ['00.axon'])
            assert dep.services() == every
            if not dep.peer.old:
                lines = dep.tool('synapse.tools.aha.mirror', '--url', dep.url, '--wait')
                assert f'Group Leader: 01.axon.{NET}' in lines and 'Group Status: In Sync' in lines


def wait_leader(dep: Deployment, leader: str, mirrors: list[str], secs: float = 60) -> None:
    """Wait until an instance has the name of the leader, and these are its followers."""
    until = time.monotonic() + secs
    want = (True, mirrors)
    while True:
        with s_telepath.openurl(dep.url) as prox:
            entries = {item['svcname']: item['svcinfo'] for item in prox.getAhaSvcs()}
            have = [item['svcname'] for item in prox.getAhaSvcMirrors('axon...')]
        if (entries['axon']['run'] == entries[leader]['run'], have) == want:
            return
        assert time.monotonic() < until, (entries, have)
        time.sleep(0.1)
