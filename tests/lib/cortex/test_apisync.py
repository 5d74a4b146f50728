"""Layers and views by Telepath path: reading and writing node edits, following the logs, rows of indexes."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.cortex.sync as s_sync
import tests.lib.cortex.serving as t_serving

core = t_serving.core

Items = list[typing.Any]
BUID = s_common.buid(('inet:ipv4', 5))
TIME = 1600000000000


def edits(*items: typing.Any, buid: typing.Any = BUID, form: typing.Any = 'inet:ipv4') -> Items:
    return [(buid, form, [(*item, ()) for item in items])]


WHOLE = edits(
    (0, (5, 4)),
    (2, ('asn', 7, None, 9)),
    (4, ('foo', (None, None), None)),
    (4, ('foo.bar', (1, 2), None)),
    (8, ('k', {'a': (1, 2)}, None)),
    (10, ('refs', 'aa' * 32)),
)


async def drain(genr: typing.Any) -> Items:
    return [item async for item in genr]


async def test_paths(core: s_cortex.Cortex) -> None:
    view = core.stacks.default
    layr = view.wlyr.iden
    for path in ('*/layer', f'*/layer/{layr}', f'*/layer/{core.iden}', f'cortex/layer/{layr}'):
        async with t_serving.proxy(core, path) as prox:
            assert prox._getClasses()[0] == 'synapse.lib.layer.LayerApi'
            assert (await prox.getIden(), await prox.getCellIden()) == (layr, core.iden)
    for path in ('*/view', f'*/view/{view.iden}', f'*/view/{core.iden}'):
        async with t_serving.proxy(core, path) as prox:
            assert prox._getClasses()[0] == 'synapse.lib.view.ViewApi'
            assert await prox.getCellIden() == view.iden
    async with t_serving.proxy(core) as prox:
        assert prox._getClasses()[0] == 'synapse.cortex.CoreApi'


async def test_bad_paths(core: s_cortex.Cortex) -> None:
    bad = (
        ('*/layer/newp', s_exc.NoSuchLayer),
        ('*/view/newp', s_exc.NoSuchPath),
        ('*/newp', s_exc.NoSuchPath),
        ('*/view/a/b', s_exc.NoSuchPath),
        ('*/layer/a/b', s_exc.NoSuchPath),
    )
    for path, exc in bad:
        with pytest.raises(exc):
            async with t_serving.proxy(core, path):
                pass


async def test_store(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core, '*/layer') as prox:
        ((buid, sode, applied),) = await prox.storNodeEdits(WHOLE, {'time': TIME})
        assert buid == BUID and [edit[0] for edit in applied] == [0, 2, 2, 4, 4, 8, 10]
        assert applied[1] == (2, ('.created', TIME, None, 21), ())
        assert sode == {
            'form': 'inet:ipv4',
            'valu': (5, 4),
            'props': {'.created': (TIME, 21), 'asn': (7, 9)},
            'tags': {'foo': (None, None), 'foo.bar': (1, 2)},
        }
        ((_, again, applied),) = await prox.storNodeEdits(WHOLE)
        assert again == sode and applied == ()
        assert await prox.storNodeEditsNoLift(edits((2, ('asn', 8, None, 9)))) is None
        assert await prox.getEditSize() == 2
    assert await core.count('inet:ipv4=0.0.0.5 +:asn=8 +#foo.bar') == 1


async def test_save(core: s_cortex.Cortex) -> None:
    layr, root = core.stacks.default.wlyr.iden, core.auth.rootuser.iden
    async with t_serving.proxy(core, '*/layer') as prox, t_serving.proxy(core) as top:
        offs, changes = await prox.saveNodeEdits(WHOLE, {'time': TIME})
        assert changes[0][:2] == (BUID, 'inet:ipv4') and len(changes[0][2]) == 7
        assert await prox.getEditIndx() == offs + 1
        next_offs, changes = await prox.saveNodeEdits(WHOLE, {})
        assert next_offs > offs and changes == ((BUID, 'inet:ipv4', ()),)
        offs, _ = await top.saveLayerNodeEdits(layr, edits((2, ('asn', 9, None, 9))), {'time': 1})
        assert [item async for item in prox.syncNodeEdits2(offs, wait=False)] == [
            (offs, ((BUID, 'inet:ipv4', ((2, ('asn', 9, 7, 9), ()),)),), {'time': 1, 'user': root, 'link:user': root})
        ]
        with pytest.raises(s_exc.NoSuchLayer):
            await top.saveLayerNodeEdits('newp', [], {})


# what cannot be logged, and the error
BAD: tuple[tuple[typing.Any, str], ...] = (
    (5, 'BadArg'),
    ([5], 'BadArg'),
    ([(BUID, 'inet:ipv4')], 'BadArg'),
    ([(BUID, 'inet:ipv4', 5)], 'BadArg'),
    ([(BUID, 5, [])], 'BadArg'),
    ([(BUID.hex(), 'inet:ipv4', [])], 'BadArg'),
    ([(b'a', 'inet:ipv4', [])], 'BadArg'),
    ([(BUID, 'newp', [])], 'NoSuchForm'),
    ([(BUID, 'inet:ipv4', [5])], 'BadArg'),
    (edits((12, (1,))), 'BadArg'),
    (edits((-1, (5, {}, {}, {}))), 'BadArg'),
    (edits((True, (5, 4))), 'BadArg'),
    (edits(('0', (5, 4))), 'BadArg'),
    (edits((0, (5,))), 'BadArg'),
    (edits((0, (6, 4))), 'BadArg'),
    (edits((0, ('x', 4)), buid=s_common.buid(('inet:ipv4', 'x'))), 'BadArg'),
    (edits((2, ('newp', 1, None, 9))), 'NoSuchProp'),
    (edits((2, ('asn', 'x', None, 9))), 'BadArg'),
    (edits((2, (5, 'x', None, 9))), 'BadArg'),
    (edits((4, ('foo', 5, None))), 'BadArg'),
    (edits((4, ('foo', ('a', 'b'), None))), 'BadArg'),
    (edits((4, ('', (None, None), None))), 'BadArg'),
    (edits((6, ('foo', 'newp', 1, None, 9))), 'NoSuchTagProp'),
    (edits((8, ('x' * 1000, 1, None))), 'BadArg'),
    (edits((10, ('refs', 'zz'))), 'BadArg'),
    (edits((11, (5, 'aa' * 32))), 'BadArg'),
    ([(BUID, 'inet:ipv4', [(0, (5, 4), WHOLE)])], 'BadArg'),
)


async def test_bad_edits_are_not_logged(core: s_cortex.Cortex) -> None:
    index = core.nexsroot.index()
    async with t_serving.proxy(core, '*/layer') as prox, t_serving.proxy(core, '*/view') as view:
        for item, name in BAD:
            for func in (prox.storNodeEdits, prox.saveNodeEdits, view.storNodeEdits):
                with pytest.raises(s_exc.SynErr) as info:
                    await func(item, {})
                assert info.value.errname == name, item
        for meta in (5, {'time': 'x'}):
            with pytest.raises(s_exc.BadArg):
                await prox.storNodeEdits(WHOLE, meta)
    assert core.nexsroot.index() == index


async def test_view_edits(core: s_cortex.Cortex) -> None:
    root = core.auth.rootuser.iden
    async with t_serving.proxy(core, '*/view') as prox:
        assert await prox.storNodeEdits(WHOLE, {'time': TIME, 'user': 'x'}) is None
        ((_, _, meta),) = [item async for item in prox.syncNodeEdits2(0, wait=False)]
        assert meta['user'] == root and meta['time'] > TIME
        with pytest.raises(s_exc.BadArg, match='requires user key to be a guid'):
            await prox.saveNodeEdits(WHOLE, {'time': 5})
        await prox.saveNodeEdits(edits((2, ('asn', 9, None, 9))), {'time': 5, 'user': 'a' * 32})
        assert await prox.getEditSize() == 2
        *_, (_, _, meta) = [item async for item in prox.syncNodeEdits2(0, wait=False)]
        assert meta == {'time': 5, 'user': 'a' * 32, 'link:user': root}


async def test_new_nodes_are_expanded(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:ipv4=0.0.0.5 :asn=7 +#foo=(2020, 2021) ]')
    async with t_serving.proxy(core, '*/layer') as prox:
        items = [item async for item in prox.syncNodeEdits(0, wait=False)]
        whole = [item async for item in prox.iterLayerNodeEdits()]
        back = [item async for item in prox.syncNodeEdits(10**9, wait=False, reverse=True)]
        assert [item async for item in prox.syncNodeEdits(0, wait=False, reverse=True)] == []
    assert back == items[::-1]
    nodes = {form: nodeedits for _, batch in items for _, form, nodeedits in batch}
    assert nodes['inet:ipv4'][0] == (0, (5, 4), ())
    assert (2, ('asn', 7, None, 9), ()) in nodes['inet:ipv4']
    assert {edit[0] for batch in nodes.values() for edit in batch} == {0, 2, 4}
    assert [item[0] for item in whole] == sorted(item[0] for item in whole)
    assert {form for _, form, _ in whole} == {'inet:ipv4', 'inet:asn', 'syn:tag'}


async def test_layer_can_be_made_again(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:fqdn=a.b.com +(refs)> {[ inet:ipv4=0.0.0.5 :asn=7 ]} +#foo=(2020, 2021) ]')
    await core.feed('syn.nodes', [(('inet:asn', 7), {'nodedata': {'x': 1}})], core.stacks.default, core.auth.rootuser)
    fork = await core.stacks.add_layer({}, core.auth.rootuser.iden)
    async with t_serving.proxy(core, '*/layer') as prox, t_serving.proxy(core, f'*/layer/{fork.iden}') as other:
        whole = [item async for item in prox.iterLayerNodeEdits()]
        await other.storNodeEditsNoLift(whole)
        assert [item async for item in other.iterLayerNodeEdits()] == whole


async def test_many_edges_come_in_pieces(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:fqdn=com ]')
    await core.count('for $i in $lib.range(250) { inet:fqdn=com [ +(refs)> {[ inet:asn=$i ]} ] }')
    layer = core.stacks.default.wlyr
    items = [item async for item in s_sync.layer_nodes(core.stacks, layer) if item[1] == 'inet:fqdn']
    assert [len(item[2]) for item in items] == [100, 100, len(items[2][2])]
    assert sum(edit[0] == 10 for item in items for edit in item[2]) == 250


async def test_permissions(core: s_cortex.Cortex) -> None:
    layr = core.stacks.default.wlyr.iden
    joe = await core.auth.addUser('joe')
    async with t_serving.proxy(core, '*/layer', user='joe') as prox:
        for func, args in ((prox.getIden, ()), (prox.getEditIndx, ()), (prox.getEditSize, ())):
            with pytest.raises(s_exc.AuthDeny, match=f'User must have permission layer.read.{layr}'):
                await func(*args)
        for genr in (prox.iterLayerNodeEdits(), prox.syncNodeEdits(0), prox.syncNodeEdits2(0)):
            with pytest.raises(s_exc.AuthDeny):
                await drain(genr)
        with pytest.raises(s_exc.AuthDeny):
            await prox.saveNodeEdits([], {})
        with pytest.raises(s_exc.AuthDeny, match=f'layer.write.{layr}'):
            await prox.storNodeEdits([], {})
        await joe.addRule((True, ('layer', 'lift', layr)))
        await joe.addRule((True, ('layer', 'write', layr)))
        assert await prox.getIden() == layr
        assert await prox.storNodeEdits([], {}) == ()
    async with t_serving.proxy(core, user='joe') as prox:
        for genr in (prox.syncLayerNodeEdits(0), prox.syncLayersEvents(), prox.syncIndexEvents({})):
            with pytest.raises(s_exc.AuthDeny):
                await drain(genr)
    async with t_serving.proxy(core, '*/view', user='joe') as prox:
        with pytest.raises(s_exc.AuthDeny):
            await prox.storNodeEdits([], {})


async def test_live(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:asn=1 ]')
    async with t_serving.proxy(core, '*/layer') as prox:
        asns: Items = []
        async for _, nodeedits in prox.syncNodeEdits(0):
            asns.extend(valu for _, _, ((_, (valu, _), _), *_) in nodeedits)
            if len(asns) == 2:
                break
            core.schedCoro(core.count('[ inet:asn=2 ]'))
        assert asns == [1, 2]
    while core.stacks.default.wlyr.waiters:
        await asyncio.sleep(0)


async def test_all_layers(core: s_cortex.Cortex) -> None:
    base = core.stacks.default.wlyr
    other = await core.stacks.add_layer({}, core.auth.rootuser.iden)
    meta = {'time': TIME, 'user': core.auth.rootuser.iden}
    for numb in range(6):
        layer = base if numb % 2 else other
        await layer.storNodeEdits([(s_common.buid(('inet:asn', numb)), 'inet:asn', [(0, (numb, 9), ())])], meta)
    async with t_serving.proxy(core) as prox:
        items = [item async for item in prox.syncLayersEvents(wait=False)]
        assert [item[3][0][2][0][1][0] for item in items] == [0, 1, 2, 3, 4, 5]
        assert [item[1] for item in items] == [other.iden, base.iden] * 3
        assert items[0][2] == 0 and items[0][4] == meta
        rest = [item async for item in prox.syncLayersEvents({base.iden: items[3][0] + 1}, wait=False)]
        assert rest == [item for item in items if item[1] == other.iden or item[0] > items[3][0]]
        for bad in (5, {base.iden: 'x'}):
            with pytest.raises(s_exc.BadArg):
                await drain(prox.syncLayersEvents(bad, wait=False))


MATCHES = (
    ({}, []),
    ({'forms': ['inet:ipv4']}, [0]),
    ({'props': ['inet:ipv4:asn']}, [2]),
    ({'props': ['asn', '.created']}, [2, 2]),
    ({'tags': ['foo.bar']}, [4]),
    ({'forms': ['inet:*'], 'tags': ['foo', 'foo.bar'], 'tagprops': ['newp']}, [4, 4]),
)


async def test_index_events(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core, '*/layer') as layr, t_serving.proxy(core) as prox:
        offs, _ = await layr.saveNodeEdits(WHOLE, {})
        for matchdef, etypes in MATCHES:
            items = [item async for item in prox.syncIndexEvents(matchdef, wait=False)]
            assert [item[3][2] for item in items] == etypes, matchdef
            assert all(item[:3] == (offs, core.stacks.default.wlyr.iden, 1) for item in items)
            assert all(item[3][:2] == (BUID, 'inet:ipv4') and item[3][4] == () for item in items)
        with pytest.raises(s_exc.BadArg):
            await drain(prox.syncIndexEvents(5, wait=False))


async def test_index_events_tell_progress(core: s_cortex.Cortex) -> None:
    for numb in range(1001):
        await core.stacks.default.wlyr.storNodeEdits(
            [(s_common.buid(('inet:asn', numb)), 'inet:asn', [(0, (numb, 9), ())])], {'time': TIME, 'user': 'x'}
        )
    items = [item async for item in s_sync.index_events(core.stacks, {}, wait=False)]
    assert [item[2:] for item in items] == [(1, (None, None, 100, (), ()))]


async def rows(prox: typing.Any, name: str, *args: typing.Any, **kwargs: typing.Any) -> Items:
    return [valu async for _, valu in getattr(prox, name)(*args, **kwargs)]


async def test_rows(core: s_cortex.Cortex) -> None:
    layr = core.stacks.default.wlyr.iden
    await core.count('[ inet:ipv4=0.0.0.9 inet:ipv4=0.0.0.5 :asn=7 +#foo.bar ]')
    await core.count('[ inet:fqdn=com +#foo.bar=(2020, 2021) ]')
    async with t_serving.proxy(core) as prox:
        assert await rows(prox, 'iterFormRows', layr, 'inet:ipv4') == [5, 9]
        assert await rows(prox, 'iterFormRows', layr, 'inet:ipv4', stortype=4, startvalu=6) == [9]
        assert await rows(prox, 'iterFormRows', layr, 'newp') == []
        assert await rows(prox, 'iterPropRows', layr, 'inet:ipv4', 'asn') == [7, 7]
        assert await rows(prox, 'iterPropRows', layr, 'inet:ipv4', 'newp') == []
        created = await rows(prox, 'iterUnivRows', layr, '.created')
        assert len(created) == 6 and created == sorted(created)
        ival = (1577836800000, 1609459200000)
        tags = await rows(prox, 'iterTagRows', layr, 'foo.bar')
        assert sorted(tags, key=repr) == sorted([((None, None), 'inet:ipv4')] * 2 + [(ival, 'inet:fqdn')], key=repr)
        assert await rows(prox, 'iterTagRows', layr, 'foo.bar', form='inet:fqdn') == [(ival, 'inet:fqdn')]
        start = (BUID, 'inet:ipv4')
        assert len(await rows(prox, 'iterTagRows', layr, 'foo.bar', form='inet:ipv4', starttupl=start)) == 1
        assert await rows(prox, 'iterTagPropRows', layr, 'foo', 'newp') == []
        with pytest.raises(s_exc.NoSuchLayer):
            await rows(prox, 'iterFormRows', 'newp', 'inet:ipv4')
        for name, args in (('iterFormRows', ('inet:ipv4', 4, 'x')), ('iterTagRows', ('foo.bar', None, 5))):
            with pytest.raises(s_exc.BadArg):
                await rows(prox, name, layr, *args)
