"""The Storm syntax tree: what the parser makes and the compiler reads. Pure data, no behaviour.

Four families, so that a reader (and the compiler) can tell what a child may be from its declared type:

- ``Oper``: one stage of a query (lift, filter, pivot, edit block, statement, command).
- ``Edit``: one operation inside ``[ ... ]``.
- ``Cond``: a condition of a filter.
- ``Value``: whatever gives a value (constants, variables, properties, expressions, calls, queries as values).

Conventions:

- ``span`` is ``(start, end)``: offsets into the text that was parsed, end exclusive, in embedded queries too.
- A ``Name`` is a plain ``str`` when the text spells it, else the ``Value`` that gives it when the query runs. A tag
  such as ``#foo.bar`` is a ``str``, ``#$x`` is the ``VarValue`` of the whole tag and ``#a.$x`` is a ``TagParts``.
- ``cmpr`` is the comparator as spelled without its star: ``'='``, ``'>='``, ``'in='``, ``'range='``; None (and then
  ``value`` is None too) where only presence is meant.
- Universal properties keep their dot in constant names: ``'.seen'``.
- Parentheses leave no node behind: ``(1 + 2) * 3`` is three nodes of operator and operands.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import decimal
import typing

_T = typing.TypeVar('_T')


@typing.dataclass_transform(eq_default=False)
def _node(cls: type[_T]) -> type[_T]:
    return dataclasses.dataclass(slots=True, eq=False)(cls)


@_node
class Node:
    """The root of all classes of the tree."""

    span: tuple[int, int]


@_node
class Oper(Node):
    """One stage of a query."""


@_node
class Edit(Node):
    """One operation of an edit block."""


@_node
class Cond(Node):
    """A condition of a filter."""


@_node
class Value(Node):
    """Anything that gives a value."""


Name: typing.TypeAlias = str | Value


@_node
class Query(Node):
    """A whole query, or the body of a block (its span is then what stands between the braces)."""

    source: str
    opers: list[Oper]

    @property
    def text(self) -> str:
        """The text of the query, verbatim."""
        return self.source[self.span[0] : self.span[1]]


# --- values ----------------------------------------------------------------------------------------------------------


@_node
class Const(Value):
    """A constant: quoted or bare words are str, literals in expressions int, Decimal, bool or None (null)."""

    value: str | int | decimal.Decimal | bool | None


@_node
class FormatString(Value):
    """A back-tick string with at least one hole; parts are literal text or values to render."""

    parts: list[str | Value]


@_node
class VarValue(Value):
    """``$name``."""

    name: str


@_node
class Deref(Value):
    """``base.name``, ``base.$key``, ``base.(expr)``."""

    base: Value
    name: Name


@_node
class Call(Value):
    """``func(arg, name=arg)``; keyword names are unique, positional arguments come first in the text."""

    func: Value
    args: list[Value]
    kwargs: list[tuple[str, Value]]


@_node
class PropValue(Value):
    """``:asn``, ``:.seen``, ``.seen``, ``:$name``; ``:a::b::c`` has name ``c`` and hops ``('a', 'b')``.

    ``univ`` marks the spelling with a dot: a constant name then has its dot already, a computed one lacks it (``.$x``).
    """

    name: Name
    hops: tuple[str, ...] = ()
    univ: bool = False


@_node
class TagValue(Value):
    """``#foo.bar`` as a value: its interval or null."""

    tag: Name


@_node
class TagPropValue(Value):
    """``#foo.bar:risk`` as a value."""

    tag: Name
    prop: Name


@_node
class TagParts(Value):
    """A tag spelled with variables, ``a.$x.b``: the segments joined by dots make the name (only in tag positions)."""

    parts: list[Name]


@_node
class ListValue(Value):
    """``(a, b)``, or ``[a, b]`` of an expression when ``literal``."""

    items: list[Value]
    literal: bool = False


@_node
class DictValue(Value):
    """``{'k': v}`` of an expression."""

    items: list[tuple[Value, Value]]


@_node
class SubqueryValue(Value):
    """``{ query }`` where a value is due."""

    query: Query


@_node
class QueryValue(Value):
    """``${ query }``: a query object."""

    query: Query


@_node
class ArgQuery(Value):
    """``{ query }`` as an argument of a command: its value is the stripped text, checked for syntax already."""

    query: Query


@_node
class UnaryOp(Value):
    """``not value`` or ``-value`` (``op`` is ``'not'`` or ``'-'``)."""

    op: str
    value: Value


@_node
class BinaryOp(Value):
    """``left op right``: ``or and = != < > <= >= ^= ~= + - * / % **``."""

    op: str
    left: Value
    right: Value


# --- conditions ------------------------------------------------------------------------------------------------------


@_node
class CondName(Cond):
    """Absolute name: ``inet:ipv4``, ``inet:ipv4:asn=5``, ``inet:ip*``, ``*$form``."""

    name: Name
    cmpr: str | None = None
    value: Value | None = None


@_node
class CondProp(Cond):
    """Relative or universal property, with or without comparison; see PropValue for hops."""

    prop: PropValue
    cmpr: str | None = None
    value: Value | None = None


