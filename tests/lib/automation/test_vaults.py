"""Vaults over restarts, and who sees what. What queries see of them: storm/queries/lib_vault.txt."""

from __future__ import annotations

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
