"""``$lib.layer`` and layer objects: what is there and how much of it (spec: storm-runtime.md 8)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.record as s_record
import synapse.lib.layer.scan as s_scan
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.graph.nodes as s_libnodes
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
undef = s_coerce.undef
_ROWS = 1000
_ALL = b'\xff' * 16


class Layer(s_coerce.Thing):
    """A layer."""

    storm_name = 'layer'

    def __init__(self, rt: Runtime, layer: s_layer.Layer) -> None:
        self.rt = rt
        self.layer = layer
        self.iden = layer.iden

    def storm_value(self) -> Any:
        return s_coerce.keep(self.rt.query.core.cortex.stacks.pack_layer(self.layer))


s_registry.libdoc('$lib.layer', 'Layers.')
s_registry.typedoc('layer', 'A layer: the storage of one set of edits.')


@lib('$lib.layer.get')
def layer_get(rt: Runtime, iden: str | None = None) -> Layer:
    """Return a layer, by default the one that the view writes to. Raises: NoSuchIden."""
    if iden is None:
        return Layer(rt, rt.view.wlyr)
    layer = rt.query.core.cortex.stacks.layers.get(iden)
    if layer is None:
        raise s_exc.NoSuchIden(mesg=f'No layer with iden: {iden}')
    return Layer(rt, layer)


@lib('$lib.layer.list')
def layer_list(rt: Runtime) -> list[Layer]:
    """Return all layers."""
    return [Layer(rt, layer) for layer in rt.query.core.cortex.stacks.layers.values()]


def req_open(layer: s_layer.Layer) -> None:
    """Raise NoSuchIden if a layer was deleted meanwhile."""
    if layer.isfini:
        raise s_exc.NoSuchIden(mesg=f'No layer with iden: {layer.iden}', iden=layer.iden)


def req_readable(rt: Runtime, layer: s_layer.Layer) -> None:
    """Raise AuthDeny unless the user of the query may read a layer: itself, or a view that shows it."""
    views = rt.query.core.cortex.stacks.users_of(layer)
    shown = any(rt.allowed(('view', 'read'), view.iden) for view in views)
    if not shown and not rt.allowed(('layer', 'read'), layer.iden):
        raise s_exc.AuthDeny(mesg='User can not read layer.', user=rt.query.user.iden)


async def readable(rt: Runtime, obj: Layer) -> s_layer.Layer:
    """Return the layer with the edits of this query flushed. Raises: AuthDeny, NoSuchIden (deleted meanwhile)."""
    req_open(obj.layer)
    req_readable(rt, obj.layer)
    await rt.editor.flush()
    return obj.layer


@getter('layer', 'iden')
def layer_iden(rt: Runtime, obj: Layer) -> str:
    """The iden."""
    return obj.layer.iden


@getter('layer', 'name')
def layer_name(rt: Runtime, obj: Layer) -> Any:
    """The name, null without one."""
    return obj.layer.info.get('name')


@method('layer', 'get')
def layer_item(rt: Runtime, obj: Layer, name: str, defv: Any = None) -> Any:
    """Return a value of the definition, or the default."""
    return s_coerce.wrap(obj.layer.info.get(name, defv))


@method('layer', 'pack')
def layer_pack(rt: Runtime, obj: Layer) -> Any:
    """Return the definition."""
    return obj.storm_value()


@method('layer', 'repr')
def layer_repr(rt: Runtime, obj: Layer) -> str:
    """Return a line for people."""
    name = obj.layer.info.get('name') or 'unnamed'
    readonly = obj.layer.info.get('readonly', False)
    return f'Layer: {obj.layer.iden} (name: {name}) readonly: {readonly} creator: {obj.layer.info.get("creator")}'


# counting


def form_counts(layers: typing.Iterable[s_layer.Layer]) -> dict[str, int]:
    """Return the number of nodes by form."""
    counts: dict[str, int] = {}
    for layer in layers:
        for name, count in layer.counts.items():
            counts[name.decode()] = counts.get(name.decode(), 0) + count
    return counts


async def _count(rt: Runtime, scans: typing.Iterable[s_scan.Scan | None], limit: int | None = None) -> int:
    count = 0
    for scan in scans:
        if scan is not None:
            count += s_scan.count(scan.slab, scan.db, scan.lo, scan.hi)
            await rt.breathe()
        if limit is not None and count >= limit:
            return limit
    return count


def _prop_names(rt: Runtime, name: str) -> tuple[list[tuple[str | None, ...]], Any]:
    """Return the index names and the type of a property, form or universal property. Raises: NoSuchProp."""
    form = rt.model.form(name)
    if form is not None:
        return [('prop', form.name, None)], form.type
    prop = rt.model.prop(name)
    if prop is None:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}')
    if prop.form is None:
        forms = [item for item in rt.model.forms.values() if prop.name in item.props]
        return [('prop', item.name, prop.name) for item in forms], prop.type
    return [('prop', prop.form.name, prop.name)], prop.type


def _value_scans(
    layer: s_layer.Layer, names: list[tuple[str | None, ...]], typ: Any, valu: Any
) -> typing.Iterator[s_scan.Scan | None]:
    for name in names:
        if valu is undef:
            yield layer.scan(name)
        else:
            key = typ.indx(typ.norm(s_coerce.tostor(valu))[0])
            yield layer.scan(name, key, key, True)


async def prop_count(rt: Runtime, layer: s_layer.Layer, name: str, valu: Any, limit: int | None = None) -> int:
    """Return how often a property is set in a layer (to one value). Raises: NoSuchProp, BadTypeValu."""
    names, typ = _prop_names(rt, name)
    return await _count(rt, _value_scans(layer, names, typ, valu), limit)


async def array_count(rt: Runtime, layer: s_layer.Layer, name: str, valu: Any) -> int:
    """Return how many items (of one value) an array property has in a layer. Raises: NoSuchProp, BadTypeValu."""
    prop = rt.model.prop(name)
    if prop is None and rt.model.form(name) is None:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}')
    if prop is None or not prop.isarray or prop.form is None:
        shown = name if prop is None else prop.type.name
        raise s_exc.BadTypeValu(mesg=f'Property is not an array type: {shown}.')
    names: list[tuple[str | None, ...]] = [('array', prop.form.name, prop.name)]
    return await _count(rt, _value_scans(layer, names, prop.itemtype, valu))


async def tagprop_count(rt: Runtime, layer: s_layer.Layer, tag: str, name: str, form: Any, valu: Any) -> int:
    """Return how often a tag property is set in a layer (to one value). Raises: NoSuchTagProp, BadTypeValu."""
    prop = rt.model.tagprop(name)
    if prop is None:
        raise s_exc.NoSuchTagProp(mesg=f'No tag property named {name}', name=name)
    forms = rt.model.forms if form is None else [form]
    names: list[tuple[str | None, ...]] = [('tagprop', tag, name, item) for item in forms]
    return await _count(rt, _value_scans(layer, names, prop.type, valu))


@method('layer', 'getFormCounts')
async def layer_formcounts(rt: Runtime, obj: Layer) -> dict[str, int]:
    """Return the number of nodes by form."""
    return form_counts([await readable(rt, obj)])


@method('layer', 'getPropCount')
async def layer_propcount(rt: Runtime, obj: Layer, propname: str, maxsize: int | None = None, valu: Any = undef) -> int:
    """Return how often a property is set (to one value), at most maxsize. Raises: NoSuchProp."""
    return await prop_count(rt, await readable(rt, obj), propname, valu, maxsize)


@method('layer', 'getPropArrayCount')
async def layer_arraycount(rt: Runtime, obj: Layer, propname: str, valu: Any = undef) -> int:
    """Return how many items (of one value) an array property has. Raises: NoSuchProp."""
    return await array_count(rt, await readable(rt, obj), propname, valu)


@method('layer', 'getTagCount')
async def layer_tagcount(rt: Runtime, obj: Layer, tagname: str, formname: str | None = None) -> int:
    """Return the number of nodes (of a form) with a tag."""
    layer = await readable(rt, obj)
    return await _count(rt, [layer.scan_tag(tagname, formname)])


@method('layer', 'getTagPropCount')
async def layer_tagpropcount(
    rt: Runtime, obj: Layer, tag: str, propname: str, form: str | None = None, valu: Any = undef
) -> int:
    """Return how often a tag property is set (to one value). Raises: NoSuchTagProp."""
    return await tagprop_count(rt, await readable(rt, obj), tag, propname, form, valu)


async def prop_values(
    rt: Runtime, layers: typing.Iterable[s_layer.Layer], name: str
) -> typing.AsyncGenerator[Any, None]:
    """Yield each value of a property once. Raises: NoSuchProp."""
    names, _ = _prop_names(rt, name)
    seen: set[Any] = set()
    for layer in layers:
        for index in names:
            scan, last = layer.scan(index), b''
            while scan is not None and (found := scan.rows(_ROWS)):
                for key, nid in found:
                    if key == last:
                        continue
                    last = key
                    valu = _stored(layer, nid, index[2])
                    if valu is not s_common.novalu and valu not in seen:
                        seen.add(valu)
                        yield s_coerce.keep(valu)
                await rt.breathe()


def _stored(layer: s_layer.Layer, nid: bytes, prop: str | None) -> Any:
    byts = layer.record(nid)
    if byts is None:
        return s_common.novalu
    return s_record.ndef(byts)[1] if prop is None else s_record.props(byts).get(prop, s_common.novalu)


@method('layer', 'getPropValues')
async def layer_propvalues(rt: Runtime, obj: Layer, propname: str) -> typing.AsyncGenerator[Any, None]:
    """Yield each value of a property once. Raises: NoSuchProp."""
    async for valu in prop_values(rt, [await readable(rt, obj)], propname):
        yield valu


# records


async def rows(
    rt: Runtime, layer: s_layer.Layer, db: Any, nodups: bool = False
) -> typing.AsyncGenerator[tuple[bytes, bytes], None]:
    """Yield (key, value) of a table of a layer, also while it is written to; ``nodups``: each key once."""
    scan, last = s_scan.Scan(layer.slab, db, b'\x00', _ALL), None
    while found := scan.rows(_ROWS):
        for key, valu in found:
            if not nodups or key != last:
                last = key
                yield key, valu
        await rt.breathe()
        req_open(layer)


def nid_of(rt: Runtime, nodeid: Any) -> bytes | None:
    """Return the id of a node given as iden or node, None for an unknown one. Raises: BadCast."""
    if isinstance(nodeid, s_view.Node):
        return nodeid.nid
    text = s_coerce.tostr(nodeid)
    try:
        iden = bytes.fromhex(text)
    except ValueError:
        iden = b''
    if len(iden) != 32:
        raise s_exc.BadCast(mesg=f'Invalid buid string: {text}')
    nid = rt.view.idens.get(iden)
    return nid if nid is not None and rt.view.iden_of(nid) == iden else None


@method('layer', 'getStorNode')
async def layer_stornode(rt: Runtime, obj: Layer, nodeid: Any) -> dict[str, Any]:
    """Return what the layer stores of a node, an empty dict for nothing. Raises: BadCast."""
    layer = await readable(rt, obj)
    nid = nid_of(rt, nodeid)
    byts = None if nid is None else layer.record(nid)
    return {} if byts is None else s_libnodes.stornode(rt.model, s_record.Record.load(byts))


@method('layer', 'getStorNodes')
async def layer_stornodes(rt: Runtime, obj: Layer) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Yield (iden, what is stored) of all nodes of the layer."""
    layer = await readable(rt, obj)
    for form in form_counts([layer]):
        async for item in _stornodes(rt, layer, [layer.scan(('prop', form, None))]):
            yield item


