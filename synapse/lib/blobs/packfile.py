"""The files of the pack store: how they are named, what a record looks like, how records are found again.

A *pack* ``<16 hex digits>.pack`` has many blobs, one behind the other::

    header   64 bytes: magic, zeros
    record   64 bytes: magic, CRC-32 of the rest and of the place, kind, size, file number, SHA-256; then the content

A *file* ``<16 hex digits>.blob`` is the content of one large blob and nothing else; the record that names it is in a
pack, without content. Packs and files are numbered in one sequence.

A blob of some size is written around the page cache: half of the time, and the memory stays with those who read. That
takes whole blocks, so its record and its content have blocks of their own (kind ``BLOCKS``). It has no name while it is
being hashed (kind ``FREE``); if it never gets one, the space is lost until the pack is tidied up. No byte of a pack
but in the record of such a blob is written twice, so what lies between two records is zeros.
"""

from __future__ import annotations

import collections
import hashlib
import mmap
import os
import re
import struct
import typing
import zlib

import synapse.lib.limits as s_limits

MAGIC = b'SYNPACK\n'
START = 64  # of the first record
HEAD = 64
BLOCK = 4096
FREE, PACKED, FILE, BLOCKS = range(4)

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

    __slots__ = ('_direct', 'fd', 'numb', 'path')

    def __init__(self, path: str, numb: int, flags: int = os.O_RDONLY) -> None:
        self.path = path
        self.numb = numb
        self.fd = self._direct = -1
        self.fd = os.open(path, flags | os.O_CLOEXEC, 0o600)

    def direct(self) -> int:
        """Return a descriptor for writes of whole blocks from aligned memory, around the page cache if possible."""
        if self._direct < 0:
            try:
                self._direct = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC | getattr(os, 'O_DIRECT', 0))
            except OSError:  # a file system that has no such thing
                self._direct = os.dup(self.fd)
        return self._direct

    def __del__(self) -> None:
        for fd in (self.fd, self._direct):
            if fd >= 0:
                os.close(fd)


class OpenFiles:
    """Files of a directory, opened now or not long ago."""

    def __init__(self, dirn: str) -> None:
        self.dirn = dirn
        self._files: collections.OrderedDict[int, OpenFile] = collections.OrderedDict()

    def open(self, numb: int, ispack: bool, flags: int = os.O_RDONLY) -> OpenFile:
        """Return a file. Raises OSError."""
        file = self._files.get(numb)
        if file is not None:
            self._files.move_to_end(numb)
            return file
        file = self._files[numb] = OpenFile(os.path.join(self.dirn, name_of(numb, ispack)), numb, flags)
        if len(self._files) > s_limits.BLOB_FILES:
            self._files.popitem(last=False)
        return file

    def make(self, numb: int, ispack: bool) -> OpenFile:
        """Make a file that is not there yet. Raises OSError."""
        return self.open(numb, ispack, os.O_RDWR | os.O_CREAT | os.O_EXCL)

    def drop(self, numb: int) -> None:
        """Forget a file: it was removed."""
        self._files.pop(numb, None)


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


def blocks(size: int) -> int:
    """Return a size, or a position, rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def extent(kind: int, size: int) -> tuple[int, int]:
    """Return (where the content of a record begins, where the record ends), relative to the record."""
    if kind in (FREE, BLOCKS):
        return BLOCK, BLOCK + blocks(size)
    return HEAD, HEAD + (0 if kind == FILE else size)


def scan(file: OpenFile, pos: int) -> typing.Iterator[Record]:
    """Yield the records of a pack from a position on, as far as they are whole (their content may not be)."""
    total = os.fstat(file.fd).st_size
    while pos + HEAD <= total:
        record = _record(file, pos) or _record(file, blocks(pos))
        if record is None or record.end > total:
            return
        yield record
        pos = record.end


def _record(file: OpenFile, pos: int) -> Record | None:
    byts = os.pread(file.fd, HEAD, pos)
    if len(byts) < HEAD:
        return None
    mark, crc, kind, size, other, sha256 = _HEAD.unpack(byts)
    if mark != _MARK or crc != _crc(file.numb, pos, byts):
        return None
    start, end = extent(kind, size)
    place = Place(other, 0, size) if kind == FILE else Place(file.numb, pos + start, size)
    return Record(pos, pos + end, kind, sha256, place)


def is_clean(file: OpenFile, end: int) -> bool:
    """Return True when nothing but zeros, and not many, follow the last record."""
    size = os.fstat(file.fd).st_size - end
    return 0 <= size <= s_limits.BLOB_AHEAD * 2 and not any(os.pread(file.fd, size, end))


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
            write_view(fd, memoryview(b''.join(some)), pos, done)
        pos += size


def write_view(fd: int, view: memoryview, pos: int, done: int = 0) -> None:
    """Write all of a buffer, but for what is ``done``, at a position of a file. Raises OSError."""
    while done < len(view):
        done += os.pwrite(fd, view[done:], pos + done)


class Memory:
    """Aligned memory for blobs that come in. The kernel takes its time to give some out, so a little is kept."""

    def __init__(self) -> None:
        self._kept: list[mmap.mmap] = []

    def take(self, size: int) -> mmap.mmap:
        """Return memory of at least that size, in whole blocks, with anything in it."""
        if size <= s_limits.BLOB_MEMORY and self._kept:
            return self._kept.pop()
        return mmap.mmap(-1, max(blocks(size), s_limits.BLOB_MEMORY))

    def give(self, memory: mmap.mmap) -> None:
        """Take memory back that nobody uses any more."""
        if len(memory) == s_limits.BLOB_MEMORY and len(self._kept) < s_limits.BLOB_MEMORIES:
            self._kept.append(memory)


class Stage:
    """Aligned memory in which whole blocks are put together, to be written around the page cache."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0
        self._map = mmap.mmap(-1, size)
        self._view = memoryview(self._map)

    def add(self, view: memoryview) -> int:
        """Take as much as there is room for; returns how much."""
        count = min(len(view), self.size - self.used)
        self._view[self.used : self.used + count] = view[:count]
        self.used += count
        return count

    def flush(self, file: OpenFile, pos: int) -> None:
        """Write what there is, filled up to whole blocks with zeros, and begin anew. Raises OSError."""
        end = blocks(self.used)
        self._view[self.used : end] = bytes(end - self.used)
        self.used = 0
        write_view(file.direct(), self._view[:end], pos)
