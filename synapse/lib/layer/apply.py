"""Applying node edits to a layer (spec: cortex.md 6.2).

One ``Apply`` works on one logged change: it reads records on demand, changes them in memory, collects index entries,
and writes everything at the end in key order, so a change that fails half way leaves nothing behind and thousands of
edits become a few sorted passes over the store.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.fresh as s_fresh
import synapse.lib.layer.record as s_record

if typing.TYPE_CHECKING:
    import synapse.lib.layer.layer as s_layer

Applied = list[s_edits.Edit]


class Apply:
    """The work of one change on one layer.

    Args:
        layer: The layer to change.
        tick: Epoch milliseconds of the change, the ``.created`` of new nodes.
    """

    def __init__(self, layer: s_layer.Layer, tick: int) -> None:
        self.layer = layer
        self.tick = tick
        self.nids: dict[bytes, bytes] = {}  # by iden, of all that this change named so far
        self.unseen = layer.idens.next.to_bytes(8, 'big')  # nids from here on are given by this change
        self.recs: dict[bytes, s_record.Record] = {}
        self.fresh = s_fresh.Fresh(layer)
        self.dirty: set[bytes] = set()
        self.index: dict[tuple[bytes, bytes], bool] = {}  # (key, nid) -> put or delete
        self.tags: dict[tuple[bytes, bytes], bool] = {}
        self.edges: dict[tuple[bytes, bytes, bytes], bool] = {}  # (n1, verb abrv, n2)
        self.data: dict[bytes, bytes | None] = {}
        self.counts: dict[str, int] = {}

    def run(self, nodeedits: typing.Sequence[s_edits.NodeEdit]) -> list[s_edits.NodeEdit]:
        """Apply and return, for each given node edit, what really changed (edits may be empty)."""
        news: dict[bytes, None] = {}
        for iden, _, edits in nodeedits:
            first = edits[0][0] if edits else None
            if first == s_edits.NODE_NEW:
                news[iden] = None
            elif first == s_edits.BLOCK_NEW:
                news.update(dict.fromkeys(s_block.of(edits).each()))
        if len(news) == 1:
            self._gen(next(iter(news)), False)
        elif news:
            self.nids = self.layer.idens.gen_all(news)
        retn = self._each(nodeedits)
        self.layer.idens.grow()
        self._write()
        return retn

    def _each(self, nodeedits: typing.Sequence[s_edits.NodeEdit]) -> list[s_edits.NodeEdit]:
        retn: list[s_edits.NodeEdit] = []
        handlers, nids = _HANDLERS, self.nids
        recs, new, unseen = self.recs, s_edits.NODE_NEW, self.unseen
        fresh, blocks = self.fresh.nodes, self.fresh.blocks
        for item in nodeedits:
            buid, form, edits = item
            first = edits[0][0] if edits else None
            if first == s_edits.BLOCK_NEW:
                retn += [item] if self._take(item) else self._each(s_block.singles([item]))
                continue
            nid = nids.get(buid) or self._gen(buid, first != s_edits.NODE_ADD)
            if first == new and len(edits) == 1 and nid not in fresh and nid not in recs and nid not in blocks:
                if nid >= unseen or self.layer.record(nid) is None:  # or a lower layer of a fork has it
                    fresh[nid] = item
                    retn.append(item)
                    continue
            rec = recs.get(nid)
            if rec is None:
                rec = self._load(nid, buid, form)
            if first == new:
                edits = s_edits.expand(self.layer.model, edits, form)
            done: Applied = []
            for etype, payload, _ in edits:
                handlers[etype](self, nid, rec, payload, done)
                if not rec.added and rec.empty():
                    rec.ndef = (form, None)  # as if the record had been removed here already
            if done:
                self.dirty.add(nid)
            retn.append((buid, form, done))
        return retn

    def _take(self, item: s_edits.NodeEdit) -> bool:
        """Take a block, if this change was the first to name its nodes."""
        block = s_block.of(item[2])
        nids = [self.nids[iden] for iden in block.each()]
        fresh, here = self.fresh, set(nids)
        if min(nids) < self.unseen or not all(here.isdisjoint(d) for d in (self.recs, fresh.nodes, fresh.blocks)):
            return False
        fresh.take(item[1], nids, block)
        return True

    def _gen(self, iden: bytes, orphan: bool) -> bytes:
        """As ``Idens.gen``; an iden that is named again and again is looked up once."""
        nid = self.nids.get(iden)
        if nid is None:
            nid = self.nids[iden] = self.layer.idens.gen(iden, orphan)
        return nid

    def _load(self, nid: bytes, buid: bytes, form: str) -> s_record.Record:
        new = self.fresh.single(nid)
        if new is not None:
            valu, props, tags, tagprops = new[2][0][1]
            rec = s_record.Record(buid, (form, valu))
            rec.added = True
            rec.props, rec.tags = dict(props), dict(tags)
            rec.tagprops = {tag: dict(valus) for tag, valus in tagprops.items()}
            self.dirty.add(nid)
        else:
            byts = self.layer.record(nid)
            rec = s_record.Record(buid, (form, None)) if byts is None else s_record.Record.load(byts)
        self.recs[nid] = rec
        return rec

    # node value

    def node_add(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        valu = payload[0]
        if rec.added and rec.ndef[1] == valu:
            return
        form = rec.ndef[0]
        rec.ndef = (form, valu)
        rec.added = True
        self.counts[form] = self.counts.get(form, 0) + 1
        self.layer.indexer(form, None).note(self.index, nid, valu, True)
        done.append((s_edits.NODE_ADD, payload, ()))
        if '.created' not in rec.props:
            self.prop_set(nid, rec, ('.created', self.tick, None, 21), done)

    def node_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        if not rec.added:
            return
        form, valu = rec.ndef
        rec.added = False
        self.counts[form] = self.counts.get(form, 0) - 1
        self.layer.indexer(form, None).note(self.index, nid, valu, False)
        done.append((s_edits.NODE_DEL, (valu, payload[1]), ()))
        if '.created' in rec.props:
            self.prop_del(nid, rec, ('.created', None, 21), done)
        for name, _ in list(self.layer.data_items(nid)):
            self.data[self.layer.data_key(nid, name)] = None
        for key in self.data:  # and what this change brought before
            if key[:8] == nid:
                self.data[key] = None
        for verb, n2 in self.layer.edges(nid):
            self.edges[(nid, self.layer.abrv('verb', verb), n2)] = False
        for edge in self.edges:
            if edge[0] == nid:
                self.edges[edge] = False

    # props

    def prop_set(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        name, valu, _, stor = payload
        indexer = self.layer.indexer(rec.ndef[0], name)
        oldv = rec.props.get(name, s_common.novalu)
        if oldv is not s_common.novalu:
            if indexer.merge is not None:
                valu = indexer.merge(oldv, valu)
            if oldv == valu and type(oldv) is type(valu):
                return
            indexer.note(self.index, nid, oldv, False)
        rec.props[name] = valu
        indexer.note(self.index, nid, valu, True)
        old = None if oldv is s_common.novalu else oldv
        done.append((s_edits.PROP_SET, (name, valu, old, stor), ()))

    def prop_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        name, _, stor = payload
        oldv = rec.props.pop(name, s_common.novalu)
        if oldv is s_common.novalu:
            return
        self.layer.indexer(rec.ndef[0], name).note(self.index, nid, oldv, False)
        done.append((s_edits.PROP_DEL, (name, oldv, stor), ()))

    # tags and tag props

    def tag_set(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        tag, valu, _ = payload
        valu = tuple(valu)
        oldv = rec.tags.get(tag)
        if oldv is not None:
            if oldv != s_edits.NOTIME and valu != s_edits.NOTIME:
                valu = s_edits.merge_ival(valu, oldv)
            if valu == oldv:
                return
        else:
            self.tags[(self.layer.tag_key(tag, rec.ndef[0]), nid)] = True
        rec.tags[tag] = valu
        done.append((s_edits.TAG_SET, (tag, valu, oldv), ()))

    def tag_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        tag = payload[0]
        oldv = rec.tags.pop(tag, None)
        if oldv is None:
            return
        self.tags[(self.layer.tag_key(tag, rec.ndef[0]), nid)] = False
        done.append((s_edits.TAG_DEL, (tag, oldv), ()))

    def tagprop_set(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        tag, name, valu, _, stor = payload
        indexer = self.layer.tagprop_indexer(rec.ndef[0], tag, name)
        props = rec.tagprops.setdefault(tag, {})
        oldv = props.get(name, s_common.novalu)
        if oldv is not s_common.novalu:
            if indexer.merge is not None:
                valu = indexer.merge(oldv, valu)
            if oldv == valu:
                return
            indexer.note(self.index, nid, oldv, False)
        props[name] = valu
        indexer.note(self.index, nid, valu, True)
        old = None if oldv is s_common.novalu else oldv
        done.append((s_edits.TAGPROP_SET, (tag, name, valu, old, stor), ()))

    def tagprop_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        tag, name, _, stor = payload
        props = rec.tagprops.get(tag)
        if props is None or name not in props:
            return
        oldv = props.pop(name)
        if not props:
            rec.tagprops.pop(tag)
        self.layer.tagprop_indexer(rec.ndef[0], tag, name).note(self.index, nid, oldv, False)
        done.append((s_edits.TAGPROP_DEL, (tag, name, oldv, stor), ()))

    # node data and edges

    def data_set(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        name, valu, _ = payload
        key = self.layer.data_key(nid, name)
        byts = s_common.en(valu)
        oldb = self.data[key] if key in self.data else self.layer.data_raw(key)
        if byts == oldb:
            return
        self.data[key] = byts
        done.append((s_edits.NODEDATA_SET, (name, valu, None if oldb is None else s_common.un(oldb)), ()))

    def data_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        name = payload[0]
        key = self.layer.data_key(nid, name)
        oldb = self.data[key] if key in self.data else self.layer.data_raw(key)
        if oldb is None:
            return
        self.data[key] = None
        done.append((s_edits.NODEDATA_DEL, (name, s_common.un(oldb)), ()))

    def edge_add(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        self._edge(nid, payload, True, s_edits.EDGE_ADD, done)

    def edge_del(self, nid: bytes, rec: s_record.Record, payload: tuple[typing.Any, ...], done: Applied) -> None:
        self._edge(nid, payload, False, s_edits.EDGE_DEL, done)

    def _edge(self, nid: bytes, payload: tuple[typing.Any, ...], want: bool, etype: int, done: Applied) -> None:
        verb, n2iden = payload
        n2 = self._gen(bytes.fromhex(n2iden), True)
        edge = (nid, self.layer.abrv('verb', verb), n2)
        have = self.edges.get(edge)
        if have is None:  # a node that this change named first has no edges yet
            have = nid < self.unseen and n2 < self.unseen and self.layer.has_edge(*edge)
        if have is want:
            return
        self.edges[edge] = want
        done.append((etype, (verb, n2iden), ()))

    # writing

    def _write(self) -> None:
        layer, xact = self.layer, self.layer.slab.xact
        size = self.fresh.write()
        puts = []
        for nid in self.dirty:
            rec = self.recs[nid]
            if rec.empty():
                xact.delete(nid, db=layer.nodes)
                layer.idens.keep(nid, rec.iden)  # an edge may still name it
                continue
            byts = rec.dump()
            size += len(byts) + 128
            puts.append((nid, byts))
        if puts:
            with xact.cursor(db=layer.nodes) as curs:
                curs.putmulti(sorted(puts))
        _write_dups(xact, layer.index, self.index)
        _write_dups(xact, layer.tags, self.tags)
        if self.edges:
            _write_dups(xact, layer.n1edges, {(n1 + verb, n2): want for (n1, verb, n2), want in self.edges.items()})
            _write_dups(xact, layer.n2edges, {(n2 + verb, n1): want for (n1, verb, n2), want in self.edges.items()})
        for key, valu in self.data.items():
            if valu is None:
                xact.delete(key, db=layer.data)
            else:
                xact.put(key, valu, db=layer.data)
                size += len(valu)
        for form, delta in (*self.fresh.counts.items(), *self.counts.items()):
            layer.counts.inc(form.encode(), delta)
            layer.total += delta
        layer.slab.mark_dirty(size + 64 * (len(self.index) + len(self.tags) + 2 * len(self.edges)))


def _write_dups(xact: typing.Any, db: typing.Any, ops: dict[tuple[bytes, bytes], bool]) -> None:
    """Put or delete index entries."""
    if not ops:
        return
    with xact.cursor(db=db) as curs:
        for (key, nid), put in ops.items():
            if not put and curs.set_key_dup(key, nid):
                curs.delete()
        curs.putmulti(sorted(item for item, put in ops.items() if put), dupdata=True)


def _bad(*args: typing.Any) -> None:
    raise s_exc.BadArg(mesg='Unknown node edit type.')


_HANDLERS: dict[int, typing.Callable[..., None]] = {
    s_edits.NODE_ADD: Apply.node_add,
    s_edits.NODE_DEL: Apply.node_del,
    s_edits.PROP_SET: Apply.prop_set,
    s_edits.PROP_DEL: Apply.prop_del,
    s_edits.TAG_SET: Apply.tag_set,
    s_edits.TAG_DEL: Apply.tag_del,
    s_edits.TAGPROP_SET: Apply.tagprop_set,
    s_edits.TAGPROP_DEL: Apply.tagprop_del,
    s_edits.NODEDATA_SET: Apply.data_set,
    s_edits.NODEDATA_DEL: Apply.data_del,
    s_edits.EDGE_ADD: Apply.edge_add,
    s_edits.EDGE_DEL: Apply.edge_del,
}