@_node
class CondArray(Cond):
    """``:arr*[=v]``: any element matches."""

    prop: PropValue
    cmpr: str
    value: Value


@_node
class CondTag(Cond):
    """``#tag``, ``#tag@=v``; constant tags may hold ``*``."""

    tag: Name
    cmpr: str | None = None
    value: Value | None = None


@_node
class CondTagProp(Cond):
    """``#tag:prop``, ``#tag:prop>5``; constant tags may hold ``*``."""

    tag: Name
    prop: Name
    cmpr: str | None = None
    value: Value | None = None


@_node
class CondQuery(Cond):
    """``{ query }``, ``{ query } > 2``."""

    query: Query
    cmpr: str | None = None
    value: Value | None = None


@_node
class CondValue(Cond):
    """``$x``, ``$x.y()``, ``$(expr)``: truth of a value."""

    value: Value


@_node
class CondNot(Cond):
    """``not cond``."""

    cond: Cond


@_node
class CondBool(Cond):
    """``left and right``, ``left or right`` (``op``)."""

    op: str
    left: Cond
    right: Cond


# --- lifts and filters -----------------------------------------------------------------------------------------------


@_node
class LiftName(Oper):
    """``form``, ``form:prop``, ``.univ``, ``iface``, ``inet:ip*``, ``*$name`` with or without comparator.

    ``path`` holds the property names of an embedded pivot: ``form:a::b::c=v`` is name ``form:a``, path ``('b', 'c')``.
    """

    name: Name
    cmpr: str | None = None
    value: Value | None = None
    path: tuple[str, ...] = ()
    reverse: bool = False


@_node
class LiftArray(Oper):
    """``form:arr*[=v]``: once per matching element."""

    name: Name
    cmpr: str
    value: Value
    path: tuple[str, ...] = ()
    reverse: bool = False


@_node
class LiftTag(Oper):
    """``#tag``, ``#tag@=v``, and with ``form`` the restricted ``form#tag``."""

    form: Name | None
    tag: Name
    cmpr: str | None = None
    value: Value | None = None
    reverse: bool = False


@_node
class LiftTagProp(Oper):
    """``#tag:prop``, ``form#tag:prop=v``."""

    form: Name | None
    tag: Name
    prop: Name
    cmpr: str | None = None
    value: Value | None = None
    reverse: bool = False


@_node
class LiftTagTag(Oper):
    """``##tag``."""

    tag: Name
    cmpr: str | None = None
    value: Value | None = None
    reverse: bool = False


@_node
class Lookup(Oper):
    """First stage of a query in lookup, autoadd or search mode: the words to look for (``mode`` says how)."""

    mode: str
    tokens: list[str]


@_node
class Filter(Oper):
    """``+cond`` (``want``) or ``-cond``."""

    want: bool
    cond: Cond


# --- pivots ----------------------------------------------------------------------------------------------------------


@_node
class PivotOut(Oper):
    """``-> *``; with ``edges`` ``--> *``; with ``prop`` ``:prop -> *``."""

    prop: PropValue | None = None
    edges: bool = False
    join: bool = False


@_node
class PivotIn(Oper):
    """``<- *``; with ``edges`` ``<-- *``; with ``form`` ``<- form``."""

    form: Name | None = None
    edges: bool = False
    join: bool = False


@_node
class PivotTo(Oper):
    """``-> form``, ``-> form:prop``, ``-> (a, b)`` (``multi``), ``-> $var``; with ``prop`` ``:prop -> target``."""

    targets: list[Name]
    prop: PropValue | None = None
    join: bool = False
    multi: bool = False


@_node
class PivotTags(Oper):
    """``-> #`` (leaf tags, ``match`` None), ``-> #a.*``, ``-> #$x``."""

    match: Name | None = None
    join: bool = False


@_node
class PivotQuery(Oper):
    """``-> { query }``."""

    query: Query


@_node
class Walk(Oper):
    """``-(verb)> dest``, ``<(verb)- dest`` (``reverse``), ``-(verb)+> dest`` (``join``).

    ``verb`` is Const('*') for any. ``dests`` are names, values, or the string ``'*'``; ``(a, b:c)`` gives several.
    """

    verb: Value
    dests: list[Name]
    cmpr: str | None = None
    value: Value | None = None
    reverse: bool = False
    join: bool = False


# --- edits -----------------------------------------------------------------------------------------------------------


@_node
class EditBlock(Oper):
    """``[ edit* ]``."""

    edits: list[Edit]


@_node
class EditNode(Edit):
    """``form=value``; ``form?=value`` when ``soft``."""

    form: Name
    value: Value
    soft: bool = False


@_node
class EditGroup(Edit):
    """``( form=value edit* )``."""

    node: EditNode
    edits: list[Edit]


@_node
class EditProp(Edit):
    """``:prop=value``. ``op``: ``= += -= ++= --=``; ``soft``: ``?=``; ``cond``: ``'unset'`` or value."""

    prop: PropValue
    op: str
    value: Value
    soft: bool = False
    cond: Name | None = None


