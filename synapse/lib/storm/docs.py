"""The libraries, types and commands as data, for clients that explain or complete them (cortex.md 2.2, getCoreInfoV2).

All of it is made from the registry: there is no second place where a function is described.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.registry as s_registry

Info = dict[str, typing.Any]
_NODATA = (s_coerce.Undef,)


def stormdocs(commands: dict[str, s_command.Cmd]) -> Info:
    """Return ``{libraries, types, commands}``, each a list by name."""
    return {
        'libraries': [_library(path) for path in sorted(s_registry.LIBS) if s_registry.LIBS[path]],
        'types': [_type(kind) for kind in sorted(s_registry.TYPES)],
        'commands': [_command(name, cmd) for name, cmd in sorted(commands.items())],
    }


def _command(name: str, cmd: s_command.Cmd) -> Info:
    info = {'name': name, 'doc': cmd.descr()}
    if cmd.pkgname is not None:
        info['package'] = cmd.pkgname
    if cmd.svciden is not None:
        info['svciden'] = cmd.svciden
    return info


def _library(path: str) -> Info:
    parts = ('lib', *path.split('.')[1:])
    desc = s_registry.LIBDOCS.get(path, '')
    return {'path': parts, 'desc': desc, 'locals': _locals(s_registry.LIBS[path]), 'deprecated': None}


def _type(kind: str) -> Info:
    desc = s_registry.TYPEDOCS.get(kind, '')
    return {'path': (kind,), 'desc': desc, 'locals': _locals(s_registry.TYPES[kind])}


def _locals(funcs: dict[str, s_registry.Func]) -> list[Info]:
    return [{'name': name, 'desc': func.doc(), 'type': _kind(func)} for name, func in sorted(funcs.items())]


def _kind(func: s_registry.Func) -> typing.Any:
    """Return the type of a value, or what a function takes and gives."""
    if func.func is None or func.getter:
        return _names(func.returns())
    args = []
    for name, kind, default in func.params():
        arg = {'name': name, 'type': _names(kind), 'desc': ''}
        if default is not s_common.novalu and not name.startswith('*'):
            arg['default'] = repr(default) if isinstance(default, _NODATA) else default
        args.append(arg)
    info: Info = {'type': 'function', 'returns': {'type': _names(func.returns())}}
    return {**info, 'args': args} if args else info


def _names(text: str) -> typing.Any:
    """Return one type name, or a list of several."""
    names = text.split('|')
    return names[0] if len(names) == 1 else names
