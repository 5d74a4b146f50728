"""Actions of the rules for values and expressions: each takes the text, its span and its children."""

from __future__ import annotations

import typing

import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors
import synapse.lib.storm.grammar.tokens as s_tokens

Span = tuple[int, int]


def prop_univ(text: str, span: Span, name: str) -> s_ast.PropValue:
    return s_ast.PropValue(span, name, (), True)


def prop_univvar(text: str, span: Span, name: s_ast.Value) -> s_ast.PropValue:
    return s_ast.PropValue(span, name, (), True)


def prop_relvar(text: str, span: Span, name: s_ast.Value) -> s_ast.PropValue:
    return s_ast.PropValue(span, name)


def tagprop_var(text: str, span: Span, tag: s_ast.Value, prop: s_ast.Name) -> tuple[s_ast.Name, s_ast.Name]:
    return tag, prop


def tag_value(text: str, span: Span, tag: s_ast.Name) -> s_ast.TagValue:
    return s_ast.TagValue(span, tag)


def tagprop_value(text: str, span: Span, tagprop: tuple[s_ast.Name, s_ast.Name]) -> s_ast.TagPropValue:
    return s_ast.TagPropValue(span, *tagprop)


def const_name(text: str, span: Span, name: str) -> s_ast.Const:
    return s_ast.Const(span, name)


def list_value(text: str, span: Span, *items: s_ast.Value) -> s_ast.ListValue:
    return s_ast.ListValue(span, list(items))


def json_list(text: str, span: Span, *items: s_ast.Value) -> s_ast.ListValue:
    return s_ast.ListValue(span, list(items), True)


def json_dict(text: str, span: Span, *pairs: tuple[s_ast.Value, s_ast.Value]) -> s_ast.DictValue:
    return s_ast.DictValue(span, list(pairs))


def pair(text: str, span: Span, key: s_ast.Value, value: s_ast.Value) -> tuple[s_ast.Value, s_ast.Value]:
    return key, value


def json_word(text: str, span: Span, word: str) -> s_ast.Value:
    raise s_errors.bad_syntax('Unexpected unquoted string in JSON expression', text, *span)


def query_value(text: str, span: Span, query: s_ast.Query) -> s_ast.QueryValue:
    query.span = (span[0] + 2, span[1] - 1)
    return s_ast.QueryValue(span, query)


def subquery_value(text: str, span: Span, query: s_ast.Query) -> s_ast.SubqueryValue:
    return s_ast.SubqueryValue(span, query)


def arg_query(text: str, span: Span, query: s_ast.Query) -> s_ast.ArgQuery:
    return s_ast.ArgQuery(span, query)


def format(text: str, span: Span, *parts: str | s_ast.Value) -> s_ast.Value:
    """A format string without holes is a constant."""
    if all(isinstance(part, str) for part in parts):
        return s_ast.Const(span, ''.join(typing.cast(tuple[str, ...], parts)))
    return s_ast.FormatString(span, list(parts))


def deref(text: str, span: Span, base: s_ast.Value, name: s_ast.Name) -> s_ast.Deref:
    return s_ast.Deref(span, base, name)


def kwarg(text: str, span: Span, name: tuple[str, Span], value: s_ast.Value) -> s_tokens.Kwarg:
    return s_tokens.Kwarg(name[0], name[1], value)


def call(text: str, span: Span, func: s_ast.Value, *items: s_ast.Value | s_tokens.Kwarg) -> s_ast.Call:
    """Positional arguments first, each keyword once."""
    args: list[s_ast.Value] = []
    kwargs: list[tuple[str, s_ast.Value]] = []
    names: set[str] = set()
    for item in items:
        if isinstance(item, s_ast.Value):
            if kwargs:
                mesg = 'Positional argument follows keyword argument in function call'
                raise s_errors.bad_syntax(mesg, text, *item.span)
            args.append(item)
            continue
        if item.name in names:
            mesg = f'Duplicate keyword argument "{item.name}" in function call'
            raise s_errors.bad_syntax(mesg, text, *item.span)
        names.add(item.name)
        kwargs.append((item.name, item.value))
    return s_ast.Call(span, func, args, kwargs)


def unary(text: str, span: Span, op: str, value: s_ast.Value) -> s_ast.UnaryOp:
    return s_ast.UnaryOp(span, op, value)


def binary(text: str, span: Span, left: s_ast.Value, op: str, right: s_ast.Value) -> s_ast.BinaryOp:
    return s_ast.BinaryOp(span, op, left, right)


def bool_chain(text: str, span: Span, *items: typing.Any) -> s_ast.Value:
    """``a or b or c``: the result does not depend on the grouping, so a balanced tree keeps long chains shallow."""
    return _balance(items[1], items[0::2])


def _balance(op: str, values: tuple[s_ast.Value, ...]) -> s_ast.Value:
    if len(values) == 1:
        return values[0]
    half = (len(values) + 1) // 2
    left, right = _balance(op, values[:half]), _balance(op, values[half:])
    return s_ast.BinaryOp((left.span[0], right.span[1]), op, left, right)
