"""Leader or follower: what runs only while this cell is the leader, and storage migrations (cell.md 4)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.cell.core as s_core
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus

logger = logging.getLogger('synapse.lib.cell')

CoroFunc = typing.Callable[[], typing.Coroutine[typing.Any, typing.Any, typing.Any]]
Migration = typing.Callable[[], typing.Awaitable[typing.Any]]


class CellActive(s_core.CellCore):
    """The active side of a cell. Nothing here is active before the Nexus has replayed its log."""

    _active_funcs: dict[str, CoroFunc]
    _active_tasks: dict[str, asyncio.Task[typing.Any]]

    async def setCellActive(self, active: bool) -> None:
        """Become the leader or a follower. Does nothing when the role stays the same.

        Leader: active coroutines start, storage is migrated, then initServiceActive(). Follower: they are cancelled,
        then initServicePassive().
        """
        if active == self.isactive:
            return
        self.isactive = active
        if active:
            self.activebase = await s_base.Base.anit()
            self.onfini(self.activebase)
            for iden in self._active_funcs:
                self._start_active(iden)
            await self._execCellUpdates()
            await self.initServiceActive()
        else:
            await self._stop_active()
            await self.initServicePassive()
        for cell in self.embedded:
            await typing.cast(CellActive, cell).setCellActive(active)
        if self.aha is not None:
            await self.aha.role_changed(active)

    async def _stop_active(self) -> None:
        self.isactive = False
        for iden in tuple(self._active_tasks):
            await self._cancel_active(iden)
        if self.activebase is not None:
            self.offini(self.activebase)
            await self.activebase.fini()
            self.activebase = None

    def runActiveTask(self, coro: typing.Coroutine[typing.Any, typing.Any, typing.Any]) -> asyncio.Task[typing.Any]:
        """Run a coroutine as a task that ends when this service stops leading. Raises BadState on a follower."""
        if self.activebase is None:
            coro.close()
            raise s_exc.BadState(mesg='The service is not active.')
        return self.activebase.schedCoro(coro)

    # -- active coroutines: run while leader, started again when they end

    def addActiveCoro(self, func: CoroFunc, iden: str | None = None, base: s_base.Base | None = None) -> str:
        """Run a coroutine function while this service is the leader; it is started again whenever it ends.

        Args:
            func: Coroutine function without arguments.
            iden: Name for delActiveCoro; a random one by default.
            base: An object whose end removes the coroutine.

        Returns:
            The iden.
        """
        if iden is None:
            iden = s_common.guid()
        elif iden in self._active_funcs:
            raise s_exc.DupIden(mesg=f'There is an active coroutine with iden {iden} already.', iden=iden)
        self._active_funcs[iden] = func
        if base is not None:
            base.onfini(lambda: self.delActiveCoro(iden))
        if self.isactive:
            self._start_active(iden)
        return iden

    async def delActiveCoro(self, iden: str) -> None:
        """Stop an active coroutine for good. Unknown idens are ignored."""
        self._active_funcs.pop(iden, None)
        await self._cancel_active(iden)

    def _start_active(self, iden: str) -> None:
        if iden not in self._active_tasks:
            self._active_tasks[iden] = self.schedCoro(self._run_active(self._active_funcs[iden]))

    async def _cancel_active(self, iden: str) -> None:
        task = self._active_tasks.pop(iden, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run_active(self, func: CoroFunc) -> None:
        while not self.isfini:
            try:
                await func()
                await asyncio.sleep(0)
            except Exception:
                logger.exception('activeCoro Error: %r', func)
                await asyncio.sleep(s_limits.CELL_ACTIVE_RETRY)

    # -- versions and migrations

    async def _execCellUpdates(self) -> None:
        """Run the storage migrations of the leader. Overrides call _bumpCellVers; changes go through the Nexus."""

    async def _bumpCellVers(self, name: str, updates: typing.Sequence[tuple[int, Migration]]) -> None:
        """Bring a named storage version up, running the migrations between, in order.

        Args:
            name: For example ``'myservice:storage'``.
            updates: ``(version, coroutine function)`` pairs, ascending. On the very first start nothing needs
                migration, and the last version is recorded right away.
        """
        if not updates:
            return
        if self.inaugural and self.versions.get(name) is None:
            await self._push('cell:vers:set', name, updates[-1][0])
            return
        for vers, func in updates:
            if vers > (self.versions.get(name) or 0):
                await func()
                await self._push('cell:vers:set', name, vers)

    @s_nexus.Pusher.onPush('cell:vers:set')
    async def _set_cell_vers(self, name: str, vers: int) -> None:
        self.versions.set(name, vers)
