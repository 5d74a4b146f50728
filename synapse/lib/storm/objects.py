"""Storm objects that are not plain values, and what can be done with any value: dereference, call, iterate."""

from __future__ import annotations

import asyncio
import decimal
import inspect
import types
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals
import synapse.lib.view as s_view

Any = typing.Any
Func = s_registry.Func
MISSING = s_common.novalu

# the registry names of the plain Python types
_KINDS: dict[type, str] = {
    str: 'str',
    bytes: 'bytes',
    list: 'list',
    tuple: 'list',
    dict: 'dict',
    set: 'set',
    decimal.Decimal: 'number',
    bool: 'boolean',
    int: 'int',
    float: 'number',
    types.NoneType: 'null',
    range: 'generator',
    s_view.Node: 'node',
}


_STYPES = {
    'str': 'Str',
    'bytes': 'Bytes',
    'boolean': 'Bool',
    'set': 'Set',
    'list': 'List',
    'node': 'Node',
    'number': 'Number',
}


def kind_of(valu: Any) -> str:
    """Return the Storm type name of a value."""
    kind = _KINDS.get(type(valu))
    if kind is not None:
        return kind
    if isinstance(valu, s_coerce.StormObj):
        return valu.storm_name
    if isinstance(valu, s_coerce.Undef):
        return 'undef'
    if callable(valu):
        return 'function'
    return 'generator' if hasattr(valu, '__aiter__') or hasattr(valu, '__next__') else type(valu).__name__


class Lib(s_coerce.StormObj):
    """A library, ``$lib`` or below."""

    storm_name = 'lib'
    storm_mutable = False

    def __init__(self, path: str) -> None:
        self.path = path

    def storm_repr(self) -> str:
        return f'Library {self.path}'


LIB = Lib('$lib')


class Bound(s_coerce.StormObj):
    """A library function or method, ready to be called."""

    storm_name = 'function'
    storm_mutable = False
    __slots__ = ('func', 'args')

    def __init__(self, func: Func, *args: Any) -> None:
        self.func = func
        self.args = args

    def storm_repr(self) -> str:
        return f'Function {self.func.name}()'


class PathObj(s_coerce.StormObj):
    """``$path``."""

    storm_name = 'node:path'

    def __init__(self, path: s_runtime.Path) -> None:
        self.path = path


class PathVars(s_coerce.StormObj):
    """``$path.vars``."""

    storm_name = 'node:path:vars'

    def __init__(self, path: s_runtime.Path) -> None:
        self.path = path

    def storm_iter(self) -> Any:
        return iter([item for item in self.path.vars.items() if item[0][:1] != '\x00'])

    def storm_value(self) -> Any:
        return None


class PathMeta(s_coerce.StormObj):
    """``$path.meta``."""

    storm_name = 'node:path:meta'

    def __init__(self, path: s_runtime.Path) -> None:
        self.path = path

    def storm_iter(self) -> Any:
        return iter(list((self.path.meta or {}).items()))

    def storm_value(self) -> Any:
        return None


class NodeProps(s_coerce.StormObj):
    """``$node.props``."""

    storm_name = 'node:props'

    def __init__(self, node: s_view.Node) -> None:
        self.node = node

    def storm_value(self) -> Any:
        return dict(self.node.props)

    def storm_bool(self) -> bool:
        return bool(self.node.props)

    def storm_iter(self) -> Any:
        return iter([(name, s_coerce.keep(valu)) for name, valu in list(self.node.props.items())])


class NodeData(s_coerce.StormObj):
    """``$node.data``."""

    storm_name = 'node:data'

    def __init__(self, node: s_view.Node) -> None:
        self.node = node

    def storm_repr(self) -> str:
        return f'node:data: {s_coerce.node_text(self.node)}'


class QueryObj(s_coerce.StormObj):
    """``${ query }``: a query with the variables that it captured."""

    storm_name = 'storm:query'

    def __init__(self, query: s_ast.Query, vars: dict[str, Any]) -> None:
        self.query = query
        self.vars = vars
        self.plan: Any = None

    def storm_value(self) -> str:
        return self.query.text

    def storm_str(self) -> str:
        return self.query.text

    def storm_bool(self) -> bool:
        return bool(self.query.text)

    def storm_repr(self) -> str:
        return f'storm:query: "{self.query.text}"'


