"""Commands that hand nodes of a fork down to the layer below: diff, merge (spec: storm-runtime.md 7.3)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.libs.graph.viewops as s_viewops
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream
Nids = typing.AsyncGenerator[bytes, None]


def texts(valus: typing.Iterable[Any] | None) -> list[str]:
    """Return the texts of an option that takes several; one of them may be a list."""
    retn: list[str] = []
    for valu in valus or ():
        items = valu if isinstance(valu, (list, tuple, set)) else [valu]
        retn += [s_coerce.tostr(item) for item in items]
    return retn


async def _changed(rt: Runtime, tags: list[str], prop: str | None) -> Stream:
    """Yield the nodes that have something (a tag, a property) in the top layer."""
    await rt.editor.flush()
    nids = s_viewops.merger_of(rt).nids(rt.view.wlyr) if not tags and prop is None else _lifted(rt, tags, prop)
    async for nid in nids:
        if rt.view.exists(nid):
            yield [rt.path(rt.node(nid))]
        await rt.breathe()


async def _lifted(rt: Runtime, tags: list[str], prop: str | None) -> Nids:
    layer = rt.view.wlyr
    scans = [layer.scan_tag(tag) for tag in tags]
    if prop is not None:
        scans += [layer.scan(name) for name in _index_names(rt, prop)]
    seen: set[bytes] = set()
    for scan in scans:
        while scan is not None and (found := scan.nids(s_limits.SYNC_ROWS)):
            for nid in found:
                if len(scans) == 1 or nid not in seen:
                    if len(scans) > 1:
                        seen.add(nid)
                    yield nid


def _index_names(rt: Runtime, name: str) -> list[tuple[str | None, ...]]:
    """Return the names of the indexes of a form or property. Raises: NoSuchProp."""
    if rt.model.form(name) is not None:
        return [('prop', name, None)]
    prop = rt.model.prop(name)
    if prop is None:
        raise s_exc.NoSuchProp(mesg=f'The property {name} does not exist.', name=name)
    if prop.form is not None:
        return [('prop', prop.form.name, prop.name)]
    return [('prop', form.name, prop.name) for form in rt.model.forms.values() if prop.name in form.props]


@s_command.command
class Diff(s_command.Cmd):
    """Lift the nodes with changes in the top layer of a fork, after passing the inbound ones on."""

    name = 'diff'
    readonly = True
    edits = False
    args = (
        Arg('--tag', nargs='*', help='Only nodes with one of these tags in the top layer.'),
        Arg('--prop', help='Only nodes with this property (or new ones of this form) in the top layer.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if rt.view.info.get('parent') is None:
            raise s_exc.StormRuntimeError(mesg='You may only generate a diff in a forked view.')
        if genr is not None:
            async for batch in genr:
                yield batch
        if opts.tag and opts.prop:
            raise s_exc.StormRuntimeError(mesg='You may specify --tag *or* --prop but not both.')
        prop = None if opts.prop is None else s_coerce.tostr(opts.prop)
        async for batch in _changed(rt, texts(opts.tag), prop):
            yield batch


# how edits are shown


def shown(typ: Any, valu: Any) -> str:
    """Return the text of a stored value."""
    text = typ.repr(valu)
    return str(list(text) if typ.isarray else text)


def describe(rt: Runtime, form: str, edit: s_edits.Edit) -> str:
    """Return what an edit that adds something adds: behind the form in a line for people."""
    etype, item, _ = edit
    model = rt.model
    if etype == s_edits.NODE_ADD:
        return f' = {shown(model.reqForm(form).type, item[0])}'
    if etype == s_edits.PROP_SET:
        prop = model.reqForm(form).props.get(item[0])
        return f':{item[0]} = {item[1] if prop is None else shown(prop.type, item[1])}'
    if etype == s_edits.TAG_SET:
        ival = '' if item[1] == s_edits.NOTIME else f' = {model.reqType("ival").repr(item[1])}'
        return f'#{item[0]}{ival}'
    if etype == s_edits.TAGPROP_SET:
        tagprop = model.tagprop(item[1])
        return f'#{item[0]}:{item[1]} = {item[2] if tagprop is None else shown(tagprop.type, item[2])}'
    if etype == s_edits.NODEDATA_SET:
        return f' DATA {item[0]} = {item[1]!r}'
    return f' +({item[0]})> {item[1]}'


class Choice:
    """Which edits of a node are to be merged.

    Args:
        opts: The options of the command.
    """

    def __init__(self, opts: Opts) -> None:
        self.notags = bool(opts.no_tags)
        self.onlytags = bool(opts.only_tags)
        globs = texts(opts.include_tags) or texts(opts.exclude_tags)
        self.globs = [s_filters.tag_matcher(glob) for glob in globs]
        self.tagged = bool(texts(opts.include_tags))  # what do the globs mean: keep, or leave out?
        self.include = frozenset(texts(opts.include_props))
        self.exclude = frozenset(texts(opts.exclude_props))
        self.all = not (self.notags or self.onlytags or self.globs or self.include or self.exclude)

    def _tag(self, tag: str) -> bool:
        if self.notags:
            return False
        return not self.globs or any(glob(tag) for glob in self.globs) is self.tagged

    def edits(self, form: str, node: s_view.Node, edits: typing.Sequence[s_edits.Edit]) -> list[s_edits.Edit] | None:
        """Return the edits that are wanted, None if the node as such is not."""
        if self.all:
            return list(edits)
        istag = form == 'syn:tag'
        if istag and not self._tag(node.valu):
            return None
        if self.onlytags and not istag and any(edit[0] == s_edits.NODE_ADD for edit in edits):
            return None  # nothing below that its tags could be added to
        return [edit for edit in edits if self._wanted(form, istag, edit)]

    def _wanted(self, form: str, istag: bool, edit: s_edits.Edit) -> bool:
        etype, item, _ = edit
        if etype in (s_edits.TAG_SET, s_edits.TAGPROP_SET):
            return self._tag(item[0])
        if self.onlytags and not istag:
            return False
        if etype == s_edits.PROP_SET and item[0] != '.created':
            name = item[0]
            names = {name, f'{form}{name}'} if name[0] == '.' else {f'{form}:{name}'}
            return bool(names & self.include) if self.include else not names & self.exclude
        return True


@s_command.command
class Merge(s_command.Cmd):
    """Show what the top layer of a fork holds of the nodes; with --apply, move it down to the layer below.

    Tags may be given as globs: * stands for a part of a tag, ** for any parts. With --wipe the whole top layer is
    replaced by an empty one afterwards, with all that was not merged.
    """

    name = 'merge'
    args = (
        Arg('--apply', action='store_true', help='Do it.'),
        Arg('--wipe', action='store_true', help='Replace the top layer by an empty one afterwards.'),
        Arg('--no-tags', action='store_true', help='Leave out tags, tag properties and syn:tag nodes.'),
        Arg('--only-tags', action='store_true', help='Take nothing but tags, tag properties and syn:tag nodes.'),
        Arg('--include-tags', nargs='*', default=[], help='Of the tags, take only these.'),
        Arg('--exclude-tags', nargs='*', default=[], help='Of the tags, leave out these.'),
        Arg('--include-props', nargs='*', default=[], help='Of the properties, take only these.'),
        Arg('--exclude-props', nargs='*', default=[], help='Of the properties, leave out these.'),
        Arg('--diff', action='store_true', help='Take all nodes with changes in the top layer.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if rt.view.info.get('parent') is None:
            raise s_exc.CantMergeView(mesg='You may only merge nodes in forked views')
        if opts.wipe and opts.apply:
            s_viewops.req_admin(rt, rt.view.iden, 'merge --wipe requires view admin')
        merging = _Merging(rt, opts)
        if opts.apply:
            rt.editor.companions.append(merging.transfer)
        try:
            if opts.diff:
                if genr is not None:
                    async for batch in genr:
                        yield batch
                genr = _changed(rt, [], None)
            async for path in s_plan.singles(genr):
                if await merging.node(path.node):
                    yield [path]
                await rt.breathe()
        finally:
            if opts.apply:
                await rt.editor.flush()
                rt.editor.companions.remove(merging.transfer)
        if opts.wipe and opts.apply:
            await s_viewops.merger_of(rt).swap_layer(rt.view.iden, rt.query.user.iden)


class _Merging:
    """One run of the command."""

    def __init__(self, rt: Runtime, opts: Opts) -> None:
        self.rt = rt
        self.opts = opts
        self.choice = Choice(opts)
        self.merger = s_viewops.merger_of(rt)
        self.transfer = self.merger.transfer(rt.query.user.iden)
        self.pending: set[bytes] = set()

    async def node(self, node: s_view.Node) -> bool:
        """Show, or take, the edits of one node; False if the options leave it out."""
        rt = self.rt
        if not self.transfer.size:
            self.pending.clear()
        if rt.editor.edits or node.nid in self.pending:
            await self._flush()
        if node.nid is None or node.deleted:
            return True
        top, below = rt.view.layers[:2]
        found = self.merger.node_edits(top, node.nid)
        if found is None:
            return True
        iden, form, _ = found
        edits = self.choice.edits(form, node, found[2])
        if edits is None:
            return False
        if self.opts.apply:
            await self._take(node, (iden, form, edits), top, below)
            return True
        for edit in edits:
            if edit[0] != s_edits.PROP_SET or edit[1][0] != '.created':
                rt.emit('print', mesg=f'{iden.hex()} {form}{describe(rt, form, edit)}')
        return True

    async def _take(self, node: s_view.Node, item: s_edits.NodeEdit, top: s_layer.Layer, below: s_layer.Layer) -> None:
        iden, form, edits = item
        undo = [] if self.opts.wipe else self.merger.undo(edits)
        for edit in reversed(undo):
            self.rt.confirm(self.merger.edit_perm(form, edit), top.iden)
        for edit in edits:
            self.rt.confirm(self.merger.edit_perm(form, edit), below.iden)
        nid = typing.cast(bytes, node.nid)
        for handed in self.merger.handed(top, nid, below) if self.choice.all else [item]:
            self.transfer.put(below, handed)
        if undo:
            self.transfer.take(top, (iden, form, undo))
        self.pending.add(nid)
        if self.transfer.full:
            await self._flush()

    async def _flush(self) -> None:
        await self.rt.editor.flush()
        self.pending.clear()
