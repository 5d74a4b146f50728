"""Lifts: where nodes come from (spec: storm-language.md 3).

Each kind of lift compiles to a ``Lift`` with a function that resolves it against the model and gives a ``Pick``: either nodes that are known by
value, or a source over indexes together with the names of these indexes and a test for what the index alone cannot decide.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.values as s_values
import synapse.lib.view as s_view

Any = typing.Any
Names = list[tuple[Any, ...]]
Test = typing.Callable[[s_view.Node], bool]


def _touched(name: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the name under which an editor notes changes to an index."""
    kind = name[0]
    if kind == 'tagprop':
        return name[:3]
    if kind == 'tag':
        return name[:2]
    return ('prop', *name[1:]) if kind == 'array' else name


class Pick:
    """What a resolved lift will yield.

    Args:
        names: The value indexes to read (as ``View.lift``), or ``('tag', tag)`` / ``('tag', tag, form)``.
        lifts: Ranges on them, None for all.
        test: Decides about each node where the index cannot.
        nodes: Known nodes instead of an index.
    """

    __slots__ = ('names', 'lifts', 'test', 'nodes', 'reverse')

    def __init__(
        self,
        names: Names,
        lifts: Any = None,
        test: Test | None = None,
        nodes: list[s_view.Node] | None = None,
        reverse: bool = False,
    ) -> None:
        self.names = names
        self.lifts = lifts
        self.test = test
        self.nodes = nodes
        self.reverse = reverse

    def known(self) -> bool:
        '''Return True if this names something to lift.'''
        return bool(self.names) or self.nodes is not None

    def form(self, model: Any) -> Any:
        """Return the form of all nodes that it will yield, None if there may be several."""
        if len(self.names) != 1 or self.names[0][0] not in ('prop', 'array'):
            return None
        return model.form(self.names[0][1])

    def touches(self) -> Names:
        """Return the names under which an editor notes changes that this lift would see."""
        return [_touched(name) for name in self.names]

    def source(self, view: s_view.View) -> Any:
        """Return the source of ids."""
        if self.names and self.names[0][0] == 'tag':
            _, tag, *form = self.names[0]
            return view.lift_tag(tag, form[0] if form else None, self.reverse)
        return view.lift(self.names, self.lifts, self.reverse)

    def count(self, view: s_view.View) -> int | None:
        """Return how many nodes it would yield if that is known without lifting."""
        if self.nodes is not None:
            return len(self.nodes)
        if self.test is not None:
            return None
        if self.names and self.names[0][0] == 'tag':
            _, tag, *form = self.names[0]
            return view.count_tag(tag, form[0] if form else None)
        return view.count(self.names, self.lifts)


async def lift_nodes(rt: s_runtime.Runtime, pick: Pick) -> typing.AsyncGenerator[list[s_view.Node], None]:
    """Yield the nodes of a pick in batches; one by one in a query that edits, so that the index is read as it then is."""
    if pick.nodes is not None:
        if pick.nodes:
            yield pick.nodes
        return
    query = rt.query
    touches = pick.touches()
    await rt.editor.settle(touches)
    source = pick.source(rt.view)
    size = 1 if query.edits else s_limits.STORM_BATCH_MIN
    test, form = pick.test, pick.form(rt.model)
    while True:
        if query.edits and rt.editor.touched:
            await rt.editor.settle(touches)
        nids = source.nids(size)
        if not nids:
            return
        nodes = [rt.node(nid) for nid in nids]
        if form is not None:
            for node in nodes:
                node.set_form(form)
        if test is not None:
            nodes = [node for node in nodes if test(node)]
        if nodes:
            yield nodes
        if not query.edits:
            size = min(size * 2, s_limits.STORM_BATCH)
        await rt.breathe()


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
    prop = model.prop(name)
    if prop is not None:
        return [prop]
    if name.startswith('.'):
        found = [form.props[name] for form in model.forms.values() if name in form.props]
        if found:
            return found
    if name.endswith('*'):
        forms = list(model.forms_by_prefix(name[:-1]))
        if not forms:
            raise s_exc.NoSuchForm(mesg=f'No forms match prefix {name[:-1]}.', name=name)
        return forms
    found = model.forms_by_iface(name) if name in model.ifaces else model.iface_props(name)
    if not found:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
    return list(found)


