"""kill -9 an Axon while blobs are uploaded, a JSONStor while objects are written; nothing acknowledged may be missing.

``bench.crash`` for the two storage services. Four clients write and write down what was acknowledged; at a random
moment the service is killed. After the restart everything acknowledged is there, whole, and nothing is half there:
each blob is read and hashed, each object is one of those that were sent. ``python -m bench.crash --svc axon,jsonstor``.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import typing

import synapse.exc as s_exc
import synapse.telepath as s_telepath

Any = typing.Any
CLIENTS = 4
WIDTH = 8
PUTS = 20


class Load:
    """What the clients of one service do, and what they were told.

    Attributes:
        acked: What was acknowledged. goal: How much of it is enough for this round.
    """

    form = ''

    def __init__(self) -> None:
        self.acked = 0
        self.goal = 0
        self.enough = asyncio.Event()

    def ack(self, count: int = 1) -> None:
        """Count what was acknowledged."""
        self.acked += count
        if self.acked >= self.goal:
            self.enough.set()

    async def client(self, url: str, who: int) -> None:
        """Write until the service dies."""
        try:
            async with await s_telepath.openurl(url) as proxy:
                while True:
                    await self.step(proxy, who)
        except (OSError, s_exc.SynErr):
            return

    async def step(self, proxy: Any, who: int) -> None:
        """Write something once."""
        raise NotImplementedError

    async def check(self, proxy: Any) -> tuple[int, int, int]:
        """Return how much is stored, what is missing of what was acknowledged, what is there and should not be."""
        raise NotImplementedError


class Blobs(Load):
    """``put``, ``puts`` and uploads in turn, of blobs from some bytes to some megabytes."""

    def __init__(self) -> None:
        super().__init__()
        self.blobs: dict[bytes, int] = {}
        self.turn = 0

    async def step(self, proxy: Any, who: int) -> None:
        self.turn += 1
        if self.turn % 3 == 0:
            rows = [await proxy.put(os.urandom(random.randrange(1, 2_000_000)))]
        elif self.turn % 3 == 1:
            rows = await proxy.puts([os.urandom(random.randrange(1, 4000)) for _ in range(PUTS)])
        else:
            async with await proxy.upload() as upload:
                for _ in range(random.randrange(1, 6)):
                    await upload.write(os.urandom(1_000_003))
                rows = [await upload.save()]
        self.blobs.update((sha256, size) for size, sha256 in rows)
        self.ack(len(rows))

    async def check(self, proxy: Any) -> tuple[int, int, int]:
        stored = dict([row async for _, row in proxy.hashes(0)])
        bad = sum([not await whole(proxy, sha256, size) for sha256, size in stored.items()])
        sums = {'size:bytes': sum(stored.values()), 'file:count': len(stored)}
        bad += await proxy.metrics() != sums
        return len(stored), len(self.blobs.items() - stored.items()), bad


async def whole(proxy: Any, sha256: bytes, size: int) -> bool:
    """Return True when a blob is what its name says."""
    digest = hashlib.sha256()
    async for byts in proxy.get(sha256):
        digest.update(byts)
        size -= len(byts)
    return size == 0 and digest.digest() == sha256


class Objects(Load):
    """Objects, properties, copies and queue items, each with a number that only grows."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, int]] = [{'begun': 0} for _ in range(CLIENTS)]
        self.made = False

    async def _make(self, proxy: Any) -> None:
        if not self.made:
            self.made = True
            await proxy.setPathObj('shared', {})
            await proxy.setPathLink('link', 'shared')
            await proxy.addQueue('q', {})

    async def step(self, proxy: Any, who: int) -> None:
        await self._make(proxy)
        told = self.told[who]
        numb = told['begun'] = told['begun'] + 1
        await proxy.setPathObj(f'whole/{who}', {str(key): numb for key in range(WIDTH)})
        told['whole'] = numb
        await proxy.setPathObjProp('shared', f'w{who}', numb)
        told['prop'] = numb
        await proxy.copyPathObjs([(f'whole/{who}', f'copy/{who}/{key}') for key in range(WIDTH)])
        told['copy'] = numb
        told['offs'] = await proxy.putsQueue('q', [(who, numb)] * WIDTH)
        told['put'] = numb
        self.ack(4)

    async def check(self, proxy: Any) -> tuple[int, int, int]:
        shared = await proxy.getPathObj('shared')
        bad = int(await proxy.getPathObj('link') != shared)
        missing = 0
        items = {offs: item async for offs, item in proxy.getsQueue('q', 0, wait=False)}
        bad += len(items) % WIDTH != 0 or list(items) != list(range(len(items)))
        for who, told in enumerate(self.told):
            objs = [obj async for _, obj in proxy.getPathObjs(f'whole/{who}')]
            copies = [obj async for _, obj in proxy.getPathObjs(f'copy/{who}')]
            bad += any(len(obj) != WIDTH or len(set(obj.values())) != 1 for obj in objs + copies)
            bad += len({obj['0'] for obj in copies}) > 1 or len(copies) not in (0, WIDTH)
            numbs = [*(obj['0'] for obj in objs + copies), shared.get(f'w{who}', 0)]
            bad += any(numb > told['begun'] for numb in numbs)
            missing += (objs or [{'0': 0}])[0]['0'] < told.get('whole', 0)
            missing += (copies or [{'0': 0}])[0]['0'] < told.get('copy', 0)
            missing += shared.get(f'w{who}', 0) < told.get('prop', 0)
            if 'put' in told:
                missing += {items.get(told['offs'] + indx) for indx in range(WIDTH)} != {(who, told['put'])}
        return len(items), missing, bad


LOADS: dict[str, typing.Callable[[], Load]] = {'axon': Blobs, 'jsonstor': Objects}


async def measure(server: Any, svc: str, rounds: int, most: int, seed: int) -> int:
    """Run all rounds and print a line for each. Returns the number of faults."""
    rand = random.Random(seed)
    load = LOADS[svc]()
    faults = 0
    print(f'{svc:>8} {"acked":>7} {"stored":>7} {"missing":>8} {"bad":>5} {"restart s":>10}')
    try:
        await server.start()
        for indx in range(rounds):
            before = load.acked
            await one_round(server, load, before + rand.randrange(most // 2, most + 1), rand.uniform(0, 0.02))
            took = await server.start()
            async with await s_telepath.openurl(server.url) as proxy:
                stored, missing, bad = await load.check(proxy)
            faults += missing + bad
            acked = load.acked - before
            print(f'{indx:>8} {acked:>7} {stored:>7} {missing:>8} {bad:>5} {took:>10.2f}', flush=True)
    finally:
        server.kill()
    verdict = 'nothing acknowledged is missing' if not faults else f'{faults} FAULTS'
    print(f'{svc}: {load.acked} writes acknowledged in {rounds} rounds (seed {seed}): {verdict}')
    return faults


async def one_round(server: Any, load: Load, goal: int, delay: float) -> None:
    """Write until enough is acknowledged, then kill in the midst of it."""
    load.goal = goal
    load.enough.clear()
    tasks = [asyncio.create_task(load.client(server.url, who)) for who in range(CLIENTS)]
    await asyncio.wait([asyncio.create_task(load.enough.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(delay)
    server.kill()
    load.enough.set()
    await asyncio.gather(*tasks)
