"""A real Axon in this process, or as a process of its own that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import sys
import typing

import synapse.axon as s_axon
import synapse.telepath as s_telepath
import tests.lib.cell.web as t_web

CONF: dict[str, typing.Any] = {'auth:passwd': 'secret', 'health:sysctl:checks': False, 'limit:disk:free': None}
CONF.update({'dmon:listen': None, 'https:port': None})

CHUNK = 16 * 1024 * 1024


@contextlib.asynccontextmanager
async def axon(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[s_axon.Axon]:
    """Run an Axon in a directory; only its unix socket listens."""
    async with await s_axon.Axon.anit(str(dirn), conf={**CONF, **conf}) as axon:
        yield axon


@contextlib.asynccontextmanager
async def proxy(axon: s_axon.Axon, user: str = 'root') -> typing.AsyncIterator[s_telepath.Proxy]:
    """Connect to the unix socket of an Axon."""
    async with await s_telepath.openurl(axon.getLocalUrl(user=user)) as prox:
        yield prox


@contextlib.asynccontextmanager
async def serve(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[s_telepath.Proxy]:
    """Run an Axon and connect to it."""
    async with axon(dirn, **conf) as cell, proxy(cell) as prox:
        yield prox


@contextlib.asynccontextmanager
async def web(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[t_web.Web]:
    """Run an Axon and connect to its HTTPS port."""
    async with axon(dirn, **conf) as cell, t_web.connect(cell, dirn) as web:
        yield web


@contextlib.asynccontextmanager
async def process(dirn: pathlib.Path, *command: str) -> typing.AsyncIterator[asyncio.subprocess.Process]:
    """Run an Axon as a process; killed at the end if it still runs. It answers at ``cell://<dirn>``.

    Args:
        command: What starts the server, when it is not ``python -m synapse.servers.axon``.
    """
    argv = (*(command or (sys.executable, '-m', 'synapse.servers.axon')), str(dirn))
    argv += ('--telepath', 'tcp://127.0.0.1:0', '--https', '0')
    with open(f'{dirn}.log', 'ab') as log:
        proc = await asyncio.create_subprocess_exec(*argv, stdout=log, stderr=log)
    try:
        async with asyncio.timeout(60):
            while not await answers(dirn):
                assert proc.returncode is None, pathlib.Path(f'{dirn}.log').read_text()[-2000:]
                await asyncio.sleep(0.05)
        yield proc
    finally:
        if proc.returncode is None:
            proc.kill()
            await proc.wait()


async def answers(dirn: pathlib.Path) -> bool:
    try:
        async with await s_telepath.openurl(f'cell://{dirn}') as prox:
            await prox.getCellIden()
        return True
    except Exception:
        return False


async def items(genr: typing.Any) -> list[typing.Any]:
    """Return all that a generator yields."""
    return [item async for item in genr]


async def read(prox: typing.Any, sha256: bytes) -> bytes:
    """Return a blob."""
    return b''.join(await items(prox.get(sha256)))
