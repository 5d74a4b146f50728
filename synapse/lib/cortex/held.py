"""What a layer holds, node by node, as edits: for whoever moves, copies or deletes it.

Nodes come by id, so that a small fork of a large Cortex costs by the size of the fork. A node that is not in the layer
it goes to is one edit as a whole (``edits.NODE_NEW``), which is also how it is logged and applied.
"""

from __future__ import annotations

import asyncio
import contextlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record
import synapse.lib.limits as s_limits

Any = typing.Any
Edits = typing.AsyncGenerator[s_edits.NodeEdit, None]


def chunk(layer: s_layer.Layer, last: bytes, count: int) -> list[bytes]:
    """Return the next ids after one, by id, of the nodes of which a layer holds a record, edges or node data."""
    found: list[bytes] = []
    with contextlib.ExitStack() as stack:
        dbs = (layer.nodes, layer.n1edges, layer.data)
        cursors = [stack.enter_context(layer.slab.xact.cursor(db=db)) for db in dbs]
        heads = [_seek(curs, last) for curs in cursors]
        while len(found) < count and any(heads):
            nid = min(head for head in heads if head)
            found.append(nid)
            for numb, head in enumerate(heads):
                if head == nid:
                    heads[numb] = _seek(cursors[numb], nid)
    return found


def _seek(curs: Any, nid: bytes) -> bytes:
    """Place a cursor behind the rows of a node; return the id there, nothing at the end."""
    return bytes(curs.key()[:8]) if curs.set_range((int.from_bytes(nid, 'big') + 1).to_bytes(8, 'big')) else b''


def req_open(*layers: s_layer.Layer) -> None:
    """Raise NoSuchLayer if a layer was deleted meanwhile."""
    for layer in layers:
        if layer.isfini:
            raise s_exc.NoSuchLayer(mesg=f'Layer {layer.iden} was deleted.', iden=layer.iden)


async def nids(layer: s_layer.Layer) -> typing.AsyncGenerator[bytes, None]:
    """Yield the ids of the nodes of which a layer holds anything, by id; others may write meanwhile.

    Raises: NoSuchLayer (deleted meanwhile).
    """
    last = b''
    req_open(layer)
    while found := chunk(layer, last, s_limits.SYNC_ROWS):
        for nid in found:
            yield nid
            req_open(layer)
        last = found[-1]
        await asyncio.sleep(0)
        req_open(layer)


def handed(stacks: s_stacks.Stacks, layer: s_layer.Layer, nid: bytes, dest: s_layer.Layer) -> list[s_edits.NodeEdit]:
    """Return the node edits that bring what a layer holds of a node to another layer. Raises: NoSuchLayer."""
    req_open(layer, dest)
    byts = layer.record(nid)
    if byts is None or not s_record.added(byts) or dest.record(nid) is not None:
        found = s_sync.node_edits(stacks, layer, nid)
        return [] if found is None else [found]
    rec = s_record.Record.load(byts)
    form, valu = rec.ndef
    whole: s_edits.Edit = (s_edits.NODE_NEW, (valu, rec.props, rec.tags, rec.tagprops), ())
    retn: list[s_edits.NodeEdit] = [(rec.iden, form, [whole])]
    rest: list[s_edits.Edit] = [
        (s_edits.NODEDATA_SET, (name, s_common.un(data), None), ()) for name, data in layer.data_items(nid)
    ]
    rest += edges(stacks, layer, nid)
    if rest:
        retn.append((rec.iden, form, rest))
    return retn


def edges(stacks: s_stacks.Stacks, layer: s_layer.Layer, nid: bytes) -> list[s_edits.Edit]:
    """Return the edits that add the edges that a layer holds of a node."""
    retn: list[s_edits.Edit] = []
    for verb, other in layer.edges(nid):
        iden = stacks.ndef_of(other)[0]
        if iden is not None:
            retn.append((s_edits.EDGE_ADD, (verb, iden.hex()), ()))
    return retn


