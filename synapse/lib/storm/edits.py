"""Edit blocks (spec: storm-language.md 6).

Adding a node is a stage of its own; the operations that change each node in the stream are fused into one stage,
which works on one node at a time and announces its edits before the node goes on.
"""

from __future__ import annotations

import decimal
import functools
import types
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.guidctor as s_guidctor
import synapse.lib.storm.highlight as s_highlight
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals
import synapse.lib.storm.values as s_values
import synapse.lib.view as s_view

Any = typing.Any
Runtime = s_runtime.Runtime
Path = s_runtime.Path
Edit = typing.Callable[[Runtime, Path], Any]  # may return a coroutine


class EditNodes(s_plan.Oper):
    """Applies operations to each node of the stream."""

    def __init__(self, edits: list[Edit], perms: typing.Iterable[tuple[str, ...]] = ()) -> None:
        self.edits = edits
        self.perms = list(perms)  # needed even if no node arrives

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        self.prepare(rt)
        if genr is None:
            return
        async for batch in genr:
            for path in batch:
                mark = rt.editor.mark()
                await self.apply(rt, path)
                rt.edited(mark)
                if rt.view.watch is not None:
                    await rt.editor.flush()
                yield [path]
                await rt.breathe()

    def prepare(self, rt: Runtime) -> None:
        """Check what does not depend on a node."""
        rt.writable()
        for perm in self.perms:
            rt.confirm_edit(*perm)

    async def apply(self, rt: Runtime, path: Path) -> None:
        """Apply the operations to one node."""
        for edit in self.edits:
            valu = edit(rt, path)
            if type(valu) is types.CoroutineType:
                await valu


class AddNode(s_plan.Oper):
    """``form=value``: adds nodes, and applies operations to them. In a group the nodes that come in go first."""

    def __init__(
        self, form: s_values.Value, valu: s_values.Value, soft: bool, rest: EditNodes | None = None, group: bool = False
    ) -> None:
        self.form = form
        self.valu = valu
        self.soft = soft
        self.rest = rest
        self.group = group
        self.runtsafe = form.runtsafe and valu.runtsafe

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        rt.writable()
        if self.rest is not None:
            self.rest.prepare(rt)
        if genr is not None:
            async for batch in genr:
                if self.runtsafe:
                    yield batch
                    continue
                for path in batch:
                    if self.group:
                        yield [path]
                    form, normed = await self._values(rt, path)
                    for norm, info in normed:
                        if (new := await self._one(rt, path, form, norm, info)) is None:
                            break
                        yield [new]
                    if not self.group:
                        yield [path]
                    await rt.breathe()
        if self.runtsafe:
            form, normed = await self._values(rt, None)
            for norm, info in normed:
                if (new := await self._one(rt, None, form, norm, info)) is None:
                    break
                yield [new]
            await rt.breathe()

    async def _values(self, rt: Runtime, path: Path | None) -> tuple[Any, typing.Sequence[tuple[Any, Any]]]:
        """Return the form and the (value, norm info) of the nodes to add; the info of a dictionary is None."""
        form_fn = self.form
        name = form_fn.const if form_fn.const is not s_values.MISSING else await form_fn.get(rt, path)
        if type(name) is not str:
            name = s_lifts.name_text(name)
        rt.confirm_edit('node', 'add', name)
        form = rt.model.form(name)
        if form is None:
            raise s_exc.NoSuchForm(mesg=f'No form named {name}.', name=name)
        valu = self.valu.fn(rt, path)
        if self.valu.isasync:
            valu = await valu
        try:
            if type(valu) is dict and form.type.stortype == s_guidctor.STORTYPE:
                return form, [(s_coerce.tostor(valu), None)]
            return form, self._norms(rt, form, valu)
        except s_exc.BadTypeValu:
            if not self.soft:
                raise
            return form, ()

    async def _one(self, rt: Runtime, path: Path | None, form: Any, norm: Any, info: Any) -> Path | None:
        """Add one node and apply the operations; None if a value was refused and that is no error."""
        mark = rt.editor.mark()
        going = form.deprecated and info is not None and rt.editor.node_by_ndef(form.name, norm) is None
        try:
            node = s_guidctor.build(rt, form, norm) if info is None else rt.editor.add_node(form, norm, info)
        except s_exc.BadTypeValu:
            if not self.soft:
                raise
            return None
        if going:
            s_guidctor.deprecated(rt, 'form', form.name)
        new = rt.path(node) if path is None else path.fork(node)
        if self.rest is not None:
            await self.rest.apply(rt, new)
        rt.edited(mark)
        if rt.view.watch is not None:
            await rt.editor.flush()
        return new

    @staticmethod
    def _norms(rt: Runtime, form: Any, valu: Any) -> list[tuple[Any, Any]]:
        if isinstance(valu, s_view.Node):
            valu = valu.valu if form.type.name != 'ndef' else valu.ndef
        valu = s_coerce.tostor(valu)
        many = form.type.expand(valu) if type(valu) is not int else None
        try:
            return [form.type.norm(item) for item in many] if many is not None else [form.type.norm(valu)]
        except s_exc.BadTypeValu as e:
            e.setdefault('form', form.name)
            raise


