"""Layers and views as definitions: made, changed, removed, kept; what a stack of layers shows."""

from __future__ import annotations

import asyncio
import os
import pathlib

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.cortex.sync as s_sync
import tests.lib.cortex.serving as t_serving

core = t_serving.core

GUID = 'a' * 32
VIEW = 'b' * 32


def root(core: s_cortex.Cortex) -> str:
    return core.auth.rootuser.iden


async def test_layer_defs(core: s_cortex.Cortex) -> None:
    layer = await core.stacks.add_layer({'name': 'x', 'desc': None}, root(core))
    pack = core.stacks.pack_layer(layer)
    assert pack.pop('totalsize') > 0 and abs(pack.pop('created') - s_common.now()) < 60000
    assert pack == {
        'iden': layer.iden,
        'creator': root(core),
        'name': 'x',
        'lockmemory': False,
        'logedits': True,
        'readonly': False,
        'model:version': (0, 2, 37),
        'offset': 0,
    }
    gate = core.auth.reqAuthGate(layer.iden).pack()
    assert gate['users'] == [{'iden': root(core), 'rules': (), 'admin': True}] and gate['roles'] == []
    main = core.auth.reqAuthGate(core.stacks.default.wlyr.iden).pack()
    assert main['roles'][0]['rules'] == ((True, ('layer', 'read')),)


