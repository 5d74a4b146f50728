"""Real servers for the tests of entry points: a subprocess, its log lines, its end."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[3]

PLUGIN = """
import synapse.lib.cell as s_cell
import synapse.lib.slab as s_slab

class EchoApi(s_cell.CellApi):

    async def echo(self, valu):
        return (self.user.name, valu)

    @s_cell.adminapi(log=True)
    async def setThing(self, name, valu, passwd=None):
        return await self.cell.setThing(name, valu)

    async def getThing(self, name):
        return self.cell.things.get(name)

class EchoCell(s_cell.Cell):

    cellapi = EchoApi
    confdefs = {
        'echo:word': {'type': 'string', 'default': 'hi', 'description': 'What to say.'},
        'echo:list': {'type': 'array', 'items': {'type': 'string'}, 'description': 'No flag for this one.'},
    }

    async def initServiceStorage(self):
        self.things = s_slab.KeyVal(self.slab, 'things')

    @s_cell.Cell.onPushAuto('thing:set')
    async def setThing(self, name, valu):
        self.things.set(name, valu)
        return valu
"""


def environ(extra: dict[str, str] | None = None, path: pathlib.Path | None = None) -> dict[str, str]:
    """Return the environment of a server: ours, the repository and ``path`` importable."""
    env = dict(os.environ)
    paths = [str(ROOT), *([str(path)] if path else []), *filter(None, [env.get('PYTHONPATH')])]
    env['PYTHONPATH'] = os.pathsep.join(paths)
    env.update(extra or {})
    return env


def argv(dirn: pathlib.Path, *flags: str, ctor: str = 'synapse.lib.cell.Cell') -> list[str]:
    """Return the command line of a server on ephemeral ports."""
    base = [sys.executable, '-m', 'synapse.servers.cell', ctor, str(dirn)]
    return [*base, '--telepath', 'tcp://127.0.0.1:0', '--https', '0', *flags]


def run(command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a server that is expected to end by itself."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env or environ())


class Server:
    """A running server. A context manager that waits until it is ready, and ends it with SIGTERM.

    Attributes:
        lines: What it has written to stderr so far.
    """

    def __init__(self, command: list[str], env: dict[str, str] | None = None, ready: str = 'API (https): ') -> None:
        self.lines: list[str] = []
        self.proc = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env or environ()
        )
        self.read_until(ready)

    def read_until(self, text: str) -> str:
        """Read log lines until one contains the text; returns it."""
        assert self.proc.stderr is not None
        for line in self.proc.stderr:
            self.lines.append(line.rstrip('\n'))
            if text in line:
                return line
        raise AssertionError(f'the server ended without {text!r}:\n' + '\n'.join(self.lines))

    def stop(self, sig: int = signal.SIGTERM) -> int:
        """Send a signal, collect the rest of the log, return the exit code."""
        if self.proc.poll() is None:
            self.proc.send_signal(sig)
        _, err = self.proc.communicate(timeout=30)
        self.lines.extend(err.splitlines())
        return self.proc.returncode

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *args: typing.Any) -> None:
        if self.proc.returncode is None:
            self.stop(signal.SIGKILL if args[0] else signal.SIGTERM)
