"""``$lib.service``: remote services by name (spec: storm-runtime.md 15)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.services.telepath as s_libtelepath
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib = s_registry.lib
s_registry.libdoc('$lib.service', 'Storm services.')
_WAIT = 10.0  # seconds that a call waits for a service which is not there


class Service(s_libtelepath.Proxy):
    """A service by name: its methods wait until it is there."""

    def __init__(self, services: Any, sdef: Def) -> None:
        super().__init__(services.client(sdef))
        self.services = services
        self.sdef = sdef

    def method(self, name: str) -> s_libtelepath.Method:
        """Return a method of the service."""
        there = s_libtelepath.method_of(self.proxy, name)

        async def call(rt: Runtime, *args: Any, **kwargs: Any) -> Any:
            await rt.out.publish()
            if not await self.services.wait(self.sdef['iden'], _WAIT):
                own = self.sdef['name']
                mesg = f'Timeout waiting for storm service {own}.{name}'
                raise s_exc.StormRuntimeError(mesg=mesg, name=name, service=own)
            return await typing.cast('typing.Callable[..., Any]', there.func.func)(rt, *args, **kwargs)

        return s_libtelepath.Method(s_registry.Func(f'${name}', call, readonly=False))


def _services(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.services


def _req(rt: Runtime, name: str) -> Def:
    """Return a service that the user may use. Raises: NoSuchName, AuthDeny."""
    sdef: Def = _services(rt).req(name)
    if not any(rt.allowed(('service', 'get', sdef[key])) for key in ('iden', 'name')):
        rt.confirm(('service', 'get', sdef['iden']))
    return sdef


@lib('$lib.service.add', readonly=False)
async def service_add(rt: Runtime, name: str, url: str) -> Def:
    """Connect to a service; returns ``{iden, name, url}``. Raises: AuthDeny, BadUrl."""
    rt.confirm(('service', 'add'))
    await rt.editor.flush()
    return typing.cast(Def, await _services(rt).add(name, url))


@lib('$lib.service.del', readonly=False)
async def service_del(rt: Runtime, iden: str) -> None:
    """Forget a service and its packages. Raises: AuthDeny, NoSuchStormSvc."""
    rt.confirm(('service', 'del'))
    await rt.editor.flush()
    await _services(rt).delete(iden)


@lib('$lib.service.get', readonly=False)
def service_get(rt: Runtime, name: str) -> Service:
    """Return a service by iden or name; any attribute is one of its methods. Raises: NoSuchName, AuthDeny."""
    return Service(_services(rt), _req(rt, name))


@lib('$lib.service.has')
def service_has(rt: Runtime, name: str) -> bool:
    """Return true when there is such a service."""
    return _services(rt).get(name) is not None


@lib('$lib.service.list')
def service_list(rt: Runtime) -> list[Def]:
    """Return ``{iden, name, url, ready, svcname, svcvers}`` of all services. Raises: AuthDeny."""
    rt.confirm(('service', 'list'))
    return [
        s_coerce.keep({k: v for k, v in sdef.items() if k not in ('added', 'created')}) for sdef in _services(rt).all()
    ]


@lib('$lib.service.wait')
async def service_wait(rt: Runtime, name: str, timeout: int | None = None) -> bool:
    """Wait until a service is there; false when the time passed first. Raises: NoSuchName, AuthDeny."""
    sdef = _req(rt, name)
    await rt.out.publish()
    return bool(await _services(rt).wait(sdef['iden'], timeout))


def _method(rt: Runtime, obj: s_libtelepath.Proxy, name: Any) -> s_libtelepath.Method:
    if isinstance(obj, Service):
        return obj.method(s_coerce.tostr(name))
    return s_libtelepath.method_of(obj.proxy, name)


s_objects.dynamic('telepath:proxy', _method)
