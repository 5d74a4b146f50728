"""The global variables of Storm (``$lib.globals``, getStormVar ...)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab


class StormVars(s_nexus.Pusher):
    """Named values, changed through the log."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:stormvars', nexsroot=cell.nexsroot, slab=cell.slab)
        self.vars = s_slab.KeyVal(cell.slab, 'cortex:stormvars')

    def get(self, name: str, default: typing.Any = None) -> typing.Any:
        """Return a value."""
        return self.vars.get(name, default)

    def items(self) -> list[tuple[str, typing.Any]]:
        """Return (name, value) pairs."""
        return list(self.vars.items())

    async def set(self, name: str, valu: typing.Any) -> typing.Any:
        """Set a value. Raises: NotMsgpackSafe."""
        s_common.en(valu)
        return await self._push('stormvar:set', name, valu)

    async def pop(self, name: str, default: typing.Any = None) -> typing.Any:
        """Remove a value and return it."""
        if not self.vars.has(name):
            return default
        return await self._push('stormvar:pop', name, default)

    @s_nexus.Pusher.onPush('stormvar:set')
    def _on_set(self, name: str, valu: typing.Any) -> typing.Any:
        self.vars.set(name, valu)
        return valu

    @s_nexus.Pusher.onPush('stormvar:pop')
    def _on_pop(self, name: str, default: typing.Any) -> typing.Any:
        return self.vars.pop(name, default)
