"""Ports for processes that have to be told theirs, or that come back at it."""

from __future__ import annotations

import errno
import secrets
import socket


def free_port() -> int:
    """Return a port that was free a moment ago.

    It is below those that the system gives to connections, or one of them might take it before it is used.
    """
    while True:
        port = 15000 + secrets.randbelow(15000)
        try:
            socket.create_server(('127.0.0.1', port)).close()
            return port
        except OSError as e:
            if e.errno != errno.EADDRINUSE:
                raise
