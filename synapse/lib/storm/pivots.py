"""Pivots and edge walks (spec: storm-language.md 7).

Each compiles to a ``Pivot`` with a function ``targets(rt, path)`` that returns the picks (see ``lifts``) that one
path leads to. The operator then lifts them one after the other.
"""

from __future__ import annotations

import functools
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.links as s_links
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.runts as s_runts
import synapse.lib.storm.values as s_values
import synapse.lib.view as s_view

Any = typing.Any
Pick = s_lifts.Pick
Runtime = s_runtime.Runtime
Path = s_runtime.Path
Nodes = typing.Iterable[s_view.Node]
Link = typing.Callable[[s_view.Node, s_view.Node, Any], s_links.Info]
Way = tuple[tuple[str, str], ...] | None  # a property, and the form of the nodes whose values it holds


class Pivot(s_plan.Oper):
    """Goes from each node to others. ``targets(rt, path, valu)`` gives them; ``value`` is what else it depends on.

    ``prepare(rt, valu)`` turns the value into what targets work with, for example names into model elements: once for a
    run where the value cannot depend on the node, and not before the first node.

    ``way(form, valu)`` tells, for the nodes of a form, which of their properties hold the values of all that they lead
    to, None where there is more to it. Such nodes are looked up by the batch.

    ``ends(view, nid, valu)`` gives the ids of what a node leads to, if they are there; None where it takes the nodes.
    """

    def __init__(
        self,
        targets: typing.Callable[[Runtime, Path, Any], Nodes],
        value: s_values.Value | None = None,
        join: bool = False,
        prepare: typing.Callable[[Runtime, Any], Any] | None = None,
        link: Link | None = None,
        way: typing.Callable[[Any, Any], Way] | None = None,
        ends: typing.Callable[[s_view.View, bytes, Any], list[bytes] | None] | None = None,
    ) -> None:
        self.link = link or _linked
        self.way = way
        self.ends = ends
        self.targets = targets
        self.value = value
        self.quiet = value is None or value.pure
        self.join = join
        self.prepare = prepare

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        if genr is None:
            return
        valu, value, targets = None, self.value, self.targets
        editor, ready = rt.editor, False
        ways: dict[str, Way] = {}
        async for batch in genr:
            if self.way is not None and ready and (found := self._lookup(rt, batch, valu, ways)) is not None:
                if found:
                    yield found
                await rt.breathe()
                continue
            out: list[Path] = []
            try:
                for path in batch:
                    if editor.touched:
                        await editor.flush()
                    if value is not None and not ready:
                        valu = await value.get(rt, path)
                        if self.prepare is not None:
                            valu = self.prepare(rt, valu)
                        ready = value.runtsafe and value.pure
                    if self.join:
                        out.append(path)
                    if path.trail is None:
                        out.extend([path.fork(node) for node in targets(rt, path, valu)])
                    else:
                        link = self.link
                        out.extend([path.follow(n, link(path.node, n, valu)) for n in targets(rt, path, valu)])
                    if len(out) >= 1024:
                        yield out
                        out = []
                        await rt.breathe()
            except s_exc.SynErr:
                for path in out:
                    yield [path]
                raise
            if out:
                if rt.query.edits:
                    for path in out:
                        if not path.node.deleted:
                            yield [path]
                else:
                    yield out
            await rt.breathe()

    async def common(self, rt: Runtime) -> tuple[Any] | None:
        """Return what targets work with, None where it depends on the node, or nodes come along."""
        value = self.value
        if self.prepare is None or value is None or self.join or not value.runtsafe or not value.pure:
            return None
        return (self.prepare(rt, await value.get(rt, None)),)

    def _lookup(self, rt: Runtime, batch: list[Path], valu: Any, ways: dict[str, Way]) -> list[Path] | None:
        """Return what a batch leads to, if that can be looked up at once."""
        if self.join or rt.query.edits or not rt.view.single or batch[0].trail is not None:
            return None
        s_view.Node.preload([path.node for path in batch])
        wanted: list[tuple[Path, tuple[str, Any]]] = []
        for path in batch:
            form = path.node.form
            if form.name not in ways:
                ways[form.name] = typing.cast(typing.Any, self.way)(form, valu)
            way = ways[form.name]
            if way is None:
                return None
            for name, target in way:
                have = path.node.props.get(name)
                if have is not None:
                    wanted.append((path, (target, have)))
        found = rt.view.nodes_by_ndef([ndef for _, ndef in wanted])
        return [path.fork(node) for (path, _), node in zip(wanted, found, strict=True) if node is not None]


