"""Are a leader and its mirrors equal? Compares digests of all their data at one point of the change log."""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd

EPILOG = """
The services go on meanwhile: each takes a snapshot when it reaches the same change, and reads all of it. Exit code 0
means that all are equal.
"""


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('mirrorcheck', description='Compare the data of a leader and its mirrors.', epilog=EPILOG)
    pars.add_argument('--timeout', type=float, default=60, help='Seconds to wait for a mirror that is behind.')
    pars.add_argument('urls', nargs='+', metavar='URL', help='Telepath URLs; the first is compared with the others.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Compare, one line for each service and each difference."""
    opts = parse(argv)
    async with contextlib.AsyncExitStack() as stack:
        cells: list[typing.Any] = [await stack.enter_async_context(s_cmd.connect(url)) for url in opts.urls]
        mine = await cells[0].getNexsDigest()
        print(f'{opts.urls[0]}: {mine["digest"]} at offset {mine["offs"]}')
        code = 0
        for url, cell in zip(opts.urls[1:], cells[1:], strict=True):
            try:
                theirs = await cell.getNexsDigest(mine['offs'], timeout=opts.timeout)
            except s_exc.SynErr as e:
                print(f'{url}: {s_cmd.errname(e)}')
                code = 1
                continue
            print(f'{url}: {theirs["digest"]} {"equal" if theirs["digest"] == mine["digest"] else "DIFFERENT"}')
            for name in sorted({*mine['slabs'], *theirs['slabs']}):
                if mine['slabs'].get(name) != theirs['slabs'].get(name):
                    print(f'    {name} differs')
                    code = 1
    return code


if __name__ == '__main__':
    s_cmd.exitmain(main)
