"""Fills and changes a Model: the only code that writes to the registry's tables and keeps its indexes.

``load`` takes whole declarations; the ``add_`` and ``del_`` functions below it change one thing, check names, and leave
the model untouched when they raise.
"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.decl as s_decl
import synapse.lib.model.forms as s_forms
import synapse.lib.model.rules as s_rules
import synapse.lib.model.types as s_types
import synapse.lib.model.types.base as s_typebase

if typing.TYPE_CHECKING:
    from synapse.lib.model.model import Model

Info = dict[str, typing.Any]
TypeDef = tuple[str, dict[str, typing.Any]]

_form_name = re.compile(r'[a-z_][a-z0-9_]*(:[a-z0-9_]+)+')
_prop_name = re.compile(r'[a-z_][a-z0-9_]*([:.][a-z0-9_]+)*')
_verb = re.compile(r'_?[a-z0-9][a-z0-9_]*([:.][a-z0-9_]+)*')


class Decls:
    """The declarations of a whole model, gathered from the tables of all domains."""

    def __init__(self) -> None:
        self.types: dict[str, s_decl.Decl] = {}
        self.forms: list[s_decl.Decl] = []
        self.ifaces: list[s_decl.Decl] = []
        self.univs: list[s_decl.PropDecl] = []
        self.edges: list[s_decl.EdgeDecl] = []

    def read(self, module: typing.Any) -> None:
        """Take the tables of one module: TYPES, FORMS, IFACES, UNIVS, EDGES, with VALUES for their ``$NAME``."""
        reader = s_decl.Reader(getattr(module, 'VALUES', None))
        for decl in reader.decls(getattr(module, 'TYPES', '')):
            self.types[decl.name] = decl
        for decl in reader.decls(getattr(module, 'FORMS', '')):
            self.types[decl.name] = decl
            self.forms.append(decl)
        self.ifaces.extend(reader.decls(getattr(module, 'IFACES', '')))
        for decl in reader.decls(getattr(module, 'UNIVS', '')):
            self.univs.append(s_decl.PropDecl(decl.name, (decl.base or '', decl.opts), decl.info))
        self.edges.extend(reader.edges(getattr(module, 'EDGES', '')))


def load(model: Model, decls: Decls) -> None:
    """Add everything that was declared. Names may refer to each other in any order."""
    for name in decls.types:
        _load_type(model, decls, name)
    for name, decl in decls.types.items():
        if decl.base is not None:
            model.types[name].resolve()
    for decl in decls.ifaces:
        add_iface(model, decl.name, decl.info, decl.props)
    for prop in decls.univs:
        add_univ(model, *prop)
    for decl in decls.forms:
        typ = model.types[decl.name]
        model.forms[decl.name] = s_forms.Form(decl.name, typ, typ.info, decl.runt)
    for decl in decls.forms:
        form = model.forms[decl.name]
        for name, typedef, info in decl.props:
            _put_prop(model, form, name, typedef, info)
        _put_shared(model, form)
        _link(model, form)
    for edge in decls.edges:
        model.edges[edge[:3]] = s_forms.Edge(*edge)
    model.changed()


def _load_type(model: Model, decls: Decls, name: str) -> s_types.Type:
    typ = model.types.get(name)
    if typ is not None:
        return typ
    decl = decls.types.get(name)
    if decl is None:
        raise s_exc.NoSuchType(mesg=f'No type named {name}.', name=name)
    if decl.base is None:
        ctor, opts = s_types.BASETYPES[name]
        typ = ctor(typing.cast(s_typebase.ModelLike, model), name, decl.info, opts)
    else:
        typ = _load_type(model, decls, decl.base).extend(name, decl.opts, decl.info)
    model.types[name] = typ
    return typ


def type_of(model: Model, typedef: TypeDef) -> s_types.Type:
    """Return the type of a property's (name, opts); equal definitions share one. Raises NoSuchType, BadTypeDef."""
    name, opts = typedef
    base = model.reqType(name)
    if not opts:
        return base
    key = (name, repr(opts))
    typ = model.clones.get(key)
    if typ is None:
        typ = base.clone(opts)
        typ.resolve()
        model.clones[key] = typ
    return typ


