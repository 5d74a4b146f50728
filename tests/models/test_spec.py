"""The loaded model against the inventory of the public one (``model.json`` in the directory SYN_SPEC_DIR)."""

from __future__ import annotations

import json
import os
import typing

import pytest

import synapse.lib.model.model as s_model
import synapse.lib.model.rules as s_rules
import synapse.models as s_models

Facts = dict[str, typing.Any]

# read at import: the tests' own environment has no SYN_ variables
SPEC_DIR = os.environ.get('SYN_SPEC_DIR')

# name -> why ours is different on purpose
EXPLAINED = {
    'prop it:mitre:attack:flow:data': 'the schema does not refer to documents on the network',
    'prop risk:vuln:cvss:pr': 'the display hint holds our own texts',
}


@pytest.fixture(scope='module')
def facts() -> Facts:
    if not SPEC_DIR:
        pytest.skip('SYN_SPEC_DIR is not set')
    with open(os.path.join(SPEC_DIR, 'model.json'), encoding='utf8') as file:
        return typing.cast(Facts, json.load(file))


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    return s_models.load()


def plain(item: typing.Any) -> typing.Any:
    """Tuples as lists, as JSON has them; an int that stands for a flag is that flag."""
    return json.loads(json.dumps(item))


def merged(domains: Facts) -> Facts:
    return {name: item for domain in domains.values() for name, item in domain.items()}


def check(name: str, ours: Facts, theirs: Facts) -> list[str]:
    """Return a line for each key that differs."""
    if name in EXPLAINED:
        return []
    keys = sorted(set(ours) | set(theirs))
    return [f'{name} {k}: {ours.get(k)!r} is {theirs.get(k)!r}' for k in keys if ours.get(k) != theirs.get(k)]


def flags(info: Facts) -> Facts:
    return {key: plain(info[key]) for key in ('since', 'until') if key in info} | {'dep': bool(info.get('deprecated'))}


def their_flags(info: Facts) -> Facts:
    return {key: info[key] for key in ('since', 'until') if key in info} | {'dep': bool(info.get('dep'))}


def test_basetypes(model: s_model.Model, facts: Facts) -> None:
    lines = []
    for name, fact in facts['basetypes'].items():
        typ = model.types[name]
        ours = {'opts': plain(typ.opts), 'stor': typ.stortype, 'ctor': typ.ctor} | flags(typ.info)
        theirs = {'opts': fact['opts'], 'stor': fact['stor'], 'ctor': fact['ctor']} | their_flags(fact)
        lines += check(f'type {name}', ours, theirs)
    assert lines == []


def test_types(model: s_model.Model, facts: Facts) -> None:
    lines = []
    types = merged(facts['types'])
    assert set(types) | set(facts['basetypes']) == set(model.types)
    for name, (base, opts, *more) in types.items():
        typ, fact = model.types[name], more[0] if more else {}
        above = model.types[base]
        ours = {'base': typ.subof, 'opts': plain(typ.opts), 'stor': typ.stortype}
        theirs = {'base': base, 'opts': {**plain(above.opts), **opts}, 'stor': fact.get('stor', above.stortype)}
        ours['ifaces'] = plain(typ.info.get('interfaces', []))
        ours['template'] = typ.info.get('template', {})
        ours['columns'] = [col['opts']['name'] for col in typ.info.get('display', {}).get('columns', ())]
        theirs |= {key: fact.get(key, empty) for key, empty in (('ifaces', []), ('template', {}), ('columns', []))}
        lines += check(f'type {name}', ours | flags(typ.info), theirs | their_flags(fact))
    assert lines == []


def test_interfaces(model: s_model.Model, facts: Facts) -> None:
    lines = []
    ifaces = merged(facts['interfaces'])
    assert set(ifaces) == set(model.ifaces)
    for name, fact in ifaces.items():
        iface = model.ifaces[name]
        ours = {'is': plain(iface.interfaces), 'template': iface.template} | flags(iface.info)
        theirs = {'is': fact.get('interfaces', []), 'template': fact.get('template', {})} | their_flags(fact)
        for prop in iface.props:
            ours[prop.name] = [prop_facts(prop.typedef, prop.info, 'since' in iface.info)]
        for prop, (kind, opts, *more) in fact['props'].items():
            theirs[prop] = [their_prop_facts(kind, opts, more[0] if more else {}, 'since' in fact)]
        lines += check(f'interface {name}', ours, theirs)
    assert lines == []


def prop_facts(typedef: typing.Any, info: Facts, new: bool) -> Facts:
    facts = {'type': plain(typedef), 'ro': bool(info.get('ro')), 'alts': plain(info.get('alts', []))}
    facts |= {'disp': plain(info.get('disp'))} | flags(info)
    return {key: valu for key, valu in facts.items() if not (new and key == 'since')}


def their_prop_facts(kind: str, opts: Facts, info: Facts, new: bool) -> Facts:
    facts = {'type': [kind, opts or {}], 'ro': info.get('ro') in (1, '2.256'), 'alts': info.get('alts', [])}
    facts |= {'disp': info.get('disp')} | their_flags(info)
    return {key: valu for key, valu in facts.items() if not (new and key == 'since')}


def test_forms(model: s_model.Model, facts: Facts) -> None:
    lines = []
    forms = merged(facts['forms'])
    assert set(forms) == set(model.forms)
    for name, fact in forms.items():
        form = model.forms[name]
        assert form.isrunt == bool(fact.get('runt'))
        new = 'since' in fact
        ours = {prop.name: prop for prop in form.props.values() if not prop.isuniv}
        assert set(ours) == set(fact['props']), name
        for rel, (kind, opts, *more) in fact['props'].items():
            prop, info = ours[rel], more[0] if more else {}
            # a property that came with an interface is as old as the form's use of it, which is not declared
            skip = new or 'via' in info
            have, want = prop_facts(prop.typedef, prop.info, skip), their_prop_facts(kind, opts, info, skip)
            lines += check(f'prop {prop.full}', have, want)
    assert lines == []


def test_filled_props(model: s_model.Model, facts: Facts) -> None:
    lines = []
    for name, fact in merged(facts['forms']).items():
        form = model.forms[name]
        ours: Facts = {sub: '.' for sub in s_rules.sub_names(model, form.type) if sub in form.props}
        for prop in sorted(form.props.values(), key=lambda prop: len(prop.name)):
            subs = set(s_rules.sub_names(model, prop.type)) & set(prop.subs)
            names = (f'{prop.name}:{sub}' for sub in subs)
            ours |= {name: prop.name for name in names if ours.get(name) != '.'}
        theirs = {rel: more[0]['from'] for rel, (_, _, *more) in fact['props'].items() if more and 'from' in more[0]}
        lines += check(f'form {name}', ours, theirs)
    assert lines == []


def test_univs_edges(model: s_model.Model, facts: Facts) -> None:
    assert set(model.univs) == set(facts['universal'])
    for name, (kind, opts, *_) in facts['universal'].items():
        assert model.univs[name].typedef == (kind, opts)
    assert model.univs['.created'].isro
    theirs = {}
    for domain in facts['edges'].values():
        for n1form, verb, n2form, *more in domain:
            theirs[(n1form, verb, n2form)] = their_flags(more[0] if more else {})
    assert {key: flags(edge.info) for key, edge in model.edges.items()} == theirs
