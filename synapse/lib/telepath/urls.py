"""Telepath URLs: text to info map and back (spec: telepath.md 11.1, 13.2).

The grammar is split by hand and is not RFC 3986: the query and the path are never percent-decoded, user and password
are, and the user part ends at the last ``@``.
"""

from __future__ import annotations

import collections.abc
import typing
import urllib.parse

import synapse.exc as s_exc
import synapse.lib.telepath.home as s_home

Info = dict[str, typing.Any]
Url = str | dict[str, typing.Any]

DEFAULT_PORT = 27492

_BASE_KEYS = frozenset(('scheme', 'host', 'port', 'user', 'passwd', 'path'))


def _split_query(text: str) -> tuple[str, Info]:
    body, mark, query = text.partition('?')
    info: Info = {}
    if mark:
        for part in query.split('&'):
            if not part:
                continue
            name, equal, valu = part.partition('=')
            info[name] = valu if equal else None
    return body, info


def _split_host(text: str) -> tuple[str, int | None]:
    if text.startswith('['):
        # no port after the bracket is a ValueError, as the spec has it: [::1] alone is not an address form of ours
        host, port = text.rsplit(':', 1)
        if not host.endswith(']'):
            raise ValueError(f'IPv6 address without a port: {text}')
        return host[1:-1], int(port)
    if text.count(':') > 1:
        return text, None
    host, mark, port = text.partition(':')
    return host, int(port) if mark else None


def parse(url: str) -> Info:
    """Return the info map of a URL or of an alias: ``scheme, host, port?, user?, passwd?, path`` and the query keys.

    Raises:
        BadUrl: There is no ``://`` in the text, and it is no alias.
        ValueError: The port is not a number.
    """
    text = url if '://' in url else s_home.alias(url) or ''
    scheme, mark, rest = text.partition('://')
    if not mark:
        raise s_exc.BadUrl(mesg=f':// not found in [{url}] and no alias found!', url=url)
    rest, query = _split_query(rest)
    info: Info = {'scheme': scheme.lower()}
    addr, slash, path = rest.partition('/')
    info['path'] = slash + path
    if '@' in addr:
        auth, addr = addr.rsplit('@', 1)
        user, colon, passwd = auth.partition(':')
        info['user'] = urllib.parse.unquote(user)
        if colon:
            info['passwd'] = urllib.parse.unquote(passwd)
    host, port = _split_host(addr)
    info['host'] = host
    if port is not None:
        info['port'] = port
    info.update(query)
    return info


def chopurl(url: Url, **opts: typing.Any) -> Info:
    """Return the info map of a URL; a map is copied; ``opts`` win over what the URL says.

    Raises:
        BadArg: Neither text nor a map.
    """
    if isinstance(url, str):
        info = parse(url)
    elif isinstance(url, collections.abc.Mapping):
        info = dict(url)
    else:
        raise s_exc.BadArg(mesg=f'telepath.chopurl() requires a string or dictionary, not {type(url).__name__}.')
    info.update(opts)
    return info


def zipurl(info: Info) -> str:
    """Return the URL text of an info map; keys that are no part of a URL become the query. Nothing is escaped."""
    text = f'{info.get("scheme")}://'
    user = info.get('user')
    if user:
        text += user
        if info.get('passwd'):
            text += f':{info["passwd"]}'
        text += '@'
    host = info.get('host')
    if host:
        text += f'[{host}]' if ':' in host and info.get('port') is not None else host
    if info.get('port') is not None:
        text += f':{info["port"]}'
    text += info.get('path') or ''
    query = [name if valu is None else f'{name}={valu}' for name, valu in info.items() if name not in _BASE_KEYS]
    if query:
        text += '?' + '&'.join(query)
    return text


@typing.overload
def modurl(url: str, **info: typing.Any) -> str: ...
@typing.overload
def modurl(url: list[str] | tuple[str, ...], **info: typing.Any) -> list[str]: ...
def modurl(url: str | list[str] | tuple[str, ...], **info: typing.Any) -> str | list[str]:
    """Return a URL (or each URL of a list) with parts replaced."""
    if isinstance(url, str):
        return zipurl(chopurl(url, **info))
    return [zipurl(chopurl(item, **info)) for item in url]


def mergeAhaInfo(info0: Info, info1: Info) -> Info:
    """Return the caller's URL info overlaid with what the AHA registry says (section 13.2).

    The path always stays local; the user stays local when there is one.
    """
    info = dict(info0)
    for name, valu in info1.items():
        if name == 'path' or (name == 'user' and info0.get('user') is not None):
            continue
        info[name] = valu
    info.setdefault('path', '')
    return info


def sanitize(url: typing.Any) -> typing.Any:
    """Return a URL, or each URL of a list, with the password masked, fit for a log line."""
    if isinstance(url, (list, tuple)):
        return [sanitize(item) for item in url]
    try:
        info = chopurl(url)
    except (s_exc.SynErr, ValueError):
        return '<invalid url>' if isinstance(url, str) and '@' in url else url
    if info.get('passwd'):
        info['passwd'] = '****'
    return zipurl(info) if isinstance(url, str) else info
