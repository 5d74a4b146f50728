"""Pushes and pulls: what is logged of a layer goes to another layer, or comes from one (spec: cortex.md 7.3).

Each runs on the leader as long as it is defined. How far it has come is kept as a global variable of Storm,
``push:IDEN``; it is written after the edits that it speaks of, so that after a crash some may be sent again, which does
no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.edits as s_edits
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.svars as s_svars
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.telepath as s_telepath

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger('synapse.lib.layer')

_BOUNDS = {'queue:size': 10000, 'chunk:size': 1000}
_APIS = ('synapse.lib.layer.LayerApi', 'synapse.lib.view.ViewApi')


class Flows(s_nexus.Pusher):
    """The pushes and pulls of all layers. ``kind`` is ``'pushs'`` or ``'pulls'``, as in the definition of a layer."""

    async def __anit__(self, stacks: s_stacks.Stacks, variables: s_svars.StormVars) -> None:  # type: ignore[override]
        cell = stacks.cell
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:flows', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.stacks = stacks
        self.vars = variables
        stacks.position = self.position
        for layer in stacks.layers.values():
            for kind in ('pushs', 'pulls'):
                for info in layer.info.get(kind, {}).values():
                    self._run(layer, kind, info)

    # definitions

    async def add(self, layer: s_layer.Layer, kind: str, url: str, user: str, offs: int, sizes: dict[str, int]) -> Def:
        """Add a push or pull from an offset on. Returns its definition.

        Args:
            sizes: ``queue:size``, ``chunk:size``: how many edits may wait, and how many are sent at once.

        Raises: BadArg, BadUrl, what opening the URL raises.
        """
        for name, most in _BOUNDS.items():
            if not 0 < sizes[name] <= most:
                raise s_exc.BadArg(mesg=f'The {name} of a push or pull must be between 1 and {most}.')
        await self._probe(url)
        info = {'iden': s_common.guid(), 'url': url, 'user': user, 'time': s_common.now(), **sizes}
        if offs > 0:
            await self.vars.set(f'push:{info["iden"]}', offs - 1)
        try:
            return typing.cast(Def, await self._push(f'layer:{kind[:-1]}:add', layer.iden, info))
        except s_exc.NoSuchLayer:
            await self.vars.pop(f'push:{info["iden"]}')
            raise

    @staticmethod
    async def _probe(url: str) -> None:
        async with await s_telepath.openurl(url) as proxy:
            if not set(proxy.sharinfo.get('classes', ())).intersection(_APIS):
                raise s_exc.BadUrl(mesg='A push or pull needs the URL of a layer or a view.')

    async def remove(self, layer: s_layer.Layer, kind: str, iden: str) -> None:
        """Remove a push or pull; does nothing if there is none."""
        if iden in layer.info.get(kind, {}):
            await self._push(f'layer:{kind[:-1]}:del', layer.iden, iden)
            await self.vars.pop(f'push:{iden}')

    @s_nexus.Pusher.onPush('layer:push:add')
    def _on_push_add(self, iden: str, info: Def) -> Def:
        return self._add(iden, 'pushs', info)

    @s_nexus.Pusher.onPush('layer:pull:add')
    def _on_pull_add(self, iden: str, info: Def) -> Def:
        return self._add(iden, 'pulls', info)

    def _add(self, iden: str, kind: str, info: Def) -> Def:
        layer = self.stacks.req_layer(iden)
        self._store(layer, kind, {**layer.info.get(kind, {}), info['iden']: info})
        self._run(layer, kind, info)
        return info

    @s_nexus.Pusher.onPush('layer:push:del')
    async def _on_push_del(self, iden: str, flow: str) -> None:
        await self._drop(iden, 'pushs', flow)

    @s_nexus.Pusher.onPush('layer:pull:del')
    async def _on_pull_del(self, iden: str, flow: str) -> None:
        await self._drop(iden, 'pulls', flow)

    async def _drop(self, iden: str, kind: str, flow: str) -> None:
        layer = self.stacks.req_layer(iden)
        self._store(layer, kind, {name: info for name, info in layer.info.get(kind, {}).items() if name != flow})
        await self.cell.delActiveCoro(flow)

    def _store(self, layer: s_layer.Layer, kind: str, infos: dict[str, Def]) -> None:
        if infos:
            layer.info[kind] = infos
        else:
            layer.info.pop(kind, None)
        self.stacks.layerdefs.set(layer.iden, layer.info)

    # running

    def _run(self, layer: s_layer.Layer, kind: str, info: Def) -> None:
        func = self._send if kind == 'pushs' else self._fetch
        self.cell.addActiveCoro(functools.partial(self._keep, func, layer, info), iden=info['iden'], base=layer)

    async def _keep(self, func: typing.Callable[..., Any], layer: s_layer.Layer, info: Def) -> None:
        """Run until it fails; wait a little before the next attempt."""
        try:
            async with await s_telepath.openurl(info['url']) as proxy:
                await func(proxy, layer, info)
        except Exception as e:
            logger.warning('push or pull %s of layer %s: %r', info['iden'], layer.iden, e)
        await asyncio.sleep(s_limits.STACKS_RETRY)

    def position(self, iden: str) -> int:
        """Return the last offset that a push or pull is done with, -1 for none."""
        return int(self.vars.get(f'push:{iden}', -1))

    async def _send(self, proxy: Any, layer: s_layer.Layer, info: Def) -> None:
        size = info['chunk:size']
        while not layer.isfini:
            offs = self.position(info['iden']) + 1
            rows = layer.read_edits(offs, s_limits.SYNC_CHUNK)
            if not rows:
                await s_sync.wait_any([layer])
                continue
            items = [item for _, (edits, _) in rows for item in s_edits.public(layer.model, edits)]
            for at in range(0, len(items), size):
                await proxy.storNodeEdits(items[at : at + size], self._meta(info))
            await self.vars.set(f'push:{info["iden"]}', rows[-1][0])

    async def _fetch(self, proxy: Any, layer: s_layer.Layer, info: Def) -> None:
        queue: asyncio.Queue[Any] = asyncio.Queue(info['queue:size'])
        reader = asyncio.create_task(self._read(proxy, self.position(info['iden']) + 1, queue))
        reader.add_done_callback(lambda task: queue.put_nowait(None) if not queue.full() else None)
        try:
            while not reader.done() or not queue.empty():
                await self._store_some(layer, info, queue)
            await reader
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await reader

    @staticmethod
    async def _read(proxy: Any, offs: int, queue: asyncio.Queue[Any]) -> None:
        # a view has no call that yields without meta
        name = 'syncNodeEdits' if 'synapse.lib.layer.LayerApi' in proxy.sharinfo['classes'] else 'syncNodeEdits2'
        async with contextlib.aclosing(getattr(proxy, name)(offs)) as items:
            async for item in items:
                await queue.put(item)

    async def _store_some(self, layer: s_layer.Layer, info: Def, queue: asyncio.Queue[Any]) -> None:
        """Wait for edits and store them, with what else is there already."""
        item, offs = await queue.get(), None
        edits: list[Any] = []
        while item is not None:
            offs = item[0]
            edits.extend(item[1])
            if queue.empty() or len(edits) >= info['chunk:size']:
                break
            item = queue.get_nowait()
        if offs is not None:
            await layer.storNodeEdits(self._known(layer, edits), self._meta(info))
            await self.vars.set(f'push:{info["iden"]}', offs)

    @staticmethod
    def _known(layer: s_layer.Layer, edits: list[Any]) -> list[Any]:
        """Return the edits that this Cortex can store; others are for a model that it does not have."""
        found: list[Any] = []
        for item in edits:
            try:
                found += s_edits.check(layer.model, [item])
            except s_exc.SynErr as e:
                logger.warning('pull into layer %s: skipped node edits: %s', layer.iden, e)
        return found

    @staticmethod
    def _meta(info: Def) -> Def:
        return {'time': s_common.now(), 'user': info['user']}
