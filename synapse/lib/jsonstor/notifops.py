"""Notifications as the service offers them (jsonstor.md 5). The index is the offset of the add in the change log."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.jsonstor.notifs as s_notifs
import synapse.lib.jsonstor.queueops as s_queueops
import synapse.lib.jsonstor.values as s_values
import synapse.lib.jsonstor.waiters as s_waiters
import synapse.lib.limits as s_limits

Any = typing.Any
Notif = s_notifs.Notif
onPush = s_cell.Cell.onPush

# The event that watchers wait for.
_ADDED = 'notif'


def req_indx(indx: Any) -> int:
    """Return the index of a notification. Raises BadArg."""
    if not 0 <= s_queueops.req_int(indx, 'index') < 2**64:
        raise s_exc.BadArg(mesg=f'The index of a notification may not be {indx}.')
    return int(indx)


class NotifOps(s_cell.Cell):
    """The slice of a JSONStor that keeps notifications for users. Raises BadArg for arguments of a wrong kind."""

    notifs: s_notifs.Notifs
    waiters: s_waiters.Waiters

    async def addUserNotif(self, useriden: str, mesgtype: str, mesgdata: Any = None) -> int:
        """Store a notification; returns its index."""
        s_notifs.user_key(useriden)
        if not isinstance(mesgtype, str) or not 0 < len(mesgtype.encode('utf8', 'surrogatepass')) < 256:
            raise s_exc.BadArg(mesg='The type of a notification is text of 1 to 255 bytes.')
        mesg = (useriden, s_common.now(), mesgtype, s_values.own(mesgdata))
        return int(await self._push('notif:add', mesg))

    async def getUserNotif(self, indx: int) -> Notif | None:
        """Return (user iden, time, type, data) of a notification, None when there is none."""
        return self.notifs.get(req_indx(indx))

    async def delUserNotif(self, indx: int) -> None:
        """Forget a notification, if it exists."""
        await self._push('notif:del', req_indx(indx))

    async def iterUserNotifs(
        self, useriden: str, size: int | None = None
    ) -> typing.AsyncGenerator[tuple[int, Notif], None]:
        """Yield (index, notification) of a user, at most ``size`` but at least one, newest first within a type."""
        if size is not None:
            s_queueops.req_int(size, 'size')
        for count, item in enumerate(self.notifs.iter_user(useriden), 1):
            yield item
            if size is not None and count >= size:
                return

    async def watchAllUserNotifs(self, offs: int | None = None) -> typing.AsyncGenerator[tuple[int, Notif], None]:
        """Yield (index, notification) of all users from an index on (None: only new ones).

        Ends when none came for two minutes.
        """
        start = self.nexsroot.index() if offs is None else req_indx(offs)
        while not self.isfini:
            for indx, notif in self.notifs.iter(start):
                yield indx, notif
                start = indx + 1
            if not await self.waiters.wait(_ADDED, timeout=s_limits.JSON_NOTIF_WATCH_SECS):
                return

    # -- apply

    @onPush('notif:add', passitem=True)
    def _on_notif_add(self, mesg: Notif, nexsitem: tuple[int, Any]) -> int:
        indx = nexsitem[0]
        self.notifs.add(indx, mesg)
        self.waiters.wake(_ADDED)
        return indx

    @onPush('notif:del')
    def _on_notif_del(self, indx: int) -> None:
        self.notifs.remove(indx)
