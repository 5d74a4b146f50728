"""Freeze a service while its volume is being snapshotted, and let it go on (spec: cell.md 8.7)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('snapshot', description='Freeze or resume a service, for a snapshot of its volume.')
    subs = s_cmd.subcommands(pars, required=True, title='commands', dest='cmd')
    freeze = subs.add_parser('freeze', help='Flush everything to disk and hold all changes until resume.')
    freeze.add_argument('--timeout', type=int, default=120, help='Seconds to wait until changes are held.')
    resume = subs.add_parser('resume', help='Accept changes again.')
    for item in (freeze, resume):
        item.add_argument('--svcurl', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Freeze or resume; silent when it worked."""
    opts = parse(argv)
    try:
        async with s_cmd.connect(opts.svcurl) as cell:
            if opts.cmd == 'freeze':
                await cell.freeze(timeout=opts.timeout)
            else:
                await cell.resume()
    except s_exc.SynErr as e:
        print(f'ERROR {s_cmd.errname(e)}')
        return 1
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
