"""Sources of node ids: resumable passes over indexes, through one or many layers.

``nids(count)`` of a source returns the next ids; an empty list ends it. A pass remembers its place by key, so what a
query changes ahead of it is seen; through several layers it is read a little ahead.
"""

from __future__ import annotations

import heapq
import typing

import synapse.lib.layer.scan as s_scan

Name = tuple[typing.Any, ...]


class Source:
    """The passes of one index after the other (single layer)."""

    def __init__(self, scans: typing.Iterable[s_scan.Scan | None]) -> None:
        self.scans = [scan for scan in scans if scan is not None]
        self.at = 0

    def nids(self, count: int) -> list[bytes]:
        """Return the next ids, at most ``count``; an empty list means the end."""
        while self.at < len(self.scans):
            nids = self.scans[self.at].nids(count)
            if nids:
                return nids
            self.at += 1
        return []


class Merged:
    """Several scans as one, ordered by index value; rows that a test refuses are left out.

    Args:
        scans: Scans over abbreviated indexes (4 byte prefix), with a number each (for example that of their layer).
        visible: ``visible(number, nid) -> bool``.
    """

    def __init__(
        self,
        scans: typing.Iterable[tuple[int, s_scan.Scan | None]],
        visible: typing.Callable[[int, bytes], bool],
        reverse: bool = False,
    ) -> None:
        genrs = [self._rows(numb, scan) for numb, scan in scans if scan is not None]
        self.rows = heapq.merge(*genrs, key=lambda row: row[:2], reverse=reverse)
        self.visible = visible

    @staticmethod
    def _rows(numb: int, scan: s_scan.Scan) -> typing.Iterator[tuple[bytes, bytes, int]]:
        while rows := scan.rows(64):
            for key, nid in rows:
                yield key[4:], nid, numb

    def nids(self, count: int) -> list[bytes]:
        """Return the next ids, at most ``count``; an empty list means the end."""
        nids: list[bytes] = []
        for _, nid, numb in self.rows:
            if self.visible(numb, nid):
                nids.append(nid)
                if len(nids) == count:
                    break
        return nids


class Fixed:
    """A list of ids that is known already."""

    def __init__(self, nids: list[bytes]) -> None:
        self.left = nids

    def nids(self, count: int) -> list[bytes]:
        """Return the next ids, at most ``count``; an empty list means the end."""
        nids, self.left = self.left[:count], self.left[count:]
        return nids
