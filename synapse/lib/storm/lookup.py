"""The first stage of a query in lookup, autoadd or search mode (spec: storm-language.md 10.4)."""

from __future__ import annotations

import typing

import synapse.lib.scrape as s_scrape
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime


class Lookup(s_plan.Oper):
    """Yields the nodes that the words of the text name; what is missing is reported (or added)."""

    def __init__(self, mode: str, tokens: list[str]) -> None:
        self.mode = mode
        self.tokens = tokens

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        if self.mode == 'autoadd':
            rt.writable()
        if genr is not None:
            async for batch in genr:
                yield batch
        if self.mode == 'search':
            return  # nothing offers the search interface
        for token in self.tokens:
            found = recognise(rt, token)
            if found is None:
                continue
            name, norm, info = found
            node = rt.editor.node_by_ndef(name, norm)
            if node is None and self.mode == 'autoadd':
                rt.confirm_edit('node', 'add', name)
                mark = rt.editor.mark()
                node = rt.editor.add_node(rt.model.reqForm(name), norm, info)
                rt.edited(mark)
            if node is None:
                rt.emit('look:miss', ndef=(name, norm))
            else:
                yield [rt.path(node)]


def recognise(rt: s_runtime.Runtime, token: str) -> tuple[str, typing.Any, typing.Any] | None:
    """Return (form, value, norm info) of the first indicator in a word, if the data model accepts it."""
    hit = s_scrape.first(token)
    found = next(s_scrape.normed(rt.model, () if hit is None else (hit,)), None)
    return None if found is None else (found[0].form, found[1], found[2])


@s_compile.compiles
def _lookup(node: s_ast.Lookup, ctx: s_compile.Compiler) -> s_plan.Oper:
    if node.mode == 'autoadd':
        ctx.impure()
    return Lookup(node.mode, node.tokens)
