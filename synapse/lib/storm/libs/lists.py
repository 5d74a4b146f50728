"""Methods of lists and sets, ``$lib.dict``, ``$lib.set`` and ``$lib.spooled`` (spec: storm-runtime.md 2.3 to 2.5)."""

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
    return any(_same(item, valu) for item in obj)


def _same(one: Any, two: Any) -> bool:
    try:
        return s_coerce.same(one, two)
    except s_exc.NoSuchType:
        return one is two


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
    for indx in [i for i, other in enumerate(items) if _same(other, item)]:
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
            if not any(_same(item, other) for other in retn):
                retn.append(item)
        elif item not in seen:
            seen.add(item)
            retn.append(item)
    return retn


# sets

s_registry.typedoc('set', 'A set of values that cannot change.')


def member(valu: Any) -> Any:
    """Return a value that may be in a set. Raises: StormRuntimeError."""
    if s_coerce.ismutable(valu):
        raise s_exc.StormRuntimeError(mesg=f'{s_coerce.text(valu)} is mutable and cannot be used in a set.')
    return valu


@lib('$lib.set', pure=True)
def lib_set(rt: Runtime, *vals: Any) -> set[Any]:
    """Return a set."""
    return {member(valu) for valu in vals}


class SpooledSet(s_coerce.StormObj):
    """A set of plain values, kept by their packed form. ``bytes`` of it are bounded."""

    storm_name = 'spooled:set'

    def __init__(self) -> None:
        self.items: dict[bytes, Any] = {}
        self.bytes = 0

    def add(self, valu: Any) -> None:
        """Add a value. Raises: StormRuntimeError."""
        key = self.key(valu)
        if key not in self.items:
            self.bytes = s_libroot.bounded(self.bytes + len(key))
            self.items[key] = valu

    def key(self, valu: Any) -> bytes:
        """Return the packed form. Raises: StormRuntimeError for what has none."""
        try:
            return s_common.en(s_coerce.toprim(valu) if not isinstance(member(valu), s_coerce.StormObj) else valu)
        except (s_exc.NotMsgpackSafe, s_exc.NoSuchType) as e:
            mesg = f'{s_coerce.text(valu)} is not safe to be used in a SpooledSet.'
            raise s_exc.StormRuntimeError(mesg=mesg) from e

    def storm_iter(self) -> Any:
        return iter(list(self.items.values()))

    def storm_value(self) -> Any:
        return {s_coerce.toprim(item) for item in self.items.values()}

    def storm_repr(self) -> str:
        return s_coerce.text(set(self.items.values()))

    def storm_len(self) -> int:
        """Return the number of members."""
        return len(self.items)


s_registry.typedoc('spooled:set', 'A set of plain values that cannot change.')
s_registry.libdoc('$lib.spooled', 'Collections for very many values.')


@lib('$lib.spooled.set')
def lib_spooled(rt: Runtime, *vals: Any) -> SpooledSet:
    """Return a set for very many plain values."""
    retn = SpooledSet()
    for valu in vals:
        retn.add(valu)
    return retn


def _add(obj: Any, valu: Any) -> None:
    obj.add(valu if isinstance(obj, SpooledSet) else member(valu))


def _discard(obj: Any, valu: Any) -> None:
    if isinstance(obj, SpooledSet):
        key = obj.key(valu)
        if obj.items.pop(key, s_common.novalu) is not s_common.novalu:
            obj.bytes -= len(key)
    elif not s_coerce.ismutable(valu):
        obj.discard(valu)


def _set_methods(kind: str) -> None:
    """Register the methods that both kinds of sets have."""

    @method(kind, 'add')
    def set_add(rt: Runtime, obj: Any, *items: Any) -> None:
        """Add values."""
        for item in items:
            _add(obj, item)

    @method(kind, 'adds')
    async def set_adds(rt: Runtime, obj: Any, *items: Any) -> None:
        """Add all items of some lists."""
        for item in items:
            async for valu in s_objects.iterate(rt, item):
                _add(obj, valu)
                await rt.breathe()

    @method(kind, 'rem')
    def set_rem(rt: Runtime, obj: Any, *items: Any) -> None:
        """Remove values; those that are not in it are ignored."""
        for item in items:
            _discard(obj, item)

    @method(kind, 'rems')
    async def set_rems(rt: Runtime, obj: Any, *items: Any) -> None:
        """Remove all items of some lists."""
        for item in items:
            async for valu in s_objects.iterate(rt, item):
                _discard(obj, valu)

    @method(kind, 'has', pure=True)
    def set_has(rt: Runtime, obj: Any, item: Any) -> bool:
        """Return true if a value is a member."""
        if isinstance(obj, SpooledSet):
            return obj.key(item) in obj.items
        return not s_coerce.ismutable(item) and item in obj

    @method(kind, 'list', pure=True)
    def set_list(rt: Runtime, obj: Any) -> list[Any]:
        """Return the members as a list, in any order."""
        return list(obj.storm_iter() if isinstance(obj, SpooledSet) else obj)

    @method(kind, 'size', readonly=False, pure=True)
    def set_size(rt: Runtime, obj: Any) -> int:
        """Return the number of members."""
        return obj.storm_len() if isinstance(obj, SpooledSet) else len(obj)


_set_methods('set')
_set_methods('spooled:set')


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


@lib('$lib.dict.keys', pure=True)
def dict_keys(rt: Runtime, valu: Any) -> list[Any]:
    """Return the keys."""
    return list(_dict(valu))


@lib('$lib.dict.values', pure=True)
def dict_values(rt: Runtime, valu: Any) -> list[Any]:
    """Return the values."""
    return list(_dict(valu).values())


@lib('$lib.dict.has', pure=True)
def dict_has(rt: Runtime, valu: Any, key: Any) -> bool:
    """Return true if the dict has a key."""
    return not s_coerce.ismutable(key) and key in _dict(valu)


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
