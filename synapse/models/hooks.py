"""Rules that derive values from others (spec: types.md 5.5). What they may rely on: ``synapse.lib.model.rules``."""

from __future__ import annotations

import hashlib
import typing

import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.lib.model.rules as s_rules
import synapse.lib.scrape as s_scrape

Change = s_rules.Change
Changes = list[s_rules.Change]
Graph = s_rules.Graph
Props = typing.Mapping[str, typing.Any]

# inet:fqdn: a suffix is a name under which registrars sell names; a zone is a name that somebody bought


def fqdn_added(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """Place a new name in the tree: suffix, zone, or below a zone."""
    domain = props.get('domain')
    if domain is None:
        return [Change('inet:fqdn', valu, {'iszone': 0, 'issuffix': 1}, normal=True)]
    more: dict[str, typing.Any] = {}
    if props.get('issuffix') is None:
        more['issuffix'] = 0
    above = graph.get('inet:fqdn', domain) or {}
    if above.get('issuffix'):
        more.update(iszone=1, zone=valu)
    else:
        more['iszone'] = 0
        zone = domain if above.get('iszone') else above.get('zone')
        if zone is not None:
            more['zone'] = zone
    return [Change('inet:fqdn', valu, more, normal=True)]


def fqdn_issuffix(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """The names right below a suffix are zones, those below anything else are not."""
    iszone = props['issuffix']
    return [Change('inet:fqdn', name, {'iszone': iszone}) for name in graph.find('inet:fqdn', 'domain', valu)]


def fqdn_iszone(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A zone is its own zone; what ceases to be one belongs to the zone above."""
    if props['iszone']:
        return [Change('inet:fqdn', valu, {'zone': valu})]
    above = graph.get('inet:fqdn', props.get('domain')) or {}
    return [Change('inet:fqdn', valu, {'zone': above.get('zone')})]


def fqdn_zone(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """Names below share the zone, down to the next zone (each change runs this rule again one level lower)."""
    zone = props.get('zone')
    names = graph.find('inet:fqdn', 'domain', valu)
    return [
        Change('inet:fqdn', name, {'zone': zone})
        for name in names
        if not (graph.get('inet:fqdn', name) or {}).get('iszone')
    ]


def passwd_added(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A password brings its hashes."""
    byts = valu.encode('utf8', 'surrogatepass')
    names = ('md5', 'sha1', 'sha256')
    hashes = {name: hashlib.new(name, byts, usedforsecurity=False).hexdigest() for name in names}
    return [Change('inet:passwd', valu, hashes)]


def whois_text(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """The e-mail addresses in the text of a record were seen with its name at its time."""
    fqdn, asof = valu
    hits = s_scrape.scrape(props['text'], forms=('inet:email',))
    emails = dict.fromkeys(hit.valu.lower() for hit in hits)
    return [Change('inet:whois:email', (fqdn, email), {'.seen': asof}) for email in emails]


def file_mime(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A file of a known MIME type is linked with it."""
    mime = props['mime']
    return [] if mime == '??' else [Change('file:ismime', (valu, mime), {})]


def file_sha256(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A file that is named by its SHA-256 cannot have another one. Raises BadTypeValu."""
    sha256 = props['sha256']
    if valu.startswith('sha256:') and valu[7:] != sha256:
        mesg = "Can't change :sha256 on a file:bytes with sha256 based primary property."
        raise s_exc.BadTypeValu(name='file:bytes:sha256', valu=sha256, mesg=mesg)
    return []


def dev_str_added(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A string has a normal form to find it by."""
    return [Change('it:dev:str', valu, {'norm': valu.lower()})]


def also_dev_str(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """The name of the thing is a string of its own."""
    return [Change('it:dev:str', valu, {})]


def softver_vers(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """A version text has a normal form, and a semantic version where it can be read as one."""
    vers = props['vers']
    more: dict[str, typing.Any] = {'vers:norm': vers}
    try:
        norm, info = graph.model.reqType('it:semver').norm(vers)
    except s_exc.BadTypeValu:
        pass
    else:
        more['semver'] = norm
        more.update((f'semver:{name}', part) for name, part in info.get('subs', {}).items())
    return [Change('it:prod:softver', valu, more), Change('it:dev:str', vers, {})]


def softver_arch(graph: Graph, valu: typing.Any, props: Props) -> Changes:
    """The architecture's name is a string of its own."""
    return [Change('it:dev:str', props['arch'], {})]


ADDED: dict[str, s_rules.NodeHook] = {
    'inet:fqdn': fqdn_added,
    'inet:passwd': passwd_added,
    'it:dev:str': dev_str_added,
    'it:dev:pipe': also_dev_str,
    'it:dev:mutex': also_dev_str,
    'it:dev:regkey': also_dev_str,
}

SET: dict[str, s_rules.PropHook] = {
    'inet:fqdn:issuffix': fqdn_issuffix,
    'inet:fqdn:iszone': fqdn_iszone,
    'inet:fqdn:zone': fqdn_zone,
    'inet:whois:rec:text': whois_text,
    'file:bytes:mime': file_mime,
    'file:bytes:sha256': file_sha256,
    'it:prod:softver:vers': softver_vers,
    'it:prod:softver:arch': softver_arch,
}


def attach(model: s_model.Model) -> None:
    """Give the forms and properties of a model their hooks, and what else sets them apart."""
    for name, added in ADDED.items():
        model.forms[name].onadd = added
    for name, changed in SET.items():
        model.props[name].onset = changed
    model.props['syn:tag:isnow'].redirects = True
