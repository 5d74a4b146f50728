"""From syntax tree to plan.

One pass declares the variables of the text and whether they are runtsafe (spec: storm-language.md 1.9), a second one
makes operators. What each kind of syntax node becomes stands in the modules that register themselves with
``compiles``.
"""

from __future__ import annotations

import functools
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.flow as s_flow
import synapse.lib.storm.highlight as s_highlight
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.values as s_values

Any = typing.Any
BUILTINS = ('node', 'path', 'lib')


@functools.singledispatch
def compile_oper(node: s_ast.Oper, ctx: Compiler) -> s_plan.Oper:
    """Compile one operator; each kind registers its own function."""
    raise s_exc.BadSyntax(mesg=f'Not implemented: {type(node).__name__}.', at=node.span[0])


compiles = compile_oper.register


class Compiler:
    """The compilation of one text: its declared variables, and what it may do.

    Args:
        query: The tree.
        model: The data model that names are resolved against.
        supplied: Names of variables that exist when the plan starts.
        commands: Look-up of a Storm command by name.
        outer: The compiler of the text around a function body, whose text and facts it shares.
    """

    def __init__(
        self,
        query: s_ast.Query,
        model: Any,
        supplied: typing.Iterable[str],
        commands: typing.Callable[[str], Any],
        text: str,
        outer: Compiler | None = None,
    ) -> None:
        self.model = model
        self.commands = commands
        self.text = text
        self.outer = outer
        self.names: dict[str, bool] = dict.fromkeys(supplied, True)
        self.scopes: dict[int, dict[str, bool]] = {}  # by offset: the names in queries that run on their own
        self.reads: list[s_ast.VarValue] = []
        self.edits = False
        self.volatile: frozenset[str] = frozenset()
        if '$' in text:  # without a variable there is nothing to find out about them
            self.volatile = s_flow.volatile(query)
            _declare(query, self)

    # facts

    def runtsafe(self, node: s_ast.Node) -> bool:
        """Return True if a value cannot depend on a node."""
        if isinstance(node, (s_ast.PropValue, s_ast.TagValue, s_ast.TagPropValue)):
            return False
        if isinstance(node, s_ast.VarValue):
            if node.name in ('node', 'path') and node.name not in self.names:
                return False
            return self.names.get(node.name, True)
        if isinstance(node, (s_ast.SubqueryValue, s_ast.QueryValue, s_ast.ArgQuery, s_ast.Query)):
            return True
        return all(self.runtsafe(child) for child in s_ast.children(node))

    def assigned(self, name: str) -> bool:
        """Return True if the text assigns a name."""
        return name in self.names or (self.outer is not None and self.outer.assigned(name))

    def impure(self) -> None:
        """Note that the text may change nodes, or call what may."""
        self.edits = True

    def unsteady(self, node: s_ast.Node) -> bool:
        """Return True if a runtsafe value may change between two nodes of one run."""
        if not self.volatile:
            return False
        return any(isinstance(n, s_ast.VarValue) and n.name in self.volatile for n in s_ast.walk(node))

    def missing(self) -> s_ast.VarValue | None:
        """Return a variable that is read but can never have a value."""
        for node in self.reads:
            if node.name not in self.names and node.name not in BUILTINS:
                return node
        return None

    def source(self, node: s_ast.Node) -> str:
        """Return the text of a node."""
        return self.text[node.span[0] : node.span[1]]

    # optimizing (set by the engine, so that the compiler does not depend on what the operators look like)

    fuse: typing.Callable[[list[s_plan.Oper]], list[s_plan.Oper]] = staticmethod(lambda opers: opers)
    find_index: typing.Callable[[s_ast.Cond, typing.Any], typing.Any] = staticmethod(lambda cond, ctx: None)

    def index_of(self, cond: s_ast.Cond) -> typing.Any:
        """Return how an index answers a condition, None if none does."""
        return None if self.unsteady(cond) else self.find_index(cond, self)

    # compiling

    def value(self, node: s_ast.Value) -> s_values.Value:
        """Compile a value."""
        return s_values.compile_value(node, self)

    def name(self, node: s_ast.Name) -> s_values.Value:
        """Compile a name: constant text or a value."""
        return s_values.const(node) if isinstance(node, str) else self.value(node)

    def operand(self, node: s_ast.Value) -> s_values.Value:
        """Compile a value for an operator that evaluates runtsafe ones once a run: not if they may change meanwhile."""
        valu = self.value(node)
        if valu.runtsafe and self.unsteady(node):
            return s_values.Value(valu.fn, valu.isasync, False, pure=valu.pure)
        return valu

    def operand_name(self, node: s_ast.Name) -> s_values.Value:
        """As ``operand``, for a name."""
        return s_values.const(node) if isinstance(node, str) else self.operand(node)

    def block(self, query: s_ast.Query, fresh: bool = False) -> s_plan.Plan:
        """Compile a block that shares the variables of the text. ``fresh``: it runs on its own, without input."""
        before, self.edits = self.edits, False
        names = self.names
        if fresh:
            self.names = self.scopes.get(query.span[0], names)
        opers = self.fuse([self._oper(oper) for oper in query.opers])
        self.names = names
        for oper in opers:
            if oper.place is None:  # made by the optimizer
                oper.place = (self.text, query)
        plan = s_plan.Plan(opers, self.edits or bool(self.volatile), query.text)
        plan.place = (self.text, query)
        self.edits = before or plan.edits
        return plan

    def _oper(self, node: s_ast.Oper) -> s_plan.Oper:
        oper = compile_oper(node, self)
        if oper.place is None:
            oper.place = (self.text, node)
        for func in (getattr(oper, 'func', None), *(func for func, _ in oper.once or ())):
            s_highlight.mark(func, node.span)
        return oper


