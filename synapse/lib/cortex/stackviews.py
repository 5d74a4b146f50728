"""Making, forking, changing and removing views (spec: cortex.md 8.1, 8.2)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stackbase as s_stackbase
import synapse.lib.cortex.stacklayers as s_stacklayers
import synapse.lib.layer as s_layer
import synapse.lib.nexus as s_nexus
import synapse.lib.view as s_view

Any = typing.Any
Def = s_stackbase.Def

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    'name': ((str,), 'string'),
    'desc': ((str,), 'string'),
    'protected': ((bool,), 'boolean'),
    'quorum': ((dict,), 'object'),
}
SETTABLE = ('name', 'desc', 'parent', 'nomerge', 'protected', 'layers', 'quorum')


class ViewDefs(s_stacklayers.LayerDefs):
    """The views. The definition of a fork lists only its own layer; the rest of its stack is that of its parent."""

    def new_vdef(self, vdef: Def, creator: str) -> Def:
        """Return a complete definition for a new view. Raises: SchemaViolation, NoSuchLayer, DupIden."""
        s_stacklayers.req_types(vdef, _TYPES)
        _req_idens(vdef.get('layers'))
        for iden in vdef['layers']:
            self.req_layer(iden)
        given = {name: valu for name, valu in vdef.items() if valu is not None}
        vdef = {'iden': s_common.guid(), 'parent': None, **given, 'creator': creator, 'created': s_common.now()}
        vdef['layers'] = list(vdef['layers'])
        if not s_common.isguid(vdef['iden']):
            raise s_exc.SchemaViolation(mesg='data.iden must match pattern ^[0-9a-f]{32}$', name='data.iden')
        if vdef['iden'] in self.views:
            raise s_exc.DupIden(mesg=f'A view with iden {vdef["iden"]} exists.', iden=vdef['iden'])
        return vdef

    async def add_view(self, vdef: Def, creator: str) -> s_view.View:
        """Make a view over existing layers; its creator is the admin of its gate. Returns it.

        Args:
            vdef: ``{layers: [idens, top first], name?, desc?, iden?, worldreadable?}``.

        Raises: SchemaViolation, NoSuchLayer, DupIden.
        """
        iden: str = await self._push('view:add', self.new_vdef(vdef, creator))
        return self.views[iden]

    @s_nexus.Pusher.onPush('view:add')
    def _on_view_add(self, vdef: Def) -> str:
        return self._put_view(vdef)

    def _put_view(self, vdef: Def) -> str:
        iden = str(vdef['iden'])
        self.viewdefs.set(iden, vdef)
        self._give(iden, 'view', vdef['creator'], bool(vdef.get('worldreadable')))
        self._open_view(vdef)
        self._restack()
        self._tell('view:add', lambda: self.pack_view(self.views[iden]), iden)
        return iden

    async def fork(self, iden: str, creator: str, vdef: Def | None = None, ldef: Def | None = None) -> s_view.View:
        """Make a view over a new layer and all that a view sees. Returns it. Raises: NoSuchView, SchemaViolation."""
        parent = self.req_view(iden)
        ldef = self.new_ldef(ldef or {}, creator)
        s_stacklayers.req_types(vdef or {}, _TYPES)
        given = {name: valu for name, valu in (vdef or {}).items() if valu is not None}
        vdef = {'iden': s_common.guid(), **given, 'creator': creator, 'created': s_common.now()}
        vdef.update(parent=parent.iden, layers=[ldef['iden']])
        newiden: str = await self._push('view:fork', ldef, vdef)
        return self.views[newiden]

    @s_nexus.Pusher.onPush('view:fork')
    async def _on_view_fork(self, ldef: Def, vdef: Def) -> str:
        self.req_view(vdef['parent'])
        await self.put_layer(ldef)
        return self._put_view(vdef)

    async def del_view(self, iden: str) -> None:
        """Remove a view; its layers stay. Raises: NoSuchView, CantDelView (protected), SynErr (main view, parent)."""
        view = self.req_view(iden)
        self._req_deletable(view)
        await self._push('view:del', view.iden)

    def _req_deletable(self, view: s_view.View) -> None:
        if view is self.default:
            raise s_exc.SynErr(mesg='Cannot delete the main view')
        if view.info.get('protected'):
            raise s_exc.CantDelView(mesg=f'Cannot delete view ({view.iden}) that has protected set.')
        if self.children(view.iden):
            raise s_exc.SynErr(mesg='Cannot delete a view that has children')

    @s_nexus.Pusher.onPush('view:del')
    def _on_view_del(self, iden: str) -> None:
        view = self.views.get(iden)
        if view is None:
            return
        self._req_deletable(view)
        gate = self.cell.auth.getAuthGate(iden)
        gates = [] if gate is None else [gate.pack()]
        del self.views[iden]
        self.viewdefs.pop(iden)
        self.cell.auth.delAuthGate(iden)
        self.cell.feedBeholder('view:del', {'iden': iden}, gates=gates)

    # changing

    async def set_view(self, iden: str, name: str, valu: Any) -> Any:
        """Set an option of a view, null for none; returns the value.

        Raises: NoSuchView, BadOptValu (the option), SchemaViolation (the value), and for ``parent`` and ``layers``
        BadArg, NoSuchLayer, ReadOnlyLayer.
        """
        view = self.req_view(iden)
        name = 'protected' if name == 'nomerge' else name
        if name not in SETTABLE:
            raise s_exc.BadOptValu(mesg=f'View does not support setting: {name}')
        if name == 'parent':
            return await self.set_parent(view.iden, valu)
        if name == 'layers':
            return await self.set_layers(view.iden, valu)
        s_stacklayers.req_types({name: valu}, _TYPES)
        if name == 'quorum' and valu is not None:
            _req_quorum(valu)
        return await self._push('view:set', view.iden, name, valu)

    @s_nexus.Pusher.onPush('view:set')
    def _on_view_set(self, iden: str, name: str, valu: Any) -> Any:
        view = self.req_view(iden)
        self._set_info(view, name, valu)
        self._tell('view:set', lambda: {'iden': iden, 'name': name, 'valu': valu}, iden, view.wlyr.iden)
        return valu

    def _set_info(self, view: s_view.View, name: str, valu: Any) -> None:
        if valu is None:
            view.info.pop(name, None)
        else:
            view.info[name] = valu
        self.viewdefs.set(view.iden, view.info)

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
        self._tell('view:set', lambda: {'iden': iden, 'name': 'parent', 'valu': parent}, iden, view.wlyr.iden)
        return parent

    async def set_layers(self, iden: str, layers: typing.Sequence[str]) -> list[str]:
        """Replace the layers of a view that is no fork; its forks see the new ones.

        Raises: SchemaViolation, NoSuchLayer, ReadOnlyLayer, BadArg (a fork).
        """
        self._req_layers(self.req_view(iden), layers)
        return list(await self._push('view:setlayers', iden, list(layers)))

    def _req_layers(self, view: s_view.View, layers: typing.Sequence[str]) -> list[s_layer.Layer]:
        if view.info.get('parent') is not None:
            raise s_exc.BadArg(mesg='You cannot set the layers of a forked view.')
        _req_idens(layers, pattern=False)
        found = [self.req_layer(iden) for iden in layers]
        if found[0].info.get('readonly'):
            raise s_exc.ReadOnlyLayer(mesg=f'First layer {found[0].iden} must not be read-only')
        return found

    @s_nexus.Pusher.onPush('view:setlayers')
    def _on_set_layers(self, iden: str, layers: list[str]) -> list[str]:
        view = self.req_view(iden)
        self._req_layers(view, layers)
        self._set_info(view, 'layers', list(layers))
        self._restack()
        self._tell('view:setlayers', lambda: {'iden': iden, 'layers': list(layers)}, iden, view.wlyr.iden)
        return list(layers)

    async def detach(self, iden: str) -> None:
        """Make a fork a view of its own that goes on to see the same layers. Raises: NoSuchView, BadArg."""
        view = self.req_view(iden)
        if view.info.get('parent') is None:
            raise s_exc.BadArg(mesg='A view with no parent is already detached.')
        await self._push('view:detach', view.iden)

    @s_nexus.Pusher.onPush('view:detach')
    def _on_detach(self, iden: str) -> None:
        view = self.req_view(iden)
        layers = [layer.iden for layer in view.layers]
        view.info.pop('parent', None)
        self._set_info(view, 'layers', layers)
        self._tell('view:set', lambda: {'iden': iden, 'name': 'parent', 'valu': None}, iden, view.wlyr.iden)

    async def swap(self, iden: str, creator: str) -> s_layer.Layer:
        """Put a new empty layer in the place of a view's write layer, which stays. Returns it. Raises: NoSuchView."""
        view = self.req_view(iden)
        kept = ('logedits', 'lockmemory', 'name', 'desc', 'cache:size')
        ldef = {name: view.wlyr.info[name] for name in kept if name in view.wlyr.info}
        newiden: str = await self._push('layer:swap', view.iden, self.new_ldef(ldef, creator))
        return self.layers[newiden]

    @s_nexus.Pusher.onPush('layer:swap')
    async def _on_layer_swap(self, iden: str, ldef: Def) -> str:
        view = self.req_view(iden)
        newiden = await self.put_layer(ldef)
        layers = [newiden, *view.info['layers'][1:]]
        self._set_info(view, 'layers', layers)
        self._restack()
        self._tell('view:setlayers', lambda: {'iden': iden, 'layers': layers}, iden, newiden)
        return newiden

    @s_nexus.Pusher.onPush('view:default')
    def _on_view_default(self, iden: str) -> None:
        self.config.set('view', iden)


