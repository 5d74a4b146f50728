"""Making, changing and removing layers (spec: cortex.md 7.1)."""

from __future__ import annotations

import asyncio
import os
import shutil
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stackbase as s_stackbase
import synapse.lib.layer as s_layer
import synapse.lib.nexus as s_nexus

Any = typing.Any
Def = s_stackbase.Def

# The newest revision of the data model that a layer can be at (cortex.md 1.3).
MODEL_VERSION = (0, 2, 37)

# option of a layer definition -> (types, what they are called)
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    'name': ((str,), 'string'),
    'desc': ((str,), 'string'),
    'readonly': ((bool,), 'boolean'),
    'logedits': ((bool,), 'boolean'),
    'lockmemory': ((bool,), 'boolean'),
    'cache:size': ((int,), 'integer'),
}
SETTABLE = ('name', 'desc', 'logedits', 'readonly', 'cache:size', 'mirror', 'upstream')


def req_types(info: Def, types: dict[str, tuple[tuple[type, ...], str]]) -> None:
    """Raise SchemaViolation for values of the wrong types. Null stands for no value."""
    for name, (kinds, word) in types.items():
        valu = info.get(name)
        good = isinstance(valu, kinds) and not (isinstance(valu, bool) and bool not in kinds)
        if valu is not None and not good:
            raise s_exc.SchemaViolation(mesg=f'data.{name} must be {word}', name=f'data.{name}')


class LayerDefs(s_stackbase.StackBase):
    """The layers."""

    model_version = MODEL_VERSION  # of new layers

    def new_ldef(self, ldef: Def, creator: str) -> Def:
        """Return a complete definition for a new layer. Raises: SchemaViolation, DupIden."""
        req_types(ldef, _TYPES)
        if ldef.get('mirror') is not None or ldef.get('upstream') is not None:
            raise s_exc.BadArg(mesg='A layer cannot mirror another one, use a pull (layer.pull.add) to follow it.')
        ldef = {
            'iden': s_common.guid(),
            'logedits': self.cell.conf.get('layers:logedits', True),
            'lockmemory': self.cell.conf.get('layers:lockmemory', False),
            'readonly': False,
            **{name: valu for name, valu in ldef.items() if valu is not None},
            'creator': creator,
            'created': s_common.now(),
            'model:version': self.model_version,
        }
        if not s_common.isguid(ldef['iden']):
            raise s_exc.SchemaViolation(mesg='data.iden must match pattern ^[0-9a-f]{32}$', name='data.iden')
        self._req_free('layer', ldef['iden'])
        return ldef

    async def add_layer(self, ldef: Def, creator: str, public: bool = False) -> s_layer.Layer:
        """Make a layer; its creator is the admin of its gate. Returns it.

        Args:
            ldef: ``{name?, desc?, readonly?, logedits?, lockmemory?, cache:size?, iden?}``.
            public: Everybody may read it.

        Raises: SchemaViolation, DupIden.
        """
        iden: str = await self._push('layer:add', self.new_ldef(ldef, creator), public)
        return self.layers[iden]

    @s_nexus.Pusher.onPush('layer:add')
    async def _on_layer_add(self, ldef: Def, public: bool = False) -> str:
        return await self.put_layer(ldef, public)

    async def put_layer(self, ldef: Def, public: bool = False) -> str:
        """Store a new definition, part of a logged change, and open the layer. Returns its iden."""
        iden = str(ldef['iden'])
        self._req_free('layer', iden)
        self.layerdefs.set(iden, ldef)
        self._give(iden, 'layer', ldef['creator'], public)
        await self._open_layer(ldef)
        self.tell('layer:add', lambda: self.pack_layer(self.layers[iden]), iden)
        self._wake()
        return iden

    async def del_layer(self, iden: str) -> None:
        """Remove a layer with all it holds. Raises: NoSuchLayer, LayerInUse."""
        layer = self.req_layer(iden)
        self._req_unused(layer)
        await self._push('layer:del', layer.iden)
        await self.sweep_layers()

    def _req_unused(self, layer: s_layer.Layer) -> None:
        if self.users_of(layer):
            raise s_exc.LayerInUse(mesg=f'Layer {layer.iden} is used by a view.', iden=layer.iden)

    @s_nexus.Pusher.onPush('layer:del')
    async def _on_layer_del(self, iden: str) -> None:
        layer = self.layers.get(iden)
        if layer is None:
            return
        self._req_unused(layer)
        await self.drop_layer(layer)

    async def drop_layer(self, layer: s_layer.Layer) -> None:
        """Close and forget a layer, part of a logged change."""
        iden = layer.iden
        gate = self.cell.auth.getAuthGate(iden)
        gates = [] if gate is None else [gate.pack()]
        del self.layers[iden]
        self.layerdefs.pop(iden)
        self.cell.auth.delAuthGate(iden)
        await layer.fini()
        self.offini(layer)
        self.cell.close_slab(layer.slab)
        self.cell.feedBeholder('layer:del', {'iden': iden}, gates=gates)
        self._wake()

    async def sweep_layers(self) -> None:
        """Remove the directories of layers that are gone: only once no replay could look for them."""
        top = os.path.join(self.cell.dirn, 'layers')
        if not os.path.isdir(top):
            return
        gone = [name for name in os.listdir(top) if s_common.isguid(name) and name not in self.layers]
        if gone and self.nexsroot is not None:
            self.nexsroot.checkpoint(force=True)
            for name in gone:
                await asyncio.to_thread(shutil.rmtree, os.path.join(top, name), True)

    async def set_layer(self, iden: str, name: str, valu: Any) -> Any:
        """Set an option of a layer, null for none; returns the value.

        Raises: NoSuchLayer, BadOptValu (the option), SchemaViolation (the value), IsReadOnly, BadState (merging).
        """
        layer = self.req_layer(iden)
        if name not in SETTABLE:
            raise s_exc.BadOptValu(mesg=f'Layer does not support setting: {name}')
        if layer.info.get('readonly') and name != 'readonly':
            raise s_exc.IsReadOnly(mesg=f'Layer {layer.iden} is read only!', iden=layer.iden)
        if name in ('mirror', 'upstream') and valu is not None:
            raise s_exc.BadOptValu(mesg='Layer only supports setting "mirror" and "upstream" to null.')
        req_types({name: valu}, _TYPES)
        self._req_writers_idle(layer)
        return await self._push('layer:set', layer.iden, name, valu)

    def _req_writers_idle(self, layer: s_layer.Layer) -> None:
        for view in self.writers_of(layer):
            self.req_idle(view)

    async def set_model_version(self, layer: s_layer.Layer, version: tuple[int, int, int]) -> None:
        """Note with which version of the data model the values of a layer were written (see ``modelrev``)."""
        await self._push('layer:set', layer.iden, 'model:version', version)

    @s_nexus.Pusher.onPush('layer:set')
    def _on_layer_set(self, iden: str, name: str, valu: Any) -> Any:
        layer = self.req_layer(iden)
        if name != 'model:version':
            self._req_writers_idle(layer)
        if valu is None:
            layer.info.pop(name, None)
        else:
            layer.info[name] = valu
        self.layerdefs.set(iden, layer.info)
        self.tell('layer:set', lambda: {'iden': iden, 'name': name, 'valu': valu}, iden)
        return valu
