"""Which part of a syntax element an error is about: its name, its comparator, its value, or all of it.

Asked only when an error has happened. Names and comparators have no nodes of their own in the tree, so their place is
read from the text: what stands between the beginning of the element and its value.
"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast

Any = typing.Any
Span = tuple[int, int]
_NAMES = ('NoSuchForm', 'NoSuchProp')
_ARROW = re.compile(r'-\+?>\s*|<\+?-\s*')


def part(text: str, node: s_ast.Node, e: s_exc.SynErr) -> Span:
    """Return the span of what an error is about that was raised while an element of the text was at work."""
    for kinds, func in _RULES:
        if isinstance(node, kinds):
            return func(text, node, e) or node.span
    return node.span


def whole(text: str, node: s_ast.Node) -> Span:
    """Return the span of a value with the parentheses around it."""
    start, end = node.span
    if isinstance(node, s_ast.ListValue) and not node.literal:
        return start, end
    while start and text[start - 1] == '(' and text[end : end + 1] == ')':
        start, end = start - 1, end + 1
    return start, end


def _split(text: str, node: Any) -> tuple[Span, Span | None]:
    """Return the spans of the name and of the comparator of a lift, a condition or an edit."""
    start, end = node.span
    if node.value is None and not isinstance(node, s_ast.CondQuery):
        return node.span, None
    cmpr = getattr(node, 'cmpr', None) or '='
    stop = end if node.value is None else whole(text, node.value)[0]
    at = text.rfind(cmpr, start, stop)
    name = text[start:at].rstrip('*?[ \t\r\n')
    if text.startswith('reverse', start) and '(' in name:
        start += name.index('(') + 1
    return (start, node.span[0] + len(name)), (at, at + len(cmpr))


def _value(text: str, node: Any) -> Span:
    """Return the span of a value; that of a property or a lift reaches to the end of the element."""
    return whole(text, node.value)


def _lift(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    name = getattr(node, 'name', None) or getattr(node, 'form', None)
    if isinstance(name, s_ast.Value) and e.get('type') is not None:
        return name.span
    if e.errname == 'BadTypeValu' and node.value is not None:
        return _value(text, node)
    if e.errname not in _NAMES or isinstance(node.value, s_ast.DictValue):
        return None
    if isinstance(node, s_ast.LiftTag):
        return node.span[0], text.index('#', *node.span)
    about_value = isinstance(node, s_ast.LiftTagProp) or (node.value is not None and e.errname == 'NoSuchForm')
    return None if about_value else _split(text, node)[0]


def _filter(text: str, node: Any, e: s_exc.SynErr) -> Span:
    """Of several conditions it is the one that spells what the error names."""
    conds = [n for n in s_ast.walk(node.cond) if isinstance(n, s_ast.Cond)]
    conds = [n for n in conds if not isinstance(n, (s_ast.CondBool, s_ast.CondNot))]
    word = str(e.get('cmpr') or e.get('name'))
    cond: Any = next((n for n in conds if word in text[n.span[0] : n.span[1]]), conds[0])
    name = _COND_NAMES.get(type(cond))
    if e.errname == 'NoSuchTagProp':
        return cond.span[0], text.rindex(':', cond.span[0], _split(text, cond)[0][1])
    if isinstance(cond, s_ast.CondTagProp) and e.errname == 'NoSuchCmpr':
        end = _split(text, cond)[0][1]
        return text.rindex(':', cond.span[0], end) + 1, end
    if e.errname in _NAMES and name is not None:
        return name(text, cond)
    if e.errname in ('NoSuchCmpr', 'BadCmprType'):
        return _split(text, cond)[1] or cond.span
    return typing.cast(Span, cond.span)


_COND_NAMES: dict[type, typing.Callable[[str, Any], Span]] = {
    s_ast.CondName: lambda text, cond: _split(text, cond)[0],
    s_ast.CondProp: lambda text, cond: cond.prop.span,
    s_ast.CondArray: lambda text, cond: cond.prop.span if isinstance(cond.prop, s_ast.Node) else cond.span,
}


def _add_node(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    edit = node.node if isinstance(node, s_ast.EditGroup) else node
    if isinstance(edit.form, s_ast.Value) and e.get('type') is not None:
        return edit.form.span
    return _split(text, edit)[0] if e.errname == 'NoSuchForm' else None


def _edit_prop(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.errname == 'NoSuchProp':
        return typing.cast(Span, node.prop.span)
    if e.errname == 'BadTypeValu' and isinstance(node.value, s_ast.SubqueryValue) and e.get('prop') is None:
        return node.value.span
    if e.errname != 'StormRuntimeError':
        return None
    if e.get('prop') is not None or e.get('name') is not None:
        return typing.cast(Span, node.prop.span)
    value = _value(text, node)
    return value if node.cond is None else (node.prop.span[1], value[0])


def _pivot(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.errname not in _NAMES:
        return None
    prop = getattr(node, 'prop', None)
    if prop is not None:
        return typing.cast(Span, prop.span) if prop.name == e.get('name') else None
    arrow = _ARROW.match(text, node.span[0])
    return None if arrow is None else (arrow.end(), node.span[1])


def _walk(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    return node.verb.span if e.errname == 'NoSuchForm' or e.get('verb') is not None else None


def _function(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.get('statement') is not None:
        return None
    for param in node.params:
        if param.name == e.get('name'):
            return param.span[0], param.span[0] + len(param.name)
    return text.index('(', node.span[0]), text.rindex(')', node.span[0], node.body.span[0]) + 1


def _call(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.errname == 'NoSuchName' and isinstance(node.func, s_ast.Deref) and isinstance(node.func.name, str):
        if node.func.name == e.get('name'):
            return node.func.span[1] - len(node.func.name), node.func.span[1]
    unsafe = e.errname == 'IsReadOnly' and e.get('name') is not None
    return typing.cast(Span, node.func.span) if unsafe else None


def _catch(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    names = [item.names for item in node.catches if not isinstance(item.names, s_ast.Const) or item.names.value != '*']
    return whole(text, names[0]) if e.errname == 'StormRuntimeError' and names else None


def _tag(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    for item in node.parts:
        if isinstance(item, s_ast.Value) and f' {text[item.span[0] : item.span[1]]} ' in str(e.get('mesg')):
            return item.span
    return None


def _command(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    unknown = e.errname == 'NoSuchName' and e.get('name') == node.name
    return (node.span[0], node.span[0] + len(node.name)) if unknown else None


def _loop(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    return _value(text, node) if e.errname in ('StormRuntimeError', 'StormVarListError') else None


def _set_vars(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    short = e.errname == 'StormVarListError'
    return (node.span[0], text.index(')', node.span[0]) + 1) if short else None


_Rule = typing.Callable[[str, Any, s_exc.SynErr], Span | None]
_RULES: tuple[tuple[type | tuple[type, ...], _Rule], ...] = (
    ((s_ast.LiftName, s_ast.LiftArray, s_ast.LiftTag, s_ast.LiftTagProp), _lift),
    (s_ast.Filter, _filter),
    ((s_ast.EditNode, s_ast.EditGroup), _add_node),
    (s_ast.EditBlock, lambda text, node, e: node.edits[0].span if e.errname == 'IsReadOnly' else None),
    (s_ast.EditProp, _edit_prop),
    (s_ast.EditPropDel, lambda text, node, e: node.prop.span if e.errname == 'NoSuchProp' else None),
    (s_ast.EditEdge, lambda text, node, e: node.nodes.span if e.errname == 'BadLiftValu' else None),
    ((s_ast.PivotTo, s_ast.PivotIn), _pivot),
    (s_ast.Walk, _walk),
    (s_ast.SetItem, lambda text, node, e: node.base.span),
    (s_ast.SetVars, _set_vars),
    (s_ast.ForLoop, _loop),
    (s_ast.YieldValue, lambda text, node, e: _value(text, node) if e.errname == 'BadLiftValu' else None),
    (s_ast.TryCatch, _catch),
    (s_ast.Function, _function),
    (s_ast.Call, _call),
    (s_ast.TagParts, _tag),
    (s_ast.PropValue, lambda text, node, e: node.name.span if isinstance(node.name, s_ast.Value) else None),
    (s_ast.BinaryOp, lambda text, node, e: node.right.span if e.get('divisor') is not None else None),
    (s_ast.CmdOper, _command),
)
