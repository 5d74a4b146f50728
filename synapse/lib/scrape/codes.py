"""Hashes, and the numbers of vulnerabilities, weaknesses and platforms in text."""

from __future__ import annotations

import re
import typing

Found = typing.Iterator[tuple[typing.Any, int, int]]
Finder = typing.Callable[[str], Found]

_START, _END = r'(?<![0-9A-Za-z])', r'(?![0-9A-Za-z])'


def _finder(pattern: str, flags: int = 0) -> Finder:
    rule = re.compile(pattern, flags)

    def find(text: str) -> Found:
        for match in rule.finditer(text):
            yield match[0], *match.span()

    return find


def _digest(size: int) -> Finder:
    return _finder(rf'{_START}[0-9A-Fa-f]{{{size}}}{_END}')


md5s, sha1s, sha256s = _digest(32), _digest(40), _digest(64)

_dash = '[-\u2011-\u2014]'
_dashes = re.compile(_dash)
_cve = re.compile(rf'{_START}CVE{_dash}[0-9]{{4}}{_dash}[0-9]{{4,}}+{_END}', re.IGNORECASE | re.ASCII)


def cves(text: str) -> Found:
    """Find CVE numbers; typographic dashes become plain ones."""
    for match in _cve.finditer(text):
        yield _dashes.sub('-', match[0]), *match.span()


cwes = _finder(rf'{_START}CWE-[0-9]{{1,8}}{_END}')

# The pattern of NIST IR 7695 for formatted strings. A field is text with wildcards at its ends, or * or -.
_punct = re.escape('!"#$%&\'()*+,/:;<=>?@[]^`{|}~\\')
_field = rf'(?:(?:\?++|\*)?(?:[a-z0-9\-._]|\\[{_punct}])++(?:\?++|\*)?|[*\-])'
_lang = r'(?:[a-z]{2,3}(?:-(?:[a-z]{2}|[0-9]{3}))?|[*\-])'
cpes = _finder(rf'cpe:2\.3:[aho*\-](?::{_field}){{5}}:{_lang}(?::{_field}){{4}}', re.IGNORECASE | re.ASCII)
