"""Ask a service whether it is well. Container images call this; so the answer is one line of JSON and an exit code.

Exit 0 for nominal and degraded, 1 for failed and for every kind of failure to find out (spec: cell.md 11.2).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd

# What the wire raises when nobody is there. NoSuchPath is a cell directory without a socket.
UNREACHABLE = ('NoSuchPath', 'LinkErr', 'LinkShutDown')


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('healthcheck', code=2, description='Check the health of a service.')
    pars.add_argument('--cell', '-c', required=True, help='The Telepath URL of the service.')
    pars.add_argument('--timeout', '-t', default=10.0, type=float, help='Seconds to wait for each step.')
    return pars.parse_args(argv)


def failed(url: str, mesg: str, e: BaseException) -> dict[str, typing.Any]:
    """Return a failure to find out, in the shape of a health check."""
    name = (e.get('errx') or e.errname) if isinstance(e, s_exc.SynErr) else type(e).__name__
    info = {'errname': name, 'errmesg': str(e)}
    comp = {'name': 'error', 'status': 'failed', 'mesg': mesg, 'data': info}
    return {'status': 'failed', 'iden': hidden(url), 'components': [comp]}


def hidden(url: str) -> str:
    """Return a URL without the password that may be in it."""
    return re.sub(r'(://[^/@:]*):[^/]*@', r'\1@', url)


async def check(url: str, timeout: float) -> dict[str, typing.Any]:
    """Return the health of a service; never raises for what can be expected to go wrong."""
    step = 'Timeout connecting to cell'
    linked = False
    try:
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(timeout):
                proxy = await stack.enter_async_context(s_cmd.connect(url))
            linked, step = True, 'Timeout getting health information from cell.'
            async with asyncio.timeout(timeout):
                retn: dict[str, typing.Any] = await proxy.getHealthCheck()
            return retn
    except TimeoutError as e:
        return failed(url, step, e)
    except (s_exc.SynErr, OSError) as e:
        if isinstance(e, OSError) or (not linked and e.errname in UNREACHABLE):
            return failed(url, f'Unable to connect to cell @ {hidden(url)}.', e)
        return failed(url, 'Synapse error encountered.', e)


async def main(argv: typing.Sequence[str]) -> int:
    """Print the health of a service as one line of JSON."""
    opts = parse(argv)
    health = await check(opts.cell, opts.timeout)
    print(json.dumps(health, separators=(',', ':')))
    return 0 if health.get('status') in ('nominal', 'degraded') else 1


if __name__ == '__main__':
    s_cmd.exitmain(main)
