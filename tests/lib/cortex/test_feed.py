"""Feeds, old-style node calls, and the limit of nodes."""

from __future__ import annotations

import logging
import pathlib
import signal
import typing

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_cellserving
import tests.lib.cortex.serving as t_serving

core = t_serving.core

Mesgs = list[tuple[str, typing.Any]]


async def storm(core: s_cortex.Cortex, text: str) -> Mesgs:
    return [mesg async for mesg in core.storm(text)]


async def test_exported_nodes_feed_back(core: s_cortex.Cortex) -> None:
    await core.count(
        '[ inet:ipv4=1.2.3.4 :asn=7 .seen=(2020, 2021) +#foo.bar=(2020, 2021) +(refs)> {[ inet:fqdn=a.com ]} ]'
    )
    opts = {'repr': True}
    podes = [pode async for pode in core.queries.export('inet:ipv4 inet:fqdn=a.com', opts)]
    other = await core.stacks.add_layer({}, core.auth.rootuser.iden)
    view = await core.stacks.add_view({'layers': [other.iden]}, core.auth.rootuser.iden)
    async with t_serving.proxy(core) as prox:
        assert await prox.addFeedData('syn.nodes', podes, viewiden=view.iden) is None
    text = 'inet:ipv4=1.2.3.4 +:asn=7 +.seen@=2020 +#foo.bar@=2020 -(refs)> inet:fqdn +inet:fqdn=a.com'
    assert await core.count(text, {'view': view.iden}) == 1
    created = await core.callStorm('inet:ipv4=1.2.3.4 return(.created)', {'view': view.iden})
    assert created > podes[0][1]['props']['.created']


# one item each, what it leaves behind, and what the log says
ODD: tuple[tuple[typing.Any, str, str], ...] = (
    ((('inet:ipv4', '1.1.1.1'), {'props': {'newp': 1, 'asn': 7}}), '+:asn=7', 'unknown property: inet:ipv4:newp'),
    ((('inet:ipv4', '1.1.1.2'), {'props': {'asn': 'x', 'loc': 'us'}}), '+:loc=us -:asn', 'inet:ipv4:asn'),
    ((('inet:ipv4', '1.1.1.3'), {'props': {'.created': 5}}), '+.created>2020', ''),
    (
        (('inet:ipv4', '1.1.1.4'), {'tags': {'..': (None, None), 'foo': 5, 'bar': ('2020', '2021')}}),
        '+#bar@=2020',
        'foo',
    ),
    ((('inet:ipv4', '1.1.1.5'), {'tagprops': {'foo': {'newp': 1}}}), '-#foo', 'foo:newp'),
    ((('inet:ipv4', '1.1.1.6'), {'nodedata': 5, 'edges': [('refs', 'zz')]}), '', 'invalid node iden: zz'),
    ((('inet:ipv4', '1.1.1.7'), {'edges': [('refs', ('inet:fqdn', 'A.com'))]}), '-(refs)> inet:fqdn=a.com', ''),
    ((('inet:ipv4', '1.1.1.8'), {'edges': [(5, ('inet:fqdn', 'A.com'))]}), '', 'edges'),
    ((('inet:ipv4', '1.1.1.9'), {'edges': 5, 'tags': 5, 'props': [1]}), '', 'props'),
    ((('inet:ipv4', '1.1.1.10'), 5), '', 'no dictionary'),
    ((('inet:ipv4', '1.1.1.11'), {'nodedata': {'x' * 1000: 1, 5: 6}}), '', 'nodedata'),
    ((('inet:ipv4', '1.1.1.12'), {'tags': {'a' * 400: None}}), '', 'Feed tag refused'),
    ((('inet:ipv4', '1.1.1.13'), {'iden': 'x', 'repr': 1, 'path': {}, 'newp': 1}), '', ''),
)


async def test_odd_items_keep_what_is_good(core: s_cortex.Cortex, caplog: pytest.LogCaptureFixture) -> None:
    async with t_serving.proxy(core) as prox:
        for item, test, mesg in ODD:
            caplog.clear()
            with caplog.at_level(logging.WARNING):
                await prox.addFeedData('syn.nodes', [item])
            assert mesg in caplog.text and bool(mesg) == bool(caplog.text), (item, caplog.text)
            assert await core.count(f'inet:ipv4={item[0][1]} {test}') == 1, item


