"""``$lib.jsonstor``, and documents of users (spec: jsonstor.md 7).

The documents of Storm are below ``cells/<iden of the Cortex>`` in the JSONStor, those of a user below
``users/<iden>/json``, so that several services can share one.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.objs as s_authobjs
import synapse.lib.storm.libs.misc as s_misc
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Parts = tuple[str, ...]
Genr = typing.AsyncGenerator[Any, None]
lib, method = s_registry.lib, s_registry.method

s_registry.libdoc('$lib.jsonstor', 'Documents by path, for admins.')
s_registry.typedoc('auth:user:json', 'The documents of a user, by path.')


class UserJson(s_coerce.StormObj):
    """The documents of a user."""

    storm_name = 'auth:user:json'
    storm_mutable = False

    def __init__(self, iden: str) -> None:
        self.iden = iden

    def storm_repr(self) -> str:
        return f'auth:user:json: {self.iden}'


def _parts(path: Any) -> Parts:
    path = s_coerce.toprim(path)
    if isinstance(path, (tuple, list)):
        return tuple(s_coerce.tostr(part) for part in path)
    return tuple(s_coerce.tostr(path).split('/'))


async def _stor(rt: Runtime) -> Any:
    return await rt.query.core.cortex.ready_jsonstor()


# What both libraries do, on a whole path


async def _get(rt: Runtime, path: Parts, prop: Any) -> Any:
    stor = await _stor(rt)
    if prop is None:
        return s_coerce.keep(await stor.getPathObj(path))
    return s_coerce.keep(await stor.getPathObjProp(path, _parts(prop)))


async def _set(rt: Runtime, path: Parts, valu: Any, prop: Any) -> bool:
    stor = await _stor(rt)
    if prop is None:
        await stor.setPathObj(path, valu)
        return True
    return bool(await stor.setPathObjProp(path, _parts(prop), valu))


async def _del(rt: Runtime, path: Parts, prop: Any) -> bool:
    stor = await _stor(rt)
    if prop is None:
        await stor.delPathObj(path)
        return True
    return bool(await stor.delPathObjProp(path, _parts(prop)))


async def _iter(rt: Runtime, path: Parts) -> Genr:
    stor = await _stor(rt)
    async for parts, item in stor.getPathObjs(path):
        yield parts, s_coerce.keep(item)


# $lib.jsonstor


def _base(rt: Runtime, name: str) -> Parts:
    s_misc.req_admin(rt, f'$lib.jsonstor.{name}() requires admin privileges.')
    return ('cells', rt.query.core.cortex.iden)


@lib('$lib.jsonstor.get')
async def json_get(rt: Runtime, path: Any, prop: Any = None) -> Prim:
    """Return a document, or a property of it; null when it is missing. Raises: AuthDeny, BadArg."""
    return await _get(rt, (*_base(rt, 'get'), *_parts(path)), prop)


@lib('$lib.jsonstor.has')
async def json_has(rt: Runtime, path: Any) -> bool:
    """Return true when there is a document at a path. Raises: AuthDeny."""
    base = _base(rt, 'has')
    return bool(await (await _stor(rt)).hasPathObj((*base, *_parts(path))))


@lib('$lib.jsonstor.set', readonly=False)
async def json_set(rt: Runtime, path: Any, valu: Prim, prop: Any = None) -> bool:
    """Set a document, or a property of one; false when there is none to have it. Raises: AuthDeny, BadArg."""
    return await _set(rt, (*_base(rt, 'set'), *_parts(path)), valu, prop)


@lib('$lib.jsonstor.del', readonly=False)
async def json_del(rt: Runtime, path: Any, prop: Any = None) -> bool:
    """Remove a document, or a property of one. Raises: AuthDeny, BadArg."""
    return await _del(rt, (*_base(rt, 'del'), *_parts(path)), prop)


@lib('$lib.jsonstor.iter')
async def json_iter(rt: Runtime, path: Any = None) -> Genr:
    """Yield (the rest of the path as a list, document) of all documents at and below a path. Raises: AuthDeny."""
    base = _base(rt, 'iter')
    async for item in _iter(rt, base if path is None else (*base, *_parts(path))):
        yield item


def _cache_path(path: Any, key: Any) -> Parts:
    return (*_parts(path), s_common.guid(key))


@lib('$lib.jsonstor.cacheset', readonly=False)
async def json_cacheset(rt: Runtime, path: Any, key: Prim, valu: Prim) -> dict[str, Any]:
    """Remember a value for a key below a path; returns when and where. Raises: AuthDeny, BadArg."""
    base = _base(rt, 'cacheset')
    now, place = s_common.now(), _cache_path(path, key)
    await _set(rt, (*base, *place), {'key': key, 'asof': now, 'data': valu}, None)
    return {'asof': now, 'path': place}


@lib('$lib.jsonstor.cacheget')
async def json_cacheget(rt: Runtime, path: Any, key: Prim, asof: Any = 'now', envl: bool = False) -> Prim:
    """Return what is remembered for a key since a time, or with key and time; null without. Raises: AuthDeny."""
    base = _base(rt, 'cacheget')
    since = rt.model.reqType('time').norm(s_coerce.toprim(asof))[0]
    item = await _get(rt, (*base, *_cache_path(path, key)), None)
    if item is None or item['asof'] < since:
        return None
    return item if envl else item['data']


@lib('$lib.jsonstor.cachedel', readonly=False)
async def json_cachedel(rt: Runtime, path: Any, key: Prim) -> bool:
    """Forget what is remembered for a key. Raises: AuthDeny."""
    return await _del(rt, (*_base(rt, 'cachedel'), *_cache_path(path, key)), None)


# Documents of users


def _own(rt: Runtime, obj: UserJson, verb: str) -> Parts:
    if obj.iden != rt.query.user.iden:
        rt.confirm(('user', 'json', verb))
    return ('users', obj.iden, 'json')


@s_registry.attr('$lib.user.json')
def user_json(rt: Runtime) -> UserJson:
    """The documents of the user that runs the query."""
    return UserJson(rt.query.user.iden)


@s_registry.getter('auth:user', 'json')
def auth_user_json(rt: Runtime, obj: s_authobjs.User) -> UserJson:
    """The documents of the user."""
    return UserJson(obj.iden)


@method('auth:user:json', 'get')
async def userjson_get(rt: Runtime, obj: UserJson, path: Any, prop: Any = None) -> Prim:
    """Return a document, or a property of it; null when it is missing. Raises: AuthDeny, BadArg."""
    return await _get(rt, (*_own(rt, obj, 'get'), *_parts(path)), prop)


@method('auth:user:json', 'has')
async def userjson_has(rt: Runtime, obj: UserJson, path: Any) -> bool:
    """Return true when there is a document at a path. Raises: AuthDeny."""
    base = _own(rt, obj, 'get')
    return bool(await (await _stor(rt)).hasPathObj((*base, *_parts(path))))


@method('auth:user:json', 'set', readonly=False)
async def userjson_set(rt: Runtime, obj: UserJson, path: Any, valu: Prim, prop: Any = None) -> bool:
    """Set a document, or a property of one; false when there is none to have it. Raises: AuthDeny, BadArg."""
    return await _set(rt, (*_own(rt, obj, 'set'), *_parts(path)), valu, prop)


@method('auth:user:json', 'del', readonly=False)
async def userjson_del(rt: Runtime, obj: UserJson, path: Any, prop: Any = None) -> bool:
    """Remove a document, or a property of one. Raises: AuthDeny, BadArg."""
    return await _del(rt, (*_own(rt, obj, 'set'), *_parts(path)), prop)


@method('auth:user:json', 'iter')
async def userjson_iter(rt: Runtime, obj: UserJson, path: Any = None) -> Genr:
    """Yield (the rest of the path as a list, document) of all documents at and below a path. Raises: AuthDeny."""
    base = _own(rt, obj, 'get')
    async for item in _iter(rt, base if path is None else (*base, *_parts(path))):
        yield item
