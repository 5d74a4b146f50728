"""Killed, copied, and fed with more than it may hold: what an Axon acknowledged is there, whole, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import typing

import pytest

import synapse.axon as s_axon
import synapse.exc as s_exc
import synapse.lib.cell.copydir as s_copydir
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.axon.serving as t_axon
import tests.waiting as t_waiting

UPLOADER = pathlib.Path(__file__).with_name('uploader.py')
MIB = 1024 * 1024


@contextlib.asynccontextmanager
async def uploading(dirn: pathlib.Path) -> typing.AsyncIterator[asyncio.subprocess.Process]:
    """Run a client that uploads; it ends with its server, or is killed."""
    argv = (sys.executable, str(UPLOADER), f'cell://{dirn}')
    root = str(pathlib.Path(s_axon.__file__).parent.parent)
    proc = await asyncio.create_subprocess_exec(
        *argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={'PYTHONPATH': root}
    )
    try:
        yield proc
    finally:
        if proc.returncode is None:
            proc.kill()
            await proc.wait()


def acknowledged(text: bytes) -> list[tuple[int, bytes]]:
    rows = [line.split() for line in text.decode().splitlines()]
    return [(int(row[0]), bytes.fromhex(row[1])) for row in rows if len(row) == 2 and len(row[1]) == 64]


async def req_whole(axon: s_axon.Axon) -> dict[bytes, int]:
    """Check that files, log, sums and store tell the same, and every hash; return {sha256: size}."""
    files = dict(axon.files.hashes())
    assert {sha256: size async for sha256, size in axon.store.hashes()} == files
    assert {sha256: size for _, (sha256, size) in axon.files.log(0)} == files
    assert await axon.metrics() == {'size:bytes': sum(files.values()), 'file:count': len(files)}
    for sha256, size in files.items():
        byts = b''.join([chunk async for chunk in axon.get(sha256)])
        assert (len(byts), hashlib.sha256(byts).digest()) == (size, sha256)
    return files


@pytest.mark.slow
async def test_killed_during_uploads(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'axon'
    kept: dict[bytes, int] = {}
    for _ in range(10):
        async with t_axon.process(dirn) as server, uploading(dirn) as client:
            assert client.stdout is not None
            line = await client.stdout.readline()
            await asyncio.sleep(random.uniform(0.05, 0.5))
            server.kill()
            await server.wait()
            rest = await client.stdout.read()
            kept.update((sha256, size) for size, sha256 in acknowledged(line + rest))
        async with t_axon.axon(dirn) as axon:
            files = await req_whole(axon)
            assert kept.items() <= files.items()
    assert kept


async def test_a_live_backup_is_consistent(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'axon'
    async with t_axon.axon(dirn) as axon, uploading(dirn) as client:
        assert client.stdout is not None
        first = acknowledged(await client.stdout.readline())
        await axon.backups.run('bkup')
        count = axon.files.count
    shutil.copytree(dirn / 'backups' / 'bkup', tmp_path / 'copy')
    async with t_axon.axon(tmp_path / 'copy') as axon:
        files = await req_whole(axon)
        assert {sha256 for _, sha256 in first} <= set(files)
        assert len(files) <= count


async def test_an_offline_backup_of_a_running_service_is_consistent(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'axon'
    async with t_axon.process(dirn), uploading(dirn) as client:
        assert client.stdout is not None
        first = acknowledged(await client.stdout.readline())
        await asyncio.to_thread(s_copydir.backup, str(dirn), str(tmp_path / 'copy'))
    async with t_axon.axon(tmp_path / 'copy') as axon:
        files = await req_whole(axon)
        assert {sha256 for _, sha256 in first} <= set(files)


async def test_blobs_that_the_store_lacks_are_not_promised(tmp_path: pathlib.Path) -> None:
    """Somebody's copy of a directory may have the log of a moment later than the blobs."""
    dirn, copy = tmp_path / 'axon', tmp_path / 'copy'
    async with t_axon.axon(dirn) as axon:
        await axon.put(b'kept')
        axon.nexsroot.checkpoint(force=True)
        shutil.copytree(dirn / 'slabs' / 'blobs', tmp_path / 'blobs')
        await axon.puts([b'lost', b'lost too'])
        shutil.copytree(dirn, copy, ignore=shutil.ignore_patterns('blobs', 'sock', 'lock.mdb'))
        shutil.copytree(tmp_path / 'blobs', copy / 'slabs' / 'blobs')
    async with t_axon.axon(copy) as axon:
        assert await req_whole(axon) == {hashlib.sha256(b'kept').digest(): 4}


def memory(pid: int) -> int:
    """Return the bytes of a process in memory, mapped files included."""
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmHWM:'):
            return int(line.split()[1]) * 1024
    pytest.skip('the kernel does not tell')


