"""Who is behind a request: session cookie, API key, HTTP Basic, in this order (cell.md 13.2)."""

from __future__ import annotations

import base64
import binascii
import typing

import synapse.lib.auth as s_auth

COOKIE = 'sess'


class Identity(typing.NamedTuple):
    """The caller.

    Attributes:
        user: The user, None for an anonymous caller.
        sess: Iden of the session, when the caller came with one.
        issue: Why a credential was refused, for the log; ``culprit`` is the user that it named, if known.
    """

    user: s_auth.User | None = None
    sess: str | None = None
    issue: str | None = None
    culprit: s_auth.User | None = None


NOBODY = Identity()


def parse_basic(header: str) -> tuple[str, str] | None:
    """Return ``(name, password)`` of an Authorization header, None when it is not well-formed Basic."""
    scheme, _, blob = header.strip().partition(' ')
    if scheme.lower() != 'basic':
        return None
    try:
        text = base64.b64decode(blob.strip().encode('ascii'), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, passwd = text.partition(':')
    return (name, passwd) if colon else None


async def check_login(auth: s_auth.Auth, name: str, passwd: str) -> Identity:
    """Return who a name and password stand for; ``issue`` says why nobody."""
    user = auth.getUserByName(name)
    if user is None:
        return Identity(issue=f'No such user. ({name})')
    if user.isLocked():
        return Identity(issue='User is locked.', culprit=user)
    if not await user.tryPasswd(passwd):
        return Identity(issue='Incorrect password.', culprit=user)
    return Identity(user=user)


def check_session(auth: s_auth.Auth, sess: str) -> Identity:
    """Return who a session stands for. One that ended makes the caller anonymous."""
    info = auth.sessions.get(sess)
    if info is None:
        return NOBODY
    user = auth.user(info['user'])
    if user is None:
        return Identity(issue=f'User does not exist: {info["user"]}')
    if user.isLocked():
        return Identity(issue='User is locked.', culprit=user)
    return Identity(user=user, sess=sess)


async def check_apikey(auth: s_auth.Auth, key: str) -> Identity:
    """Return who an API key stands for; ``issue`` says why nobody."""
    valid, info = await auth.apikeys.check(key)
    if valid:
        return Identity(user=auth.user(info['udef']['iden']))
    return Identity(issue=info['mesg'], culprit=auth.user(info['user']) if 'user' in info else None)


async def identify(auth: s_auth.Auth, sess: str | None, key: str | None, authorization: str | None) -> Identity:
    """Return who is behind a request.

    Args:
        sess: Session iden of a cookie with a good signature. key: Value of ``X-API-KEY``.
        authorization: Value of ``Authorization``.
    """
    if sess is not None:
        return check_session(auth, sess)
    if key is not None:
        return await check_apikey(auth, key)
    if authorization is not None:
        parts = parse_basic(authorization)
        return NOBODY if parts is None else await check_login(auth, *parts)
    return NOBODY