def is_form(item: Any) -> bool:
    """Return True for a form, False for a prop."""
    return not hasattr(item, 'form')


def index_name(item: Any) -> tuple[Any, ...]:
    """Return the name of the index of a form's or prop's values."""
    return ('prop', item.name, None) if is_form(item) else ('prop', item.form.name, item.name)


def stored(item: Any) -> typing.Callable[[s_view.Node], Any]:
    """Return the function that reads the value of a form or prop from a node."""
    if is_form(item):
        return lambda node: node.valu
    name = item.name
    return lambda node: node.props.get(name)


def range_test(item: Any, lifts: typing.Sequence[Any]) -> Test | None:
    """Return the node test of index ranges, None when the keys alone decide."""
    tests = [lift.test for lift in lifts if lift.test is not None]
    if not tests:
        return None
    get = stored(item)

    def test(node: s_view.Node) -> bool:
        valu = get(node)
        return valu is not None and any(func(valu) for func in tests)

    return test


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
            mesg = f'Null is not a value to lift by: {first.name}'
            raise s_exc.BadTypeValu(mesg=mesg, name=first.type.name, valu=None)
        if len(items) == 1 and is_form(first) and cmpr == '=' and not first.isrunt and not reverse:
            nodes = exact_nodes(rt, first, valu)
            if nodes is not None:
                return Pick([], nodes=nodes)
        lifts = first.type.lifts(cmpr, valu)
    except s_exc.BadTypeValu:
        if soft:
            return Pick([], nodes=[])
        raise
    return Pick([index_name(item) for item in items], lifts, range_test(first, lifts), reverse=reverse)


def exact_nodes(rt: s_runtime.Runtime, form: Any, valu: Any) -> list[s_view.Node] | None:
    """Return the node of one value by its identity; None if the value stands for a range and the index must be read."""
    if form.type.expand(valu) is not None:
        return None
    try:
        norm = form.type.norm(valu)[0]
    except s_exc.BadTypeValu:
        if isinstance(valu, str) and form.type.lifts('=', valu):  # spellings that only a lift knows (wildcards)
            return None
        raise
    node = rt.editor.node_by_ndef(form.name, norm)
    return [] if node is None else [node]


@s_compile.compiles
def _lift_name(node: s_ast.LiftName, ctx: s_compile.Compiler) -> s_plan.Oper:
    name = ctx.name(node.name)
    cmpr, reverse, path = node.cmpr, node.reverse, node.path

    if cmpr is None:

        def resolve(rt: s_runtime.Runtime, text: Any) -> Pick:
            items = props_named(rt.model, s_coerce.tostr(text))
            return Pick([index_name(item) for item in items], reverse=reverse)

        return Lift(resolve, name, whole=isinstance(node.name, str) and not reverse)

    valu = ctx.value(typing.cast(s_ast.Value, node.value))

    def compare(rt: s_runtime.Runtime, pair: tuple[Any, Any]) -> Pick:
        items = props_named(rt.model, s_coerce.tostr(pair[0]))
        if path:
            return _embedded(rt, items[0], path, typing.cast(str, cmpr), pair[1], reverse)
        return lift_value(rt, items, typing.cast(str, cmpr), pair[1], reverse)

    return Lift(compare, s_values.combine(lambda a, b: (a, b), name, valu), reads=bool(path))


def _embedded(rt: s_runtime.Runtime, prop: Any, path: tuple[str, ...], cmpr: str, valu: Any, reverse: bool) -> Pick:
    """``form:a::b=v``: find the targets by the last property, then walk back along the references."""
    chain = [prop]
    for name in path:
        last = chain[-1]
        form = rt.model.form(last.refform) if last.refform is not None else None
        if form is None:
            raise s_exc.NoSuchForm(mesg=f'No form named {last.type.name}.', name=last.type.name)
        if name not in form.props:
            raise s_exc.NoSuchProp(mesg=f'No property named {form.name}:{name}.', name=f'{form.name}:{name}')
        chain.append(form.props[name])
    pick = lift_value(rt, [chain[-1]], cmpr, valu, reverse)
    for item in reversed(chain[:-1]):
        nodes: list[s_view.Node] = []
        for target in all_nodes(rt, pick):
            nodes.extend(all_nodes(rt, Pick([index_name(item)], item.type.lifts('=', target.valu), reverse=reverse)))
        pick = Pick([], nodes=nodes)
    return pick