class Group(s_plan.Oper):
    """``( form=value ... form=value ... )``: a block of its own, whose nodes come behind those that come in."""

    def __init__(self, add: AddNode, rest: s_plan.Oper) -> None:
        self.add = add
        self.rest = rest

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        rt.writable()
        async for path in s_plan.singles(genr):
            yield [path]
            if not self.add.runtsafe:
                async for batch in self.rest.run(rt, self._added(rt, path)):
                    yield batch
        if self.add.runtsafe:
            async for batch in self.rest.run(rt, self.add.run(rt, None)):
                yield batch

    async def _added(self, rt: Runtime, path: Path) -> s_plan.Stream:
        async for batch in self.add.run(rt, s_plan.one(path)):
            if batch[0] is not path:
                yield batch


@s_compile.compiles
def _edit_block(node: s_ast.EditBlock, ctx: s_compile.Compiler) -> s_plan.Oper:
    ctx.impure()
    return _edit_stages(node, node.edits, ctx)


def _edit_stages(block: s_ast.Node, edits: list[s_ast.Edit], ctx: s_compile.Compiler) -> s_plan.Oper:
    stages: list[s_plan.Oper] = []
    run: list[Edit] = []
    perms: list[tuple[str, ...]] = []
    for item in edits:
        if isinstance(item, (s_ast.EditNode, s_ast.EditGroup)):
            if run:
                stages.append(EditNodes(run, perms))
                run, perms = [], []
            stages.append(_add_node(item, ctx))
            stages[-1].place = (ctx.text, item)
        else:
            run.append(compile_edit(item, ctx))
            if isinstance(item, s_ast.EditEdge) and isinstance(item.verb, s_ast.Const):
                perms.append(('node', 'edge', 'del' if item.delete else 'add', verb_text(item.verb.value)))
    if run:
        stages.append(EditNodes(run, perms))
    for stage in stages:
        stage.place = stage.place or (ctx.text, block)
    return stages[0] if len(stages) == 1 else Stages(stages)


class Stages(s_plan.Oper):
    """Several stages that the text wrote as one.

    Without nodes that come in, a node is added and edited in one, unless triggers have to see the two apart.
    """

    def __init__(self, stages: list[s_plan.Oper]) -> None:
        self.stages = self.alone = stages
        match stages:
            case [AddNode(rest=None) as add, EditNodes() as rest, *others]:
                both = AddNode(add.form, add.valu, add.soft, rest)
                both.place = add.place
                self.alone = [both, *others]

    def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        for stage in self.alone if s_plan.silent(genr) and rt.view.watch is None else self.stages:
            genr = stage.run(rt, genr)
        return s_plan.nothing() if genr is None else genr


def _add_node(node: s_ast.EditNode | s_ast.EditGroup, ctx: s_compile.Compiler) -> s_plan.Oper:
    if isinstance(node, s_ast.EditNode):
        return AddNode(ctx.name(node.form), ctx.value(node.value), node.soft)
    first = node.node
    form, valu = ctx.name(first.form), ctx.value(first.value)
    if any(isinstance(item, (s_ast.EditNode, s_ast.EditGroup)) for item in node.edits):
        return Group(AddNode(form, valu, first.soft), _edit_stages(node, node.edits, ctx))
    return AddNode(form, valu, first.soft, EditNodes([compile_edit(item, ctx) for item in node.edits]), group=True)


def compile_edit(node: s_ast.Edit, ctx: s_compile.Compiler) -> Edit:
    """Compile one operation on a node: a function of (rt, path)."""
    edit: Edit = _dispatch(node, ctx)
    s_highlight.mark(edit, node.span)
    return edit


