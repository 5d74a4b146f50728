"""Layers of ours and of the peer follow each other: pushes and pulls between two running Cortexes."""

from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import typing

import pytest

import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.cortex.serving as t_serving

BOOT_SECS = 240
DATA = '[ inet:ipv4=$ip :asn=1 .seen=2020 +#foo=2020 +(refs)> {[ inet:fqdn=a.com ]} ] $node.data.set(k, v)'
LOOK = 'inet:ipv4=$ip +:asn=1 +.seen@=2020 +#foo@=2020 -(refs)> inet:fqdn return($node.repr())'


@pytest.fixture
def peer_core(tmp_path: pathlib.Path, peer_python: str) -> typing.Iterator[str]:
    """Folder of a running Cortex of the peer."""
    dirn = tmp_path / 'peer'
    argv = [peer_python, '-m', 'synapse.servers.cortex', str(dirn), '--telepath', f'unix://{dirn}/tele', '--https', '0']
    env = {name: valu for name, valu in os.environ.items() if name != 'PYTHONPATH'}
    with open(tmp_path / 'log', 'w') as log:
        proc = subprocess.Popen(argv, stdout=log, stderr=log, env=env, cwd=tmp_path)
    try:
        yield str(dirn)
    finally:
        proc.terminate()
        proc.wait(30)


async def connect(dirn: str) -> s_telepath.Proxy:
    async with asyncio.timeout(BOOT_SECS):
        while True:
            try:
                return typing.cast(s_telepath.Proxy, await s_telepath.openurl(f'cell://{dirn}'))
            except Exception:
                await asyncio.sleep(0.2)


async def comes(there: typing.Any, addr: str) -> None:
    """Wait until a Cortex (ours or a proxy) has all of a node."""
    async with asyncio.timeout(30):
        while not await there.callStorm(LOOK, opts={'vars': {'ip': addr}}):
            await asyncio.sleep(0.05)


async def test_both_ways(peer_core: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STACKS_RETRY', 0.05)
    async with t_serving.cortex(tmp_path / 'ours') as core, await connect(peer_core) as peer:
        await core.callStorm(DATA, opts={'vars': {'ip': '1.1.1.1'}})
        await peer.callStorm(DATA, opts={'vars': {'ip': '2.2.2.2'}})
        theirs, ours = f'unix://root@{peer_core}/sock:*/layer', core.getLocalUrl(share='*/layer')
        for name in ('addPush', 'addPull'):
            await core.callStorm(f'$lib.layer.get().{name}($url)', opts={'vars': {'url': theirs}})
        await comes(peer, '1.1.1.1')
        await comes(core, '2.2.2.2')
        await peer.callStorm('$lib.layer.get().addPush($url)', opts={'vars': {'url': ours}})
        await peer.callStorm('$lib.layer.get().addPull($url)', opts={'vars': {'url': ours}})
        for side, other, addr in ((core, peer, '3.3.3.3'), (peer, core, '4.4.4.4')):
            await side.callStorm(DATA, opts={'vars': {'ip': addr}})
            await comes(other, addr)
        assert await core.count('inet:ipv4') == await peer.count('inet:ipv4') == 4
