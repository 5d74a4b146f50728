"""The tables of the pack store, in the database of its user: where blobs are, how much of each file is in use.

======== ============================ =====================================================================
index    sha256                       file number, offset, size (u64 each)
live     file number                  bytes of it that are in use, heads of records included
meta     ``mark``                     number of a pack, position: no record before is unknown to the index
meta     ``next``                     the next file number
======== ============================ =====================================================================

They are part of a database that is committed now and then, along with the state that names the blobs. What came later
is found again in the packs, from the mark on.
"""

from __future__ import annotations

import struct
import typing

import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.slab as s_slab

Place = s_packfile.Place

_PLACE = struct.Struct('>QQQ')
_PAIR = struct.Struct('>QQ')
_U64 = struct.Struct('>Q')


class PackIndex:
    """Where blobs are.

    Attributes:
        numb: The next file number. A number is used once: it is committed before a file of that number can be removed.
    """

    def __init__(self, slab: s_slab.Slab, mark: typing.Callable[[], tuple[int, int]]) -> None:
        """Open the tables; ``mark`` is asked before each commit."""
        self.slab = slab
        self._blobs = slab.db('blobs:index')
        self._meta = slab.db('blobs:meta')
        self._live = s_slab.Hotcount(slab, 'blobs:live')
        self.numb = int.from_bytes(slab.xact.get(b'next', db=self._meta) or b'', 'big')
        self._ask_mark = mark
        slab.on_commit(self._save)

    def _save(self) -> None:
        self.slab.xact.put(b'mark', _PAIR.pack(*self._ask_mark()), db=self._meta)
        self.slab.xact.put(b'next', _U64.pack(self.numb), db=self._meta)

    def mark(self) -> tuple[int, int]:
        """Return the (pack number, position) from which on records may be unknown."""
        byts = self.slab.xact.get(b'mark', db=self._meta)
        return (0, s_packfile.START) if byts is None else _PAIR.unpack(byts)

    def get(self, sha256: bytes) -> Place | None:
        """Return where a blob is."""
        byts = self.slab.xact.get(sha256, db=self._blobs)
        return None if byts is None else Place(*_PLACE.unpack(byts))

    def put(self, sha256: bytes, place: Place) -> None:
        """Set where a blob is."""
        byts = _PLACE.pack(*place)
        if not self.slab.xact.put(sha256, byts, db=self._blobs, overwrite=False):
            self._count(typing.cast(Place, self.get(sha256)), -1)
            self.slab.xact.put(sha256, byts, db=self._blobs)
        self._count(place, 1)
        self.slab.mark_dirty(64)

    def pop(self, sha256: bytes) -> Place | None:
        """Forget a blob; returns where it was."""
        place = self.get(sha256)
        if place is not None:
            self.slab.xact.delete(sha256, db=self._blobs)
            self._count(place, -1)
            self.slab.mark_dirty(64)
        return place

    def _count(self, place: Place, sign: int) -> None:
        self._live.inc(_U64.pack(place.numb), sign * (s_packfile.HEAD + place.size))

    def live(self, numb: int) -> int:
        """Return how many bytes of a file are in use."""
        return self._live.get(_U64.pack(numb))

    def rows(self) -> typing.Iterator[tuple[bytes, Place]]:
        """Yield (sha256, place) in the order of the hashes; may be suspended over changes."""
        for sha256, byts in self.slab.scan(self._blobs):
            yield sha256, Place(*_PLACE.unpack(byts))
