"""Where in the text an error happened (spec: storm-language.md 10.5), at no cost while nothing goes wrong.

The compiler gives every function that it makes a code object of its own, whose name holds the span of the syntax node
(``mark``). Operators know their place: the text and their syntax node (``Oper.place``). When an error arrives, its
traceback leads from the innermost function to the operator that ran it, and so to the node; which part of it the
error is about stands in ``parts``.
"""

from __future__ import annotations

import functools
import hashlib
import traceback
import types
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.parts as s_parts

Any = typing.Any
Place = s_ast.Node | tuple[int, int]
_PREFIX = 'storm:'


def mark(func: Any, span: tuple[int, int]) -> None:
    """Remember the span of the syntax node that a compiled function stands for; the innermost mark stays."""
    if type(func) is types.FunctionType:
        code = func.__code__
        if not code.co_name.startswith(_PREFIX):
            func.__code__ = code.replace(co_name=f'{_PREFIX}{span[0]}:{span[1]}')


def add(e: BaseException, cause: BaseException | None = None) -> None:
    """Set ``highlight`` on an error that has none: the innermost place that such an error (or its cause) is given."""
    if isinstance(e, s_exc.SynErr) and e.get('highlight') is None:
        for text, node in _places(cause or e):
            if set_place(e, text, node):
                break


def set_place(e: s_exc.SynErr, text: str, node: Place) -> bool:
    """Set ``highlight`` on an error: the part of a syntax node that it is about, or the span of a name after a dot.

    Returns False if such a node does not speak for such an error.
    """
    if isinstance(node, s_ast.Node):
        span = s_parts.part(text, node, e)
    else:
        span = None if e.errname == 'NoSuchType' else node
    if span is not None:
        e.set('highlight', describe(text, *span))
    return span is not None


def _places(e: BaseException) -> typing.Iterator[tuple[str, Place]]:
    """Yield the text and the innermost syntax node (or its span) that was at work when an error was raised, then the
    calls around it, from the inside out: they speak for what happens inside of them, not for their arguments.
    """
    frames = [frame for frame, _ in traceback.walk_tb(e.__traceback__)]
    spans: list[tuple[int, int]] = []
    inner, found = False, False  # whether the frame before was a compiled function; whether there was a place before
    for frame in reversed(frames):
        name = frame.f_code.co_name
        marked = name.startswith(_PREFIX)
        if marked and not (inner if found else spans):
            start, end = name[len(_PREFIX) :].split(':')
            spans.append((int(start), int(end)))
        inner = marked
        place = getattr(frame.f_locals.get('self'), 'place', None)
        if not isinstance(place, tuple):
            continue
        text, node = place
        nodes = [_node_at(node, span) for span in spans]
        if not found:
            yield text, nodes[0] if nodes else node
        for call in nodes if found else ():
            if isinstance(call, s_ast.Call):
                yield text, call
        spans, found = [], True


def _node_at(node: s_ast.Node, span: tuple[int, int]) -> Place:
    same = [item for item in s_ast.walk(node) if item.span == span]
    return same[-1] if same else span


@functools.lru_cache(maxsize=64)
def describe(text: str, start: int, end: int) -> dict[str, Any]:
    """Return the content of ``highlight``: lines and columns count from 1, ends are exclusive but that of the lines."""
    end = max(start, min(end, len(text)))
    while end > start and text[end - 1].isspace():
        end -= 1
    if text.startswith('$', start) and end > start + 1:
        start += 1  # a variable's place is its name
    return {
        'hash': hashlib.md5(text.encode('utf8', 'surrogatepass'), usedforsecurity=False).hexdigest(),
        'lines': (text.count('\n', 0, start) + 1, text.count('\n', 0, end) + 1),
        'columns': (start - text.rfind('\n', 0, start), end - text.rfind('\n', 0, end)),
        'offsets': (start, end),
    }
