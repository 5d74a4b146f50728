"""Actions of the rules for edits and statements: each takes the text, its span and its children."""

from __future__ import annotations

import typing

import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors

Span = tuple[int, int]
TagProp = tuple[s_ast.Name, s_ast.Name]

# --- edits -----------------------------------------------------------------------------------------------------------


def edit_block(text: str, span: Span, *edits: s_ast.Edit) -> s_ast.EditBlock:
    return s_ast.EditBlock(span, list(edits))


def edit_node(text: str, span: Span, form: s_ast.Name, op: str, value: s_ast.Value) -> s_ast.EditNode:
    return s_ast.EditNode(span, form, value, op == '?=')


def edit_group(text: str, span: Span, node: s_ast.EditNode, *edits: s_ast.Edit) -> s_ast.EditGroup:
    return s_ast.EditGroup(span, node, list(edits))


def edit_prop(text: str, span: Span, prop: s_ast.PropValue, op: str, value: s_ast.Value) -> s_ast.EditProp:
    return s_ast.EditProp(span, prop, op.lstrip('?'), value, op[0] == '?')


def edit_prop_cond(
    text: str, span: Span, prop: s_ast.PropValue, cond: s_ast.Name, op: str, value: s_ast.Value
) -> s_ast.EditProp:
    return s_ast.EditProp(span, prop, '=', value, op == '?=', cond)


def edit_prop_del(text: str, span: Span, prop: s_ast.PropValue) -> s_ast.EditPropDel:
    return s_ast.EditPropDel(span, prop)


def edit_tag(
    text: str, span: Span, tag: s_ast.Name, op: str | None = None, value: s_ast.Value | None = None
) -> s_ast.EditTag:
    return s_ast.EditTag(span, tag, value, False, op == '?=')


def edit_tag_soft(
    text: str, span: Span, tag: s_ast.Name, op: str | None = None, value: s_ast.Value | None = None
) -> s_ast.EditTag:
    return s_ast.EditTag(span, tag, value, True, op == '?=')


def edit_tag_del(text: str, span: Span, tag: s_ast.Name) -> s_ast.EditTagDel:
    return s_ast.EditTagDel(span, tag)


def edit_tagprop(text: str, span: Span, tagprop: TagProp, op: str, value: s_ast.Value) -> s_ast.EditTagProp:
    return s_ast.EditTagProp(span, *tagprop, value, op == '?=')


def edit_tagprop_del(text: str, span: Span, tagprop: TagProp) -> s_ast.EditTagPropDel:
    return s_ast.EditTagPropDel(span, *tagprop)


def edit_edge_add(
    text: str, span: Span, verb: s_ast.Value, end: str, nodes: s_ast.Query | s_ast.Value
) -> s_ast.EditEdge:
    return s_ast.EditEdge(span, verb, nodes)


def edit_edge_del(
    text: str, span: Span, verb: s_ast.Value, end: str, nodes: s_ast.Query | s_ast.Value
) -> s_ast.EditEdge:
    return s_ast.EditEdge(span, verb, nodes, delete=True)


def edit_edge_add_in(text: str, span: Span, verb: s_ast.Value, nodes: s_ast.Query | s_ast.Value) -> s_ast.EditEdge:
    return s_ast.EditEdge(span, verb, nodes, reverse=True)


def edit_edge_del_in(text: str, span: Span, verb: s_ast.Value, nodes: s_ast.Query | s_ast.Value) -> s_ast.EditEdge:
    return s_ast.EditEdge(span, verb, nodes, reverse=True, delete=True)


# --- statements ------------------------------------------------------------------------------------------------------


def value_oper(text: str, span: Span, value: s_ast.Value) -> s_ast.ValueOper:
    return s_ast.ValueOper(span, value)


def assign(text: str, span: Span, target: s_ast.Value, op: str, value: s_ast.Value) -> s_ast.Oper:
    """To a variable or to an item; a call cannot be assigned to."""
    if isinstance(target, s_ast.VarValue):
        return s_ast.SetVar(span, target.name, value)
    if isinstance(target, s_ast.Deref):
        return s_ast.SetItem(span, target.base, target.name, value)
    where = text.index('=', target.span[1])
    raise s_errors.unexpected(text, where, where, ['.', '(', '|', 'end of input'])


def varlist(text: str, span: Span, *names: s_ast.VarValue) -> list[str]:
    return [item.name for item in names]


def set_vars(text: str, span: Span, names: list[str], op: str, value: s_ast.Value) -> s_ast.SetVars:
    return s_ast.SetVars(span, names, value)


def subquery_oper(text: str, span: Span, body: s_ast.Query) -> s_ast.SubqueryOper:
    return s_ast.SubqueryOper(span, body)


