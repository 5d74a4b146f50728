"""Terminals: how one is matched, and the look-ahead that tells one kind of parenthesis from another.

Most terminals are literals or patterns; their patterns are compiled when they are first tried, so that a process pays
only for what its queries use. Four begin with ``(`` and differ in what follows, which no pattern can see:

- ``(a, b c)`` is a list: its words are bare. A comma at the depth of this parenthesis makes it one, or a bare word.
- ``(1 + $x)`` is an expression otherwise.
- ``-((a, b))>`` names verbs, ``-((:x or :y))`` is a condition: here the comma alone decides.
- ``<(verb)-`` walks, ``asn<(5)`` compares: what follows the closing parenthesis decides.

Looking ahead scans the text once: what is learned of the parentheses inside is kept for the rest of the parse.
"""

from __future__ import annotations

import collections.abc
import re

Match = collections.abc.Callable[[str, int], 're.Match[str] | None']
Look = collections.abc.Callable[['Source', int], bool]

# What a look-ahead must not look into, and the marks that it counts. A quote inside a word is part of the word; a quote
# without end reaches to the end.
_MARKS = re.compile(
    r"""[()\[\]{},]|(?<!\w)(?:'{3}(?:(?!'{3})[\s\S])*+(?:'{3})?|"(?:[^"\\\n]|\\.)*+"?|'[^']*+'?|`(?:[^`\\]|\\[\s\S])*+`?)"""
    r'|(?<![^\s(,])(?://[^\n]*+|/\*(?:(?!\*/)[\s\S])*+(?:\*/)?)'
)

# How the inside of a parenthesis begins: surely an expression, perhaps one (unless there is a comma), or else a list.
_FIRST = re.compile(
    r'\((?:\s++|//[^\n]*+|/\*[\s\S]*?\*/)*+'
    r'(?:(?P<expr>\[|(?:true|false|null|not)(?=[\s(),=]))'
    r'|(?P<maybe>[{$("\'`:.#]|-+[$(:.#]|-*(?:0[xo][0-9a-fA-F]+|0+|[1-9]\d*)(?:\.\d*)?(?![\w.])))?'
)


class Source:
    """The text of one parse, with what look-aheads found out about it."""

    __slots__ = ('text', 'parens')

    def __init__(self, text: str) -> None:
        self.text = text
        # offset of an opening parenthesis -> (has a comma at its depth, offset of the closing one or -1)
        self.parens: dict[int, tuple[bool, int]] = {}

    def paren(self, pos: int) -> tuple[bool, int]:
        """Return (has a comma, offset of its end or -1) of the parenthesis at pos."""
        found = self.parens.get(pos)
        if found is None:
            self._scan(pos)
            found = self.parens[pos]
        return found

    def _scan(self, pos: int) -> None:
        opened: list[list[int]] = []
        for match in _MARKS.finditer(self.text, pos):
            char = match.group()
            if char in '([{':
                opened.append([match.start(), 0])
            elif char == ',':
                opened[-1][1] = 1
            elif char in ')]}':
                start, comma = opened.pop()
                self.parens[start] = (comma == 1, match.start())
                if not opened:
                    return
        for start, comma in opened:
            self.parens[start] = (comma == 1, -1)


def is_list(source: Source, pos: int) -> bool:
    """Return True if the parenthesis at pos opens a list of bare words and values."""
    match = _FIRST.match(source.text, pos)
    if match is None or match.end() == len(source.text):
        return False
    if match.lastgroup is None:
        return True
    return match.lastgroup == 'maybe' and source.paren(pos)[0]


def is_expression(source: Source, pos: int) -> bool:
    """Return True if the parenthesis at pos opens an expression."""
    return not is_list(source, pos)


def has_comma(source: Source, pos: int) -> bool:
    """Return True if the parenthesis at pos holds a comma at its depth."""
    return source.paren(pos)[0]


def is_walk(source: Source, pos: int) -> bool:
    """Return True if ``<(`` at pos begins an edge: what closes it is followed by a sign."""
    if not source.text.startswith('(', pos + 1):
        return False
    end = source.paren(pos + 1)[1]
    return end > 0 and source.text[end + 1 : end + 2] in ('-', '+')


LOOKS: dict[str, Look] = {
    '_LISTPAR': is_list,
    '_EXPRPAR': is_expression,
    '_VERBPAR': has_comma,
    '_WALKIN': is_walk,
}


class Terminal:
    """One terminal of the table: its number and everything needed to match it at an offset."""

    __slots__ = ('num', 'name', 'literal', 'pattern', 'size', 'look', 'match', 'rank', 'first', 'kept', 'action')

    def __init__(self, num: int, name: str, pattern: str, literal: bool, priority: int, kept: bool, first: str) -> None:
        self.num = num
        self.name = name
        self.literal = pattern if literal else None
        self.pattern = pattern
        self.look = LOOKS.get(name)
        self.size = len(pattern) if literal else 0
        # in the order of trial: priority, then the longer literal, then the name
        self.rank = (-priority, -self.size, name)
        self.first = frozenset(first)
        self.kept = kept
        self.match: Match = self._compile_match
        self.action: collections.abc.Callable[[str, int, int], object] | None = None

    def _compile_match(self, text: str, pos: int) -> re.Match[str] | None:
        self.match = re.compile(self.pattern if self.literal is None else re.escape(self.pattern)).match
        return self.match(text, pos)

    def begins(self, char: str) -> bool:
        """Return True if a token of this terminal may begin with the character."""
        if char < '\x80':
            return char in self.first
        return ('é' if char.isalnum() else '☃') in self.first
