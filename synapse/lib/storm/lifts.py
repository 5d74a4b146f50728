"""Lifts: where nodes come from (spec: storm-language.md 3).

Each kind of lift compiles to a ``Lift`` with a function that resolves it against the model and gives a ``Pick``:
either nodes that are known by value, or a source over indexes together with the names of these indexes and a test for
what the index alone cannot decide.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.guidctor as s_guidctor
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.runts as s_runts
import synapse.lib.storm.values as s_values
import synapse.lib.view as s_view

Any = typing.Any
Names = s_picks.Names
Test = s_picks.Test
Pick = s_picks.Pick
lift_nodes = s_picks.lift_nodes
all_nodes = s_picks.all_nodes
array_pick = s_picks.array_pick
is_form = s_picks.is_form
index_name = s_picks.index_name
stored = s_picks.stored
range_test = s_picks.range_test


class Lift(s_plan.Oper):
    """Lifts nodes. ``resolve(rt, valu)`` gives the pick; ``value`` is what it depends on (None for nothing)."""

    def __init__(
        self,
        resolve: typing.Callable[..., Pick],
        value: s_values.Value,
        reads: bool = False,
        whole: bool = False,
    ) -> None:
        self.resolve = resolve
        self.whole = whole  # a constant name without comparison: everything there is of it, in ascending order
        self.value = value
        self.quiet = value.pure
        self.reads = reads  # resolving reads indexes already

    async def pick(self, rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Pick:
        """Resolve the lift for a path."""
        valu = await self.value.get(rt, path)
        if self.reads and rt.editor.touched:
            await rt.editor.flush()
        return self.resolve(rt, valu)

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        if not self.value.runtsafe:
            async for path in s_plan.singles(genr):
                yield [path]
                async for nodes in lift_nodes(rt, await self.pick(rt, path)):
                    if path.trail is not None:
                        yield [path.follow(node, {'type': 'runtime'}) for node in nodes]
                    else:
                        yield [path.fork(node) for node in nodes]
            return
        if genr is not None:
            async for batch in genr:
                yield batch
        async for nodes in lift_nodes(rt, await self.pick(rt, None)):
            vars = rt.snapshot()
            yield [rt.path(node, vars) for node in nodes]


# resolving names against the model


def props_named(model: Any, name: str) -> list[Any]:
    """Return the forms or props that an absolute name stands for. Raises: NoSuchProp, NoSuchForm."""
    form = model.form(name)
    if form is not None:
        return [form]
    if name.startswith('.'):
        found = [form.props[name] for form in model.forms.values() if name in form.props and not form.isrunt]
        if found:
            return found
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
    prop = model.prop(name)
    if prop is not None:
        return [prop]
    if name.endswith('*'):
        forms = list(model.forms_by_prefix(name[:-1]))
        if not forms:
            raise s_exc.NoSuchForm(mesg=f'No forms match prefix {name[:-1]}.', name=name[:-1])
        return forms
    found = model.forms_by_iface(name) if name in model.ifaces else model.iface_props(name)
    if not found:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
    return list(found)


def valued(model: Any, name: str) -> list[Any]:
    """As ``props_named``, for a name that is compared with a value: not an interface, not a prefix of forms."""
    items = props_named(model, name)
    if is_form(items[0]) and items[0].name != name:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
    return items


def lift_value(rt: s_runtime.Runtime, items: list[Any], cmpr: str, valu: Any, reverse: bool) -> Pick:
    """Resolve ``name<cmpr>valu``. Raises: BadTypeValu, NoSuchCmpr."""
    if isinstance(valu, s_view.Node):
        valu = valu.valu
    valu = s_coerce.tostor(valu)
    soft = cmpr == '?='
    if soft:
        cmpr = '='
    first = items[0]
    try:
        if valu is None:
            mesg = "no norm for type: <class 'NoneType'>."
            raise s_exc.BadTypeValu(mesg=mesg, name=first.type.name)
        if is_runt(first):
            return runt_pick(rt, first, cmpr, valu)
        if len(items) == 1 and is_form(first) and cmpr == '=' and not reverse:
            nodes = exact_nodes(rt, first, valu)
            if nodes is not None:
                return Pick([], nodes=nodes)
        if type(valu) is dict and cmpr == '=' and first.type.stortype == s_guidctor.STORTYPE:
            target = s_guidctor.find(rt, rt.model.reqForm(first.refform), valu)
            if target is None:
                return Pick([], nodes=[])
            valu = target.valu
        lifts = first.type.lifts(cmpr, valu)
    except s_exc.BadTypeValu:
        if soft:
            return Pick([], nodes=[])
        raise
    return Pick([index_name(item) for item in items], lifts, range_test(first, lifts), reverse=reverse)


def is_runt(item: Any) -> bool:
    """Return True for a runtime-only form or one of its properties."""
    return bool(item.isrunt if is_form(item) else item.form.isrunt)


_RUNT_CMPRS = ('=', '^=', '~=', 'in=', '@=')


def runt_pick(rt: s_runtime.Runtime, item: Any, cmpr: str | None = None, valu: Any = None) -> Pick:
    """Resolve a lift of a runtime-only form, with or without a comparison. Raises: BadTypeValu, NoSuchCmpr."""
    if cmpr is not None and cmpr not in _RUNT_CMPRS:
        raise s_exc.NoSuchCmpr(mesg=f'Type ({item.type.name}) has no cmpr: "{cmpr}".')
    test = None if cmpr is None else item.type.cmpr(cmpr, valu)
    form, prop = (item, None) if is_form(item) else (item.form, item.name)
    return Pick([], nodes=s_runts.lift(rt, form, prop, test))


def whole_pick(rt: s_runtime.Runtime, items: list[Any], reverse: bool) -> Pick:
    """Resolve a lift without comparison."""
    if is_runt(items[0]):
        return runt_pick(rt, items[0])
    return Pick([index_name(item) for item in items], reverse=reverse)


def exact_nodes(rt: s_runtime.Runtime, form: Any, valu: Any) -> list[s_view.Node] | None:
    """Return the node of one value by its identity; None if the value stands for a range and the index must be read."""
    if form.type.expand(valu) is not None:
        return None
    if type(valu) is dict and form.type.stortype == s_guidctor.STORTYPE:
        node = s_guidctor.find(rt, form, valu)
        return [] if node is None else [node]
    try:
        norm = form.type.norm(valu)[0]
    except s_exc.BadTypeValu:
        if isinstance(valu, str) and form.type.lifts('=', valu):  # spellings that only a lift knows (wildcards)
            return None
        raise
    if type(valu) is str and '*' in valu and not all(lift.exact for lift in form.type.lifts('=', valu)):
        return None
    node = rt.editor.node_by_ndef(form.name, norm)
    return [] if node is None else [node]


@s_compile.compiles
def _lift_name(node: s_ast.LiftName, ctx: s_compile.Compiler) -> s_plan.Oper:
    name = ctx.name(node.name)
    cmpr, reverse, path = node.cmpr, node.reverse, node.path

    if cmpr is None:

        def resolve(rt: s_runtime.Runtime, text: Any) -> Pick:
            return whole_pick(rt, props_named(rt.model, name_text(text)), reverse)

        form = ctx.model.form(node.name) if isinstance(node.name, str) else None
        return Lift(resolve, name, whole=isinstance(node.name, str) and not reverse and not (form and form.isrunt))

    valu = ctx.value(typing.cast(s_ast.Value, node.value))

    def at_value(rt: s_runtime.Runtime, items: list[Any], valu: Any) -> Pick:
        return lift_value(rt, items, cmpr, valu, reverse)

    def compare(rt: s_runtime.Runtime, pair: tuple[Any, Any]) -> Pick:
        items, hops = _named(rt, pair[0], path)
        if not hops:
            return at_value(rt, items, pair[1])
        return _back(rt, items, hops, at_value(rt, hops[-1:], pair[1]), reverse)

    return Lift(compare, s_values.combine(lambda a, b: (a, b), name, valu), reads=_hops(node))


def name_text(valu: Any) -> str:
    """Return the name of a form or property from a variable. Raises: StormRuntimeError."""
    if isinstance(valu, str):
        return valu
    kind = s_objects.kind_of(valu)
    mesg = f"Expected value of type 'str', got '{kind}' with value {valu if kind == 'null' else s_coerce.text(valu)}."
    raise s_exc.StormRuntimeError(mesg=mesg, type=kind, name=valu)


def _hops(node: s_ast.LiftName | s_ast.LiftArray) -> bool:
    """May the name of a lift lead from node to node? It then reads indexes when it is resolved."""
    return bool(node.path) or not isinstance(node.name, str)


def _named(rt: s_runtime.Runtime, name: Any, path: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """Return the properties that a lift names, and those that ``form:a::b`` goes on to (a variable may hold it)."""
    text = name_text(name)
    if '::' in text:
        text, *hops = text.split('::')
        path = (*hops, *path)
    items = valued(rt.model, text)
    if path and is_form(items[0]):  # form::a::b is form:a::b
        text, path = f'{text}:{path[0]}', path[1:]
        items = valued(rt.model, text)
    chain = items[:1]
    for rel in path:
        last = chain[-1]
        form = rt.model.form(last.refform) if last.refform is not None else None
        if form is None or rel not in form.props:
            full = f'{last.type.name}:{rel}'
            raise s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full)
        chain.append(form.props[rel])
    return items, chain[1:]


def _back(rt: s_runtime.Runtime, items: list[Any], hops: list[Any], pick: Pick, reverse: bool) -> Pick:
    """Walk back along the references from the nodes that the last property found."""
    for props in [*([hop] for hop in reversed(hops[:-1])), items]:
        names, typ, nodes = [index_name(prop) for prop in props], props[0].type, []
        for target in all_nodes(rt, pick):
            nodes.extend(all_nodes(rt, Pick(names, typ.lifts('=', target.valu), reverse=reverse)))
        pick = Pick([], nodes=nodes)
    return pick


@s_compile.compiles
def _lift_array(node: s_ast.LiftArray, ctx: s_compile.Compiler) -> s_plan.Oper:
    reverse, cmpr, path = node.reverse, node.cmpr, node.path

    def resolve(rt: s_runtime.Runtime, pair: tuple[Any, Any]) -> Pick:
        items, hops = _named(rt, pair[0], path)
        if not hops:
            return array_pick(items, cmpr, pair[1], reverse)
        return _back(rt, items, hops, array_pick(hops[-1:], cmpr, pair[1], reverse), reverse)

    names = s_values.combine(lambda a, b: (a, b), ctx.name(node.name), ctx.value(node.value))
    return Lift(resolve, names, reads=_hops(node))


# tags


def bad_tag() -> s_exc.SynErr:
    """Return the error for a tag name that is no text."""
    return s_exc.BadTypeValu(mesg='Invalid value type for tag name, tag names must be strings.')


def norm_tag(rt: s_runtime.Runtime, tag: Any) -> str:
    """Return a normalised tag name, of tags that are there already: the tag model is not asked. Raises: BadTypeValu."""
    if not isinstance(tag, str):
        raise bad_tag()
    kind: Any = rt.model.reqType('syn:tag')
    return typing.cast(str, kind.plain(tag))


def tag_test(rt: s_runtime.Runtime, tag: str, cmpr: str, valu: Any) -> Test:
    """Return the test of a tag's interval. Raises: NoSuchCmpr, BadTypeValu."""
    want = cmpr != '!='
    func = rt.model.reqType('ival').cmpr(cmpr if want else '=', s_coerce.tostor(valu))

    def test(node: s_view.Node) -> bool:
        ival = node.tags.get(tag)
        return (ival is not None and ival[0] is not None and func(ival)) is want

    return test


