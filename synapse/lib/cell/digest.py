"""Are leader and follower equal? Digests of the content of all databases at one offset of the log.

The moment is an entry in the log: a ``sync`` whose meta says ``check``. Whoever applies it takes a snapshot of every
database right then, and digests it in a thread while changes go on. So all instances look at exactly the same state,
however far they are apart in time. What counts is every key and value; how LMDB lays them out in pages does not.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import struct
import typing

import synapse.exc as s_exc
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell
    import synapse.lib.slab.snapshot as s_snapshot

logger = logging.getLogger('synapse.lib.cell')

# Facts of one instance, not of the service: its offset, which code it has seen, where it keeps the bytes of blobs.
LOCAL = frozenset((b'slab:meta', b'cell:info', b'axon:gone', b'blobs:index', b'blobs:meta', b'blobs:live'))

# Results that are kept.
KEPT = 16

Result = dict[str, typing.Any]
_ROW = struct.Struct('>II')


class Checks:
    """The digests of one cell."""

    def __init__(self, cell: s_cell.Cell) -> None:
        self.cell = cell
        self._tasks: dict[int, asyncio.Task[Result]] = {}

    def begin(self, offs: int) -> None:
        """Take the state as of the entry at ``offs``, which is being applied. For the handler of ``sync``."""
        root = self.cell.nexsroot
        if not root.started or root.core.dead is not None:
            return
        # nothing is half done here: all entries below are applied, this one changes nothing
        root.writer.sync_now()
        root.slabs.advance(offs)
        tables = {slab: _tables(slab) for slab in root.slabs.slabs}
        root.slabs.commit(force=True)
        snaps = [(slab.snapshot(), table) for slab, table in tables.items()]
        self._tasks[offs] = self.cell.schedCoro(self._digest(offs, snaps))
        for old in sorted(self._tasks)[:-KEPT]:
            del self._tasks[old]

    async def result(self, offs: int) -> Result:
        """Return the digests at an offset; waits until they are made. Raises NoSuchName."""
        task = self._tasks.get(offs)
        if task is None:
            raise s_exc.NoSuchName(mesg=f'Nothing was digested at offset {offs}.', name=str(offs))
        return await asyncio.shield(task)

    async def _digest(self, offs: int, snaps: list[tuple[s_snapshot.SlabSnapshot, dict[bytes, typing.Any]]]) -> Result:
        slabs = {}
        try:
            for snap, tables in snaps:
                work = asyncio.ensure_future(asyncio.to_thread(_digest, snap, tables))
                try:
                    slabs[os.path.relpath(snap.path, self.cell.dirn)] = await asyncio.shield(work)
                finally:
                    await asyncio.wait([work])
        finally:
            for snap, _ in snaps:
                snap.close()
        total = hashlib.sha256(repr(sorted(slabs.items())).encode()).hexdigest()
        return {'offs': offs, 'digest': total, 'slabs': slabs}


def _tables(slab: s_slab.Slab) -> dict[bytes, typing.Any]:
    """Return the handles of all databases in a slab, by name. A new handle is good for others after a commit."""
    with slab.xact.cursor() as curs:
        names = [bytes(name) for name in curs.iternext(values=False)]
    return {name: slab.db(name.decode()) for name in names if name not in LOCAL}


def _digest(snap: s_snapshot.SlabSnapshot, tables: dict[bytes, typing.Any]) -> str:
    hasher = hashlib.sha256()
    assert snap.xact is not None
    for name, table in sorted(tables.items()):
        rows = bytearray()
        with snap.xact.cursor(db=table) as curs:
            for key, valu in curs.iternext():
                rows += _ROW.pack(len(key), len(valu)) + key + valu
                if len(rows) > 1 << 20:
                    hasher.update(rows)
                    rows.clear()
        if rows:  # a table that nobody wrote to may not exist elsewhere
            hasher.update(name)
            hasher.update(rows)
    return hasher.hexdigest()