def _declare(query: s_ast.Node, ctx: Compiler) -> None:
    """Fill ``ctx.names`` and ``ctx.reads`` in textual order; function bodies and query objects are separate texts."""
    todo: list[Any] = [query]
    while todo:
        item = todo.pop()
        if callable(item):
            item()
            continue
        if isinstance(item, s_ast.Function):
            ctx.names.setdefault(item.name, True)
            todo.extend(param.default for param in reversed(item.params) if param.default is not None)
            continue
        if isinstance(item, s_ast.QueryValue):
            continue
        if isinstance(item, s_ast.ArgQuery):  # what the query of a command assigns is seen behind the command
            reads = len(ctx.reads)
            _declare(item.query, ctx)
            del ctx.reads[reads:]
            continue
        if isinstance(item, (s_ast.SubqueryValue, s_ast.PivotQuery)):
            _declare_apart(item.query, ctx)
            continue
        if isinstance(item, s_ast.EditEdge) and isinstance(item.nodes, s_ast.Query):
            todo.append(functools.partial(_declare_apart, item.nodes, ctx))
            todo.append(item.verb)
            continue
        if isinstance(item, s_ast.VarValue):
            ctx.reads.append(item)
        children = list(s_ast.children(item))
        late = _assigns(item, ctx)
        if isinstance(item, (s_ast.SetVar, s_ast.SetVars)):
            todo.append(late)
            todo.extend(reversed(children))
        elif isinstance(item, s_ast.ForLoop):
            todo.append(item.body)
            todo.append(late)
            todo.append(item.value)
        else:
            if late is not None:
                late()
            todo.extend(reversed(children))


def _declare_apart(query: s_ast.Query, ctx: Compiler) -> None:
    """Declare what a query assigns that runs on its own: in there all that has a value already is runtsafe."""
    outer, ctx.names = ctx.names, dict.fromkeys(ctx.names, True)
    _declare(query, ctx)
    ctx.scopes[query.span[0]] = ctx.names
    ctx.names = {**ctx.names, **outer}


def _assigns(item: s_ast.Node, ctx: Compiler) -> typing.Callable[[], None] | None:
    names: list[str]
    if isinstance(item, s_ast.SetVar):
        names, value = [item.name], item.value
        if any(isinstance(n, s_ast.VarValue) and n.name == item.name for n in s_ast.walk(item.value)):
            if item.name not in ctx.names:
                return lambda: None  # $x=$x gives $x no value
    elif isinstance(item, (s_ast.SetVars, s_ast.ForLoop)):
        names, value = item.names, item.value
    elif isinstance(item, s_ast.CatchBlock):
        names, value = [item.var], item.names
    else:
        return None

    def assign() -> None:
        runtsafe = ctx.runtsafe(value)
        for name in names:  # one runtsafe assignment makes a name runtsafe
            ctx.names[name] = runtsafe or ctx.names.get(name, False)

    return assign


def compile_query(
    query: s_ast.Query,
    model: Any,
    supplied: typing.Iterable[str],
    commands: typing.Callable[[str], Any],
) -> s_plan.Plan:
    """Compile a whole query. Raises: NoSuchVar for a variable that is read but never assigned or supplied."""
    ctx = Compiler(query, model, supplied, commands, query.source)
    missing = ctx.missing()
    if missing is not None:
        e = s_exc.NoSuchVar(mesg=f'Missing variable: {missing.name}', name=missing.name)
        e.set('highlight', s_highlight.describe(query.source, *missing.span))
        raise e
    return ctx.block(query)


def compile_function(body: s_ast.Query, params: typing.Iterable[str], ctx: Compiler) -> tuple[s_plan.Plan, Compiler]:
    """Compile the body of a function, whose unknown names are looked up when it is called."""
    inner = Compiler(body, ctx.model, params, ctx.commands, ctx.text, ctx)
    plan = inner.block(body)
    if plan.edits:
        ctx.impure()
    return plan, inner
