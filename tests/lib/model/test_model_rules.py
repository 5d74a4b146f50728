"""What follows from adding a node or setting a property, and the hooks that compute more."""

from __future__ import annotations

import hashlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.lib.model.rules as s_rules
import synapse.models as s_models


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    return s_models.load()


class Nodes:
    """A graph in memory that applies additions and changes as an editor does, depth first."""

    def __init__(self, model: s_model.Model) -> None:
        self.model = model
        self.nodes: dict[tuple[str, typing.Any], dict[str, typing.Any]] = {}

    def get(self, form: str, valu: typing.Any) -> typing.Mapping[str, typing.Any] | None:
        return self.nodes.get((form, valu))

    def find(self, form: str, prop: str, valu: typing.Any) -> list[typing.Any]:
        return [ndef[1] for ndef, props in self.nodes.items() if ndef[0] == form and props.get(prop) == valu]

    def add(self, name: str, valu: typing.Any, norm: bool = True) -> typing.Any:
        form = self.model.reqForm(name)
        valu, info = form.type.norm(valu)
        new = (name, valu) not in self.nodes
        node = self.nodes.setdefault((name, valu), {})
        sets: list[s_rules.PropSet] = []
        adds: list[s_rules.NodeAdd] = []
        s_rules.fill_node(form, info, sets, adds)
        for prop, subvalu in sets:
            if new:
                node[prop.name] = subvalu
            elif not prop.isro:
                self.set(name, valu, prop.name, subvalu)
        for add in adds:
            self.add(add[0], add[1])
        if new and form.onadd is not None:
            self.apply(form.onadd(self, valu, node), quiet=(name, valu))
        return valu

    def set(self, name: str, valu: typing.Any, rel: str, to: typing.Any, quiet: bool = False) -> None:
        node, prop = self.nodes[(name, valu)], self.model.reqForm(name).reqProp(rel)
        if to is None:
            if node.pop(rel, None) is None:
                return
        else:
            norm, info = prop.type.norm(to)
            if node.get(rel) == norm:
                return
            node[rel] = norm
            sets: list[s_rules.PropSet] = []
            adds: list[s_rules.NodeAdd] = []
            s_rules.fill_prop(prop, norm, info, sets, adds)
            node.update((sub.name, subvalu) for sub, subvalu in sets)
            for add in adds:
                self.add(add[0], add[1])
        if prop.onset is not None and not quiet:
            self.apply(prop.onset(self, valu, node))

    def apply(self, changes: list[s_rules.Change], quiet: tuple[str, typing.Any] | None = None) -> None:
        for form, valu, props, _ in changes:
            valu = self.add(form, valu)
            for rel, to in props.items():
                self.set(form, valu, rel, to, quiet=quiet == (form, valu))


@pytest.fixture
def nodes(model: s_model.Model) -> Nodes:
    return Nodes(model)


def fqdn(nodes: Nodes, name: str) -> tuple[typing.Any, typing.Any, typing.Any]:
    node = nodes.get('inet:fqdn', name) or {}
    return node.get('issuffix'), node.get('iszone'), node.get('zone')


def test_subs_and_adds(nodes: Nodes) -> None:
    nodes.add('inet:dns:a', ('www.vertex.link', '1.2.3.4'))
    assert nodes.get('inet:dns:a', ('www.vertex.link', 16909060)) == {'fqdn': 'www.vertex.link', 'ipv4': 16909060}
    assert set(nodes.nodes) == {
        ('inet:dns:a', ('www.vertex.link', 16909060)),
        ('inet:fqdn', 'www.vertex.link'),
        ('inet:fqdn', 'vertex.link'),
        ('inet:fqdn', 'link'),
        ('inet:ipv4', 16909060),
    }
    assert (nodes.get('inet:ipv4', 16909060) or {})['type'] == 'unicast'


def test_each_follower_once(model: s_model.Model) -> None:
    form = model.reqForm('inet:dns:a')
    adds: list[s_rules.NodeAdd] = []
    s_rules.fill_node(form, form.type.norm(('vertex.link', '1.2.3.4'))[1], [], adds)
    assert sorted(add[:2] for add in adds) == [('inet:fqdn', 'vertex.link'), ('inet:ipv4', 16909060)]


def test_sub_props_of_props(nodes: Nodes) -> None:
    flow = nodes.add('inet:flow', '*')
    nodes.set('inet:flow', flow, 'src', 'udp://1.2.3.4:53')
    node = nodes.get('inet:flow', flow) or {}
    assert {name: node.get(name) for name in ('src:ipv4', 'src:port', 'src:proto')} == {
        'src:ipv4': 16909060,
        'src:port': 53,
        'src:proto': 'udp',
    }
    assert nodes.get('inet:ipv4', 16909060) is not None


def test_array_items_and_ndefs(nodes: Nodes) -> None:
    org = nodes.add('ou:org', '*')
    nodes.set('ou:org', org, 'names', ['Vertex', 'ACME'])
    assert nodes.get('ou:name', 'vertex') is not None and nodes.get('ou:name', 'acme') is not None
    nodes.add('meta:seen', (nodes.add('meta:source', '*'), ('inet:fqdn', 'WOOT.com')))
    assert nodes.get('inet:fqdn', 'woot.com') is not None