def _linked(source: s_view.Node, target: s_view.Node, valu: Any) -> s_links.Info:
    return s_links.between(source, target)


def _linked_in(source: s_view.Node, target: s_view.Node, valu: Any) -> s_links.Info:
    return s_links.between(source, target, True)


def _linked_tag(source: s_view.Node, target: s_view.Node, valu: Any) -> s_links.Info:
    return {'type': 'tag', 'tag': target.valu}


def _linked_prop(name: Any, dest: str | None = None) -> Link:
    info: s_links.Info = {'type': 'prop', 'prop': name}
    if dest is not None:
        info['dest'] = dest
    return lambda source, target, valu: info


def by_ndef(rt: Runtime, form: str, valu: Any) -> Nodes:
    """Return the node of a form with a normalised value, if it is there."""
    node = rt.editor.node_by_ndef(form, valu)
    if node is not None:
        return (node,)
    item = rt.model.form(form)
    return s_runts.by_value(rt, item, valu) if item is not None and item.isrunt else ()


def by_value(rt: Runtime, item: Any, valu: Any) -> Nodes:
    """Return the nodes of a form or property with a stored value of the same type."""
    if s_lifts.is_form(item) and not item.isrunt:
        return by_ndef(rt, item.name, valu)
    return lift_stored(rt, [item], '=', valu)


def lift_stored(rt: Runtime, items: list[Any], cmpr: str, valu: Any) -> Nodes:
    """Return what a lift by a stored value gives."""
    return s_lifts.all_nodes(rt, s_lifts.lift_value(rt, items, cmpr, valu, False))


# following references


def refs_out(rt: Runtime, node: s_view.Node) -> Nodes:
    """Yield the nodes that the properties of a node refer to, itself left out."""
    ndef = node.ndef
    later: list[tuple[str, Any]] = []
    for name, valu in list(node.props.items()):
        prop = node.form.props.get(name)
        if prop is not None and prop.isndef:
            later.extend(prop_refs(prop, valu))
        elif prop is not None:
            for form, item in prop_refs(prop, valu):
                if (form, item) != ndef:
                    yield from by_ndef(rt, form, item)
    for form, item in later:
        yield from by_ndef(rt, form, item)


def prop_refs(prop: Any, valu: Any) -> typing.Iterator[tuple[str, Any]]:
    """Yield the (form, value) pairs that one property value refers to."""
    if prop.isndef:
        yield from valu if prop.isarray else (valu,)
    elif prop.refform is not None:
        yield prop.refform, valu
    elif prop.itemform is not None:
        for part in valu:
            yield prop.itemform, part


def refs_in(rt: Runtime, node: s_view.Node) -> Nodes:
    """Yield the nodes with a property (or an array element) that refers to a node."""
    form, valu = node.ndef
    model = rt.model
    for prop in model.props_of_type(form):
        yield from lift_exact(rt, prop, valu)
    for prop in model.array_props_of_type(form):
        yield from s_lifts.all_nodes(rt, s_lifts.array_pick([prop], '=', valu))
    for prop in model.ndef_props():
        yield from _lift_ndef(rt, prop, (form, valu))


def lift_exact(rt: Runtime, prop: Any, valu: Any) -> Nodes:
    """Return the nodes with a property of exactly this stored value."""
    if prop.form.isrunt:
        return s_runts.lift(rt, prop.form, prop.name, lambda have: bool(have == valu))
    name = s_lifts.index_name(prop)
    if not rt.view.has_index(name):
        return ()
    lifts = prop.type.lifts('=', valu)
    return s_lifts.all_nodes(rt, Pick([name], lifts, s_lifts.range_test(prop, lifts)))


