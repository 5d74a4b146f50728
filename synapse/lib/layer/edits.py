"""Node edits: the vocabulary of change (spec: cortex.md 6.1).

``nodeedits`` is a list of ``(buid, form, edits)``; an edit is ``(etype, payload, subedits)`` and subedits are always
empty here: whoever computes derived edits (the view's editor) writes them down in full.
"""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    import synapse.lib.model.model as s_model

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

# these two stay inside (log, edit log)
NODE_NEW = -1  # (valu, props, tags, tagprops): a whole new node, see expand()
BLOCK_NEW = -2  # many new nodes, by column, see block.Block

Edit = tuple[int, tuple[typing.Any, ...], tuple[typing.Any, ...]]
NodeEdit = tuple[bytes, str, typing.Sequence[Edit]]

NOTIME = (None, None)


def merge_ival(new: typing.Any, old: typing.Any) -> typing.Any:
    """Merge two tag intervals: an untimed new one keeps the old, two timed ones make their union."""
    if old is None or old == NOTIME:
        return new
    if new == NOTIME:
        return old
    return (min(new[0], old[0]), max(new[1], old[1]))


def stortype(item: typing.Any) -> int:
    """Return the storage type of a form, property or tag property, 0 for one that the model does not have."""
    return 0 if item is None else item.type.stortype


def expand(model: s_model.Model, edits: typing.Sequence[Edit], form: str) -> list[Edit]:
    """Return the edits of a node in the public vocabulary: a new node becomes one edit for each thing it brings."""
    if not edits or edits[0][0] != NODE_NEW:
        return list(edits)
    valu, props, tags, tagprops = edits[0][1]
    item = model.form(form)
    retn: list[Edit] = [(NODE_ADD, (valu, stortype(item)), ())]
    have: dict[str, typing.Any] = {} if item is None else item.props
    # for each new node of a query whose edits are shown: no calls in here
    retn += [
        (PROP_SET, (name, propv, None, have[name].type.stortype if name in have else 0), ())
        for name, propv in props.items()
    ]
    retn += [(TAG_SET, (tag, ival, None), ()) for tag, ival in tags.items()]
    for tag, valus in tagprops.items():
        for name, propv in valus.items():
            retn.append((TAGPROP_SET, (tag, name, propv, None, stortype(model.tagprops.get(name))), ()))
    retn.extend(edits[1:])
    return retn
