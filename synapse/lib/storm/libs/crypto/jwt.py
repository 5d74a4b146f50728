"""``$lib.crypto.jwt``: signed tokens (RFC 7519; spec: storm-runtime.md 23). ``jose`` has the signatures."""

from __future__ import annotations

import json
import logging
import time
import typing

import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.crypto.jose as s_jose
import synapse.lib.storm.libs.crypto.jwks as s_jwks
import synapse.lib.storm.libs.inet.http as s_http
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Def = dict[str, Any]
Runtime = s_runtime.Runtime
logger = logging.getLogger(__name__)
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.crypto.jwt', 'Signed JSON Web Tokens.')
s_registry.typedoc('crypto:jwt', 'A JSON Web Token.')
s_registry.typedoc('crypto:jwt:dict', 'The header or the claims of a token; they can be assigned until it is signed.')


class Jwt(s_coerce.StormObj):
    """A token: one that is being made, or (with a signature) one that is done."""

    storm_name = 'crypto:jwt'

    def __init__(self, header: Def, payload: Def, signature: bytes | None = None) -> None:
        self.header = JwtDict(self, header)
        self.payload = JwtDict(self, payload)
        self.signature = signature

    def storm_repr(self) -> str:
        return f'crypto:jwt: {self.header.storm_repr()} {self.payload.storm_repr()}'


class JwtDict(s_coerce.StormObj):
    """The header or the payload of a token."""

    storm_name = 'crypto:jwt:dict'

    def __init__(self, token: Jwt, valu: Def) -> None:
        self.token = token
        self.valu = s_coerce.wrap(valu)

    def storm_value(self) -> Def:
        return typing.cast(Def, s_coerce.toprim(self.valu))

    def storm_repr(self) -> str:
        return s_coerce.text(self.valu)

    def storm_bool(self) -> bool:
        return bool(self.valu)

    def storm_len(self) -> int:
        """Return the number of entries."""
        return len(self.valu)

    def storm_iter(self) -> Any:
        return iter([[name, self.entry(name)] for name in self.valu])

    def entry(self, name: str) -> Any:
        """Return an entry, None without; what is signed cannot be changed through it."""
        valu = self.valu.get(name)
        return valu if self.token.signature is None else s_coerce.wrap(valu)


def _set_entry(rt: Runtime, obj: JwtDict, name: Any, valu: Any) -> None:
    if obj.token.signature is not None:
        raise s_exc.IsReadOnly(mesg='The JWT is read only and may not be modified.')
    if not isinstance(name, str):
        raise s_exc.BadArg(mesg='JWT claim and header names must be strings.', name=s_coerce.toprim(name))
    if valu is s_coerce.undef:
        obj.valu.pop(name, None)
        return
    valu = s_coerce.wrap(s_coerce.toprim(valu))
    if obj is obj.token.payload:
        _check_claim(f'Invalid JWT claim {name}', name, valu)
    obj.valu[name] = valu


s_registry.SETTERS['crypto:jwt:dict'] = _set_entry
s_objects.dynamic('crypto:jwt:dict', lambda rt, obj, name: obj.entry(s_coerce.tostr(name)))


# claims


def _is_number(valu: Any) -> bool:
    return isinstance(valu, (int, float)) and not isinstance(valu, bool)


def _is_text(valu: Any) -> bool:
    return isinstance(valu, str)


def _is_audience(valu: Any) -> bool:
    return isinstance(valu, str) or (isinstance(valu, (list, tuple)) and all(map(_is_text, valu)))


_CLAIMS: dict[str, tuple[typing.Callable[[Any], bool], str]] = {
    **dict.fromkeys(('iss', 'sub', 'jti'), (_is_text, 'string')),
    **dict.fromkeys(('exp', 'nbf', 'iat'), (_is_number, 'number')),
    'aud': (_is_audience, 'string or a list of them'),
}


def _check_claim(mesg: str, name: str, valu: Any) -> None:
    """Raise BadArg if a claim of the standard has a wrong type."""
    fits, what = _CLAIMS.get(name, (None, ''))
    if fits is not None and not fits(s_coerce.toprim(valu)):
        raise s_exc.BadArg(mesg=f'{mesg}: {name} must be a {what}.', claim=name)


