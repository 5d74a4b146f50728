"""Graph projections: the option, the command, and named ones."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

Any = typing.Any
fails = t_telling.fails

DATA = """
    [ inet:dns:a=(www.woot.com, 1.2.3.4) inet:dns:a=(vertex.link, 1.2.3.4) .seen=2020 ] | spin |
    [ inet:ipv4=1.2.3.4 :asn=20 +#foo +(refs)> { inet:fqdn=woot.com } ] | spin |
    [ media:news=(a,) +(refs)> { inet:ipv4=1.2.3.4 inet:fqdn=woot.com } ]
"""


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.count(DATA)
        yield core


async def graph(core: s_cortex.Cortex, text: str, rules: Any, **opts: Any) -> dict[str, list[str]]:
    """Return by node, in their order, the sorted edges: ``kind:name`` (< for the other direction), the other end."""
    if rules is not None:
        opts['graph'] = rules
    mesgs = [mesg async for mesg in core.storm(text, opts=opts)]
    assert [mesg for mesg in mesgs if mesg[0] == 'err'] == []
    podes = [info for name, info in mesgs if name == 'node']
    assert mesgs[-1][1]['count'] == len(podes)
    names = {info['iden']: _short(ndef) for ndef, info in podes}
    found = {}
    for ndef, info in podes:
        edges = []
        for iden, edge in info['path']['edges']:
            what = edge.get('verb') or edge.get('prop') or f'{edge["scope"]}{edge["index"]}'
            edges.append(f'{edge["type"]}:{what}{"<" if edge.get("reverse") else ""} {names.get(iden, iden)}')
        found[_short(ndef) + ('*' if info['path'].get('graph:seed') else '')] = sorted(edges)
    return found


def _short(ndef: Any) -> str:
    form, valu = ndef
    return {'inet:ipv4': 'ip', 'media:news': 'news', 'inet:asn': 'asn'}.get(form) or str(
        valu[0] if isinstance(valu, tuple) else valu
    )


async def test_references(core: s_cortex.Cortex) -> None:
    assert await graph(core, 'inet:ipv4', {'refs': True}) == {
        'ip*': [],
        'asn': ['prop:asn< ip'],
    }
    found = await graph(core, 'inet:dns:a:fqdn=www.woot.com', {'refs': True, 'degrees': 2})
    assert list(found) == ['www.woot.com*', 'www.woot.com', 'ip', 'woot.com', 'asn']
    assert found['ip'] == ['prop:ipv4< www.woot.com'] and found['asn'] == ['prop:asn< ip']
    assert found['woot.com'] == ['edge:refs< ip', 'prop:domain< www.woot.com', 'prop:zone< www.woot.com']
    everything = await graph(core, 'inet:dns:a', True)
    assert {'com', 'link', 'asn'} < set(everything)


async def test_seeds_come_once_and_first(core: s_cortex.Cortex) -> None:
    found = await graph(core, 'media:news inet:ipv4 media:news inet:fqdn=woot.com', {'degrees': 0})
    assert found == {
        'news*': [],
        'ip*': ['edge:refs< news'],
        'woot.com*': ['edge:refs< ip', 'edge:refs< news'],
    }
    assert await graph(core, 'media:news inet:ipv4', {'edges': False, 'refs': True}) == {
        'news*': [],
        'ip*': [],
        'asn': ['prop:asn< ip'],
    }


async def test_pivots(core: s_cortex.Cortex) -> None:
    rules: dict[str, Any] = {'pivots': ['-(refs)> inet:ipv4', '-(refs)> inet:fqdn'], 'degrees': 1}
    found = {'news*': [], 'ip': ['edge:refs< news', 'rules:global0< news']}
    found['woot.com'] = ['edge:refs< ip', 'edge:refs< news', 'rules:global0< ip', 'rules:global0< news']
    assert await graph(core, 'media:news', rules) == found
    assert await graph(core, 'media:news', {**rules, 'edges': False}) == {
        'news*': [],
        'ip': ['rules:global0< news'],
        'woot.com': ['rules:global0< ip', 'rules:global0< news'],
    }
    found = await graph(core, 'media:news', {'pivots': ['-(refs)> inet:ipv4 inet:asn=20 inet:fqdn=com'], 'degrees': 1})
    assert 'rules:global2< news' in found['com'] and 'rules:global1< news' in found['asn']
    forms = {
        'media:news': {'pivots': ['-(refs)> inet:ipv4']},
        'inet:ipv4': {'pivots': ['-> inet:asn']},
        '*': {'pivots': ['spin']},
    }
    found = await graph(core, 'media:news', {'forms': forms, 'degrees': None})
    assert list(found) == ['news*', 'ip', 'asn'] and found['asn'] == ['rules:inet:ipv40< ip']


async def test_filters(core: s_cortex.Cortex) -> None:
    pivots = ['-(refs)> inet:ipv4', '-(refs)> inet:fqdn']
    rules: dict[str, Any] = {'pivots': pivots, 'filters': ['-inet:ipv4'], 'degrees': 2}
    assert list(await graph(core, 'media:news', rules)) == ['news*', 'woot.com']
    found = await graph(core, 'media:news', {**rules, 'yieldfiltered': True})
    assert list(found) == ['news*', 'ip', 'woot.com'] and 'rules:global0< ip' in found['woot.com']
    assert await graph(core, 'inet:ipv4', rules) == {}
    assert list(await graph(core, 'inet:ipv4', {**rules, 'filterinput': False})) == ['ip*', 'woot.com']
    rules = {'pivots': pivots, 'forms': {'inet:fqdn': {'filters': ['+#newp']}}}
    assert list(await graph(core, 'media:news', rules)) == ['news*', 'ip']


async def test_existing(core: s_cortex.Cortex) -> None:
    iden = await core.callStorm('inet:ipv4 return($node.iden())')
    found = await graph(core, 'media:news', {'pivots': ['-(refs)> *'], 'existing': [iden]})
    assert list(found) == ['news*', 'woot.com'] and f'edge:refs {iden}' in found['news*']
    assert f'edge:refs< {iden}' in found['woot.com']


async def test_many_edges(core: s_cortex.Cortex) -> None:
    await core.count('[ media:news=(b,) +(refs)> {[ inet:asn=1 inet:asn=2 inet:asn=20 ]} ]')
    for limit in (0, 2, 3000):
        found = await graph(core, 'inet:asn=20 inet:asn=2 media:news=(b,)', {'degrees': 0, 'edgelimit': limit})
        assert sorted(found['news*']) == ['edge:refs asn', 'edge:refs asn'], limit
        found = await graph(core, 'media:news=(b,) inet:asn=20', {'degrees': 0, 'edgelimit': limit})
        assert found['asn*'] == ['edge:refs< news'], limit


async def test_bounds(core: s_cortex.Cortex) -> None:
    mesgs = [mesg async for mesg in core.storm('inet:dns:a', opts={'graph': {'refs': True, 'maxsize': 2}})]
    assert [name for name, _ in mesgs] == ['init', 'node', 'node', 'warn', 'fini']
    assert mesgs[3][1]['mesg'] == 'Graph projection hit max size 2. Truncating results.'
    assert len(await graph(core, 'inet:dns:a', {'refs': True}, limit=1)) == 3
    assert len(await graph(core, 'inet:dns:a', {'refs': True}, limit=0)) == 3
    assert await core.count('inet:dns:a', opts={'graph': {'refs': True}}) == 5
    assert await graph(core, 'inet:ipv4', {}) == {'ip*': []}
    for nothing in (None, False, 0):
        mesgs = [mesg async for mesg in core.storm('inet:ipv4', opts={'graph': nothing})]
        assert mesgs[1][1][1]['path'] == {}


@pytest.mark.parametrize(
    ('rules', 'name'),
    [
        (5, 'BadArg'),
        ([], 'BadArg'),
        ({'degrees': 'x'}, 'BadArg'),
        ({'pivots': [5]}, 'BadArg'),
        ({'pivots': '-> *'}, 'BadArg'),
        ({'filters': {'a': 'b'}}, 'BadArg'),
        ({'forms': {'*': {'pivots': 5}}}, 'BadArg'),
        ({'forms': 5}, 'BadArg'),
        ({'existing': ['X']}, 'BadArg'),
        ('newp', 'NoSuchIden'),
        ('a' * 32, 'NoSuchIden'),
        ({'pivots': ['-> newp:newp']}, 'NoSuchProp'),
        ({'pivots': ['(']}, 'BadSyntax'),
        ({'pivots': ['[ :asn=30 ]']}, 'IsReadOnly'),
    ],
)
async def test_bad_rules(rules: Any, name: str, core: s_cortex.Cortex) -> None:
    assert (await fails(core, 'inet:ipv4', graph=rules, readonly=True))[0] == name
    with pytest.raises(s_exc.SynErr) as info:
        await core.count('inet:ipv4', opts={'graph': rules, 'readonly': True})
    assert info.value.errname == name


async def test_command(core: s_cortex.Cortex) -> None:
    query = """
        media:news | graph --degrees 2 --refs --pivot { -(refs)> * } --form-pivot inet:ipv4 { -> inet:asn }
            --filter { -inet:fqdn } --form-filter inet:asn { +inet:asn=20 } --no-edges
    """
    assert await graph(core, query, None) == {
        'news*': [],
        'ip': ['rules:global1< news'],
        'asn': ['prop:asn< ip', 'rules:inet:ipv40< ip'],
    }
    assert list(await graph(core, 'inet:ipv4 | graph --filter { -inet:ipv4 } --no-filter-input', None)) == ['ip*']
    assert list(await graph(core, 'inet:ipv4 | graph --filter { -inet:ipv4 } --yield-filtered', None)) == ['ip*']
    assert await core.count('graph') == 0
    assert (await fails(core, 'inet:ipv4 | graph', readonly=True))[0] == 'IsReadOnly'


async def test_pivots_see_variables(core: s_cortex.Cortex) -> None:
    rules = {'pivots': ['$lib.print($foo) | spin']}
    mesgs = [m async for m in core.storm('inet:ipv4', opts={'graph': rules, 'vars': {'foo': 'hi'}})]
    assert [info['mesg'] for name, info in mesgs if name == 'print'] == ['hi']
    assert await core.count('inet:ipv4', opts={'graph': {'pivots': ['[ :loc=us ]']}}) == 1
    assert await core.count('inet:ipv4:loc=us') == 1
