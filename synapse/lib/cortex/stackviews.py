"""Making, changing and removing views (spec: cortex.md 8.1). What is special about forks is in ``stackforks``."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stackbase as s_stackbase
import synapse.lib.cortex.stacklayers as s_stacklayers
import synapse.lib.layer as s_layer
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.view as s_view

Any = typing.Any
Def = s_stackbase.Def

TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    'name': ((str,), 'string'),
    'desc': ((str,), 'string'),
    'protected': ((bool,), 'boolean'),
    'quorum': ((dict,), 'object'),
}
SETTABLE = ('name', 'desc', 'nomerge', 'protected', 'layers', 'quorum')


class ViewDefs(s_stacklayers.LayerDefs):
    """The views. The definition of a fork lists only its own layer; the rest of its stack is that of its parent."""

    def new_vdef(self, vdef: Def, creator: str) -> Def:
        """Return a complete definition for a new view. Raises: SchemaViolation, NoSuchLayer, DupIden."""
        s_stacklayers.req_types(vdef, TYPES)
        _req_idens(vdef.get('layers'))
        given = {name: valu for name, valu in vdef.items() if valu is not None}
        vdef = {'iden': s_common.guid(), **given, 'parent': None, 'creator': creator, 'created': s_common.now()}
        vdef['layers'] = list(vdef['layers'])
        if not s_common.isguid(vdef['iden']):
            raise s_exc.SchemaViolation(mesg='data.iden must match pattern ^[0-9a-f]{32}$', name='data.iden')
        self._req_new_view(vdef)
        return vdef

    def _req_new_view(self, vdef: Def) -> None:
        for iden in vdef['layers']:
            self.req_layer(iden)
        self._req_free('view', vdef['iden'])

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
        self._req_new_view(vdef)
        return self._put_view(vdef)

    def _put_view(self, vdef: Def) -> str:
        iden = str(vdef['iden'])
        public = bool(vdef.get('worldreadable'))  # a rule of the gate from now on, nothing that the view is
        vdef = {name: valu for name, valu in vdef.items() if name != 'worldreadable'}
        self.viewdefs.set(iden, vdef)
        self._give(iden, 'view', vdef['creator'], public)
        self._open_view(vdef)
        self._restack()
        self.tell('view:add', lambda: self.pack_view(self.views[iden]), iden)
        return iden

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
        self._drop_view(view)

    def _drop_view(self, view: s_view.View) -> None:
        iden = view.iden
        gate = self.cell.auth.getAuthGate(iden)
        gates = [] if gate is None else [gate.pack()]
        del self.views[iden]
        self.viewdefs.pop(iden)
        self.drop_request(iden)
        self.requests.drop_prefix(f'merged:{iden}:')
        self.cell.auth.delAuthGate(iden)
        self.cell.feedBeholder('view:del', {'iden': iden}, gates=gates)

    # changing

    async def set_view(self, iden: str, name: str, valu: Any) -> Any:
        """Set an option of a view, null for none; returns the value.

        Raises: NoSuchView, BadOptValu (the option), SchemaViolation (the value), and for ``layers`` BadArg,
        NoSuchLayer, ReadOnlyLayer.
        """
        view = self.req_view(iden)
        name = 'protected' if name == 'nomerge' else name
        if name not in SETTABLE:
            raise s_exc.BadOptValu(mesg=f'View does not support setting: {name}')
        if name == 'layers':
            return await self.set_layers(view.iden, valu)
        s_stacklayers.req_types({name: valu}, TYPES)
        if name == 'quorum' and valu is not None:
            _req_quorum(valu)
        return await self._push('view:set', view.iden, name, valu)

    @s_nexus.Pusher.onPush('view:set')
    def _on_view_set(self, iden: str, name: str, valu: Any) -> Any:
        view = self.req_view(iden)
        self._set_info(view, name, valu)
        if name == 'quorum' and valu is None:
            for child in self.children(iden):
                self.drop_request(child.iden)
        self.tell('view:set', lambda: {'iden': iden, 'name': name, 'valu': valu}, iden, view.wlyr.iden)
        return valu

    def _set_info(self, view: s_view.View, name: str, valu: Any) -> None:
        if valu is None:
            view.info.pop(name, None)
        else:
            view.info[name] = valu
        self.viewdefs.set(view.iden, view.info)

    def set_merging(self, view: s_view.View, tick: int) -> None:
        """Note, as part of a logged change, that a fork is being merged since a time; nobody may write to it now."""
        self._set_info(view, 'merging', tick)
        view.wlyr.info['readonly'] = True
        self.layerdefs.set(view.wlyr.iden, view.wlyr.info)

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
        self.tell('view:setlayers', lambda: {'iden': iden, 'layers': list(layers)}, iden, view.wlyr.iden)
        return list(layers)

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


_req_quorum = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'count': {'type': 'integer', 'minimum': 1},
            'roles': {'type': 'array', 'items': {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}},
        },
        'required': ['count', 'roles'],
        'additionalProperties': False,
    },
    name='data.quorum',
)