@functools.singledispatch
def _dispatch(node: s_ast.Edit, ctx: s_compile.Compiler) -> Edit:
    raise s_exc.BadSyntax(mesg=f'Not an edit: {type(node).__name__}.', at=node.span[0])


def _with(func: typing.Callable[..., Any], *values: s_values.Value) -> Edit:
    """Return the edit ``func(rt, path, *values)``; func is immediate."""
    if any(v.isasync for v in values):

        async def waits(rt: Runtime, path: Path) -> None:
            func(rt, path, *[await v.get(rt, path) for v in values])

        return waits
    fns = [v.fn for v in values]
    if len(fns) == 2:
        a, b = fns
        return lambda rt, path: func(rt, path, a(rt, path), b(rt, path))
    return lambda rt, path: func(rt, path, *[fn(rt, path) for fn in fns])


# properties


def prop_name(prop: s_ast.PropValue, valu: Any) -> str:
    """Return the relative name of a property in an edit."""
    text = s_lifts.name_text(valu)
    return f'.{text}' if prop.univ and not text.startswith('.') else text


def spec_name(prop: s_ast.PropValue, ctx: s_compile.Compiler) -> s_values.Value:
    """Compile the name of a property in an edit, where ``:a::b`` names nothing."""
    return ctx.name(prop.name) if not prop.hops else s_values.const('::'.join([*prop.hops, str(prop.name)]))


def req_prop(node: s_view.Node, name: str, deleting: bool = False) -> Any:
    """Return a property of a node's form. Raises: NoSuchProp, IsRuntForm."""
    prop = node.form.props.get(name)
    if prop is None:
        e = s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name)
        if not (deleting and name.startswith('.')):
            e.set('form', node.form.name)
        raise s_parts.tell(e, 'prop')
    return prop


def req_full(node: s_view.Node, name: str) -> Any:
    """As ``req_prop``, where the error tells the full name."""
    prop = node.form.props.get(name)
    if prop is None:
        full = f'{node.form.name}:{name}'
        raise s_parts.tell(s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full), 'prop')
    return prop


def confirm_prop(rt: Runtime, verb: str, prop: Any) -> None:
    """Check the permission to set or delete a property (storm-language.md 12.1)."""
    query = rt.query
    if query.asroot or query.user.isAdmin():
        return
    if prop.isuniv and verb == 'del':
        perm: tuple[str, ...] = ('node', 'prop', verb, prop.name)
    else:
        perm = ('node', 'prop', verb, prop.form.name, prop.name)
    gate = rt.view.wlyr.iden
    new = query.user.allowed(perm, gateiden=gate)
    old = query.user.allowed(('node', 'prop', verb, prop.full), gateiden=gate)
    if new is not old and new is not None and old is not None:
        # they disagree: the more special rule counts, which is not the one that holds for all properties
        common = query.user.allowed(('node', 'prop', verb), gateiden=gate)
        allowed = new if new is not common else old
    else:
        allowed = new or old
    if not allowed:
        query.user.raisePermDeny(perm, gateiden=gate)


def norm_prop(node: s_view.Node, prop: Any, valu: Any) -> tuple[Any, Any]:
    """Normalise a value for a property. Raises: BadTypeValu with the context of the property."""
    if isinstance(valu, s_view.Node):
        valu = valu.ndef if prop.isndef and not prop.isarray else valu.valu
    valu = s_coerce.tostor(list(valu) if isinstance(valu, _Nodes) else valu)
    try:
        return typing.cast('tuple[Any, Any]', prop.type.norm(valu))
    except s_exc.BadTypeValu as e:
        if prop.type.name != 'ival' or e.get('name') != 'time':
            e.set('mesg', f'Bad prop value {prop.full}={valu!r} : {e.get("mesg")}')
            e.set('prop', prop.name)
            e.set('form', node.form.name)
        raise


@_dispatch.register
def _edit_prop(node: s_ast.EditProp, ctx: s_compile.Compiler) -> Edit:
    prop, soft = node.prop, node.soft
    name = spec_name(prop, ctx)
    valu = _array_query(node, name, ctx) if isinstance(node.value, s_ast.SubqueryValue) else ctx.value(node.value)
    if node.op != '=':
        return _with(functools.partial(_edit_array, prop, node.op, soft), name, valu)
    cond = node.cond
    if cond is None:
        return _with(functools.partial(_set_prop, prop, soft), name, valu)
    when = s_values.const(cond) if isinstance(cond, str) else ctx.value(cond)
    return _with(functools.partial(_set_prop_if, prop, soft), name, valu, when)


