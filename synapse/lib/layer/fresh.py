"""New nodes, written by column.

Most of what arrives is nodes that nobody named before. There are no old values to look at, and nothing that their index
entries could undo, so they need not be applied edit by edit: the new nodes of a change are sorted into groups of the
same form with the same properties, and each property of a group becomes a column of index keys that is encoded, sorted
and put as a whole.
"""

from __future__ import annotations

import itertools
import operator
import typing

import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record

if typing.TYPE_CHECKING:
    import synapse.lib.layer.layer as s_layer

Any = typing.Any
Row = tuple[bytes, bytes]  # (key, nid)
Column = tuple[Any, ...]

_first = operator.itemgetter(0)


class Fresh:
    """The new nodes of one change on one layer.

    Attributes:
        nodes: nid -> the node edit that brings the node (one ``NODE_NEW``).
        blocks: nid -> the place in ``tables`` of the block that brings the node.
        counts: How many there are of each form (after ``write``).
    """

    def __init__(self, layer: s_layer.Layer) -> None:
        self.layer = layer
        self.nodes: dict[bytes, s_edits.NodeEdit] = {}
        self.blocks: dict[bytes, int] = {}
        self.tables: list[tuple[str, list[bytes], s_block.Block]] = []  # form, nids, block
        self.counts: dict[str, int] = {}
        self.columns: dict[bytes, tuple[list[bytes], list[bytes]]] = {}  # by abbreviated index name: keys, nids
        self.tags: dict[bytes, list[bytes]] = {}  # key of the tag index -> nids

    def take(self, form: str, nids: list[bytes], block: s_block.Block) -> None:
        """Take the nodes of a block."""
        self.blocks.update(dict.fromkeys(nids, len(self.tables)))
        self.tables.append((form, nids, block))

    def single(self, nid: bytes) -> s_edits.NodeEdit | None:
        """Return the edit that brings a node, None if it is not new; the nodes of its block are single ones then."""
        if nid in self.blocks:
            form, nids, block = self.tables[self.blocks[nid]]
            self.tables[self.blocks[nid]] = (form, [], block)
            for row in zip(nids, s_block.singles([s_block.entry(form, block)]), strict=True):
                self.nodes[row[0]] = row[1]
                del self.blocks[row[0]]
        return self.nodes.get(nid)

    def write(self) -> int:
        """Write records and index entries; return how many bytes that may have taken."""
        if not self.nodes and not self.blocks:
            return 0
        groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for nid, (iden, form, edits) in self.nodes.items():
            valu, props, tags, tagprops = edits[0][1]
            shape = (form, *props)
            group = groups.get(shape)
            if group is None:
                group = groups[shape] = []
            group.append((nid, iden, valu, props, tags, tagprops))
        records: list[Row] = []
        for (form, *names), group in groups.items():
            nids, *parts = zip(*group, strict=True)
            self._index(form, names, nids, *parts[1:])
            records.extend(zip(nids, s_record.dumps(form, *parts), strict=True))
        for form, ids, block in self.tables:
            if ids:
                self._index_block(form, ids, block)
                records.extend(zip(ids, s_record.dump_block(form, block), strict=True))
        records.sort(key=_first)
        return self._put(records)

    def _index_block(self, form: str, nids: list[bytes], block: s_block.Block) -> None:
        layer = self.layer
        self.counts[form] = self.counts.get(form, 0) + len(nids)
        self._column(layer.indexer(form, None), block.valus, nids)
        for name, column in block.props.items():
            self._column(layer.indexer(form, name), column, nids)
        for tag in block.tags:
            self.tags.setdefault(layer.tag_key(tag, form), []).extend(nids)

    def _index(self, form: str, names: list[str], nids: Column, valus: Column, *parts: Column) -> None:
        """Add the index entries of a group to the columns."""
        props, tags, tagprops = parts
        layer = self.layer
        self.counts[form] = self.counts.get(form, 0) + len(nids)
        self._column(layer.indexer(form, None), valus, nids)
        for name, column in zip(names, zip(*[item.values() for item in props], strict=True), strict=True):
            self._column(layer.indexer(form, name), column, nids)
        tagged: dict[tuple[str, ...], list[bytes]] = {}
        for nid, item in zip(nids, tags, strict=True):
            if item:
                tagged.setdefault(tuple(item), []).append(nid)
        for alike, these in tagged.items():
            for tag in alike:
                self.tags.setdefault(layer.tag_key(tag, form), []).extend(these)
        if any(tagprops):
            for nid, item in zip(nids, tagprops, strict=True):
                for tag, tagvalus in item.items():
                    for name, valu in tagvalus.items():
                        self._column(layer.tagprop_indexer(form, tag, name), (valu,), (nid,))

    def _column(self, indexer: s_layer.Indexer, valus: s_block.Column, nids: typing.Sequence[bytes]) -> None:
        if indexer.indx is None:
            return
        keys, ids = self.columns.setdefault(indexer.abrv, ([], []))
        keys += indexer.keys(valus) * (len(nids) // len(valus))
        ids += nids
        if indexer.items is not None:
            keys, ids = self.columns.setdefault(indexer.items, ([], []))
            for valu, nid in zip(valus, nids, strict=True):
                keys += [indexer.items + indexer.item_indx(item) for item in valu]
                ids += [nid] * len(valu)

    def _put(self, records: list[Row]) -> int:
        layer, xact = self.layer, self.layer.slab.xact
        size = len(records) * 192 + sum(len(byts) for _, byts in records)
        with xact.cursor(db=layer.nodes) as curs:
            curs.putmulti(records)
        with xact.cursor(db=layer.index) as curs:
            for name in sorted(self.columns):
                rows = sorted(zip(*self.columns[name], strict=True), key=_first)
                size += 64 * curs.putmulti(rows, dupdata=True)[1]
        if self.tags:
            with xact.cursor(db=layer.tags) as curs:
                for key in sorted(self.tags):
                    size += 64 * curs.putmulti(zip(itertools.repeat(key), self.tags[key]), dupdata=True)[1]
        return size
