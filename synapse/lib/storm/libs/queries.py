"""Query objects, ``$lib.storm``, caches and pipes that queries fill (spec: storm-runtime.md 2.7, 12, 23)."""

from __future__ import annotations

import asyncio
import collections
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.grammar as s_grammar
import synapse.lib.storm.libs.base as s_libbase
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.typedoc('storm:query', 'A query as a value.')


@method('storm:query', 'exec')
async def query_exec(rt: Runtime, query: s_objects.QueryObj) -> Any:
    """Run the query and return its ``return()`` value."""
    return await run_value(rt, query)


async def run_value(rt: Runtime, query: s_objects.QueryObj) -> Any:
    """Run a query object; return what it returns, else None. Raises: RecursionLimitHit."""
    rt.enter(query.query.text)
    try:
        async for _ in s_objects.run_query(rt, query):
            pass
    except s_signals.Return as e:
        return e.valu
    finally:
        rt.leave()
    return None


@method('storm:query', 'size')
async def query_size(rt: Runtime, query: s_objects.QueryObj, limit: int = 1000) -> int:
    """Count the nodes of the query, up to a limit."""
    size = 0
    try:
        async for _ in s_objects.run_query(rt, query):
            size += 1
            if size >= limit:
                break
    except s_signals.Return:
        pass
    return size


def query_of(valu: Any, vars: dict[str, Any]) -> s_objects.QueryObj:
    """Return a query object for a text or query object, with further variables. Raises: BadSyntax, BadArg."""
    if isinstance(valu, s_objects.QueryObj):
        return s_objects.QueryObj(valu.query, {**valu.vars, **vars})
    return s_objects.QueryObj(s_grammar.parse_query(s_coerce.tostr(valu)), vars)


# $lib.storm

s_registry.libdoc('$lib.storm', 'Running Storm from Storm.')


@lib('$lib.storm.eval')
async def storm_eval(rt: Runtime, text: str, cast: str | None = None) -> Any:
    """Return the value of an expression, normalised by a type or property if one is named. Raises: BadSyntax."""
    value = s_grammar.parse_value(text)
    query = s_ast.Query((0, len(text)), text, [s_ast.Return((0, len(text)), value)])
    valu = await run_value(rt, s_objects.QueryObj(query, s_objects.capture(rt, None)))
    if cast is None:
        return valu
    return s_coerce.wrap(s_libbase.find_type(rt, cast).norm(s_coerce.tostor(valu))[0])


