"""``$lib.inet.http.oauth.v1``: signed requests (RFC 5849; spec: storm-runtime.md 20)."""

from __future__ import annotations

import typing

import oauthlib.oauth1
import yarl

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.inet.http as s_http
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
s_registry.libdoc('$lib.inet.http.oauth', 'OAuth.')
s_registry.libdoc('$lib.inet.http.oauth.v1', 'Requests that are signed as OAuth 1.0 has it.')
s_registry.typedoc('inet:http:oauth:v1:client', 'A client that signs requests.')
for _name, _valu in (
    ('SIG_QUERY', oauthlib.oauth1.SIGNATURE_TYPE_QUERY),
    ('SIG_HEADER', oauthlib.oauth1.SIGNATURE_TYPE_AUTH_HEADER),
    ('SIG_BODY', oauthlib.oauth1.SIGNATURE_TYPE_BODY),
):
    s_registry.const(f'$lib.inet.http.oauth.v1.{_name}', _valu)


class Client(s_coerce.StormObj):
    """Someone who signs requests."""

    storm_name = 'inet:http:oauth:v1:client'

    def __init__(self, client: oauthlib.oauth1.Client) -> None:
        self.client = client

    def storm_repr(self) -> str:
        return 'inet:http:oauth:v1:client'


@s_registry.lib('$lib.inet.http.oauth.v1.client', readonly=False)
def oauth_client(
    rt: Runtime,
    ckey: str,
    csecret: str,
    atoken: str,
    asecret: str,
    sigtype: str = oauthlib.oauth1.SIGNATURE_TYPE_QUERY,
) -> Client:
    """Return a client by its key and secret, and the token and secret of whom it acts for.

    The signature goes where one of SIG_QUERY, SIG_HEADER and SIG_BODY says.
    """
    client = oauthlib.oauth1.Client(
        ckey,
        client_secret=csecret,
        resource_owner_key=atoken,
        resource_owner_secret=asecret,
        signature_type=sigtype,
    )
    return Client(client)


@s_registry.method('inet:http:oauth:v1:client', 'sign', readonly=False)
def client_sign(
    rt: Runtime,
    obj: Client,
    baseurl: str,
    method: str = 'GET',
    headers: Any = None,
    params: Any = None,
    body: Any = None,
) -> tuple[str, dict[str, Any], Any]:
    """Return (url, headers, body) of a request with its signature. Raises: StormRuntimeError."""
    headers, params, body = map(s_coerce.toprim, (headers, params, body))
    try:
        url = yarl.URL(baseurl)
        if params is not None:
            url = url.update_query(s_http.texts(params))
        if headers is not None and not isinstance(headers, dict):
            raise ValueError('headers must be a dict')
        heads = {s_coerce.tostr(name): s_coerce.tostr(valu) for name, valu in (headers or {}).items()}
        if obj.client.signature_type == oauthlib.oauth1.SIGNATURE_TYPE_BODY:
            heads.setdefault('Content-Type', 'application/x-www-form-urlencoded')
        verb = typing.cast(Any, method)
        signed, heads, body = obj.client.sign(str(url), http_method=verb, headers=heads, body=body)
    except (ValueError, TypeError) as e:
        raise s_exc.StormRuntimeError(mesg=f'Request signing failed ({e})') from None
    return (signed, dict(heads), body)
