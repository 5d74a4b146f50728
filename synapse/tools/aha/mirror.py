"""Show the mirrored services that AHA knows: who leads, who follows, and how far each is (aha.md 12)."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import typing

import synapse.exc as s_exc
import synapse.tools.aha.list as s_list
import synapse.tools.cmd as s_cmd

COLUMNS = {
    'name': 40,
    'role': 9,
    'online': 7,
    'ready': 6,
    'host': 16,
    'port': 8,
    'version': 12,
    'synapse': 12,
    'nexus idx': 10,
    'follows': 0,
}
UNKNOWN = '<unknown>'
POLL = 1.0

Entry = dict[str, typing.Any]


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


@dataclasses.dataclass
class Member:
    """One instance of a service: what AHA knows of it, and what it answers (None when it does not)."""

    entry: Entry
    info: dict[str, typing.Any] | None = None

    @property
    def leads(self) -> bool:
        """It answers, and leads."""
        return self.info is not None and bool(self.info['cell']['active'])

    @property
    def indx(self) -> int | None:
        """The offset of its change log, None when it does not tell."""
        return None if self.info is None else self.info['cell'].get('nexsindx')

    def row(self) -> dict[str, typing.Any]:
        """Return its line of the table."""
        info, url = self.entry['svcinfo'], self.entry['svcinfo'].get('urlinfo', {})
        cells = dict.fromkeys(COLUMNS, UNKNOWN) | {
            'name': self.entry['name'],
            'online': info.get('online') is not None,
            'ready': bool(info.get('ready')),
            'host': url.get('host', UNKNOWN),
            'port': url.get('port', UNKNOWN),
        }
        if self.info is not None:
            cell = self.info['cell']
            cells['role'] = 'leader' if cell['active'] else 'follower'
            cells['version'] = cell['verstring']
            cells['synapse'] = self.info['synapse']['verstring']
            cells['nexus idx'] = cell.get('nexsindx', UNKNOWN)
            cells['follows'] = cell.get('mirror') or '<none - write root>'
        return cells


@dataclasses.dataclass
class Group:
    """The instances of one service."""

    name: str
    iden: str
    members: list[Member]

    async def ask(self, aha: typing.Any, timeout: float) -> None:
        """Let every member tell about itself."""
        found = {member.entry['name']: member for member in self.members}
        for member in self.members:
            member.info = None
        todo: tuple[typing.Any, ...] = ('getCellInfo', (), {})
        async for name, (good, info) in aha.callAhaPeerApi(self.iden, todo, timeout=timeout):
            if good and name in found:
                found[name].info = info

    @property
    def silent(self) -> bool:
        """A member has not answered."""
        return any(member.indx is None for member in self.members)

    @property
    def insync(self) -> bool:
        """All have answered, and are equally far."""
        return not self.silent and len({member.indx for member in self.members}) == 1

    def show(self) -> None:
        """Print the group."""
        print(f'{self.name}')
        for member in self.members:
            print(line(member.row()))
        leaders = [member.entry['name'] for member in self.members if member.leads]
        many = f'<multiple: {", ".join(leaders)}>' if leaders[1:] else None
        print(f'Group Leader: {many or (leaders[0] if leaders else "<none>")}')
        nobody = all(member.indx is None for member in self.members)
        print(f'Group Status: {"In Sync" if self.insync else "Unknown" if nobody else "Out of Sync"}')

    async def wait(self, aha: typing.Any, timeout: float) -> None:
        """Ask again until all are equally far. Somebody who does not answer ends it."""
        while not self.silent:
            if self.insync:
                self.show()
                return
            await asyncio.sleep(POLL)
            await self.ask(aha, timeout)
        print('WARNING: Skipping --wait: one or more group members did not respond.')


def line(cells: dict[str, typing.Any]) -> str:
    """Return a line of the table."""
    return ' ' + '  '.join(str(cells[name]).ljust(width) for name, width in COLUMNS.items()) + ' '


def groups_of(entries: list[Entry]) -> list[Group]:
    """Return the services that have more than one instance, with one online at least."""
    idens: dict[str, dict[str, Entry]] = {}
    alias: dict[str, str] = {}
    for entry in entries:
        info = entry['svcinfo']
        iden = info.get('iden')
        if iden is None:
            continue
        members = idens.setdefault(iden, {})
        if entry['svcname'] == info.get('leader'):
            alias[iden] = entry['name']
        else:
            members[entry['name']] = entry
    found = []
    for iden, members in idens.items():
        if len(members) > 1 and any(entry['svcinfo'].get('online') for entry in members.values()):
            found.append(Group(alias.get(iden, UNKNOWN), iden, [Member(entry) for entry in members.values()]))
    return found


async def main(argv: typing.Sequence[str]) -> int:
    """Print the groups."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as aha:
        if not s_list.is_aha(aha, opts.url):
            return 1
        if not aha._hasTeleFeat('callpeers'):
            print(f'Service at {opts.url} does not support the required callpeers feature.')
            return 1
        groups = groups_of([entry async for entry in aha.getAhaSvcs()])
        if not groups:
            print('No mirror groups found.')
            return 0
        header = line({name: name for name in COLUMNS})
        print('Service Mirror Groups:')
        print(header)
        print('#' * len(header))
        for group in groups:
            await group.ask(aha, opts.timeout)
            group.show()
            if opts.wait and not group.insync:
                await group.wait(aha, opts.timeout)
            print()
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
