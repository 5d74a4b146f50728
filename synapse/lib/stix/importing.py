"""The mapping of STIX types to Storm that an import starts with, and the shape of a bundle (storm-runtime.md 21).

``{addbundle, bundle: {storm}, objects: {type: {storm}}, relationships: [{type: (source, verb, target), storm}]}``

Each text runs by itself and returns a node. ``$bundle`` is the whole bundle, ``$object`` an object of it, ``$n1node``
and ``$n2node`` are the nodes that a relationship joins. None as source or target of a relationship stands for any type.
"""

from __future__ import annotations

import typing

import synapse.lib.schema as s_schema

Config = dict[str, typing.Any]

_KEEP = '$node.data.set(stix:object, $object) return($node)'


def _known_by_name(form: str, nameform: str, more: str = '') -> str:
    """Return a text that finds a node by a name, or else makes it."""
    return f"""
        ($ok, $name) = $lib.trycast({nameform}, $object.name)
        if $ok {{
            {nameform}=$name -> {form} {more} return($node)
            [ {form}=* :name=$name ] {more} return($node)
        }}
    """


def _made(form: str, kind: str, props: str) -> str:
    """Return a text that makes a node with a guid of the object's identifier."""
    return f'[ {form}=(stix, {kind}, $object.id) {props} ] {_KEEP}'


_ALIASES = '{ for $alias in $object.aliases { [ :names?+=$alias ] } }'

_IDENTITY = """
    switch $object.identity_class {
        group: {[ ps:contact=(stix, identity, $object.id) :orgname?=$object.name ]}
        organization: {[ ps:contact=(stix, identity, $object.id) :orgname?=$object.name ]}
        individual: {[ ps:contact=(stix, identity, $object.id) :name?=$object.name ]}
        system: {[ it:host=(stix, identity, $object.id) :name?=$object.name ]}
    }
"""

_INDICATOR = f"""
    $guid = $lib.guid(stix, indicator, $object.id)
    switch $object.pattern_type {{
        yara: {{[ it:app:yara:rule=$guid :name?=$object.name :text?=$object.pattern ]}}
        snort: {{[ it:app:snort:rule=$guid :name?=$object.name :text?=$object.pattern ]}}
        *: {{
            [ it:sec:stix:indicator=$guid :name?=$object.name :pattern?=$object.pattern
                :created?=$object.created :updated?=$object.modified ]
            | scrape --refs :pattern
        }}
    }}
    {_KEEP}
"""

# what an object does not tell must not be in the dictionary, or it would be looked for
_LOCATION = """
    $place = ({"id": $object.id, "$try": true, "$props": {"desc": $object.description}})
    if ($object.latitude != null and $object.longitude != null) {
        $place.latlong = ([$object.latitude, $object.longitude])
        if $object.precision { $place.radius = `{$object.precision} m` }
    }
    if $object.name { $place.name = $object.name }
    if $object.street_address { $place.address = $object.street_address }
    if $object.country {
        ($ok, $iso) = $lib.trycast(pol:iso2, $object.country)
        if $ok { $place.loc = $iso }
    }
    [ geo:place?=$place ]
    return($node)
"""

# a file has the guid of its strongest hash, unless that is the SHA-256
_FILE = """
    $hashes = $object.hashes
    if $hashes {
        if $hashes."SHA-256" {
            [ file:bytes?=$hashes."SHA-256" ]
        } else {
            if $hashes."SHA-512" { ($ok, $hash) = $lib.trycast(hash:sha512, $hashes."SHA-512") }
            elif $hashes."SHA-1" { ($ok, $hash) = $lib.trycast(hash:sha1, $hashes."SHA-1") }
            elif $hashes.MD5 { ($ok, $hash) = $lib.trycast(hash:md5, $hashes.MD5) }
            else { return() }
            $guid = $lib.guid($hash)
            [ file:bytes=`guid:{$guid}` ]
        }
        [ :md5?=$hashes.MD5 :sha1?=$hashes."SHA-1" :sha256?=$hashes."SHA-256" :sha512?=$hashes."SHA-512"
            :name?=$object.name :size?=$object.size ]
        return($node)
    }
"""

