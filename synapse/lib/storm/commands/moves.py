"""Commands that bring nodes to other layers and views: movenodes, copyto."""

from __future__ import annotations

import contextlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.merge as s_merge
import synapse.lib.storm.libs.graph.viewops as s_viewops
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view
import synapse.lib.view.buffer as s_buffer

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream
Move = tuple[s_layer.Layer, s_edits.Edit, bool]
Edge = tuple[str, s_view.Node, bool]  # verb, the other node, does it point to us?
Held = dict[tuple[Any, ...], s_edits.Edit]  # what a layer holds of a node, by what it is about


@contextlib.asynccontextmanager
async def _beside(rt: Runtime, buffer: s_buffer.Flushable) -> typing.AsyncGenerator[None, None]:
    """Flush a buffer for other layers whenever the query's own is, and at the end."""
    rt.editor.companions.append(buffer)
    try:
        yield
    finally:
        await rt.editor.flush()
        rt.editor.companions.remove(buffer)


@s_command.command
class MoveNodes(s_command.Cmd):
    """Show how to gather what the layers of the view hold of the nodes in one layer; with --apply, do it.

    Where layers disagree, the value of the upper one counts, or of the one that --precedence names first.
    """

    name = 'movenodes'
    pernode = False
    args = (
        Arg('--apply', action='store_true', help='Do it.'),
        Arg('--srclayers', nargs='*', help='The layers to take from (default: all but the destination).'),
        Arg('--destlayer', help='The layer to bring to (default: the top one).'),
        Arg('--precedence', nargs='*', help='All these layers, the one whose values count most first.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if len(rt.view.layers) < 2:
            raise s_exc.StormRuntimeError(mesg='You may only move nodes in views with multiple layers.')
        moving = _Moving(rt, opts)
        async with _beside(rt, moving.transfer):
            async for path in s_plan.singles(genr):
                await moving.node(path.node)
                yield [path]
                await rt.breathe()


class _Moving:
    """One run of the command."""

    def __init__(self, rt: Runtime, opts: Opts) -> None:
        self.rt = rt
        self.apply = bool(opts.apply)
        self.merger = s_viewops.merger_of(rt)
        self.transfer = self.merger.transfer(rt.query.user.iden)
        layers = rt.view.layers
        self.dest = layers[0]
        if opts.destlayer is not None:
            self.dest = self._layer(opts.destlayer, 'cannot move nodes')
        self.sources = layers[1:]
        if opts.srclayers:
            self.sources = [self._layer(iden, 'cannot move nodes') for iden in s_merge.texts(opts.srclayers)]
        if self.dest in self.sources:
            mesg = f'Source layer {self.dest.iden} cannot also be the destination layer.'
            raise s_exc.StormRuntimeError(mesg=mesg)
        self.order = [layer for layer in layers if layer is self.dest or layer in self.sources]
        # what the view shows stays the same if the topmost value of all layers counts
        self.visible = bool(opts.precedence) or len(self.order) < len(layers)
        self.pending: set[bytes] = set()  # nodes that are moved with the next flush
        if opts.precedence:
            self.order = self._precedence(s_merge.texts(opts.precedence))

    def _layer(self, iden: Any, what: str) -> s_layer.Layer:
        text = s_coerce.tostr(iden)
        for layer in self.rt.view.layers:
            if layer.iden == text:
                return layer
        raise s_exc.BadOperArg(mesg=f'No layer with iden {text} in this view, {what}.', layr=text)

    def _precedence(self, idens: list[str]) -> list[s_layer.Layer]:
        found = [self._layer(iden, 'cannot be used to specify precedence') for iden in idens]
        missing = [layer.iden for layer in self.order if layer not in found]
        if missing:
            mesg = 'All source layers and the destination layer must be included when specifying precedence'
            raise s_exc.BadOperArg(mesg=f'{mesg} (missing {missing}).', layrlist=missing)
        return [layer for layer in found if layer in self.order]

    async def node(self, node: s_view.Node) -> None:
        """Show, or make, the edits that move one node."""
        rt = self.rt
        if not self.transfer.size:
            self.pending.clear()
        if rt.editor.edits or node.nid in self.pending:
            await rt.editor.flush()
        if node.nid is None or node.deleted:
            return
        held = {layer: self._held(layer, node.nid) for layer in self.order}
        # in the order in which the layers, from the bottom, tell of things
        keys = dict.fromkeys(key for layer in reversed(self.order) for key in held[layer])
        moves = [move for key in sorted(keys, key=lambda key: _RANK[key[0]]) for move in self._moves(key, held)]
        if not self.apply:
            for move in moves:
                self._print(node, *move)
            return
        self._take(node, moves)
        self.pending.add(node.nid)
        if self.visible or self.transfer.full:
            await rt.editor.flush()
            node.forget()

    def _held(self, layer: s_layer.Layer, nid: bytes) -> Held:
        found = self.merger.node_edits(layer, nid)
        return {} if found is None else {_about(edit): edit for edit in found[2]}

    def _moves(self, key: tuple[Any, ...], held: dict[s_layer.Layer, Held]) -> typing.Iterator[Move]:
        """Yield (layer, what is there, is it added?) for one thing that layers hold."""
        valus = [held[layer][key] for layer in self.order if key in held[layer]]
        best = valus[0]
        if key == ('prop', '.created'):
            best = min(valus, key=lambda edit: typing.cast(int, edit[1][1]))
        own = held[self.dest].get(key)
        if own is None or own[1] != best[1]:
            yield self.dest, best, True
        for layer in self.sources:
            if key in held[layer]:
                yield layer, held[layer][key], False

    def _print(self, node: s_view.Node, layer: s_layer.Layer, edit: s_edits.Edit, add: bool) -> None:
        word = 'delete'
        if add:
            word = 'add' if edit[0] in (s_edits.NODE_ADD, s_edits.EDGE_ADD) else 'set'
        form = node.form.name
        text = s_merge.describe(self.rt, form, edit)
        if edit[0] == s_edits.NODEDATA_SET:
            text = f' DATA {edit[1][0]}'
        self.rt.emit('print', mesg=f'{layer.iden} {word} {node.iden.hex()} {form}{text}')

    def _take(self, node: s_view.Node, moves: list[Move]) -> None:
        """Take all moves of a node, or none. Raises: AuthDeny."""
        form = node.form.name
        items = [(self.dest, [edit for _, edit, add in moves if add])]
        for source in self.sources:
            items.append(
                (source, self.merger.undo([edit for layer, edit, add in moves if layer is source and not add]))
            )
        for layer, edits in items:
            for edit in edits:
                self.rt.confirm(self.merger.edit_perm(form, edit), layer.iden)
        for layer, edits in items:
            if edits:
                func = self.transfer.put if layer is self.dest else self.transfer.take
                func(layer, (node.iden, form, edits))


_RANK = {'node': 0, 'prop': 1, 'tag': 2, 'tagprop': 3, 'data': 4, 'edge': 5}


def _about(edit: s_edits.Edit) -> tuple[Any, ...]:
    """Return what an edit is about, without the value."""
    etype, item, _ = edit
    if etype == s_edits.NODE_ADD:
        return ('node',)
    if etype == s_edits.TAGPROP_SET:
        return ('tagprop', item[0], item[1])
    if etype == s_edits.EDGE_ADD:
        return ('edge', item[0], item[1])
    kind = {s_edits.PROP_SET: 'prop', s_edits.TAG_SET: 'tag', s_edits.NODEDATA_SET: 'data'}[etype]
    return (kind, item[0])


@s_command.command
class CopyTo(s_command.Cmd):
    """Copy the nodes to another view: properties, tags, node data, and light edges from and to nodes that are there."""

    name = 'copyto'
    pernode = False
    args = (
        Arg('--no-data', action='store_true', help='Leave out node data.'),
        Arg('view', help='The iden of the view.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        iden = s_coerce.tostr(opts.view)
        view = s_viewops.stacks_of(rt).views.get(iden)
        if view is None:
            raise s_exc.NoSuchView(mesg=f'No such view: {iden=}', iden=iden)
        rt.confirm(('view', 'read'), view.iden)
        copying = _Copying(rt, view, not opts.no_data)
        async with _beside(rt, copying.editor):
            async for path in s_plan.singles(genr):
                await copying.node(path.node)
                yield [path]
                if copying.editor.full:
                    await rt.editor.flush()
                await rt.breathe()


class _Copying:
    """One run of the command."""

    def __init__(self, rt: Runtime, view: s_view.View, data: bool) -> None:
        self.rt = rt
        self.view = view
        self.data = data
        self.editor = s_view.Editor(view, rt.query.user.iden)

    def _confirm(self, *perm: str) -> None:
        self.rt.confirm(perm, self.view.wlyr.iden)

    async def node(self, node: s_view.Node) -> None:
        """Copy one node. Raises: AuthDeny, IsRuntForm."""
        rt, editor = self.rt, self.editor
        if node.form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot make runt nodes: {node.form.name}.', form=node.form.name)
        if rt.editor.edits:
            await rt.editor.flush()
        if node.nid is None or node.deleted or self.view is rt.view:
            return
        data, edges = dict(self._data(node.nid)) if self.data else {}, list(self._edges(node, node.nid))
        self._confirm_all(node, data, edges)
        copy = editor.add_node(node.form, node.valu)
        for name, valu in node.props.items():
            prop = node.form.props.get(name)
            if prop is not None and not (prop.isro and copy.has(name)):
                editor.set_prop(copy, prop, valu)
        if copy.fresh:
            copy.props['.created'] = node.props['.created']
        for tag, ival in node.tags.items():
            editor.add_tag(copy, tag, ival)
        for tag, props in node.tagprops.items():
            for name, valu in props.items():
                tagprop = rt.model.tagprop(name)
                if tagprop is not None:
                    editor.set_tagprop(copy, tag, tagprop, valu)
        for name, byts in data.items():
            editor.set_data(copy, name, s_common.un(byts))
        for verb, other, reverse in edges:
            other = copy if other is node else other
            one, two = (other, copy) if reverse else (copy, other)
            editor.edge(one, verb, two.iden)

    def _confirm_all(self, node: s_view.Node, data: dict[str, bytes], edges: list[Edge]) -> None:
        """Raise AuthDeny unless the user may add all of a node: it is copied as a whole or not at all."""
        form = node.form.name
        self._confirm('node', 'add', form)
        for name in node.props:
            self._confirm('node', 'prop', 'set', form, name)
        for tag in node.tags:
            self._confirm('node', 'tag', 'add', *tag.split('.'))
        for name in data:
            self._confirm('node', 'data', 'set', name)
        for verb, _, _ in edges:
            self._confirm('node', 'edge', 'add', verb)

    def _data(self, nid: bytes) -> typing.Iterator[tuple[str, bytes]]:
        """Yield (name, packed value) of the node data of a node, the one that counts last."""
        for layer in reversed(self.rt.view.layers):
            yield from layer.data_items(nid)

    def _edges(self, node: s_view.Node, nid: bytes) -> typing.Iterator[Edge]:
        """Yield the edges from and to nodes that are in the other view, or are just being copied to themselves."""
        view = self.rt.view
        for reverse in (False, True):
            for verb, nid2 in view.edges(nid, None, reverse):
                iden = view.iden_of(nid2)
                other = node if iden == node.iden else None if iden is None else self.editor.node_by_iden(iden)
                if other is not None:
                    yield verb, other, reverse