def tagged(rt: Runtime, tag: str, form: str | None = None) -> Nodes:
    """Return the nodes with a tag."""
    return s_lifts.all_nodes(rt, Pick([('tag', tag) if form is None else ('tag', tag, form)]))


def _lift_ndef(rt: Runtime, prop: Any, ndef: tuple[str, Any]) -> Nodes:
    try:
        if prop.isarray:
            if not rt.view.has_index(('array', prop.form.name, prop.name)):
                return ()
            return s_lifts.all_nodes(rt, s_lifts.array_pick([prop], '=', ndef))
        return lift_exact(rt, prop, ndef)
    except s_exc.BadTypeValu:  # the property does not refer to nodes of that form
        return ()


def walk(rt: Runtime, node: s_view.Node, verb: str | None, reverse: bool) -> typing.Iterator[s_view.Node]:
    """Yield the nodes at the other end of edges."""
    if node.nid is None:
        return
    for part in rt.view.existing(rt.view.ends(node.nid, verb, reverse)):
        yield from map(rt.node, part)


@s_compile.compiles
def _pivot_out(node: s_ast.PivotOut, ctx: s_compile.Compiler) -> s_plan.Oper:
    if node.prop is not None:
        return Pivot(
            _prop_out(node.prop),
            None if isinstance(node.prop.name, str) else ctx.operand(node.prop.name),
            node.join,
            link=_linked_prop(node.prop.name),
        )
    edges = node.edges

    def targets(rt: Runtime, path: Path, valu: Any) -> Nodes:
        source = path.node
        if source.form.name == 'syn:tag':
            yield from tagged(rt, source.valu)
        elif source.form.isedge and source.get('n2'):
            yield from by_ndef(rt, *source.get('n2'))
        else:
            yield from refs_out(rt, source)
        if edges:
            yield from walk(rt, source, None, False)

    return Pivot(targets, join=node.join)


def _prop_out(prop: s_ast.PropValue) -> typing.Callable[[Runtime, Path, Any], Nodes]:
    warned: set[int] = set()

    def targets(rt: Runtime, path: Path, valu: Any) -> Nodes:
        name = prop.name if isinstance(prop.name, str) else s_coerce.tostr(valu)
        source = s_values.hop(rt, path.node, prop.hops)
        item = None if source is None else source.form.props.get(name)
        if item is None:
            return
        have = source.props.get(name)
        if have is None:
            return
        if not item.isref:
            if id(rt.query) not in warned:
                warned.clear()
                warned.add(id(rt.query))
                rt.warn(f'The source property "{name}" type "{item.type.name}" is not a form. Cannot pivot.')
            return
        for form, part in prop_refs(item, have):
            yield from by_ndef(rt, form, part)

    return targets


@s_compile.compiles
def _pivot_in(node: s_ast.PivotIn, ctx: s_compile.Compiler) -> s_plan.Oper:
    if node.form is not None:
        return Pivot(_in_from, ctx.operand_name(node.form), node.join, link=_linked_in)
    edges = node.edges

    def targets(rt: Runtime, path: Path, valu: Any) -> Nodes:
        source = path.node
        if source.form.isedge and source.get('n1'):
            yield from by_ndef(rt, *source.get('n1'))
        else:
            yield from refs_in(rt, source)
        if edges:
            yield from walk(rt, source, None, True)

    return Pivot(targets, join=node.join, link=_linked_in)


def _in_from(rt: Runtime, path: Path, valu: Any) -> Nodes:
    name = s_coerce.tostr(valu)
    form = rt.model.form(name)
    if form is None:
        raise s_exc.NoSuchForm(mesg=f'No form named {name}.', name=name)
    source = path.node
    if form.isedge:
        yield from lift_exact(rt, form.props['n2'], source.ndef)
    elif source.form.isedge:
        n1 = source.get('n1')
        if n1 is not None and n1[0] == name:
            yield from by_ndef(rt, *n1)
    else:
        mesg = f'Pivot in from a specific form cannot be used with nodes of type {source.form.name}'
        raise s_exc.StormRuntimeError(mesg=mesg, name=source.form.name)


