"""Commands that change nodes: delnode, edges.del, tag.prune, movetag, once, note.add, reindex."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.command as s_command
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.libs.graph.nodedata as s_nodedata
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream


def _near(rt: Runtime, node: s_view.Node, reverse: bool) -> typing.Iterator[tuple[str, s_view.Node]]:
    """Yield (verb, node) of the light edges of a stored node, outgoing or incoming."""
    if node.nid is None:
        return
    for verb, nid in rt.view.edges(node.nid, None, reverse):
        if rt.view.exists(nid):
            yield verb, rt.node(nid)


@s_command.command
class DelNode(s_command.Cmd):
    """Delete the nodes.

    Nodes that others refer to are kept with an error, unless an admin forces it.
    """

    name = 'delnode'
    args = (
        Arg('--force', action='store_true', help='Delete also what other nodes refer to (admins only).'),
        Arg('--delbytes', action='store_true', help='For file:bytes nodes: delete the bytes in the Axon as well.'),
        Arg('--deledges', action='store_true', help='Delete the light edges that point to the nodes first.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if opts.force and not rt.query.asroot:
            rt.query.user.reqAdmin(mesg='--force requires admin privileges.')
        async for path in s_plan.singles(genr):
            await self._delete(rt, path.node, opts)
            await rt.breathe()
        return
        yield

    async def _delete(self, rt: Runtime, node: s_view.Node, opts: Opts) -> None:
        rt.writable()
        form, layer = node.form, rt.view.wlyr.iden
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot delete runt nodes: {form.name}.', form=form.name)
        for tag in node.tags:
            rt.confirm(('node', 'tag', 'del', *tag.split('.')), layer)
        rt.confirm(('node', 'del', form.name), layer)
        await rt.editor.flush()
        mark = rt.editor.mark()
        if opts.deledges:
            for verb, other in list(_near(rt, node, True)):
                rt.confirm(('node', 'edge', 'del', verb), layer)
                rt.editor.edge(other, verb, node.iden, True)
            rt.edited(mark)
            await rt.editor.flush()
            mark = rt.editor.mark()
        if not opts.force:
            self._req_unused(rt, node)
        rt.editor.del_node(node)
        rt.edited(mark)

    @staticmethod
    def _req_unused(rt: Runtime, node: s_view.Node) -> None:
        info = {'form': node.form.name, 'iden': node.iden.hex()}
        if node.form.name == 'syn:tag' and next(iter(s_pivots.tagged(rt, node.valu)), None) is not None:
            raise s_exc.CantDelNode(mesg='Nodes still have this tag.', **info)
        for other in s_pivots.refs_in(rt, node):
            if other.iden != node.iden:
                raise s_exc.CantDelNode(mesg='Other nodes still refer to this node.', **info)
        for _, other in _near(rt, node, True):
            if other.iden != node.iden:
                raise s_exc.CantDelNode(mesg='Other nodes still have light edges to this node.', **info)


@s_command.command
class EdgesDel(s_command.Cmd):
    """Delete the light edges of the nodes that have a verb; * means any. The nodes are passed on."""

    name = 'edges.del'
    args = (
        Arg('verb', type='str', help='The verb.'),
        Arg('--n2', action='store_true', help='Delete the edges that point to the nodes.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            rt.writable()
            if opts.verb == '*':
                rt.confirm_edit('node', 'edge', 'del')
            else:
                rt.confirm_edit('node', 'edge', 'del', opts.verb)
            await rt.editor.flush()
            node, mark = path.node, rt.editor.mark()
            for verb, other in list(_near(rt, node, bool(opts.n2))):
                if opts.verb in ('*', verb):
                    one, two = (other, node) if opts.n2 else (node, other)
                    rt.editor.edge(one, verb, two.iden, True)
            rt.edited(mark)
            yield [path]
            await rt.breathe()


@s_command.command
class TagPrune(s_command.Cmd):
    """Delete tags from the nodes, and then each parent that is left without other children."""

    name = 'tag.prune'
    args = (Arg('tags', nargs='*', help='The tags.'),)

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            node, mark = path.node, rt.editor.mark()
            for item in opts.tags:
                for tag in s_edits.tag_names(item):
                    self._prune(rt, node, s_edits.norm_tag(rt, tag))
            rt.edited(mark)
            yield [path]
            await rt.breathe()

    @staticmethod
    def _prune(rt: Runtime, node: s_view.Node, tag: str) -> None:
        if tag not in node.tags:
            return
        parts = tag.split('.')
        while len(parts) > 1:
            up = '.'.join(parts[:-1])
            if any(other.startswith(f'{up}.') and not _under(other, '.'.join(parts)) for other in node.tags):
                break
            parts.pop()
        gone = '.'.join(parts)
        rt.confirm_edit('node', 'tag', 'del', *gone.split('.'))
        rt.editor.del_tag(node, gone)


def _under(tag: str, top: str) -> bool:
    return tag == top or tag.startswith(f'{top}.')


@s_command.command
class MoveTag(s_command.Cmd):
    """Rename a tag and all below it on all nodes. The old tags point to the new ones from then on."""

    name = 'movetag'
    pernode = False
    args = (Arg('oldtag', help='The tag.'), Arg('newtag', help='Its new name.'))

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        moved = False
        async for path in s_plan.singles(genr):
            if not moved:
                await self._rename(rt, opts)
                moved = True
            yield [path]
        if not moved:
            await self._rename(rt, opts)

    async def _rename(self, rt: Runtime, opts: Opts) -> None:
        rt.writable()
        old, new = s_edits.norm_tag(rt, opts.oldtag), opts.newtag
        await rt.editor.flush()
        source = rt.editor.node_by_ndef('syn:tag', old)
        if source is None:
            raise s_exc.BadOperArg(mesg='Cannot move a tag which does not exist.', oldtag=old)
        new = s_edits.norm_tag(rt, new)
        if old == new:
            raise s_exc.BadOperArg(mesg='Cannot retag a tag to the same valu.', oldtag=old, newtag=new)
        self._req_no_cycle(rt, old, new)
        rt.confirm_edit('node', 'tag', 'del', *old.split('.'))
        rt.confirm_edit('node', 'tag', 'add', *new.split('.'))
        # the nodes first: as soon as a tag points elsewhere, nothing can be tagged with it
        count = 0
        for node in list(s_pivots.tagged(rt, old)):
            self._move(rt, node, old, new)
            count += 1
            await rt.breathe()
        await self._redirect(rt, source, old, new)
        rt.emit('print', mesg=f'moved tags on {count} nodes.')

    @staticmethod
    def _req_no_cycle(rt: Runtime, old: str, new: str) -> None:
        cycle: list[str] = []
        tag: str | None = new
        while tag is not None and tag not in cycle:
            cycle.append(tag)
            if tag == old:
                mesg = f'Tag cycle detected when moving tag {old} to tag {new}'
                raise s_exc.BadOperArg(mesg=mesg, cycle=cycle)
            node = rt.editor.node_by_ndef('syn:tag', tag)
            tag = None if node is None else node.get('isnow')

    @staticmethod
    def _move(rt: Runtime, node: s_view.Node, old: str, new: str) -> None:
        mark, editor = rt.editor.mark(), rt.editor
        tags = {tag: ival for tag, ival in node.tags.items() if _under(tag, old)}
        props = {tag: dict(node.tagprops[tag]) for tag in tags if tag in node.tagprops}
        editor.del_tag(node, old)
        for tag, ival in tags.items():
            name = new + tag[len(old) :]
            editor.add_tag(node, name, ival)
            for prop, valu in props.get(tag, {}).items():
                tagprop = rt.model.tagprop(prop)
                if tagprop is not None:
                    editor.set_tagprop(node, name, tagprop, valu)
        rt.edited(mark)

    @staticmethod
    async def _redirect(rt: Runtime, source: s_view.Node, old: str, new: str) -> None:
        await rt.editor.flush()
        form = rt.model.reqForm('syn:tag')
        tags = [source]
        children = s_pivots.lift_stored(rt, [form], '^=', f'{old}.')
        tags += [node for node in children if node.valu.startswith(f'{old}.')]
        for node in tags:
            mark = rt.editor.mark()
            name = new + node.valu[len(old) :]
            norm, info = form.type.norm(name)
            target = rt.editor.add_node(form, norm, info)
            for rel in ('doc', 'doc:url', 'title'):
                valu = node.get(rel)
                if valu is not None and rel in form.props:
                    rt.editor.set_prop(target, form.props[rel], valu)
            rt.editor.set_prop(node, form.props['isnow'], norm)
            rt.edited(mark)
            await rt.breathe()


@s_command.command
class Once(s_command.Cmd):
    """Pass a node on only the first time that it comes by under a name, also over several queries.

    What came by is remembered as node data, in the write layer of the view.
    """

    name = 'once'
    args = (
        Arg('name', type='str', help='The name.'),
        Arg('--asof', type='time', help='Pass nodes again that came by at this time or before.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            key = f'once:{opts.name}'
            envl = await s_nodedata.read(rt, path.node, key)
            tick = envl.get('tick', 0) if isinstance(envl, dict) else 0
            if envl is not s_common.novalu and (opts.asof is None or tick > opts.asof):
                continue
            s_nodedata.store(rt, path.node, key, {'tick': s_common.now()})
            yield [path]
            await rt.breathe()


@s_command.command
class NoteAdd(s_command.Cmd):
    """Add a meta:note with a text, linked to the nodes by -(about)> edges."""

    name = 'note.add'
    args = (
        Arg('text', type='str', help='The text.'),
        Arg('--type', type='str', help='The type of the note.'),
        Arg('--yield', dest='yieldnodes', action='store_true', help='Pass the note on instead of the nodes.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        note = None
        async for path in s_plan.singles(genr):
            if note is None:
                note = self._add(rt, opts)
            mark = rt.editor.mark()
            rt.confirm_edit('node', 'edge', 'add', 'about')
            rt.editor.edge(note, 'about', path.node.iden)
            rt.edited(mark)
            if not opts.yieldnodes:
                yield [path]
            await rt.breathe()
        if note is None:
            note = self._add(rt, opts)
        if opts.yieldnodes:
            yield [rt.path(note)]

    @staticmethod
    def _add(rt: Runtime, opts: Opts) -> s_view.Node:
        form = rt.model.reqForm('meta:note')
        rt.confirm_edit('node', 'add', form.name)
        mark, now = rt.editor.mark(), s_common.now()
        node = rt.editor.add_node(form, s_common.guid())
        valus = {'text': opts.text, 'type': opts.type, 'creator': rt.query.user.iden, 'created': now, 'updated': now}
        for name, valu in valus.items():
            prop = form.props.get(name)
            if valu is not None and prop is not None:
                rt.editor.set_prop(node, prop, *prop.type.norm(valu))
        rt.edited(mark)
        return node


@s_command.command
class Reindex(s_command.Cmd):
    """Does nothing for now."""

    name = 'reindex'

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for _ in s_plan.singles(genr):
            pass
        rt.warn('reindex currently does nothing but is reserved for future use')
        return
        yield
