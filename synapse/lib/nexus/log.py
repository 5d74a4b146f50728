"""The log on disk: append-only segment files, found again whole after any crash.

A segment ``seqn<16 hex digits of its first offset>.nexs`` is a header and records::

    header   8 bytes magic, u32 version, u32 zero, u64 first offset, u64 term     (big endian)
    record   u32: bit 31 "everything before me was synced", bits 0-30 length of the payload
             u32: CRC-32 of the payload
             payload: msgpack (offset, (nexsiden, event, args, kwargs, meta))

What makes the end of the log certain after a crash: a batch is appended only when the batch before it is on disk, and
its first record says so (bit 31). A record that does not verify is therefore the torn tail of a batch that nobody was
told about, unless a record with bit 31 follows it: then durable data is damaged, and we refuse to start.

The file is filled with zeros some way ahead of its end, so that the sync of a small batch has no new length of the
file to record, which would cost the disk another write. A segment that is complete has no such rest, nor has the last
one after an orderly end.

``state.json`` beside the segments holds what must outlive them: the first offset that readers may see, whether the
log is kept for readers at all, and the term (for later: leadership).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import struct
import typing
import zlib

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits

logger = logging.getLogger(__name__)

MAGIC = b'SYNNEXS\n'
VERSION = 1
HEADER = struct.Struct('>8sIIQQ')
HEAD = struct.Struct('>II')
SYNCED = 0x80000000

_NAME = re.compile(r'seqn([0-9a-f]{16})\.nexs')
# the first eight bytes of a record that says "synced", followed by a msgpack pair: candidates after a damaged record
_CANDIDATE = re.compile(rb'(?=[\x80-\xbf].{7}\x92)', re.DOTALL)


def pack_offs(offs: int) -> bytes:
    """Return the bytes before the packed item in a payload: a pair of which the first is the offset."""
    if offs < 128:
        return b'\x92' + offs.to_bytes(1, 'big')
    if offs < 0x100000000:
        return b'\x92\xce' + offs.to_bytes(4, 'big')
    return b'\x92\xcf' + offs.to_bytes(8, 'big')


def pack_batch(first: int, bodies: typing.Iterable[bytes], synced: bool) -> bytes:
    """Return the records of a batch as one byte string. ``bodies`` are packed items."""
    parts: list[bytes] = []
    flag = SYNCED if synced else 0
    crc32 = zlib.crc32
    for offs, body in enumerate(bodies, first):
        pref = pack_offs(offs)
        parts.append(HEAD.pack(flag | (len(pref) + len(body)), crc32(body, crc32(pref))))
        parts.append(pref)
        parts.append(body)
        flag = 0
    return b''.join(parts)


def scan(byts: bytes | memoryview, pos: int = 0) -> typing.Iterator[tuple[int, memoryview]]:
    """Yield (position after the record, payload) of the valid records from ``pos`` on, until one is not."""
    view = memoryview(byts)
    size = len(view)
    while pos + 8 <= size:
        head, crc = HEAD.unpack_from(view, pos)
        end = pos + 8 + (head & ~SYNCED)
        if end > size or end == pos + 8:
            return
        payload = view[pos + 8 : end]
        if zlib.crc32(payload) != crc:
            return
        yield end, payload
        pos = end


def offs_of(payload: bytes | memoryview) -> int:
    """Return the offset in a payload without unpacking the rest."""
    kind = payload[1]
    if kind == 0xCE:
        return int.from_bytes(payload[2:6], 'big')
    if kind == 0xCF:
        return int.from_bytes(payload[2:10], 'big')
    return kind


def split(payload: memoryview) -> tuple[int, bytes]:
    """Return the offset in a payload, and the packed item that follows it."""
    kind = payload[1]
    if kind == 0xCE:
        return int.from_bytes(payload[2:6], 'big'), bytes(payload[6:])
    if kind == 0xCF:
        return int.from_bytes(payload[2:10], 'big'), bytes(payload[10:])
    return kind, bytes(payload[2:])


def damaged(byts: bytes, pos: int) -> bool:
    """Return True when a valid record after the bad one at ``pos`` proves that it had been on disk."""
    for match in _CANDIDATE.finditer(byts, pos + 1):
        if next(scan(byts, match.start()), None) is not None:
            return True
    return False


class Reader(typing.Protocol):
    """Somebody who reads a log; ``offs`` is the next offset."""

    offs: int


class Segment:
    """One file of the log. ``marks`` are some (offset, position) pairs of its records, in order."""

    def __init__(self, path: str, first: int) -> None:
        self.path = path
        self.first = first
        self.readers: set[Reader] = set()  # who has the file open
        self.marks: list[tuple[int, int]] = [(first, HEADER.size)]

    def mark(self, offs: int, pos: int) -> None:
        """Remember where an offset is, about once each 64 KiB."""
        if pos - self.marks[-1][1] >= 64 * s_limits.KIB:
            self.marks.append((offs, pos))

    def seek(self, offs: int) -> tuple[int, int]:
        """Return the nearest remembered (offset, position) at or before an offset."""
        lo, hi = 0, len(self.marks)
        while hi - lo > 1:
            mid = (lo + hi) // 2
            if self.marks[mid][0] <= offs:
                lo = mid
            else:
                hi = mid
        return self.marks[lo]


def find_segments(dirn: str) -> list[Segment]:
    """Return the segments in a directory, in order."""
    names = sorted(name for name in os.listdir(dirn) if _NAME.fullmatch(name))
    return [Segment(os.path.join(dirn, name), int(name[4:20], 16)) for name in names]


def find_end(seg: Segment, byts: bytes) -> tuple[int, int]:
    """Return (next offset, position after the last valid record) of a segment's content. Raises FatalErr."""
    req_header(byts, seg.path, seg.first)
    pos, offs = HEADER.size, seg.first
    for end, payload in scan(byts, HEADER.size):
        if offs_of(payload) != offs:
            raise s_exc.FatalErr(mesg=f'The change log {seg.path} holds offset {offs_of(payload)} in place of {offs}.')
        seg.mark(offs, pos)
        pos = end
        offs += 1
    return offs, pos