# forms and properties


def _put_prop(model: Model, form: s_forms.Form, name: str, typedef: TypeDef, info: Info) -> s_forms.Prop:
    prop = s_forms.Prop(form, name, type_of(model, typedef), typedef, info)
    form.props[name] = prop
    model.props[prop.full] = prop
    if not prop.isuniv:
        _index(model, prop)
    return prop


def _index(model: Model, prop: s_forms.Prop) -> None:
    name = prop.type.name
    if prop.isndef:
        model.ndefs.append(prop)
    if prop.itemtype is not None:
        item = prop.itemtype.name
        model.by_itemtype.setdefault(item, []).append(prop)
        if item in model.forms:
            prop.itemform = item
    else:
        model.by_type.setdefault(name, []).append(prop)
        if name in model.forms:
            prop.refform = name


def _drop_prop(model: Model, prop: s_forms.Prop) -> None:
    form = typing.cast(s_forms.Form, prop.form)
    del form.props[prop.name]
    del model.props[prop.full]
    if prop.isndef:
        model.ndefs.remove(prop)
    if not prop.isuniv:
        if prop.itemtype is not None:
            model.by_itemtype[prop.itemtype.name].remove(prop)
        else:
            model.by_type[prop.type.name].remove(prop)


def _put_shared(model: Model, form: s_forms.Form) -> None:
    """Give a form the universal properties and those of its interfaces, except what it declares itself."""
    for univ in model.univs.values():
        _put_prop(model, form, univ.name, univ.typedef, univ.info)
    names: list[str] = []
    template = form.type.info.get('template', {})
    for name in form.type.info.get('interfaces', ()):
        _put_iface(model, form, name, template, names)
    form.ifaces = tuple(names)
    for name in names:
        model.by_iface.setdefault(name, []).append(form)


def _put_iface(model: Model, form: s_forms.Form, name: str, template: dict[str, str], names: list[str]) -> None:
    iface = model.ifaces.get(name)
    if iface is None:
        mesg = f'Form {form.name} depends on non-existent interface: {name}'
        raise s_exc.NoSuchName(mesg=mesg, name=name)
    if name in names:
        return
    names.append(name)
    for spec in iface.specs(form.name, template):
        if spec.name not in form.props:
            _put_prop(model, form, *spec)
    for above in iface.interfaces:
        _put_iface(model, form, above, {**iface.template, **template}, names)


def _link(model: Model, form: s_forms.Form) -> None:
    """Work out what of a form depends on all of its properties together."""
    props = form.props
    for prop in props.values():
        prop.subs = {}
    for name, prop in props.items():
        at = name.rfind(':')
        while at > 0:
            owner = props.get(name[:at])
            if owner is not None:
                owner.subs[name[at + 1 :]] = prop
            at = name.rfind(':', 0, at)
    deep = (s_typebase.MSGP, s_typebase.NDEF)
    for prop in props.values():
        prop.derives = bool(prop.subs or prop.isref or prop.isarray or prop.type.stortype in deep)
    form.refs_out = tuple(prop for prop in props.values() if prop.isref)
    form.plain = frozenset(prop.name for prop in props.values() if not prop.derives)
    subs = s_rules.sub_names(model, form.type)
    form.resubs = any(name in props and not props[name].isro for name in subs)
    form.isedge = 'n1' in props and 'n2' in props and props['n1'].isndef and props['n2'].isndef


def add_type(model: Model, name: str, base: str, opts: Info, info: Info) -> s_types.Type:
    """Add a type derived from another. Raises DupTypeName, NoSuchType, BadTypeDef, BadConfValu."""
    if name in model.types:
        raise s_exc.DupTypeName(mesg=f'Type already exists: {name}.', name=name)
    above = model.types.get(base)
    if above is None:
        raise s_exc.NoSuchType(mesg=f'No type named {base}.', name=base)
    if 'doc' not in info and 'doc' in above.info:
        info = {'doc': above.info['doc'], **info}
    typ = above.extend(name, opts, info)
    typ.resolve()
    model.types[name] = typ
    model.changed()
    return typ


