"""Defanged spellings and what they stand for. spec: types.md 6

All rules are one pattern, applied once from left to right; what a replacement makes is not looked at again.
"""

from __future__ import annotations

import bisect
import re
import typing

_RULES = re.compile(
    r"""
      (?P<proto> hxxp | fxp ) (?P<tls> s | \[s\] )? :
    | (?P<proto2> http | hxxp | ftp | fxp ) (?P<tls2> s )? (?: \[: (?P<slashes> // )? \] | \(:\) | \[: )
    | (?P<dot> \[ [.\u3002\uff0e\uff61] \] | \( [.\u3002\uff0e\uff61] \) | \[dot\] | \\\. | \.\] | \[\. )
    | (?P<colon> \[:\] )
    | (?P<at> \[at\] | \[@\] )
    """,
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_PROTOS = {'hxxp': 'http', 'http': 'http', 'fxp': 'ftp', 'ftp': 'ftp'}


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == 'dot':
        return '.'
    if kind == 'colon':
        return ':'
    if kind == 'at':
        return '@'
    proto, tls = match['proto'] or match['proto2'], match['tls'] or match['tls2']
    return f'{_PROTOS[proto.lower()]}{"s" if tls else ""}:{match["slashes"] or ""}'


class Refanged:
    """A text after replacements, and where each part of it came from.

    Attributes:
        text: The text to look at.
        orig: The text as it was.
    """

    def __init__(self, orig: str) -> None:
        self.text = self.orig = orig
        self._starts: list[int] = []  # of the replacements, in the new text
        self._spans: list[tuple[int, int, int]] = []  # (end in the new text, start, end in the original)

    def apply(self, rules: re.Pattern[str], replace: typing.Callable[[re.Match[str]], str]) -> Refanged:
        """Replace once what a pattern matches; only for a text that was not changed yet. Returns itself."""
        parts: list[str] = []
        size = done = 0
        for match in rules.finditer(self.orig):
            start, end = match.span()
            part = replace(match)
            parts += (self.orig[done:start], part)
            size += start - done
            self._starts.append(size)
            size += len(part)
            self._spans.append((size, start, end))
            done = end
        if parts:
            self.text = ''.join(parts) + self.orig[done:]
        return self

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return which part of the original the (non-empty) part ``start`` to ``end`` of the text was."""
        return self._map(start)[0], self._map(end - 1)[1]

    def _map(self, place: int) -> tuple[int, int]:
        """Return the original start and end of one character."""
        found = bisect.bisect_right(self._starts, place) - 1
        if found < 0:
            return place, place + 1
        new, start, end = self._spans[found]
        if place < new:
            return start, end
        return end + place - new, end + place - new + 1


def refang(text: str) -> Refanged:
    """Return a text with its defanged spellings made whole."""
    return Refanged(text).apply(_RULES, _replace)


def replaced(text: str, fangs: typing.Sequence[tuple[str, str]]) -> Refanged:
    """Return a text with each of some spellings (compared without case, the first that fits wins) replaced."""
    names = {src.lower(): dst for src, dst in reversed(fangs) if src}
    if not names:
        return Refanged(text)
    rules = re.compile('|'.join(re.escape(src) for src, _ in fangs if src), re.IGNORECASE)
    return Refanged(text).apply(rules, lambda match: names.get(match[0].lower(), match[0]))
