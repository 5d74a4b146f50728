"""What may be stored: anything that msgpack can carry, up to a size and a depth (jsonstor.md 2)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Any = typing.Any

# The depth at which the packer gives up.
_PACK_DEPTH = 1024


def pack(item: Any, limit: int | None = None) -> bytes:
    """Return a value packed. Raises NotMsgpackSafe, and BadArg when it is too deep or too large."""
    try:
        byts = s_common.en(item)
        if len(byts) > s_limits.JSON_DEPTH:  # what has fewer bytes cannot be deeper
            _check_depth(item)
    except (RecursionError, s_exc.CLASSES['NotMsgpackSafe']) as e:
        if isinstance(e, s_exc.SynErr) and 'recursion limit' not in str(e.get('mesg')):
            raise
        mesg = f'The value is nested too deeply to be stored: more than {s_limits.JSON_DEPTH} levels.'
        raise s_exc.BadArg(mesg=mesg) from None
    limit = s_limits.JSON_OBJ_BYTES if limit is None else limit
    if len(byts) > limit:
        raise s_exc.BadArg(mesg=f'The value has {len(byts)} bytes, at most {limit} can be stored.', size=len(byts))
    return byts


def _check_depth(item: Any) -> None:
    # the packer counts levels much faster than we could: pack the value at the bottom of a pile of lists
    pile, bottom = _PILE
    bottom[0] = item
    try:
        s_common.en(pile)
    finally:
        bottom[0] = None


def _make_pile(levels: int) -> tuple[list[Any], list[Any]]:
    bottom: list[Any] = [None]
    pile = bottom
    for _ in range(levels - 1):
        pile = [pile]
    return pile, bottom


_PILE = _make_pile(_PACK_DEPTH - s_limits.JSON_DEPTH)


def own(item: Any, limit: int | None = None) -> Any:
    """Return a value as it will be read: a copy that nobody else can change, lists as tuples. Raises as ``pack``."""
    return s_common.un(pack(item, limit))
