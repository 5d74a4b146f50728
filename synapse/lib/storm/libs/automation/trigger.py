"""``$lib.trigger``: queries that edits set off (spec: storm-runtime.md 9)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.runts as s_runts

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.trigger', 'Queries that run when nodes are edited.')
s_registry.typedoc('trigger', 'A trigger. Its fields can be read as attributes.')


class Trigger(s_coerce.Thing):
    """A trigger as it was when it was looked up."""

    storm_name = 'trigger'

    def __init__(self, triggers: Any, tdef: Def) -> None:
        self.triggers = triggers
        self.iden = tdef['iden']
        self.tdef = tdef

    def storm_value(self) -> Def:
        return typing.cast(Def, s_coerce.keep(self.triggers.pack(self.tdef)))


def _triggers(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.triggers


def text_of(query: Any) -> str:
    """Return the text of a query, without blanks around it."""
    text = query.storm_value() if isinstance(query, s_objects.QueryObj) else s_coerce.tostr(query)
    return str(text)


def _find(rt: Runtime, prefix: str) -> Def:
    """Return the one trigger of the view whose iden begins so. Raises: StormRuntimeError."""
    found = [tdef for tdef in _visible(rt, rt.view.iden) if tdef['iden'].startswith(prefix)]
    if not found:
        mesg = 'Provided iden does not match any valid authorized triggers.'
        raise s_exc.StormRuntimeError(mesg=mesg, iden=prefix)
    if len(found) > 1:
        raise s_exc.StormRuntimeError(mesg='Provided iden matches more than one trigger.', iden=prefix)
    return found[0]


def _visible(rt: Runtime, view: str | None) -> list[Def]:
    return [tdef for tdef in _triggers(rt).list(view) if rt.allowed(('trigger', 'get'), tdef['iden'])]


@lib('$lib.trigger.add', readonly=False)
async def trigger_add(rt: Runtime, tdef: Any) -> Trigger:
    """Make a trigger. Raises: AuthDeny, SchemaViolation, BadOptValu, BadSyntax, NoSuchView."""
    if not isinstance(tdef, dict):
        raise s_exc.SchemaViolation(mesg='data must be object', name='data')
    tdef = dict(tdef)
    for old, new in (('condition', 'cond'), ('query', 'storm')):
        if old in tdef:
            if old == 'query':
                rt.warn('$lib.trigger.add() called with query argument, this is deprecated. Use storm instead.')
            tdef.setdefault(new, tdef.pop(old))
    if tdef.get('storm') is not None:
        tdef['storm'] = text_of(tdef['storm'])
    if isinstance(tdef.get('tag'), str):
        tdef['tag'] = tdef['tag'].lstrip('#')
    tdef = {name: valu for name, valu in s_coerce.toprim(tdef).items() if valu is not None}
    tdef.setdefault('view', rt.view.iden)
    tdef.pop('user', None)
    rt.confirm(('trigger', 'add'), tdef['view'] if isinstance(tdef['view'], str) else None)
    await rt.editor.flush()
    return Trigger(_triggers(rt), await _triggers(rt).add(tdef, rt.query.user.iden))


@lib('$lib.trigger.get')
def trigger_get(rt: Runtime, iden: str) -> Trigger:
    """Return a trigger. Raises: NoSuchIden, AuthDeny."""
    tdef = _triggers(rt).get(iden)
    if tdef is None:
        raise s_exc.NoSuchIden(mesg='Trigger not found', iden=iden)
    rt.confirm(('trigger', 'get'), iden)
    return Trigger(_triggers(rt), tdef)


@lib('$lib.trigger.list')
def trigger_list(rt: Runtime, all: bool = False) -> list[Trigger]:
    """Return the triggers of the view (or of all views) that the user may see."""
    return [Trigger(_triggers(rt), tdef) for tdef in _visible(rt, None if all else rt.view.iden)]


async def _set(rt: Runtime, iden: str, name: str, valu: Any) -> None:
    rt.confirm(('trigger', 'set', name), iden)
    await rt.editor.flush()
    await _triggers(rt).set(iden, name, valu)


@lib('$lib.trigger.del', readonly=False)
async def trigger_del(rt: Runtime, prefix: str) -> str:
    """Remove the one trigger of the view whose iden begins with a text; returns its iden. Raises: AuthDeny."""
    iden = str(_find(rt, prefix)['iden'])
    rt.confirm(('trigger', 'del'), iden)
    await rt.editor.flush()
    await _triggers(rt).delete(iden)
    return iden


@lib('$lib.trigger.mod', readonly=False)
async def trigger_mod(rt: Runtime, prefix: str, query: Any) -> str:
    """Change the query of the one trigger whose iden begins with a text; returns its iden. Raises: AuthDeny."""
    iden = str(_find(rt, prefix)['iden'])
    await _set(rt, iden, 'storm', text_of(query))
    return iden


@lib('$lib.trigger.enable', readonly=False)
async def trigger_enable(rt: Runtime, prefix: str) -> str:
    """Turn on the one trigger whose iden begins with a text; returns its iden. Raises: AuthDeny."""
    iden = str(_find(rt, prefix)['iden'])
    await _set(rt, iden, 'enabled', True)
    return iden


@lib('$lib.trigger.disable', readonly=False)
async def trigger_disable(rt: Runtime, prefix: str) -> str:
    """Turn off the one trigger whose iden begins with a text; returns its iden. Raises: AuthDeny."""
    iden = str(_find(rt, prefix)['iden'])
    await _set(rt, iden, 'enabled', False)
    return iden


# the object


@getter('trigger', 'iden')
def trigger_iden(rt: Runtime, obj: Trigger) -> str:
    """The iden of the trigger."""
    return obj.iden


@method('trigger', 'pack')
def trigger_pack(rt: Runtime, obj: Trigger) -> Def:
    """Return the definition, with what is counted."""
    return typing.cast(Def, s_coerce.wrap(obj.triggers.pack(obj.tdef)))


@method('trigger', 'set', readonly=False)
async def trigger_set(rt: Runtime, obj: Trigger, name: str, valu: Any) -> Trigger:
    """Change one of enabled, storm, doc, name, async, user. Raises: AuthDeny, BadArg."""
    valu = text_of(valu) if name == 'storm' else s_coerce.tobool(valu) if name in ('enabled', 'async') else valu
    await _set(rt, obj.iden, name, s_coerce.toprim(valu))
    obj.tdef = {**obj.tdef, name: valu}
    return obj


@method('trigger', 'move', readonly=False)
async def trigger_move(rt: Runtime, obj: Trigger, viewiden: str) -> None:
    """Make the trigger belong to another view, and to the user who moves it. Raises: AuthDeny, NoSuchView."""
    view = rt.query.core.cortex.stacks.req_view(viewiden)
    rt.confirm(('view', 'read'), view.iden)
    rt.confirm(('trigger', 'add'), view.iden)
    rt.confirm(('trigger', 'del'), obj.iden)
    await rt.editor.flush()
    await obj.triggers.delete(obj.iden)
    tdef = {name: valu for name, valu in obj.tdef.items() if name not in ('user', 'view')}
    obj.tdef = await obj.triggers.add({**tdef, 'view': view.iden}, rt.query.user.iden)


@getter('view', 'triggers')
def view_triggers(rt: Runtime, obj: s_libviews.View) -> list[Trigger]:
    """The triggers of the view that the user may see."""
    return [Trigger(_triggers(rt), tdef) for tdef in _visible(rt, obj.view.iden)]


def _field(rt: Runtime, obj: Trigger, name: Any) -> Any:
    return s_coerce.keep(obj.triggers.pack(obj.tdef).get(s_coerce.tostr(name)))


s_objects.dynamic('trigger', _field)


def _runts(rt: Runtime) -> typing.Iterator[tuple[str, Def]]:
    """Yield what syn:trigger nodes show of the triggers of the view."""
    for tdef in _visible(rt, rt.view.iden):
        props = {'doc': tdef.get('doc', ''), 'name': tdef.get('name', ''), 'vers': 1, 'enabled': int(tdef['enabled'])}
        names = ('cond', 'storm', 'user', 'form', 'tag', 'prop', 'verb', 'n2form')
        yield tdef['iden'], {**props, **{name: tdef[name] for name in names if name in tdef}}


s_runts.PROVIDERS['syn:trigger'] = _runts
