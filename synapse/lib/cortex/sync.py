"""Following edit logs: one layer's, or those of all layers together (spec: cortex.md 6.3 to 6.5).

Readers read the log itself, in chunks, and keep nothing but their offset: a slow one costs no memory and is never cut
off. Whoever has read everything leaves a future with the layers, which the next change resolves.
"""

from __future__ import annotations

import asyncio
import collections
import typing

import synapse.exc as s_exc
import synapse.lib.cortex.edits as s_coreedits
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.stored as s_stored
import synapse.lib.limits as s_limits

Any = typing.Any
Genr = typing.AsyncGenerator[Any, None]

NODEEDITS = 0  # kinds of items of a sync over all layers
NODEEDIT = 1
LAYER_ADD = 3
LAYER_DEL = 4

PROGRESS = 100  # the edit type of an item that only tells how far the reader is

_EDGES = 100  # edits of one node edit that re-creates a node


def _offset(offs: Any) -> int:
    if type(offs) is not int:
        raise s_exc.BadArg(mesg=f'An offset must be an integer: {offs!r}')
    return offs


async def layer_edits(layer: s_layer.Layer, offs: int, wait: bool = True, reverse: bool = False) -> Genr:
    """Yield (offset, node edits, meta) from an offset on; with ``wait`` go on with what is logged from then on.

    A layer without an edit log ends at once, and so does a deleted one.
    """
    offs = _offset(offs)
    if reverse and offs < 0:
        return
    while layer.info.get('logedits', True) and not layer.isfini:
        rows = layer.read_edits(offs, s_limits.SYNC_CHUNK, reverse)
        for indx, (nodeedits, meta) in rows:
            yield indx, s_coreedits.public(layer.model, nodeedits), meta
            offs = indx + (-1 if reverse else 1)
        if rows and offs >= 0:
            await asyncio.sleep(0)
        elif wait and not reverse:
            await wait_any([layer])
        else:
            return


async def wait_any(layers: typing.Iterable[s_layer.Layer], also: list[asyncio.Future[None]] | None = None) -> None:
    """Wait until one of some layers changes or ends (or ``also``, a list of waiters, is served)."""
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    lists = [layer.waiters for layer in layers if not layer.isfini]
    if also is not None:
        lists.append(also)
    if not lists:
        return
    for waiters in lists:
        waiters.append(waiter)
    try:
        await waiter
    finally:
        for waiters in lists:
            if waiter in waiters:
                waiters.remove(waiter)


Row = tuple[int, str, int, Any, Any]


class _Reader:
    """The place of a reader in the log of one layer."""

    def __init__(self, layer: s_layer.Layer, offs: int) -> None:
        self.layer = layer
        self.offs = offs
        self.rows: collections.deque[tuple[int, Any]] = collections.deque()

    def fill(self) -> bool:
        """Read ahead; return True if there is something."""
        if not self.rows and self.layer.info.get('logedits', True) and not self.layer.isfini:
            self.rows.extend(self.layer.read_edits(self.offs, s_limits.SYNC_CHUNK))
        return bool(self.rows)

    def next(self) -> Row:
        """Return the next row, which there is."""
        offs, (nodeedits, meta) = self.rows.popleft()
        self.offs = offs + 1
        return (offs, self.layer.iden, NODEEDITS, nodeedits, meta)


class _Readers:
    """A reader of all layers, those included that come later."""

    def __init__(self, stacks: s_stacks.Stacks, offsdict: dict[str, int] | None) -> None:
        self.stacks = stacks
        offsdict = {} if offsdict is None else offsdict
        if not isinstance(offsdict, dict):
            raise s_exc.BadArg(mesg=f'Offsets must be a dictionary by layer iden: {offsdict!r}')
        self.offsets = {iden: _offset(offs) for iden, offs in offsdict.items()}
        self.readers = {iden: self._reader(layer) for iden, layer in stacks.layers.items()}

    def _reader(self, layer: s_layer.Layer) -> _Reader:
        return _Reader(layer, self.offsets.get(layer.iden, 0))

    def changes(self) -> list[Row]:
        """Return rows for the layers that came and went since the last call."""
        offs, layers = self.stacks.cell.nexsroot.index(), self.stacks.layers
        gone = [iden for iden in self.readers if iden not in layers]
        come = [iden for iden in layers if iden not in self.readers]
        for iden in gone:
            del self.readers[iden]
        for iden in come:
            self.readers[iden] = self._reader(layers[iden])
        rows: list[Row] = [(offs, iden, LAYER_ADD, (), {}) for iden in come]
        return rows + [(offs, iden, LAYER_DEL, (), {}) for iden in gone]

    def pending(self) -> typing.Iterator[Row]:
        """Yield what the logs hold, by offset."""
        ready = [reader for reader in self.readers.values() if reader.fill()]
        while ready:
            reader = min(ready, key=lambda item: item.rows[0][0])
            yield reader.next()
            if not reader.fill():
                ready.remove(reader)


