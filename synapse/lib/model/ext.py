"""The extended model: what users add to the model at run time (spec: storm-runtime.md 19, cortex.md 5.3).

Pure functions on a Model. They check the rules for extended names, remember each definition as it was given (so that it
can be stored, exported, and added again at boot) and leave the model untouched when they raise. Whether data still uses
a thing that is to be removed is the caller's question; ``req_del_form`` and friends answer all others beforehand.

A definition is the tuple of arguments of the function that adds the thing: types and forms
``(name, base type, options, info)``, props ``(form, name, (type, options), info)``, univs and tag props
``(name, (type, options), info)``, edges ``((form, verb, form), info)``.
"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.build as s_build
import synapse.lib.model.forms as s_forms
import synapse.lib.model.types.base as s_types
from synapse.lib.model.model import Model

Info = dict[str, typing.Any]
TypeDef = tuple[str, dict[str, typing.Any]]
EdgeKey = tuple[str | None, str, str | None]

# in the order in which definitions depend on each other
KINDS = ('types', 'forms', 'props', 'univs', 'tagprops', 'edges')

_type_name = re.compile(r'_[a-z0-9_]+(:[a-z0-9_]+)*')


def _defs(model: Model, kind: str) -> dict[typing.Any, tuple[typing.Any, ...]]:
    return model.exts.setdefault(kind, {})


# adding


def add_type(model: Model, name: str, base: str, opts: Info, info: Info) -> s_types.Type:
    """Add a type. Raises BadTypeDef, DupTypeName, NoSuchType, BadConfValu."""
    _req_type_name(name)
    if _type_name.fullmatch(name) is None:
        raise s_exc.BadTypeDef(type=name, mesg=f'Invalid type name {name}')
    if base not in model.types:
        raise s_exc.NoSuchType(mesg=f'Specified base type {base} does not exist.', name=base)
    typ = s_build.add_type(model, name, base, opts, info)
    _defs(model, 'types')[name] = (name, base, opts, info)
    return typ


def _req_type_name(name: str) -> None:
    if not name.startswith('_'):
        raise s_exc.BadTypeDef(type=name, mesg='Extended type must begin with "_".')


def add_form(model: Model, name: str, base: str, opts: Info, info: Info) -> s_forms.Form:
    """Add a form and its type. Raises BadFormDef, DupFormName, DupTypeName, NoSuchType, BadTypeDef, NoSuchName."""
    _req_form_name(name)
    form = s_build.add_form(model, name, base, opts, info)
    _defs(model, 'forms')[name] = (name, base, opts, info)
    return form


def _req_form_name(name: str) -> None:
    if not name.startswith('_'):
        raise s_exc.BadFormDef(form=name, mesg='Extended form must begin with "_"')


def add_prop(model: Model, form: str, name: str, typedef: TypeDef, info: Info) -> s_forms.Prop:
    """Add a property. Raises NoSuchForm, BadPropDef, DupPropName, NoSuchType, BadTypeDef."""
    item = model.reqForm(form)
    if not name.startswith('_') and not item.isext:
        mesg = 'Extended prop must begin with "_" or be added to an extended form.'
        raise s_exc.BadPropDef(prop=name, mesg=mesg)
    prop = s_build.add_prop(model, item, name, typedef, info)
    prop.isext = True
    _defs(model, 'props')[(form, name)] = (form, name, typedef, info)
    return prop


def add_univ(model: Model, name: str, typedef: TypeDef, info: Info) -> s_forms.Prop:
    """Add a universal property, named without its dot. Raises BadPropDef, DupPropName, NoSuchType, BadTypeDef."""
    if not name.startswith('_'):
        raise s_exc.BadPropDef(name=name, mesg='ext univ name must start with "_"')
    univ = s_build.add_univ(model, f'.{name}', typedef, info)
    _defs(model, 'univs')[name] = (name, typedef, info)
    return univ


def add_tagprop(model: Model, name: str, typedef: TypeDef, info: Info) -> s_forms.TagProp:
    """Add a tag property. Raises DupPropName, BadPropDef, NoSuchType, BadTypeDef."""
    tagprop = s_build.add_tagprop(model, name, typedef, info)
    _defs(model, 'tagprops')[name] = (name, typedef, info)
    return tagprop


def add_edge(model: Model, edge: EdgeKey, info: Info) -> s_forms.Edge:
    """Declare an edge. Raises BadEdgeDef, NoSuchForm, DupEdgeType."""
    n1form, verb, n2form = edge
    if not verb.startswith('_'):
        mesg = f'Extended edge verb must begin with "_"; got {verb}'
        raise s_exc.BadEdgeDef(mesg=mesg, n1form=n1form, verb=verb, n2form=n2form)
    item = s_build.add_edge(model, n1form, verb, n2form, info)
    _defs(model, 'edges')[item.key] = (item.key, info)
    return item


# removing


def req_del_type(model: Model, name: str) -> None:
    """Check that a type may be removed. Raises BadTypeDef, NoSuchType, CantDelType."""
    _req_type_name(name)
    model.reqType(name)
    if name in model.forms or s_build.users_of_type(model, name):
        mesg = f'Cannot delete type {name} as it is still in use by properties.'
        raise s_exc.CantDelType(mesg=mesg, name=name)


def del_type(model: Model, name: str) -> None:
    """Remove a type. Raises as req_del_type."""
    req_del_type(model, name)
    s_build.del_type(model, name)
    _defs(model, 'types').pop(name, None)


def req_del_form(model: Model, name: str) -> None:
    """Check that a form may be removed. Raises BadFormDef, NoSuchForm, CantDelForm, CantDelType."""
    _req_form_name(name)
    form = model.reqForm(name)
    props = [prop for owner, prop in _defs(model, 'props') if owner == name]
    if props:
        raise s_exc.CantDelForm(mesg=f'Form has extended properties: {", ".join(props)}', form=name)
    if any(name in (n1form, n2form) for n1form, _, n2form in _defs(model, 'edges')):  # they would not load any more
        raise s_exc.CantDelForm(mesg=f'Form {name} is still in use by extended edges.', form=name)
    if s_build.users_of_type(model, name, form):
        mesg = f'Cannot delete type {name} as it is still in use by properties.'
        raise s_exc.CantDelType(mesg=mesg, name=name)


def del_form(model: Model, name: str) -> None:
    """Remove a form and its type. Raises as req_del_form."""
    req_del_form(model, name)
    s_build.del_form(model, name)
    _defs(model, 'forms').pop(name, None)


def req_del_prop(model: Model, form: str, name: str) -> s_forms.Prop:
    """Return the extended property that may be removed. Raises NoSuchProp."""
    if (form, name) not in _defs(model, 'props'):
        raise s_exc.NoSuchProp(form=form, prop=name, mesg=f'No ext prop named {form}:{name}')
    return model.reqProp(f'{form}:{name}')


def del_prop(model: Model, form: str, name: str) -> None:
    """Remove a property. Raises NoSuchProp."""
    s_build.del_prop(model, req_del_prop(model, form, name).full)
    del _defs(model, 'props')[(form, name)]


def req_del_univ(model: Model, name: str) -> s_forms.Prop:
    """Return the extended universal property (named without its dot) that may be removed. Raises NoSuchUniv."""
    if name not in _defs(model, 'univs'):
        raise s_exc.NoSuchUniv(name=name, mesg=f'No ext univ named {name}')
    return model.reqUniv(f'.{name}')


def del_univ(model: Model, name: str) -> None:
    """Remove a universal property, named without its dot. Raises NoSuchUniv."""
    s_build.del_univ(model, req_del_univ(model, name).name)
    del _defs(model, 'univs')[name]


def req_del_tagprop(model: Model, name: str) -> s_forms.TagProp:
    """Return the tag property that may be removed. Raises NoSuchTagProp."""
    tagprop = model.tagprops.get(name)
    if tagprop is None:
        raise s_exc.NoSuchTagProp(mesg=f'No tag prop named {name}', name=name)
    return tagprop


def del_tagprop(model: Model, name: str) -> None:
    """Remove a tag property. Raises NoSuchTagProp."""
    req_del_tagprop(model, name)
    s_build.del_tagprop(model, name)
    _defs(model, 'tagprops').pop(name, None)


def del_edge(model: Model, edge: EdgeKey) -> None:
    """Remove the declaration of an edge that was added at run time. Raises NoSuchEdge."""
    n1form, verb, n2form = edge
    if (n1form, verb, n2form) not in _defs(model, 'edges'):
        mesg = f'No edge defined for {n1form} -({verb})> {n2form}.'
        raise s_exc.NoSuchEdge(mesg=mesg, n1form=n1form, verb=verb, n2form=n2form)
    s_build.del_edge(model, n1form, verb, n2form)
    del _defs(model, 'edges')[(n1form, verb, n2form)]


# the whole of it

_ADDERS: dict[str, typing.Callable[..., typing.Any]] = {
    'types': add_type,
    'forms': add_form,
    'props': add_prop,
    'univs': add_univ,
    'tagprops': add_tagprop,
    'edges': add_edge,
}
_LABELS = {
    'types': ('type', s_exc.BadTypeDef, 'Extended type ({}) error: '),
    'forms': ('form', s_exc.BadFormDef, 'Extended form ({}) error: '),
    'props': ('prop', s_exc.BadPropDef, 'ext prop ({}) error: '),
    'univs': ('universal prop', s_exc.BadPropDef, 'ext univ ({}) error: '),
    'tagprops': ('tagprop', s_exc.BadPropDef, 'ext tag prop ({}) error: '),
    'edges': ('edge', s_exc.BadEdgeDef, 'Extended edge ({}) error: '),
}


def _named(kind: str, item: typing.Sequence[typing.Any]) -> tuple[typing.Any, str]:
    """Return (key, shown name) of a definition."""
    if kind == 'props':
        return (item[0], item[1]), f'{item[0]}:{item[1]}'
    if kind == 'edges':
        n1form, verb, n2form = item[0]
        return (n1form, verb, n2form), f'{n1form} -({verb})> {n2form}'
    return item[0], item[0]


def getExtModel(model: Model) -> dict[str, typing.Any]:
    """Return ``{'version': (1, 0), 'types': [...], 'forms': [...], ...}``: all definitions, sorted by name."""
    defs = {kind: list(_defs(model, kind).values()) for kind in KINDS}
    for kind, items in defs.items():
        items.sort(key=lambda item, kind=kind: _named(kind, item)[1])  # type: ignore[misc]
    return {**defs, 'version': (1, 0)}


def missing(model: Model, defs: typing.Mapping[str, typing.Any]) -> list[tuple[str, tuple[typing.Any, ...]]]:
    """Return (kind, definition) of what an exported extended model has and this one has not, in the order to add.

    Raises BadFormDef, BadPropDef ... if a definition of the same name differs.
    """
    todo: list[tuple[str, tuple[typing.Any, ...]]] = []
    for kind in KINDS:
        have = _defs(model, kind)
        for item in defs.get(kind, ()):
            key, name = _named(kind, item)
            found = have.get(key)
            if found is None:
                todo.append((kind, tuple(item)))
            elif _frozen(found) != _frozen(item):
                label, errcls, _ = _LABELS[kind]
                mesg = f'Extended {label} definition differs from existing definition for {name}.'
                raise errcls(mesg=mesg, name=name)
    return todo


def _frozen(item: typing.Any) -> typing.Any:
    """Make lists and tuples alike, since definitions arrive over the wire as either."""
    if isinstance(item, (list, tuple)):
        return tuple(_frozen(part) for part in item)
    if isinstance(item, dict):
        return {name: _frozen(part) for name, part in item.items()}
    return item


def add(model: Model, kind: str, item: typing.Sequence[typing.Any]) -> None:
    """Add one definition, as ``missing`` returns it. Raises what the function for its kind raises."""
    _ADDERS[kind](model, *item)


def load(model: Model, defs: typing.Mapping[str, typing.Any]) -> list[str]:
    """Add stored definitions at boot; those that no longer fit are left out. Returns a warning for each of them."""
    todo = [(kind, item) for kind in KINDS for item in defs.get(kind, ())]
    while todo:
        failed: list[tuple[str, typing.Any, str]] = []
        for kind, item in todo:
            try:
                add(model, kind, item)
            except s_exc.SynErr as e:
                failed.append((kind, item, str(e)))
        if len(failed) == len(todo):
            return [_LABELS[kind][2].format(_named(kind, item)[1]) + mesg for kind, item, mesg in failed]
        todo = [(kind, item) for kind, item, _ in failed]  # a type may rest on one that came later, or on a form
    return []


# deprecation locks


def lock(model: Model, name: str, locked: bool) -> None:
    """Lock or unlock the use of a deprecated form, property, tag property or type. Raises NoSuchProp for others."""
    if name not in deprecated(model):
        mesg = f'There is no deprecated form, property or type named {name}.'
        raise s_exc.NoSuchProp(mesg=mesg, name=name)
    if locked:
        model.locks.add(name)
    else:
        model.locks.discard(name)
    refresh_locks(model)


def refresh_locks(model: Model) -> None:
    """Bring the ``locked`` marks in line with the names in ``model.locks``."""
    locks = model.locks
    for form in model.forms.values():
        form.locked = form.name in locks
        for prop in form.props.values():
            univ = prop.isuniv and prop.name in locks
            prop.locked = univ or prop.full in locks or prop.type.name in locks
    for tagprop in model.tagprops.values():
        tagprop.locked = tagprop.name in locks or tagprop.type.name in locks
    model.changed()


def deprecated(model: Model) -> set[str]:
    """Return the names of everything that is marked as deprecated and so can be locked."""
    names = {name for name, typ in model.types.items() if typ.info.get('deprecated')}
    names.update(full for full, prop in model.props.items() if prop.info.get('deprecated'))
    names.update(name for name, tagprop in model.tagprops.items() if tagprop.info.get('deprecated'))
    return names


def locks(model: Model) -> dict[str, bool]:
    """Return the names of deprecated forms, properties and tag properties, with True for those that are locked."""
    shown = (model.forms, model.props, model.tagprops)
    names = (name for name in sorted(deprecated(model)) if any(name in items for items in shown))
    return {name: name in model.locks for name in names}
