"""The log as followers read it: streams, rotation, culling, retention (cell.md 7.2, 7.8)."""

from __future__ import annotations

import asyncio
import os
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.nexus.parts as t_parts


async def fill(svc: t_parts.Service, count: int) -> None:
    for indx in range(count):
        await svc.one.set('a', indx)


async def rotate(svc: t_parts.Service) -> int:
    return typing.cast(int, (await svc.root.issue('one', 'nexslog:rotate', (), {}))[1])


async def cull(svc: t_parts.Service, offs: int) -> bool:
    return typing.cast(bool, (await svc.root.issue('one', 'nexslog:cull', (offs,), {}))[1])


def segments(svc: t_parts.Service) -> list[int]:
    names = sorted(name for name in os.listdir(svc.root.dirn) if name.endswith('.nexs'))
    return [int(name[4:20], 16) for name in names]


async def offsets(svc: t_parts.Service, offs: int = 0) -> list[int]:
    return [offs for offs, _ in await t_parts.entries(svc.root, offs)]


async def test_a_stream_tells_when_it_is_level_and_goes_on(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        stream = svc.root.iter(1, tellready=True)
        assert [(await anext(stream))[0] for _ in range(2)] == [1, 2]
        assert await anext(stream) is None
        task = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.01)
        assert not task.done()
        await fill(svc, 2)
        assert (await asyncio.wait_for(task, 5))[0] == 3
        assert (await anext(stream))[0] == 4
        await stream.aclose()  # type: ignore[attr-defined]


async def test_a_stream_ends_with_its_log(tmp_path: pathlib.Path) -> None:
    svc = t_parts.Service(tmp_path)
    await svc.start()
    await fill(svc, 1)

    async def read() -> list[typing.Any]:
        return [row async for row in svc.root.iter(0)]

    task = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    await svc.stop()
    assert len(await asyncio.wait_for(task, 5)) == 1


async def test_a_stream_may_begin_in_the_future(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        stream = svc.root.iter(2)
        task = asyncio.ensure_future(anext(stream))
        await fill(svc, 4)
        assert (await asyncio.wait_for(task, 5))[0] == 2
        await stream.aclose()  # type: ignore[attr-defined]


async def test_streams_across_many_segments_miss_nothing(tmp_path: pathlib.Path, monkeypatch: typing.Any) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SEGMENT_BYTES', 300)
    async with t_parts.service(tmp_path) as svc:

        async def read() -> list[int]:
            seen = []
            async for offs, _ in svc.root.iter(0):
                seen.append(offs)
                if offs == 199:
                    return seen
            return seen

        readers = [asyncio.create_task(read()) for _ in range(3)]
        await asyncio.gather(*[svc.one.set(f'k{indx}', indx) for indx in range(100)])
        await fill(svc, 100)
        assert await asyncio.wait_for(asyncio.gather(*readers), 10) == [list(range(200))] * 3
        assert len(segments(svc)) > 10


async def test_a_log_that_is_not_kept_is_not_offered(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path, keep=False) as svc:
        await fill(svc, 3)
        assert await offsets(svc) == [] and svc.root.index() == 3
        svc.root.history.set_keep(True)
        await fill(svc, 2)
        assert await offsets(svc) == [3, 4]
    async with t_parts.service(tmp_path, keep=True) as svc:
        assert await offsets(svc) == [3, 4]
    async with t_parts.service(tmp_path, keep=False) as svc:
        await fill(svc, 1)
    async with t_parts.service(tmp_path, keep=True) as svc:
        await fill(svc, 1)
        assert await offsets(svc) == [6]


async def test_without_keep_old_segments_go_at_checkpoints(tmp_path: pathlib.Path, monkeypatch: typing.Any) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SEGMENT_BYTES', 300)
    async with t_parts.service(tmp_path, keep=False) as svc:
        await fill(svc, 50)
        before = segments(svc)
        assert before[0] == 0 and len(before) > 3
        svc.slabs[0].commit()
        assert svc.root.history.trim(svc.root.slabs.saved()) == 0
        svc.root.checkpoint(force=True)
        assert segments(svc) == before[-1:]
        await fill(svc, 1)
    async with t_parts.service(tmp_path, keep=False) as svc:
        assert svc.root.index() == 51


async def test_with_keep_nothing_goes_by_itself(tmp_path: pathlib.Path, monkeypatch: typing.Any) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SEGMENT_BYTES', 300)
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 50)
        svc.root.checkpoint(force=True)
        assert segments(svc)[0] == 0
        assert await offsets(svc) == list(range(50))


async def test_rotate_returns_the_start_of_the_new_segment(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        assert await rotate(svc) == 4
        assert await rotate(svc) == 5
        await fill(svc, 1)
        assert segments(svc) == [0, 4, 5]
        assert await offsets(svc) == list(range(6))


async def test_rotate_cuts_right_after_its_entry_in_a_busy_log(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        todo = [svc.one.set(f'k{indx}', indx) for indx in range(5)]
        rest = [svc.one.set(f'k{indx}', indx) for indx in range(5)]
        retn = await asyncio.gather(*todo, rotate(svc), *rest)
        assert retn[5] == 6 and segments(svc) == [0, 6]


async def test_cull_forgets_and_refuses_as_specified(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 10)
        start = await rotate(svc)
        await fill(svc, 10)
        assert await cull(svc, start - 1)
        assert await offsets(svc) == list(range(start, 22))
        svc.root.checkpoint(force=True)
        assert segments(svc) == [start]
        assert not await cull(svc, start - 1)
        assert not await cull(svc, 1000)
        assert not await cull(svc, svc.root.index())
        assert await cull(svc, start + 3)
        assert (await offsets(svc, 0))[0] == start + 4
    async with t_parts.service(tmp_path) as svc:
        assert (await offsets(svc, 0))[0] == start + 4


async def test_all_before_a_rotation_can_be_culled_at_once(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        start = await rotate(svc)
        assert await cull(svc, start - 1)
        assert await offsets(svc) == [start]
        assert not await cull(svc, start + 1)


async def test_cull_is_refused_under_a_reader(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        stream = svc.root.iter(0)
        await anext(stream)
        await rotate(svc)
        await fill(svc, 3)
        with pytest.raises(s_exc.SlabInUse):
            await cull(svc, 2 + 1)
        await stream.aclose()  # type: ignore[attr-defined]
        assert await cull(svc, 2 + 1)


async def test_a_reader_who_has_read_all_of_it_does_not_hinder_a_cull(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        stream = svc.root.iter(0)
        seen = [(await anext(stream))[0] for _ in range(svc.root.index())]
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.01)
        start = await rotate(svc)
        seen.append((await waiting)[0])
        await fill(svc, 3)
        assert await cull(svc, start - 1)
        seen += [(await anext(stream))[0] for _ in range(4)]
        assert seen == list(range(len(seen)))
        await stream.aclose()  # type: ignore[attr-defined]


async def test_the_index_can_be_moved_forward(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await fill(svc, 3)
        async with svc.root.paused():
            svc.root.history.set_index(100)
            svc.root.slabs.advance(100)
            svc.root.checkpoint(force=True)
        await fill(svc, 1)
        assert await offsets(svc) == [100]
    async with t_parts.service(tmp_path) as svc:
        assert svc.root.index() == 101 and await offsets(svc) == [100]
