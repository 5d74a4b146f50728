"""Small libraries: stats, tags, version, inet.ipv6, log, env (spec: storm-runtime.md 4)."""

from __future__ import annotations

import ipaddress
import logging
import os
import typing

import packaging.specifiers
import packaging.version

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.logs as s_logs
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method


# stats

s_registry.libdoc('$lib.stats', 'Counting.')
s_registry.typedoc('stat:tally', 'Totals by name.')


class Tally(s_coerce.StormObj):
    """Totals by name."""

    storm_name = 'stat:tally'

    def __init__(self) -> None:
        self.totals: dict[Any, int] = {}

    def storm_iter(self) -> Any:
        return iter(list(self.totals.items()))

    def storm_value(self) -> Any:
        return dict(self.totals)

    def storm_repr(self) -> str:
        return f'stat:tally: {self.totals}'

    def storm_bool(self) -> bool:
        return bool(self.totals)

    def storm_len(self) -> int:
        """Return the number of names."""
        return len(self.totals)


@lib('$lib.stats.tally')
def stats_tally(rt: Runtime) -> Tally:
    """Return an empty tally."""
    return Tally()


def _tally_name(name: Any) -> Any:
    name = s_coerce.toprim(name)
    if s_coerce.ismutable(name):
        raise s_exc.StormRuntimeError(mesg=f'{s_coerce.text(name)} is mutable and cannot be the name of a total.')
    return name


@method('stat:tally', 'inc')
def tally_inc(rt: Runtime, obj: Tally, name: Any, valu: int = 1) -> None:
    """Add to the total of a name."""
    name = _tally_name(name)
    obj.totals[name] = obj.totals.get(name, 0) + valu


@method('stat:tally', 'get')
def tally_get(rt: Runtime, obj: Tally, name: Any) -> int:
    """Return the total of a name, 0 without one."""
    return obj.totals.get(_tally_name(name), 0)


@method('stat:tally', 'sorted')
def tally_sorted(rt: Runtime, obj: Tally, byname: bool = False, reverse: bool = False) -> list[Any]:
    """Return (name, total) pairs, by total or by name."""
    try:
        return sorted(obj.totals.items(), key=lambda item: item[0 if byname else 1], reverse=reverse)
    except TypeError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error sorting names: {e}') from e


# tags

s_registry.libdoc('$lib.tags', 'Names of tags.')


@lib('$lib.tags.prefix', pure=True)
async def tags_prefix(rt: Runtime, names: Any, prefix: str, ispart: bool = False) -> list[str]:
    """Return tags under a prefix, one for each name that can be (part of) a tag."""
    retn = []
    kind = rt.model.reqType('syn:tag' if ispart else 'syn:tag:part')
    async for name in s_objects.toiter(rt, names):
        try:
            retn.append(f'{prefix}.{kind.norm(s_coerce.toprim(name))[0]}')
        except s_exc.BadTypeValu:
            continue
    return retn


# version

s_registry.libdoc('$lib.version', 'The version of the server.')


@lib('$lib.version.synapse', pure=True)
def version_synapse(rt: Runtime) -> tuple[int, ...]:
    """Return the version as (major, minor, patch)."""
    return tuple(s_common.version)


@lib('$lib.version.commit', pure=True)
def version_commit(rt: Runtime) -> str:
    """Return the hash of the source that was built, empty where it is not known."""
    return ''


@lib('$lib.version.matches', pure=True)
def version_matches(rt: Runtime, vertup: Prim, reqstr: str) -> bool:
    """Return true if a version (major, minor, patch) satisfies a range such as '>=1.0.0,<2.0.0'. Raises: BadArg."""
    try:
        spec = packaging.specifiers.SpecifierSet(reqstr)
        text = vertup if isinstance(vertup, str) else '.'.join(str(part) for part in vertup)
        return spec.contains(packaging.version.Version(text))
    except (packaging.specifiers.InvalidSpecifier, packaging.version.InvalidVersion, TypeError) as e:
        raise s_exc.BadArg(mesg=str(e)) from e


# addresses

s_registry.libdoc('$lib.inet.ipv6', 'IPv6 addresses.')


@lib('$lib.inet.ipv6.expand', pure=True)
def ipv6_expand(rt: Runtime, valu: str) -> str:
    """Return an address with all eight groups of four digits. Raises: StormRuntimeError."""
    try:
        return ipaddress.IPv6Address(valu.strip()).exploded
    except ValueError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error expanding ipv6: {e} for valu={valu}', valu=valu) from e


# the log of the server

s_registry.libdoc('$lib.log', 'The log of the server.')
logger = logging.getLogger('synapse.storm.log')


def _log(name: str, level: int) -> None:
    def write(rt: Runtime, mesg: str, extra: Any = None) -> None:
        rt.confirm(('storm', 'lib', 'log', name))
        info = {} if extra is None else s_coerce.toprim(extra)
        if not isinstance(info, dict):
            kind = s_objects.kind_of(extra)
            text = f'extra provided to log call must be a dictionary compatible type. Got {kind} instead.'
            raise s_exc.BadArg(mesg=text, arg='extra')
        user = rt.query.user
        logger.log(level, '%s', mesg, extra=s_logs.extra(**{**info, 'user': user.iden, 'username': user.name}))

    write.__doc__ = f'Write a line of level {name.upper()}, with further values. Raises: BadArg.'
    lib(f'$lib.log.{name}')(write)


for _name, _level in (('debug', 10), ('info', 20), ('warning', 30), ('error', 40)):
    _log(_name, _level)


# the environment

s_registry.libdoc('$lib.env', 'Variables of the environment that are meant for Storm.')


@lib('$lib.env.get')
def env_get(rt: Runtime, name: str, default: Any = None) -> str | None:
    """Return an environment variable whose name begins with SYN_STORM_ENV_. Raises: BadArg, AuthDeny."""
    req_admin(rt, '$lib.env.get() requires admin privileges.')
    if not name.startswith('SYN_STORM_ENV_'):
        raise s_exc.BadArg(mesg=f'Environment variable must start with SYN_STORM_ENV_ : {name}')
    valu = os.environ.get(name)
    if valu is not None:
        return valu
    return None if default is None else s_coerce.tostr(default)


def req_admin(rt: Runtime, mesg: str) -> None:
    """Raise AuthDeny unless the query runs with the rights of a global admin."""
    if not rt.query.asroot:
        rt.query.user.reqAdmin(mesg=mesg)