def test_taxonomy_parents(nodes: Nodes) -> None:
    nodes.add('it:prod:soft:taxonomy', 'a.b.c')
    assert nodes.get('it:prod:soft:taxonomy', 'a.b.c.') == {'base': 'c', 'depth': 2, 'parent': 'a.b.'}
    assert nodes.get('it:prod:soft:taxonomy', 'a.') == {'base': 'a', 'depth': 0}


def test_fqdn_zones(nodes: Nodes) -> None:
    nodes.add('inet:fqdn', 'www.foo.co.uk')
    assert fqdn(nodes, 'uk') == (1, 0, None)
    assert fqdn(nodes, 'co.uk') == (0, 1, 'co.uk')
    assert fqdn(nodes, 'foo.co.uk') == (0, 0, 'co.uk')
    assert fqdn(nodes, 'www.foo.co.uk') == (0, 0, 'co.uk')


def test_fqdn_suffix_set(nodes: Nodes) -> None:
    nodes.add('inet:fqdn', 'www.foo.co.uk')
    nodes.set('inet:fqdn', 'co.uk', 'issuffix', 1)
    assert fqdn(nodes, 'foo.co.uk') == (0, 1, 'foo.co.uk')
    assert fqdn(nodes, 'www.foo.co.uk') == (0, 0, 'foo.co.uk')
    nodes.set('inet:fqdn', 'foo.co.uk', 'iszone', 0)
    assert fqdn(nodes, 'foo.co.uk') == (0, 0, 'co.uk') == fqdn(nodes, 'www.foo.co.uk')


def test_fqdn_suffix_comes_back(nodes: Nodes) -> None:
    nodes.add('inet:fqdn', 'foo.co.uk')
    nodes.set('inet:fqdn', 'uk', 'issuffix', 0)
    assert fqdn(nodes, 'co.uk') == (0, 0, None)
    assert nodes.model.reqForm('inet:fqdn').resubs
    nodes.add('inet:fqdn', 'bar.co.uk')
    assert fqdn(nodes, 'uk')[0] == 1


def test_passwd(nodes: Nodes) -> None:
    nodes.add('inet:passwd', 'hünter2')
    node = nodes.get('inet:passwd', 'hünter2') or {}
    assert node['sha256'] == hashlib.sha256('hünter2'.encode()).hexdigest()
    assert nodes.get('hash:md5', node['md5']) is not None


def test_dev_strings(nodes: Nodes) -> None:
    nodes.add('it:dev:mutex', 'Global\\WOOT')
    assert nodes.get('it:dev:str', 'Global\\WOOT') == {'norm': 'global\\woot'}


def test_versions(nodes: Nodes) -> None:
    soft = nodes.add('it:prod:softver', '*')
    nodes.set('it:prod:softver', soft, 'vers', 'V1.2.3-beta+5')
    node = nodes.get('it:prod:softver', soft) or {}
    assert node['vers:norm'] == 'v1.2.3-beta+5' and node['semver'] == 1099513724931
    parts = [node.get(f'semver:{name}') for name in ('major', 'minor', 'patch', 'pre', 'build')]
    assert parts == [1, 2, 3, 'beta', '5']
    assert nodes.get('it:dev:str', 'V1.2.3-beta+5') is not None
    other = nodes.add('it:prod:softver', '*')
    nodes.set('it:prod:softver', other, 'vers', 'foo 1.2')
    assert 'semver' not in (nodes.get('it:prod:softver', other) or {})


def test_whois_emails(nodes: Nodes) -> None:
    rec = nodes.add('inet:whois:rec', ('woot.com', '2020'))
    nodes.set('inet:whois:rec', rec, 'text', 'Registrant: Visi@Vertex.link, abuse@woot.com; x@')
    assert (nodes.get('inet:whois:email', ('woot.com', 'visi@vertex.link')) or {})['.seen'][0] == rec[1]
    assert nodes.get('inet:whois:email', ('woot.com', 'abuse@woot.com')) is not None
    assert len([ndef for ndef in nodes.nodes if ndef[0] == 'inet:whois:email']) == 2


def test_file_mime(nodes: Nodes) -> None:
    file = nodes.add('file:bytes', 'hex:6161')
    nodes.set('file:bytes', file, 'mime', 'text/plain')
    assert nodes.get('file:ismime', (file, 'text/plain')) is not None
    assert nodes.get('file:mime', 'text/plain') is not None
    nodes.set('file:bytes', file, 'mime', '??')
    assert nodes.get('file:ismime', (file, '??')) is None


def test_file_sha256(nodes: Nodes) -> None:
    file = nodes.add('file:bytes', 'hex:6161')
    nodes.set('file:bytes', file, 'sha256', file[7:])
    with pytest.raises(s_exc.BadTypeValu):
        nodes.set('file:bytes', file, 'sha256', '0' * 64)
    other = nodes.add('file:bytes', ('a',))
    nodes.set('file:bytes', other, 'sha256', '0' * 64)
    assert (nodes.get('file:bytes', other) or {})['sha256'] == '0' * 64
