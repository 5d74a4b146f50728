"""A node as seen through a view."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.record as s_record

if typing.TYPE_CHECKING:
    import synapse.lib.model.forms as s_forms
    import synapse.lib.view.view as s_view

Ival = tuple[int | None, int | None]


class Node:
    """A node: cheap to hold (two references), decoded when first looked into.

    Within one query that edits, there is one object for each node, so an edit is seen by every holder. ``props``,
    ``tags`` and ``tagprops`` are the node's state including edits that the query's editor has not flushed yet; only the
    editor changes them.
    """

    __slots__ = (
        'view',
        'nid',
        'dirty',
        'fresh',
        'deleted',
        'nodedata',
        '_raw',
        '_iden',
        '_form',
        '_ndef',
        '_props',
        '_tags',
        '_tagprops',
        '__weakref__',
    )

    def __init__(self, view: s_view.View, nid: bytes | None) -> None:
        self.view = view
        self.nid = nid
        self.dirty = False  # the state in memory is ahead of the store
        self.fresh = False  # not logged yet: the pending edit refers to the state itself
        self.deleted = False
        self.nodedata: dict[str, typing.Any] | None = None
        self._raw: bytes | None = None  # the stored record as it was when first looked into
        self._iden: bytes | None = None
        self._form: s_forms.Form | None = None
        self._ndef: tuple[str, typing.Any] | None = None
        self._props: dict[str, typing.Any] | None = None
        self._tags: dict[str, Ival] | None = None
        self._tagprops: dict[str, dict[str, typing.Any]] | None = None

    @classmethod
    def new(
        cls, view: s_view.View, iden: bytes, form: s_forms.Form, valu: typing.Any, props: dict[str, typing.Any]
    ) -> Node:
        """Make a node that is not stored yet; the properties become its own."""
        self = cls(view, None)
        self._iden, self._form, self._ndef = iden, form, (form.name, valu)
        self._props, self._tags, self._tagprops = props, {}, {}
        self.dirty = self.fresh = True
        return self

    def whole(self) -> tuple[typing.Any, ...]:
        """Return the state itself, as the edit that adds a new node refers to it: (valu, props, tags, tagprops)."""
        return (self._ndef[1], self._props, self._tags, self._tagprops)  # type: ignore[index]

    def _load(self, part: str) -> None:
        """Decode what is asked for; through a stack of layers, everything."""
        view = self.view
        if not view.single:
            self._iden, self._ndef, props, tags, tagprops = view.load(self.nid)  # type: ignore[arg-type]
            if self._props is None:
                self._props, self._tags, self._tagprops = props, tags, tagprops
            return
        raw = self._raw
        if raw is None:
            raw = self._raw = view.wlyr.record(self.nid)  # type: ignore[arg-type]
            if raw is None:
                raise s_exc.NoSuchIden(mesg='The node was deleted.')
        if part == 'props':
            self._props = s_record.props(raw)
        elif part == 'ndef':
            self._ndef = s_record.ndef(raw)
        elif part == 'iden':
            self._iden = s_record.iden(raw)
        elif part == 'tags':
            self._tags = s_record.tags(raw)
        else:
            self._tagprops = s_record.tagprops(raw)

    def preset(self, iden: bytes, form: s_forms.Form, ndef: tuple[str, typing.Any], raw: bytes) -> None:
        """Tell the node what is known of it before it was looked into."""
        self._iden, self._form, self._ndef, self._raw = iden, form, ndef, raw

    def detach(self) -> None:
        """Go on with a copy of the state."""
        self._props, self._tags = dict(self.props), dict(self.tags)
        self._tagprops = {tag: dict(props) for tag, props in self.tagprops.items()}

    def forget(self) -> None:
        """Drop the decoded state after it was flushed; the next look reads the store."""
        self.dirty = False
        self._raw = self._props = self._tags = self._tagprops = None

    @property
    def iden(self) -> bytes:
        """The 32 byte iden."""
        if self._iden is None:
            self._load('iden')
        return self._iden  # type: ignore[return-value]

    @property
    def form(self) -> s_forms.Form:
        """The form (model object)."""
        if self._form is None:
            self._form = self.view.model.reqForm(self.ndef[0])
        return self._form

    def set_form(self, form: s_forms.Form) -> None:
        """Tell the node its form, which whoever lifted it knows."""
        self._form = form

    @property
    def valu(self) -> typing.Any:
        """The primary value."""
        if self._ndef is None:
            self._load('ndef')
        return self._ndef[1]  # type: ignore[index]

    @property
    def ndef(self) -> tuple[str, typing.Any]:
        """(form name, primary value)."""
        if self._ndef is None:
            self._load('ndef')
        return self._ndef  # type: ignore[return-value]

    @property
    def props(self) -> dict[str, typing.Any]:
        """Storage values by relative name; read only for all but the editor."""
        if self._props is None:
            self._load('props')
        return self._props  # type: ignore[return-value]

    @property
    def tags(self) -> dict[str, Ival]:
        """Intervals by tag name, parents included."""
        if self._tags is None:
            self._load('tags')
        return self._tags  # type: ignore[return-value]

    @property
    def tagprops(self) -> dict[str, dict[str, typing.Any]]:
        """Tag property values by tag name."""
        if self._tagprops is None:
            self._load('tagprops')
        return self._tagprops  # type: ignore[return-value]

    def get(self, name: str) -> typing.Any:
        """Return the value of a property by relative name, None when unset."""
        return self.props.get(name)

    def has(self, name: str) -> bool:
        """Return True if a property is set."""
        return name in self.props

    def repr(self) -> typing.Any:
        """Return the display form of the primary value (a text, or a tuple of texts)."""
        return self.form.type.repr(self.valu)

    def __hash__(self) -> int:
        return hash(self.nid or self._iden)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Node) and self.iden == other.iden

    def pack(self, repr: bool = False) -> tuple[tuple[str, typing.Any], dict[str, typing.Any]]:
        """Return the packed node (cortex.md 4.1); with ``repr`` the display forms that differ from the values."""
        info: dict[str, typing.Any] = {
            'iden': self.iden.hex(),
            'tags': dict(self.tags),
            'props': dict(self.props),
            'tagprops': {tag: dict(props) for tag, props in self.tagprops.items()},
            'nodedata': dict(self.nodedata or {}),
            'path': {},
        }
        if repr:
            self._pack_reprs(info)
        return (self.ndef, info)

    def _pack_reprs(self, info: dict[str, typing.Any]) -> None:
        text = self.repr()
        if text is not None and text != self.valu:
            info['repr'] = text
        reprs = {}
        for name, valu in self.props.items():
            prop = self.form.props.get(name)
            if prop is None:
                continue
            shown = prop.type.repr(valu)
            if shown is not None and (prop.type.isarray or shown != valu):  # arrays are always there
                reprs[name] = shown
        info['reprs'] = reprs
        tagreprs: dict[str, dict[str, typing.Any]] = {}
        for tag, props in self.tagprops.items():
            for name, valu in props.items():
                tagprop = self.view.model.tagprops.get(name)
                shown = valu if tagprop is None else tagprop.type.repr(valu)
                if shown is not None and shown != valu:
                    tagreprs.setdefault(tag, {})[name] = shown
        info['tagpropreprs'] = tagreprs

    @staticmethod
    def preload(nodes: typing.Sequence[Node]) -> None:
        """Read the records of nodes of a view of one layer at once."""
        cold = [node for node in nodes if node._raw is None and not node.dirty]
        if cold:
            recs = cold[0].view.wlyr.records([node.nid for node in cold if node.nid is not None])
            for node in cold:
                node._raw = recs.get(node.nid)  # type: ignore[arg-type]

    def pack_bytes(self) -> bytes:
        """Return the msgpack bytes of ``pack()``, by copying from the store where the node is clean."""
        if not self.dirty and not self.nodedata and self.view.single:
            byts = self.view.layers[0].record(typing.cast(bytes, self.nid))
            if byts is not None:
                return s_record.pode(byts)
        return s_common.en(self.pack())
