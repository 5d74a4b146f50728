"""``$lib.gen``: nodes of guid forms by what people call them, made where they do not exist (spec: storm-runtime.md 4).

The guid of a node that is made follows from the normalised values, so that two Cortexes make the same node.
"""

from __future__ import annotations

import contextlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.guidctor as s_guidctor
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Runtime = s_runtime.Runtime
Node = s_view.Node
lib = s_registry.lib

s_registry.libdoc('$lib.gen', 'Nodes by natural keys: those that exist, else new ones.')

# form of a target -> the property that holds it
_TARGETS = {
    'file:bytes': 'target:file',
    'inet:fqdn': 'target:fqdn',
    'inet:ipv4': 'target:ipv4',
    'inet:ipv6': 'target:ipv6',
    'inet:url': 'target:url',
    'it:exec:proc': 'target:proc',
    'it:host': 'target:host',
}


def _soft(silent: bool) -> contextlib.AbstractContextManager[Any]:
    """Return what lets a function end with null where a value is invalid, if ``try`` asks for that."""
    return contextlib.suppress(*([s_exc.BadTypeValu] if silent else []))


def _set(rt: Runtime, node: Node, name: str, valu: Any, info: Any = None) -> None:
    """Set a property that is not set."""
    if node.props.get(name) is None:
        rt.confirm_edit('node', 'prop', 'set', node.form.name, name)
        rt.editor.set_prop(node, node.form.props[name], valu, info)


async def ensure(rt: Runtime, formname: str, valu: Any, props: dict[str, tuple[Any, Any]]) -> Node:
    """Make a node with normalised properties and return it; one that exists gets those that it has not."""
    form = rt.model.reqForm(formname)
    norm, info = form.type.norm(valu)
    rt.query.edits = rt.editor.shared = True  # nothing in the text of the query says that it edits
    mark = rt.editor.mark()
    node = rt.editor.node_by_ndef(formname, norm)
    if node is None:
        rt.confirm_edit('node', 'add', formname)
        node = rt.editor.add_node(form, norm, info)
    for name, item in props.items():
        _set(rt, node, name, *item)
    rt.edited(mark)
    await rt.editor.flush()
    return node