def _req_idens(layers: Any, pattern: bool = True) -> None:
    if not isinstance(layers, (list, tuple)):
        raise s_exc.SchemaViolation(mesg='data.layers must be array', name='data.layers')
    if not layers:
        raise s_exc.SchemaViolation(mesg='data.layers must contain at least 1 items', name='data.layers')
    for numb, iden in enumerate(layers):
        if not isinstance(iden, str) or (pattern and not s_common.isguid(iden)):
            mesg = f'data.layers[{numb}] must match pattern ^[0-9a-f]{{32}}$'
            raise s_exc.SchemaViolation(mesg=mesg, name=f'data.layers[{numb}]')
    if len(set(layers)) != len(layers):
        raise s_exc.SchemaViolation(mesg='data.layers must contain unique items', name='data.layers')


def _req_quorum(valu: Def) -> None:
    count, roles = valu.get('count'), valu.get('roles')
    if set(valu) != {'count', 'roles'}:
        raise s_exc.SchemaViolation(mesg='data.quorum must contain count and roles', name='data.quorum')
    if type(count) is not int or count < 1:
        mesg = 'data.quorum.count must be bigger than or equal to 1'
        raise s_exc.SchemaViolation(mesg=mesg, name='data.quorum.count')
    if not isinstance(roles, (list, tuple)) or not all(s_common.isguid(role) for role in roles):
        raise s_exc.SchemaViolation(mesg='data.quorum.roles must be idens', name='data.quorum.roles')
