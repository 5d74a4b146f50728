"""Queues over RPC: jsonstor.md 4 and 8."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.waiting as t_waiting
from tests.lib.jsonstor.serving import collect, running, user_proxy

Any = typing.Any


@pytest.fixture
async def stor(svc: Any) -> Any:
    await svc[1].addQueue('q', {})
    return svc[1]


async def test_queues_are_made_once(svc: Any) -> None:
    cell, stor = svc
    assert await stor.addQueue('q', {'a': 1}) is True
    assert await stor.addQueue('q', {}) is False
    meta = cell.queues.status('q')['meta']
    assert (meta['a'], meta['owner']) == (1, cell.auth.rootuser.iden)
    assert abs(meta['created'] - cell.starttime) < 60000
    assert (await stor.delQueue('q'), await stor.delQueue('q')) == (True, False)
    for bad in (None, 5, [1]):
        with pytest.raises(s_exc.BadArg):
            await stor.addQueue('q', bad)
    for name in ('', 'x' * 300, None, 5, '\udcff'):
        with pytest.raises(s_exc.BadArg):
            await stor.addQueue(name, {})


async def test_puts_give_offsets(stor: Any) -> None:
    assert [await stor.putsQueue('q', items) for items in ([1, 2, 3], ['x'], [], 'ab')] == [0, 3, 4, 4]
    assert await collect(stor.getsQueue('q', 3, wait=False, cull=False)) == [(3, 'x'), (4, 'a'), (5, 'b')]
    with pytest.raises(s_exc.BadArg):
        await stor.putsQueue('q', 5)
    assert await stor.delQueue('q')
    assert await stor.addQueue('q', {})
    assert await stor.putsQueue('q', [9]) == 0
    assert await collect(stor.getsQueue('q', 0, wait=False)) == [(0, 9)]


async def test_gets_cull_what_is_before_them(stor: Any) -> None:
    await stor.putsQueue('q', 'abcd')
    every = list(enumerate('abcd'))
    assert await collect(stor.getsQueue('q', 0, wait=False)) == every
    assert await collect(stor.getsQueue('q', 2, wait=False, cull=False)) == every[2:]
    assert await collect(stor.getsQueue('q', 0, wait=False)) == every
    assert await collect(stor.getsQueue('q', 2, wait=False)) == every[2:]
    assert await collect(stor.getsQueue('q', 0, wait=False)) == every[2:]
    assert await collect(stor.getsQueue('q', 0, size=1, wait=False)) == every[2:3]
    assert await collect(stor.getsQueue('q', 0, size=0, wait=False)) == every[2:3]
    assert await collect(stor.getsQueue('q', 100, wait=False)) == []
    assert await stor.putsQueue('q', 'x') == 4
    assert await collect(stor.getsQueue('q', 0, wait=False)) == [(4, 'x')]


async def test_culls(stor: Any) -> None:
    await stor.putsQueue('q', 'abcd')
    for offs, left in ((-5, 'abcd'), (1, 'cd'), (0, 'cd'), (10**30, '')):
        assert await stor.cullQueue('q', offs) is None
        assert ''.join([item for _, item in await collect(stor.getsQueue('q', 0, wait=False))]) == left
    with pytest.raises(s_exc.BadArg):
        await stor.cullQueue('q', 'x')
    for bad in (-1, None, 'x'):
        with pytest.raises(s_exc.BadArg):
            await collect(stor.getsQueue('q', bad))
    with pytest.raises(s_exc.BadArg):
        await collect(stor.getsQueue('q', 0, size='x'))


async def test_unknown_queues(stor: Any) -> None:
    for call in (
        stor.putsQueue('newp', [1]),
        stor.cullQueue('newp', 1),
        collect(stor.getsQueue('newp', 0)),
    ):
        with pytest.raises(s_exc.NoSuchName) as exc:
            await call
        assert (exc.value.get('mesg'), exc.value.get('name')) == ('No queue named newp.', 'newp')


async def test_gets_wait_for_more(svc: Any, stor: Any) -> None:
    await stor.putsQueue('q', list(range(6)))
    tasks = []
    for offs, size, cull in ((0, 9, False), (8, 3, True)):  # the second one culls what the first one has to see
        tasks.append(asyncio.create_task(collect(stor.getsQueue('q', offs, size=size, cull=cull))))
        await t_waiting.until(lambda: len(svc[0].waiters._futs.get('queue:q', ())) >= len(tasks))
    other, reader = tasks
    await stor.putsQueue('q', 'abc')
    await stor.putsQueue('q', 'de')
    assert await asyncio.wait_for(reader, 10) == [(8, 'c'), (9, 'd'), (10, 'e')]
    assert await asyncio.wait_for(other, 10) == [*enumerate(range(6)), *enumerate('abc', 6)]


async def test_readers_end_with_their_queue(svc: Any, stor: Any) -> None:
    await stor.putsQueue('q', [1])
    got: list[Any] = []

    async def read() -> None:
        async for item in stor.getsQueue('q', 0):
            got.append(item)

    reader = asyncio.create_task(read())
    await t_waiting.until(lambda: got)
    await stor.delQueue('q')
    await stor.addQueue('q', {})
    await stor.putsQueue('q', [2])
    await asyncio.wait_for(reader, 10)
    assert got == [(0, 1)]


async def test_a_reader_that_goes_leaves_nothing_behind(svc: Any, stor: Any) -> None:
    cell = svc[0]
    reader = asyncio.create_task(collect(stor.getsQueue('q', 0)))
    await t_waiting.until(lambda: cell.waiters._futs)
    reader.cancel()
    await t_waiting.until(lambda: not cell.waiters._futs)


async def test_queue_permissions(svc: Any) -> None:
    cell, root = svc
    async with user_proxy(cell, 'visi', 'queue.add.q', 'queue.gets.q') as stor:
        assert await stor.addQueue('q', {}) is True
        assert await collect(stor.getsQueue('q', 0, wait=False)) == []
        assert await stor.cullQueue('q', 0) is None
        for perm, call in {
            'queue.puts.q': stor.putsQueue('q', [1]),
            'queue.del.q': stor.delQueue('q'),
            'queue.add.x': stor.addQueue('x', {}),
            'queue.gets.x': collect(stor.getsQueue('x', 0)),
        }.items():
            with pytest.raises(s_exc.AuthDeny) as exc:
                await call
            assert exc.value.get('perm') == perm


async def test_queues_survive_a_restart(tmp_path: pathlib.Path) -> None:
    async with running(tmp_path) as (_, stor):
        await stor.addQueue('q', {})
        await stor.putsQueue('q', 'abc')
        await stor.cullQueue('q', 0)
    async with running(tmp_path) as (_, stor):
        assert await collect(stor.getsQueue('q', 0, wait=False)) == [(1, 'b'), (2, 'c')]
        assert await stor.putsQueue('q', 'd') == 3


async def test_batches_have_a_limit(stor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'JSON_PUTS_BYTES', 1000)
    with pytest.raises(s_exc.BadArg, match='at most 1000'):
        await stor.putsQueue('q', ['x' * 600] * 2)
    assert await stor.putsQueue('q', ['x' * 600]) == 0