async def test_layer_set(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        stacks = core.stacks
        iden = (await stacks.add_layer({}, root(core))).iden
        for name, valu in (('name', 'y'), ('desc', 'z'), ('logedits', False), ('cache:size', 5), ('mirror', None)):
            assert await stacks.set_layer(iden, name, valu) == valu
        await stacks.set_layer(iden, 'desc', None)
        await stacks.set_layer(iden, 'readonly', True)
        for name, valu, exc in (
            ('newp', 1, s_exc.BadOptValu),
            ('iden', GUID, s_exc.BadOptValu),
            ('name', 'x', s_exc.IsReadOnly),
            ('readonly', 5, s_exc.SchemaViolation),
        ):
            with pytest.raises(exc):
                await stacks.set_layer(iden, name, valu)
        with pytest.raises(s_exc.NoSuchLayer):
            await stacks.set_layer('newp', 'name', 'x')
        for ldef in ({'name': 5}, {'readonly': 1}, {'cache:size': True}, {'iden': 'x'}):
            with pytest.raises(s_exc.SchemaViolation):
                await stacks.add_layer(ldef, root(core))
        with pytest.raises(s_exc.DupIden):
            await stacks.add_layer({'iden': iden}, root(core))
    async with t_serving.cortex(tmp_path / 'core') as core:
        info = core.stacks.layers[iden].info
        assert (info['name'], info['logedits'], info['cache:size'], info['readonly']) == ('y', False, 5, True)
        assert 'desc' not in info and 'mirror' not in info


async def test_layer_read_only(core: s_cortex.Cortex) -> None:
    layer = await core.stacks.add_layer({}, root(core))
    view = await core.stacks.add_view({'layers': [layer.iden]}, root(core))
    await core.stacks.set_layer(layer.iden, 'readonly', True)
    with pytest.raises(s_exc.IsReadOnly):
        await core.count('[ inet:asn=1 ]', {'view': view.iden})
    assert await core.count('inet:asn', {'view': view.iden}) == 0
    with pytest.raises(s_exc.ReadOnlyLayer):
        await core.stacks.set_layers(core.stacks.default.iden, [layer.iden])
    await core.stacks.set_layer(layer.iden, 'readonly', False)
    assert await core.count('[ inet:asn=1 ]', {'view': view.iden}) == 1


async def test_layer_del(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        stacks = core.stacks
        layer = await stacks.add_layer({}, root(core))
        view = await stacks.add_view({'layers': [layer.iden]}, root(core))
        await core.count('[ inet:asn=1 ]', {'view': view.iden})
        assert os.path.isdir(layer.dirn)
        with pytest.raises(s_exc.LayerInUse):
            await stacks.del_layer(layer.iden)
        await stacks.del_view(view.iden)
        await stacks.del_layer(layer.iden)
        assert not os.path.exists(layer.dirn) and core.auth.getAuthGate(layer.iden) is None
        assert layer.isfini and layer.iden not in stacks.layers
        for iden in (layer.iden, 'newp'):
            with pytest.raises(s_exc.NoSuchLayer):
                await stacks.del_layer(iden)
        assert await core.count('[ inet:asn=1 ]') == 1
    os.mkdir(layer.dirn)  # as a crash right after the deletion could leave it
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert await core.count('inet:asn=1') == 1 and len(core.stacks.layers) == 1
        assert not os.path.exists(layer.dirn)


async def test_view_defs(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        stacks, base = core.stacks, core.stacks.default
        view = await stacks.add_view({'layers': [base.wlyr.iden], 'name': 'x'}, root(core))
        fork = await stacks.fork(view.iden, root(core), {'name': 'y'})
        pack = stacks.pack_view(fork)
        assert [layer['iden'] for layer in pack.pop('layers')] == [fork.wlyr.iden, base.wlyr.iden]
        assert abs(pack.pop('created') - s_common.now()) < 60000
        want = {'iden': fork.iden, 'creator': root(core), 'name': 'y', 'parent': view.iden}
        assert pack == {**want, 'protected': False, 'triggers': []}
        assert 'name' not in stacks.pack_layer(fork.wlyr)
        assert core.auth.reqAuthGate(fork.iden).pack()['roles'] == []
        for name, valu in (('name', 'z'), ('desc', 'd'), ('nomerge', True), ('quorum', {'count': 1, 'roles': [GUID]})):
            assert await stacks.set_view(view.iden, name, valu) == valu
    async with t_serving.cortex(tmp_path / 'core') as core:
        info = core.stacks.pack_view(core.stacks.views[view.iden])
        assert (info['name'], info['desc'], info['protected'], info['quorum']['count']) == ('z', 'd', True, 1)
        assert [layer.iden for layer in core.stacks.views[fork.iden].layers] == [fork.wlyr.iden, base.wlyr.iden]


async def test_view_refusals(core: s_cortex.Cortex) -> None:
    stacks, main = core.stacks, core.stacks.default
    layr = main.wlyr.iden
    for vdef, exc in (
        ({'layers': []}, s_exc.SchemaViolation),
        ({'layers': ['newp']}, s_exc.SchemaViolation),
        ({'layers': [layr, layr]}, s_exc.SchemaViolation),
        ({'layers': [GUID]}, s_exc.NoSuchLayer),
        ({'layers': 5}, s_exc.SchemaViolation),
        ({}, s_exc.SchemaViolation),
        ({'layers': [layr], 'name': 5}, s_exc.SchemaViolation),
        ({'layers': [layr], 'iden': main.iden}, s_exc.DupIden),
    ):
        with pytest.raises(exc):
            await stacks.add_view(vdef, root(core))
    for name, valu, exc in (
        ('newp', 1, s_exc.BadOptValu),
        ('name', 5, s_exc.SchemaViolation),
        ('protected', 5, s_exc.SchemaViolation),
        ('quorum', {'count': 0, 'roles': []}, s_exc.SchemaViolation),
        ('quorum', {'count': 1}, s_exc.SchemaViolation),
        ('layers', [], s_exc.SchemaViolation),
        ('layers', ['newp'], s_exc.NoSuchLayer),
        ('parent', GUID, s_exc.NoSuchView),
        ('parent', main.iden, s_exc.BadArg),
    ):
        with pytest.raises(exc):
            await stacks.set_view(main.iden, name, valu)
    with pytest.raises(s_exc.SynErr, match='Cannot delete the main view'):
        await stacks.del_view(main.iden)


async def test_parents(core: s_cortex.Cortex) -> None:
    stacks, main = core.stacks, core.stacks.default
    layers = [(await stacks.add_layer({}, root(core))).iden for _ in range(3)]
    view = await stacks.add_view({'layers': layers[:1]}, root(core))
    fork = await stacks.fork(view.iden, root(core))
    with pytest.raises(s_exc.BadArg, match='Circular'):
        await stacks.set_view(view.iden, 'parent', fork.iden)
    await stacks.set_view(view.iden, 'parent', main.iden)
    assert fork.layers == [fork.wlyr, *view.layers] and view.layers[1:] == main.layers
    for iden, parent in ((view.iden, main.iden), (fork.iden, main.iden)):
        with pytest.raises(s_exc.BadArg):
            await stacks.set_view(iden, 'parent', parent)
    with pytest.raises(s_exc.BadArg, match='You cannot set the layers of a forked view'):
        await stacks.set_view(view.iden, 'layers', layers)
    with pytest.raises(s_exc.SynErr, match='Cannot delete a view that has children'):
        await stacks.del_view(view.iden)
    await stacks.detach(view.iden)
    assert [layer.iden for layer in fork.layers] == [fork.wlyr.iden, layers[0], main.wlyr.iden]
    await stacks.set_view(view.iden, 'layers', layers)
    assert [layer.iden for layer in fork.layers] == [fork.wlyr.iden, *layers]
    with pytest.raises(s_exc.BadArg):
        await stacks.detach(view.iden)
    await stacks.del_view(fork.iden)
    await stacks.set_view(view.iden, 'protected', True)
    with pytest.raises(s_exc.CantDelView):
        await stacks.del_view(view.iden)
    with pytest.raises(s_exc.NoSuchView):
        await stacks.del_view(fork.iden)


async def test_watchers_are_told(core: s_cortex.Cortex) -> None:
    events = core.behold()
    first = asyncio.ensure_future(anext(events))
    while not core.beholder.queues:
        await asyncio.sleep(0)
    fork = await core.stacks.fork(core.stacks.default.iden, root(core))
    await core.stacks.set_layer(fork.wlyr.iden, 'name', 'x')
    await core.stacks.set_view(fork.iden, 'name', 'y')
    await core.stacks.del_view(fork.iden)
    await core.stacks.del_layer(fork.wlyr.iden)
    got = [await first, *[await anext(events) for _ in range(5)]]
    assert [event['event'] for event in got] == [
        'layer:add', 'view:add', 'layer:set', 'view:set', 'view:del', 'layer:del'
    ]  # fmt: skip
    assert got[1]['info']['iden'] == fork.iden and got[1]['gates'][0]['type'] == 'view'
    assert got[3]['info'] == {'iden': fork.iden, 'name': 'name', 'valu': 'y'}
    assert [gate['iden'] for gate in got[3]['gates']] == [fork.iden, fork.wlyr.iden]


async def test_followers_of_all_layers_see_them_come_and_go(core: s_cortex.Cortex) -> None:
    genr = s_sync.layers_events(core.stacks)
    await core.count('[ inet:asn=1 ]')
    assert (await anext(genr))[2] == 0
    first = asyncio.ensure_future(anext(genr))
    await asyncio.sleep(0)
    layer = await core.stacks.add_layer({}, root(core))
    assert (await first)[1:] == (layer.iden, 3, (), {})
    second = asyncio.ensure_future(anext(genr))
    view = await core.stacks.add_view({'layers': [layer.iden]}, root(core))
    await core.count('[ inet:asn=1 ]', {'view': view.iden})
    assert (await second)[1:3] == (layer.iden, 0)
    third = asyncio.ensure_future(anext(genr))
    await asyncio.sleep(0)
    await core.stacks.del_view(view.iden)
    await core.stacks.del_layer(layer.iden)
    assert (await third)[1:] == (layer.iden, 4, (), {})
    await genr.aclose()


# what a fork shows (cortex.md 8.3): made in the base, then run in the fork, then a query that finds so many nodes there
STACKED: tuple[tuple[str, str, str, int], ...] = (
    ('[ inet:asn=1 :name=a ]', '', 'inet:asn=1 +:name=a', 1),
    ('[ inet:asn=2 :name=a ]', 'inet:asn=2 [ :name=b ]', 'inet:asn:name=a +inet:asn=2', 0),
    ('', '', 'inet:asn:name=b', 1),
    ('[ inet:asn=3 +#x=(2020, 2021) ]', 'inet:asn=3 [ +#x=(2022, 2023) ]', '#x@=(2021, 2022)', 1),
    ('[ inet:asn=4 +#y ]', 'inet:asn=4 [ -#y ]', '#y', 1),
    ('[ inet:asn=5 +#z ]', 'inet:asn=5 [ +#z.w ]', '#z.w +#z', 1),
    ('[ inet:asn=6 ]', '[ inet:asn=6 inet:asn=7 ]', 'inet:asn=6 inet:asn=7', 2),
    ('[ inet:asn=8 +(refs)> {[ inet:fqdn=a.com ]} ]', 'inet:asn=8 [ +(refs)> {[ inet:fqdn=a.com inet:fqdn=b.com ]} ]',
     'inet:asn=8 -(refs)> inet:fqdn', 2),
    ('', '', 'inet:fqdn=a.com <(refs)- inet:asn', 1),
    ('[ inet:asn=9 :name=low ]', 'inet:asn=9 [ :name=top ]', 'inet:asn=9 [ -:name ] -:name', 1),
    ('', '', 'inet:asn=9 +:name=low', 1),
    ('', '', 'inet:asn:name=low', 1),
    ('[ inet:ipv4=1.2.3.4 .seen=(2020, 2021) ]', 'inet:ipv4=1.2.3.4 [ .seen=(2022, 2023) ]', 'inet:ipv4.seen@=2021', 1),
    ('', '', 'inet:asn', 9),
    ('', '', 'inet:asn +#x', 1),
)  # fmt: skip


async def test_reading_through_a_stack(core: s_cortex.Cortex) -> None:
    fork = await core.stacks.fork(core.stacks.default.iden, root(core))
    for base, top, text, count in STACKED:
        if base:
            await core.count(base)
        if top:
            await core.count(top, {'view': fork.iden})
        assert await core.count(text, {'view': fork.iden}) == count, text
    assert await core.count('inet:asn=7') == 0 and await core.count('inet:asn:name=a') == 2


async def test_order_through_a_stack(core: s_cortex.Cortex) -> None:
    fork = await core.stacks.fork(core.stacks.default.iden, root(core))
    await core.count('for $i in $lib.range(200, 0, 2) { [ inet:asn=$i ] }')
    await core.count('for $i in $lib.range(200, 1, 2) { [ inet:asn=$i ] }', {'view': fork.iden})
    asns = [node.valu async for node in core.nodes('inet:asn', {'view': fork.iden})]
    assert asns == list(range(200))
    asns = [node.valu async for node in core.nodes('inet:asn>=50 | limit 10', {'view': fork.iden})]
    assert asns == list(range(50, 60))


async def test_fork_edits(core: s_cortex.Cortex) -> None:
    fork = await core.stacks.fork(core.stacks.default.iden, root(core))
    await core.count('[ inet:asn=1 +#u=(2020, 2021) ]')
    mesgs = [mesg async for mesg in core.storm('inet:asn=1 [ +#u=(2022, 2023) ]', {'view': fork.iden})]
    ((_, _, edits),) = next(info['edits'] for name, info in mesgs if name == 'node:edits')
    assert edits == ((4, ('u', (1577836800000, 1672531200000), None), ()),)
    await core.count('inet:asn=1 [ +#v ]')
    mesgs = [mesg async for mesg in core.storm('inet:asn=1 [ -#v ]', {'view': fork.iden})]
    assert 'node:edits' not in {name for name, _ in mesgs}
    podes = [info async for name, info in core.storm('inet:asn=1', {'view': fork.iden}) if name == 'node']
    assert 'v' in podes[0][1]['tags']


async def test_forks_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        fork = await core.stacks.fork(core.stacks.default.iden, root(core))
        await core.count('[ inet:asn=1 ]')
        await core.count('inet:asn=1 [ :name=x +(refs)> {[ inet:fqdn=a.com ]} ]', {'view': fork.iden})
    async with t_serving.cortex(tmp_path / 'core') as core:
        text = 'inet:asn:name=x -(refs)> inet:fqdn=a.com'
        assert await core.count(text, {'view': fork.iden}) == 1 and await core.count('inet:asn:name') == 0


@pytest.mark.usefixtures('no_hurry')
async def test_what_is_made_while_its_parts_go(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        stacks = core.stacks
        layer = await stacks.add_layer({}, root(core))
        gone, view = await asyncio.gather(
            stacks.del_layer(layer.iden),
            stacks.add_view({'layers': [layer.iden]}, root(core)),
            return_exceptions=True,
        )
        assert gone is None and isinstance(view, s_exc.NoSuchLayer)
        made = await asyncio.gather(
            *(stacks.add_layer({'iden': GUID, 'name': name}, root(core)) for name in 'xy'), return_exceptions=True
        )
        assert isinstance(made[1], s_exc.DupIden) and stacks.layers[GUID].info['name'] == 'x'
        views = await asyncio.gather(
            *(stacks.add_view({'iden': VIEW, 'layers': [GUID], 'name': name}, root(core)) for name in 'xy'),
            return_exceptions=True,
        )
        assert isinstance(views[1], s_exc.DupIden) and stacks.views[VIEW].info['name'] == 'x'
        with pytest.raises(s_exc.DupIden):  # of a layer
            await stacks.add_view({'iden': GUID, 'layers': [GUID]}, root(core))
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert len(core.stacks.views) == 2


async def test_pushes_and_pulls_are_not_part_of_a_definition(core: s_cortex.Cortex) -> None:
    layer = await core.callStorm('return($lib.layer.add(({"pushs": 5, "pulls": [1], "name": "x"})).pack())')
    assert layer['name'] == 'x' and 'pushs' not in layer and 'pulls' not in layer
