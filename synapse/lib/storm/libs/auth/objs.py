"""User, role and gate objects (spec: storm-runtime.md 16)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.vars as s_libvars
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
method, getter = s_registry.method, s_registry.getter
Perm = tuple[str, ...]


class AuthObj(s_coerce.Thing):
    """An object of auth."""

    def __init__(self, item: Any) -> None:
        self.item = item
        self.iden = item.iden

    def storm_value(self) -> Any:
        return s_coerce.keep(self.item.pack())


class User(AuthObj):
    """A user."""

    storm_name = 'auth:user'
    item: s_auth.User

    def storm_value(self) -> Any:
        return s_coerce.keep(self.item.pack(packroles=True))


class Role(AuthObj):
    """A role."""

    storm_name = 'auth:role'
    item: s_subjects.Role


class Gate(AuthObj):
    """An object on which permissions can be given."""

    storm_name = 'auth:gate'
    item: s_subjects.Gate


s_registry.typedoc('auth:user', 'A user.')
s_registry.typedoc('auth:role', 'A role.')
s_registry.typedoc('auth:gate', 'An object on which permissions can be given.')


def confirm_any(rt: Runtime, *perms: Perm, gate: str | None = None) -> None:
    """Raise AuthDeny, naming the last permission, unless the user has one of some."""
    if not any(rt.allowed(perm, gate) for perm in perms):
        rt.confirm(perms[-1], gate)


def _confirm(rt: Runtime, obj: AuthObj, what: str, gate: str | None = None) -> None:
    """Check the permission to change a user or role; some of it everyone may do for himself."""
    kind = obj.storm_name.split(':')[1]
    if obj.iden == rt.query.user.iden and what in ('name', 'email', 'passwd', 'apikey'):
        if rt.query.asroot or rt.query.user.allowed(('auth', 'self', 'set', what), default=True):
            return
        rt.confirm(('auth', 'self', 'set', what))
    rt.confirm(('auth', kind, 'set', what) if what not in ('grant', 'revoke') else ('auth', kind, what), gate)


def _rules_methods(kind: str) -> None:
    """Register what users and roles have in common."""

    @method(kind, 'get')
    def subj_get(rt: Runtime, obj: AuthObj, name: str) -> Any:
        """Return a value of the packed object."""
        return s_coerce.wrap(obj.storm_value().get(name))

    @method(kind, 'pack')
    def subj_pack(rt: Runtime, obj: AuthObj) -> Any:
        """Return the object as a dict."""
        return obj.storm_value()

    @method(kind, 'gates')
    def subj_gates(rt: Runtime, obj: AuthObj) -> list[Gate]:
        """Return the gates on which it has permissions."""
        gates = [obj.item.auth.getAuthGate(iden) for iden in obj.item.authgates]
        return [Gate(gate) for gate in gates if gate is not None]

    @method(kind, 'getRules')
    def subj_getrules(rt: Runtime, obj: AuthObj, gateiden: str | None = None) -> Any:
        """Return the rules, or those on a gate."""
        return list(obj.item.getRules(gateiden))

    @method(kind, 'setRules', readonly=False)
    async def subj_setrules(rt: Runtime, obj: AuthObj, rules: Prim, gateiden: str | None = None) -> None:
        """Replace the rules. Raises: SchemaViolation, NoSuchAuthGate."""
        _confirm(rt, obj, 'rules', gateiden)
        await obj.item.setRules(rules, gateiden=gateiden)

    @method(kind, 'addRule', readonly=False)
    async def subj_addrule(
        rt: Runtime, obj: AuthObj, rule: Prim, gateiden: str | None = None, indx: int | None = None
    ) -> None:
        """Add a rule, as the last one or at a place. Raises: SchemaViolation, NoSuchAuthGate."""
        _confirm(rt, obj, 'rules', gateiden)
        if gateiden == 'cortex':
            rt.warn('The gate "cortex" is not asked for permissions: a rule there has no effect.')
        await obj.item.addRule(rule, indx=indx, gateiden=gateiden)

    @method(kind, 'delRule', readonly=False)
    async def subj_delrule(rt: Runtime, obj: AuthObj, rule: Prim, gateiden: str | None = None) -> None:
        """Remove a rule. Raises: SchemaViolation."""
        _confirm(rt, obj, 'rules', gateiden)
        await obj.item.delRule(rule, gateiden=gateiden)

    @method(kind, 'popRule', readonly=False)
    async def subj_poprule(rt: Runtime, obj: AuthObj, indx: int, gateiden: str | None = None) -> Any:
        """Remove and return the rule at a place. Raises: BadArg."""
        _confirm(rt, obj, 'rules', gateiden)
        return await obj.item.popRule(indx, gateiden=gateiden)


def _item_access(kind: str) -> None:
    """Register how values of users and roles are read and assigned by name."""

    async def set_item(rt: Runtime, obj: AuthObj, name: Any, valu: Any) -> None:
        name = s_coerce.tostr(name)
        if name == 'name':
            _confirm(rt, obj, 'name')
            await obj.item.setName(s_coerce.tostr(valu))
        elif name == 'email' and kind == 'auth:user':
            _confirm(rt, obj, 'email')
            await obj.item.setEmail(None if valu is None or valu is s_coerce.undef else s_coerce.tostr(valu))
        else:
            raise s_exc.NoSuchName(mesg=f'Setting {name} is not supported on {kind}.', name=name)

    s_registry.SETTERS[kind] = set_item

    def get_item(rt: Runtime, obj: AuthObj, name: Any) -> Any:
        info, name = obj.storm_value(), s_coerce.tostr(name)
        if name not in info:
            raise s_objects.no_such_name(name, obj)
        return s_coerce.wrap(info[name])

    s_objects.dynamic(kind, get_item)


for _kind in ('auth:user', 'auth:role'):
    _rules_methods(_kind)
    _item_access(_kind)


@method('auth:user', 'roles')
def user_roles(rt: Runtime, obj: User) -> list[Role]:
    """Return the roles in the order in which they were granted."""
    return [Role(role) for role in obj.item.getRoles()]


@method('auth:user', 'allowed')
def user_allowed(rt: Runtime, obj: User, permname: str, gateiden: str | None = None, default: bool = False) -> bool:
    """Return true if the user has a permission, written with dots."""
    return bool(obj.item.allowed(s_libvars.perm_path(permname), gateiden=gateiden, default=default))


@method('auth:user', 'getAllowedReason')
def user_reason(
    rt: Runtime, obj: User, permname: str, gateiden: str | None = None, default: bool = False
) -> tuple[bool | None, str]:
    """Return (allowed?, why)."""
    return obj.item.getAllowedReason(s_libvars.perm_path(permname), gateiden=gateiden, default=default)


@method('auth:user', 'grant', readonly=False)
async def user_grant(rt: Runtime, obj: User, iden: str, indx: int | None = None) -> None:
    """Give a role, as the last one or at a place. Raises: NoSuchRole."""
    _confirm(rt, obj, 'grant')
    await obj.item.grant(iden, indx=indx)


@method('auth:user', 'setRoles', readonly=False)
async def user_setroles(rt: Runtime, obj: User, idens: Prim) -> None:
    """Replace the roles. Raises: NoSuchRole, BadArg."""
    _confirm(rt, obj, 'grant')
    _confirm(rt, obj, 'revoke')
    await obj.item.setRoles(s_coerce.tolist(idens))


@method('auth:user', 'revoke', readonly=False)
async def user_revoke(rt: Runtime, obj: User, iden: str) -> None:
    """Take a role away. Raises: NoSuchRole, BadArg."""
    _confirm(rt, obj, 'revoke')
    await obj.item.revoke(iden)


@method('auth:user', 'setAdmin', readonly=False)
async def user_setadmin(rt: Runtime, obj: User, admin: bool, gateiden: str | None = None) -> None:
    """Make the user an admin (of a gate), or no longer one."""
    _confirm(rt, obj, 'admin', gateiden)
    await obj.item.setAdmin(admin, gateiden=gateiden)


@method('auth:user', 'setEmail', readonly=False)
async def user_setemail(rt: Runtime, obj: User, email: str | None) -> None:
    """Set the email address. Raises: BadArg."""
    _confirm(rt, obj, 'email')
    await obj.item.setEmail(email)


@method('auth:user', 'setPasswd', readonly=False)
async def user_setpasswd(rt: Runtime, obj: User, passwd: str | None) -> None:
    """Set the password. Raises: BadArg."""
    _confirm(rt, obj, 'passwd')
    await obj.item.setPasswd(passwd)


@method('auth:user', 'setLocked', readonly=False)
async def user_setlocked(rt: Runtime, obj: User, locked: bool) -> None:
    """Lock the user out, or let him in again. Raises: BadArg."""
    _confirm(rt, obj, 'locked')
    await obj.item.setLocked(locked)


@method('auth:user', 'setArchived', readonly=False)
async def user_setarchived(rt: Runtime, obj: User, archived: bool) -> None:
    """Archive (and lock) the user, or bring him back. Raises: BadArg."""
    _confirm(rt, obj, 'archived')
    await obj.item.setArchived(archived)


@getter('auth:user', 'vars')
def user_vars(rt: Runtime, obj: User) -> s_libvars.UserMap:
    """Variables that are kept for the user."""
    return s_libvars.UserMap(rt, obj.item, 'vars', 'auth:user:vars')


@getter('auth:user', 'profile')
def user_profile(rt: Runtime, obj: User) -> s_libvars.UserMap:
    """The profile of the user."""
    return s_libvars.UserMap(rt, obj.item, 'profile', 'auth:user:profile')


for _kind in ('auth:user:vars', 'auth:user:profile'):
    s_objects.dynamic(_kind, s_libvars.MAP_DEREF)
    s_registry.SETTERS[_kind] = s_libvars.MAP_SETITEM


# API keys


@method('auth:user', 'genApiKey', readonly=False)
async def user_genkey(rt: Runtime, obj: User, name: str, duration: int | None = None) -> Any:
    """Make an API key, good for a number of milliseconds; returns (token, info), the token only this once."""
    _confirm(rt, obj, 'apikey')
    return s_coerce.keep(await obj.item.auth.apikeys.add(obj.iden, name, duration=duration))


@method('auth:user', 'listApiKeys')
def user_listkeys(rt: Runtime, obj: User) -> list[Any]:
    """Return the API keys of the user."""
    _confirm(rt, obj, 'apikey')
    return [s_coerce.keep(info) for info in obj.item.auth.apikeys.list(obj.iden)]


def _key(rt: Runtime, obj: User, iden: str) -> dict[str, Any]:
    _confirm(rt, obj, 'apikey')
    info = obj.item.auth.apikeys.req(iden)
    if info['user'] != obj.iden:
        raise s_exc.NoSuchIden(mesg=f'User API key does not exist: {iden}', iden=iden)
    return info


@method('auth:user', 'getApiKey')
def user_getkey(rt: Runtime, obj: User, iden: str) -> Any:
    """Return the info of an API key. Raises: NoSuchIden."""
    return s_coerce.keep(_key(rt, obj, iden))


@method('auth:user', 'modApiKey', readonly=False)
async def user_modkey(rt: Runtime, obj: User, iden: str, name: str, valu: Prim) -> Any:
    """Change a value of an API key. Raises: NoSuchIden, BadArg."""
    _key(rt, obj, iden)
    return s_coerce.keep(await obj.item.auth.apikeys.edit(iden, name, valu))


@method('auth:user', 'delApiKey', readonly=False)
async def user_delkey(rt: Runtime, obj: User, iden: str) -> bool:
    """Delete an API key. Raises: NoSuchIden."""
    _key(rt, obj, iden)
    return bool(await obj.item.auth.apikeys.delete(iden))


# gates


s_registry.facts(
    'auth:gate',
    lambda obj, name: s_coerce.wrap(obj.item.pack()[name]),
    {
        'iden': 'The iden of the object.',
        'type': 'The type of the object.',
        'users': 'The users with permissions on it.',
        'roles': 'The roles with permissions on it.',
    },
)
