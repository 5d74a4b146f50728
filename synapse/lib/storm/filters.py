"""Filters (spec: storm-language.md 4).

A condition compiles to a ``Cond``: a factory that, given the runtime and the values of its operands, returns a test
of one path. Operands that cannot depend on the node are evaluated once for a run, and the comparison is prepared
once; others for each node.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.values as s_values

Any = typing.Any
Path = s_runtime.Path
Runtime = s_runtime.Runtime
Test = typing.Callable[[Path], bool]


class Cond:
    """A compiled condition.

    ``make(rt, valu)`` returns the immediate test for an operand; ``value`` is the operand. ``quiet``: nobody can see
    when it is tested. ``check(rt)`` raises what is wrong with it whether or not there are nodes.
    """

    def __init__(
        self,
        make: typing.Callable[[Runtime, Any], Test],
        value: s_values.Value,
        check: typing.Callable[[Runtime], Any] | None = None,
    ) -> None:
        self.make = make
        self.value = value
        self.quiet = value.pure
        self.check = check

    async def prepare(self, rt: Runtime) -> Test | None:
        """Return the test for all paths of a run, or None if it must be asked for each path."""
        if not self.value.runtsafe or not self.quiet:
            return None
        return self.make(rt, await self.value.get(rt, None))

    async def test(self, rt: Runtime, path: Path) -> bool:
        """Test one path."""
        return self.make(rt, await self.value.get(rt, path))(path)


class AsyncCond(Cond):
    """A condition that is a coroutine function of (rt, path)."""

    def __init__(self, func: typing.Callable[[Runtime, Path], typing.Awaitable[bool]], quiet: bool) -> None:
        self.func = func
        self.quiet = quiet
        self.check = None

    async def prepare(self, rt: Runtime) -> Test | None:
        return None

    async def test(self, rt: Runtime, path: Path) -> bool:
        return await self.func(rt, path)


class BoolCond(Cond):
    """``and`` / ``or``, strictly left to right, short-circuit."""

    def __init__(self, stop: bool, left: Cond, right: Cond) -> None:
        self.stop = stop
        self.left = left
        self.right = right
        self.quiet = left.quiet and right.quiet
        self.check = _check_all([cond.check for cond in (left, right) if cond.check is not None])

    async def prepare(self, rt: Runtime) -> Test | None:
        left = await self.left.prepare(rt)
        if left is None:
            return None
        try:
            right = await self.right.prepare(rt)
        except s_exc.SynErr:  # it matters only if the left side does not decide
            return None
        if right is None:
            return None
        if self.stop:
            return lambda path: left(path) or right(path)
        return lambda path: left(path) and right(path)

    async def test(self, rt: Runtime, path: Path) -> bool:
        if await self.left.test(rt, path) is self.stop:
            return self.stop
        return await self.right.test(rt, path)


class NotCond(Cond):
    """``not``."""

    def __init__(self, cond: Cond) -> None:
        self.cond = cond
        self.quiet = cond.quiet
        self.check = cond.check

    async def prepare(self, rt: Runtime) -> Test | None:
        test = await self.cond.prepare(rt)
        return None if test is None else lambda path: not test(path)

    async def test(self, rt: Runtime, path: Path) -> bool:
        return not await self.cond.test(rt, path)


def _check_all(checks: list[typing.Callable[[Runtime], Any]]) -> typing.Callable[[Runtime], Any] | None:
    return (lambda rt: [check(rt) for check in checks]) if checks else None


class Filter(s_plan.Oper):
    """Keeps or drops paths by a condition."""

    def __init__(self, want: bool, cond: Cond, index: Any = None) -> None:
        self.want = want
        self.cond = cond
        self.index = index  # how an index answers it (optimize.Index)
        self.quiet = cond.quiet

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        if self.cond.check is not None:
            self.cond.check(rt)
        if genr is None:
            return
        want = self.want
        if not self.quiet:
            async for path in s_plan.singles(genr):
                if await self.cond.test(rt, path) is want:
                    yield [path]
            return
        test: Test | None = None
        first = True
        async for batch in genr:
            if first:
                test, first = await self.cond.prepare(rt), False
            kept: list[Path] = []
            try:
                if test is not None:
                    kept = [path for path in batch if test(path) is want]
                else:
                    for path in batch:
                        if await self.cond.test(rt, path) is want:
                            kept.append(path)
            except s_exc.SynErr:
                if test is not None:
                    kept = _until_error(test, want, batch)
                if kept:
                    yield kept
                raise
            if kept:
                yield kept


def _until_error(test: Test, want: bool, batch: list[Path]) -> list[Path]:
    """Return what a filter keeps of a batch before the path that it fails at."""
    kept = []
    for path in batch:
        try:
            if test(path) is want:
                kept.append(path)
        except s_exc.SynErr:
            break
    return kept


@s_compile.compiles
def _filter(node: s_ast.Filter, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Filter(node.want, compile_cond(node.cond, ctx), ctx.index_of(node.cond))


def compile_cond(node: s_ast.Cond, ctx: s_compile.Compiler) -> Cond:
    """Compile a condition."""
    cond: Cond = _dispatch(node, ctx)
    return cond


@functools.singledispatch
def _dispatch(node: s_ast.Cond, ctx: s_compile.Compiler) -> Cond:
    raise s_exc.BadSyntax(mesg=f'Not a condition: {type(node).__name__}.')


_NOVALUE = s_values.const(None)


def _operand(node: Any, ctx: s_compile.Compiler) -> s_values.Value:
    return _NOVALUE if node.value is None else ctx.operand(node.value)


def _pair(*values: s_values.Value) -> s_values.Value:
    return s_values.combine(lambda *args: args, *values)


def compare(typ: Any, cmpr: str, valu: Any) -> typing.Callable[[Any], bool]:
    """Return the comparison of a stored value with an operand. Raises: NoSuchCmpr, BadTypeValu."""
    valu = s_coerce.tostor(valu)
    if valu is None:
        return lambda have: False
    return typing.cast('typing.Callable[[Any], bool]', typ.cmpr(cmpr, valu))


# names


@_dispatch.register
def _cond_name(node: s_ast.CondName, ctx: s_compile.Compiler) -> Cond:
    cmpr = node.cmpr
    resolve = s_lifts.props_named if cmpr is None else s_lifts.valued

    def make(rt: Runtime, args: tuple[Any, Any]) -> Test:
        items = resolve(rt.model, s_lifts.name_text(args[0]))
        forms = {(item.name if s_lifts.is_form(item) else item.form.name): item for item in items}
        if cmpr is None:
            return lambda path: _has(forms.get(path.node.form.name), path.node)
        func = _lazy(items[0].type, cmpr, args[1])

        def test(path: Path) -> bool:
            item = forms.get(path.node.form.name)
            if item is None:
                return False
            have = path.node.valu if s_lifts.is_form(item) else path.node.props.get(item.name)
            return have is not None and func()(have)

        return test

    def check(rt: Runtime) -> None:
        if isinstance(node.name, str):
            resolve(rt.model, node.name)

    return Cond(make, _pair(ctx.name(node.name), _operand(node, ctx)), check)


def _lazy(typ: Any, cmpr: str, valu: Any) -> typing.Callable[[], typing.Callable[[Any], bool]]:
    """Return what makes a comparison with the first value that there is to compare: its operand may be wrong.

    Raises: NoSuchCmpr.
    """
    typ.cmpr(cmpr, None)
    return functools.cache(lambda: compare(typ, cmpr, valu))


def _has(item: Any, node: Any) -> bool:
    if item is None:
        return False
    return s_lifts.is_form(item) or item.name in node.props


# properties


@_dispatch.register
def _cond_prop(node: s_ast.CondProp, ctx: s_compile.Compiler) -> Cond:
    cmpr, hops, univ = node.cmpr, node.prop.hops, node.prop.univ
    computed = not isinstance(node.prop.name, str)

    def make(rt: Runtime, args: tuple[Any, Any]) -> Test:
        *more, name = s_coerce.tostr(args[0]).split('::')
        if computed and univ and not name.startswith('.'):
            name = f'.{name}'
        if hops or more:
            return _hop_test(rt, (*hops, *more), name, cmpr, args[1])
        if cmpr is None:
            return lambda path: name in path.node.props
        return _prop_test(name, cmpr, args[1])

    return Cond(make, _pair(ctx.name(node.prop.name), _operand(node, ctx)))


def _prop_test(name: str, cmpr: str, valu: Any) -> Test:
    funcs: dict[str, typing.Callable[[], typing.Callable[[Any], bool]]] = {}

    def test(path: Path) -> bool:
        node = path.node
        form = node.form
        func = funcs.get(form.name)
        if func is None:
            prop = form.props.get(name)
            if prop is None:
                raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name, form=form.name)
            func = funcs[form.name] = functools.cache(functools.partial(compare, prop.type, cmpr, valu))
        have = node.props.get(name)
        return have is not None and func()(have)

    return test


def _hop_test(rt: Runtime, hops: tuple[str, ...], name: str, cmpr: str | None, valu: Any) -> Test:
    def test(path: Path) -> bool:
        node = s_values.hop(rt, path.node, hops)
        if node is None:
            return False
        have = node.props.get(name)
        if have is None or cmpr is None:
            return have is not None
        return compare(node.form.props[name].type, cmpr, valu)(have)

    return test


@_dispatch.register
def _cond_array(node: s_ast.CondArray, ctx: s_compile.Compiler) -> Cond:
    spec: Any = node.prop
    absolute = not isinstance(spec, s_ast.PropValue)
    hops = () if absolute else spec.hops
    name = ctx.name(spec if absolute else spec.name)
    cmpr = node.cmpr

    def make(rt: Runtime, args: tuple[Any, Any]) -> Test:
        text = s_coerce.tostr(args[0])
        only: str | None = None
        if absolute:
            prop: Any = rt.model.prop(text)
            if prop is None:
                raise s_exc.NoSuchProp(mesg=f'No property named {text}.', name=text)
            only, text = prop.form.name, prop.name

        def test(path: Path) -> bool:
            item = s_values.hop(rt, path.node, hops)
            if item is None or (only is not None and item.form.name != only):
                return False
            prop = item.form.props.get(text)
            if prop is None:
                raise s_exc.NoSuchProp(mesg=f'No property named {text}.', name=text)
            if not prop.type.isarray:
                raise s_exc.BadCmprType(mesg=f'Array filter syntax is invalid for non-array prop {prop.name}.')
            have = item.props.get(text)
            if have is None:
                return False
            func = compare(prop.type.itemtype, cmpr, args[1])
            return any(func(part) for part in have)

        return test

    return Cond(make, _pair(name, ctx.value(node.value)))


# tags


def tag_matcher(glob: str) -> typing.Callable[[str], bool]:
    """Return the test of a tag glob: ``*`` stays within one segment, ``**`` crosses dots."""
    if glob == '*':
        return lambda tag: True
    parts = re.split(r'(\*+)', glob)
    text = ''.join(('[^.]+?' if p == '*' else '.+') if p and not p.strip('*') else re.escape(p) for p in parts)
    match = re.compile(text).fullmatch
    return lambda tag: match(tag) is not None


def shell_matcher(glob: str) -> typing.Callable[[str], bool]:
    """Return the test of a shell-style glob, where ``*`` crosses dots (tag pivots)."""
    match = re.compile(fnmatch.translate(glob)).fullmatch
    return lambda tag: match(tag) is not None


def tag_text(valu: Any) -> str:
    """Return the name of a tag (or a glob) from a value. Raises: BadTypeValu."""
    if not isinstance(valu, str):
        raise s_lifts.bad_tag()
    return valu


def wild_error(tag: str) -> s_exc.SynErr:
    """Return the error for a comparison of a tag glob."""
    mesg = f'Wildcard tag names may not be used in conjunction with tag value comparison: {tag}'
    return s_exc.StormRuntimeError(mesg=mesg, name=tag)


@_dispatch.register
def _cond_tag(node: s_ast.CondTag, ctx: s_compile.Compiler) -> Cond:
    cmpr = node.cmpr
    if cmpr is not None and isinstance(node.tag, str) and '*' in node.tag:
        raise s_exc.BadSyntax(mesg='Tag comparisons do not support wildcards.', at=node.span[0])

    def make(rt: Runtime, args: tuple[Any, Any]) -> Test:
        tag = tag_text(args[0])
        if '*' in tag:
            if cmpr is not None:
                raise wild_error(tag)
            match = tag_matcher(tag)
            return lambda path: any(map(match, path.node.tags))
        tag = s_lifts.norm_tag(rt, tag)
        if cmpr is None:
            return lambda path: tag in path.node.tags
        func = s_lifts.tag_test(rt, tag, cmpr, args[1])
        return lambda path: func(path.node)

    return Cond(make, _pair(ctx.name(node.tag), _operand(node, ctx)))


@_dispatch.register
def _cond_tagprop(node: s_ast.CondTagProp, ctx: s_compile.Compiler) -> Cond:
    cmpr = node.cmpr

    def make(rt: Runtime, args: tuple[Any, Any, Any]) -> Test:
        tag, name = tag_text(args[0]), s_lifts.name_text(args[1])
        if '*' in tag:
            if cmpr is not None:
                raise wild_error(tag)
            match = tag_matcher(tag)
            return lambda path: any(name in props and match(tag) for tag, props in path.node.tagprops.items())
        tag = s_lifts.norm_tag(rt, tag)
        if cmpr is None:
            return lambda path: name in path.node.tagprops.get(tag, ())
        prop = rt.model.tagprops.get(name)
        if prop is None:
            raise s_exc.NoSuchTagProp(mesg=f'No such tag property: {name}', name=name)
        func = _lazy(prop.type, cmpr, args[2])

        def test(path: Path) -> bool:
            have = path.node.tagprops.get(tag, {}).get(name)
            return have is not None and func()(have)

        return test

    return Cond(make, _pair(ctx.name(node.tag), ctx.name(node.prop), _operand(node, ctx)))


# values, queries, logic


@_dispatch.register
def _cond_value(node: s_ast.CondValue, ctx: s_compile.Compiler) -> Cond:
    valu = ctx.value(node.value)

    async def test(rt: Runtime, path: Path) -> bool:
        return s_coerce.tobool(await valu.get(rt, path))

    return AsyncCond(test, valu.pure)


@_dispatch.register
def _cond_not(node: s_ast.CondNot, ctx: s_compile.Compiler) -> Cond:
    return NotCond(compile_cond(node.cond, ctx))


@_dispatch.register
def _cond_bool(node: s_ast.CondBool, ctx: s_compile.Compiler) -> Cond:
    return BoolCond(node.op == 'or', compile_cond(node.left, ctx), compile_cond(node.right, ctx))


_COUNTS: dict[str, tuple[typing.Callable[[int, int], bool], int]] = {
    # comparison, and how many nodes beyond the operand decide it
    '=': (lambda a, b: a == b, 1),
    '!=': (lambda a, b: a != b, 1),
    '<': (lambda a, b: a < b, 0),
    '>': (lambda a, b: a > b, 1),
    '<=': (lambda a, b: a <= b, 1),
    '>=': (lambda a, b: a >= b, 0),
}


@_dispatch.register
def _cond_query(node: s_ast.CondQuery, ctx: s_compile.Compiler) -> Cond:
    plan = ctx.block(node.query)
    cmpr, quiet = node.cmpr, all(oper.quiet for oper in plan.opers)
    if cmpr is None:

        async def exists(rt: Runtime, path: Path) -> bool:
            return bool(await count_query(rt, path, plan, 1))

        return AsyncCond(exists, quiet)
    valu = _operand(node, ctx)

    async def test(rt: Runtime, path: Path) -> bool:
        found = _COUNTS.get(cmpr)
        if found is None:
            raise s_exc.NoSuchCmpr(cmpr=cmpr, type='subquery')
        want = s_coerce.toint(await valu.get(rt, path))
        return found[0](await count_query(rt, path, plan, max(want, 0) + found[1]), want)

    return AsyncCond(test, quiet and valu.pure)


async def count_query(rt: Runtime, path: Path, plan: s_plan.Plan, limit: int) -> int:
    """Run a block on a path and count what it yields, up to a limit; the path keeps what it assigns."""
    count, last = 0, None
    genr = plan.run(rt, s_plan.one(path))
    try:
        async for item in s_plan.singles(genr):
            count, last = count + 1, item
            if count >= limit > 0:
                break
    finally:
        await genr.aclose()
    if last is not None:
        path.merge(last.vars)
    return count
