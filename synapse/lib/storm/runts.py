"""Nodes of runtime-only forms: made from the live model when asked for, stored nowhere, not editable (spec:
storm-language.md 3.1, 6.1).

They look like stored nodes to the rest of the engine, except that they have no id. ``PROVIDERS`` tells where their
values come from; services that keep things of their own (triggers, cron jobs) add theirs.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.model.reflect as s_reflect
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Row = tuple[str, dict[str, Any]]
Provider = typing.Callable[[s_runtime.Runtime], typing.Iterable[Row]]


def _commands(rt: s_runtime.Runtime) -> typing.Iterator[Row]:
    for name, cmd in rt.query.core.get_commands().items():
        yield name, {'doc': cmd.descr().strip().split('\n')[0]}


def _props(rt: s_runtime.Runtime) -> typing.Iterator[Row]:
    """Yield the properties of each form, the universal ones first."""
    later: list[Row] = []
    for row in s_reflect.runt_props(rt.model):
        if 'relname' not in row[1]:
            yield from later
            later = []
            yield row
        elif row[1]['relname'].startswith('.'):
            yield row
        else:
            later.append(row)
    yield from later


def _types(rt: s_runtime.Runtime) -> typing.Iterator[Row]:
    for name, props in s_reflect.runt_types(rt.model):
        yield name, {rel: valu for rel, valu in props.items() if valu != {}}


PROVIDERS: dict[str, Provider] = {
    'syn:form': lambda rt: s_reflect.runt_forms(rt.model),
    'syn:prop': _props,
    'syn:type': _types,
    'syn:tagprop': lambda rt: [(name, {'doc': '', **props}) for name, props in s_reflect.runt_tagprops(rt.model)],
    'syn:cmd': _commands,
}
"""Form -> function of the runtime that gives (primary value, properties) of all its nodes, in order."""

_CACHED = ('syn:form', 'syn:prop', 'syn:type', 'syn:tagprop')
_rows: dict[str, tuple[Any, int, list[Row]]] = {}


def rows(rt: s_runtime.Runtime, form: str) -> typing.Iterable[Row]:
    """Return the values and properties of all nodes of a form; those of the model are kept until it changes."""
    provider = PROVIDERS.get(form)
    if provider is None:
        return ()
    if form not in _CACHED:
        return provider(rt)
    found = _rows.get(form)
    if found is None or found[0] is not rt.model or found[1] != rt.model.version:
        found = _rows[form] = (rt.model, rt.model.version, list(provider(rt)))
    return found[2]


def make(rt: s_runtime.Runtime, form: Any, row: Row) -> s_view.Node:
    """Return the node of a row."""
    valu, props = row
    node = s_view.Node.new(rt.view, s_common.buid((form.name, valu)), form, valu, dict(props))
    node.fresh = False
    return node


def lift(rt: s_runtime.Runtime, form: Any, prop: str | None, test: Any = None) -> list[s_view.Node]:
    """Return the nodes of a form, of those that have a property where one is given, whose value passes a test."""
    found = []
    for row in rows(rt, form.name):
        valu = row[0] if prop is None else row[1].get(prop)
        if valu is not None and (test is None or test(valu)):
            found.append(make(rt, form, row))
    return found


def by_value(rt: s_runtime.Runtime, form: Any, valu: Any) -> list[s_view.Node]:
    """Return the node of a form with a primary value, if there is one."""
    return lift(rt, form, None, lambda have: bool(have == valu))
