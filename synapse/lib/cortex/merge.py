"""Merging a fork into its parent, emptying a view's layer, and giving a view a new one (spec: cortex.md 8.4).

A merge is not one transaction: edits go over in batches, each one logged change, and each may be applied again without
harm. So whoever is stopped half way merges again. Permissions are asked for every edit before the first is applied.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.cortex.edits as s_coreedits
import synapse.lib.cortex.held as s_held
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
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


class Merger:
    """Moves what layers hold. Storm reaches it as ``cortex.merger``.

    Args:
        stacks: The layers and views.
    """

    check = staticmethod(s_coreedits.check)
    edit_perm = staticmethod(edit_perm)
    undo = staticmethod(s_held.undo)
    nids = staticmethod(s_held.nids)
    transfer = s_held.Transfer

    def __init__(self, stacks: s_stacks.Stacks) -> None:
        self.stacks = stacks

    def node_edits(self, layer: s_layer.Layer, nid: bytes) -> s_edits.NodeEdit | None:
        """Return the node edit that re-creates what a layer holds of a node, None for nothing. Raises: NoSuchLayer."""
        s_held.req_open(layer)
        return s_sync.node_edits(self.stacks, layer, nid)

    def handed(self, layer: s_layer.Layer, nid: bytes, dest: s_layer.Layer) -> list[s_edits.NodeEdit]:
        """Return the node edits that bring what a layer holds of a node to another layer."""
        return s_held.handed(self.stacks, layer, nid, dest)

    async def _confirm(self, nodeedits: s_held.Edits, user: Any, layer: s_layer.Layer) -> None:
        if user.isAdmin(gateiden=layer.iden):
            return
        async for _, form, edits in nodeedits:
            for edit in s_edits.expand(self.stacks.model, edits, form):
                user.confirm(edit_perm(form, edit), gateiden=layer.iden)

    async def _apply(self, nodeedits: s_held.Edits, user: Any, layer: s_layer.Layer) -> int:
        """Log node edits on a layer in batches; returns how many there were."""

        async def told(layer: s_layer.Layer, results: list[s_edits.NodeEdit]) -> None:
            for view in self.stacks.writers_of(layer):
                await view.changed(user.iden, results)

        transfer = s_held.Transfer(user.iden, told)
        async for item in nodeedits:
            transfer.put(layer, item)
            if transfer.full:
                await transfer.flush()
        await transfer.flush()
        return transfer.total

    def req_mergeable(self, view: s_view.View) -> s_view.View:
        """Return the view that a view would be merged into.

        Raises: CantMergeView, SynErr (quorum), ReadOnlyLayer.
        """
        parent = self.stacks.parent_of(view)
        if parent is None:
            raise s_exc.CantMergeView(mesg=f'Cannot merge view ({view.iden}) that has not been forked.')
        if view.info.get('merging'):
            raise s_exc.CantMergeView(mesg=f'Cannot merge view ({view.iden}) that is being merged.')
        if view.info.get('protected'):
            raise s_exc.CantMergeView(mesg=f'Cannot merge view ({view.iden}) that has protected set.')
        if parent.info.get('quorum') is not None:
            raise s_exc.SynErr(mesg=f'Parent view of ({view.iden}) requires quorum voting.')
        if parent.wlyr.info.get('readonly'):
            raise s_exc.ReadOnlyLayer(mesg="May not merge if the parent's write layer is read-only")
        if self.stacks.children(view.iden):
            raise s_exc.CantMergeView(mesg='Cannot merge a view that has children itself')
        return parent

    async def merge(self, iden: str, user: Any) -> int:
        """Write what the layer of a fork holds to its parent; the fork stays as it is.

        Returns the number of node edits. Raises: NoSuchView, CantMergeView, ReadOnlyLayer, SynErr (quorum), AuthDeny
        (an edit that the user may not make in the parent).
        """
        view = self.stacks.req_view(iden)
        parent = self.req_mergeable(view)
        await self._confirm(s_held.all_handed(self.stacks, view.wlyr, parent.wlyr), user, parent.wlyr)
        return await self.hand_down(view, parent, user)

    async def hand_down(self, view: s_view.View, parent: s_view.View, user: Any) -> int:
        """Write what the layer of a fork holds to its parent, without a check. Returns the number of node edits."""
        return await self._apply(s_held.all_handed(self.stacks, view.wlyr, parent.wlyr), user, parent.wlyr)

    async def wipe(self, iden: str, user: Any) -> int:
        """Delete all that the write layer of a view holds, as edits. Returns the number of node edits.

        Raises: NoSuchView, AuthDeny.
        """
        layer = self.stacks.req_view(iden).wlyr
        await self._confirm(s_held.all_undone(self.stacks, layer), user, layer)
        return await self._apply(s_held.all_undone(self.stacks, layer), user, layer)

    async def swap_layer(self, iden: str, creator: str) -> s_layer.Layer:
        """Give a view a new empty write layer in place of its own, which is deleted unless other views use it.

        Returns the new layer. Raises: NoSuchView.
        """
        view = self.stacks.req_view(iden)
        old = view.wlyr
        layer = await self.stacks.swap(view.iden, creator)
        if not self.stacks.users_of(old):
            await self.stacks.del_layer(old.iden)
        return layer
