"""``$lib.macro``: queries by name (spec: storm-runtime.md 13)."""

from __future__ import annotations

import typing

import synapse.lib.auth.easyperm as s_easyperm
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.auth as s_libauth
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.macro', 'Queries that are kept by name.')


def macros_of(rt: Runtime) -> Any:
    """Return the macros of the Cortex."""
    return rt.query.core.cortex.automation.macros


def readable(rt: Runtime, mdef: dict[str, Any]) -> bool:
    """Return True if the user may read and run a macro."""
    return _may(rt, mdef, s_easyperm.READ)


def _may(rt: Runtime, mdef: dict[str, Any], level: int) -> bool:
    if s_libauth.has_level(rt, mdef, level) or rt.allowed(('storm', 'macro', 'admin')):
        return True
    return level < s_easyperm.ADMIN and rt.allowed(('storm', 'macro', 'edit'))


def _confirm(rt: Runtime, mdef: dict[str, Any], level: int) -> None:
    if not _may(rt, mdef, level):
        name = {s_easyperm.READ: 'read', s_easyperm.EDIT: 'edit', s_easyperm.ADMIN: 'admin'}[level]
        dot = '.' if level == s_easyperm.READ else ''
        mesg = f'User requires {name} permission on macro: {mdef["name"]}{dot}'
        s_easyperm.deny(rt.query.user, level, mesg)


def get_macro(rt: Runtime, name: str) -> dict[str, Any]:
    """Return a macro to run. Raises: NoSuchName, AuthDeny."""
    mdef: dict[str, Any] = macros_of(rt).req(name)
    _confirm(rt, mdef, s_easyperm.READ)
    return mdef


@lib('$lib.macro.set', readonly=False)
async def macro_set(rt: Runtime, name: str, storm: Any) -> None:
    """Make a macro, or change its query. Raises: AuthDeny, BadSyntax, BadArg."""
    text = storm.storm_value() if isinstance(storm, s_objects.QueryObj) else s_coerce.tostr(storm)
    mdef = macros_of(rt).get(name) if name else None
    await rt.editor.flush()
    if mdef is None:
        rt.confirm(('storm', 'macro', 'add'))
        await macros_of(rt).add(name, text, rt.query.user.iden)
    else:
        _confirm(rt, mdef, s_easyperm.EDIT)
        await macros_of(rt).mod(name, {'storm': text})


@lib('$lib.macro.get')
def macro_get(rt: Runtime, name: str) -> dict[str, Any] | None:
    """Return the definition of a macro, null when there is none. Raises: AuthDeny."""
    mdef = macros_of(rt).get(name)
    if mdef is not None:
        _confirm(rt, mdef, s_easyperm.READ)
    found: dict[str, Any] | None = s_coerce.keep(mdef)
    return found


@lib('$lib.macro.list')
def macro_list(rt: Runtime) -> list[tuple[str, Any]]:
    """Return (name, definition) pairs of the macros that the user may read."""
    return [(mdef['name'], s_coerce.keep(mdef)) for mdef in macros_of(rt).list() if readable(rt, mdef)]


@lib('$lib.macro.mod', readonly=False)
async def macro_mod(rt: Runtime, name: str, info: Prim) -> None:
    """Change the name, the desc or the storm of a macro. Raises: NoSuchName, AuthDeny, BadArg, DupName, BadSyntax."""
    _confirm(rt, macros_of(rt).req(name), s_easyperm.EDIT)
    await rt.editor.flush()
    await macros_of(rt).mod(name, info)


@lib('$lib.macro.del', readonly=False)
async def macro_del(rt: Runtime, name: str) -> None:
    """Remove a macro. Raises: NoSuchName, AuthDeny."""
    _confirm(rt, macros_of(rt).req(name), s_easyperm.ADMIN)
    await rt.editor.flush()
    await macros_of(rt).delete(name)


@lib('$lib.macro.grant', readonly=False)
async def macro_grant(rt: Runtime, name: str, scope: str, iden: str, level: int | None) -> None:
    """Give a user or role a level on a macro, or take it away with null. Raises: NoSuchName, AuthDeny, BadArg."""
    _confirm(rt, macros_of(rt).req(name), s_easyperm.ADMIN)
    await rt.editor.flush()
    await macros_of(rt).grant(name, scope, iden, level)