async def test_items_that_are_no_nodes(core: s_cortex.Cortex, caplog: pytest.LogCaptureFixture) -> None:
    bad = [5, None, 'xy', ('inet:ipv4', 1), (('inet:ipv4', 'x'), {}), ((5, 5), {}), (('newp', 1), {}), ((['x'], 1), {})]
    async with t_serving.proxy(core) as prox:
        await prox.addFeedData('syn.nodes', [*bad, (('inet:asn', 1), {})])
        assert len(caplog.records) >= len(bad)
        assert await core.count('inet:asn=1') == 1
        for items in (5, None, {}):
            with pytest.raises(s_exc.BadArg):
                await prox.addFeedData('syn.nodes', items)
        with pytest.raises(s_exc.NoSuchName):
            await prox.addFeedData('newp', [])
        with pytest.raises(s_exc.NoSuchView):
            await prox.addFeedData('syn.nodes', [], viewiden='newp')
        assert [item['name'] for item in await prox.getFeedFuncs()] == ['syn.nodes']


async def test_feed_permission(core: s_cortex.Cortex) -> None:
    joe = await core.auth.addUser('joe')
    async with t_serving.proxy(core, user='joe') as prox:
        with pytest.raises(s_exc.AuthDeny, match='feed:data.syn.nodes'):
            await prox.addFeedData('syn.nodes', [])
        with pytest.raises(s_exc.AuthDeny, match='node.add.inet:asn'):
            await prox.addNode('inet:asn', 1)
        await joe.addRule((True, ('feed:data', 'syn')), gateiden=core.stacks.default.wlyr.iden)
        await prox.addFeedData('syn.nodes', [(('inet:asn', 1), {})])
    assert await core.count('inet:asn=1') == 1


async def test_add_nodes(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core) as prox:
        ndef, info = await prox.addNode('inet:ipv4', '1.1.1.1', {'asn': 3, 'newp': 2})
        assert ndef == ('inet:ipv4', 0x01010101) and 'path' not in info
        assert info['props']['asn'] == 3 and 'newp' not in info['props']
        podes = [
            pode async for pode in prox.addNodes([(('inet:asn', 7), {}), (('newp', 1), {}), (('inet:asn', 'x'), {})])
        ]
        assert [pode[0] for pode in podes] == [('inet:asn', 7)]
        bad_calls = (
            (s_exc.NoSuchForm, 'newp', 1),
            (s_exc.BadTypeValu, 'inet:ipv4', 'x'),
            (s_exc.BadArg, 'syn:form', 'x'),
        )
        for exc, *args in bad_calls:
            with pytest.raises(exc):
                await prox.addNode(*args)
        for bad in (5, [5], [((), {})]):
            with pytest.raises(s_exc.BadArg):
                [pode async for pode in prox.addNodes(bad)]