async def all_edits(stacks: s_stacks.Stacks, offsdict: dict[str, int] | None = None, wait: bool = True) -> Genr:
    """Yield (offset, layer iden, kind, node edits as logged, meta) of all layers, by offset; then, live, as they come.

    Layers that come and go meanwhile are told of with kinds 3 and 4.
    """
    readers = _Readers(stacks, offsdict)
    while True:
        count = 0
        for row in readers.pending():
            yield row
            count += 1
            if not count % s_limits.SYNC_ROWS:
                await asyncio.sleep(0)
        if not wait or stacks.isfini:
            return
        rows = readers.changes()
        for row in rows:
            yield row
        if not count and not rows:
            await wait_any([reader.layer for reader in readers.readers.values()], stacks.waiters)


async def layers_events(stacks: s_stacks.Stacks, offsdict: dict[str, int] | None = None, wait: bool = True) -> Genr:
    """Yield the items of ``syncLayersEvents`` (cortex.md 6.4)."""
    async for offs, iden, kind, nodeedits, meta in all_edits(stacks, offsdict, wait):
        yield (offs, iden, kind, s_coreedits.public(stacks.model, nodeedits), meta)


class Matcher:
    """What a reader of single edits wants to see: ``{forms, props, tags, tagprops}``, any of them.

    Args:
        matchdef: Lists of names; props by full, universal or relative name, tag props as ``prop`` or ``tag:prop``.
    """

    def __init__(self, matchdef: Any) -> None:
        if not isinstance(matchdef, dict):
            raise s_exc.BadArg(mesg=f'A match definition must be a dictionary: {matchdef!r}')
        self.forms, self.props, self.tags, self.tagprops = (
            frozenset(matchdef.get(name) or ()) for name in ('forms', 'props', 'tags', 'tagprops')
        )

    def match(self, form: str, etype: int, payload: tuple[Any, ...]) -> bool:
        """Return True if an edit is wanted."""
        if etype in (s_edits.NODE_ADD, s_edits.NODE_DEL):
            return form in self.forms
        if etype in (s_edits.PROP_SET, s_edits.PROP_DEL):
            name = payload[0]
            return name in self.props or (f'{form}{name}' if name[0] == '.' else f'{form}:{name}') in self.props
        if etype in (s_edits.TAG_SET, s_edits.TAG_DEL):
            return payload[0] in self.tags
        if etype in (s_edits.TAGPROP_SET, s_edits.TAGPROP_DEL):
            return payload[1] in self.tagprops or f'{payload[0]}:{payload[1]}' in self.tagprops
        return False


async def index_events(
    stacks: s_stacks.Stacks, matchdef: Any, offsdict: dict[str, int] | None = None, wait: bool = True
) -> Genr:
    """Yield the items of ``syncIndexEvents`` (cortex.md 6.4): the single edits that match."""
    matcher, count = Matcher(matchdef), 0
    async for offs, iden, kind, nodeedits, meta in all_edits(stacks, offsdict, wait):
        if kind != NODEEDITS:
            yield (offs, iden, kind, nodeedits, meta)
            continue
        for buid, form, edits in s_coreedits.public(stacks.model, nodeedits):
            for etype, payload, _ in edits:
                if matcher.match(form, etype, payload):
                    yield (offs, iden, NODEEDIT, (buid, form, etype, payload, ()))
        count += 1
        if not count % 1000:
            yield (offs, iden, NODEEDIT, (None, None, PROGRESS, (), ()))


async def layer_nodes(stacks: s_stacks.Stacks, layer: s_layer.Layer) -> Genr:
    """Yield (iden, form, edits) that re-create what a layer holds, by iden (cortex.md 6.5).

    A node with very many edges comes in several pieces.
    """
    last = b''
    while rows := stacks.idens.chunk(last, s_limits.SYNC_ROWS):
        for key, nid in rows:
            last = key
            found = node_edits(stacks, layer, nid)
            if found is not None:
                iden, form, edits = found
                yield iden, form, tuple(edits[:_EDGES])
                for at in range(_EDGES, len(edits), _EDGES):
                    yield iden, form, tuple(edits[at : at + _EDGES])
        await asyncio.sleep(0)


def node_edits(stacks: s_stacks.Stacks, layer: s_layer.Layer, nid: bytes) -> s_edits.NodeEdit | None:
    """Return the node edit that re-creates what a layer holds of a node, None if that is nothing."""
    edits = s_stored.edits(layer, nid)
    for verb, other in layer.edges(nid):
        target = stacks.ndef_of(other)[0]
        if target is not None:
            edits.append((s_edits.EDGE_ADD, (verb, target.hex()), ()))
    if not edits:
        return None
    iden, form = stacks.ndef_of(nid, layer)
    return None if iden is None or form is None else (iden, form, edits)
