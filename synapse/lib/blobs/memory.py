"""Keeping a process small while large things pass through it. Where the platform cannot, nothing happens.

Nothing here changes what a program does, only what the kernel counts as its memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap

import synapse.lib.limits as s_limits

_MADV_DONTNEED = getattr(mmap, 'MADV_DONTNEED', None)

# Options of glibc's mallopt().
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


class _PyBuffer(ctypes.Structure):
    _fields_ = (
        ('buf', ctypes.c_void_p),
        ('obj', ctypes.py_object),
        ('len', ctypes.c_ssize_t),
        ('itemsize', ctypes.c_ssize_t),
        ('readonly', ctypes.c_int),
        ('ndim', ctypes.c_int),
        ('format', ctypes.c_char_p),
        ('shape', ctypes.c_void_p),
        ('strides', ctypes.c_void_p),
        ('suboffsets', ctypes.c_void_p),
        ('internal', ctypes.c_void_p),
    )


_libc = ctypes.CDLL(None)


def give_back() -> None:
    """Have freed blocks of some megabytes go back to the kernel at once.

    The C library would keep up to 64 MiB of them, as a program that asked for such blocks before may ask again.
    """
    with contextlib.suppress(AttributeError):  # a C library without it
        _libc.mallopt(_M_MMAP_THRESHOLD, s_limits.BLOB_MALLOC)
        _libc.mallopt(_M_TRIM_THRESHOLD, s_limits.BLOB_MALLOC * 2)


def unmap(view: memoryview) -> None:
    """Take the pages of a view of a mapped file out of our memory; they stay in the page cache, to be read again."""
    if _MADV_DONTNEED is None or not view:
        return
    buf = _PyBuffer()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(buf), 0)
    try:
        start = -(-buf.buf // mmap.PAGESIZE) * mmap.PAGESIZE
        size = (buf.buf + buf.len - start) // mmap.PAGESIZE * mmap.PAGESIZE
        if size > 0:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_DONTNEED)
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buf))
