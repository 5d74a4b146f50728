"""``$lib.feed`` and ``$lib.export``: nodes in bulk, in and out (spec: storm-runtime.md 20, 21)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.services.axon as s_libaxon
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.feed', 'Adding nodes in bulk.')
s_registry.libdoc('$lib.export', 'Exporting nodes.')
_FEED = 'syn.nodes'
_DESC = 'Add nodes from the packed form of nodes.'
_CHUNK = 1000


def _confirm(rt: Runtime, name: str) -> None:
    rt.writable()
    rt.confirm(('feed:data', *name.split('.')), rt.view.wlyr.iden)
    if name != _FEED:
        raise s_exc.NoSuchName(name=name)


@lib('$lib.feed.list')
def feed_list(rt: Runtime) -> tuple[Any, ...]:
    """Return ``{name, desc, fulldoc}`` of the formats that can be fed."""
    return ({'name': _FEED, 'desc': _DESC, 'fulldoc': _DESC},)


@lib('$lib.feed.ingest', readonly=False)
async def feed_ingest(rt: Runtime, name: str, data: Any) -> None:
    """Add nodes; what cannot be added is warned of. Raises: AuthDeny, NoSuchName."""
    async for _ in feed_genr(rt, name, data):
        pass


@lib('$lib.feed.genr', readonly=False)
def feed_genr(rt: Runtime, name: str, data: Any) -> typing.AsyncGenerator[s_view.Node, None]:
    """Add nodes and yield them; what cannot be added is warned of. Raises: AuthDeny, NoSuchName."""
    try:
        _confirm(rt, name)
    except s_exc.NoSuchName as e:
        raise s_parts.tell(e, s_parts.LATER) from None
    return _added(rt, data)


async def _added(rt: Runtime, data: Any) -> typing.AsyncGenerator[s_view.Node, None]:
    async for item in s_objects.iterate(rt, data):
        item = s_coerce.toprim(item)
        mesg = _fault(rt, item)
        if mesg is not None:
            rt.warn(mesg)
            continue
        await rt.editor.flush()
        for node in await rt.query.core.cortex.add_nodes([item], rt.view, rt.query.user):
            s_sub.forget(rt)
            yield typing.cast(s_view.Node, rt.editor.node_by_iden(node.iden))


def _fault(rt: Runtime, item: Any) -> str | None:
    """Return why a packed node cannot be added, None if it can."""
    try:
        (formname, valu), _ = item
    except (TypeError, ValueError):
        return f'Feed item is not a packed node: {item!r}'[:1000]
    form = rt.model.form(formname) if isinstance(formname, str) else None
    if form is None:
        return f'No form named {formname} for valu={valu}.'
    try:
        form.type.norm(valu)
    except s_exc.BadTypeValu as e:
        e.set('form', formname)
        return f'addNode() BadTypeValu {formname}={valu} {e}'
    return None


@lib('$lib.feed.fromAxon', readonly=False)
async def feed_from_axon(rt: Runtime, sha256: str) -> int:
    """Add the nodes of a blob of packed nodes and return how many were added. Raises: AuthDeny, NoSuchFile, BadArg."""
    _confirm(rt, _FEED)
    axon = await s_libaxon.axon_of(rt, 'get')
    s_libaxon.sha_of(sha256)
    await rt.out.publish()
    count, chunk = 0, []
    async for item in axon.iterMpkFile(sha256):
        chunk.append(item)
        if len(chunk) >= _CHUNK:
            count += await _feed(rt, chunk)
            chunk = []
    return count + (await _feed(rt, chunk) if chunk else 0)


async def _feed(rt: Runtime, items: list[Any]) -> int:
    count = await rt.query.core.cortex.feed(_FEED, items, rt.view, rt.query.user)
    s_sub.forget(rt)
    return int(count)


@lib('$lib.export.toaxon', readonly=False)
async def export_toaxon(rt: Runtime, query: Any, opts: Prim = None) -> tuple[int, str]:
    """Store the nodes of a query, packed and with the edges among them, in the Axon; returns (size, SHA-256)."""
    await rt.editor.flush()
    text = query.storm_value() if isinstance(query, s_objects.QueryObj) else s_coerce.tostr(query)
    if opts is not None and not isinstance(opts, dict):
        raise s_exc.BadArg(mesg='$lib.export.toaxon() opts argument must be a dictionary.')
    opts = {'view': rt.view.iden, **(opts or {})}
    if opts.get('user', rt.query.user.iden) != rt.query.user.iden:
        rt.confirm(('impersonate',))
    door = await rt.query.core.cortex.getHttpBlobs()
    async with door.uploading() as upload:
        waiting = bytearray()
        async for pode in rt.query.core.cortex.queries.export(text, opts, rt.query.user):
            waiting += s_common.en(pode)
            if len(waiting) > s_limits.MIB:
                await upload.write(bytes(waiting))
                waiting.clear()
        await upload.write(bytes(waiting))
        size, sha256 = await upload.save()
    return (size, s_common.ehex(sha256))