def add_form(model: Model, name: str, base: str, opts: Info, info: Info, runt: bool = False) -> s_forms.Form:
    """Add a form and its type. Raises DupFormName, BadFormDef, DupTypeName, NoSuchType, BadTypeDef, NoSuchName."""
    if name in model.forms:
        raise s_exc.DupFormName(mesg=f'Form name already exists: {name}')
    if _form_name.fullmatch(name) is None:
        raise s_exc.BadFormDef(name=name, mesg=f'Invalid form name {name}')
    for iface in info.get('interfaces', ()):
        if iface not in model.ifaces:
            raise s_exc.NoSuchName(mesg=f'Form {name} depends on non-existent interface: {iface}', name=iface)
    typ = add_type(model, name, base, opts, info)
    form = s_forms.Form(name, typ, typ.info, runt)
    model.forms[name] = form
    _put_shared(model, form)
    _link(model, form)
    model.changed()
    return form


def add_prop(model: Model, form: s_forms.Form, name: str, typedef: TypeDef, info: Info) -> s_forms.Prop:
    """Add a property to a form. Raises BadPropDef, DupPropName, NoSuchType, BadTypeDef."""
    if _prop_name.fullmatch(name) is None:
        raise s_exc.BadPropDef(prop=name, mesg=f'Invalid prop name {name}')
    if name in form.props:
        mesg = f'Cannot add duplicate form prop {form.name} {name}'
        raise s_exc.DupPropName(mesg=mesg, form=form.name, prop=name)
    prop = _put_prop(model, form, name, typedef, info)
    _link(model, form)
    model.changed()
    return prop


def add_univ(model: Model, name: str, typedef: TypeDef, info: Info) -> s_forms.Prop:
    """Add a universal property (``.name``) to all forms. Raises BadPropDef, DupPropName, NoSuchType, BadTypeDef."""
    if name in model.univs:
        raise s_exc.DupPropName(mesg=f'Cannot add duplicate universal property {name}', prop=name[1:])
    if _prop_name.fullmatch(name[1:]) is None:
        raise s_exc.BadPropDef(prop=name[1:], mesg=f'Invalid prop name {name[1:]}')
    univ = s_forms.Prop(None, name, type_of(model, typedef), typedef, info)
    model.univs[name] = model.props[name] = univ
    for form in model.forms.values():
        _put_prop(model, form, name, typedef, info)
        _link(model, form)
    model.changed()
    return univ


def add_tagprop(model: Model, name: str, typedef: TypeDef, info: Info) -> s_forms.TagProp:
    """Add a tag property. Raises DupPropName, BadPropDef, NoSuchType, BadTypeDef."""
    if name in model.tagprops:
        raise s_exc.DupPropName(name=name)
    if _prop_name.fullmatch(name) is None:
        raise s_exc.BadPropDef(name=name, mesg=f'Invalid prop name {name}')
    typ = type_of(model, typedef)
    if typ.isarray:
        raise s_exc.BadPropDef(mesg='Tag props may not be array types (yet).', name=name)
    tagprop = model.tagprops[name] = s_forms.TagProp(name, typ, typedef, info)
    model.changed()
    return tagprop


def add_iface(model: Model, name: str, info: Info, props: typing.Iterable[tuple[str, TypeDef, Info]]) -> None:
    """Add an interface; forms that are added later may implement it. Raises DupName."""
    if name in model.ifaces:
        raise s_exc.DupName(mesg=f'Interface already exists: {name}', name=name)
    model.ifaces[name] = s_forms.Interface(name, info, props)
    model.changed()