def _norms(rt: Runtime, formname: str, props: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    form = rt.model.reqForm(formname)
    return {name: form.props[name].type.norm(s_coerce.tostor(valu)) for name, valu in props.items()}


async def _find(rt: Runtime, formname: str, normed: dict[str, tuple[Any, Any]]) -> Node | None:
    await rt.editor.flush()
    return typing.cast('Node | None', s_guidctor.existing(rt, rt.model.reqForm(formname), normed))


async def _generate(rt: Runtime, formname: str, labels: tuple[str, ...], **props: Any) -> Node:
    """Return the node with these properties, also where alternative names have them; make it if there is none."""
    normed = _norms(rt, formname, props)
    node = await _find(rt, formname, normed)
    if node is not None:
        return node
    return await ensure(rt, formname, s_common.guid(('gen', *labels, *(norm for norm, _ in normed.values()))), normed)


async def _reported(rt: Runtime, node: Node, reporter: str) -> Node:
    """Link a node to the organisation that reported it, and return it."""
    org = await org_byname(rt, reporter)
    return await ensure(rt, node.form.name, node.valu, {'reporter': (org.valu, None)})


def _by_name(path: str, form: str) -> typing.Callable[..., typing.Awaitable[Node]]:
    async def byname(rt: Runtime, name: Any) -> Node:
        return await _generate(rt, form, ('name',), name=name)

    byname.__doc__ = f'Return the {form} of a name.'
    return lib(path, readonly=False)(byname)


def _by_reporter(path: str, form: str, prop: str, labels: tuple[str, ...]) -> None:
    async def reported(rt: Runtime, name: Any, reporter: Any) -> Node:
        node = await _generate(rt, form, labels, **{prop: name, 'reporter:name': reporter})
        return await _reported(rt, node, reporter)

    reported.__doc__ = f'Return the {form} of a name as a reporter means it.'
    lib(path, readonly=False)(reported)


org_byname = _by_name('$lib.gen.orgByName', 'ou:org')
_by_name('$lib.gen.geoPlaceByName', 'geo:place')
_by_name('$lib.gen.industryByName', 'ou:industry')
_by_name('$lib.gen.langByName', 'lang:language')
_by_name('$lib.gen.softByName', 'it:prod:soft')
_by_reporter('$lib.gen.campaign', 'ou:campaign', 'name', ('name', 'reporter'))
_by_reporter('$lib.gen.riskThreat', 'risk:threat', 'org:name', ('name', 'reporter'))
_by_reporter('$lib.gen.riskToolSoftware', 'risk:tool:software', 'soft:name', ())


@lib('$lib.gen.langByCode', readonly=False)
async def lang_bycode(rt: Runtime, name: Any, try_: bool = False) -> Node | None:
    """Return the lang:language of a code; null for an invalid one with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        return await _generate(rt, 'lang:language', ('code',), code=name)
    return None


@lib('$lib.gen.newsByUrl', readonly=False)
async def news_byurl(rt: Runtime, url: Any, try_: bool = False) -> Node | None:
    """Return the media:news of a URL; null for an invalid one with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        return await _generate(rt, 'media:news', ('url',), url=url)
    return None


@lib('$lib.gen.polCountryByIso2', readonly=False)
async def country_byiso2(rt: Runtime, iso2: Any, try_: bool = False) -> Node | None:
    """Return the pol:country of a two letter code; null for an invalid one with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        return await _generate(rt, 'pol:country', ('iso2',), iso2=iso2)
    return None


@lib('$lib.gen.orgByFqdn', readonly=False)
async def org_byfqdn(rt: Runtime, fqdn: Any, try_: bool = False) -> Node | None:
    """Return the ou:org that takes mail for a domain; null for an invalid one with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        norm = rt.model.reqType('inet:fqdn').norm(fqdn)[0]
        await rt.editor.flush()
        prop = rt.model.reqForm('ou:org').props['dns:mx']
        for node in s_picks.all_nodes(rt, s_picks.array_pick([prop], '=', norm)):
            return node
        guid = s_common.guid(('gen', 'fqdn', norm))
        return await ensure(rt, 'ou:org', guid, _norms(rt, 'ou:org', {'dns:mx': (norm,)}))
    return None


@lib('$lib.gen.orgHqByName', readonly=False)
async def org_hq(rt: Runtime, name: Any) -> Node:
    """Return the ps:contact of the headquarters of an organisation."""
    org = await org_byname(rt, name)
    found = None if org.props.get('hq') is None else rt.editor.node_by_ndef('ps:contact', org.props['hq'])
    if found is not None:
        return await ensure(rt, 'ps:contact', found.valu, {'org': (org.valu, None)})
    normed = _norms(rt, 'ps:contact', {'orgname': name})
    guid = s_common.guid(('gen', 'hq', 'name', normed['orgname'][0]))
    contact = await ensure(rt, 'ps:contact', guid, {**normed, 'org': (org.valu, None)})
    await ensure(rt, 'ou:org', org.valu, {'hq': (contact.valu, None)})
    return contact


@lib('$lib.gen.psContactByEmail', readonly=False)
async def contact_byemail(rt: Runtime, type: str, email: Any, try_: bool = False) -> Node | None:
    """Return the ps:contact of a type and an address; null for invalid ones with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        return await _generate(rt, 'ps:contact', ('type', 'email'), type=type, email=email)
    return None


@lib('$lib.gen.vulnByCve', readonly=False)
async def vuln_bycve(rt: Runtime, cve: Any, try_: bool = False, reporter: Any = None) -> Node | None:
    """Return the risk:vuln of a CVE, as a reporter means it; null for an invalid CVE with ``try``.

    Raises: BadTypeValu.
    """
    with _soft(try_):
        if not reporter:
            return await _generate(rt, 'risk:vuln', ('cve',), cve=cve)
        node = await _generate(rt, 'risk:vuln', ('cve',), **{'cve': cve, 'reporter:name': reporter})
        return await _reported(rt, node, reporter)
    return None


@lib('$lib.gen.fileBytesBySha256', readonly=False)
async def file_bysha256(rt: Runtime, sha256: str, try_: bool = False) -> Node | None:
    """Return the file:bytes of a hash; null for an invalid one with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        normed = _norms(rt, 'file:bytes', {'sha256': sha256})
        node = await _find(rt, 'file:bytes', normed)
        return node if node is not None else await ensure(rt, 'file:bytes', f'sha256:{normed["sha256"][0]}', normed)
    return None


@lib('$lib.gen.cryptoX509CertBySha256', readonly=False)
async def cert_bysha256(rt: Runtime, sha256: str, try_: bool = False) -> Node | None:
    """Return the crypto:x509:cert of a hash; null for an invalid one with ``try``. Raises: BadTypeValu."""
    form = 'crypto:x509:cert'
    with _soft(try_):
        normed = _norms(rt, form, {'sha256': sha256})
        node = await _find(rt, form, normed)
        if node is not None:
            return node
        file = typing.cast(Node, await file_bysha256(rt, sha256))
        normed['file'] = (file.valu, None)
        node = await _find(rt, form, {'file': normed['file']})
        return await ensure(rt, form, s_common.guid(normed['sha256'][0]) if node is None else node.valu, normed)
    return None


@lib('$lib.gen.inetTlsServerCertByServerAndSha256', readonly=False)
async def servercert(rt: Runtime, server: Any, sha256: str, try_: bool = False) -> Node | None:
    """Return the inet:tls:servercert of a server and a hash; null for bad ones with ``try``. Raises: BadTypeValu."""
    with _soft(try_):
        addr = rt.model.reqType('inet:server').norm(s_coerce.tostor(server))[0]
        cert = typing.cast(Node, await cert_bysha256(rt, sha256))
        return await ensure(rt, 'inet:tls:servercert', (addr, cert.valu), {})
    return None


@lib('$lib.gen.itAvScanResultByTarget', readonly=False)
async def scan_bytarget(
    rt: Runtime,
    form: str,
    value: Any,
    signame: Any,
    scanner: Any = None,
    time: Any = None,
    try_: bool = False,
) -> Node | None:
    """Return the it:av:scan:result of a target and a signature; null for invalid ones with ``try``.

    Raises: NoSuchType, BadArg (no form that is scanned), BadTypeValu.
    """
    rt.model.reqType(form)
    prop = _TARGETS.get(form)
    if prop is None:
        raise s_exc.BadArg(mesg=f'Unsupported target form {form}')
    props = {'signame': signame, prop: value, 'scanner:name': scanner, 'time': time}
    with _soft(try_):
        normed = _norms(rt, 'it:av:scan:result', {name: valu for name, valu in props.items() if valu is not None})
        node = await _find(rt, 'it:av:scan:result', normed)
        if node is not None:
            return node
        target, *norms = (normed.get(name, (None,))[0] for name in (prop, 'signame', 'scanner:name', 'time'))
        return await ensure(rt, 'it:av:scan:result', s_common.guid(('gen', 'target', form, target, *norms)), normed)
    return None
