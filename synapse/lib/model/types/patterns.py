"""Regular expressions that users wrote, run so that none of them takes long.

``re`` is fast but may backtrack without end; ``regex`` can be given a time but asks for it dearly. So an expression
that cannot backtrack, or a text that is too short for it, goes to ``re``, the rest to ``regex`` with a limit.
"""

from __future__ import annotations

import functools
import re
import typing

import regex

import synapse.exc as s_exc

# Syntax that re lacks or reads otherwise: to regex, \\w also means combining marks, which Devanagari and others need.
_only_regex = re.compile(r'\\[wWbBpPXR]|\(\?<(?![=!])|\(\?[|>&R0-9]')

# What stands for itself (escaped characters, sets), then what repeats or refers to a group.
_plain = re.compile(r'\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]', re.DOTALL)
_repetition = re.compile(r'[*+]|\{\d*,|\\[1-9]|\(\?P=')
_group = re.compile(r'\)(?:[*+]|\{)')

_SECONDS = 0.25
_SHORT_TEXT = 20  # characters, too few for two repetitions to take long
_SEARCH_TEXT = 1000  # characters, too few for one: a search begins anew at each of them

Matcher = typing.Callable[[str], typing.Any]


@functools.lru_cache(maxsize=1024)
def compile_regex(text: str, nocase: bool = False) -> typing.Any:
    """Compile a regular expression; ``re`` matches faster and is taken where both agree.

    Raises re.error or regex.error, both of which are plain Exceptions.
    """
    module: typing.Any = regex if _only_regex.search(text) else re
    return module.compile(text, module.IGNORECASE if nocase else 0)


def repetitions(text: str) -> int:
    """Return how many parts of an expression repeat without a fixed number; a group counts for two."""
    plain = _plain.sub('x', text)
    return len(_repetition.findall(plain)) + len(_group.findall(plain))


def matcher(text: str) -> Matcher:
    """Return ``match`` of an expression, which gives the match at the beginning of a text or None.

    It raises StormRuntimeError when it would take long. Raises an Exception for a bad expression.
    """
    quick: Matcher = compile_regex(text).match
    if repetitions(text) < 2:
        return quick
    return _bounded(text, quick, regex.compile(text).match, _SHORT_TEXT)


def searcher(text: str) -> Matcher:
    """Return ``search`` of an expression, without regard to case; as matcher otherwise."""
    quick: Matcher = compile_regex(text, True).search
    count = repetitions(text)
    if not count:
        return quick
    slow = regex.compile(text, regex.IGNORECASE).search
    return _bounded(text, quick, slow, _SEARCH_TEXT if count == 1 else _SHORT_TEXT)


def _bounded(text: str, quick: Matcher, slow: typing.Callable[..., typing.Any], short: int) -> Matcher:
    def find(item: str) -> typing.Any:
        if len(item) < short:
            return quick(item)
        try:
            return slow(item, timeout=_SECONDS)
        except TimeoutError as e:
            raise s_exc.StormRuntimeError(mesg=f'The regular expression took too long: {text[:500]!r}') from e

    return find
