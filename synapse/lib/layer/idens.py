"""Node ids: the short name of a node inside one Cortex.

An iden (SHA-256 of the ndef, 32 bytes) is what the world sees; a nid (8 bytes, big-endian, counted up) is what records,
indexes and edges use. Ids are given in log order, so a leader and its followers agree on them, and are never reused.
The table is shared by all layers: a fork and its base speak of the same node by the same nid.
"""

from __future__ import annotations

import itertools
import typing

import synapse.lib.slab as s_slab


class Idens:
    """iden <-> nid, in a slab that the nexus commits before those of the layers."""

    def __init__(self, slab: s_slab.Slab) -> None:
        self.slab = slab
        self.nids = slab.db('iden:nid')  # first 16 bytes of the iden -> nid
        self.idens = slab.db('nid:iden')  # nid -> iden, only where no record can tell it
        self.meta = slab.db('meta')
        byts = slab.xact.get(b'next', db=self.meta)
        self.next = int.from_bytes(byts, 'big') if byts else 1
        self._told = self.next
        slab.on_commit(self._save)

    def _save(self) -> None:
        self.slab.xact.put(b'next', self.next.to_bytes(8, 'big'), db=self.meta)

    def get(self, iden: bytes) -> bytes | None:
        """Return the nid of a 32 byte iden, None when the iden was never seen.

        Half of the iden decides: of one that somebody made up, ask what the nid's iden is."""
        nid: bytes | None = self.slab.xact.get(iden[:16], db=self.nids)
        return nid

    def get_all(self, idens: typing.Sequence[bytes]) -> dict[bytes, bytes]:
        """As ``get()`` for many: returns iden -> nid of those that were seen."""
        with self.slab.xact.cursor(db=self.nids) as curs:
            found = dict(curs.getmulti([iden[:16] for iden in idens]))
        return {iden: found[iden[:16]] for iden in idens if iden[:16] in found} if found else {}

    def gen(self, iden: bytes, orphan: bool = False) -> bytes:
        """Return the nid of an iden, giving it one when it has none. Only for handlers of logged changes, which
        ``grow()`` in the end.

        An orphan is an iden that is named (by an edge) before its node is known.
        """
        xact, key = self.slab.xact, iden[:16]
        nid: bytes = self.next.to_bytes(8, 'big')
        if not xact.put(key, nid, db=self.nids, overwrite=False):
            return typing.cast(bytes, xact.get(key, db=self.nids))
        self.next += 1
        if orphan:
            xact.put(nid, iden, db=self.idens)
        return nid

    def gen_all(self, idens: typing.Collection[bytes]) -> dict[bytes, bytes]:
        """As ``gen()`` for many different idens, most of which are new and none an orphan; returns iden -> nid."""
        first, keys = self.next, [iden[:16] for iden in idens]
        nids = [numb.to_bytes(8, 'big') for numb in range(first, first + len(keys))]
        with self.slab.xact.cursor(db=self.nids) as curs:
            added = curs.putmulti(zip(keys, nids, strict=True), overwrite=False)[1]
            if added != len(keys):  # the new ones close up
                have = dict(curs.getmulti(keys))
                news = [key for key in dict.fromkeys(keys) if have[key] >= nids[0]]
                curs.putmulti(zip(news, nids, strict=False))
                nids = [nid for _, nid in curs.getmulti(keys)]
        self.next += added
        return dict(zip(idens, nids, strict=True))

    def grow(self) -> None:
        """Tell the slab what was written by ``gen()`` since the last call."""
        if self.next != self._told:
            self.slab.mark_dirty(64 * (self.next - self._told))
            self._told = self.next

    def keep(self, nid: bytes, iden: bytes) -> None:
        """Remember the iden of a nid whose record went away."""
        if self.slab.xact.put(nid, iden, db=self.idens, overwrite=False):
            self.slab.mark_dirty(64)

    def orphan(self, nid: bytes) -> bytes | None:
        """Return the iden of a nid that was first named by an edge."""
        iden: bytes | None = self.slab.xact.get(nid, db=self.idens)
        return iden

    def chunk(self, after: bytes, count: int) -> list[tuple[bytes, bytes]]:
        """Return the next (start of an iden, nid) pairs after one, by iden."""
        with self.slab.xact.cursor(db=self.nids) as curs:
            if not (curs.set_range(after + b'\x00') if after else curs.first()):
                return []
            return list(itertools.islice(curs.iternext(keys=True, values=True), count))
