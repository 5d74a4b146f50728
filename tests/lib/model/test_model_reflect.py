"""What clients are told about the model: the shapes of cortex.md 5, and the nodes of the runtime-only forms."""

from __future__ import annotations

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.ext as s_ext
import synapse.lib.model.model as s_model
import synapse.lib.model.reflect as s_reflect
import synapse.models as s_models


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    model = s_models.load()
    s_ext.add_form(model, '_foo:bar', 'it:dev:str', {}, {'doc': 'A form.'})
    s_ext.add_tagprop(model, 'risk', ('int', {'min': 0}), {'doc': 'How bad.'})
    return model


def test_model_dict(model: s_model.Model) -> None:
    pack = s_reflect.getModelDict(model)
    assert set(pack) == {'types', 'forms', 'edges', 'univs', 'tagprops', 'interfaces'}
    typ = pack['types']['inet:dns:a']
    assert typ['info']['bases'] == ('base', 'comp') and typ['stortype'] == 13
    assert typ['opts'] == {'fields': (('fqdn', 'inet:fqdn'), ('ipv4', 'inet:ipv4'))}
    assert pack['types']['_foo:bar']['info']['bases'] == ('base', 'str', 'it:dev:str')
    prop = pack['forms']['inet:dns:a']['props']['fqdn']
    assert {**prop, 'doc': ''} == {
        'name': 'fqdn',
        'full': 'inet:dns:a:fqdn',
        'type': ('inet:fqdn', {}),
        'stortype': 17,
        'ro': True,
        'doc': '',
    }
    assert pack['forms']['syn:form']['runt'] is True
    assert pack['univs']['.created']['full'] == '.created'
    assert pack['tagprops'] == {
        'risk': {'name': 'risk', 'info': {'doc': 'How bad.'}, 'type': ('int', {'min': 0}), 'stortype': 9}
    }
    assert 'since' not in pack['types']['meta:feed']['info']


def test_interfaces(model: s_model.Model) -> None:
    iface = s_reflect.getModelDict(model)['interfaces']['inet:service:object']
    assert iface['interfaces'] == ('inet:service:base',) and iface['template'] == {'service:base': 'object'}
    assert ('url', ('inet:url', {})) in [prop[:2] for prop in iface['props']]
    assert ('type', ('{type}', {})) in [
        prop[:2] for prop in s_reflect.getModelDict(model)['interfaces']['doc:document']['props']
    ]


def test_model_defs(model: s_model.Model) -> None:
    ((name, defs),) = s_reflect.getModelDefs(model)
    assert name == 'all'
    assert set(defs) == {'ctors', 'types', 'forms', 'univs', 'edges', 'tagprops', 'interfaces'}
    ctors = {item[0]: item for item in defs['ctors']}
    assert ctors['int'][1] == 'synapse.lib.types.Int' and ctors['int'][2]['size'] == 8
    types = {item[0]: item for item in defs['types']}
    assert types['hash:md5'][1] == ('hex', {'size': 32, 'zeropad': 0})
    forms = {item[0]: item for item in defs['forms']}
    assert forms['syn:form'][1] == {'runt': True} and forms['inet:ipv4'][1] == {}
    assert ('asn', ('inet:asn', {})) in [prop[:2] for prop in forms['inet:ipv4'][2]]


def test_packs(model: s_model.Model) -> None:
    assert len(s_common.en(s_reflect.getModelDict(model))) > 100000
    assert s_common.un(s_common.en(s_reflect.getModelDefs(model)))


def test_norms(model: s_model.Model) -> None:
    assert s_reflect.getTypeNorm(model, 'int', '0x10') == (16, {})
    assert s_reflect.getPropNorm(model, 'inet:fqdn:host', 'FOO') == ('foo', {})
    assert s_reflect.getPropNorm(model, 'inet:asn', '20')[0] == 20
    with pytest.raises(s_exc.BadTypeValu):
        s_reflect.getTypeNorm(model, 'int', '20', {'min': 30})
    with pytest.raises(s_exc.NoSuchType, match='The type newp does not exist.'):
        s_reflect.getTypeNorm(model, 'newp', 1)
    with pytest.raises(s_exc.NoSuchProp, match='The property newp does not exist.'):
        s_reflect.getPropNorm(model, 'newp', 1)


def test_runt_nodes(model: s_model.Model) -> None:
    props = dict(s_reflect.runt_props(model))
    assert props['inet:ipv4.seen']['relname'] == '.seen' and props['inet:ipv4.seen']['base'] == '.seen'
    assert props['inet:ipv4.seen']['univ'] == 0 and props['inet:ipv4.seen']['form'] == 'inet:ipv4'
    assert [name for name, node in props.items() if node['univ']] == ['.seen', '.created']
    assert set(props['inet:ipv4']) <= {'doc', 'form', 'type', 'univ', 'extmodel'}
    assert props['inet:dns:a:fqdn']['ro'] == 1 and props['_foo:bar']['extmodel'] == 1
    assert dict(s_reflect.runt_forms(model))['syn:form']['runt'] == 1
    assert dict(s_reflect.runt_types(model))['hash:md5']['subof'] == 'hex'
    assert dict(s_reflect.runt_tagprops(model)) == {'risk': {'doc': 'How bad.', 'type': 'int'}}
