"""Cron jobs run when they should, as whom they should, and what came of it is kept. When: test_schedule.py."""

from __future__ import annotations

import asyncio
import pathlib
import time
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

COUNT = '$lib.globals.set(ran, ($lib.globals.get(ran, (0)) + 1)) [ it:dev:str=$auto.iden ]'


async def job(core: s_cortex.Cortex, query: str, **args: typing.Any) -> str:
    opts = {'vars': {'query': query, **{'period': None, 'now': None, **args}}}
    meth = 'at' if args.get('now') else 'add'
    text = f'return($lib.cron.{meth}(query=$query, {"now=$now" if meth == "at" else "period=$period"}).iden)'
    return await core.callStorm(text, opts)


async def test_now(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron = core.automation.cron
        iden = await job(core, COUNT, now=True)
        await t_waiting.until(lambda: cron.get(iden)['lastresult'])
        info = cron.get(iden)
        assert info['lastresult'] == 'finished successfully with 1 nodes'
        assert (info['recs'], info['nexttime'], info['startcount'], info['errcount']) == ([], None, 1, 0)
        assert core.stormvars.get('ran') == 1 and await core.count('it:dev:str=$x', {'vars': {'x': iden}}) == 1
        assert await core.callStorm('cron.cleanup | return($lib.cron.list())') == ()


async def test_again_and_again(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron = core.automation.cron
        shift = 0.0
        cron.clock = lambda: time.time() + shift
        await job(core, COUNT, period='minutely/5')
        off = await job(core, COUNT, period='minutely')
        await core.callStorm('$lib.cron.disable($iden)', {'vars': {'iden': off}})
        for turn in (1, 2, 3):
            shift += 301
            cron.wake.set()
            await t_waiting.until(lambda: core.stormvars.get('ran', 0) >= turn and not cron.running)  # noqa: B023
        assert core.stormvars.get('ran') == 3 and cron.get(off)['startcount'] == 0


async def test_failures(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron = core.automation.cron
        low = await core.auth.addUser('low')
        view = core.stacks.default.iden
        await low.addRule((True, ('view', 'read')))
        await low.addRule((True, ('cron', 'add')), gateiden=view)
        bad = await job(core, '$lib.raise(Foo, bar)', now=True)
        await t_waiting.until(lambda: cron.get(bad)['lastresult'])
        info = cron.get(bad)
        assert (
            info['errcount'] == 1 and 'bar' in info['lasterrs'][0] and info['lastresult'].startswith('raised exception')
        )
        text = 'return($lib.cron.at(query="[ it:dev:str=no ]", now=(true)).iden)'
        theirs = await core.callStorm(text, {'user': low.iden})
        await t_waiting.until(lambda: cron.get(theirs)['lastresult'])
        assert 'node.add.it:dev:str' in cron.get(theirs)['lastresult'] and await core.count('it:dev:str') == 0
        await low.setLocked(True)
        await cron.edit(theirs, recs=[({}, 'minute', 1)], recur=True)
        cron.clock = lambda: time.time() + 61
        cron.wake.set()
        await t_waiting.until(lambda: cron.get(theirs)['lastresult'] == 'Failed due to locked user')


async def test_running_jobs(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron = core.automation.cron
        iden = await job(core, '$lib.globals.set(began, (1)) $lib.time.sleep(60)', now=True)
        await t_waiting.until(lambda: core.stormvars.get('began'))
        assert cron.get(iden)['isrunning'] and f'Cron {iden}' in {task.name for task in core.boss.ps()}
        assert await core.callStorm('return($lib.cron.get($iden).kill())', {'vars': {'iden': iden}}) is True
        await t_waiting.until(lambda: cron.get(iden)['lastresult'] == 'cancelled')
        assert await core.callStorm('return($lib.cron.get($iden).kill())', {'vars': {'iden': iden}}) is False


async def test_kept_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        daily = await job(core, COUNT, period='daily@10:00')
        await core.callStorm('$lib.cron.get($iden).set(name, foo)', {'vars': {'iden': daily}})
        before = core.automation.cron.get(daily)
        core.automation.cron.stop()
        once = await job(core, COUNT, now=True)
        await core.automation.cron._push('cron:ran', once, {'nexttime': time.time() - 1000})
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron = core.automation.cron
        await t_waiting.until(lambda: cron.get(once)['nexttime'] is None)  # its time has passed while nobody was there
        assert cron.get(daily) == before and cron.get(daily)['name'] == 'foo' and core.stormvars.get('ran') is None
        assert core.auth.getAuthGate(daily).type == 'cronjob'


async def test_refused(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        for name, args in {
            'BadSyntax': 'query="[[", period=daily',
            'NoSuchView': f'query=foo, period=daily, view={"0" * 32}',
            'SchemaViolation': 'query=foo, period=daily, iden=zork',
            'StormRuntimeError': 'period=daily',
            'BadTime': 'query=foo, period="minutely/9999999"',
        }.items():
            with pytest.raises(s_exc.SynErr) as err:
                await core.callStorm(f'$lib.cron.add({args})')
            assert err.value.errname == name
        assert core.automation.cron.all() == []


@pytest.mark.usefixtures('no_hurry')
async def test_what_is_added_while_its_parts_go(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron, stacks, user = core.automation.cron, core.stacks, core.auth.rootuser.iden
        main = stacks.default.iden
        with pytest.raises(s_exc.DupIden):  # of a view: it was stored all the same, and the Cortex did not start again
            await cron.add('', [({}, None, 1)], main, user, iden=main)
        twice = (cron.add('', [({}, None, 1)], main, user, iden='a' * 32, name=name) for name in 'xy')
        made = await asyncio.gather(*twice, return_exceptions=True)
        assert isinstance(made[1], s_exc.DupIden) and cron.req('a' * 32)['name'] == 'x'
        view = await stacks.fork(main, user)
        gone, made = await asyncio.gather(
            stacks.del_view(view.iden), cron.add('', [({}, None, 1)], view.iden, user), return_exceptions=True
        )
        assert gone is None and isinstance(made, s_exc.NoSuchView)
        both = (cron.edit('a' * 32, pool=True), cron.edit('a' * 32, affinity='b' * 32))
        assert isinstance((await asyncio.gather(*both, return_exceptions=True))[1], s_exc.BadConfValu)
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert [item['iden'] for item in core.automation.cron.all()] == ['a' * 32]


@pytest.mark.usefixtures('no_hurry')
async def test_changed_while_it_is_due(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        cron, view, user = core.automation.cron, core.stacks.default.iden, core.auth.rootuser.iden
        job = await cron.add(COUNT, [({'minute': 1}, 'hour', 1)], view, user)
        await asyncio.gather(cron.edit(job['iden'], recs=[({'minute': 2}, 'hour', 1)]), cron._due(job))
        assert cron.req(job['iden'])['recs'] == [({'minute': 2}, 'hour', 1)]
        await t_waiting.until(lambda: not cron.running)
        await asyncio.gather(cron.delete(job['iden']), cron._due(job))
        assert not cron.running and core.stormvars.get('ran') == 1
