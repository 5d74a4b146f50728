"""Ask a service to end once its running tasks are done (spec: cell.md 10)."""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd

DESC = """Initiate a graceful shutdown of a service.

The service takes no new tasks, waits for those that run, and ends.
A leader with mirrors hands over first. Without a timeout this may take as long as the longest task.

Exit codes:
  0 - the shutdown has been initiated
  1 - the timeout was reached, and the shutdown was aborted
  2 - an error
"""


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('shutdown', description=DESC)
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    pars.add_argument('--timeout', type=int, default=None, help='Seconds after which the shutdown is aborted.')
    pars.add_argument('--no-drain', action='store_true', help='Cancel running tasks instead of waiting for them.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Shut a service down; silent unless that fails."""
    opts = parse(argv)
    kwargs = {'timeout': opts.timeout}
    if opts.no_drain:
        kwargs['drain'] = False  # an older service does not know the argument, so it is sent only when it matters
    try:
        async with s_cmd.connect(opts.url) as cell:
            return 0 if await cell.shutdown(**kwargs) else 1
    except Exception as e:
        if opts.no_drain and 'drain' in str(e):
            print(f'Service at {opts.url} does not support the --no-drain feature.')
        else:
            print(f'Error while attempting graceful shutdown: {s_cmd.errtext(e)}')
        return 2


if __name__ == '__main__':
    s_cmd.exitmain(main)
