"""Macros that several change at once. What queries see of them: storm/queries/lib_macro.txt."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving


@pytest.mark.usefixtures('no_hurry')
async def test_two_at_once(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        macros, root = core.automation.macros, core.auth.rootuser.iden
        added = await asyncio.gather(*(macros.add('a', f'$x={n}', root) for n in (1, 2)), return_exceptions=True)
        assert isinstance(added[1], s_exc.DupName) and macros.req('a')['storm'] == '$x=1'
        await macros.add('b', '', root)
        both = (macros.mod(name, {'name': 'c'}) for name in 'ab')
        assert isinstance((await asyncio.gather(*both, return_exceptions=True))[1], s_exc.DupName)
        assert [mdef['name'] for mdef in macros.list()] == ['b', 'c']
        gone = await asyncio.gather(macros.delete('b'), macros.mod('b', {'desc': 'x'}), return_exceptions=True)
        assert isinstance(gone[1], s_exc.NoSuchName)
        users = [(await core.auth.addUser(name)).iden for name in ('ann', 'bob')]
        await asyncio.gather(*(macros.grant('c', 'users', user, 3) for user in users))
        assert set(users) < set(macros.req('c')['permissions']['users'])