@lib('$lib.storm.run', readonly=False)
async def storm_run(rt: Runtime, query: Any, opts: Any = None) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Run a query as one of its own; yields its messages. Raises: BadArg, AuthDeny."""
    await rt.editor.flush()
    text = query.storm_value() if isinstance(query, s_objects.QueryObj) else s_coerce.tostr(query)
    info = s_coerce.toprim(opts) or {}
    if not isinstance(info, dict):
        raise s_exc.BadArg(mesg='Storm options must be a dictionary')
    info = dict(info)
    if 'user' in info and info['user'] != rt.query.user.iden:
        rt.confirm(('impersonate',))
    info.setdefault('view', rt.view.iden)
    info.setdefault('mirror', False)
    if rt.query.readonly:
        info['readonly'] = True
    queries = rt.query.core.cortex.queries
    async for burst in queries.messages(text, info, rt.query.user):
        for mesg in burst:
            yield s_coerce.keep(s_common.un(mesg))


# caches

s_registry.libdoc('$lib.cache', 'Values that are remembered.')
s_registry.typedoc('cache:fixed', 'A cache of a fixed size that a query fills.')


class FixedCache(s_coerce.StormObj):
    """Remembers what a query returns for a key; the oldest entries go when it is full."""

    storm_name = 'cache:fixed'
    storm_mutable = False

    def __init__(self, query: s_objects.QueryObj, size: int) -> None:
        self.query = query
        self.size = size
        self.items: collections.OrderedDict[Any, Any] = collections.OrderedDict()

    def storm_repr(self) -> str:
        return f'cache:fixed: size={self.size} query="{self.query.query.text}"'

    def put(self, key: Any, valu: Any) -> None:
        """Remember a value."""
        self.items[key] = valu
        if len(self.items) > self.size:
            self.items.popitem(last=False)


def _cache_key(key: Any) -> Any:
    if s_coerce.ismutable(key):
        raise s_exc.BadArg(mesg='Mutable values are not allowed as cache keys', name=s_coerce.text(key))
    return key


def _returns(query: s_ast.Query) -> bool:
    todo: list[Any] = list(s_ast.children(query))
    while todo:
        item = todo.pop()
        if isinstance(item, s_ast.Return):
            return True
        if not isinstance(item, (s_ast.Function, s_ast.QueryValue, s_ast.ArgQuery)):
            todo.extend(s_ast.children(item))
    return False


@lib('$lib.cache.fixed')
def cache_fixed(rt: Runtime, callback: Any, size: int = 10000) -> FixedCache:
    """Return a cache of at most so many values; the callback returns the value for ``$cache_key``. Raises: BadArg."""
    if not 1 <= size <= 10000:
        raise s_exc.BadArg(mesg='Cache size must be between 1-10000')
    vars = {} if isinstance(callback, s_objects.QueryObj) else s_objects.capture(rt, None)
    try:
        query = query_of(callback, vars)
    except s_exc.BadSyntax as e:
        raise s_exc.BadArg(mesg=f'Invalid callback query: {e.get("mesg")}') from e
    if not _returns(query.query):
        raise s_exc.BadArg(mesg='Callback query must return a value')
    return FixedCache(query, size)


@method('cache:fixed', 'get')
async def cache_get(rt: Runtime, obj: FixedCache, key: Any) -> Any:
    """Return the value for a key, remembered or made by the callback."""
    key = _cache_key(key)
    if key not in obj.items:
        valu = await run_value(rt, s_objects.QueryObj(obj.query.query, {**obj.query.vars, 'cache_key': key}))
        obj.put(key, valu)
    return obj.items[key]


@method('cache:fixed', 'put')
def cache_put(rt: Runtime, obj: FixedCache, key: Any, value: Any) -> None:
    """Remember a value for a key."""
    obj.put(_cache_key(key), value)


@method('cache:fixed', 'pop')
def cache_pop(rt: Runtime, obj: FixedCache, key: Any) -> Any:
    """Forget a key and return its value, null when there is none."""
    return obj.items.pop(_cache_key(key), None)


@method('cache:fixed', 'clear')
def cache_clear(rt: Runtime, obj: FixedCache) -> None:
    """Forget everything."""
    obj.items.clear()


@s_registry.getter('cache:fixed', 'query')
def cache_query(rt: Runtime, obj: FixedCache) -> str:
    """The text of the callback."""
    return obj.query.query.text


# pipes

s_registry.libdoc('$lib.pipe', 'Pipes between a query and another that runs beside it.')
s_registry.typedoc('pipe', 'Items that one query puts and another one takes.')


class Pipe(s_coerce.StormObj):
    """A bounded queue in memory."""

    storm_name = 'pipe'

    def __init__(self, size: int) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=size)
        self.task: asyncio.Task[None] | None = None
        self.ended = asyncio.Event()

    def storm_repr(self) -> str:
        return 'pipe'

    async def take(self, size: int) -> list[Any]:
        """Return up to so many items, waiting for the first; an empty list is the end."""
        items: list[Any] = []
        while not items:
            if self.ended.is_set() and self.queue.empty():
                return items
            getter = asyncio.ensure_future(self.queue.get())
            ended = asyncio.ensure_future(self.ended.wait())
            try:
                await asyncio.wait((getter, ended), return_when=asyncio.FIRST_COMPLETED)
                if getter.done():
                    items.append(getter.result())
            finally:
                getter.cancel()
                ended.cancel()
        while len(items) < size and not self.queue.empty():
            items.append(self.queue.get_nowait())
        return items


@lib('$lib.pipe.gen')
async def pipe_gen(rt: Runtime, filler: Any, size: int = 10000) -> Pipe:
    """Return a pipe that a query, which sees it as ``$pipe``, fills while this one goes on. Raises: BadArg."""
    if not 1 <= size <= 10000:
        raise s_exc.BadArg(mesg='$lib.pipe.gen() size must be 1-10000')
    pipe = Pipe(size)
    query = query_of(filler, {**s_objects.capture(rt, None), 'pipe': pipe})

    async def fill() -> None:
        try:
            async for _ in s_objects.run_query(rt, query):
                pass
        except (s_signals.Signal, asyncio.CancelledError):
            pass
        except Exception as e:
            rt.warn(f'pipe filler error: {e}')
        finally:
            pipe.ended.set()

    pipe.task = rt.query.spawn(fill())
    return pipe


def _writable(obj: Pipe) -> Pipe:
    if obj.ended.is_set():
        raise s_exc.BadArg(mesg='You can not put() on a closed pipe.')
    return obj


@method('pipe', 'put')
async def pipe_put(rt: Runtime, obj: Pipe, item: Any) -> None:
    """Put an item, waiting while the pipe is full. Raises: BadArg."""
    await _writable(obj).queue.put(item)


@method('pipe', 'puts')
async def pipe_puts(rt: Runtime, obj: Pipe, items: Any) -> None:
    """Put all items of a list. Raises: BadArg."""
    async for item in s_objects.toiter(rt, items):
        await _writable(obj).queue.put(item)


def _slice_size(size: int) -> int:
    if not 1 <= size <= 10000:
        raise s_exc.BadArg(mesg='Size must be 1-10000')
    return size


@method('pipe', 'slice')
async def pipe_slice(rt: Runtime, obj: Pipe, size: int = 1000) -> list[Any] | None:
    """Return up to so many items, null at the end."""
    return await obj.take(_slice_size(size)) or None


@method('pipe', 'slices')
async def pipe_slices(rt: Runtime, obj: Pipe, size: int = 1000) -> typing.AsyncGenerator[list[Any], None]:
    """Yield lists of up to so many items until the end."""
    while items := await obj.take(_slice_size(size)):
        yield items


@method('pipe', 'size')
def pipe_size(rt: Runtime, obj: Pipe) -> int:
    """Return the number of items that wait."""
    return obj.queue.qsize()
