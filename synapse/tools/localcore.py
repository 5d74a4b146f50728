"""A Cortex on this machine for the length of a command: ``csvtool --test``, ``feed --test``, and the demo.

It runs as a process of its own, as an operator would start it, so the tools stay clients and need not load the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import typing

import synapse.exc as s_exc
import synapse.telepath as s_telepath

# Seconds until a Cortex must answer. A large one may have a log to replay first.
READY_TIMEOUT = 120.0
POLL = 0.05

NO_PORTS = {'dmon:listen': None, 'https:port': None}

# How much of the log of a server that would not start is shown.
LOG_TAIL = 600


async def answers(url: str) -> bool:
    """Return True if a service answers at a URL now."""
    try:
        async with await s_telepath.openurl(url) as proxy:
            await proxy.getCellIden()
        return True
    except (s_exc.SynErr, OSError):
        return False


async def wait_ready(proc: asyncio.subprocess.Process, url: str, logfile: str) -> None:
    """Return when the service of a process answers; raises FatalErr with the end of its log when it does not."""
    async with asyncio.timeout(READY_TIMEOUT):
        while proc.returncode is None:
            if await answers(url):
                return
            await asyncio.sleep(POLL)
    with open(logfile, encoding='utf-8', errors='replace') as fd:
        tail = fd.read()[-LOG_TAIL:]
    raise s_exc.FatalErr(mesg=f'The Cortex did not start (exit code {proc.returncode}), see {logfile}:\n{tail}')


@contextlib.asynccontextmanager
async def running(dirn: str, logfile: str, conf: dict[str, typing.Any] | None = None) -> typing.AsyncIterator[str]:
    """Run a Cortex, without network ports, while the body runs, and yield its URL.

    Args:
        dirn: The directory of the Cortex, made when missing.
        logfile: Where its log lines go.
        conf: Options of the Cortex.
    """
    dirn = os.path.abspath(dirn)
    url = f'cell://{dirn}'
    env = dict(os.environ)
    for name, valu in {**NO_PORTS, **(conf or {})}.items():
        env['SYN_CORTEX_' + name.upper().replace(':', '_')] = json.dumps(valu)
    with open(logfile, 'ab') as log:
        # In a session of its own: Ctrl-C at a prompt is for the prompt.
        argv = (sys.executable, '-m', 'synapse.servers.cortex', dirn)
        devnull = asyncio.subprocess.DEVNULL
        proc = await asyncio.create_subprocess_exec(
            *argv, stdin=devnull, stdout=log, stderr=log, env=env, start_new_session=True
        )
    try:
        await wait_ready(proc, url, logfile)
        yield url
    finally:
        if proc.returncode is None:
            proc.terminate()
            await proc.wait()


@contextlib.asynccontextmanager
async def temporary(conf: dict[str, typing.Any] | None = None) -> typing.AsyncIterator[s_telepath.Proxy]:
    """Run a Cortex in a temporary directory and yield a proxy to it.

    Args:
        conf: Options of the Cortex.
    """
    with tempfile.TemporaryDirectory() as temp:
        logfile = os.path.join(temp, 'cortex.log')
        async with running(os.path.join(temp, 'cortex'), logfile, conf) as url:
            async with await s_telepath.openurl(url) as proxy:
                yield proxy
