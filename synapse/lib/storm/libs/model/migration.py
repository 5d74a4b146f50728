"""``$lib.model.migration``: moving what nodes hold to nodes of newer forms, one at a time (storm-runtime.md 19)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.libs.graph.nodedata as s_libnodedata
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Node = s_view.Node
Runtime = s_runtime.Runtime
lib = s_registry.lib
_BATCH = 1000
s_registry.libdoc('$lib.model.migration', 'Moving what nodes hold to nodes of newer forms.')
s_registry.libdoc('$lib.model.migration.s', 'Migrations of single nodes, in the current view.')


def _req_nodes(name: str, src: Any, dst: Any) -> None:
    for what, item in (('source', src), ('dest', dst)):
        if not isinstance(item, Node):
            raise s_exc.BadArg(mesg=f'$lib.model.migration.{name}() {what} argument must be a node.')


def _req_form(name: str, form: str, node: Any) -> None:
    if not isinstance(node, Node) or node.form.name != form:
        kind = node.form.name if isinstance(node, Node) else type(node).__name__
        raise s_exc.BadArg(mesg=f'$lib.model.migration.s.{name}() only accepts {form} nodes, not {kind}')


async def _data(rt: Runtime, node: Node) -> list[tuple[str, Any]]:
    return await s_libnodedata.data_list(rt, s_objects.NodeData(node))


def _set(rt: Runtime, node: Node, name: str, valu: Any) -> None:
    """Set a property to a value, which is normalised."""
    prop = node.form.reqProp(name)
    rt.writable()
    s_edits.confirm_prop(rt, 'set', prop)
    rt.editor.set_prop(node, prop, *prop.type.norm(valu))


def _unset(rt: Runtime, node: Node, name: str) -> None:
    prop = node.form.reqProp(name)
    rt.writable()
    s_edits.confirm_prop(rt, 'del', prop)
    rt.editor.del_prop(node, prop)


def _add(rt: Runtime, form: str, valu: Any) -> Node:
    rt.confirm_edit('node', 'add', form)
    item = rt.model.reqForm(form)
    return rt.editor.add_node(item, *item.type.norm(valu))


@lib('$lib.model.migration.copyTags', readonly=False)
def copy_tags(rt: Runtime, src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy tags with their times and properties; a property that is there stays unless overwrite is true."""
    _req_nodes('copyTags', src, dst)
    mark = rt.editor.mark()
    for tag, times in list(src.tags.items()):
        rt.confirm_edit('node', 'tag', 'add', *tag.split('.'))
        rt.editor.add_tag(dst, tag, times)
        for name, valu in src.tagprops.get(tag, {}).items():
            if overwrite or name not in dst.tagprops.get(tag, {}):
                rt.editor.set_tagprop(dst, tag, rt.model.reqTagProp(name), valu)
    rt.edited(mark)


@lib('$lib.model.migration.copyEdges', readonly=False)
async def copy_edges(rt: Runtime, src: Any, dst: Any) -> None:
    """Copy light edges of both directions."""
    _req_nodes('copyEdges', src, dst)
    await rt.editor.flush()
    mark = rt.editor.mark()
    for reverse in (False, True):
        for verb, nid in list(rt.view.edges(src.nid, None, reverse)) if src.nid is not None else ():
            rt.confirm_edit('node', 'edge', 'add', verb)
            other = rt.editor.intern(nid)
            one, two = (other, dst) if reverse else (dst, other)
            rt.editor.edge(one, verb, two.iden)
            await rt.breathe()
    rt.edited(mark)


