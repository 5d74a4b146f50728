"""Prepare one more AHA server, a mirror of this one: make the one-time URL for its ``clone`` option (aha.md 10.3).

example:
    python -m synapse.tools.aha.clone 01.aha.vertex.link
"""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.clone', description=__doc__)
    pars.add_argument('--port', type=int, default=27492, help='The Telepath port of the new AHA server.')
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the AHA service.')
    pars.add_argument('--only-url', default=False, action='store_true', help='Print nothing but the URL.')
    pars.add_argument('dnsname', help='The DNS name of the new AHA server.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Make a one-time URL and print it."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as aha:
        url = await aha.addAhaClone(opts.dnsname, port=opts.port)
    print(url if opts.only_url else f'one-time use URL: {url}')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
