"""Was a certificate revoked, and is one of ours in time (spec: aha.md 9).

Lists of revoked certificates are files, ``crls/NAME.crl``. They are read again when they change, so a certificate ends
with the next connection. A list that cannot be read stops all connections: nobody can say what is in it.

``tls`` loads this module when there is a list, or something went wrong: what it needs takes longer to load than all of
Telepath.
"""

from __future__ import annotations

import functools
import os

import synapse.exc as s_exc
import synapse.lib.certs as s_certs

# Authorities above a certificate: a chain that is longer goes in circles.
MAX_CHAIN = 16

Stamped = tuple[tuple[str, int], ...]


def _stamp(paths: list[str]) -> Stamped:
    return tuple((path, os.stat(path).st_mtime_ns) for path in paths)


@functools.lru_cache(maxsize=1024)
def _load_cert(path: str, stamp: int) -> s_certs.Cert:
    with open(path, 'rb') as file:
        return s_certs.load_cert(file.read())


@functools.lru_cache(maxsize=1024)
def _load_crl(path: str, stamp: int) -> s_certs.Crl:
    with open(path, 'rb') as file:
        try:
            return s_certs.load_crl(file.read())
        except s_exc.BadCertBytes:
            raise s_exc.BadCertBytes(mesg=f'Not a list of revoked certificates: {path}', path=path) from None


@functools.lru_cache(maxsize=1024)
def _revoked(der: bytes, cas: Stamped, crls: Stamped) -> str | None:
    """Return the name of the revoked one among a certificate and the authorities above it."""
    issuers = [_load_cert(*item) for item in cas]
    lists = [_load_crl(*item) for item in crls]
    cert = s_certs.load_der(der)
    for _ in range(MAX_CHAIN):
        issuer = next((item for item in issuers if s_certs.is_signed_by(cert, item)), None)
        if issuer is None:
            return None
        if any(s_certs.is_revoked(cert, issuer, crl) for crl in lists):
            return s_certs.name_of(cert)
        if issuer == cert:
            return None
        cert = issuer
    return None


def check(der: bytes, cas: list[str], crls: list[str]) -> None:
    """Refuse a certificate that was revoked, or whose authority was.

    Args:
        der: The certificate. cas: Paths of the authorities that are known. crls: Paths of the lists.

    Raises:
        BadCertVerify: It was. BadCertBytes: A list cannot be read.
    """
    name = _revoked(der, _stamp(cas), _stamp(crls))
    if name is not None:
        raise s_exc.BadCertVerify(mesg=f'The certificate of {name} was revoked.', name=name)


def fault(path: str, cas: list[str], crls: list[str]) -> str | None:
    """Return what is wrong with a certificate of ours that somebody refused, None when we do not know."""
    cert = _load_cert(path, os.stat(path).st_mtime_ns)
    text = f'our certificate {path}'
    now = s_certs.now()
    if now > cert.not_valid_after_utc:
        return f'{text} has expired ({cert.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC)'
    if now < cert.not_valid_before_utc:
        return f'{text} is not valid before {cert.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC'
    if _revoked(s_certs.der(cert), _stamp(cas), _stamp(crls)) is not None:
        return f'{text} was revoked'
    return None
