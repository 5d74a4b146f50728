"""The options that every cell understands (spec: cell.md 2.4), as one table of JSON schema fragments.

Three marker flags travel inside a fragment: ``hideconf`` (cell.yaml only: no flag, no environment variable),
``hidecmdl`` (no command line flag) and ``hidedocs`` (not listed in the manual).
"""

from __future__ import annotations

import typing

ConfDefs = dict[str, dict[str, typing.Any]]

_RULES: dict[str, typing.Any] = {
    'type': 'array',
    'items': {
        'type': 'array',
        'items': [{'type': 'boolean'}, {'type': 'array', 'items': {'type': 'string'}}],
        'minItems': 2,
        'maxItems': 2,
    },
}

_INAUGURAL: dict[str, typing.Any] = {
    'type': 'object',
    'properties': {
        'roles': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': {'name': {'type': 'string', 'pattern': '^(?!all$).+$'}, 'rules': _RULES},
                'required': ['name'],
                'additionalProperties': False,
            },
        },
        'users': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': {
                    'name': {'type': 'string', 'pattern': '^(?!root$).+$'},
                    'admin': {'type': 'boolean', 'default': False},
                    'email': {'type': 'string'},
                    'roles': {'type': 'array', 'items': {'type': 'string'}},
                    'rules': _RULES,
                },
                'required': ['name'],
                'additionalProperties': False,
            },
        },
    },
}

_SVCINFO: dict[str, typing.Any] = {
    'type': 'object',
    'properties': {
        'urlinfo': {
            'type': 'object',
            'properties': {
                'host': {'type': 'string'},
                'port': {'type': 'integer'},
                'schema': {'type': 'string'},
            },
            'required': ['host', 'port', 'scheme'],
        },
    },
    'required': ['urlinfo'],
}

# What the service is called and how it is found.
_NAMES: ConfDefs = {
    'cell:guid': {
        'type': 'string',
        'hideconf': True,
        'description': 'The service iden to use when the directory has none yet (32 lower-case hex characters).',
    },
    'cell:ctor': {
        'type': 'string',
        'hideconf': True,
        'description': 'Python path of the service class, read by the stem cell server.',
    },
    'mirror': {
        'type': ['string', 'null'],
        'hidedocs': True,
        'hidecmdl': True,
        'description': 'Telepath URL of the leader that this service follows.',
    },
    'aha:name': {'type': 'string', 'description': 'The name under which this service registers with AHA.'},
    'aha:user': {'type': 'string', 'description': 'The user name that this service uses towards other services.'},
    'aha:leader': {'type': 'string', 'description': 'The AHA name that whichever member is the leader registers.'},
    'aha:network': {'type': 'string', 'description': 'The AHA network that this service belongs to.'},
    'aha:registry': {
        'type': ['string', 'array'],
        'items': {'type': 'string'},
        'description': 'One or more Telepath URLs of the AHA service.',
    },
    'aha:provision': {
        'type': ['string', 'array'],
        'items': {'type': 'string'},
        'description': 'One-time URL (or URLs) from which the service fetches its configuration and certificates.',
    },
    'aha:admin': {
        'type': 'string',
        'description': 'Name of an admin user to create, matched by the name in TLS client certificates.',
    },
    'aha:svcinfo': {
        **_SVCINFO,
        'hidedocs': True,
        'hidecmdl': True,
        'description': 'Registration details to send to AHA in place of the discovered ones.',
    },
    'aha:promotable': {
        'type': 'boolean',
        'default': True,
        'description': 'This service may be picked as the next leader when the leader steps down.',
    },
}

# Who may come in and through which doors.
_DOORS: ConfDefs = {
    'auth:ctor': {
        'type': 'string',
        'hideconf': True,
        'description': 'Deprecated. Python path of a constructor that replaces the auth subsystem.',
    },
    'auth:conf': {
        'type': 'object',
        'hideconf': True,
        'description': 'Deprecated. Options for the constructor in auth:ctor.',
    },
    'auth:passwd': {'type': 'string', 'description': 'The password of the root user, enforced at each start.'},
    'auth:anon': {
        'type': 'string',
        'description': 'The user that callers without credentials become. Without it they are refused.',
    },
    'auth:passwd:policy': {
        'type': 'object',
        'description': 'What passwords must look like, how many wrong tries lock a user, how many old ones to refuse.',
    },
    'max:users': {
        'type': 'integer',
        'default': 0,
        'minimum': 0,
        'description': 'How many users may exist that are neither locked nor archived, root aside (0: no limit).',
    },
    'inaugural': {
        **_INAUGURAL,
        'hidedocs': True,
        'description': 'Users and roles to create the very first time that the service starts.',
    },
    'dmon:listen': {
        'type': ['string', 'null'],
        'description': 'Telepath URL to listen on. An explicit null means no network listener.',
    },
    'https:port': {
        'type': ['integer', 'null'],
        'description': 'Port of the HTTPS API. An explicit null switches it off.',
    },
    'https:headers': {
        'type': 'object',
        'hidecmdl': True,
        'description': 'Header names and values to add to every HTTP response.',
    },
    'https:parse:proxy:remoteip': {
        'type': 'boolean',
        'default': False,
        'description': 'Log the address in X-Forwarded-For and X-Real-IP in place of that of the connection.',
    },
}

# How the service keeps its data, and when it worries about it.
_CARE: ConfDefs = {
    'nexslog:en': {
        'type': 'boolean',
        'default': False,
        'description': 'Keep the change log, which mirrors need, in place of dropping what is safely stored.',
    },
    'nexslog:async': {
        'type': 'boolean',
        'default': True,
        'hidedocs': True,
        'hidecmdl': True,
        'description': 'Accepted and ignored: the change log is always made durable in batches.',
    },
    'nexslog:fast': {
        'type': 'boolean',
        'default': False,
        'description': 'Answer writes up to one second before they are on disk. A power cut may lose that second.',
    },
    'backup:dir': {
        'type': 'string',
        'description': 'Directory for backups, outside of the service directory (default: backups inside of it).',
    },
    'onboot:optimize': {
        'type': 'boolean',
        'default': False,
        'description': 'Rewrite all databases compactly at each start, before the service opens them.',
    },
    'limit:disk:free': {
        'type': ['integer', 'null'],
        'default': 5,
        'minimum': 0,
        'maximum': 100,
        'description': 'Refuse to start or to write when less than this percentage of the volume is free.',
    },
    'health:sysctl:checks': {
        'type': 'boolean',
        'default': True,
        'description': 'Warn when kernel settings differ from the recommended ones.',
    },
    'safemode': {
        'type': 'boolean',
        'default': False,
        'hidecmdl': True,
        'description': 'Start with automation and other optional work switched off, to repair a service.',
    },
    '_log_conf': {
        'type': 'object',
        'hideconf': True,
        'hidedocs': True,
        'description': 'Log settings handed from a service to its helper processes.',
    },
}

CONFBASE: ConfDefs = {**_NAMES, **_DOORS, **_CARE}
