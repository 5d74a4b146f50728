"""``$lib.regex``, with a bound on the time of every operation (spec: storm-runtime.md 4)."""

from __future__ import annotations

import functools
import typing

import regex

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.regex', 'Regular expressions.')
_FLAGS = regex.IGNORECASE | regex.MULTILINE
_KNOWN = 0x1FFFF
"""Flags that an engine of regular expressions may know; those that are not ours are passed over."""


@functools.lru_cache(maxsize=1024)
def compiled(pattern: str, flags: int) -> Any:
    """Return a compiled pattern. Raises: BadArg."""
    if len(pattern) > s_limits.KIB * 64:
        raise s_exc.BadArg(mesg=f'A regex pattern of {len(pattern)} characters is too long.')
    if flags & ~_KNOWN:
        raise s_exc.BadArg(mesg=f'Error compiling regex pattern: unknown flags {flags}: pattern="{pattern[:1000]}"')
    try:
        return regex.compile(pattern, flags=flags & _FLAGS)
    except (regex.error, RecursionError, ValueError, OverflowError, MemoryError) as e:
        raise s_exc.BadArg(mesg=f'Error compiling regex pattern: {e}: pattern="{pattern[:1000]}"') from e


def timed(pattern: str, func: typing.Callable[[], Any]) -> Any:
    """Return what an operation gives. Raises: StormRuntimeError when it takes too long."""
    try:
        return func()
    except TimeoutError as e:
        raise s_exc.StormRuntimeError(mesg=f'The regex took too long and was stopped: {pattern[:1000]}') from e


TIMEOUT = 1.0
"""Seconds that one operation may take: the loop waits for it."""


@s_registry.attr('$lib.regex.flags')
def regex_flags(rt: Runtime) -> dict[str, int]:
    """The flags: ``i`` ignores case, ``m`` lets anchors match at every line."""
    return {'i': int(regex.IGNORECASE), 'm': int(regex.MULTILINE)}


@lib('$lib.regex.search', pure=True)
def regex_search(rt: Runtime, pattern: str, text: str, flags: int = 0) -> tuple[str | None, ...] | None:
    """Return the groups of the first match anywhere in a text, null when there is none."""
    rule = compiled(pattern, flags)
    match = timed(pattern, lambda: rule.search(text, timeout=TIMEOUT))
    return None if match is None else match.groups()


@lib('$lib.regex.matches', pure=True)
def regex_matches(rt: Runtime, pattern: str, text: str, flags: int = 0) -> bool:
    """Return true if the beginning of a text matches."""
    rule = compiled(pattern, flags)
    return timed(pattern, lambda: rule.match(text, timeout=TIMEOUT)) is not None


@lib('$lib.regex.findall', pure=True)
def regex_findall(rt: Runtime, pattern: str, text: str, flags: int = 0) -> list[Any]:
    """Return all matches: texts, or tuples where the pattern has more than one group."""
    rule = compiled(pattern, flags)
    return list(timed(pattern, lambda: rule.findall(text, timeout=TIMEOUT)))


@lib('$lib.regex.replace', pure=True)
def regex_replace(rt: Runtime, pattern: str, replace: str, text: str, flags: int = 0) -> str:
    """Return a text with all matches replaced; ``\\1`` stands for the first group."""
    rule = compiled(pattern, flags)

    def run() -> str:
        parts, size, last = [], 0, 0
        for match in rule.finditer(text, timeout=TIMEOUT):
            parts += [text[last : match.start()], match.expand(replace)]
            last = match.end()
            size = s_libroot.bounded(size + len(parts[-1]))
        return ''.join([*parts, text[last:]])

    try:
        return str(timed(pattern, run))
    except (regex.error, IndexError, KeyError) as e:
        raise s_exc.BadArg(mesg=f'$lib.regex.replace() error: {e}') from e


@lib('$lib.regex.escape', pure=True)
def regex_escape(rt: Runtime, text: str) -> str:
    """Return a pattern that matches exactly a text."""
    return str(regex.escape(text))
