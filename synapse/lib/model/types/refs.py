"""References to nodes and props: ndef, edge, timeedge, nodeprop; names of users and roles. spec: types.md 2.13, 2.16"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.compound as s_compound
import synapse.lib.model.types.text as s_text


class Ndef(s_compound.Composite):
    """(form, value) of any node, or of those that the options ``forms`` or ``interfaces`` allow."""

    ctor = 'synapse.lib.types.Ndef'
    stortype = s_base.NDEF
    LIFTS = s_base.Type.LIFTS

    def setup(self) -> None:
        """Pairs only; forms come and go at run time, so the allowed ones are looked at in each norm."""
        self.indx = s_indx.ndef
        self.forms = self.opts.get('forms')
        self.ifaces = self.opts.get('interfaces')
        self.norms = {list: self.norm_pair, tuple: self.norm_pair}

    def norm_other(self, valu: typing.Any) -> s_base.Normed:
        """A node stands for its own ndef."""
        ndef = getattr(valu, 'ndef', None)
        if type(ndef) is tuple and len(ndef) == 2:
            return self.norm_pair(ndef)
        return super().norm_other(valu)

    def norm_pair(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise the value by its form's type. Raises NoSuchForm."""
        if len(valu) != 2:
            raise self.bad(valu, f'An ndef has 2 items, got {len(valu)}.')
        name, item = valu
        form = self.model.form(name) if type(name) is str else None
        if form is None:
            raise s_exc.NoSuchForm(name=s_base.show(name), mesg=f'No form named {s_base.show(name)}.')
        self.check_form(form, valu)
        norm, info = form.type.norm(item)
        return (name, norm), {'adds': [(name, norm, info)], 'subs': {'form': name}}

    def check_form(self, form: typing.Any, valu: typing.Any) -> None:
        """Raise BadTypeValu unless the options allow a form."""
        if self.forms is not None and form.name not in self.forms:
            self.refuse(form, valu, f'forms={tuple(self.forms)}')
        if self.ifaces is not None and not any(iface in form.ifaces for iface in self.ifaces):
            self.refuse(form, valu, f'interfaces={tuple(self.ifaces)}')

    def refuse(self, form: typing.Any, valu: typing.Any, why: str) -> typing.NoReturn:
        """Say which forms would do."""
        mesg = f'Ndef of form {form.name} is not allowed as a value for {self.name} with form filter {why}'
        raise self.bad(valu, mesg)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the form and the shown value."""
        form = self.model.form(valu[0])
        return (valu[0], str(valu[1]) if form is None else form.type.repr(valu[1]))


class Edge(s_compound.Composite):
    """A pair of nodes. Deprecated since light edges exist."""

    ctor = 'synapse.lib.types.Edge'
    size = 2
    needs = 'edge requires (ndef, ndef)'

    def setup(self) -> None:
        """The options name the forms that either end may have."""
        self.indx = s_indx.msgp
        self.n1forms, self.n2forms = self.opts.get('n1:forms'), self.opts.get('n2:forms')
        self.norms = {list: self.norm_list, tuple: self.norm_list}

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise both ends. The nodes themselves are added through the props n1 and n2."""
        if len(valu) != self.size:
            raise self.bad(valu, self.needs)
        ndef = self.find_type('ndef')
        n1, n2 = ndef.norm(valu[0])[0], ndef.norm(valu[1])[0]
        if self.n1forms is not None and n1[0] not in self.n1forms:
            raise self.bad(valu, 'Invalid source node for edge type')
        if self.n2forms is not None and n2[0] not in self.n2forms:
            raise self.bad(valu, 'Invalid dest node for edge type')
        return (n1, n2), {'subs': {'n1': n1, 'n1:form': n1[0], 'n2': n2, 'n2:form': n2[0]}}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show both ends."""
        ndef = self.find_type('ndef')
        return (ndef.repr(valu[0]), ndef.repr(valu[1]))


class TimeEdge(Edge):
    """A pair of nodes and a time. Deprecated since light edges exist."""

    ctor = 'synapse.lib.types.TimeEdge'
    size = 3
    needs = 'timeedge requires (ndef, ndef, time)'

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise both ends and the time."""
        (n1, n2), info = super().norm_list(valu)
        tick = self.find_type('time').norm(valu[2])[0]
        return (n1, n2, tick), {'subs': {**info['subs'], 'time': tick}}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show both ends and the time."""
        return (*super().repr(valu), self.find_type('time').repr(valu[2]))


class NodeProp(s_compound.Composite):
    """A property's full name and a value of it."""

    ctor = 'synapse.lib.types.NodeProp'

    def setup(self) -> None:
        """A pair, or ``prop=value`` text."""
        self.indx = s_indx.msgp
        self.norms = {list: self.norm_pair, tuple: self.norm_pair, str: self.norm_text}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the first equals sign."""
        return self.norm_pair(valu.split('=', 1))

    def norm_pair(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise the value by the property's type. Raises NoSuchProp."""
        if len(valu) != 2:
            raise self.bad(valu, f'Must be a 2-tuple: {s_base.show(valu)}')
        name, item = valu
        found = self.find_prop(name)
        if found is None:
            raise s_exc.NoSuchProp(name=s_base.show(name), mesg=f'No prop {s_base.show(name)}')
        norm, info = found.type.norm(item)
        return (name, norm), {'subs': {'prop': name}}

    def find_prop(self, name: typing.Any) -> typing.Any:
        """Return the property of a full name, or the form, whose primary property has its name."""
        if type(name) is not str:
            return None
        return self.model.prop(name) or self.model.form(name)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the pair of name and system value."""
        return str(tuple(valu))


class AuthName(s_text.Guid):
    """A user or role: its iden, which may be given as its name. Who they are, the model's hooks know."""

    kind = 'user'

    def setup(self) -> None:
        """Text only."""
        super().setup()
        self.norms = {str: self.norm_name}

    def norm_name(self, valu: str) -> s_base.Normed:
        """Look a name up; an iden stands for itself."""
        if valu == '*':
            raise self.bad(valu, f'{self.name} values must be a valid {self.kind}name or a guid.')
        find = self.model.hooks.get(f'{self.kind}:iden')
        iden = find(valu) if find is not None else None
        if iden is not None:
            return iden, s_base.NOINFO
        try:
            return s_text.Guid.norm_text(self, valu)
        except s_exc.BadTypeValu:
            raise self.bad(valu, f'No {self.kind} named {valu[:200]} and value is not a guid.') from None

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the present name, or the iden when there is none."""
        find = self.model.hooks.get(f'{self.kind}:name')
        name = find(valu) if find is not None else None
        return valu if name is None else name


class SynUser(AuthName):
    """A user."""

    ctor = 'synapse.models.syn.SynUser'


class SynRole(AuthName):
    """A role."""

    ctor = 'synapse.models.syn.SynRole'
    kind = 'role'
