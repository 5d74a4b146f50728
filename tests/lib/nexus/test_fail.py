"""A disk that fails or fills: nothing more is accepted, nothing acknowledged is lost, reads go on."""

from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import sys
import threading
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.writer as s_writer
import synapse.lib.slab.env as s_env
import tests.lib.nexus.parts as t_parts
import tests.waiting as t_waiting

ROOT = pathlib.Path(__file__).resolve().parents[3]


async def test_a_failed_sync_is_final(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 1)

        def fail() -> None:
            raise OSError(5, 'Input/output error')

        svc.root.writer._sync._func = fail
        retns = await asyncio.gather(*[svc.one.set('b', indx) for indx in range(3)], return_exceptions=True)
        assert all(isinstance(retn, s_exc.IsReadOnly) for retn in retns)
        svc.root.writer._sync._func = svc.root.log.sync
        with pytest.raises(s_exc.IsReadOnly) as cm:
            await svc.one.set('b', 9)
        assert 'The change log cannot be synced: [Errno 5] Input/output error' in cm.value.get('mesg')
        assert svc.one.vals.get('a') == 1 and svc.one.vals.get('b') is None
        assert len([rec for rec in caplog.records if rec.levelname == 'CRITICAL']) == 1
        assert not svc.root.checkpoint(force=True)
        with pytest.raises(s_exc.IsReadOnly):
            await svc.root.snapshot()
    async with t_parts.service(tmp_path) as svc:
        assert svc.root.index() == 1 and svc.one.vals.get('b') is None
        assert await svc.one.set('b', 9) == 2


