"""Methods of text, lists, dicts, sets, numbers, bytes and query objects (spec: storm-runtime.md 2)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.base as s_libbase
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals

Any = typing.Any
Runtime = s_runtime.Runtime
method = s_registry.method
tostr = s_coerce.tostr


# text


@method('str', 'split', pure=True)
def str_split(rt: Runtime, text: str, sep: Any, maxsplit: Any = -1) -> list[str]:
    """Split on a literal text; empty parts are kept."""
    if not tostr(sep):
        raise s_exc.StormRuntimeError(mesg='empty separator')
    return text.split(tostr(sep), s_coerce.toint(maxsplit))


@method('str', 'lower', pure=True)
def str_lower(rt: Runtime, text: str) -> str:
    """Return the lower-case text."""
    return text.lower()


@method('str', 'upper', pure=True)
def str_upper(rt: Runtime, text: str) -> str:
    """Return the upper-case text."""
    return text.upper()


@method('str', 'strip', pure=True)
def str_strip(rt: Runtime, text: str, chars: Any = None) -> str:
    """Remove characters (white space) from both ends."""
    return text.strip(None if chars is None else tostr(chars))


@method('str', 'startswith', pure=True)
def str_startswith(rt: Runtime, text: str, valu: Any) -> bool:
    """Return true if the text begins with another."""
    return text.startswith(tostr(valu))


@method('str', 'endswith', pure=True)
def str_endswith(rt: Runtime, text: str, valu: Any) -> bool:
    """Return true if the text ends with another."""
    return text.endswith(tostr(valu))


@method('str', 'replace', pure=True)
def str_replace(rt: Runtime, text: str, oldv: Any, newv: Any, maxv: Any = None) -> str:
    """Replace a text by another, at most maxv times."""
    return text.replace(tostr(oldv), tostr(newv), -1 if maxv is None else s_coerce.toint(maxv))


@method('str', 'format', pure=True)
def str_format(rt: Runtime, text: str, **kwargs: Any) -> str:
    """Fill ``{name}`` places from the keyword arguments."""
    return s_libbase.format_mesg(text, kwargs)


@method('str', 'size', pure=True)
def str_size(rt: Runtime, text: str) -> int:
    """Return the number of characters."""
    return len(text)


@method('str', 'join', pure=True)
async def str_join(rt: Runtime, text: str, items: Any) -> str:
    """Join the items of a list with this text between them."""
    return text.join([tostr(item) async for item in s_objects.iterate(rt, items)])


# lists


def _list_get(rt: Runtime, items: typing.Sequence[Any], name: Any) -> Any:
    indx = s_coerce.toint(name)
    try:
        return items[indx]
    except IndexError as e:
        raise s_exc.StormRuntimeError(mesg='list index out of range', valurepr=s_coerce.text(items)) from e


s_objects.dynamic('list', _list_get)


@method('list', 'append')
def list_append(rt: Runtime, items: list[Any], valu: Any) -> None:
    """Append an item."""
    items.append(valu)


@method('list', 'size', pure=True)
def list_size(rt: Runtime, items: list[Any]) -> int:
    """Return the number of items."""
    return len(items)


@method('list', 'has', pure=True)
def list_has(rt: Runtime, items: list[Any], valu: Any) -> bool:
    """Return true if an item is equal to a value."""
    return any(s_coerce.same(item, valu) for item in items)


@method('list', 'index', pure=True)
def list_index(rt: Runtime, items: list[Any], valu: Any) -> Any:
    """Return the item at a place."""
    return _list_get(rt, items, valu)


@method('list', 'pop')
def list_pop(rt: Runtime, items: list[Any], index: Any = -1) -> Any:
    """Remove and return an item, the last one by default."""
    try:
        return items.pop(s_coerce.toint(index))
    except IndexError as e:
        raise s_exc.StormRuntimeError(mesg='The list is empty. Nothing to pop.') from e


# query objects


@method('storm:query', 'exec')
async def query_exec(rt: Runtime, query: s_objects.QueryObj) -> Any:
    """Run the query and return its ``return()`` value."""
    try:
        async for _ in s_objects.run_query(rt, query):
            pass
    except s_signals.Return as e:
        return e.valu
    return None


@method('storm:query', 'size')
async def query_size(rt: Runtime, query: s_objects.QueryObj, limit: Any = 1000) -> int:
    """Count the nodes of the query, up to a limit."""
    most, size = s_coerce.toint(limit), 0
    async for _ in s_objects.run_query(rt, query):
        size += 1
        if size >= most:
            break
    return size
