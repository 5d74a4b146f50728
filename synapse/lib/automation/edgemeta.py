"""What users say about the verbs of light edges (spec: storm-runtime.md 19)."""

from __future__ import annotations

import typing

import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

KEYS = ('doc',)


class EdgeMeta(s_nexus.Pusher):
    """Texts by verb and key."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:edgemeta', nexsroot=cell.nexsroot, slab=cell.slab)
        self.table = s_slab.KeyVal(cell.slab, 'cortex:edgemeta')
        self.keys = KEYS

    def get(self, verb: str) -> dict[str, str]:
        """Return what is said about a verb, by key."""
        return dict(self.table.get(verb) or {})

    async def set(self, verb: str, key: str, valu: str) -> None:
        """Say something about a verb."""
        await self._push('model:edge:meta:set', verb, key, valu)

    async def delete(self, verb: str, key: str) -> None:
        """Take it back."""
        await self._push('model:edge:meta:del', verb, key)

    @s_nexus.Pusher.onPush('model:edge:meta:set')
    def _on_set(self, verb: str, key: str, valu: str) -> None:
        self.table.set(verb, {**self.get(verb), key: valu})

    @s_nexus.Pusher.onPush('model:edge:meta:del')
    def _on_del(self, verb: str, key: str) -> None:
        info: dict[str, typing.Any] = self.get(verb)
        info.pop(key, None)
        self.table.set(verb, info)
