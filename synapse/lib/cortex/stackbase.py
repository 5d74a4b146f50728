"""Layers and views of a Cortex: the live objects, looked up and packed.

What changes them is in ``stacklayers`` and ``stackviews``; ``stacks`` puts all together.
"""

from __future__ import annotations

import asyncio
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.layer as s_layer
import synapse.lib.layer.record as s_record
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath
import synapse.lib.view as s_view

Def = dict[str, typing.Any]


class NodeLimit:
    """The option ``max:nodes``: nodes of all layers are counted, each layer's for itself (cortex.md 1.5)."""

    def __init__(self, layers: dict[str, s_layer.Layer], most: int) -> None:
        self.layers = layers
        self.most = most

    def req_room(self, pending: int) -> None:
        """Raise HitLimit unless one more node has room beside those that are pending."""
        if pending + sum(layer.total for layer in self.layers.values()) >= self.most:
            raise s_exc.HitLimit(mesg=f'Cortex is at node:count limit: {self.most}', limit=self.most)


class StackBase(s_nexus.Pusher):
    """All layers and views.

    Args:
        cell: The Cortex: its directory, slabs, auth and log.
        model: The data model.
    """

    async def __anit__(self, cell: s_cell.Cell, model: typing.Any) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:stacks', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.model = model
        self.layers: dict[str, s_layer.Layer] = {}
        self.views: dict[str, s_view.View] = {}
        self.position: typing.Callable[[str], int] = lambda iden: -1  # of a push or pull
        self.waiters: list[asyncio.Future[None]] = []  # to be told when layers come and go
        most = cell.conf.get('max:nodes')
        self.limit = None if most is None else NodeLimit(self.layers, most)
        self.layerdefs = s_slab.KeyVal(cell.slab, 'cortex:layers')
        self.viewdefs = s_slab.KeyVal(cell.slab, 'cortex:views')
        self.config = s_slab.KeyVal(cell.slab, 'cortex:config')
        self.requests = s_slab.KeyVal(cell.slab, 'cortex:merges')  # see quorum
        # the ids must be committed before the layers that use them, so their slab is registered first
        self.idens = s_layer.Idens(await cell.open_slab('slabs', 'nodes.lmdb'))
        for _, ldef in list(self.layerdefs.items()):
            await self._open_layer(ldef)
        for _, vdef in list(self.viewdefs.items()):
            self._open_view(vdef)
        self._restack()

    async def _open_layer(self, ldef: Def) -> None:
        iden = ldef['iden']
        if iden in self.layers:
            return
        s_common.gendir(self.cell.dirn, 'layers', iden)
        slab = await self.cell.open_slab('layers', iden, 'layer.lmdb')
        self.cell.auth.addAuthGate(iden, 'layer')
        layer = await s_layer.Layer.anit(iden, slab, self.idens, self.model, self.cell.nexsroot, dict(ldef))
        self.layers[iden] = layer
        self.onfini(layer)

    def _open_view(self, vdef: Def) -> None:
        iden = vdef['iden']
        self.cell.auth.addAuthGate(iden, 'view')
        layers = [self.layers[layr] for layr in vdef['layers']]
        view = self.views[iden] = s_view.View(iden, layers, self.model, self.idens, dict(vdef))
        view.limit = self.limit

    def _restack(self) -> None:
        """Bring the stacks of all views in line with the definitions: a fork sees its own layer, then its parent's."""
        for view in self.views.values():
            layers = self.stack_of(view)
            if layers != view.layers:
                view.set_layers(layers)

    def stack_of(self, view: s_view.View) -> list[s_layer.Layer]:
        """Return the layers of a view by its definition, its own on top."""
        layers: list[s_layer.Layer] = []
        while True:
            layers.extend(self.layers[iden] for iden in view.info['layers'])
            parent = view.info.get('parent')
            if parent is None:
                return layers
            view = self.views[parent]

    def children(self, iden: str) -> list[s_view.View]:
        """Return the forks of a view."""
        return [view for view in self.views.values() if view.info.get('parent') == iden]

    def writers_of(self, layer: s_layer.Layer) -> list[s_view.View]:
        """Return the views that write to a layer."""
        return [view for view in self.views.values() if view.wlyr is layer]

    def users_of(self, layer: s_layer.Layer) -> list[s_view.View]:
        """Return the views that see a layer."""
        return [view for view in self.views.values() if layer in view.layers]

    def tell(self, event: str, info: typing.Callable[[], Def], *gates: str) -> None:
        """Tell watchers of a change; costs nothing when there are none."""
        if self.cell.beholder.queues:
            found = [self.cell.auth.getAuthGate(iden) for iden in gates]
            self.cell.feedBeholder(event, info(), gates=[gate.pack() for gate in found if gate is not None])

    def _wake(self) -> None:
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _req_free(self, kind: str, iden: str) -> None:
        """Raise DupIden if a layer, a view or another gate has an iden already."""
        if self.cell.auth.getAuthGate(iden) is not None:
            raise s_exc.DupIden(mesg=f'A {kind} with iden {iden} exists.', iden=iden)

    def _give(self, iden: str, kind: str, creator: str, public: bool) -> None:
        """Make the auth gate of a new object: its creator is its admin; all may read it if it is public."""
        auth = self.cell.auth
        auth.addAuthGate(iden, kind)
        if auth.user(creator) is not None:
            auth.apply_info('user', creator, 'admin', True, gateiden=iden)
        if public:
            auth.apply_info('role', auth.allrole.iden, 'rules', ((True, (kind, 'read')),), gateiden=iden)

    # looking up

    @property
    def default(self) -> s_view.View:
        """The default view."""
        return self.views[self.config.get('view')]

    def req_view(self, iden: str | None) -> s_view.View:
        """Return a view by iden; None and the iden of the Cortex mean the default view. Raises: NoSuchView."""
        if iden is None or iden == self.cell.iden:
            return self.default
        view = self.views.get(iden) if isinstance(iden, str) else None
        if view is None:
            raise s_exc.NoSuchView(mesg=f'No such view iden={iden}', iden=iden)
        return view

    def parent_of(self, view: s_view.View) -> s_view.View | None:
        """Return the view that a view was forked from."""
        iden = view.info.get('parent')
        return None if iden is None else self.views[iden]

    @staticmethod
    def req_idle(view: s_view.View) -> None:
        """Raise BadState for a view that is being merged: what it holds goes to its parent, and it goes."""
        if view.info.get('merging'):
            raise s_exc.BadState(mesg=f'View ({view.iden}) is already merging.')

    def drop_request(self, iden: str) -> None:
        """Forget that a view is to be merged, and the votes on that."""
        self.requests.pop(f'request:{iden}')
        self.requests.drop_prefix(f'vote:{iden}:')

    def view_of(self, iden: str | None, user: typing.Any) -> s_view.View:
        """Return a view by iden, None for the default view of a user. Raises: NoSuchView."""
        return self.req_view(user.profile.get('cortex:view') if iden is None else iden)

    def req_layer(self, iden: str | None) -> s_layer.Layer:
        """Return a layer by iden; None and the iden of the Cortex mean the default view's. Raises: NoSuchLayer."""
        if iden is None or iden == self.cell.iden:
            return self.default.wlyr
        layer = self.layers.get(iden) if isinstance(iden, str) else None
        if layer is None:
            raise s_exc.NoSuchLayer(mesg=f'No layer with iden: {iden}', iden=iden)
        return layer

    def ndef_of(self, nid: bytes, layer: s_layer.Layer | None = None) -> tuple[bytes | None, str | None]:
        """Return (iden, form name) of a node id; None for what no layer knows. The given layer is asked first."""
        for item in (*([] if layer is None else [layer]), *self.layers.values()):
            byts = item.record(nid)
            if byts is not None:
                return s_record.iden(byts), s_record.ndef(byts)[0]
        return self.idens.orphan(nid), None

    # packing

    def pack_layer(self, layer: s_layer.Layer) -> Def:
        """Return the definition of a layer as callers see it (cortex.md 7.1)."""
        size = sum(
            os.stat(os.path.join(root, name)).st_blocks * 512
            for root, _, names in os.walk(layer.dirn)
            for name in names
        )
        info = {**layer.info, 'totalsize': size, 'offset': layer.edit_index()}
        for kind in ('pushs', 'pulls'):
            if kind in info:
                info[kind] = {iden: self._pack_flow(item) for iden, item in info[kind].items()}
        return info

    def _pack_flow(self, info: Def) -> Def:
        """Return a push or pull with its position, and without the password of its URL: anybody may look at layers."""
        return {**info, 'url': s_telepath.sanitize(info['url']), 'offs': self.position(info['iden'])}

    def view_info(self, view: s_view.View) -> Def:
        """Return the definition of a view without its layers' definitions."""
        info = {**view.info, 'parent': view.info.get('parent'), 'protected': view.info.get('protected', False)}
        if 'merging' in info:
            info['merging'] = True
        return info

    def pack_view(self, view: s_view.View) -> Def:
        """Return the definition of a view as callers see it (cortex.md 8.1)."""
        info = self.view_info(view)
        return {**info, 'layers': [self.pack_layer(layer) for layer in view.layers], 'triggers': view.triggers()}
