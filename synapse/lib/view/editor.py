"""The rules by which a change brings others with it (spec: types.md 5): sub-properties, auto-added nodes, parent tags.

``Editor`` is the edit buffer of a query with these rules; values come to it normalised.
"""

from __future__ import annotations

import functools
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.model.rules as s_rules
import synapse.lib.view.buffer as s_buffer
import synapse.lib.view.node as s_node

if typing.TYPE_CHECKING:
    import synapse.lib.model.forms as s_forms
    import synapse.lib.model.model as s_model

Info = dict[str, typing.Any]
_NOINFO: Info = {}
_PROP_SET, _TAG_SET = s_edits.PROP_SET, s_edits.TAG_SET


@functools.lru_cache(maxsize=10000)
def tag_chain(tag: str) -> tuple[str, ...]:
    """Return the tag and its parents, roots first: ``a.b`` -> ('a', 'a.b')."""
    parts = tag.split('.')
    return tuple('.'.join(parts[: i + 1]) for i in range(len(parts)))


def _req_name(what: str, name: typing.Any) -> None:
    """Raise BadArg for a name that cannot become part of a key."""
    if not isinstance(name, str) or not 0 < len(name.encode('utf8', 'surrogatepass')) <= s_limits.NAME_BYTES:
        raise s_exc.BadArg(mesg=f'The {what} must be a text of 1 to {s_limits.NAME_BYTES} bytes: {str(name)[:100]}')


