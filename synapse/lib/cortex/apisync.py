"""What remote callers may ask of layers, through the Cortex, one layer or a view (spec: cortex.md 2.2 to 2.4)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cortex.edits as s_edits
import synapse.lib.cortex.rows as s_rows
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.layer.stored as s_stored
import synapse.lib.view as s_view

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
Genr = typing.AsyncGenerator[Any, None]


def req_read(user: Any, iden: str) -> None:
    """Raise AuthDeny unless a user may read the storage of a layer: a global rule that names it."""
    if not user.allowed(('layer', 'lift', iden)) and not user.allowed(('layer', 'read', iden)):
        deny(user, f'layer.read.{iden}')


def deny(user: Any, perm: str) -> typing.NoReturn:
    """Raise the AuthDeny that names a permission."""
    mesg = f'User must have permission {perm}'
    raise s_exc.AuthDeny(mesg=mesg, perm=perm, user=user.iden, username=user.name)


async def save_edits(layer: s_layer.Layer, edits: Any, meta: Any, user: Any) -> tuple[int, Any]:
    """Log node edits of a caller. Returns (offset, what changed). Raises: BadArg, NoSuchForm, IsReadOnly ..."""
    checked = s_edits.check(layer.model, edits)
    meta = {**s_edits.check_meta(meta, user.iden), 'link:user': user.iden}
    return await layer.save(checked, meta)


class SyncApi(s_cell.CellApi):
    """The calls of a Cortex that read and write layers below views."""

    cell: s_cortex.Cortex

    def _layer(self, iden: str | None) -> s_layer.Layer:
        if iden is not None and iden not in self.cell.stacks.layers and iden != self.cell.iden:
            raise s_exc.NoSuchLayer(mesg=f'No such layer {iden}', iden=iden)
        return self.cell.stacks.req_layer(iden)

    def _read_layer(self, iden: str | None) -> s_layer.Layer:
        layer = self._layer(iden)
        req_read(self.user, layer.iden)
        return layer

    @s_cell.adminapi()
    async def saveLayerNodeEdits(self, layriden: str, edits: Any, meta: Any) -> tuple[int, Any]:
        """Log node edits on a layer; returns (offset, what changed)."""
        return await save_edits(self._layer(layriden), edits, meta, self.user)

    async def syncLayerNodeEdits(self, offs: int, layriden: str | None = None, wait: bool = True) -> Genr:
        """Yield (offset, node edits) of a layer. Raises: NoSuchLayer, AuthDeny."""
        layer = self._layer(layriden)
        await self._reqUserAllowed(('sync',), gateiden=layer.iden)
        async for indx, edits, _ in s_sync.layer_edits(layer, offs, wait):
            yield (indx, edits)

    async def syncLayersEvents(self, offsdict: dict[str, int] | None = None, wait: bool = True) -> Genr:
        """Yield (offset, layer iden, kind, node edits, meta) of all layers."""
        await self._reqUserAllowed(('sync',))
        async for item in s_sync.layers_events(self.cell.stacks, offsdict, wait):
            yield item

    async def syncIndexEvents(
        self, matchdef: dict[str, Any], offsdict: dict[str, int] | None = None, wait: bool = True
    ) -> Genr:
        """Yield (offset, layer iden, kind, single edit) for the edits that match."""
        await self._reqUserAllowed(('sync',))
        async for offs, iden, kind, item, *_ in s_sync.index_events(self.cell.stacks, matchdef, offsdict, wait):
            yield (offs, iden, kind, item)

    async def iterFormRows(self, layriden: str, form: str, stortype: int | None = None, startvalu: Any = None) -> Genr:
        """Yield (iden, value) of the nodes of a form, by value."""
        async for row in s_rows.form_rows(self._read_layer(layriden), form, startvalu):
            yield row

    async def iterPropRows(
        self, layriden: str, form: str, prop: str, stortype: int | None = None, startvalu: Any = None
    ) -> Genr:
        """Yield (iden, value) of a property, by value."""
        async for row in s_rows.prop_rows(self._read_layer(layriden), form, prop, startvalu):
            yield row

    async def iterUnivRows(self, layriden: str, prop: str, stortype: int | None = None, startvalu: Any = None) -> Genr:
        """Yield (iden, value) of a universal property of all forms, by value."""
        async for row in s_rows.prop_rows(self._read_layer(layriden), None, prop, startvalu):
            yield row

    async def iterTagRows(self, layriden: str, tag: str, form: str | None = None, starttupl: Any = None) -> Genr:
        """Yield (iden, (interval, form)) of the nodes with a tag."""
        async for row in s_rows.tag_rows(self._read_layer(layriden), tag, form, starttupl):
            yield row

    async def iterTagPropRows(
        self,
        layriden: str,
        tag: str,
        prop: str,
        form: str | None = None,
        stortype: int | None = None,
        startvalu: Any = None,
    ) -> Genr:
        """Yield (iden, value) of a tag property, by value."""
        async for row in s_rows.tagprop_rows(self._read_layer(layriden), tag, prop, form, startvalu):
            yield row


class LayerApi(s_cell.CellApi):
    """One layer, at the path ``*/layer/<iden>``."""

    __module__ = 'synapse.lib.layer'  # class names travel in sharinfo: this is the one that others know

    cell: s_cortex.Cortex
    layer: s_layer.Layer

    async def getIden(self) -> str:
        """Return the iden of the layer."""
        req_read(self.user, self.layer.iden)
        return self.layer.iden

    async def getEditIndx(self) -> int:
        """Return the next offset of the edit log, 0 if it is empty."""
        req_read(self.user, self.layer.iden)
        return self.layer.edit_index()

    async def getEditSize(self) -> int:
        """Return the number of entries in the edit log."""
        req_read(self.user, self.layer.iden)
        return self.layer.edit_size()

    async def iterLayerNodeEdits(self) -> Genr:
        """Yield node edits that re-create the layer, by iden."""
        req_read(self.user, self.layer.iden)
        async for item in s_sync.layer_nodes(self.cell.stacks, self.layer):
            yield item

    async def syncNodeEdits(self, offs: int, wait: bool = True, reverse: bool = False) -> Genr:
        """Yield (offset, node edits) from an offset on (with ``reverse`` downwards, to the start of the log)."""
        req_read(self.user, self.layer.iden)
        async for indx, edits, _ in s_sync.layer_edits(self.layer, offs, wait, reverse):
            yield (indx, edits)

    async def syncNodeEdits2(self, offs: int, wait: bool = True) -> Genr:
        """Yield (offset, node edits, meta) from an offset on."""
        req_read(self.user, self.layer.iden)
        async for item in s_sync.layer_edits(self.layer, offs, wait):
            yield item

    @s_cell.adminapi()
    async def saveNodeEdits(self, edits: Any, meta: Any) -> tuple[int, Any]:
        """Log node edits; returns (offset, what changed)."""
        return await save_edits(self.layer, edits, meta, self.user)

    async def _store(self, nodeedits: Any, meta: Any) -> Any:
        if not self.user.allowed(('layer', 'write', self.layer.iden)):
            deny(self.user, f'layer.write.{self.layer.iden}')
        checked = s_edits.check(self.layer.model, nodeedits)
        return await self.layer.storNodeEdits(checked, s_edits.check_meta(meta, self.user.iden))

    async def storNodeEdits(self, nodeedits: Any, meta: Any = None) -> tuple[Any, ...]:
        """Log node edits; returns (iden, what the layer then stores of the node, edits that changed something)."""
        retn = []
        for buid, _, edits in await self._store(nodeedits, meta):
            nid = self.layer.idens.get(buid)
            retn.append((buid, {} if nid is None else s_stored.stored(self.layer, nid), tuple(edits)))
        return tuple(retn)

    async def storNodeEditsNoLift(self, nodeedits: Any, meta: Any = None) -> None:
        """Log node edits."""
        await self._store(nodeedits, meta)


class ViewApi(s_cell.CellApi):
    """One view, at the path ``*/view/<iden>``."""

    __module__ = 'synapse.lib.view'

    cell: s_cortex.Cortex
    view: s_view.View
    mayedit: bool

    def getCellIden(self) -> str:
        """Return the iden of the view."""
        return self.view.iden

    async def getEditSize(self) -> int:
        """Return the number of entries in the edit log of the write layer."""
        await self._reqUserAllowed(('view', 'read'))
        return self.view.wlyr.edit_size()

    async def syncNodeEdits2(self, offs: int, wait: bool = True) -> Genr:
        """Yield (offset, node edits, meta) of the write layer."""
        await self._reqUserAllowed(('view', 'read'))
        async for item in s_sync.layer_edits(self.view.wlyr, offs, wait):
            yield item

    async def storNodeEdits(self, edits: Any, meta: Any) -> None:
        """Log node edits on the write layer, as the caller and now."""
        if not self.mayedit:
            deny(self.user, 'node')
        checked = s_edits.check(self.view.model, edits)
        meta = s_edits.check_meta(meta, self.user.iden)
        meta.update(time=s_common.now(), user=self.user.iden)
        await self.view.changed(self.user.iden, await self.view.wlyr.storNodeEdits(checked, meta))

    @s_cell.adminapi()
    async def saveNodeEdits(self, edits: Any, meta: Any) -> tuple[int, Any]:
        """Log node edits on the write layer; returns (offset, what changed). Raises: BadArg without a user in meta."""
        user = meta.get('user', '') if isinstance(meta, dict) else ''
        if not s_common.isguid(user):
            raise s_exc.BadArg(mesg=f'Meta argument requires user key to be a guid, got {user=}')
        return await save_edits(self.view.wlyr, edits, meta, self.user)


async def path_api(cell: s_cortex.Cortex, link: Any, user: Any, path: typing.Sequence[str]) -> s_cell.CellApi:
    """Return the object at a path below the share of a Cortex. Raises: NoSuchLayer, NoSuchPath, AuthDeny."""
    kind, iden = path[0], path[1] if len(path) == 2 else None
    stacks = cell.stacks
    if len(path) <= 2 and kind == 'layer':
        if iden is not None and iden not in stacks.layers and iden != cell.iden:
            raise s_exc.NoSuchLayer(mesg=f'No such layer {iden}', iden=iden)
        layer = stacks.req_layer(iden)
        api = await LayerApi.anit(cell, link, user)
        api.layer = layer
        return api
    if len(path) <= 2 and kind == 'view' and (iden is None or iden in stacks.views or iden == cell.iden):
        view = stacks.view_of(iden, user)
        user.confirm(('view', 'read'), gateiden=view.iden)
        viewapi = await ViewApi.anit(cell, link, user)
        viewapi.view = view
        viewapi.mayedit = bool(user.allowed(('node',), gateiden=view.wlyr.iden))
        return viewapi
    raise s_exc.NoSuchPath(mesg=f'Invalid telepath path={list(path)}', path=tuple(path))
