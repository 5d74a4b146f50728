"""When databases are committed, and the relaxed promise of ``fast``."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import tests.lib.nexus.parts as t_parts
import tests.waiting as t_waiting


async def test_an_idle_service_commits_by_the_clock(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_IDLE', 0.03)
    async with t_parts.service(tmp_path) as svc:
        svc.root.checkpoint(force=True)
        await svc.one.set('a', 1)
        await t_waiting.until(lambda: svc.slabs[0].saved_indx == 1)
        assert svc.slabs[1].saved_indx == 0
        svc.crash_copy(tmp_path / 'b')
    copy = t_parts.Service(tmp_path / 'b')
    assert await copy.start() == 1  # the entry is read for the database that has not changed, and not applied again
    assert copy.one.info.get('count') == 1
    await copy.stop()


async def test_a_busy_service_commits_by_age(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_IDLE', 1000)
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_AGE', 0.05)
    async with t_parts.service(tmp_path) as svc:
        async with asyncio.timeout(10):
            while svc.slabs[0].saved_indx == 0:
                await svc.one.set('a', 1)
        assert svc.root.index() > 1


async def test_much_log_is_committed_at_once(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_BYTES', 1000)
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 'x' * 2000)
        await asyncio.sleep(0)
        assert svc.slabs[0].saved_indx == 1


async def test_a_database_without_changes_is_committed_when_it_lags_far(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_LAG_BYTES', 5000)
    async with t_parts.service(tmp_path) as svc:
        svc.root.checkpoint(force=True)
        for indx in range(6):
            await svc.one.set('a', 'x' * 1000)
            svc.root.checkpoint()
            assert svc.slabs[0].saved_indx == indx + 1
            assert svc.slabs[1].saved_indx == (0 if indx < 4 else 5)


async def test_changes_outside_of_the_log_are_committed_too(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_CHECKPOINT_IDLE', 0.01)
    async with t_parts.service(tmp_path) as svc:
        svc.root.checkpoint()
        kv = s_slab.KeyVal(svc.slabs[1], 'other')
        kv.set('a', 1)
        assert svc.slabs[1].dirty
        await t_waiting.until(lambda: not svc.slabs[1].dirty)


async def test_a_forgotten_database_is_left_alone(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        slab = s_slab.Slab.open(str(tmp_path / 'slabs' / 'three.lmdb'))
        svc.root.add_slab(slab)
        svc.root.add_slab(slab)
        assert svc.root.slabs.slabs.count(slab) == 1 and slab.saved_indx == 0
        svc.root.del_slab(slab)
        slab.close()
        await svc.one.set('a', 1)
        assert svc.root.checkpoint(force=True)


async def test_fast_answers_first_and_syncs_within_a_second(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_FAST_SYNC', 0.02)
    async with t_parts.service(tmp_path, fast=True) as svc:
        syncs: list[int] = []
        sync = svc.root.writer._sync._func
        svc.root.writer._sync._func = lambda: (sync(), syncs.append(svc.root.log.index))[0]
        await svc.one.set('a', 1)
        assert syncs == []
        await t_waiting.until(lambda: syncs == [1])
        for indx in range(50):
            await svc.one.set('a', indx)
        await t_waiting.until(lambda: syncs[-1] == 51)
        assert len(syncs) < 40


async def test_fast_that_cannot_sync_stops(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_FAST_SYNC', 0.02)

    def fail() -> None:
        raise OSError(28, 'No space left on device')

    async with t_parts.service(tmp_path, fast=True) as svc:
        svc.root.writer._sync._func = fail
        await svc.one.set('a', 1)
        await t_waiting.until(lambda: svc.root.core.dead is not None)
        with pytest.raises(s_exc.IsReadOnly) as cm:
            await svc.one.set('a', 2)
        assert 'No space left on device' in cm.value.get('mesg')
