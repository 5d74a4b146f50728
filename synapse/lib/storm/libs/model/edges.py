"""``$lib.model.edge``: what users say about the verbs of light edges (spec: storm-runtime.md 19)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.model.edge', 'Notes about the verbs of light edges.')


def _meta(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.edgemeta


async def _req_verb(rt: Runtime, verb: str) -> None:
    await rt.editor.flush()
    if verb not in await s_libviews.verbs(rt, rt.view):
        raise s_exc.NoSuchName(mesg='No such edge verb in the current view', name=verb)


async def _req(rt: Runtime, verb: str, key: str, perm: str) -> None:
    rt.confirm(('model', 'edge', perm))
    await _req_verb(rt, verb)
    if key not in _meta(rt).keys:
        raise s_exc.NoSuchProp(mesg='The requested key is not valid for light edge metadata.', name=key)


@lib('$lib.model.edge.validkeys')
def edge_validkeys(rt: Runtime) -> tuple[str, ...]:
    """Return the keys under which something can be said."""
    return tuple(_meta(rt).keys)


@lib('$lib.model.edge.get')
async def edge_get(rt: Runtime, verb: str) -> dict[str, str]:
    """Return what is said about a verb, by key. Raises: NoSuchName (the verb is not in the view)."""
    await _req_verb(rt, verb)
    return dict(_meta(rt).get(verb))


@lib('$lib.model.edge.set', readonly=False)
async def edge_set(rt: Runtime, verb: str, key: str, valu: str) -> None:
    """Say something about a verb. Raises: AuthDeny, NoSuchName, NoSuchProp (the key)."""
    await _req(rt, verb, key, 'set')
    await _meta(rt).set(verb, key, valu)


@lib('$lib.model.edge.del', readonly=False)
async def edge_del(rt: Runtime, verb: str, key: str) -> None:
    """Take back what is said about a verb. Raises: AuthDeny, NoSuchName, NoSuchProp (the key is not set)."""
    await _req(rt, verb, key, 'del')
    if key not in _meta(rt).get(verb):
        raise s_exc.NoSuchProp(mesg='Key is not set for this edge verb', name=key, verb=verb)
    await _meta(rt).delete(verb, key)


@lib('$lib.model.edge.list')
async def edge_list(rt: Runtime) -> list[tuple[str, dict[str, str]]]:
    """Return (verb, what is said about it) pairs of the verbs of the view."""
    await rt.editor.flush()
    return [(verb, _meta(rt).get(verb)) for verb in await s_libviews.verbs(rt, rt.view)]
