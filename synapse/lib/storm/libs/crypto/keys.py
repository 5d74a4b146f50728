"""``$lib.crypto.rsa`` and ``$lib.crypto.ecc``: keys that sign and verify (spec: storm-runtime.md 23).

Both kinds of key have the same methods; what differs between them is in two subclasses of ``Key``.
"""

from __future__ import annotations

import asyncio
import typing

import cryptography.exceptions as c_exc
import cryptography.hazmat.primitives.asymmetric.ec as c_ec
import cryptography.hazmat.primitives.asymmetric.padding as c_padding
import cryptography.hazmat.primitives.asymmetric.rsa as c_rsa
import cryptography.hazmat.primitives.hashes as c_hashes
import cryptography.hazmat.primitives.serialization as c_serial

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.values.bytes as s_libbytes
import synapse.lib.storm.parts as s_parts
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.crypto.rsa', 'RSA keys.')
s_registry.libdoc('$lib.crypto.ecc', 'Keys on elliptic curves.')
s_registry.typedoc('crypto:rsa:key', 'An RSA key.')
s_registry.typedoc('crypto:ecc:key', 'A key on an elliptic curve.')

BITS = range(1024, 8193)  # sizes of RSA keys: shorter ones can be broken, longer ones take minutes to make
HASHES: dict[str, type[c_hashes.HashAlgorithm]] = {
    'sha256': c_hashes.SHA256,
    'sha384': c_hashes.SHA384,
    'sha512': c_hashes.SHA512,
}
CURVES: dict[str, c_ec.EllipticCurve] = {
    **dict.fromkeys(('p-256', 'secp256r1'), c_ec.SECP256R1()),
    **dict.fromkeys(('p-384', 'secp384r1'), c_ec.SECP384R1()),
    **dict.fromkeys(('p-521', 'secp521r1'), c_ec.SECP521R1()),
}
_FORMATS = {'pem': c_serial.Encoding.PEM, 'der': c_serial.Encoding.DER}
_UNREADABLE = (ValueError, TypeError, c_exc.UnsupportedAlgorithm)  # TypeError: it has a password


class Key(s_coerce.StormObj):
    """A private or public key; its plain form is PEM text."""

    kind: str
    private: type
    public: type

    def __init__(self, key: Any) -> None:
        self.key = key
        self.is_private = isinstance(key, self.private)

    @property
    def pubkey(self) -> Any:
        """The public key, also of a private one."""
        return self.key.public_key() if self.is_private else self.key

    def encode(self, encoding: c_serial.Encoding) -> bytes:
        """Return the key as PKCS#8, or as SubjectPublicKeyInfo if it is a public one."""
        if self.is_private:
            retn = self.key.private_bytes(encoding, c_serial.PrivateFormat.PKCS8, c_serial.NoEncryption())
        else:
            retn = self.key.public_bytes(encoding, c_serial.PublicFormat.SubjectPublicKeyInfo)
        return typing.cast(bytes, retn)

    def storm_value(self) -> str:
        return self.encode(c_serial.Encoding.PEM).decode()

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {self.storm_value()}'

    def storm_iter(self) -> Any:
        mesg = f"'{self.storm_name}' object is not iterable."  # the usual text tells all
        raise s_parts.tell(s_exc.StormRuntimeError(mesg=mesg), 'object')


class RsaKey(Key):
    """An RSA key."""

    storm_name = 'crypto:rsa:key'
    kind = 'RSA'
    private, public = c_rsa.RSAPrivateKey, c_rsa.RSAPublicKey


class EccKey(Key):
    """A key on an elliptic curve."""

    storm_name = 'crypto:ecc:key'
    kind = 'ECC'
    private, public = c_ec.EllipticCurvePrivateKey, c_ec.EllipticCurvePublicKey


def key_bytes(valu: Any) -> bytes:
    """Return what was given as a key, text, bytes or key object, as bytes. Raises: BadArg."""
    valu = s_coerce.toprim(valu)
    if isinstance(valu, str):
        return valu.encode(errors='surrogatepass')
    return s_libbytes.req_bytes(valu, 'key must be bytes or str.', name='key')


def load(ctor: type[Key], valu: Any) -> Key:
    """Return a private or public key from PEM or DER. Raises: BadArg."""
    byts = key_bytes(valu)
    pem = b'-----BEGIN' in byts
    try:
        load = c_serial.load_pem_private_key if pem else c_serial.load_der_private_key
        key: Any = load(byts, password=None)
    except _UNREADABLE:
        try:
            key = (c_serial.load_pem_public_key if pem else c_serial.load_der_public_key)(byts)
        except _UNREADABLE as e:
            raise s_exc.BadArg(mesg=f'Invalid {ctor.kind} key: {e}') from e
    if not isinstance(key, (ctor.private, ctor.public)):
        which = 'private' if hasattr(key, 'private_bytes') else 'public'
        raise s_exc.BadArg(mesg=f'Key is not an {ctor.kind} {which} key.')
    return ctor(key)


def _hash(name: str) -> c_hashes.HashAlgorithm:
    ctor = HASHES.get(name.lower())
    if ctor is None:
        raise s_exc.BadArg(mesg=f'Invalid hash algorithm: {name}', hashalgo=name)
    return ctor()


def _signer(key: Key) -> Any:
    if not key.is_private:
        raise s_exc.BadArg(mesg='Cannot sign with a public key.')
    return key.key


def _signed(byts: Any) -> bytes:
    return s_libbytes.req_bytes(byts, 'byts must be bytes.', name='byts')


