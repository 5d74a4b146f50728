"""Is this database file whole? Asked before LMDB maps it, since reading past the end of a mapped file kills the
process.

LMDB opens a file that was cut short without a word. Pages that were allocated and freed within one transaction need not
reach the disk, so a file may rightly be a little shorter than its page count; only in that rare case all used pages are
read, in a child process, where a SIGBUS is an answer.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys

import lmdb

import synapse.exc as s_exc

# LMDB 0.9 data format 1: a page header of 16 bytes, then the meta: magic, version, address, map size, two databases of
# 48 bytes (the first one's first u32 is the page size), last page number, transaction id.
_META = struct.Struct('<IIQQ48s48sQQ')
_MAGIC = 0xBEEFC0DE
_MIN_SIZE = 2 * 4096

_WALK = """
import lmdb, os, sys
env = lmdb.open(sys.argv[1], readonly=True, max_dbs=1)
with open(os.devnull, 'wb') as file:
    env.copyfd(file.fileno(), compact=True)
"""


# Errors of the caller (a key that is too long): the transaction goes on. After any other error it is lost, with all
# that was not committed.
_HARMLESS = (
    lmdb.BadValsizeError,
    lmdb.KeyExistsError,
    lmdb.NotFoundError,
    lmdb.InvalidParameterError,
    lmdb.IncompatibleError,
    lmdb.BadDbiError,
    lmdb.DbsFullError,
    lmdb.ReadonlyError,
)


def is_broken(e: BaseException) -> bool:
    """Return True for an LMDB error after which the write transaction is lost."""
    return isinstance(e, lmdb.Error) and not isinstance(e, _HARMLESS)


def data_path(path: str) -> str:
    """Return the path of the data file of an environment directory."""
    return os.path.join(path, 'data.mdb')


def _last_page(path: str) -> tuple[int, int]:
    """Return (page size, last page number) of the newest valid meta page; raises ValueError when there is none."""
    best: tuple[int, int, int] | None = None
    with open(path, 'rb') as file:
        head = file.read(16 + _META.size)
        psize = _psize(head)
        file.seek(psize)
        for byts in (head, file.read(16 + _META.size)):
            if len(byts) < 16 + _META.size or _psize(byts) != psize:
                continue
            meta = _META.unpack_from(byts, 16)
            if best is None or meta[7] > best[0]:
                best = (meta[7], psize, meta[6])
    if best is None:  # pragma: no cover - _psize raised before
        raise ValueError('no meta page')
    return best[1], best[2]


def _psize(byts: bytes) -> int:
    if len(byts) < 16 + _META.size:
        raise ValueError('file too short')
    meta = _META.unpack_from(byts, 16)
    if meta[0] != _MAGIC:
        raise ValueError('bad magic')
    psize = int(struct.unpack_from('<I', meta[4])[0])
    if psize < 512 or psize > 65536 or psize & (psize - 1):
        raise ValueError('bad page size')
    return psize


def check(path: str) -> None:
    """Raise BadCoreStore, naming the file, when the environment in directory ``path`` is cut short or not LMDB."""
    data = data_path(path)
    try:
        size = os.path.getsize(data)
        if size < _MIN_SIZE:
            raise ValueError('file too short')
        psize, last = _last_page(data)
    except FileNotFoundError:
        raise s_exc.BadCoreStore(mesg=f'The database {path} has lost its file data.mdb.', path=data) from None
    except ValueError as e:
        raise s_exc.BadCoreStore(
            mesg=f'The database file {data} is corrupt or truncated: {e}.', path=data, size=size
        ) from None
    if size < (last + 1) * psize and not _readable(path):
        raise s_exc.BadCoreStore(
            mesg=f'The database file {data} is truncated: {size} bytes of {(last + 1) * psize}.', path=data, size=size
        )


def _readable(path: str) -> bool:
    proc = subprocess.run(
        [sys.executable, '-c', _WALK, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return proc.returncode == 0


def bad_store(path: str, e: lmdb.Error) -> s_exc.SynErr:
    """Return the BadCoreStore error for an LMDB error at open."""
    return s_exc.BadCoreStore(mesg=f'The database {path} cannot be used: {e}', path=path)
