"""``$lib.view`` and view objects: what is there and how much of it (spec: storm-runtime.md 7)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.guidctor as s_guidctor
import synapse.lib.storm.libs.graph.layerio as s_layerio
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
undef = s_coerce.undef


class View(s_coerce.Thing):
    """A view."""

    storm_name = 'view'

    def __init__(self, rt: Runtime, view: s_view.View) -> None:
        self.rt = rt
        self.view = view
        self.iden = view.iden

    def storm_value(self) -> Any:
        return s_coerce.keep(self.rt.query.core.cortex.stacks.pack_view(self.view))


s_registry.libdoc('$lib.view', 'Views.')
s_registry.typedoc('view', 'A view: what is visible of a stack of layers.')


def _views(rt: Runtime) -> dict[str, s_view.View]:
    return typing.cast('dict[str, s_view.View]', rt.query.core.cortex.stacks.views)


@lib('$lib.view.get')
def view_get(rt: Runtime, iden: str | None = None) -> View:
    """Return a view, by default the one of the query. Raises: NoSuchView."""
    if iden is not None and iden not in _views(rt):
        raise s_exc.NoSuchView(mesg=f'No view with {iden=}', iden=iden)
    return View(rt, rt.view if iden is None else _views(rt)[iden])


@lib('$lib.view.list')
def view_list(rt: Runtime, deporder: bool = False) -> list[View]:
    """Return all views; in dependency order, parents come before their forks."""
    views = list(_views(rt).values())
    if deporder:
        views.sort(key=lambda view: len(view.layers))
    return [View(rt, view) for view in views]


async def readable(rt: Runtime, obj: View) -> s_view.View:
    """Return the view with the edits of this query flushed. Raises: AuthDeny."""
    rt.confirm(('view', 'read'), obj.view.iden)
    await rt.editor.flush()
    return obj.view


@getter('view', 'iden')
def view_iden(rt: Runtime, obj: View) -> str:
    """The iden."""
    return obj.view.iden


@getter('view', 'parent')
def view_parent(rt: Runtime, obj: View) -> Any:
    """The iden of the view that this one was forked from, null for none."""
    return obj.view.info.get('parent')


@getter('view', 'layers')
def view_layers(rt: Runtime, obj: View) -> list[s_liblayers.Layer]:
    """The layers, the one that is written to first."""
    return [s_liblayers.Layer(rt, layer) for layer in obj.view.layers]


@method('view', 'get')
def view_item(rt: Runtime, obj: View, name: str, defv: Any = None) -> Any:
    """Return a value of the definition, or the default."""
    if name == 'layers':
        return [layer.iden for layer in obj.view.layers]
    return s_coerce.wrap(rt.query.core.cortex.stacks.view_info(obj.view).get(name, defv))


@method('view', 'pack')
def view_pack(rt: Runtime, obj: View) -> Any:
    """Return the definition."""
    return obj.storm_value()


@method('view', 'repr')
def view_repr(rt: Runtime, obj: View) -> str:
    """Return lines for people."""
    info = obj.view.info
    lines = [f'View: {obj.view.iden} (name: {info.get("name") or "unnamed"})', f'  Creator: {info.get("creator")}']
    for layer in obj.view.layers:
        name, readonly = layer.info.get('name') or 'unnamed', layer.info.get('readonly', False)
        lines.append(f'    {layer.iden}: {name} readonly: {readonly}')
    return '\n'.join([*lines[:2], '  Layers:', *lines[2:]])


@method('view', 'children')
def view_children(rt: Runtime, obj: View) -> typing.Iterator[View]:
    """Yield the forks of the view."""
    forks = [view for view in _views(rt).values() if view.info.get('parent') == obj.view.iden]
    return (View(rt, view) for view in forks)


# counting


@method('view', 'getFormCounts')
async def view_formcounts(rt: Runtime, obj: View) -> dict[str, int]:
    """Return the number of nodes by form."""
    return s_liblayers.form_counts((await readable(rt, obj)).layers)


@method('view', 'getPropCount')
async def view_propcount(rt: Runtime, obj: View, propname: str, valu: Any = undef) -> int:
    """Return how often a property is set (to one value), over all layers. Raises: NoSuchProp."""
    view = await readable(rt, obj)
    return sum([await s_liblayers.prop_count(rt, layer, propname, valu) for layer in view.layers])


@method('view', 'getPropArrayCount')
async def view_arraycount(rt: Runtime, obj: View, propname: str, valu: Any = undef) -> int:
    """Return how many items (of one value) an array property has, over all layers. Raises: NoSuchProp."""
    view = await readable(rt, obj)
    return sum([await s_liblayers.array_count(rt, layer, propname, valu) for layer in view.layers])


@method('view', 'getTagPropCount')
async def view_tagpropcount(
    rt: Runtime, obj: View, tag: str, propname: str, form: str | None = None, valu: Any = undef
) -> int:
    """Return how often a tag property is set (to one value), over all layers. Raises: NoSuchTagProp."""
    view = await readable(rt, obj)
    return sum([await s_liblayers.tagprop_count(rt, layer, tag, propname, form, valu) for layer in view.layers])


@method('view', 'getPropValues')
async def view_propvalues(rt: Runtime, obj: View, propname: str) -> typing.AsyncGenerator[Any, None]:
    """Yield each value of a property once. Raises: NoSuchProp."""
    view = await readable(rt, obj)
    async for valu in s_liblayers.prop_values(rt, view.layers, propname):
        yield valu


# edges


@method('view', 'getEdges')
async def view_edges(rt: Runtime, obj: View, verb: str | None = None) -> s_layerio.Edges:
    """Yield (iden, verb, iden) of all light edges (with a verb)."""
    view = await readable(rt, obj)
    seen: set[Any] = set()
    for layer in view.layers:
        async for item in s_layerio.edges_of(rt, layer, verb):
            if view.single or item not in seen:
                if not view.single:
                    seen.add(item)
                yield item


async def verbs(rt: Runtime, view: s_view.View) -> list[str]:
    """Return the verbs of the light edges of a view, sorted."""
    found: set[str] = set()
    for layer in view.layers:
        keys: set[bytes] = set()
        async for key, _ in s_liblayers.rows(rt, layer, layer.n1edges, nodups=True):
            keys.add(key[8:])
        found.update(layer.abrv_name(key) for key in keys)
    return sorted(found)


@method('view', 'getEdgeVerbs')
async def view_verbs(rt: Runtime, obj: View) -> typing.AsyncGenerator[str, None]:
    """Yield the verbs of the light edges."""
    for verb in await verbs(rt, await readable(rt, obj)):
        yield verb


# adding


@method('view', 'addNode', readonly=False)
async def view_addnode(rt: Runtime, obj: View, form: str, valu: Any, props: Prim = None) -> s_view.Node:
    """Add a node with properties and return it. Raises: NoSuchForm, BadTypeValu, NoSuchProp, AuthDeny."""
    layer = obj.view.wlyr.iden
    rt.writable()
    rt.confirm(('view', 'read'), obj.view.iden)
    rt.confirm(('node', 'add', form), layer)
    item = rt.model.form(form)
    if item is None:
        raise s_exc.NoSuchForm(mesg=f'No form named {form} for valu={s_coerce.text(valu)}.')
    own = obj.view is rt.view
    editor = rt.editor if own else s_view.Editor(obj.view, rt.query.user.iden)
    valu = s_coerce.tostor(valu)
    mark = editor.mark()
    if own and isinstance(valu, dict) and item.type.stortype == s_guidctor.STORTYPE:
        node = s_guidctor.build(rt, item, valu)
    else:
        norm, info = item.type.norm(valu)
        node = editor.add_node(item, norm, info)
    for name, propv in (props or {}).items():
        prop = item.props.get(name)
        if prop is None:
            continue
        rt.confirm(('node', 'prop', 'set', form, prop.name), layer)
        editor.set_prop(node, prop, *s_edits.norm_prop(node, prop, propv))
    if own:
        rt.edited(mark)
    await editor.flush()
    return node
