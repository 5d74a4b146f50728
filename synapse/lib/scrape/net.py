"""URLs, network addresses, domain names and e-mail addresses in text."""

from __future__ import annotations

import ipaddress
import re
import typing

import regex

import synapse.lib.scrape.tables as s_tables

Found = typing.Iterator[tuple[typing.Any, int, int]]

_ASCII = re.IGNORECASE | re.ASCII

# URLs

_scheme = re.compile(rf'(?<![a-z0-9])[0-9]*+([a-z][a-z0-9]{{0,{s_tables.SCHEME_MAX - 1}}}+)://', _ASCII)
_url_rest = re.compile(r"""[^ \t\n\r\f\v"']++""")
_BRACKETS = {'(': ')', '[': ']', '{': '}', '<': '>', '\u201c': '\u201d', '\u2018': '\u2019'}


def urls(text: str) -> Found:
    """Find ``scheme://...`` up to a blank or a quote."""
    place = 0
    while (match := _scheme.search(text, place)) is not None:
        start, place = match.start(1), match.end()
        if match[1].lower() not in s_tables.SCHEMES:
            continue
        found = _url_rest.match(text, place)
        if found is None:
            continue
        place = found.end()
        rest = found[0] if place == len(text) else found[0].rstrip(',.')
        opener = text[start - 1 : start]
        if opener in _BRACKETS:
            rest = _unbracketed(rest, opener, _BRACKETS[opener])
        if rest:
            end = match.end() + len(rest)
            yield text[start:end], start, end


def _unbracketed(text: str, opener: str, closer: str) -> str:
    """Drop the closing brackets at the end that are not opened within the text."""
    spare = text.count(closer) - text.count(opener)
    bare = text.rstrip(closer)
    return text[: max(len(bare), len(text) - max(spare, 0))]


_unc = re.compile(
    r"""
    (?<![\\\w]) \\\\
    (?: (?<="\\\\) (?P<quoted> [^\\\s"]++ \\ [^\\\n"] [^\n"]*+ ) (?=")
      | (?<='\\\\) (?P<ticked> [^\\\s']++ \\ [^\\\n'] [^\n']*+ ) (?=')
      | [^\\\s]++ \\ [^\\\s] [^\s]*+ )
    """,
    re.VERBOSE,
)


def unc_paths(text: str) -> Found:
    r"""Find ``\\host\share...``: up to a blank, or in quotes."""
    for match in _unc.finditer(text):
        yield match[0], *match.span()


# names

_EMAIL_MAX = 256  # characters before the @
_FQDN_MAX = 253
_DOTS = '.\u3002\uff0e\uff61'
_email_user = re.compile(rf'(?<![a-z0-9_.+-])[a-z0-9_.+-]{{1,{_EMAIL_MAX}}}+@', _ASCII)
_email_host = re.compile(r'[a-z0-9_-]++(?:\.[a-z0-9_-]++)++', _ASCII)
_LABEL = r'[[\p{L}\p{M}\p{N}\p{Sc}\p{Sm}\p{So}_\-]--[$+<=>|~]]'
_fqdn = regex.compile(
    rf'(?V1)(?<!{_LABEL}|[{_DOTS}]){_LABEL}++(?:[{_DOTS}]{_LABEL}++)++(?![{_DOTS}][{_DOTS}])', regex.UNICODE
)
_dots = re.compile(f'[{_DOTS}]')


def emails(text: str) -> Found:
    """Find addresses whose host has a known top level domain; what follows that domain after a dot is not its part."""
    for match in _email_user.finditer(text):
        host = _email_host.match(text, match.end())
        if host is None:
            continue
        labels = host[0].lower().split('.')
        while len(labels) > 1 and not s_tables.is_tld(labels[-1]):
            labels.pop()
        if len(labels) > 1:
            end = match.end() + len('.'.join(labels))
            yield text[match.start() : end], match.start(), end


def fqdns(text: str) -> Found:
    """Find names of at least two labels whose last one is a top level domain."""
    for match in _fqdn.finditer(text):
        last = _dots.split(match[0])[-1]
        if len(match[0]) <= _FQDN_MAX and last.isascii() and s_tables.is_tld(last.lower()):
            yield match[0], *match.span()


# addresses

_OCTET = r'(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})(?![0-9])'
_QUAD = rf'(?<![0-9])(?<![0-9]\.){_OCTET}(?:\.{_OCTET}){{3}}'
_ipv4 = re.compile(rf'{_QUAD}(?!\.[0-9])')
_ipv6_before = re.compile(r':[0-9A-Fa-f]{0,4}:$')
_ipv6 = re.compile(
    r'(?<![0-9A-Za-z_:])(?<![0-9]\.)[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:]*+(?:\.[0-9]{1,3}){0,3}+(?![0-9A-Za-z_]|\.[0-9])'
)
_server = re.compile(rf'(?:{_QUAD}|\[(?P<ipv6>[0-9A-Fa-f:.]{{2,45}}+)\]):(?P<port>[1-9][0-9]{{0,4}}+)(?![0-9]|\.[0-9])')


def is_ipv6(text: str) -> bool:
    """Is this the text of an IPv6 address, other than a bare ``::``?"""
    if text.count(':') < 2 or text == '::':
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _ends_ipv6(text: str, start: int) -> bool:
    """Is the dotted quad that begins here the tail of an IPv6 address?"""
    return _ipv6_before.search(text[max(start - 6, 0) : start]) is not None


def ipv4s(text: str) -> Found:
    """Find dotted quads that are no part of longer dotted numbers."""
    for match in _ipv4.finditer(text):
        if not _ends_ipv6(text, match.start()):
            yield match[0], *match.span()


def ipv6s(text: str) -> Found:
    """Find IPv6 addresses."""
    for match in _ipv6.finditer(text):
        valu = match[0]
        if valu.endswith(':') and not valu.endswith('::'):
            valu = valu[:-1]
        if is_ipv6(valu):
            yield valu, match.start(), match.start() + len(valu)


def servers(text: str) -> Found:
    """Find addresses with a port: ``1.2.3.4:80``, ``[::1]:80``."""
    for match in _server.finditer(text):
        if int(match['port']) > 65535:
            continue
        ipv6 = match['ipv6']
        if is_ipv6(ipv6) if ipv6 is not None else not _ends_ipv6(text, match.start()):
            yield match[0], *match.span()
