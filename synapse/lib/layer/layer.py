"""A layer: storage for one set of node edits (spec: cortex.md 6, 7).

On disk one slab, ``layers/<iden>/layer.lmdb``, with the databases::

    nodes     nid -> record (record.py)
    index     abrv + order-preserving value -> nids    abrv of (form, None), (form, prop), array items, tag props
    tags      abrv of the tag + abrv of the form -> nids
    n1edges   nid + abrv of the verb -> nids of the targets
    n2edges   nid + abrv of the verb -> nids of the sources
    data      nid + abrv of the name -> msgpack value
    edits     nexus offset -> msgpack (node edits that changed something, meta)
    counts    nodes by form

All read methods are synchronous and see every applied change. The only way to write is the logged event ``edits``.
"""

from __future__ import annotations

import asyncio
import operator
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.apply as s_apply
import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.scan as s_scan
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:
    import synapse.lib.layer.idens as s_idens
    import synapse.lib.model.model as s_model
    import synapse.lib.model.types.base as s_types

Entry = tuple[list[s_edits.NodeEdit], dict[str, typing.Any]]
_MAX_OFFS = 2**64 - 1
_TEXTS, _INTS = {str}, {int}


class Indexer:
    """How the values of one property (or form, or tag property) become index keys."""

    __slots__ = ('abrv', 'indx', 'merge', 'items', 'item_indx')

    def __init__(self, abrv: bytes, typ: typing.Any, items: bytes | None) -> None:
        self.abrv = abrv
        self.indx: typing.Any = typ.indx if typ is not None else None
        self.merge: typing.Any = typ.merge if typ is not None else None
        self.items = items
        self.item_indx: typing.Any = typ.itemtype.indx if items is not None else None

    def keys(self, valus: typing.Sequence[typing.Any]) -> list[bytes]:
        """Return the keys of many stored values; values that repeat are encoded once."""
        abrv, indx = self.abrv, self.indx
        kinds = set(map(type, valus))
        if kinds == _TEXTS or kinds == _INTS:  # of other types, equal values may have different keys, or no hash
            distinct = set(valus)
            if len(distinct) * 2 <= len(valus):
                known = {valu: abrv + indx(valu) for valu in distinct}
                return list(map(known.__getitem__, valus))
        return [abrv + byts for byts in map(indx, valus)]

    def note(self, index: dict[tuple[bytes, bytes], bool], nid: bytes, valu: typing.Any, put: bool) -> None:
        """Note in ``index`` that the keys of a stored value are to be put (or deleted) for a node."""
        if self.indx is None:
            return
        index[(self.abrv + self.indx(valu), nid)] = put
        if self.items is not None:
            for item in valu:
                index[(self.items + self.item_indx(item), nid)] = put


