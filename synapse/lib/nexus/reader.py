"""Reading the log from an offset on, while it grows and while old segments are removed."""

from __future__ import annotations

import contextlib
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.log as s_log

Row = tuple[int, typing.Any]


class LogReader:
    """A position in a log. A context manager; holds one segment (and one file) at a time.

    Attributes:
        offs: The next offset to read.
        nbytes: Bytes of log that the last ``read`` took.
    """

    def __init__(self, log: s_log.NexsLog, offs: int) -> None:
        self.log = log
        self.offs = offs
        self._seg: s_log.Segment | None = None
        self._fd = -1
        self._pos = 0
        self._at = 0
        self.nbytes = 0

    def read(self, end: int, nbytes: int = s_limits.NEXS_READ_BYTES) -> list[Row]:
        """Return the next (offset, item) rows below ``end``, about ``nbytes`` of them; empty when there are none.

        Offsets that were trimmed away are skipped. Raises FatalErr when a record does not verify.
        """
        rows: list[Row] = []
        self.nbytes = 0
        while self.offs < end and not rows:
            if self._seg is None:
                self._enter()
            rows = self._read_chunk(end, nbytes)
        return rows

    def _enter(self) -> None:
        self.offs = max(self.offs, self.log.first())
        seg = next(seg for seg in reversed(self.log.segments) if seg.first <= self.offs)
        self._fd = os.open(seg.path, os.O_RDONLY)
        self._seg = seg
        seg.readers.add(self)
        self._at, self._pos = seg.seek(self.offs)

    def _leave(self) -> None:
        if self._seg is not None:
            self._seg.readers.discard(self)
            self._seg = None
            os.close(self._fd)

    def _limit(self, seg: s_log.Segment) -> int | None:
        # the first offset of the next segment, None for the active one
        for other in self.log.segments:
            if other.first > seg.first:
                return other.first
        return None

    def _read_chunk(self, end: int, nbytes: int) -> list[Row]:
        assert self._seg is not None
        limit = self._limit(self._seg)
        if limit is not None and self.offs >= limit:
            self._leave()
            return []
        byts = self._fill(nbytes)
        rows: list[Row] = []
        start = self._pos
        for pos, payload in s_log.scan(byts):
            if self._at >= end:
                break
            if self._at >= self.offs:
                rows.append(s_common.un(bytes(payload)))
                self.offs = self._at + 1
            self._at += 1
            self._pos = start + pos
            self.nbytes += len(payload)
            self._seg.mark(self._at, self._pos)
        if self._pos == start:
            self._stuck(limit, byts)
        return rows

    def _stuck(self, limit: int | None, byts: bytes) -> None:
        """Nothing could be read: go on in the next segment where that is in order, else raise FatalErr."""
        assert self._seg is not None
        if limit is not None and not byts and (self._at >= limit or self.log.state['first'] >= limit):
            self.offs = max(self.offs, limit)
            return
        raise s_exc.FatalErr(
            mesg=f'The change log {self._seg.path} is corrupt at byte {self._pos} (offset {self._at}).'
        )

    def read_raw(self, end: int, nbytes: int = s_limits.NEXS_READ_BYTES) -> bytes:
        """Return the next records below ``end`` as they are in the file, about ``nbytes``; empty when there are none.

        Whole records, their contents not looked at: who takes them in verifies them. Raises FatalErr.
        """
        while self.offs < end:
            if self._seg is None:
                self._enter()
            assert self._seg is not None
            limit = self._limit(self._seg)
            if limit is not None and self.offs >= limit:
                self._leave()
                continue
            byts = self._fill(nbytes)
            pos, skip = self._walk(byts, end)
            if not pos:
                self._stuck(limit, byts)
            elif self._at > self.offs:
                self.offs = self._at
                return byts[skip:pos]
        return b''

    def _walk(self, byts: bytes, end: int) -> tuple[int, int]:
        """Move over the whole records in ``byts``; returns the position after them, and after those before ours."""
        assert self._seg is not None
        pos = skip = 0
        while self._at < end and pos + s_log.HEAD.size <= len(byts):
            size = s_log.HEAD.unpack_from(byts, pos)[0] & ~s_log.SYNCED
            if not size or pos + s_log.HEAD.size + size > len(byts):
                break
            pos += s_log.HEAD.size + size
            self._at += 1
            if self._at <= self.offs:
                skip = pos
        self._pos += pos
        self._seg.mark(self._at, self._pos)
        return pos, skip

    def _fill(self, nbytes: int) -> bytes:
        byts = os.pread(self._fd, max(nbytes, s_log.HEAD.size), self._pos)
        if len(byts) >= 8:
            if not any(byts[:8]):  # the zeros ahead of the end
                return b''
            need = 8 + (s_log.HEAD.unpack_from(byts)[0] & ~s_log.SYNCED)
            if len(byts) < need <= s_limits.NEXS_ENTRY_BYTES + 64:
                byts = os.pread(self._fd, need, self._pos)
        return byts

    def close(self) -> None:
        """Let the segment go."""
        with contextlib.suppress(OSError):
            self._leave()

    def __enter__(self) -> LogReader:
        return self

    def __exit__(self, *args: typing.Any) -> None:
        self.close()
