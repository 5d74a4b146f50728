"""``$lib.layer`` and layer objects: making, changing and removing layers; pushes and pulls; repairs below the rules.

The direct writes (``setStorNodeProp`` and others) are for admins who repair data: they ask no view and run no trigger,
but go through the log like any other edit (spec: storm-runtime.md 8).
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.libs.graph.viewops as s_viewops
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Layer = s_liblayers.Layer
lib, method = s_registry.lib, s_registry.method
readable, nid_of = s_liblayers.readable, s_liblayers.nid_of
stacks_of = s_viewops.stacks_of


def live(obj: Layer) -> s_layer.Layer:
    """Return the layer of an object. Raises: NoSuchIden (it was deleted meanwhile)."""
    s_liblayers.req_open(obj.layer)
    return obj.layer


@lib('$lib.layer.add', readonly=False)
async def layer_add(rt: Runtime, ldef: Prim = None) -> Layer:
    """Make a layer: name, desc, readonly, logedits, lockmemory, ... Raises: AuthDeny, SchemaViolation, BadArg."""
    rt.confirm(('layer', 'add'))
    if not isinstance(ldef, (dict, type(None))):
        raise s_exc.BadArg(mesg='The definition of a layer must be a dictionary.')
    own = ('iden', 'creator', 'created', 'model:version', 'pushs', 'pulls')  # not for callers to say
    ldef = {s_coerce.tostr(name): valu for name, valu in (ldef or {}).items() if name not in own}
    return Layer(rt, await stacks_of(rt).add_layer(ldef, rt.query.user.iden))


@lib('$lib.layer.del', readonly=False)
async def layer_del(rt: Runtime, iden: str) -> None:
    """Remove a layer with all it holds. Raises: NoSuchIden, AuthDeny, LayerInUse."""
    layer = s_liblayers.layer_get(rt, iden).layer
    rt.confirm(('layer', 'del'), layer.iden)
    await rt.editor.flush()
    await stacks_of(rt).del_layer(layer.iden)


_COERCE: dict[str, typing.Callable[[Any], Any]] = {
    'name': s_coerce.tostr,
    'desc': s_coerce.tostr,
    'readonly': s_coerce.tobool,
    'logedits': s_coerce.tobool,
    'cache:size': s_coerce.toint,
}


@method('layer', 'set', readonly=False)
async def layer_set(rt: Runtime, obj: Layer, name: str, valu: Any) -> None:
    """Set an option: name, desc, logedits, readonly, cache:size. Raises: AuthDeny, BadOptValu, IsReadOnly, BadCast."""
    layer = live(obj)
    rt.confirm(('layer', 'set', name), layer.iden)
    valu = None if valu is s_coerce.undef else s_coerce.toprim(valu)
    if name in _COERCE and (valu is not None or name not in ('name', 'desc')):
        valu = _COERCE[name](valu)
    await rt.editor.flush()
    await stacks_of(rt).set_layer(layer.iden, name, valu)


@method('layer', 'edited')
async def layer_edited(rt: Runtime, obj: Layer) -> int | None:
    """Return the time of the last edit in the log, null when there is none. Raises: AuthDeny."""
    layer = await readable(rt, obj)
    rows = layer.read_edits(layer.edit_index() - 1, 1, reverse=True)
    return None if not rows else int(rows[0][1][1]['time'])


@method('layer', 'getMirrorStatus')
def layer_mirror(rt: Runtime, obj: Layer) -> dict[str, Any]:
    """Return how far a layer that mirrors another one has come; mirror is false for layers of this Cortex."""
    return {'mirror': False}


@method('layer', 'verify', readonly=False)
async def layer_verify(rt: Runtime, obj: Layer, config: Prim = None) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Yield (problem, details) where index and record of a node disagree. Raises: AuthDeny."""
    layer = await readable(rt, obj)
    for form in s_liblayers.form_counts([layer]):
        scan = layer.scan(('prop', form, None))
        while scan is not None and (found := scan.rows(s_limits.SYNC_ROWS)):
            for key, nid in found:
                problem = _problem(layer, form, key, nid)
                if problem is not None:
                    yield problem
            await rt.breathe()


