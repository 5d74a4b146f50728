"""Queues of Storm: items at increasing offsets until a reader culls them (spec: storm-runtime.md 12).

One class, two tables: the queues of the Cortex, each with an auth gate ``queue:<name>``, and those of packages.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.jsonstor.waiters as s_waiters
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

Any = typing.Any
Item = tuple[int, Any]
_CHUNK = 100  # items that are read before others have their turn


def gate_of(name: str) -> str:
    """Return the iden of the auth gate of a queue."""
    return f'queue:{name}'


class Queues(s_nexus.Pusher):
    """Queues by name. Those who use one that is missing, or that goes while they wait, get NoSuchName.

    Args:
        cell: The Cortex.
        name: The name of the table. gates: Does each queue get an auth gate?
    """

    async def __anit__(self, cell: s_cell.Cell, name: str, gates: bool) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:{name}', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.gates = gates
        self.table = s_slab.MultiQueue(cell.slab, f'cortex:{name}')
        self.waiters = s_waiters.Waiters()
        if gates:
            for info in self.table.list():
                cell.auth.addAuthGate(gate_of(info['name']), 'queue')

    # asking

    def exists(self, name: str) -> bool:
        """Is there such a queue?"""
        return bool(name) and self.table.exists(name)

    def list(self) -> list[dict[str, Any]]:
        """Return ``{name, meta, size, offs}`` of all."""
        return self.table.list()

    def size(self, name: str) -> int:
        """Return the number of items. Raises: NoSuchName."""
        return self.table.size(name)

    def info(self, name: str) -> dict[str, Any]:
        """Return ``{name, meta, size, offs}`` of one. Raises: NoSuchName."""
        return self.table.status(name)

    async def get(self, name: str, offs: int, wait: bool) -> Item | None:
        """Return the first (offset, item) at or after an offset, None where there is none yet. Raises: NoSuchName."""
        while True:
            found = self.table.get(name, max(offs, 0))
            if found is not None or not wait:
                return found
            await self.waiters.wait(name)

    async def gets(
        self, name: str, offs: int, wait: bool, size: int | None = None
    ) -> typing.AsyncGenerator[Item, None]:
        """Yield (offset, item) from an offset on, at most ``size``; with ``wait`` also those to come."""
        offs, left = max(offs, 0), size
        while left is None or left > 0:
            many = _CHUNK if left is None else min(left, _CHUNK)
            items = list(self.table.gets(name, offs, many))
            for item in items:
                yield item
                offs = item[0] + 1
                left = None if left is None else left - 1
            if items:
                continue
            if not wait:
                return
            await self.waiters.wait(name)

    # changing

    async def add(self, name: str, meta: dict[str, Any]) -> None:
        """Make a queue; ``meta['creator']`` is the admin of its gate. Raises: DupName, BadArg (name)."""
        if not 0 < len(name.encode('utf8', 'surrogatepass')) <= s_limits.JSON_QUEUE_NAME_BYTES:
            raise s_exc.BadArg(mesg=f'The name of a queue has 1 to {s_limits.JSON_QUEUE_NAME_BYTES} bytes.')
        if not await self._push('queue:add', name, meta):
            raise s_exc.DupName(mesg=f'Queue named {name} already exists!')

    async def delete(self, name: str) -> None:
        """Remove a queue with its items. Raises: NoSuchName."""
        if not self.exists(name) or not await self._push('queue:del', name):
            raise s_exc.NoSuchName(mesg=f'No queue named {name} exists!')

    async def puts(self, name: str, items: typing.Sequence[Any]) -> int:
        """Append items; return the offset of the first. Raises: NoSuchName, NotMsgpackSafe."""
        self.table.status(name)
        s_common.en(items)
        return int(await self._push('queue:puts', name, tuple(items)))

    async def cull(self, name: str, offs: int) -> None:
        """Forget the items up to and with an offset. Raises: NoSuchName."""
        self.table.status(name)
        if offs >= 0:
            await self._push('queue:cull', name, min(offs, 2**62))

    async def pop(self, name: str, offs: int | None, wait: bool) -> Item | None:
        """Remove and return the item at an offset, or the first one; None where there is none. Raises: NoSuchName."""
        while True:
            if offs is not None or self.table.size(name):
                found: Item | None = await self._push('queue:pop', name, offs)
                if found is not None or not wait:
                    return found
            elif not wait:
                return None
            await self.waiters.wait(name)

    @s_nexus.Pusher.onPush('queue:add')
    def _on_add(self, name: str, meta: dict[str, Any]) -> bool:
        if self.table.exists(name):
            return False
        self.table.add(name, meta)
        if self.gates:
            auth = self.cell.auth
            auth.addAuthGate(gate_of(name), 'queue')
            if auth.user(meta['creator']) is not None:
                auth.apply_info('user', meta['creator'], 'admin', True, gateiden=gate_of(name))
        return True

    @s_nexus.Pusher.onPush('queue:del')
    def _on_del(self, name: str) -> bool:
        if not self.table.exists(name):
            return False
        self.table.rem(name)
        if self.gates:
            self.cell.auth.delAuthGate(gate_of(name))
        self.waiters.wake(name)
        return True

    @s_nexus.Pusher.onPush('queue:puts')
    def _on_puts(self, name: str, items: tuple[Any, ...]) -> int:
        offs = self.table.puts(name, items)
        self.waiters.wake(name)
        return offs

    @s_nexus.Pusher.onPush('queue:cull')
    def _on_cull(self, name: str, offs: int) -> None:
        self.table.cull(name, offs)

    @s_nexus.Pusher.onPush('queue:pop')
    def _on_pop(self, name: str, offs: int | None) -> Item | None:
        if offs is None:
            first = self.table.get(name, 0)
            if first is None:
                return None
            offs = first[0]
        return self.table.pop(name, offs)