def _set_prop(spec: s_ast.PropValue, soft: bool, rt: Runtime, path: Path, name: Any, valu: Any) -> None:
    node = path.node
    prop = req_prop(node, name if type(name) is str and not spec.univ else prop_name(spec, name))
    if node.form.isrunt:
        raise runt_error(f'Cannot set read-only props on runt nodes: {valu!r}', node, prop=prop.name)
    confirm_prop(rt, 'set', prop)
    try:
        if type(valu) is dict and prop.refform is not None and prop.type.stortype == s_guidctor.STORTYPE:
            valu = s_guidctor.build(rt, rt.model.reqForm(prop.refform), s_coerce.tostor(valu))
        norm, info = norm_prop(node, prop, valu)
    except s_exc.BadTypeValu:
        if soft:
            return
        raise
    s_guidctor.set_prop(rt, node, prop, norm, info)


def runt_error(mesg: str, node: s_view.Node, **info: Any) -> s_exc.SynErr:
    """Return the error for an edit of a node that only exists at run time."""
    return s_exc.IsRuntForm(mesg=mesg, form=node.form.name, **info)


def _set_prop_if(spec: s_ast.PropValue, soft: bool, rt: Runtime, path: Path, name: Any, valu: Any, when: Any) -> None:
    prop = req_full(path.node, prop_name(spec, name))
    when = s_coerce.tostr(when)
    if when not in ('always', 'unset', 'never'):
        mesg = f'Invalid conditional set operator ({when}).'
        raise s_exc.StormRuntimeError(mesg=mesg)
    if when == 'always' or (when == 'unset' and not path.node.has(prop.name)):
        _set_prop(spec, soft, rt, path, name, valu)


def _edit_array(spec: s_ast.PropValue, op: str, soft: bool, rt: Runtime, path: Path, name: Any, valu: Any) -> None:
    node = path.node
    prop = (req_full if len(op) == 3 else req_prop)(node, prop_name(spec, name))
    if not prop.type.isarray:
        mesg = f'Property set using ({"?" if soft else ""}{op}) is only valid on arrays.'
        raise s_parts.tell(s_exc.StormRuntimeError(mesg=mesg), 'prop')
    confirm_prop(rt, 'set', prop)
    if isinstance(valu, _Nodes):
        items: list[Any] = list(valu)
    elif len(op) == 3:
        if valu is None:
            return
        items = s_coerce.tolist(valu)
    else:
        items = [valu]
    have = list(node.props.get(prop.name) or ())
    typ = typing.cast(Any, prop.itemtype)
    for item in items:
        try:
            norm = typ.norm(item.valu if isinstance(item, s_view.Node) else s_coerce.tostor(item))[0]
        except s_exc.BadTypeValu as e:
            if soft:
                continue
            if op == '+=':
                e.set('mesg', f'Bad prop value {prop.full}={[*have, s_coerce.tostor(item)]!r} : {e.get("mesg")}')
                e.set('prop', prop.name)
                e.set('form', node.form.name)
            raise
        if op[0] == '+':
            have.append(norm)
        elif norm in have:
            have.remove(norm)
    norm, info = norm_prop(node, prop, tuple(have))
    s_guidctor.set_prop(rt, node, prop, norm, info)


class _Nodes(list[Any]):
    """The nodes that a subquery gave for an array."""


def _array_query(node: s_ast.EditProp, name: s_values.Value, ctx: s_compile.Compiler) -> s_values.Value:
    """The value of ``{ query }`` for a property: one value, or a list of them for an array."""
    plan = ctx.block(typing.cast(s_ast.SubqueryValue, node.value).query, fresh=True)
    single = ctx.value(node.value)

    async def run(rt: Runtime, path: Path | None) -> Any:
        if path is None:
            return await single.get(rt, path)
        prop = path.node.form.props.get(prop_name(node.prop, await name.get(rt, path)))
        if prop is None:
            return None  # the edit will say so
        if not prop.type.isarray:
            return await single.get(rt, path)
        inner, before = s_objects.scoped(rt, path)
        nodes = _Nodes()
        try:
            async for item in s_plan.singles(plan.run(inner)):
                nodes.append(item.node.valu)
                if len(nodes) > s_limits.STORM_ARRAY_NODES:
                    text = plan.text.strip()[:256]
                    mesg = f'Subquery used as a value yielded too many (>{s_limits.STORM_ARRAY_NODES}) nodes. {text}'
                    raise s_exc.BadTypeValu(mesg=mesg, text=text)
        except s_signals.Return as e:
            return e.valu
        finally:
            s_objects.leak(rt, inner, before)
        return nodes

    return s_values.Value(run, True, True, pure=False)


