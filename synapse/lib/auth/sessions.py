"""HTTP sessions: who is behind a cookie. They survive a restart and are the same on mirrors (cell.md 13.2).

A session exists from a login to a logout, the lock or deletion of its user, or the age of its cookie. There are no
sessions of nobody: a request without a good cookie has none.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.auth.passwords as s_passwords
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth

SessInfo = dict[str, typing.Any]

MAX_AGE = s_limits.HTTP_SESS_DAYS * 24 * 3600 * 1000


class Sessions:
    """All sessions, in memory and in a table: iden to ``{created, user, username, ...}``."""

    def __init__(self, auth: s_auth.Auth, slab: s_slab.Slab) -> None:
        self.auth = auth
        self.table = s_slab.KeyVal(slab, 'auth:http:sessions')
        self.infos: dict[str, SessInfo] = dict(self.table.items())

    def get(self, iden: str) -> SessInfo | None:
        """Return the info of a session that is not too old."""
        info = self.infos.get(iden)
        if info is None or info['created'] < s_common.now() - MAX_AGE:
            return None
        return info

    async def add(self, useriden: str, username: str) -> str:
        """Begin a session of a user; returns its iden, which nobody can guess."""
        tick = s_common.now()
        iden = s_passwords.new_secret()
        info = {'created': tick, 'user': useriden, 'username': username}
        await self.auth.push('http:sess:add', iden, info, cutoff=tick - MAX_AGE)
        return iden

    async def delete(self, iden: str) -> None:
        """End a session, if there is one."""
        if iden in self.infos:
            await self.auth.push('http:sess:del', iden)

    async def update(self, iden: str, valus: SessInfo) -> None:
        """Set values of a session, if there is one. ``user`` and ``created`` stay what they are."""
        if iden in self.infos:
            await self.auth.push('http:sess:update', iden, valus)

    # ----- what the log drives ----------------------------------------------------------------------------------------

    def apply_add(self, iden: str, info: SessInfo, cutoff: int) -> None:
        """Store a session, forget those from before ``cutoff``, and the oldest ones beyond the limit."""
        for old in [name for (name, item) in self.infos.items() if item['created'] < cutoff]:
            self.apply_del(old)
        excess = len(self.infos) + 1 - s_limits.HTTP_SESS_MAX
        if excess > 0:
            by_age = sorted(self.infos, key=lambda name: (self.infos[name]['created'], name))
            for old in by_age[:excess]:
                self.apply_del(old)
        self.infos[iden] = info
        self.table.set(iden, info)

    def apply_update(self, iden: str, valus: SessInfo) -> None:
        """Change a session, if it is still there."""
        info = self.infos.get(iden)
        if info is not None:
            keep: SessInfo = {name: info[name] for name in ('created', 'user', 'username') if name in info}
            self.infos[iden] = {**info, **valus, **keep}
            self.table.set(iden, self.infos[iden])

    def apply_del(self, iden: str) -> None:
        """Forget a session."""
        self.infos.pop(iden, None)
        self.table.pop(iden)

    def apply_drop(self, useriden: str) -> None:
        """Forget all sessions of a user."""
        for iden in [iden for (iden, info) in self.infos.items() if info.get('user') == useriden]:
            self.apply_del(iden)
