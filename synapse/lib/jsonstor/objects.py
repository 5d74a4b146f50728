"""The table of objects: a row for each path, and rows for objects that have several names.

Invariants:

- The row of a path is ``\\x00`` and the packed object, or ``\\x01`` and the number of a shared object.
- The row of a shared object is the count of paths that name it (8 bytes), and the packed object. It exists exactly as
  long as the count is above zero.
- All methods are deterministic: they are called by handlers of events.
"""

from __future__ import annotations

import typing

import synapse.lib.jsonstor.paths as s_paths
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

_OWN = b'\x00'
_SHARED = b'\x01'
_NUM = 8


def _num(byts: bytes) -> int:
    return int.from_bytes(byts, 'big')


def _byts(num: int) -> bytes:
    return num.to_bytes(_NUM, 'big')


class Objects:
    """Packed objects by key (see ``paths``)."""

    def __init__(self, slab: s_slab.Slab) -> None:
        self.slab = slab
        self.paths = slab.db('json:paths')
        self.shared = slab.db('json:shared')

    # -- read

    def get(self, lkey: bytes) -> bytes | None:
        """Return the packed object of a path, None when there is none."""
        row = self._row(lkey)
        if row is None:
            return None
        return row[1:] if row[0] == 0 else self._get_shared(row[1:])[1]

    def has(self, lkey: bytes) -> bool:
        """Return True when a path has an object."""
        return self._row(lkey) is not None

    def size(self, lkey: bytes) -> int:
        """Return the bytes that an object takes, 0 when there is none."""
        return len(self.get(lkey) or b'')

    def keys(self, parts: s_paths.Parts) -> typing.Iterator[bytes]:
        """Yield the keys of a path itself and of all below it, in order. May be suspended over changes."""
        if not parts:
            yield from self._range(b'', None)
            return
        lkey = s_paths.pack(parts)
        if lkey and self.has(lkey):
            yield lkey
        below = lkey + s_paths.SEP
        yield from self._range(below, lkey + b'\x01')

    def _range(self, lo: bytes, hi: bytes | None) -> typing.Iterator[bytes]:
        # keys only, some at a time: the values may be large, and a cursor does not live across a suspension
        while True:
            keys: list[bytes] = []
            with self.slab.xact.cursor(db=self.paths) as curs:
                if curs.set_range(lo):
                    for lkey in curs.iternext(keys=True, values=False):
                        if (hi is not None and lkey >= hi) or len(keys) == s_limits.SLAB_SCAN_ROWS:
                            break
                        keys.append(lkey)
            yield from keys
            if len(keys) < s_limits.SLAB_SCAN_ROWS:
                return
            lo = keys[-1] + b'\x00'

    # -- write

    def put(self, lkey: bytes, byts: bytes) -> None:
        """Give a path an object of its own; other names of the object that it had keep that one."""
        self._let_go(lkey)
        self._put_row(lkey, _OWN + byts)

    def update(self, lkey: bytes, byts: bytes) -> None:
        """Change the object of a path, as all its names see it. The path must have one."""
        row = self._row(lkey)
        if row is None or row[0] == 0:
            self._put_row(lkey, _OWN + byts)
        else:
            self._put_shared(row[1:], self._get_shared(row[1:])[0], byts)

    def remove(self, lkey: bytes) -> bool:
        """Forget a path, and its object with the last name. Returns False when there was none."""
        if not self.has(lkey):
            return False
        self._let_go(lkey)
        self.slab.xact.delete(lkey, db=self.paths)
        self.slab.mark_dirty(len(lkey))
        return True

    def link(self, src: bytes, dst: bytes) -> bool:
        """Make ``src`` a name of the object that ``dst`` has. Returns False when it has none."""
        row = self._row(dst)
        if row is None:
            return False
        if src == dst or (row[0] == 1 and self._row(src) == row):
            return True
        if row[0] == 0:
            iden = self._new_iden()
            self._put_shared(iden, 1, row[1:])
            row = _SHARED + iden
            self._put_row(dst, row)
        self._let_go(src)
        count, byts = self._get_shared(row[1:])
        self._put_shared(row[1:], count + 1, byts)
        self._put_row(src, row)
        return True

    # -- rows

    def _row(self, lkey: bytes) -> bytes | None:
        return self.slab.xact.get(lkey, db=self.paths)

    def _put_row(self, lkey: bytes, row: bytes) -> None:
        self.slab.xact.put(lkey, row, db=self.paths)
        self.slab.mark_dirty(len(lkey) + len(row))

    def _get_shared(self, iden: bytes) -> tuple[int, bytes]:
        row = typing.cast(bytes, self.slab.xact.get(iden, db=self.shared))
        return _num(row[:_NUM]), row[_NUM:]

    def _put_shared(self, iden: bytes, count: int, byts: bytes) -> None:
        self.slab.xact.put(iden, _byts(count) + byts, db=self.shared)
        self.slab.mark_dirty(len(byts) + 2 * _NUM)

    def _new_iden(self) -> bytes:
        # the number of an object that is gone may be given again: nothing refers to it
        with self.slab.xact.cursor(db=self.shared) as curs:
            return _byts(_num(curs.key()) + 1 if curs.last() else 0)

    def _let_go(self, lkey: bytes) -> None:
        """The object of a path loses that name."""
        row = self._row(lkey)
        if row is None or row[0] == 0:
            return
        count, byts = self._get_shared(row[1:])
        if count > 1:
            self._put_shared(row[1:], count - 1, byts)
        else:
            self.slab.xact.delete(row[1:], db=self.shared)
            self.slab.mark_dirty(_NUM)
