"""File paths in text: they may hold blanks, so each goes on to the end of its line."""

from __future__ import annotations

import re
import typing

import synapse.lib.scrape.tables as s_tables

Found = typing.Iterator[tuple[typing.Any, int, int]]

MAX_PARTS = 1024
MAX_POSIX, MAX_WINDOWS = 4096, 32767  # characters

_roots = '|'.join(s_tables.POSIX_ROOTS)
_posix = re.compile(rf'(?<![\w/])(?:/|/{{3,}}+)(?:{_roots})(?:/[^\0\n]*+)?(?=[\0\n]|$)')
_windows = re.compile(r'(?<![a-z])[a-z]:\\[^\0\n<>"|?*:/]++', re.IGNORECASE | re.ASCII)


def posix_paths(text: str) -> Found:
    """Find absolute paths below one of the usual top directories."""
    for match in _posix.finditer(text):
        if len(match[0]) <= MAX_POSIX and match[0].strip('/').count('/') + 2 <= MAX_PARTS:
            yield match[0], *match.span()


def windows_paths(text: str) -> Found:
    r"""Find ``C:\...`` paths."""
    for match in _windows.finditer(text):
        if len(match[0]) > MAX_WINDOWS:
            continue
        parts = match[0].split('\\')
        if len(parts) > MAX_PARTS or any(part.endswith('.') for part in parts):
            continue
        if s_tables.WINDOWS_DEVICES.isdisjoint(parts):
            yield match[0], *match.span()