def tag_lift_test(rt: s_runtime.Runtime, tag: str, cmpr: str | None, valu: Any) -> Test | None:
    """As ``tag_test``, for lifts: they know fewer comparators. Raises: NoSuchCmpr, BadTypeValu."""
    if cmpr is None:
        return None
    norm = rt.model.reqType('ival').norm(s_coerce.tostor(valu))[0]
    if cmpr not in ('=', '@='):
        raise s_exc.NoSuchCmpr(cmpr=cmpr)
    return tag_test(rt, tag, cmpr, norm)


@s_compile.compiles
def _lift_tag(node: s_ast.LiftTag, ctx: s_compile.Compiler) -> s_plan.Oper:
    form = s_values.const(None) if node.form is None else ctx.name(node.form)
    valu = s_values.const(None) if node.value is None else ctx.value(node.value)
    cmpr, reverse = node.cmpr, node.reverse

    def resolve(rt: s_runtime.Runtime, args: tuple[Any, Any, Any]) -> Pick:
        formname, tag, valu = args
        tag = norm_tag(rt, tag)
        names: Names = [('tag', tag)]
        if formname is not None:
            forms = forms_named(rt.model, s_coerce.tostr(formname))
            names = [('tag', tag, name) for name in forms]
        test = tag_lift_test(rt, tag, cmpr, valu)
        if len(names) == 1:
            return Pick(names, test=test, reverse=reverse)
        return Pick([], nodes=[n for name in names for n in all_nodes(rt, Pick([name], test=test, reverse=reverse))])

    return Lift(resolve, s_values.combine(lambda *a: a, form, ctx.name(node.tag), valu), reads=node.form is not None)


