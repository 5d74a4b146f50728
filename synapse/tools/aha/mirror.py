"""Show the mirrored services that AHA knows: who leads, who follows, and how far each is (aha.md 12)."""

from __future__ import annotations

import argparse
import typing

import synapse.exc as s_exc
import synapse.lib.aha.groups as s_groups
import synapse.tools.aha.list as s_list
import synapse.tools.cmd as s_cmd


def seconds(text: str) -> int:
    """Return an argument that is a number of seconds."""
    if not text.isdigit():
        raise s_exc.BadArg(mesg=f'{text} is not a valid non-negative integer')
    return int(text)


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options. Raises BadArg (the timeout)."""
    pars = s_cmd.Parser('aha.mirror', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the AHA service.')
    pars.add_argument('--timeout', default='10', help='Seconds that each service has to answer.')
    pars.add_argument('--wait', default=False, action='store_true', help='Wait until all mirrors are up to date.')
    opts = pars.parse_args(argv)
    opts.timeout = seconds(opts.timeout)
    return opts


async def main(argv: typing.Sequence[str]) -> int:
    """Print the groups."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as aha:
        if not s_list.is_aha(aha, opts.url):
            return 1
        if not aha._hasTeleFeat('callpeers'):
            print(f'Service at {opts.url} does not support the required callpeers feature.')
            return 1
        groups = s_groups.groups_of([entry async for entry in aha.getAhaSvcs()])
        if not groups:
            print(s_groups.NONE)
            return 0
        print('\n'.join(s_groups.header()))
        for group in groups:
            await group.ask(aha, opts.timeout)
            print('\n'.join(group.lines()))
            if opts.wait and not group.insync:
                settled = await group.settle(aha, opts.timeout)
                print('\n'.join(group.lines()) if settled else f'WARNING: {s_groups.SILENT}')
            print()
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
