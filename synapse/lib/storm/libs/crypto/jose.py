"""JSON Web Signatures: their algorithms, their keys, their parts (RFC 7515, 7517, 7518). No Storm in here.

What a key may be depends on the algorithm alone, never on what a token or the key claims to be: a public key must not
serve as a secret, however it is written.
"""

from __future__ import annotations

import base64
import binascii
import json
import typing

import joserfc.errors
import joserfc.jwk as j_jwk
import joserfc.jws as j_jws

import synapse.exc as s_exc
import synapse.lib.storm.libs.crypto.keys as s_keys

Any = typing.Any
Def = dict[str, Any]
ALGORITHMS = tuple(f'{kind}{size}' for kind in ('HS', 'RS', 'PS', 'ES') for size in (256, 384, 512))
RSA_BITS = 2048  # RFC 7518, 3.3: shorter keys must not be used
_registry = j_jws.JWSRegistry(algorithms=list(ALGORITHMS))
_curves = {'ES256': 'secp256r1', 'ES384': 'secp384r1', 'ES512': 'secp521r1'}
_CRVS = ('P-256', 'P-384', 'P-521')


def req_alg(alg: Any) -> str:
    """Return the name of an algorithm. Raises: BadArg."""
    if alg not in ALGORITHMS:
        raise s_exc.BadArg(mesg=f'Invalid or unsupported JWT algorithm: {alg}', alg=alg)
    return typing.cast(str, alg)


# parts of a token


def pack(byts: bytes) -> str:
    """Return bytes as a part of a token."""
    return base64.urlsafe_b64encode(byts).rstrip(b'=').decode()


def unpack(text: str) -> bytes:
    """Return the bytes of a part of a token. Raises: ValueError."""
    return base64.b64decode(text + '=' * (-len(text) % 4), altchars=b'-_', validate=True)


def pack_json(valu: Any) -> str:
    """Return plain data as a part of a token. Raises: ValueError, TypeError."""
    text = json.dumps(valu, separators=(',', ':'), ensure_ascii=False, allow_nan=False)
    return pack(text.encode())


def unpack_json(text: str) -> Any:
    """Return the plain data of a part of a token. Raises: ValueError."""

    def refuse(name: str) -> None:
        raise ValueError(f'{name} is no JSON')

    try:
        return json.loads(unpack(text), parse_constant=refuse)
    except RecursionError:
        raise ValueError('it is nested too deeply') from None


# keys


def _secret(alg: str, byts: bytes) -> j_jwk.OctKey:
    if b'-----BEGIN ' in byts:
        raise s_exc.BadArg(mesg='An asymmetric key may not be used with an HMAC (HS*) algorithm.')
    least = int(alg[2:]) // 8
    if len(byts) < least:
        raise s_exc.BadArg(mesg=f'The HMAC secret must be at least {least} bytes for this algorithm.')
    return j_jwk.OctKey.import_key(byts)


def _kind(alg: str) -> Any:
    return j_jwk.ECKey if alg.startswith('ES') else j_jwk.RSAKey


def _check_fit(alg: str, key: Any) -> None:
    """Check size and curve of a public RSA or EC key. Raises: BadArg."""
    if alg.startswith('ES'):
        if key.curve.name != _curves[alg]:
            mesg = f'ECC key curve {key.curve.name} does not match the curve required for JWT algorithm {alg}.'
            raise s_exc.BadArg(mesg=mesg, alg=alg)
    elif key.key_size < RSA_BITS:
        mesg = f'RSA keys must be at least {RSA_BITS} bits, got {key.key_size}.'
        raise s_exc.BadArg(mesg=mesg, bits=key.key_size)


def key_of(alg: str, valu: Any, private: bool) -> Any:
    """Return the key for an algorithm from a secret, or PEM or DER. Raises: BadArg."""
    if alg.startswith('HS'):
        return _secret(alg, s_keys.key_bytes(valu))
    which = 'private' if private else 'public'
    ctor: type[s_keys.Key] = s_keys.EccKey if alg.startswith('ES') else s_keys.RsaKey
    try:
        key = s_keys.load(ctor, valu)
    except s_exc.BadArg as e:
        raise s_exc.BadArg(**{**e.items(), 'mesg': str(e.get('mesg')).replace(' key:', f' {which} key:', 1)}) from e
    if key.is_private is not private:
        raise s_exc.BadArg(mesg=f'Invalid {ctor.kind} {which} key: it is the other one of the pair.')
    _check_fit(alg, key.pubkey)
    return _kind(alg).import_key(key.storm_value())


def key_of_jwk(alg: str, jwk: Def) -> Any:
    """Return the key for an algorithm from a JSON Web Key. Raises: BadArg."""
    kind = jwk.get('kty')
    if alg.startswith('HS'):
        if kind != 'oct':
            raise s_exc.BadArg(mesg=f'JWK kty {kind} does not match the HMAC algorithm {alg}.')
        try:
            return _secret(alg, unpack(str(jwk.get('k', ''))))
        except (binascii.Error, ValueError) as e:
            raise s_exc.BadArg(mesg=f'Invalid HMAC JWK k value: {e}') from e
    ctor = _kind(alg)
    if kind != ctor.key_type:
        raise s_exc.BadArg(mesg=f'Unsupported JWK kty: {kind}', kty=kind)
    if ctor is j_jwk.ECKey and jwk.get('crv') not in _CRVS:
        raise s_exc.BadArg(mesg=f'Unsupported JWK EC curve: {jwk.get("crv")}', crv=jwk.get('crv'))
    if jwk.get('use', 'sig') != 'sig' or jwk.get('alg', alg) != alg:
        raise s_exc.BadArg(mesg=f'The JWK is not meant for signatures of algorithm {alg}.', alg=alg)
    names = ('kty', 'crv', 'x', 'y', 'n', 'e')
    try:
        key = ctor.import_key({name: jwk[name] for name in names if name in jwk})
    except (ValueError, TypeError, joserfc.errors.JoseError) as e:
        raise s_exc.BadArg(mesg=f'Malformed JWK: {e}') from e
    _check_fit(alg, key.public_key)
    return key


def select(jwks: Def, kid: Any) -> Def:
    """Return the key of a set that a token names. Raises: BadArg."""
    keys = jwks.get('keys')
    if not isinstance(keys, (list, tuple)):
        raise s_exc.BadArg(mesg='JWKS keys must be a list.')
    found = [key for key in keys if isinstance(key, dict) and kid in (None, key.get('kid'))]
    if len(found) == 1:
        return typing.cast(Def, found[0])
    if kid is None:
        raise s_exc.BadArg(mesg='JWKS contains multiple keys but the token has no kid to select one.')
    raise s_exc.BadArg(mesg=f'JWKS does not contain exactly one key with kid {kid}.', kid=kid)


# signatures


def sign(alg: str, key: Any, text: str) -> bytes:
    """Return the signature of the text of two parts."""
    return _registry.get_alg(alg).sign(text.encode(), key)


def verify(alg: str, key: Any, text: str, signature: bytes) -> bool:
    """Return whether a signature fits."""
    return _registry.get_alg(alg).verify(text.encode(), signature, key)
