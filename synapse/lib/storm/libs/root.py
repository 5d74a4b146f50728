"""``$lib``: functions of its root that make, copy, sort and show values (spec: storm-runtime.md 3)."""

from __future__ import annotations

import pprint
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Prim = s_registry.Prim
lib, method = s_registry.lib, s_registry.method


def deprecated(rt: Runtime, mesg: str) -> None:
    """Warn about the use of something deprecated, once for each query."""
    rt.warn_once(mesg)


@lib('$lib.list')
def lib_list(rt: Runtime, *vals: Any) -> list[Any]:
    """Return a list. Deprecated: write ``([])``."""
    deprecated(rt, '$lib.list() is deprecated. Use ([]) instead.')
    return list(vals)


@lib('$lib.dict')
def lib_dict(rt: Runtime, **kwargs: Any) -> dict[str, Any]:
    """Return a dict. Deprecated: write ``({})``."""
    deprecated(rt, '$lib.dict() is deprecated. Use ({}) instead.')
    return kwargs


async def _numbers(rt: Runtime, args: typing.Iterable[Any], name: str) -> list[int]:
    numbers = []
    for arg in args:
        if isinstance(arg, (list, tuple, set)):
            numbers += [s_coerce.toint(item) for item in arg]
        elif s_objects.kind_of(arg) == 'generator':
            numbers += [s_coerce.toint(item) async for item in s_objects.iterate(rt, arg)]
        else:
            numbers.append(s_coerce.toint(arg))
    if not numbers:
        mesg = f'$lib.{name}() must have at least one argument or a list containing at least one value.'
        raise s_exc.StormRuntimeError(mesg=mesg)
    return numbers


@lib('$lib.max', pure=True)
async def lib_max(rt: Runtime, *args: Any) -> int:
    """Return the largest of some integers and lists of integers."""
    return max(await _numbers(rt, args, 'max'))


@lib('$lib.min', pure=True)
async def lib_min(rt: Runtime, *args: Any) -> int:
    """Return the smallest of some integers and lists of integers."""
    return min(await _numbers(rt, args, 'min'))


@lib('$lib.sorted', pure=True)
async def lib_sorted(rt: Runtime, valu: Any, reverse: bool = False) -> typing.Iterator[Any]:
    """Yield the items of a value in order; a dict gives (key, value) pairs."""
    items = [item async for item in s_objects.toiter(rt, valu)]
    try:
        items.sort(reverse=reverse, key=_orderly)
    except TypeError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error sorting values: {e}', valurepr=s_coerce.text(valu)[:1000]) from e
    return (item for item in items)


def _orderly(valu: Any) -> Any:
    return s_coerce.toprim(valu)


@lib('$lib.copy', pure=True)
def lib_copy(rt: Runtime, item: Any) -> Any:
    """Return a deep copy of plain data. Raises: BadArg."""
    try:
        return s_coerce.wrap(s_common.un(s_common.en(s_coerce.toprim(item))))
    except (s_exc.NoSuchType, s_exc.NotMsgpackSafe) as e:
        raise s_exc.BadArg(mesg=f'Type ({s_objects.kind_of(item)}) does not support being copied!') from e


@lib('$lib.pprint')
def lib_pprint(rt: Runtime, item: Prim, prefix: str = '', clamp: int | None = None) -> None:
    """Print plain data over several lines, each with a prefix and cut off at a width."""
    if clamp is not None and clamp < 3:
        raise s_exc.StormRuntimeError(mesg='Invalid clamp length.', clamp=clamp)
    for line in pprint.pformat(item).splitlines():
        text = f'{prefix}{line}'
        if clamp is not None and len(text) > clamp:
            text = f'{text[: clamp - 3]}...'
        rt.emit('print', mesg=text)


@s_registry.attr('$lib.debug')
def lib_debug(rt: Runtime) -> bool:
    """Whether commands may tell more; can be assigned."""
    return rt.query.debug