@lib('$lib.model.migration.copyData', readonly=False)
async def copy_data(rt: Runtime, src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy node data; what is there stays unless overwrite is true."""
    _req_nodes('copyData', src, dst)
    have = {} if overwrite else dict(await _data(rt, dst))
    for name, valu in await _data(rt, src):
        if name not in have:
            s_libnodedata.put(rt, dst, name, valu)


@lib('$lib.model.migration.copyExtProps', readonly=False)
def copy_props(rt: Runtime, src: Any, dst: Any) -> None:
    """Copy the properties that were added to the model. Raises: NoSuchProp, where the other form lacks one."""
    _req_nodes('copyExtProps', src, dst)
    mark = rt.editor.mark()
    for name, valu in list(src.props.items()):
        if src.form.props[name].isext:
            _set(rt, dst, name, valu)
    rt.edited(mark)


async def _copy(rt: Runtime, src: Node, dst: Node, nodata: bool) -> None:
    """Copy all that every node may have."""
    if '.seen' in src.props:
        _set(rt, dst, '.seen', src.props['.seen'])
    copy_tags(rt, src, dst)
    await copy_edges(rt, src, dst)
    if not nodata:
        await copy_data(rt, src, dst)


@lib('$lib.model.migration.s.riskHasVulnToVulnerable', readonly=False)
async def hasvuln(rt: Runtime, n: Any, nodata: bool = False) -> list[str]:
    """Make a risk:vulnerable of each thing that a risk:hasvuln names; returns their idens.

    The new node has the guid of the old one if there is one thing only.
    """
    _req_form('riskHasVulnToVulnerable', 'risk:hasvuln', n)
    refs = [prop for prop in n.form.props.values() if prop.refform and prop.name in n.props and prop.name != 'vuln']
    if 'vuln' not in n.props:
        return []
    idens = []
    for prop in refs:
        mark = rt.editor.mark()
        valu = n.valu if len(refs) == 1 else s_common.guid((n.valu, prop.name))
        node = _add(rt, 'risk:vulnerable', valu)
        _set(rt, node, 'vuln', n.props['vuln'])
        _set(rt, node, 'node', (prop.refform, n.props[prop.name]))
        rt.edited(mark)
        await _copy(rt, n, node, nodata)
        idens.append(node.iden.hex())
    return idens


@lib('$lib.model.migration.s.inetSslCertToTlsServerCert', readonly=False)
async def sslcert(rt: Runtime, n: Any, nodata: bool = False) -> Node:
    """Make an inet:tls:servercert of an inet:ssl:cert; the certificate is a crypto:x509:cert with its :file."""
    _req_form('inetSslCertToTlsServerCert', 'inet:ssl:cert', n)
    server, file = n.valu
    mark = rt.editor.mark()
    cert = _add(rt, 'crypto:x509:cert', (file,))
    _set(rt, cert, 'file', file)
    node = _add(rt, 'inet:tls:servercert', (server, cert.valu))
    rt.edited(mark)
    await _copy(rt, n, node, nodata)
    return node


@lib('$lib.model.migration.s.inetServiceMessageClientAddress', readonly=False)
def message_client(rt: Runtime, n: Any) -> None:
    """Move :client:address of an inet:service:message to :client, or to node data where that is set."""
    _req_form('inetServiceMessageClientAddress', 'inet:service:message', n)
    valu = n.props.get('client:address')
    if valu is None:
        return
    mark = rt.editor.mark()
    if 'client' in n.props:
        s_libnodedata.put(rt, n, 'migration:inet:service:message:client:address', valu)
    else:
        _set(rt, n, 'client', valu)
    _unset(rt, n, 'client:address')
    rt.edited(mark)


@lib('$lib.model.migration.s.inetServiceInstanceToPlatform', readonly=False)
async def instance(rt: Runtime, n: Any, nodata: bool = False) -> Node:
    """Make an inet:service:platform of an inet:service:instance, and repoint what refers to it; the old node stays."""
    _req_form('inetServiceInstanceToPlatform', 'inet:service:instance', n)
    mark = rt.editor.mark()
    node = _add(rt, 'inet:service:platform', n.valu)
    for name in ('id', 'url', 'name', 'desc'):
        if name in n.props:
            _set(rt, node, name, n.props[name])
    parent = n.props.get('platform')
    if parent == n.valu:
        rt.warn(
            f'The :platform of inet:service:instance={n.valu} has the same guid as the instance, '
            'so :parent was not set on the inet:service:platform.'
        )
    elif parent is not None:
        _set(rt, node, 'parent', parent)
    rt.edited(mark)
    for name in ('owner', 'app'):
        if name in n.props:
            s_libnodedata.put(rt, node, f'migration:inet:service:instance:{name}', n.props[name])
    await _copy(rt, n, node, nodata)
    for prop in rt.model.props_of_type('inet:service:instance'):
        other = prop.name.removesuffix('instance') + 'platform'
        if prop.name in ('instance', 'service:instance') and prop.form is not None and other in prop.form.props:
            await _repoint(rt, n.valu, prop, other, (None, n.valu, parent))
    return node


async def _repoint(rt: Runtime, valu: str, prop: Any, other: str, free: tuple[str | None, ...]) -> None:
    """Have one property refer to the platform where another referred to the instance, unless it refers elsewhere."""
    await rt.editor.flush()
    source = rt.view.lift([prop.index], prop.type.lifts('=', valu))
    found: list[bytes] = []
    while nids := source.nids(_BATCH):
        found.extend(nids)
    for nid in found:
        node = rt.editor.intern(nid)
        mark = rt.editor.mark()
        if node.props.get(other) in free:
            _set(rt, node, other, valu)
        else:
            s_libnodedata.put(rt, node, f'migration:{prop.full}', valu)
        _unset(rt, node, prop.name)
        rt.edited(mark)
        await rt.breathe()


def _queue(vers: str) -> None:
    """Define the helpers for the nodes that a migration of the reference implementation's older data put aside.

    A store of ours never holds such data, so there is no such queue.
    """
    path = f'$lib.model.migration.s.model_{vers}'
    s_registry.libdoc(path, f'The nodes that the migration to model {vers.replace("_", ".")} put aside.')

    def say(rt: Runtime, what: str) -> None:
        rt.emit('print', mesg=f'Queue model_{vers}:nodes not found, no nodes to {what}.')

    def list_nodes(
        rt: Runtime, form: str | None = None, source: str | None = None, offset: int = 0, size: int | None = None
    ) -> list[Any]:
        """Return the nodes that were put aside."""
        say(rt, 'list')
        return []

    def print_node(rt: Runtime, offset: Any) -> None:
        """Print a node that was put aside."""
        say(rt, 'print')

    def repair_node(rt: Runtime, offset: Any, newvalu: Any, remove: bool = False) -> bool:
        """Make a node that was put aside with another value."""
        say(rt, 'repair')
        return False

    lib(f'{path}.listNodes')(list_nodes)
    lib(f'{path}.printNode')(print_node)
    lib(f'{path}.repairNode', readonly=False)(repair_node)


for _vers in ('0_2_31', '0_2_37'):
    _queue(_vers)
