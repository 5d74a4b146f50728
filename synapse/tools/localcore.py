"""A Cortex of one's own for the length of a command: what ``csvtool --test`` and ``feed --test`` work on."""

from __future__ import annotations

import contextlib
import tempfile
import typing

import synapse.cortex as s_cortex
import synapse.telepath as s_telepath


@contextlib.asynccontextmanager
async def temporary(conf: dict[str, typing.Any] | None = None) -> typing.AsyncIterator[s_telepath.Proxy]:
    """Run a Cortex in a temporary directory, without network ports, and yield a proxy to it.

    Args:
        conf: Options of the Cortex beside those.
    """
    with tempfile.TemporaryDirectory() as dirn:
        conf = {'dmon:listen': None, 'https:port': None, **(conf or {})}
        async with await s_cortex.Cortex.anit(dirn, conf=conf):
            async with await s_telepath.openurl(f'cell://{dirn}') as proxy:
                yield proxy
