"""Items of a feed that are alike, by column.

Feeds repeat themselves: most items are new nodes, many of the same form with the same properties and tags, whose values
repeat too. What such items ask of the model is asked once for a group, or once for a value; the store is asked once for
all of them; and they go on as one block. An item that is anything else (a node that is stored already, one that comes
twice, a value that is refused or that fills other properties) is left to whoever adds items singly.
"""

from __future__ import annotations

import collections
import hashlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.model.rules as s_rules
import synapse.lib.view as s_view

if typing.TYPE_CHECKING:
    import synapse.lib.model.forms as s_forms
    import synapse.lib.model.model as s_model

Any = typing.Any
Dicts = typing.Sequence[dict[str, Any]]
Row = tuple[int, Any, dict[str, Any], dict[str, Any], dict[str, Any]]  # item, value, norm info, properties, tags

_NONE: dict[str, Any] = {}
_PARTS = frozenset(('props', 'tags'))
_DICTS = {dict}
_PLAIN = frozenset((str, int))  # of other types, equal values may mean different things
_IVALS = (str, tuple, list)
_REFUSED = object()


class Group(typing.NamedTuple):
    """Nodes to be, of one form, that are given properties and tags of the same names."""

    form: s_forms.Form
    names: list[str]
    tags: tuple[str, ...]
    rows: list[Row]
    idens: list[bytes]