async def _stornodes(
    rt: Runtime, layer: s_layer.Layer, scans: typing.Iterable[s_scan.Scan | None]
) -> typing.AsyncGenerator[tuple[str, Any], None]:
    for scan in scans:
        while scan is not None and (nids := scan.nids(_ROWS)):
            for nid in nids:
                byts = layer.record(nid)
                if byts is not None:
                    yield s_record.iden(byts).hex(), s_libnodes.stornode(rt.model, s_record.Record.load(byts))
            await rt.breathe()


@method('layer', 'getStorNodesByForm')
async def layer_byform(rt: Runtime, obj: Layer, form: str) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Yield (iden, what is stored) of the nodes of a form. Raises: NoSuchForm."""
    layer = await readable(rt, obj)
    rt.model.reqForm(form)
    async for item in _stornodes(rt, layer, [layer.scan(('prop', form, None))]):
        yield item


def _prop_scans(
    rt: Runtime, layer: s_layer.Layer, name: str, valu: Any, cmpr: str
) -> typing.Iterator[tuple[s_scan.Scan | None, Any, str | None]]:
    """Yield (scan, test, property) that lift by a property. Raises: NoSuchProp, NoSuchCmpr, BadTypeValu."""
    names, typ = _prop_names(rt, name)
    for index in names:
        if valu is None:
            yield layer.scan(index), None, index[2]
            continue
        for lift in typ.lifts(cmpr, s_coerce.tostor(valu)):
            yield layer.scan(index, lift.lo, lift.hi, lift.hi is lift.lo), lift.test, index[2]


async def _by_prop(
    rt: Runtime, layer: s_layer.Layer, name: str, valu: Any, cmpr: str
) -> typing.AsyncGenerator[bytes, None]:
    for scan, test, prop in _prop_scans(rt, layer, name, valu, cmpr):
        while scan is not None and (nids := scan.nids(_ROWS)):
            for nid in nids:
                if test is None or test(_stored(layer, nid, prop)):
                    yield nid
            await rt.breathe()


@method('layer', 'getStorNodesByProp')
async def layer_byprop(
    rt: Runtime, obj: Layer, propname: str, propvalu: Any = None, propcmpr: str = '='
) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Yield (iden, what is stored) of the nodes with a property. Raises: NoSuchProp."""
    layer = await readable(rt, obj)
    async for nid in _by_prop(rt, layer, propname, propvalu, propcmpr):
        byts = layer.record(nid)
        if byts is not None:
            yield s_record.iden(byts).hex(), s_libnodes.stornode(rt.model, s_record.Record.load(byts))


