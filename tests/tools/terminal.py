"""A program on a pseudo terminal, for tests of what a person at a terminal sees."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
import typing

# What the child does before it becomes the program: make the terminal on stdin its own, so that Ctrl-C reaches it.
BECOME = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, '-m', *sys.argv[1:]])
"""


class Terminal:
    """A Python module as a program on a terminal: type, and read until some text is on the screen."""

    def __init__(self, *argv: str, **env: str) -> None:
        # no CPR: the program must not ask this terminal where its cursor is
        env = {**os.environ, 'TERM': 'xterm', 'PROMPT_TOOLKIT_NO_CPR': '1', **env}
        self.fd, tty = pty.openpty()
        fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 120, 0, 0))
        self.proc = subprocess.Popen([sys.executable, '-c', BECOME, *argv], stdin=tty, stdout=tty, stderr=tty, env=env)
        os.close(tty)
        self.seen = ''

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.proc.kill()
        self.proc.wait()
        os.close(self.fd)

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def wait(self, text: str, timeout: float = 20.0) -> str:
        """Return what was shown up to and with a text."""
        until = time.monotonic() + timeout
        while text not in self.seen:
            ready = select.select([self.fd], [], [], max(0, until - time.monotonic()))[0]
            assert ready, f'{text!r} did not appear in {self.seen!r}'
            self.seen += os.read(self.fd, 65536).decode(errors='replace')
        found, _, self.seen = self.seen.partition(text)
        return found + text

    def prompt(self) -> str:
        """Wait for the prompt, and until it has taken the terminal: what is typed before is for somebody else."""
        found = self.wait('storm>')
        while termios.tcgetattr(self.fd)[3] & termios.ICANON:
            assert self.proc.poll() is None
            time.sleep(0.01)
        return found

    def end(self, timeout: float = 20.0) -> int:
        """Return the exit code."""
        until = time.monotonic() + timeout
        with contextlib.suppress(OSError):  # the other side of the terminal is closed
            while select.select([self.fd], [], [], max(0, until - time.monotonic()))[0] and os.read(self.fd, 65536):
                pass
        return self.proc.wait(timeout=timeout)
