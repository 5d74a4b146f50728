"""Fetching the keys that a service publishes (JWKS), for ``$lib.crypto.jwt.verify``.

Where they are often comes from whoever sent the token, so that an address inside our own network must not be asked by
their word: every address of the host is checked, and only those that were checked are connected to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import typing

import aiohttp.abc
import yarl

import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.limits as s_limits
import synapse.lib.storm.libs.inet.http as s_http
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
_LARGEST = s_limits.MIB  # bytes of a set of keys; real ones have some kilobytes


class _Checked(aiohttp.abc.AbstractResolver):
    """Resolves names, and refuses those that lead into a network which is not public."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[aiohttp.abc.ResolveResult]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except OSError as e:
            raise s_exc.BadArg(mesg=f'Unable to resolve jwks_uri host: {e}', url=host) from e
        retn: list[aiohttp.abc.ResolveResult] = []
        for kind, _, proto, _, addr in found:
            text = str(addr[0])
            if not ipaddress.ip_address(text.partition('%')[0]).is_global:
                mesg = f'jwks_uri resolves to the non-global address {text}; set allowinternal to override.'
                raise s_exc.BadArg(mesg=mesg, host=host)
            info = {'hostname': host, 'host': text, 'port': port, 'family': kind, 'proto': proto}
            retn.append(typing.cast(Any, {**info, 'flags': socket.AI_NUMERICHOST}))
        return retn

    async def close(self) -> None:
        """Nothing is held."""


async def fetch(rt: s_runtime.Runtime, uri: str, how: s_http.Ask, internal: bool) -> dict[str, Any]:
    """Return a set of keys.

    Args:
        rt: Who asks. uri: An https URL. how: TLS options and proxy. internal: Whether any address may be asked.

    Raises: BadArg, AuthDeny, SchemaViolation, and what goes wrong with the connection.
    """
    url = yarl.URL(uri)
    if url.scheme != 'https' or not url.host:
        raise s_exc.BadArg(mesg='jwks_uri must be an https URL.', url=uri)
    resolver = None if internal else _Checked()
    sess = s_http.session(rt, how, resolver)
    await rt.out.publish()
    async with sess:
        if resolver is not None:
            await resolver.resolve(url.host)  # here for numbers and proxies, which never ask it
        async with sess.get(url, allow_redirects=False) as resp:
            if resp.status != 200:
                raise s_exc.BadArg(mesg=f'JWKS endpoint returned HTTP {resp.status}.', status=resp.status)
            try:
                body = await s_outbound.read_body(resp, _LARGEST)
            except s_exc.HitLimit as e:
                raise s_exc.BadArg(mesg='JWKS response exceeds the maximum allowed size.') from e
    try:
        jwks = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise s_exc.BadArg(mesg=f'Unable to decode JWKS JSON: {e}') from e
    if not isinstance(jwks, dict) or not isinstance(jwks.get('keys'), list):
        raise s_exc.BadArg(mesg='A JWKS must be an object with a keys array.')
    return jwks