def _lifted(nodes: typing.AsyncGenerator[bytes, None], rt: Runtime, data: str | None = None) -> s_objects.NodeGenr:
    """Return a stream of nodes that ``yield`` can take; they show the node data of a name."""

    async def start() -> typing.AsyncGenerator[list[s_runtime.Path], None]:
        async for nid in nodes:
            if rt.view.exists(nid):
                node = rt.node(nid)
                if data is not None:
                    _show_data(rt, node, nid, data)
                yield [rt.path(node)]

    return s_objects.NodeGenr(start)


def _show_data(rt: Runtime, node: s_view.Node, nid: bytes, name: str) -> None:
    byts = next((byts for layer in rt.view.layers if (byts := layer.data_get(nid, name)) is not None), None)
    if byts is not None:
        node.nodedata = {**(node.nodedata or {}), name: s_common.un(byts)}


@method('layer', 'liftByProp')
async def layer_liftprop(
    rt: Runtime, obj: Layer, propname: str, propvalu: Any = None, propcmpr: str = '='
) -> s_objects.NodeGenr:
    """Yield the nodes with a property in the layer. Raises: NoSuchProp."""
    layer = await readable(rt, obj)
    _prop_names(rt, propname)
    return _lifted(_by_prop(rt, layer, propname, propvalu, propcmpr), rt)