@_dispatch.register
def _edit_prop_del(node: s_ast.EditPropDel, ctx: s_compile.Compiler) -> Edit:
    spec = node.prop

    def edit(rt: Runtime, path: Path, name: Any) -> None:
        prop = req_prop(path.node, prop_name(spec, name), deleting=True)
        if path.node.form.isrunt:
            raise runt_error('Cannot delete read-only props on runt nodes', path.node, prop=prop.name)
        confirm_prop(rt, 'del', prop)
        rt.editor.del_prop(path.node, prop)

    return _with(edit, spec_name(spec, ctx))


# tags


def tag_names(valu: Any) -> list[Any]:
    """Return the tags of an edit: a list gives several."""
    return list(valu) if isinstance(valu, (list, tuple, set)) else [valu]


def norm_tag(rt: Runtime, tag: Any) -> str:
    """Return a normalised tag that the tag model allows. Raises: BadTypeValu."""
    if type(tag) is not str:
        raise s_lifts.bad_tag()
    return typing.cast(str, rt.model.reqType('syn:tag').norm(tag)[0])


def _tag_perm(rt: Runtime, text: Any) -> tuple[str, tuple[str, ...]]:
    """Return a normalised tag and the permission that adding it takes; a query remembers them. Raises: BadTypeValu."""
    known = rt.query.tags
    found = known.get(text) if type(text) is str else None
    if found is None:
        tag = norm_tag(rt, text)
        found = known[text] = (tag, ('node', 'tag', 'add', *tag.split('.')))
        if len(known) > s_limits.STORM_TAGS:
            known.clear()
    return found


UNTIMED = (None, None)


def norm_ival(rt: Runtime, tag: str, valu: Any) -> Any:
    """Return the interval of a tag, untimed for null. Raises: BadTypeValu with the tag."""
    if valu is UNTIMED or valu == (None, None) or valu == [None, None]:
        return (None, None)
    try:
        return rt.model.reqType('ival').norm(s_coerce.tostor(valu))[0]
    except s_exc.BadTypeValu as e:
        e.set('tag', tag)
        raise


@_dispatch.register
def _edit_tag(node: s_ast.EditTag, ctx: s_compile.Compiler) -> Edit:
    soft, softvalue = node.soft, node.softvalue
    tag_value = ctx.name(node.tag)
    value = s_values.const(UNTIMED) if node.value is None else ctx.value(node.value)

    def edit(rt: Runtime, path: Path, tags: Any, valu: Any) -> None:
        for item in tag_names(tags):
            try:
                tag, perm = _tag_perm(rt, item)
                rt.confirm_edit(*perm)
                try:
                    ival = norm_ival(rt, tag, valu)
                except s_exc.BadTypeValu:
                    if not softvalue:
                        raise
                    ival = (None, None)
                rt.editor.add_tag(path.node, tag, ival)
            except s_exc.BadTypeValu:
                if not soft:
                    raise

    return _with(edit, tag_value, value)


@_dispatch.register
def _edit_tag_del(node: s_ast.EditTagDel, ctx: s_compile.Compiler) -> Edit:
    def edit(rt: Runtime, path: Path, tags: Any) -> None:
        if path.node.form.isrunt:
            raise runt_error('Cannot delete tags from runt nodes.', path.node, tag=s_coerce.text(tags))
        for item in tag_names(tags):
            try:
                tag = s_lifts.norm_tag(rt, item)
            except s_exc.BadTypeValu:
                continue  # no node has such a tag
            rt.confirm_edit('node', 'tag', 'del', *tag.split('.'))
            rt.editor.del_tag(path.node, tag)

    return _with(edit, ctx.name(node.tag))


