"""``$lib.model.tags``: what tags must look like, and how they are pruned (spec: storm-runtime.md 19, types.md 5.7)."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.model.tags', 'Rules for tags and all tags below them.')


def _changeable(rt: Runtime) -> Any:
    """Return what keeps the definitions, after the permission was checked."""
    rt.confirm(('model', 'tag', 'set'))
    return rt.query.core.cortex.tagmodel


@lib('$lib.model.tags.get')
def tags_get(rt: Runtime, tagname: str) -> Any:
    """Return the definition of a tag, null without one."""
    return s_coerce.keep(rt.query.core.cortex.tagmodel.get(tagname))


@lib('$lib.model.tags.list')
def tags_list(rt: Runtime) -> list[Any]:
    """Return (tag, definition) pairs."""
    return typing.cast('list[Any]', s_coerce.keep(rt.query.core.cortex.tagmodel.items()))


@lib('$lib.model.tags.set', readonly=False)
async def tags_set(rt: Runtime, tagname: str, propname: str, propvalu: Prim) -> None:
    """Set one entry of the definition of a tag.

    Either regex, a list with one pattern (or null) for each level from the root, or prune, the number of levels, the
    tag itself being the first, that go with the last tag right below them. Raises: SchemaViolation, BadArg.
    """
    await _changeable(rt).set(tagname, propname, propvalu)


@lib('$lib.model.tags.pop', readonly=False)
async def tags_pop(rt: Runtime, tagname: str, propname: str) -> Any:
    """Remove one entry of the definition of a tag and return it, null without one."""
    return s_coerce.keep(await _changeable(rt).pop(tagname, propname))


@lib('$lib.model.tags.del', readonly=False)
async def tags_del(rt: Runtime, tagname: str) -> None:
    """Remove the definition of a tag."""
    await _changeable(rt).delete(tagname)
