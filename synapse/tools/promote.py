"""Make a mirror the leader (spec: cell.md 7.5, 14)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd

EPILOG = """
Without --failure the leader hands over: no write is lost or refused, and the leader becomes a mirror of this service.

With --failure nobody is asked. What the leader has acknowledged and this mirror has not received is lost to the
service. The former leader may come back: it learns that it was deposed, refuses writes, and keeps what only it has
until it is made a mirror with `python -m synapse.tools.service.demote --rejoin URL`.
"""


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('promote', description='Promote a mirror to being the leader.', epilog=EPILOG)
    pars.add_argument('--svcurl', '--url', dest='svcurl', default=s_cmd.STORAGE, help='The Telepath URL of the mirror.')
    pars.add_argument('--failure', action='store_true', help='The leader is gone for good: do not ask it.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Promote, and say what went wrong in one line."""
    opts = parse(argv)
    async with s_cmd.connect(opts.svcurl) as cell:
        print(f'Promoting to leader: {opts.svcurl}', flush=True)
        try:
            await cell.promote(graceful=not opts.failure)
        except s_exc.BadState as e:
            print(f'Failed to promote service to being a leader; {s_cmd.errtext(e)}')
            return 1
        except s_exc.SynErr as e:
            print(f'Failed to promote service {opts.svcurl}: {s_cmd.errname(e)}')
            return 1
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
