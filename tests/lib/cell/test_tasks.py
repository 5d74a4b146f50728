"""ps and kill, in process (cell.md 10)."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.tasks as s_tasks


@dataclasses.dataclass
class FakeUser:
    iden: str
    name: str


VISI = FakeUser('ab' * 16, 'visi')


async def work(boss: s_tasks.Boss, started: asyncio.Event) -> None:
    await boss.promote('storm', VISI, {'query': 'inet:fqdn'})
    started.set()
    await asyncio.Event().wait()


async def start(boss: s_tasks.Boss) -> asyncio.Task[None]:
    started = asyncio.Event()
    task = asyncio.create_task(work(boss, started))
    await started.wait()
    return task


async def test_promoted_task_is_listed_until_it_ends() -> None:
    boss = s_tasks.Boss()
    carrier = await start(boss)
    (task,) = boss.ps()
    pack = task.pack()
    assert s_common.isguid(pack['iden']) and abs(pack['tick'] - s_common.now()) < 60000
    assert (pack['name'], pack['info'], pack['user']) == ('storm', {'query': 'inet:fqdn'}, 'visi')
    full = task.pack_full('svc')
    assert (full['user'], full['username'], full['service']) == (VISI.iden, 'visi', 'svc')
    assert (full['protected'], full['background']) == (False, False)
    await task.kill()
    assert carrier.cancelled() and not boss.ps() and boss.get(task.iden) is None
    await task.kill()


async def test_block_task_and_kids() -> None:
    boss = s_tasks.Boss()
    with boss.task('outer', VISI) as outer:
        assert s_tasks.current() is outer
        with boss.task('inner', VISI, {'a': 1}) as inner:
            assert boss.ps() == [outer]
            assert [kid['name'] for kid in outer.pack()['kids'].values()] == ['inner']
            assert boss.get(inner.iden) is inner
        assert outer.pack()['kids'] == {}
    assert not boss.ps() and s_tasks.current() is None


async def test_kill_ends_a_block_in_a_longer_task() -> None:
    boss = s_tasks.Boss()
    started, ended = asyncio.Event(), asyncio.Event()

    async def carrier() -> str:
        try:
            with boss.task('part', VISI):
                started.set()
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.set()
        return 'went on'

    task = asyncio.create_task(carrier())
    await started.wait()
    await boss.ps()[0].kill()
    assert ended.is_set() and await task == 'went on'


async def test_given_idens() -> None:
    boss = s_tasks.Boss()
    iden = s_common.guid()
    with boss.task('x', VISI, iden=iden):
        with pytest.raises(s_exc.BadArg) as info, boss.task('y', VISI, iden=iden):
            pass
        assert info.value.get('mesg') == 'Specified task iden already exists!'
        with pytest.raises(s_exc.BadArg):
            await boss.promote('y', VISI, taskiden='newp')


async def test_drain_waits_and_refuses() -> None:
    boss = s_tasks.Boss()
    carrier = await start(boss)
    boss.ps()[0].background = False
    drain = asyncio.create_task(boss.drain())
    await asyncio.sleep(0)
    with pytest.raises(s_exc.SynErr) as info:
        await boss.promote('late', VISI)
    assert 'ShuttingDown' in (info.value.errname, info.value.get('errx'))
    assert not drain.done()
    carrier.cancel()
    assert await drain is True


async def test_drain_times_out_and_the_service_goes_on() -> None:
    boss = s_tasks.Boss()
    carrier = await start(boss)
    assert await boss.drain(timeout=0.01) is False
    with boss.task('next', VISI):
        assert len(boss.ps()) == 2
    carrier.cancel()


async def test_drain_kills_what_is_not_protected() -> None:
    boss = s_tasks.Boss()
    one, two = await start(boss), await start(boss)
    three = await start(boss)
    first, second, third = boss.ps()
    second.protected, third.background = True, True
    assert await boss.drain(timeout=0.05, kill=True) is False
    assert one.cancelled() and not two.done() and not three.done()
    two.cancel()
    assert await boss.drain(timeout=5, kill=True) is True
    assert first.iden not in boss.tasks and third.iden in boss.tasks
    three.cancel()