class Layer(s_nexus.Pusher):
    """See the module. ``info`` is the layer definition that the Cortex keeps."""

    async def __anit__(  # type: ignore[override]
        self,
        iden: str,
        slab: s_slab.Slab,
        idens: s_idens.Idens,
        model: s_model.Model,
        nexsroot: s_nexus.NexsRoot | None = None,
        info: dict[str, typing.Any] | None = None,
    ) -> None:
        await s_nexus.Pusher.__anit__(self, iden, nexsroot=nexsroot, slab=slab)
        self.iden = iden
        self.dirn = os.path.dirname(slab.path)
        self.slab = slab
        self.idens = idens
        self.model = model
        self.info = info or {}
        self.nodes = slab.db('nodes')
        self.index = slab.db('index', dupsort=True, dupfixed=True)
        self.tags = slab.db('tags', dupsort=True, dupfixed=True)
        self.n1edges = slab.db('n1edges', dupsort=True, dupfixed=True)
        self.n2edges = slab.db('n2edges', dupsort=True, dupfixed=True)
        self.data = slab.db('data')
        self.editlog = slab.db('edits')
        self.counts = s_slab.Hotcount(slab, 'counts')
        self.abrvs = s_slab.Abrv(slab, 'abrvs')
        self._abrvs: dict[tuple[str | None, ...], bytes] = {}
        self._packed: dict[int, bytes] = {}  # id of node edits on their way through the log -> their packed form
        self.indexers: dict[str, dict[str, Indexer]] = {}  # by form and prop ('' for the primary value)
        self._tagindexers: dict[tuple[str, ...], Indexer] = {}
        self._tagkeys: dict[tuple[str, str], bytes] = {}
        self.total = sum(count for _, count in self.counts.items())  # nodes, of all forms
        self.waiters: list[asyncio.Future[None]] = []
        self.onfini(self._wake)

    # writing

    async def storNodeEdits(
        self, nodeedits: typing.Sequence[s_edits.NodeEdit], meta: dict[str, typing.Any]
    ) -> list[s_edits.NodeEdit]:
        """Log and apply node edits; return for each given one the edits that changed something."""
        return (await self.save(nodeedits, meta))[1]

    async def save(
        self, nodeedits: typing.Sequence[s_edits.NodeEdit], meta: dict[str, typing.Any]
    ) -> tuple[int, list[s_edits.NodeEdit]]:
        """Like storNodeEdits; returns (offset of the change, what changed). Raises: IsReadOnly."""
        if self.info.get('readonly'):
            raise s_exc.IsReadOnly(mesg=f'Layer {self.iden} is read only!', iden=self.iden)
        if self.nexsroot is None:
            return self.edit_index(), await self._push('edits', nodeedits, meta)
        packed = s_common.en_plain((nodeedits, meta))
        self._packed[id(nodeedits)] = packed
        try:
            return await self.nexsroot.issue(self.nexsiden, 'edits', (nodeedits, meta), {}, packed=packed)
        finally:
            self._packed.pop(id(nodeedits), None)

    @s_nexus.Pusher.onPush('edits', passitem=True)
    def _on_edits(
        self, nodeedits: typing.Sequence[s_edits.NodeEdit], meta: dict[str, typing.Any], nexsitem: typing.Any = None
    ) -> list[s_edits.NodeEdit]:
        retn = s_apply.Apply(self, meta['time']).run(nodeedits)
        if self.info.get('logedits', True):
            flat = [item for item in retn if item[2]]
            if flat:
                offs = (
                    nexsitem[0] if nexsitem[0] is not None else self.edit_index()
                )  # a layer without a log counts itself
                packed = self._packed.get(id(nodeedits))
                if packed is None or len(flat) != len(nodeedits) or any(map(operator.is_not, flat, nodeedits)):
                    packed = s_common.en_plain((flat, meta))
                self.slab.xact.put(offs.to_bytes(8, 'big'), packed, db=self.editlog)
                self.slab.mark_dirty(len(packed))
                if self.waiters:
                    self._wake()
        return retn

    def _wake(self) -> None:
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # the edit log

    def edit_index(self) -> int:
        """Return the offset after the last one in the edit log, 0 when it is empty."""
        with self.slab.xact.cursor(db=self.editlog) as curs:
            return int.from_bytes(curs.key(), 'big') + 1 if curs.last() else 0

    def edit_size(self) -> int:
        """Return the number of entries in the edit log."""
        return self.slab.entries(self.editlog)

    def read_edits(self, offs: int, nbytes: int, reverse: bool = False) -> list[tuple[int, Entry]]:
        """Return the next (offset, (node edits, meta)) of the edit log from an offset on, about ``nbytes`` of them.

        New nodes are in their compact form, see ``edits.expand``. With ``reverse`` from the offset downwards.
        """
        rows: list[tuple[int, Entry]] = []
        with self.slab.xact.cursor(db=self.editlog) as curs:
            found = curs.set_range(min(max(offs, 0), _MAX_OFFS).to_bytes(8, 'big'))
            if reverse and not (found and int.from_bytes(curs.key(), 'big') == offs):
                found = curs.prev() if found else curs.last()
            rest = nbytes
            while found and rest > 0:
                byts = curs.value()
                rest -= len(byts)
                nodeedits, meta = s_common.un(byts)
                rows.append((int.from_bytes(curs.key(), 'big'), (s_block.singles(nodeedits), meta)))
                found = curs.prev() if reverse else curs.next()
        return rows

    # names

    def abrv(self, *name: str | None) -> bytes:
        """Return the 4 byte abbreviation of a name, making it when new (only while applying)."""
        abrv = self._abrvs.get(name)
        if abrv is None:
            abrv = self._abrvs[name] = self.abrvs.set(name).to_bytes(4, 'big')
        return abrv

    def find_abrv(self, *name: str | None) -> bytes | None:
        """Return the abbreviation of a name, None when nothing was ever stored under it."""
        abrv = self._abrvs.get(name)
        if abrv is None:
            numb = self.abrvs.get(name)
            if numb is None:
                return None
            abrv = self._abrvs[name] = numb.to_bytes(4, 'big')
        return abrv

    def abrv_name(self, abrv: bytes) -> str:
        """Return the last part of an abbreviated name."""
        name: str = self.abrvs.name(int.from_bytes(abrv, 'big'))[-1]
        return name

    def indexer(self, form: str, prop: str | None) -> Indexer:
        """Return the indexer of a property, or of the primary value of a form."""
        name = prop or ''
        forms = self.indexers.get(form)
        if forms is None:
            forms = self.indexers[form] = {}
        indexer = forms.get(name)
        if indexer is None:
            typ = self._type_of(form, prop)
            items = self.abrv('array', form, prop) if typ is not None and typ.isarray else None
            indexer = forms[name] = Indexer(self.abrv('prop', form, prop), typ, items)
        return indexer

    def _type_of(self, form: str, prop: str | None) -> s_types.Type | None:
        item = self.model.form(form)
        if item is None or prop is None:
            return None if item is None else item.type
        found = item.props.get(prop)
        return None if found is None else found.type

    def tagprop_indexer(self, form: str, tag: str, name: str) -> Indexer:
        """Return the indexer of a tag property on one form."""
        key = (form, tag, name)
        indexer = self._tagindexers.get(key)
        if indexer is None:
            prop = self.model.tagprops.get(name)
            typ = prop.type if prop is not None else None
            indexer = self._tagindexers[key] = Indexer(self.abrv('tagprop', tag, name, form), typ, None)
        return indexer

    def tagprop_names(self, name: str) -> list[tuple[str, ...]]:
        """Return the index names of a tag property, one for each tag and form that ever had it."""
        names = (s_common.un(byts) for _, byts in self.abrvs.names())
        return [item for item in names if item[0] == 'tagprop' and item[2] == name]

    def tag_key(self, tag: str, form: str) -> bytes:
        """Return the key of the tag index, making abbreviations when new (only while applying)."""
        key = self._tagkeys.get((tag, form))
        if key is None:
            key = self._tagkeys[(tag, form)] = self.abrv('tag', tag) + self.abrv('form', form)
        return key

    def drop_cached(self) -> None:
        """Forget what was derived from the model; call after the model changed."""
        self.indexers.clear()
        self._tagindexers.clear()

    # records

    def record(self, nid: bytes) -> bytes | None:
        """Return the stored record of a node, None when this layer has nothing of it."""
        byts: bytes | None = self.slab.xact.get(nid, db=self.nodes)
        return byts

    def records(self, nids: typing.Iterable[bytes]) -> dict[bytes, bytes]:
        """As ``record()`` for many: returns nid -> record of those that are here."""
        with self.slab.xact.cursor(db=self.nodes) as curs:
            return dict(curs.getmulti(nids))

    def data_key(self, nid: bytes, name: str) -> bytes:
        """Return the key of a node data value, making the abbreviation when new (only while applying)."""
        return nid + self.abrv('data', name)

    def data_get(self, nid: bytes, name: str) -> bytes | None:
        """Return the msgpack bytes of a node data value."""
        abrv = self.find_abrv('data', name)
        return None if abrv is None else self.data_raw(nid + abrv)

    def data_raw(self, key: bytes) -> bytes | None:
        byts: bytes | None = self.slab.xact.get(key, db=self.data)
        return byts

    def data_items(self, nid: bytes) -> typing.Iterator[tuple[str, bytes]]:
        """Yield (name, msgpack value) of the node data of a node."""
        with self.slab.xact.cursor(db=self.data) as curs:
            if curs.set_range(nid):
                for key, valu in curs.iternext(keys=True, values=True):
                    if key[:8] != nid:
                        break
                    yield self.abrv_name(key[8:]), valu

    # edges

    def has_edge(self, n1: bytes, verb: bytes, n2: bytes) -> bool:
        with self.slab.xact.cursor(db=self.n1edges) as curs:
            return bool(curs.set_key_dup(n1 + verb, n2))

    def edges(self, nid: bytes, verb: str | None = None, reverse: bool = False) -> list[tuple[str, bytes]]:
        """Return (verb, other nid) of the edges that go out of a node, or come in with ``reverse``."""
        if verb is not None:
            return [(verb, other) for other in self.ends(nid, verb, reverse)]
        retn = []
        with self.slab.xact.cursor(db=self.n2edges if reverse else self.n1edges) as curs:
            if curs.set_range(nid):
                for key, other in curs.iternext(keys=True, values=True):
                    if key[:8] != nid:
                        break
                    retn.append((self.abrv_name(key[8:]), other))
        return retn

    def ends(self, nid: bytes, verb: str, reverse: bool = False) -> list[bytes]:
        """Return the other nids of the edges of one verb."""
        abrv = self.find_abrv('verb', verb)
        if abrv is None:
            return []
        with self.slab.xact.cursor(db=self.n2edges if reverse else self.n1edges) as curs:
            return list(curs.iternext_dup(keys=False, values=True)) if curs.set_key(nid + abrv) else []

    # scans

    def scan(
        self,
        name: tuple[str | None, ...],
        lo: bytes = b'',
        hi: bytes | None = None,
        exact: bool = False,
        reverse: bool = False,
    ) -> s_scan.Scan | None:
        """Return a scan over one named index, None when nothing was ever indexed there.

        ``name``: ('prop', form, prop), ('prop', form, None), ('array', form, prop) or ('tagprop', tag, name, form).
        """
        abrv = self.find_abrv(*name)
        if abrv is None:
            return None
        low = abrv + lo
        high = low if exact else (s_scan.after(abrv) if hi is None else abrv + hi)
        return s_scan.Scan(self.slab, self.index, low, high, reverse)

    def scan_tag(self, tag: str, form: str | None = None, reverse: bool = False) -> s_scan.Scan | None:
        """Return a scan over the nodes with a tag: by form, then by nid."""
        abrv = self.find_abrv('tag', tag)
        if abrv is None:
            return None
        if form is None:
            return s_scan.Scan(self.slab, self.tags, abrv, s_scan.after(abrv), reverse)
        fabrv = self.find_abrv('form', form)
        if fabrv is None:
            return None
        low = abrv + fabrv
        return s_scan.Scan(self.slab, self.tags, low, low, reverse)

    def form_count(self, form: str) -> int:
        """Return the number of nodes of a form that were added in this layer."""
        return self.counts.get(form.encode())