LIMITED = """
import asyncio, resource, signal, sys
import synapse.exc as s_exc
import tests.lib.nexus.parts as t_parts
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def main():
    svc = t_parts.Service(sys.argv[1])
    await svc.start()
    acked = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    try:
        while True:
            await svc.one.set(f'k{acked % 50}', [acked] * 50)
            acked += 1
            if sys.argv[3] == 'slab' and acked % 100 == 0:
                svc.root.checkpoint()
    except s_exc.IsReadOnly as e:
        print(e.get('mesg'))
    try:
        await svc.one.set('a', 1)
    except s_exc.IsReadOnly as e:
        print(e.get('mesg'))
    print(acked, svc.one.vals.get('k1') is not None, flush=True)
    await svc.stop()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    'kind, size, mesg',
    [('log', 30000, 'The change log cannot be written'), ('slab', 90000, 'A database cannot be written')],
)
async def test_a_full_disk_stops_changes_and_loses_none(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kind: str, size: int, mesg: str
) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_SEGMENT_BYTES', 20000)
    code = (
        f'import synapse.lib.limits as s_limits\ns_limits.NEXS_SEGMENT_BYTES = {20000 if kind == "slab" else 1 << 26}\n'
    )
    args = [sys.executable, '-c', code + LIMITED, str(tmp_path), str(size), kind]
    proc = subprocess.run(args, capture_output=True, text=True, cwd=ROOT)
    first, second, last = proc.stdout.splitlines()
    assert first == second and first.startswith(mesg), proc.stderr
    acked = int(last.split()[0])
    assert acked > 20 and proc.stderr.count('Entering Read-Only Mode') == 1
    async with t_parts.service(tmp_path) as svc:
        assert svc.one.info.get('count') == acked
        assert await svc.one.set('a', 1) == acked + 1


@pytest.fixture
def tiny_disk(tmp_path: pathlib.Path) -> typing.Iterator[str]:
    path = str(tmp_path / 'disk')
    os.mkdir(path)
    proc = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'none', path], capture_output=True)
    if proc.returncode:
        pytest.skip('cannot mount a tmpfs')
    yield path
    subprocess.run(['umount', '-l', path], check=True)


async def test_a_really_full_disk(tiny_disk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_DISK_RESERVE', 0)
    monkeypatch.setattr(s_limits, 'SLAB_DISK_FACTOR', 0)
    acked = 0
    async with t_parts.service(tiny_disk) as svc:
        with pytest.raises(s_exc.IsReadOnly) as cm:
            while True:
                await svc.one.set(f'k{acked}', 'x' * 2000)
                acked += 1
        assert 'No space left on device' in cm.value.get('mesg')
        assert svc.one.vals.get('k0') is not None
    assert acked > 100
    subprocess.run(['mount', '-o', 'remount,size=64m', tiny_disk], check=True)
    async with t_parts.service(tiny_disk) as svc:
        # the last one may be in the log: a database that was full has refused it after that
        assert len(svc.one.vals) == svc.one.info.get('count') in (acked, acked + 1)


async def test_too_little_disk_is_seen_in_time_and_passes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = s_env.free_bytes
    monkeypatch.setattr(s_writer, '_SPACE_RETRY', 0.01)
    async with t_parts.service(tmp_path) as svc:
        monkeypatch.setattr(s_env, 'free_bytes', lambda path: 1000)
        with pytest.raises(s_exc.IsReadOnly) as cm:
            await svc.one.set('a', 1)
        assert cm.value.get('mesg') == 'Insufficient free space on disk for the databases: 1000 bytes free.'
        assert svc.root.holds() == [cm.value.get('mesg')] and svc.root.index() == 0
        monkeypatch.setattr(s_env, 'free_bytes', free)
        await t_waiting.until(lambda: not svc.root.holds())
        assert await svc.one.set('a', 1) == 1


async def test_a_map_that_must_grow_waits_for_the_snapshot(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_MAP_ROOM', 2 * s_limits.MIB)
    async with t_parts.service(tmp_path) as svc:
        snap = await svc.root.snapshot()
        task = asyncio.create_task(svc.one.set('a', 1))
        await asyncio.sleep(0.15)
        assert not task.done()
        snap.close()
        assert await asyncio.wait_for(task, 5) == 1


async def test_a_broken_transaction_is_final_and_replayed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_MAP_ROOM', 2 * s_limits.MIB)
    monkeypatch.setattr(s_limits, 'SLAB_MAP_LOW', 0)
    monkeypatch.setattr(s_limits, 'SLAB_GROWTH_FACTOR', 0)
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('early', 1)
        await svc.two.set('early', 1)
        svc.root.checkpoint(force=True)
        await asyncio.gather(svc.one.set('late', 1), svc.two.set('late', 1))
        with pytest.raises(s_exc.IsReadOnly) as cm:
            await svc.one.set('big', 'x' * (3 * s_limits.MIB))
        assert 'Change 4 could not be applied' in cm.value.get('mesg')
        with pytest.raises(s_exc.IsReadOnly):
            await svc.one.set('a', 1)
        assert svc.one.vals.get('big') is None and svc.one.vals.get('early') == 1
        assert svc.two.vals.get('early') == 1
    monkeypatch.undo()
    async with t_parts.service(tmp_path) as svc:
        assert len(svc.one.vals.get('big')) == 3 * s_limits.MIB
        assert [store.info.get('count') for store in svc.stores] == [3, 2]


async def test_a_bad_key_is_the_callers_error_only(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        with pytest.raises(s_exc.BadArg):
            await svc.one.set('x' * 600, 1)
        assert await svc.one.set('a', 1) == 1


async def test_a_sync_in_the_loop_that_fails_is_final(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_INLINE_SECS', 60.0)
    async with t_parts.service(tmp_path) as svc:
        threads: list[int] = []
        sync = svc.root.log.sync

        def spy() -> None:
            threads.append(threading.get_ident())
            sync()

        svc.root.writer._sync._func = spy
        for indx in range(5):  # the first is done in the thread, to see how long it takes
            await svc.one.set('a', indx)
        assert threads[-1] == threading.get_ident() and svc.one.vals.get('a') == 4

        def fail() -> None:
            raise OSError(5, 'Input/output error')

        svc.root.writer._sync._func = fail
        with pytest.raises(s_exc.IsReadOnly):
            await svc.one.set('b', 1)
        assert svc.one.vals.get('b') is None
    async with t_parts.service(tmp_path) as svc:
        assert svc.one.vals.get('a') == 4 and svc.one.vals.get('b') is None
