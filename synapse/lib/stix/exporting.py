"""The mapping of forms to STIX types that an export starts with, and the check of a mapping (storm-runtime.md 21).

``{maxsize, custom: {objects: {type: ...}}, forms: {form: {default: type, stix: {type: {props, rels, revs, pivots}}}}}``

- ``props``: property -> Storm text that runs at the node; what it returns is the value, ``$bundle`` is the bundle.
- ``rels``: ``(verb, type, text)``: the text leads to nodes, which are added as that type, and referred to with a
  relationship; ``revs`` are relationships of the other direction.
- ``pivots``: ``{storm, stixtype}``: as ``rels``, without a relationship.
"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.stix.objects as s_objects

Any = typing.Any
Config = dict[str, Any]

MAXSIZE = 10000
"""Objects of one bundle, unless a configuration that may says otherwise."""


def _time(expr: str) -> str:
    return f'return($lib.stix.export.timestamp({expr}))'


def _prop(name: str) -> str:
    return f'+:{name} return(:{name})'


def _named(name: str) -> str:
    return f'{{ +:{name} return(:{name}) }} return($node.repr())'


def _seen(indx: int) -> str:
    return f'+.seen $seen=.seen {_time(f"$seen.{indx}")}'


def _list(name: str, *steps: str) -> str:
    """Return a text that collects something of the nodes that it is led to, if there are any."""
    return f'init {{ $items=([]) }} {" ".join(steps)} fini {{ if $items {{ return($items) }} }}'.replace('$items', name)


def _refs(*pivots: str) -> str:
    """Return a text that adds the nodes of some pivots to the bundle and returns the list of their identifiers."""
    return _list('$refs', *(f'{{ {pivot} $refs.append($bundle.add($node)) }}' for pivot in pivots))


_REFERRED = '-(refs)> * $stixid=$bundle.add($node) if $stixid { $refs.append($stixid) }'
_REPR = {'value': 'return($node.repr())'}
_MADE = {'created': _time('.created'), 'modified': _time('.created')}
_LIVED = {'first_seen': _seen(0), 'last_seen': _seen(1)}
_HASHES = (('MD5', 'md5'), ('SHA-1', 'sha1'), ('SHA-256', 'sha256'), ('SHA-512', 'sha512'))
_ROUTE = [('belongs-to', 'autonomous-system', '-> inet:asn')]
_PERSON = {'name': _named('name'), **_MADE, 'identity_class': 'return(individual)'}
_ATTACKED = (
    ('targets', 'identity', '-> risk:attack :target:org -> ou:org'),
    ('targets', 'vulnerability', '-> risk:attack :used:vuln -> risk:vuln'),
)


def _rule(kind: str) -> Config:
    props = {'name': _prop('name'), 'pattern': _prop('text'), **_MADE, 'valid_from': _time('.created')}
    return {
        'indicator': {'props': {**props, 'description': f'return("a {kind} rule")', 'pattern_type': f'return({kind})'}}
    }


_ORGS: Config = {
    'identity': {
        'props': {
            'name': _named('name'),
            'identity_class': 'return(organization)',
            **_MADE,
            'sectors': _list('$names', '-> ou:industry +:name $names.append(:name)'),
        }
    },
    'threat-actor': {
        'props': {
            'name': _named('name'),
            **_MADE,
            **_LIVED,
            'goals': _list('$goals', '-> ou:campaign:org -> ou:goal | uniq | +:name $goals.append(:name)'),
        },
        'rels': [
            ('attributed-to', 'identity', ''),
            ('located-at', 'location', ':hq -> geo:place'),
            *((verb, kind, f'-> ou:campaign {text}') for verb, kind, text in _ATTACKED),
        ],
    },
}

_ACTIONS: Config = {
    'ou:campaign': {
        'campaign': {
            'props': {
                'name': _named('name'),
                'description': _prop('desc'),
                'objective': '+:goal :goal -> ou:goal +:name return(:name)',
                **_MADE,
            },
            'rels': [
                ('attributed-to', 'threat-actor', ':org -> ou:org'),
                ('originates-from', 'location', ':org -> ou:org :hq -> geo:place'),
                *_ATTACKED,
                ('targets', 'identity', '-> risk:attack :target:person -> ps:person'),
            ],
        }
    },
    'ou:org': _ORGS,
    'ps:person': {'identity': {'props': _PERSON}},
    'ps:contact': {'identity': {'props': _PERSON}},
    'geo:place': {
        'location': {
            'props': {
                'name': _named('name'),
                **_MADE,
                'country': '+:loc $loc=:loc return($loc.split(".").0)',
                'latitude': '+:latlong $latlong=:latlong return($latlong.0)',
                'longitude': '+:latlong $latlong=:latlong return($latlong.1)',
            }
        }
    },
    'risk:vuln': {
        'vulnerability': {
            'props': {
                'name': _named('name'),
                'description': _prop('desc'),
                **_MADE,
                'external_references': '+:cve $cve=:cve $cve=$cve.upper() '
                'return(([{"source_name": "cve", "external_id": $cve}]))',
            },
            'rels': [],
        }
    },
    'ou:technique': {
        'attack-pattern': {
            'props': {'name': _named('name'), 'description': _prop('desc')},
            'revs': [('mitigates', 'course-of-action', '<(addresses)- risk:mitigation')],
        }
    },
    'risk:mitigation': {'course-of-action': {'props': {'name': _named('name'), 'description': _prop('desc')}}},
    'media:news': {
        'report': {
            'props': {
                'name': 'return(:title)',
                **_MADE,
                'published': f'+:published {_time(":published")}',
                'object_refs': f'init {{ $refs=([]) }} {_REFERRED} fini {{ return($refs) }}',
            }
        }
    },
}

_TOOLS: Config = {
    'file:bytes': {
        'file': {
            'props': {
                'name': _named('name'),
                'size': _prop('size'),
                'hashes': 'init { $hashes=({}) } '
                + ' '.join(f'{{ +:{prop} $hashes."{name}"=:{prop} }}' for name, prop in _HASHES)
                + ' fini { if $hashes { return($hashes) } }',
                'mime_type': _prop('mime'),
                'contains_refs': _list('$refs', _REFERRED),
            }
        }
    },
    'syn:tag': {
        'malware': {
            'props': {
                'name': _named('title'),
                'is_family': 'return($lib.true)',
                **_LIVED,
                **_MADE,
                'sample_refs': _refs('-> file:bytes'),
            },
            'rels': [],
        }
    },
    'it:prod:soft': {'tool': {'props': {'name': _named('name'), **_MADE}}},
    'it:prod:softver': {
        'tool': {
            'props': {'name': f'-> it:prod:soft {_named("name")}', **_MADE, 'tool_version': _prop('vers')},
            'rels': [],
        }
    },
    'it:app:yara:rule': _rule('yara'),
    'it:app:snort:rule': _rule('snort'),
}

_NETWORK: Config = {
    'inet:ipv4': {'ipv4-addr': {'props': _REPR, 'rels': _ROUTE}},
    'inet:ipv6': {'ipv6-addr': {'props': _REPR, 'rels': _ROUTE}},
    'inet:fqdn': {
        'domain-name': {
            'props': {
                **_REPR,
                'resolves_to_refs': _refs(
                    '-> inet:dns:a -> inet:ipv4',
                    '-> inet:dns:aaaa -> inet:ipv6',
                    '-> inet:dns:cname:fqdn :cname -> inet:fqdn',
                ),
            }
        }
    },
    'inet:asn': {'autonomous-system': {'props': {'name': _prop('name'), 'number': 'return($node.value())'}}},
    'inet:url': {'url': {'props': _REPR}},
    'inet:email': {
        'email-addr': {
            'props': {
                **_REPR,
                'display_name': '-> ps:contact +:name return(:name)',
                'belongs_to_ref': '-> inet:web:acct return($bundle.add($node))',
            }
        }
    },
    'inet:email:message': {
        'email-message': {
            'props': {
                'date': f'+:date {_time(":date")}',
                'subject': _prop('subject'),
                'message_id': '-> inet:email:header +:name=message_id return(:value)',
                'is_multipart': 'return($lib.false)',
                'from_ref': ':from -> inet:email return($bundle.add($node))',
                'to_refs': _refs(':to -> inet:email'),
            }
        }
    },
    'inet:web:acct': {
        'user-account': {
            'props': {
                'user_id': 'return(:user)',
                'account_login': 'return(:user)',
                'account_type': ' '.join(f'{{ +:site={site}.com return({site}) }}' for site in ('twitter', 'facebook')),
                'credential': _prop('passwd'),
                'display_name': _prop('realname'),
                'account_created': f'+:signup {_time(":signup")}',
                'account_first_login': _seen(0),
                'account_last_login': _seen(1),
            }
        }
    },
}


def default() -> Config:
    """Return the mapping that we start with, as a copy that its user may change."""
    forms = {
        form: {'default': next(iter(kinds)), 'stix': _copy(kinds)}
        for form, kinds in {**_ACTIONS, **_NETWORK, **_TOOLS}.items()
    }
    return {'maxsize': MAXSIZE, 'custom': {'objects': {}}, 'forms': forms}


def _copy(valu: Any) -> Any:
    """Return plain data as its user sees it: lists where we have tuples."""
    if isinstance(valu, dict):
        return {key: _copy(item) for key, item in valu.items()}
    return [_copy(item) for item in valu] if isinstance(valu, (list, tuple)) else valu


# checking what a user made of it


def check(config: Any, isform: typing.Callable[[Any], bool]) -> None:
    """Return if a mapping makes sense. Raises: NeedConfValu, BadConfValu, NoSuchForm."""
    if not isinstance(config, dict):
        raise s_exc.BadConfValu(mesg='STIX Bundle config must be a dictionary.')
    if not isinstance(config.get('maxsize', MAXSIZE), int):
        raise s_exc.BadConfValu(mesg='STIX Bundle config maxsize option must be an integer.')
    forms = config.get('forms')
    if forms is None:
        raise s_exc.NeedConfValu(mesg='STIX Bundle config is missing "forms" mappings.')
    types = s_objects.TYPES | _custom_types(config)
    for form, info in _dict(forms, 'forms').items():
        if not isform(form):
            raise s_exc.NoSuchForm(mesg=f'STIX Bundle config contains invalid form name {form}.', name=form)
        _check_form(form, _dict(info, form), types)


def _dict(valu: Any, what: str) -> dict[Any, Any]:
    if not isinstance(valu, dict):
        raise s_exc.BadConfValu(mesg=f'STIX Bundle config has an invalid value for {what}: not a dictionary.')
    return valu


def _custom_types(config: Config) -> set[str]:
    custom = _dict(config.get('custom') or {}, 'custom')
    names = set(_dict(custom.get('objects') or {}, 'custom objects'))
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r'[a-z0-9-]{3,250}', name):
            raise s_exc.BadConfValu(mesg='Invalid custom STIX type name. Must match regex: ^[a-z0-9-]{3,250}$')
    return names


def _check_form(form: str, info: Config, types: typing.Container[str]) -> None:
    kind, maps = info.get('default'), info.get('stix')
    if kind is None:
        raise s_exc.NeedConfValu(mesg=f'STIX Bundle config is missing default mapping for form {form}.')
    if kind not in types:
        raise s_exc.BadConfValu(mesg=f'STIX Bundle default mapping ({kind}) for {form} is not a STIX type.')
    if maps is None:
        raise s_exc.NeedConfValu(mesg=f'STIX Bundle config is missing STIX maps for form {form}.')
    if _dict(maps, form).get(kind) is None:
        raise s_exc.BadConfValu(mesg=f'STIX Bundle config is missing STIX map for form {form} default value {kind}.')
    for name, item in maps.items():
        if name not in types:
            raise s_exc.BadConfValu(mesg=f'STIX Bundle config has unknown STIX type {name} for form {form}.')
        _check_map(f'{form} {name}', _dict(item, f'{form} {name}'))
        _check_pivots(form, name, item, types)


def _check_map(what: str, item: Config) -> None:
    for name, text in _dict(item.get('props') or {}, what).items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise s_exc.BadConfValu(mesg=f'STIX Bundle config has invalid prop entry {what} {name}.')
    for kind in ('rel', 'rev'):
        for entry in _items(item.get(f'{kind}s'), f'{what} {kind}s'):
            if not isinstance(entry, (list, tuple)) or len(entry) != 3 or not all(isinstance(v, str) for v in entry):
                raise s_exc.BadConfValu(mesg=f'STIX Bundle config has invalid {kind} entry {what} {entry}.')


def _check_pivots(form: str, kind: str, item: Config, types: typing.Container[str]) -> None:
    for pivot in _items(item.get('pivots'), f'{form} {kind} pivots'):
        if not isinstance(_dict(pivot, f'{form} {kind} pivots').get('storm'), str):
            raise s_exc.BadConfValu(mesg=f'Pivot for {form} (as {kind}) has invalid/missing storm field.')
        target = pivot.get('stixtype')
        if target is not None and target not in types:
            raise s_exc.BadConfValu(mesg=f'STIX Bundle config has unknown pivot STIX type {target} for form {form}.')


def _items(valu: Any, what: str) -> typing.Any:
    if valu is not None and not isinstance(valu, (list, tuple, str)):
        raise s_exc.BadConfValu(mesg=f'STIX Bundle config has an invalid value for {what}: not a list.')
    return valu or ()
