"""Coercions between Storm values, and their text forms (spec: storm-runtime.md 1; storm-language.md 5.3).

Storm values are plain Python values wherever one fits: str, int, bool, None, bytes, ``decimal.Decimal`` (a "number"),
list, tuple, dict, set; nodes, paths, queries, functions and libraries are objects with a ``storm_name``.
"""

from __future__ import annotations

import decimal
import types
import typing

import synapse.exc as s_exc
import synapse.lib.storm.parts as s_parts
import synapse.lib.view.node as s_node

Any = typing.Any
CONTEXT = decimal.Context(prec=49, rounding=decimal.ROUND_HALF_UP)
_PLAIN = (str, int, bytes, types.NoneType, float)


class Undef:
    """The type of ``$lib.undef``: assigned, it deletes."""

    def __repr__(self) -> str:
        return '$lib.undef'


undef = Undef()


class StormObj:
    """Base of Storm objects that are not plain values. ``storm_name`` is the name of the type in the registry."""

    storm_name = 'object'
    storm_mutable = True  # mutable objects cannot be in sets or be keys

    def storm_value(self) -> Any:
        """Return the plain value of the object. Raises: NoSuchType."""
        raise s_exc.NoSuchType(mesg='Unable to convert object to Storm primitive.', name=self.storm_name)

    def storm_repr(self) -> str:
        """Return the text form."""
        return f'{self.storm_name}: {self.storm_value()!r}'

    def storm_str(self) -> str:
        """Return the string that the object stands for where one is wanted."""
        return self.storm_repr()

    def storm_bool(self) -> bool:
        """Return the truth of the object."""
        return True

    def storm_iter(self) -> Any:
        """Return an iterator (sync or async). Raises: StormRuntimeError."""
        raise not_iterable(self)


class Thing(StormObj):
    """A Storm object that stands for something by its iden (a view, a user): equal to others for the same, so that it
    can be in sets; shown as the definition."""

    storm_mutable = False
    iden: str

    def __hash__(self) -> int:
        return hash((self.storm_name, self.iden))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and (self.storm_name, self.iden) == (other.storm_name, other.iden)

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {text((self.storm_value(),))[1:-2]}'


def not_iterable(valu: Any) -> s_exc.SynErr:
    """Return the error for a value that has no items."""
    name = valu.storm_name if isinstance(valu, StormObj) else type(valu).__name__
    name = {'Decimal': 'number', 'Node': 'node', 'bool': 'boolean'}.get(name, name)
    text = tostr(valu)
    e = s_exc.StormRuntimeError(mesg=f"'{name}' object is not iterable: {text}")
    if name == 'number' or (isinstance(valu, StormObj) and name != 'lib'):
        return s_parts.tell(e, 'object')
    e.set('type', name)
    return e


def toprim(valu: Any) -> Any:
    """Return plain data: tuples, dicts, floats for numbers, primary values for nodes. Raises: NoSuchType."""
    kind = type(valu)
    if kind in _PRIMS:
        return valu
    if kind is decimal.Decimal:
        return float(valu)
    if kind is list:
        return tuple(toprim(item) for item in valu if not _droppable(item))
    if kind is tuple:
        return tuple(toprim(item) for item in valu)
    if kind is dict:
        return {toprim(k): toprim(v) for k, v in valu.items()}
    if kind is s_node.Node:
        return valu.valu
    if kind is set:
        return {toprim(item) for item in valu}
    if isinstance(valu, StormObj):
        return valu.storm_value()
    if isinstance(valu, (int, str, bytes)):
        return valu
    raise s_exc.NoSuchType(mesg='Unable to convert object to Storm primitive.', name=kind.__name__)


_PRIMS = frozenset((str, int, bool, bytes, types.NoneType, float))


def _droppable(item: Any) -> bool:
    """Members of a list that have no plain form are left out of it."""
    if isinstance(item, StormObj) or callable(item):
        try:
            toprim(item)
        except s_exc.NoSuchType:
            return True
    return False


def tostor(valu: Any) -> Any:
    """As toprim, but numbers become their decimal text, so that a type sees every digit."""
    kind = type(valu)
    if kind in _PRIMS:
        return valu
    if kind is decimal.Decimal:
        return format(valu, 'f') if valu.is_finite() else str(valu)
    if kind is list or kind is tuple:
        if _PRIMS.issuperset(map(type, valu)):
            return tuple(valu)
        return tuple(tostor(item) for item in valu if not _droppable(item))
    if kind is dict:
        return {tostor(k): tostor(v) for k, v in valu.items()}
    return toprim(valu)


def tostr(valu: Any) -> str:
    """Return a value as a string: bytes as UTF-8, null and booleans by the words ``None``, ``True`` and ``False``,
    nodes by their display value, queries by their text, anything else by its text form. Raises: BadCast.
    """
    if type(valu) is str:
        return valu
    if valu is None or valu is True or valu is False:
        return str(valu)
    if isinstance(valu, bytes):
        try:
            return valu.decode('utf8', 'surrogatepass')
        except UnicodeDecodeError as e:
            raise s_exc.BadCast(mesg=f'Failed to make a string from {valu[:1000]!r}.') from e
    if type(valu) is s_node.Node:
        return tostr(valu.repr())
    return valu.storm_str() if isinstance(valu, StormObj) else text(valu)


def text(valu: Any) -> str:
    """Return the text form of any value, as ``$lib.print`` shows it."""
    if type(valu) is str:
        return valu
    return _repr(valu)


