"""``$lib.inet.http.oauth.v2``: tokens that the Cortex keeps fresh (spec: storm-runtime.md 20)."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.misc as s_libmisc
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib = s_registry.lib
s_registry.libdoc('$lib.inet.http.oauth.v2', 'Providers of OAuth 2.0, and tokens from them.')


def _oauth(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.oauth


def _admin(rt: Runtime, name: str) -> Any:
    s_libmisc.req_admin(rt, f'{name}() requires admin privs.')
    return _oauth(rt)


@lib('$lib.inet.http.oauth.v2.addProvider', readonly=False)
async def add_provider(rt: Runtime, conf: Prim) -> None:
    """Add a provider.

    It has iden, name, scope, auth_uri, token_uri, redirect_uri; client_id and client_secret, or, with the auth_scheme
    client_assertion, a client_assertion (``cortex:callstorm`` or ``msft:azure:workloadidentity``); and may have
    ssl_verify and extra_auth_params. Raises: AuthDeny, SchemaViolation, BadArg, DupIden.
    """
    oauth = _admin(rt, 'addProvider')
    await rt.editor.flush()
    await oauth.add(conf)


@lib('$lib.inet.http.oauth.v2.getProvider', readonly=False)
def get_provider(rt: Runtime, iden: str) -> Def | None:
    """Return a provider without its secret, null for an unknown one. Raises: AuthDeny."""
    return typing.cast('Def | None', s_coerce.wrap(_admin(rt, 'getProvider').get(iden)))


@lib('$lib.inet.http.oauth.v2.listProviders', readonly=False)
def list_providers(rt: Runtime) -> list[tuple[str, Def]]:
    """Return (iden, provider without its secret) of all. Raises: AuthDeny."""
    return [(iden, s_coerce.wrap(info)) for iden, info in _admin(rt, 'listProviders').all()]


@lib('$lib.inet.http.oauth.v2.delProvider', readonly=False)
async def del_provider(rt: Runtime, iden: str) -> Def | None:
    """Remove a provider and all tokens from it; returns it, null for an unknown one. Raises: AuthDeny."""
    oauth = _admin(rt, 'delProvider')
    await rt.editor.flush()
    return typing.cast('Def | None', s_coerce.wrap(await oauth.delete(iden)))


@lib('$lib.inet.http.oauth.v2.setUserAuthCode', readonly=False)
async def set_code(rt: Runtime, iden: str, authcode: str, code_verifier: str | None = None) -> None:
    """Exchange a code of the user for a token, which is kept and kept fresh. Raises: BadArg, SynErr."""
    await rt.editor.flush()
    await rt.out.publish()
    await _oauth(rt).set_code(iden, rt.query.user.iden, authcode, code_verifier)


@lib('$lib.inet.http.oauth.v2.getUserAccessToken', readonly=False)
def get_token(rt: Runtime, iden: str) -> tuple[bool, str]:
    """Return (true, token) of the user, or (false, why there is none). Raises: BadArg."""
    return typing.cast('tuple[bool, str]', _oauth(rt).token(iden, rt.query.user.iden))


@lib('$lib.inet.http.oauth.v2.clearUserAccessToken', readonly=False)
async def clear_token(rt: Runtime, iden: str) -> Def | None:
    """Forget the token of the user; returns what was known of it."""
    await rt.editor.flush()
    return typing.cast('Def | None', s_coerce.wrap(await _oauth(rt).clear(iden, rt.query.user.iden)))
