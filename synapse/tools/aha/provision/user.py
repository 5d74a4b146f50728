"""Let a user into the network: make the one-time URL for ``enroll`` (aha.md 8).

examples:
    # a new user
    python -m synapse.tools.aha.provision.user visi

    # the same one, on another machine
    python -m synapse.tools.aha.provision.user --again visi
"""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.provision.user', description=__doc__)
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the AHA service.')
    pars.add_argument('--again', default=False, action='store_true', help='The user exists: make one more URL.')
    pars.add_argument('--only-url', default=False, action='store_true', help='Print nothing but the URL.')
    pars.add_argument('username', help='The user, who will be enrolled as <username>@<network>.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Make a one-time URL and print it."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as aha:
        url = await aha.addAhaUserEnroll(opts.username, again=opts.again)
    print(url if opts.only_url else f'one-time use URL: {url}')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
