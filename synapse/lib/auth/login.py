"""How one user proves who he is: password, one-time password, and what happens to wrong tries (cell.md 5.6)."""

from __future__ import annotations

import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth.passwords as s_passwords
import synapse.lib.auth.policy as s_policy

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth
    import synapse.lib.auth.users as s_users

logger = logging.getLogger('synapse.lib.auth')


class Login:
    """The secrets of one user.

    A password that was right once is recognised by a keyed fingerprint in memory from then on, so that a client that
    sends it with every request pays for the slow check only once. The fingerprint falls with the shadow that it is of.
    """

    def __init__(self, user: s_users.User, auth: s_auth.Auth) -> None:
        self.user = user
        self.auth = auth
        self._known: tuple[s_passwords.Shadow, bytes] | None = None
        self._used: s_passwords.Shadow | None = None

    async def _push(self, name: str, valu: typing.Any, logged: bool = True) -> None:
        await self.auth.push_info('user', self.user.iden, name, valu, logged=logged)

    # ----- change -----------------------------------------------------------------------------------------------------

    async def set_passwd(self, passwd: str | None, logged: bool = True, policy: bool = True) -> None:
        """Set or (None) remove the password. Raises BadArg."""
        if passwd is None:
            await self._push('passwd', None, logged=logged)
            return
        passwd = s_passwords.req_passwd(passwd)
        if policy:
            await self._req_policy(passwd)
        shadow = await s_passwords.make_shadow(passwd)
        keep = self.auth.policy.previous
        async with self.auth.lock:
            if policy and keep:
                previous = (shadow, *self.user.info.get('policy:previous', ()))
                await self._push('policy:previous', previous[:keep], logged=logged)
            await self._push('passwd', shadow, logged=logged)

    async def _req_policy(self, passwd: str) -> None:
        policy = self.auth.policy
        failures = policy.failures(passwd)
        for shadow in self.user.info.get('policy:previous', ())[: policy.previous]:
            if await s_passwords.check_shadow(passwd, shadow):
                failures.append(f'Password cannot be the same as previous {policy.previous} password(s).')
                break
        s_policy.req_no_failures(failures)

    async def gen_onepass(self, duration: int) -> str:
        """Store and return a new one-time password. Raises BadArg."""
        if isinstance(duration, bool) or not isinstance(duration, int) or duration < 1:
            raise s_exc.BadArg(mesg='Duration must be equal or greater than 1', name='duration')
        onepass = s_passwords.new_secret()
        tick = s_common.now()
        shadow = s_passwords.make_fast_shadow(onepass)
        await self._push('onepass', {'create': tick, 'expires': tick + duration, 'shadow': shadow})
        return onepass

    # ----- check ------------------------------------------------------------------------------------------------------

    async def try_passwd(self, passwd: typing.Any) -> bool:
        """Return True when the user is not locked and the password (or one-time password) is right."""
        if self.user.isLocked() or not isinstance(passwd, str) or not passwd:
            return False
        if await self._try_onepass(passwd) or await self._try_real(passwd):
            await self._soft(self.reset)
            return not self.user.isLocked()
        await self._soft(self._count_failure)
        return False

    async def _try_real(self, passwd: str) -> bool:
        shadow: s_passwords.Shadow | None = self.user.info.get('passwd')
        if shadow is None:
            return False
        mark = s_passwords.fingerprint(passwd)
        if self._known is not None and self._known[0] is shadow and s_passwords.same(self._known[1], mark):
            return True
        if not await s_passwords.check_shadow(passwd, shadow):
            return False
        if not self._is_stored('passwd', shadow):  # it was changed while we looked
            return False
        self._known = (shadow, mark)
        return True

    async def _try_onepass(self, passwd: str) -> bool:
        info: dict[str, typing.Any] | None = self.user.info.get('onepass')
        if info is None or info['expires'] < s_common.now():
            return False
        if not await s_passwords.check_shadow(passwd, info['shadow']):
            return False
        # no await between this check and the mark: of two who present it, one gets in
        if self._used is info['shadow'] or not self._is_stored('onepass', info):
            return False
        self._used = info['shadow']
        await self._push('onepass', None)
        return True

    def _is_stored(self, name: str, valu: typing.Any) -> bool:
        return self.user.info.get(name) is valu

    async def _soft(self, func: typing.Callable[[], typing.Awaitable[None]]) -> None:
        """Keep the books of wrong tries; a service that takes no writes lets people in all the same."""
        try:
            await func()
        except (s_exc.IsReadOnly, s_exc.LinkErr) as e:
            logger.warning('Cannot record a login attempt of user %s: %s', self.user.name, e)

    async def reset(self) -> None:
        """Forget wrong tries."""
        if self.user.info.get('policy:attempts'):
            await self._push('policy:attempts', 0)

    async def _count_failure(self) -> None:
        limit = self.auth.policy.attempts
        if not limit or self.user.info.get('passwd') is None:
            return
        async with self.auth.lock:
            count = self.user.info.get('policy:attempts', 0) + 1
            await self._push('policy:attempts', count)
            if count >= limit and self.user.iden != self.auth.rootuser.iden and not self.user.isLocked():
                logger.warning(
                    'User %s has exceeded the number of allowed password attempts (%d), locking their account.',
                    self.user.name,
                    limit,
                    extra=self.auth.log_extra(target_user=self.user.iden, target_username=self.user.name),
                )
                await self._push('locked', True)