def all_nodes(rt: s_runtime.Runtime, pick: Pick) -> list[s_view.Node]:
    """Return all nodes of a pick at once; for the short lists of a pivot."""
    if pick.nodes is not None:
        return pick.nodes
    source, nodes = pick.source(rt.view), []
    while nids := source.nids(s_limits.STORM_BATCH):
        nodes.extend(rt.node(nid) for nid in nids)
    test = pick.test
    return nodes if test is None else [node for node in nodes if test(node)]


@s_compile.compiles
def _lift_array(node: s_ast.LiftArray, ctx: s_compile.Compiler) -> s_plan.Oper:
    reverse, cmpr = node.reverse, node.cmpr

    def resolve(rt: s_runtime.Runtime, pair: tuple[Any, Any]) -> Pick:
        items = props_named(rt.model, s_coerce.tostr(pair[0]))
        return array_pick(items, cmpr, pair[1], reverse)

    return Lift(resolve, s_values.combine(lambda a, b: (a, b), ctx.name(node.name), ctx.value(node.value)))


def array_pick(items: list[Any], cmpr: str, valu: Any, reverse: bool = False) -> Pick:
    """Resolve a lift by array elements. Raises: BadTypeValu for a property that is not an array."""
    first = items[0]
    if not first.type.isarray:
        mesg = f'Array syntax is invalid on non array type: {first.type.name}.'
        raise s_exc.BadTypeValu(mesg=mesg, name=first.type.name)
    lifts = first.type.itemtype.lifts(cmpr, s_coerce.tostor(valu))
    get = stored(first)
    tests = [lift.test for lift in lifts if lift.test is not None]

    def test(node: s_view.Node) -> bool:
        return any(func(item) for item in get(node) or () for func in tests)

    names = [('array', item.name, None) if is_form(item) else ('array', item.form.name, item.name) for item in items]
    return Pick(names, lifts, test if tests else None, reverse=reverse)


# tags


def norm_tag(rt: s_runtime.Runtime, tag: Any) -> str:
    """Return a normalised tag name. Raises: BadTypeValu."""
    if not isinstance(tag, str):
        tag = s_coerce.tostor(tag)
        if not isinstance(tag, str):
            mesg = 'The tag value of a lift must be a string.'
            raise s_exc.BadTypeValu(mesg=mesg, name='syn:tag', valu=tag)
    return typing.cast(str, rt.model.type('syn:tag').norm(tag)[0])


def tag_test(rt: s_runtime.Runtime, tag: str, cmpr: str, valu: Any) -> Test:
    """Return the test of a tag's interval. Raises: NoSuchCmpr, BadTypeValu."""
    func = rt.model.type('ival').cmpr(cmpr, s_coerce.tostor(valu))

    def test(node: s_view.Node) -> bool:
        ival = node.tags.get(tag)
        return ival is not None and ival[0] is not None and func(ival)

    return test


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
        test = None if cmpr is None else tag_test(rt, tag, cmpr, valu)
        if len(names) == 1:
            return Pick(names, test=test, reverse=reverse)
        return Pick([], nodes=[n for name in names for n in all_nodes(rt, Pick([name], test=test, reverse=reverse))])

    return Lift(resolve, s_values.combine(lambda *a: a, form, ctx.tag(node.tag), valu), reads=node.form is not None)


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
        lifts = None if cmpr is None else prop.type.lifts(cmpr, s_coerce.tostor(valu))
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

    values = (form, ctx.tag(node.tag), ctx.name(node.prop), valu)
    return Lift(resolve, s_values.combine(lambda *a: a, *values))


@s_compile.compiles
def _lift_tagtag(node: s_ast.LiftTagTag, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = s_values.const(None) if node.value is None else ctx.value(node.value)
    cmpr, reverse = node.cmpr, node.reverse

    def resolve(rt: s_runtime.Runtime, args: tuple[Any, Any]) -> Pick:
        tag = norm_tag(rt, args[0])
        test = None if cmpr is None else tag_test(rt, tag, cmpr, args[1])
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

    return Lift(resolve, s_values.combine(lambda *a: a, ctx.tag(node.tag), valu), reads=True)