def forms_named(model: Any, name: str) -> list[str]:
    """Return the names of the forms that a name stands for. Raises: NoSuchForm."""
    try:
        items = props_named(model, name)
    except s_exc.NoSuchProp:
        items = []
    if not items or not all(is_form(item) for item in items):
        raise s_exc.NoSuchForm(mesg=f'No form named {name}.', name=name)
    return [item.name for item in items]


@s_compile.compiles
def _lift_tagprop(node: s_ast.LiftTagProp, ctx: s_compile.Compiler) -> s_plan.Oper:
    form = s_values.const(None) if node.form is None else ctx.name(node.form)
    valu = s_values.const(None) if node.value is None else ctx.value(node.value)
    cmpr, reverse = node.cmpr, node.reverse

    def resolve(rt: s_runtime.Runtime, args: tuple[Any, Any, Any, Any]) -> Pick:
        formname, tag, propname, valu = args
        tag, propname = norm_tag(rt, tag), s_coerce.tostr(propname)
        prop = rt.model.tagprops.get(propname)
        if prop is None:
            mesg = f'No tag property named {propname}'
            raise s_exc.NoSuchTagProp(mesg=mesg, name=propname)
        lifts = None if cmpr is None else s_picks.soft_lifts(prop.type, cmpr, valu)
        if formname is None:
            forms = list(rt.model.forms)
        else:
            forms = forms_named(rt.model, s_coerce.tostr(formname))
        names = [
            ('tagprop', tag, propname, name) for name in forms if rt.view.has_index(('tagprop', tag, propname, name))
        ]
        tests = [lift.test for lift in lifts or () if lift.test is not None]

        def test(node: s_view.Node) -> bool:
            have = node.tagprops.get(tag, {}).get(propname)
            return have is not None and any(func(have) for func in tests)

        return Pick(names or [('tagprop', tag, propname, '')], lifts, test if tests else None, reverse=reverse)

    values = (form, ctx.name(node.tag), ctx.name(node.prop), valu)
    return Lift(resolve, s_values.combine(lambda *a: a, *values))


@s_compile.compiles
def _lift_tagtag(node: s_ast.LiftTagTag, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = s_values.const(None) if node.value is None else ctx.value(node.value)
    cmpr, reverse = node.cmpr, node.reverse

    def resolve(rt: s_runtime.Runtime, args: tuple[Any, Any]) -> Pick:
        tag = norm_tag(rt, args[0])
        test = tag_lift_test(rt, tag, cmpr, args[1])
        nodes: list[s_view.Node] = []
        todo: list[tuple[str, Test | None]] = [(tag, test)]
        seen = {tag}
        while todo:
            name, test = todo.pop(0)
            for node in all_nodes(rt, Pick([('tag', name)], test=test, reverse=reverse)):
                if node.form.name != 'syn:tag':
                    nodes.append(node)
                elif node.valu not in seen:
                    seen.add(node.valu)
                    todo.append((node.valu, None))
        return Pick([], nodes=nodes)

    return Lift(resolve, s_values.combine(lambda *a: a, ctx.name(node.tag), valu), reads=True)
