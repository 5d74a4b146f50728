"""``$lib.dmon``: queries that run all the time (spec: storm-runtime.md 11)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.automation.trigger as s_libtrigger
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib = s_registry.lib
s_registry.libdoc('$lib.dmon', 'Queries that run all the time.')


def _dmons(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.dmons


def _variables(rt: Runtime, text: Any) -> Def:
    """Return the variables that a daemon takes along: those of which there is plain data."""
    vars = s_objects.capture(rt, None)
    if isinstance(text, s_objects.QueryObj):
        vars.update(text.vars)
    kept: Def = {}
    for name, valu in vars.items():
        try:
            item = s_coerce.toprim(valu)
            s_common.en(item)
        except s_exc.SynErr:
            continue
        if name[:1] != '\x00':
            kept[name] = item
    return kept


@lib('$lib.dmon.add', readonly=False)
async def dmon_add(rt: Runtime, text: Any, name: Any = 'noname', ddef: Prim = None) -> Def:
    """Make a daemon that runs in this view, as this user, with copies of the variables; returns its definition.

    Raises: AuthDeny, BadArg, BadSyntax, SchemaViolation, DupIden.
    """
    rt.confirm(('dmon', 'add'), rt.view.iden)
    if not isinstance(ddef, (dict, type(None))):
        raise s_exc.BadArg(mesg='The definition of a daemon must be a dictionary.')
    given = dict(ddef or {})
    for key in ('user', 'storm', 'created'):
        given.pop(key, None)
    info = {'name': s_coerce.toprim(name), 'user': rt.query.user.iden, 'storm': s_libtrigger.text_of(text)}
    opts = {'vars': _variables(rt, text), 'view': rt.view.iden}
    await rt.editor.flush()
    return typing.cast(Def, s_coerce.wrap(await _dmons(rt).add({**given, **info, 'stormopts': opts})))


@lib('$lib.dmon.get')
def dmon_get(rt: Runtime, iden: str) -> Def | None:
    """Return the definition and the state of a daemon, null when there is none."""
    found: Def | None = s_coerce.wrap(_dmons(rt).get(iden))
    return found


@lib('$lib.dmon.list')
def dmon_list(rt: Runtime) -> list[Def]:
    """Return the definitions and states of all daemons."""
    return [s_coerce.wrap(ddef) for ddef in _dmons(rt).all()]


@lib('$lib.dmon.log')
def dmon_log(rt: Runtime, iden: str) -> list[Any]:
    """Return (time, message) of the last messages of a daemon. Raises: AuthDeny."""
    rt.confirm(('dmon', 'log'))
    return [s_coerce.keep(item) for item in _dmons(rt).log(iden)]


def _confirm(rt: Runtime, iden: str) -> None:
    ddef = _dmons(rt).get(iden)
    if ddef is not None:
        rt.confirm(('dmon', 'add'), ddef['stormopts']['view'])


@lib('$lib.dmon.start', readonly=False)
async def dmon_start(rt: Runtime, iden: str) -> bool:
    """Start a daemon; false where that changes nothing. Raises: AuthDeny."""
    _confirm(rt, iden)
    return bool(await _dmons(rt).enable(iden, True))


@lib('$lib.dmon.stop', readonly=False)
async def dmon_stop(rt: Runtime, iden: str) -> bool:
    """Stop a daemon until it is started again; false where that changes nothing. Raises: AuthDeny."""
    _confirm(rt, iden)
    return bool(await _dmons(rt).enable(iden, False))


@lib('$lib.dmon.bump', readonly=False)
async def dmon_bump(rt: Runtime, iden: str) -> bool:
    """Stop a daemon and start it again; false when there is none. Raises: AuthDeny."""
    _confirm(rt, iden)
    return bool(await _dmons(rt).bump(iden))


@lib('$lib.dmon.del', readonly=False)
async def dmon_del(rt: Runtime, iden: str) -> None:
    """Remove a daemon. Raises: NoSuchIden, AuthDeny."""
    ddef = _dmons(rt).get(iden)
    if ddef is not None and ddef['user'] != rt.query.user.iden:
        rt.confirm(('dmon', 'del', iden))
    await rt.editor.flush()
    await _dmons(rt).delete(iden)
