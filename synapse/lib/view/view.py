"""Reading through a stack of layers (spec: cortex.md 8.3)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.record as s_record
import synapse.lib.layer.scan as s_scan
import synapse.lib.limits as s_limits
import synapse.lib.view.node as s_node
import synapse.lib.view.sources as s_sources

if typing.TYPE_CHECKING:
    import synapse.lib.layer as s_layer
    import synapse.lib.layer.edits as s_edits
    import synapse.lib.model.model as s_model
    import synapse.lib.model.types as s_types

Name = tuple[str | None, ...]
Lifts = typing.Sequence['s_types.Lift'] | None
AnySource = s_sources.Source | s_sources.Merged | s_sources.Fixed


class Limit(typing.Protocol):
    """How many nodes there may be."""

    def req_room(self, pending: int) -> None:
        """Raise HitLimit unless one more node has room beside those that are pending."""
        ...


class Watch(typing.Protocol):
    """Who wants to know what edits did to a view."""

    async def __call__(self, view: View, user: str, results: list[s_edits.NodeEdit]) -> bool:
        """Take the results of a flush; returns whether that led to further edits."""
        ...


class View:
    """A stack of layers, ``layers[0]`` on top; see the package essay. ``info`` is the view definition."""

    def __init__(
        self,
        iden: str,
        layers: list[s_layer.Layer],
        model: s_model.Model,
        idens: s_layer.Idens,
        info: dict[str, typing.Any] | None = None,
    ) -> None:
        self.iden = iden
        self.model = model
        self.idens = idens
        self.info = info or {}
        self.limit: Limit | None = None  # of the nodes in all layers together
        self.triggers: typing.Callable[[], list[dict[str, typing.Any]]] = list  # gives their definitions
        self.watch: Watch | None = None  # is told of every flush, before the next operation
        self.set_layers(layers)

    async def changed(self, user: str, results: list[s_edits.NodeEdit]) -> None:
        """Tell who watches of edits that did not come through a buffer of edits."""
        if self.watch is not None:
            await self.watch(self, user, results)

    def set_layers(self, layers: list[s_layer.Layer]) -> None:
        """Replace the stack."""
        self.layers = layers
        self.wlyr = layers[0]
        self.single = len(layers) == 1

    # nodes

    def load(
        self, nid: bytes
    ) -> tuple[bytes, tuple[str, typing.Any], dict[str, typing.Any], dict[str, typing.Any], dict[str, typing.Any]]:
        """Return (iden, ndef, props, tags, tagprops) of a node, merged through the stack."""
        recs = [byts for layer in self.layers if (byts := layer.record(nid)) is not None]
        if len(recs) == 1:
            rec = s_record.Record.load(recs[0])
            return rec.iden, rec.ndef, rec.props, rec.tags, rec.tagprops
        if not recs:
            raise s_exc.NoSuchIden(mesg='The node was deleted.')
        loaded = [s_record.Record.load(byts) for byts in recs]
        props: dict[str, typing.Any] = {}
        tags: dict[str, typing.Any] = {}
        tagprops: dict[str, typing.Any] = {}
        for rec in reversed(loaded):
            props.update(rec.props)
            tags.update(rec.tags)
            for tag, valus in rec.tagprops.items():
                tagprops.setdefault(tag, {}).update(valus)
        ndef = next((rec.ndef for rec in loaded if rec.added), loaded[0].ndef)
        return loaded[0].iden, ndef, props, tags, tagprops

    def exists(self, nid: bytes) -> bool:
        """Return True if any layer has the node's primary value."""
        for layer in self.layers:
            byts = layer.record(nid)
            if byts is not None and s_record.added(byts):
                return True
        return False

    def existing(self, nids: typing.Sequence[bytes]) -> typing.Iterator[list[bytes]]:
        """Yield those of many nodes, in order and some at a time, of which any layer has the primary value."""
        for at in range(0, len(nids), s_limits.STORM_BATCH):
            part = nids[at : at + s_limits.STORM_BATCH]
            rows = (row for layer in self.layers for row in layer.records(part).items())
            there = {nid for nid, byts in rows if s_record.added(byts)}
            yield [nid for nid in part if nid in there]

    def stands_for(self, nid: bytes, iden: bytes) -> bool:
        """Return True if any layer has the primary value of a node with all of an iden (a part of it finds the nid)."""
        for layer in self.layers:
            byts = layer.record(nid)
            if byts is not None and s_record.added(byts):
                return s_record.iden(byts) == iden
        return False

    def node_by_iden(self, iden: bytes) -> s_node.Node | None:
        """Return the node with a 32 byte iden."""
        nid = self.idens.get(iden)
        if nid is None or not self.stands_for(nid, iden):
            return None
        return s_node.Node(self, nid)

    def node_by_ndef(self, form: str, valu: typing.Any) -> s_node.Node | None:
        """Return the node of a form with a normalised value."""
        return self.node_by_iden(s_common.buid((form, valu)))

    def nodes_by_ndef(self, ndefs: typing.Sequence[tuple[str, typing.Any]]) -> list[s_node.Node | None]:
        """As ``node_by_ndef()`` for many, through a view of one layer."""
        retn: list[s_node.Node | None] = []
        for ndef, row in zip(ndefs, self._find(ndefs), strict=True):
            node = None
            if row is not None:
                iden, nid, byts = row
                node = s_node.Node(self, nid)
                node.preset(iden, self.model.reqForm(ndef[0]), ndef, byts)
            retn.append(node)
        return retn

    def count_ndefs(self, ndefs: typing.Sequence[tuple[str, typing.Any]]) -> int:
        """Return for how many there is a node, through a view of one layer."""
        return len(ndefs) - self._find(ndefs).count(None)

    def _find(self, ndefs: typing.Sequence[tuple[str, typing.Any]]) -> list[tuple[bytes, bytes, bytes] | None]:
        """Return (iden, nid, record) of the nodes that exist, None for others."""
        idens = [s_common.buid(ndef) for ndef in ndefs]
        nids = self.idens.get_all(idens)
        recs = self.wlyr.records(nids.values())
        retn: list[tuple[bytes, bytes, bytes] | None] = []
        for iden in idens:
            nid = nids.get(iden)
            byts = None if nid is None else recs.get(nid)
            if byts is not None and s_record.added(byts) and s_record.iden(byts) == iden:
                retn.append((iden, nid, byts))  # type: ignore[arg-type]
            else:
                retn.append(None)
        return retn

    def prop(self, nid: bytes, name: str) -> typing.Any:
        """Return one property of a node, None when unset."""
        for layer in self.layers:
            byts = layer.record(nid)
            if byts is not None:
                valu = s_record.props(byts).get(name)
                if valu is not None:
                    return valu
        return None

    def iden_of(self, nid: bytes) -> bytes | None:
        """Return the iden of a nid, also of one that is only named by edges."""
        for layer in self.layers:
            byts = layer.record(nid)
            if byts is not None:
                return s_record.iden(byts)
        return self.idens.orphan(nid)

    # edges

    def edges(self, nid: bytes, verb: str | None = None, reverse: bool = False) -> list[tuple[str, bytes]]:
        """Return (verb, nid) of a node's edges: the union over the layers, each once."""
        if self.single:
            return self.wlyr.edges(nid, verb, reverse)
        seen: dict[tuple[str, bytes], None] = {}
        for layer in self.layers:
            seen.update(dict.fromkeys(layer.edges(nid, verb, reverse)))
        return list(seen)

    def ends(self, nid: bytes, verb: str | None = None, reverse: bool = False) -> list[bytes]:
        """Return the nids at the other end of a node's edges."""
        if self.single and verb is not None:
            return self.wlyr.ends(nid, verb, reverse)
        return [end for _, end in self.edges(nid, verb, reverse)]

    # lifts

    def _scans(self, layer: s_layer.Layer, name: Name, lifts: Lifts, reverse: bool) -> list[s_scan.Scan | None]:
        if lifts is None:
            return [layer.scan(name, reverse=reverse)]
        return [layer.scan(name, lift.lo, lift.hi, lift.hi is lift.lo, reverse) for lift in lifts]

    def lift(self, names: typing.Sequence[Name], lifts: Lifts, reverse: bool = False) -> AnySource:
        """Return a source over one or more value indexes, in value order.

        Args:
            names: ``('prop', form, prop or None)``, ``('array', form, prop)`` or ``('tagprop', tag, name, form)``.
            lifts: Index ranges, None for everything.
        """
        if self.single and len(names) == 1:
            return s_sources.Source(self._scans(self.wlyr, names[0], lifts, reverse))
        scans: list[tuple[int, int, Name, s_scan.Scan | None]] = []
        for name in names:
            for numb, layer in enumerate(self.layers):
                for scan in self._scans(layer, name, lifts, reverse):
                    scans.append((len(scans), numb, name, scan))
        owner = {pos: (numb, name) for pos, numb, name, _ in scans}

        def visible(pos: int, nid: bytes) -> bool:
            numb, name = owner[pos]
            return all(not self._has(self.layers[over], nid, name) for over in range(numb)) and self.exists(nid)

        return s_sources.Merged([(pos, scan) for pos, _, _, scan in scans], visible, reverse)

    @staticmethod
    def _has(layer: s_layer.Layer, nid: bytes, name: Name) -> bool:
        """Does this layer have its own say about what an index of that name shows?"""
        byts = layer.record(nid)
        if byts is None:
            return False
        if name[0] == 'tagprop':
            return name[2] in s_record.tagprops(byts).get(typing.cast(str, name[1]), ())
        return s_record.added(byts) if name[2] is None else name[2] in s_record.props(byts)

    def lift_tag(self, tag: str, form: str | None = None, reverse: bool = False) -> AnySource:
        """Return a source over the nodes with a tag, by form and then by id."""
        if self.single:
            return s_sources.Source([self.wlyr.scan_tag(tag, form, reverse)])
        seen: dict[bytes, None] = {}
        for layer in self.layers:
            scan = layer.scan_tag(tag, form, reverse)
            while scan is not None and (nids := scan.nids(1000)):
                seen.update(dict.fromkeys(nids))
        return s_sources.Fixed([nid for nid in seen if self.exists(nid)])

    def has_index(self, name: Name) -> bool:
        """Return True if anything was ever indexed under a name."""
        return any(layer.find_abrv(*name) is not None for layer in self.layers)

    # counts

    def form_count(self, form: str) -> int:
        """Return the number of nodes of a form; exact for one layer, the sum of the layers otherwise."""
        return sum(layer.form_count(form) for layer in self.layers)

    def count(self, names: typing.Sequence[Name], lifts: Lifts) -> int | None:
        """Return the number of nodes that a lift would yield if the index alone tells, else None."""
        if not self.single:
            return None
        if lifts is None and all(name[0] == 'prop' and name[2] is None for name in names):
            return sum(self.wlyr.form_count(typing.cast(str, name[1])) for name in names)
        if lifts is not None and any(lift.test is not None for lift in lifts):
            return None
        total = 0
        for name in names:
            for scan in self._scans(self.wlyr, name, lifts, False):
                if scan is not None:
                    total += s_scan.count(scan.slab, scan.db, scan.lo, scan.hi)
        return total

    def count_tag(self, tag: str, form: str | None = None) -> int | None:
        """Return the number of nodes with a tag if the index alone tells, else None."""
        if not self.single:
            return None
        scan = self.wlyr.scan_tag(tag, form)
        return 0 if scan is None else s_scan.count(scan.slab, scan.db, scan.lo, scan.hi)
