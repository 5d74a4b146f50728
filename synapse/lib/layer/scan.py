"""Chunked passes over an ordered index.

A scan remembers its place by key, never by cursor: between two chunks other tasks may write and commit, and what they
add ahead of the place is seen, what they remove is not. This is what makes long lifts cheap for everybody else.
"""

from __future__ import annotations

import itertools
import typing

import synapse.lib.slab as s_slab


class Scan:
    """One pass over (key, nid) pairs with ``lo <= key < hi``; ``hi is lo`` means the one exact key.

    Args:
        slab: The environment to read.
        db: A dupsort database: key -> 8 byte node ids.
        reverse: Descend instead of ascend.
    """

    __slots__ = ('slab', 'db', 'lo', 'hi', 'reverse', 'pos', 'done')

    def __init__(self, slab: s_slab.Slab, db: typing.Any, lo: bytes, hi: bytes, reverse: bool = False) -> None:
        self.slab = slab
        self.db = db
        self.lo = lo
        self.hi = hi
        self.reverse = reverse
        self.pos: tuple[bytes, bytes] | None = None
        self.done = False

    def nids(self, count: int) -> list[bytes]:
        """Return the next node ids, at most ``count``; an empty list means the end."""
        if self.hi is self.lo and not self.reverse:
            return self._exact(count)
        return [nid for _, nid in self.rows(count)]

    def rows(self, count: int) -> list[tuple[bytes, bytes]]:
        """Return the next (key, nid) rows, at most ``count``; an empty list means the end."""
        if self.done:
            return []
        with self.slab.xact.cursor(db=self.db) as curs:
            if not self._seek(curs):
                self.done = True
                return []
            if self.reverse:
                genr, lo = curs.iterprev(keys=True, values=True), self.lo
                rows = list(itertools.takewhile(lambda row: row[0] >= lo, itertools.islice(genr, count)))
            else:
                genr = curs.iternext(keys=True, values=True)
                rows = list(itertools.islice(genr, count))
                if rows and not self._inside(rows[-1][0]):
                    rows = [row for row in rows if self._inside(row[0])]
                    self.done = True
        if rows:
            self.pos = rows[-1]
        if len(rows) < count:
            self.done = True
        return rows

    def _inside(self, key: bytes) -> bool:
        return key == self.lo if self.hi is self.lo else key < self.hi

    def _exact(self, count: int) -> list[bytes]:
        if self.done:
            return []
        with self.slab.xact.cursor(db=self.db) as curs:
            if self.pos is None:
                found = curs.set_key(self.lo)
            else:
                found = curs.set_range_dup(self.lo, self.pos[1])
                if found and curs.value() == self.pos[1]:
                    found = curs.next_dup()
            nids = list(itertools.islice(curs.iternext_dup(keys=False, values=True), count)) if found else []
        if nids:
            self.pos = (self.lo, nids[-1])
        if len(nids) < count:
            self.done = True
        return nids

    def _seek(self, curs: typing.Any) -> bool:
        if self.reverse:
            return self._seek_back(curs)
        if self.pos is None:
            return bool(curs.set_range(self.lo))
        key, nid = self.pos
        if curs.set_range_dup(key, nid):
            return bool(curs.next()) if curs.item() == self.pos else True
        if not curs.set_range(key):
            return False
        return bool(curs.next_nodup()) if curs.key() == key else True

    def _seek_back(self, curs: typing.Any) -> bool:
        """Place the cursor on the last row below the place (or below ``hi`` at the start)."""
        if self.pos is None:
            if self.hi is self.lo:
                return bool(curs.set_key(self.lo) and curs.last_dup())
            return bool(curs.prev() if curs.set_range(self.hi) else curs.last())
        key, nid = self.pos
        if curs.set_range_dup(key, nid):
            return bool(curs.prev())
        if curs.set_key(key):
            return bool(curs.last_dup())
        return bool(curs.prev() if curs.set_range(key) else curs.last())


def count(slab: s_slab.Slab, db: typing.Any, lo: bytes, hi: bytes) -> int:
    """Count the rows with ``lo <= key < hi`` (or of one exact key) by key, not by row."""
    total = 0
    with slab.xact.cursor(db=db) as curs:
        if hi is lo:
            return curs.count() if curs.set_key(lo) else 0
        found = curs.set_range(lo)
        while found and curs.key() < hi:
            total += curs.count()
            found = curs.next_nodup()
    return total


def after(prefix: bytes) -> bytes:
    """Return the first key after all keys that start with a prefix."""
    stem = prefix.rstrip(b'\xff')
    return stem[:-1] + bytes((stem[-1] + 1,)) if stem else b'\xff' * (len(prefix) + 1)