class Wanted(typing.NamedTuple):
    """What a token must say: see ``jwt_verify``."""

    audience: Any
    issuer: Any
    subject: Any
    leeway: int
    typ: Any
    required: Any
    options: Def

    def asks(self, claim: str) -> bool:
        """Whether a claim is to be looked at."""
        return bool(self.options.get(f'verify_{claim}', True))


def _check_times(payload: Def, want: Wanted) -> None:
    now = time.time()
    for claim in ('exp', 'nbf'):
        if want.asks(claim) and claim in payload and not _is_number(payload[claim]):
            raise s_exc.BadArg(mesg=f'JWT {claim} claim must be a number.', claim=claim)
    if want.asks('exp') and 'exp' in payload and now >= payload['exp'] + want.leeway:
        raise s_exc.BadArg(mesg='JWT has expired.')
    if want.asks('nbf') and 'nbf' in payload and now < payload['nbf'] - want.leeway:
        raise s_exc.BadArg(mesg='JWT is not yet valid (nbf).')


def _check_same(payload: Def, claim: str, wanted: Any) -> None:
    many = isinstance(wanted, (list, tuple))
    if payload.get(claim) not in (wanted if many else (wanted,)) or claim not in payload:
        mesg = f'JWT {claim} does not match {"any" if many else "the"} expected value.'
        raise s_exc.BadArg(mesg=mesg, claim=claim)


def _check_audience(payload: Def, wanted: Any) -> None:
    have = payload.get('aud')
    if not have:
        raise s_exc.BadArg(mesg='JWT has no aud claim value to match the expected audience.')
    have, wanted = ((valu,) if not isinstance(valu, (list, tuple)) else valu for valu in (have, wanted))
    if not any(valu in wanted for valu in have):
        raise s_exc.BadArg(mesg='JWT aud does not match the expected audience.')


def _check(header: Def, payload: Def, want: Wanted) -> None:
    """Raise BadArg if a token does not say what it must."""
    if want.typ is not None and header.get('typ') != want.typ:
        raise s_exc.BadArg(mesg=f'JWT typ {header.get("typ")} does not match the expected typ {want.typ}.')
    required = (want.required,) if isinstance(want.required, str) else want.required or ()
    if not isinstance(required, (list, tuple)):
        raise s_exc.BadArg(mesg='requiredclaims must be a list of strings.')
    for claim in required:
        if claim not in payload:
            raise s_exc.BadArg(mesg=f'JWT is missing required claim: {claim}', claim=claim)
    _check_times(payload, want)
    if want.audience is not None and want.asks('aud'):
        _check_audience(payload, want.audience)
    if want.issuer is not None and want.asks('iss'):
        _check_same(payload, 'iss', want.issuer)
    if want.subject is not None and want.asks('sub'):
        _check_same(payload, 'sub', want.subject)


# making


@s_registry.attr('$lib.crypto.jwt.algorithms')
def jwt_algorithms(rt: Runtime) -> list[str]:
    """The algorithms by which tokens are signed."""
    return list(s_jose.ALGORITHMS)


@lib('$lib.crypto.jwt.generate', pure=True)
def jwt_generate(rt: Runtime, payload: Any = None) -> Jwt:
    """Make a token with these claims, which is not signed yet. Raises: BadArg."""
    payload = {} if payload is None else s_coerce.toprim(payload)
    if not isinstance(payload, dict):
        raise s_exc.BadArg(mesg='The JWT payload must be a dictionary.')
    for name, valu in payload.items():
        if not isinstance(name, str):
            raise s_exc.BadArg(mesg='JWT claim and header names must be strings.', name=name)
        _check_claim('Invalid JWT payload', name, valu)
    return Jwt({}, payload)


def _part(obj: JwtDict, what: str) -> str:
    try:
        return s_jose.pack_json(obj.storm_value())
    except (ValueError, TypeError, RecursionError) as e:
        raise s_exc.BadArg(mesg=f'Unable to encode JWT {what}: {e}') from e