async def test_node_limit(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core', **{'max:nodes': 3}) as core:
        mesgs = await storm(core, 'for $i in $lib.range(9) { [ inet:asn=$i ] }')
        errs = [info for name, info in mesgs if name == 'err']
        assert errs[0][0] == 'HitLimit' and errs[0][1]['mesg'] == 'Cortex is at node:count limit: 3'
        assert await core.count('inet:asn') == 3
        assert (await storm(core, '[ inet:asn=1 ]'))[-2][1][0] == 'HitLimit'
        gone = (s_common.buid(('inet:asn', 1)), 'inet:asn', [(1, (1, 9), ())])
        await core.stacks.default.wlyr.storNodeEdits([gone], {'time': 1, 'user': core.auth.rootuser.iden})
        assert await core.count('[ inet:asn=7 ]') == 1
        with pytest.raises(s_exc.HitLimit):
            await core.count('inet:asn=7 [ +#foo ]')
    async with t_serving.cortex(tmp_path / 'core', **{'max:nodes': 5}) as core:
        async with t_serving.proxy(core) as prox:
            with pytest.raises(s_exc.HitLimit):
                await prox.addFeedData('syn.nodes', [(('inet:asn', numb), {}) for numb in range(20, 30)])
        assert await core.count('inet:asn') == 5


async def test_names_too_long_for_a_key(core: s_cortex.Cortex) -> None:
    for text, name in (
        (f'[ inet:asn=1 +#{"a" * 400} ]', 'BadTag'),
        (f'[ inet:asn=1 +#{"a." * 200}a ]', 'BadTag'),
        (f'[ inet:asn=1 +({"a" * 600})> {{ inet:asn=1 }} ]', 'BadArg'),
    ):
        mesgs = await storm(core, text)
        assert [info[0] for kind, info in mesgs if kind == 'err'] == [name]
    assert await core.count('[ inet:asn=2 ]') == 1


# nodes that are alike: they go through buffer, log and layer by column
ALIKE = [
    (('inet:ipv4', numb), {'props': {'asn': numb % 3, 'loc': 'us'}, 'tags': {'foo.bar': None}}) for numb in range(9)
]


async def test_a_star_is_a_new_node_each_time(core: s_cortex.Cortex) -> None:
    """A value that means something else each time it is normalised cannot be normed once for a column."""
    items = [(('inet:ipv4', numb), {'props': {'place': '*', 'asn': 7}}) for numb in range(1, 51)]
    items += [(('ou:org', '*'), {'props': {'name': 'foo'}}) for _ in range(50)]
    await core.feed('syn.nodes', items, core.stacks.default, core.auth.rootuser)
    text = '$s=$lib.set() inet:ipv4 $s.add(:place) fini { return($s.size()) }'
    assert await core.callStorm(text) == 50
    assert await core.count('geo:place') == await core.count('ou:org') == 50


async def test_nodes_by_column_are_told_as_single_edits(core: s_cortex.Cortex) -> None:
    tdef = {'cond': 'prop:set', 'prop': 'inet:ipv4:asn', 'storm': '[ +#hit ]'}
    await core.callStorm('$lib.trigger.add($tdef)', {'vars': {'tdef': tdef}})
    async with t_serving.proxy(core) as prox:
        await prox.addFeedData('syn.nodes', ALIKE)
    assert await core.count('inet:ipv4 +#hit +#foo.bar +:loc=us +:asn<3 -> inet:asn') == 9
    text = """for ($o, $edits) in $lib.layer.get().edits(wait=$lib.false) {
        for ($i, $f, $e) in $edits { $lib.fire(x, f=$f, e=$e) }
    }"""
    told = [info['data'] async for name, info in core.storm(text) if name == 'storm:fire']
    first = [item['e'] for item in told if item['f'] == 'inet:ipv4'][0]
    assert (
        first[0] == (0, (0, 4), ())
        and (2, ('asn', 0, None, 9), ()) in first
        and (4, ('foo.bar', (None, None), None), ()) in first
    )


def test_fed_nodes_survive_a_crash(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'core'
    argv = t_cellserving.argv(dirn, ctor='synapse.cortex.Cortex')
    again = [*ALIKE[3:5], (('inet:ipv4', 99), {'edges': [('refs', ('inet:ipv4', 1))]})]
    with t_cellserving.Server(argv, env=t_cellserving.environ()) as server:
        with s_telepath.openurl(f'cell://{dirn}') as prox:
            for items in (ALIKE[:5], [*ALIKE, *again]):
                prox.addFeedData('syn.nodes', items)
            before = list(prox.exportStorm('inet:ipv4 inet:asn syn:tag'))
            server.stop(signal.SIGKILL)
    with t_cellserving.Server(argv, env=t_cellserving.environ()), s_telepath.openurl(f'cell://{dirn}') as prox:
        assert list(prox.exportStorm('inet:ipv4 inet:asn syn:tag')) == before and len(before) == 10 + 3 + 2
        assert prox.count('#foo.bar') == 9 and prox.count('inet:ipv4:asn=1') == 3
        assert prox.count('inet:ipv4=99 -(refs)> inet:ipv4 +:loc=us') == 1