def _problem(layer: s_layer.Layer, form: str, key: bytes, nid: bytes) -> tuple[str, Any] | None:
    """Return what is wrong with the index entry of a node, None for nothing."""
    byts = layer.record(nid)
    if byts is None or not s_record.added(byts):
        return ('NoNodeForIndex', {'nid': nid.hex(), 'form': form})
    name, valu = s_record.ndef(byts)
    iden = s_record.iden(byts).hex()
    if iden != s_common.buid((name, valu)).hex():
        return ('BadIden', {'iden': iden, 'form': name})
    indexer = layer.indexer(form, None)
    if indexer.indx is not None and key != indexer.abrv + indexer.indx(valu):
        return ('BadIndex', {'iden': iden, 'form': form})
    return None


# direct writes


def _req_admin(rt: Runtime, name: str) -> None:
    if not rt.query.asroot:
        rt.query.user.reqAdmin(mesg=f'{name}() requires admin privileges.')


async def _write(rt: Runtime, layer: s_layer.Layer, nid: bytes, form: str | None, edits: list[s_edits.Edit]) -> bool:
    """Log edits of one node; True if they changed something."""
    iden, name = stacks_of(rt).ndef_of(nid, layer)
    form = name or form
    if not edits or iden is None or form is None:
        return False
    meta = {'time': s_common.now(), 'user': rt.query.user.iden}
    done = await layer.storNodeEdits([(iden, form, edits)], meta)
    s_sub.forget(rt)
    return any(item[2] for item in done)


async def _node(rt: Runtime, obj: Layer, name: str, nodeid: Any) -> tuple[s_layer.Layer, bytes | None]:
    """Return the layer and the id of a node that an admin wants to change. Raises: AuthDeny, BadCast."""
    layer = live(obj)
    _req_admin(rt, name)
    await rt.editor.flush()
    return layer, nid_of(rt, nodeid)


@method('layer', 'setStorNodeProp', readonly=False)
async def layer_setprop(rt: Runtime, obj: Layer, nodeid: Any, prop: str, valu: Any) -> bool:
    """Set a property of a node in this layer; true if it changed.

    Raises: AuthDeny, BadCast, NoSuchProp, BadTypeValu.
    """
    layer, nid = await _node(rt, obj, 'setStorNodeProp', nodeid)
    form, item = _prop(rt, layer, nid, prop)
    norm, _ = item.type.norm(s_coerce.tostor(valu))
    if nid is None:
        return False
    return await _write(rt, layer, nid, form, [(s_edits.PROP_SET, (item.name, norm, None, item.type.stortype), ())])


def _prop(rt: Runtime, layer: s_layer.Layer, nid: bytes | None, name: str) -> tuple[str | None, Any]:
    """Return the form of a node, and its property by full (or universal) name. Raises: NoSuchProp."""
    form = None if nid is None else stacks_of(rt).ndef_of(nid, layer)[1]
    if name.startswith('.') and form is not None:
        item = rt.model.reqForm(form).props.get(name)
    else:
        item = rt.model.prop(name)
    if item is None or (item.form is not None and form is not None and item.form.name != form):
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
    return form, item


@method('layer', 'delStorNodeProp', readonly=False)
async def layer_delprop(rt: Runtime, obj: Layer, nodeid: Any, prop: str) -> bool:
    """Remove a property of a node from this layer; true if it was there. Raises: AuthDeny, BadCast, NoSuchProp."""
    layer, nid = await _node(rt, obj, 'delStorNodeProp', nodeid)
    form, item = _prop(rt, layer, nid, prop)
    if nid is None:
        return False
    return await _write(rt, layer, nid, form, [(s_edits.PROP_DEL, (item.name, None, item.type.stortype), ())])


@method('layer', 'delStorNode', readonly=False)
async def layer_delnode(rt: Runtime, obj: Layer, nodeid: Any) -> bool:
    """Remove all that this layer holds of a node; true if there was anything. Raises: AuthDeny, BadCast."""
    layer, nid = await _node(rt, obj, 'delStorNode', nodeid)
    merger = s_viewops.merger_of(rt)
    found = None if nid is None else merger.node_edits(layer, nid)
    return found is not None and await _write(rt, layer, typing.cast(bytes, nid), found[1], merger.undo(found[2]))


