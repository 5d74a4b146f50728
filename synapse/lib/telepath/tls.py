"""TLS contexts and the checks that telepath makes itself (spec: telepath.md 9.3, 11.3).

Two rules differ from the web: the name of a server is its subject CN, compared exactly, and a pinned ``certhash``
replaces every other check.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import ssl
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.telepath.certdir as s_certdir

# forward secrecy only: no key exchange by plain RSA, no anonymous or pre-shared keys
CIPHERS = 'ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:!kRSA:!aNULL:!eNULL:!PSK:!SRP:!SHA1:!MD5'


def _harden(ctx: ssl.SSLContext) -> None:
    ctx.minimum_version = ssl.TLSVersion.TLSv1_2
    # certificates made by older tools lack key identifiers, which the strict mode of Python 3.13 refuses
    ctx.verify_flags &= ~ssl.VERIFY_X509_STRICT


def _host_context(certdir: s_certdir.CertDir, host: str, capath: str | None) -> ssl.SSLContext:
    certpath = certdir.getHostCertPath(host)
    if certpath is None:
        raise s_exc.NoCertKey(mesg=f'Missing TLS certificate file for host: {host}')
    keypath = certdir.getHostKeyPath(host)
    if keypath is None:
        raise s_exc.NoCertKey(mesg=f'Missing TLS key file for host: {host}')
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _harden(ctx)
    ctx.options |= ssl.OP_NO_RENEGOTIATION
    ctx.set_ciphers(CIPHERS)
    ctx.load_cert_chain(certpath, keypath)
    if capath is not None:
        ctx.verify_mode = ssl.CERT_REQUIRED
        ctx.load_verify_locations(cafile=capath)
    return ctx


def server_context(certdir: s_certdir.CertDir, hostname: str, caname: str | None = None) -> ssl.SSLContext:
    """Return the context of a listener.

    Args:
        certdir: Where certificates are.
        hostname: The host certificate; a comma list routes by SNI, the first is for unknown names.
        caname: Demand client certificates of exactly this CA.

    Raises:
        NoCertKey: No certificate or key for a host name.
        NoSuchCert: No certificate of the CA.
    """
    capath = None
    if caname is not None:
        capath = certdir.getCaCertPath(caname)
        if capath is None:
            raise s_exc.NoSuchCert(mesg=f'Missing CA Certificate for {caname}', name=caname)
    names = [name.strip() for name in hostname.split(',')]
    contexts = {name: _host_context(certdir, name, capath) for name in names}
    main = contexts[names[0]]
    if len(names) > 1:

        def route(sock: ssl.SSLObject | ssl.SSLSocket, name: str | None, _ctx: ssl.SSLContext) -> None:
            found = contexts.get(name or '')
            if found is not None:
                sock.context = found

        main.sni_callback = route
    return main


def user_paths(certdir: s_certdir.CertDir, certname: str) -> tuple[str, str]:
    """Return the paths of certificate and key that a client shows; a ``user@host`` may be one of a parent domain.

    Raises:
        NoSuchCert: No certificate for ``certname``. NoCertKey: Its private key is missing.
    """
    name = certname
    user, mark, host = certname.partition('@')
    if mark:
        name = certdir.getUserForHost(user, host) or certname
    certpath = certdir.getUserCertPath(name)
    if certpath is None:
        raise s_exc.NoSuchCert(mesg=f'User certificate not found: {certname}', name=certname)
    keypath = certdir.getUserKeyPath(name)
    if keypath is None:
        raise s_exc.NoCertKey(mesg=f'User private key not found: {certname}', name=certname)
    return certpath, keypath


def client_context(
    certdir: s_certdir.CertDir, user: tuple[str, str] | None = None, certhash: str | None = None
) -> ssl.SSLContext:
    """Return the context of a connection: trusts the system's CAs and every ``cas/*.crt``.

    With ``certhash`` nothing is verified here (``check_server`` compares the pin).

    Args:
        user: Paths of the certificate and key to show.
    """
    if certhash is not None:
        return _pinned_context()
    return _client_context(_stamped(certdir.iterCaCertPaths()), _stamped(user or ()))


Stamped = tuple[tuple[str, int], ...]


def _stamped(paths: typing.Iterable[str]) -> Stamped:
    return tuple((path, os.stat(path).st_mtime_ns) for path in paths)


@functools.cache
def _pinned_context() -> ssl.SSLContext:
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(ctx)
    ctx.check_hostname = False
    ctx.verify_mode = ssl.CERT_NONE
    return ctx


@functools.lru_cache(maxsize=s_limits.TELE_TLS_CONTEXTS)
def _client_context(cas: Stamped, user: Stamped) -> ssl.SSLContext:
    """Return a context for files as they are now. It takes 20 milliseconds to load the CAs of the system."""
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(ctx)
    ctx.check_hostname = False
    ctx.load_default_certs(ssl.Purpose.SERVER_AUTH)
    for path, _ in cas:
        ctx.load_verify_locations(cafile=path)
    if user:
        (certpath, _), (keypath, _) = user
        ctx.load_cert_chain(certpath, keypath)
    return ctx


def subject_cn(sslobj: ssl.SSLObject | None) -> str | None:
    """Return the subject CN of the verified certificate of the other side, None when there is none."""
    cert: typing.Any = sslobj.getpeercert() if sslobj is not None else None
    for rdn in (cert or {}).get('subject', ()):
        for name, valu in rdn:
            if name == 'commonName':
                return str(valu)
    return None


def _revoked() -> typing.Any:
    # see there why it is not imported with the others
    return importlib.import_module('synapse.lib.telepath.revoked')


def check_revoked(sslobj: ssl.SSLObject, certdir: s_certdir.CertDir) -> None:
    """Refuse a certificate of the other side that a list of ours has. Raises BadCertVerify, BadCertBytes."""
    crls = list(certdir.iterCrlPaths())
    byts = sslobj.getpeercert(True) if crls else None
    if byts:
        _revoked().check(byts, list(certdir.iterCaCertPaths()), crls)


def fault(certpath: str, certdir: s_certdir.CertDir) -> str | None:
    """Return why a server may have refused our certificate, None when we do not know."""
    try:
        text = _revoked().fault(certpath, list(certdir.iterCaCertPaths()), list(certdir.iterCrlPaths()))
    except (s_exc.SynErr, OSError):
        return None
    return typing.cast('str | None', text)


def check_server(sslobj: ssl.SSLObject, hostname: str, certhash: str | None, certdir: s_certdir.CertDir) -> None:
    """Check the server's certificate after the TLS handshake.

    Raises:
        LinkBadCert: It is not the pinned one. The pin is case-sensitive lower-case hex.
        BadCertHost: Its subject CN is not ``hostname``.
        BadCertVerify: It was revoked.
    """
    if certhash is not None:
        byts = sslobj.getpeercert(True) or b''
        if hashlib.sha256(byts).hexdigest() != certhash:
            raise s_exc.LinkBadCert(mesg=f'Server cert does not match pinned certhash={certhash}.')
        return
    name = subject_cn(sslobj)
    if name != hostname:
        raise s_exc.BadCertHost(mesg=f'Expected: {hostname} Got: {name}')
    check_revoked(sslobj, certdir)
