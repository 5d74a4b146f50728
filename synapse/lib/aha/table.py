"""A small table that is in the database and in memory: what AHA knows is little, and asked for all the time."""

from __future__ import annotations

import typing

import synapse.lib.slab as s_slab


class Table:
    """Values by name. A value is replaced, never changed, so what a caller was given stays as it was."""

    def __init__(self, slab: s_slab.Slab, name: str) -> None:
        self._table = s_slab.KeyVal(slab, name)
        self._items: dict[str, typing.Any] = dict(self._table.items())

    def get(self, name: str) -> typing.Any:
        """Return a value, None when there is none."""
        return self._items.get(name)

    def has(self, name: str) -> bool:
        """Return True when there is a value."""
        return name in self._items

    def set(self, name: str, valu: typing.Any) -> None:
        """Store a value that is not None."""
        self._table.set(name, valu)
        self._items[name] = self._table.get(name)  # as all others have it, who read it from the log: lists as tuples

    def pop(self, name: str) -> typing.Any:
        """Forget a value and return it, None when there is none."""
        if name in self._items:
            self._table.pop(name)
        return self._items.pop(name, None)

    def items(self) -> list[tuple[str, typing.Any]]:
        """Return (name, value) of all, by name."""
        return sorted(self._items.items())

    def values(self) -> list[typing.Any]:
        """Return all values, by name."""
        return [valu for _, valu in self.items()]
