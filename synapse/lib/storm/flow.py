"""What the compiler finds out about the variables of a text before it makes operators.

``volatile``: variables through which one node can influence the next. Nodes travel depth first, so what a node
assigns is seen by the next one wherever the text reads the variable before (or in) its assignment: ``$n=($n+1)``.
Batches would change that; a text with such variables runs node by node.
"""

from __future__ import annotations

import typing

import synapse.lib.storm.ast as s_ast

_SOURCES = (
    s_ast.LiftName,
    s_ast.LiftArray,
    s_ast.LiftTag,
    s_ast.LiftTagProp,
    s_ast.LiftTagTag,
    s_ast.Lookup,
    s_ast.YieldValue,
    s_ast.PivotIn,
    s_ast.PivotOut,
    s_ast.PivotTo,
    s_ast.PivotTags,
    s_ast.Walk,
)
_ANYWHERE = 1 << 62


def volatile(query: s_ast.Query) -> frozenset[str]:
    """Return the variables that may be read before they are assigned when many nodes run through the text."""
    reads: dict[str, int] = {}
    assigns: dict[str, int] = {}
    state = _State()
    _collect(query, False, reads, assigns, state)
    if state.source is None:
        return frozenset()
    first = state.source
    return frozenset(
        name
        for name, end in assigns.items()
        if end > first and name in reads and (reads[name] < 0 or first < reads[name] < end)
    )


class _State:
    source: int | None = None


def _collect(query: s_ast.Node, infunc: bool, reads: dict[str, int], assigns: dict[str, int], state: _State) -> None:
    """Note the first read after the first source of nodes and the last assignment of each variable."""
    for node in s_ast.walk(query):
        start = node.span[0]
        if isinstance(node, _SOURCES) and state.source is None:
            state.source = start
        if isinstance(node, s_ast.VarValue):
            if infunc:
                reads[node.name] = -1
            elif state.source is not None and start > state.source:
                reads[node.name] = min(reads.get(node.name, start), start)
        elif isinstance(node, s_ast.Function) and not infunc:
            _collect(node.body, True, reads, assigns, state)
        else:
            for name, end in _assigned(node):
                assigns[name] = max(assigns.get(name, 0), _ANYWHERE if infunc else end)


def _assigned(node: s_ast.Node) -> typing.Iterator[tuple[str, int]]:
    if isinstance(node, s_ast.SetVar):
        yield node.name, node.span[1]
    elif isinstance(node, s_ast.SetVars):
        for name in node.names:
            yield name, node.span[1]
    elif isinstance(node, s_ast.SetItem) and isinstance(node.name, str):
        yield node.name, node.span[1]  # it may be $path.vars.name
    elif isinstance(node, s_ast.ForLoop):
        for name in node.names:
            yield name, node.body.span[0]
    elif isinstance(node, s_ast.CatchBlock):
        yield node.var, node.body.span[0]