@method('layer', 'liftByTag')
async def layer_lifttag(rt: Runtime, obj: Layer, tagname: str, formname: str | None = None) -> s_objects.NodeGenr:
    """Yield the nodes with a tag in the layer. Raises: NoSuchForm."""
    layer = await readable(rt, obj)
    if formname is not None:
        rt.model.reqForm(formname)

    async def nids() -> typing.AsyncGenerator[bytes, None]:
        scan = layer.scan_tag(tagname, formname)
        while scan is not None and (found := scan.nids(_ROWS)):
            for nid in found:
                yield nid

    return _lifted(nids(), rt)


async def data_nids(rt: Runtime, layer: s_layer.Layer, name: str) -> typing.AsyncGenerator[bytes, None]:
    """Yield the ids of the nodes with node data of a name."""
    abrv = layer.find_abrv('data', name)
    if abrv is None:
        return
    async for key, _ in rows(rt, layer, layer.data):
        if key[8:] == abrv:
            yield key[:8]


@method('layer', 'liftByNodeData')
async def layer_liftdata(rt: Runtime, obj: Layer, name: str) -> s_objects.NodeGenr:
    """Yield the nodes with node data of a name in the layer."""
    return _lifted(data_nids(rt, await readable(rt, obj), name), rt, name)


s_registry.libdoc('$lib.lift', 'Lifts that the language has no words for.')


@lib('$lib.lift.byNodeData')
async def lift_bydata(rt: Runtime, name: str) -> s_objects.NodeGenr:
    """Yield the nodes with node data of a name."""
    await rt.editor.flush()

    async def nids() -> typing.AsyncGenerator[bytes, None]:
        seen: set[bytes] = set()
        for layer in rt.view.layers:
            async for nid in data_nids(rt, layer, name):
                if nid not in seen:
                    seen.add(nid)
                    yield nid

    return _lifted(nids(), rt, name)


@lib('$lib.lift.tagsByPref')
async def lift_tagsbypref(rt: Runtime, prefix: str, depth: int = 0) -> s_objects.NodeGenr:
    """Yield the syn:tag nodes whose name begins so, at most ``depth`` levels below it. Raises: BadArg."""
    if depth < 0:
        raise s_exc.BadArg(mesg=f'Invalid depth value {depth}, must be >= 0.', depth=depth)
    await rt.editor.flush()
    dots = prefix.count('.') + depth
    pick = s_lifts.lift_value(rt, [rt.model.reqForm('syn:tag')], '^=', prefix, False)

    async def start() -> typing.AsyncGenerator[list[s_runtime.Path], None]:
        async for nodes in s_picks.lift_nodes(rt, pick):
            yield [rt.path(node) for node in nodes if node.valu.count('.') <= dots]

    return s_objects.NodeGenr(start)
