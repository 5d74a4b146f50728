"""The ground of a remote API: who calls, may he, and the log line of a privileged call (cell.md 6)."""

from __future__ import annotations

import functools
import inspect
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.base as s_base
import synapse.lib.cell.core as s_core
import synapse.lib.cell.logs as s_logs

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')

Func = typing.TypeVar('Func', bound=typing.Callable[..., typing.Any])

# Arguments whose values never reach the log.
SECRETS = ('passwd', 'key')


class ApiBase(s_base.Base):
    """One connection's view of a cell. Public methods of subclasses are what a remote caller may call.

    Attributes:
        cell: The service. user: Who is calling. link: The connection.
    """

    async def __anit__(self, cell: s_core.CellCore, link: typing.Any, user: s_auth.User) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.cell: s_cell.Cell = typing.cast(typing.Any, cell)
        self.link = link  # type: ignore[method-assign]
        self.user = user
        self.sess = link.get('sess') if link is not None else None
        await self.initCellApi()

    async def initCellApi(self) -> None:
        """Hook for subclasses: called once, when the object is made."""

    async def allowed(self, perm: typing.Sequence[str], default: bool | None = None) -> bool | None:
        """Return whether the caller has a permission: True, False, or the default when no rule says anything."""
        return self.user.allowed(tuple(perm), default=default)

    def _is_allowed(self, perm: typing.Sequence[str]) -> bool:
        return bool(self.user.allowed(tuple(perm)))

    async def _reqUserAllowed(self, perm: typing.Sequence[str], gateiden: str | None = None) -> None:
        """Raise AuthDeny unless the caller has a permission."""
        self._confirm(*perm, gateiden=gateiden)

    def _confirm(self, *perm: str, gateiden: str | None = None) -> None:
        if not self.user.allowed(perm, gateiden=gateiden):
            text = '.'.join(perm)
            mesg = f'User must have permission {text}'
            raise s_exc.AuthDeny(mesg=mesg, perm=text, user=self.user.iden, username=self.user.name)

    def _req_admin(self) -> None:
        if not self.user.isAdmin() or self.user.isLocked():
            mesg = f'User is not an admin [{self.user.name}]'
            raise s_exc.AuthDeny(mesg=mesg, user=self.user.iden, username=self.user.name)

    def _log_name(self, func: typing.Callable[..., typing.Any]) -> str:
        return f'{type(self).__name__}.{func.__name__}'

    def _log_admin(
        self, func: typing.Callable[..., typing.Any], args: typing.Any, kwargs: dict[str, typing.Any]
    ) -> None:
        name = self._log_name(func)
        bound = inspect.signature(func).bind_partial(self, *args, **kwargs).arguments
        params = {key: '****' if key in SECRETS else valu for (key, valu) in bound.items() if key != 'self'}
        extra = s_logs.extra(func=name, args=params, user=self.user.iden, username=self.user.name)
        logger.info('Executing [%s] as [%s] with args [%s]', name, self.user.name, params, extra=extra)


def adminapi(log: bool = False) -> typing.Callable[[Func], Func]:
    """Decorator for API methods that only admins may call; with ``log`` the call is logged, secrets left out.

    For coroutine functions, plain functions and async generator functions. Raises AuthDeny.
    """

    def check(self: ApiBase, func: typing.Any, args: typing.Any, kwargs: typing.Any) -> None:
        self._req_admin()
        if log:
            try:
                self._log_admin(func, args, kwargs)
            except TypeError as e:
                # wrong arguments: the call itself says so
                logger.info('Executing [%s] as [%s] with bad args: %s', self._log_name(func), self.user.name, e)

    def deco(func: Func) -> Func:
        if inspect.isasyncgenfunction(func):

            @functools.wraps(func)
            async def genr(self: ApiBase, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
                check(self, func, args, kwargs)
                items = func(self, *args, **kwargs)
                try:
                    async for item in items:
                        yield item
                finally:
                    await items.aclose()

            return typing.cast(Func, genr)

        @functools.wraps(func)
        def wrap(self: ApiBase, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
            check(self, func, args, kwargs)
            return func(self, *args, **kwargs)

        return typing.cast(Func, wrap)

    return deco


_warned: set[str] = set()


def deprecated(name: str, vers: str = '2.167.0') -> None:
    """Log, once in the life of the process, that somebody uses an old interface."""
    if name not in _warned:
        _warned.add(name)
        logger.warning('%s is deprecated in %s and will be removed in 3.0.0', name, vers)
