"""Uploads blobs to an Axon for ever, and says on stdout what was acknowledged: ``put``, ``puts``, ``save`` in turn."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

import synapse.telepath as s_telepath


async def main(url: str) -> None:
    async with await s_telepath.openurl(url) as prox:
        for indx in itertools.count():
            if indx % 3 == 0:
                rows = [await prox.put(os.urandom(700000))]
            elif indx % 3 == 1:
                rows = await prox.puts([os.urandom(2000) for _ in range(20)])
            else:
                async with await prox.upload() as upload:
                    for _ in range(5):
                        await upload.write(os.urandom(1000003))
                    rows = [await upload.save()]
            for size, sha256 in rows:
                print(size, sha256.hex(), flush=True)


if __name__ == '__main__':
    try:
        asyncio.run(main(sys.argv[1]))
    except Exception as e:  # the server was killed: that is what we are for
        print(type(e).__name__, e, file=sys.stderr)
