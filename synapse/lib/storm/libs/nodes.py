"""``$node`` and ``$path`` (spec: storm-runtime.md 6)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Runtime = s_runtime.Runtime
Node = s_view.Node
method, getter = s_registry.method, s_registry.getter


@method('node', 'value', pure=True)
def node_value(rt: Runtime, node: Node) -> Any:
    """Return the primary value."""
    return s_coerce.wrap(node.valu)


@method('node', 'form', pure=True)
def node_form(rt: Runtime, node: Node) -> str:
    """Return the name of the form."""
    return node.form.name


@method('node', 'ndef', pure=True)
def node_ndef(rt: Runtime, node: Node) -> list[Any]:
    """Return (form, value)."""
    return [node.form.name, s_coerce.wrap(node.valu)]


@method('node', 'iden', pure=True)
def node_iden(rt: Runtime, node: Node) -> str:
    """Return the 64 hex character iden."""
    return node.iden.hex()


@method('node', 'isform', pure=True)
def node_isform(rt: Runtime, node: Node, name: Any) -> bool:
    """Return true if the node is of a form."""
    return node.form.name == s_coerce.tostr(name)


@method('node', 'repr', pure=True)
def node_repr(rt: Runtime, node: Node, name: Any = None, defv: Any = None) -> Any:
    """Return the display form of the primary value or of a property."""
    if name is None:
        return s_coerce.wrap(node.repr())
    prop = s_edits.req_prop(node, s_coerce.tostr(name))
    valu = node.props.get(prop.name)
    return defv if valu is None else s_coerce.wrap(prop.type.repr(valu))


@method('node', 'tags', pure=True)
def node_tags(rt: Runtime, node: Node, glob: Any = None, leaf: Any = False) -> list[str]:
    """Return the tags, those that match a glob, or the leaves only."""
    names = s_pivots.leaf_tags(node.tags) if s_coerce.tobool(leaf) else list(node.tags)
    if glob is None:
        return names
    return [name for name in names if s_filters.tag_matcher(s_coerce.tostr(glob))(name)]


@method('node', 'edges', pure=False)
async def node_edges(rt: Runtime, node: Node, verb: Any = None, reverse: Any = False) -> list[list[str]]:
    """Return the (verb, iden) pairs of the light edges that go out of the node, or come in."""
    await rt.editor.flush()
    name = None if verb is None else s_coerce.tostr(verb)
    if node.nid is None:
        return []
    retn = []
    for edge, nid in rt.view.edges(node.nid, name, s_coerce.tobool(reverse)):
        iden = rt.view.iden_of(nid)
        if iden is not None:
            retn.append([edge, iden.hex()])
    return retn


@method('node', 'addEdge', readonly=False)
async def node_add_edge(rt: Runtime, node: Node, verb: Any, iden: Any) -> None:
    """Add a light edge to a node, given as node or iden."""
    await _edge(rt, node, verb, iden, 'add')


@method('node', 'delEdge', readonly=False)
async def node_del_edge(rt: Runtime, node: Node, verb: Any, iden: Any) -> None:
    """Remove a light edge."""
    await _edge(rt, node, verb, iden, 'del')


async def _edge(rt: Runtime, node: Node, verb: Any, other: Any, what: str) -> None:
    name = s_coerce.tostr(verb)
    rt.confirm_edit('node', 'edge', what, name)
    if isinstance(other, Node):
        iden = other.iden
    else:
        try:
            iden = bytes.fromhex(s_coerce.tostr(other))
        except ValueError as e:
            raise s_exc.BadCast(mesg=f'Invalid buid string: {s_coerce.text(other)}') from e
        if len(iden) != 32:
            raise s_exc.BadCast(mesg=f'Invalid buid string: {s_coerce.text(other)}')
    mark = rt.editor.mark()
    rt.editor.edge(node, name, iden, what == 'del')
    rt.edited(mark)


@method('node', 'pack', pure=True)
def node_pack(rt: Runtime, node: Node, dorepr: Any = False) -> Any:
    """Return the packed node."""
    return s_coerce.wrap(node.pack(s_coerce.tobool(dorepr)))


@getter('node', 'props')
def node_props(rt: Runtime, node: Node) -> s_objects.NodeProps:
    """The properties, readable and assignable by name."""
    return s_objects.NodeProps(node)


@getter('node', 'data')
def node_data(rt: Runtime, node: Node) -> s_objects.NodeData:
    """The node data."""
    return s_objects.NodeData(node)


# $node.props

s_objects.dynamic('node:props', lambda rt, props, name: s_coerce.wrap(props.node.props.get(s_coerce.tostr(name))))


@method('node:props', 'get', pure=True)
def props_get(rt: Runtime, props: s_objects.NodeProps, name: Any) -> Any:
    """Return the value of a property, null when unset."""
    return s_coerce.wrap(props.node.props.get(s_coerce.tostr(name)))


@method('node:props', 'list', pure=True)
def props_list(rt: Runtime, props: s_objects.NodeProps) -> list[list[Any]]:
    """Return (name, value) pairs."""
    return [[name, s_coerce.wrap(valu)] for name, valu in props.node.props.items()]


@method('node:props', 'set', readonly=False)
def props_set(rt: Runtime, props: s_objects.NodeProps, prop: Any, valu: Any) -> None:
    """Set a property."""
    _set_prop(rt, props, prop, valu)


@s_registry.setter('node:props')
def _set_prop(rt: Runtime, props: s_objects.NodeProps, name: Any, valu: Any) -> None:
    rt.writable()
    node = props.node
    prop = s_edits.req_prop(node, s_coerce.tostr(name))
    mark = rt.editor.mark()
    if valu is s_coerce.undef:
        s_edits.confirm_prop(rt, 'del', prop)
        rt.editor.del_prop(node, prop)
    else:
        s_edits.confirm_prop(rt, 'set', prop)
        rt.editor.set_prop(node, prop, *s_edits.norm_prop(node, prop, valu))
    rt.edited(mark)


# $path


@getter('node:path', 'vars')
def path_vars(rt: Runtime, obj: s_objects.PathObj) -> s_objects.PathVars:
    """The variables of the path."""
    return s_objects.PathVars(obj.path)


@getter('node:path', 'meta')
def path_meta(rt: Runtime, obj: s_objects.PathObj) -> s_objects.PathMeta:
    """Values that appear in the ``path`` of the packed node."""
    return s_objects.PathMeta(obj.path)


@method('node:path', 'listvars', pure=True)
def path_listvars(rt: Runtime, obj: s_objects.PathObj) -> list[list[Any]]:
    """Return (name, value) pairs of the variables."""
    return [[name, valu] for name, valu in obj.path.vars.items()]


@method('node:path', 'idens', pure=True)
def path_idens(rt: Runtime, obj: s_objects.PathObj) -> list[str]:
    """Return the idens of the nodes on the path."""
    trail = obj.path.trail
    return [obj.path.node.iden.hex()] if trail is None else list(trail)


s_objects.dynamic('node:path:vars', lambda rt, obj, name: obj.path.vars.get(s_coerce.tostr(name)))
s_objects.dynamic('node:path:meta', lambda rt, obj, name: (obj.path.meta or {}).get(s_coerce.tostr(name)))


@s_registry.setter('node:path:vars')
def _set_pathvar(rt: Runtime, obj: s_objects.PathVars, name: Any, valu: Any) -> None:
    obj.path.set(s_coerce.tostr(name), valu)


@s_registry.setter('node:path:meta')
def _set_pathmeta(rt: Runtime, obj: s_objects.PathMeta, name: Any, valu: Any) -> None:
    if obj.path.meta is None:
        obj.path.meta = {}
    obj.path.meta[s_coerce.tostr(name)] = s_coerce.toprim(valu)
