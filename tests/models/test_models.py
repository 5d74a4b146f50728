"""The declared model: it loads fast, all is described, names and schemas are sound, values go through it."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.models as s_models

UUID = '11111111-1111-4111-8111-111111111111'
EXTENSION = 'extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4'
STIX: dict[str, typing.Any] = {
    'spec_version': '2.1',
    'created': '2020-01-01T00:00:00Z',
    'modified': '2020-01-01T00:00:00Z',
}


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    return s_models.load()


def test_everything_is_described(model: s_model.Model) -> None:
    bare = [name for name, typ in model.types.items() if not typ.info.get('doc')]
    bare += [full for full, prop in model.props.items() if not prop.info.get('doc')]
    bare += [name for name, iface in model.ifaces.items() if not iface.info.get('doc')]
    bare += [str(edge.key) for edge in model.edges.values() if not edge.info.get('doc')]
    assert bare == []


def test_descriptions_read_well(model: s_model.Model) -> None:
    texts = {full: prop.info['doc'] for full, prop in model.props.items()}
    texts |= {name: typ.info['doc'] for name, typ in model.types.items()}
    odd = [name for name, text in texts.items() if not text.endswith('.') or '{' in text or '  ' in text]
    assert odd == []
    assert max(map(len, texts.values())) <= 120


def test_aliases_exist(model: s_model.Model) -> None:
    for form in model.forms.values():
        for prop in form.props.values():
            for name in prop.alts:
                assert form.reqProp(name).itemtype is not None, f'{prop.full} {name}'


def test_columns_exist(model: s_model.Model) -> None:
    for form in model.forms.values():
        for column in form.info.get('display', {}).get('columns', ()):
            owner = form
            *hops, last = column['opts']['name'].split('::')
            for hop in hops:
                owner = model.reqForm(typing.cast(str, owner.reqProp(hop).refform))
            assert last in owner.props


def test_edges_are_between_forms(model: s_model.Model) -> None:
    for n1form, _, n2form in model.edges:
        assert n1form is None or n1form in model.forms
        assert n2form is None or n2form in model.forms


# (property or form, value, what it becomes)
NORMS: list[tuple[str, typing.Any, typing.Any]] = [
    ('it:mitre:attack:technique', 'T1548.001', 'T1548.001'),
    ('it:sec:cve', 'CVE\u20132020\u20131234', 'cve-2020-1234'),
    ('inet:web:hashtag', '#foo-bar', '#foo-bar'),
    ('inet:dns:query', ('1.2.3.4', 'a.com', 'mx'), ('tcp://1.2.3.4', 'a.com', 15)),
    ('crypto:x509:cert:serial', '0a', '0' * 38 + '0a'),
    ('ou:technique:names', ['b', 'a', 'b'], ('a', 'b')),
    ('file:mime:pe:resource:langid', 'en-US', 1033),
    ('phys:contained:object', ('mat:item', '0' * 32), ('mat:item', '0' * 32)),
    ('meta:rule:status:taxonomy', 'In Use.today', 'in_use.today.'),
    ('transport:sea:vessel:imo', 'IMO 1234567', 'imo1234567'),
    ('meta:source:ingest:latest', '2020', 1577836800000),
]


@pytest.mark.parametrize(('full', 'valu', 'norm'), NORMS)
def test_values(model: s_model.Model, full: str, valu: typing.Any, norm: typing.Any) -> None:
    item = model.props.get(full) or model.reqForm(full)
    assert item.type.norm(valu)[0] == norm


def test_ndef_filters(model: s_model.Model) -> None:
    for full in ('inet:service:relationship:source', 'risk:attack:actor', 'inet:service:rule:grantee'):
        with pytest.raises(s_exc.BadTypeValu):
            model.reqProp(full).type.norm(('inet:fqdn', 'vertex.link'))


def test_attack_flow_schema(model: s_model.Model) -> None:
    """The schema refers to documents on the network; checking a value must not fetch them."""
    typ = model.reqProp('it:mitre:attack:flow:data').type
    flow = {**STIX, 'type': 'attack-flow', 'id': f'attack-flow--{UUID}', 'name': 'x', 'scope': 'incident'}
    flow['start_refs'] = [f'attack-action--{UUID}']
    flow['extensions'] = {EXTENSION: {'extension_type': 'new-sdo'}}
    bundle = {**STIX, 'type': 'bundle', 'id': f'bundle--{UUID}', 'objects': [flow]}
    assert typ.norm(bundle)[0]['id'] == f'bundle--{UUID}'
    with pytest.raises(s_exc.BadTypeValu):
        typ.norm({**bundle, 'id': 'bundle--1'})
    with pytest.raises(s_exc.BadTypeValu):
        typ.norm({'type': 'bundle'})


def test_models_are_apart() -> None:
    """A change of one model does not show in another that was made from the same tables."""
    one, two = s_models.load(), s_models.load()
    assert one.reqForm('inet:ipv4') is not two.reqForm('inet:ipv4')
    one.locks.add('meta:seen')
    assert 'meta:seen' not in two.locks
    assert one.reqProp('inet:ipv4:asn').type is not two.reqProp('inet:ipv4:asn').type
