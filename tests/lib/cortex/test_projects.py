"""The auth gates of projects outlive a restart, with the rules on them."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import tests.lib.cortex.serving as t_serving

MAKE = """
$p=$lib.projects.add(öne) $t=$p.tickets.add(tick) $g=`{$p}` $g=$g.slice(14)
$lib.auth.users.add(low).addRule(((true), (project, ticket)), gateiden=$g) return($g)
"""
CHANGE = '$t=$lib.projects.get(öne).tickets.get(tick) $t.status=done return($t.status)'


async def test_gates_outlive_a_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        iden = await core.callStorm(MAKE)
        log = core.nexsroot.index()
        await core.callStorm('$lib.projects.get(öne)')
        assert core.nexsroot.index() == log  # whoever only looks changes nothing
    async with t_serving.cortex(tmp_path / 'core') as core:
        gate = core.auth.getAuthGate(iden)
        assert gate is not None and gate.type == 'storm:project'
        user = core.auth.reqUserByName('low').iden
        assert await core.callStorm(CHANGE, opts={'user': user}) == 70
        await core.callStorm('$lib.projects.get(öne).tickets.del(tick) $lib.projects.del(öne)')
        assert core.auth.getAuthGate(iden) is None
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.auth.getAuthGate(iden) is None


@pytest.mark.usefixtures('no_hurry')
async def test_gates_of_others_are_left_alone(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        view = core.stacks.default.iden
        before = core.auth.reqAuthGate(view).pack()
        opts = {'vars': {'view': view}}
        await core.count('[ proj:project=$view :name=foo ]', opts)  # anybody may who may add nodes
        await core.callStorm('$lib.projects.del(foo)')
        assert core.auth.reqAuthGate(view).pack() == before
        low, two = await core.auth.addUser('low'), await core.auth.addUser('two')
        await asyncio.gather(*(core.projects.ensure('a' * 32, user.iden) for user in (low, two)))
        assert [item['iden'] for item in core.auth.reqAuthGate('a' * 32).pack()['users']] == [low.iden]
