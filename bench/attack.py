"""A Cortex from nothing to an answer: ready, loaded, asked, stopped, started again; with memory and disk at the end."""

from __future__ import annotations

import asyncio
import os
import pathlib
import tempfile
import time

import synapse.demo.attack as s_attack
import synapse.demo.questions as s_questions
import synapse.telepath as s_telepath
import synapse.tools.localcore as s_localcore

ROUNDS = 10


def row(what: str, valu: float, unit: str) -> None:
    print(f'{what:42} {valu:10.3f} {unit}', flush=True)


def rss_of(dirn: pathlib.Path) -> float:
    """Return the anonymous memory, in MB, of the process that serves a directory."""
    for entry in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if str(dirn).encode() in (entry / 'cmdline').read_bytes().split(b'\0'):
                lines = (entry / 'smaps_rollup').read_text().splitlines()
                return sum(int(line.split()[1]) for line in lines if line.startswith('Pss_Anon:')) / 1024
        except OSError:
            continue
    return 0.0


def disk_of(dirn: pathlib.Path) -> float:
    """Return the MB that a directory takes on disk; sparse files count as what is in them."""
    return sum(path.stat().st_blocks * 512 for path in dirn.rglob('*') if path.is_file()) / 1e6


async def ask(core: s_telepath.Proxy) -> None:
    for item in s_questions.QUESTIONS:
        tick = time.perf_counter()
        for _ in range(ROUNDS):
            mesgs = [mesg async for mesg in core.storm(item.storm, opts={'repr': True})]
            assert mesgs[-1][0] == 'fini'
        row(item.text[:40], (time.perf_counter() - tick) / ROUNDS * 1000, 'ms')


async def measure(temp: pathlib.Path) -> None:
    dirn = temp / 'core'
    tick = time.perf_counter()
    async with s_localcore.running(str(dirn), str(temp / 'log')) as url:
        row('ready, a new one', time.perf_counter() - tick, 's')
        async with await s_telepath.openurl(url) as core:
            tick = time.perf_counter()
            await s_attack.load(core)
            row('ATT&CK loaded', time.perf_counter() - tick, 's')
            await ask(core)
        row('memory', rss_of(dirn), 'MB')
        tick = time.perf_counter()
    row('stopped', time.perf_counter() - tick, 's')
    tick = time.perf_counter()
    async with s_localcore.running(str(dirn), str(temp / 'log')):
        row('ready, again', time.perf_counter() - tick, 's')
        row('disk', disk_of(dirn), 'MB')


def main() -> None:
    """Run once, in a temporary directory."""
    with tempfile.TemporaryDirectory(prefix=f'bench-{os.getpid()}-') as temp:
        asyncio.run(measure(pathlib.Path(temp)))