async def all_handed(stacks: s_stacks.Stacks, layer: s_layer.Layer, dest: s_layer.Layer) -> Edits:
    """Yield the node edits that bring all of a layer to another one."""
    async for nid in nids(layer):
        for item in handed(stacks, layer, nid, dest):
            yield item


async def all_undone(stacks: s_stacks.Stacks, layer: s_layer.Layer) -> Edits:
    """Yield the node edits that delete all that a layer holds."""
    async for nid in nids(layer):
        found = s_sync.node_edits(stacks, layer, nid)
        if found is not None:
            yield found[0], found[1], undo(found[2])


def undo(edits: typing.Sequence[s_edits.Edit]) -> list[s_edits.Edit]:
    """Return the edits that delete what other edits made, the last one first."""
    # the time of creation goes with the node itself
    added = any(edit[0] == s_edits.NODE_ADD for edit in edits)
    kept = (edit for edit in reversed(edits) if not (added and edit[0] == s_edits.PROP_SET and _created(edit)))
    return [_UNDO[edit[0]](edit[1]) for edit in kept]


def _created(edit: s_edits.Edit) -> bool:
    return bool(edit[1][0] == '.created')


_UNDO: dict[int, typing.Callable[[tuple[Any, ...]], s_edits.Edit]] = {
    s_edits.NODE_ADD: lambda item: (s_edits.NODE_DEL, item, ()),
    s_edits.PROP_SET: lambda item: (s_edits.PROP_DEL, (item[0], item[1], item[3]), ()),
    s_edits.TAG_SET: lambda item: (s_edits.TAG_DEL, (item[0], item[1]), ()),
    s_edits.TAGPROP_SET: lambda item: (s_edits.TAGPROP_DEL, (item[0], item[1], item[2], item[4]), ()),
    s_edits.NODEDATA_SET: lambda item: (s_edits.NODEDATA_DEL, (item[0], item[1]), ()),
    s_edits.EDGE_ADD: lambda item: (s_edits.EDGE_DEL, item, ()),
}


Told = typing.Callable[[s_layer.Layer, list[s_edits.NodeEdit]], typing.Awaitable[None]]


class Transfer:
    """Edits of several layers on their way to the log, in large batches: what is added first, what is removed then.

    Whoever is stopped between the two finds nodes in both places, never in none.

    Args:
        user: The iden of the user that the edits are logged for.
        told: Called with a layer and what was changed there, after each batch.
    """

    def __init__(self, user: str, told: Told | None = None) -> None:
        self.user = user
        self.told = told
        self.size = 0
        self.total = 0  # node edits that were logged
        self.adds: dict[s_layer.Layer, list[s_edits.NodeEdit]] = {}
        self.dels: dict[s_layer.Layer, list[s_edits.NodeEdit]] = {}
        self._lock = asyncio.Lock()

    def put(self, layer: s_layer.Layer, item: s_edits.NodeEdit) -> None:
        """Take a node edit that adds something to a layer."""
        self.adds.setdefault(layer, []).append(item)
        self.size += len(item[2])

    def take(self, layer: s_layer.Layer, item: s_edits.NodeEdit) -> None:
        """Take a node edit that removes something from a layer."""
        self.dels.setdefault(layer, []).append(item)
        self.size += len(item[2])

    @property
    def full(self) -> bool:
        """True when the edits should be logged for their number."""
        return self.size >= s_limits.EDITOR_EDITS

    async def flush(self) -> None:
        """Log the edits; when it returns, they are durable, also those that another flush was about to log.

        Raises: IsReadOnly, NoSuchLayer (a layer).
        """
        async with self._lock:
            adds, dels, self.adds, self.dels, self.size = self.adds, self.dels, {}, {}, 0
            for layer, items in (*adds.items(), *dels.items()):
                req_open(layer)
                results = await layer.storNodeEdits(items, {'time': s_common.now(), 'user': self.user})
                self.total += len(items)
                if self.told is not None:
                    await self.told(layer, results)