@method('layer', 'setNodeDataValu', readonly=False)
async def layer_setdata(rt: Runtime, obj: Layer, nodeid: Any, name: str, valu: Prim) -> bool:
    """Set a node data value of a node in this layer; true if it changed. Raises: AuthDeny, BadCast, NotMsgpackSafe."""
    layer, nid = await _node(rt, obj, 'setNodeDataValu', nodeid)
    s_common.en(valu)
    if not 0 < len(name.encode('utf8', 'surrogatepass')) <= s_limits.NAME_BYTES:
        raise s_exc.BadArg(mesg=f'The name of node data must be a text of 1 to {s_limits.NAME_BYTES} bytes.')
    return nid is not None and await _write(rt, layer, nid, None, [(s_edits.NODEDATA_SET, (name, valu, None), ())])


@method('layer', 'delNodeData', readonly=False)
async def layer_deldata(rt: Runtime, obj: Layer, nodeid: Any, name: str | None = None) -> bool:
    """Remove the node data of a node (of a name) from this layer; true if there was any. Raises: AuthDeny, BadCast."""
    layer, nid = await _node(rt, obj, 'delNodeData', nodeid)
    if nid is None:
        return False
    names = [item for item, _ in layer.data_items(nid)] if name is None else [name]
    return await _write(rt, layer, nid, None, [(s_edits.NODEDATA_DEL, (item, None), ()) for item in names])


@method('layer', 'delEdge', readonly=False)
async def layer_deledge(rt: Runtime, obj: Layer, nodeid1: Any, verb: str, nodeid2: Any) -> bool:
    """Remove a light edge from this layer; true if it was there. Raises: AuthDeny, BadCast."""
    layer, nid = await _node(rt, obj, 'delEdge', nodeid1)
    other = nid_of(rt, nodeid2)
    iden = None if other is None else stacks_of(rt).ndef_of(other, layer)[0]
    if nid is None or iden is None or layer.find_abrv('verb', verb) is None:
        return False
    return await _write(rt, layer, nid, None, [(s_edits.EDGE_DEL, (verb, iden.hex()), ())])


# pushes and pulls


async def _add_flow(rt: Runtime, obj: Layer, kind: str, url: str, offs: int, queue: int, chunk: int) -> Any:
    layer = live(obj)
    s_viewops.req_admin(rt, layer.iden, f'$layer.add{kind[:-1].title()}() requires admin privs on the layer.')
    scheme = url.split('://')[0]
    if not rt.allowed(('lib', 'telepath', 'open', scheme)):  # the older name of the permission
        rt.confirm(('storm', 'lib', 'telepath', 'open', scheme))
    sizes = {'queue:size': queue, 'chunk:size': chunk}
    flows = rt.query.core.cortex.flows
    return s_coerce.keep(await flows.add(layer, kind, url, rt.query.user.iden, offs, sizes))


async def _del_flow(rt: Runtime, obj: Layer, kind: str, iden: str) -> None:
    layer = live(obj)
    s_viewops.req_admin(rt, layer.iden, f'$layer.del{kind[:-1].title()}() requires admin privs on the layer.')
    await rt.query.core.cortex.flows.remove(layer, kind, iden)


@method('layer', 'addPush', readonly=False)
async def layer_addpush(
    rt: Runtime, obj: Layer, url: str, offs: int = 0, queue_size: int = 10000, chunk_size: int = 1000
) -> Any:
    """Send the edits of this layer, from an offset on, to the layer at a Telepath URL. Returns the definition.

    Raises: AuthDeny, BadUrl, BadArg, and what opening the URL raises.
    """
    return await _add_flow(rt, obj, 'pushs', url, offs, queue_size, chunk_size)


@method('layer', 'addPull', readonly=False)
async def layer_addpull(
    rt: Runtime, obj: Layer, url: str, offs: int = 0, queue_size: int = 10000, chunk_size: int = 1000
) -> Any:
    """Store the edits of the layer at a Telepath URL, from an offset on, in this layer. Returns the definition.

    Raises: AuthDeny, BadUrl, BadArg, and what opening the URL raises.
    """
    return await _add_flow(rt, obj, 'pulls', url, offs, queue_size, chunk_size)


@method('layer', 'delPush', readonly=False)
async def layer_delpush(rt: Runtime, obj: Layer, iden: str) -> None:
    """Stop a push; unknown ones are ignored. Raises: AuthDeny."""
    await _del_flow(rt, obj, 'pushs', iden)


@method('layer', 'delPull', readonly=False)
async def layer_delpull(rt: Runtime, obj: Layer, iden: str) -> None:
    """Stop a pull; unknown ones are ignored. Raises: AuthDeny."""
    await _del_flow(rt, obj, 'pulls', iden)