@method('crypto:jwt', 'sign')
def jwt_sign(rt: Runtime, obj: Jwt, key: Any, alg: str, fmt: str = 'compact') -> str:
    """Sign a token, once and for all, and return it as text, compact or as JSON.

    The key is a secret for HS256 and its like, else a private key: an object or its PEM. Raises: BadArg.
    """
    if obj.signature is not None:
        raise s_exc.BadArg(mesg='This JWT has already been signed or loaded.')
    fmt = fmt.lower()
    s_jose.req_alg(alg)
    if fmt not in ('compact', 'json'):
        raise s_exc.BadArg(mesg=f'Invalid JWT serialization format: {fmt}', fmt=fmt)
    key = s_jose.key_of(alg, key, private=True)
    header = {**obj.header.valu, 'alg': alg}
    header.setdefault('typ', 'JWT')
    signed = Jwt(header, obj.payload.storm_value())
    protected, payload = _part(signed.header, 'header'), _part(signed.payload, 'payload')
    obj.signature = s_jose.sign(alg, key, f'{protected}.{payload}')
    obj.header.valu, obj.payload.valu = signed.header.valu, signed.payload.valu
    signature = s_jose.pack(obj.signature)
    if fmt == 'compact':
        return f'{protected}.{payload}.{signature}'
    parts = {'payload': payload, 'protected': protected, 'signature': signature}
    return json.dumps(parts, separators=(',', ':'))


@getter('crypto:jwt', 'header')
def jwt_header(rt: Runtime, obj: Jwt) -> JwtDict:
    """The header; its entries can be assigned until the token is signed."""
    return obj.header


@getter('crypto:jwt', 'payload')
def jwt_payload(rt: Runtime, obj: Jwt) -> JwtDict:
    """The claims; they can be assigned until the token is signed."""
    return obj.payload


@getter('crypto:jwt', 'signature')
def jwt_signature(rt: Runtime, obj: Jwt) -> bytes | None:
    """The signature, null without."""
    return obj.signature


# reading


def _split(token: str) -> tuple[str, str, str]:
    if token.lstrip()[:1] == '{':
        try:
            parts = json.loads(token)
            rows = [parts[name] for name in ('protected', 'payload', 'signature')]
        except (ValueError, KeyError, RecursionError) as e:
            raise s_exc.BadArg(mesg=f'Unable to decode JWT: {e!r}') from e
    else:
        rows = token.split('.')
    if len(rows) == 5:
        raise s_exc.BadArg(mesg='input is a JWE; JWE decryption is not supported.')
    if len(rows) != 3 or not all(isinstance(row, str) and row for row in rows):
        raise s_exc.BadArg(mesg='JWT must contain three non-empty segments.')
    return typing.cast('tuple[str, str, str]', tuple(rows))


def _decode(rows: tuple[str, str, str]) -> tuple[Def, Def, bytes]:
    try:
        header, payload = map(s_jose.unpack_json, rows[:2])
        signature = s_jose.unpack(rows[2])
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Unable to decode JWT: {e}') from e
    for what, valu in (('header', header), ('payload', payload)):
        if not isinstance(valu, dict):
            raise s_exc.BadArg(mesg=f'JWT {what} must be a JSON object.')
    return header, payload, signature


@lib('$lib.crypto.jwt.parse', pure=True)
def jwt_parse(rt: Runtime, token: str) -> Def:
    """Return which kind of token a text is (JWS or JWE) and its header, which nobody has verified. Raises: BadArg."""
    rows = token.split('.')
    kind = {3: 'JWS', 5: 'JWE'}.get(len(rows))
    if kind is None:
        raise s_exc.BadArg(mesg='Unrecognized compact JOSE serialization.')
    try:
        header = s_jose.unpack_json(rows[0])
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Unable to decode JWT header: {e}') from e
    if not isinstance(header, dict):
        raise s_exc.BadArg(mesg='JWT header must be a JSON object.')
    return {'typ': kind, 'header': s_coerce.wrap(header)}


