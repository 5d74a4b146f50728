"""The command that makes nodes of the indicators in text (spec: storm-language.md 14)."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.libs.infosec.scrape as s_libscrape
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Arg = s_command.Arg
Path = s_runtime.Path
Runtime = s_runtime.Runtime
Stream = s_plan.Stream


@s_command.command
class Scrape(s_command.Cmd):
    """Make nodes of the indicators in text: in the properties of the nodes, or in the values that are given.

    Defanged spellings are read as what they stand for.

    Examples:

        inet:search:query | scrape --refs :text :engine
        it:dev:str | scrape --forms (inet:fqdn, inet:ipv4) --yield $node.repr()
        scrape --yield "hxxp://foo[.]com"
    """

    name = 'scrape'
    args = (
        Arg('--refs', '-r', action='store_true', help='Link the nodes with what is found in them (refs edges).'),
        Arg('--yield', dest='doyield', action='store_true', help='Pass on what is found instead of the input.'),
        Arg('--skiprefang', dest='dorefang', action='store_false', help='Take the text as it is written.'),
        Arg('--forms', help='Only look for these forms.', default=()),
        Arg('values', nargs='*', help='What to look at instead of all properties of the nodes.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: s_command.Opts) -> Stream:
        rt.writable()
        alone = True
        async for path in s_plan.singles(genr):
            alone = False
            texts = _texts(opts.values or [valu for name, valu in path.node.props.items() if name[0] != '.'])
            async for node in self._found(rt, texts, opts):
                if opts.refs and not path.node.form.isrunt:
                    rt.confirm_edit('node', 'edge', 'add', 'refs')
                    mark = rt.editor.mark()
                    rt.editor.edge(path.node, 'refs', node.iden)
                    rt.edited(mark)
                if opts.doyield:
                    yield [path.fork(node)]
            if not opts.doyield:
                yield [path]
            await rt.breathe()
        if alone:
            async for node in self._found(rt, _texts(opts.values), opts):
                if opts.doyield:
                    yield [rt.path(node)]

    async def _found(
        self, rt: Runtime, texts: typing.Iterable[str], opts: s_command.Opts
    ) -> typing.AsyncGenerator[s_view.Node, None]:
        """Yield the nodes of the indicators in texts, added where they are missing."""
        forms = _forms(opts.forms)
        for text in texts:
            async for hit, norm, info in s_libscrape.found(rt, text, forms or None, bool(opts.dorefang)):
                node = rt.editor.node_by_ndef(hit.form, norm)
                if node is None:
                    rt.confirm_edit('node', 'add', hit.form)
                    mark = rt.editor.mark()
                    node = rt.editor.add_node(rt.model.reqForm(hit.form), norm, info)
                    rt.edited(mark)
                yield node


def _forms(valu: Any) -> tuple[str, ...]:
    """Return form names given as a list or as text with commas."""
    valu = s_coerce.toprim(valu)
    items = valu.split(',') if isinstance(valu, str) else valu or ()
    return tuple(s_coerce.tostr(item).strip() for item in items)


def _texts(valu: Any) -> typing.Iterator[str]:
    """Yield the texts in a value: the text that it is, or those of its items."""
    valu = s_coerce.toprim(valu)
    if isinstance(valu, str):
        yield valu
    elif isinstance(valu, (list, tuple)):
        for item in valu:
            yield from _texts(item)
