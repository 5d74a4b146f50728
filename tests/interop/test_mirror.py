"""The peer follows our leader, and ours follows the peer's: plain cells, which log the same events."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import subprocess
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.telepath as s_telepath
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting

IDEN = 'ab' * 16


class PeerCell:
    """A cell of the peer, in a process."""

    def __init__(self, python: str, dirn: pathlib.Path) -> None:
        self.python, self.dirn = python, dirn
        self.url = f'cell://{dirn}'

    def conf(self, **conf: typing.Any) -> None:
        self.dirn.mkdir(exist_ok=True)
        conf = {name.replace('_', ':'): valu for name, valu in conf.items()}
        s_common.yamlsave({'nexslog:en': True, **conf}, str(self.dirn / 'cell.yaml'))

    @contextlib.asynccontextmanager
    async def run(self) -> typing.AsyncIterator[typing.Any]:
        """Run it; yields a proxy."""
        env = {name: valu for name, valu in os.environ.items() if not name.startswith(('SYN_', 'PYTHONPATH'))}
        argv = ['-m', 'synapse.servers.cell', 'synapse.lib.cell.Cell', str(self.dirn)]
        flags = ['--telepath', 'tcp://127.0.0.1:0', '--https', '0']
        with open(self.dirn.with_suffix('.log'), 'ab') as log:
            proc = subprocess.Popen([self.python, *argv, *flags], env=env, cwd=self.dirn.parent, stdout=log, stderr=log)
        try:
            async with await self._open(proc) as proxy:
                yield proxy
        finally:
            proc.terminate()
            await asyncio.to_thread(proc.wait, 30)

    async def _open(self, proc: subprocess.Popen[bytes]) -> s_telepath.Proxy:
        async with asyncio.timeout(240):
            while True:
                assert proc.poll() is None, self.dirn.with_suffix('.log').read_text()
                try:
                    return await s_telepath.openurl(self.url)
                except (s_exc.SynErr, OSError):
                    await asyncio.sleep(0.1)


async def level(cell: s_cell.Cell, proxy: typing.Any) -> None:
    async with asyncio.timeout(30):
        while await proxy.getNexsIndx() != cell.getNexsIndx():
            await asyncio.sleep(0.02)


async def names(proxy: typing.Any) -> set[str]:
    return {user['name'] for user in await proxy.getUserDefs()}


async def test_mirrors_of_each_other(tmp_path: pathlib.Path, peer_python: str) -> None:
    peer = PeerCell(peer_python, tmp_path / 'peer')
    peer.conf(cell_guid=IDEN)
    async with peer.run() as proxy:
        assert await proxy.getNexsIndx() == 0
    conf = {**t_mirrors.CONF, 'cell:guid': IDEN}
    async with await s_cell.Cell.anit(str(tmp_path / 'ours'), conf=conf) as cell:
        await cell.addUser('early')
        peer.conf(mirror=cell.getLocalUrl())
        async with peer.run() as proxy:
            await the_peer_follows(cell, proxy)
            await the_lead_goes_there_and_back(cell, proxy, peer.url)


async def the_peer_follows(cell: s_cell.Cell, proxy: typing.Any) -> None:
    # the entry of a leadership means nothing to it
    await cell.mirror.fence.open(cell.mirror.fence.role.next_term(None))
    await cell.addRole('ninjas')
    await level(cell, proxy)
    assert await names(proxy) == {'root', 'early'}
    await proxy.addUser('through')
    assert cell.auth.getUserByName('through') is not None


async def the_lead_goes_there_and_back(cell: s_cell.Cell, proxy: typing.Any, url: str) -> None:
    await cell.handoff(url)
    assert await proxy.isCellActive() and not cell.isactive
    await t_waiting.until(lambda: cell.mirror.ready)
    await proxy.addUser('bypeer')
    await cell.addUser('byours')
    assert {'bypeer', 'byours'} <= await names(proxy)
    assert cell.auth.getUserByName('bypeer') is not None
    await proxy.handoff(cell.getLocalUrl())
    assert cell.isactive and not await proxy.isCellActive()
    assert (await proxy.addUser('again'))['name'] == 'again'
    await level(cell, proxy)
    assert await names(proxy) == {'root', 'early', 'through', 'bypeer', 'byours', 'again'}
    await t_waiting.until(lambda: not cell.nexsroot.log.state.get('former'))  # nobody to be told of terms
