"""Dictionary constructors of guid forms: ``ou:org=({'name': 'x'})`` (spec: types.md 5.6)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any


STORTYPE = 10  # guids


class _Absent(Exception):
    """A nested dictionary describes a node that does not exist."""


def find(rt: s_runtime.Runtime, form: Any, valu: dict[str, Any]) -> Any:
    """Return the node that a dictionary describes, None if there is none. Raises: BadTypeValu, NoSuchProp."""
    try:
        return existing(rt, form, _keys(rt, form, valu, False))
    except _Absent:
        return None


def build(rt: s_runtime.Runtime, form: Any, valu: dict[str, Any]) -> Any:
    """Return the node that a dictionary describes, made where it does not exist, with what ``$props`` says.

    Raises: BadTypeValu, NoSuchProp, AuthDeny.
    """
    soft = bool(valu.get('$try'))
    keys = _keys(rt, form, valu, True)
    extra = {}
    for name, item in (valu.get('$props') or {}).items():
        try:
            extra[name] = _norm(rt, form, name, item, True)
        except s_exc.BadTypeValu:
            if not soft:
                raise
    node = existing(rt, form, keys)
    if node is None:
        rt.confirm_edit('node', 'add', form.name)
        node = rt.editor.add_node(form, _guid(keys))
        extra = {**keys, **extra}
    for name, (norm, info) in extra.items():
        set_prop(rt, node, form.props[name], norm, info)
    return node


def deprecated(rt: s_runtime.Runtime, kind: str, name: str) -> None:
    """Warn once in a query that something in the model will go away."""
    rt.warn_once(f'The {kind} {name} is deprecated or using a deprecated type and will be removed in 3.0.0')


def set_prop(rt: s_runtime.Runtime, node: Any, prop: Any, norm: Any, info: Any) -> None:
    """Set a property of a node to a normalised value, with a warning where the property changes that will go away."""
    going = prop.deprecated and node.props.get(prop.name) != norm
    rt.editor.set_prop(node, prop, norm, info)
    if going:
        deprecated(rt, 'property', prop.full)


def _guid(keys: dict[str, Any]) -> str:
    return s_common.guid(sorted((name, norm) for name, (norm, _) in keys.items()))


def _keys(rt: s_runtime.Runtime, form: Any, valu: dict[str, Any], add: bool) -> dict[str, Any]:
    """Return the (normalised value, info) by name of the properties that identify a node."""
    keys = {name: item for name, item in valu.items() if name not in ('$try', '$props')}
    if not keys:
        raise s_exc.BadTypeValu(mesg=f'No values provided for form {form.name}')
    return {name: _norm(rt, form, name, item, add) for name, item in keys.items()}


def _norm(rt: s_runtime.Runtime, form: Any, name: str, valu: Any, add: bool) -> tuple[Any, Any]:
    prop = form.props.get(name)
    if prop is None:
        full = f'{form.name}:{name}'
        raise s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full)
    try:
        if type(valu) is dict and prop.refform is not None and prop.type.stortype == STORTYPE:
            node = (build if add else find)(rt, rt.model.reqForm(prop.refform), valu)
            if node is None:
                raise _Absent
            return node.valu, None
        return typing.cast('tuple[Any, Any]', prop.type.norm(valu))
    except s_exc.BadTypeValu as e:
        e.set('mesg', f'Bad value for prop {form.name}:{name}: {e.get("mesg")}')
        e.set('prop', name)
        e.set('form', form.name)
        raise


def existing(rt: s_runtime.Runtime, form: Any, normed: dict[str, Any]) -> Any:
    """Return the node that has all the values, counting those in alternative properties."""
    keys = {name: norm for name, (norm, _) in normed.items()}
    node = rt.editor.node_by_ndef(form.name, _guid(normed))
    if node is not None and all(_matches(form, node, name, norm) for name, norm in keys.items()):
        return node
    for pending in rt.editor.pending.values():
        if pending.form is form and not pending.deleted and all(_matches(form, pending, n, v) for n, v in keys.items()):
            return pending
    name, norm = min(keys.items(), key=lambda item: _count(rt, form, *item))
    for pick in _picks(form, name, norm):
        for found in s_picks.all_nodes(rt, pick):
            if all(_matches(form, found, n, v) for n, v in keys.items()):
                return found
    return None


def _props(form: Any, name: str) -> list[Any]:
    prop = form.props[name]
    return [prop, *(form.props[alt] for alt in prop.alts if alt in form.props)]


def _matches(form: Any, node: Any, name: str, norm: Any) -> bool:
    for prop in _props(form, name):
        have = node.props.get(prop.name)
        if have is not None and (norm in have if prop.isarray and not form.props[name].isarray else have == norm):
            return True
    return False


def _picks(form: Any, name: str, norm: Any) -> typing.Iterator[s_picks.Pick]:
    for prop in _props(form, name):
        if prop.isarray and not form.props[name].isarray:
            yield s_picks.array_pick([prop], '=', norm)
        else:
            lifts = prop.type.lifts('=', norm)
            yield s_picks.Pick([s_picks.index_name(prop)], lifts, s_picks.range_test(prop, lifts))


def _count(rt: s_runtime.Runtime, form: Any, name: str, norm: Any) -> int:
    counts = [pick.count(rt.view) for pick in _picks(form, name, norm)]
    return sum(count if count is not None else 1 << 60 for count in counts)
