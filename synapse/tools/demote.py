"""Have a leader step down, or make a deposed one a mirror again (spec: cell.md 7.6, 14)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd

EPILOG = """
Without --rejoin the leader hands over to the most advanced mirror that AHA knows.

With --rejoin URL the service becomes a mirror of the leader at that URL. It is for a leader that was deposed (a mirror
was promoted with --failure while it was away), and for a mirror whose log does not fit that of the leader any more.
Changes that nobody else has are written to a file in its folder `diverged`, one JSON object a line; then it restarts as
a fresh copy of the leader. Its options, certificates and backups stay.
"""


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('demote', description='Demote a leader, or rejoin a deposed one as a mirror.', epilog=EPILOG)
    pars.add_argument('--url', '--svcurl', dest='url', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    pars.add_argument('--timeout', type=float, default=60, help='Seconds to wait for a mirror to take the lead.')
    pars.add_argument('--rejoin', metavar='URL', help='Become a mirror of the leader at this Telepath URL.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Demote or rejoin."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as cell:
        if opts.rejoin is not None:
            return await rejoin(cell, opts)
        print(f'Demoting leader: {opts.url}', flush=True)
        try:
            if await cell.demote(timeout=opts.timeout):
                return 0
        except s_exc.SynErr as e:
            print(f'Error while demoting service {opts.url}: {s_cmd.errname(e)}')
            return 1
    print(f'Failed to demote service {opts.url}')
    return 1


async def rejoin(cell: typing.Any, opts: typing.Any) -> int:
    """Make the service a mirror of ``opts.rejoin``, and tell what became of its own changes."""
    print(f'Rejoining as a mirror of: {opts.rejoin}', flush=True)
    try:
        retn = await cell.rejoin(opts.rejoin)
    except s_exc.SynErr as e:
        print(f'Failed to rejoin service {opts.url}: {s_cmd.errname(e)}')
        return 1
    if retn['file'] is not None:
        print(f'...kept {retn["entries"]} changes that nobody else has: {retn["file"]}')
    print('...restarting as a fresh copy of the leader' if retn['cloned'] else '...following the leader')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
