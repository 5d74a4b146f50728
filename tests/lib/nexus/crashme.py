"""A process to be killed: four writers, each tells on stdout what was acknowledged. ``crashme.py DIR [fast]``"""

from __future__ import annotations

import asyncio
import os
import sys

import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import tests.lib.nexus.parts as t_parts


async def write(svc: t_parts.Service, writer: int) -> None:
    store = svc.stores[writer % 2]
    indx = store.vals.get(f'w{writer}', -1)
    while True:
        indx += 1
        await (store.set if indx % 5 else store.slow)(f'w{writer}' if indx % 5 else f's{writer}', indx)
        os.write(1, f'{writer} {indx}\n'.encode())


async def main() -> None:
    s_limits.NEXS_CHECKPOINT_AGE = s_limits.NEXS_CHECKPOINT_IDLE = 0.05
    s_limits.NEXS_SEGMENT_BYTES = 20000
    svc = t_parts.Service(sys.argv[1])
    await svc.start(keep=False, fast='fast' in sys.argv)
    os.write(1, f'ready {os.getpid()}\n'.encode())
    await asyncio.gather(*[write(svc, writer) for writer in range(4)])


if __name__ == '__main__':
    s_base.run(main())
