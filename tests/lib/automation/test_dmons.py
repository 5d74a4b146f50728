"""Storm daemons run on the leader, again and again; they stop, fail and come back. In queries: lib_dmon.txt."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import synapse.exc as s_exc
import synapse.lib.automation.dmons as s_dmons
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

COUNT = '$lib.globals.set(ran, ($lib.globals.get(ran, (0)) + $step)) $lib.print(`ran {$auto.type}`)'


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_dmons, 'PAUSE', 0.01)


async def test_runs_again_and_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        iden = await core.callStorm('$step = (10) return($lib.dmon.add($text).iden)', {'vars': {'text': COUNT}})
        await t_waiting.until(lambda: core.stormvars.get('ran', 0) >= 30)
        dmons = core.automation.dmons
        assert dmons.log(iden)[0][1] == ('print', {'mesg': 'ran dmon'})
        assert await core.callStorm('return($lib.dmon.stop($iden))', {'vars': {'iden': iden}}) is True
        assert dmons.get(iden)['status'] == 'stopped' and not dmons.live
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert not core.automation.dmons.live
        before = core.stormvars.get('ran')
        assert await core.callStorm('return($lib.dmon.start($iden))', {'vars': {'iden': iden}}) is True
        await t_waiting.until(lambda: core.stormvars.get('ran') > before)
    async with t_serving.cortex(tmp_path / 'core', safemode=True) as core:
        assert not core.automation.dmons.live
        await core.automation.dmons.delete(iden)
        assert core.automation.dmons.all() == []


async def test_errors_and_fatal_ones(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        dmons = core.automation.dmons
        bad = await core.callStorm('return($lib.dmon.add("$lib.raise(Foo, bar)").iden)')
        await t_waiting.until(lambda: sum(mesg[1][0] == 'err' for mesg in dmons.log(bad)) > 2)
        assert dmons.get(bad)['err'] and dmons.get(bad)['status'].startswith('error: StormRaise')
        low = await core.auth.addUser('low')
        view = core.stacks.default.iden
        await low.addRule((True, ('view', 'read')))
        await low.addRule((True, ('dmon', 'add')), gateiden=view)
        theirs = await core.callStorm('return($lib.dmon.add("$lib.print(hi)").iden)', {'user': low.iden})
        await t_waiting.until(lambda: dmons.log(theirs))
        await low.setLocked(True)
        await t_waiting.until(lambda: dmons.get(theirs)['status'] == 'fatal error: user locked')
        await low.setLocked(False)
        assert await dmons.bump(theirs)
        await t_waiting.until(lambda: dmons.get(theirs)['status'] in ('running', 'sleeping'))


async def test_rpc(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.proxy(core) as prox:
        iden = (await prox.addStormDmon({'storm': '$lib.print(hi)', 'name': 'x'}))['iden']
        async with asyncio.timeout(20):
            while not await prox.getStormDmonLog(iden):
                await asyncio.sleep(0.01)
        assert [ddef['name'] for ddef in await prox.getStormDmons()] == ['x']
        assert await prox.disableStormDmon(iden) and not await prox.disableStormDmon(iden)
        assert (await prox.getStormDmon(iden))['status'] == 'stopped'
        assert await prox.enableStormDmon(iden) and await prox.bumpStormDmon(iden)
        await prox.delStormDmon(iden)
        assert await prox.getStormDmon(iden) is None and not await prox.bumpStormDmon(iden)


@pytest.mark.usefixtures('no_hurry')
async def test_what_is_added_while_its_parts_go(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        dmons, stacks, root = core.automation.dmons, core.stacks, core.auth.rootuser.iden
        ddef = {'user': root, 'storm': '', 'iden': 'a' * 32, 'stormopts': {'view': stacks.default.iden}}
        made = await asyncio.gather(*(dmons.add({**ddef, 'name': name}) for name in 'xy'), return_exceptions=True)
        assert isinstance(made[1], s_exc.DupIden) and dmons.get('a' * 32)['name'] == 'x'
        view, user = await stacks.fork(stacks.default.iden, root), await core.auth.addUser('low')
        ddef['iden'] = 'b' * 32
        results = await asyncio.gather(
            stacks.del_view(view.iden),
            core.auth.delUser(user.iden),
            dmons.add({**ddef, 'stormopts': {'view': view.iden}}),
            dmons.add({**ddef, 'user': user.iden}),
            return_exceptions=True,
        )
        assert [type(item) for item in results[2:]] == [s_exc.NoSuchView, s_exc.NoSuchUser]
        assert list(dmons.table.keys()) == ['a' * 32]
