"""``$lib.model.migration.fuse`` and ``.loop``: two nodes become one; a query for each view and stray layer."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.model.migration as s_libmodelmig
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Node = s_view.Node
Runtime = s_runtime.Runtime
lib = s_registry.lib


def _req_admin(rt: Runtime, name: str) -> None:
    if not rt.query.asroot:
        rt.query.user.reqAdmin(mesg=f'$lib.model.migration.{name}() requires global admin.')


@lib('$lib.model.migration.fuse', readonly=False)
async def fuse(rt: Runtime, src: Any, dst: Any) -> None:
    """Give a node all that another one of its form has, have what refers to that one refer to it, and delete that one.

    What is there already stays. Nodes whose value has the other one in it are made anew with this one.
    Raises: AuthDeny, BadArg.
    """
    _req_admin(rt, 'fuse')
    for what, item in (('src', src), ('dst', dst)):
        if not isinstance(item, Node):
            raise s_exc.BadArg(mesg=f'$lib.model.migration.fuse() {what} argument must be a node.')
    if src.form is not dst.form:
        raise s_exc.BadArg(mesg='$lib.model.migration.fuse() requires src and dst to share the same form.')
    if src.iden == dst.iden:
        rt.warn('$lib.model.migration.fuse() src and dst are the same node, skipping.')
        return
    rt.writable()
    await _fuse(rt, src, dst)


async def _fuse(rt: Runtime, src: Node, dst: Node) -> None:
    rt.enter('')
    try:
        mark = rt.editor.mark()
        for name, valu in list(src.props.items()):
            prop = src.form.props[name]
            if name == '.seen' or not (prop.isro or name in dst.props):
                rt.editor.set_prop(dst, prop, *prop.type.norm(valu))
        rt.edited(mark)
        s_libmodelmig.copy_tags(rt, src, dst)
        await s_libmodelmig.copy_data(rt, src, dst)
        await _move_edges(rt, src, dst)
        await _repoint(rt, src, dst)
        await rt.editor.flush()
        mark = rt.editor.mark()
        rt.editor.del_node(src)
        rt.edited(mark)
        await rt.editor.flush()
    finally:
        rt.leave()


async def _move_edges(rt: Runtime, src: Node, dst: Node) -> None:
    """Hand over the edges of both directions; one from the node to itself is one of the other to itself."""
    await rt.editor.flush()
    for reverse in (False, True):
        for verb, nid in list(rt.view.edges(src.nid, None, reverse)) if src.nid is not None else ():
            mark = rt.editor.mark()
            other = rt.editor.intern(nid)
            new = dst if other.iden == src.iden else other
            for one, two, gone in ((src, other, True), (dst, new, False)):
                rt.editor.edge(*((two, verb, one.iden) if reverse else (one, verb, two.iden)), gone)
            rt.edited(mark)
            await rt.breathe()


async def _repoint(rt: Runtime, src: Node, dst: Node) -> None:
    """Have all properties that refer to a node refer to the other one."""
    form, old, new = src.form.name, src.valu, dst.valu
    whole = [(prop, old, new) for prop in rt.model.props_of_type(form)]
    parts = [(prop, old, new) for prop in rt.model.array_props_of_type(form)]
    for prop in rt.model.ndef_props():
        (parts if prop.isarray else whole).append((prop, (form, old), (form, new)))
    for prop, before, after in whole:
        await rt.editor.flush()
        for node in _referring(rt, prop, before):
            await _replace(rt, node, prop, before, after)
    for prop, before, after in parts:
        await rt.editor.flush()
        for node in _referring(rt, prop, before):
            valus = tuple(after if valu == before else valu for valu in node.props[prop.name])
            await _replace(rt, node, prop, node.props[prop.name], tuple(dict.fromkeys(valus)))


def _referring(rt: Runtime, prop: Any, valu: Any) -> list[Node]:
    """Return the nodes with a property of a value, or an array with it; none if the property cannot have it."""
    if prop.form.isrunt or not rt.view.has_index(('array' if prop.isarray else 'prop', prop.form.name, prop.name)):
        return []
    try:
        if prop.isarray:
            return s_picks.all_nodes(rt, s_picks.array_pick([prop], '=', valu))
        return list(s_pivots.lift_exact(rt, prop, valu))
    except s_exc.BadTypeValu:  # it refers to nodes of other forms
        return []


async def _replace(rt: Runtime, node: Node, prop: Any, before: Any, after: Any) -> None:
    """Set a property; if it is a part of the value of its node, make that node anew."""
    if node.deleted or node.props.get(prop.name) != before:
        return
    if not prop.isro:
        mark = rt.editor.mark()
        rt.editor.set_prop(node, prop, *prop.type.norm(after))
        rt.edited(mark)
        await rt.breathe()
        return
    fields = _fields(node.form)
    if prop.name in fields:
        valu = list(node.valu)
        valu[fields.index(prop.name)] = after
        mark = rt.editor.mark()
        norm, info = node.form.type.norm(valu)
        other = rt.editor.node_by_ndef(node.form.name, norm) or rt.editor.add_node(node.form, norm, info)
        rt.edited(mark)
        await _fuse(rt, node, other)


def _fields(form: Any) -> tuple[str, ...]:
    """Return the properties that the value of a form is made of, in order; others that are fixed follow from it."""
    size = getattr(form.type, 'size', 0)
    if getattr(form.type, 'needs', None) is not None:
        return ('n1', 'n2', 'time')[:size]
    return tuple(name for name, _ in form.type.opts.get('fields') or ())


@lib('$lib.model.migration.loop', readonly=False)
async def loop(rt: Runtime, onview: Any, onlayer: Any = None, readonly: bool = False, reverse: bool = False) -> None:
    """Run a query in each view, forks after their parents (before them with ``reverse``).

    The second query runs for each layer that no view shows, whose iden is ``$layer``. Views that cannot be written to,
    and such layers, are left out with a warning, unless ``readonly`` is true. Raises: AuthDeny, BadArg, BadSyntax.
    """
    _req_admin(rt, 'loop')
    if onview is None:
        raise s_exc.BadArg(mesg='$lib.model.migration.loop() requires an onview query.')
    stacks = rt.query.core.cortex.stacks
    views = sorted(stacks.views.values(), key=lambda view: len(view.layers))
    if reverse:
        views.reverse()
    shown = {layer.iden for view in views for layer in view.layers}
    for view in views:
        if view.wlyr.info.get('readonly') and not readonly:
            rt.warn(f'View {_called(view)} has a read-only write layer and was skipped.')
        else:
            await _run(rt, view, onview, {})
    for layer in list(stacks.layers.values()) if onlayer is not None else ():
        if layer.iden in shown:
            continue
        if layer.info.get('readonly') and not readonly:
            rt.warn(f'Layer {_called(layer)} is read-only and was skipped.')
        else:
            await _run(rt, rt.view, onlayer, {'layer': layer.iden})


def _called(item: Any) -> str:
    return f'{item.iden} ({item.info["name"]})' if item.info.get('name') else str(item.iden)


async def _run(rt: Runtime, view: Any, query: Any, vars: dict[str, Any]) -> None:
    """Run a query in a view; it sees no variables but these and those that it brings along."""
    scope = Runtime(rt.query)
    scope.vars.update(vars)
    text = query if isinstance(query, s_objects.QueryObj) else str(query)
    await s_sub.Apart(scope, view, rt.query.user, rt.query.asroot).run(None, text)