@s_compile.compiles
def _pivot_to(node: s_ast.PivotTo, ctx: s_compile.Compiler) -> s_plan.Oper:
    names = s_values.combine(lambda *valus: valus, *[ctx.operand_name(target) for target in node.targets])
    return _from_value(node, names) if node.prop is None else _from_prop(node, node.prop, names, ctx)


def _from_value(node: s_ast.PivotTo, names: s_values.Value) -> Pivot:
    def prepare(rt: Runtime, valu: Any) -> list[tuple[Any, bool]]:
        groups = [s_lifts.props_named(rt.model, name) for name in _flat(valu)]
        many = node.multi or len(groups) > 1
        return [(item, many or len(items) > 1) for items in groups for item in items]

    def pivot(rt: Runtime, path: Path, valu: Any) -> Nodes:
        for item, many in valu:
            if s_lifts.is_form(item):
                yield from to_form(rt, path.node, item, many)
            else:
                yield from to_prop(rt, item, path.node.form.type, path.node.valu, path.node.form)

    return Pivot(pivot, names, node.join, prepare, way=_way_to_form)


def _from_prop(node: s_ast.PivotTo, prop: s_ast.PropValue, names: s_values.Value, ctx: s_compile.Compiler) -> Pivot:
    def from_prop(rt: Runtime, path: Path, valu: Any) -> Nodes:
        have = path.node if not prop.hops else s_values.hop(rt, path.node, prop.hops)
        if have is None:
            return
        name = prop.name if isinstance(prop.name, str) else s_coerce.tostr(valu[1])
        item = have.form.props.get(name)
        if item is None:
            if prop.hops:
                return
            raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name, form=have.form.name)
        stored = have.props.get(name)
        if stored is None:
            return
        valus = stored if item.isarray else (stored,)
        typ = item.itemtype if item.isarray else item.type
        for dest in valu[0]:
            if item.isarray and dest.type.isarray:  # the whole array
                yield from to_prop(rt, dest, item.type, stored, None)
                continue
            for part in valus:
                if item.isndef and s_lifts.is_form(dest):
                    if part[0] == dest.name:
                        yield from by_ndef(rt, dest.name, part[1])
                else:
                    yield from to_prop(rt, dest, typ, part, None)

    def resolve(rt: Runtime, valu: Any) -> tuple[list[Any], Any]:
        return [item for target in _flat(valu[0]) for item in s_lifts.props_named(rt.model, target)], valu[1]

    name = s_values.const(None) if isinstance(prop.name, str) else ctx.operand_name(prop.name)
    target = node.targets[0] if isinstance(node.targets[0], str) and ctx.model.prop(node.targets[0]) else None
    link = _linked_prop(prop.name, target)
    both = s_values.combine(lambda a, b: (a, b), names, name)
    way = functools.partial(_way_by_prop, prop.name) if isinstance(prop.name, str) and not prop.hops else None
    return Pivot(from_prop, both, node.join, resolve, link, way)


def _way_by_prop(name: str, form: Any, valu: tuple[list[Any], Any]) -> Way:
    """Return the way by a property, if it holds values of the one form to go to."""
    item, dest = form.props.get(name), valu[0][0]
    if len(valu[0]) != 1 or item is None or item.isarray or item.isndef or not s_lifts.is_form(dest) or dest.isrunt:
        return None
    return ((name, dest.name),) if item.type.name == dest.type.name else None


def _way_to_form(form: Any, valu: list[tuple[Any, bool]]) -> Way:
    """Return the properties by which alone nodes of a form lead to another (see ``to_form``)."""
    dest = valu[0][0]
    if len(valu) != 1 or not s_lifts.is_form(dest) or dest.isrunt or dest.isedge:
        return None
    if (
        form.isedge
        or form.name == 'syn:tag'
        or any(prop.isndef or prop.itemform == dest.name for prop in form.refs_out)
    ):
        return None
    if any(prop.isndef or form.name in (prop.refform, prop.itemform) for prop in dest.props.values()):
        return None
    return tuple((prop.name, dest.name) for prop in form.refs_out if prop.refform == dest.name) or None


