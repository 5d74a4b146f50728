"""Copies of a running service: its own snapshot, and the tool that comes from outside."""

from __future__ import annotations

import asyncio
import pathlib
import subprocess
import sys
import time

import pytest

import synapse.exc as s_exc
import synapse.lib.nexus.backup as s_backup
import synapse.lib.slab as s_slab
import tests.lib.nexus.parts as t_parts
import tests.lib.nexus.test_crash as t_crash


async def write_on(svc: t_parts.Service, stop: asyncio.Event) -> int:
    count = 0
    while not stop.is_set():
        await svc.one.set(f'k{count % 100}', count)
        await svc.two.slow(f'k{count % 100}', count)
        count += 1
    return count


async def test_a_snapshot_is_one_moment_while_writers_go_on(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'svc') as svc:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(write_on(svc, stop)) for _ in range(3)]
        await svc.root.waitOffs(100)
        for indx in range(3):
            with await svc.root.snapshot() as snap:
                state, index = svc.state(), svc.root.index()
                offs = {part.indx for part in snap.slabs}
                await svc.root.waitOffs(index + 50)
                await snap.copy(svc.dirn, str(tmp_path / f'copy{indx}'))
            assert offs == {index}
            copy = t_parts.Service(tmp_path / f'copy{indx}')
            assert await copy.start() == 0
            assert copy.state() == state and copy.root.index() == index
            assert [offs for offs, _ in await t_parts.entries(copy.root)] == list(range(index))
            assert await copy.one.set('new', 1)
            await copy.stop()
        stop.set()
        assert sum(await asyncio.gather(*tasks)) > 100


async def test_a_snapshot_takes_other_databases_along(tmp_path: pathlib.Path) -> None:
    other = s_slab.Slab.open(str(tmp_path / 'other.lmdb'))
    s_slab.KeyVal(other, 'kv').set('a', 1)
    seen: list[str] = []
    async with t_parts.service(tmp_path) as svc:
        with await svc.root.snapshot(extra=[other]) as snap:
            assert str(tmp_path / 'other.lmdb') in snap.paths and svc.root.dirn in snap.paths
            await snap.copy(str(tmp_path), str(tmp_path / 'copy'), progress=seen.append)
        with pytest.raises(s_exc.IsFini):
            await snap.copy(str(tmp_path), str(tmp_path / 'copy2'))
    other.close()
    assert seen == ['slabs/one.lmdb', 'slabs/two.lmdb', 'other.lmdb', 'slabs/nexuslog']
    copy = s_slab.Slab.open(str(tmp_path / 'copy' / 'other.lmdb'))
    assert s_slab.KeyVal(copy, 'kv').get('a') == 1
    copy.close()


def copy_foreign(src: pathlib.Path, dst: pathlib.Path) -> None:
    slabs = sorted(str(path) for path in (src / 'slabs').glob('*.lmdb'))
    with s_backup.foreign(slabs, str(src / 'slabs' / 'nexuslog')) as snap:
        snap.copy_sync(str(src), str(dst))


def await_writes(dirn: pathlib.Path) -> None:
    """Wait until the log of another process has grown."""

    def end() -> tuple[pathlib.Path, int]:
        last = max((dirn / 'slabs' / 'nexuslog').glob('*.nexs'))
        return last, last.stat().st_mtime_ns

    for _ in range(2):  # the first change may be that a segment begins
        before = end()
        while end() == before:
            time.sleep(0.01)


async def test_a_service_of_another_process_is_copied_while_it_writes(tmp_path: pathlib.Path) -> None:
    proc, _ = t_crash.start(tmp_path / 'svc')
    try:
        for indx in range(5):
            await_writes(tmp_path / 'svc')
            copy_foreign(tmp_path / 'svc', tmp_path / f'copy{indx}')
    finally:
        t_crash.kill(proc)
    last = 0
    for indx in range(5):
        index = await t_crash.check(tmp_path / f'copy{indx}', {})
        assert index > last
        last = index


async def test_a_service_at_rest_is_copied(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'svc') as svc:
        for indx in range(100):
            await svc.one.set('a', indx)
        state = svc.state()
    copy_foreign(tmp_path / 'svc', tmp_path / 'copy')
    async with t_parts.service(tmp_path / 'copy') as svc:
        assert svc.state() == state and len(await t_parts.entries(svc.root)) == 100


async def test_a_log_that_does_not_fit_is_refused(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path / 'a') as svc:
        await svc.one.set('a', 1)
    async with t_parts.service(tmp_path / 'b') as svc:
        log = svc.root.dirn
    with pytest.raises(s_exc.FatalErr):
        s_backup.foreign([str(tmp_path / 'a' / 'slabs' / 'one.lmdb')], log)
    s_backup.foreign([], None).close()


def test_the_copier_needs_no_event_loop_and_no_service(tmp_path: pathlib.Path) -> None:
    code = 'import sys; import synapse.lib.nexus.backup as s_backup; s_backup.foreign(sys.argv[1:], None)'
    args = [sys.executable, '-c', code, str(tmp_path / 'nope.lmdb')]
    proc = subprocess.run(args, capture_output=True, text=True)
    assert proc.returncode == 1 and 'BadCoreStore' in proc.stderr