class StormFunc(s_coerce.StormObj):
    """A function that was defined in Storm. ``kind`` is ``'value'``, ``'emit'`` or ``'nodes'``."""

    storm_name = 'function'

    def __init__(
        self,
        name: str,
        params: list[tuple[str, Any]],
        plan: Any,
        kind: str,
        rt: s_runtime.Runtime,
        place: tuple[str, s_ast.Node],
    ) -> None:
        self.name = name
        self.place = place  # for errors (see highlight)
        self.params = params
        self.plan = plan
        self.kind = kind
        self.rt = rt

    def storm_repr(self) -> str:
        return f'Function {self.name}()'

    def stray(self, mesg: str, keyword: str, signal: BaseException) -> typing.NoReturn:
        """Raise the error for a statement of the function that is outside of what it controls."""
        mesg = f'function {self.name} - {mesg}'
        raise s_exc.StormRuntimeError(mesg=mesg, statement=keyword, function=self.name) from signal

    def bind(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by name. Raises: StormRuntimeError."""
        name, params = self.name, self.params
        given = len(args) + len(kwargs)
        if given > len(params):
            raise s_exc.StormRuntimeError(mesg=f'{name}() takes {len(params)} arguments but {given} were provided')
        bound = {param: arg for (param, _), arg in zip(params, args, strict=False)}
        rest = dict(kwargs)
        for param, default in params[len(args) :]:
            if param in rest:
                bound[param] = rest.pop(param)
            elif default is MISSING:
                raise s_exc.StormRuntimeError(mesg=f'{name}() missing required argument {param}')
            else:
                bound[param] = default
        for key in rest:
            what = 'multiple values for parameter' if key in bound else 'unexpected keyword argument:'
            raise s_exc.StormRuntimeError(mesg=f'{name}() got {what} {key}')
        return bound

    def scope(self, rt: s_runtime.Runtime, args: list[Any], kwargs: dict[str, Any]) -> s_runtime.Runtime:
        """Return the runtime that a call runs in."""
        home = self.rt.query  # rights belong to the place where a function was written, not to its caller
        inner = s_runtime.Runtime(rt.query if home.asroot == rt.query.asroot else home, self.rt, True)
        inner.vars.update(self.bind(args, kwargs))
        return inner


class NodeGenr(s_coerce.StormObj):
    """A lazy stream of paths, to be taken once: what a function without return or emit gives."""

    storm_name = 'generator'

    def __init__(self, start: typing.Callable[[], s_runtime.Stream]) -> None:
        self._start: typing.Callable[[], s_runtime.Stream] | None = start

    def storm_repr(self) -> str:
        return 'generator'

    def start(self) -> s_runtime.Stream:
        """Return the stream, an empty one after the first time."""
        start, self._start = self._start, None
        return _no_paths() if start is None else start()


async def _no_paths() -> s_runtime.Stream:
    return
    yield


# dereference


def is_plain_name(name: Any) -> bool:
    """Return True for a constant name, whose dereference never has to wait."""
    return isinstance(name, str) and name not in _SLOW


_SLOW: set[str] = set()


def find_lib(path: str) -> Func | None:
    """Return the registered item with a full path such as ``$lib.time.now``."""
    base, _, name = path.rpartition('.')
    found = s_registry.LIBS.get(base, {}).get(name)
    return None if found is None or found.getter else found


def no_such_name(name: Any, valu: Any) -> s_exc.SynErr:
    """Return the error for an attribute that a value does not have."""
    mesg = f'Cannot find name [{s_coerce.text(name)}] on type {kind_of(valu)}'
    return s_exc.NoSuchName(mesg=mesg, name=s_coerce.text(name), styp=_STYPES.get(kind_of(valu), kind_of(valu)))


def deref(rt: s_runtime.Runtime, valu: Any, name: Any) -> Any:
    """Return ``valu.name``. Raises: NoSuchName, StormRuntimeError."""
    if valu is None:
        return None
    kind = type(valu)
    if kind is dict:
        return valu.get(_key(name))
    if kind is Lib:
        return _lib_attr(rt, valu, s_coerce.tostr(name))
    found = s_registry.TYPES.get(kind_of(valu), {}).get(name if isinstance(name, str) else '')
    if found is not None:
        if found.getter:
            return typing.cast('typing.Callable[..., Any]', found.func)(rt, valu)
        return Bound(found, valu)
    dynamic = _DYNAMIC.get(kind_of(valu))
    if dynamic is not None:
        return dynamic(rt, valu, name)
    if kind is int or isinstance(valu, s_coerce.Undef):
        name = type(valu).__name__
        raise s_exc.NoSuchType(mesg=f'Unable to convert python primitive to StormType ( {name} )', python_type=name)
    raise no_such_name(name, valu)


_DYNAMIC: dict[str, typing.Callable[[s_runtime.Runtime, Any, Any], Any]] = {}
"""Type name -> ``get(rt, obj, name)`` for types whose attributes are data (lists, properties, variables)."""


def dynamic(kind: str, func: typing.Callable[[s_runtime.Runtime, Any, Any], Any]) -> None:
    """Register the look-up of names that are no methods of a type."""
    _DYNAMIC[kind] = func


def _key(name: Any) -> Any:
    return name


def _lib_attr(rt: s_runtime.Runtime, valu: Lib, name: str) -> Any:
    found = s_registry.LIBS[valu.path].get(name)
    if found is not None:
        if found.static is not MISSING:
            return found.static
        if found.getter:
            return typing.cast('typing.Callable[..., Any]', found.func)(rt)
        return Bound(found)
    path = f'{valu.path}.{name}'
    if path in s_registry.LIBS:
        return Lib(path)
    raise s_exc.NoSuchName(mesg=f'Cannot find name [{name}]', name=name)


def setitem(rt: s_runtime.Runtime, valu: Any, name: Any, item: Any) -> Any:
    """Do ``valu.name = item``; may return a coroutine. Raises: StormRuntimeError, IsReadOnly."""
    if type(valu) is dict:
        if s_coerce.ismutable(name):
            raise s_exc.BadArg(mesg='Mutable values are not allowed as dictionary keys', name=s_coerce.text(name))
        if item is s_coerce.undef:
            valu.pop(name, None)
        else:
            valu[name] = item
        return None
    if type(valu) is list:
        return _set_index(valu, s_coerce.toint(name), item)
    func = s_registry.SETTERS.get(kind_of(valu))
    if func is None:
        raise s_exc.StormRuntimeError(mesg=f"'{kind_of(valu)}' object does not support assignment.")
    if rt.query.readonly and kind_of(valu) not in ('node:path:vars', 'node:path:meta', 'lib'):  # of lib: debug
        if kind_of(valu) in ('node:props', 'auth:user:vars', 'auth:user:profile'):
            rt.writable()
        mesg = f'Setting {s_coerce.text(name)} on {kind_of(valu)} is not marked readonly safe.'
        raise s_exc.IsReadOnly(mesg=mesg, name=name, valu=item)
    return func(rt, valu, name, item)


def _set_index(valu: list[Any], indx: int, item: Any) -> None:
    if item is s_coerce.undef:
        if -len(valu) <= indx < len(valu):
            valu.pop(indx)
        return
    try:
        valu[indx] = item
    except IndexError as e:
        raise s_exc.StormRuntimeError(mesg='list assignment index out of range') from e


# calls


async def call(
    rt: s_runtime.Runtime, path: s_runtime.Path | None, func: Any, args: list[Any], kwargs: dict[str, Any], text: str
) -> Any:
    """Call any value. Raises: StormRuntimeError, and whatever the function raises."""
    if isinstance(func, Bound):
        item = func.func
        item.check_readonly(rt)
        target = typing.cast('typing.Callable[..., Any]', item.func)
        if not s_registry.accepts(target, item.own, len(args), tuple(kwargs)):
            raise item.misuse(len(args), tuple(kwargs))
        valu = target(rt, *func.args, *args, **kwargs)
        return await valu if inspect.isawaitable(valu) else valu
    if type(func) is StormFunc:
        return await call_storm(rt, func, args, kwargs)
    raise s_exc.StormRuntimeError(mesg=f"'{kind_of(func)}' object is not callable: {text.removeprefix('$')}")


async def call_storm(rt: s_runtime.Runtime, func: StormFunc, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a function that was defined in Storm; generators are returned unstarted."""
    inner = func.scope(rt, args, kwargs)
    if func.kind == 'emit':
        return _emitted(inner, func)
    if func.kind == 'nodes':
        return NodeGenr(lambda: _function_nodes(inner, func))
    rt.enter(func.plan.text)
    try:
        if func.plan.once is not None:
            await func.plan.run_once(inner)
        else:
            async for _ in func.plan.run(inner):
                pass
    except s_signals.Return as e:
        return e.valu
    except s_signals.Stop as e:
        func.stray('Generator control statement "stop" used outside of a generator function.', 'stop', e)
    except s_signals.LOOP as e:
        func.stray(f'Loop control statement "{e.keyword}" used outside of a loop.', e.keyword, e)
    finally:
        rt.leave()
    return None


async def _function_nodes(inner: s_runtime.Runtime, func: StormFunc) -> s_runtime.Stream:
    try:
        async for batch in func.plan.run(inner):
            yield batch
    except s_signals.Stop:
        return
    except s_signals.LOOP as e:
        func.stray(f'Loop control statement "{e.keyword}" used outside of a loop.', e.keyword, e)


class Channel:
    """Where ``emit`` hands a value to the consumer of a function and waits until the next one is asked for."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
        self.resume = asyncio.Event()

    async def emit(self, valu: Any) -> None:
        """Hand over one value."""
        self.resume.clear()
        await self.items.put((True, valu))
        await self.resume.wait()


async def _emitted(inner: s_runtime.Runtime, func: StormFunc) -> typing.AsyncGenerator[Any, None]:
    channel = inner.vars[EMIT] = Channel()

    async def body() -> None:
        try:
            async for _ in func.plan.run(inner):
                pass
        except s_signals.Stop:
            pass
        except Exception as e:
            await channel.items.put((False, e))
        else:
            await channel.items.put((False, None))
            return
        await channel.items.put((False, None))

    inner.enter(func.plan.text)
    task = asyncio.create_task(body())
    try:
        while True:
            more, valu = await channel.items.get()
            if not more:
                if valu is not None:
                    raise valu
                return
            yield valu
            channel.resume.set()
    finally:
        inner.leave()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


EMIT = '\x00emit'
"""The variable that holds the channel of an emitting function."""


# queries as values


def capture(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> dict[str, Any]:
    """Return a copy of all variables in scope."""
    chain = []
    scope: s_runtime.Runtime | None = rt
    while scope is not None:
        chain.append(scope.vars)
        scope = scope.parent
    vars: dict[str, Any] = {}
    for item in reversed(chain):
        vars.update(item)
    if path is not None:
        vars.update(path.vars)
    return vars


async def subquery_value(rt: s_runtime.Runtime, path: s_runtime.Path | None, plan: Any) -> Any:
    """Return the value of ``{ query }``: its ``return()``, else the one node, else null. Raises: BadTypeValu."""
    inner, before = scoped(rt, path)
    retn = None
    try:
        async for batch in plan.run(inner):
            for item in batch:
                if retn is not None:
                    mesg = f'Subquery used as a value yielded too many (>1) nodes. {plan.text.strip()[:256]}'
                    raise s_exc.BadTypeValu(mesg=mesg, text=plan.text.strip())
                retn = item.node
    except s_signals.Return as e:
        retn = e.valu
    finally:
        leak(rt, inner, before)
    return retn


def scoped(rt: s_runtime.Runtime, path: s_runtime.Path | None) -> tuple[s_runtime.Runtime, dict[str, Any]]:
    """Return a runtime for a query that runs at a path without taking it as input, and the variables it starts with."""
    if path is None:
        return rt, {}
    inner = rt.child(function=True)
    inner.vars.update(path.vars)
    return inner, path.vars


def leak(rt: s_runtime.Runtime, inner: s_runtime.Runtime, before: dict[str, Any]) -> None:
    """Write what such a query assigned to the scope around it."""
    if inner is not rt:
        for name, valu in inner.vars.items():
            if before.get(name, MISSING) is not valu:
                rt.assign(name, valu)


# iteration


async def iterate(rt: s_runtime.Runtime, valu: Any) -> typing.AsyncGenerator[Any, None]:
    """Yield the items of a value as ``for`` sees them. Raises: StormRuntimeError."""
    if type(valu) is list:
        indx = 0
        while indx < len(valu):  # live: items that are appended meanwhile are visited too
            yield valu[indx]
            indx += 1
    elif isinstance(valu, NodeGenr):
        async for batch in valu.start():
            for path in batch:
                yield path.node
    elif isinstance(valu, QueryObj):
        async for path in run_query(rt, valu):
            yield path.node
    elif hasattr(valu, '__aiter__'):
        async for item in valu:
            yield item
    elif isinstance(valu, s_coerce.StormObj):
        async for item in _iter_obj(valu.storm_iter()):
            yield item
    elif isinstance(valu, types.GeneratorType) or isinstance(valu, range):
        for item in valu:
            yield item
    else:
        for item in s_coerce.tolist(valu):
            yield item


def toiter(rt: s_runtime.Runtime, valu: Any) -> typing.AsyncGenerator[Any, None]:
    """Return the items of an argument: as ``iterate``, but null has none. Raises: StormRuntimeError."""
    if valu is None:
        raise s_parts.tell(s_exc.StormRuntimeError(mesg='Value is not iterable: None'), 'object')
    return iterate(rt, valu)


async def chunks(rt: s_runtime.Runtime, valu: Any) -> typing.AsyncGenerator[typing.Iterable[Any], None]:
    """Yield the items of a value in chunks; immediate sequences come as one, without a step for each item."""
    if isinstance(valu, (range, types.GeneratorType, tuple, str)):
        yield valu
    else:
        async for item in iterate(rt, valu):
            yield (item,)


async def _iter_obj(items: Any) -> typing.AsyncGenerator[Any, None]:
    if hasattr(items, '__aiter__'):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def run_query(rt: s_runtime.Runtime, query: QueryObj) -> typing.AsyncGenerator[s_runtime.Path, None]:
    """Run a query object in a scope of its own; yield its paths."""
    inner = s_runtime.Runtime(rt.query, None)
    inner.vars.update(query.vars)
    plan = rt.query.core.plan_for(query.query, inner.vars)
    async for batch in plan.run(inner):
        for path in batch:
            yield path
