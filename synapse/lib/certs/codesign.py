"""Signatures of packages: who vouches for plain data, by a certificate for code (spec: storm-runtime.md 14.1).

Signed are the msgpack bytes of the value with its keys in order, as RSA-PSS with SHA-256.
"""

from __future__ import annotations

import typing

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.certs.make as s_make
import synapse.lib.certs.store as s_store

_HASH = hashes.SHA256()
_PADDING = padding.PSS(padding.MGF1(_HASH), padding.PSS.MAX_LENGTH)
_CODE = x509.ExtendedKeyUsageOID.CODE_SIGNING


def sign(store: s_store.CertStore, name: str, valu: typing.Any) -> dict[str, str]:
    """Return ``{sign, cert}`` for a value, by the code certificate of a name. Raises: NoSuchCert, NoCertKey."""
    cert, key = store.find_cert('code', name), store.find_key('code', name)
    if cert is None:
        raise s_exc.NoSuchCert(mesg=f'There is no certificate for signing code of the name {name}.', name=name)
    if key is None:
        raise s_exc.NoCertKey(mesg=f'Missing .key for {name}', name=name)
    sig = key.sign(_signed(valu), _PADDING, _HASH)
    return {'sign': sig.hex(), 'cert': s_make.cert_pem(cert).decode()}


def verify(store: s_store.CertStore, cert: s_make.Cert, sig: str, valu: typing.Any) -> bool:
    """Return True if a signature is of this value and this certificate, which an authority of a folder has signed.

    Raises: BadCertBytes (not for code), BadCertVerify (nobody trusted signed it, expired, revoked).
    """
    try:
        usage = cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usage = x509.ExtendedKeyUsage([])
    pubkey = cert.public_key()
    if _CODE not in usage or not isinstance(pubkey, rsa.RSAPublicKey):
        raise s_exc.BadCertBytes(mesg='Certificate is not for code signing.')
    if len(store.verify(cert)) < 2:
        raise s_exc.BadCertVerify(mesg='No authority has signed it, but itself.')
    try:
        pubkey.verify(bytes.fromhex(sig), _signed(valu), _PADDING, _HASH)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(valu: typing.Any) -> bytes:
    return s_common.en(s_common.ordered(valu))
