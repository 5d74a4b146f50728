"""The files of the pack store: how they are named, what a record looks like, how records are found again.

A *pack* ``<16 hex digits>.pack`` has many blobs, one behind the other::

    header   64 bytes: magic, zeros
    record   64 bytes: magic, CRC-32 of the rest and of the place, kind, size, file number, SHA-256; then the content

A *file* ``<16 hex digits>.blob`` is the content of one large blob and nothing else; the record that names it is in a
pack, without content. Packs and files are numbered in one sequence.

A record is skipped by its size, so it says its size before it says its name: kind ``FREE`` is the space of a blob that
is on its way, or never arrived.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import typing
import zlib

import synapse.lib.limits as s_limits

MAGIC = b'SYNPACK\n'
START = 64  # of the first record
HEAD = 64
FREE, PACKED, FILE = range(3)

_HEAD = struct.Struct('>4sIB3xQQ32s4x')
_MARK = b'\nblb'
_NAME = re.compile(r'([0-9a-f]{16})\.(pack|blob)')


class Place(typing.NamedTuple):
    """Where the content of a blob is: the number of a pack or file, the offset in it, the size."""

    numb: int
    offs: int
    size: int


class Record(typing.NamedTuple):
    """What a pack says of a blob. ``pos`` and ``end`` are of the record in its pack."""

    pos: int
    end: int
    kind: int
    sha256: bytes
    place: Place


class OpenFile:
    """A file that is closed when nobody holds it any more: readers and writers outlive the store's interest in it."""

    __slots__ = ('fd', 'numb', 'path')

    def __init__(self, path: str, numb: int, flags: int = os.O_RDONLY) -> None:
        self.path = path
        self.numb = numb
        self.fd = -1
        self.fd = os.open(path, flags | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)


def name_of(numb: int, ispack: bool) -> str:
    """Return the name of a file."""
    return f'{numb:016x}.{"pack" if ispack else "blob"}'


def listing(dirn: str) -> dict[int, bool]:
    """Return {number: is it a pack} of the files in a directory, in order."""
    found = (_NAME.fullmatch(name) for name in sorted(os.listdir(dirn)))
    return {int(match[1], 16): match[2] == 'pack' for match in found if match}


def head(numb: int, pos: int, kind: int, size: int, sha256: bytes = b'', file: int = 0) -> bytes:
    """Return the head of a record at a position of a pack."""
    byts = _HEAD.pack(_MARK, 0, kind, size, file, sha256)
    return byts[:4] + _crc(numb, pos, byts).to_bytes(4, 'big') + byts[8:]


def _crc(numb: int, pos: int, byts: bytes) -> int:
    # with the place: what lies in the content of a blob must not look like a record
    return zlib.crc32(byts[8:], zlib.crc32(numb.to_bytes(8, 'big') + pos.to_bytes(8, 'big')))


def scan(file: OpenFile, pos: int) -> typing.Iterator[Record]:
    """Yield the records of a pack from a position on, as far as they are whole (their content may not be)."""
    total = os.fstat(file.fd).st_size
    while pos + HEAD <= total:
        byts = os.pread(file.fd, HEAD, pos)
        mark, crc, kind, size, other, sha256 = _HEAD.unpack(byts)
        if mark != _MARK or crc != _crc(file.numb, pos, byts):
            return
        end = pos + HEAD + (0 if kind == FILE else size)
        if end > total:
            return
        place = Place(other, 0, size) if kind == FILE else Place(file.numb, pos + HEAD, size)
        yield Record(pos, end, kind, sha256, place)
        pos = end


def is_whole(file: OpenFile, record: Record) -> bool:
    """Return True when the content of a record is there. A file was synced before its record, so its size tells."""
    if record.kind == FILE:
        return os.fstat(file.fd).st_size == record.place.size
    digest = hashlib.sha256()
    offs, left = record.place.offs, record.place.size
    while left and (byts := os.pread(file.fd, min(left, s_limits.BLOB_PIECE), offs)):
        digest.update(byts)
        offs += len(byts)
        left -= len(byts)
    return not left and digest.digest() == record.sha256


def write_all(fd: int, parts: typing.Sequence[bytes | memoryview], pos: int) -> None:
    """Write buffers one behind the other at a position of a file. Raises OSError."""
    for indx in range(0, len(parts), s_limits.BLOB_IOVECS):
        some = parts[indx : indx + s_limits.BLOB_IOVECS]
        size = sum(len(part) for part in some)
        done = os.pwritev(fd, some, pos)
        if done < size:  # a full disk, a signal: again with what is left
            view = memoryview(b''.join(some))
            while done < size:
                done += os.pwrite(fd, view[done:], pos + done)
        pos += size
