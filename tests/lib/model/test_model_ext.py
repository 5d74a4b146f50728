"""The extended model: adding and removing at run time, with the errors of the specification."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.ext as s_ext
import synapse.lib.model.model as s_model
import synapse.models as s_models

INT: tuple[str, dict[str, typing.Any]] = ('int', {})


@pytest.fixture
def model() -> s_model.Model:
    model = s_models.load()
    s_ext.add_type(model, '_foo:typ', 'str', {'lower': True}, {'doc': 'A type.'})
    s_ext.add_form(model, '_foo:bar', 'str', {'lower': True}, {'doc': 'A form.'})
    s_ext.add_prop(model, '_foo:bar', '_baz', INT, {'doc': 'A property.'})
    s_ext.add_prop(model, 'inet:ipv4', '_asns', ('array', {'type': 'inet:asn'}), {})
    s_ext.add_univ(model, '_woot', INT, {})
    s_ext.add_tagprop(model, 'risk', ('int', {'min': 0}), {'doc': 'How bad.'})
    s_ext.add_edge(model, (None, '_foo', None), {'doc': 'An edge.'})
    return model


def test_added(model: s_model.Model) -> None:
    assert model.reqForm('_foo:bar').type.norm('WOOT')[0] == 'woot'
    assert model.reqForm('_foo:bar').isext and not model.reqForm('inet:ipv4').isext
    assert model.reqProp('_foo:bar._woot').isuniv and model.reqProp('inet:fqdn._woot').isext
    assert model.reqProp('inet:ipv4:_asns').itemform == 'inet:asn'
    assert model.reqProp('inet:ipv4:_asns') in model.array_props_of_type('inet:asn')
    assert model.reqTagProp('risk').type.norm('5')[0] == 5
    assert model.edge(None, '_foo', None) is not None


BAD_ADDS: list[tuple[str, tuple[typing.Any, ...], str, str]] = [
    ('add_form', ('_foo:bar', 'str', {}, {}), 'DupFormName', 'Form name already exists: _foo:bar'),
    ('add_form', ('foo:bar', 'str', {}, {}), 'BadFormDef', 'Extended form must begin with "_"'),
    ('add_form', ('_foo', 'str', {}, {}), 'BadFormDef', 'Invalid form name _foo'),
    ('add_form', ('_Foo:b', 'str', {}, {}), 'BadFormDef', 'Invalid form name _Foo:b'),
    ('add_form', ('_a:b:', 'str', {}, {}), 'BadFormDef', 'Invalid form name _a:b:'),
    ('add_form', ('_a:b.c', 'str', {}, {}), 'BadFormDef', 'Invalid form name _a:b.c'),
    ('add_form', ('_foo:b', 'nope', {}, {}), 'NoSuchType', 'No type named nope.'),
    ('add_form', ('_foo:b', 'int', {'size': 3}, {}), 'BadTypeDef', ''),
    (
        'add_form',
        ('_foo:b', 'guid', {}, {'interfaces': ('nope',)}),
        'NoSuchName',
        'Form _foo:b depends on non-existent interface: nope',
    ),
    ('add_prop', ('_foo:bar', '_baz', INT, {}), 'DupPropName', 'Cannot add duplicate form prop _foo:bar _baz'),
    (
        'add_prop',
        ('inet:ipv4', 'nound', INT, {}),
        'BadPropDef',
        'Extended prop must begin with "_" or be added to an extended form.',
    ),
    ('add_prop', ('nope:bar', '_x', INT, {}), 'NoSuchForm', 'No form named nope:bar.'),
    ('add_prop', ('inet:ipv4', '_x', ('nope', {}), {}), 'NoSuchType', 'No type named nope.'),
    ('add_prop', ('inet:ipv4', '_x:Y', INT, {}), 'BadPropDef', 'Invalid prop name _x:Y'),
    ('add_prop', ('inet:ipv4', '_x y', INT, {}), 'BadPropDef', 'Invalid prop name _x y'),
    ('add_prop', ('inet:ipv4', '_a::b', INT, {}), 'BadPropDef', 'Invalid prop name _a::b'),
    ('add_univ', ('_woot', INT, {}), 'DupPropName', 'Cannot add duplicate universal property ._woot'),
    ('add_univ', ('woot', INT, {}), 'BadPropDef', 'ext univ name must start with "_"'),
    ('add_univ', ('_w2', ('nope', {}), {}), 'NoSuchType', 'No type named nope.'),
    ('add_tagprop', ('risk', INT, {}), 'DupPropName', ''),
    ('add_tagprop', ('arr', ('array', {'type': 'int'}), {}), 'BadPropDef', 'Tag props may not be array types (yet).'),
    ('add_tagprop', ('Foo.bar:x', INT, {}), 'BadPropDef', 'Invalid prop name Foo.bar:x'),
    ('add_tagprop', ('bad', ('nope', {}), {}), 'NoSuchType', 'No type named nope.'),
    ('add_edge', ((None, '_foo', None), {}), 'DupEdgeType', 'Edge already exists: None -(_foo)> None.'),
    ('add_edge', ((None, 'foo', None), {}), 'BadEdgeDef', 'Extended edge verb must begin with "_"; got foo'),
    ('add_edge', (('nope', '_foo', None), {}), 'NoSuchForm', 'No form named nope.'),
    ('add_edge', (('inet:ipv4', '_FOO', None), {}), 'BadEdgeDef', 'Invalid edge verb _FOO'),
    ('add_edge', ((None, '_', None), {}), 'BadEdgeDef', 'Invalid edge verb _'),
    ('add_edge', ((None, '_a-b', None), {}), 'BadEdgeDef', 'Invalid edge verb _a-b'),
    ('add_type', ('_foo:typ', 'str', {}, {}), 'DupTypeName', 'Type already exists: _foo:typ.'),
    ('add_type', ('foo:typ', 'str', {}, {}), 'BadTypeDef', 'Extended type must begin with "_".'),
    ('add_type', ('_foo b', 'str', {}, {}), 'BadTypeDef', 'Invalid type name _foo b'),
    ('add_form', ('_foo:typ', 'str', {}, {}), 'DupTypeName', 'Type already exists: _foo:typ.'),
    ('add_type', ('_foo:t2', 'nope', {}, {}), 'NoSuchType', 'Specified base type nope does not exist.'),
    ('add_type', ('_foo:t3', 'str', {'regex': '('}, {}), 'BadTypeDef', ''),
]


@pytest.mark.parametrize(('func', 'args', 'err', 'mesg'), BAD_ADDS)
def test_bad_adds(model: s_model.Model, func: str, args: tuple[typing.Any, ...], err: str, mesg: str) -> None:
    before = (set(model.types), set(model.forms), set(model.props), set(model.edges), s_ext.getExtModel(model))
    with pytest.raises(getattr(s_exc, err)) as info:
        getattr(s_ext, func)(model, *args)
    assert not mesg or info.value.get('mesg') == mesg
    assert before == (
        set(model.types),
        set(model.forms),
        set(model.props),
        set(model.edges),
        s_ext.getExtModel(model),
    )


BAD_DELS: list[tuple[str, tuple[typing.Any, ...], str, str]] = [
    ('del_type', ('nope',), 'BadTypeDef', 'Extended type must begin with "_".'),
    ('del_type', ('_nope:x',), 'NoSuchType', 'No type named _nope:x.'),
    ('del_type', ('_foo:bar',), 'CantDelType', 'Cannot delete type _foo:bar as it is still in use by properties.'),
    ('del_form', ('inet:ipv4',), 'BadFormDef', 'Extended form must begin with "_"'),
    ('del_form', ('_nope:x',), 'NoSuchForm', 'No form named _nope:x.'),
    ('del_form', ('_foo:bar',), 'CantDelForm', 'Form has extended properties: _baz'),
    ('del_prop', ('_foo:bar', '_nope'), 'NoSuchProp', 'No ext prop named _foo:bar:_nope'),
    ('del_prop', ('inet:ipv4', 'asn'), 'NoSuchProp', 'No ext prop named inet:ipv4:asn'),
    ('del_univ', ('seen',), 'NoSuchUniv', 'No ext univ named seen'),
    ('del_tagprop', ('nope',), 'NoSuchTagProp', 'No tag prop named nope'),
    ('del_edge', ((None, 'refs', None),), 'NoSuchEdge', 'No edge defined for None -(refs)> None.'),
]


@pytest.mark.parametrize(('func', 'args', 'err', 'mesg'), BAD_DELS)
def test_bad_dels(model: s_model.Model, func: str, args: tuple[typing.Any, ...], err: str, mesg: str) -> None:
    with pytest.raises(getattr(s_exc, err)) as info:
        getattr(s_ext, func)(model, *args)
    assert info.value.get('mesg') == mesg


def test_used_types_stay(model: s_model.Model) -> None:
    s_ext.add_prop(model, 'inet:ipv4', '_typ', ('_foo:typ', {}), {})
    s_ext.add_prop(model, 'inet:ipv4', '_bars', ('array', {'type': '_foo:bar'}), {})
    with pytest.raises(s_exc.CantDelType):
        s_ext.del_type(model, '_foo:typ')
    s_ext.del_prop(model, '_foo:bar', '_baz')
    with pytest.raises(s_exc.CantDelType):
        s_ext.del_form(model, '_foo:bar')
    assert model.form('_foo:bar') is not None
    s_ext.del_prop(model, 'inet:ipv4', '_typ')
    s_ext.del_prop(model, 'inet:ipv4', '_bars')
    s_ext.del_type(model, '_foo:typ')
    s_ext.del_form(model, '_foo:bar')


def test_removed_leaves_the_first_model(model: s_model.Model) -> None:
    s_ext.del_prop(model, '_foo:bar', '_baz')
    s_ext.del_prop(model, 'inet:ipv4', '_asns')
    s_ext.del_form(model, '_foo:bar')
    s_ext.del_type(model, '_foo:typ')
    s_ext.del_univ(model, '_woot')
    s_ext.del_tagprop(model, 'risk')
    s_ext.del_edge(model, (None, '_foo', None))
    fresh = s_models.load()
    for name in ('types', 'forms', 'props', 'univs', 'tagprops', 'edges'):
        assert set(getattr(model, name)) == set(getattr(fresh, name))
    assert not model.props_of_type('_foo:bar')
    assert [prop.full for prop in model.array_props_of_type('inet:asn')] == [
        prop.full for prop in fresh.array_props_of_type('inet:asn')
    ]


def test_export_and_apply(model: s_model.Model) -> None:
    defs = s_ext.getExtModel(model)
    assert defs['version'] == (1, 0)
    assert defs['types'] == [('_foo:typ', 'str', {'lower': True}, {'doc': 'A type.'})]
    assert defs['edges'] == [((None, '_foo', None), {'doc': 'An edge.'})]
    assert s_ext.missing(model, defs) == []
    other = s_models.load()
    todo = s_ext.missing(other, defs)
    for kind, item in todo:
        s_ext.add(other, kind, item)
    assert len(todo) == 7 and s_ext.getExtModel(other) == defs


def test_apply_differing(model: s_model.Model) -> None:
    defs = {'forms': [('_foo:bar', 'int', {}, {})]}
    with pytest.raises(s_exc.BadFormDef) as info:
        s_ext.missing(model, defs)
    assert info.value.get('mesg') == 'Extended form definition differs from existing definition for _foo:bar.'


def test_load_stored() -> None:
    defs = {
        'types': [('_foo:sub', '_foo:typ', {}, {}), ('_foo:typ', 'str', {}, {})],
        'forms': [('_foo:bad', 'nope', {}, {})],
        'props': [('inet:ipv4', '_ok', INT, {}), ('nope:form', '_x', INT, {})],
    }
    model = s_models.load()
    warnings = s_ext.load(model, defs)
    assert model.reqType('_foo:sub').subof == '_foo:typ'
    assert model.prop('inet:ipv4:_ok') is not None
    assert [line.partition(' error: ')[0] for line in warnings] == [
        'Extended form (_foo:bad)',
        'ext prop (nope:form:_x)',
    ]


def test_locks(model: s_model.Model) -> None:
    with pytest.raises(s_exc.NoSuchProp):
        s_ext.lock(model, 'inet:ipv4', True)
    s_ext.lock(model, 'meta:seen', True)
    s_ext.lock(model, 'it:exec:proc:user', True)
    assert model.reqForm('meta:seen').locked and model.reqProp('it:exec:proc:user').locked
    assert {name for name, locked in s_ext.locks(model).items() if locked} == {
        'meta:seen',
        'it:exec:proc:user',
        'crypto:currency:transaction:inputs',
        'crypto:currency:transaction:outputs',
    }
    s_ext.lock(model, 'meta:seen', False)
    assert not model.reqForm('meta:seen').locked


def test_types_inside_types_stay(model: s_model.Model) -> None:
    """What fields, items and ends of ranges are made of cannot go while those are there."""
    s_ext.add_type(model, '_in:a', 'int', {}, {})
    s_ext.add_type(model, '_out:comp', 'comp', {'fields': (('x', 'int'), ('y', ('_in:a', {})))}, {})
    s_ext.add_type(model, '_out:array', 'array', {'type': '_in:a'}, {})
    s_ext.add_type(model, '_out:range', 'range', {'type': ('_in:a', {})}, {})
    s_ext.add_prop(model, 'inet:ipv4', '_c', ('comp', {'fields': (('x', '_in:a'),)}), {})
    for remove, args in (
        (s_ext.del_type, ('_out:comp',)),
        (s_ext.del_type, ('_out:array',)),
        (s_ext.del_type, ('_out:range',)),
        (s_ext.del_prop, ('inet:ipv4', '_c')),
    ):
        with pytest.raises(s_exc.CantDelType):
            s_ext.del_type(model, '_in:a')
        remove(model, *args)
    s_ext.del_type(model, '_in:a')


def test_types_of_themselves(model: s_model.Model) -> None:
    for base, opts in (('comp', {'fields': (('x', '_me:me'),)}), ('range', {'type': ('_me:me', {})})):
        with pytest.raises(s_exc.BadTypeDef):
            s_ext.add_type(model, '_me:me', base, opts, {})
        assert model.type('_me:me') is None