class Editor(s_buffer.EditBuffer):
    """The pending edits of one query on one view, with the rules of the data model."""

    # nodes

    def add_node(self, form: s_forms.Form, valu: typing.Any, info: Info = _NOINFO) -> s_node.Node:
        """Add a node with an already normalised value, and what belongs to it; return it, new or old.

        Raises: IsRuntForm, IsDeprLocked.
        """
        if self.limit is not None:
            self.limit.req_room(self.count)
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot make runt nodes: {form.name}.')
        if form.locked:
            raise s_exc.IsDeprLocked(mesg=f'Form {form.name} is locked due to deprecation.', prop=form.name)
        iden = s_common.buid((form.name, valu))
        node = self.node_by_iden(iden)
        if node is None:
            return self._create(form, iden, valu, info)
        if form.resubs:
            self._refill(node, info)
        return node

    def _create(self, form: s_forms.Form, iden: bytes, valu: typing.Any, info: Info) -> s_node.Node:
        props: list[s_rules.PropSet] = []
        adds: list[s_rules.NodeAdd] = []
        plain = info.get('subs') if len(info) == 1 else None
        if plain is None or not form.plain.issuperset(plain):
            plain = _NOINFO
            s_rules.fill_node(form, info, props, adds)
        node = self._add_fresh(form, iden, valu)
        have = node.props
        have.update(plain)
        self._ensure_all(adds)
        for prop, subv in props:
            if prop.name in have:
                self._put(node, prop, subv)
            else:
                have[prop.name] = subv
        if form.onadd is not None:
            self._creating.add(iden)
            self._apply(node, form.onadd(self, valu, node.props))
            self._creating.discard(iden)
        return node

    def _refill(self, node: s_node.Node, info: Info) -> None:
        """Set the properties that follow from the value of a node, and differ, back to what they are for new nodes."""
        have, props = node.props, node.form.props
        for name, valu in info.get('subs', _NOINFO).items():
            if have.get(name) != valu and name in props:
                self.set_prop(node, props[name], valu)

    def ensure(self, form: str, valu: typing.Any, info: Info | None = None) -> None:
        """Make sure that a node exists, without touching one that does; ``info`` is its norm info where that is at
        hand."""
        ndef = (form, valu)
        try:
            if ndef in self.known:
                return
        except TypeError:  # a value that is not hashable (data)
            pass
        item = self.view.model.form(form)
        if item is None or item.isrunt or item.locked:
            return
        iden = s_common.buid(ndef)
        node = self.node_by_iden(iden)
        if node is None or item.resubs:
            if self.limit is not None:
                self.limit.req_room(self.count)
            if info is None:
                info = item.type.norm(valu)[1]
            if node is None:
                self._create(item, iden, valu, info)
            else:
                self._refill(node, info)
        if len(self.known) < s_limits.EDITOR_KNOWN:
            try:
                self.known.add(ndef)
            except TypeError:
                pass

    def _ensure_all(self, adds: list[s_rules.NodeAdd]) -> None:
        for form, valu, info in adds:
            self.ensure(form, valu, info)

    # what hooks of the model see and ask for (rules.Graph)

    @property
    def model(self) -> s_model.Model:
        """The data model."""
        return self.view.model

    def get(self, form: str, valu: typing.Any) -> dict[str, typing.Any] | None:
        """Return the properties of a node, None when there is no such node."""
        node = self.node_by_ndef(form, valu)
        return None if node is None else node.props

    def find(self, form: str, prop: str, valu: typing.Any) -> typing.Iterator[typing.Any]:
        """Yield the primary values of the nodes of a form whose property has a value, pending changes included."""
        item = self.view.model.reqForm(form).props[prop]
        for iden in [iden for iden, (name, _) in self.blocks.items() if name == form]:
            self._unblock(iden)
        for node in list(self.pending.values()):
            if node.form.name == form and node.props.get(prop) == valu and not node.deleted:
                yield node.valu
        source = self.view.lift([('prop', form, prop)], item.type.lifts('=', valu))
        for nid in source.nids(s_limits.GRAPH_FIND):
            node = self.intern(nid)
            if not node.dirty and node.props.get(prop) == valu:
                yield node.valu

    def _apply(self, about: s_node.Node, changes: list[s_rules.Change]) -> None:
        for name, valu, props, normal in changes:
            form = self.view.model.reqForm(name)
            node = about if about.ndef == (name, valu) else self.node_by_ndef(name, valu)
            if node is None:
                try:
                    norm, info = form.type.norm(valu)
                except s_exc.BadTypeValu:
                    continue
                node = self.add_node(form, norm, info)
            for rel, propv in props.items():
                prop = form.props[rel]
                if propv is None:
                    self.del_prop(node, prop)
                    continue
                more: Info | None = None
                if not normal:
                    try:
                        propv, more = prop.type.norm(propv)
                    except s_exc.BadTypeValu:
                        continue
                self.set_prop(node, prop, propv, more)

    def del_node(self, node: s_node.Node) -> None:
        """Remove a node with all its tags and properties. Checks (references, permissions) are the caller's."""
        name = node.form.name
        edits: list[s_edits.Edit] = []
        for tag, props in list(node.tagprops.items()):
            for prop in props:
                edits.append(
                    (s_edits.TAGPROP_DEL, (tag, prop, None, s_edits.stortype(node.view.model.tagprop(prop))), ())
                )
        edits += [(s_edits.TAG_DEL, (tag, None), ()) for tag in sorted(node.tags, reverse=True)]
        for prop in node.props:
            if prop != '.created':
                edits.append((s_edits.PROP_DEL, (prop, None, s_edits.stortype(node.form.props.get(prop))), ()))
        edits.append((s_edits.NODE_DEL, (node.valu, node.form.type.stortype), ()))
        names: list[typing.Any] = [('tag', tag) for tag in node.tags]
        names += [('prop', name, prop) for prop in node.props]
        for touched in (('prop', name, None), *names, 'edges'):
            self.touched[touched] = True
        for edit in edits:
            self._append(node, name, edit)
        self.known.clear()
        self._forget_tags()
        node.deleted = True

    def _forget_tags(self) -> None:
        """What stands for which tag has to be found out again."""
        self._chains.clear()
        self._tags.clear()

    # properties

    def set_prop(self, node: s_node.Node, prop: s_forms.Prop, valu: typing.Any, info: Info | None = None) -> bool:
        """Set a property to an already normalised value, and what follows from it; True if something changed.

        Raises: ReadOnlyProp, IsDeprLocked, IsRuntForm.
        """
        if prop.locked:
            raise s_exc.IsDeprLocked(mesg=f'Prop {prop.full} is locked due to deprecation.', prop=prop.full)
        if not self._put(node, prop, valu):
            return False
        if prop.redirects:
            self._forget_tags()
        if prop.derives:
            props: list[s_rules.PropSet] = []
            adds: list[s_rules.NodeAdd] = []
            s_rules.fill_prop(prop, valu, info, props, adds)
            self._ensure_all(adds)
            for sub, subv in props:
                if not sub.locked:
                    self._put(node, sub, subv)
        if prop.onset is not None and node.iden not in self._creating:
            self._apply(node, prop.onset(self, node.valu, node.props))
        return True

    def _put(self, node: s_node.Node, prop: s_forms.Prop, valu: typing.Any) -> bool:
        """Set one property and nothing else; True if it changed."""
        name, have = prop.name, node.props
        if node.fresh and name not in have:
            have[name] = valu
            return True
        form = node.form
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot edit runt nodes: {form.name}.', form=form.name, prop=name)
        oldv = have.get(name)
        if oldv is not None:
            if prop.type.merge is not None:
                valu = prop.type.merge(oldv, valu)
            if oldv == valu and type(oldv) is type(valu):
                return False
            if prop.isro:
                raise s_exc.ReadOnlyProp(mesg=f'Property is read only: {prop.full}.')
        self._own(node)
        node.props[name] = valu
        edit = (_PROP_SET, (name, valu, oldv, prop.type.stortype), ())
        self._record(node, form.name, edit, prop.index)
        return True

    def del_prop(self, node: s_node.Node, prop: s_forms.Prop) -> bool:
        """Remove a property; True if it was set. Raises: ReadOnlyProp, IsRuntForm."""
        form = node.form
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Cannot edit runt nodes: {form.name}.', form=form.name, prop=prop.name)
        if prop.name not in node.props:
            return False
        if prop.isro:
            raise s_exc.ReadOnlyProp(name=prop.name)
        self._own(node)
        if prop.redirects:
            self._forget_tags()
        oldv = node.props.pop(prop.name)
        edit = (s_edits.PROP_DEL, (prop.name, oldv, prop.type.stortype), ())
        self._record(node, form.name, edit, prop.index)
        return True

    # tags

    def redirect(self, tag: str) -> str:
        """Return the tag that stands for a tag: itself, or where its ``:isnow`` chain ends."""
        final = self._tags.get(tag)
        if final is None:
            final = self._tags[tag] = self._redirect(tag)
        return final

    def _redirect(self, tag: str) -> str:
        seen = {tag}
        while True:
            parts = tag_chain(tag)
            for i in range(len(parts) - 1, -1, -1):
                node = self.node_by_ndef('syn:tag', parts[i])
                isnow = node.get('isnow') if node is not None else None
                if isnow and isnow != parts[i]:
                    tag = isnow + tag[len(parts[i]) :]
                    break
            else:
                return tag
            if tag in seen:
                return tag
            seen.add(tag)

    def add_tag(self, node: s_node.Node, tag: str, valu: typing.Any = s_edits.NOTIME) -> bool:
        """Add a normalised tag with a normalised interval, and its parents; True if something changed.

        Raises: IsRuntForm.
        """
        form = node.form
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg='Cannot add tags to runt nodes.', form=form.name, tag=tag)
        tag, parents, touches = self._chains.get(tag) or self.chain(tag)
        self._own(node)
        tags, name = node.tags, form.name
        oldv = tags.get(tag)
        if oldv is not None:
            valu = s_edits.merge_ival(valu, oldv)
            if valu == oldv:
                return False
        self.touched.update(touches)
        if node.fresh:  # its pending edit refers to the tags
            for up in parents:
                tags.setdefault(up, s_edits.NOTIME)
            tags[tag] = valu
            return True
        for up in parents:
            if up not in tags:
                tags[up] = s_edits.NOTIME
                self._append(node, name, (_TAG_SET, (up, s_edits.NOTIME, None), ()))
        tags[tag] = valu
        self._append(node, name, (_TAG_SET, (tag, valu, oldv), ()))
        return True

    def chain(self, tag: str) -> s_buffer.Chain:
        """Return what a tag stands for, its parents, and what is touched when it is added, after their nodes were made
        sure of; remembered for this query."""
        final = self.redirect(tag)
        if len(final.encode()) > s_limits.TAG_BYTES:
            mesg = f'A tag may have at most {s_limits.TAG_BYTES} bytes.'
            raise s_exc.BadTag(mesg=mesg, name=final[:100])
        parts = tag_chain(final)
        for name in parts:
            self.ensure('syn:tag', name)
        found = self._chains[tag] = (final, parts[:-1], {('tag', name): True for name in parts})
        return found

    def del_tag(self, node: s_node.Node, tag: str) -> bool:
        """Remove a tag, its sub-tags and their properties, and parents as the tag model says; True if there were any.

        Raises: IsRuntForm.
        """
        form = node.form
        if form.isrunt:
            raise s_exc.IsRuntForm(mesg='Cannot remove tags from runt nodes.', form=form.name, tag=tag)
        prefix = tag + '.'
        self._own(node)
        gone = sorted((name for name in node.tags if name == tag or name.startswith(prefix)), reverse=True)
        for name in gone:
            for prop in list(node.tagprops.get(name, ())):
                self.del_tagprop(node, name, prop)
            oldv = node.tags.pop(name)
            self._record(node, form.name, (s_edits.TAG_DEL, (name, oldv), ()), ('tag', name))
        prunable = self.view.model.hooks.get('tag:prune')
        if gone and prunable is not None:
            above = tag.rpartition('.')[0]
            if above in node.tags and prunable(above) and not any(name.startswith(f'{above}.') for name in node.tags):
                self.del_tag(node, above)
        return bool(gone)

    def set_tagprop(self, node: s_node.Node, tag: str, prop: s_forms.TagProp, valu: typing.Any) -> bool:
        """Set a tag property to a normalised value, adding the tag; True if something changed."""
        self.add_tag(node, tag)
        tag = self.redirect(tag)
        self._own(node)
        props = node.tagprops.setdefault(tag, {})
        oldv = props.get(prop.name)
        if oldv is not None:
            if prop.type.merge is not None and prop.type.name != 'ival':
                valu = prop.type.merge(oldv, valu)
            if oldv == valu:
                return False
        props[prop.name] = valu
        edit = (s_edits.TAGPROP_SET, (tag, prop.name, valu, oldv, prop.type.stortype), ())
        self._record(node, node.form.name, edit, ('tagprop', tag, prop.name))
        return True

    def del_tagprop(self, node: s_node.Node, tag: str, name: str) -> bool:
        """Remove a tag property; True if it was set."""
        self._own(node)
        props = node.tagprops.get(tag)
        if props is None or name not in props:
            return False
        oldv = props.pop(name)
        if not props:
            node.tagprops.pop(tag)
        stor = s_edits.stortype(self.view.model.tagprops.get(name))
        edit = (s_edits.TAGPROP_DEL, (tag, name, oldv, stor), ())
        self._record(node, node.form.name, edit, ('tagprop', tag, name))
        return True

    # edges and node data

    def edge(self, node: s_node.Node, verb: str, other: bytes, delete: bool = False) -> None:
        """Add or remove the edge from a node to the one with a 32 byte iden. Raises: IsRuntForm."""
        if node.form.isrunt:
            raise s_exc.IsRuntForm(mesg=f'Edges cannot be used with runt nodes: {node.form.name}', form=node.form.name)
        _req_name('verb of an edge', verb)
        etype = s_edits.EDGE_DEL if delete else s_edits.EDGE_ADD
        if not self.view.single:
            settled = self._settle(node, verb, other)
            if settled and not delete and self._has_edge(node, verb, other):
                return
        self.touched['edges'] = True
        self._append(node, node.form.name, (etype, (verb, other.hex()), ()))

    def set_data(self, node: s_node.Node, name: str, valu: typing.Any) -> None:
        """Set one node data value (anything msgpack-able). Raises: NotMsgpackSafe."""
        byts = s_common.en(valu)
        _req_name('name of node data', name)
        if not self.view.single and self._settle(node, name) and self._has_data(node, name, byts):
            return
        if node.nodedata is None:
            node.nodedata = {}
        node.nodedata[name] = valu
        self.touched['data'] = True
        self._append(node, node.form.name, (s_edits.NODEDATA_SET, (name, valu, None), ()))

    # what a lower layer of a fork holds already is not logged again

    def _settle(self, node: s_node.Node, *key: str | bytes) -> bool:
        """Return True if no edit of an edge (verb, iden) or of node data (name) is under way; note that one is now."""
        name = (node.iden, *key)
        settled = name not in self.touched and node.iden not in self._flushing
        self.touched[name] = True
        return settled

    def _has_edge(self, node: s_node.Node, verb: str, other: bytes) -> bool:
        n2 = self.view.idens.get(other)
        if node.nid is None or n2 is None:
            return False
        for layer in self.view.layers:
            abrv = layer.find_abrv('verb', verb)
            if abrv is not None and layer.has_edge(node.nid, abrv, n2):
                return True
        return False

    def _has_data(self, node: s_node.Node, name: str, valu: bytes) -> bool:
        if node.nid is None:
            return False
        found = (layer.data_get(node.nid, name) for layer in self.view.layers)
        return next((byts for byts in found if byts is not None), None) == valu

    def pop_data(self, node: s_node.Node, name: str) -> None:
        """Remove one node data value."""
        if not self.view.single:
            self._settle(node, name)
        if node.nodedata:
            node.nodedata.pop(name, None)
        self.touched['data'] = True
        self._append(node, node.form.name, (s_edits.NODEDATA_DEL, (name, None), ()))
