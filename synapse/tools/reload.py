"""List or run the reloadable subsystems of a service (HTTPS certificates, ...)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('reload', description='List or reload the reloadable subsystems of a service.')
    pars.add_argument('--svcurl', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    subs = s_cmd.subcommands(pars, required=True, title='commands', dest='cmd')
    subs.add_parser('list', help='List the subsystems that can be reloaded.')
    item = subs.add_parser('reload', help='Reload all subsystems, or one.')
    item.add_argument('-n', '--name', default=None, help='The subsystem to reload.')
    return pars.parse_args(argv)


def row(name: str, result: str, valu: object) -> str:
    return f'{name:40s}{result:10s}{valu}'


async def show(cell: typing.Any, url: str) -> int:
    """Print the names of the subsystems."""
    names = await cell.getReloadableSystems()
    if not names:
        print(f'Cell at {url} has no registered reload subsystems.')
        return 0
    print(f'Cell at {url} has the following reload subsystems:')
    for name in names:
        print(name)
    return 0


async def reload(cell: typing.Any, url: str, name: str | None) -> int:
    """Reload and print a table of results."""
    print(f'Reloading cell at {url}')
    try:
        results = await cell.reload(subsystem=name)
    except s_exc.SynErr as e:
        print(f'Error reloading cell: {e}')
        return 1
    if not results:
        print('No subsystems reloaded.')
        return 0
    print(row('Name:', 'Result:', 'Value:'))
    for item, (okay, valu) in results.items():
        print(row(item, 'Success' if okay else 'Failed', valu))
    return 0


async def main(argv: typing.Sequence[str]) -> int:
    """List or reload."""
    opts = parse(argv)
    async with s_cmd.connect(opts.svcurl) as cell:
        if opts.cmd == 'list':
            return await show(cell, opts.svcurl)
        return await reload(cell, opts.svcurl, opts.name)


if __name__ == '__main__':
    s_cmd.exitmain(main)
