"""Paths: tuples of names, and the keys that they have in the database (jsonstor.md 2).

The key is the names joined by NUL, so that a path sorts before everything below it, and everything below it is one
range. NUL is therefore refused in names: it would make one path look like another, and step around permissions.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Path = str | typing.Sequence[str]
Parts = tuple[str, ...]

SEP = b'\x00'


def parts_of(path: typing.Any) -> Parts:
    """Return the names of a path; text is split at ``/``. Raises BadArg: not a path, or a name with a NUL in it."""
    if type(path) is str:
        parts = tuple(path.split('/'))
    elif isinstance(path, (tuple, list)):
        parts = tuple(path)
    else:
        raise s_exc.BadArg(mesg=f'A path is text or a list of text, not {type(path).__name__}.')
    for name in parts:
        if not isinstance(name, str):
            raise s_exc.BadArg(mesg=f'A path consists of text, not {type(name).__name__}.')
        if '\x00' in name:
            raise s_exc.BadArg(mesg='A path may not contain NUL characters.', path=parts)
    return parts


def pack(parts: Parts) -> bytes:
    """Return names as a key, of any length."""
    return '\x00'.join(parts).encode('utf8', 'surrogatepass')


def unpack(lkey: bytes) -> Parts:
    """Return the names of a key."""
    return tuple(lkey.decode('utf8', 'surrogatepass').split('\x00'))


def key_of(parts: Parts) -> bytes:
    """Return the key under which an object may be stored. Raises BadArg: the path is empty or too long."""
    lkey = pack(parts)
    if not lkey:
        raise s_exc.BadArg(mesg='The path of an object may not be empty.', path=parts)
    if len(lkey) > s_limits.JSON_PATH_BYTES:
        mesg = f'The path of an object has at most {s_limits.JSON_PATH_BYTES} bytes, not {len(lkey)}.'
        raise s_exc.BadArg(mesg=mesg, size=len(lkey))
    return lkey


def find_key(parts: Parts) -> bytes | None:
    """Return the key for reading: None for a path that is too long to be stored. Raises BadArg for an empty one."""
    lkey = pack(parts)
    return None if len(lkey) > s_limits.JSON_PATH_BYTES else key_of(parts)


def text(parts: typing.Iterable[str]) -> str:
    """Return names as text."""
    return '/'.join(parts)
