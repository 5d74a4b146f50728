"""Take a backup of a running service, through the service."""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('livebackup', description='Create a live backup of a running service, without pausing it.')
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    pars.add_argument('--name', default=None, help='The name of the backup; the default is made of date and time.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Run a backup and print its name, which is a directory below the service's backup directory."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as cell:
        print(f'Running backup of: {opts.url}', flush=True)
        with s_progress.show('backup', unit='time'):
            name = await cell.runBackup(name=opts.name)
    print(f'...backup created: {name}')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
