"""The mirrored services that AHA knows: who leads, who follows, and how far each is (aha.md 12)."""

from __future__ import annotations

import asyncio
import dataclasses
import typing

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

NONE = 'No mirror groups found.'
SILENT = 'Skipping --wait: one or more group members did not respond.'


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

    def lines(self) -> typing.Iterator[str]:
        """Yield what is shown of the group."""
        yield self.name
        for member in self.members:
            yield line(member.row())
        leaders = [member.entry['name'] for member in self.members if member.leads]
        many = f'<multiple: {", ".join(leaders)}>' if leaders[1:] else None
        yield f'Group Leader: {many or (leaders[0] if leaders else "<none>")}'
        nobody = all(member.indx is None for member in self.members)
        yield f'Group Status: {"In Sync" if self.insync else "Unknown" if nobody else "Out of Sync"}'

    async def settle(self, aha: typing.Any, timeout: float) -> bool:
        """Ask again until all are equally far; False as soon as somebody does not answer."""
        while not self.silent:
            if self.insync:
                return True
            await asyncio.sleep(POLL)
            await self.ask(aha, timeout)
        return False


def header() -> list[str]:
    """Return the lines above all groups: a title, the names of the columns, a rule."""
    names = line({name: name for name in COLUMNS})
    return ['Service Mirror Groups:', names, '#' * len(names)]


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
