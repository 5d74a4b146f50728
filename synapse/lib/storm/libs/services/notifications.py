"""``$lib.notifications``, and telling users (spec: storm-runtime.md 16.2, 21). All of it is deprecated."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.objs as s_authobjs
import synapse.lib.storm.libs.misc as s_misc
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.notifications', 'Notifications of users. Deprecated.')


async def _stor(rt: Runtime, name: str) -> Any:
    rt.warn_once(f'{name}() is deprecated.')
    return await rt.query.core.cortex.ready_jsonstor()


async def _own(rt: Runtime, stor: Any, indx: int) -> Any:
    """Return a notification. Raises: NoSuchIden, AuthDeny."""
    found = await stor.getUserNotif(indx)
    if found is None:
        raise s_exc.NoSuchIden(mesg=f'There is no notification {indx}.', indx=indx)
    if found[0] != rt.query.user.iden:
        s_misc.req_admin(rt, 'You may only see notifications which belong to you.')
    return found


@lib('$lib.notifications.list')
async def notif_list(rt: Runtime, size: int | None = None) -> typing.AsyncGenerator[Any, None]:
    """Yield (index, (user, time, type, data)) of the notifications of the user, newest first."""
    stor = await _stor(rt, '$lib.notifications.list')
    async for item in stor.iterUserNotifs(rt.query.user.iden, size=size):
        yield s_coerce.keep(item)


@lib('$lib.notifications.get')
async def notif_get(rt: Runtime, indx: int) -> Any:
    """Return (user, time, type, data) of a notification. Raises: NoSuchIden, AuthDeny."""
    stor = await _stor(rt, '$lib.notifications.get')
    return s_coerce.keep(await _own(rt, stor, indx))


@lib('$lib.notifications.del', readonly=False)
async def notif_del(rt: Runtime, indx: int) -> None:
    """Forget a notification. Raises: NoSuchIden, AuthDeny."""
    stor = await _stor(rt, '$lib.notifications.del')
    await _own(rt, stor, indx)
    await stor.delUserNotif(indx)


@method('auth:user', 'tell', readonly=False)
async def user_tell(rt: Runtime, obj: s_authobjs.User, text: str) -> Any:
    """Tell a user something. Raises: AuthDeny."""
    stor = await _stor(rt, 'user.tell')
    if rt.query.user.allowed(('tell', obj.iden), default=True) is False and not rt.query.asroot:
        rt.confirm(('tell', obj.iden))
    return await stor.addUserNotif(obj.iden, 'tell', {'text': text, 'from': rt.query.user.iden})


@method('auth:user', 'notify', readonly=False)
async def user_notify(rt: Runtime, obj: s_authobjs.User, mesgtype: str, mesgdata: Prim) -> Any:
    """Notify a user of something. Raises: AuthDeny."""
    stor = await _stor(rt, 'user.notify')
    s_misc.req_admin(rt, '$user.notify() method requires admin privs.')
    return await stor.addUserNotif(obj.iden, mesgtype, mesgdata)
