"""Show the services that are registered with AHA (aha.md 12)."""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd

AHA_CLASS = 'synapse.lib.aha.AhaApi'

WIDTHS = (20, 30, 6, 6, 6, 20, 6)
HEADER = ('Service', 'network', 'leader', 'online', 'scheme', 'host', 'port', 'connection opts')


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.list', description='List the services that are registered with AHA.')
    pars.add_argument('url', help='The Telepath URL of the AHA service.')
    pars.add_argument('network', nargs='?', help='Only those of this AHA network.')
    return pars.parse_args(argv)


def is_aha(proxy: typing.Any, url: str) -> bool:
    """Return True when a service is an AHA server; otherwise that is told."""
    if AHA_CLASS in (proxy._getClasses() or ()):
        return True
    print(f'Service at {url} is not an Aha server')
    return False


def row(*cells: typing.Any) -> str:
    """Return a line of the table."""
    texts = [str(cell).ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)]
    return ' '.join([*texts, str(cells[-1])])


def leader_runs(entries: list[dict[str, typing.Any]]) -> set[str]:
    """Return the runs that hold the alias of their leader."""
    return {
        entry['svcinfo'].get('run') for entry in entries if entry['svcname'] == (entry['svcinfo'].get('leader') or None)
    }


def lines(entries: list[dict[str, typing.Any]]) -> typing.Iterator[str]:
    """Yield the table."""
    runs = leader_runs(entries)
    yield row(*HEADER)
    for entry in entries:
        info = entry['svcinfo']
        urlinfo = info.get('urlinfo', {})
        leads = None if info.get('leader') is None else info.get('run') in runs
        rest = {name: valu for name, valu in entry.items() if name not in ('svcname', 'svcnetw', 'svcinfo')}
        yield row(
            entry['svcname'],
            entry['svcnetw'],
            leads,
            info.get('online') is not None,
            urlinfo.get('scheme'),
            urlinfo.get('host'),
            urlinfo.get('port'),
            rest,
        )


async def main(argv: typing.Sequence[str]) -> int:
    """Print the table."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as aha:
        if not is_aha(aha, opts.url):
            return 1
        entries = [entry async for entry in aha.getAhaSvcs(network=opts.network)]
    for line in lines(entries):
        print(line)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