def _flat(valu: typing.Sequence[Any]) -> typing.Iterator[str]:
    for item in valu:
        if isinstance(item, (list, tuple)):
            yield from (s_coerce.tostr(part) for part in item)
        else:
            yield s_coerce.tostr(item)


def to_prop(rt: Runtime, dest: Any, typ: Any, valu: Any, form: Any) -> Nodes:
    """Yield the nodes whose form or property value is a given one; a value that does not norm there only warns."""
    target = dest.type
    isprop = not s_lifts.is_form(dest)
    if isprop and dest.isndef and form is not None:
        return _lift_ndef(rt, dest, (form.name, valu))
    if target.isarray and not typ.isarray:
        return _soft(rt, valu, lambda: s_lifts.all_nodes(rt, s_lifts.array_pick([dest], '=', valu)))
    if typ.name == target.name:
        return by_value(rt, dest, valu)
    return _soft(rt, valu, lambda: lift_stored(rt, [dest], '=', valu))


def _soft(rt: Runtime, valu: Any, func: typing.Callable[[], Nodes]) -> Nodes:
    try:
        return func()
    except s_exc.BadTypeValu as e:
        info = {k: v for k, v in e.items().items() if k != 'mesg'}
        rt.warn(f'BadTypeValu [{s_coerce.text(valu)}] during pivot: {e.get("mesg")}', **info)
        return ()


def to_form(rt: Runtime, node: s_view.Node, form: Any, many: bool) -> Nodes:
    """Yield the nodes of a form that a node is related to by the model. Raises: NoSuchPivot."""
    name = form.name
    if node.form.name == 'syn:tag':
        yield from tagged(rt, node.valu, name)
        return
    if form.isedge:
        yield from lift_exact(rt, form.props['n1'], node.ndef)
        return
    if node.form.isedge and node.get('n2'):
        n2 = node.get('n2')
        if n2[0] == name:
            yield from by_ndef(rt, *n2)
        return
    found = False
    for prop in node.form.refs_out:
        if prop.refform == name or prop.itemform == name or prop.isndef:
            found = True
            have = node.props.get(prop.name)
            if have is not None:
                for refname, part in prop_refs(prop, have):
                    if refname == name:
                        found = True
                        yield from by_ndef(rt, refname, part)
    source = node.form.name
    for prop in form.props.values():
        if prop.refform == source:
            found = True
            yield from lift_exact(rt, prop, node.valu)
        elif prop.itemform == source:
            found = True
            yield from s_lifts.all_nodes(rt, s_lifts.array_pick([prop], '=', node.valu))
        elif prop.isndef:
            found = True
            yield from _lift_ndef(rt, prop, node.ndef)
    if not found and not many:
        mesg = f'No pivot found for {source} -> {name}.'
        raise s_exc.NoSuchPivot(mesg=mesg, n1=source, n2=name)


@s_compile.compiles
def _pivot_tags(node: s_ast.PivotTags, ctx: s_compile.Compiler) -> s_plan.Oper:
    if node.match is None:

        def leaves(rt: Runtime, path: Path, valu: Any) -> Nodes:
            for tag in leaf_tags(path.node.tags):
                yield from by_ndef(rt, 'syn:tag', tag)

        return Pivot(leaves, join=node.join, link=_linked_tag)

    def targets(rt: Runtime, path: Path, valu: Any) -> Nodes:
        match = s_filters.shell_matcher(s_filters.tag_text(valu))
        for tag in sorted(filter(match, path.node.tags)):
            yield from by_ndef(rt, 'syn:tag', tag)

    return Pivot(targets, ctx.operand_name(node.match), node.join, link=_linked_tag)


def leaf_tags(tags: typing.Iterable[str]) -> list[str]:
    """Return the tags that have no sub-tag among them, sorted."""
    names = sorted(tags)
    return [tag for i, tag in enumerate(names) if not any(n.startswith(tag + '.') for n in names[i + 1 : i + 2])]


