"""Syntax trees as short lines of text, for test cases that are read and written by people."""

from __future__ import annotations

import dataclasses
import typing

import synapse.lib.storm.ast as s_ast


def lines(query: s_ast.Query) -> list[str]:
    """Return one line for each stage of a query."""
    return [show(oper) for oper in query.opers]


def show(item: typing.Any) -> str:
    """Return a node as ``Name(required, fields, optional=set)``; variables, constants and queries are shorter."""
    if isinstance(item, s_ast.Const):
        return str(item.value) if isinstance(item.value, bool) or item.value is None else show(item.value)
    if isinstance(item, s_ast.VarValue):
        return f'${item.name}'
    if isinstance(item, s_ast.Query):
        return '{' + '; '.join(lines(item)) + '}'
    if isinstance(item, s_ast.Node):
        return f'{item.__class__.__name__}({", ".join(_fields(item))})'
    if isinstance(item, list | tuple):
        body = ', '.join(show(part) for part in item)
        return f'[{body}]' if isinstance(item, list) else f'({body})'
    return repr(item) if isinstance(item, str) else str(item)


def _fields(node: s_ast.Node) -> list[str]:
    shown = []
    for field in dataclasses.fields(node):  # type: ignore[arg-type]
        valu = getattr(node, field.name)
        if field.name == 'span':
            continue
        if field.default is dataclasses.MISSING:
            shown.append(show(valu))
        elif valu != field.default:
            shown.append(f'{field.name}={show(valu)}')
    return shown
