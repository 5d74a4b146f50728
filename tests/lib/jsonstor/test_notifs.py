"""Notifications over RPC: jsonstor.md 5."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.waiting as t_waiting
from tests.lib.jsonstor.serving import collect, user_proxy

Any = typing.Any
VISI = s_common.guid('visi')
MEIR = s_common.guid('meir')


async def test_add_get_del(stor: Any) -> None:
    indx = await stor.addUserNotif(VISI, 'hehe', {'a': [1]})
    useriden, time, kind, data = await stor.getUserNotif(indx)
    assert (useriden, kind, data) == (VISI, 'hehe', {'a': (1,)})
    assert abs(time - s_common.now()) < 60000
    assert await stor.delUserNotif(indx) is None
    assert await stor.getUserNotif(indx) is None
    assert await stor.delUserNotif(indx) is None
    assert await collect(stor.iterUserNotifs(VISI)) == []


async def test_the_index_is_the_offset_in_the_log(stor: Any) -> None:
    first = await stor.addUserNotif(VISI, 'hehe')
    await stor.setPathObj('a', 1)
    assert await stor.addUserNotif(VISI, 'hehe') == first + 2


@pytest.mark.parametrize('args', [('newp', 'x'), (None, 'x'), ('', 'x'), ('ab' * 65, 'x'), (VISI, None), (VISI, '')])
async def test_bad_arguments(stor: Any, args: Any) -> None:
    with pytest.raises(s_exc.BadArg):
        await stor.addUserNotif(*args)
    for indx in (None, -1, 2**64, 'x'):
        with pytest.raises(s_exc.BadArg):
            await stor.getUserNotif(indx)
    with pytest.raises(s_exc.BadArg):
        await collect(stor.iterUserNotifs('newp'))


async def test_newest_first_within_a_type(stor: Any) -> None:
    indxs = [await stor.addUserNotif(VISI, kind, num) for num, kind in enumerate(('hehe', 'haha', 'hehe'))]
    await stor.addUserNotif(MEIR, 'hehe', 'other')
    found = await collect(stor.iterUserNotifs(VISI))
    assert [indx for indx, _ in found] == [indxs[1], indxs[2], indxs[0]]
    assert [notif[3] for _, notif in found] == [1, 2, 0]
    assert [indx for indx, _ in await collect(stor.iterUserNotifs(VISI, size=2))] == [indxs[1], indxs[2]]
    assert len(await collect(stor.iterUserNotifs(VISI, size=0))) == 1


async def test_many(svc: Any, stor: Any) -> None:
    indxs = await asyncio.gather(*[svc[0].addUserNotif(VISI, 'hehe', num) for num in range(600)])
    await svc[0].addUserNotif(MEIR, 'hehe')
    found = [indx for indx, _ in await collect(stor.iterUserNotifs(VISI))]
    assert found == sorted(indxs, reverse=True)


async def test_watch_from_an_index(stor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'JSON_NOTIF_WATCH_SECS', 0.1)
    indxs = [await stor.addUserNotif(VISI, 'hehe', num) for num in range(3)]
    assert [indx for indx, _ in await collect(stor.watchAllUserNotifs(0))] == indxs
    assert [indx for indx, _ in await collect(stor.watchAllUserNotifs(indxs[1]))] == indxs[1:]
    assert await collect(stor.watchAllUserNotifs()) == []


async def test_watch_gives_the_first_new_one(svc: Any, stor: Any) -> None:
    await stor.addUserNotif(VISI, 'hehe')
    found: list[Any] = []

    async def watch() -> None:
        async for item in stor.watchAllUserNotifs():
            found.append(item)
            if len(found) == 2:
                return

    task = asyncio.create_task(watch())
    await t_waiting.until(lambda: svc[0].waiters._futs)
    indxs = [await stor.addUserNotif(useriden, 'hehe') for useriden in (MEIR, VISI)]
    await asyncio.wait_for(task, 10)
    assert [indx for indx, _ in found] == indxs


async def test_only_admins(svc: Any) -> None:
    async with user_proxy(svc[0], 'visi', '*') as stor:
        for call in (
            stor.addUserNotif(VISI, 'hehe'),
            stor.getUserNotif(0),
            stor.delUserNotif(0),
            collect(stor.iterUserNotifs(VISI)),
            collect(stor.watchAllUserNotifs()),
        ):
            with pytest.raises(s_exc.AuthDeny) as exc:
                await call
            assert exc.value.get('mesg') == 'User is not an admin [visi]'
