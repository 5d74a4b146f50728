"""Compiling values: a syntax tree of values becomes one Python callable (spec: storm-language.md 5).

Every compiled value is called as ``fn(rt, path)`` (``path`` is None where no node is). Most are plain functions;
those that may have to wait (calls of asynchronous functions, subqueries) are coroutine functions and say so with
``isasync``. ``combine`` hides the difference from those who put values together.
"""

from __future__ import annotations

import decimal
import functools
import operator
import types
import typing

import regex

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.highlight as s_highlight
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Fn = typing.Callable[[s_runtime.Runtime, s_runtime.Path | None], Any]
MISSING = s_runtime.MISSING


class Value:
    """A compiled value.

    ``runtsafe``: cannot depend on a node. ``const``: the value itself where it is constant, else MISSING. ``pure``:
    evaluating it changes nothing.
    """

    __slots__ = ('fn', 'isasync', 'runtsafe', 'const', 'pure')

    def __init__(
        self, fn: Fn, isasync: bool = False, runtsafe: bool = True, const: Any = MISSING, pure: bool = True
    ) -> None:
        self.fn = fn
        self.isasync = isasync
        self.runtsafe = runtsafe
        self.const = const
        self.pure = pure

    async def get(self, rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        """Evaluate, waiting if need be."""
        valu = self.fn(rt, path)
        return await valu if self.isasync else valu


def const(valu: Any) -> Value:
    """Return a constant."""
    return Value(lambda rt, path: valu, const=valu)


def combine(func: typing.Callable[..., Any], *values: Value) -> Value:
    """Return the value ``func(*values)``; func must be immediate and pure."""
    runtsafe = all(v.runtsafe for v in values)
    pure = all(v.pure for v in values)
    if any(v.isasync for v in values):

        async def waits(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
            return func(*[await v.get(rt, path) for v in values])

        return Value(waits, True, runtsafe, pure=pure)
    if len(values) == 1:
        one = values[0].fn
        return Value(lambda rt, path: func(one(rt, path)), False, runtsafe, pure=pure)
    if len(values) == 2:
        a, b = values[0].fn, values[1].fn
        return Value(lambda rt, path: func(a(rt, path), b(rt, path)), False, runtsafe, pure=pure)
    fns = [v.fn for v in values]
    return Value(lambda rt, path: func(*[fn(rt, path) for fn in fns]), False, runtsafe, pure=pure)


def compile_value(node: s_ast.Value, ctx: Any) -> Value:
    """Compile one value of the syntax tree. ``ctx`` is the compiler (compile.Compiler)."""
    valu: Value = _dispatch(node, ctx)
    if valu.const is not MISSING:  # never fails
        return valu
    start, end = node.span
    if isinstance(node, s_ast.Deref) and isinstance(node.name, str) and ctx.source(node).endswith(node.name):
        start = end - len(node.name)
    s_highlight.mark(valu.fn, (start, end))
    return valu


@functools.singledispatch
def _dispatch(node: s_ast.Node, ctx: Any) -> Value:
    raise s_exc.BadSyntax(mesg=f'Not a value: {type(node).__name__}.')


@_dispatch.register
def _const(node: s_ast.Const, ctx: Any) -> Value:
    return const(node.value)


@_dispatch.register
def _format(node: s_ast.FormatString, ctx: Any) -> Value:
    parts = [const(p) if isinstance(p, str) else ctx.value(p) for p in node.parts]

    def join(*valus: Any) -> str:
        texts = [s_coerce.text(v) for v in valus]
        if sum(map(len, texts)) > s_limits.STORM_TEXT_VALUE:
            raise s_exc.StormRuntimeError(mesg='The result of the format string is too large.')
        return ''.join(texts)

    return combine(join, *parts)


@_dispatch.register
def _variable(node: s_ast.VarValue, ctx: Any) -> Value:
    name = node.name
    runtsafe = ctx.runtsafe(node)

    def missing(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        if name == 'node' and path is not None:
            return path.node
        if name == 'path' and path is not None:
            return s_objects.PathObj(path)
        if name == 'lib':
            return s_objects.LIB
        valu = rt.lookup(name)
        if valu is MISSING:
            kind = 'Runtsafe' if runtsafe else 'Non-runtsafe'
            mesg = f'{kind} variable used before assignment: {name}'
            raise s_exc.NoSuchVar(mesg=mesg, name=name, runtsafe=runtsafe)
        return valu

    def get(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        if path is not None:
            valu = path.vars.get(name, MISSING)
            if valu is not MISSING:
                return valu
        valu = rt.vars.get(name, MISSING)
        return missing(rt, path) if valu is MISSING else valu

    return Value(get, False, runtsafe)


# node values


@_dispatch.register
def _prop(node: s_ast.PropValue, ctx: Any) -> Value:
    if not isinstance(node.name, str):
        return combine_path(functools.partial(_named_prop, node.univ, node.hops), ctx.value(node.name))
    return Value(lambda rt, path: _prop_value(rt, path, typing.cast(str, node.name), node.hops), False, False)


def _named_prop(
    univ: bool, hops: tuple[str, ...], rt: s_runtime.Runtime, path: s_runtime.Path | None, valu: Any
) -> Any:
    *more, name = _univ_name(valu, univ).split('::')
    return _prop_value(rt, path, name, (*hops, *more))


def _univ_name(valu: Any, univ: bool) -> str:
    text = s_coerce.tostr(valu)
    return f'.{text}' if univ and not text.startswith('.') else text


def combine_path(func: typing.Callable[..., Any], *values: Value) -> Value:
    """As combine, for functions that take the runtime and the path first; never runtsafe."""
    if any(v.isasync for v in values):

        async def waits(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
            return func(rt, path, *[await v.get(rt, path) for v in values])

        return Value(waits, True, False)
    fns = [v.fn for v in values]
    return Value(lambda rt, path: func(rt, path, *[fn(rt, path) for fn in fns]), False, False)


def _prop_value(rt: s_runtime.Runtime, path: s_runtime.Path | None, name: str, hops: tuple[str, ...] = ()) -> Any:
    if path is None:
        return None
    if hops:
        node = hop(rt, path.node, hops)
        return None if node is None else _stored(node, name, node.props.get(name))
    valu = path.node.props.get(name)
    if valu is None and name not in path.node.form.props:
        raise s_exc.NoSuchProp(mesg=f'No property named {name}.', name=name, form=path.node.form.name)
    return valu if type(valu) in _SCALAR else _stored(path.node, name, valu)


def _stored(node: Any, name: str, valu: Any) -> Any:
    """Return the stored value of a property: a list of its own for an array, any other tuple as it is."""
    prop = node.form.props.get(name)
    return s_coerce.wrap(valu) if prop is None or prop.isarray else s_coerce.keep(valu)


_SCALAR = (str, int, types.NoneType)


def hop(rt: s_runtime.Runtime | s_runtime.Query, node: Any, hops: typing.Sequence[str]) -> Any:
    """Follow properties from node to node, also to those that the query has just added; None when one is unset,
    unknown or leads nowhere. Raises: NoSuchForm.
    """
    for name in hops:
        prop = node.form.props.get(name)
        if prop is None:
            return None
        valu = node.props.get(name)
        if valu is None:
            return None
        if prop.isndef:
            form, valu = valu
        elif prop.isarray:
            return None
        elif prop.refform is None:
            raise s_exc.NoSuchForm(mesg=f'No form named {prop.type.name}.', name=prop.type.name)
        else:
            form = prop.refform
        node = rt.editor.node_by_ndef(form, valu)
        if node is None:
            return None
    return node


@_dispatch.register
def _tag(node: s_ast.TagValue, ctx: Any) -> Value:
    def get(rt: s_runtime.Runtime, path: s_runtime.Path | None, tag: str) -> Any:
        return None if path is None else path.node.tags.get(tag)

    return combine_path(get, ctx.name(node.tag))


@_dispatch.register
def _tagprop(node: s_ast.TagPropValue, ctx: Any) -> Value:
    def get(rt: s_runtime.Runtime, path: s_runtime.Path | None, tag: str, prop: str) -> Any:
        if path is None:
            return None
        return s_coerce.wrap(path.node.tagprops.get(tag, {}).get(prop))

    return combine_path(get, ctx.name(node.tag), ctx.name(node.prop))


@_dispatch.register
def _tagparts(node: s_ast.TagParts, ctx: Any) -> Value:
    parts = [ctx.name(part) for part in node.parts]
    names = [ctx.source(part) if isinstance(part, s_ast.Node) else part for part in node.parts]

    def join(*valus: Any) -> str:
        if None in valus:
            mesg = f'Null value from var {names[valus.index(None)]} is not allowed in tag names.'
            raise s_exc.BadTypeValu(mesg=mesg)
        return '.'.join([s_coerce.text(v) for v in valus])

    return combine(join, *parts)


# containers


@_dispatch.register
def _list(node: s_ast.ListValue, ctx: Any) -> Value:
    return combine(lambda *valus: list(valus), *[ctx.value(item) for item in node.items])


@_dispatch.register
def _dict(node: s_ast.DictValue, ctx: Any) -> Value:
    items = [ctx.value(part) for item in node.items for part in item]

    def make(*valus: Any) -> dict[Any, Any]:
        for key in valus[::2]:
            if isinstance(key, (list, dict, set)):
                raise s_exc.BadArg(mesg='Mutable values are not allowed as dictionary keys', name=s_coerce.text(key))
        return dict(zip(valus[::2], valus[1::2], strict=True))

    return combine(make, *items)


# operators


def _arith(func: typing.Callable[[Any, Any], Any]) -> typing.Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        if type(a) is int and type(b) is int:
            return func(a, b)
        return _number_op(func, a, b)

    return apply


def _number_op(func: typing.Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    a, b = s_coerce.tonumber(a), s_coerce.tonumber(b)
    try:
        with decimal.localcontext(s_coerce.CONTEXT):
            return func(a, b)
    except (decimal.DivisionByZero, ZeroDivisionError) as e:
        raise _no_division() from e
    except decimal.InvalidOperation as e:
        raise s_exc.StormRuntimeError(mesg='Invalid operation on a Number') from e
    except (OverflowError, decimal.Overflow) as e:
        raise s_exc.StormRuntimeError(mesg='The result of the operation is too large.') from e


def _no_division() -> s_exc.SynErr:
    return s_parts.tell(s_exc.StormRuntimeError(mesg='Cannot divide by zero'), 'right')


def _div(a: Any, b: Any) -> Any:
    if b == 0:
        raise _no_division()
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    return decimal.Decimal(a) / decimal.Decimal(b)


def _mod(a: Any, b: Any) -> Any:
    if b == 0:
        raise _no_division()
    if isinstance(a, int) and isinstance(b, int):
        return a % b
    a, b = decimal.Decimal(a), decimal.Decimal(b)
    return a - b * (a / b).to_integral_value(decimal.ROUND_FLOOR)


_MAX_BITS = 1 << 20  # a product or power beyond a million bits is an accident or an attack


def _pow(a: Any, b: Any) -> Any:
    if a == 0 and b < 0:
        raise _no_division()
    if isinstance(a, int) and isinstance(b, int):
        if b < 0:
            return decimal.Decimal(a) ** b
        if a.bit_length() * b > _MAX_BITS:
            raise s_exc.StormRuntimeError(mesg='The result of the operation is too large.')
        return a**b
    return decimal.Decimal(a) ** decimal.Decimal(b)


def _mul(a: Any, b: Any) -> Any:
    if isinstance(a, int) and isinstance(b, int):
        if a.bit_length() + b.bit_length() > _MAX_BITS:
            raise s_exc.StormRuntimeError(mesg='The result of the operation is too large.')
        return a * b
    return decimal.Decimal(a) * decimal.Decimal(b)


def _compare(func: typing.Callable[[Any, Any], bool]) -> typing.Callable[[Any, Any], bool]:
    def apply(a: Any, b: Any) -> bool:
        if type(a) is int and type(b) is int:
            return func(a, b)
        return func(s_coerce.tonumber(a), s_coerce.tonumber(b))

    return apply


@functools.lru_cache(maxsize=512)
def compile_regex(text: str, flags: int = 0) -> typing.Any:
    """Compile a regular expression, with a limit on its size. Raises: BadArg."""
    try:
        return regex.compile(text, flags)
    except (regex.error, RecursionError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'Invalid regular expression {text!r}: {e}') from e


def search(pattern: str, text: str, flags: int = regex.IGNORECASE) -> bool:
    """Search a regular expression with a bound on time. Raises: BadArg, StormRuntimeError."""
    try:
        return compile_regex(pattern, flags).search(text, timeout=1.0) is not None
    except TimeoutError as e:
        raise s_exc.StormRuntimeError(mesg=f'Regular expression took too long: {pattern!r}') from e


_BINARY: dict[str, typing.Callable[[Any, Any], Any]] = {
    '+': _arith(operator.add),
    '-': _arith(operator.sub),
    '*': _arith(_mul),
    '/': _arith(_div),
    '%': _arith(_mod),
    '**': _arith(_pow),
    '=': s_coerce.same,
    '!=': lambda a, b: not s_coerce.same(a, b),
    '<': _compare(operator.lt),
    '>': _compare(operator.gt),
    '<=': _compare(operator.le),
    '>=': _compare(operator.ge),
    '^=': lambda a, b: s_coerce.tostr(a).startswith(s_coerce.tostr(b)),
    '~=': lambda a, b: search(s_coerce.tostr(b), s_coerce.tostr(a)),
}


@_dispatch.register
def _binary(node: s_ast.BinaryOp, ctx: Any) -> Value:
    left, right = ctx.value(node.left), ctx.value(node.right)
    if node.op in ('and', 'or'):
        return _logic(node.op == 'or', left, right)
    func = _BINARY.get(node.op)
    if func is None:
        raise s_exc.NoSuchCmpr(mesg=f'No such operator: {node.op}', cmpr=node.op)
    return combine(func, left, right)


def _logic(stop: bool, left: Value, right: Value) -> Value:
    runtsafe = left.runtsafe and right.runtsafe
    pure = left.pure and right.pure
    tobool = s_coerce.tobool
    if left.isasync or right.isasync:

        async def waits(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> bool:
            if tobool(await left.get(rt, path)) is stop:
                return stop
            return tobool(await right.get(rt, path))

        return Value(waits, True, runtsafe, pure=pure)
    lfn, rfn = left.fn, right.fn
    return Value(
        lambda rt, path: stop if tobool(lfn(rt, path)) is stop else tobool(rfn(rt, path)), False, runtsafe, pure=pure
    )


@_dispatch.register
def _unary(node: s_ast.UnaryOp, ctx: Any) -> Value:
    valu = ctx.value(node.value)
    if node.op == 'not':
        return combine(lambda v: not s_coerce.tobool(v), valu)
    return combine(lambda v: -s_coerce.tonumber(v), valu)


# dereference and calls


@_dispatch.register
def _deref(node: s_ast.Deref, ctx: Any) -> Value:
    path = static_path(node, ctx)
    if path is not None:
        found = s_objects.find_lib(path)
        if found is not None and found.static is not MISSING:
            return const(found.static)
    base, name = ctx.value(node.base), ctx.name(node.name)
    isasync = base.isasync or name.isasync
    runtsafe = base.runtsafe and name.runtsafe
    deref = s_objects.deref
    if isasync or not s_objects.is_plain_name(name.const):

        async def waits(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
            valu = deref(rt, await base.get(rt, path), await name.get(rt, path))
            return await valu if isinstance(valu, types.CoroutineType) else valu

        return Value(waits, True, runtsafe)
    bfn, key = base.fn, name.const
    return Value(lambda rt, path: deref(rt, bfn(rt, path), key), False, runtsafe)


def static_path(node: s_ast.Value, ctx: Any) -> str | None:
    """Return the dotted name when a dereference spells a library name (``$lib.time.now``) and $lib is not shadowed."""
    parts: list[str] = []
    while isinstance(node, s_ast.Deref):
        if not isinstance(node.name, str):
            return None
        parts.append(node.name)
        node = node.base
    if isinstance(node, s_ast.VarValue) and node.name == 'lib' and not ctx.assigned('lib'):
        return '.'.join(['$lib', *reversed(parts)])
    return None


@_dispatch.register
def _call(node: s_ast.Call, ctx: Any) -> Value:
    args = [ctx.value(arg) for arg in node.args]
    kwargs = [(name, ctx.value(arg)) for name, arg in node.kwargs]
    every = [*args, *(valu for _, valu in kwargs)]
    runtsafe = all(v.runtsafe for v in every)
    text = ctx.source(node).lstrip('$ ')
    path = static_path(node.func, ctx)
    if path is not None:
        found = s_objects.find_lib(path)
        if found is not None and found.func is not None:
            return _static_call(found, args, kwargs, runtsafe, every)
    found = _node_method(node.func, ctx)
    if found is not None:
        receiver = combine(functools.partial(_req_node, found), ctx.value(typing.cast(s_ast.Deref, node.func).base))
        return _static_call(found, [receiver, *args], kwargs, False, [receiver, *every])
    ctx.impure()
    func = ctx.value(node.func)

    async def call(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        target = func.fn(rt, path)
        if func.isasync:
            target = await target
        argv = [await v.get(rt, path) if v.isasync else v.fn(rt, path) for v in args]
        argk = {name: await v.get(rt, path) for name, v in kwargs}
        return await s_objects.call(rt, path, target, argv, argk, text)

    return Value(call, True, runtsafe and func.runtsafe, pure=False)


def _node_method(func: s_ast.Value, ctx: Any) -> s_objects.Func | None:
    """Return the method that ``$node.name`` spells, if it only looks at the node and $node is not shadowed."""
    if not (isinstance(func, s_ast.Deref) and isinstance(func.name, str) and isinstance(func.base, s_ast.VarValue)):
        return None
    if func.base.name != 'node' or ctx.assigned('node'):
        return None
    found = s_registry.TYPES['node'].get(func.name)
    return found if found is not None and found.pure and not found.getter else None


def _req_node(method: s_objects.Func, valu: Any) -> s_view.Node:
    if type(valu) is not s_view.Node:  # the variable was set in a way that the text does not show
        raise s_objects.no_such_name(method.name.rpartition('.')[2], valu)
    return valu


def _static_call(
    found: s_objects.Func,
    args: list[Value],
    kwargs: list[tuple[str, Value]],
    runtsafe: bool,
    every: list[Value],
) -> Value:
    func = found.checked(len(args) + 1 - found.own, [name for name, _ in kwargs])
    pure = found.pure and all(v.pure for v in every)
    if found.isasync or any(v.isasync for v in every):

        async def waits(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
            argv = [await v.get(rt, path) if v.isasync else v.fn(rt, path) for v in args]
            argk = {name: await v.get(rt, path) for name, v in kwargs}
            found.check_readonly(rt)
            valu = func(rt, *argv, **argk)
            return await valu if isinstance(valu, types.CoroutineType) else valu

        return Value(waits, True, runtsafe, pure=pure)
    fns = [v.fn for v in args]
    kfns = [(name, v.fn) for name, v in kwargs]
    if found.readonly and not kfns:
        if len(fns) == 1:
            one = fns[0]
            return Value(lambda rt, path: func(rt, one(rt, path)), False, runtsafe, pure=pure)
        return Value(lambda rt, path: func(rt, *[fn(rt, path) for fn in fns]), False, runtsafe, pure=pure)

    def call(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        found.check_readonly(rt)
        return func(rt, *[fn(rt, path) for fn in fns], **{name: fn(rt, path) for name, fn in kfns})

    return Value(call, False, runtsafe, pure=pure)


# queries as values


@_dispatch.register
def _argquery(node: s_ast.ArgQuery, ctx: Any) -> Value:
    return const(node.query.text.strip())


@_dispatch.register
def _queryvalue(node: s_ast.QueryValue, ctx: Any) -> Value:
    query = node.query
    ctx.impure()  # whoever runs it may edit

    def make(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        return s_objects.QueryObj(query, s_objects.capture(rt, path))

    return Value(make, False, True)


@_dispatch.register
def _subquery(node: s_ast.SubqueryValue, ctx: Any) -> Value:
    plan = ctx.block(node.query, fresh=True)

    async def run(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> Any:
        return await s_objects.subquery_value(rt, path, plan)

    return Value(run, True, True, pure=not plan.edits)
