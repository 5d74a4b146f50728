"""Dictionary constructors of guid forms: ``ou:org=({'name': 'x'})`` (spec: types.md 5.6)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any


def resolve(rt: s_runtime.Runtime, form: Any, valu: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return (guid, info) of the node that a dictionary describes; info carries the properties to set.

    Raises: BadTypeValu, NoSuchProp.
    """
    valu = dict(valu)
    soft = bool(valu.pop('$try', False))
    more = valu.pop('$props', None) or {}
    if not valu:
        mesg = f'No values provided for form {form.name}'
        raise s_exc.BadTypeValu(mesg=mesg, name=form.type.name, valu=valu, form=form.name)
    keys = {name: _norm(rt, form, name, item) for name, item in valu.items()}
    extra = {}
    for name, item in more.items():
        try:
            extra[name] = _norm(rt, form, name, item)
        except s_exc.BadTypeValu:
            if not soft:
                raise
    node = _existing(rt, form, keys)
    guid = node.valu if node is not None else s_common.guid(sorted(keys.items()))
    for name, norm in {**(keys if node is None else {}), **extra}.items():
        extra[name] = norm
    return guid, {'subs': extra}


def _norm(rt: s_runtime.Runtime, form: Any, name: str, valu: Any) -> Any:
    prop = form.props.get(name)
    if prop is None:
        full = f'{form.name}:{name}'
        raise s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full, form=form.name, prop=name)
    try:
        if type(valu) is dict and prop.refform is not None and prop.type.stortype == 10:
            return resolve(rt, rt.model.reqForm(prop.refform), valu)[0]
        return prop.type.norm(valu)[0]
    except s_exc.BadTypeValu as e:
        e.set('mesg', f'Bad value for prop {form.name}:{name}: {e.get("mesg")}')
        raise


def _existing(rt: s_runtime.Runtime, form: Any, keys: dict[str, Any]) -> Any:
    """Return the node that has all the values, counting those in alternative properties."""
    node = rt.editor.node_by_ndef(form.name, s_common.guid(sorted(keys.items())))
    if node is not None and all(_matches(form, node, name, norm) for name, norm in keys.items()):
        return node
    for pending in rt.editor.pending.values():
        if pending.form is form and not pending.deleted and all(_matches(form, pending, n, v) for n, v in keys.items()):
            return pending
    name, norm = min(keys.items(), key=lambda item: _count(rt, form, *item))
    for pick in _picks(form, name, norm):
        for found in s_lifts.all_nodes(rt, pick):
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


def _picks(form: Any, name: str, norm: Any) -> typing.Iterator[s_lifts.Pick]:
    for prop in _props(form, name):
        if prop.isarray and not form.props[name].isarray:
            yield s_lifts.array_pick([prop], '=', norm)
        else:
            lifts = prop.type.lifts('=', norm)
            yield s_lifts.Pick([s_lifts.index_name(prop)], lifts, s_lifts.range_test(prop, lifts))


def _count(rt: s_runtime.Runtime, form: Any, name: str, norm: Any) -> int:
    counts = [pick.count(rt.view) for pick in _picks(form, name, norm)]
    return sum(count if count is not None else 1 << 60 for count in counts)