@pytest.mark.slow
async def test_a_large_blob_passes_through_bounded_memory(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'axon'
    chunk = random.Random(1).randbytes(16 * MIB)
    async with t_axon.process(dirn) as server, await s_telepath.openurl(f'cell://{dirn}') as prox:
        await prox.put(b'warm')
        idle = memory(server.pid)
        async with await prox.upload() as upload:
            for indx in range(20):
                await upload.write(chunk[indx:])
            size, sha256 = await upload.save()
        assert memory(server.pid) - idle < 64 * MIB
        digest = hashlib.sha256()
        async for byts in prox.get(sha256):
            digest.update(byts)
        assert digest.digest() == sha256
        assert size > 300 * MIB
        assert memory(server.pid) - idle < 64 * MIB


LIMITED = """
import resource, signal, sys
import synapse.axon as s_axon
import synapse.lib.cell.boot as s_boot
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (12 << 20, 12 << 20))
s_boot.run(s_axon.Axon)
"""


async def test_a_disk_that_takes_no_more_loses_nothing(tmp_path: pathlib.Path) -> None:
    """No file may grow beyond 12 MiB: uploads fail in the midst, packs are full early; the service goes on."""
    dirn = tmp_path / 'axon'
    kept: dict[bytes, int] = {}
    async with t_axon.process(dirn, sys.executable, '-c', LIMITED), await s_telepath.openurl(f'cell://{dirn}') as prox:
        for indx in range(30):
            with contextlib.suppress(s_exc.SynErr):
                size, sha256 = await prox.put(bytes([indx]) * MIB)
                kept[sha256] = size
        assert len(kept) >= 27  # one fails for each pack that is full
        async with await prox.upload() as upload:
            with pytest.raises(s_exc.SynErr):
                for _ in range(20):
                    await upload.write(b'x' * MIB)
                await upload.save()
        metrics = await prox.metrics()
        # the end of the share removes it
        await t_waiting.until(lambda: not list((dirn / 'slabs' / 'blobs').glob('*.blob')))
    files = [path.stat().st_size for path in (dirn / 'slabs' / 'blobs').iterdir()]
    assert max(files) <= 12 * MIB and sum(files) < 34 * MIB
    async with t_axon.axon(dirn) as axon:
        assert await req_whole(axon) == kept
        assert await axon.metrics() == metrics


async def test_a_log_that_takes_no_more_leaves_no_blob_behind(tmp_path: pathlib.Path) -> None:
    async with t_axon.axon(tmp_path / 'axon') as axon:
        axon.nexsroot.hold('for the test')
        with pytest.raises(s_exc.IsReadOnly):
            await axon.put(b'x')
        async with await axon.upload() as upload:
            await upload.write(b'x' * 3 * MIB)
            with pytest.raises(s_exc.IsReadOnly):
                await upload.save()
        axon.nexsroot.unhold('for the test')
        assert await req_whole(axon) == {}
        await axon.put(b'x')
        assert len(await req_whole(axon)) == 1


async def churn(axon: s_axon.Axon, rand: random.Random) -> None:
    """Save and remove blobs without end."""
    while True:
        await axon.puts([rand.randbytes(rand.choice((10, 5000, 300_000))) for _ in range(rand.randrange(1, 8))])
        async with await axon.upload() as upload:
            for _ in range(rand.randrange(4)):
                await upload.write(rand.randbytes(700_000))
            await upload.save()
        there = [sha256 for sha256, _ in axon.files.hashes()]
        await axon.dels(rand.sample(there, len(there) // 2))


async def test_backups_while_blobs_come_and_go(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs are emptied and files removed all the time, but never under a copy, be it made here or from outside."""
    monkeypatch.setattr(s_limits, 'BLOB_PACK', MIB)
    monkeypatch.setattr(s_limits, 'BLOB_TIDY_SECS', 0.01)
    dirn = tmp_path / 'axon'
    copies = [tmp_path / f'copy{indx}' for indx in range(6)]
    async with t_axon.axon(dirn) as axon:
        tasks = [asyncio.create_task(churn(axon, random.Random(seed))) for seed in range(3)]
        for indx, copy in enumerate(copies):
            await asyncio.sleep(0.3)
            axon.nexsroot.checkpoint()
            if indx % 2:
                argv = (sys.executable, '-m', 'synapse.tools.backup', str(dirn), str(copy))
                proc = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                text, _ = await proc.communicate()
                assert proc.returncode == 0, text
            else:
                shutil.move(axon.backups.path(await axon.backups.run()), copy)
        assert not any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert axon.store.index.numb > 10  # type: ignore[attr-defined]
    for copy in copies:
        async with t_axon.axon(copy) as axon:
            await req_whole(axon)
