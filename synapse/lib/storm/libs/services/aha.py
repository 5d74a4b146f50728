"""``$lib.aha``: the AHA that this Cortex is registered with (spec: storm-runtime.md 22; aha.md 4, 11). For admins."""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.misc as s_libmisc
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.aha', 'The services that AHA knows.')
s_registry.libdoc('$lib.aha.pool', 'Pools of services under one name.')
s_registry.typedoc('aha:pool', 'A pool of services under one name; name, services, created and creator are attributes.')
_ADMIN = 'This action requires global admin permissions.'


class Pool(s_coerce.StormObj):
    """A pool, as it was when we last heard of it."""

    storm_name = 'aha:pool'

    def __init__(self, info: Def) -> None:
        self.info = info

    def storm_repr(self) -> str:
        return f'aha:pool: {self.info["name"]}'


def link_of(rt: Runtime) -> Any:
    """Return the link to AHA. Raises: AuthDeny, NeedConfValu."""
    s_libmisc.req_admin(rt, _ADMIN)
    link = rt.query.core.cortex.aha
    if link is None:
        raise s_exc.NeedConfValu(mesg='AHA is not configured on this service.')
    return link


async def _call(rt: Runtime, meth: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of AHA. Raises: AuthDeny, NeedConfValu, NotReady, TimeOut."""
    link = link_of(rt)
    await rt.out.publish()
    return await link.call(meth, *args, **kwargs)


async def _items(rt: Runtime, link: Any, meth: str, *args: Any, **kwargs: Any) -> typing.AsyncGenerator[Any, None]:
    """Yield what a method of AHA yields."""
    await rt.out.publish()
    proxy = await link.proxy()
    async with contextlib.aclosing(getattr(proxy, meth)(*args, **kwargs)) as items:
        async for item in items:
            yield item


@lib('$lib.aha.get')
async def aha_get(rt: Runtime, svcname: str, filters: Prim = None) -> Any:
    """Return the entry of a service, null without; filters: mirror, for one that follows it. Raises: AuthDeny."""
    link_of(rt)
    if filters is not None and not isinstance(filters, dict):
        raise s_exc.BadArg(mesg=f'Filters must be a dictionary, got {type(filters).__name__}.', name='filters')
    return s_coerce.wrap(await _call(rt, 'getAhaSvc', svcname, filters=filters))


async def _entries(rt: Runtime, link: Any) -> typing.AsyncGenerator[Any, None]:
    async for entry in _items(rt, link, 'getAhaSvcs'):
        yield s_coerce.wrap(entry)


@lib('$lib.aha.list')
def aha_list(rt: Runtime) -> typing.AsyncGenerator[Any, None]:
    """Yield the entries of all services, by name. Raises: AuthDeny."""
    try:
        return _entries(rt, link_of(rt))
    except s_exc.NeedConfValu as e:
        raise s_parts.tell(e, s_parts.LATER) from None


@lib('$lib.aha.del', readonly=False)
async def aha_del(rt: Runtime, svcname: str) -> None:
    """Remove the entry of a service. Raises: AuthDeny, NoSuchName."""
    entry = await _call(rt, 'getAhaSvc', svcname)
    if entry is None:
        raise s_exc.NoSuchName(mesg=f'No AHA service for svcname={svcname!r}', name=svcname)
    await _call(rt, 'delAhaSvc', entry['svcname'], network=entry['svcnetw'])


async def _peers(
    rt: Runtime, meth: str, svcname: str, todo: Any, timeout: int | None, skiprun: str | None
) -> typing.AsyncGenerator[Any, None]:
    entry = await _call(rt, 'getAhaSvc', svcname)
    iden = None if entry is None else entry['svcinfo'].get('iden')
    if iden is None:
        raise s_exc.NoSuchName(mesg=f'No AHA service found for {svcname}', name=svcname)
    async for item in _items(rt, link_of(rt), meth, iden, todo, timeout=timeout, skiprun=skiprun):
        yield s_coerce.keep(item)


@lib('$lib.aha.callPeerApi', readonly=False)
def aha_call(
    rt: Runtime, svcname: str, todo: Prim, timeout: int | None = None, skiprun: str | None = None
) -> typing.AsyncGenerator[Any, None]:
    """Call a method of each instance of a service; yields (name, (ok, result or error)).

    Arguments: the name of a service; $lib.utils.todo() of the call; seconds that each has to answer; the run of an
    instance to pass over. Raises: AuthDeny, NoSuchName, BadArg.
    """
    link_of(rt)
    return _peers(rt, 'callAhaPeerApi', svcname, todo, timeout, skiprun)


@lib('$lib.aha.callPeerGenr', readonly=False)
def aha_genr(
    rt: Runtime, svcname: str, todo: Prim, timeout: int | None = None, skiprun: str | None = None
) -> typing.AsyncGenerator[Any, None]:
    """Do what callPeerApi() does for a method that yields; yields (name, (ok, item or error))."""
    link_of(rt)
    return _peers(rt, 'callAhaPeerGenr', svcname, todo, timeout, skiprun)


# pools


def _creator(rt: Runtime) -> Def:
    return {'creator': rt.query.user.iden}


@lib('$lib.aha.pool.add', readonly=False)
async def pool_add(rt: Runtime, name: str) -> Pool:
    """Make an empty pool. Raises: AuthDeny, DupName, BadArg."""
    return Pool(await _call(rt, 'addAhaPool', name, _creator(rt)))


@lib('$lib.aha.pool.del', readonly=False)
async def pool_del(rt: Runtime, name: str) -> Any:
    """Remove a pool and return its definition, null when there was none. Raises: AuthDeny."""
    return s_coerce.wrap(await _call(rt, 'delAhaPool', name))


@lib('$lib.aha.pool.get')
async def pool_get(rt: Runtime, name: str) -> Pool | None:
    """Return a pool, null when there is none. Raises: AuthDeny."""
    info = await _call(rt, 'getAhaPool', name)
    return None if info is None else Pool(info)


async def _pools(rt: Runtime, link: Any) -> typing.AsyncGenerator[Any, None]:
    async for info in _items(rt, link, 'getAhaPools'):
        yield Pool(info)


@lib('$lib.aha.pool.list')
def pool_list(rt: Runtime) -> typing.AsyncGenerator[Any, None]:
    """Yield all pools. Raises: AuthDeny."""
    return _pools(rt, link_of(rt))


@method('aha:pool', 'add', readonly=False)
async def pool_svcadd(rt: Runtime, obj: Pool, svcname: str) -> None:
    """Make a service a member. Raises: AuthDeny, NoSuchName."""
    obj.info = await _call(rt, 'addAhaPoolSvc', obj.info['name'], svcname, _creator(rt))


@method('aha:pool', 'del', readonly=False)
async def pool_svcdel(rt: Runtime, obj: Pool, svcname: str) -> str | None:
    """Make a service no member any more; returns its full name, null when it was none. Raises: AuthDeny, NoSuchName."""
    before = set(obj.info['services'])
    obj.info = await _call(rt, 'delAhaPoolSvc', obj.info['name'], svcname)
    return next(iter(before - set(obj.info['services'])), None)


s_objects.dynamic('aha:pool', lambda rt, obj, name: s_coerce.wrap(obj.info.get(s_coerce.tostr(name))))
