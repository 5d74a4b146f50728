"""``$lib``: the functions at the root (spec: storm-runtime.md 3)."""

from __future__ import annotations

import json
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals

Any = typing.Any
Runtime = s_runtime.Runtime
lib = s_registry.lib

s_registry.const('$lib.null', None)
s_registry.const('$lib.true', True)
s_registry.const('$lib.false', False)
s_registry.const('$lib.undef', s_coerce.undef)


def format_mesg(mesg: Any, kwargs: dict[str, Any]) -> str:
    """Return the text of a message with its ``{name}`` places filled in, textually and one after the other."""
    text = s_coerce.text(mesg)
    for name, valu in kwargs.items():
        text = text.replace('{' + name + '}', s_coerce.text(valu))
    return text


@lib('$lib.print')
def lib_print(rt: Runtime, mesg: Any, **kwargs: Any) -> None:
    """Print a message; ``{name}`` places are filled from the keyword arguments."""
    rt.emit('print', mesg=format_mesg(mesg, kwargs) if kwargs else s_coerce.text(mesg))


@lib('$lib.warn')
def lib_warn(rt: Runtime, mesg: Any, **kwargs: Any) -> None:
    """Send a warning; places are filled as in ``$lib.print``."""
    rt.warn(format_mesg(mesg, kwargs))


@lib('$lib.fire')
def lib_fire(rt: Runtime, name: Any, **info: Any) -> None:
    """Send a ``storm:fire`` message with a type and data."""
    data = {}
    for key, valu in info.items():
        try:
            data[key] = s_coerce.toprim(valu)
        except s_exc.NoSuchType:
            continue
    try:
        json.dumps(data)
    except (TypeError, ValueError) as e:
        raise s_exc.MustBeJsonSafe(mesg=f'{e}') from e
    rt.emit('storm:fire', type=s_coerce.tostr(name), data=data)


_LENGTHS = (str, bytes, list, tuple, dict, set)


@lib('$lib.len', pure=True)
async def lib_len(rt: Runtime, item: Any) -> int:
    """Return the number of items of a list, dict, set, text, bytes or generator."""
    if isinstance(item, _LENGTHS):
        return len(item)
    size = getattr(item, 'storm_len', None)
    if size is not None:
        return int(size())
    if isinstance(item, s_objects.NodeProps):
        return len(item.node.props)
    if isinstance(item, range):
        return len(item)
    if s_objects.kind_of(item) == 'generator':
        count = 0
        async for _ in s_objects.iterate(rt, item):
            count += 1
            await rt.breathe()
        return count
    name = f'{type(item).__module__}.{type(item).__name__}'
    raise s_exc.StormRuntimeError(mesg=f'Object {name} does not have a length.', name=name)


@lib('$lib.range', pure=True)
def lib_range(rt: Runtime, stop: int, start: int | None = None, step: int | None = None) -> range:
    """Return the integers from start (0) up to but without stop; a step counts only with a start."""
    if start is None:
        return range(stop)
    if step == 0:
        raise s_exc.StormRuntimeError(mesg='The step of a range must not be zero.')
    return range(start, stop, 1 if step is None else step)


@lib('$lib.guid', pure=True)
def lib_guid(rt: Runtime, *args: Any, valu: Any = s_coerce.undef) -> str:
    """Return a random guid, or the one that the arguments (or the one value) hash to."""
    if valu is not s_coerce.undef:
        if args:
            raise s_exc.BadArg(mesg='Valu cannot be specified if positional arguments are provided')
        return s_common.guid(s_coerce.toprim(valu))
    return s_common.guid(s_coerce.toprim(list(args))) if args else s_common.guid()


def find_type(rt: Runtime, name: str) -> Any:
    """Return a type by the name of a type, property or form. Raises: NoSuchType."""
    typ = rt.model.type(name)
    if typ is None:
        prop = rt.model.prop(name)
        typ = None if prop is None else prop.type
    if typ is None:
        raise s_exc.NoSuchType(mesg=f'No type or prop found for name {name}.')
    return typ


@lib('$lib.cast', pure=True)
def lib_cast(rt: Runtime, name: str, valu: Any) -> Any:
    """Return a value normalised by a type (or by that of a property or form)."""
    return s_coerce.wrap(find_type(rt, name).norm(s_coerce.toprim(valu))[0])


@lib('$lib.trycast', pure=True)
def lib_trycast(rt: Runtime, name: str, valu: Any) -> tuple[bool, Any]:
    """Return (true, value normalised by a type), or (false, null) if it does not normalise."""
    typ = find_type(rt, name)
    try:
        return (True, s_coerce.keep(typ.norm(s_coerce.toprim(valu))[0]))
    except s_exc.BadTypeValu:
        return (False, None)


@lib('$lib.repr', pure=True)
def lib_repr(rt: Runtime, name: str, valu: Any) -> Any:
    """Return the display form of a value of a type (or of a property or form)."""
    typ = find_type(rt, name)
    return s_coerce.wrap(typ.repr(typ.norm(s_coerce.toprim(valu))[0]))


@lib('$lib.exit')
def lib_exit(rt: Runtime, mesg: Any = None, **kwargs: Any) -> None:
    """End the query quietly, with a warning if a message is given."""
    if mesg is not None:
        text = format_mesg(mesg, kwargs)
        rt.warn(text)
        raise s_signals.Exit(f'mesg={text!r}')
    raise s_signals.Exit


@lib('$lib.raise')
def lib_raise(rt: Runtime, name: str, mesg: Any, **info: Any) -> None:
    """Raise an error by name, with a message and further values."""
    text = s_coerce.tostr(mesg)
    data = {key: s_coerce.toprim(valu) for key, valu in info.items()}
    cls = s_exc.CLASSES.get(name)
    if cls is not None:
        raise cls(mesg=text, **data)
    raise s_exc.StormRaise(mesg=text, errname=name, **data)
