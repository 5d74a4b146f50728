"""Packing the nodes of a query for its client (spec: storm-language.md 10.2)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.stored as s_stored
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.values as s_values

Any = typing.Any
_PATH_WARNING = (
    "The 'path' option is deprecated in 2.230.0 and will be removed, "
    "the 'links' option should be used to retrieve this data instead."
)


class Packer:
    """Packs paths by the options of a query; plain nodes are copied from the store without decoding them."""

    def __init__(self, query: s_runtime.Query) -> None:
        self.query = query
        opts = query.opts
        self.repr = bool(opts.get('repr'))
        self.path = bool(opts.get('path'))
        self.links = bool(opts.get('links'))
        self.storage = bool(opts.get('show:storage'))
        if self.path:
            query.out.put('warn', {'mesg': _PATH_WARNING})
        self.embeds = opts.get('embeds')
        scrub = opts.get('scrub') or {}
        self.tags = (scrub.get('include') or {}).get('tags')
        self.displays = query.displays
        self.plain = not (self.repr or self.path or self.links or self.storage or self.embeds or self.tags is not None)

    def pack(self, path: s_runtime.Path) -> bytes:
        """Return the packed node as msgpack bytes."""
        if self.plain and path.meta is None and not self.displays:
            return path.node.pack_bytes()
        return s_common.en(self.pode(path))

    def pode(self, path: s_runtime.Path) -> tuple[tuple[str, Any], dict[str, Any]]:
        """Return the packed node."""
        ndef, info = path.node.pack(self.repr)
        if path.node.iden in self.displays:
            info['display'] = self.displays[path.node.iden]
        if path.meta:
            info['path'].update(path.meta)
        if self.path and path.trail is not None:
            info['path']['nodes'] = list(path.trail)
        if self.links and path.trail is not None:
            info['links'] = path.trail.links
        if self.storage and path.node.nid is not None:
            info['storage'] = [s_stored.stored(layer, path.node.nid) for layer in path.node.view.layers]
        if self.tags is not None:
            for key in ('tags', 'tagprops'):
                info[key] = {tag: valu for tag, valu in info[key].items() if self._included(tag)}
        if self.embeds and ndef[0] in self.embeds:
            embeds = {name: _embed(self.query, path.node, name, props) for name, props in self.embeds[ndef[0]].items()}
            info['embeds'] = {name: embed for name, embed in embeds.items() if embed is not None}
        return ndef, info

    def _included(self, tag: str) -> bool:
        return any(tag == want or tag.startswith(f'{want}.') for want in self.tags or ())


def _embed(query: s_runtime.Query, node: Any, name: str, props: list[str]) -> dict[str, Any] | None:
    try:
        target = s_values.hop(query, node, name.split('::'))
    except s_exc.NoSuchForm:
        return None
    if target is None:
        return None
    iden = target.iden.hex()
    return {'*': iden, '$iden': iden, '$form': target.form.name, **{prop: target.get(prop) for prop in props}}