def yield_query(text: str, span: Span, body: s_ast.Query) -> s_ast.SubqueryOper:
    return s_ast.SubqueryOper(span, body, True)


def yield_value(text: str, span: Span, value: s_ast.Value) -> s_ast.YieldValue:
    return s_ast.YieldValue(span, value)


def elif_(text: str, span: Span, value: s_ast.Value, body: s_ast.Query) -> tuple[s_ast.Value, s_ast.Query]:
    return value, body


def if_else(text: str, span: Span, value: s_ast.Value, body: s_ast.Query, *rest: typing.Any) -> s_ast.IfElse:
    orelse = rest[-1] if rest and isinstance(rest[-1], s_ast.Query) else None
    return s_ast.IfElse(span, [(value, body), *(item for item in rest if item is not orelse)], orelse)


def for_one(text: str, span: Span, var: s_ast.VarValue, value: s_ast.Value, body: s_ast.Query) -> s_ast.ForLoop:
    return s_ast.ForLoop(span, [var.name], value, body)


def for_many(text: str, span: Span, names: list[str], value: s_ast.Value, body: s_ast.Query) -> s_ast.ForLoop:
    return s_ast.ForLoop(span, names, value, body, True)


def while_loop(text: str, span: Span, value: s_ast.Value, body: s_ast.Query) -> s_ast.WhileLoop:
    return s_ast.WhileLoop(span, value, body)


def case(text: str, span: Span, *items: typing.Any) -> s_ast.SwitchCase:
    labels = [str(item.value) if isinstance(item, s_ast.Const) else item for item in items[:-1]]
    return s_ast.SwitchCase(span, labels, items[-1])


def case_default(text: str, span: Span, body: s_ast.Query) -> s_ast.SwitchCase:
    return s_ast.SwitchCase(span, [], body)


def switch(text: str, span: Span, value: s_ast.Value, *cases: s_ast.SwitchCase) -> s_ast.Switch:
    """Each label once, one default at most."""
    labels: set[str] = set()
    for label in (label for case in cases for label in case.labels):
        if label in labels:
            mesg = f'Switch statements cannot have duplicate switch cases: {label}'
            raise s_errors.bad_syntax(mesg, text, *span)
        labels.add(label)
    count = sum(not case.labels for case in cases)
    if count > 1:
        mesg = f'Switch statements cannot have more than one default case. Found {count}.'
        raise s_errors.bad_syntax(mesg, text, *span)
    return s_ast.Switch(span, value, list(cases))


def catch(text: str, span: Span, names: s_ast.Value, var: str, body: s_ast.Query) -> s_ast.CatchBlock:
    return s_ast.CatchBlock(span, names, var, body)


def try_catch(text: str, span: Span, body: s_ast.Query, *catches: s_ast.CatchBlock) -> s_ast.TryCatch:
    return s_ast.TryCatch(span, body, list(catches))


def init_block(text: str, span: Span, body: s_ast.Query) -> s_ast.InitBlock:
    return s_ast.InitBlock(span, body)


def empty_block(text: str, span: Span, body: s_ast.Query) -> s_ast.EmptyBlock:
    return s_ast.EmptyBlock(span, body)


def fini_block(text: str, span: Span, body: s_ast.Query) -> s_ast.FiniBlock:
    return s_ast.FiniBlock(span, body)


def param(text: str, span: Span, name: str, default: s_ast.Value | None = None) -> s_ast.Param:
    return s_ast.Param(span, name, default)


def params(text: str, span: Span, *items: s_ast.Param) -> list[s_ast.Param]:
    """Each name once, those without default first."""
    names: set[str] = set()
    defaults = False
    for item in items:
        if item.name in names:
            beg = item.span[0]
            end = item.span[1] if item.default is None else text.index('=', beg)
            raise s_errors.bad_syntax(f'Duplicate parameter "{item.name}" in function definition', text, beg, end)
        if defaults and item.default is None:
            mesg = f'Positional parameter "{item.name}" follows keyword parameter in definition'
            raise s_errors.bad_syntax(mesg, text, *span)
        names.add(item.name)
        defaults = defaults or item.default is not None
    return list(items)


def function(text: str, span: Span, name: str, items: list[s_ast.Param], body: s_ast.Query) -> s_ast.Function:
    return s_ast.Function(span, name, items, body)


def return_value(text: str, span: Span, value: s_ast.Value | None = None) -> s_ast.Return:
    return s_ast.Return(span, value)


def emit_value(text: str, span: Span, value: s_ast.Value) -> s_ast.Emit:
    return s_ast.Emit(span, value)


def stop(text: str, span: Span) -> s_ast.Stop:
    return s_ast.Stop(span)


def break_(text: str, span: Span) -> s_ast.Break:
    return s_ast.Break(span)


def continue_(text: str, span: Span) -> s_ast.Continue:
    return s_ast.Continue(span)
