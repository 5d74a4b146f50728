"""``$node.data``: named values beside the properties (spec: storm-runtime.md 6)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Data = s_objects.NodeData
method = s_registry.method
s_registry.typedoc('node:data', 'Named values that are stored with a node.')


async def read(rt: Runtime, node: s_view.Node, name: str) -> Any:
    """Return a value as stored, novalu when there is none."""
    await rt.editor.flush()
    for layer in rt.view.layers:
        byts = None if node.nid is None else layer.data_get(node.nid, name)
        if byts is not None:
            return s_common.un(byts)
    return s_common.novalu


@method('node:data', 'get')
async def data_get(rt: Runtime, obj: Data, name: str) -> Any:
    """Return a value, null when there is none."""
    valu = await read(rt, obj.node, name)
    return None if valu is s_common.novalu else s_coerce.keep(valu)


@method('node:data', 'has')
async def data_has(rt: Runtime, obj: Data, name: str) -> bool:
    """Return true if there is a value."""
    return await read(rt, obj.node, name) is not s_common.novalu


@method('node:data', 'list')
async def data_list(rt: Runtime, obj: Data) -> list[tuple[str, Any]]:
    """Return (name, value) pairs."""
    await rt.editor.flush()
    items: dict[str, Any] = {}
    if obj.node.nid is not None:
        for layer in rt.view.layers:
            for name, byts in layer.data_items(obj.node.nid):
                items.setdefault(name, byts)
    return [(name, s_coerce.keep(s_common.un(byts))) for name, byts in items.items()]


@method('node:data', 'load')
async def data_load(rt: Runtime, obj: Data, name: str) -> None:
    """Make a value part of the packed node."""
    valu = await read(rt, obj.node, name)
    if obj.node.nodedata is None:
        obj.node.nodedata = {}
    obj.node.nodedata[name] = None if valu is s_common.novalu else valu


def put(rt: Runtime, node: s_view.Node, name: str, valu: Any) -> None:
    """Store a plain value. Raises: AuthDeny, IsReadOnly, NotMsgpackSafe."""
    rt.confirm_edit('node', 'data', 'set', name)
    store(rt, node, name, valu)


def store(rt: Runtime, node: s_view.Node, name: str, valu: Any) -> None:
    """Store a plain value that the user need not be allowed to set."""
    mark = rt.editor.mark()
    rt.editor.set_data(node, name, valu)
    rt.edited(mark)


@method('node:data', 'set', readonly=False)
def data_set(rt: Runtime, obj: Data, name: str, valu: Prim) -> None:
    """Store a value."""
    put(rt, obj.node, name, valu)


@method('node:data', 'pop', readonly=False)
async def data_pop(rt: Runtime, obj: Data, name: str) -> Any:
    """Remove a value and return it."""
    rt.confirm_edit('node', 'data', 'pop', name)
    valu = await read(rt, obj.node, name)
    if valu is s_common.novalu:
        return None
    mark = rt.editor.mark()
    rt.editor.pop_data(obj.node, name)
    rt.edited(mark)
    return s_coerce.keep(valu)


@method('node:data', 'cacheset', readonly=False)
def data_cacheset(rt: Runtime, obj: Data, name: str, valu: Prim) -> None:
    """Store a value with the time at which it was stored."""
    put(rt, obj.node, name, {'asof': s_common.now(), 'data': valu})


@method('node:data', 'cacheget')
async def data_cacheget(rt: Runtime, obj: Data, name: str, asof: Any = 'now') -> Any:
    """Return a value that was stored with ``cacheset`` at or after a time, else null."""
    tick = rt.model.reqType('time').norm(s_coerce.tostor(asof))[0]
    envl = await read(rt, obj.node, name)
    if not isinstance(envl, dict) or not isinstance(envl.get('asof'), int) or envl['asof'] < tick:
        return None
    return s_coerce.keep(envl.get('data'))
