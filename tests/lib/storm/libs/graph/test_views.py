"""``$lib.view``, view objects, and the commands about views."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

core = t_serving.core

Any = typing.Any
prints, fails = t_telling.prints, t_telling.fails


async def call(core: s_cortex.Cortex, view: str | None, query: str, **opts: Any) -> Any:
    """Return the value of ``$v`` + a method."""
    return await core.callStorm(f'$v=$lib.view.get($i) return($v.{query})', opts={'vars': {'i': view}, **opts})


async def test_add_and_del(core: s_cortex.Cortex) -> None:
    base = core.stacks.default.wlyr.iden
    query = '$v=$lib.view.add(($lib.layer.add().iden, $base), name=$name) return($v.pack())'
    name = '\U0001f600 \xfcn\xef' * 1000
    pack = await core.callStorm(query, opts={'vars': {'base': base, 'name': name}})
    assert pack['name'] == name and pack['layers'][1]['iden'] == base and pack['parent'] is None
    assert pack['protected'] is False and pack['creator'] == core.auth.rootuser.iden
    await core.callStorm('$lib.view.del($i)', opts={'vars': {'i': pack['iden']}})
    assert pack['iden'] not in core.stacks.views and pack['layers'][0]['iden'] in core.stacks.layers


BAD_ADDS = [
    ('newp', 'SchemaViolation'),
    ('()', 'SchemaViolation'),
    ('(a, b)', 'SchemaViolation'),
    ('(([1]),)', 'SchemaViolation'),
    ('(({}),)', 'SchemaViolation'),
    ('($lib.guid(),)', 'NoSuchLayer'),
    ('$lib.null', 'SchemaViolation'),
    ('($lib.layer.get().iden, $lib.layer.get().iden)', 'SchemaViolation'),
]


@pytest.mark.parametrize(('layers', 'name'), BAD_ADDS, ids=[item[0] for item in BAD_ADDS])
async def test_bad_adds(layers: str, name: str, core: s_cortex.Cortex) -> None:
    assert (await fails(core, f'$lib.view.add({layers})'))[0] == name
    assert len(core.stacks.views) == 1


async def test_worldreadable(core: s_cortex.Cortex) -> None:
    user = await t_telling.low(core)
    for flag, name in (('(true)', None), ('(false)', 'AuthDeny')):
        view = await core.callStorm(f'return($lib.view.add(($lib.layer.add().iden,), worldreadable={flag}).iden)')
        if name is None:
            assert await core.count('inet:ipv4', opts={'user': user, 'view': view}) == 0
        else:
            with pytest.raises(s_exc.AuthDeny):
                await core.count('inet:ipv4', opts={'user': user, 'view': view})


async def test_set(core: s_cortex.Cortex) -> None:
    fork = await t_telling.fork(core)
    for name, valu, want in (
        ('name', 'x', 'x'),
        ('name', '(5)', '5'),
        ('desc', '$lib.null', None),
        ('desc', '$lib.undef', None),
        ('protected', '(1)', True),
        ('nomerge', '$lib.false', False),
        ('parent', '$lib.null', 'BadArg'),
        ('parent', 'newp', 'NoSuchView'),
        ('parent', '$v.iden', 'BadArg'),
        ('layers', '($v.layers.0.iden,)', 'BadArg'),
        ('layers', '$lib.null', 'BadArg'),
        ('newp', 'x', 'BadOptValu'),
        ('iden', 'x', 'BadOptValu'),
    ):
        query = f'$v=$lib.view.get($i) return($v.set({name}, {valu}))'
        try:
            got = await core.callStorm(query, opts={'vars': {'i': fork}})
        except s_exc.SynErr as e:
            got = e.errname
        assert got == want, (name, valu)
    assert core.stacks.views[fork].info['name'] == '5' and 'desc' not in core.stacks.views[fork].info


async def test_forks_in_between(core: s_cortex.Cortex) -> None:
    fork = await t_telling.fork(core)
    child = await t_telling.fork(core, parent=fork)
    middle = await call(core, fork, 'insertChildFork(name=mid).iden')
    assert await call(core, child, 'parent') == middle and await call(core, middle, 'parent') == fork
    over = await call(core, fork, 'insertParentFork(name=over).iden')
    assert await call(core, fork, 'parent') == over and len(core.stacks.views[child].layers) == 5
    await core.count('[ inet:ipv4=1.1.1.1 ]', opts={'view': over})
    assert await core.count('inet:ipv4', opts={'view': child}) == 1 and await core.count('inet:ipv4') == 0
    query = '$l=() for $v in $lib.view.get().children() { $l.append($v.get(name)) } return($l)'
    assert await core.callStorm(query) == ('over',)
    views = await core.callStorm('return($lib.view.list(deporder=(true)))')
    assert [view['iden'] for view in views] == [core.stacks.default.iden, over, fork, middle, child]


async def test_detach_and_join(core: s_cortex.Cortex) -> None:
    fork = await t_telling.fork(core)
    await core.count('[ inet:ipv4=1.1.1.1 ]')
    await call(core, fork, 'detach()')
    assert await core.count('inet:ipv4', opts={'view': fork}) == 1 and await call(core, fork, 'parent') is None
    with pytest.raises(s_exc.BadArg, match='already detached'):
        await call(core, fork, 'detach()')
    with pytest.raises(s_exc.BadArg, match='more than one layer'):
        await call(core, fork, f'set(parent, {core.stacks.default.iden})')
    with pytest.raises(s_exc.BadState, match='not a fork'):
        await call(core, fork, 'insertParentFork()')
    alone = await core.callStorm('return($lib.view.add(($lib.layer.add().iden,)).iden)')
    await call(core, alone, f'set(parent, {core.stacks.default.iden})')
    assert await core.count('inet:ipv4', opts={'view': alone}) == 1
    with pytest.raises(s_exc.BadArg, match='already has one'):
        await call(core, alone, 'set(parent, $lib.null)')


async def test_merge_wipe_swap(core: s_cortex.Cortex) -> None:
    fork = await t_telling.fork(core)
    query = '[ inet:ipv4=1.1.1.1 ] $lib.view.get().merge() | view.exec $main { inet:ipv4 $lib.print($node.repr()) }'
    main = core.stacks.default.iden
    assert await prints(core, query, view=fork, vars={'main': main}) == ['1.1.1.1']
    await call(core, fork, 'wipeLayer()')
    assert core.stacks.views[fork].wlyr.total == 0 and await core.count('inet:ipv4', opts={'view': fork}) == 1
    await core.count('[ inet:ipv4=2.2.2.2 ] $lib.view.get().wipeLayer()', opts={'view': fork})
    assert await core.count('inet:ipv4', opts={'view': fork}) == 1
    query = '[ inet:ipv4=2.2.2.2 ] $lib.view.get().wipeLayer()'
    assert await fails(core, query, view=fork) == ('NoSuchIden', 'The node was deleted.')
    old = core.stacks.views[fork].wlyr
    await core.count('[ inet:ipv4=3.3.3.3 ] $lib.view.get().swapLayer()', opts={'view': fork})
    assert core.stacks.views[fork].wlyr is not old and old.iden not in core.stacks.layers
    assert await core.count('inet:ipv4', opts={'view': fork}) == 1


async def test_node_edits(core: s_cortex.Cortex) -> None:
    user = await t_telling.low(core)
    await core.count('[ inet:ipv4=1.1.1.1 ]')
    edit = 'inet:ipv4 $lib.view.get().addNodeEdits(([[$node.iden(), "inet:ipv4", [[2, [{}, 15], []]]]]))'
    assert await core.callStorm(edit.format('"loc", "us", $lib.null') + ' return(:loc)') == 'us'
    assert (await fails(core, edit.format('"newp", "us", $lib.null')))[0] == 'NoSuchProp'
    assert (await fails(core, edit.format('"asn", "us", $lib.null')))[0] == 'BadArg'
    name, mesg = await fails(core, edit.format('"loc", "fr", $lib.null'), user=user)
    assert name == 'AuthDeny' and 'node.prop.set.inet:ipv4.loc' in mesg
    for bad in (
        'newp',
        '(5)',
        '(["a"])',
        '([["newp", "inet:ipv4", []]])',
        '([["", "inet:ipv4", []]])',
        '([[[], 5, 6]])',
    ):
        assert (await fails(core, f'$lib.view.get().addNodeEdits({bad})'))[0] == 'BadArg', bad
    await core.callStorm('$lib.view.get().addNodeEdits(())')


METHODS = ('merge()', 'wipeLayer()', 'swapLayer()', 'detach()', 'fork()', 'insertParentFork()', 'insertChildFork()')
METHODS += ('set(name, x)', 'setMergeRequest()', 'getMergeRequest()', 'setMergeVote()', 'addNodeEdits(())')


@pytest.mark.parametrize('query', METHODS)
async def test_a_deleted_view(query: str, core: s_cortex.Cortex) -> None:
    fork = await t_telling.fork(core)
    query = f'$v=$lib.view.get($i) $lib.view.del($i) $v.{query}'
    assert await fails(core, query, vars={'i': fork}) == ('NoSuchView', f'No view with iden: {fork}')


@pytest.mark.parametrize('query', [*METHODS[:8], 'delMergeVote()', 'setMergeComment(x)'])
async def test_readonly(query: str, core: s_cortex.Cortex) -> None:
    assert (await fails(core, f'$lib.view.get().{query}', readonly=True))[0] == 'IsReadOnly'
    assert (await fails(core, '$lib.view.add(())', readonly=True))[0] == 'IsReadOnly'


async def test_permissions(core: s_cortex.Cortex) -> None:
    user = core.auth.reqUser(await t_telling.low(core))
    fork = await t_telling.fork(core)
    opts = {'user': user.iden, 'vars': {'i': fork}}
    for query, part in (
        ('$lib.view.add(($lib.layer.get().iden,))', 'view.add'),
        ('$lib.view.del($i)', f'view.del on object {fork} (view)'),
        ('$lib.view.get($i).fork()', 'view.add'),
        ('$lib.view.get($i).set(name, x)', 'view.set.name'),
        ('$lib.view.get($i).set(layers, ())', 'admin permissions on gate'),
        ('$lib.view.get($i).detach()', 'must be an admin of the view'),
        ('$lib.view.get($i).swapLayer()', 'admin permissions on gate'),
        ('$lib.view.get($i).insertParentFork()', 'admin permissions on gate'),
        ('$lib.view.get($i).insertChildFork()', 'admin permissions on gate'),
        ('$lib.view.get($i).getMergeRequest()', 'view.read'),
        ('view.exec $i { inet:ipv4 }', 'view.read'),
        ('view.merge $i', 'node.add'),
    ):
        if query.startswith('view.merge'):
            await core.count('[ inet:ipv4=1.1.1.1 ]', opts={'view': fork})
        name, mesg = await fails(core, query, **opts)
        assert name == 'AuthDeny' and part in mesg, query
    await user.addRule((True, ('view', 'add')))
    assert 'view.read' in (await fails(core, '$lib.view.get($i).fork()', **opts))[1]
    mine = await core.callStorm('return($lib.view.get().fork().iden)', opts=opts)
    assert await core.count('[ inet:ipv4=5.5.5.5 ]', opts={'user': user.iden, 'view': mine}) == 1
    await user.addRule((False, ('view', 'fork')))
    assert 'view.fork' in (await fails(core, '$lib.view.get().fork()', **opts))[1]


async def test_commands(core: s_cortex.Cortex) -> None:
    main, layer = core.stacks.default.iden, core.stacks.default.wlyr.iden
    lines = await prints(core, 'view.fork $i --name f', vars={'i': main})
    fork = lines[1].split(' ')[-1]
    assert lines[1] == f'View {main} forked to new view: {fork}' and lines[0].startswith(f'View: {fork} (name: f)')
    assert lines[0].endswith(f'{layer}: default readonly: False')
    opts = {'vars': {'i': fork, 'l': layer}}
    assert (await prints(core, 'view.set $i desc hehe', **opts))[-1] == 'View updated.'
    assert (await prints(core, 'view.get', **opts))[0].startswith(f'View: {main} (name: default)')
    assert len(await prints(core, 'view.list', **opts)) == 5
    assert (await prints(core, 'view.add --name v --layers $l', **opts))[-1] == 'View added.'
    query = '[ inet:asn=1 ] | view.exec $i { [ inet:ipv4=1.1.1.1 ] $lib.print($node.repr()) }'
    assert await prints(core, query, **opts) == ['1.1.1.1']
    old = core.stacks.views[fork].wlyr.iden
    assert await prints(core, 'view.merge $i', **opts) == [f'View merged: {fork}']
    assert core.stacks.views[fork].wlyr.iden != old and old not in core.stacks.layers
    assert await core.count('inet:ipv4') == 1
    last = core.stacks.views[fork].wlyr.iden
    assert await prints(core, 'view.merge $i --delete', **opts) == [f'View merged: {fork}']
    assert fork not in core.stacks.views and last not in core.stacks.layers
    for query in ('view.get $i', 'view.set $i name x', 'view.fork $i', 'view.merge $i', 'view.del $i'):
        assert (await fails(core, query, **opts))[0] == 'NoSuchView'
    for view in ('newp', '({})', '([])', '$lib.null'):
        assert (await fails(core, f'view.exec {view} {{ }}'))[0] == 'NoSuchView'
    assert (await fails(core, 'view.set $i protected', vars={'i': main}))[0] == 'BadArg'


async def test_many_at_once(core: s_cortex.Cortex) -> None:
    """Forks are made, filled and merged side by side, while others delete them: nothing is lost, nothing hangs."""

    async def one(numb: int) -> None:
        fork = await t_telling.fork(core, f'f{numb}')
        await core.count('[ inet:asn=$n inet:ipv4=1.1.1.1 +#all ]', opts={'view': fork, 'vars': {'n': numb}})
        await asyncio.gather(call(core, fork, 'merge()'), call(core, fork, 'set(name, x)'), call(core, fork, 'merge()'))
        await prints(core, 'view.merge $i --delete', vars={'i': fork})

    async with asyncio.timeout(60):
        await asyncio.gather(*[one(numb) for numb in range(20)])
    assert await core.count('inet:asn') == 20 and await core.count('inet:ipv4 +#all') == 1
    assert len(core.stacks.views) == len(core.stacks.layers) == 1
    fork = await t_telling.fork(core)
    dels = [core.callStorm('$lib.view.del($i)', opts={'vars': {'i': fork}}) for _ in range(5)]
    done = await asyncio.gather(*dels, call(core, fork, 'fork()'), return_exceptions=True)
    errors = [item for item in done if isinstance(item, BaseException)]
    assert all(isinstance(item, (s_exc.NoSuchView, s_exc.SynErr)) for item in errors)
    assert (fork in core.stacks.views) == any(view.info.get('parent') == fork for view in core.stacks.views.values())
