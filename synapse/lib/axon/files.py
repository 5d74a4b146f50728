"""Which blobs exist: hashes and sizes, the order in which they came, when they came, and the sums.

All of it is determined by the change log: the methods that change something are called by the Axon's handlers only.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

_ONE, _BYTES = b'file:count', b'size:bytes'
_MAX_TICK = 0xFFFFFFFFFFFFFFFF


def _u64(valu: int) -> bytes:
    return valu.to_bytes(8, 'big')


class Files:
    """The table of blobs.

    Databases: ``axon:files`` (sha256 -> size), ``axon:log`` (offset -> sha256, size; rows are never removed),
    ``axon:history`` (time, sha256, size -> nothing), ``axon:gone`` (blobs whose bytes are yet to be removed from the
    store), and two counters.
    """

    def __init__(self, slab: s_slab.Slab) -> None:
        self.slab = slab
        self._files = slab.db('axon:files')
        self._history = slab.db('axon:history')
        self._gone = slab.db('axon:gone')
        self._log = s_slab.Seqn(slab, 'axon:log')
        self._sums = s_slab.Hotcount(slab, 'axon:sums')

    # ----- changes ----------------------------------------------------------------------------------------------------

    def add(self, rows: typing.Iterable[tuple[bytes, int]], tick: int) -> list[bytes]:
        """Add blobs, (sha256, size) each. Returns the hashes of those that were not there."""
        put, delete = self.slab.xact.put, self.slab.xact.delete
        when = _u64(tick)
        added: list[bytes] = []
        nbytes = 0
        for sha256, size in rows:
            byts = _u64(size)
            if not put(sha256, byts, db=self._files, overwrite=False):
                continue
            put(when + sha256 + byts, b'', db=self._history)
            delete(sha256, db=self._gone)
            self._log.add((sha256, size))
            added.append(sha256)
            nbytes += size
        if added:
            self._sums.inc(_ONE, len(added))
            self._sums.inc(_BYTES, nbytes)
        return added

    def remove(self, sha256: bytes) -> bool:
        """Remove a blob; log and history keep it. Returns False when it is not there."""
        byts = self.slab.xact.pop(sha256, db=self._files)
        if byts is None:
            return False
        self.slab.xact.put(sha256, b'', db=self._gone)
        self.slab.mark_dirty(64)
        self._sums.inc(_ONE, -1)
        self._sums.inc(_BYTES, -int.from_bytes(byts, 'big'))
        return True

    def wiped(self, sha256: bytes) -> None:
        """The bytes of a removed blob are gone from the store. Not a change of state: it is found out again."""
        if self.slab.xact.delete(sha256, db=self._gone):
            self.slab.mark_dirty(64)

    # ----- questions --------------------------------------------------------------------------------------------------

    def has(self, sha256: bytes) -> bool:
        """Return True when a blob exists."""
        return self.size(sha256) is not None

    def size(self, sha256: bytes) -> int | None:
        """Return the size of a blob, None when there is none. A hash of any length may be asked for."""
        if not 0 < len(sha256) <= 511:
            return None
        byts = self.slab.xact.get(sha256, db=self._files)
        return None if byts is None else int.from_bytes(byts, 'big')

    def index(self) -> int:
        """Return the offset that the next new blob gets."""
        return self._log.index()

    def log(self, offs: int) -> typing.Iterator[tuple[int, tuple[bytes, int]]]:
        """Yield (offset, (sha256, size)) from an offset on, for blobs that exist."""
        for indx, row in self._log.iter(offs):
            if self.has(row[0]):
                yield indx, row

    def packed_log(self, offs: int) -> typing.Iterator[tuple[int, list[bytes]]]:
        """Yield (the next offset, what ``log`` yields, packed) some hundred rows at a time."""
        rows: list[bytes] = []
        get, size = self.slab.xact.get, 0
        for indx, byts in self._log.packed(offs):
            # a row is (sha256, size): its hash is a bytes of 32 behind three bytes of heads
            if get(byts[3:35], db=self._files) is not None:
                rows.append(b'\x92' + s_common.en(indx) + byts)
            size += 1
            if size >= s_limits.AXON_TURN:
                yield indx + 1, rows
                rows, get, size = [], self.slab.xact.get, 0
        if rows:
            yield indx + 1, rows

    def history(self, tick: int, tock: int | None = None) -> typing.Iterator[tuple[int, tuple[bytes, int]]]:
        """Yield (time, (sha256, size)) of additions between two times, both inclusive, in epoch milliseconds."""
        hi = _u64(min((_MAX_TICK if tock is None else tock) + 1, _MAX_TICK))
        for lkey, _ in self.slab.scan(self._history, _u64(min(tick, _MAX_TICK)), hi):
            yield int.from_bytes(lkey[:8], 'big'), (lkey[8:-8], int.from_bytes(lkey[-8:], 'big'))

    def hashes(self) -> typing.Iterator[tuple[bytes, int]]:
        """Yield (sha256, size) of all blobs, in the order of the hashes."""
        for sha256, size in self.slab.scan(self._files):
            yield sha256, int.from_bytes(size, 'big')

    def gone(self) -> list[bytes]:
        """Return some of the blobs whose bytes are to be removed from the store."""
        rows = []
        for sha256, _ in self.slab.scan(self._gone):
            rows.append(sha256)
            if len(rows) >= 256:
                break
        return rows

    def is_gone(self, sha256: bytes) -> bool:
        """Return True when the bytes of a blob are still to be removed."""
        return self.slab.xact.get(sha256, db=self._gone) is not None

    @property
    def count(self) -> int:
        """Number of blobs."""
        return self._sums.get(_ONE)

    @property
    def nbytes(self) -> int:
        """Sum of their sizes."""
        return self._sums.get(_BYTES)
