"""The peer's client on our JSONStor and ours on the peer's: one story, four ways, one result."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import subprocess
import sys
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest
import tests.interop.jsonstor_story as t_story
import tests.lib.cell.serving as t_serving

STORY = str(pathlib.Path(__file__).parent / 'jsonstor_story.py')


@pytest.fixture(scope='module')
def our_cell(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    """Folder of a running JSONStor of ours."""
    dirn = tmp_path_factory.mktemp('ours') / 'stor'
    argv = [sys.executable, '-m', 'synapse.servers.jsonstor', str(dirn), '--telepath', 'tcp://127.0.0.1:0']
    with t_serving.Server([*argv, '--https', '0']):
        yield str(dirn)


def story(python: str, dirn: str, name: str) -> list[typing.Any]:
    """Return the results of the story, told by the installation of a Python."""
    env = dict(os.environ)
    if python != sys.executable:
        env.pop('PYTHONPATH', None)
    argv = [python, STORY, f'cell://{dirn}', name]
    proc = subprocess.run(argv, capture_output=True, text=True, timeout=120, env=env, cwd=pathlib.Path(dirn).parent)
    assert proc.returncode == 0, proc.stderr
    return typing.cast(list[typing.Any], json.loads(proc.stdout)['steps'])


def test_one_story_four_ways(peer: t_conftest.Peer, peer_cell: str, our_cell: str) -> None:
    if peer.old:
        pytest.skip('2.113 differs where 2.256 is followed')
    want = story(sys.executable, our_cell, 'a')
    assert len(want) > len(t_story.OBJECTS) + len(t_story.LINKS) + len(t_story.QUEUES)
    assert story(peer.python, our_cell, 'b') == want
    assert story(peer.python, peer_cell, 'c') == want
    assert story(sys.executable, peer_cell, 'd') == want


async def test_our_cortex_uses_a_jsonstor_of_the_peer(peer_cell: str, tmp_path: pathlib.Path) -> None:
    conf = {'jsonstor': f'cell://{peer_cell}'}
    async with await s_cortex.Cortex.anit(str(tmp_path), conf=conf) as core:
        assert await core.callStorm('return($lib.jsonstor.set(foo/bar, ({"a": 1})))') is True
        assert await core.callStorm('return($lib.jsonstor.get(foo/bar))') == {'a': 1}
        text = 'for $i in $lib.jsonstor.iter(foo) { return($i) }'
        assert await core.callStorm(text) == (('bar',), {'a': 1})
        async with await s_telepath.openurl(f'cell://{peer_cell}') as stor:
            assert await stor.getPathObj(('cells', core.iden, 'foo', 'bar')) == {'a': 1}


async def test_the_peer_waits_for_items_in_our_queue(peer: t_conftest.Peer, our_cell: str) -> None:
    code = (
        'import asyncio, sys, synapse.telepath as t\n'
        'async def main():\n'
        '    async with await t.openurl(sys.argv[1]) as stor:\n'
        '        print("ready", flush=True)\n'
        '        async for item in stor.getsQueue("waits", 0, size=2): print(item, flush=True)\n'
        'asyncio.run(main())\n'
    )
    async with await s_telepath.openurl(f'cell://{our_cell}') as stor:
        await stor.delQueue('waits')
        await stor.addQueue('waits', {})
        with peer.run('-c', code, f'cell://{our_cell}') as proc:
            assert proc.stdout is not None
            assert await asyncio.to_thread(proc.stdout.readline) == 'ready\n'
            await stor.putsQueue('waits', ['x', 'y'])
            lines = [await asyncio.to_thread(proc.stdout.readline) for _ in range(2)]
            assert lines == ["(0, 'x')\n", "(1, 'y')\n"]
