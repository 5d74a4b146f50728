"""The registry: every type, form, property, interface, tag property and edge, and the look-ups over them.

It is filled by ``synapse.lib.model.build`` (declarations) and changed at run time by ``synapse.lib.model.ext``; this
class only answers. Every look-up is a dict get or an attribute; what is worked out on demand is remembered until the
model changes.
"""

from __future__ import annotations

import bisect
import typing

import synapse.exc as s_exc
import synapse.lib.model.forms as s_forms
import synapse.lib.model.types as s_types


class Model:
    """The data model.

    Attributes:
        types: Type by name.
        forms: Form by name.
        props: Prop by full name (``inet:ipv4:asn``, ``inet:ipv4.seen``, ``.seen``).
        univs: Universal property declaration by name (``.seen``).
        tagprops: TagProp by name.
        ifaces: Interface by name.
        edges: Edge by (source form, verb, target form).
        hooks: Answers to what types ask about users, roles and the tag model (see ``types.ModelLike``).
        exts: The definitions that were added at run time, see ``synapse.lib.model.ext``.
        locks: Names of deprecated things that may not be used any more.
        version: Raised by every change; whoever remembers something derived from the model compares it.
    """

    def __init__(self) -> None:
        self.types: dict[str, s_types.Type] = {}
        self.forms: dict[str, s_forms.Form] = {}
        self.props: dict[str, s_forms.Prop] = {}
        self.univs: dict[str, s_forms.Prop] = {}
        self.tagprops: dict[str, s_forms.TagProp] = {}
        self.ifaces: dict[str, s_forms.Interface] = {}
        self.edges: dict[tuple[str | None, str, str | None], s_forms.Edge] = {}
        self.hooks: dict[str, typing.Callable[..., typing.Any]] = {}
        self.exts: dict[str, dict[typing.Any, tuple[typing.Any, ...]]] = {}
        self.locks: set[str] = set()
        self.version = 0
        # indexes, kept by synapse.lib.model.build
        self.by_type: dict[str, list[s_forms.Prop]] = {}
        self.by_itemtype: dict[str, list[s_forms.Prop]] = {}
        self.ndefs: list[s_forms.Prop] = []
        self.by_iface: dict[str, list[s_forms.Form]] = {}
        self.clones: dict[tuple[str, str], s_types.Type] = {}
        self._names: list[str] = []
        self._found: dict[tuple[str, str], typing.Any] = {}

    def changed(self) -> None:
        """Forget what was worked out on demand; called after every change."""
        self.version += 1
        self._names = []
        self._found.clear()

    # one thing by name

    def type(self, name: str) -> s_types.Type | None:
        """Return a type, None when there is none."""
        return self.types.get(name)

    def form(self, name: str) -> s_forms.Form | None:
        """Return a form, None when there is none."""
        return self.forms.get(name)

    def prop(self, full: str) -> s_forms.Prop | None:
        """Return a property by full name, None when there is none (a form's name is not a property, see ``form``)."""
        return self.props.get(full)

    def tagprop(self, name: str) -> s_forms.TagProp | None:
        """Return a tag property, None when there is none."""
        return self.tagprops.get(name)

    def univ(self, name: str) -> s_forms.Prop | None:
        """Return the declaration of a universal property (``.seen``), None when there is none."""
        return self.univs.get(name)

    def iface(self, name: str) -> s_forms.Interface | None:
        """Return an interface, None when there is none."""
        return self.ifaces.get(name)

    def edge(self, n1form: str | None, verb: str, n2form: str | None) -> s_forms.Edge | None:
        """Return a declared edge, None when there is none."""
        return self.edges.get((n1form, verb, n2form))

    def reqType(self, name: str) -> s_types.Type:
        """Return a type. Raises NoSuchType."""
        typ = self.types.get(name)
        if typ is None:
            raise s_exc.NoSuchType(mesg=f'No type named {name}.', name=name)
        return typ

    def reqForm(self, name: str) -> s_forms.Form:
        """Return a form. Raises NoSuchForm."""
        form = self.forms.get(name)
        if form is None:
            raise s_exc.NoSuchForm(mesg=f'No form named {name}.', name=name)
        return form

    def reqProp(self, full: str) -> s_forms.Prop:
        """Return a property by full name. Raises NoSuchProp."""
        prop = self.props.get(full)
        if prop is None:
            raise s_exc.NoSuchProp(mesg=f'No property named {full}.', name=full)
        return prop

    def reqTagProp(self, name: str) -> s_forms.TagProp:
        """Return a tag property. Raises NoSuchTagProp."""
        tagprop = self.tagprops.get(name)
        if tagprop is None:
            raise s_exc.NoSuchTagProp(mesg=f'Tagprop {name} does not exist in this Cortex.', name=name)
        return tagprop

    def reqUniv(self, name: str) -> s_forms.Prop:
        """Return the declaration of a universal property. Raises NoSuchUniv."""
        univ = self.univs.get(name)
        if univ is None:
            raise s_exc.NoSuchUniv(mesg=f'No universal property named {name}.', name=name)
        return univ

    # several

    def forms_by_prefix(self, prefix: str) -> tuple[s_forms.Form, ...]:
        """Return the forms whose names begin with a text, by name."""
        found = self._found.get(('prefix', prefix))
        if found is None:
            if not self._names:
                self._names = sorted(self.forms)
            start = bisect.bisect_left(self._names, prefix)
            names = []
            for name in self._names[start:]:
                if not name.startswith(prefix):
                    break
                names.append(name)
            found = self._found[('prefix', prefix)] = tuple(self.forms[name] for name in names)
        return typing.cast(tuple[s_forms.Form, ...], found)

    def forms_by_iface(self, name: str) -> tuple[s_forms.Form, ...]:
        """Return the forms that implement an interface, also through another one."""
        return tuple(self.by_iface.get(name, ()))

    def iface_props(self, full: str) -> tuple[s_forms.Prop, ...]:
        """Return the properties that ``interface:prop`` stands for, one for each form; () if it is no such name."""
        found = self._found.get(('iface', full))
        if found is None:
            found = ()
            for name in _prefixes(full):
                if name in self.ifaces and self._declares(name, full[len(name) + 1 :]):
                    forms = self.by_iface.get(name, ())
                    found = tuple(form.props[full[len(name) + 1 :]] for form in forms)
                    break
            self._found[('iface', full)] = found
        return typing.cast(tuple[s_forms.Prop, ...], found)

    def _declares(self, name: str, prop: str) -> bool:
        iface = self.ifaces[name]
        return any(spec.name == prop for spec in iface.props) or any(
            self._declares(up, prop) for up in iface.interfaces
        )

    def props_of_type(self, name: str) -> typing.Sequence[s_forms.Prop]:
        """Return the properties of forms (not the universal ones) that have a type, for pivots in."""
        return self.by_type.get(name, ())

    def array_props_of_type(self, name: str) -> typing.Sequence[s_forms.Prop]:
        """Return the array properties whose items have a type."""
        return self.by_itemtype.get(name, ())

    def ndef_props(self) -> typing.Sequence[s_forms.Prop]:
        """Return the properties that hold (form, value) pairs or arrays of them."""
        return self.ndefs


def _prefixes(full: str) -> typing.Iterator[str]:
    at = full.rfind(':')
    while at > 0:
        yield full[:at]
        at = full.rfind(':', 0, at)
