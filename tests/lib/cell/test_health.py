"""Health reports, kernel settings, free disk space, change events (cell.md 5.10, 9, 11)."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import pathlib
import shutil
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.diskguard as s_diskguard
import synapse.lib.cell.events as s_events
import synapse.lib.cell.health as s_health
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.waiting as t_waiting

Usage = collections.namedtuple('Usage', 'total used free')


async def test_report_takes_the_worst_status() -> None:
    health = s_health.Health('ab' * 16)
    assert await health.check() == {'iden': 'ab' * 16, 'components': [], 'status': 'nominal'}

    async def disk(report: s_health.HealthCheck) -> None:
        report.update('disk', 'degraded', 'nearly full', {'free': 3})

    async def good(report: s_health.HealthCheck) -> None:
        report.update('good', 'nominal')

    health.funcs += [disk, good]
    report = await health.check()
    assert report['status'] == 'degraded'
    assert report['components'][0] == {
        'status': 'degraded',
        'name': 'disk',
        'mesg': 'nearly full',
        'data': {'free': 3},
    }


async def test_function_that_fails_is_a_failed_component() -> None:
    health = s_health.Health('ab' * 16)

    async def broken(report: s_health.HealthCheck) -> None:
        report.update('x', 'bogus')

    health.funcs.append(broken)
    report = await health.check()
    assert report['status'] == 'failed' and 'bogus' in report['components'][0]['mesg']
    with pytest.raises(ValueError, match='bogus'):
        s_health.HealthCheck('').update('x', 'bogus')


async def test_health_needs_permission(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        user = await cell.auth.addUser('visi')
        async with await s_telepath.openurl(cell.getLocalUrl(user='visi')) as proxy:
            with pytest.raises(s_exc.AuthDeny) as info:
                await proxy.getHealthCheck()
            assert info.value.get('mesg') == 'User must have permission health'
            await user.addRule((True, ('health',)))
            assert (await proxy.getHealthCheck())['iden'] == cell.iden


async def test_sysctl_warning_repeats_until_good(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([{'vm.dirty_expire_centisecs': 3000, 'vm.dirty_writeback_centisecs': 20}] * 2 + [{}])
    monkeypatch.setattr(s_health, 'get_sysctls', lambda names: next(answers))
    monkeypatch.setattr(s_limits, 'CELL_CHECK_SLEEP', 0)
    await s_health.watch_sysctls()
    assert len(caplog.records) == 2
    assert 'Sysctl values different than expected: vm.dirty_expire_centisecs. See https://' in caplog.text
    expected = [{'name': 'vm.dirty_expire_centisecs', 'expected': 20, 'actual': 3000}]
    assert caplog.records[0].synapse == {'sysctls': expected}


class Holds:
    def __init__(self) -> None:
        self.reasons: list[str] = []

    def hold(self, reason: str) -> None:
        self.reasons.append(reason)

    def unhold(self, reason: str) -> None:
        self.reasons.remove(reason)


def test_guard_holds_and_releases(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    free = [31.214]
    monkeypatch.setattr(shutil, 'disk_usage', lambda path: Usage(100000, 0, free[0] * 1000))
    guard, holds = s_diskguard.DiskGuard('/foo', 10), Holds()
    assert not guard.check(holds) and not caplog.messages
    free[0] = 10
    assert guard.check(holds) and guard.check(holds)
    assert holds.reasons == ['Insufficient free space on disk.']
    with pytest.raises(s_exc.LowSpace) as info:
        guard.req_room()
    assert info.value.get('mesg') == 'Free space on /foo below minimum threshold (currently 10.00%)'
    free[0] = 10.5
    assert not guard.check(holds) and not holds.reasons
    assert caplog.messages == [
        'Free space on /foo below minimum threshold (currently 10.00%), setting Cell to read-only.',
        'Free space on /foo above minimum threshold (currently 10.50%), removing free space write hold.',
    ]
    s_diskguard.DiskGuard('/foo', None).req_room()


async def test_full_disk_stops_writes_not_reads(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        real = shutil.disk_usage
        monkeypatch.setattr(shutil, 'disk_usage', lambda path: Usage(100, 99, 1))
        cell.guard.check(cell.nexsroot)
        with pytest.raises(s_exc.IsReadOnly) as info:
            await cell.addUser('visi')
        assert info.value.get('mesg') == 'Insufficient free space on disk.'
        nexus = (await cell.getCellInfo())['cell']['nexus']
        assert nexus['readonly'] and nexus['holds'] == [{'reason': 'Insufficient free space on disk.'}]
        monkeypatch.setattr(shutil, 'disk_usage', real)
        cell.guard.check(cell.nexsroot)
        await cell.addUser('visi')


async def test_start_on_a_full_disk(tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.LowSpace):
        await s_cell.Cell.anit(str(tmp_path / 'c'), conf={'limit:disk:free': 100})
    assert not (tmp_path / 'c' / 'slabs').exists()


async def take(items: typing.AsyncIterator[typing.Any], count: int) -> list[typing.Any]:
    return [await anext(items) for _ in range(count)]


async def test_events_reach_every_watcher() -> None:
    beholder = s_events.Beholder()
    beholder.fire('early', 0, {})
    async with contextlib.aclosing(beholder.watch()) as one, contextlib.aclosing(beholder.watch()) as two:
        waits = [asyncio.ensure_future(take(items, 2)) for items in (one, two)]
        await asyncio.sleep(0)
        beholder.fire('user:add', 5, {'iden': 'x'}, gates=({'iden': 'g'},))
        beholder.fire('user:del', 6, {'iden': 'x'})
        for events in await asyncio.gather(*waits):
            assert events == [
                {'event': 'user:add', 'offset': 5, 'info': {'iden': 'x'}, 'gates': [{'iden': 'g'}]},
                {'event': 'user:del', 'offset': 6, 'info': {'iden': 'x'}},
            ]
    assert not beholder.queues


async def test_slow_watcher_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'CELL_BEHOLD_QUEUE', 3)
    beholder = s_events.Beholder()
    async with contextlib.aclosing(beholder.watch()) as items:
        first = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0)
        for numb in range(6):
            beholder.fire('x', numb, {})
        assert (await first)['offset'] == 1
        with pytest.raises(s_exc.HitLimit):
            await take(items, 5)


async def test_behold_over_telepath(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        async with await s_telepath.openurl(cell.getLocalUrl()) as proxy:
            events = proxy.behold().__aiter__()
            wait = asyncio.ensure_future(anext(events))
            await t_waiting.until(lambda: cell.beholder.queues)
            await proxy.addUser('visi', passwd='secret')
            event = await wait
            assert (event['event'], event['info']['name']) == ('user:add', 'visi')
            assert event['offset'] == 1 and 'secret' not in repr([await anext(events) for _ in range(2)])
