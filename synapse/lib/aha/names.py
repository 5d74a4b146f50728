"""Names of services, hosts and users in a network (aha.md 2). Pure.

A full name is ``svcname.network``. It ends up in URLs, certificates and file names, so what has a meaning there may not
be in it.
"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

# What would end a name, or begin something else, in a URL or a path; white space and control characters.
_BAD = re.compile(r'[\s\x00-\x1f\x7f/\\?&#@:=%,]')


def req_str(valu: typing.Any, what: str) -> str:
    """Return a value that must be text. Raises BadArg."""
    if not isinstance(valu, str):
        raise s_exc.BadArg(mesg=f'The {what} must be a string, not {type(valu).__name__}.', name=what)
    return valu


def req_label(valu: typing.Any, what: str) -> str:
    """Return a name, with or without dots, that may be used in a URL and in a certificate. Raises BadArg."""
    text = req_str(valu, what)
    if len(text.encode('utf8', 'replace')) > s_limits.AHA_NAME_BYTES:
        raise s_exc.BadArg(mesg=f'The {what} must not exceed {s_limits.AHA_NAME_BYTES} bytes.', name=what)
    if not text or not text.isprintable() or _BAD.search(text) or '' in text.split('.'):
        raise s_exc.BadArg(mesg=f'The {what} is not a valid name: {text!r}', name=what, valu=text)
    return text


def expand(name: typing.Any, network: str | None) -> str:
    """Return a full name: ``name...`` is short for ``name.<network of AHA>``. Raises BadArg without a network."""
    text = req_str(name, 'name')
    if not text.endswith('...'):
        return text
    if network is None:
        mesg = f'AHA has no aha:network: it cannot tell what {text} is short for.'
        raise s_exc.BadArg(mesg=mesg, name=text)
    return f'{text[:-3]}.{network}'


def split(name: typing.Any, network: typing.Any = None) -> tuple[str, str]:
    """Return (svcname, network) of a service that is to be registered. Without a network, the first dot divides them.

    Raises BadArg.
    """
    if network is not None:
        return req_label(name, 'name'), req_label(network, 'network')
    svcname, dot, netw = req_str(name, 'name').partition('.')
    if not dot:
        raise s_exc.BadArg(mesg='Name must contain at least one "."', name=name, arg='name')
    return req_label(svcname, 'name'), req_label(netw, 'network')


def alias(svcname: str) -> str | None:
    """Return the name that the leader of a group of instances has: ``cortex`` for ``00.cortex``; None for no group."""
    _, dot, label = svcname.rpartition('.')
    return label if dot else None


def req_hostname(name: typing.Any, network: str) -> str:
    """Return the full name of a service to be provisioned, which becomes the subject of its certificate.

    Raises BadArg.
    """
    if name == '':
        raise s_exc.BadArg(mesg='Empty name values are not allowed for provisioning.')
    hostname = f'{req_str(name, "name")}.{network}'
    if _too_long(hostname):
        mesg = f'Hostname value must not exceed 64 characters in length. hostname={hostname!r}, len={len(hostname)}'
        raise s_exc.BadArg(mesg=mesg, name=name)
    if not req_label(name, 'name').isascii():
        raise s_exc.BadArg(mesg=f'A hostname must be ASCII: {name!r}', name=name)
    return hostname


def req_username(name: typing.Any, network: str) -> str:
    """Return the name of a user as AHA knows it, which becomes the subject of the certificate. Raises BadArg."""
    if name == '':
        raise s_exc.BadArg(mesg='Empty name values are not allowed for provisioning.')
    username = f'{req_str(name, "name")}@{network}'
    if _too_long(username):
        mesg = f'Username value must not exceed 64 characters in length. username={username}, len={len(username)}'
        raise s_exc.BadArg(mesg=mesg, name=name)
    req_label(name, 'name')
    return username


def _too_long(name: str) -> bool:
    return len(name.encode('utf8', 'replace')) > s_limits.CERT_NAME_BYTES
