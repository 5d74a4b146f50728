"""API keys: long random texts that stand for a user in HTTP requests (cell.md 5.8).

A key is 16 bytes of key iden and 16 bytes of secret, in URL-safe base64. The iden finds the record, the record holds a
shadow of the secret.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth.passwords as s_passwords
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth

KeyDef = dict[str, typing.Any]

_HALF = 16


def make_token(iden: str, secret: bytes) -> str:
    """Return the text of a key."""
    return base64.urlsafe_b64encode(s_common.uhex(iden) + secret).decode()


def parse_token(token: typing.Any) -> tuple[str, bytes] | None:
    """Return ``(iden, secret)`` of the text of a key, None when it is none."""
    if not isinstance(token, str) or '+' in token or '/' in token:
        return None
    try:
        byts = base64.b64decode(token.encode('ascii'), altchars=b'-_', validate=True)
    except (binascii.Error, ValueError):
        return None
    return (byts[:_HALF].hex(), byts[_HALF:]) if len(byts) == 2 * _HALF else None


def public(kdef: KeyDef) -> KeyDef:
    """Return what may be shown of a key: ``{iden, name, user, created, updated, expires?}``."""
    return {name: valu for (name, valu) in kdef.items() if name != 'shadow'}


def _req_name(name: typing.Any) -> None:
    if not isinstance(name, str):
        raise s_exc.SchemaViolation(mesg='data.name must be string', name='data.name')


class ApiKeys:
    """All API keys, in memory and in a table."""

    def __init__(self, auth: s_auth.Auth, slab: s_slab.Slab) -> None:
        self.auth = auth
        self.table = s_slab.KeyVal(slab, 'auth:apikeys')
        self.kdefs: dict[str, KeyDef] = dict(self.table.items())

    # ----- questions --------------------------------------------------------------------------------------------------

    def get(self, iden: str) -> KeyDef | None:
        """Return what may be shown of a key."""
        kdef = self.kdefs.get(iden)
        return None if kdef is None else public(kdef)

    def req(self, iden: str) -> KeyDef:
        """Return what may be shown of a key. Raises NoSuchIden."""
        kdef = self.get(iden)
        if kdef is None:
            raise s_exc.NoSuchIden(mesg=f'User API key with {iden=} does not exist.', iden=iden)
        return kdef

    def list(self, useriden: str) -> list[KeyDef]:
        """Return what may be shown of the keys of a user, oldest first."""
        kdefs = [public(kdef) for kdef in self.kdefs.values() if kdef['user'] == useriden]
        return sorted(kdefs, key=lambda kdef: (kdef['created'], kdef['iden']))

    async def check(self, token: typing.Any) -> tuple[bool, dict[str, typing.Any]]:
        """Return ``(True, {kdef, udef})`` for a good key, ``(False, {mesg, user?, name?})`` for any other."""
        parts = parse_token(token)
        if parts is None:
            return False, {'mesg': 'API key is malformed.'}
        iden, secret = parts
        kdef = self.kdefs.get(iden)
        user = None if kdef is None else self.auth.user(kdef['user'])
        if kdef is None:
            return False, {'mesg': f'API key does not exist: {iden}'}
        if user is None:
            return False, {'mesg': f'User associated with API key does not exist: {iden}', 'user': kdef['user']}
        deny = {'user': user.iden, 'name': user.name}
        if user.isLocked():
            return False, {'mesg': f'User associated with API key is locked: {iden}', **deny}
        expires = kdef.get('expires')
        if expires is not None and expires < s_common.now():
            return False, {'mesg': f'API key is expired: {iden}', **deny}
        if not await s_passwords.check_shadow(secret.hex(), kdef['shadow']):
            return False, {'mesg': f'API key shadow mismatch: {iden}', **deny}
        return True, {'kdef': public(kdef), 'udef': user.pack(packroles=True)}

    # ----- changes ----------------------------------------------------------------------------------------------------

    async def add(self, useriden: str, name: str, duration: int | None = None) -> tuple[str, KeyDef]:
        """Make a key for a user and return ``(text, kdef)``. The text is not stored and cannot be shown again.

        Args:
            duration: Milliseconds until it expires; None for never.

        Raises:
            NoSuchUser, SchemaViolation (name), BadArg (duration), HitLimit.
        """
        self.auth.reqUser(useriden)
        _req_name(name)
        if duration is not None and (isinstance(duration, bool) or not isinstance(duration, int) or duration < 1):
            raise s_exc.BadArg(mesg='Duration must be equal or greater than 1', name='duration')
        if len(self.list(useriden)) >= s_limits.AUTH_APIKEYS_PER_USER:
            raise s_exc.HitLimit(mesg=f'A user has at most {s_limits.AUTH_APIKEYS_PER_USER} API keys.')
        iden = s_common.guid()
        secret = secrets.token_bytes(_HALF)
        tick = s_common.now()
        kdef: KeyDef = {'iden': iden, 'name': name, 'user': useriden, 'created': tick, 'updated': tick}
        if duration is not None:
            kdef['expires'] = tick + duration
        await self.auth.push('user:apikey:add', {**kdef, 'shadow': s_passwords.make_fast_shadow(secret.hex())})
        return make_token(iden, secret), kdef

    async def edit(self, iden: str, name: str, valu: typing.Any) -> KeyDef:
        """Set one value of a key: its ``name``. Raises NoSuchIden, BadArg, SchemaViolation."""
        kdef = self.req(iden)
        if name != 'name':
            raise s_exc.BadArg(mesg=f'Cannot set {name} on user API keys.', name=name)
        _req_name(valu)
        await self.auth.push('user:apikey:edit', kdef['user'], iden, name, valu, s_common.now())
        return self.req(iden)

    async def delete(self, iden: str) -> bool:
        """Delete a key. Raises NoSuchIden."""
        await self.auth.push('user:apikey:del', self.req(iden)['user'], iden)
        return True

    # ----- what the log drives ----------------------------------------------------------------------------------------

    def apply_put(self, kdef: KeyDef) -> None:
        """Store a key."""
        self.kdefs[kdef['iden']] = kdef
        self.table.set(kdef['iden'], kdef)

    def apply_edit(self, iden: str, name: str, valu: typing.Any, updated: int) -> None:
        """Change a key, if it is still there."""
        kdef = self.kdefs.get(iden)
        if kdef is not None:
            self.apply_put({**kdef, name: valu, 'updated': updated})

    def apply_del(self, iden: str) -> None:
        """Forget a key."""
        self.kdefs.pop(iden, None)
        self.table.pop(iden)

    def apply_drop(self, useriden: str) -> None:
        """Forget all keys of a user."""
        for iden in [iden for (iden, kdef) in self.kdefs.items() if kdef['user'] == useriden]:
            self.apply_del(iden)
