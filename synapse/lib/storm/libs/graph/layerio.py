"""Layer objects: edges, node data and the log of edits (spec: storm-runtime.md 8)."""

from __future__ import annotations

import asyncio
import typing

import synapse.common as s_common
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Layer = s_liblayers.Layer
method = s_registry.method
readable, nid_of = s_liblayers.readable, s_liblayers.nid_of
Edges = typing.AsyncGenerator[tuple[str, str, str], None]


async def edges_of(rt: Runtime, layer: s_layer.Layer, verb: str | None = None) -> Edges:
    """Yield (iden, verb, iden) of all light edges of a layer."""
    async for key, other in s_liblayers.rows(rt, layer, layer.n1edges):
        name = layer.abrv_name(key[8:])
        if verb is None or name == verb:
            one, two = rt.view.iden_of(key[:8]), rt.view.iden_of(other)
            if one is not None and two is not None:
                yield (one.hex(), name, two.hex())


@method('layer', 'getEdges')
async def layer_edges(rt: Runtime, obj: Layer) -> Edges:
    """Yield (iden, verb, iden) of all light edges."""
    async for item in edges_of(rt, await readable(rt, obj)):
        yield item


async def _near(
    rt: Runtime, obj: Layer, nodeid: Any, verb: str | None, reverse: bool
) -> typing.AsyncGenerator[tuple[str, str], None]:
    layer = await readable(rt, obj)
    nid = nid_of(rt, nodeid)
    if nid is None:
        return
    for name, other in layer.edges(nid, verb, reverse):
        iden = rt.view.iden_of(other)
        if iden is not None:
            yield (name, iden.hex())


@method('layer', 'getEdgesByN1')
async def layer_byn1(
    rt: Runtime, obj: Layer, nodeid: Any, verb: str | None = None
) -> typing.AsyncGenerator[tuple[str, str], None]:
    """Yield (verb, iden) of the light edges that go out of a node. Raises: BadCast."""
    async for item in _near(rt, obj, nodeid, verb, False):
        yield item


@method('layer', 'getEdgesByN2')
async def layer_byn2(
    rt: Runtime, obj: Layer, nodeid: Any, verb: str | None = None
) -> typing.AsyncGenerator[tuple[str, str], None]:
    """Yield (verb, iden) of the light edges that point to a node. Raises: BadCast."""
    async for item in _near(rt, obj, nodeid, verb, True):
        yield item


@method('layer', 'hasEdge')
async def layer_hasedge(rt: Runtime, obj: Layer, nodeid1: Any, verb: str, nodeid2: Any) -> bool:
    """Return true if there is a light edge between two nodes. Raises: BadCast."""
    layer = await readable(rt, obj)
    one, two, abrv = nid_of(rt, nodeid1), nid_of(rt, nodeid2), layer.find_abrv('verb', verb)
    return one is not None and two is not None and abrv is not None and layer.has_edge(one, abrv, two)


@method('layer', 'getNodeData')
async def layer_data(rt: Runtime, obj: Layer, nodeid: Any) -> typing.AsyncGenerator[tuple[str, Any], None]:
    """Yield (name, value) of the node data of a node. Raises: BadCast."""
    layer = await readable(rt, obj)
    nid = nid_of(rt, nodeid)
    for name, byts in list(layer.data_items(nid)) if nid is not None else ():
        yield (name, s_coerce.keep(s_common.un(byts)))


@method('layer', 'getNodeDataValu')
async def layer_datavalu(rt: Runtime, obj: Layer, nodeid: Any, name: str) -> Any:
    """Return a node data value, null when there is none. Raises: BadCast."""
    layer = await readable(rt, obj)
    nid = nid_of(rt, nodeid)
    byts = None if nid is None else layer.data_get(nid, name)
    return None if byts is None else s_coerce.keep(s_common.un(byts))


@method('layer', 'edits')
async def layer_edits(
    rt: Runtime, obj: Layer, offs: int = 0, wait: bool = True, size: Any = None, reverse: bool = False
) -> typing.AsyncGenerator[tuple[int, Any], None]:
    """Yield (offset, node edits) of the log from an offset on; with wait, further ones as they come."""
    layer = await readable(rt, obj)
    count = 0
    while True:
        found = layer.read_edits(offs, s_limits.MIB, reverse)
        for indx, (edits, _) in found:
            shown = [(buid.hex(), form, s_edits.expand(rt.model, items, form)) for buid, form, items in edits]
            yield (indx, s_coerce.keep(tuple(shown)))
            count += 1
            if size is not None and count == size:
                return
            offs = indx - 1 if reverse else indx + 1
        await rt.breathe()
        if reverse and (not found or offs < 0):
            return
        if not found:
            if not wait:
                return
            await rt.out.publish()
            waiter = asyncio.get_running_loop().create_future()
            layer.waiters.append(waiter)
            await waiter
