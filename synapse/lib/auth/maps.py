"""Small maps of named values that a service keeps for a user: the profile, and the variables."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth

# A key of the table is "<user iden>:<name>"; LMDB keys end at 511 bytes.
_MAX_NAME = 511 - 33


def _key(useriden: str, name: typing.Any) -> str:
    if not isinstance(name, str):
        raise s_exc.BadArg(mesg=f'The name of a value must be a string, not {type(name).__name__}.', name=name)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        size = _MAX_NAME + 1
    if size > _MAX_NAME:
        raise s_exc.BadArg(mesg=f'The name of a value has at most {_MAX_NAME} bytes of valid text.')
    return f'{useriden}:{name}'


class MapTable:
    """The maps of one kind for all users, in one table. Changed by logged changes only."""

    def __init__(self, slab: s_slab.Slab, name: str) -> None:
        self.table = s_slab.KeyVal(slab, name)
        self.missing: set[tuple[str, str]] = set()  # (user, name) of values that were looked for in vain

    def get(self, useriden: str, name: typing.Any, default: typing.Any = None) -> typing.Any:
        """Return a value, or the default. What is asked for with each query is mostly not there, and costs nothing."""
        if isinstance(name, str) and (useriden, name) in self.missing:
            return default
        valu = self.table.get(_key(useriden, name), s_common.novalu)
        if valu is not s_common.novalu:
            return valu
        if len(self.missing) < s_limits.AUTH_MISSING:
            self.missing.add((useriden, name))
        return default

    def apply_set(self, useriden: str, name: str, valu: typing.Any) -> typing.Any:
        """Store a value and return it."""
        self.table.set(_key(useriden, name), valu)
        self.missing.discard((useriden, name))
        return valu

    def apply_pop(self, useriden: str, name: str, default: typing.Any = None) -> typing.Any:
        """Remove a value and return it."""
        return self.table.pop(_key(useriden, name), default)

    def apply_drop(self, useriden: str) -> None:
        """Forget all values of a user."""
        self.table.drop_prefix(f'{useriden}:')


class UserMap:
    """One user's values of one kind."""

    def __init__(self, auth: s_auth.Auth, useriden: str, kind: str) -> None:
        self.auth = auth
        self.useriden = useriden
        self.kind = kind

    def _table(self) -> s_slab.KeyVal:
        return self.auth.maps[self.kind].table

    def get(self, name: str, default: typing.Any = None) -> typing.Any:
        """Return a value, or the default."""
        return self.auth.maps[self.kind].get(self.useriden, name, default)

    def items(self) -> list[tuple[str, typing.Any]]:
        """Return all (name, value) in the order of the names."""
        prefix = f'{self.useriden}:'
        return [(name[len(prefix) :], valu) for (name, valu) in self._table().items(prefix)]

    async def set(self, name: str, valu: typing.Any) -> typing.Any:
        """Set a value and return it. Raises BadArg, NotMsgpackSafe, NoSuchUser (the user was deleted)."""
        _key(self.useriden, name)
        return await self.auth.push(f'user:{self.kind}:set', self.useriden, name, valu)

    async def pop(self, name: str, default: typing.Any = None) -> typing.Any:
        """Remove a value and return it, or the default."""
        if not self._table().has(_key(self.useriden, name)):
            return default
        return await self.auth.push(f'user:{self.kind}:pop', self.useriden, name)
