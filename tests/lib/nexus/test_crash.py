"""kill -9 at random moments: nothing acknowledged is missing, log and databases agree."""

from __future__ import annotations

import asyncio
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import typing

import pytest

import tests.lib.nexus.parts as t_parts

ROOT = pathlib.Path(__file__).resolve().parents[3]


def start(dirn: pathlib.Path, *args: str, wrap: typing.Sequence[str] = ()) -> tuple[subprocess.Popen[bytes], int]:
    """Start the writers; returns the process and the id of the one to kill (the traced one, when ``wrap`` traces)."""
    cmd = [*wrap, sys.executable, '-m', 'tests.lib.nexus.crashme', str(dirn), *args]
    proc = subprocess.Popen(cmd, stdout=subprocess.PIPE, cwd=ROOT)
    assert proc.stdout is not None
    name, pid = proc.stdout.readline().split()
    assert name == b'ready'
    return proc, int(pid)


def kill(proc: subprocess.Popen[bytes]) -> dict[int, int]:
    """Kill the process; returns {writer: last acknowledged number}."""
    proc.kill()
    out, _ = proc.communicate()
    lines = out[: out.rfind(b'\n') + 1].splitlines()
    return {int(line.split()[0]): int(line.split()[1]) for line in lines}


async def check(dirn: pathlib.Path, acked: dict[int, int]) -> int:
    """Start on what is left, and compare. Returns the number of changes that it holds."""
    async with t_parts.service(dirn, keep=False) as svc:
        for writer, indx in acked.items():
            store = svc.stores[writer % 2]
            last = max(store.vals.get(f'w{writer}', -1), store.vals.get(f's{writer}:a', -1))
            assert last in (indx, indx + 1), f'writer {writer} was told {indx}, found {last}'
            assert store.vals.get(f's{writer}:a') == store.vals.get(f's{writer}:b')
        counts = [store.info.get('count', 0) for store in svc.stores]
        assert sum(counts) == svc.root.index()
        assert [slab.indx for slab in svc.slabs] == [svc.root.index()] * 2
        return svc.root.index()


@pytest.mark.slow
@pytest.mark.parametrize('args', [(), ('fast',)])
async def test_nothing_acknowledged_is_missing_after_kill_9(tmp_path: pathlib.Path, args: tuple[str, ...]) -> None:
    rand = random.Random(5)
    index = 0
    for _ in range(10 if not args else 3):
        proc, _ = start(tmp_path, *args)
        proc.stdout.peek()  # type: ignore[union-attr]  # until something was acknowledged
        await asyncio.sleep(rand.uniform(0.02, 0.4))
        acked = kill(proc)
        after = await check(tmp_path, acked)
        assert after > index
        index = after


@pytest.mark.skipif(shutil.which('strace') is None, reason='strace is not installed')
def test_every_acknowledgement_follows_a_sync(tmp_path: pathlib.Path) -> None:
    trace = tmp_path / 'trace'
    wrap = ['strace', '-f', '-qq', '-e', 'trace=fdatasync,pwrite64,write', '-s', '24', '-y', '-o', str(trace)]
    probe = subprocess.run([*wrap, 'true'], capture_output=True)
    if probe.returncode:
        pytest.skip('strace is not allowed here')
    proc, pid = start(tmp_path / 'svc', wrap=wrap)
    for _ in range(100):
        proc.stdout.readline()  # type: ignore[union-attr]
    os.kill(pid, signal.SIGKILL)
    proc.communicate()
    acks, syncs = read_trace(trace.read_text().splitlines())
    assert acks > 50 and syncs > 10


def read_trace(lines: list[str]) -> tuple[int, int]:
    """Check the order of the system calls; returns (acknowledgements, syncs of the log).

    A writer has one change under way. So between two of its acknowledgements the log was appended to, then a sync
    began, and that sync ended.
    """
    acks = syncs = 0
    written = began = (
        covered
    ) = -1  # lines of: the last append, the one before the sync under way, before the last whole sync
    told: dict[str, int] = {}
    for indx, line in enumerate(lines):
        if 'pwrite64(' in line and '.nexs' in line:
            written = indx
        if 'fdatasync(' in line and '.nexs' in line:
            began = written
        if 'fdatasync' in line and line.endswith('= 0') and ('.nexs' in line or 'resumed' in line):
            covered, syncs = began, syncs + 1
        match = re.search(r'write\(1<.*>, "(\d) \d+', line)
        if match is not None:
            assert covered > told.get(match[1], -1), f'line {indx}: told before it was synced: {line}'
            told[match[1]] = indx
            acks += 1
    return acks, syncs
