"""Which errors a syntax element gives a place, and which part of it they are about: its name, comparator, value, all.

An element speaks for the errors that tell of how it is written, and seldom for those of the data that it meets: a value
that its type refuses has no place in the text when it is stored, but has one when it is lifted.

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
_ABOUT = 'storm_part'
LATER = 'later'  # no part: it is as if the error came when the first item was asked for
_NAMES = ('NoSuchForm', 'NoSuchProp')
_ARROW = re.compile(r'-\+?>\s*|<\+?-\s*')


def part(text: str, node: s_ast.Node, e: s_exc.SynErr) -> Span | None:
    """Return the span of what an error is about that was raised while an element of the text was at work.

    None when such an element does not speak for such an error.
    """
    names, func = _RULES.get(type(node), ('nothing', None))
    if (names and e.errname not in names.split()) or about(e) == LATER:
        return None
    return node.span if func is None else func(text, node, e)


def tell(e: s_exc.SynErr, part: str) -> s_exc.SynErr:
    """Remember which part of an element an error is about, where its fields do not show it; returns the error."""
    setattr(e, _ABOUT, part)
    return e


def about(e: s_exc.SynErr) -> str | None:
    """Return what ``tell`` has said."""
    return getattr(e, _ABOUT, None)


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


def _value(text: str, node: Any, e: s_exc.SynErr | None = None) -> Span:
    """Return the span of a value; that of a property or a lift reaches to the end of the element."""
    return whole(text, node.value)


def _all(node: Any) -> Span:
    return typing.cast(Span, node.span)


def _lift(text: str, node: Any, e: s_exc.SynErr) -> Span:
    name = getattr(node, 'name', None) or getattr(node, 'form', None)
    if isinstance(name, s_ast.Value) and e.get('type') is not None:
        return name.span
    if e.errname == 'BadTypeValu' and node.value is not None:
        return _value(text, node)
    if e.errname not in _NAMES or isinstance(node.value, s_ast.DictValue):
        return _all(node)
    if isinstance(node, s_ast.LiftTag):
        return node.span[0], text.index('#', *node.span)
    about_value = isinstance(node, s_ast.LiftTagProp) or (node.value is not None and e.errname == 'NoSuchForm')
    return _all(node) if about_value else _split(text, node)[0]


def _filter(text: str, node: Any, e: s_exc.SynErr) -> Span:
    """Of several conditions it is the one that spells what the error names."""
    conds = [n for n in s_ast.walk(node.cond) if isinstance(n, s_ast.Cond)]
    conds = [n for n in conds if not isinstance(n, (s_ast.CondBool, s_ast.CondNot))]
    word = str(e.get('cmpr') or e.get('name'))
    if e.errname == 'BadCmprType':
        word = '*['  # it is about the brackets
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


def _add_node(text: str, node: Any, e: s_exc.SynErr) -> Span:
    edit = node.node if isinstance(node, s_ast.EditGroup) else node
    if isinstance(edit.form, s_ast.Value) and e.get('type') is not None:
        return edit.form.span
    return _split(text, edit)[0] if e.errname == 'NoSuchForm' else _all(node)


def _edit_prop(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.errname == 'NoSuchProp':
        nested = isinstance(node.value, s_ast.DictValue) and about(e) != 'prop'
        return None if nested else typing.cast(Span, node.prop.span)
    if e.errname == 'BadTypeValu':  # only of what a subquery gives
        return node.value.span if isinstance(node.value, s_ast.SubqueryValue) and e.get('prop') is None else None
    if e.errname == 'IsReadOnly':
        return _all(node)
    if about(e) == 'prop' or e.get('name') is not None:
        return typing.cast(Span, node.prop.span)
    value = _value(text, node)
    return value if node.cond is None else (node.prop.span[1], value[0])


def _edit_prop_del(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return typing.cast(Span, node.prop.span) if e.errname == 'NoSuchProp' else _all(node)


def _edit_edge(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return typing.cast(Span, node.nodes.span) if e.errname == 'BadLiftValu' else _all(node)


def _pivot(text: str, node: Any, e: s_exc.SynErr) -> Span:
    if e.errname not in _NAMES:
        return _all(node)
    prop = getattr(node, 'prop', None)
    if prop is not None:
        return typing.cast(Span, prop.span) if prop.name == e.get('name') else _all(node)
    arrow = _ARROW.match(text, node.span[0])
    return _all(node) if arrow is None else (arrow.end(), node.span[1])


def _walk(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return typing.cast(Span, node.verb.span) if e.errname == 'NoSuchForm' or about(e) == 'verb' else _all(node)


def _function(text: str, node: Any, e: s_exc.SynErr) -> Span:
    if e.get('statement') is not None:
        return _all(node)
    for param in node.params:
        if param.name == about(e):
            return param.span[0], param.span[0] + len(param.name)
    return text.index('(', node.span[0]), text.rindex(')', node.span[0], node.body.span[0]) + 1


def _call(text: str, node: Any, e: s_exc.SynErr) -> Span:
    if e.errname == 'NoSuchName' and isinstance(node.func, s_ast.Deref) and isinstance(node.func.name, str):
        if node.func.name == e.get('name'):
            return node.func.span[1] - len(node.func.name), node.func.span[1]
    return typing.cast(Span, node.func.span) if about(e) == 'function' else _all(node)


def _catch(text: str, node: Any, e: s_exc.SynErr) -> Span:
    names = [item.names for item in node.catches if not isinstance(item.names, s_ast.Const) or item.names.value != '*']
    return whole(text, names[0]) if names else _all(node)


def _tag(text: str, node: Any, e: s_exc.SynErr) -> Span:
    for item in node.parts:
        if isinstance(item, s_ast.Value) and f' {text[item.span[0] : item.span[1]]} ' in str(e.get('mesg')):
            return item.span
    return _all(node)


def _command(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    if e.errname == 'IsReadOnly':
        return _all(node)
    return (node.span[0], node.span[0] + len(node.name)) if e.get('name') == node.name else None


def _loop(text: str, node: Any, e: s_exc.SynErr) -> Span | None:
    return None if about(e) == 'object' else _value(text, node)


def _set_vars(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return node.span[0], text.index(')', node.span[0]) + 1


def _prop_value(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return node.name.span if isinstance(node.name, s_ast.Value) else _all(node)


def _binary(text: str, node: Any, e: s_exc.SynErr) -> Span:
    return typing.cast(Span, node.right.span) if about(e) == 'right' else _all(node)


_LIFT = 'AuthDeny BadLiftValu BadTypeValu NoSuchCmpr NoSuchForm NoSuchProp StormRuntimeError'
_PIVOT = 'NoSuchForm NoSuchPivot NoSuchProp StormRuntimeError'
_Rule = typing.Callable[[str, Any, s_exc.SynErr], Span | None]
# the errors that an element speaks for ('' for all), and the part of it that they are about (None for the whole)
_RULES: dict[type, tuple[str, _Rule | None]] = {
    s_ast.LiftName: (_LIFT, _lift),
    s_ast.LiftArray: (_LIFT, _lift),
    s_ast.LiftTag: ('NoSuchForm StormRuntimeError', _lift),
    s_ast.LiftTagProp: ('NoSuchForm StormRuntimeError', _lift),
    s_ast.Lookup: ('IsReadOnly', None),
    s_ast.Filter: ('BadCmprType NoSuchCmpr NoSuchForm NoSuchProp NoSuchTagProp StormRuntimeError', _filter),
    s_ast.EditNode: ('IsReadOnly NoSuchForm StormRuntimeError', _add_node),
    s_ast.EditGroup: ('IsReadOnly NoSuchForm StormRuntimeError', _add_node),
    s_ast.EditBlock: ('IsReadOnly', lambda text, node, e: node.edits[0].span),
    s_ast.EditProp: ('BadTypeValu IsReadOnly NoSuchProp StormRuntimeError', _edit_prop),
    s_ast.EditPropDel: ('IsReadOnly NoSuchProp', _edit_prop_del),
    s_ast.EditTag: ('IsReadOnly', None),
    s_ast.EditTagDel: ('IsReadOnly', None),
    s_ast.EditEdge: ('', _edit_edge),
    s_ast.PivotTo: (_PIVOT, _pivot),
    s_ast.PivotIn: (_PIVOT, _pivot),
    s_ast.Walk: ('NoSuchForm StormRuntimeError', _walk),
    s_ast.SetItem: ('', lambda text, node, e: node.base.span),
    s_ast.SetVars: ('StormVarListError', _set_vars),
    s_ast.ForLoop: ('StormRuntimeError StormVarListError', _loop),
    s_ast.Break: ('', None),
    s_ast.Continue: ('', None),
    s_ast.Stop: ('', None),
    s_ast.Emit: ('', None),
    s_ast.YieldValue: ('BadLiftValu', _value),
    s_ast.TryCatch: ('StormRuntimeError', _catch),
    s_ast.Function: ('', _function),
    s_ast.Call: ('', _call),
    s_ast.TagParts: ('', _tag),
    s_ast.SubqueryValue: ('', None),
    s_ast.VarValue: ('', None),
    s_ast.PropValue: ('NoSuchForm NoSuchProp', _prop_value),
    s_ast.BinaryOp: ('StormRuntimeError', _binary),
    s_ast.CmdOper: ('IsReadOnly NoSuchName', _command),
}
