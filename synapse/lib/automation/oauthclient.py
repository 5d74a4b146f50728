"""Asking a provider of OAuth 2.0 for tokens (RFC 6749, RFC 7523): the definition of a provider, and one exchange."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pathlib
import typing

import aiohttp

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.limits as s_limits
import synapse.lib.schema as s_schema
import synapse.lib.storm.run as s_run

Any = typing.Any
Def = dict[str, Any]
STORM, AZURE = 'cortex:callstorm', 'msft:azure:workloadidentity'
_TEXT = {'type': 'string'}
_IDEN = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'


def _object(required: list[str], **properties: Any) -> Def:
    return {'type': 'object', 'properties': properties, 'required': required, 'additionalProperties': False}


check = s_schema.checker(
    _object(
        ['auth_uri', 'iden', 'name', 'redirect_uri', 'scope', 'token_uri'],
        **dict.fromkeys(
            ('name', 'client_id', 'client_secret', 'scope', 'auth_uri', 'token_uri', 'redirect_uri'), _TEXT
        ),
        iden=_IDEN,
        flow_type={'type': 'string', 'default': 'authorization_code', 'enum': ['authorization_code']},
        auth_scheme={'type': 'string', 'default': 'basic', 'enum': ['basic', 'client_assertion']},
        client_assertion={
            'oneOf': [
                _object(
                    [STORM], **{STORM: _object(['query', 'view'], query=_TEXT, view=_IDEN, vars={'type': 'object'})}
                ),
                _object([AZURE], **{AZURE: _object(['token'], token={'const': True}, client_id={'type': 'boolean'})}),
            ]
        },
        ssl_verify={'type': 'boolean', 'default': True},
        extra_auth_params={'type': 'object', 'additionalProperties': _TEXT},
    )
)
_check_token = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'access_token': _TEXT,
            'expires_in': {'type': 'number', 'minimum': 0, 'maximum': 10**10},
            'refresh_token': {'type': ['string', 'null']},
        },
        'required': ['access_token', 'expires_in'],
    }
)


class Refused(Exception):
    """No token. ``lasting`` says that asking again the same way will not help."""

    def __init__(self, mesg: str, lasting: bool = False) -> None:
        super().__init__(mesg)
        self.lasting = lasting


def req_sense(info: Def) -> None:
    """Check what the schema of a provider cannot say. Raises: BadArg."""
    secret, assertion, scheme = (info.get(name) for name in ('client_secret', 'client_assertion', 'auth_scheme'))
    if not secret and not assertion:
        mesg = (
            'client_assertion and client_secret missing. These are mutually exclusive options and one must be provided.'
        )
        raise s_exc.BadArg(mesg=mesg)
    if secret and assertion:
        mesg = 'client_assertion and client_secret provided. These are mutually exclusive options.'
        raise s_exc.BadArg(mesg=mesg)
    azure, query = ((assertion or {}).get(name) for name in (AZURE, STORM))
    if not info.get('client_id') and not (azure or {}).get('client_id'):
        raise s_exc.BadArg(mesg=f'Must provide client_id for auth_scheme={scheme}')
    if scheme == 'basic' and not secret:
        raise s_exc.BadArg(mesg='Must provide client_secret for auth_scheme=basic')
    if scheme == 'basic' and ':' in info['client_id']:
        raise s_exc.BadArg(mesg='A client_id for auth_scheme=basic must not have a colon.')  # RFC 7617
    if scheme == 'client_assertion' and not assertion:
        raise s_exc.BadArg(mesg='Must provide client_assertion for auth_scheme=client_assertion')
    if azure is not None:
        try:
            _environ('AZURE_FEDERATED_TOKEN_FILE')
            if azure.get('client_id'):
                _environ('AZURE_CLIENT_ID')
        except Refused as e:
            raise s_exc.BadArg(mesg=f'Failed to get the client_assertion data: {e}') from None
    if query is not None:
        try:
            s_run.parse(query['query'])
        except s_exc.BadSyntax as e:
            raise s_exc.BadArg(mesg=f'Bad storm query: {e.get("mesg")}') from None


def _environ(name: str) -> str:
    valu = os.environ.get(name)
    if not valu:
        raise Refused(f'{name} environment variable is not set.')
    return valu


# one exchange


async def _assertion(cell: Any, info: Def, user: str) -> tuple[str | None, str]:
    """Return (client_id, assertion) by which we prove who we are. Raises: Refused."""
    assertion = info['client_assertion']
    if (azure := assertion.get(AZURE)) is not None:
        path = pathlib.Path(_environ('AZURE_FEDERATED_TOKEN_FILE'))
        try:
            token = await asyncio.to_thread(path.read_text)
        except (OSError, UnicodeDecodeError) as e:
            raise Refused(f'Cannot read {path}: {e}') from e
        return (_environ('AZURE_CLIENT_ID') if azure.get('client_id') else info['client_id'], token)
    query = assertion[STORM]
    opts = {'user': user, 'view': query['view'], 'vars': query.get('vars', {})}
    try:
        ok, retn = await cell.callStorm(query['query'], opts=opts)
        answer = retn['token' if ok else 'error']
    except Exception as e:
        raise Refused(f'Error executing callStorm: {e}') from e
    if not ok:
        raise Refused(str(answer))
    return (info['client_id'], str(answer))


async def ask(cell: Any, info: Def, user: str, form: dict[str, str]) -> Def:
    """Return what is kept of a token: ``{access_token, expires_in, expires_at, refresh_at, refresh_token}``.

    Times are milliseconds of the epoch; it is refreshed after half of its life.

    Args:
        cell: The Cortex. info: The provider. user: Iden of the user who asks. form: What is asked.

    Raises: Refused.
    """
    if info['auth_scheme'] != 'basic':
        client, assertion = await _assertion(cell, info, user)
        proof = {'client_id': client, 'client_assertion': assertion, 'client_assertion_type': _BEARER}
        form = {**typing.cast('dict[str, str]', proof), **form}
    web = s_outbound.Web(cell.conf)
    for last in (False, True):
        began = s_common.now()
        try:
            async with web.session(True, info['ssl_verify'], None, s_limits.OAUTH_TIMEOUT) as sess:
                code, body = await _post(sess, info, form)
        except Exception as e:
            raise Refused(str(s_outbound.failure(e)['mesg'])) from e
        if code < 500 or last:
            return _token(code, body, began)
        await asyncio.sleep(s_limits.OAUTH_PAUSE)
    raise AssertionError('unreachable')


async def _post(sess: aiohttp.ClientSession, info: Def, form: dict[str, str]) -> tuple[int, bytes]:
    heads = {'Accept': 'application/json'}
    if info['auth_scheme'] == 'basic':
        login = f'{info["client_id"]}:{info["client_secret"]}'
        heads['Authorization'] = f'Basic {base64.b64encode(login.encode()).decode()}'
    async with sess.post(info['token_uri'], data=form, headers=heads, allow_redirects=False) as resp:
        return resp.status, await s_outbound.read_body(resp, s_limits.OAUTH_BODY)


def _token(code: int, body: bytes, began: int) -> Def:
    try:
        answer = json.loads(body, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        answer = None
    if code != 200:
        lasting = 400 <= code < 500 and code != 429
        if not isinstance(answer, dict) or 'error' not in answer:
            raise Refused(f'Token API returned HTTP code {code}', lasting)
        words = [str(answer[name]) for name in ('error', 'error_description') if answer.get(name)]
        raise Refused(f'{": ".join(words)} (HTTP code {code})', lasting)
    try:
        _check_token(answer)
    except s_exc.SchemaViolation as e:
        raise Refused(str(e)) from e
    secs = answer['expires_in']
    return {
        'access_token': answer['access_token'],
        'expires_in': secs,
        'expires_at': began + int(secs * 1000),
        'refresh_at': began + secs * 500,
        'refresh_token': answer.get('refresh_token'),
    }
