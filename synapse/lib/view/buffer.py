"""The edits of one running query that are not in the log yet.

Edits take effect in the ``Node`` objects at once and reach the store together at the next ``flush()``. Whoever could
observe a pending edit asks first: ``touched`` holds the names of the indexes (as in ``View.lift``) under which edits
are pending, and the names of the forms of new nodes. Looking up a node by its value needs no flush: pending nodes are
found here.

A new node is one pending edit that refers to the state of the node object itself, so that what is set on it before the
flush costs nothing more. While a flush waits for the disk, that state belongs to the log: a change goes on with a copy.
Nodes of a block (``synapse.lib.layer.block``) have no object until somebody looks one up; what is changed then is edits
of its own.
"""

from __future__ import annotations

import asyncio
import sys
import typing
import weakref

import synapse.common as s_common
import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.view.node as s_node

if typing.TYPE_CHECKING:
    import synapse.lib.model.forms as s_forms
    import synapse.lib.view.view as s_view


class Flushable(typing.Protocol):
    """A buffer of edits."""

    async def flush(self) -> None:
        """Log and apply what is pending."""
        ...


_NONE: dict[bytes, s_node.Node] = {}
Chain = tuple[str, tuple[str, ...], dict[typing.Any, bool]]  # a tag, its parents, what is touched when it is added


