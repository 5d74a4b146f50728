"""What remote callers may ask of a JSONStor, and with which permission (jsonstor.md 3 to 5).

A permission is made of the names of the path: ``json.get.a.b`` for ``a/b``, so that a rule for the beginning of a path
holds for all below it. Reads are plain functions: they are answered on the spot, and what they return is packed before
anything else happens.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.cell as s_cell
import synapse.lib.jsonstor.notifs as s_notifs
import synapse.lib.jsonstor.objectops as s_objectops
import synapse.lib.jsonstor.paths as s_paths
import synapse.lib.jsonstor.props as s_props
import synapse.lib.jsonstor.queueops as s_queueops
import synapse.lib.jsonstor.values as s_values
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.jsonstor.service as s_service

Any = typing.Any
Path = s_paths.Path
Parts = s_paths.Parts


class PermApi(s_cell.CellApi):
    """The checks that the parts of the API share."""

    cell: s_service.JsonStorCell

    def _path(self, verb: str, path: Path) -> Parts:
        """Return a path as names, for whose use the caller has the permission."""
        parts = s_paths.parts_of(path)
        self._confirm('json', verb, *parts)
        return parts

    def _queue(self, verb: str, name: str) -> str:
        self._confirm('queue', verb, s_queueops.req_name(name))
        return name


class ObjectApi(PermApi):
    """Objects by path."""

    def getPathObj(self, path: Path) -> Any:
        """Return the object of a path, None when there is none."""
        return self.cell.get_obj(self._path('get', path))

    def hasPathObj(self, path: Path) -> bool:
        """Return True when a path has an object, be it None."""
        return self.cell.has_obj(self._path('get', path))

    def getPathObjProp(self, path: Path, prop: Path) -> Any:
        """Return a property of an object, None when either is missing."""
        parts = self._path('get', path)
        return s_props.get(self.cell.get_obj(parts), s_props.names_of(prop, whole=True))

    async def getPathList(self, path: Path) -> typing.AsyncGenerator[s_telepath.Burst, None]:
        """Yield the paths below a path, relative to it, as text."""
        async for some in self.cell.list_bursts(self._path('list', path)):
            yield s_telepath.Burst(some)

    async def getPathObjs(self, path: Path) -> typing.AsyncGenerator[s_telepath.Burst, None]:
        """Yield (remaining names, object) of a path and all below it."""
        async for some in self.cell.obj_bursts(self._path('get', path)):
            yield s_telepath.RawBurst(some)

    def setPathObj(self, path: Path, item: Any) -> typing.Awaitable[None]:
        """Give a path a new object."""
        return self.cell.set_obj(self._path('set', path), item)

    async def setPathObjProp(self, path: Path, prop: Path, valu: Any) -> bool:
        """Set a property of an object; False when there is none."""
        return await self.cell.setPathObjProp(self._path('set', path), prop, valu)

    async def delPathObj(self, path: Path) -> None:
        """Forget the object of a path, if it has one."""
        await self.cell.delPathObj(self._path('del', path))

    async def delPathObjProp(self, path: Path, name: Path) -> bool:
        """Remove a property; False when there is nothing that could have it."""
        return await self.cell.delPathObjProp(self._path('set', path), name)

    async def cmpDelPathObjProp(self, path: Path, name: Path, valu: Any) -> bool:
        """Remove a property if it has a value; returns whether that was so."""
        return await self.cell.cmpDelPathObjProp(self._path('set', path), name, valu)

    async def popPathObjProp(self, path: Path, prop: Path) -> Any:
        """Remove a property and return its value, None when it was missing."""
        return await self.cell.popPathObjProp(self._path('set', path), prop)

    async def setPathLink(self, srcpath: Path, dstpath: Path) -> None:
        """Make a path another name of an object. Raises NoSuchPath."""
        dst = self._path('get', dstpath)
        await self.cell.setPathLink(self._path('set', srcpath), dst)

    async def copyPathObj(self, oldp: Path, newp: Path) -> None:
        """Give a path a copy of an object, None where there is none."""
        old = self._path('get', oldp)
        await self.cell.copyPathObj(old, self._path('set', newp))

    async def copyPathObjs(self, paths: s_objectops.Pairs) -> None:
        """Make copies as one change, if the caller may make all of them."""
        pairs = s_objectops.pairs_of(paths)
        for oldp, newp in pairs:
            self._path('get', oldp)
            self._path('set', newp)
        await self.cell.copyPathObjs(pairs)


class QueueApi(PermApi):
    """Queues by name."""

    async def addQueue(self, name: str, info: dict[str, Any]) -> bool:
        """Make a queue; False when it exists."""
        self._queue('add', name)
        if isinstance(info, dict):
            info = {**s_values.own(info), 'owner': self.user.iden, 'created': s_common.now()}
        return await self.cell.addQueue(name, info)

    async def delQueue(self, name: str) -> bool:
        """Remove a queue; False when there was none."""
        return await self.cell.delQueue(self._queue('del', name))

    async def putsQueue(self, name: str, items: typing.Iterable[Any]) -> int:
        """Append items; returns the offset of the first. Raises NoSuchName."""
        return await self.cell.putsQueue(self._queue('puts', name), items)

    async def getsQueue(
        self, name: str, offs: int, size: int | None = None, cull: bool = True, wait: bool = True
    ) -> typing.AsyncGenerator[s_telepath.Burst, None]:
        """Yield (offset, item) from an offset on. Raises NoSuchName."""
        async for some in self.cell.queue_bursts(self._queue('gets', name), offs, size, cull, wait):
            yield s_telepath.RawBurst(some)

    async def cullQueue(self, name: str, offs: int) -> None:
        """Forget the items up to and with an offset. Raises NoSuchName."""
        await self.cell.cullQueue(self._queue('gets', name), offs)


class NotifApi(PermApi):
    """Notifications for users. For admins only."""

    @s_cell.adminapi()
    async def addUserNotif(self, useriden: str, mesgtype: str, mesgdata: Any = None) -> int:
        """Store a notification; returns its index."""
        return await self.cell.addUserNotif(useriden, mesgtype, mesgdata)

    @s_cell.adminapi()
    async def getUserNotif(self, indx: int) -> s_notifs.Notif | None:
        """Return (user iden, time, type, data) of a notification, None when there is none."""
        return await self.cell.getUserNotif(indx)

    @s_cell.adminapi()
    async def delUserNotif(self, indx: int) -> None:
        """Forget a notification, if it exists."""
        await self.cell.delUserNotif(indx)

    @s_cell.adminapi()
    async def iterUserNotifs(
        self, useriden: str, size: int | None = None
    ) -> typing.AsyncGenerator[tuple[int, s_notifs.Notif], None]:
        """Yield (index, notification) of a user, newest first within a type."""
        async for item in self.cell.iterUserNotifs(useriden, size=size):
            yield item

    @s_cell.adminapi()
    async def watchAllUserNotifs(
        self, offs: int | None = None
    ) -> typing.AsyncGenerator[tuple[int, s_notifs.Notif], None]:
        """Yield (index, notification) of all users from an index on; ends after two minutes without one."""
        async for item in self.cell.watchAllUserNotifs(offs):
            yield item


class JsonStorApi(ObjectApi, QueueApi, NotifApi):
    """The API of a JSONStor, beside that of every cell (``synapse.jsonstor.JsonStorApi``)."""
