"""What else a change brings with it: the properties and nodes that follow from a value, and hooks that compute more.

All of it is pure. ``fill_node`` and ``fill_prop`` turn the info of a norm into a flat list of properties to set on the
same node and of nodes to add (spec: types.md 5.2, 5.3). Hooks (types.md 5.5) look at the graph through ``Graph`` and
answer with changes; the view's editor applies them.

The order that hooks rely on: the nodes that follow from a node are complete, their own hooks included, before its hook
runs. While a node is being created no property hook runs on it, neither for what its value fills nor for what its own
hook sets.
"""

from __future__ import annotations

import typing

import synapse.lib.model.types as s_types

if typing.TYPE_CHECKING:
    from synapse.lib.model.forms import Form, Prop
    from synapse.lib.model.model import Model

Info = dict[str, typing.Any]
PropSet = tuple['Prop', typing.Any]
NodeAdd = tuple[str, typing.Any, Info | None]


class Graph(typing.Protocol):
    """The little that hooks may read. It shows the graph as it is now, with all changes before this one."""

    @property
    def model(self) -> Model: ...

    def get(self, form: str, valu: typing.Any) -> typing.Mapping[str, typing.Any] | None:
        """Return the properties of a node by form and system value, None when there is no such node."""
        ...

    def find(self, form: str, prop: str, valu: typing.Any) -> typing.Iterable[typing.Any]:
        """Return the primary values of the nodes of a form whose property has a system value."""
        ...


class Change(typing.NamedTuple):
    """A change that a hook asks for: have this node, with these properties (None removes one).

    Values are normalised by whoever applies the change, unless they are system values already (``normal``); a value
    that does not normalise is skipped.
    """

    form: str
    valu: typing.Any
    props: dict[str, typing.Any]
    normal: bool = False


Props = typing.Mapping[str, typing.Any]
# (graph, primary value, the node's properties) -> changes, for a node that was just created
NodeHook = typing.Callable[[Graph, typing.Any, Props], list[Change]]
# (graph, primary value, the node's properties with the new value) -> changes; may raise BadTypeValu to refuse the value
PropHook = typing.Callable[[Graph, typing.Any, Props], list[Change]]


def fill_node(form: Form, info: Info, props: list[PropSet], adds: list[NodeAdd]) -> None:
    """Append what the norm info of a primary value says: properties of the node, and nodes to add.

    An add is (form name, system value, norm info or None when it has to be looked up).
    """
    more = info.get('adds')
    if more:
        adds.extend(more)
    subs = info.get('subs')
    if subs:
        get = form.props.get
        for name, valu in subs.items():
            prop = get(name)
            if prop is not None:
                props.append((prop, valu))
                if prop.derives:
                    fill_prop(prop, valu, None, props, adds)


def fill_prop(prop: Prop, valu: typing.Any, info: Info | None, props: list[PropSet], adds: list[NodeAdd]) -> None:
    """Append what follows from setting a property: sub-properties, and the nodes that it refers to.

    ``info`` is the norm info of the value if it is at hand.
    """
    if info is None:
        if prop.refform is not None and not prop.subs:
            _list(adds, prop.refform, valu)
            return
        info = prop.type.norm(valu)[1]
    subs = info.get('subs')
    if subs and prop.subs:
        for name, subvalu in subs.items():
            sub = prop.subs.get(name)
            if sub is not None:
                props.append((sub, subvalu))
                if sub.derives:
                    fill_prop(sub, subvalu, None, props, adds)
    if prop.refform is not None:
        adds.append((prop.refform, valu, info))
    more = info.get('adds')
    if more:
        adds.extend(more)


def _list(adds: list[NodeAdd], form: str, valu: typing.Any) -> None:
    """Have a node among those to add; most nodes that a property refers to exist, and are asked for no info."""
    for name, other, _ in adds:
        if name == form and other == valu:
            return
    adds.append((form, valu, None))


# Type (itself or the nearest ancestor named here) -> the names that its norm may give in ``subs``.
_SUBS = {
    name: tuple(subs.split())
    for name, subs in {
        'edge': 'n1 n1:form n2 n2:form',
        'file:base': 'ext',
        'file:bytes': 'md5 sha1 sha256 sha512 size',
        'file:path': 'base ext dir',
        'geo:latlong': 'lat lon',
        'inet:addr': 'proto port ipv4 ipv6 host',
        'inet:cidr4': 'broadcast mask network',
        'inet:cidr6': 'broadcast mask network',
        'inet:dns:name': 'fqdn ipv4 ipv6',
        'inet:email': 'fqdn user plus base',
        'inet:fqdn': 'host domain issuffix',
        'inet:http:cookie': 'name value',
        'inet:ipv4': 'type',
        'inet:ipv6': 'type scope ipv4',
        'inet:rfc2822:addr': 'name email',
        'inet:url': 'proto path params user passwd fqdn ipv4 ipv6 port base',
        'it:sec:cpe': 'part vendor product version update edition language sw_edition target_sw target_hw other v2_2',
        'it:semver': 'major minor patch pre build',
        'ndef': 'form',
        'nodeprop': 'prop',
        'range': 'min max',
        'inet:ipv4range': 'min max',
        'inet:ipv6range': 'min max',
        'syn:tag': 'base depth up',
        'taxonomy': 'base depth parent',
        'tel:mob:imei': 'tac serial cd',
        'tel:mob:imsi': 'mcc',
        'tel:phone': 'loc',
        'timeedge': 'n1 n1:form n2 n2:form time',
    }.items()
}


def sub_names(model: Model, typ: s_types.Type) -> tuple[str, ...]:
    """Return the names that the norm of a type may give in ``subs``, in no order that matters."""
    above: s_types.Type | None = typ
    while above is not None:
        if above.name in _SUBS:
            return _SUBS[above.name]
        if above.name == 'comp':
            return _comp_subs(model, typ)
        if above.name == 'str':
            regex = getattr(typ, 'regex', None)
            return tuple(regex.groupindex) if regex is not None else ()
        above = model.types.get(above.subof) if above.subof else None
    return ()


def _comp_subs(model: Model, typ: s_types.Type) -> tuple[str, ...]:
    names: list[str] = []
    for name, kind in typ.opts['fields']:
        names.append(name)
        item = model.types.get(kind if isinstance(kind, str) else kind[0])
        if item is not None:
            names.extend(f'{name}:{sub}' for sub in sub_names(model, item))
    return tuple(names)
