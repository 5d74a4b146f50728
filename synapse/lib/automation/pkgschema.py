"""What a Storm package must look like (spec: storm-runtime.md 14.1). Unknown keys are allowed."""

from __future__ import annotations

import typing

Schema = dict[str, typing.Any]

SEMVER = (
    r'^(?P<maj>(0(?![0-9])|[1-9][0-9]*))\.(?P<min>(0(?![0-9])|[1-9][0-9]*))\.(?P<pat>(0(?![0-9])|[1-9][0-9]*))'
    r'(\-(?P<pre>([0-9A-Za-z\-\.]+)))?(\+(?P<bld>([0-9A-Za-z\.\-]+)))?$'
)
CMDNAME = r'^[a-z][a-z0-9.]+$'
BASETYPES = (
    *('int', 'float', 'range', 'str', 'hex', 'bool', 'time', 'duration', 'ival', 'guid', 'syn:tag:part', 'syn:tag'),
    *('comp', 'loc', 'ndef', 'array', 'edge', 'timeedge', 'data', 'nodeprop', 'hugenum', 'taxon', 'taxonomy'),
    'velocity',
)

_TEXT: Schema = {'type': 'string'}
_FLAG: Schema = {'type': 'boolean'}
_DICT: Schema = {'type': 'object'}


def _list(items: Schema, **info: typing.Any) -> Schema:
    return {'type': 'array', 'items': items, **info}


def _object(required: typing.Sequence[str], **properties: Schema) -> Schema:
    return {'type': 'object', 'properties': properties, 'required': list(required)}


_PERM = _list(_TEXT)
_CMDARG: Schema = {
    'type': 'array',
    'items': [
        _TEXT,
        {
            'type': 'object',
            'properties': {
                'help': _TEXT,
                'dest': _TEXT,
                'required': _FLAG,
                'action': _TEXT,
                'choices': _list({}, uniqueItems=True),
                'nargs': {'type': ['string', 'integer']},
                'type': {'type': 'string', 'enum': list(BASETYPES)},
                'deprecated': _DICT,
            },
        },
    ],
    'minItems': 2,
    'maxItems': 2,
}
_MODULE: Schema = _object(
    ('name', 'storm'),
    name=_TEXT,
    storm=_TEXT,
    modconf=_DICT,
    apidefs={'type': ['array', 'null']},
    asroot=_FLAG,
    **{
        'asroot:perms': _list(_PERM),
        'asroot:ondeny:import': {'type': 'string', 'enum': ['allow', 'deny', 'warn']},
    },
)
_COMMAND: Schema = _object(
    ('name', 'storm'),
    name={'type': 'string', 'pattern': CMDNAME},
    storm=_TEXT,
    descr=_TEXT,
    cmdargs={'type': ['array', 'null'], 'items': _CMDARG},
    cmdinputs={'type': ['array', 'null'], 'items': _object(('form',), form=_TEXT, help=_TEXT)},
    cmdconf=_DICT,
    forms=_DICT,
    perms=_list(_PERM),
    asroot=_FLAG,
    deprecated=_DICT,
    endpoints=_list(_DICT),
)
_DEPEND = _object(('name', 'version'), name=_TEXT, version=_TEXT, desc=_TEXT, optional=_FLAG)
_CONFLICT = _object(('name',), name=_TEXT, version=_TEXT, desc=_TEXT)
_PERMDEF = _object(
    ('perm', 'desc', 'gate'),
    perm=_PERM,
    desc=_TEXT,
    gate=_TEXT,
    ex=_TEXT,
    workflowconfig=_FLAG,
    default={'type': 'boolean', 'default': False},
)
_INIT = _object(
    ('name', 'version', 'query'),
    name=_TEXT,
    version={'type': 'integer', 'minimum': 0},
    query=_TEXT,
    desc=_TEXT,
    inaugural=_FLAG,
    queryopts=_DICT,
)

PACKAGE: Schema = _object(
    ('name', 'version'),
    name=_TEXT,
    version={'type': 'string', 'pattern': SEMVER},
    build=_object((), time={'type': 'number'}),
    codesign=_object(('sign', 'cert'), sign=_TEXT, cert=_TEXT),
    synapse_minversion={'type': ['array', 'null'], 'items': {'type': 'number'}, 'minItems': 3, 'maxItems': 3},
    synapse_version=_TEXT,
    modules={'type': ['array', 'null'], 'items': _MODULE},
    commands={'type': ['array', 'null'], 'items': _COMMAND},
    docs={'type': ['array', 'null'], 'items': _object(('title', 'content'), title=_TEXT, content=_TEXT)},
    logo=_object(('mime', 'file'), mime=_TEXT, file=_TEXT),
    desc=_TEXT,
    author=_object(('url', 'name'), url=_TEXT, name=_TEXT),
    svciden={'type': ['string', 'null'], 'pattern': '^[0-9a-f]{32}$'},
    onload=_TEXT,
    inits=_object(('versions',), versions=_list(_INIT)),
    depends=_object((), requires=_list(_DEPEND), conflicts=_list(_CONFLICT)),
    perms=_list(_PERMDEF),
    graphs=_list(_object(('name',), name=_TEXT)),
    configvars=_list(_DICT),
    vaults=_DICT,
    optic=_DICT,
)
DEPENDS: Schema = {'type': 'object', 'properties': {'depends': PACKAGE['properties']['depends']}}
PACKAGE['$schema'] = 'http://json-schema.org/draft-07/schema#'
