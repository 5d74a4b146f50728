"""Modules of Storm packages: ``$lib.import`` (spec: storm-runtime.md 14.2)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.purecmd as s_purecmd
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
_ROOTWARN = (
    'Module ({name}) requires asroot permission but does not specify any asroot:perms. storm.asroot.mod.<modname> '
    'style permissons are deprecated and will be removed in v3.0.0.'
)


class Module(s_coerce.StormObj):
    """A module that was run: what its variables and functions were at the end are its attributes."""

    storm_name = 'lib'
    storm_mutable = False

    def __init__(self, name: str, vars: dict[str, Any]) -> None:
        self.path = name
        self.vars = vars

    def storm_repr(self) -> str:
        return f'Imported Module {self.path}'


def _deref(rt: Runtime, obj: Module, name: Any) -> Any:
    text = s_coerce.tostr(name)
    if text.startswith('__'):
        raise s_exc.StormRuntimeError(mesg=f'Cannot dereference private value [{text}]', name=text)
    if text not in obj.vars:
        raise s_exc.NoSuchName(mesg=f'Cannot find name [{text}]', name=text)
    return obj.vars[text]


s_objects.dynamic('lib', _deref)


@s_registry.lib('$lib.import')
async def lib_import(rt: Runtime, name: str, debug: bool = False, reqvers: str | None = None) -> Any:
    """Run a module of a Storm package and return it; its variables and functions are attributes.

    Raises: NoSuchName (also for a package whose version is not in the range), AuthDeny (a module with all rights).
    """
    mdef = rt.query.core.cortex.automation.packages.module(name, reqvers)
    if mdef is None:
        mesg = f'No storm module named {name} matching version requirement {reqvers}'
        raise s_exc.NoSuchName(mesg=mesg, name=name, reqvers=reqvers)
    inner = Runtime(_privilege(rt, mdef))
    inner.vars['modconf'] = s_coerce.wrap(mdef.get('modconf') or {})
    plan = rt.query.core.plan(mdef['storm'], 'storm', inner.vars)
    rt.enter(plan.text)
    try:
        async for _ in plan.run(inner):
            pass
    finally:
        rt.leave()
    return Module(name, inner.vars)


def _privilege(rt: Runtime, mdef: dict[str, Any]) -> s_runtime.Query:
    """Return the query that a module runs in: with all rights if it asks for them and the user may lend them."""
    query, name = rt.query, mdef['name']
    perm = ('storm', 'asroot', 'mod', *name.split('.'))
    perms = [tuple(item) for item in mdef.get('asroot:perms') or ()]
    if perms:
        if any(rt.allowed(item) for item in perms):
            return query.elevated()
        ondeny, needs = mdef.get('asroot:ondeny:import', 'deny'), s_purecmd.any_of(perms)
        if ondeny == 'deny':
            mesg = f'Module ({name}) requires permission: {needs}'
            raise s_exc.AuthDeny(mesg=mesg, user=query.user.iden, username=query.user.name)
        if ondeny == 'warn':
            rt.warn(f'Module ({name}) permissions will not be elevated. Missing permission: {needs}.')
        return query
    if not mdef.get('asroot'):
        return query.elevated() if s_purecmd.lends(rt, perm) else query
    rt.warn_once(_ROOTWARN.format(name=name))
    if not rt.allowed(perm):
        mesg = f'Module ({name}) elevates privileges.  You need perm: {".".join(perm)}'
        raise s_exc.AuthDeny(mesg=mesg, user=query.user.iden, username=query.user.name)
    return query.elevated()
