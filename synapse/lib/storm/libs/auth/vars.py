"""Named values that stay: ``$lib.globals``, and those of a user (spec: storm-runtime.md 16.2, 18)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.globals', 'Variables of the whole Cortex.')
s_registry.libdoc('$lib.user', 'The user that runs the query.')


def _req_name(name: Any, what: str) -> str:
    """Raise StormRuntimeError for a name that is no string."""
    if not isinstance(name, str):
        raise s_exc.StormRuntimeError(mesg=f'The name of a {what} must be a string.', name=s_coerce.text(name))
    return name


def _globals(rt: Runtime) -> Any:
    return rt.query.core.cortex.stormvars


@lib('$lib.globals.get')
def globals_get(rt: Runtime, name: Any, default: Prim = None) -> Any:
    """Return a value, or the default."""
    rt.confirm(('globals', 'get', _req_name(name, 'persistent variable')))
    return s_coerce.wrap(_globals(rt).get(name, default))


@lib('$lib.globals.set', readonly=False)
async def globals_set(rt: Runtime, name: Any, valu: Prim) -> Any:
    """Set a value and return it."""
    rt.confirm(('globals', 'set', _req_name(name, 'persistent variable')))
    await rt.editor.flush()
    return s_coerce.wrap(await _globals(rt).set(name, valu))


@lib('$lib.globals.pop', readonly=False)
async def globals_pop(rt: Runtime, name: Any, default: Prim = None) -> Any:
    """Remove a value and return it, or the default."""
    rt.confirm(('globals', 'pop', _req_name(name, 'persistent variable')))
    return s_coerce.wrap(await _globals(rt).pop(name, default))


@lib('$lib.globals.list')
def globals_list(rt: Runtime) -> list[tuple[str, Any]]:
    """Return (name, value) pairs of those that the user may get."""
    items = _globals(rt).items()
    return [(name, s_coerce.keep(valu)) for name, valu in items if rt.allowed(('globals', 'get', name))]


# values of users


class UserMap(s_coerce.StormObj):
    """The variables or the profile of a user. ``kind``: vars or profile; ``own``: asked for by the user himself."""

    def __init__(self, rt: Runtime, user: s_auth.User, kind: str, name: str) -> None:
        self.rt = rt
        self.user = user
        self.kind = kind
        self.storm_name = name
        self.items = user.vars if kind == 'vars' else user.profile

    def confirm(self, what: str, name: str) -> None:
        """Raise AuthDeny unless the user of the query may do it."""
        if self.user.iden == self.rt.query.user.iden:
            return
        if self.kind == 'profile':
            self.rt.confirm(('auth', 'user', what, 'profile', name))
        elif not self.rt.query.asroot:
            self.rt.query.user.reqAdmin(mesg='Only an admin may use the variables of another user.')

    def pairs(self) -> list[tuple[str, Any]]:
        """Return (name, value) pairs."""
        self.confirm('get', '')
        return [(name, s_coerce.keep(valu)) for name, valu in dict(self.items.items()).items()]

    def storm_iter(self) -> Any:
        return iter(self.pairs())

    def storm_value(self) -> Any:
        return dict(self.pairs())

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {dict(self.pairs())}'


def _map_methods(kind: str, doc: str) -> None:
    s_registry.typedoc(kind, doc)

    @method(kind, 'get')
    def map_get(rt: Runtime, obj: UserMap, name: str, default: Prim = None) -> Any:
        """Return a value, or the default."""
        obj.confirm('get', name)
        return s_coerce.wrap(obj.items.get(name, default))

    @method(kind, 'set', readonly=False)
    async def map_set(rt: Runtime, obj: UserMap, name: Any, valu: Prim) -> Any:
        """Set a value; returns the one before."""
        name = _req_name(name, 'variable')
        obj.confirm('set', name)
        before = obj.items.get(name)
        await obj.items.set(name, valu)
        return s_coerce.wrap(before)

    @method(kind, 'pop', readonly=False)
    async def map_pop(rt: Runtime, obj: UserMap, name: str, default: Prim = None) -> Any:
        """Remove a value and return it, or the default."""
        obj.confirm('pop', name)
        return s_coerce.wrap(await obj.items.pop(name, default))

    @method(kind, 'list')
    def map_list(rt: Runtime, obj: UserMap) -> list[tuple[str, Any]]:
        """Return (name, value) pairs."""
        return obj.pairs()


_map_methods('user:vars:dict', 'The variables of the user that runs the query.')
_map_methods('user:profile:dict', 'The profile of the user that runs the query.')
for _kind, _doc in (('auth:user:vars', 'The variables of a user.'), ('auth:user:profile', 'The profile of a user.')):
    s_registry.typedoc(_kind, _doc)


def _map_deref(rt: Runtime, obj: UserMap, name: Any) -> Any:
    name = s_coerce.tostr(name)
    obj.confirm('get', name)
    return s_coerce.wrap(obj.items.get(name))


async def _map_setitem(rt: Runtime, obj: UserMap, name: Any, valu: Any) -> None:
    name = s_coerce.tostr(name)
    if valu is s_coerce.undef:
        obj.confirm('pop', name)
        await obj.items.pop(name)
        return
    obj.confirm('set', name)
    await obj.items.set(name, s_coerce.toprim(valu))


MAP_DEREF, MAP_SETITEM = _map_deref, _map_setitem


# $lib.user


@lib('$lib.user.name')
def user_name(rt: Runtime) -> str:
    """Return the name of the user."""
    return rt.query.user.name


@s_registry.attr('$lib.user.iden')
def user_iden(rt: Runtime) -> str:
    """The iden of the user."""
    return rt.query.user.iden


@lib('$lib.user.allowed')
def user_allowed(rt: Runtime, permname: str, gateiden: str | None = None, default: bool = False) -> bool:
    """Return true if the user has a permission, written with dots."""
    return bool(rt.query.user.allowed(tuple(permname.split('.')), gateiden=gateiden, default=default))


@s_registry.attr('$lib.user.vars')
def user_vars(rt: Runtime) -> UserMap:
    """Variables that are kept for the user."""
    return UserMap(rt, rt.query.user, 'vars', 'user:vars:dict')


@s_registry.attr('$lib.user.profile')
def user_profile(rt: Runtime) -> UserMap:
    """The profile of the user."""
    return UserMap(rt, rt.query.user, 'profile', 'user:profile:dict')


def perm_path(text: str) -> tuple[str, ...]:
    """Return the path of a permission that is written with dots. Raises: BadArg."""
    if not text:
        raise s_exc.BadArg(mesg='A permission must not be empty.')
    return tuple(text.split('.'))
