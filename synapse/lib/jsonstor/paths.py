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


def names_of(path: typing.Any, what: str = 'path') -> Parts:
    """Return a path or property as a tuple of names; text is split at ``/``. Raises BadArg."""
    if type(path) is str:
        return tuple(path.split('/'))
    if not isinstance(path, (tuple, list)):
        raise s_exc.BadArg(mesg=f'A {what} is text or a list of text, not {type(path).__name__}.')
    for name in path:
        if not isinstance(name, str):
            raise s_exc.BadArg(mesg=f'A {what} consists of text, not {type(name).__name__}.')
    return tuple(path)


def parts_of(path: typing.Any) -> Parts:
    """Return the names of a path. Raises BadArg: not a path, or a name with a NUL in it."""
    parts = names_of(path)
    for name in parts:
        if '\x00' in name:
            raise s_exc.BadArg(mesg='A path may not contain NUL characters.', path=parts)
    return parts


def pack(parts: Parts) -> bytes:
    """Return names as a key, of any length."""
    return SEP.join([name.encode('utf8', 'surrogatepass') for name in parts])


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


def text(parts: Parts) -> str:
    """Return names as text."""
    return '/'.join(parts)