@_node
class EditPropDel(Edit):
    """``-:prop``."""

    prop: PropValue


@_node
class EditTag(Edit):
    """``+#tag``, ``+#tag=value``; ``soft``: ``+?#tag``; ``softvalue``: ``+#tag?=value``."""

    tag: Name
    value: Value | None = None
    soft: bool = False
    softvalue: bool = False


@_node
class EditTagDel(Edit):
    """``-#tag``."""

    tag: Name


@_node
class EditTagProp(Edit):
    """``+#tag:prop=value``; ``soft``: ``?=``."""

    tag: Name
    prop: Name
    value: Value
    soft: bool = False


@_node
class EditTagPropDel(Edit):
    """``-#tag:prop``."""

    tag: Name
    prop: Name


@_node
class EditEdge(Edit):
    """``+(verb)> { q }``, ``<(verb)- $x``; ``reverse``: the arrow points to the node; ``delete``: remove the edge."""

    verb: Value
    nodes: Query | Value
    reverse: bool = False
    delete: bool = False


# --- statements ------------------------------------------------------------------------------------------------------


@_node
class SetVar(Oper):
    """``$name = value``."""

    name: str
    value: Value


@_node
class SetVars(Oper):
    """``($a, $b) = value``."""

    names: list[str]
    value: Value


@_node
class SetItem(Oper):
    """``$base.name = value``."""

    base: Value
    name: Name
    value: Value


@_node
class ValueOper(Oper):
    """A call as a statement: ``$lib.print(x)``."""

    value: Value


@_node
class SubqueryOper(Oper):
    """``{ query }``; with ``yields`` ``yield { query }``."""

    query: Query
    yields: bool = False


@_node
class YieldValue(Oper):
    """``yield value``."""

    value: Value


@_node
class IfElse(Oper):
    """``if v {} elif v {} else {}``."""

    branches: list[tuple[Value, Query]]
    orelse: Query | None = None


@_node
class ForLoop(Oper):
    """``for $x in v {}``; ``unpack`` for ``for ($a, $b) in v {}``."""

    names: list[str]
    value: Value
    body: Query
    unpack: bool = False


@_node
class WhileLoop(Oper):
    """``while v {}``."""

    value: Value
    body: Query


@_node
class SwitchCase(Node):
    """``label: {}``, ``(a, b): {}``; the default case has no labels."""

    labels: list[str]
    body: Query


@_node
class Switch(Oper):
    """``switch $x { a: {} *: {} }``; at most one case is the default."""

    value: Value
    cases: list[SwitchCase]


@_node
class CatchBlock(Node):
    """``catch names as var {}``; ``names`` is Const('*') for any."""

    names: Value
    var: str
    body: Query


@_node
class TryCatch(Oper):
    """``try {} catch Name as e {}``."""

    body: Query
    catches: list[CatchBlock]


@_node
class InitBlock(Oper):
    """``init {}``."""

    body: Query


@_node
class EmptyBlock(Oper):
    """``empty {}``."""

    body: Query


@_node
class FiniBlock(Oper):
    """``fini {}``."""

    body: Query


@_node
class Param(Node):
    """One parameter of a function."""

    name: str
    default: Value | None = None


@_node
class Function(Oper):
    """``function name(a, b=v) {}``; parameter names are unique, those with defaults come last."""

    name: str
    params: list[Param]
    body: Query


@_node
class Return(Oper):
    """``return(value)``, ``return()``."""

    value: Value | None = None


@_node
class Emit(Oper):
    """``emit value``."""

    value: Value


@_node
class Stop(Oper):
    """``stop``."""


@_node
class Break(Oper):
    """``break``."""


@_node
class Continue(Oper):
    """``continue``."""


@_node
class CmdOper(Oper):
    """``name arg arg``."""

    name: str
    args: list[Value]


# --- helpers ---------------------------------------------------------------------------------------------------------


def children(node: Node) -> list[Node]:
    """Return the direct child nodes in field order, also those in lists and tuples."""
    found: list[Node] = []
    for name in _fields(node.__class__):
        valu = getattr(node, name)
        if isinstance(valu, Node):
            found.append(valu)
        elif isinstance(valu, list):
            _collect(valu, found)
    return found


def walk(node: Node) -> collections.abc.Iterator[Node]:
    """Yield the node and everything below it, parents first, in textual order of fields; iterative."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))


_PLAIN = ('span', 'source', 'cmpr', 'op', 'mode', 'hops', 'path', 'labels', 'tokens')
_FIELDS: dict[str, tuple[str, ...]] = {}


def _fields(cls: typing.Any) -> tuple[str, ...]:
    """Return the names of the fields of a class that may hold nodes."""
    names = _FIELDS.get(cls.__name__)
    if names is None:
        names = _FIELDS[cls.__name__] = tuple(name for name in cls.__dataclass_fields__ if name not in _PLAIN)
    return names


def _collect(items: list[typing.Any] | tuple[typing.Any, ...], found: list[Node]) -> None:
    for item in items:
        if isinstance(item, Node):
            found.append(item)
        elif isinstance(item, tuple):
            _collect(item, found)
