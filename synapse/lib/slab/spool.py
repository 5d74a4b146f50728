"""A set of byte strings that may outgrow memory: scratch for one query, never state (spec: storm-runtime.md 2.5).

Small sets are a dict. A large one moves to an SQLite file without journal or syncs. The file has no name from the
moment it is open, so that nothing of it is left behind, however the process ends. (Not LMDB: members are longer than
its keys may be, and its map would have to be grown within a transaction.)
"""

from __future__ import annotations

import os
import sqlite3
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab.env as s_env

_SETUP = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-8192;
CREATE TABLE items (num INTEGER PRIMARY KEY, item BLOB NOT NULL UNIQUE);
BEGIN;
"""  # the transaction never ends: pages are written when the cache is full


class SpoolSet:
    """A set of byte strings, in the order in which they came.

    Args:
        dirn: A scratch directory for sets that become large; made when it is needed.
    """

    def __init__(self, dirn: str) -> None:
        self.dirn = dirn
        self.isfini = False
        self._size = self._count = 0
        self._items: dict[bytes, None] = {}
        self._file: sqlite3.Connection | None = None  # where they are once there are many

    def __len__(self) -> int:
        return len(self._items) if self._file is None else self._count

    def __contains__(self, item: bytes) -> bool:
        if self._file is None:
            return item in self._items
        return self._req_file().execute('SELECT 1 FROM items WHERE item=?', (item,)).fetchone() is not None

    def add(self, item: bytes) -> None:
        """Add a member. Raises: DbOutOfSpace, IsFini."""
        if self._file is None:
            if item not in self._items:
                self._items[item] = None
                self._size += len(item)
                if len(self._items) > s_limits.SPOOL_ITEMS or self._size > s_limits.SPOOL_BYTES:
                    self._spill()
            return
        self._insert([(item,)])

    def discard(self, item: bytes) -> None:
        """Remove a member; nothing happens without it. Raises: IsFini."""
        if self._file is not None:
            self._count -= self._req_file().execute('DELETE FROM items WHERE item=?', (item,)).rowcount
        elif item in self._items:
            del self._items[item]
            self._size -= len(item)

    def chunks(self) -> typing.Iterator[list[bytes]]:
        """Yield the members that are there now and stay, some at a time; the set may change meanwhile."""
        if self._file is None:
            yield list(self._items)
            return
        num, last = -1, self._req_file().execute('SELECT max(num) FROM items').fetchone()[0]
        query = 'SELECT num, item FROM items WHERE num > ? AND num <= ? ORDER BY num LIMIT ?'
        while rows := self._req_file().execute(query, (num, last, s_limits.SLAB_SCAN_ROWS)).fetchall():
            num = rows[-1][0]
            yield [item for _, item in rows]

    def close(self) -> None:
        """Give the file back, if there is one; a set without stays as it is."""
        self.isfini = True
        if self._file is not None:
            self._file.close()

    def _req_file(self) -> sqlite3.Connection:
        if self.isfini or self._file is None:
            raise s_exc.IsFini(mesg='This set ended with its query.')
        return self._file

    def _spill(self) -> None:
        path = os.path.join(s_common.gendir(self.dirn), f'{s_common.guid()}.spool')
        self._file = sqlite3.connect(path, isolation_level=None)
        try:
            self._file.executescript(_SETUP)
        finally:
            os.unlink(path)
        self._insert([(item,) for item in self._items])
        self._items.clear()

    def _insert(self, rows: list[tuple[bytes]]) -> None:
        file = self._req_file()
        if self._count % s_limits.SPOOL_ITEMS == 0 and s_env.free_bytes(self.dirn) < s_limits.SLAB_DISK_RESERVE:
            raise s_exc.DbOutOfSpace(mesg=f'Insufficient free space on disk for {self.dirn}.', path=self.dirn)
        try:
            self._count += file.executemany('INSERT OR IGNORE INTO items (item) VALUES (?)', rows).rowcount
        except sqlite3.Error as e:  # the disk is full, or a member is beyond SQLite's 1 GB
            raise s_exc.DbOutOfSpace(mesg=f'A large set cannot be written to {self.dirn}: {e}', path=self.dirn) from e
