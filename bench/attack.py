"""A Cortex from nothing to an answer: ready, loaded, asked, stopped, started again; with memory and disk at the end."""

from __future__ import annotations

import asyncio
import pathlib
import tempfile
import time

import bench._proc as b_proc
import synapse.demo.attack as s_attack
import synapse.demo.questions as s_questions
import synapse.telepath as s_telepath
import synapse.tools.localcore as s_localcore

ROUNDS = 10


def row(what: str, valu: float, unit: str) -> None:
    print(f'{what:42} {valu:10.3f} {unit}', flush=True)


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
        row('memory', b_proc.memory_of(b_proc.pid_of(dirn)), 'MB')
        tick = time.perf_counter()
    row('stopped', time.perf_counter() - tick, 's')
    tick = time.perf_counter()
    async with s_localcore.running(str(dirn), str(temp / 'log')):
        row('ready, again', time.perf_counter() - tick, 's')
        row('disk', b_proc.disk_of(dirn), 'MB')


def main() -> None:
    """Run once, in a temporary directory."""
    with tempfile.TemporaryDirectory() as temp:
        asyncio.run(measure(pathlib.Path(temp)))
