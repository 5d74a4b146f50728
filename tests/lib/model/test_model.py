"""The registry: a small model from tables, its look-ups, and what it works out when it is built."""

from __future__ import annotations

import types

import pytest

import synapse.exc as s_exc
import synapse.lib.model.build as s_build
import synapse.lib.model.model as s_model

TYPES = """
int         *    A number.
str         *    A text.
guid        *    An identifier.
time        *    A time.
ival        *    A time span.
comp        *
array       *
ndef        *
taxon       *
taxonomy    *
test:low    str(lower)    A text in lower case.
"""

UNIVS = """
.seen       ival           When it was seen.
.created    time(ismin)    [ro] When it was added.
"""

IFACES = """
test:taxonomy  *
    title         str         The title of the {thing}.
    base          taxon       [ro] The last part.
    depth         int         [ro] How deep.
    parent        $self       [ro] The one above.

test:base  *
    @fill thing=node
    id            str         The name of the {thing}.
    kind          <kind>      What kind of {thing}.

test:owned  *
    @is test:base
    @fill thing=object
    owner         test:user   Who has the {thing}.
    owner:name    str         The name of who has it.
"""

FORMS = """
test:user  test:low  Somebody.
    name          str         [alts=names]
    names         {str}

test:kind:taxonomy  taxonomy
    @is test:taxonomy

test:file  guid
    @is test:owned
    @fill thing=file, kind=test:kind:taxonomy
    id            int                 Declared here, so not taken from the interface.
    users         {test:user}
    about         ndef
    group         (user=test:user, rank=int)
    old           str                 [deprecated]

test:pair  (user=test:user, rank=int)
    user          test:user           [ro]
    rank          int

test:edge  guid
    n1            ndef
    n2            ndef
"""

EDGES = """
* -(refs)> *                    Refers to it.
test:user -(has)> test:file     Has it.
"""


@pytest.fixture
def model() -> s_model.Model:
    decls = s_build.Decls()
    decls.read(types.SimpleNamespace(TYPES=TYPES, UNIVS=UNIVS, IFACES=IFACES, FORMS=FORMS, EDGES=EDGES))
    model = s_model.Model()
    s_build.load(model, decls)
    return model


def test_names(model: s_model.Model) -> None:
    assert model.reqForm('test:user').type.name == 'test:user'
    assert model.reqProp('test:file:owner').form is model.form('test:file')
    assert model.reqProp('test:file.seen').isuniv
    assert model.reqProp('.created').form is None
    assert model.reqUniv('.created').isro
    assert model.edge('test:user', 'has', 'test:file') is not None
    assert model.prop('test:user') is None and model.form('nope') is None


def test_missing_names(model: s_model.Model) -> None:
    for func, err in (
        (model.reqType, s_exc.NoSuchType),
        (model.reqForm, s_exc.NoSuchForm),
        (model.reqProp, s_exc.NoSuchProp),
        (model.reqUniv, s_exc.NoSuchUniv),
        (model.reqTagProp, s_exc.NoSuchTagProp),
        (model.reqForm('test:user').reqProp, s_exc.NoSuchProp),
    ):
        with pytest.raises(err):
            func('nope')


def test_interfaces(model: s_model.Model) -> None:
    form = model.reqForm('test:file')
    assert form.ifaces == ('test:owned', 'test:base')
    assert form.reqProp('kind').type.name == 'test:kind:taxonomy'
    assert form.reqProp('kind').info['doc'] == 'What kind of file.'
    assert form.reqProp('id').type.name == 'int'
    assert model.reqProp('test:kind:taxonomy:parent').refform == 'test:kind:taxonomy'
    assert [form.name for form in model.forms_by_iface('test:base')] == ['test:file']
    assert [prop.full for prop in model.iface_props('test:owned:owner:name')] == ['test:file:owner:name']
    assert [prop.full for prop in model.iface_props('test:owned:kind')] == ['test:file:kind']
    assert model.iface_props('test:owned:nope') == () == model.iface_props('test:file:owner')


def test_references(model: s_model.Model) -> None:
    form = model.reqForm('test:file')
    assert {prop.name for prop in form.refs_out} == {'kind', 'owner', 'users', 'about'}
    assert {prop.full for prop in model.props_of_type('test:user')} == {'test:file:owner', 'test:pair:user'}
    assert [prop.full for prop in model.array_props_of_type('test:user')] == ['test:file:users']
    assert {prop.full for prop in model.ndef_props()} == {'test:file:about', 'test:edge:n1', 'test:edge:n2'}
    assert form.reqProp('users').itemform == 'test:user' and form.reqProp('users').isarray
    assert form.reqProp('about').isndef
    assert model.reqForm('test:edge').isedge and not form.isedge


def test_filled_props(model: s_model.Model) -> None:
    assert model.reqProp('test:file:owner').subs == {'name': model.reqProp('test:file:owner:name')}
    assert model.reqProp('test:file:owner').derives and model.reqProp('test:file:group').derives
    assert not model.reqProp('test:file:id').derives
    assert model.reqForm('test:pair').resubs  # :rank is not read only
    assert not model.reqForm('test:kind:taxonomy').resubs


def test_flags(model: s_model.Model) -> None:
    assert model.reqProp('test:file:old').deprecated and not model.reqProp('test:file:id').deprecated
    assert model.reqProp('test:pair:user').isro and not model.reqProp('test:pair:rank').isro
    assert model.reqProp('test:user:name').alts == ('names',)


def test_prefix(model: s_model.Model) -> None:
    assert [form.name for form in model.forms_by_prefix('test:')] == sorted(model.forms)
    assert [form.name for form in model.forms_by_prefix('test:k')] == ['test:kind:taxonomy']
    assert model.forms_by_prefix('x') == ()
    s_build.add_form(model, 'test:kin:d', 'str', {}, {})
    assert [form.name for form in model.forms_by_prefix('test:ki')] == ['test:kin:d', 'test:kind:taxonomy']


def test_version_follows_changes(model: s_model.Model) -> None:
    seen = [model.version]
    s_build.add_prop(model, model.reqForm('test:user'), 'more', ('int', {}), {})
    seen.append(model.version)
    s_build.del_prop(model, 'test:user:more')
    seen.append(model.version)
    assert seen == sorted(set(seen))


def test_unknown_interface_leaves_nothing(model: s_model.Model) -> None:
    with pytest.raises(s_exc.NoSuchName):
        s_build.add_form(model, 'test:new', 'guid', {}, {'interfaces': ('nope',)})
    assert model.form('test:new') is None and model.type('test:new') is None
