"""Does a certificate hold: who signed it, is it in time, was it revoked (aha.md 9). Pure."""

from __future__ import annotations

import datetime
import typing

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import synapse.exc as s_exc
import synapse.lib.certs.make as s_make
import synapse.lib.limits as s_limits

Cert = x509.Certificate
Crl = x509.CertificateRevocationList

# Authorities between a certificate and a root.
_MAX_CHAIN = 16


def expires(cert: Cert) -> int:
    """Return when a certificate expires, in epoch milliseconds."""
    return int(cert.not_valid_after_utc.timestamp() * 1000)


def is_signed_by(cert: Cert, issuer: Cert) -> bool:
    """Return True when a certificate was signed by an authority, and that is one."""
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        cert.verify_directly_issued_by(issuer)
    except Exception:  # a bad signature, another name, an odd key: the answer is the same
        return False
    return True


def verify(
    cert: Cert, cas: typing.Iterable[Cert], crls: typing.Iterable[Crl] = (), when: datetime.datetime | None = None
) -> list[Cert]:
    """Return the chain of a certificate, from itself to a root that signed itself.

    Args:
        cas: The authorities that are trusted, intermediate ones included.
        crls: What they have revoked; a list that its authority did not sign is ignored.
        when: The moment to look at; now by default.

    Raises:
        BadCertVerify: No chain, not valid yet, expired, revoked.
    """
    when = s_make.now() if when is None else when
    known, lists = list(cas), list(crls)
    chain = [cert]
    _check_time(cert, when)
    while chain[-1].issuer != chain[-1].subject:
        issuer = next((item for item in known if is_signed_by(chain[-1], item)), None)
        if issuer is None or len(chain) > _MAX_CHAIN:
            raise s_exc.BadCertVerify(mesg=f'No trusted authority has signed {_name(chain[-1])}.')
        _check_time(issuer, when)
        if any(is_revoked(chain[-1], issuer, crl) for crl in lists):
            raise s_exc.BadCertVerify(mesg=f'The certificate of {_name(chain[-1])} was revoked.')
        chain.append(issuer)
    if chain[-1] not in known:
        raise s_exc.BadCertVerify(mesg=f'No trusted authority has signed {_name(chain[-1])}.')
    return chain


def _name(cert: Cert) -> str:
    return cert.subject.rfc4514_string()


def _check_time(cert: Cert, when: datetime.datetime) -> None:
    if when < cert.not_valid_before_utc:
        raise s_exc.BadCertVerify(mesg=f'The certificate of {_name(cert)} is not valid yet.')
    if when > cert.not_valid_after_utc:
        raise s_exc.BadCertVerify(mesg=f'The certificate of {_name(cert)} has expired.')


# Revocation lists


def load_crl(byts: bytes) -> Crl:
    """Return the revocation list of a PEM text. Raises BadCertBytes."""
    try:
        return x509.load_pem_x509_crl(byts)
    except ValueError as e:
        raise s_exc.BadCertBytes(mesg=f'These bytes are no revocation list: {e}') from None


def crl_pem(crl: Crl) -> bytes:
    """Return a revocation list as PEM."""
    return crl.public_bytes(serialization.Encoding.PEM)


def is_revoked(cert: Cert, issuer: Cert, crl: Crl) -> bool:
    """Return True when a list of the issuer has the certificate."""
    if crl.issuer != issuer.subject or crl.get_revoked_certificate_by_serial_number(cert.serial_number) is None:
        return False
    return crl.is_signature_valid(typing.cast(typing.Any, issuer.public_key()))


def make_crl(issuer: Cert, key: s_make.Key, old: Crl | None = None, revoke: Cert | None = None) -> Crl:
    """Return a revocation list: what the old one has, and one more."""
    tick = s_make.now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(tick)
        .next_update(tick + datetime.timedelta(days=s_limits.CERT_DAYS))
    )
    for item in old or ():
        builder = builder.add_revoked_certificate(item)
    if revoke is not None:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(revoke.serial_number)
            .revocation_date(tick)
            .add_extension(x509.CRLReason(x509.ReasonFlags.unspecified), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256())