_BUNDLE_STORM = """
    it:sec:stix:bundle:id=$bundle.id return($node)
    [ it:sec:stix:bundle=* :id=$bundle.id ] return($node)
"""

_OBJECTS = {
    'intrusion-set': _known_by_name('ou:org', 'ou:name', _ALIASES),
    'identity': _IDENTITY,
    'tool': _known_by_name('it:prod:soft', 'it:prod:softname'),
    'threat-actor': _made(
        'ps:contact', 'threat-actor', ':name?=$object.name :desc?=$object.description :names?=$object.aliases'
    ),
    'course-of-action': _made('risk:mitigation', 'course-of-action', ':name?=$object.name :desc?=$object.description'),
    'campaign': _made(
        'ou:campaign',
        'campaign',
        ':name?=$object.name :desc?=$object.description .seen?=$object.last_seen .seen?=$object.first_seen',
    ),
    'malware': _known_by_name('it:prod:soft', 'it:prod:softname'),
    'indicator': _INDICATOR,
    'report': _made(
        'media:news', 'report', ':title?=$object.name :summary?=$object.description :published?=$object.published'
    ),
    'ipv4-addr': '[ inet:ipv4?=$object.value ] return($node)',
    'ipv6-addr': '[ inet:ipv6?=$object.value ] return($node)',
    'url': '[ inet:url?=$object.value ] return($node)',
    'domain-name': '[ inet:fqdn?=$object.value ] return($node)',
    'location': _LOCATION,
    'file': _FILE,
}

_RELATIONSHIPS = (
    (('campaign', 'attributed-to', 'intrusion-set'), '$n1node.props.org = $n2node'),
    (('intrusion-set', 'attributed-to', 'threat-actor'), '$n2node.props.org = $n1node'),
    ((None, 'uses', None), 'yield $n1node [ +(uses)> { yield $n2node } ]'),
    ((None, 'indicates', None), 'yield $n1node [ +(indicates)> { yield $n2node } ]'),
    (('threat-actor', 'attributed-to', 'identity'), ''),
)


def default() -> Config:
    """Return the mapping that we start with, as a copy that its user may change."""
    return {
        'addbundle': True,
        'bundle': {'storm': _BUNDLE_STORM},
        'objects': {kind: {'storm': text} for kind, text in _OBJECTS.items()},
        'relationships': [{'type': list(kind), 'storm': text} for kind, text in _RELATIONSHIPS],
    }


_TEXT = {'type': 'string'}
_STORM = {'type': 'object', 'properties': {'storm': _TEXT}}
_END = {'type': ['string', 'null']}

_CONFIG: Config = {
    'type': 'object',
    'properties': {
        'bundle': {'type': ['object', 'null'], 'properties': {'storm': _TEXT}},
        'objects': {'type': 'object', 'additionalProperties': _STORM},
        'relationships': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': {
                    'type': {'type': 'array', 'items': _END, 'minItems': 3, 'maxItems': 3},
                    'storm': _TEXT,
                },
                'required': ['type'],
            },
        },
    },
}
_BUNDLE: Config = {
    'type': 'object',
    'properties': {
        'objects': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': {
                    'id': _TEXT,
                    'type': _TEXT,
                    'object_refs': {'type': 'array', 'items': _TEXT},
                },
                'required': ['type', 'id'],
                'if': {'properties': {'type': {'const': 'relationship'}}},
                'then': {
                    'properties': {'source_ref': _TEXT, 'target_ref': _TEXT, 'relationship_type': _TEXT},
                    'required': ['source_ref', 'target_ref'],
                },
            },
        },
    },
}


_check_config, _check_bundle = s_schema.checker(_CONFIG), s_schema.checker(_BUNDLE)


def check_config(config: typing.Any) -> Config:
    """Return a mapping, with lists for tuples. Raises: SchemaViolation."""
    return typing.cast(Config, _check_config(config))


def check_bundle(bundle: typing.Any) -> Config:
    """Return a bundle, with lists for tuples, if it has what it takes to find objects and what refers to what.

    Raises: SchemaViolation.
    """
    return typing.cast(Config, _check_bundle(bundle))