def add_edge(model: Model, n1form: str | None, verb: str, n2form: str | None, info: Info) -> s_forms.Edge:
    """Declare an edge. Raises NoSuchForm, BadEdgeDef, DupEdgeType."""
    for name in (n1form, n2form):
        if name is not None:
            model.reqForm(name)
    named: Info = {'n1form': n1form, 'verb': verb, 'n2form': n2form}
    if _verb.fullmatch(verb) is None:
        raise s_exc.BadEdgeDef(mesg=f'Invalid edge verb {verb}', **named)
    if (n1form, verb, n2form) in model.edges:
        raise s_exc.DupEdgeType(mesg=f'Edge already exists: {n1form} -({verb})> {n2form}.', **named)
    edge = s_forms.Edge(n1form, verb, n2form, info)
    model.edges[edge.key] = edge
    model.changed()
    return edge


# removal: callers have checked that no data uses the thing


def users_of_type(model: Model, name: str, form: s_forms.Form | None = None) -> bool:
    """Return True if a property (of another form than the one given), a tag property or a type uses a type."""
    users = [*model.by_type.get(name, ()), *model.by_itemtype.get(name, ())]
    if any(form is None or prop.form is not form for prop in users):
        return True
    if any(univ.type.name == name for univ in model.univs.values()):
        return True
    if any(tagprop.type.name == name for tagprop in model.tagprops.values()):
        return True
    kinds = [typ for typ in model.types.values() if typ.name != name]
    kinds += [prop.type for prop in model.props.values() if form is None or prop.form is not form]
    kinds += [tagprop.type for tagprop in model.tagprops.values()]
    return any(typ.subof == name or name in typ.refers_to() for typ in kinds if typ.name != name)


def del_type(model: Model, name: str) -> None:
    """Remove a type. Raises NoSuchType, CantDelType while the model uses it."""
    model.reqType(name)
    if name in model.forms or users_of_type(model, name):
        mesg = f'Cannot delete type {name} as it is still in use by properties.'
        raise s_exc.CantDelType(mesg=mesg, name=name)
    _drop_type(model, name)


def _drop_type(model: Model, name: str) -> None:
    del model.types[name]
    model.clones = {key: typ for key, typ in model.clones.items() if key[0] != name}
    model.changed()


def del_form(model: Model, name: str) -> None:
    """Remove a form and its type. Raises NoSuchForm, CantDelType while a property of another form uses the type."""
    form = model.reqForm(name)
    if users_of_type(model, name, form):
        mesg = f'Cannot delete type {name} as it is still in use by properties.'
        raise s_exc.CantDelType(mesg=mesg, name=name)
    for prop in list(form.props.values()):
        _drop_prop(model, prop)
    for iface in form.ifaces:
        model.by_iface[iface].remove(form)
    del model.forms[name]
    _drop_type(model, name)


def del_prop(model: Model, full: str) -> None:
    """Remove a property of a form. Raises NoSuchProp."""
    prop = model.reqProp(full)
    _drop_prop(model, prop)
    _link(model, typing.cast(s_forms.Form, prop.form))
    model.changed()


def del_univ(model: Model, name: str) -> None:
    """Remove a universal property from all forms. Raises NoSuchUniv."""
    model.reqUniv(name)
    for form in model.forms.values():
        _drop_prop(model, form.props[name])
        _link(model, form)
    del model.univs[name]
    del model.props[name]
    model.changed()


def del_tagprop(model: Model, name: str) -> None:
    """Remove a tag property. Raises NoSuchTagProp."""
    model.reqTagProp(name)
    del model.tagprops[name]
    model.changed()


def del_edge(model: Model, n1form: str | None, verb: str, n2form: str | None) -> None:
    """Remove the declaration of an edge. Raises NoSuchEdge."""
    if model.edges.pop((n1form, verb, n2form), None) is None:
        mesg = f'No edge defined for {n1form} -({verb})> {n2form}.'
        raise s_exc.NoSuchEdge(mesg=mesg, n1form=n1form, verb=verb, n2form=n2form)
    model.changed()
