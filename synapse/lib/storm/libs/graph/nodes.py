"""``$node`` and ``$path`` (spec: storm-runtime.md 6)."""

from __future__ import annotations

import re
import typing

import regex

import synapse.exc as s_exc
import synapse.lib.layer.record as s_record
import synapse.lib.model.forms as s_forms
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.guidctor as s_guidctor
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
    return s_coerce.keep(node.valu)


@method('node', 'form', pure=True)
def node_form(rt: Runtime, node: Node) -> str:
    """Return the name of the form."""
    return node.form.name


@method('node', 'ndef', pure=True)
def node_ndef(rt: Runtime, node: Node) -> tuple[str, Any]:
    """Return (form, value)."""
    return (node.form.name, s_coerce.keep(node.valu))


@method('node', 'iden', pure=True)
def node_iden(rt: Runtime, node: Node) -> str:
    """Return the 64 hex character iden."""
    return node.iden.hex()


@method('node', 'isform', pure=True)
def node_isform(rt: Runtime, node: Node, name: Any) -> bool:
    """Return true if the node is of a form."""
    return node.form.name == s_coerce.tostr(name)


@method('node', 'repr', pure=True)
def node_repr(rt: Runtime, node: Node, name: str | None = None, defv: Any = None) -> Any:
    """Return the display form of the primary value or of a property. Raises: NoSuchProp."""
    if name is None:
        return s_coerce.keep(node.repr())
    prop = node.form.props.get(name)
    if prop is None:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', prop=name, form=node.form.name)
    valu = node.props.get(name)
    return defv if valu is None else s_coerce.keep(prop.type.repr(valu))


@method('node', 'tags', pure=True)
def node_tags(rt: Runtime, node: Node, glob: str | None = None, leaf: bool = False) -> list[str]:
    """Return the tags, those that match a glob, or the leaves only."""
    names = s_pivots.leaf_tags(node.tags) if leaf else list(node.tags)
    if glob is None:
        return names
    return [name for name in names if s_filters.tag_matcher(glob)(name)]


@method('node', 'globtags', pure=True)
def node_globtags(rt: Runtime, node: Node, glob: str) -> list[Any]:
    """Return what the wild cards of a glob stand for in the tags that match it: texts, or tuples for several."""
    parts = ['[^.]+?' if part == '*' else part for part in _WILD.split(glob)]
    rule = ''.join({'**': '(.+?)', '[^.]+?': '([^.]+?)'}.get(part, regex.escape(part)) for part in parts)
    found = [regex.fullmatch(rule, name, timeout=1.0) for name in node.tags]
    groups = [match.groups() for match in found if match is not None]
    return [group[0] if len(group) == 1 else group for group in groups if group]


_WILD = re.compile(r'(\*\*|\*)')


@method('node', 'difftags', readonly=False)
async def node_difftags(
    rt: Runtime, node: Node, tags: Any, prefix: Any = None, apply: bool = False, norm: bool = False
) -> dict[str, list[str]]:
    """Return ``{adds, dels}``: how the tags (below a prefix) differ from a list; apply makes them so."""
    part = rt.model.reqType('syn:tag:part')
    want: set[str] = set()
    async for item in s_objects.iterate(rt, tags):
        text = s_coerce.tostr(item)
        if norm:
            try:
                text = '.'.join(part.norm(piece)[0] for piece in text.split('.'))
            except s_exc.BadTypeValu:
                continue
        want.add(text)
    have = set(node.tags)
    if prefix:
        base = s_coerce.tostr(
            prefix if not isinstance(prefix, (list, tuple)) else '.'.join(map(s_coerce.tostr, prefix))
        )
        want = {f'{base}.{text}' for text in want}
        have = {tag for tag in have if tag.startswith(f'{base}.')}
    parents = {'.'.join(tag.split('.')[:size]) for tag in want for size in range(1, tag.count('.') + 1)}
    adds = [tag for tag in sorted(want) if tag not in node.tags]
    dels = [tag for tag in node.tags if tag in have and tag not in want and tag not in parents]
    if apply:
        _apply_tags(rt, node, adds, dels)
    return {'adds': adds, 'dels': dels}


