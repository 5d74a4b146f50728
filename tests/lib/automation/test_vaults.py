"""Vaults over restarts, and who sees what. What queries see of them: storm/queries/lib_vault.txt."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving

ADD = 'return($lib.vault.add($name, $type, $scope, $owner, ({"key": "s3cr3t"}), ({"size": 1})))'


async def test_kept_over_restart(tmp_path: pathlib.Path) -> None:
    root = None
    async with t_serving.cortex(tmp_path / 'core') as core:
        root = core.auth.rootuser.iden
        opts = {'vars': {'name': 'a', 'type': 'x:y', 'scope': 'user', 'owner': root}}
        iden = await core.callStorm(ADD, opts)
        await core.callStorm('$v = $lib.vault.byname(a) $v.secrets.key = new $v.configs.more = ({"a": [1]})')
    async with t_serving.cortex(tmp_path / 'core') as core:
        vault = core.automation.vaults.req(iden)
        assert vault['secrets'] == {'key': 'new'} and vault['configs'] == {'size': 1, 'more': {'a': (1,)}}
        await core.callStorm('$lib.vault.get($iden).delete()', {'vars': {'iden': iden}})
        assert core.automation.vaults.all() == []


async def test_who_sees_what(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        low = await core.auth.addUser('low')
        await low.addRule((True, ('view', 'read')))
        vars = {'type': 'x:y', 'owner': core.auth.rootuser.iden}
        await core.callStorm(ADD, {'vars': {**vars, 'name': 'mine', 'scope': 'user'}})
        await core.callStorm(ADD, {'vars': {**vars, 'name': 'every', 'scope': 'global'}})
        text = '$n = ([]) for $v in $lib.vault.list() { $n.append(([$v.name, $v.secrets.key])) } return($n)'
        assert await core.callStorm(text) == (('every', 's3cr3t'), ('mine', 's3cr3t'))
        asked = {'user': low.iden}
        assert await core.callStorm(text, asked) == (('every', None),)
        assert await core.callStorm('return($lib.vault.bytype("x:y").name)', asked) == 'every'
        assert await core.callStorm('return($lib.vault.bytype("x:y").name)') == 'mine'
        writes = ['secrets.key = x', 'configs.key = x', 'name = x', 'setPerm($lib.user.iden, (3))', 'delete()']
        for write in writes:
            with pytest.raises((s_exc.AuthDeny, s_exc.StormRuntimeError)):
                await core.callStorm(f'$v = $lib.vault.byname(every) $v.{write}', asked)
        shown = [m[1]['mesg'] async for m in core.storm('vault.list --showsecrets', asked) if m[0] == 'print']
        assert not any('s3cr3t' in line for line in shown)
        own = {'vars': {**vars, 'name': 'low', 'scope': 'user', 'owner': low.iden}, **asked}
        await core.callStorm(ADD, own)
        assert await core.callStorm('return($lib.vault.bytype("x:y").secrets.key)', asked) == 's3cr3t'
        with pytest.raises(s_exc.DupName):
            await core.callStorm(ADD, {**own, 'vars': {**own['vars'], 'name': 'other'}})
        assert core.automation.vaults.by_name('every')['secrets'] == {'key': 's3cr3t'}


@pytest.mark.usefixtures('no_hurry')
async def test_two_at_once(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        vaults, info = core.automation.vaults, {'type': 'x', 'scope': 'global', 'owner': None}
        for kinds in ('xy', 'xx'):  # with one name, for one type
            infos = [{**info, 'name': str(numb), 'type': kind} for numb, kind in enumerate(kinds)]
            if kinds == 'xy':
                infos = [{**item, 'name': 'n'} for item in infos]
            both = [vaults.add({**item, 'secrets': {}, 'configs': {}}) for item in infos]
            iden, late = await asyncio.gather(*both, return_exceptions=True)
            assert isinstance(late, s_exc.DupName) and [item['iden'] for item in vaults.all()] == [iden]
            await vaults.delete(iden)
        info |= {'scope': None, 'owner': core.auth.rootuser.iden, 'secrets': {}, 'configs': {}}
        idens = [await vaults.add({**info, 'name': name}) for name in 'ab']
        renamed = await asyncio.gather(*(vaults.rename(iden, 'c') for iden in idens), return_exceptions=True)
        assert isinstance(renamed[1], s_exc.DupName) and [item['name'] for item in vaults.all()] == ['b', 'c']
        users = [(await core.auth.addUser(name)).iden for name in ('ann', 'bob')]
        await asyncio.gather(*(vaults.set_perm(idens[0], user, 1) for user in users))
        assert set(users) < set(vaults.req(idens[0])['permissions']['users'])