def _verified(key: Any, byts: Any, signature: Any, *how: Any) -> bool:
    try:
        key.verify(signature, byts, *how)
    except c_exc.InvalidSignature:
        return False
    return True


# making and reading


@lib('$lib.crypto.rsa.generate')
async def rsa_generate(rt: Runtime, bits: int = 2048) -> RsaKey:
    """Make a private RSA key of so many bits. Raises: BadArg."""
    if bits not in BITS:
        mesg = f'RSA key size must be between {BITS[0]} and {BITS[-1]} bits, got {bits}.'
        raise s_exc.BadArg(mesg=mesg, bits=bits)
    return RsaKey(await asyncio.to_thread(c_rsa.generate_private_key, 65537, bits))


@lib('$lib.crypto.rsa.load', pure=True)
def rsa_load(rt: Runtime, key: Any) -> RsaKey:
    """Return a private or public RSA key from PEM or DER. Raises: BadArg."""
    return typing.cast(RsaKey, load(RsaKey, key))


@lib('$lib.crypto.ecc.generate')
def ecc_generate(rt: Runtime, curve: str = 'P-256') -> EccKey:
    """Make a private key on a curve: P-256, P-384 or P-521. Raises: BadArg."""
    found = CURVES.get(curve.lower())
    if found is None:
        raise s_exc.BadArg(mesg=f'Invalid ECC curve: {curve}', curve=curve)
    return EccKey(c_ec.generate_private_key(found))


@lib('$lib.crypto.ecc.load', pure=True)
def ecc_load(rt: Runtime, key: Any) -> EccKey:
    """Return a private or public key on an elliptic curve from PEM or DER. Raises: BadArg."""
    return typing.cast(EccKey, load(EccKey, key))


# what both have


def _is_private(rt: Runtime, obj: Key) -> bool:
    """Whether it is a private key."""
    return obj.is_private


def _encode(rt: Runtime, obj: Key, fmt: str = 'pem') -> str | bytes:
    """Return the key as text (pem) or bytes (der). Raises: BadArg."""
    encoding = _FORMATS.get(fmt.lower())
    if encoding is None:
        raise s_exc.BadArg(mesg=f'Invalid key encoding format: {fmt}', fmt=fmt)
    byts = obj.encode(encoding)
    return byts.decode() if encoding is c_serial.Encoding.PEM else byts


def _pubkey(rt: Runtime, obj: Key) -> Key:
    """Return the public key of a private one. Raises: BadArg."""
    if not obj.is_private:
        raise s_exc.BadArg(mesg=f'The {obj.storm_name} is already public-only.')
    return type(obj)(obj.pubkey)


for _ctor in (RsaKey, EccKey):
    getter(_ctor.storm_name, 'isPrivate')(_is_private)
    method(_ctor.storm_name, 'encode', pure=True)(_encode)
    method(_ctor.storm_name, 'pubkey', pure=True)(_pubkey)


# RSA: the padding is a choice, too


def _rsa_how(padding: str, hashalgo: str, salt: Any) -> tuple[c_padding.AsymmetricPadding, c_hashes.HashAlgorithm]:
    name = padding.lower()
    if name not in ('pss', 'pkcs1v15'):
        raise s_exc.BadArg(mesg=f'Invalid padding scheme: {name}', padding=name)
    algo = _hash(hashalgo)
    return (c_padding.PSS(c_padding.MGF1(algo), salt) if name == 'pss' else c_padding.PKCS1v15()), algo


@method('crypto:rsa:key', 'sign', pure=True)
def rsa_sign(rt: Runtime, obj: RsaKey, byts: Any, padding: str = 'pss', hashalgo: str = 'sha256') -> bytes:
    """Return a signature of bytes; padding is pss or pkcs1v15, hashalgo sha256, sha384 or sha512. Raises: BadArg."""
    key, byts = _signer(obj), _signed(byts)
    how = _rsa_how(padding, hashalgo, c_padding.PSS.MAX_LENGTH)
    return typing.cast(bytes, key.sign(byts, *how))


@method('crypto:rsa:key', 'verify', pure=True)
def rsa_verify(
    rt: Runtime, obj: RsaKey, byts: Any, signature: Any, padding: str = 'pss', hashalgo: str = 'sha256'
) -> bool:
    """Return whether it is a signature of these bytes; the other arguments are those of sign. Raises: BadArg."""
    byts = _signed(byts)
    s_libbytes.req_bytes(signature, 'signature must be bytes.', name='signature')
    return _verified(obj.pubkey, byts, signature, *_rsa_how(padding, hashalgo, c_padding.PSS.AUTO))


# ECDSA


@method('crypto:ecc:key', 'sign', pure=True)
def ecc_sign(rt: Runtime, obj: EccKey, byts: Any, hashalgo: str = 'sha256') -> bytes:
    """Return an ECDSA signature (DER) of bytes; hashalgo is sha256, sha384 or sha512. Raises: BadArg."""
    key, byts = _signer(obj), _signed(byts)
    return typing.cast(bytes, key.sign(byts, c_ec.ECDSA(_hash(hashalgo))))


@method('crypto:ecc:key', 'verify', pure=True)
def ecc_verify(rt: Runtime, obj: EccKey, byts: Any, signature: Any, hashalgo: str = 'sha256') -> bool:
    """Return whether it is an ECDSA signature (DER) of these bytes. Raises: BadArg."""
    byts = _signed(byts)
    s_libbytes.req_bytes(signature, 'signature must be bytes.', name='signature')
    return _verified(obj.pubkey, byts, signature, c_ec.ECDSA(_hash(hashalgo)))
