"""What the registry holds: forms, properties, tag properties, interfaces, edges. All look-ups that Storm makes while it
plans a query or adds a node are attributes here, worked out once when the model is built.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.model.types.base as s_types

if typing.TYPE_CHECKING:
    import synapse.lib.model.rules as s_rules

Info = dict[str, typing.Any]
TypeDef = tuple[str, dict[str, typing.Any]]


class Prop:
    """A property of a form, or (with ``form`` None) the declaration of a universal property.

    Attributes:
        name: Relative name (``asn``, ``.seen``).
        full: Full name (``inet:ipv4:asn``, ``inet:ipv4.seen``, ``.seen``).
        refform: Name of the form that values refer to, when the type is a form.
        itemform: The same for the items of an array.
        isndef: The values (or, for an array, the items) are (form, value) pairs.
        subs: Sub-value name -> the property of the same form that it fills (``fqdn`` -> ``:client:fqdn``).
        derives: Setting it may fill other properties or add other nodes.
        onset: Computes further changes when the value has changed (types.md 5.5).
        redirects: It says which tag stands for another one.
        index: The name of the index of its values: ('prop', form, name).
    """

    __slots__ = (
        'name', 'full', 'form', 'type', 'typedef', 'info', 'isro', 'isuniv', 'isext', 'deprecated', 'locked',
        'refform', 'isarray', 'itemtype', 'itemform', 'isndef', 'subs', 'derives', 'alts', 'onset', 'redirects',
        'index',
    )  # fmt: skip

    def __init__(self, form: Form | None, name: str, typ: s_types.Type, typedef: TypeDef, info: Info) -> None:
        self.name = name
        self.form = form
        self.isuniv = name[0] == '.'
        if form is None:
            self.full = name
        else:
            self.full = form.name + name if self.isuniv else f'{form.name}:{name}'
        self.type = typ
        self.typedef = typedef
        self.info = info
        self.isro = 'ro' in info and bool(info['ro'])
        self.isext = name[0] == '_' or name.startswith('._')
        self.deprecated = bool(info.get('deprecated') or typ.info.get('deprecated'))
        self.locked = False
        self.alts: tuple[str, ...] = tuple(info.get('alts', ()))
        self.refform: str | None = None
        self.itemform: str | None = None
        self.isarray = typ.isarray
        self.itemtype: s_types.Type | None = getattr(typ, 'itemtype', None) if typ.isarray else None
        self.isndef = (typ.stortype & ~s_types.ARRAY) == s_types.NDEF
        self.subs: dict[str, Prop] = {}
        self.derives = False
        self.onset: s_rules.PropHook | None = None
        self.redirects = False
        self.index = ('prop', '' if form is None else form.name, name)

    def __repr__(self) -> str:
        return f'<Prop {self.full}>'

    @property
    def isref(self) -> bool:
        """True when the value (or the items of an array) refer to nodes."""
        return self.refform is not None or self.itemform is not None or self.isndef


class Form:
    """A kind of node: a primary value of a type, and properties.

    Attributes:
        props: Relative name -> Prop, universal ones included (``.seen``).
        refs_out: The properties that refer to nodes, in order of declaration.
        ifaces: Names of all interfaces that it implements, inherited ones included.
        plain: Names of the properties that bring nothing else with them when they are set.
        resubs: Some property that the primary value fills can be changed later: adding the node again sets it back.
        onadd: Computes further changes when a node was created (types.md 5.5).
        index: The name of the index of primary values: ('prop', name, None).
    """

    __slots__ = (
        'name', 'full', 'type', 'info', 'props', 'isrunt', 'isext', 'deprecated', 'locked',
        'ifaces', 'refs_out', 'plain', 'resubs', 'isedge', 'onadd', 'index',
    )  # fmt: skip

    def __init__(self, name: str, typ: s_types.Type, info: Info, runt: bool = False) -> None:
        self.name = name
        self.full = name
        self.type = typ
        self.info = info
        self.props: dict[str, Prop] = {}
        self.isrunt = runt
        self.isext = name[0] == '_'
        self.deprecated = bool(typ.info.get('deprecated'))
        self.locked = False
        self.ifaces: tuple[str, ...] = ()
        self.refs_out: tuple[Prop, ...] = ()
        self.plain: frozenset[str] = frozenset()
        self.resubs = False
        self.isedge = False
        self.onadd: s_rules.NodeHook | None = None
        self.index = ('prop', name, None)

    def __repr__(self) -> str:
        return f'<Form {self.name}>'

    def prop(self, name: str) -> Prop | None:
        """Return a property by relative name, None when there is none."""
        return self.props.get(name)

    def reqProp(self, name: str) -> Prop:
        """Return a property by relative name. Raises NoSuchProp."""
        prop = self.props.get(name)
        if prop is None:
            full = self.name + name if name.startswith('.') else f'{self.name}:{name}'
            raise s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full, form=self.name, prop=name)
        return prop


class TagProp:
    """A property that any tag of any node may carry."""

    __slots__ = ('name', 'type', 'typedef', 'info', 'deprecated', 'locked')

    def __init__(self, name: str, typ: s_types.Type, typedef: TypeDef, info: Info) -> None:
        self.name = name
        self.type = typ
        self.typedef = typedef
        self.info = info
        self.deprecated = bool(info.get('deprecated') or typ.info.get('deprecated'))
        self.locked = False


class Edge:
    """A declared light edge; None stands for any form. Nodes may be joined by other edges as well."""

    __slots__ = ('n1form', 'verb', 'n2form', 'info', 'deprecated', 'isext')

    def __init__(self, n1form: str | None, verb: str, n2form: str | None, info: Info) -> None:
        self.n1form = n1form
        self.verb = verb
        self.n2form = n2form
        self.info = info
        self.deprecated = bool(info.get('deprecated'))
        self.isext = verb[0] == '_'

    @property
    def key(self) -> tuple[str | None, str, str | None]:
        """(source form, verb, target form)."""
        return (self.n1form, self.verb, self.n2form)


class PropSpec(typing.NamedTuple):
    """One property of an interface, before it is made for a form."""

    name: str
    typedef: TypeDef
    info: Info


class Interface:
    """A set of properties that several forms share; ``template`` fills the ``{x}`` in its texts and type names."""

    __slots__ = ('name', 'info', 'interfaces', 'template', 'props')

    def __init__(self, name: str, info: Info, props: typing.Iterable[tuple[str, TypeDef, Info]]) -> None:
        self.name = name
        self.info = info
        self.interfaces: tuple[str, ...] = tuple(info.get('interfaces', ()))
        self.template: dict[str, str] = dict(info.get('template', ()))
        self.props = tuple(PropSpec(*prop) for prop in props)

    def specs(self, form: str, template: dict[str, str]) -> typing.Iterator[PropSpec]:
        """Yield its properties as made for one form."""
        fill = {**self.template, **template}
        for name, (kind, opts), info in self.props:
            if kind[0] in '${':
                kind = _fill(kind, form, fill)
            if opts.get('type') in ('$self',):
                opts = {**opts, 'type': form}
            doc = info.get('doc', '')
            if '{' in doc:
                info = {**info, 'doc': _fill(doc, form, fill)}
            yield PropSpec(name, (kind, opts), info)


def _fill(text: str, form: str, template: dict[str, str]) -> str:
    text = text.replace('$self', form)
    for name, valu in template.items():
        text = text.replace('{' + name + '}', valu)
    return text
