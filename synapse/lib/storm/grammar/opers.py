"""Actions of the rules for queries, lifts, filters, pivots, walks: each takes the text, its span and its children."""

from __future__ import annotations

import functools
import itertools
import typing

import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors

Span = tuple[int, int]
TagProp = tuple[s_ast.Name, s_ast.Name]


def query(text: str, span: Span, *opers: s_ast.Oper) -> s_ast.Query:
    return s_ast.Query(span, text, list(opers))


def block(text: str, span: Span, body: s_ast.Query) -> s_ast.Query:
    body.span = (span[0] + 1, span[1] - 1)
    return body


def command(text: str, span: Span, name: str, *args: s_ast.Value) -> s_ast.CmdOper:
    return s_ast.CmdOper(span, name, list(args))


# --- lifts -----------------------------------------------------------------------------------------------------------


def lift_reverse(text: str, span: Span, lift: typing.Any) -> s_ast.Oper:
    lift.reverse = True
    lift.span = span
    return typing.cast(s_ast.Oper, lift)


def lift_name(
    text: str, span: Span, name: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftName:
    return s_ast.LiftName(span, name, cmpr, value)


def lift_embed(text: str, span: Span, name: str, cmpr: str, value: s_ast.Value) -> s_ast.LiftName:
    name, *path = name.split('::')
    return s_ast.LiftName(span, name, cmpr, value, tuple(path))


def lift_array(text: str, span: Span, name: s_ast.Name, cmpr: str, value: s_ast.Value) -> s_ast.LiftArray:
    return s_ast.LiftArray(span, name, cmpr, value)


def lift_embed_array(text: str, span: Span, name: str, cmpr: str, value: s_ast.Value) -> s_ast.LiftArray:
    name, *path = name.split('::')
    return s_ast.LiftArray(span, name, cmpr, value, tuple(path))


def lift_form_tag(
    text: str, span: Span, form: s_ast.Name, tag: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftTag:
    return s_ast.LiftTag(span, form, tag, cmpr, value)


def lift_tag(
    text: str, span: Span, tag: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftTag:
    return s_ast.LiftTag(span, None, tag, cmpr, value)


def lift_form_tagprop(
    text: str, span: Span, form: s_ast.Name, tagprop: TagProp, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftTagProp:
    return s_ast.LiftTagProp(span, form, *tagprop, cmpr, value)


def lift_tagprop(
    text: str, span: Span, tagprop: TagProp, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftTagProp:
    return s_ast.LiftTagProp(span, None, *tagprop, cmpr, value)


def lift_tagtag(
    text: str, span: Span, tag: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.LiftTagTag:
    return s_ast.LiftTagTag(span, tag, cmpr, value)


# --- filters ---------------------------------------------------------------------------------------------------------


def filter_in(text: str, span: Span, cond: s_ast.Cond) -> s_ast.Filter:
    return s_ast.Filter(span, True, cond)


def filter_out(text: str, span: Span, cond: s_ast.Cond) -> s_ast.Filter:
    return s_ast.Filter(span, False, cond)


def cond_not(text: str, span: Span, cond: s_ast.Cond) -> s_ast.CondNot:
    return s_ast.CondNot(span, cond)


def cond_name(
    text: str, span: Span, name: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.CondName:
    return s_ast.CondName(span, name, cmpr, value)


def cond_prop(
    text: str, span: Span, prop: s_ast.PropValue, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.CondProp:
    return s_ast.CondProp(span, prop, cmpr, value)


def cond_array(text: str, span: Span, prop: s_ast.PropValue, cmpr: str, value: s_ast.Value) -> s_ast.CondArray:
    return s_ast.CondArray(span, prop, cmpr, value)


def cond_tag(
    text: str, span: Span, tag: s_ast.Name, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.CondTag:
    return s_ast.CondTag(span, tag, cmpr, value)


def cond_tagprop(
    text: str, span: Span, tagprop: TagProp, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.CondTagProp:
    return s_ast.CondTagProp(span, *tagprop, cmpr, value)


def cond_query(
    text: str, span: Span, body: s_ast.Query, cmpr: str | None = None, value: s_ast.Value | None = None
) -> s_ast.CondQuery:
    return s_ast.CondQuery(span, body, cmpr, value)


def cond_value(text: str, span: Span, value: s_ast.Value) -> s_ast.CondValue:
    return s_ast.CondValue(span, value)


def cond_bool(text: str, span: Span, *items: typing.Any) -> s_ast.Cond:
    """``a or b and c`` is ``(a or b) and c``: left to right. Runs of one operator become balanced trees."""
    cond: s_ast.Cond = items[0]
    for op, run in itertools.groupby(zip(items[1::2], items[2::2], strict=True), key=lambda item: item[0]):
        cond = _balance(op, [cond, *(item[1] for item in run)])
    return cond


def _balance(op: str, conds: list[s_ast.Cond]) -> s_ast.Cond:
    if len(conds) == 1:
        return conds[0]
    half = (len(conds) + 1) // 2
    left, right = _balance(op, conds[:half]), _balance(op, conds[half:])
    return s_ast.CondBool((left.span[0], right.span[1]), op, left, right)


# --- pivots and walks ------------------------------------------------------------------------------------------------


def pivot_out(text: str, span: Span, arrow: str) -> s_ast.PivotOut:
    return s_ast.PivotOut(span, join='+' in arrow)


def pivot_to(text: str, span: Span, arrow: str, target: s_ast.Name) -> s_ast.PivotTo:
    return s_ast.PivotTo(span, [target], join='+' in arrow)


def pivot_to_list(text: str, span: Span, arrow: str, *items: s_ast.Value) -> s_ast.PivotTo:
    return s_ast.PivotTo(span, _names(items), join='+' in arrow, multi=True)


def pivot_tags(text: str, span: Span, arrow: str, match: s_ast.Name | None = None) -> s_ast.PivotTags:
    return s_ast.PivotTags(span, match, '+' in arrow)


def pivot_query(text: str, span: Span, arrow: str, body: s_ast.Query) -> s_ast.PivotQuery:
    """A query as target does not join."""
    if '+' in arrow:
        where = body.span[0] - 1
        raise s_errors.unexpected(text, where, where, ['#', '$', '(', '*', 'absolute property name'])
    return s_ast.PivotQuery(span, body)


def pivot_prop_out(text: str, span: Span, prop: s_ast.PropValue, arrow: str) -> s_ast.PivotOut:
    return s_ast.PivotOut(span, prop, join='+' in arrow)


def pivot_prop_to(text: str, span: Span, prop: s_ast.PropValue, arrow: str, target: s_ast.Name) -> s_ast.PivotTo:
    return s_ast.PivotTo(span, [target], prop, '+' in arrow)


def pivot_prop_to_list(text: str, span: Span, prop: s_ast.PropValue, arrow: str, *items: s_ast.Value) -> s_ast.PivotTo:
    return s_ast.PivotTo(span, _names(items), prop, '+' in arrow, True)


def pivot_in(text: str, span: Span, arrow: str, form: s_ast.Name | None = None) -> s_ast.PivotIn:
    return s_ast.PivotIn(span, form, join='+' in arrow)


def pivot_edges(text: str, span: Span, arrow: str) -> s_ast.PivotOut | s_ast.PivotIn:
    if arrow[0] == '-':
        return s_ast.PivotOut(span, edges=True, join='+' in arrow)
    return s_ast.PivotIn(span, edges=True, join='+' in arrow)


def dest_list(text: str, span: Span, *items: s_ast.Value) -> list[s_ast.Name]:
    return _names(items)


def walk_out(
    text: str,
    span: Span,
    verb: s_ast.Value,
    arrow: str,
    dest: s_ast.Name | list[s_ast.Name],
    cmpr: str | None = None,
    value: s_ast.Value | None = None,
) -> s_ast.Walk:
    return s_ast.Walk(span, verb, _dests(dest), cmpr, value, False, '+' in arrow)


def walk_in(
    text: str,
    span: Span,
    verb: s_ast.Value,
    dest: s_ast.Name | list[s_ast.Name],
    cmpr: str | None = None,
    value: s_ast.Value | None = None,
    join: bool = False,
) -> s_ast.Walk:
    return s_ast.Walk(span, verb, _dests(dest), cmpr, value, True, join)


walk_in_join = functools.partial(walk_in, join=True)


def _names(items: tuple[s_ast.Value, ...]) -> list[s_ast.Name]:
    """Return words and strings as plain names, other values as they are."""
    return [item.value if isinstance(item, s_ast.Const) and isinstance(item.value, str) else item for item in items]


def _dests(dest: s_ast.Name | list[s_ast.Name]) -> list[s_ast.Name]:
    return dest if isinstance(dest, list) else [dest]
