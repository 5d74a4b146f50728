"""Forks of views: made, put between others, joined to a parent and detached, removed (spec: cortex.md 8.2)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stackbase as s_stackbase
import synapse.lib.cortex.stacklayers as s_stacklayers
import synapse.lib.cortex.stackviews as s_stackviews
import synapse.lib.layer as s_layer
import synapse.lib.nexus as s_nexus
import synapse.lib.view as s_view

Any = typing.Any
Def = s_stackbase.Def


class Forks(s_stackviews.ViewDefs):
    """Views that have a parent. Their definitions list only their own layer; the rest of the stack is the parent's."""

    async def set_view(self, iden: str, name: str, valu: Any) -> Any:
        """As for any view, and ``parent``: see ``set_parent``."""
        if name == 'parent':
            return await self.set_parent(self.req_view(iden).iden, valu)
        return await super().set_view(iden, name, valu)

    async def fork(self, iden: str, creator: str, vdef: Def | None = None, ldef: Def | None = None) -> s_view.View:
        """Make a view over a new layer and all that a view sees. Returns it. Raises: NoSuchView, SchemaViolation."""
        parent = self.req_view(iden)
        ldef = self.new_ldef(ldef or {}, creator)
        s_stacklayers.req_types(vdef or {}, s_stackviews.TYPES)
        given = {name: valu for name, valu in (vdef or {}).items() if valu is not None}
        vdef = {**given, 'iden': s_common.guid(), 'creator': creator, 'created': s_common.now()}
        vdef.update(parent=parent.iden, layers=[ldef['iden']])
        newiden: str = await self._push('view:fork', ldef, vdef)
        return self.views[newiden]

    @s_nexus.Pusher.onPush('view:fork')
    async def _on_view_fork(self, ldef: Def, vdef: Def) -> str:
        self.req_view(vdef['parent'])
        await self.put_layer(ldef)
        return self._put_view(vdef)

    async def insert_parent(self, iden: str, creator: str, vdef: Def | None = None) -> s_view.View:
        """Put a new fork between a fork and its parent. Returns it.

        Raises: NoSuchView, BadState (no fork, or one that is being merged).
        """
        view = self.req_view(iden)
        self._req_fork(view)
        return await self._insert('view:forkparent', view, creator, vdef)

    async def insert_child(self, iden: str, creator: str, vdef: Def | None = None) -> s_view.View:
        """Put a new fork between a view and its forks. Returns it. Raises: NoSuchView."""
        return await self._insert('view:forkchild', self.req_view(iden), creator, vdef)

    async def _insert(self, event: str, view: s_view.View, creator: str, vdef: Def | None) -> s_view.View:
        s_stacklayers.req_types(vdef or {}, s_stackviews.TYPES)
        given = {name: valu for name, valu in (vdef or {}).items() if valu is not None}
        vdef = {**given, 'iden': s_common.guid(), 'creator': creator, 'created': s_common.now()}
        newiden: str = await self._push(event, view.iden, self.new_ldef({}, creator), vdef)
        return self.views[newiden]

    def _req_fork(self, view: s_view.View) -> None:
        if view.info.get('parent') is None:
            mesg = f'View ({view.iden}) is not a fork, cannot insert a new fork between it and parent.'
            raise s_exc.BadState(mesg=mesg)
        self.req_idle(view)

    @s_nexus.Pusher.onPush('view:forkparent')
    async def _on_insert_parent(self, iden: str, ldef: Def, vdef: Def) -> str:
        view = self.req_view(iden)
        self._req_fork(view)
        await self.put_layer(ldef)
        newiden = self._put_view({**vdef, 'parent': view.info['parent'], 'layers': [ldef['iden']]})
        self._set_info(view, 'parent', newiden)
        self._restack()
        return newiden

    @s_nexus.Pusher.onPush('view:forkchild')
    async def _on_insert_child(self, iden: str, ldef: Def, vdef: Def) -> str:
        children = self.children(self.req_view(iden).iden)
        await self.put_layer(ldef)
        newiden = self._put_view({**vdef, 'parent': iden, 'layers': [ldef['iden']]})
        for child in children:
            self._set_info(child, 'parent', newiden)
        self._restack()
        return newiden

    async def set_parent(self, iden: str, parent: str) -> str:
        """Put a view of one layer over another view, as if it had been forked. Raises: BadArg, NoSuchView."""
        self._req_parent(self.req_view(iden), parent)
        return str(await self._push('view:setparent', iden, parent))

    def _req_parent(self, view: s_view.View, parent: str) -> None:
        if not isinstance(parent, str) or parent not in self.views:
            raise s_exc.NoSuchView(mesg='The parent view must already exist.', iden=parent)
        if parent == view.iden:
            raise s_exc.BadArg(mesg='A view may not have parent set to itself.')
        above: str | None = parent
        while above is not None:
            if above == view.iden:
                raise s_exc.BadArg(mesg='Circular dependency of view parents is not supported.')
            above = self.views[above].info.get('parent')
        if view.info.get('parent') is not None:
            raise s_exc.BadArg(mesg='You may not set parent on a view which already has one.')
        if len(view.info['layers']) != 1:
            raise s_exc.BadArg(mesg='You may not set parent on a view which has more than one layer.')

    @s_nexus.Pusher.onPush('view:setparent')
    def _on_set_parent(self, iden: str, parent: str) -> str:
        view = self.req_view(iden)
        self._req_parent(view, parent)
        self._set_info(view, 'parent', parent)
        self._restack()
        self.tell('view:set', lambda: {'iden': iden, 'name': 'parent', 'valu': parent}, iden, view.wlyr.iden)
        return parent

    async def detach(self, iden: str) -> None:
        """Make a fork a view of its own that goes on to see the same layers.

        Raises: NoSuchView, BadArg (no fork), BadState (it is being merged).
        """
        view = self.req_view(iden)
        if view.info.get('parent') is None:
            raise s_exc.BadArg(mesg='A view with no parent is already detached.')
        await self._push('view:detach', view.iden)

    @s_nexus.Pusher.onPush('view:detach')
    def _on_detach(self, iden: str) -> None:
        view = self.req_view(iden)
        self.req_idle(view)
        layers = [layer.iden for layer in view.layers]
        view.info.pop('parent', None)
        self._set_info(view, 'layers', layers)
        self.tell('view:set', lambda: {'iden': iden, 'name': 'parent', 'valu': None}, iden, view.wlyr.iden)

    async def swap(self, iden: str, creator: str) -> s_layer.Layer:
        """Put a new empty layer in the place of a view's write layer, which stays. Returns it.

        Raises: NoSuchView, BadState (it is being merged).
        """
        view = self.req_view(iden)
        kept = ('logedits', 'lockmemory', 'name', 'desc', 'cache:size')
        ldef = {name: view.wlyr.info[name] for name in kept if name in view.wlyr.info}
        newiden: str = await self._push('layer:swap', view.iden, self.new_ldef(ldef, creator))
        return self.layers[newiden]

    @s_nexus.Pusher.onPush('layer:swap')
    async def _on_layer_swap(self, iden: str, ldef: Def) -> str:
        view = self.req_view(iden)
        self.req_idle(view)
        newiden = await self.put_layer(ldef)
        layers = [newiden, *view.info['layers'][1:]]
        self._set_info(view, 'layers', layers)
        self._restack()
        self.tell('view:setlayers', lambda: {'iden': iden, 'layers': layers}, iden, newiden)
        return newiden

    async def drop_fork(self, view: s_view.View) -> None:
        """Remove a fork and its layer, part of a logged change."""
        for child in self.children(view.iden):
            self._set_info(child, 'parent', view.info.get('parent'))
        self._drop_view(view)
        self._restack()
        if not self.users_of(view.wlyr):
            await self.drop_layer(view.wlyr)
