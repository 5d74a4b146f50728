"""The first stage of a query in lookup, autoadd or search mode (spec: storm-language.md 10.4)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime

_FORMS = (
    'inet:url',
    'inet:email',
    'inet:ipv4',
    'inet:ipv6',
    'inet:server',
    'inet:fqdn',
    'hash:md5',
    'hash:sha1',
    'hash:sha256',
)


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
    """Return (form, value, norm info) of the first form that a word is a value of."""
    text = token.replace('[.]', '.').replace('(.)', '.').replace('hxxp', 'http')
    for name in _FORMS:
        form = rt.model.form(name)
        if form is None or (name in ('inet:fqdn', 'inet:email') and '.' not in text):
            continue
        try:
            norm, info = form.type.norm(text)
        except s_exc.BadTypeValu:
            continue
        return name, norm, info
    return None


@s_compile.compiles
def _lookup(node: s_ast.Lookup, ctx: s_compile.Compiler) -> s_plan.Oper:
    if node.mode == 'autoadd':
        ctx.impure()
    return Lookup(node.mode, node.tokens)
