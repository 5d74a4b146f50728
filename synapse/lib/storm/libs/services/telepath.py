"""``$lib.telepath``: calling other services (spec: storm-runtime.md 15)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.telepath as s_telepath

Any = typing.Any
Runtime = s_runtime.Runtime
s_registry.libdoc('$lib.telepath', 'Calling other services.')
s_registry.typedoc('telepath:proxy', 'A service. Any attribute is one of its methods.')
s_registry.typedoc('telepath:proxy:method', 'A method of a service.')


class Proxy(s_coerce.StormObj):
    """A service: what its methods are called on."""

    storm_name = 'telepath:proxy'
    storm_mutable = False

    def __init__(self, proxy: Any) -> None:
        self.proxy = proxy

    def storm_repr(self) -> str:
        return f'telepath:proxy: {self.proxy}'


class Method(s_objects.Bound):
    """A method of a service, ready to be called."""

    storm_name = 'telepath:proxy:method'

    def storm_repr(self) -> str:
        return f'telepath:proxy:method: {self.func.name}'


def method_of(proxy: Any, name: Any) -> Method:
    """Return a method of a service. Raises: NoSuchName for a private name."""
    text = s_coerce.tostr(name)
    if text.startswith('_'):
        raise s_exc.NoSuchName(mesg=f'No proxy method named {text}', name=text)

    async def call(rt: Runtime, *args: Any, **kwargs: Any) -> Any:
        await rt.out.publish()
        argv = [s_coerce.toprim(arg) for arg in args]
        retn = getattr(proxy, text)(*argv, **{key: s_coerce.toprim(valu) for key, valu in kwargs.items()})
        if hasattr(retn, '__aiter__'):
            return _items(retn)
        retn = await retn
        if isinstance(retn, s_telepath.Share):
            return Proxy(retn)
        return _items(retn) if hasattr(retn, '__aiter__') else s_coerce.keep(retn)

    return Method(s_registry.Func(f'${text}', call, readonly=False))


async def _items(genr: Any) -> typing.AsyncGenerator[Any, None]:
    async for item in genr:
        yield s_coerce.keep(item)


def _refuse(rt: Runtime, obj: Proxy, name: Any, valu: Any) -> None:
    raise s_exc.StormRuntimeError(mesg='Proxy does not support assignment.', name=s_coerce.text(name))


s_objects.dynamic('telepath:proxy', lambda rt, obj, name: method_of(obj.proxy, name))
s_registry.SETTERS['telepath:proxy'] = _refuse


@s_registry.lib('$lib.telepath.open', readonly=False)
async def telepath_open(rt: Runtime, url: str) -> Proxy:
    """Return the service at a URL; all calls of a query share a connection. Raises: AuthDeny, StormRuntimeError."""
    scheme = url.partition('://')[0]
    if not rt.allowed(('lib', 'telepath', 'open', scheme)):
        rt.confirm(('storm', 'lib', 'telepath', 'open', scheme))
    proxy = rt.query.proxies.get(url)
    if proxy is None or proxy.isfini:
        await rt.out.publish()
        try:
            proxy = rt.query.proxies[url] = await s_telepath.openurl(url)
        except s_exc.SynErr as e:
            if e.errname not in ('LinkErr', 'CryptoErr'):
                raise
            mesg = f'Failed to connect to Telepath service: "{url}" error: {e.get("mesg")}'
            raise s_exc.StormRuntimeError(mesg=mesg) from e
        except (OSError, TimeoutError) as e:
            mesg = f'Failed to connect to Telepath service: "{url}" error: {e}'
            raise s_exc.StormRuntimeError(mesg=mesg) from e
    return Proxy(proxy)