class PivotQuery(s_plan.Oper):
    """``-> { query }``: the query runs for each node, without it as input."""

    def __init__(self, plan: s_plan.Plan) -> None:
        self.plan = plan

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        async for path in s_plan.singles(genr):
            inner, before = s_objects.scoped(rt, path)
            async for batch in self.plan.run(inner):
                yield [_from(path, item) for item in batch]
            s_objects.leak(rt, inner, before)


def _from(path: Path, item: Path) -> Path:
    merged = path.fork(item.node)
    merged.merge(item.vars)
    merged.trail = item.trail
    return merged


@s_compile.compiles
def _pivot_query(node: s_ast.PivotQuery, ctx: s_compile.Compiler) -> s_plan.Oper:
    return PivotQuery(ctx.block(node.query, fresh=True))


@s_compile.compiles
def _walk(node: s_ast.Walk, ctx: s_compile.Compiler) -> s_plan.Oper:
    verb = ctx.operand(node.verb)
    dests = s_values.combine(lambda *valus: valus, *[ctx.operand_name(dest) for dest in node.dests])
    valu = s_values.const(None) if node.value is None else ctx.operand(node.value)
    reverse, cmpr = node.reverse, node.cmpr

    def prepare(rt: Runtime, args: tuple[Any, Any, Any]) -> tuple[list[str | None], s_lifts.Test | None]:
        return _verbs(args[0]), _dest_test(rt, args[1], cmpr, args[2])

    def targets(rt: Runtime, path: Path, args: tuple[list[str | None], s_lifts.Test | None]) -> Nodes:
        verbs, test = args
        for name in verbs:
            for other in walk(rt, path.node, name, reverse):
                if test is None or test(other):
                    yield other

    def link(source: s_view.Node, target: s_view.Node, args: Any) -> s_links.Info:
        return s_links.edge(args[0][0] if len(args[0]) == 1 else None, source, target, reverse)

    def ends(view: s_view.View, nid: bytes, args: tuple[list[str | None], s_lifts.Test | None]) -> list[bytes] | None:
        verbs, test = args
        return None if test is not None else [end for verb in verbs for end in view.ends(nid, verb, reverse)]

    value = s_values.combine(lambda *args: args, verb, dests, valu)
    return Pivot(targets, value, node.join, prepare, link, ends=ends)


def _verbs(valu: Any) -> list[str | None]:
    if isinstance(valu, str):
        return [None if valu == '*' else valu]
    if isinstance(valu, (list, tuple)) and all(isinstance(item, str) for item in valu):
        return [None if item == '*' else item for item in valu]
    text = 'None' if valu is None else s_coerce.text(valu)
    mesg = f'walk operation expected a string or list.  got: {text}.'
    raise s_parts.tell(s_exc.StormRuntimeError(mesg=mesg), 'verb')


def _dest_test(rt: Runtime, dests: typing.Sequence[Any], cmpr: str | None, valu: Any) -> s_lifts.Test | None:
    names: list[str] = []
    for dest in dests:
        names.extend(_flat([dest]))
    if '*' in names:
        if cmpr is not None:
            raise s_exc.StormRuntimeError(mesg='Wild card walk operations do not support comparison.')
        return None
    tests: dict[str, list[tuple[Any, Any]]] = {}
    for name in names:
        try:
            items = s_lifts.props_named(rt.model, name)
        except s_exc.NoSuchProp as e:
            raise s_exc.NoSuchForm(mesg=f'No form named {name}.', name=name) from e
        for item in items:
            form = item.name if s_lifts.is_form(item) else item.form.name
            func = None if cmpr is None else s_filters.compare(item.type, cmpr, valu)
            tests.setdefault(form, []).append((s_lifts.stored(item), func))

    def test(node: s_view.Node) -> bool:
        for get, func in tests.get(node.form.name, ()):
            have = get(node)
            if have is not None and (func is None or func(have)):
                return True
        return False

    return test
