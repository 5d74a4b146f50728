"""``$lib.auth``: users, roles, gates, rules and easy permissions (spec: storm-runtime.md 16)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.auth.easyperm as s_easyperm
import synapse.lib.auth.rules as s_rules
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.objs as s_authobjs
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
User = s_authobjs.User
Role = s_authobjs.Role
Gate = s_authobjs.Gate
s_registry.libdoc('$lib.auth', 'Permissions.')
s_registry.libdoc('$lib.auth.users', 'Users.')
s_registry.libdoc('$lib.auth.roles', 'Roles.')
s_registry.libdoc('$lib.auth.gates', 'Objects on which permissions can be given.')
s_registry.libdoc('$lib.auth.easyperm', 'Permission levels that an object carries with itself.')


def auth_of(rt: Runtime) -> s_auth.Auth:
    """Return the users and roles of the service."""
    return typing.cast(s_auth.Auth, rt.query.core.cortex.auth)


@lib('$lib.auth.ruleFromText', pure=True)
def rule_from_text(rt: Runtime, text: str) -> tuple[bool, tuple[str, ...]]:
    """Return the rule that a text such as ``!a.b.c`` means."""
    return s_rules.rule_from_text(text)


@lib('$lib.auth.textFromRule', pure=True)
def text_from_rule(rt: Runtime, rule: Prim) -> str:
    """Return the text of a rule. Raises: SchemaViolation."""
    return s_rules.text_from_rule(s_rules.req_rule(rule))


# users


@lib('$lib.auth.users.add', readonly=False)
async def users_add(
    rt: Runtime, name: str, passwd: str | None = None, email: str | None = None, iden: str | None = None
) -> User:
    """Add a user. Raises: DupUserName, BadArg, AuthDeny."""
    s_authobjs.confirm_any(rt, ('auth', 'user', 'add'), ('storm', 'lib', 'auth', 'users', 'add'))
    return User(await auth_of(rt).addUser(name, passwd=passwd, email=email, iden=iden))


@lib('$lib.auth.users.del', readonly=False)
async def users_del(rt: Runtime, iden: str) -> None:
    """Delete a user. Raises: NoSuchUser, BadArg, AuthDeny."""
    s_authobjs.confirm_any(rt, ('auth', 'user', 'del'), ('storm', 'lib', 'auth', 'users', 'del'))
    await auth_of(rt).delUser(iden)


@lib('$lib.auth.users.list')
def users_list(rt: Runtime) -> list[User]:
    """Return all users."""
    return [User(user) for user in auth_of(rt).users()]


@lib('$lib.auth.users.get')
def users_get(rt: Runtime, iden: str | None = None) -> User | None:
    """Return a user by iden (the one who asks), null when there is none."""
    user = rt.query.user if iden is None else auth_of(rt).user(iden)
    return None if user is None else User(user)


@lib('$lib.auth.users.byname')
def users_byname(rt: Runtime, name: str) -> User | None:
    """Return a user by name, null when there is none."""
    user = auth_of(rt).getUserByName(name)
    return None if user is None else User(user)


@lib('$lib.auth.users.byemail')
def users_byemail(rt: Runtime, email: str) -> User | None:
    """Return a user by email address, null when there is none."""
    want = auth_of(rt).req_email(email, rt.query.user.iden) if '@' not in email else email.strip().lower()
    return next((User(user) for user in auth_of(rt).users() if user.email == want), None)


# roles


@lib('$lib.auth.roles.add', readonly=False)
async def roles_add(rt: Runtime, name: str, iden: str | None = None) -> Role:
    """Add a role. Raises: DupRoleName, BadArg, AuthDeny."""
    s_authobjs.confirm_any(rt, ('auth', 'role', 'add'), ('storm', 'lib', 'auth', 'roles', 'add'))
    return Role(await auth_of(rt).addRole(name, iden=iden))


@lib('$lib.auth.roles.del', readonly=False)
async def roles_del(rt: Runtime, iden: str) -> None:
    """Delete a role. Raises: NoSuchRole, BadArg, AuthDeny."""
    s_authobjs.confirm_any(rt, ('auth', 'role', 'del'), ('storm', 'lib', 'auth', 'roles', 'del'))
    await auth_of(rt).delRole(iden)


@lib('$lib.auth.roles.list')
def roles_list(rt: Runtime) -> list[Role]:
    """Return all roles."""
    return [Role(role) for role in auth_of(rt).roles()]


@lib('$lib.auth.roles.get')
def roles_get(rt: Runtime, iden: str) -> Role | None:
    """Return a role by iden, null when there is none."""
    role = auth_of(rt).role(iden)
    return None if role is None else Role(role)


@lib('$lib.auth.roles.byname')
def roles_byname(rt: Runtime, name: str) -> Role | None:
    """Return a role by name, null when there is none."""
    role = auth_of(rt).getRoleByName(name)
    return None if role is None else Role(role)


# gates


@lib('$lib.auth.gates.get')
def gates_get(rt: Runtime, iden: str) -> Gate | None:
    """Return a gate by iden, null when there is none."""
    gate = auth_of(rt).getAuthGate(iden)
    return None if gate is None else Gate(gate)


@lib('$lib.auth.gates.list')
def gates_list(rt: Runtime) -> list[Gate]:
    """Return all gates."""
    return [Gate(gate) for gate in auth_of(rt).getAuthGates()]


# permissions


@lib('$lib.auth.getPermDefs')
def perm_defs(rt: Runtime) -> tuple[Any, ...]:
    """Return the permissions that are known."""
    return tuple(s_coerce.keep(pdef) for pdef in rt.query.core.cortex.getPermDefs())


@lib('$lib.auth.getPermDef')
def perm_def(rt: Runtime, perm: Prim) -> dict[str, Any] | None:
    """Return the definition of a permission, null if it is not known."""
    found: dict[str, Any] | None = s_coerce.keep(rt.query.core.cortex.getPermDef(s_rules.norm_perm(perm)))
    return found


# easy permissions


@s_registry.attr('$lib.auth.easyperm.level')
def easyperm_level(rt: Runtime) -> dict[str, int]:
    """The levels: deny, read, edit, admin."""
    return dict(s_easyperm.LEVELS)


def _edef(edef: Any) -> dict[str, Any]:
    if edef is None:
        edef = {}
    if not isinstance(edef, dict):
        raise s_exc.BadArg(mesg='Object to set easy perms on must be a dictionary.')
    return edef


def has_level(rt: Runtime, edef: dict[str, Any], level: int) -> bool:
    """Return True if the user of the query has a level on an object."""
    return rt.query.asroot or s_easyperm.allowed(rt.query.user, edef, level)


def confirm_level(rt: Runtime, edef: dict[str, Any], level: int, mesg: str | None = None) -> None:
    """Raise AuthDeny unless the user of the query has a level on an object."""
    if not has_level(rt, edef, level):
        s_easyperm.deny(rt.query.user, level, mesg)


@lib('$lib.auth.easyperm.init', readonly=False)
def easyperm_init(rt: Runtime, edef: Any = None, default: int = 1) -> dict[str, Any]:
    """Add easy permissions to a dict, with the user of the query as admin. Raises: BadArg."""
    edef = _edef(edef)
    edef['permissions'] = s_easyperm.initial(rt.query.user.iden, default)
    return edef


@lib('$lib.auth.easyperm.set', readonly=False)
def easyperm_set(rt: Runtime, edef: Any, scope: str, iden: str, level: int | None) -> dict[str, Any]:
    """Give a level to a user or role, or take it away with null. Raises: BadArg, AuthDeny."""
    edef = _edef(edef)
    level = None if level is None or level is s_coerce.undef else s_coerce.toint(level)
    perms = s_easyperm.changed(auth_of(rt), edef.get('permissions') or {}, scope, iden, level)
    confirm_level(rt, edef, s_easyperm.ADMIN)
    edef['permissions'] = perms
    return edef


@lib('$lib.auth.easyperm.allowed', readonly=False)
def easyperm_allowed(rt: Runtime, edef: Any, level: int) -> bool:
    """Return true if the user of the query has a level."""
    return has_level(rt, _edef(edef), s_easyperm.level_of(level))


@lib('$lib.auth.easyperm.confirm', readonly=False)
def easyperm_confirm(rt: Runtime, edef: Any, level: int, mesg: str | None = None) -> None:
    """Raise AuthDeny unless the user of the query has a level."""
    confirm_level(rt, _edef(edef), s_easyperm.level_of(level), mesg)


easy_allowed = s_easyperm.allowed
