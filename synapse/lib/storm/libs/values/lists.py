"""Methods of lists, and ``$lib.dict`` (spec: storm-runtime.md 2.3, 2.4)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.typedoc('list', 'A list of values.')


# lists


def _list_get(rt: Runtime, items: typing.Sequence[Any], name: Any) -> Any:
    indx = s_coerce.toint(name)
    try:
        return items[indx]
    except IndexError as e:
        text = s_coerce.text(items)[:1000]
        raise s_exc.StormRuntimeError(mesg='list index out of range', valurepr=text, indx=indx, len=len(items)) from e


s_objects.dynamic('list', _list_get)


def _list(obj: Any) -> list[Any]:
    """Return the list to change; a constant (the value of a node) changes only as a copy that nobody sees."""
    return obj if type(obj) is list else list(obj)


@method('list', 'append')
def list_append(rt: Runtime, obj: list[Any], valu: Any) -> None:
    """Append an item."""
    _list(obj).append(valu)


@method('list', 'extend', readonly=False)
async def list_extend(rt: Runtime, obj: list[Any], valu: Any) -> None:
    """Append all items of another value; null adds nothing."""
    if valu is None:
        return
    new = [item async for item in s_objects.iterate(rt, list(valu) if valu is obj else valu)]
    _list(obj).extend(new)


@method('list', 'size', pure=True)
def list_size(rt: Runtime, obj: list[Any]) -> int:
    """Return the number of items."""
    return len(obj)


@method('list', 'length')
def list_length(rt: Runtime, obj: list[Any]) -> int:
    """Return the number of items. Deprecated: use ``size()``."""
    s_libroot.deprecated(rt, 'StormType List.length() is deprecated. Use the size() method.')
    return len(obj)


@method('list', 'has', pure=True)
def list_has(rt: Runtime, obj: list[Any], valu: Any) -> bool:
    """Return true if an item is equal to a value."""
    return any(s_coerce.same(item, valu) for item in obj)


@method('list', 'index', pure=True)
def list_index(rt: Runtime, obj: list[Any], valu: Any) -> Any:
    """Return the item at a place."""
    return _list_get(rt, obj, valu)


@method('list', 'pop')
def list_pop(rt: Runtime, obj: list[Any], index: int = -1) -> Any:
    """Remove and return an item, the last one by default."""
    try:
        return _list(obj).pop(index)
    except IndexError as e:
        raise s_exc.StormRuntimeError(mesg=str(e)) from e


@method('list', 'rem', readonly=False)
def list_rem(rt: Runtime, obj: list[Any], item: Any, all: bool = False) -> bool:
    """Remove the first item (or all) equal to a value; return whether there was any."""
    items, found = _list(obj), False
    for indx in [i for i, other in enumerate(items) if s_coerce.same(other, item)]:
        items[indx] = s_common.novalu
        found = True
        if not all:
            break
    items[:] = [other for other in items if other is not s_common.novalu]
    return found


@method('list', 'reverse')
def list_reverse(rt: Runtime, obj: list[Any]) -> None:
    """Turn the order around, in place."""
    _list(obj).reverse()


@method('list', 'slice', readonly=False, pure=True)
def list_slice(rt: Runtime, obj: list[Any], start: int, end: int | None = None) -> list[Any]:
    """Return the items from start up to but without end; negative places count from the end."""
    return list(obj[start:end])


@method('list', 'sort')
def list_sort(rt: Runtime, obj: list[Any], reverse: bool = False) -> None:
    """Sort in place."""
    try:
        _list(obj).sort(reverse=reverse, key=s_coerce.toprim)
    except TypeError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error sorting list: {e}', valurepr=s_coerce.text(obj)[:1000]) from e


@method('list', 'unique', pure=True)
def list_unique(rt: Runtime, obj: list[Any]) -> list[Any]:
    """Return a copy that has each value once."""
    retn: list[Any] = []
    seen: set[Any] = set()
    for item in obj:
        if s_coerce.ismutable(item):
            if not any(s_coerce.same(item, other) for other in retn):
                retn.append(item)
        elif item not in seen:
            seen.add(item)
            retn.append(item)
    return retn


# dicts

s_registry.libdoc('$lib.dict', 'Functions for dicts, which have no methods of their own.')


def _dict(valu: Any, name: str = 'valu') -> Any:
    if isinstance(valu, (dict, s_coerce.StormObj)) and s_objects.kind_of(valu) in (
        'dict',
        'cmdopts',
        'crypto:jwt:dict',
    ):
        return valu
    mesg = f'{name} argument must be a dict, not {s_objects.kind_of(valu)}.'
    raise s_exc.BadArg(mesg=mesg)


def _readable(valu: Any) -> Any:
    """Return a dict to read, also of an object that is like one."""
    func = getattr(valu, 'storm_dict', None)
    return _dict(valu) if func is None else func()


@lib('$lib.dict.keys', pure=True)
def dict_keys(rt: Runtime, valu: Any) -> list[Any]:
    """Return the keys."""
    return list(_readable(valu))


@lib('$lib.dict.values', pure=True)
def dict_values(rt: Runtime, valu: Any) -> list[Any]:
    """Return the values."""
    return list(_readable(valu).values())


@lib('$lib.dict.has', pure=True)
def dict_has(rt: Runtime, valu: Any, key: Any) -> bool:
    """Return true if the dict has a key."""
    return not s_coerce.ismutable(key) and key in _readable(valu)


@lib('$lib.dict.pop')
def dict_pop(rt: Runtime, valu: Any, key: Any, default: Any = s_coerce.undef) -> Any:
    """Remove a key and return its value, or the default. Raises: BadArg."""
    have = _dict(valu)
    if not s_coerce.ismutable(key) and key in have:
        return have.pop(key)
    if default is s_coerce.undef:
        raise s_exc.BadArg(mesg=f'Key {s_coerce.text(key)} does not exist in dictionary.')
    return default


@lib('$lib.dict.update')
def dict_update(rt: Runtime, valu: Any, other: Any) -> None:
    """Add the keys and values of another dict."""
    _dict(valu).update(_dict(other, 'other'))


@lib('$lib.dict.fromlist', pure=True)
async def dict_fromlist(rt: Runtime, valu: Any) -> dict[Any, Any]:
    """Return the dict of a list of (key, value) pairs. Raises: BadArg."""
    retn = {}
    mesg = '$lib.dict.fromlist() argument must be an array of (key, value) pairs.'
    if not isinstance(valu, (list, tuple)) and s_objects.kind_of(valu) != 'generator':
        raise s_exc.BadArg(mesg=mesg)
    async for item in s_objects.iterate(rt, valu):
        if not isinstance(item, (list, tuple)) or len(item) != 2 or s_coerce.ismutable(item[0]):
            raise s_exc.BadArg(mesg=mesg)
        retn[item[0]] = item[1]
    return retn
