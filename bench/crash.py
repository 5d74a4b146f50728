"""kill -9 a service at random moments while four clients write; nothing acknowledged may be missing afterwards.

In each round four clients write one node after another over Telepath and write down what was acknowledged. At a random
moment the Cortex is killed. After the restart every acknowledged node must be there, and the change log and the layer
must hold the same nodes. The Axon and the JSONStor follow (``_crashstores``). The exit code is 1 when there is a fault.
``python -m bench.crash [--svc cortex,axon,jsonstor] [--rounds 10] [--writes 1000] [--seed N]``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
import typing

import bench._crashstores as s_stores
import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.telepath as s_telepath

FORM = 'ou:name'
CLIENTS = 4
READY_TIMEOUT = 60.0


class Server:
    """The process of a service on a directory."""

    def __init__(self, dirn: str, svc: str = 'cortex') -> None:
        self.dirn = dirn
        self.svc = svc
        self.url = f'cell://{dirn}'
        self.proc: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Start it; returns the seconds until it answered."""
        started = time.monotonic()
        args = [sys.executable, '-m', f'synapse.servers.{self.svc}', self.dirn]
        args += ['--telepath', 'tcp://127.0.0.1:0', '--https', '0']
        self.proc = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while time.monotonic() < started + READY_TIMEOUT:
            try:
                async with await s_telepath.openurl(self.url) as proxy:
                    await proxy.getCellInfo()
                    return time.monotonic() - started
            except (OSError, s_exc.SynErr):
                if self.proc.poll() is not None:
                    break
                await asyncio.sleep(0.02)
        raise SystemExit(f'the {self.svc} does not start')

    def kill(self) -> None:
        """SIGKILL, and gone."""
        if self.proc is not None:
            self.proc.kill()
            self.proc.wait()
            self.proc = None


class Writes:
    """What the clients sent and what was acknowledged."""

    def __init__(self) -> None:
        self.sent: set[str] = set()
        self.acked: set[str] = set()
        self.enough = asyncio.Event()
        self.goal = 0

    async def client(self, url: str, name: str) -> None:
        """Write until the service dies."""
        try:
            async with await s_telepath.openurl(url) as proxy:
                for indx in range(1_000_000):
                    valu = f'{name} {indx}'
                    self.sent.add(valu)
                    await self._write(proxy, valu)
        except (OSError, s_exc.SynErr):
            return

    async def _write(self, proxy: typing.Any, valu: str) -> None:
        opts = {'vars': {'name': valu}, 'editformat': 'none'}
        async for mesg, info in proxy.storm(f'[ {FORM}=$name ] | spin', opts=opts):
            if mesg == 'err':
                raise s_exc.SynErr(mesg=str(info))
            if mesg == 'fini':
                self.acked.add(valu)
                if len(self.acked) >= self.goal:
                    self.enough.set()


async def one_round(server: Server, writes: Writes, name: str, rand: random.Random, most: int) -> int:
    """Write, kill at a random moment. Returns the number of acknowledged writes of this round."""
    before = len(writes.acked)
    writes.goal = before + rand.randrange(most // 2, most + 1)
    writes.enough.clear()
    tasks = [asyncio.create_task(writes.client(server.url, f'{name} client {indx}')) for indx in range(CLIENTS)]
    waits = [asyncio.create_task(writes.enough.wait()), *tasks]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(rand.uniform(0, 0.005))
    server.kill()
    waits[0].cancel()
    await asyncio.gather(*tasks)
    return len(writes.acked) - before


async def stored(server: Server) -> tuple[set[str], set[str]]:
    """Return the values of the nodes in the layer, and of those in the change log."""
    layer: set[str] = set()
    log: set[str] = set()
    async with await s_telepath.openurl(server.url) as proxy:
        async for mesg, info in proxy.storm(FORM):
            if mesg == 'node':
                layer.add(info[0][1])
        async for item in proxy.getNexusChanges(0, tellready=True):
            if item is None:
                break
            log.update(added(item[1]))
    return layer, log


def added(item: typing.Any) -> typing.Iterator[str]:
    """Yield the values of the nodes of our form that a log entry adds."""
    _, event, args, _, _ = item
    if event == 'edits':
        for _, form, edits in args[0]:
            if form == FORM:
                yield from (valu[0] for kind, valu, *_ in edits if kind in (-1, 0))


async def measure(dirn: str, rounds: int, most: int, seed: int) -> int:
    """Run all rounds and print a line for each. Returns the number of faults."""
    rand = random.Random(seed)
    server, writes = Server(dirn), Writes()
    faults = 0
    print(
        f'{"round":>5} {"acked":>7} {"stored":>7} {"missing":>8} {"log<>layer":>11} {"invented":>9} {"restart s":>10}'
    )
    try:
        await server.start()
        for indx in range(rounds):
            acked = await one_round(server, writes, f'round {indx}', rand, most)
            took = await server.start()
            layer, log = await stored(server)
            missing, differ, invented = len(writes.acked - layer), len(layer ^ log), len(layer - writes.sent)
            faults += missing + differ + invented
            row = f'{indx:>5} {acked:>7} {len(layer):>7} {missing:>8} {differ:>11} {invented:>9} {took:>10.2f}'
            print(row, flush=True)
    finally:
        server.kill()
    verdict = 'nothing acknowledged is missing' if not faults else f'{faults} FAULTS'
    print(f'{len(writes.acked)} writes acknowledged in {rounds} rounds (seed {seed}): {verdict}')
    return faults


def main(argv: typing.Sequence[str] = ()) -> int:
    """Run the bench; returns the exit code."""
    pars = argparse.ArgumentParser(prog='bench.crash', description=(__doc__ or '').splitlines()[0])
    pars.add_argument('--svc', default='cortex,axon,jsonstor')
    pars.add_argument('--rounds', type=int, default=10)
    pars.add_argument('--writes', type=int, default=1000, help='acknowledged writes in a round, at most')
    pars.add_argument('--seed', type=int, default=s_common.now() % 100000)
    opts = pars.parse_args(argv)
    faults = 0
    with tempfile.TemporaryDirectory(prefix='crash-') as temp:
        for svc in opts.svc.split(','):
            dirn = os.path.join(temp, svc)
            if svc == 'cortex':
                faults += s_base.run(measure(dirn, opts.rounds, opts.writes, opts.seed))
            else:
                server = Server(dirn, svc)
                faults += s_base.run(s_stores.measure(server, svc, opts.rounds, opts.writes, opts.seed))
    return 1 if faults else 0


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
