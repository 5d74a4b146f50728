"""The extended model of a Cortex: removing what users added, and the locks of deprecated parts (spec: cortex.md 5.3).

What data still uses is not removed: that is asked before the removal is logged, and again when it is applied.
"""

from __future__ import annotations

import logging
import typing

import synapse.exc as s_exc
import synapse.lib.cortex.extadd as s_extadd
import synapse.lib.layer as s_layer
import synapse.lib.model.ext as s_ext
import synapse.lib.nexus as s_nexus

Any = typing.Any
logger = logging.getLogger(__name__)

_DELETERS: dict[str, typing.Callable[..., None]] = {
    'types': s_ext.del_type,
    'forms': s_ext.del_form,
    'props': s_ext.del_prop,
    'univs': s_ext.del_univ,
    'tagprops': s_ext.del_tagprop,
    'edges': s_ext.del_edge,
}


class ExtModel(s_extadd.ExtAdd):
    """The additions to a model, with their removal, and the locks."""

    # removing: refused while the model or data uses the thing, asked before it is logged and again when it is applied

    async def delType(self, name: str) -> None:
        """Remove a type. Raises: BadTypeDef, NoSuchType, CantDelType."""
        s_ext.req_del_type(self.model, name)
        await self._push('model:type:del', name)

    async def delForm(self, name: str) -> None:
        """Remove a form. Raises: BadFormDef, NoSuchForm, CantDelForm, CantDelType."""
        self._req_no_form(name)
        await self._del('model:form:del', name)

    async def delFormProp(self, form: str, name: str) -> None:
        """Remove a property. Raises: NoSuchProp, CantDelProp."""
        self._req_no_prop(form, name)
        await self._del('model:prop:del', form, name)

    async def delUnivProp(self, name: str) -> None:
        """Remove a universal property, named without its dot. Raises: NoSuchUniv, CantDelUniv."""
        self._req_no_univ(name)
        await self._del('model:univ:del', name)

    async def delTagProp(self, name: str) -> None:
        """Remove a tag property. Raises: NoSuchTagProp, CantDelProp."""
        self._req_no_tagprop(name)
        await self._del('model:tagprop:del', name)

    async def delEdge(self, edge: Any) -> None:
        """Remove the declaration of an edge; edges of that kind stay. Raises: NoSuchEdge, BadArg."""
        edge = s_extadd.req_edge(edge)
        if edge not in self.model.exts.get('edges', {}):
            n1form, verb, n2form = edge
            mesg = f'No edge defined for {n1form} -({verb})> {n2form}.'
            raise s_exc.NoSuchEdge(mesg=mesg, n1form=n1form, verb=verb, n2form=n2form)
        await self._push('model:edge:del', edge)

    async def _del(self, event: str, *args: str) -> None:
        # the index entries that were removed with the last data must be on disk: a replay without the type of the
        # property could not remove them again
        if self.nexsroot is not None:
            self.nexsroot.checkpoint(force=True)
        await self._push(event, *args)

    def _drop(self, event: str, kind: str, args: tuple[Any, ...], info: dict[str, Any]) -> None:
        _DELETERS[kind](self.model, *args)
        self.defs[kind].pop(s_extadd.def_key(kind, args))
        self._changed(event, lambda: info)

    @s_nexus.Pusher.onPush('model:type:del')
    def _on_type_del(self, name: str) -> None:
        self._drop('model:type:del', 'types', (name,), {'type': name})

    @s_nexus.Pusher.onPush('model:form:del')
    def _on_form_del(self, name: str) -> None:
        self._req_no_form(name)
        self._drop('model:form:del', 'forms', (name,), {'form': name})

    @s_nexus.Pusher.onPush('model:prop:del')
    def _on_prop_del(self, form: str, name: str) -> None:
        self._req_no_prop(form, name)
        self._drop('model:prop:del', 'props', (form, name), {'form': form, 'prop': name})

    @s_nexus.Pusher.onPush('model:univ:del')
    def _on_univ_del(self, name: str) -> None:
        self._req_no_univ(name)
        self._drop('model:univ:del', 'univs', (name,), {'prop': f'.{name}'})

    @s_nexus.Pusher.onPush('model:tagprop:del')
    def _on_tagprop_del(self, name: str) -> None:
        self._req_no_tagprop(name)
        self._drop('model:tagprop:del', 'tagprops', (name,), {'tagprop': name})

    @s_nexus.Pusher.onPush('model:edge:del')
    def _on_edge_del(self, edge: Any) -> None:
        edge = s_extadd.req_edge(edge)
        self._drop('model:edge:del', 'edges', (edge,), {'edge': edge})

    # is there data?

    def _req_no_form(self, name: str) -> None:
        s_ext.req_del_form(self.model, name)
        for layer in self.layers.values():
            if layer.form_count(name) or _indexed(layer, ('prop', name, None)):
                mesg = f'Nodes still exist with form: {name} in layer {layer.iden}'
                raise s_exc.CantDelForm(mesg=mesg, form=name)

    def _req_no_prop(self, form: str, name: str) -> None:
        prop = s_ext.req_del_prop(self.model, form, name)
        for layer in self.layers.values():
            if _indexed(layer, ('prop', form, name)):
                mesg = f'Nodes still exist with prop: {prop.full} in layer {layer.iden}'
                raise s_exc.CantDelProp(mesg=mesg)

    def _req_no_univ(self, name: str) -> None:
        univ = s_ext.req_del_univ(self.model, name)
        for layer in self.layers.values():
            if any(_indexed(layer, ('prop', form, univ.name)) for form in self.model.forms):
                mesg = f'Nodes still exist with universal prop: {name} in layer {layer.iden}'
                raise s_exc.CantDelUniv(mesg=mesg)

    def _req_no_tagprop(self, name: str) -> None:
        s_ext.req_del_tagprop(self.model, name)
        for layer in self.layers.values():
            if any(_indexed(layer, index) for index in layer.tagprop_names(name)):
                mesg = f'Nodes still exist with tagprop: {name} in layer {layer.iden}'
                raise s_exc.CantDelProp(mesg=mesg)

    # locks of deprecated parts

    async def setDeprLock(self, name: str, locked: bool) -> None:
        """Lock or unlock a deprecated form, property, tag property or type. Raises: NoSuchProp."""
        if name not in s_ext.deprecated(self.model):
            mesg = 'setDeprLock() called on non-existant or non-deprecated form, property, or type.'
            raise s_exc.NoSuchProp(mesg=mesg, name=name)
        await self._push('model:depr:lock', name, bool(locked))

    @s_nexus.Pusher.onPush('model:depr:lock')
    def _on_depr_lock(self, name: str, locked: bool) -> None:
        s_ext.lock(self.model, name, locked)
        self.locks.set(name, locked)

    def getDeprLocks(self) -> dict[str, bool]:
        """Return the names of what can be locked, True for what is."""
        return s_ext.locks(self.model)


def _indexed(layer: s_layer.Layer, name: tuple[str | None, ...]) -> bool:
    scan = layer.scan(name)
    return scan is not None and bool(scan.rows(1))