def _set_lib(rt: Runtime, obj: s_objects.Lib, name: Any, valu: Any) -> None:
    if obj.path == '$lib' and name != 'debug':
        raise s_exc.NoSuchName(mesg=f'Setting {s_coerce.text(name)} is not supported on lib.', name=s_coerce.text(name))
    if obj.path != '$lib' or name != 'debug':
        raise s_exc.StormRuntimeError(mesg='Lib does not support assignment.')
    rt.query.debug = s_coerce.tobool(valu)


s_registry.SETTERS['lib'] = _set_lib


@lib('$lib.csv.emit')
def csv_emit(rt: Runtime, *args: Any, table: Any = None) -> None:
    """Send a ``csv:row`` message with a row of values."""
    row = [s_coerce.toprim(arg) for arg in args]
    rt.emit('csv:row', row=row, table=None if table is None else s_coerce.toprim(table))


s_registry.libdoc('$lib.csv', 'Rows for clients that write CSV.')


# variables

s_registry.libdoc('$lib.vars', 'The variables of the running query, by name.')


@lib('$lib.vars.get')
def vars_get(rt: Runtime, name: str, defv: Any = None) -> Any:
    """Return the value of a variable, or the default."""
    valu = rt.lookup(name)
    return defv if valu is s_runtime.MISSING else valu


@lib('$lib.vars.set')
def vars_set(rt: Runtime, name: str, valu: Any) -> None:
    """Set a variable; undef deletes it."""
    if valu is s_coerce.undef:
        rt.remove(name)
    else:
        rt.assign(name, valu)


@lib('$lib.vars.del')
def vars_del(rt: Runtime, name: str) -> None:
    """Delete a variable."""
    rt.remove(name)


@lib('$lib.vars.list')
def vars_list(rt: Runtime) -> list[tuple[str, Any]]:
    """Return (name, value) pairs of the variables."""
    return [('lib', s_objects.LIB), *((k, v) for k, v in rt.vars.items() if k[:1] != '\x00')]


@lib('$lib.vars.type', pure=True)
def vars_type(rt: Runtime, valu: Any) -> str:
    """Return the name of the type of a value."""
    return s_objects.kind_of(valu)


# iterators

s_registry.libdoc('$lib.iters', 'Helpers for loops.')


@lib('$lib.iters.enum')
async def iters_enum(rt: Runtime, genr: Any) -> typing.AsyncGenerator[tuple[int, Any], None]:
    """Yield (number, item) pairs, counting from 0."""
    indx = 0
    async for item in s_objects.toiter(rt, genr):
        yield (indx, item)
        indx += 1


@lib('$lib.iters.zip')
async def iters_zip(rt: Runtime, *args: Any) -> typing.AsyncGenerator[list[Any], None]:
    """Yield lists of the first items, the second ones, and so on, until the shortest ends."""
    genrs = [s_objects.toiter(rt, arg) for arg in args]
    try:
        while genrs:
            row = []
            for genr in genrs:
                try:
                    row.append(await anext(genr))
                except StopAsyncIteration:
                    return
            yield row
    finally:
        for genr in genrs:
            await genr.aclose()


# identities

s_registry.libdoc('$lib.utils', 'Helpers for those who talk to services.')


@lib('$lib.utils.buid', pure=True)
def utils_buid(rt: Runtime, valu: Prim) -> bytes:
    """Return the SHA-256 of the packed value."""
    return s_common.buid(valu)


@lib('$lib.utils.todo', pure=True)
def utils_todo(rt: Runtime, _todoname: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """Return a (name, args, kwargs) tuple for a deferred call."""
    return (_todoname, args, kwargs)


LIMIT = s_limits.MIB * 64
"""Characters or bytes that one text function may make (see ``bounded``)."""


def bounded(size: int) -> int:
    """Return a size if it is one that may be made. Raises: StormRuntimeError."""
    if size > LIMIT:
        raise s_exc.StormRuntimeError(mesg=f'A value of {size} characters is too large to be made (limit {LIMIT}).')
    return size
