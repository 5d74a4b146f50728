"""A service reduced to what auth needs: a directory with a slab and a change log."""

from __future__ import annotations

import pathlib
import shutil
import typing

import synapse.lib.auth as s_auth
import synapse.lib.base as s_base
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

CELLIDEN = 'cd' * 16


class Home(s_base.Base):
    """Auth in a directory. ``events`` collects what watchers are told."""

    async def __anit__(self, dirn: pathlib.Path, **opts: typing.Any) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.dirn = dirn
        self.slab = s_slab.Slab.open(str(dirn / 'cell.lmdb'))
        self.onfini(self.slab.close)
        self.nexsroot = await s_nexus.NexsRoot.anit(str(dirn / 'nexuslog'))
        self.nexsroot.add_slab(self.slab)
        self.auth = await s_auth.Auth.anit(self.slab, self.nexsroot, celliden=CELLIDEN, **opts)
        self.onfini(self.auth)
        self.onfini(self.nexsroot)
        self.events: list[dict[str, typing.Any]] = []
        self.auth.beholder = self._behold
        await self.nexsroot.startup()
        self.ops = s_auth.AuthOps.of(self.auth)

    def _behold(self, event: str, offset: int, info: dict[str, typing.Any], gates: typing.Any = ()) -> None:
        self.events.append({'event': event, 'offset': offset, 'info': info, 'gates': list(gates)})

    async def after_crash(self, dirn: pathlib.Path, **opts: typing.Any) -> Home:
        """Return what a new process finds when this one is killed now: the files as they are on disk."""
        shutil.copytree(self.dirn, dirn)
        return await Home.anit(dirn, **opts)

    def state(self) -> typing.Any:
        """Return everything that auth knows, secrets included."""
        auth = self.auth
        return {
            'users': {user.iden: user.info for user in auth.users()},
            'roles': {role.iden: role.info for role in auth.roles()},
            'gates': [gate.pack() for gate in auth.getAuthGates()],
            'profiles': {user.iden: user.profile.items() for user in auth.users()},
            'vars': {user.iden: user.vars.items() for user in auth.users()},
            'apikeys': auth.apikeys.kdefs,
            'sessions': auth.sessions.infos,
        }
