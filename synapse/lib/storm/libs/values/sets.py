"""``$lib.set`` and ``$lib.spooled.set``, whose members may outgrow memory, and their methods (storm-runtime.md 2.5)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.slab.spool as s_spool
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.typedoc('set', 'A set of values that cannot change.')
s_registry.typedoc('spooled:set', 'A set of very many plain values.')
s_registry.libdoc('$lib.spooled', 'Collections for very many values.')
_PLAIN = (str, int, bool, bytes, type(None))


def _shown(valu: Any) -> str:
    """Return how an error names a value: an object, which may be a key or a vault, by its type alone."""
    return valu.storm_name if isinstance(valu, s_coerce.StormObj) else s_coerce.text(valu)


def member(valu: Any) -> Any:
    """Return a value that may be in a set. Raises: StormRuntimeError."""
    if s_coerce.ismutable(valu):
        raise s_exc.StormRuntimeError(mesg=f'{_shown(valu)} is mutable and cannot be used in a set.')
    return valu


@lib('$lib.set', pure=True)
def lib_set(rt: Runtime, *vals: Any) -> set[Any]:
    """Return a set."""
    return {member(valu) for valu in vals}


class SpooledSet(s_coerce.StormObj):
    """A set of plain values, kept by their packed form; it ends with its query."""

    storm_name = 'spooled:set'

    def __init__(self, rt: Runtime) -> None:
        self.spool = s_spool.SpoolSet(rt.query.core.cortex.layout.path('tmp'))
        rt.query.opened(self.spool)

    def __len__(self) -> int:
        return len(self.spool)

    def __contains__(self, valu: Any) -> bool:
        return _is_plain(valu) and s_common.en(valu) in self.spool

    def __iter__(self) -> typing.Iterator[Any]:
        for items in self.spool.chunks():
            yield from map(s_common.un, items)

    def add(self, valu: Any) -> None:
        """Add a value. Raises: StormRuntimeError, DbOutOfSpace."""
        if not _is_plain(member(valu)):
            raise s_exc.StormRuntimeError(mesg=f'{s_coerce.text(valu)} is not safe to be used in a SpooledSet.')
        self.spool.add(s_common.en(valu))

    def discard(self, valu: Any) -> None:
        """Remove a value."""
        if _is_plain(valu):
            self.spool.discard(s_common.en(valu))

    def storm_iter(self) -> Any:
        return iter(self)

    def storm_bool(self) -> bool:
        return len(self) > 0

    def storm_value(self) -> Any:
        return set(self)

    def storm_repr(self) -> str:
        size = 0
        for items in self.spool.chunks():
            size = s_libroot.bounded(size + sum(map(len, items)))
        return s_coerce.text(set(self))

    def storm_len(self) -> int:
        """Return the number of members."""
        return len(self)


def _is_plain(valu: Any) -> bool:
    """Does a value stay what it is when it is packed?"""
    return all(map(_is_plain, valu)) if type(valu) is tuple else type(valu) in _PLAIN


@lib('$lib.spooled.set')
def lib_spooled(rt: Runtime, *vals: Any) -> SpooledSet:
    """Return a set for very many plain values, which are kept on disk where there are too many for memory."""
    retn = SpooledSet(rt)
    for valu in vals:
        retn.add(valu)
    return retn


def _set_methods(kind: str) -> None:
    """Register the methods that both kinds of sets have."""

    @method(kind, 'add')
    def set_add(rt: Runtime, obj: Any, *items: Any) -> None:
        """Add values."""
        for item in items:
            obj.add(member(item))

    @method(kind, 'adds')
    async def set_adds(rt: Runtime, obj: Any, *items: Any) -> None:
        """Add all items of some lists."""
        for item in items:
            async for valu in s_objects.toiter(rt, item):
                obj.add(member(valu))
                await rt.breathe()

    @method(kind, 'rem')
    def set_rem(rt: Runtime, obj: Any, *items: Any) -> None:
        """Remove values; those that are not in it are ignored."""
        for item in items:
            if not s_coerce.ismutable(item):
                obj.discard(item)

    @method(kind, 'rems')
    async def set_rems(rt: Runtime, obj: Any, *items: Any) -> None:
        """Remove all items of some lists."""
        for item in items:
            async for valu in s_objects.toiter(rt, item):
                set_rem(rt, obj, valu)
                await rt.breathe()

    @method(kind, 'has', pure=True)
    def set_has(rt: Runtime, obj: Any, item: Any) -> bool:
        """Return true if a value is a member."""
        return not s_coerce.ismutable(item) and item in obj

    @method(kind, 'list', pure=True)
    def set_list(rt: Runtime, obj: Any) -> list[Any]:
        """Return the members as a list, in any order."""
        return list(obj)

    @method(kind, 'size', readonly=False, pure=True)
    def set_size(rt: Runtime, obj: Any) -> int:
        """Return the number of members."""
        return len(obj)


_set_methods('set')
_set_methods('spooled:set')
