'''Node edits: the vocabulary of change (spec: cortex.md 6.1).

``nodeedits`` is a list of ``(buid, form, edits)``; an edit is ``(etype, payload, subedits)`` and subedits are always
empty here: whoever computes derived edits (the view's editor) writes them down in full.
'''

from __future__ import annotations

import typing

NODE_ADD = 0  # (valu, stortype)
NODE_DEL = 1  # (oldv, stortype)
PROP_SET = 2  # (prop, valu, oldv, stortype)
PROP_DEL = 3  # (prop, oldv, stortype)
TAG_SET = 4  # (tag, (min, max) | (None, None), oldv)
TAG_DEL = 5  # (tag, oldv)
TAGPROP_SET = 6  # (tag, prop, valu, oldv, stortype)
TAGPROP_DEL = 7  # (tag, prop, oldv, stortype)
NODEDATA_SET = 8  # (name, valu, oldv)
NODEDATA_DEL = 9  # (name, oldv)
EDGE_ADD = 10  # (verb, n2 iden hex)
EDGE_DEL = 11  # (verb, n2 iden hex)

Edit = tuple[int, tuple[typing.Any, ...], tuple[typing.Any, ...]]
NodeEdit = tuple[bytes, str, typing.Sequence[Edit]]

NOTIME = (None, None)


def merge_ival(new: typing.Any, old: typing.Any) -> typing.Any:
    '''Merge two tag intervals: an untimed new one keeps the old, two timed ones make their union.'''
    if old is None or old == NOTIME:
        return new
    if new == NOTIME:
        return old
    return (min(new[0], old[0]), max(new[1], old[1]))
