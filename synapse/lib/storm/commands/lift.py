"""Commands that lift, count or choose: iden, lift.byverb, max, min, colorize, stats.countby, index.count.prop ..."""

from __future__ import annotations

import asyncio
import re
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.colors as s_colors
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.libs.values.tabular as s_tabular
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream


@s_command.command
class Iden(s_command.Cmd):
    """Pass the inbound nodes on, and then the nodes with some idens."""

    name = 'iden'
    pernode = False
    args = (Arg('iden', nargs='*', type='str', help='The idens.'),)
    readonly = True
    edits = False

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if genr is not None:
            async for batch in genr:
                yield batch
        for text in opts.iden:
            try:
                iden = bytes.fromhex(text)
            except ValueError:
                rt.warn(f'Failed to decode iden: [{text}]')
                continue
            if len(iden) != 32:
                rt.warn(f'iden must be 32 bytes [{text}]')
                continue
            node = rt.editor.node_by_iden(iden)
            if node is not None:
                yield [rt.path(node)]


@s_command.command
class LiftByVerb(s_command.Cmd):
    """Lift the nodes that light edges with a verb go out of, each once."""

    name = 'lift.byverb'
    args = (
        Arg('verb', type='str', help='The verb.'),
        Arg('--n2', action='store_true', help='Lift the nodes that the edges point to.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if genr is not None:
            async for batch in genr:
                yield batch
        await rt.editor.flush()
        seen: set[bytes] = set()
        for layer in rt.view.layers:
            abrv = layer.find_abrv('verb', opts.verb)
            if abrv is None:
                continue
            async for key, _ in s_liblayers.rows(rt, layer, layer.n2edges if opts.n2 else layer.n1edges, nodups=True):
                nid = key[:8]
                if key[8:] == abrv and nid not in seen:
                    seen.add(nid)
                    if rt.view.exists(nid):
                        yield [rt.path(rt.node(nid))]


class _Extreme(s_command.Cmd):
    """Base of max and min."""

    args = (
        Arg('valu', help='The value to go by.'),
        Arg('--size', default=1, help='How many nodes to pass on.'),
    )
    readonly = True
    edits = False
    highest = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        found: list[tuple[int, s_runtime.Path]] = []
        async for path in s_plan.singles(genr):
            size = s_coerce.toint(opts.size)
            if size < 1:
                raise s_exc.BadArg(mesg=f'Specified size ({size}) is below the minimum (1).')
            if size > 100:
                raise s_exc.BadArg(mesg=f'Specified size ({size}) is above the maximum (100).')
            valu = opts.valu
            if valu is None:
                continue
            number = self._number(valu)
            if number is None:
                continue
            found.append((number, path))
            if len(found) > 2 * size + 1000:
                found = self._best(found, size)
            await rt.breathe()
        for _, path in self._best(found, max(s_coerce.toint(opts.size or 1), 0)):
            yield [path]

    def _number(self, valu: Any) -> int | None:
        if isinstance(valu, (list, tuple)) and len(valu) == 2:
            valu = valu[1] if self.highest else valu[0]
            if valu is None:
                return None
        try:
            return s_coerce.toint(valu)
        except s_exc.BadCast as e:
            raise s_exc.BadCast(mesg=f'Failed to make an integer from "{s_coerce.text(valu)[:1000]}".') from e

    def _best(self, found: list[tuple[int, s_runtime.Path]], size: int) -> list[tuple[int, s_runtime.Path]]:
        return sorted(found, key=lambda item: item[0], reverse=self.highest)[:size]


@s_command.command
class Max(_Extreme):
    """Pass on only the node (or nodes) with the highest value."""

    name = 'max'


@s_command.command
class Min(_Extreme):
    """Pass on only the node (or nodes) with the lowest value."""

    name = 'min'
    highest = False


@s_command.command
class Sleep(s_command.Cmd):
    """Wait after each node."""

    name = 'sleep'
    args = (Arg('delay', type='float', default=1, nargs='?', help='How many seconds to wait.'),)
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            yield [path]
            await rt.out.publish()
            await asyncio.sleep(max(float(opts.delay), 0))


@s_command.command
class Colorize(s_command.Cmd):
    """Tell clients in which colour to show the nodes."""

    name = 'colorize'
    args = (Arg('color', type='str', help='The name of a CSS colour, or # and six hex digits.'),)
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            color = opts.color.strip().lower()
            if color not in s_colors.NAMES and re.fullmatch('#[0-9a-f]{6}', color) is None:
                mesg = 'Color must be a CSS4 color name or a six digit hex color code prefixed with a #.'
                raise s_exc.BadArg(mesg=mesg)
            rt.query.displays[path.node.iden] = {'color': color}
            yield [path]


@s_command.command
class CountBy(s_command.Cmd):
    """Count the nodes by a value and print a bar for each."""

    name = 'stats.countby'
    args = (
        Arg('valu', nargs='?', help='The value; by default the primary value of the node.'),
        Arg('--reverse', action='store_true', help='The smallest first.'),
        Arg('--size', type='int', help='Print at most so many bars.'),
        Arg('--char', type='str', default='#', help='What the bars are made of.'),
        Arg('--bar-width', type='int', default=50, help='How long the longest bar is.'),
        Arg('--label-max-width', type='int', help='How many characters of a value to print.'),
        Arg('--yield', dest='yieldnodes', action='store_true', help='Pass the nodes on.'),
        Arg('--by-name', action='store_true', help='Sort by value instead of by count.'),
        Arg('--percent', action='store_true', help='Print shares as well.'),
    )
    readonly = True
    edits = False

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        counts: dict[str, int] = {}
        async for path in s_plan.singles(genr):
            valu = opts.valu
            if s_coerce.ismutable(valu):
                raise s_exc.BadArg(mesg='Mutable values cannot be used for counting.')
            if valu is None and 'valu' not in opts.given:
                valu = path.node.repr()
            label = str(s_coerce.toprim(valu)) if not isinstance(valu, str) else valu
            counts[label] = counts.get(label, 0) + 1
            if opts.yieldnodes:
                yield [path]
            await rt.breathe()
        for line in self._lines(counts, opts):
            rt.emit('print', mesg=line)

    @staticmethod
    def _lines(counts: dict[str, int], opts: Opts) -> list[str]:
        if not counts:
            return ['No values to display!']
        items = sorted(counts.items(), key=lambda item: item[0] if opts.by_name else item[1])
        if not opts.reverse:
            items.reverse()
        if opts.size is not None:
            items = items[: max(opts.size, 0)]
        if not items:
            return ['No values to display!']
        total, most = sum(counts.values()), max(counts.values())
        cut = opts.label_max_width
        labels = [label if cut is None else label[: max(cut, 0)] for label, _ in items]
        width, digits = max(map(len, labels)), max(len(str(count)) for _, count in items)
        lines = []
        for label, (_, count) in zip(labels, items, strict=True):
            size = min(max(opts.bar_width, 0), 10000) * count // most
            share = f' | {count / total * 100:.2f}%' if opts.percent else ''
            lines.append(f'{label.rjust(width)} | {str(count).rjust(digits)}{share} | {opts.char[:1] * size}')
        return lines


@s_command.command
class IndexCount(s_info.Tell):
    """Count the nodes with a property (or with one value of it) in each layer of the view, from the indexes."""

    name = 'index.count.prop'
    args = (Arg('prop', help='The property or form.'), Arg('--value', help='The value.'))

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        columns = [
            {'name': 'Count', 'width': 12},
            {'name': 'Layer Iden', 'width': 32},
            {'name': 'Layer Name'},
        ]
        table = s_tabular.Printer({'columns': columns})
        rt.emit('print', mesg=table.header())
        await rt.editor.flush()
        total = 0
        for layer in rt.view.layers:
            valu = s_coerce.undef if opts.value is None else opts.value
            count = await s_liblayers.prop_count(rt, layer, s_coerce.tostr(opts.prop), valu)
            total += count
            table.first = True
            rt.emit('print', mesg=table.row([count, layer.iden, layer.info.get('name') or '']))
        rt.emit('print', mesg=f'Total: {total}')
