"""Mirrors in real processes: kill -9 here and there, a full disk, an old leader that returns (issue: nothing lost)."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.cell.mirrors as t_mirrors
import tests.lib.cell.serving as t_serving
import tests.waiting as t_waiting

CTOR = 'tests.lib.cell.mirrors.ThingCell'
FLAGS = ('--nexslog-en', 'true', '--health-sysctl-checks', 'false')


def serve(dirn: pathlib.Path, **kwargs: typing.Any) -> t_serving.Server:
    return t_serving.Server(t_serving.argv(dirn, *FLAGS, ctor=CTOR), **kwargs)


def make(lead: pathlib.Path, mirr: pathlib.Path) -> None:
    """Make the directories of a leader and of a mirror of it."""

    async def first() -> None:
        async with await t_mirrors.start(lead) as cell:
            await cell.setThing('first', 1)
            await t_mirrors.copy(cell, mirr)

    asyncio.run(first())
    s_common.yamlsave({'mirror': f'cell://{lead}'}, str(mirr / 'cell.yaml'))


def tool(name: str, *argv: str) -> list[str]:
    proc = subprocess.run(
        [sys.executable, '-m', f'synapse.tools.service.{name}', *argv],
        capture_output=True,
        text=True,
        timeout=60,
        env=t_serving.environ(),
    )
    assert proc.returncode == 0, proc.stdout + proc.stderr
    return proc.stdout.splitlines()


async def write(dirn: pathlib.Path, name: str, done: list[int], count: int = 1_000_000) -> Exception | None:
    """Write one value after the other until the service dies; note what was acknowledged. Returns what ended it."""
    try:
        async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
            for indx in range(count):
                await proxy.setThing(f'{name}:{indx}', indx)
                done.append(indx)
    except (s_exc.SynErr, OSError) as e:
        assert count == 1_000_000
        return e
    return None


async def ready(dirn: pathlib.Path) -> None:
    """Wait until a mirror is up to date."""
    async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
        async with asyncio.timeout(30):
            while not (await proxy.getCellInfo())['cell']['ready']:
                await asyncio.sleep(0.02)


async def things(dirn: pathlib.Path, name: str, done: list[int]) -> list[int]:
    """Return those of the writes that are there."""
    async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
        return [indx for indx in done if await proxy.getThing(f'{name}:{indx}') == indx]


async def test_a_leader_that_is_killed_and_returns(tmp_path: pathlib.Path) -> None:
    lead, mirr = tmp_path / 'lead', tmp_path / 'mirr'
    await asyncio.to_thread(make, lead, mirr)
    with serve(lead) as one, serve(mirr) as two:
        await ready(mirr)
        direct, through = [], []  # type: ignore[var-annotated]
        writers = [asyncio.create_task(write(lead, 'd', direct)), asyncio.create_task(write(mirr, 't', through))]
        await t_waiting.until(lambda: len(direct) > 100 and len(through) > 20)
        one.stop(signal.SIGKILL)
        await writers[0]
        assert await asyncio.to_thread(tool, 'promote', '--svcurl', f'cell://{mirr}', '--failure')
        count = len(through)
        await t_waiting.until(lambda: writers[1].done() or len(through) > count + 10)
        assert not writers[1].done(), writers[1].result()
        writers[1].cancel()
        await asyncio.wait(writers)
        # what went through the mirror is there; of the rest what had arrived: all but the last moments
        assert await things(mirr, 't', through) == through
        kept = await things(mirr, 'd', direct)
        assert kept and kept == direct[: len(kept)]
        with serve(lead) as one:
            await asyncio.to_thread(one.read_until, 'DEPOSED')
            async with await s_telepath.openurl(f'cell://{lead}') as proxy:
                with pytest.raises(s_exc.IsReadOnly) as cm:
                    await proxy.setThing('more', 1)
            assert 'leads since term 2' in cm.value.get('mesg')
            lines = await asyncio.to_thread(tool, 'demote', '--url', f'cell://{lead}', '--rejoin', f'cell://{mirr}')
            assert lines[-1] == '...restarting as a fresh copy of the leader'
            path = pathlib.Path(lines[1].split(': ')[1])
            # the same process goes on as a mirror
            await asyncio.to_thread(one.read_until, 'API (https): ')
            tail = [json.loads(line) for line in path.read_text().splitlines()]
            lost = {item['args'][0] for item in tail if item['event'] == 'thing:set'}
            assert lost >= {f'd:{indx}' for indx in direct[len(kept) :]}
            await ready(lead)
            assert await asyncio.to_thread(tool, 'mirrorcheck', f'cell://{mirr}', f'cell://{lead}')
            await write(lead, 'again', [], 5)
            assert one.stop() == 0
        assert two.stop() == 0


async def test_a_mirror_that_is_killed_while_it_catches_up(tmp_path: pathlib.Path) -> None:
    lead, mirr = tmp_path / 'lead', tmp_path / 'mirr'
    await asyncio.to_thread(make, lead, mirr)
    async with await t_mirrors.start(lead) as cell:
        for indx in range(8):
            await asyncio.gather(*[cell.setThing(f'k{indx}:{numb}', 'x' * 200) for numb in range(2500)])
            two = serve(mirr)
            async with await s_telepath.openurl(f'cell://{mirr}') as proxy:
                start = await proxy.getNexsIndx()
                await proxy.waitNexsOffs(start + 20 * indx, timeout=20)
            two.stop(signal.SIGKILL)
        with serve(mirr) as two:
            await ready(mirr)
            assert await asyncio.to_thread(tool, 'mirrorcheck', cell.getLocalUrl(), f'cell://{mirr}')


@pytest.mark.skipif(shutil.which('prlimit') is None, reason='needs prlimit')
async def test_a_mirror_whose_disk_is_full(tmp_path: pathlib.Path) -> None:
    lead, mirr = tmp_path / 'lead', tmp_path / 'mirr'
    await asyncio.to_thread(make, lead, mirr)
    async with await t_mirrors.start(lead) as cell:
        argv = t_serving.argv(mirr, *FLAGS, ctor=CTOR)
        with t_serving.Server(['prlimit', f'--fsize={4 << 20}', *argv]) as two:
            for indx in range(60):
                await asyncio.gather(*[cell.setThing(f'{indx}:{numb}', os.urandom(5000)) for numb in range(30)])
            await asyncio.to_thread(two.read_until, 'Entering Read-Only Mode')
            async with await s_telepath.openurl(f'cell://{mirr}') as proxy:
                with pytest.raises(s_exc.IsReadOnly):
                    await proxy.setThing('more', 1)
                assert await proxy.getThing('first') == 1
            assert await cell.setThing('fine', 1) > 0  # the leader does not mind
        with serve(mirr):
            await ready(mirr)
            assert await asyncio.to_thread(tool, 'mirrorcheck', cell.getLocalUrl(), f'cell://{mirr}')
