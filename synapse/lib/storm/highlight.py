"""Where in the text an error happened (spec: storm-language.md 10.5), at no cost while nothing goes wrong.

The compiler gives every function that it makes a code object of its own, whose name holds the span of the syntax node
(``mark``). Operators know their place: the text and their syntax node (``Oper.place``). When an error arrives, its
traceback leads from the innermost function to the operator that ran it, and so to the node; which part of it the
error is about stands in ``parts``.
"""

from __future__ import annotations

import functools
import hashlib
import types
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.parts as s_parts

Any = typing.Any
_PREFIX = 'storm:'


def mark(func: Any, span: tuple[int, int]) -> None:
    """Remember the span of the syntax node that a compiled function stands for; the innermost mark stays."""
    if type(func) is types.FunctionType:
        code = func.__code__
        if not code.co_name.startswith(_PREFIX):
            func.__code__ = code.replace(co_name=f'{_PREFIX}{span[0]}:{span[1]}')


def add(e: BaseException, cause: BaseException | None = None) -> None:
    """Set ``highlight`` on an error that has none: the place where it (or its cause) was raised."""
    if isinstance(e, s_exc.SynErr) and e.get('highlight') is None:
        place = find(cause or e)
        if place is not None:
            set_place(e, *place)


def set_place(e: s_exc.SynErr, text: str, node: s_ast.Node | tuple[int, int]) -> None:
    """Set ``highlight`` on an error: the part of a syntax node that it is about, or a span."""
    span = s_parts.part(text, node, e) if isinstance(node, s_ast.Node) else node
    e.set('highlight', describe(text, *span))


def find(e: BaseException) -> tuple[str, s_ast.Node | tuple[int, int]] | None:
    """Return the text and the innermost syntax node (or its span) that was running when an error was raised."""
    frames = []
    trace = e.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    span: tuple[int, int] | None = None
    for frame in reversed(frames):
        name = frame.f_code.co_name
        if span is None and name.startswith(_PREFIX):
            start, end = name[len(_PREFIX) :].split(':')
            span = int(start), int(end)
        place = getattr(frame.f_locals.get('self'), 'place', None)
        if isinstance(place, tuple):
            text, node = place
            if span is None:
                return text, node
            same = [item for item in s_ast.walk(node) if item.span == span]
            return text, same[-1] if same else span
    return None


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
