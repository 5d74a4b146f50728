"""Statements and blocks (spec: storm-language.md 8, 9.1)."""

from __future__ import annotations

import decimal
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.highlight as s_highlight
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
Exec = typing.Callable[[Runtime, Path | None], Any]
_BREATHE = 0x3F  # a loop lets others run every so many turns


class Statement(s_plan.Oper):
    """Runs for each node, or once where no node arrived and it is runtsafe."""

    def __init__(self, func: Exec, isasync: bool, runtsafe: bool) -> None:
        self.func = func
        self.isasync = isasync
        self.runtsafe = runtsafe
        self.once = [(lambda rt: func(rt, None), isasync)] if runtsafe else []

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            valu = self.func(rt, path)
            if self.isasync:
                await valu
            yield [path]
            await rt.breathe()
        if empty and self.runtsafe:
            valu = self.func(rt, None)
            if self.isasync:
                await valu
            await rt.breathe()


def set_var(rt: Runtime, path: Path | None, name: str, valu: Any) -> None:
    """Set a variable of the runtime and, with a node, of its path; undef deletes it."""
    if valu is s_coerce.undef:
        rt.remove(name)
        if path is not None and name in path.vars:
            path.set(name, s_runtime.MISSING)
        return
    if rt.parent is None or name in rt.vars:
        rt.vars[name] = valu
    else:
        rt.assign(name, valu)
    if path is not None:
        path.set(name, valu)


@s_compile.compiles
def _set_var(node: s_ast.SetVar, ctx: s_compile.Compiler) -> s_plan.Oper:
    name, valu = node.name, ctx.value(node.value)
    fn = valu.fn
    if valu.isasync:

        async def waits(rt: Runtime, path: Path | None) -> None:
            set_var(rt, path, name, await fn(rt, path))

        return Statement(waits, True, valu.runtsafe)
    return Statement(lambda rt, path: set_var(rt, path, name, fn(rt, path)), False, valu.runtsafe)


def _shown(valu: Any) -> str:
    """Return the text of a value for an error message."""
    return 'None' if valu is None else s_coerce.text(valu)[:256]


@s_compile.compiles
def _set_vars(node: s_ast.SetVars, ctx: s_compile.Compiler) -> s_plan.Oper:
    names, valu = node.names, ctx.value(node.value)

    async def run(rt: Runtime, path: Path | None) -> None:
        valus = await valu.get(rt, path)
        if valus is None or isinstance(valus, (int, decimal.Decimal)):
            raise s_exc.StormRuntimeError(mesg=f'Value is not iterable: {_shown(valus)}')
        items = [item async for item in s_objects.iterate(rt, valus)]
        if len(items) < len(names):
            mesg = f'Attempting to assign more items than we have variables to assign to: {_shown(items)}'
            raise s_exc.StormVarListError(mesg=mesg, names=names, numitems=len(items))
        for name, item in zip(names, items, strict=False):
            set_var(rt, path, name, item)

    return Statement(run, True, valu.runtsafe)


@s_compile.compiles
def _set_item(node: s_ast.SetItem, ctx: s_compile.Compiler) -> s_plan.Oper:
    base, name, valu = ctx.value(node.base), ctx.name(node.name), ctx.value(node.value)
    ctx.impure()

    async def run(rt: Runtime, path: Path | None) -> None:
        item = await valu.get(rt, path)
        retn = s_objects.setitem(rt, await base.get(rt, path), await name.get(rt, path), item)
        if retn is not None:
            await retn

    return Statement(run, True, base.runtsafe and name.runtsafe and valu.runtsafe)


