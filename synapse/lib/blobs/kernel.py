"""Favours asked of the kernel and the C library. Where the platform has them not, nothing happens.

Nothing here changes what a program does, only who waits and what counts as our memory.
"""

from __future__ import annotations

import contextlib
import ctypes

import synapse.lib.limits as s_limits

# Options of glibc's mallopt().
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_libc = ctypes.CDLL(None)


def give_back() -> None:
    """Have freed blocks of some megabytes go back to the kernel at once.

    The C library would keep up to 64 MiB of them, as a program that asked for such blocks before may ask again.
    """
    with contextlib.suppress(AttributeError):  # a C library without it
        _libc.mallopt(_M_MMAP_THRESHOLD, s_limits.BLOB_MALLOC)
        _libc.mallopt(_M_TRIM_THRESHOLD, s_limits.BLOB_MALLOC * 2)