def _apply_tags(rt: Runtime, node: Node, adds: list[str], dels: list[str]) -> None:
    mark = rt.editor.mark()
    for tag in dels:
        rt.confirm_edit('node', 'tag', 'del', *tag.split('.'))
        rt.editor.del_tag(node, tag)
    for tag in adds:
        tag = s_edits.norm_tag(rt, tag)
        rt.confirm_edit('node', 'tag', 'add', *tag.split('.'))
        rt.editor.add_tag(node, tag)
    rt.edited(mark)


@method('node', 'edges')
async def node_edges(
    rt: Runtime, node: Node, verb: str | None = None, reverse: bool = False
) -> typing.AsyncGenerator[tuple[str, str], None]:
    """Yield the (verb, iden) pairs of the light edges that go out of the node, or come in."""
    await rt.editor.flush()
    if node.nid is None:
        return
    for edge, nid in rt.view.edges(node.nid, verb, reverse):
        iden = rt.view.iden_of(nid)
        if iden is not None:
            yield (edge, iden.hex())


@method('node', 'getByLayer')
async def node_bylayer(rt: Runtime, node: Node) -> dict[str, Any]:
    """Return ``{ndef, props, tags, tagprops}`` with the iden of the layer that each comes from."""
    await rt.editor.flush()
    retn: dict[str, Any] = {'ndef': None, 'tags': {}, 'props': {}, 'tagprops': {}}
    for layer, rec in _records(rt, node):
        if rec.added:
            retn['ndef'] = retn['ndef'] or layer.iden
        for name in rec.props:
            retn['props'].setdefault(name, layer.iden)
        for tag in rec.tags:
            retn['tags'].setdefault(tag, layer.iden)
        for tag, props in rec.tagprops.items():
            for name in props:
                retn['tagprops'].setdefault(tag, {}).setdefault(name, layer.iden)
    return retn


def _records(rt: Runtime, node: Node) -> typing.Iterator[tuple[Any, s_record.Record]]:
    for layer in rt.view.layers:
        byts = None if node.nid is None else layer.record(node.nid)
        if byts is not None:
            yield layer, s_record.Record.load(byts)


@method('node', 'getStorNodes')
async def node_stornodes(rt: Runtime, node: Node) -> list[Any]:
    """Return what each layer stores of the node, top layer first."""
    await rt.editor.flush()
    retn = []
    for layer in rt.view.layers:
        byts = None if node.nid is None else layer.record(node.nid)
        retn.append({} if byts is None else stornode(rt.model, s_record.Record.load(byts)))
    return retn


def stornode(model: Any, rec: s_record.Record) -> dict[str, Any]:
    """Return a record of a layer as the storage dict that callers see (storm-runtime.md 6)."""
    form = model.form(rec.ndef[0])
    retn: dict[str, Any] = {}
    if rec.added:
        retn['valu'] = (s_coerce.keep(rec.ndef[1]), 0 if form is None else form.type.stortype)
    retn['form'] = rec.ndef[0]
    if rec.props:
        props = {} if form is None else form.props
        retn['props'] = {
            name: (s_coerce.keep(valu), props[name].type.stortype if name in props else 0)
            for name, valu in rec.props.items()
        }
    if rec.tags:
        retn['tags'] = {tag: tuple(ival) for tag, ival in rec.tags.items()}
    if rec.tagprops:
        retn['tagprops'] = {
            tag: {name: (s_coerce.keep(valu), _tagprop_type(model, name)) for name, valu in props.items()}
            for tag, props in rec.tagprops.items()
        }
    return retn


def _tagprop_type(model: Any, name: str) -> int:
    prop = model.tagprop(name)
    return 0 if prop is None else int(prop.type.stortype)


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
    ndef, info = node.pack(s_coerce.tobool(dorepr))
    info.pop('path', None)
    return s_coerce.keep((ndef, info))


@getter('node', 'props')
def node_props(rt: Runtime, node: Node) -> s_objects.NodeProps:
    """The properties, readable and assignable by name."""
    return s_objects.NodeProps(node)


@getter('node', 'data')
def node_data(rt: Runtime, node: Node) -> s_objects.NodeData:
    """The node data."""
    return s_objects.NodeData(node)


# $node.props

s_objects.dynamic('node:props', lambda rt, props, name: s_coerce.keep(props.node.props.get(s_coerce.tostr(name))))


