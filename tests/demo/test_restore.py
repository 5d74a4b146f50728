"""A backup that is taken while ATT&CK is being loaded restores, by the operators' guide's recipe, to a moment of it."""

from __future__ import annotations

import asyncio
import pathlib
import subprocess
import sys

import pytest

import synapse.demo.attack as s_attack
import synapse.demo.stix as s_stix
import synapse.telepath as s_telepath
import synapse.tools.localcore as s_localcore

BATCH = 20


async def backup_during_load(url: str, core: s_telepath.Proxy) -> str:
    """Load, run livebackup as an operator does when a third is there, and return the backup's name."""
    load = asyncio.ensure_future(s_attack.load(core))
    async with await s_telepath.openurl(url) as other:
        while await other.count('it:mitre:attack:technique') < 300:
            await asyncio.sleep(0)
    argv = [sys.executable, '-m', 'synapse.tools.livebackup', '--url', url]
    proc = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=True)
    await load
    return proc.stdout.splitlines()[-1].removeprefix('...backup created: ')


async def stored(core: s_telepath.Proxy) -> set[s_stix.Ndef]:
    """Return the nodes that were sent; others are there only because one that was sent points at them."""
    found = set()
    for form in {ndef[0] for ndef, _ in s_stix.nodes(s_stix.Knowledge())}:
        async for name, info in core.storm(f'{form}:name', opts={'show': ['node']}):
            if name == 'node':
                found.add((info[0][0], info[0][1]))
    return found


async def test_backup_during_load(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_attack, 'BATCH', BATCH)
    nodes = list(s_stix.nodes(s_stix.Knowledge()))
    dirn, log = tmp_path / 'core00', str(tmp_path / 'log')
    async with s_localcore.running(str(dirn), log) as url, await s_telepath.openurl(url) as core:
        name = await backup_during_load(url, core)
        assert await stored(core) == {ndef for ndef, _ in nodes}
    # the recipe
    recipe = f'mv core00 core00_old && cp -R core00_old/backups/{name} core00'
    subprocess.run(['sh', '-c', recipe], cwd=tmp_path, check=True)
    async with s_localcore.running(str(dirn), log) as url, await s_telepath.openurl(url) as core:
        found = await stored(core)
        assert 300 <= len(found) < len(nodes)
        assert len(found) % BATCH == 0  # whole calls: each is one entry of the log
        assert found == {ndef for ndef, _ in nodes[: len(found)]}
        soft = [info for (form, _), info in nodes[: len(found)] if form == 'it:mitre:attack:software']
        uses = sum(len(info.get('edges', ())) for info in soft)
        assert await core.count('it:mitre:attack:software -(uses)> *') == uses
        await s_attack.load(core)
        assert await stored(core) == {ndef for ndef, _ in nodes}
