"""Keys, certificates and requests as objects and as PEM (aha.md 9.1). Pure."""

from __future__ import annotations

import dataclasses
import datetime
import typing

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Key = rsa.RSAPrivateKey
Cert = x509.Certificate
Usage = x509.ExtendedKeyUsageOID

_NS_CERT_TYPE = x509.ObjectIdentifier('2.16.840.1.113730.1.1')


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a kind of certificate is for.

    Attributes:
        isca: It may sign others. encipher: Its key may also encrypt keys.
        usage: The extended key usage. nstype: The old Netscape type, a DER bit string that some clients still read.
    """

    isca: bool = False
    encipher: bool = False
    usage: x509.ObjectIdentifier | None = None
    nstype: bytes | None = None


KINDS: dict[str, Kind] = {
    'cas': Kind(isca=True),
    'hosts': Kind(encipher=True, usage=Usage.SERVER_AUTH, nstype=b'\x03\x02\x06\x40'),
    'users': Kind(usage=Usage.CLIENT_AUTH, nstype=b'\x03\x02\x07\x80'),
    'code': Kind(usage=Usage.CODE_SIGNING, nstype=b'\x03\x02\x04\x10'),
}


def now() -> datetime.datetime:
    """Return the time, to the second as certificates have it."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def req_name(name: typing.Any) -> str:
    """Return the common name of a certificate, which is also the name of its file. Raises CryptoErr, BadArg."""
    size = len(name.encode('utf8', 'surrogatepass')) if isinstance(name, str) else 0
    if not 0 < size <= s_limits.CERT_NAME_BYTES:
        mesg = (
            f'Certificate name values must be between 1-{s_limits.CERT_NAME_BYTES} bytes when utf8-encoded. '
            f'got name={name}, len={size}'
        )
        raise s_exc.CryptoErr(mesg=mesg, name=name)
    if '/' in name or '\x00' in name or name in ('.', '..'):
        raise s_exc.BadArg(mesg=f'A certificate name may not be a path: {name!r}', name=name)
    return typing.cast(str, name)


def subject(name: str) -> x509.Name:
    """Return the subject for a name. Raises CryptoErr, BadArg."""
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, req_name(name))])


def name_of(item: Cert | x509.CertificateSigningRequest) -> str:
    """Return the common name of the subject. Raises BadCertBytes when there is not exactly one."""
    attrs = item.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    if len(attrs) != 1:
        raise s_exc.BadCertBytes(mesg='The subject must have exactly one common name.')
    return str(attrs[0].value)


def make_key() -> Key:
    """Return a new private key. Takes seconds: call it in a thread where others wait."""
    return rsa.generate_private_key(public_exponent=65537, key_size=s_limits.CERT_KEY_BITS)


def make_cert(
    kind: str,
    name: str,
    pubkey: typing.Any,
    issuer: Cert | None,
    signer: Key,
    sans: typing.Iterable[x509.GeneralName] = (),
) -> Cert:
    """Return a certificate.

    Args:
        kind: One of ``KINDS``. name: The common name. pubkey: The public key.
        issuer: The certificate of the authority; None for one that signs itself. signer: The key that signs.
        sans: Alternative names.

    Raises: CryptoErr, BadArg (the name).
    """
    info = KINDS[kind]
    tick = now()
    back = datetime.timedelta(seconds=s_limits.CERT_BACKDATE_SECS)
    subj = subject(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subj)
        .issuer_name(subj if issuer is None else issuer.subject)
        .public_key(pubkey)
        .serial_number(x509.random_serial_number())
        .not_valid_before(tick - back)
        .not_valid_after(tick + datetime.timedelta(days=s_limits.CERT_DAYS))
        .add_extension(x509.BasicConstraints(ca=info.isca, path_length=None), critical=False)
    )
    if info.usage is not None:
        builder = builder.add_extension(_key_usage(info.encipher), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([info.usage]), critical=False)
    if info.nstype is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(_NS_CERT_TYPE, info.nstype), critical=False)
    names = list(sans)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _key_usage(encipher: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=encipher,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def make_csr(name: str, key: Key) -> bytes:
    """Return a request for a certificate as PEM. Raises CryptoErr, BadArg (the name)."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(name))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


# PEM


def cert_pem(cert: Cert) -> bytes:
    """Return a certificate as PEM."""
    return cert.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Key) -> bytes:
    """Return a private key as PEM, not encrypted."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def load_cert(byts: bytes) -> Cert:
    """Return the first certificate of a PEM text. Raises BadCertBytes."""
    try:
        return x509.load_pem_x509_certificate(byts)
    except ValueError as e:
        raise s_exc.BadCertBytes(mesg=f'These bytes are no certificate: {e}') from None


def der(cert: Cert) -> bytes:
    """Return a certificate as DER."""
    return cert.public_bytes(serialization.Encoding.DER)


def load_der(byts: bytes) -> Cert:
    """Return the certificate in DER bytes. Raises BadCertBytes."""
    try:
        return x509.load_der_x509_certificate(byts)
    except ValueError as e:
        raise s_exc.BadCertBytes(mesg=f'These bytes are no certificate: {e}') from None


def load_csr(byts: bytes) -> x509.CertificateSigningRequest:
    """Return the request of a PEM text, signed by the key that it is for. Raises BadCertBytes."""
    try:
        csr = x509.load_pem_x509_csr(byts)
        good = csr.is_signature_valid
    except Exception as e:  # the library raises more than it says
        raise s_exc.BadCertBytes(mesg=f'These bytes are no certificate request: {e}') from None
    if not good:
        raise s_exc.BadCertBytes(mesg='The signature of the certificate request is not right.')
    return csr


def load_key(byts: bytes) -> Key:
    """Return the private key of a PEM text, PKCS#1 or PKCS#8. Raises CryptoErr."""
    try:
        key = serialization.load_pem_private_key(byts, password=None)
    except (ValueError, TypeError) as e:
        raise s_exc.CryptoErr(mesg=f'These bytes are no private key: {e}') from None
    return typing.cast(Key, key)