@method('node:props', 'get', pure=True)
def props_get(rt: Runtime, props: s_objects.NodeProps, name: Any) -> Any:
    """Return the value of a property, null when unset."""
    return s_coerce.keep(props.node.props.get(s_coerce.tostr(name)))


@method('node:props', 'list', pure=True)
def props_list(rt: Runtime, props: s_objects.NodeProps) -> list[tuple[str, Any]]:
    """Return (name, value) pairs."""
    return [(name, s_coerce.keep(valu)) for name, valu in props.node.props.items()]


@method('node:props', 'set', readonly=False)
def props_set(rt: Runtime, props: s_objects.NodeProps, prop: Any, valu: Any) -> bool:
    """Set a property; undef deletes it. Returns whether that changed something."""
    before = props.node.props.get(s_coerce.tostr(prop))
    _set_prop(rt, props, prop, valu)
    return bool(props.node.props.get(s_coerce.tostr(prop)) != before)


@s_registry.setter('node:props')
def _set_prop(rt: Runtime, props: s_objects.NodeProps, name: Any, valu: Any) -> None:
    rt.writable()
    node = props.node
    rel = s_coerce.tostr(name)
    prop = node.form.props.get(rel)
    if prop is None:
        raise s_exc.NoSuchProp(mesg=f'No prop {node.form.name}:{rel}', name=rel, form=node.form.name)
    mark = rt.editor.mark()
    if valu is s_coerce.undef:
        _confirm_prop(rt, 'del', prop)
        rt.editor.del_prop(node, prop)
    else:
        _confirm_prop(rt, 'set', prop)
        s_guidctor.set_prop(rt, node, prop, *s_edits.norm_prop(node, prop, valu))
    rt.edited(mark)


def _confirm_prop(rt: Runtime, verb: str, prop: s_forms.Prop) -> None:
    """Raise AuthDeny unless the user may change a property; it names the permission in its older spelling."""
    try:
        s_edits.confirm_prop(rt, verb, prop)
    except s_exc.AuthDeny:
        rt.query.user.raisePermDeny(('node', 'prop', verb, prop.full), gateiden=rt.view.wlyr.iden)


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
def path_listvars(rt: Runtime, obj: s_objects.PathObj) -> list[tuple[str, Any]]:
    """Return (name, value) pairs of the variables."""
    return [item for item in obj.path.vars.items() if item[0][:1] != '\x00']


@method('node:path', 'idens', pure=True)
def path_idens(rt: Runtime, obj: s_objects.PathObj) -> list[str]:
    """Return the idens of the nodes on the path."""
    trail = obj.path.trail
    return [obj.path.node.iden.hex()] if trail is None else list(trail)


@method('node:path', 'links', pure=True)
def path_links(rt: Runtime, obj: s_objects.PathObj) -> list[tuple[str, Any]]:
    """Return (iden, how the path went on from it) of the nodes before this one."""
    trail = obj.path.trail
    return [] if trail is None else list(trail.links)


s_objects.dynamic('node:path:vars', lambda rt, obj, name: _path_var(obj, s_coerce.tostr(name)))
s_objects.dynamic('node:path:meta', lambda rt, obj, name: (obj.path.meta or {}).get(s_coerce.tostr(name)))


def _path_var(obj: s_objects.PathVars, name: str) -> Any:
    valu = obj.path.vars.get(name, s_runtime.MISSING)
    if valu is s_runtime.MISSING:
        raise s_exc.StormRuntimeError(mesg=f'No var with name: {name}.')
    return valu


@s_registry.setter('node:path:vars')
def _set_pathvar(rt: Runtime, obj: s_objects.PathVars, name: Any, valu: Any) -> None:
    name = s_coerce.tostr(name)
    if valu is s_coerce.undef:
        obj.path.set(name, s_runtime.MISSING)
        rt.remove(name)
    else:
        rt.assign(name, valu)
        obj.path.set(name, valu)


@s_registry.setter('node:path:meta')
def _set_pathmeta(rt: Runtime, obj: s_objects.PathMeta, name: Any, valu: Any) -> None:
    if obj.path.meta is None:
        obj.path.meta = {}
    if valu is s_coerce.undef:
        obj.path.meta.pop(s_coerce.tostr(name), None)
        return
    obj.path.meta[s_coerce.tostr(name)] = s_coerce.toprim(valu)
