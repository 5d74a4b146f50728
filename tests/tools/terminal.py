"""A program on a pseudo terminal, for tests of what a person at a terminal sees."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import typing


class Terminal:
    """A program on a pseudo terminal: type, and read until some text is on the screen."""

    def __init__(self, *argv: str, **env: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # no CPR: the program must not ask this terminal where its cursor is
            more = {'TERM': 'xterm', 'PROMPT_TOOLKIT_NO_CPR': '1', **env}
            os.execve(sys.executable, [sys.executable, '-m', *argv], {**os.environ, **more})
        self.seen = ''
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 120, 0, 0))

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *args: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
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

    def end(self, timeout: float = 20.0) -> int:
        """Return the exit code."""
        until = time.monotonic() + timeout
        with contextlib.suppress(OSError):  # the other side of the terminal is closed
            while select.select([self.fd], [], [], max(0, until - time.monotonic()))[0] and os.read(self.fd, 65536):
                pass
        while (found := os.waitpid(self.pid, os.WNOHANG)) == (0, 0):
            assert time.monotonic() < until, 'the program does not end'
            time.sleep(0.01)
        return os.waitstatus_to_exitcode(found[1])
