"""Triggers: when they fire, what they may, over restarts. What queries see of them: storm/queries/lib_trigger.txt."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving

COUNT = '$lib.globals.set(fired, ($lib.globals.get(fired, (0)) + 1))'


async def trigger(core: s_cortex.Cortex, cond: str, storm: str = COUNT, **info: typing.Any) -> str:
    tdef = {'cond': cond, 'storm': storm, **info}
    return await core.callStorm('return($lib.trigger.add($tdef).iden)', {'vars': {'tdef': tdef}})


async def fired(core: s_cortex.Cortex, text: str, **opts: typing.Any) -> int:
    """Run a query and return how often triggers counted."""
    await core.stormvars.set('fired', 0)
    async for kind, info in core.storm(text, opts):
        assert kind != 'err', info
    return core.stormvars.get('fired')


async def test_each_condition(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.count('[ inet:asn=1 ]')
        cases = [
            (('node:add', {'form': 'it:dev:str'}), '[ it:dev:str=a ] [ it:dev:str=a ]', 1),
            (('prop:set', {'prop': 'inet:ipv4:asn'}), '[ inet:ipv4=1.1.1.1 :asn=1 :asn=1 :asn=2 ]', 2),
            (('prop:set', {'prop': '.seen'}), '[ inet:ipv4=1.1.1.2 .seen=2020 ]', 1),
            (('tag:add', {'tag': 'a.*'}), '[ inet:ipv4=1.1.1.1 +#a.b +#a.c.d +#x ]', 2),
            (('tag:add', {'tag': 'b.**', 'form': 'inet:ipv4'}), '[ inet:ipv4=1.1.1.1 it:dev:str=a +#b.c.d ]', 2),
            (('tag:add', {'tag': '#rf'}), '[ inet:ipv4=1.1.1.1 +#rf +#rf=2020 +#rf=2021 ]', 3),
            (('tag:del', {'tag': 'rf'}), 'inet:ipv4=1.1.1.1 [ -#rf -#rf ]', 1),
            (('edge:add', {'verb': 're*'}), 'inet:ipv4=1.1.1.1 [ +(refs)> { inet:asn=1 } +(seen)> { inet:asn=1 } ]', 1),
            (('edge:add', {'verb': '*', 'n2form': 'inet:fqdn'}), 'inet:ipv4 [ +(about)> { inet:asn=1 } ]', 0),
            (('edge:del', {'verb': 'refs'}), 'inet:ipv4=1.1.1.1 [ -(refs)> { inet:asn=1 } ]', 1),
            (('node:del', {'form': 'it:dev:str'}), 'it:dev:str=a | delnode', 1),
        ]
        for (cond, info), text, want in cases:
            iden = await trigger(core, cond, **info)
            assert await fired(core, text) == want, (cond, info, text)
            await core.automation.triggers.delete(iden)
        assert await fired(core, '[ it:dev:str=zz +#a.b.c ]') == 0
        assert core.stacks.default.watch is None


async def test_a_trigger_edits_before_the_query_goes_on(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await trigger(core, 'node:add', '[ +#seen ] [ it:dev:int=5 ]', form='it:dev:str')
        assert await core.callStorm('[ it:dev:str=a ] return($node.tags())') == ('seen',)
        assert await core.count('[ it:dev:str=b ] +#seen') == 1
        assert await core.count('it:dev:str#seen it:dev:int') == 3
        await core.feed('syn.nodes', [(('it:dev:str', 'fed'), {})], core.stacks.default, core.auth.rootuser)
        assert await core.count('it:dev:str=fed +#seen') == 1


async def test_errors_stay_with_the_trigger(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        iden = await trigger(core, 'node:add', '$lib.raise(Foo, bar)', form='it:dev:str')
        for numb in range(7):
            assert await core.count('[ it:dev:str=$x ]', {'vars': {'x': numb}}) == 1
        info = core.automation.triggers.pack(core.automation.triggers.get(iden))
        assert (info['startcount'], info['errcount'], len(info['lasterrs'])) == (7, 7, 5)
        await core.automation.triggers.delete(iden)
        await trigger(core, 'node:add', '[ it:dev:str=`{$node.value()}x` ]', form='it:dev:str')
        with pytest.raises(s_exc.RecursionLimitHit):
            await core.count('[ it:dev:str=again ]')
        assert await core.count('it:dev:str^=again') == 66


async def test_whose_rights(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        low = await core.auth.addUser('low')
        view = core.stacks.default.iden
        await low.addRule((True, ('view', 'read')))
        text = 'trigger.add node:add --form it:dev:str --query { [ it:dev:int=1 ] }'
        mesgs = [m async for m in core.storm(text, {'user': low.iden})]
        assert [m[1][0] for m in mesgs if m[0] == 'err'] == ['AuthDeny']
        await low.addRule((True, ('trigger', 'add')), gateiden=view)
        assert await core.count(text, {'user': low.iden}) == 0
        (tdef,) = core.automation.triggers.list()
        assert await core.count('[ it:dev:str=a ]') == 1 and await core.count('it:dev:int') == 0
        await low.addRule((True, ('node', 'add')))
        assert await core.count('[ it:dev:str=b ]') == 1 and await core.count('it:dev:int') == 1
        await low.setLocked(True)
        await core.count('it:dev:int | delnode --force')
        assert await core.count('[ it:dev:str=c ] it:dev:int') == 1
        assert core.auth.getAuthGate(tdef['iden']).type == 'trigger'


async def test_views_have_their_own(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await trigger(core, 'node:add', form='it:dev:str')
        fork = await core.callStorm('return($lib.view.get().fork().iden)')
        assert await fired(core, '[ it:dev:str=a ]', view=fork) == 0
        inside = await core.callStorm(
            'return($lib.trigger.add($tdef).iden)',
            {'view': fork, 'vars': {'tdef': {'cond': 'node:add', 'form': 'it:dev:str', 'storm': COUNT}}},
        )
        assert await fired(core, '[ it:dev:str=b ]', view=fork) == 1
        assert [tdef['iden'] for tdef in core.automation.triggers.list(fork)] == [inside]
        await core.callStorm('$lib.view.del($fork)', {'vars': {'fork': fork}})
        assert core.automation.triggers.get(inside) is None


async def test_kept_and_asynchronous(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        iden = await trigger(core, 'node:add', '[ +#later ]', form='it:dev:str', **{'async': True})
        core.automation.triggers.stop()
        assert await core.callStorm('[ it:dev:str=a ] return($node.tags())') == ()
        assert len(list(core.automation.triggers.waiting.items())) == 1
    async with t_serving.cortex(tmp_path / 'core') as core:
        async with asyncio.timeout(10):
            while not await core.count('it:dev:str#later'):
                await asyncio.sleep(0.01)
        assert not list(core.automation.triggers.waiting.items())
        await core.callStorm('$lib.trigger.disable($iden)', {'vars': {'iden': iden}})
        assert core.stacks.default.watch is None
    async with t_serving.cortex(tmp_path / 'core', safemode=True) as core:
        await core.callStorm('$lib.trigger.enable($iden)', {'vars': {'iden': iden}})
        assert core.stacks.default.watch is None


async def test_refused(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        good = {'cond': 'node:add', 'form': 'it:dev:str', 'storm': 'it:dev:str'}
        bad = [
            ('SchemaViolation', {'cond': 5}),
            ('SchemaViolation', {'form': 5}),
            ('SchemaViolation', {'async': 'yes'}),
            ('SchemaViolation', {'iden': 'x'}),
            ('BadSyntax', {'storm': '[['}),
            ('BadOptValu', {'tag': 'foo'}),
            ('NoSuchView', {'view': '0' * 32}),
        ]
        for name, info in bad:
            with pytest.raises(s_exc.SynErr) as err:
                await core.callStorm('$lib.trigger.add($tdef)', {'vars': {'tdef': {**good, **info}}})
            assert err.value.errname == name, info
        assert core.automation.triggers.list() == []


async def test_merging_fires_in_the_parent(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await trigger(core, 'node:add', '[ +#merged ]', form='it:dev:str')
        fork = await core.callStorm('return($lib.view.get().fork().iden)')
        await core.count('[ it:dev:str=a it:dev:str=b ]', {'view': fork})
        assert await core.count('it:dev:str#merged', {'view': fork}) == 0
        await core.callStorm('$lib.view.get($fork).merge()', {'vars': {'fork': fork}})
        assert await core.count('it:dev:str#merged') == 2
        (tdef,) = await core.callStorm('return($lib.view.get().pack().triggers)')
        assert await core.callStorm('return($lib.view.get().triggers.0.iden)') == tdef['iden']


@pytest.mark.usefixtures('no_hurry')
async def test_what_is_added_while_its_parts_go(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        triggers, stacks, user = core.automation.triggers, core.stacks, core.auth.rootuser.iden
        tdef = {'cond': 'node:add', 'form': 'it:dev:str', 'storm': COUNT, 'view': stacks.default.iden}
        with pytest.raises(s_exc.DupIden):  # of a view: it was stored all the same, and the Cortex did not start again
            await triggers.add({**tdef, 'iden': stacks.default.iden}, user)
        twice = ({**tdef, 'iden': 'a' * 32, 'name': name} for name in 'xy')
        made = await asyncio.gather(*(triggers.add(item, user) for item in twice), return_exceptions=True)
        assert isinstance(made[1], s_exc.DupIden) and triggers.get('a' * 32)['name'] == 'x'
        view = await stacks.fork(stacks.default.iden, user)
        gone, made = await asyncio.gather(
            stacks.del_view(view.iden), triggers.add({**tdef, 'view': view.iden}, user), return_exceptions=True
        )
        assert gone is None and isinstance(made, s_exc.NoSuchView)
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert list(core.automation.triggers.table.keys()) == ['a' * 32]
