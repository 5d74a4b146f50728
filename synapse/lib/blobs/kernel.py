"""Favours asked of the kernel and the C library. Where the platform has them not, nothing happens.

Nothing here changes what a program does, only when the disk works and what counts as our memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import os

import synapse.lib.limits as s_limits

# Options of glibc's mallopt().
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

# A flag of Linux' sync_file_range().
_SYNC_FILE_RANGE_WRITE = 2

_libc = ctypes.CDLL(None)
_sync_file_range = getattr(_libc, 'sync_file_range', None)
if _sync_file_range is not None:
    _sync_file_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)

_NOWAIT = getattr(os, 'RWF_NOWAIT', None)


def give_back() -> None:
    """Have freed blocks of some megabytes go back to the kernel at once.

    The C library would keep up to 64 MiB of them, as a program that asked for such blocks before may ask again.
    """
    with contextlib.suppress(AttributeError):  # a C library without it
        _libc.mallopt(_M_MMAP_THRESHOLD, s_limits.BLOB_MALLOC)
        _libc.mallopt(_M_TRIM_THRESHOLD, s_limits.BLOB_MALLOC * 2)


def begin_writeback(fd: int, offs: int, size: int) -> None:
    """Have the disk begin to write a range of a file. A sync of the file is shorter then; it is needed all the same."""
    if _sync_file_range is not None:
        _sync_file_range(fd, offs, size, _SYNC_FILE_RANGE_WRITE)


def is_cached(fd: int, offs: int, size: int) -> bool:
    """Guess from both ends whether a range of a file can be read without waiting for the disk."""
    if _NOWAIT is None or not size:
        return False
    try:
        return all(os.preadv(fd, [bytearray(1)], pos, _NOWAIT) for pos in (offs, offs + size - 1))
    except OSError:
        return False
