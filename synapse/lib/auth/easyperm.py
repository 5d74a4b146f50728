"""Easy permissions: a level for each user and role that an object carries with itself (storm-runtime.md 16.4).

``{'permissions': {'users': {iden: level}, 'roles': {iden: level}, 'default': level}}``, levels 0 (deny) to 3 (admin).
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth
    import synapse.lib.auth.users as s_users

Def = dict[str, typing.Any]
DENY, READ, EDIT, ADMIN = range(4)
LEVELS = {'deny': DENY, 'read': READ, 'edit': EDIT, 'admin': ADMIN}


def level_of(valu: typing.Any) -> int:
    """Return a level that exists. Raises: BadArg."""
    if not isinstance(valu, int) or not 0 <= valu <= 3:
        raise s_exc.BadArg(mesg=f'Invalid permission level: {valu} (must be <= 3 and >= 0, or None)')
    return valu


def initial(useriden: str, default: int = READ) -> Def:
    """Return the permissions of an object of which a user is the admin. Raises: BadArg."""
    return {'users': {useriden: ADMIN}, 'roles': {}, 'default': level_of(default)}


def changed(auth: s_auth.Auth, perms: Def, scope: str, iden: str, level: int | None) -> Def:
    """Return permissions in which a user or role has another level, or (None) no entry.

    Raises: BadArg, NoSuchUser, NoSuchRole.
    """
    if scope not in ('users', 'roles'):
        raise s_exc.BadArg(mesg=f'Invalid permissions scope: {scope} (must be "users" or "roles")')
    if scope == 'users':
        auth.reqUser(iden)
    else:
        auth.reqRole(iden)
    table = dict(perms.get(scope) or {})
    if level is None:
        table.pop(iden, None)
    else:
        table[iden] = level_of(level)
    return {**perms, scope: table}


def allowed(user: s_users.User, edef: Def, level: int) -> bool:
    """Return True if a user has a level on an object: by his own entry, by his roles in order, by the default."""
    if user.isAdmin():
        return True
    perms = edef.get('permissions') or {}
    users, roles = perms.get('users') or {}, perms.get('roles') or {}
    for have in (users.get(user.iden), *(roles.get(role.iden) for role in user.getRoles())):
        if have == DENY:
            return False
        if have is not None and have >= level:
            return True
    return bool((perms.get('default') or 0) >= level)


def deny(user: s_users.User, level: int, mesg: str | None = None) -> typing.NoReturn:
    """Raise the AuthDeny of a missing level."""
    name = next(name for name, valu in LEVELS.items() if valu == level)
    mesg = mesg or f'User ({user.name}) has insufficient permissions (requires: {name}).'
    raise s_exc.AuthDeny(mesg=mesg, user=user.iden, username=user.name)
