"""Methods of text, ``$lib.str`` and ``$lib.text`` (spec: storm-runtime.md 2.1)."""

from __future__ import annotations

import json
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.base as s_libbase
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
tostr = s_coerce.tostr
bounded = s_libroot.bounded

s_registry.typedoc('str', 'Text.')


@method('str', 'split', pure=True)
def str_split(rt: Runtime, obj: str, text: Any, maxsplit: int = -1) -> list[str]:
    """Split on a literal text; empty parts are kept. With null, split on white space."""
    return obj.split(_separator(text), maxsplit)


@method('str', 'rsplit', pure=True)
def str_rsplit(rt: Runtime, obj: str, text: Any, maxsplit: int = -1) -> list[str]:
    """Split on a literal text from the right. With null, split on white space."""
    return obj.rsplit(_separator(text), maxsplit)


def _separator(text: Any) -> str | None:
    if text is None:
        return None
    if not (text := s_coerce.tostr(text)):
        raise s_exc.StormRuntimeError(mesg='empty separator')
    return str(text)


@method('str', 'lower', pure=True)
def str_lower(rt: Runtime, obj: str) -> str:
    """Return the lower-case text."""
    return obj.lower()


@method('str', 'upper', pure=True)
def str_upper(rt: Runtime, obj: str) -> str:
    """Return the upper-case text."""
    return obj.upper()


@method('str', 'title', pure=True)
def str_title(rt: Runtime, obj: str) -> str:
    """Return the text with every word capitalised."""
    return obj.title()


@method('str', 'strip', pure=True)
def str_strip(rt: Runtime, obj: str, chars: str | None = None) -> str:
    """Remove characters (white space) from both ends."""
    return obj.strip(chars)


@method('str', 'lstrip', pure=True)
def str_lstrip(rt: Runtime, obj: str, chars: str | None = None) -> str:
    """Remove characters (white space) from the beginning."""
    return obj.lstrip(chars)


@method('str', 'rstrip', pure=True)
def str_rstrip(rt: Runtime, obj: str, chars: str | None = None) -> str:
    """Remove characters (white space) from the end."""
    return obj.rstrip(chars)


def _pad(size: int, fillchar: str) -> str:
    if len(fillchar) != 1:
        raise s_exc.StormRuntimeError(mesg='The fill character must be exactly one character long.')
    bounded(size)
    return fillchar


@method('str', 'ljust', pure=True)
def str_ljust(rt: Runtime, obj: str, size: int, fillchar: str = ' ') -> str:
    """Fill up at the end to a number of characters."""
    return obj.ljust(size, _pad(size, fillchar))


@method('str', 'rjust', pure=True)
def str_rjust(rt: Runtime, obj: str, size: int, fillchar: str = ' ') -> str:
    """Fill up at the beginning to a number of characters."""
    return obj.rjust(size, _pad(size, fillchar))


@method('str', 'startswith', pure=True)
def str_startswith(rt: Runtime, obj: str, text: str) -> bool:
    """Return true if the text begins with another."""
    return obj.startswith(text)


@method('str', 'endswith', pure=True)
def str_endswith(rt: Runtime, obj: str, text: str) -> bool:
    """Return true if the text ends with another."""
    return obj.endswith(text)


@method('str', 'replace', pure=True)
def str_replace(rt: Runtime, obj: str, oldv: str, newv: str, maxv: int | None = None) -> str:
    """Replace a text by another, at most maxv times."""
    if len(newv) > len(oldv):
        found = obj.count(oldv) if maxv is None or maxv < 0 else min(obj.count(oldv), maxv)
        bounded(len(obj) + found * (len(newv) - len(oldv)))
    return obj.replace(oldv, newv, -1 if maxv is None else maxv)


@method('str', 'find', pure=True)
def str_find(rt: Runtime, obj: str, valu: str) -> int | None:
    """Return the place of a text within this one, null if it is not in there."""
    indx = obj.find(valu)
    return None if indx < 0 else indx


@method('str', 'slice', pure=True)
def str_slice(rt: Runtime, obj: str, start: int, end: int | None = None) -> str:
    """Return the part from start up to but without end; negative places count from the end."""
    return obj[start:end]


@method('str', 'reverse', pure=True)
def str_reverse(rt: Runtime, obj: str) -> str:
    """Return the text backwards."""
    return obj[::-1]


