"""Storm messages to lines of text. The format is exact (spec: cortex.md 11.1): others parse it."""

from __future__ import annotations

import sys
import typing

import synapse.lib.time as s_time

INDENT = ' ' * 8

# How much of a query is shown around a syntax error.
ERROR_WIDTH = 60


def prop_lines(props: dict[str, typing.Any], reprs: dict[str, typing.Any]) -> list[str]:
    """Return the lines of the props: plain ones, then extended ones, then universal ones, each group sorted."""

    def group(name: str) -> tuple[int, str]:
        return ('_.'.find(name[:1]) + 1, name)

    lines = []
    for name in sorted(props, key=group):
        label = name if name.startswith('.') else f':{name}'
        lines.append(f'{INDENT}{label} = {reprs.get(name, props[name])}')
    return lines


def leaf_tags(tags: typing.Iterable[str]) -> set[str]:
    """Return the tags that are not the parent of another one of the same node."""
    names = set(tags)
    return names - {name.rpartition('.')[0] for name in names}


def tag_lines(info: dict[str, typing.Any]) -> list[str]:
    """Return the lines of the tags: leaves, and inner tags that carry times or props."""
    tags = info.get('tags') or {}
    tagprops = info.get('tagprops') or {}
    reprs = info.get('tagpropreprs') or {}
    leaves = leaf_tags(tags)
    lines = []
    for tag in sorted({*tags, *tagprops}):
        props = tagprops.get(tag) or {}
        tmin, tmax = tags.get(tag) or (None, None)
        if tmin is not None and tmax is not None:
            lines.append(f'{INDENT}#{tag} = ({s_time.repr(tmin)}, {s_time.repr(tmax)})')
        elif tag in leaves and not props:
            lines.append(f'{INDENT}#{tag}')
        for name in sorted(props):
            lines.append(f'{INDENT}#{tag}:{name} = {(reprs.get(tag) or {}).get(name, props[name])}')
    return lines


def node_lines(pode: typing.Any) -> list[str]:
    """Return the lines of a packed node (spec: cortex.md 4.1)."""
    (form, valu), info = pode
    head = f'{form}={info.get("repr", valu)}'
    return [head, *prop_lines(info.get('props') or {}, info.get('reprs') or {}), *tag_lines(info)]


def syntax_lines(info: dict[str, typing.Any]) -> list[str]:
    """Return the lines of a syntax error: the query around the place, a caret, the message."""
    text = str(info.get('text', '')).replace('\n', ' ')
    at = int(info.get('at', 0))
    if len(text) > ERROR_WIDTH:
        half = ERROR_WIDTH // 2
        left, right = max(at - half, 0), at + half
        shown = text[left:right]
        if right < len(text):
            shown += '...'
        if left > 0:
            shown = '...' + shown
            at = half + 3
        text = shown
    return [text, ' ' * at + '^', f'Syntax Error: {info.get("mesg")}']


def error_lines(err: tuple[str, dict[str, typing.Any]]) -> list[str]:
    """Return the lines of an ``err`` message."""
    name, info = err
    if name == 'BadSyntax' and 'text' in info:
        return syntax_lines(info)
    return [f'ERROR: {info.get("mesg") or name}']


def warn_line(info: dict[str, typing.Any]) -> str:
    """Return the line of a ``warn`` message, with its extra values in brackets."""
    extra = ', '.join(f'{name}={valu}' for name, valu in info.items() if name != 'mesg')
    return f'WARNING: {info.get("mesg")}' + (f' [{extra}]' if extra else '')


def fini_line(info: dict[str, typing.Any]) -> str:
    """Return the closing line of a query."""
    count = info.get('count', 0)
    took = max(info.get('took', 0), 1)
    return f'complete. {count} nodes in {took} ms ({int(count / (took / 1000))}/sec).'


class Printer:
    """Prints the messages of queries as they arrive. Edits are shown as dots, so a long import is seen to move."""

    def __init__(self) -> None:
        self.dots = False
        self.failed = False
        self.shows = {
            'node': node_lines,
            'print': lambda info: [str(info.get('mesg'))],
            'warn': lambda info: [warn_line(info)],
            'err': error_lines,
            'fini': lambda info: [fini_line(info)],
        }

    def text(self, text: str) -> None:
        """Print a line, below the dots if there are any."""
        if self.dots:
            print()
            self.dots = False
        print(text)

    def edits(self, count: int) -> None:
        """Print one dot for each edit."""
        if count > 0:
            print('.' * count, end='')
            sys.stdout.flush()
            self.dots = True

    def mesg(self, mesg: tuple[str, typing.Any]) -> None:
        """Print one Storm message; unknown types print nothing."""
        name, info = mesg
        if name == 'node:edits':
            self.edits(sum(len(edit[2]) for edit in info['edits']))
        elif name == 'node:edits:count':
            self.edits(info['count'])
        elif (show := self.shows.get(name)) is not None:
            self.failed = self.failed or name == 'err'
            self.text('\n'.join(show(info)))
