"""``$lib.stix.export``: bundles of STIX 2.1 objects, made from nodes by a mapping (spec: storm-runtime.md 21)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.stix.exporting as s_exporting
import synapse.lib.stix.objects as s_stixobjects
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.infosec.stix as s_libstix
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Node = s_view.Node
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.stix.export', 'STIX 2.1 objects for nodes.')
s_registry.typedoc('stix:bundle', 'A STIX 2.1 bundle that nodes are added to.')
_MAXSIZE_PERM = ('storm', 'lib', 'stix', 'export', 'maxsize')


class Bundle(s_coerce.StormObj):
    """The objects that were made so far, by identifier, and the mapping that makes them."""

    storm_name = 'stix:bundle'

    def __init__(self, config: s_exporting.Config) -> None:
        self.forms = config['forms']
        self.maxsize = config.get('maxsize', s_exporting.MAXSIZE)
        self.objects: dict[str, s_stixobjects.Object] = {}

    def storm_value(self) -> Any:
        return s_stixobjects.bundle(self.objects.values())


@lib('$lib.stix.export.config')
def export_config(rt: Runtime) -> dict[str, Any]:
    """Return the mapping of forms to STIX types that is used where no other one is given, to be changed."""
    return s_exporting.default()


@lib('$lib.stix.export.timestamp', readonly=False)
def export_timestamp(rt: Runtime, tick: Any) -> str:
    """Return a time as STIX writes it. Raises: BadTypeValu, BadArg."""
    return s_stixobjects.timestamp(rt.model.reqType('time').norm(s_coerce.tostor(tick))[0])


@lib('$lib.stix.export.bundle')
def export_bundle(rt: Runtime, config: Prim = None) -> Bundle:
    """Return an empty bundle, for the default mapping or another one.

    Raises: NeedConfValu, BadConfValu, NoSuchForm, AuthDeny (to be larger than the default).
    """
    if config is None:
        return Bundle(s_exporting.default())
    s_exporting.check(config, lambda form: isinstance(form, str) and rt.model.form(form) is not None)
    if config.get('maxsize', 0) > s_exporting.MAXSIZE:
        rt.confirm(_MAXSIZE_PERM)
    return Bundle(config)


@method('stix:bundle', 'size')
def bundle_size(rt: Runtime, obj: Bundle) -> int:
    """Return the number of objects."""
    return len(obj.objects)


@method('stix:bundle', 'pack')
def bundle_pack(rt: Runtime, obj: Bundle) -> dict[str, Any]:
    """Return the bundle as a dictionary, with an identifier of its own each time."""
    retn: dict[str, Any] = s_coerce.keep(obj.storm_value())
    return retn


@method('stix:bundle', 'add')
async def bundle_add(rt: Runtime, obj: Bundle, node: Any, stixtype: str | None = None) -> str | None:
    """Add a node, as the STIX type that its form has by default or another one of the mapping, and what it refers to.

    Returns the identifier of the object; null with a warning where the mapping has nothing for the node.
    Raises: StormRuntimeError (the bundle is full), and what the mapping raises.
    """
    if not isinstance(node, Node):
        rt.warn('STIX bundle add() method requires a node.')
        return None
    form = node.form.name
    info = obj.forms.get(form)
    if info is None:
        rt.warn(f'STIX bundle has no config for mapping {form}.')
        return None
    kind = info['default'] if stixtype is None else stixtype
    mapping = info['stix'].get(kind)
    if mapping is None:
        rt.warn(f'STIX bundle config has no config to map {form} to {kind}.')
        return None
    item = s_stixobjects.node_object(kind, (form, node.valu))
    ident: str = item['id']
    if ident not in obj.objects:
        if len(obj.objects) >= obj.maxsize:
            raise s_exc.StormRuntimeError(mesg=f'STIX Bundle is at maxsize ({obj.maxsize}).')
        obj.objects[ident] = item  # what it refers to may refer to it
        await _fill(rt, obj, node, item, mapping)
        await _relate(rt, obj, node, ident, mapping)
    return ident


async def _fill(rt: Runtime, obj: Bundle, node: Node, item: s_stixobjects.Object, mapping: dict[str, Any]) -> None:
    """Compute the properties of an object."""
    for name, text in (mapping.get('props') or {}).items():
        valu = await s_libstix.call_text(rt, text, {'bundle': obj}, node)
        if valu is not s_common.novalu:
            item[name] = s_coerce.toprim(valu)


async def _relate(rt: Runtime, obj: Bundle, node: Node, ident: str, mapping: dict[str, Any]) -> None:
    """Add the nodes that a mapping leads to from an object, and their relationships to it."""
    pivots = [(None, pivot.get('stixtype'), pivot['storm'], False) for pivot in mapping.get('pivots') or ()]
    rels = [(*entry, False) for entry in mapping.get('rels') or ()]
    revs = [(*entry, True) for entry in mapping.get('revs') or ()]
    for verb, kind, text, reverse in (*pivots, *rels, *revs):
        async for other in _led_to(rt, obj, node, text):
            target = await bundle_add(rt, obj, other, kind)
            if verb is not None and target is not None:
                ends = (target, verb, ident) if reverse else (ident, verb, target)
                item = s_stixobjects.relationship(*ends)
                obj.objects.setdefault(item['id'], item)


async def _led_to(rt: Runtime, obj: Bundle, node: Node, text: str) -> typing.AsyncGenerator[Node, None]:
    rt.enter(text)
    try:
        async for batch in s_libstix.run_text(rt, text, {'bundle': obj}, node):
            for path in batch:
                yield path.node
            await rt.breathe()
    finally:
        rt.leave()