@method('str', 'size', pure=True)
def str_size(rt: Runtime, obj: str) -> int:
    """Return the number of characters."""
    return len(obj)


@method('str', 'encode', pure=True)
def str_encode(rt: Runtime, obj: str, encoding: str = 'utf8') -> bytes:
    """Return the bytes of the text in an encoding."""
    try:
        return obj.encode(encoding, 'surrogatepass')
    except (LookupError, ValueError, TypeError) as e:
        raise s_exc.StormRuntimeError(mesg=f'{e}: {obj[:1000]!r}') from e


@method('str', 'json', pure=True)
def str_json(rt: Runtime, obj: str) -> Any:
    """Return the value that the text spells in JSON. Raises: BadJsonText."""
    return load_json(obj)


def load_json(text: str) -> Any:
    """Return the value of a JSON text. Raises: BadJsonText."""
    try:
        return s_coerce.wrap(json.loads(text))
    except (ValueError, RecursionError) as e:
        raise s_exc.BadJsonText(mesg=str(e), text=text[:1000]) from e


@method('str', 'format', pure=True)
def str_format(rt: Runtime, obj: str, **kwargs: Any) -> str:
    """Fill ``{name}`` places from the keyword arguments."""
    return s_libbase.format_mesg(obj, kwargs)


async def join(rt: Runtime, sepr: str, items: Any) -> str:
    """Return the texts of the items with another text between them. Raises: StormRuntimeError."""
    if not isinstance(items, (list, tuple, set, str, dict)) and s_objects.kind_of(items) in (
        'int',
        'boolean',
        'number',
    ):
        raise s_exc.StormRuntimeError(mesg=f'Value is not iterable: {s_coerce.text(items)}')
    texts, size = [], 0
    async for item in s_objects.toiter(rt, items):
        texts.append(tostr(item))
        size = bounded(size + len(texts[-1]) + len(sepr))
    return sepr.join(texts)


@method('str', 'join', pure=True)
async def str_join(rt: Runtime, obj: str, items: Any) -> str:
    """Join the items of a list with this text between them."""
    return await join(rt, obj, items)


# $lib.str

s_registry.libdoc('$lib.str', 'Functions that make text.')


@lib('$lib.str.join', pure=True)
async def lib_join(rt: Runtime, sepr: str, items: Any) -> str:
    """Join the items of a list with a text between them."""
    return await join(rt, sepr, items)


@lib('$lib.str.concat', pure=True)
def lib_concat(rt: Runtime, *args: Any) -> str:
    """Return the texts of the arguments, one behind the other."""
    texts = [tostr(arg) for arg in args]
    bounded(sum(map(len, texts)))
    return ''.join(texts)


@lib('$lib.str.format', pure=True)
def lib_format(rt: Runtime, text: str, **kwargs: Any) -> str:
    """Fill the ``{name}`` places of a text from the keyword arguments."""
    return s_libbase.format_mesg(text, kwargs)


# $lib.text


class Text(s_coerce.StormObj):
    """A text that grows."""

    storm_name = 'text'

    def __init__(self, text: str) -> None:
        self.parts = [text]
        self.size = len(text)

    def storm_value(self) -> str:
        return ''.join(self.parts)

    def storm_repr(self) -> str:
        return f'text: {self.storm_value()}'

    def storm_len(self) -> int:
        """Return the number of characters."""
        return self.size

    def storm_bool(self) -> bool:
        return self.size > 0


s_registry.typedoc('text', 'A text that grows.')


@lib('$lib.text')
def lib_text(rt: Runtime, *args: str) -> Text:
    """Return a text that can be added to. Deprecated: collect parts in a list and join them."""
    s_libroot.deprecated(
        rt,
        '$lib.text() is deprecated. Please use a list to append strings to, and then use '
        "``('').join($listOfStr)`` to join them on demand.",
    )
    return Text(''.join(args))


@method('text', 'add')
def text_add(rt: Runtime, obj: Text, text: str, **kwargs: Any) -> None:
    """Add a text, its ``{name}`` places filled from the keyword arguments."""
    text = s_libbase.format_mesg(text, kwargs)
    obj.size = bounded(obj.size + len(text))
    obj.parts.append(text)


@method('text', 'str')
def text_str(rt: Runtime, obj: Text) -> str:
    """Return the text."""
    return obj.storm_value()
