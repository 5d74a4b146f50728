"""Does a node cost the same when there are many? Ingest, look-ups and a streaming lift from 10 thousand nodes on.

    python -m bench.curve [--max 1000000] [--lift 300000]

Addresses are fed in no order, with two properties and a tag, in chunks of a thousand over one connection; each chunk is
durable before the next one is sent. A row tells, of its step: microseconds of processor and wall time a node, nodes a
second; bytes on disk a node (change log included); microseconds of one look-up by value; and of a lift that streams
nodes to the client: microseconds a node, and by how many MB the server's memory grew meanwhile, which should not
depend on how many nodes there are.
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import sys
import tempfile
import time
import typing

import bench._proc as b_proc
import synapse.telepath as s_telepath
import synapse.tools.localcore as s_localcore

CHUNK = 1000
LOOKUPS = 500
STEPS = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
HEAD = ('nodes', 'cpu us', 'wall us', 'nodes/s', 'bytes', 'point us', 'lift us', 'grew MB')


def valu_of(numb: int) -> int:
    """Return the address with a number: all different, in no order."""
    return numb * 2654435761 % 2**32


def chunk_of(start: int) -> list[typing.Any]:
    """Return packed nodes."""
    return [
        (
            ('inet:ipv4', valu_of(numb)),
            {'props': {'asn': 1000 + numb % 5000, 'loc': 'us.va'}, 'tags': {'bench.curve': (None, None)}},
        )
        for numb in range(start, start + CHUNK)
    ]


async def feed(core: s_telepath.Proxy, start: int, stop: int) -> float:
    """Feed nodes; return the seconds that the server had them."""
    secs = 0.0
    for numb in range(start, stop, CHUNK):
        chunk = chunk_of(numb)
        tick = time.perf_counter()
        await core.addFeedData('syn.nodes', chunk)
        secs += time.perf_counter() - tick
    return secs


async def points(core: s_telepath.Proxy, total: int) -> float:
    """Look up nodes by value all over the range; return microseconds each."""
    tick = time.perf_counter()
    for numb in range(0, total, total // LOOKUPS):
        opts = {'vars': {'valu': valu_of(numb)}}
        assert await core.callStorm('inet:ipv4=$valu return($node.value())', opts=opts) is not None
    return (time.perf_counter() - tick) / LOOKUPS * 1e6


async def lift(core: s_telepath.Proxy, pid: int, most: int) -> tuple[float, float]:
    """Stream nodes to this process; return (microseconds each, MB by which the server's memory grew)."""
    before = peak = b_proc.memory_of(pid)
    count, tick = 0, time.perf_counter()
    async for mesg in core.storm('inet:ipv4 | limit $most', opts={'vars': {'most': most}}):
        if mesg[0] == 'node':
            count += 1
            if count % 10_000 == 0:
                peak = max(peak, b_proc.memory_of(pid))
    assert count == most
    return (time.perf_counter() - tick) / count * 1e6, peak - before


async def measure(temp: pathlib.Path, most: int, lifted: int) -> None:
    dirn = temp / 'core'
    print(*(f'{name:>10}' for name in HEAD), flush=True)
    async with s_localcore.running(str(dirn), str(temp / 'log')) as url:
        pid = b_proc.pid_of(dirn)
        async with await s_telepath.openurl(url) as core:
            await feed(core, 0, CHUNK)  # what the first nodes alone pay for
            total = CHUNK
            for step in (size for size in STEPS if size <= most):
                cpu = b_proc.cpu_of(pid)
                secs = await feed(core, total, step)
                cpu, count, total = b_proc.cpu_of(pid) - cpu, step - total, step
                point = await points(core, total)
                each, grew = await lift(core, pid, min(total, lifted))
                cost = (cpu / count * 1e6, secs / count * 1e6, count / secs, b_proc.disk_of(dirn) * 1e6 / total)
                print(f'{total:10,}', *(f'{valu:10,.1f}' for valu in (*cost, point, each, grew)), flush=True)


def main(argv: typing.Sequence[str] = ()) -> None:
    """Measure and print."""
    pars = argparse.ArgumentParser(prog='bench.curve', description='Cost of a node as their number grows.')
    pars.add_argument('--max', type=int, default=1_000_000, help='nodes at the end')
    pars.add_argument('--lift', type=int, default=300_000, help='nodes to lift at most')
    args = pars.parse_args(argv)
    with tempfile.TemporaryDirectory() as temp:
        asyncio.run(measure(pathlib.Path(temp), args.max, args.lift))


if __name__ == '__main__':
    main(sys.argv[1:])