@_dispatch.register
def _edit_tagprop(node: s_ast.EditTagProp, ctx: s_compile.Compiler) -> Edit:
    soft = node.soft

    def edit(rt: Runtime, path: Path, tags: Any, name: Any, valu: Any) -> None:
        if path.node.form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot edit runt nodes: {path.node.form.name}.')
        tag = norm_tag(rt, tags)
        rt.confirm_edit('node', 'tag', 'add', *tag.split('.'))
        prop = rt.model.tagprops.get(s_coerce.tostr(name))
        if prop is None:
            raise s_exc.NoSuchTagProp(mesg=f'Tagprop {name} does not exist in this Cortex.')
        try:
            norm = prop.type.norm(s_coerce.tostor(valu))[0]
        except s_exc.BadTypeValu:
            if soft:
                return
            raise
        rt.editor.set_tagprop(path.node, tag, prop, norm)

    return _with(edit, ctx.name(node.tag), ctx.name(node.prop), ctx.value(node.value))


@_dispatch.register
def _edit_tagprop_del(node: s_ast.EditTagPropDel, ctx: s_compile.Compiler) -> Edit:
    def edit(rt: Runtime, path: Path, tags: Any, name: Any) -> None:
        prop = rt.model.tagprops.get(s_coerce.tostr(name))
        if prop is None:
            raise s_exc.NoSuchTagProp(name=name)
        for item in tag_names(tags):
            tag = s_lifts.norm_tag(rt, item)
            rt.confirm_edit('node', 'tag', 'del', *tag.split('.'))
            rt.editor.del_tagprop(path.node, tag, prop.name)

    return _with(edit, ctx.name(node.tag), ctx.name(node.prop))


# edges


def verb_text(valu: Any) -> str:
    """Return the verb of an edge from a value."""
    return 'None' if valu is None else s_coerce.tostr(valu)


@_dispatch.register
def _edit_edge(node: s_ast.EditEdge, ctx: s_compile.Compiler) -> Edit:
    verb = ctx.value(node.verb)
    plan = ctx.block(node.nodes, fresh=True) if isinstance(node.nodes, s_ast.Query) else None
    value = None if isinstance(node.nodes, s_ast.Query) else ctx.value(node.nodes)
    perm = 'del' if node.delete else 'add'
    reverse, delete = node.reverse, node.delete

    async def edit(rt: Runtime, path: Path) -> None:
        name = verb_text(await verb.get(rt, path))
        rt.confirm_edit('node', 'edge', perm, name)
        editor, source = rt.editor, path.node
        if source.form.isrunt:
            raise s_exc.IsRuntForm(
                mesg=f'Edges cannot be used with runt nodes: {source.form.name}', form=source.form.name
            )
        if plan is not None:
            inner, before = s_objects.scoped(rt, path)
            async for batch in plan.run(inner):
                for item in batch:
                    _edge(editor, source, name, item.node, reverse, delete)
            s_objects.leak(rt, inner, before)
            return
        for other in await edge_nodes(rt, await typing.cast(s_values.Value, value).get(rt, path)):
            _edge(editor, source, name, other, reverse, delete)

    return edit


def _edge(
    editor: s_view.Editor, source: s_view.Node, verb: str, other: s_view.Node, reverse: bool, delete: bool
) -> None:
    if other.form.isrunt:
        raise s_exc.IsRuntForm(mesg=f'Edges cannot be used with runt nodes: {other.form.name}', form=other.form.name)
    if reverse:
        editor.edge(other, verb, source.iden, delete)
    else:
        editor.edge(source, verb, other.iden, delete)


async def edge_nodes(rt: Runtime, valu: Any) -> list[s_view.Node]:
    """Return the nodes that a value names: nodes, idens, lists, query objects. Raises: BadArg."""
    if isinstance(valu, s_view.Node):
        return [valu]
    if isinstance(valu, str):
        iden = node_iden(valu)
        node = rt.editor.node_by_iden(iden)
        return [] if node is None else [node]
    nodes: list[s_view.Node] = []
    if valu is None or isinstance(valu, (int, dict, decimal.Decimal)):
        return nodes
    async for item in s_objects.iterate(rt, valu):
        nodes.extend(await edge_nodes(rt, item))
    return nodes


def node_iden(text: str) -> bytes:
    """Return the bytes of a node iden in hex. Raises: BadLiftValu."""
    try:
        iden = bytes.fromhex(text)
    except ValueError as e:
        raise s_exc.BadLiftValu(mesg=f'Yield string must be iden in hexdecimal. Got: {text!r}') from e
    if len(iden) != 32:
        raise s_exc.BadLiftValu(mesg=f'Yield string must be iden in hexdecimal. Got: {text!r}')
    return iden
