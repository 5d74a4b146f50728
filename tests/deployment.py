"""A deployment for tests: AHA, services and users as processes, each in a folder of its own.

No names are looked up: AHA calls itself ``localhost``, everything else is found through it.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time
import typing

import synapse.telepath as s_telepath
import tests.ports as t_ports

ROOT = pathlib.Path(__file__).resolve().parents[1]
NETWORK = 'loop.test'
BOOT_SECS = 120


def open_cell(path: pathlib.Path) -> typing.Any:
    """Open the service in a folder, from blocking code."""
    return s_telepath.openurl(f'cell://{path}')


class Proc:
    """A running service; its log is in a file. Ends with SIGTERM at the end of a ``with``."""

    def __init__(self, argv: list[str], env: dict[str, str], log: pathlib.Path) -> None:
        self.log = log
        self.start = log.stat().st_size if log.exists() else 0
        with open(log, 'ab') as file:
            self.proc = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env, cwd='/')

    @property
    def text(self) -> str:
        """What it has logged."""
        return self.log.read_bytes()[self.start :].decode()

    def wait_log(self, text: str, secs: float = BOOT_SECS) -> typing.Self:
        """Wait until the log has a text."""
        until = time.monotonic() + secs
        while text not in self.text:
            assert self.proc.poll() is None, f'ended without {text!r}:\n{self.text}'
            assert time.monotonic() < until, f'no {text!r} in time:\n{self.text}'
            time.sleep(0.02)
        return self

    def wait_end(self) -> int:
        """Wait for the end by itself; returns the exit code."""
        return self.proc.wait(BOOT_SECS)

    def stop(self, sig: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.proc.poll() is None:
            self.proc.send_signal(sig)
        return self.proc.wait(30)

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *args: typing.Any) -> None:
        self.stop(signal.SIGKILL if args[0] else signal.SIGTERM)


class Deployment:
    """Processes and tools of one AHA network.

    Attributes:
        path: The folder of everything. ahadir: The folder of AHA. port, provport: Where it listens.
        old: AHA is of release 2.113.
    """

    def __init__(self, path: pathlib.Path, ahapython: str = sys.executable, old: bool = False) -> None:
        self.path = path
        self.old = old
        self.ahapython = ahapython
        self.ahadir = path / 'aha'
        self.port, self.provport = t_ports.free_port(), t_ports.free_port()

    @property
    def ahaurl(self) -> str:
        return f'cell://{self.ahadir}'

    def environ(self, home: str = 'nobody', **extra: str) -> dict[str, str]:
        """Return an environment with a home folder of its own."""
        env = {name: valu for name, valu in os.environ.items() if not name.startswith('SYN_')}
        dirn = self.path / 'homes' / home
        dirn.mkdir(parents=True, exist_ok=True)
        return {**env, 'HOME': str(dirn), **extra}

    def _run(self, python: str, module: str, dirn: pathlib.Path, env: dict[str, str]) -> Proc:
        env.setdefault('PYTHONPATH', str(ROOT) if python == sys.executable else '')
        return Proc([python, '-m', f'synapse.servers.{module}', str(dirn)], env, dirn.with_suffix('.log'))

    def aha(self, wait: bool = True, **conf: str) -> Proc:
        """Start AHA."""
        env = {
            'SYN_AHA_HTTPS_PORT': 'null',
            'SYN_AHA_DNS_NAME': 'localhost',
            'SYN_AHA_AHA_NETWORK': NETWORK,
            'SYN_AHA_DMON_LISTEN': f'ssl://127.0.0.1:{self.port}?hostname=localhost&ca={NETWORK}',
            'SYN_AHA_PROVISION_LISTEN': f'ssl://127.0.0.1:{self.provport}?hostname=localhost',
        }
        if self.old:
            # no list of servers of its own, and the name of its host is that of the service
            env['SYN_AHA_AHA_NAME'] = 'aha'
            del env['SYN_AHA_DNS_NAME']
            for name in ('SYN_AHA_DMON_LISTEN', 'SYN_AHA_PROVISION_LISTEN'):
                env[name] = env[name].replace('hostname=localhost', f'hostname=aha.{NETWORK}')
            env['SYN_AHA_AHA_URLS'] = f'ssl://127.0.0.1:{self.port}?hostname=aha.{NETWORK}'
        proc = self._run(self.ahapython, 'aha', self.ahadir, self.environ(**(env | conf)))
        return proc.wait_log('API (https): ') if wait else proc

    def service(
        self, kind: str, name: str, url: str | None = None, wait: bool = True, python: str = sys.executable, **conf: str
    ) -> Proc:
        """Start a service in its folder; the options are those of the environment, without the prefix."""
        if url is not None:
            conf['AHA_PROVISION'] = url
        env = {f'SYN_{kind.upper()}_{key}': valu for key, valu in ({'HTTPS_PORT': 'null'} | conf).items()}
        proc = self._run(python, kind, self.path / name, self.environ(**env))
        return proc.wait_log('API (https): ') if wait else proc

    def tool(
        self, name: str, *argv: str, code: int = 0, home: str = 'nobody', python: str = sys.executable, stdin: str = ''
    ) -> str:
        """Run a tool as a user; returns what it printed."""
        proc = subprocess.run(
            [python, '-m', f'synapse.tools.{name}', *argv],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=BOOT_SECS,
            cwd=self.path if python != sys.executable else ROOT,
            env=self.environ(home),
        )
        assert proc.returncode == code, f'{name} {argv}: {proc.returncode}\n{proc.stdout}{proc.stderr}'
        return proc.stdout

    def provision(self, name: str, *flags: str) -> str:
        """Return a one-time URL for a service."""
        url = self.tool('aha.provision.service', '--url', self.ahaurl, '--only-url', *flags, name).strip()
        return self.local(url)

    def local(self, url: str) -> str:
        """Return a one-time URL with a host that can be reached; the server is known by its pin."""
        return url.replace(f'aha.{NETWORK}:', '127.0.0.1:')

    def enroll(self, user: str) -> str:
        """Make somebody a user of the network, with a home of that name; returns what the tool printed."""
        url = self.tool('aha.provision.user', '--url', self.ahaurl, '--only-url', user).strip()
        return self.tool('enroll', self.local(url), home=user)

    def listed(self) -> dict[str, bool]:
        """Return the names that AHA knows, and whether they are online."""
        with s_telepath.openurl(self.ahaurl) as aha:
            return {entry['name']: 'online' in entry['svcinfo'] for entry in aha.getAhaSvcs()}

    def wait_listed(self, name: str, online: bool = True, secs: float = 30) -> None:
        """Wait until AHA knows a full name as online, or offline."""
        until = time.monotonic() + secs
        while self.listed().get(name) is not online:
            assert time.monotonic() < until, f'{name}: {self.listed()}'
            time.sleep(0.05)


@contextlib.contextmanager
def deployment(path: pathlib.Path, ahapython: str = sys.executable) -> typing.Iterator[Deployment]:
    """Run AHA while the body runs."""
    site = Deployment(path, ahapython)
    with site.aha():
        yield site
