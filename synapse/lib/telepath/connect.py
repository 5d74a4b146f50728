"""From a URL to a connected link (spec: telepath.md 11.2, 11.3, 12).

A ``Target`` is a URL made ready: share name, credentials, TLS context and checks. The handshake link and every pool
link of a proxy are opened from the same one, so that pins and names are checked on each.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import ssl
import typing

import synapse.exc as s_exc
import synapse.lib.telepath.certdir as s_certdir
import synapse.lib.telepath.link as s_link
import synapse.lib.telepath.tls as s_tls
import synapse.lib.telepath.urls as s_urls

Resolver = typing.Callable[[s_urls.Info], typing.Awaitable[s_urls.Info]]

# How URLs of discovery schemes become URLs that can be connected to: ``{scheme: async (info) -> info}``. The AHA client
# plugs in here.
resolvers: dict[str, Resolver] = {}


@dataclasses.dataclass(slots=True, frozen=True)
class Target:
    """Where and how to connect."""

    name: str  # share name for the handshake, may be empty
    auth: tuple[str, dict[str, typing.Any]] | None
    path: str | None = None  # unix socket
    host: str = ''
    port: int = s_urls.DEFAULT_PORT
    ctx: ssl.SSLContext | None = None
    hostname: str | None = None
    certhash: str | None = None
    certdir: s_certdir.CertDir | None = None
    certpath: str | None = None  # the certificate that we show

    async def connect(self) -> s_link.ClientLink:
        """Open one link.

        Raises:
            NoSuchPath, LinkErr: The unix socket is absent, or nobody listens on it.
            BadCertHost, LinkBadCert, BadCertVerify: The certificate is for another name, not the pinned one, revoked.
            OSError, ssl.SSLError: As Python raises them.
        """
        loop = asyncio.get_running_loop()
        if self.path is not None:
            return await self._connect_unix(loop, self.path)
        _, link = await loop.create_connection(
            s_link.ClientLink,
            self.host,
            self.port,
            ssl=self.ctx,
            server_hostname=self.hostname if self.ctx is not None else None,
        )
        sslobj = link.getTlsObject()
        if sslobj is not None and self.certdir is not None:
            try:
                s_tls.check_server(sslobj, self.hostname or '', self.certhash, self.certdir)
            except s_exc.SynErr:
                link.abort()
                raise
        return link

    def refused(self) -> s_exc.SynErr:
        """Return the error for a link that the server closed instead of answering.

        It does so when it does not like our certificate, and cannot say why.
        """
        mesg = 'socket closed by server before handshake'
        if self.certpath is not None and self.certdir is not None:
            why = s_tls.fault(self.certpath, self.certdir)
            mesg = mesg if why is None else f'{mesg}: {why}'
        return s_exc.LinkShutDown(mesg=mesg)

    async def _connect_unix(self, loop: asyncio.AbstractEventLoop, path: str) -> s_link.ClientLink:
        try:
            _, link = await loop.create_unix_connection(s_link.ClientLink, path)
        except FileNotFoundError:
            raise s_exc.NoSuchPath(mesg=f'Cell path does not exist: {path}', path=path)
        except ConnectionRefusedError:
            raise s_exc.LinkErr(mesg=f'Cell path is not listening: {path}', path=path)
        return link


def _auth(info: s_urls.Info) -> tuple[str, dict[str, typing.Any]] | None:
    user = info.get('user')
    return None if user is None else (user, {'passwd': info.get('passwd')})


def _unix_target(info: s_urls.Info) -> Target:
    # the host part of unix:// means nothing; in cell:// it is the first part of a relative folder
    path, _, share = info['path'].partition(':')
    if info['scheme'] == 'cell':
        host = info.get('host')
        path = os.path.join(host + path if host else path, 'sock')
    name = info.get('name') or share or '*'
    return Target(name=name, auth=_auth(info), path=path)


def _tcp_target(info: s_urls.Info) -> Target:
    name = info.get('name') or info['path'][1:]
    port = info.get('port')
    host = info.get('host')
    port = s_urls.DEFAULT_PORT if port is None else int(port)
    if info['scheme'] == 'tcp':
        return Target(name=name, auth=_auth(info), host=host or '', port=port)
    hostname = info.get('hostname') or host
    certhash = info.get('certhash')
    certdir = info.get('certdir')
    if not isinstance(certdir, s_certdir.CertDir):
        certdir = s_certdir.getCertDir()
    certname = info.get('certname')
    if certname is None and info.get('user') is not None and info.get('passwd') is None:
        certname = f'{info["user"]}@{hostname}'
    user = s_tls.user_paths(certdir, certname) if certname is not None and not certhash else None
    return Target(
        name=name,
        auth=_auth(info),
        host=host or '',
        port=port,
        ctx=s_tls.client_context(certdir, user, certhash),
        hostname=hostname,
        certhash=certhash,
        certdir=certdir,
        certpath=user[0] if user is not None else None,
    )


async def target(info: s_urls.Info) -> Target:
    """Return the target of a URL's info map; discovery schemes are resolved.

    Raises:
        BadUrl: Unknown scheme.
        FeatureNotSupported: A discovery scheme that nobody here can resolve.
        NoSuchCert, NoCertKey: The user certificate that the URL asks for is missing.
    """
    scheme = info['scheme']
    if '+' in scheme:
        disc = scheme.split('+', 1)[1]
        if disc == 'consul':
            raise s_exc.FeatureNotSupported(mesg='Consul is no longer supported.')
        raise s_exc.BadUrl(mesg=f'Unknown discovery protocol [{disc}].', disc=disc)
    if scheme in resolvers:
        info = await resolvers[scheme](info)
        scheme = info['scheme']
    if scheme in ('unix', 'cell'):
        return _unix_target(info)
    if scheme in ('tcp', 'ssl'):
        return _tcp_target(info)
    raise s_exc.BadUrl(mesg=f'Invalid URL scheme: {scheme}', scheme=scheme)
