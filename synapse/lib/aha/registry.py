"""The table of services: who is called what, where it is, is it there (aha.md 3).

An entry is ``{'name', 'svcname', 'svcnetw', 'svcinfo'}``.
"""

from __future__ import annotations

import random
import typing

import synapse.lib.aha.table as s_table

Entry = dict[str, typing.Any]


class Registry(s_table.Table):
    """Services by full name."""

    def put(self, entry: Entry) -> None:
        """Store an entry under its name."""
        self.set(entry['name'], entry)

    def change(self, entry: Entry, drop: tuple[str, ...] = (), **info: typing.Any) -> Entry:
        """Store an entry with some keys of its svcinfo dropped or replaced; returns the new entry."""
        svcinfo = {key: valu for key, valu in entry['svcinfo'].items() if key not in drop}
        entry = {**entry, 'svcinfo': {**svcinfo, **info}}
        self.put(entry)
        return entry

    def entries(self, network: str | None = None) -> list[Entry]:
        """Return all entries, or those of a network, by network and then by svcname."""
        items = (item for item in self.values() if network is None or item['svcnetw'] == network)
        return sorted(items, key=lambda item: (item['svcnetw'], item['svcname']))

    def online(self) -> list[tuple[str, str]]:
        """Return (name, online token) of all that are there."""
        return [(name, token) for name, item in self.items() if (token := item['svcinfo'].get('online'))]

    def by_iden(self, iden: typing.Any, online: bool = True, skiprun: str | None = None) -> list[Entry]:
        """Return the members of a service, by name: one entry a run, under the name of the instance if there is one.

        Args:
            iden: The iden that all instances of the service share. online: Only those that are there.
            skiprun: Leave out this run.
        """
        runs: dict[str, Entry] = {}
        for entry in self.entries():
            info = entry['svcinfo']
            run = info.get('run') or entry['name']
            if info.get('iden') != iden or run == skiprun or (online and 'online' not in info):
                continue
            if run not in runs or is_alias(runs[run]):
                runs[run] = entry
        return list(runs.values())

    def mirrors(self, entry: Entry) -> list[Entry]:
        """Return the followers of a service that are there and up to date.

        The run that holds the name of the leader is none, whatever it says of itself.
        """
        iden = entry['svcinfo'].get('iden')
        if iden is None:
            return []
        leaders = {item['svcinfo'].get('run') for item in self.values() if is_alias(item)} - {None}
        ready = (item for item in self.by_iden(iden) if item['svcinfo'].get('ready') and not is_alias(item))
        return [item for item in ready if item['svcinfo'].get('run') not in leaders]

    def pick(self, entry: Entry, mirror: bool) -> Entry:
        """Return an entry, or (``mirror``) one of its followers if there is one to have."""
        mirrors = self.mirrors(entry) if mirror else ()
        return random.choice(mirrors) if mirrors else entry


def is_alias(entry: Entry) -> bool:
    """Return True when an entry is the name that the leader of a service holds."""
    return bool(entry['svcname'] == entry['svcinfo'].get('leader'))


def for_user(entry: Entry, username: str) -> Entry:
    """Return an entry as a caller gets it who is to connect: ``urlinfo`` suggests the user to be there."""
    info = entry['svcinfo']
    urlinfo = {**info.get('urlinfo', {}), 'user': username.partition('@')[0]}
    return {**entry, 'svcinfo': {**info, 'urlinfo': urlinfo}}
