"""The model as clients see it (spec: cortex.md 5.1, 5.2) and as the runtime-only forms show it (types.md 4.5)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.model.forms as s_forms
import synapse.lib.model.types.base as s_types
from synapse.lib.model.model import Model

Info = dict[str, typing.Any]

# what declarations hold for our own use
_OURS = frozenset(('since', 'until', 'subof'))


def _shown(info: Info) -> Info:
    return {name: valu for name, valu in info.items() if name not in _OURS}


def _bases(model: Model, typ: s_types.Type) -> tuple[str, ...]:
    names: list[str] = []
    above = typ.subof
    while above is not None:
        names.append(above)
        above = model.types[above].subof
    return ('base', *reversed(names))


def _type_info(model: Model, typ: s_types.Type) -> Info:
    info = {**_shown(typ.info), 'bases': _bases(model, typ)}
    if typ.subof is not None and not typ.name.startswith('_'):
        info['custom'] = False
    return info


def _prop_dict(prop: s_forms.Prop) -> Info:
    return {
        'name': prop.name,
        'full': prop.full,
        'type': prop.typedef,
        'stortype': prop.type.stortype,
        **_shown(prop.info),
    }


def _form_dict(form: s_forms.Form) -> Info:
    pack: Info = {
        'name': form.name,
        'props': {prop.name: _prop_dict(prop) for prop in form.props.values()},
        'stortype': form.type.stortype,
    }
    if form.isrunt:
        pack['runt'] = True
    return pack


def _tagprop_dict(tagprop: s_forms.TagProp) -> Info:
    return {
        'name': tagprop.name,
        'info': _shown(tagprop.info),
        'type': tagprop.typedef,
        'stortype': tagprop.type.stortype,
    }


def _type_def(model: Model, typ: s_types.Type) -> tuple[str, tuple[str, Info], Info]:
    base = (typ.subof or 'base', dict(typ.opts))
    return typ.name, base, {**_type_info(model, typ), 'stortype': typ.stortype}


type_def, form_def, prop_def, tagprop_def = _type_def, _form_dict, _prop_dict, _tagprop_dict


def _iface_dict(iface: s_forms.Interface) -> Info:
    props = tuple((spec.name, spec.typedef, _shown(spec.info)) for spec in iface.props)
    return {**_shown(iface.info), 'props': props}


def getModelDict(model: Model) -> dict[str, typing.Any]:
    """Return types, forms, edges, universal and tag properties and interfaces, in the shape of cortex.md 5.1."""
    types = {
        name: {'info': _type_info(model, typ), 'opts': dict(typ.opts), 'stortype': typ.stortype}
        for name, typ in model.types.items()
    }
    return {
        'types': types,
        'forms': {name: _form_dict(form) for name, form in model.forms.items()},
        'edges': [(edge.key, _shown(edge.info)) for edge in model.edges.values()],
        'univs': {name: _prop_dict(univ) for name, univ in model.univs.items()},
        'tagprops': {name: _tagprop_dict(tagprop) for name, tagprop in model.tagprops.items()},
        'interfaces': {name: _iface_dict(iface) for name, iface in model.ifaces.items()},
    }


def _prop_def(prop: s_forms.Prop) -> tuple[str, s_forms.TypeDef, Info]:
    return (prop.name, prop.typedef, _shown(prop.info))


def getModelDefs(model: Model) -> tuple[tuple[str, dict[str, typing.Any]], ...]:
    """Return the model as definitions that another one could be built from, in the shape of cortex.md 5.2."""
    ctors, types = [], []
    for name, typ in model.types.items():
        info = _type_info(model, typ)
        if typ.subof is None:
            ctors.append((name, typ.ctor, dict(typ.opts), info))
        else:
            types.append((name, (typ.subof, dict(typ.opts)), {**info, 'stortype': typ.stortype}))
    forms = tuple(
        (form.name, {'runt': True} if form.isrunt else {}, tuple(_prop_def(prop) for prop in form.props.values()))
        for form in model.forms.values()
    )
    defs = {
        'ctors': tuple(ctors),
        'types': tuple(types),
        'forms': forms,
        'univs': tuple(_prop_def(univ) for univ in model.univs.values()),
        'edges': tuple((edge.key, _shown(edge.info)) for edge in model.edges.values()),
        'tagprops': tuple((item.name, item.typedef, _shown(item.info)) for item in model.tagprops.values()),
        'interfaces': tuple((name, _iface_dict(iface)) for name, iface in model.ifaces.items()),
    }
    return (('all', defs),)


def getTypeNorm(model: Model, name: str, valu: typing.Any, opts: Info | None = None) -> tuple[typing.Any, Info]:
    """Normalise a value with a type, optionally with further type options. Raises NoSuchType, BadTypeValu."""
    typ = model.types.get(name)
    if typ is None:
        raise s_exc.NoSuchType(mesg=f'The type {name} does not exist.', name=name)
    return _norm(typ, valu, opts)


def getPropNorm(model: Model, full: str, valu: typing.Any, opts: Info | None = None) -> tuple[typing.Any, Info]:
    """Normalise a value with the type of a property (or form) by full name. Raises NoSuchProp, BadTypeValu."""
    item = model.props.get(full) or model.forms.get(full)
    if item is None:
        raise s_exc.NoSuchProp(mesg=f'The property {full} does not exist.', prop=full)
    return _norm(item.type, valu, opts)


def _norm(typ: s_types.Type, valu: typing.Any, opts: Info | None) -> tuple[typing.Any, Info]:
    if opts is not None and not isinstance(opts, dict):
        raise s_exc.BadArg(mesg='The type options should be a dict.')
    if opts:
        typ = typ.clone(opts)
        typ.resolve()
    return typ.norm(valu)


# Nodes of the runtime-only forms that show the model: (primary value, properties). Properties that are None are unset.
RuntNode = tuple[str, dict[str, typing.Any]]


def _kept(props: dict[str, typing.Any]) -> dict[str, typing.Any]:
    return {name: valu for name, valu in props.items() if valu is not None}


def runt_types(model: Model) -> typing.Iterator[RuntNode]:
    """Yield the nodes of ``syn:type``."""
    for name, typ in model.types.items():
        props = {'doc': typ.info.get('doc'), 'ctor': typ.ctor, 'subof': typ.subof, 'opts': dict(typ.opts)}
        yield name, _kept(props)


def runt_forms(model: Model) -> typing.Iterator[RuntNode]:
    """Yield the nodes of ``syn:form``."""
    for name, form in model.forms.items():
        props = {'doc': form.info.get('doc'), 'type': form.type.name, 'runt': int(form.isrunt)}
        yield name, _kept(props)


def runt_props(model: Model) -> typing.Iterator[RuntNode]:
    """Yield the nodes of ``syn:prop``: universal properties, forms themselves, and the properties of each form."""
    for univ in model.univs.values():
        yield univ.full, _runt_prop(univ)
    for form in model.forms.values():
        ext = int(form.isext)
        props = {'doc': form.info.get('doc'), 'form': form.name, 'type': form.type.name, 'univ': 0, 'extmodel': ext}
        yield form.name, _kept(props)
        for prop in form.props.values():
            yield prop.full, _runt_prop(prop)


def _runt_prop(prop: s_forms.Prop) -> dict[str, typing.Any]:
    return _kept(
        {
            'doc': prop.info.get('doc'),
            'type': prop.type.name,
            'form': prop.form.name if prop.form is not None else None,
            'univ': int(prop.form is None),
            'relname': prop.name,
            'base': prop.name.rpartition(':')[2],
            'ro': int(prop.isro),
            'extmodel': int(prop.isext),
        }
    )


def runt_tagprops(model: Model) -> typing.Iterator[RuntNode]:
    """Yield the nodes of ``syn:tagprop``."""
    for name, tagprop in model.tagprops.items():
        yield name, _kept({'doc': tagprop.info.get('doc'), 'type': tagprop.type.name})