def node_text(node: Any) -> str:
    """Return the text form of a node, which shows all of it."""
    ndef, info = node.pack()
    info.pop('path', None)
    return f'Node{{{(ndef, info)}}}'


def raw(valu: Any) -> str:
    """Return the text form of what is inside of a tuple, or was returned where no value is asked for: the words for
    null and the like are other ones there."""
    kind = type(valu)
    if kind is tuple:
        body = ', '.join(map(raw, valu))
        return f'({body},)' if len(valu) == 1 else f'({body})'
    if kind is list:
        return '[' + ', '.join(map(raw, valu)) + ']'
    if kind is dict:
        return '{' + ', '.join(f'{raw(k)}: {raw(v)}' for k, v in valu.items()) + '}'
    return repr(valu) if kind in _PRIMS else _repr(valu)


def _repr(valu: Any) -> str:
    if valu is None:
        return '$lib.null'
    if valu is True:
        return 'true'
    if valu is False:
        return 'false'
    kind = type(valu)
    if kind is decimal.Decimal:
        return str(valu)
    if kind is list:
        return '[' + ', '.join(map(_repr, valu)) + ']'
    if kind is tuple:
        return raw(valu)
    if kind is dict:
        return '{' + ', '.join(f'{_repr(k)}: {_repr(v)}' for k, v in valu.items()) + '}'
    if kind is set:
        return '{' + ', '.join(map(_repr, valu)) + '}'
    if kind is s_node.Node:
        return node_text(valu)
    if isinstance(valu, StormObj):
        return valu.storm_repr()
    return 'generator' if hasattr(valu, '__aiter__') else repr(valu)


def tobool(valu: Any) -> bool:
    """Return the truth of a value."""
    if isinstance(valu, StormObj):
        return valu.storm_bool()
    if type(valu) is s_node.Node or type(valu) is range:
        return True
    return bool(valu)


def toint(valu: Any) -> int:
    """Return an int; text may have a base prefix. Raises: BadCast."""
    kind = type(valu)
    if kind is int:
        return typing.cast(int, valu)
    if kind is bool or kind is decimal.Decimal or kind is float:
        try:
            return int(valu)
        except (ValueError, OverflowError) as e:
            raise s_exc.BadCast(mesg=f'Failed to make an integer from {_repr(valu)!r}.') from e
    if kind is str:
        try:
            return int(valu, 0) if len(valu) < 4096 else _refuse(valu)
        except ValueError as e:
            raise s_exc.BadCast(mesg=f'Failed to make an integer from {valu!r}.') from e
    if kind is s_node.Node:
        return toint(valu.valu)
    shown = 'None' if valu is None else repr(text(valu))
    raise s_exc.BadCast(mesg=f'Failed to make an integer from {shown}.')


def _refuse(valu: str) -> int:
    raise s_exc.BadCast(mesg=f'Failed to make an integer from a text of {len(valu)} characters.')


def tonumber(valu: Any) -> int | decimal.Decimal:
    """Return an int, or a Decimal for floats and text with a dot. Raises: BadCast."""
    kind = type(valu)
    if kind is int or kind is decimal.Decimal:
        return typing.cast('int | decimal.Decimal', valu)
    if kind is float:
        return decimal.Decimal(repr(valu))
    if kind is str and '.' in valu:
        try:
            return CONTEXT.create_decimal(valu.strip())
        except decimal.DecimalException as e:
            raise s_exc.BadCast(mesg=f'Failed to make a number from {valu!r}.') from e
    return toint(valu)


def tolist(valu: Any) -> list[Any]:
    """Return a list of the items of an immediate value. Raises: StormRuntimeError."""
    if isinstance(valu, (list, tuple, set, str, bytes)):
        return list(valu)
    if isinstance(valu, dict):
        return list(valu.items())
    if valu is None:
        return []
    raise not_iterable(valu)


def wrap(valu: Any) -> Any:
    """Return plain data as Storm values: floats become numbers; lists, tuples and dicts mutable copies."""
    kind = type(valu)
    if kind is float:
        return decimal.Decimal(repr(valu))
    if kind is list or kind is tuple:
        return [wrap(item) for item in valu]
    if kind is dict:
        return {k: wrap(v) for k, v in valu.items()}
    return valu


def keep(valu: Any) -> Any:
    """As ``wrap``, but tuples stay tuples, as a node's values are."""
    kind = type(valu)
    if kind is float:
        return decimal.Decimal(repr(valu))
    if kind is tuple:
        return tuple([keep(item) for item in valu])
    if kind is list:
        return [keep(item) for item in valu]
    if kind is dict:
        return {k: keep(v) for k, v in valu.items()}
    return valu


def ismutable(valu: Any) -> bool:
    """Return True for values that can change, so that they cannot be keys or members of a set."""
    if isinstance(valu, StormObj):
        return valu.storm_mutable
    if type(valu) is tuple:
        return any(map(ismutable, valu))
    return isinstance(valu, (list, dict, set, bytearray))


def same(a: Any, b: Any) -> bool:
    """Return True if two values are equal by their plain forms, without reading text as numbers."""
    if type(a) is type(b) and type(a) in _PRIMS:
        return bool(a == b)
    return bool(_plain(a) == _plain(b))


def _plain(valu: Any) -> Any:
    if type(valu) is decimal.Decimal:
        return valu
    if type(valu) is float:
        return decimal.Decimal(repr(valu))
    try:
        return toprim(valu)
    except s_exc.NoSuchType:
        return valu  # it is equal to itself and its like
