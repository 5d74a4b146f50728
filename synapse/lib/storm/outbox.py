"""Messages from a running query to its client, in order, with their durability.

A message may leave only when every edit made before it is on disk: what a client sees cannot be lost. So messages
wait here until ``publish()`` has flushed the editor; that happens when enough of them wait, when the oldest waited some
milliseconds, and at the end. ``node:edits`` messages are put as ranges of the pending edits and filled in by the flush.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import typing

import synapse.common as s_common
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.view as s_view

Any = typing.Any
_NODE = b'\x92' + s_common.en('node')


class _Edits:
    """A node:edits message whose content is not known before the flush."""

    __slots__ = ('start', 'stop', 'items')

    def __init__(self, start: int, stop: int) -> None:
        self.start = start
        self.stop = stop
        self.items: list[s_edits.NodeEdit] = []


def _fill(mesgs: list[_Edits], results: list[s_edits.NodeEdit]) -> None:
    for mesg in mesgs:
        mesg.items = [item for item in results[mesg.start : mesg.stop] if item[2]]


class Outbox:
    """The messages of one query.

    Args:
        editor: The editor whose edits must be durable before a message may go.
        opts: The options of the query (``show``, ``editformat``, ``repr``).
    """

    def __init__(self, editor: s_view.Editor, opts: dict[str, Any]) -> None:
        self.editor = editor
        self.show = {*opts['show'], 'init', 'fini', 'err'} if opts.get('show') else None
        self.editformat = opts.get('editformat', 'nodeedits')
        self.wants_edits = self.editformat != 'none' and self.shows(
            'node:edits' if self.editformat == 'nodeedits' else 'node:edits:count'
        )
        self.open = False  # nobody listens: count() and callStorm() drop messages
        self.lingers = False  # the query has had to wait for something: what is there goes out after a while
        self.patience = s_limits.STORM_LINGER  # how long that is, in seconds: more in a fast stream
        self.waiting: list[Any] = []
        self.batch: list[Any] | None = None  # the pending edits that the unfilled messages are about
        self.unfilled: list[_Edits] = []
        self.ready: list[bytes] = []
        self.event = asyncio.Event()
        self.taken = asyncio.Event()
        self.timer: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None

    def shows(self, name: str) -> bool:
        """Return True if messages of a type are wanted."""
        return self.show is None or name in self.show

    @property
    def full(self) -> bool:
        """True when the query should wait for the client (or for a flush)."""
        return len(self.waiting) >= s_limits.STORM_MESGS

    def put(self, name: str, info: Any) -> None:
        """Add a message."""
        if self.open and (self.show is None or name in self.show):
            self._add(s_common.en((name, info)))

    def node(self, byts: bytes) -> None:
        """Add a node message, the packed node as msgpack bytes."""
        if self.open:
            self._add(_NODE + byts)

    def edits(self, start: int, stop: int) -> None:
        """Add the message for a range of pending node edits."""
        if self.open and self.wants_edits:
            mesg = _Edits(start, stop)
            if self.batch is not self.editor.edits:  # it begins a new list with each flush
                self.batch = self.editor.edits
                self.unfilled = []
                self.editor.on_flush.append(functools.partial(_fill, self.unfilled))
            self.unfilled.append(mesg)
            self._add(mesg)

    def forward(self, mesg: bytes) -> None:
        """Add the packed message of a query within this one."""
        if self.open:
            self._add(mesg)

    def begin(self, mesg: bytes) -> None:
        """Begin with a packed message that depends on no edit. It waits a little: a short query is one write."""
        self.open = True
        self.ready.append(mesg)

    def linger(self) -> None:
        """From now on let messages go a little later, whatever the query does meanwhile."""
        self.lingers = True
        self._linger()

    def _add(self, mesg: Any) -> None:
        self.waiting.append(mesg)
        if self.timer is None and self.lingers:
            self._linger()

    def _linger(self) -> None:
        self.timer = asyncio.get_running_loop().call_later(self.patience, self._late)

    def _late(self) -> None:
        self.timer = None
        fast = len(self.waiting) >= s_limits.STORM_LINGER_MESGS
        self.patience = min(2 * self.patience, s_limits.STORM_LINGER_MOST) if fast else s_limits.STORM_LINGER
        if self.ready:
            self.event.set()
        if self.waiting and (self.task is None or self.task.done()):
            self.task = asyncio.get_running_loop().create_task(self._publish_quietly())

    async def _publish_quietly(self) -> None:
        with contextlib.suppress(Exception):  # the query meets the same error at its next flush
            await self.publish()

    async def publish(self) -> None:
        """Make the waiting messages available to the client, after what they tell of is on disk."""
        waiting, self.waiting = self.waiting, []
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        await self.editor.flush()
        for mesg in waiting:
            if type(mesg) is bytes:
                self.ready.append(mesg)
            elif mesg.items:
                self.ready.append(self._pack_edits(mesg.items))
        if self.ready:
            self.event.set()

    def _pack_edits(self, items: list[s_edits.NodeEdit]) -> bytes:
        model, expand = self.editor.view.model, s_edits.expand
        edits = [(buid.hex(), form, expand(model, edits, form)) for buid, form, edits in items]
        if self.editformat == 'count':
            return s_common.en_plain(('node:edits:count', {'count': sum(len(item[2]) for item in edits)}))
        return s_common.en_plain(('node:edits', {'edits': edits}))

    async def room(self, most: int = s_limits.STORM_MESGS) -> None:
        """Publish, and wait until the client took enough for more to be put: less than so many messages are left."""
        await self.publish()
        while len(self.ready) >= most:
            self.taken.clear()
            await self.taken.wait()

    async def take(self) -> list[bytes]:
        """Wait for messages and return all that are ready, packed, in order."""
        await self.event.wait()
        self.event.clear()
        ready, self.ready = self.ready, []
        self.taken.set()
        return ready
