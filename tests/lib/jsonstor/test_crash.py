"""kill -9 during writes: nothing acknowledged is missing, nothing is half there."""

from __future__ import annotations

import asyncio
import pathlib
import random
import signal
import sys
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.waiting as t_waiting
from tests.lib.cell.serving import Server

Any = typing.Any
CLIENTS = 6
WIDTH = 8


def server(dirn: pathlib.Path) -> Server:
    argv = [sys.executable, '-m', 'synapse.servers.jsonstor', str(dirn), '--telepath', 'tcp://127.0.0.1:0']
    return Server([*argv, '--https', '0'])


async def write(stor: Any, who: int, start: int, told: dict[str, int]) -> None:
    """Change things one after the other until the server is gone; ``told`` has the last acknowledged number of each."""
    num = start
    try:
        while True:
            num += 1
            told['begun'] = num
            await stor.setPathObj(f'whole/{who}', {str(key): num for key in range(WIDTH)})
            told['whole'] = num
            await stor.setPathObjProp('shared', f'w{who}', num)
            told['prop'] = num
            await stor.copyPathObjs([(f'whole/{who}', f'copy/{who}/{key}') for key in range(WIDTH)])
            told['copy'] = num
            told['queue'] = await stor.putsQueue('q', [(who, num)] * WIDTH)
            told['put'] = num
    except (s_exc.SynErr, OSError):
        return


async def round_of(dirn: pathlib.Path, start: int, secs: float) -> list[dict[str, int]]:
    """Start, write with several clients, kill. Returns what each was told."""
    proc = await asyncio.to_thread(server, dirn)
    told: list[dict[str, int]] = [{} for _ in range(CLIENTS)]
    async with await s_telepath.openurl(f'cell://{dirn}') as stor:
        if start == 0:
            await stor.setPathObj('shared', {})
            await stor.setPathLink('link', 'shared')
            await stor.addQueue('q', {})
        tasks = [asyncio.create_task(write(stor, who, start, told[who])) for who in range(CLIENTS)]
        await t_waiting.until(lambda: any('put' in acks for acks in told))
        await asyncio.sleep(secs)
        proc.proc.send_signal(signal.SIGKILL)
        await asyncio.gather(*tasks)
    await asyncio.to_thread(proc.stop)
    return told


async def check(dirn: pathlib.Path, told: list[dict[str, int]]) -> None:
    """Start on what is left, and compare."""
    proc = await asyncio.to_thread(server, dirn)
    async with await s_telepath.openurl(f'cell://{dirn}') as stor:
        shared = await stor.getPathObj('shared')
        assert await stor.getPathObj('link') == shared
        items = {offs: item async for offs, item in stor.getsQueue('q', 0, wait=False)}
        for who, acks in enumerate(told):
            whole = await stor.getPathObj(f'whole/{who}')
            assert len(set(whole.values())) == 1 and len(whole) == WIDTH
            assert acks.get('whole', 0) <= whole['0'] <= acks['begun']
            assert acks.get('prop', 0) <= shared.get(f'w{who}', 0) <= acks['begun']
            copies = [obj['0'] async for _, obj in stor.getPathObjs(f'copy/{who}')]
            assert len(copies) in (0, WIDTH) and len(set(copies)) <= 1
            assert acks.get('copy', 0) <= (copies or [0])[0] <= acks['begun']
            if 'put' in acks:
                batch = {items[acks['queue'] + indx] for indx in range(WIDTH)}
                assert batch == {(who, acks['put'])}
        assert len(items) % WIDTH == 0 and list(items) == list(range(len(items)))
    assert await asyncio.to_thread(proc.stop) == 0


@pytest.mark.slow
async def test_nothing_acknowledged_is_missing_after_kill_9(tmp_path: pathlib.Path) -> None:
    rand = random.Random(7)
    start = 0
    for _ in range(10):
        told = await round_of(tmp_path / 'svc', start, rand.uniform(0.05, 0.5))
        await check(tmp_path / 'svc', told)
        start = max(acks['begun'] for acks in told)
    assert start >= 10
