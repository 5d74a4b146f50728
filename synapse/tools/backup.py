"""Copy the directory of a service, running or not, to one that is ready to start (spec: cell.md 8.3).

Works on files of this machine, with no word to the service. What it prints are log lines, on stderr.
"""

from __future__ import annotations

import logging
import typing

import synapse.lib.cell.copydir as s_copydir
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress

LOG_FORMAT = '%(asctime)s [%(levelname)s] %(message)s [%(filename)s:%(funcName)s]'


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser(
        'backup', code=2, stream='stderr', description='Create a compact backup of a service directory.'
    )
    pars.add_argument('srcdir', help='The directory of the service.')
    pars.add_argument('dstdir', help='The directory to copy to, made when missing.')
    pars.add_argument(
        '--skipdirs', nargs='+', default=[], help='Globs of directories to leave out: ./name or sub/name.'
    )
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Copy one directory."""
    opts = parse(argv)
    logging.basicConfig(format=LOG_FORMAT, level=logging.INFO)
    with s_progress.show(f'backup of {opts.srcdir}', unit='time'):
        s_copydir.backup(opts.srcdir, opts.dstdir, opts.skipdirs)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
