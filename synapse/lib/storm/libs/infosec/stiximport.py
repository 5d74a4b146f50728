"""``$lib.stix.import``: nodes for the objects and relationships of a STIX 2.1 bundle (spec: storm-runtime.md 21)."""

from __future__ import annotations

import asyncio
import typing

import synapse.exc as s_exc
import synapse.lib.stix.importing as s_importing
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.infosec.stix as s_libstix
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Node = s_view.Node
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.stix.import', 'Nodes for STIX 2.1 objects.')


@lib('$lib.stix.import.config')
def import_config(rt: Runtime) -> dict[str, Any]:
    """Return the mapping of STIX types to Storm that is used where no other one is given, to be changed."""
    return s_importing.default()


@lib('$lib.stix.import.ingest', readonly=False)
async def import_ingest(rt: Runtime, bundle: Prim, config: Prim = None) -> typing.AsyncGenerator[Node, None]:
    """Make nodes of the objects of a bundle by the default mapping or another one, and yield them.

    The first is the one of the bundle. Warns where the mapping has nothing for an object, or fails.
    Raises: BadArg, SchemaViolation, and what the mapping of the bundle itself raises.
    """
    if config is None:
        config = s_importing.default()
    elif not isinstance(config, dict):
        raise s_exc.BadArg(mesg='STIX ingest config must be a dictionary.')
    if not isinstance(bundle, dict):
        raise s_exc.BadArg(mesg='A STIX bundle must be a dictionary.')
    ingest = Ingest(rt, bundle, s_importing.check_config(config))
    await ingest.run()
    await rt.editor.flush()
    for node in ingest.results():
        found = rt.editor.node_by_ndef(node.form.name, node.valu)  # as it is now: later objects may have changed it
        if found is not None:
            yield found


class Ingest:
    """One bundle on its way into the graph."""

    def __init__(self, rt: Runtime, bundle: dict[str, Any], config: s_importing.Config) -> None:
        self.rt = rt
        self.bundle = bundle
        self.shown = s_coerce.wrap(bundle)  # as the texts see it: one copy for all, it may be large
        self.config = config
        self.known = {tuple(info['type']): info.get('storm') for info in config.get('relationships') or ()}
        self.root: Node | None = None  # the node of the bundle
        self.nodes: dict[str, Node] = {}  # by the identifiers of their objects
        self.others: list[Node] = []  # what relationships returned

    def results(self) -> list[Node]:
        """Return all nodes, that of the bundle first; several objects may be the same one."""
        return [*([] if self.root is None else [self.root]), *self.nodes.values(), *self.others]

    async def run(self) -> None:
        """Do all of it. Raises: SchemaViolation."""
        text = (self.config.get('bundle') or {}).get('storm')
        if self.config.get('addbundle', True) and text is not None:
            retn = await s_libstix.call_text(self.rt, text, {'bundle': self.shown})
            self.root = retn if isinstance(retn, Node) else None
        objects = (await asyncio.to_thread(s_importing.check_bundle, self.bundle)).get('objects') or ()
        for item in objects:
            if item['type'] != 'relationship':
                await self._object(item)
        for item in objects:
            if item['type'] == 'relationship':
                await self._relationship(item)
        await self._refer(objects)

    async def _call(self, what: Any, text: str, vars: dict[str, Any]) -> Node | None:
        try:
            retn = await s_libstix.call_text(self.rt, text, {'bundle': self.shown, **vars})
        except Exception as e:
            self.rt.warn(f'Error during STIX import callback for {what}: {e}')
            return None
        return retn if isinstance(retn, Node) else None

    async def _object(self, item: dict[str, Any]) -> None:
        kind = item['type']
        info = self.config.get('objects', {}).get(kind)
        if info is None:
            self.rt.warn(f'STIX bundle ingest has no object definition for: {kind}.')
        elif 'storm' in info:
            node = await self._call(kind, info['storm'], {'object': s_coerce.wrap(item)})
            if node is not None:
                self.nodes[item['id']] = node

    async def _relationship(self, item: dict[str, Any]) -> None:
        """Run what the mapping has for a relationship, the less exact first; nothing unless both ends are nodes."""
        n1node, n2node = self.nodes.get(item['source_ref']), self.nodes.get(item['target_ref'])
        if n1node is None or n2node is None:
            return
        source, target = (item[name].partition('--')[0] for name in ('source_ref', 'target_ref'))
        verb = item.get('relationship_type')
        kinds = ((None, verb, None), (None, verb, target), (source, verb, None), (source, verb, target))
        found = [(kind, text) for kind in kinds if (text := self.known.get(kind)) is not None]
        if not found:
            self.rt.warn(f'STIX bundle ingest has no relationship definition for: {kinds[-1]}.')
        for kind, text in found:
            node = await self._call(kind, text, {'n1node': n1node, 'n2node': n2node})
            if node is not None:
                self.others.append(node)

    async def _refer(self, objects: typing.Iterable[dict[str, Any]]) -> None:
        """Add the edges from objects to those that they refer to, and from the bundle to all."""
        for item in objects:
            node = self.nodes.get(item['id'])
            for ref in item.get('object_refs') or ():
                await self._edge(node, self.nodes.get(ref))
        for node in {node.iden: node for node in self.results()}.values():
            if self.root is not None and node.iden != self.root.iden:
                await self._edge(self.root, node)

    async def _edge(self, node: Node | None, other: Node | None) -> None:
        if node is not None and other is not None:
            self.rt.confirm_edit('node', 'edge', 'add', 'refs')
            mark = self.rt.editor.mark()
            self.rt.editor.edge(node, 'refs', other.iden)
            self.rt.edited(mark)
            await self.rt.breathe()