class EditBuffer:
    """Pending edits, and the node objects they belong to.

    Args:
        view: The view to read and change.
        user: The iden of the user that the edits are logged for.
    """

    def __init__(self, view: s_view.View, user: str) -> None:
        self.view = view
        self.user = user
        self.shared = True  # one object for each node; a query that does not edit has no need of that
        self.keep = True  # go on knowing the objects of flushed nodes; a feed drops them
        self.tick = 0
        self.size = 0
        self.count = 0  # new nodes that are not in the store yet
        self.limit = view.limit
        self.broken: Exception | None = None  # why a flush failed
        self.edits: list[tuple[bytes, str, list[s_edits.Edit]]] = []
        self.pending: dict[bytes, s_node.Node] = {}  # by iden: changed since the last flush
        self.blocks: dict[bytes, tuple[str, s_block.Block]] = {}  # by iden: form and block of pending nodes
        self.live: typing.MutableMapping[bytes, s_node.Node] = _NONE  # by nid: a weak dictionary, once there are some
        self.known: set[tuple[str, typing.Any]] = set()  # ndefs that were added or seen already
        self.touched: dict[typing.Any, bool] = {}
        self.on_flush: list[
            typing.Callable[[list[s_edits.NodeEdit]], None]
        ] = []  # get the results of the present edits
        self.companions: list[Flushable] = []  # buffers of the same query for other layers: flushed with this one
        self._tags: dict[str, str] = {}
        self._chains: dict[str, Chain] = {}
        self._group: dict[bytes, list[s_edits.Edit]] = {}  # edits since mark(), by node
        self._creating: set[bytes] = set()
        self._found: dict[bytes, s_node.Node] = {}  # looked up by value since the last flush
        self._flushing: dict[bytes, s_node.Node] = {}
        self._lock: asyncio.Lock | None = None  # made with the first flush

    # looking up

    def intern(self, nid: bytes) -> s_node.Node:
        """Return the one node object of this query for a stored node."""
        node = self.live.get(nid)
        if node is None:
            node = s_node.Node(self.view, nid)
            self._remember(nid, node)
        return node

    def _remember(self, nid: bytes, node: s_node.Node) -> None:
        if self.live is _NONE:
            self.live = weakref.WeakValueDictionary()
        self.live[nid] = node

    def node_by_iden(self, iden: bytes) -> s_node.Node | None:
        """Return a node by its 32 byte iden, pending ones included."""
        if self.shared:
            node = self.pending.get(iden) or self._flushing.get(iden) or self._found.get(iden)
            if node is None and iden in self.blocks:
                node = self._unblock(iden)
            if node is not None:
                return None if node.deleted else node
        nid = self.view.idens.get(iden)
        if nid is None or not self.view.stands_for(nid, iden):
            return None
        if not self.shared:
            return s_node.Node(self.view, nid)
        node = self.intern(nid)
        if len(self._found) < s_limits.EDITOR_FOUND:
            self._found[iden] = node
        return node

    def node_by_ndef(self, form: str, valu: typing.Any) -> s_node.Node | None:
        """Return a node by form name and normalised value, pending ones included."""
        return self.node_by_iden(s_common.buid((form, valu)))

    # recording

    def _record(self, node: s_node.Node, form: str, edit: s_edits.Edit, name: typing.Any) -> None:
        self.touched[name] = True
        if node.fresh:
            return  # its pending edit refers to what was just changed
        self._append(node, form, edit)

    def _own(self, node: s_node.Node) -> None:
        """Before a change: if the state of a node is part of an edit that is just being logged, go on with a copy."""
        if self._flushing and node.iden in self._flushing and node.iden not in self.pending:
            node.detach()

    def _append(self, node: s_node.Node, form: str, edit: s_edits.Edit) -> None:
        iden = node.iden
        group = self._group.get(iden)
        if group is None:
            group = self._group[iden] = []
            self.edits.append((iden, form, group))
        group.append(edit)
        self.pending[iden] = node
        node.dirty = True
        self.size += 1
        if not self.tick:
            self.tick = s_common.now()

    def _add_fresh(self, form: s_forms.Form, iden: bytes, valu: typing.Any) -> s_node.Node:
        if not self.tick:
            self.tick = s_common.now()
        name = form.name
        node = s_node.Node.new(self.view, iden, form, valu, {'.created': self.tick})
        self.edits.append((iden, name, [(s_edits.NODE_NEW, node.whole(), ())]))
        self.pending[iden] = node
        self.size += 1
        self.count += 1
        self.touched[name] = True
        return node

    def add_block(self, form: str, block: s_block.Block) -> None:
        """Add new nodes that are neither pending nor stored."""
        self.edits.append(s_block.entry(form, block))
        self.blocks.update(dict.fromkeys(block.each(), (form, block)))
        self.size += len(block.valus)
        self.count += len(block.valus)
        self.touched[form] = True
        self.touched.update((('tag', tag), True) for tag in block.tags)

    def _unblock(self, iden: bytes) -> s_node.Node:
        """Return the object of a pending node that came with others; what is changed from now on is edits of its
        own."""
        name, block = self.blocks.pop(iden)
        valu, props, tags, tagprops = block.whole(block.each().index(iden))
        node = s_node.Node.new(self.view, iden, self.view.model.reqForm(name), valu, props)
        node.tags.update(tags)
        node.fresh = False
        self.pending[iden] = node
        return node

    @property
    def full(self) -> bool:
        """True when the buffer should be flushed for its size, or because somebody waits for each edit."""
        return self.size >= s_limits.EDITOR_EDITS or (self.size > 0 and self.view.watch is not None)

    # flushing

    def mark(self) -> int:
        """Begin an operation: return the place of its first node edit; edits of one node are grouped up to the
        next mark."""
        self._group = {}
        return len(self.edits)

    async def settle(self, names: typing.Iterable[typing.Any]) -> None:
        """Flush if a pending edit could change what the named indexes show."""
        if self.touched and not self.touched.keys().isdisjoint(names):
            await self.flush()

    async def flush(self) -> None:
        """Log and apply the pending edits; when it returns, they are durable."""
        for other in self.companions:  # what they hold came before the edits here
            await other.flush()
        if self._lock is None:
            if not self.edits:
                return
            self._lock = asyncio.Lock()
        async with self._lock:
            if self.broken is not None:
                raise self.broken
            results = await self._flush() if self.edits else []
            watch = self.view.watch  # with the lock: who comes later sees what the triggers did
            if results and watch is not None and await watch(self.view, self.user, s_block.singles(results)):
                for node in list(self.live.values()):
                    if not node.dirty:
                        node.forget()
                self.known.clear()

    async def _flush(self) -> list[s_edits.NodeEdit]:
        edits, pending, count = self.edits, self.pending, self.count
        hooks, self.on_flush = self.on_flush, []
        meta = {'time': self.tick, 'user': self.user}
        self.edits, self.pending, self._flushing, self.tick, self.size = [], {}, pending, 0, 0
        self._group = {}
        self.blocks = {}
        self.touched.clear()
        self._found.clear()
        for node in pending.values():
            node.fresh = False
        try:
            results = await self.view.wlyr.storNodeEdits(edits, meta)
        except Exception as e:
            self.broken = e  # what the query believes is not what is stored: nothing of it may get out any more
            raise
        finally:
            self._flushing = {}
            self.count -= count
        if self.keep:
            self._keep(pending)
        for func in hooks:
            func(results)
        return results

    def _keep(self, pending: dict[bytes, s_node.Node]) -> None:
        """Go on with the objects of nodes that were flushed."""
        idens, alone = self.view.idens, _alone()
        for node in pending.values():
            if sys.getrefcount(node) == alone:
                continue  # nobody else holds it: whoever looks the node up gets a new object
            if node.nid is None:
                node.nid = idens.get(node.iden)
            if node.deleted:
                self.live.pop(typing.cast(bytes, node.nid), None)
                continue
            self._remember(typing.cast(bytes, node.nid), node)
            if node.iden not in self.pending:  # not changed again while we waited
                node.forget()


def _alone() -> int:
    """Return how many references are counted, in a loop over a table, to what only the table has.

    The number is measured, as it depends on the version of Python and on whether somebody traces.
    """
    count = 0
    for item in {0: object()}.values():
        count = sys.getrefcount(item)
    return count
