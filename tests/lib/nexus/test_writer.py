"""When a change is made on the spot, and when it goes by way of the writer task."""

from __future__ import annotations

import asyncio
import pathlib
import threading
import typing

import pytest

import synapse.lib.limits as s_limits
import tests.lib.nexus.parts as t_parts


class Spy:
    """Counts the syncs of a log by thread."""

    def __init__(self, svc: typing.Any) -> None:
        self.log = svc.root.log
        self.here = self.there = 0
        self.sync = self.log.sync
        svc.root.writer._sync._func = self

    def __call__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.here += 1
        else:
            self.there += 1
        self.sync()


@pytest.fixture(autouse=True)
def any_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_INLINE_SECS', 60.0)


async def test_a_caller_who_waits_is_served_on_the_spot(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        spy = Spy(svc)
        for indx in range(20):
            await svc.one.set('a', indx)
            await asyncio.sleep(0)
        assert spy.here >= 18 and svc.one.vals.get('a') == 19
        assert svc.root.index() == 20


async def test_a_slow_machine_is_no_reason_to_wait(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process may lose the processor for long at any line; a change on the spot cannot be suspended for that."""
    monkeypatch.setattr(s_limits, 'NEXS_APPLY_SLICE', -1)
    async with t_parts.service(tmp_path) as svc:
        for indx in range(20):
            assert await svc.one.set('a', indx) == indx + 1
            await asyncio.sleep(0)
        await asyncio.gather(*[svc.one.set(f'k{indx}', indx) for indx in range(100)])
        assert svc.root.index() == 120 and svc.root.core.drained


async def test_company_is_batched(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 0)
        await asyncio.sleep(0)
        spy = Spy(svc)

        async def client(name: str) -> None:
            for indx in range(50):
                await svc.one.set(name, indx)
                await asyncio.sleep(0)

        await asyncio.gather(*(client(f'c{indx}') for indx in range(16)))
        assert spy.here + spy.there < 200
        assert [svc.one.vals.get(f'c{indx}') for indx in range(16)] == [49] * 16


async def test_who_comes_a_turn_later_is_batched_too(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_GATHER', 1_000_000)
    async with t_parts.service(tmp_path) as svc:
        await asyncio.gather(svc.one.set('a', 0), svc.one.set('b', 0))
        spy = Spy(svc)

        async def client(name: str, turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await svc.one.set(name, turns)

        await asyncio.gather(*(client(f'c{indx}', indx) for indx in range(16)))
        assert spy.here + spy.there <= 2


async def test_one_after_the_other_in_one_turn(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SOLO_SECS', 60.0)
    async with t_parts.service(tmp_path) as svc:
        await asyncio.sleep(0)
        spy = Spy(svc)
        for indx in range(20):
            await svc.one.set('a', indx)
        assert (spy.here, spy.there) == (20, 0)


async def test_the_loop_turns_meanwhile(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that changes things without ever waiting for anything else does not hold up the others."""
    monkeypatch.setattr(s_limits, 'NEXS_SOLO_SECS', 0.0)
    async with t_parts.service(tmp_path) as svc:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        for indx in range(30):
            await svc.one.set('a', indx)
        task.cancel()
        assert turns >= 25


async def test_a_slow_disk_is_left_to_the_thread(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_INLINE_SECS', 0.0)
    async with t_parts.service(tmp_path) as svc:
        spy = Spy(svc)
        for indx in range(5):
            await svc.one.set('a', indx)
        assert (spy.here, spy.there) == (0, 5)


async def test_what_was_made_on_the_spot_is_there_after_a_start(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        for indx in range(10):
            await svc.one.set(f'k{indx}', indx)
            await asyncio.sleep(0)
        await svc.one._push('nexslog:rotate')
        await svc.one.set('last', 1)
    async with t_parts.service(tmp_path) as svc:
        assert [svc.one.vals.get(f'k{indx}') for indx in range(10)] == list(range(10))
        assert svc.one.vals.get('last') == 1 and svc.root.index() == 12
