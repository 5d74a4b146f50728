"""Node edits that come from outside: checked before they are logged, and shown to the world (spec: cortex.md 6).

What is logged is applied on every replay and by every follower, so nothing may get in that cannot be applied.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.model.forms as s_forms
import synapse.lib.model.model as s_model

Any = typing.Any

_LIST = (list, tuple)
# edit type -> (number of values in its payload, places of texts in it)
_SHAPES: dict[int, tuple[int, tuple[int, ...]]] = {
    s_edits.NODE_ADD: (2, ()),
    s_edits.NODE_DEL: (2, ()),
    s_edits.PROP_SET: (4, (0,)),
    s_edits.PROP_DEL: (3, (0,)),
    s_edits.TAG_SET: (3, (0,)),
    s_edits.TAG_DEL: (2, (0,)),
    s_edits.TAGPROP_SET: (5, (0, 1)),
    s_edits.TAGPROP_DEL: (4, (0, 1)),
    s_edits.NODEDATA_SET: (3, (0,)),
    s_edits.NODEDATA_DEL: (2, (0,)),
    s_edits.EDGE_ADD: (2, (0, 1)),
    s_edits.EDGE_DEL: (2, (0, 1)),
}
_TAGGED = (s_edits.TAG_SET, s_edits.TAG_DEL, s_edits.TAGPROP_SET, s_edits.TAGPROP_DEL)


def check(model: s_model.Model, nodeedits: Any) -> list[s_edits.NodeEdit]:
    """Return node edits in the form in which they are logged.

    Raises: BadArg (shape, edit type, iden, a value that cannot be indexed), NoSuchForm, NoSuchProp.
    """
    if not isinstance(nodeedits, _LIST):
        raise _bad('Node edits must be a list', nodeedits)
    retn: list[s_edits.NodeEdit] = []
    for item in nodeedits:
        if not isinstance(item, _LIST) or len(item) != 3:
            raise _bad('A node edit must be (iden bytes, form name, edits)', item)
        buid, name, edits = item
        if not isinstance(buid, bytes) or len(buid) != 32:
            raise _bad('The iden of a node edit must be 32 bytes', buid)
        if not isinstance(edits, _LIST):
            raise _bad('The edits of a node must be a list', edits)
        form = model.reqForm(name) if isinstance(name, str) else None
        if form is None:
            raise _bad('The form of a node edit must be text', name)
        retn.append((buid, name, [_check_edit(model, form, buid, edit) for edit in edits]))
    return retn


def _check_edit(model: s_model.Model, form: s_forms.Form, buid: bytes, edit: Any) -> s_edits.Edit:
    if not isinstance(edit, _LIST) or not 2 <= len(edit) <= 3:
        raise _bad('An edit must be (type, values, ())', edit)
    etype, payload = edit[0], tuples(edit[1])
    shape = _SHAPES.get(etype) if type(etype) is int else None
    if shape is None:
        raise _bad('Unknown edit type', etype)
    if not isinstance(payload, tuple) or len(payload) != shape[0]:
        raise _bad(f'The values of an edit of type {etype} must be a list of {shape[0]}', payload)
    if len(edit) == 3 and edit[2]:
        raise _bad('Edits below an edit are not accepted', edit[2])
    most = s_limits.TAG_BYTES if etype in _TAGGED else s_limits.NAME_BYTES
    for place in shape[1]:
        text = payload[place]
        if not isinstance(text, str) or not 0 < len(text.encode('utf8', 'surrogatepass')) <= most:
            raise _bad(f'An edit of type {etype} with a bad name', text)
    func = _CHECKS.get(etype)
    if func is not None:
        func(model, form, buid, payload)
    return (etype, payload, ())


def _check_node(model: s_model.Model, form: s_forms.Form, buid: bytes, payload: tuple[Any, ...]) -> None:
    if s_common.buid((form.name, payload[0])) != buid:
        raise _bad('The iden of a new node must be that of its form and value', buid)
    _req_indexed(form.type, form.name, payload[0])


def _check_prop(model: s_model.Model, form: s_forms.Form, buid: bytes, payload: tuple[Any, ...]) -> None:
    prop = form.props.get(payload[0])
    if prop is None:
        mesg = f'No property named {payload[0]} on form {form.name}.'
        raise s_exc.NoSuchProp(mesg=mesg, form=form.name, prop=payload[0])
    _req_indexed(prop.type, prop.full, payload[1])


def _check_tag(model: s_model.Model, form: s_forms.Form, buid: bytes, payload: tuple[Any, ...]) -> None:
    valu = payload[1]
    if not isinstance(valu, tuple) or len(valu) != 2:
        raise _bad('The interval of a tag must be a pair', valu)
    if valu != s_edits.NOTIME and not all(type(tick) is int for tick in valu):
        raise _bad('The interval of a tag must be two integers, or two nulls', valu)


def _check_tagprop(model: s_model.Model, form: s_forms.Form, buid: bytes, payload: tuple[Any, ...]) -> None:
    prop = model.reqTagProp(payload[1])
    _req_indexed(prop.type, prop.name, payload[2])


def _check_edge(model: s_model.Model, form: s_forms.Form, buid: bytes, payload: tuple[Any, ...]) -> None:
    try:
        good = len(s_common.uhex(payload[1])) == 32
    except ValueError:
        good = False
    if not good:
        raise _bad('The target of an edge must be 64 hex digits', payload[1])


_CHECKS: dict[int, typing.Callable[[s_model.Model, s_forms.Form, bytes, tuple[Any, ...]], None]] = {
    s_edits.NODE_ADD: _check_node,
    s_edits.PROP_SET: _check_prop,
    s_edits.TAG_SET: _check_tag,
    s_edits.TAGPROP_SET: _check_tagprop,
    s_edits.EDGE_ADD: _check_edge,
    s_edits.EDGE_DEL: _check_edge,
}


def _req_indexed(typ: Any, name: str, valu: Any) -> None:
    """Raise BadArg unless a value can be indexed as a stored value of a type."""
    try:
        typ.indx(valu)
        if typ.isarray:
            for item in valu:
                typ.itemtype.indx(item)
        typ.repr(valu)
    except Exception as e:  # whatever a type makes of a value that is none of its own
        raise _bad(f'The value of {name} is no stored value of type {typ.name} ({e!r})', valu)


def _bad(text: str, valu: Any) -> s_exc.SynErr:
    return s_exc.BadArg(mesg=f'{text}: {valu!r}'[:500])


def tuples(valu: Any) -> Any:
    """Return a value with tuples for lists, as stored values have them."""
    if isinstance(valu, _LIST):
        return tuple(tuples(item) for item in valu)
    return valu


def check_meta(meta: Any, user: str) -> dict[str, Any]:
    """Return the meta of a change with ``time`` (ms) and ``user``, made where missing. Raises: BadArg."""
    meta = {} if meta is None else meta
    if not isinstance(meta, dict):
        raise _bad('The meta of node edits must be a dictionary', meta)
    meta = {'time': s_common.now(), 'user': user, **meta}
    if type(meta['time']) is not int:
        raise _bad('The time of node edits must be in integer milliseconds', meta['time'])
    return meta


# what was logged, as the world sees it


def public(model: s_model.Model, nodeedits: typing.Iterable[s_edits.NodeEdit]) -> tuple[s_edits.NodeEdit, ...]:
    """Return logged node edits in the public vocabulary."""
    return tuple((buid, form, tuple(s_edits.expand(model, edits, form))) for buid, form, edits in nodeedits)
