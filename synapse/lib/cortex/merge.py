"""Merging a fork into its parent, emptying a view's layer, and giving a view a new one (spec: cortex.md 8.4).

A merge is not one transaction: edits go over in batches, each one logged change, and each may be applied again without
harm. So whoever is stopped half way merges again. Permissions are asked for every edit before the first is applied.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.view as s_view

Any = typing.Any
Perm = tuple[str, ...]


def edit_perm(form: str, edit: s_edits.Edit) -> Perm:
    """Return the permission that an edit of a node needs on the layer it goes to (cortex.md 6.7)."""
    etype, payload, _ = edit
    if etype == s_edits.NODE_ADD:
        return ('node', 'add', form)
    if etype == s_edits.NODE_DEL:
        return ('node', 'del', form)
    if etype in (s_edits.PROP_SET, s_edits.PROP_DEL):
        return ('node', 'prop', 'set' if etype == s_edits.PROP_SET else 'del', form, payload[0])
    if etype in (s_edits.TAG_SET, s_edits.TAGPROP_SET):
        return ('node', 'tag', 'add', *payload[0].split('.'))
    if etype in (s_edits.TAG_DEL, s_edits.TAGPROP_DEL):
        return ('node', 'tag', 'del', *payload[0].split('.'))
    if etype in (s_edits.NODEDATA_SET, s_edits.NODEDATA_DEL):
        return ('node', 'data', 'set' if etype == s_edits.NODEDATA_SET else 'pop', payload[0])
    return ('node', 'edge', 'add' if etype == s_edits.EDGE_ADD else 'del', payload[0])


async def _confirm(nodeedits: typing.AsyncIterator[s_edits.NodeEdit], user: Any, layer: s_layer.Layer) -> None:
    if user.isAdmin(gateiden=layer.iden):
        return
    async for _, form, edits in nodeedits:
        for edit in edits:
            user.confirm(edit_perm(form, edit), gateiden=layer.iden)


async def _apply(nodeedits: typing.AsyncIterator[s_edits.NodeEdit], user: Any, layer: s_layer.Layer) -> int:
    """Log node edits on a layer in batches; returns how many there were."""
    batch: list[s_edits.NodeEdit] = []
    size = total = 0
    async for item in nodeedits:
        batch.append(item)
        size += len(item[2])
        if size >= s_limits.EDITOR_EDITS:
            await layer.storNodeEdits(batch, {'time': s_common.now(), 'user': user.iden})
            total += len(batch)
            batch, size = [], 0
    if batch:
        await layer.storNodeEdits(batch, {'time': s_common.now(), 'user': user.iden})
    return total + len(batch)


def req_mergeable(stacks: s_stacks.Stacks, view: s_view.View) -> s_view.View:
    """Return the view that a view would be merged into. Raises: CantMergeView, SynErr (quorum), ReadOnlyLayer."""
    iden = view.info.get('parent')
    if iden is None:
        raise s_exc.CantMergeView(mesg=f'Cannot merge view ({view.iden}) that has not been forked.')
    if view.info.get('protected'):
        raise s_exc.CantMergeView(mesg=f'Cannot merge view ({view.iden}) that has protected set.')
    parent = stacks.req_view(iden)
    if parent.info.get('quorum') is not None:
        raise s_exc.SynErr(mesg=f'Parent view of ({view.iden}) requires quorum voting.')
    if parent.wlyr.info.get('readonly'):
        raise s_exc.ReadOnlyLayer(mesg="May not merge if the parent's write layer is read-only")
    if stacks.children(view.iden):
        raise s_exc.CantMergeView(mesg='Cannot merge a view that has children itself')
    return parent


async def merge(stacks: s_stacks.Stacks, iden: str, user: Any) -> int:
    """Write what the layer of a fork holds to its parent; the fork stays as it is. Returns the number of node edits.

    Raises: NoSuchView, CantMergeView, ReadOnlyLayer, AuthDeny (an edit that the user may not make in the parent).
    """
    view = stacks.req_view(iden)
    parent = req_mergeable(stacks, view)
    await _confirm(s_sync.layer_nodes(stacks, view.wlyr), user, parent.wlyr)
    return await _apply(s_sync.layer_nodes(stacks, view.wlyr), user, parent.wlyr)


async def wipe(stacks: s_stacks.Stacks, iden: str, user: Any) -> int:
    """Delete all that the write layer of a view holds, as edits. Returns the number of node edits.

    Raises: NoSuchView, AuthDeny.
    """
    layer = stacks.req_view(iden).wlyr
    await _confirm(_deletions(stacks, layer), user, layer)
    return await _apply(_deletions(stacks, layer), user, layer)


async def _deletions(stacks: s_stacks.Stacks, layer: s_layer.Layer) -> typing.AsyncGenerator[s_edits.NodeEdit, None]:
    async for buid, form, edits in s_sync.layer_nodes(stacks, layer):
        undo = [_UNDO[edit[0]](edit[1]) for edit in reversed(edits)]
        # the time of creation goes with the node itself
        added = any(edit[0] == s_edits.NODE_ADD for edit in edits)
        yield buid, form, [edit for edit in undo if not (added and edit[0] == s_edits.PROP_DEL and _created(edit))]


def _created(edit: s_edits.Edit) -> bool:
    return bool(edit[1][0] == '.created')


_UNDO: dict[int, typing.Callable[[tuple[Any, ...]], s_edits.Edit]] = {
    s_edits.NODE_ADD: lambda item: (s_edits.NODE_DEL, item, ()),
    s_edits.PROP_SET: lambda item: (s_edits.PROP_DEL, (item[0], item[1], item[3]), ()),
    s_edits.TAG_SET: lambda item: (s_edits.TAG_DEL, (item[0], item[1]), ()),
    s_edits.TAGPROP_SET: lambda item: (s_edits.TAGPROP_DEL, (item[0], item[1], item[2], item[4]), ()),
    s_edits.NODEDATA_SET: lambda item: (s_edits.NODEDATA_DEL, (item[0], item[1]), ()),
    s_edits.EDGE_ADD: lambda item: (s_edits.EDGE_DEL, item, ()),
}


async def swap_layer(stacks: s_stacks.Stacks, iden: str, creator: str) -> s_layer.Layer:
    """Give a view a new empty write layer in place of its own, which is deleted unless other views use it.

    Returns the new layer. Raises: NoSuchView.
    """
    view = stacks.req_view(iden)
    old = view.wlyr
    layer = await stacks.swap(view.iden, creator)
    others = [other for other in stacks.users_of(old) if old.iden in other.info['layers']]
    if not others:
        await stacks.del_layer(old.iden)
    return layer
