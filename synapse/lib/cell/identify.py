"""Who is calling over Telepath (cell.md 5.1, telepath.md 10): from a handshake to a user of ours."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.cell.conf as s_conf


class Link(typing.Protocol):
    """What we ask of a connection."""

    def get(self, name: str) -> typing.Any: ...

    def getTlsPeerCn(self) -> str | None: ...


async def identify(auth: s_auth.Auth, conf: s_conf.Config, link: Link, mesg: typing.Any) -> s_auth.User:
    """Return the user for a handshake message. First that applies: unix socket, TLS certificate, no auth, password.

    Raises AuthDeny, NoSuchUser; malformed ``auth`` gives ValueError or AttributeError.
    """
    cred = mesg[1].get('auth')
    if link.get('unix'):
        return _named(auth, 'root' if cred is None else cred[0])
    peer = link.getTlsPeerCn()
    if peer is not None:
        return _by_cert(auth, conf, peer)
    if cred is None:
        return _anonymous(auth, conf)
    name, info = cred
    user = _named(auth, name)
    if not await user.tryPasswd(info.get('passwd')):
        raise s_exc.AuthDeny(mesg='Invalid password', username=user.name, user=user.iden)
    return user


def _named(auth: s_auth.Auth, name: str) -> s_auth.User:
    user = auth.getUserByName(name)
    if user is None:
        raise s_exc.NoSuchUser(mesg=f'No such user: {name}.', username=name)
    return user


def _by_cert(auth: s_auth.Auth, conf: s_conf.Config, peer: str) -> s_auth.User:
    user = None
    name, _, network = peer.partition('@')
    if network and network == conf.get('aha:network'):
        user = auth.getUserByName(name)
    if user is None:
        user = auth.getUserByName(peer)
    if user is None:
        raise s_exc.NoSuchUser(mesg=f'TLS client cert User not found: {peer}', username=peer)
    if user.isLocked():
        raise s_exc.AuthDeny(mesg=f'User ({user.name}) is locked.', user=user.iden, username=user.name)
    return user


def _anonymous(auth: s_auth.Auth, conf: s_conf.Config) -> s_auth.User:
    name = conf.get('auth:anon')
    if name is None:
        raise s_exc.AuthDeny(mesg='Unable to find cell user (None)')
    user = auth.getUserByName(name)
    if user is None:
        raise s_exc.AuthDeny(mesg=f'Anon user ({name}) is not found.', username=name)
    if user.isLocked():
        raise s_exc.AuthDeny(mesg=f'Anon user ({name}) is locked.', username=name, user=user.iden)
    return user