class _Source(typing.NamedTuple):
    """Where the key comes from."""

    key: Any
    uri: Any
    how: s_http.Ask
    internal: bool

    async def key_for(self, rt: Runtime, alg: str, kid: Any) -> Any:
        """Return the key for a token. Raises: BadArg, and what can go wrong while it is fetched."""
        key = s_coerce.toprim(self.key)
        if key is None or key == '':
            if self.uri is None:
                raise s_exc.BadArg(mesg='verify requires a key or a jwks_uri.')
            key = await s_jwks.fetch(rt, s_coerce.tostr(self.uri), self.how, self.internal)
        if not isinstance(key, dict):
            return s_jose.key_of(alg, key, private=False)
        return s_jose.key_of_jwk(alg, s_jose.select(key, kid) if 'keys' in key else key)


def _algorithms(algorithms: Any) -> Any:
    algorithms = s_coerce.toprim(algorithms)
    if not isinstance(algorithms, (list, tuple)) or not all(map(_is_text, algorithms)):
        raise s_exc.BadArg(mesg='algorithms must be a list of strings.')
    if not algorithms:
        raise s_exc.BadArg(mesg='At least one algorithm must be provided.')
    return [s_jose.req_alg(name) for name in algorithms]


async def _verified(rt: Runtime, token: str, source: _Source, algorithms: Any) -> tuple[Def, Def, bytes]:
    algorithms = _algorithms(algorithms)
    rows = _split(token)
    header, payload, signature = _decode(rows)
    alg = header.get('alg')
    if not isinstance(alg, str):
        raise s_exc.BadArg(mesg='JWT header is missing a string alg.')
    if alg not in algorithms:
        raise s_exc.BadArg(mesg=f'JWT alg {alg} is not in the list of allowed algorithms.', alg=alg)
    if 'crit' in header:  # what we must understand, and there is nothing that we do
        raise s_exc.BadArg(mesg='JWT contains an unsupported crit header parameter.', crit=header['crit'])
    key = await source.key_for(rt, alg, header.get('kid'))
    if not s_jose.verify(alg, key, f'{rows[0]}.{rows[1]}', signature):
        raise s_exc.BadArg(mesg='JWT signature verification failed.')
    return header, payload, signature


@lib('$lib.crypto.jwt.verify')
async def jwt_verify(
    rt: Runtime,
    token: str,
    key: Any,
    algorithms: Any,
    audience: Any = None,
    issuer: Any = None,
    subject: Any = None,
    leeway: Any = 0,
    typ: Any = None,
    requiredclaims: Any = None,
    options: Any = None,
    jwks_uri: Any = None,
    ssl_verify: bool = True,
    ssl_opts: Any = None,
    proxy: Any = True,
    allowinternal: bool = False,
) -> list[Any]:
    """Return (true, token) for a good token, else (false, (name, info)) of what is wrong with it.

    The key is a secret, a public key, a JSON Web Key, or a set of them; or one that ``jwks_uri`` has. It must be signed
    by one of the algorithms. Audience and issuer may be lists, of which one must match. Leeway is in seconds. Options:
    ``verify_exp``, ``_nbf``, ``_aud``, ``_iss`` and ``_sub``, false to ignore a claim.
    """
    how = s_http.Ask(None, ssl_verify, None, 30, False, proxy, ssl_opts)
    try:
        opts = {} if options is None else s_coerce.toprim(options)
        if not isinstance(opts, dict):
            raise s_exc.BadArg(mesg='options must be a dictionary.')
        prims = map(s_coerce.toprim, (audience, issuer, subject, typ, requiredclaims))
        audience, issuer, subject, typ, requiredclaims = prims
        want = Wanted(audience, issuer, subject, s_coerce.toint(leeway), typ, requiredclaims, opts)
        source = _Source(key, jwks_uri, how, allowinternal)
        header, payload, signature = await _verified(rt, token, source, algorithms)
        _check(header, payload, want)
    except Exception as e:
        logger.debug('a token was not verified', exc_info=e)
        return [False, s_outbound.failure(e)['err']]
    return [True, Jwt(header, payload, signature)]
