"""``$lib.inet.http.oauth.v1``: what it signs is what a server accepts, and nothing else is."""

from __future__ import annotations

import pathlib
import typing

import oauthlib.oauth1
import pytest

import tests.lib.cortex.serving as t_serving

SIGN = '$c = $lib.inet.http.oauth.v1.client(ckey, csecret, atoken, asecret, $how)'


class Validator(oauthlib.oauth1.RequestValidator):
    """A server that knows one client and one token."""

    enforce_ssl = False
    client_key_length = (1, 30)
    access_token_length = (1, 30)
    nonce_length = (1, 60)
    dummy_client = dummy_access_token = 'dummy'

    def validate_timestamp_and_nonce(self, *args: typing.Any, **kwargs: typing.Any) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: typing.Any) -> bool:
        return client_key == 'ckey'

    def validate_access_token(self, client_key: str, token: str, request: typing.Any) -> bool:
        return token == 'atoken'

    def validate_realms(self, *args: typing.Any, **kwargs: typing.Any) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: typing.Any) -> str:
        return 'csecret'

    def get_access_token_secret(self, client_key: str, token: str, request: typing.Any) -> str:
        return 'asecret'


def accepted(signed: typing.Any, method: str) -> bool:
    url, headers, body = signed
    server = oauthlib.oauth1.ResourceEndpoint(Validator())
    return bool(server.validate_protected_resource_request(url, method, body, headers)[0])


@pytest.mark.parametrize(
    ('how', 'args', 'method'),
    [
        ('QUERY', '"http://a.com/x"', 'GET'),
        ('QUERY', '"http://a.com/x?y=z&y=ü"', 'GET'),
        ('QUERY', '"http://a.com/x?y=z", params=({"foo": "b r", "n": 5, "l": [1, 2]}), headers=({"X": 5})', 'GET'),
        ('AUTH_HEADER', '"http://a.com/a b?x=y z"', 'GET'),
        ('AUTH_HEADER', '"http://a.com/", method=PUT, params=({"a": "&="})', 'PUT'),
        ('BODY', '"http://a.com/", body=({"q": "r s"}), method=POST', 'POST'),
        ('BODY', '"http://a.com/", body=$lib.base64.decode("cT1y"), method=POST', 'POST'),
    ],
)
async def test_a_server_accepts_it(how: str, args: str, method: str, tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        signed = await core.callStorm(f'{SIGN} return($c.sign({args}))', {'vars': {'how': how}})
        assert accepted(signed, method)
        assert not accepted((signed[0].replace('a.com', 'b.com'), *signed[1:]), method)
