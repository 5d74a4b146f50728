"""Providers of OAuth 2.0, and the tokens that users have from them (spec: storm-runtime.md 20).

A user brings a code once; the token that it is exchanged for is kept, and the leader refreshes it before it expires.
What a provider refuses for good is kept in place of the token; what may work later is tried again.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.oauthclient as s_client
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)


def _shown(info: Def) -> Def:
    """Return a provider without its secret."""
    return {name: valu for name, valu in info.items() if name != 'client_secret'}


def _key(iden: str, user: str) -> str:
    return f'{iden}:{user}'


class OAuth(s_nexus.Pusher):
    """The providers by iden, and the tokens by provider and user.

    Args:
        cell: The Cortex. stacks: Its views.
    """

    async def __anit__(self, cell: s_cell.Cell, stacks: Any) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:oauth', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.stacks = stacks
        self.providers = s_slab.KeyVal(cell.slab, 'cortex:oauth:providers')
        self.tokens = s_slab.KeyVal(cell.slab, 'cortex:oauth:tokens')
        self.running: dict[str, asyncio.Task[None]] = {}
        self.later: dict[str, float] = {}  # when those whose refresh failed are tried again
        self.wake = asyncio.Event()
        self.worker: asyncio.Task[None] | None = None

    # providers

    async def add(self, info: Def) -> None:
        """Add a provider. Raises: SchemaViolation, BadArg, DupIden."""
        info = s_client.check(info)
        s_client.req_sense(info)
        query = info.get('client_assertion', {}).get(s_client.STORM)
        if query is not None and query['view'] not in self.stacks.views:
            raise s_exc.BadArg(mesg=f'View {query["view"]} does not exist.')
        self._req_new(info['iden'])
        s_common.en(info)
        await self._push('oauth:provider:add', info)

    def _req_new(self, iden: str) -> None:
        if self.providers.has(iden):
            raise s_exc.DupIden(mesg=f'Duplicate OAuth V2 client iden ({iden})', iden=iden)

    def get(self, iden: str) -> Def | None:
        """Return a provider without its secret, None for an unknown one."""
        info = self.providers.get(iden)
        return None if info is None else _shown(info)

    def all(self) -> list[tuple[str, Def]]:
        """Return (iden, provider without its secret) of all."""
        return [(iden, _shown(info)) for iden, info in self.providers.items()]

    async def delete(self, iden: str) -> Def | None:
        """Remove a provider and its tokens; returns it without its secret, None for an unknown one."""
        info = self.get(iden)
        if info is not None:
            await self._push('oauth:provider:del', iden)
        return info

    def _req(self, iden: str) -> Def:
        info = self.providers.get(iden)
        if info is None:
            raise s_exc.BadArg(mesg=f'OAuth V2 provider has not been configured ({iden})', iden=iden)
        return typing.cast(Def, info)

    # tokens

    async def set_code(self, iden: str, user: str, code: str, verifier: str | None = None) -> None:
        """Exchange a code of a user for a token, and keep that. Raises: BadArg, SynErr."""
        info = self._req(iden)
        form = {'grant_type': info['flow_type'], 'scope': info['scope'], 'redirect_uri': info['redirect_uri']}
        form |= {'code': code} if verifier is None else {'code': code, 'code_verifier': verifier}
        try:
            data = await s_client.ask(self.cell, info, user, form)
        except s_client.Refused as e:
            raise s_exc.SynErr(mesg=f'Failed to get OAuth v2 token: {e}') from e
        await self._push('oauth:client:data:set', iden, user, data)

    def token(self, iden: str, user: str) -> tuple[bool, str]:
        """Return (True, token) of a user, or (False, why there is none). Raises: BadArg."""
        self._req(iden)
        data = self.tokens.get(_key(iden, user))
        if data is None:
            return (False, 'Auth code has not been set')
        if 'error' in data:
            return (False, data['error'])
        if data['expires_at'] <= s_common.now():
            return (False, 'Token is expired')
        return (True, data['access_token'])

    async def clear(self, iden: str, user: str) -> Def | None:
        """Forget the token of a user; returns what was known of it."""
        data = self.tokens.get(_key(iden, user))
        if data is not None:
            await self._push('oauth:client:data:clear', iden, user)
        return typing.cast('Def | None', data)

    # what is logged

    @s_nexus.Pusher.onPush('oauth:provider:add')
    def _on_add(self, info: Def) -> None:
        self._req_new(info['iden'])
        self.providers.set(info['iden'], info)

    @s_nexus.Pusher.onPush('oauth:provider:del')
    def _on_del(self, iden: str) -> None:
        self.providers.pop(iden)
        for key in [key for key, _ in self.tokens.items(_key(iden, ''))]:
            self.tokens.pop(key)

    @s_nexus.Pusher.onPush('oauth:client:data:set')
    def _on_set(self, iden: str, user: str, data: Def) -> None:
        if self.providers.has(iden):
            self.tokens.set(_key(iden, user), data)
            self.later.pop(_key(iden, user), None)
            self.wake.set()

    @s_nexus.Pusher.onPush('oauth:client:data:clear')
    def _on_clear(self, iden: str, user: str) -> None:
        self.tokens.pop(_key(iden, user))

    # refreshing

    def start(self) -> None:
        """Keep tokens fresh from now on: this service is the leader."""
        if self.worker is None and not self.cell.conf.get('safemode'):
            self.worker = self.schedCoro(self._work())

    def stop(self) -> None:
        """Leave them alone."""
        for task in (self.worker, *self.running.values()):
            if task is not None:
                task.cancel()
        self.worker = None

    async def _work(self) -> None:
        while True:
            self.wake.clear()
            wait = s_limits.OAUTH_IDLE
            for key, data in [*self.tokens.items()]:
                if data.get('refresh_token') and key not in self.running:
                    secs = (max(data['refresh_at'], self.later.get(key, 0)) - s_common.now()) / 1000
                    wait = min(wait, secs) if secs > 0 else wait
                    if secs <= 0:
                        self._begin(key, data)
            try:
                async with asyncio.timeout(wait):
                    await self.wake.wait()
            except TimeoutError:
                pass

    def _begin(self, key: str, data: Def) -> None:
        task = self.running[key] = self.schedCoro(self._refresh(key, data))

        def done(_: Any) -> None:
            del self.running[key]
            self.wake.set()

        task.add_done_callback(done)

    async def _refresh(self, key: str, data: Def) -> None:
        iden, _, user = key.partition(':')
        if self.cell.auth.user(user) is None:
            await self._push('oauth:client:data:clear', iden, user)
            return
        form = {'grant_type': 'refresh_token', 'refresh_token': data['refresh_token']}
        try:
            fresh = await s_client.ask(self.cell, self._req(iden), user, form)
            fresh['refresh_token'] = fresh['refresh_token'] or data['refresh_token']  # RFC 6749, 6: it may be omitted
        except s_client.Refused as e:
            logger.warning('Cannot refresh the OAuth token of user %s at provider %s: %s', user, iden, e)
            if not e.lasting:
                self.later[key] = s_common.now() + s_limits.OAUTH_RETRY * 1000
                return
            fresh = {'error': str(e)}
        if self.tokens.get(key) == data:  # else it was cleared, or replaced, meanwhile
            await self._push('oauth:client:data:set', iden, user, fresh)