def req_header(byts: bytes, path: str, first: int) -> None:
    """Raise FatalErr or BadStorageVersion unless the bytes begin with the header of that segment."""
    if len(byts) < HEADER.size or byts[:8] != MAGIC:
        raise s_exc.FatalErr(mesg=f'The change log {path} is corrupt: bad header.', path=path)
    _, vers, _, offs, _ = HEADER.unpack_from(byts)
    if vers > VERSION:
        raise s_exc.BadStorageVersion(mesg=f'The change log {path} has version {vers}, newer than {VERSION}.')
    if offs != first:
        raise s_exc.FatalErr(mesg=f'The change log {path} is corrupt: it begins at {offs}.', path=path)


class NexsLog:
    """The segments of one directory. Blocking calls; all but ``sync`` belong to the event loop's thread.

    Attributes:
        index: The next offset to append.
        state: ``{first, keep, term}``, as in state.json.
    """

    def __init__(self, dirn: str) -> None:
        self.dirn = dirn
        self.segments: list[Segment] = []
        self.state: dict[str, typing.Any] = {'first': 0, 'keep': True, 'term': 0}
        self.index = 0
        self.size = 0
        self.ahead = 0  # where the file ends; zeros from ``size`` on
        self.fd = -1
        os.makedirs(dirn, mode=0o700, exist_ok=True)
        with contextlib.suppress(FileNotFoundError), open(self._state_path(), encoding='utf8') as file:
            self.state.update(json.load(file))
        for name in os.listdir(dirn):
            if name.endswith('.tmp'):
                os.unlink(os.path.join(dirn, name))
        self.segments = find_segments(dirn)
        if self.segments:
            self._open_last()

    # ----- opening ----------------------------------------------------------------------------------------------------

    def _state_path(self) -> str:
        return os.path.join(self.dirn, 'state.json')

    def set_state(self, **info: typing.Any) -> None:
        """Change and save the state, atomically."""
        self.state.update(info)
        s_common.write_file(self._state_path(), json.dumps(self.state).encode())

    def _open_last(self) -> None:
        seg = self.segments[-1]
        with open(seg.path, 'rb') as file:
            byts = file.read()
        self.index, pos = find_end(seg, byts)
        self.size, self.ahead = pos, len(byts)
        torn = byts.count(0, pos) < len(byts) - pos
        if torn:
            if damaged(byts, pos):
                raise s_exc.FatalErr(
                    mesg=f'The change log {seg.path} is corrupt at byte {pos}: records that were on disk are damaged.'
                )
            logger.warning('cutting a torn tail of %d bytes off %s', len(byts) - pos, seg.path)
        # O_APPEND would not save us from a second writer (the cell's lock does) and forbids writing at a position
        self.fd = os.open(seg.path, os.O_RDWR)
        if torn:
            self._end_file(pos)
        # what a killed process had written may be in the page cache only: from here on it counts as durable
        os.fdatasync(self.fd)

    def start(self, offs: int) -> None:
        """Make the first segment of an empty log."""
        self.index = offs
        self._new_segment()

    def _new_segment(self) -> None:
        path = os.path.join(self.dirn, f'seqn{self.index:016x}.nexs')
        fd = os.open(f'{path}.tmp', os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(fd, HEADER.pack(MAGIC, VERSION, 0, self.index, self.state['term']))
            os.fsync(fd)
            os.rename(f'{path}.tmp', path)
            s_common.sync_path(self.dirn)
        except BaseException:
            os.close(fd)
            raise
        self.close()
        self.fd = fd
        self.size = self.ahead = HEADER.size
        self.segments.append(Segment(path, self.index))

    # ----- writing ----------------------------------------------------------------------------------------------------

    def append(self, bodies: typing.Sequence[bytes], synced: bool) -> None:
        """Write a batch at the end (not durable before ``sync``). ``synced``: all before it is on disk.

        When that fails, what was written of it is cut off again as far as the disk allows, and the OSError raised.
        """
        byts = pack_batch(self.index, bodies, synced)
        seg, start = self.segments[-1], self.size
        end = start + len(byts)
        try:
            if end > self.ahead and len(byts) <= s_limits.NEXS_AHEAD // 4:
                self._fill_ahead(end)
            write_all(self.fd, byts, start)
        except OSError:
            self.rollback(start)
            raise
        seg.mark(self.index, start)
        self.size = end
        self.ahead = max(self.ahead, end)
        self.index += len(bodies)

    def _fill_ahead(self, end: int) -> None:
        try:
            write_all(self.fd, bytes(s_limits.NEXS_AHEAD), end)
            self.ahead = end + s_limits.NEXS_AHEAD
        except OSError:  # it is only for speed
            self.rollback(self.size)

    def rollback(self, size: int) -> None:
        """Cut off what was appended beyond ``size``; best effort, after a failure."""
        with contextlib.suppress(OSError):
            self._end_file(size)

    def _end_file(self, size: int) -> None:
        os.ftruncate(self.fd, size)
        self.ahead = size

    def sync(self) -> None:
        """Make everything that was appended durable. May be called from another thread. Raises OSError."""
        os.fdatasync(self.fd)

    @property
    def full(self) -> bool:
        """True when the active segment has reached its size."""
        return self.size >= s_limits.NEXS_SEGMENT_BYTES

    def cut(self) -> int:
        """Continue in a new segment, unless the active one is empty. All appended must be synced. Returns its start."""
        if self.index != self.segments[-1].first:
            self._new_segment()
        return self.segments[-1].first

    def set_index(self, offs: int) -> None:
        """Continue at a higher offset, in a new segment; what is below is not connected to it any more."""
        if offs > self.index:
            self.index = offs
            self._new_segment()
            self.drop(offs)
            self.set_state(first=offs)

    # ----- trimming ---------------------------------------------------------------------------------------------------

    def first(self) -> int:
        """Return the first offset on disk."""
        return self.segments[0].first

    def droppable(self, offs: int) -> list[Segment]:
        """Return the segments that hold only entries below ``offs``; never the active one."""
        return [seg for seg, succ in zip(self.segments, self.segments[1:], strict=False) if succ.first <= offs]

    def drop(self, offs: int) -> int:
        """Remove the segments that hold only entries below ``offs``. Returns how many."""
        segs = self.droppable(offs)
        for seg in segs:
            self.segments.remove(seg)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(seg.path)
        return len(segs)

    def close(self) -> None:
        """Close the active segment, without the zeros at its end."""
        if self.fd >= 0:
            with contextlib.suppress(OSError):
                self._end_file(self.size)
            os.close(self.fd)
            self.fd = -1


def write_all(fd: int, byts: bytes, pos: int) -> None:
    """Write all bytes at a position of a file. Raises OSError."""
    done = os.pwrite(fd, byts, pos)
    view = memoryview(byts)
    while done < len(view):
        done += os.pwrite(fd, view[done:], pos + done)