class Columns:
    """Adds nodes to an editor that has no limit."""

    def __init__(self, editor: s_view.Editor) -> None:
        self.editor = editor
        self.model = editor.view.model
        self.known: dict[str, dict[Any, Any]] = {}  # full name of a property -> given value -> stored value

    def add(self, items: typing.Sequence[Any]) -> list[Any]:
        """Add what can be added by column; return the other items, in order."""
        shapes: dict[Any, list[tuple[int, Any, Any, Any]]] = {}
        for numb, item in enumerate(items):
            try:
                (form, valu), info = item
                if not _PARTS.issuperset(info) and (info.get('edges') or info.get('nodedata') or info.get('tagprops')):
                    continue
                props, tags = info.get('props') or _NONE, info.get('tags') or _NONE
                shape = (form, *props), (*tags,)
                like = shapes.get(shape)
            except (AttributeError, TypeError, ValueError):  # no packed node: adding it singly will tell
                continue
            if like is None:
                like = shapes[shape] = []
            like.append((numb, valu, props, tags))
        found = (self._group(kind, tags, like) for (kind, tags), like in shapes.items())
        groups = [group for group in found if group is not None]
        twice = self._twice(items, groups)
        done: set[int] = set()
        for group in groups:
            done.update(self._add(group, twice))
        return [item for numb, item in enumerate(items) if numb not in done] if len(done) < len(items) else []

    def _group(
        self, kind: tuple[Any, ...], tags: tuple[Any, ...], like: list[tuple[int, Any, Any, Any]]
    ) -> Group | None:
        """Return the nodes to be of items that are alike, None if they are to be added singly."""
        form = self.model.form(kind[0]) if type(kind[0]) is str else None
        if len(like) < s_limits.FEED_ALIKE or form is None or not _simple(form, kind[1:]):
            return None
        if {type(props) for _, _, props, _ in like} | {type(tagged) for _, _, _, tagged in like} != _DICTS:
            return None
        norm, rows = form.type.norm, []
        for numb, given, props, tagged in like:
            try:
                rows.append((numb, *norm(given), props, tagged))
            except s_exc.SynErr:
                continue
        return Group(form, [name for name in kind[1:] if name != '.created'], tags, rows, _idens(form, rows))

    def _twice(self, items: typing.Sequence[Any], groups: list[Group]) -> set[bytes]:
        """Return the idens of nodes of which several items tell: their order matters."""
        idens = [iden for group in groups for iden in group.idens]
        forms = {group.form.name: group.form for group in groups}
        if len(idens) < len(items) and forms:
            grouped = {row[0] for group in groups for row in group.rows}
            for numb, item in enumerate(items):
                try:
                    if numb not in grouped and (form := forms.get(item[0][0])) is not None:
                        idens.append(s_common.buid((form.name, form.type.norm(item[0][1])[0])))
                except (s_exc.SynErr, IndexError, KeyError, TypeError):
                    continue
        if len(set(idens)) == len(idens):
            return set()
        return {iden for iden, count in collections.Counter(idens).items() if count > 1}

    def _add(self, group: Group, skip: set[bytes]) -> list[int]:
        """Add the nodes of a group but those to skip and those that are stored; return the items that were added."""
        form, names = group.form, group.names
        skip = skip.union(self.editor.view.idens.get_all(group.idens))
        plain = form.plain.difference(names)
        kinds: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        kind: list[tuple[Any, ...]] = []
        adds: list[s_rules.NodeAdd] = []
        before: dict[str, Any] | None = None
        subs = _NONE
        for iden, (numb, valu, info, props, tags) in zip(group.idens, group.rows, strict=True):
            if iden in skip:
                continue
            if info is not before:  # values often share it
                before, subs = None, info.get('subs', _NONE)
                if 'adds' in info or not plain.issuperset(subs):
                    fills: list[s_rules.PropSet] = []
                    brings: list[s_rules.NodeAdd] = []
                    s_rules.fill_node(form, info, fills, brings)
                    subs = {prop.name: fill for prop, fill in fills}
                    if len(subs) != len(fills) or not subs.keys().isdisjoint(names):
                        continue
                    adds += brings
                before, kind = info, kinds.setdefault((*subs,), [])
            kind.append((numb, iden, valu, subs, props, tags))
        self._ensure(adds)
        return [numb for rows in kinds.values() for numb in self._block(group, rows)]

    def _block(self, group: Group, rows: list[tuple[Any, ...]]) -> typing.Iterable[int]:
        """Add nodes whose values fill the same properties; return the items that were added."""
        if not rows:
            return ()
        numbs, idens, valus, subs, given, tags = zip(*rows, strict=True)
        editor = self.editor
        refused: set[int] = set()
        editor.tick = editor.tick or s_common.now()
        props: dict[str, s_block.Column] = {'.created': (editor.tick,)}
        for name in subs[0]:
            props[name] = s_block.fold([item[name] for item in subs])
        for name in group.names:
            column = self._column(group.form.props[name], [item[name] for item in given])
            if _REFUSED in column:
                refused.update(at for at, valu in enumerate(column) if valu is _REFUSED)
            props[name] = s_block.fold(column)
        tagged = self._tags(group.tags, tags, refused)
        for pending in (editor.pending, editor.blocks):  # perhaps since what the nodes bring was made sure of
            if not pending.keys().isdisjoint(idens):
                refused.update(at for at, iden in enumerate(idens) if iden in pending)
        if refused:
            return self._block(group, [row for at, row in enumerate(rows) if at not in refused])
        editor.add_block(group.form.name, s_block.Block(b''.join(idens), valus, props, tagged))
        return numbs

    def _ensure(self, adds: list[s_rules.NodeAdd]) -> None:
        """Make sure that the nodes exist to which others refer."""
        editor = self.editor
        forms: dict[str, dict[Any, Any]] = {}
        for name, valu, info in adds:
            if (name, valu) not in editor.known:
                forms.setdefault(name, {})[valu] = info
        for name, infos in forms.items():
            form = self.model.form(name)
            added: set[int] = set()
            if len(infos) >= s_limits.FEED_ALIKE and form is not None and _simple(form, ()):
                rows = [
                    (numb, valu, form.type.norm(valu)[1] if info is None else info, _NONE, _NONE)
                    for numb, (valu, info) in enumerate(infos.items())
                ]
                added.update(self._add(Group(form, [], (), rows, _idens(form, rows)), set()))
            for numb, (valu, info) in enumerate(infos.items()):
                if numb not in added:
                    editor.ensure(name, valu, info)

    def _column(self, prop: s_forms.Prop, valus: list[Any]) -> list[Any]:
        """Return the stored values for given ones, _REFUSED where there is more to do than to store one."""
        if not _PLAIN.issuperset(map(type, valus)) or '*' in valus:  # a star is another new node each time
            return [self._valu(prop, valu) for valu in valus]
        known = self.known.setdefault(prop.full, {})
        if len(known) > s_limits.FEED_SETTLED:
            known.clear()
        for valu in dict.fromkeys(valus):
            if valu not in known:
                known[valu] = self._valu(prop, valu)
        return [known[valu] for valu in valus]

    def _valu(self, prop: s_forms.Prop, valu: Any) -> Any:
        try:
            norm, info = prop.type.norm(valu)
            if prop.derives:
                fills: list[s_rules.PropSet] = []
                adds: list[s_rules.NodeAdd] = []
                s_rules.fill_prop(prop, norm, info, fills, adds)
                if fills:
                    return _REFUSED
                for add in adds:
                    self.editor.ensure(*add)
        except s_exc.SynErr:
            return _REFUSED
        return norm

    def _tags(self, names: tuple[str, ...], given: Dicts, refused: set[int]) -> dict[str, s_block.Column]:
        """Return the columns of tags; notes the rows that have others as refused."""
        editor, model = self.editor, self.model
        try:
            chains = [editor.chain(model.reqType('syn:tag').norm(name)[0]) for name in names]
        except s_exc.SynErr:
            chains = []
        if len({final for final, _, _ in chains}) < len(names):
            refused.update(range(len(given)))
            return {}
        columns: dict[str, s_block.Column] = {
            tag: (s_edits.NOTIME,) for final, parents, _ in chains for tag in (*parents, final)
        }
        for name, (final, _, _) in zip(names, chains, strict=True):
            valus = [item[name] for item in given]
            if valus.count(s_edits.NOTIME) + valus.count(None) < len(valus):
                columns[final] = column = [_ival(model, valu) for valu in valus]
                refused.update(at for at, valu in enumerate(column) if valu is _REFUSED)
        return columns


def _ival(model: s_model.Model, valu: Any) -> Any:
    if valu is None or valu == s_edits.NOTIME:
        return s_edits.NOTIME
    try:
        return model.reqType('ival').norm(valu)[0] if type(valu) in _IVALS else _REFUSED
    except s_exc.SynErr:
        return _REFUSED


def _simple(form: s_forms.Form, names: typing.Iterable[str]) -> bool:
    """Return True if nodes of a form with these properties need no more than their norms tell."""
    if form.isrunt or form.locked or form.onadd is not None:
        return False
    props = [form.props.get(name) for name in names]
    return all(prop is not None and not prop.locked and prop.onset is None for prop in props)


def _idens(form: s_forms.Form, rows: list[Row]) -> list[bytes]:
    name, pack, sha256 = form.name, s_common.pack, hashlib.sha256
    start = b'\x92' + pack(name)
    try:
        return [sha256(start + pack(row[1])).digest() for row in rows]
    except Exception:  # see s_common.en_plain()
        return [s_common.buid((name, row[1])) for row in rows]
