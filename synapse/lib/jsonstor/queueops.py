"""Queues as the service offers them: items at increasing offsets, until a reader culls them (jsonstor.md 4)."""

from __future__ import annotations

import itertools
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.jsonstor.bursts as s_bursts
import synapse.lib.jsonstor.values as s_values
import synapse.lib.jsonstor.waiters as s_waiters
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

Any = typing.Any
onPush = s_cell.Cell.onPush


def req_name(name: Any) -> str:
    """Return the name of a queue. Raises BadArg."""
    if not isinstance(name, str):
        raise s_exc.BadArg(mesg=f'The name of a queue is text, not {type(name).__name__}.')
    size = len(name.encode('utf8', 'surrogatepass'))
    if not 0 < size <= s_limits.JSON_QUEUE_NAME_BYTES:
        raise s_exc.BadArg(mesg=f'The name of a queue has 1 to {s_limits.JSON_QUEUE_NAME_BYTES} bytes.', size=size)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise s_exc.BadArg(mesg='The name of a queue must be valid unicode.') from None
    return name


def req_int(valu: Any, what: str) -> int:
    """Return an integer. Raises BadArg."""
    if not isinstance(valu, int):
        raise s_exc.BadArg(mesg=f'The {what} must be a number, not {type(valu).__name__}.')
    return valu


class QueueOps(s_cell.Cell):
    """The slice of a JSONStor that keeps queues. Raises NoSuchName for an unknown one, BadArg for what is no name."""

    queues: s_slab.MultiQueue
    waiters: s_waiters.Waiters

    async def addQueue(self, name: str, info: dict[str, Any]) -> bool:
        """Make a queue. Returns False when it exists."""
        if not isinstance(info, dict):
            raise s_exc.BadArg(mesg=f'The info of a queue is a dictionary, not {type(info).__name__}.')
        return bool(await self._push('q:add', req_name(name), s_values.own(info)))

    async def delQueue(self, name: str) -> bool:
        """Remove a queue with its items; its readers come to their end. Returns False when there was none."""
        return bool(await self._push('q:del', req_name(name)))

    async def putsQueue(self, name: str, items: typing.Iterable[Any]) -> int:
        """Append items; returns the offset of the first (with no items: the next offset)."""
        req_name(name)
        try:
            todo = tuple(items)
        except TypeError:
            raise s_exc.BadArg(mesg=f'The items of a queue must be a list, not {type(items).__name__}.') from None
        return int(await self._push('q:puts', name, s_values.own(todo, s_limits.JSON_PUTS_BYTES)))

    async def cullQueue(self, name: str, offs: int) -> None:
        """Forget the items up to and with an offset."""
        await self._push('q:cull', req_name(name), min(req_int(offs, 'offset'), 2**62))

    async def getsQueue(
        self, name: str, offs: int, size: int | None = None, cull: bool = True, wait: bool = True
    ) -> typing.AsyncGenerator[tuple[int, Any], None]:
        """Yield (offset, item) from an offset on; see ``queue_bursts``."""
        async for some in self.queue_bursts(name, offs, size, cull, wait):
            for byts in some:
                yield s_common.un(byts)

    async def queue_bursts(
        self, name: str, offs: int, size: int | None, cull: bool, wait: bool
    ) -> typing.AsyncGenerator[list[bytes], None]:
        """Yield lists of packed pairs (offset, item) from an offset on.

        Args:
            size: End after so many items (but not before the first).
            cull: First forget all items below the offset.
            wait: Do not end with the last item but go on with those that are put later, while the queue exists.
        """
        req_name(name)
        if req_int(offs, 'offset') < 0:
            raise s_exc.BadArg(mesg='The offset of a queue may not be negative.', offs=offs)
        left = None if size is None else max(req_int(size, 'size'), 1)
        offs = min(offs, 2**62)
        life = self._life(name)
        if cull and self._has_below(name, offs):
            await self.cullQueue(name, offs - 1)
        while self._life(name, missing=True) == life and not self.isfini:
            rows = itertools.islice(self.queues.packed(name, offs), left)
            for some in s_bursts.of(rows, lambda row: len(row[1])):
                yield [b'\x92' + s_common.en(indx) + byts for indx, byts in some]
                offs = some[-1][0] + 1
                left = None if left is None else left - len(some)
            # nothing was awaited since the last look at the queue, so nothing can be missed
            if left == 0 or not wait:
                return
            if self._life(name, missing=True) == life:
                await self.waiters.wait(f'queue:{name}')

    def _life(self, name: str, missing: bool = False) -> str | None:
        """Return what tells a queue from one of the same name that was made after it was removed."""
        if not self.queues.exists(name):
            if missing:
                return None
            raise s_exc.NoSuchName(mesg=f'No queue named {name}.', name=name)
        return typing.cast(str, self.queues.queues.get(name)['iden'])

    def _has_below(self, name: str, offs: int) -> bool:
        first = self.queues.get(name, 0)
        return first is not None and first[0] < offs

    # -- apply

    @onPush('q:add')
    def _on_add(self, name: str, info: dict[str, Any]) -> bool:
        if self.queues.exists(name):
            return False
        self.queues.add(name, info)
        return True

    @onPush('q:del')
    def _on_del_queue(self, name: str) -> bool:
        if not self.queues.exists(name):
            return False
        self.queues.rem(name)
        self.waiters.wake(f'queue:{name}')
        return True

    @onPush('q:puts')
    def _on_puts(self, name: str, items: typing.Sequence[Any]) -> int:
        offs = self.queues.puts(name, items)
        if items:
            self.waiters.wake(f'queue:{name}')
        return offs

    @onPush('q:cull')
    def _on_cull(self, name: str, offs: int) -> None:
        self.queues.cull(name, offs)