@s_compile.compiles
def _value_oper(node: s_ast.ValueOper, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = ctx.value(node.value)
    if not valu.isasync:
        return Statement(valu.fn, False, valu.runtsafe)

    async def run(rt: Runtime, path: Path | None) -> None:
        retn = await valu.fn(rt, path)
        if path is None and (isinstance(retn, s_objects.NodeGenr) or hasattr(retn, '__aiter__')):
            async for _ in s_objects.iterate(rt, retn):
                pass

    return Statement(run, True, valu.runtsafe)


# leaving blocks


@s_compile.compiles
def _return(node: s_ast.Return, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = s_values.const(None) if node.value is None else ctx.value(node.value)

    def immediate(rt: Runtime, path: Path | None) -> None:
        raise s_signals.Return(valu.fn(rt, path))

    async def waits(rt: Runtime, path: Path | None) -> None:
        raise s_signals.Return(await valu.fn(rt, path))

    return Statement(waits if valu.isasync else immediate, valu.isasync, valu.runtsafe)


@s_compile.compiles
def _emit(node: s_ast.Emit, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = ctx.value(node.value)

    async def run(rt: Runtime, path: Path | None) -> None:
        channel = rt.lookup(s_objects.EMIT)
        if channel is s_runtime.MISSING:
            raise s_exc.StormRuntimeError(mesg='Cannot emit from outside of an emitter function')
        await channel.emit(await valu.get(rt, path))

    return Statement(run, True, valu.runtsafe)


def _raiser(signal: type[s_signals.Signal]) -> Exec:
    def leave(rt: Runtime, path: Path | None) -> None:
        raise signal(path)

    return leave


@s_compile.compiles
def _stop(node: s_ast.Stop, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Statement(_raiser(s_signals.Stop), False, True)


@s_compile.compiles
def _break(node: s_ast.Break, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Statement(_raiser(s_signals.Break), False, True)


@s_compile.compiles
def _continue(node: s_ast.Continue, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Statement(_raiser(s_signals.Continue), False, True)


# branches


class Branch(s_plan.Oper):
    """``if`` and ``switch``: runs one of several blocks inline. ``choose(rt, path)`` gives it, or None for none."""

    def __init__(
        self,
        choose: typing.Callable[[Runtime, Path | None], Any],
        isasync: bool,
        runtsafe: bool,
        plans: typing.Iterable[s_plan.Plan],
    ) -> None:
        self.choose = choose
        self.isasync = isasync
        self.runtsafe = runtsafe
        plans = list(plans)
        if not runtsafe:
            self.once = []
        elif all(plan.once is not None for plan in plans):
            flat = not isasync and not any(aw for plan in plans for _, aw in typing.cast(Any, plan.once))
            self.once = [(self._once_now, False)] if flat else [(self._once, True)]

    def _once_now(self, rt: Runtime) -> None:
        plan = self.choose(rt, None)
        if plan is not None:
            for func, _ in plan.once:
                func(rt)

    async def _once(self, rt: Runtime) -> None:
        plan = self.choose(rt, None)
        if self.isasync:
            plan = await plan
        if plan is not None:
            await plan.run_once(rt)

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            plan = self.choose(rt, path)
            if self.isasync:
                plan = await plan
            if plan is None:
                yield [path]
                continue
            async for batch in plan.run(rt, s_plan.one(path)):
                yield batch
        if empty and self.runtsafe:
            plan = self.choose(rt, None)
            if self.isasync:
                plan = await plan
            if plan is not None:
                async for batch in plan.run(rt):
                    yield batch


@s_compile.compiles
def _if_else(node: s_ast.IfElse, ctx: s_compile.Compiler) -> s_plan.Oper:
    branches = [(ctx.value(cond), ctx.block(body)) for cond, body in node.branches]
    orelse = None if node.orelse is None else ctx.block(node.orelse)
    plans = [plan for _, plan in branches] + ([orelse] if orelse is not None else [])
    runtsafe = all(cond.runtsafe for cond, _ in branches)
    tobool = s_coerce.tobool
    if any(cond.isasync for cond, _ in branches):

        async def waits(rt: Runtime, path: Path | None) -> s_plan.Plan | None:
            for cond, plan in branches:
                if tobool(await cond.get(rt, path)):
                    return plan
            return orelse

        return Branch(waits, True, runtsafe, plans)
    pairs = [(cond.fn, plan) for cond, plan in branches]

    def choose(rt: Runtime, path: Path | None) -> s_plan.Plan | None:
        for fn, plan in pairs:
            if tobool(fn(rt, path)):
                return plan
        return orelse

    return Branch(choose, False, runtsafe, plans)


def switch_text(valu: Any) -> str:
    """Return the text of a value that the labels of a switch are compared with."""
    if isinstance(valu, s_view.Node):
        return str(valu.valu)
    return s_coerce.text(valu) if isinstance(valu, s_coerce.StormObj) else str(valu)


@s_compile.compiles
def _switch(node: s_ast.Switch, ctx: s_compile.Compiler) -> s_plan.Oper:
    valu = ctx.value(node.value)
    cases: dict[str, s_plan.Plan] = {}
    default: s_plan.Plan | None = None
    plans = []
    for case in node.cases:
        plan = ctx.block(case.body)
        plans.append(plan)
        if not case.labels:
            default = plan
        for label in case.labels:
            cases[label] = plan

    async def choose(rt: Runtime, path: Path | None) -> s_plan.Plan | None:
        return cases.get(switch_text(await valu.get(rt, path)), default)

    return Branch(choose, True, valu.runtsafe, plans)


# loops


class Repeat(s_plan.Oper):
    """What the two kinds of loop share: once for each node, or once where no node came and the operand is runtsafe."""

    valu: s_values.Value

    async def _once(self, rt: Runtime) -> None:
        raise NotImplementedError

    def _loop(self, rt: Runtime, path: Path | None) -> s_plan.Stream:
        raise NotImplementedError

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            async for batch in self._loop(rt, path):
                yield batch
        if empty and self.valu.runtsafe:
            if self.once is not None:
                await self._once(rt)
                return
            async for batch in self._loop(rt, None):
                yield batch


class Loop(Repeat):
    """``for``: runs a block inline for each item, on a clone of the path."""

    def __init__(self, names: list[str], unpack: bool, valu: s_values.Value, plan: s_plan.Plan) -> None:
        self.names = names
        self.unpack = unpack
        self.valu = valu
        self.plan = plan
        if not valu.runtsafe:
            self.once = []
        elif plan.once is not None:
            self.once = [(self._once, True)]

    def bind(self, rt: Runtime, path: Path | None, item: Any) -> None:
        """Assign one item to the variables of the loop."""
        if not self.unpack:
            set_var(rt, path, self.names[0], item)
            return
        try:
            items = None if item is None else s_coerce.tolist(item)
        except s_exc.StormRuntimeError:
            items = None
        if items is None or len(items) != len(self.names):
            mesg = f'Number of items to unpack does not match the number of variables: {_shown(item)}'
            e = s_exc.StormVarListError(mesg=mesg, names=self.names)
            if items is not None:
                e.set('numitems', len(items))
            raise e
        for name, part in zip(self.names, items, strict=True):
            set_var(rt, path, name, part)

    async def _once(self, rt: Runtime) -> None:
        items = await self.valu.get(rt, None)
        body = typing.cast('list[s_plan.Once]', self.plan.once)
        turns = 0
        bind, plain = self.bind, not self.unpack and rt.parent is None
        name, vars = self.names[0], rt.vars
        async for item in s_objects.chunks(rt, items):
            for part in item:
                if plain:
                    vars[name] = part
                else:
                    bind(rt, None, part)
                try:
                    for func, isasync in body:
                        valu = func(rt)
                        if isasync:
                            await valu
                except s_signals.Continue:
                    pass
                except s_signals.Break:
                    return
                turns += 1
                if not turns & _BREATHE:
                    await rt.breathe()

    async def _loop(self, rt: Runtime, path: Path | None) -> s_plan.Stream:
        turns = 0
        async for item in s_objects.iterate(rt, await self.valu.get(rt, path)):
            clone = None if path is None else path.clone()
            self.bind(rt, clone, item)
            try:
                async for batch in self.plan.run(rt, None if clone is None else s_plan.one(clone)):
                    yield batch
            except s_signals.LOOP as e:
                if e.args[0] is not None:
                    yield [e.args[0]]
                if isinstance(e, s_signals.Break):
                    return
            turns += 1
            if not turns & _BREATHE:
                await rt.breathe()


@s_compile.compiles
def _for_loop(node: s_ast.ForLoop, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Loop(node.names, node.unpack, ctx.value(node.value), ctx.block(node.body))


class While(Repeat):
    """``while``."""

    def __init__(self, valu: s_values.Value, plan: s_plan.Plan) -> None:
        self.valu = valu
        self.plan = plan
        if not valu.runtsafe:
            self.once = []
        elif plan.once is not None:
            self.once = [(self._once, True)]

    async def _once(self, rt: Runtime) -> None:
        turns = 0
        while s_coerce.tobool(await self.valu.get(rt, None)):
            try:
                await self.plan.run_once(rt)
            except s_signals.Continue:
                pass
            except s_signals.Break:
                return
            turns += 1
            if not turns & _BREATHE:
                await rt.breathe()

    async def _loop(self, rt: Runtime, path: Path | None) -> s_plan.Stream:
        while s_coerce.tobool(await self.valu.get(rt, path)):
            try:
                async for batch in self.plan.run(rt, None if path is None else s_plan.one(path)):
                    yield batch
            except s_signals.LOOP as e:
                if e.args[0] is not None:
                    yield [e.args[0]]
                if isinstance(e, s_signals.Break):
                    return
            await rt.breathe()


@s_compile.compiles
def _while(node: s_ast.WhileLoop, ctx: s_compile.Compiler) -> s_plan.Oper:
    return While(ctx.value(node.value), ctx.block(node.body))


# init, empty, fini


class Bracket(s_plan.Oper):
    """``init``, ``empty`` and ``fini`` blocks."""

    def __init__(self, plan: s_plan.Plan, when: str) -> None:
        self.plan = plan
        self.when = when
        if plan.once is not None:
            self.once = plan.once

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        if genr is not None:
            async for batch in genr:
                if empty and self.when == 'init':
                    async for own in self.plan.run(rt):
                        yield own
                empty = False
                yield batch
        if self.when == 'fini' or empty:
            async for own in self.plan.run(rt):
                yield own


@s_compile.compiles
def _init(node: s_ast.InitBlock, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Bracket(ctx.block(node.body), 'init')


@s_compile.compiles
def _empty(node: s_ast.EmptyBlock, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Bracket(ctx.block(node.body), 'empty')


@s_compile.compiles
def _fini(node: s_ast.FiniBlock, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Bracket(ctx.block(node.body), 'fini')


# try


class Try(s_plan.Oper):
    """``try`` / ``catch``."""

    def __init__(self, plan: s_plan.Plan, catches: list[tuple[s_values.Value, str, s_plan.Plan]]) -> None:
        self.plan = plan
        self.catches = catches

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            async for batch in self._try(rt, path):
                yield batch
        if empty:
            async for batch in self._try(rt, None):
                yield batch

    async def _try(self, rt: Runtime, path: Path | None) -> s_plan.Stream:
        try:
            async for batch in self.plan.run(rt, None if path is None else s_plan.one(path)):
                yield batch
        except s_exc.SynErr as e:
            name = e.get('errname', e.errname) if e.errname == 'StormRaise' else e.errname
            for names, var, plan in self.catches:
                if await self._matches(rt, path, names, name):
                    s_highlight.add(e)
                    info = {k: v for k, v in e.items().items() if k != 'mesg'}
                    set_var(rt, path, var, {'name': name, 'mesg': e.get('mesg'), 'info': s_coerce.wrap(info)})
                    async for batch in plan.run(rt, None if path is None else s_plan.one(path)):
                        yield batch
                    return
            raise

    async def _matches(self, rt: Runtime, path: Path | None, names: s_values.Value, name: str) -> bool:
        valu = await names.get(rt, path)
        if isinstance(valu, str):
            return valu in ('*', name)
        if isinstance(valu, (list, tuple)):
            return name in valu
        kind = s_objects.kind_of(valu)
        raise s_exc.StormRuntimeError(mesg=f'catch block must be a str or list object. {kind} not allowed.', type=kind)


@s_compile.compiles
def _try(node: s_ast.TryCatch, ctx: s_compile.Compiler) -> s_plan.Oper:
    plan = ctx.block(node.body)
    return Try(plan, [(ctx.value(item.names), item.var, ctx.block(item.body)) for item in node.catches])


# subqueries and yield


class Subquery(s_plan.Oper):
    """``{ query }`` and ``yield { query }``: runs for each node, never without; the node keeps what it assigns."""

    once: list[s_plan.Once] | None = []

    def __init__(self, plan: s_plan.Plan, yields: bool) -> None:
        self.plan = plan
        self.yields = yields

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        async for path in s_plan.singles(genr):
            last: Path | None = None
            async for batch in self.plan.run(rt, s_plan.one(path)):
                last = batch[-1] if batch else last
                if self.yields:
                    yield batch
            if last is not None:
                path.merge(last.vars)
            yield [path]


@s_compile.compiles
def _subquery(node: s_ast.SubqueryOper, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Subquery(ctx.block(node.query), node.yields)


class Yield(s_plan.Oper):
    """``yield value``: the nodes that a value holds."""

    def __init__(self, valu: s_values.Value) -> None:
        self.valu = valu

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            async for node in yield_nodes(rt, await self.valu.get(rt, path)):
                yield [path.fork(node)]
            yield [path]
        if empty and self.valu.runtsafe:
            async for node in yield_nodes(rt, await self.valu.get(rt, None)):
                yield [rt.path(node)]


async def yield_nodes(rt: Runtime, valu: Any) -> typing.AsyncGenerator[s_view.Node, None]:
    """Yield the nodes of a value. Raises: BadLiftValu."""
    if valu is None:
        return
    if isinstance(valu, s_view.Node):
        if valu.view is not rt.view:
            raise s_exc.BadLiftValu(mesg='Node is not from the current view.')
        yield valu
    elif isinstance(valu, (str, bytes)):
        node = rt.editor.node_by_iden(valu if isinstance(valu, bytes) else s_edits.node_iden(valu))
        if node is not None:
            yield node
    elif isinstance(valu, (list, tuple, set)):
        for item in valu:
            async for node in yield_nodes(rt, item):
                yield node
    elif isinstance(valu, (s_objects.NodeGenr, s_objects.QueryObj)) or hasattr(valu, '__aiter__'):
        async for item in s_objects.iterate(rt, valu):
            async for node in yield_nodes(rt, item):
                yield node


@s_compile.compiles
def _yield(node: s_ast.YieldValue, ctx: s_compile.Compiler) -> s_plan.Oper:
    return Yield(ctx.value(node.value))


# functions


@s_compile.compiles
def _function(node: s_ast.Function, ctx: s_compile.Compiler) -> s_plan.Oper:
    plan, _ = s_compile.compile_function(node.body, [param.name for param in node.params], ctx)
    kind = function_kind(node.body)
    params = [(param.name, None if param.default is None else ctx.value(param.default)) for param in node.params]
    for _, default in params:
        if default is not None and not default.runtsafe:
            e = s_exc.StormRuntimeError(mesg='Non-runtsafe default parameter value not allowed')
            s_highlight.set_place(e, ctx.text, node)
            raise e

    async def define(rt: Runtime, path: Path | None) -> None:
        bound = []
        for name, default in params:
            valu = s_runtime.MISSING if default is None else await default.get(rt, path)
            if isinstance(valu, (list, dict, set, s_objects.QueryObj)):
                e = s_exc.StormRuntimeError(mesg='Mutable default parameter value not allowed')
                raise s_parts.tell(e, name)
            bound.append((name, valu))
        rt.assign(node.name, s_objects.StormFunc(node.name, bound, plan, kind, rt, (ctx.text, node)))

    return Define(define)


class Define(s_plan.Oper):
    """Defines a function before the first node, or once."""

    def __init__(self, define: Exec) -> None:
        self.func = define
        self.once = [(lambda rt: define(rt, None), True)]

    async def run(self, rt: Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        done = False
        if genr is not None:
            async for batch in genr:
                if not done:
                    await self.func(rt, None)
                    done = True
                yield batch
        if not done:
            await self.func(rt, None)


def function_kind(body: s_ast.Query) -> str:
    """Return what a function gives, by its body: ``'emit'``, ``'value'`` (has a return) or ``'nodes'``."""
    kind = 'nodes'
    todo: list[s_ast.Node] = list(body.opers)
    while todo:
        item = todo.pop()
        if isinstance(item, s_ast.Emit):
            return 'emit'
        if isinstance(item, s_ast.Return):
            kind = 'value'
        if isinstance(item, (s_ast.Function, s_ast.CmdOper, s_ast.EditBlock, s_ast.Filter, s_ast.Value)):
            continue
        todo.extend(child for child in s_ast.children(item) if not isinstance(child, (s_ast.Value, s_ast.CatchBlock)))
    return kind
