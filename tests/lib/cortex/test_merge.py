"""Merging a fork, emptying and replacing its layer."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.cortex.held as s_held
import synapse.lib.cortex.sync as s_sync
import synapse.lib.limits as s_limits
import tests.lib.cortex.serving as t_serving

core = t_serving.core


FORKED = """
    [ inet:asn=100 :name=x +#foo.bar=(2020, 2021) +(refs)> {[ inet:fqdn=a.com ]} ] $node.data.set(k, ({'a': 1}))
"""
LOOK = 'inet:asn:name=x +#foo.bar@=2020 -(refs)> inet:fqdn=a.com'


async def make_fork(core: s_cortex.Cortex) -> typing.Any:
    fork = await core.stacks.fork(core.stacks.default.iden, core.auth.rootuser.iden)
    await core.count('[ inet:asn=100 +#foo.bar=(2022, 2023) ]')
    await core.count(FORKED, {'view': fork.iden})
    return fork


async def held(core: s_cortex.Cortex, layer: typing.Any) -> list[typing.Any]:
    return [item async for item in s_sync.layer_nodes(core.stacks, layer)]


async def test_merge(core: s_cortex.Cortex) -> None:
    fork = await make_fork(core)
    before = await held(core, fork.wlyr)
    assert await core.count(LOOK) == 0
    assert await core.merger.merge(fork.iden, core.auth.rootuser) == len(before) > 0
    assert await core.count(LOOK) == 1 and await core.count(LOOK, {'view': fork.iden}) == 1
    assert await core.callStorm('inet:asn=100 return($node.data.get(k))') == {'a': 1}
    assert await core.count('inet:asn=100 +#foo.bar@=2022') == 1
    assert await held(core, fork.wlyr) == before
    assert await core.merger.merge(fork.iden, core.auth.rootuser) == len(before)


async def test_merge_refused(core: s_cortex.Cortex) -> None:
    stacks, root = core.stacks, core.auth.rootuser
    fork = await make_fork(core)
    child = await stacks.fork(fork.iden, root.iden)

    async def refused(iden: str, exc: type[Exception], mesg: str) -> None:
        with pytest.raises(exc, match=mesg):
            await core.merger.merge(iden, root)

    await refused('newp', s_exc.NoSuchView, 'newp')
    await refused(stacks.default.iden, s_exc.CantMergeView, 'has not been forked')
    await refused(fork.iden, s_exc.CantMergeView, 'Cannot merge a view that has children itself')
    await stacks.set_view(child.iden, 'protected', True)
    await refused(child.iden, s_exc.CantMergeView, 'has protected set')
    await stacks.set_view(child.iden, 'protected', False)
    await stacks.set_view(fork.iden, 'quorum', {'count': 1, 'roles': []})
    await refused(child.iden, s_exc.SynErr, 'requires quorum voting')
    await stacks.set_view(fork.iden, 'quorum', None)
    await stacks.set_layer(fork.wlyr.iden, 'readonly', True)
    await refused(child.iden, s_exc.ReadOnlyLayer, 'read-only')


PERMS = ('node.add', 'node.prop.set', 'node.tag.add.foo', 'node.data.set.k', 'node.edge.add.refs')


async def test_merge_permissions(core: s_cortex.Cortex) -> None:
    fork = await make_fork(core)
    base = core.stacks.default.wlyr
    joe = await core.auth.addUser('joe')
    size = base.edit_size()
    for perm in PERMS:
        with pytest.raises(s_exc.AuthDeny) as info:
            await core.merger.merge(fork.iden, joe)
        assert info.value.get('perm').startswith('node.')
        await joe.addRule((True, tuple(perm.split('.'))), gateiden=base.iden)
    assert base.edit_size() == size
    assert await core.merger.merge(fork.iden, joe) > 0
    assert await core.count(LOOK) == 1


async def test_wipe(core: s_cortex.Cortex) -> None:
    fork = await make_fork(core)
    joe = await core.auth.addUser('joe')
    with pytest.raises(s_exc.AuthDeny):
        await core.merger.wipe(fork.iden, joe)
    assert await core.merger.wipe(fork.iden, core.auth.rootuser) > 0
    assert await held(core, fork.wlyr) == [] and fork.wlyr.total == 0
    assert await core.count('inet:fqdn', {'view': fork.iden}) == 0
    assert await core.count('inet:asn=100 +#foo.bar -:name', {'view': fork.iden}) == 1
    assert await core.merger.wipe(fork.iden, core.auth.rootuser) == 0


async def test_swap(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        fork = await make_fork(core)
        old = fork.wlyr
        child = await core.stacks.fork(fork.iden, core.auth.rootuser.iden)
        new = await core.merger.swap_layer(fork.iden, core.auth.rootuser.iden)
        assert fork.wlyr is new and child.layers[1] is new and old.isfini and old.iden not in core.stacks.layers
        assert await core.count(LOOK, {'view': child.iden}) == 0
        shared = await core.stacks.add_view({'layers': [new.iden]}, core.auth.rootuser.iden)
        await core.merger.swap_layer(fork.iden, core.auth.rootuser.iden)
        assert shared.wlyr is new and new.iden in core.stacks.layers
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert len(core.stacks.views[child.iden].layers) == 3 and len(core.stacks.layers) == 4


FILL = 'for $i in $lib.range(500) { [ inet:asn=$i :name=`n{$i}` +#foo ] $node.data.set(k, $i) }'
WHOLE = 'inet:asn +:name +#foo'


@pytest.mark.parametrize('query', ['$lib.view.get().merge()', 'merge --diff --apply'])
async def test_a_merge_that_is_stopped_half_way(
    query: str, core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is being moved is in one place or in both, and whoever begins again comes to the end."""
    fork = await core.stacks.fork(core.stacks.default.iden, core.auth.rootuser.iden)
    await core.count(FILL, {'view': fork.iden})
    monkeypatch.setattr(s_limits, 'EDITOR_EDITS', 20)
    task = asyncio.create_task(core.count(query, {'view': fork.iden}))
    async with asyncio.timeout(20):
        while not 20 < await core.count('inet:asn') < 500:
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await core.count('inet:asn') < 500
    assert await core.count(WHOLE, {'view': fork.iden}) == 500
    await core.count(query, {'view': fork.iden})
    assert await core.count(WHOLE) == 500
    assert await core.callStorm('inet:asn=499 return($node.data.get(k))') == 499


async def test_a_merge_while_others_write(core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'EDITOR_EDITS', 20)
    fork = await core.stacks.fork(core.stacks.default.iden, core.auth.rootuser.iden)
    await core.count(FILL, {'view': fork.iden})
    await asyncio.gather(
        core.merger.merge(fork.iden, core.auth.rootuser),
        core.merger.merge(fork.iden, core.auth.rootuser),
        core.count('for $i in $lib.range(500) { [ inet:asn=$i +#bar ] }'),
        core.count('for $i in $lib.range(500) { [ inet:asn=$i +#baz ] }', {'view': fork.iden}),
    )
    assert await core.count(f'{WHOLE} +#bar') == 500 and core.stacks.default.wlyr.form_count('inet:asn') == 500
    assert await core.count('inet:asn +#baz', {'view': fork.iden}) == 500


async def test_a_layer_that_goes_away_under_a_merge(core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'EDITOR_EDITS', 20)
    fork = await core.stacks.fork(core.stacks.default.iden, core.auth.rootuser.iden)
    await core.count(FILL, {'view': fork.iden})
    done = await asyncio.gather(
        core.merger.merge(fork.iden, core.auth.rootuser),
        core.merger.swap_layer(fork.iden, core.auth.rootuser.iden),
        return_exceptions=True,
    )
    assert not isinstance(done[1], BaseException)
    assert isinstance(done[0], (int, s_exc.SynErr))
    assert await core.count('inet:asn') == await core.count(WHOLE)


async def test_parts_without_a_node(core: s_cortex.Cortex) -> None:
    """A fork may hold edges and node data of nodes of which it holds nothing else."""
    await core.count('[ inet:asn=1 inet:asn=2 ]')
    fork = await core.stacks.fork(core.stacks.default.iden, core.auth.rootuser.iden)
    query = '[ inet:asn=1 +(refs)> { inet:asn=2 } ] $node.data.set(k, v)'
    await core.count(query, {'view': fork.iden})
    found = [nid async for nid in s_held.nids(fork.wlyr)]
    assert len(found) == 1 and fork.wlyr.record(found[0]) is None
    assert await core.merger.merge(fork.iden, core.auth.rootuser) == 1
    assert await core.callStorm('inet:asn=1 -(refs)> * return($node.value())') == 2
    assert await core.merger.wipe(fork.iden, core.auth.rootuser) == 1
    assert [nid async for nid in s_held.nids(fork.wlyr)] == []
