"""The key/value tree that old clients know (cell.md 6, 7.1). Deprecated: nothing of ours keeps its state here.

A path is a sequence of names. A value at a path makes its parents exist; they have the value None unless they get one.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

NEXSIDEN = 'hive'
_SEP = '\x00'

Path = typing.Sequence[str]


def _key(path: Path) -> str:
    if isinstance(path, str) or not all(isinstance(part, str) and part and _SEP not in part for part in path):
        raise s_exc.BadHivePath(mesg='A path is a list of names.', path=path)
    return _SEP.join(path)


class Hive(s_nexus.Pusher):
    """The tree, in one table of the cell slab; keys are paths joined by NUL, so that children follow their parent."""

    async def __anit__(self, slab: s_slab.Slab, nexsroot: s_nexus.NexsRoot) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, NEXSIDEN, nexsroot=nexsroot, slab=slab)
        self.table = s_slab.KeyVal(slab, 'cell:hive')

    def _below(self, path: Path) -> dict[tuple[str, ...], typing.Any]:
        """Return what lies below a path: {relative path: value}."""
        key = _key(path)
        prefix = key + _SEP if key else ''
        return {tuple(name[len(prefix) :].split(_SEP)): valu for (name, valu) in self.table.items(prefix)}

    def _exists(self, path: Path) -> bool:
        key = _key(path)
        return not key or self.table.has(key) or bool(self._below(path))

    def get(self, path: Path) -> typing.Any:
        """Return the value at a path, None when there is none."""
        key = _key(path)
        return self.table.get(key) if key else None

    def names(self, path: Path) -> tuple[str, ...] | None:
        """Return the names of the children, None when the path does not exist."""
        if not self._exists(path):
            return None
        return tuple(dict.fromkeys(rel[0] for rel in self._below(path)))

    def items(self, path: Path) -> tuple[tuple[str, typing.Any], ...] | None:
        """Return ``(name, value)`` of the children, None when the path does not exist."""
        names = self.names(path)
        return None if names is None else tuple((name, self.get((*path, name))) for name in names)

    def tree(self, path: Path = ()) -> dict[str, typing.Any]:
        """Return ``{value, kids?: {name: ...}}``."""
        root: dict[str, typing.Any] = {'value': self.get(path)}
        for rel, valu in self._below(path).items():
            node = root
            for name in rel:
                node = node.setdefault('kids', {}).setdefault(name, {'value': None})
            node['value'] = valu
        return root

    async def set(self, path: Path, valu: typing.Any) -> typing.Any:
        """Set a value and return the one before. Raises BadHivePath, NotMsgpackSafe."""
        if not _key(path):
            raise s_exc.BadHivePath(mesg='The top of the tree has no value.', path=path)
        return await self._push('hive:set', tuple(path), valu)

    @s_nexus.Pusher.onPush('hive:set')
    def _set(self, path: Path, valu: typing.Any) -> typing.Any:
        before = self.get(path)
        self.table.set(_key(path), valu)
        return before

    async def pop(self, path: Path) -> typing.Any:
        """Remove a path with all below it; returns its value. Raises BadHivePath."""
        if not _key(path):
            raise s_exc.BadHivePath(mesg='The top of the tree cannot be removed.', path=path)
        return await self._push('hive:pop', tuple(path))

    @s_nexus.Pusher.onPush('hive:pop')
    def _pop(self, path: Path) -> typing.Any:
        key = _key(path)
        self.table.drop_prefix(key + _SEP)
        return self.table.pop(key)
