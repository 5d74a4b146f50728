"""Which code and storage versions this directory has seen, and the refusal to step back (cell.md 3)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.slab as s_slab

Version = tuple[int, int, int]


class Versions:
    """The version facts in the cell slab.

    The code versions are plain local facts, written at each start. The storage versions (``cellvers``) are changed by
    migrations on the leader and travel through the Nexus.
    """

    def __init__(self, slab: s_slab.Slab) -> None:
        self.info = s_slab.KeyVal(slab, 'cell:info')
        self.vers = s_slab.KeyVal(slab, 'cell:vers')

    def get(self, name: str) -> int | None:
        """Return a storage version, None when there is none yet."""
        return typing.cast('int | None', self.vers.get(name))

    def set(self, name: str, vers: int) -> None:
        """Record a storage version."""
        self.vers.set(name, vers)

    def pack(self) -> dict[str, int]:
        """Return all storage versions by name."""
        return dict(self.vers.items())

    @property
    def booted(self) -> bool:
        """True when a start on this directory has succeeded before."""
        return bool(self.info.get('cell:booted'))

    def set_booted(self) -> None:
        """Record that a start has succeeded."""
        if not self.booted:
            self.info.set('cell:booted', True)

    def req_no_regression(self, celltype: str, version: Version) -> None:
        """Raise BadVersion when the directory was used by newer code; else record the versions of this code."""
        for name, label, now in (
            ('cell:version', f'Cell version regression ({celltype})', version),
            ('synapse:version', 'Synapse version regression', s_common.version),
        ):
            last = self.info.get(name)
            if last is not None and tuple(last) > tuple(now):
                mesg = f'{label} is not allowed! Stored version: {_text(last)}, current version: {_text(now)}.'
                raise s_exc.BadVersion(mesg=mesg, currver=tuple(now), storver=tuple(last))
        for name, now in (('cell:version', version), ('synapse:version', s_common.version)):
            if self.info.get(name) != tuple(now):
                self.info.set(name, tuple(now))


def _text(vers: typing.Iterable[int]) -> str:
    return '.'.join(str(part) for part in vers)
