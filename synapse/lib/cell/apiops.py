"""Remote methods to look at a service and to operate it: facts, tasks, change log, backups, logs (cell.md 6)."""

from __future__ import annotations

import contextlib
import gc
import typing

import synapse.exc as s_exc
import synapse.lib.cell.apibase as s_apibase
import synapse.lib.cell.logs as s_logs

adminapi = s_apibase.adminapi

Items = typing.AsyncIterator[typing.Any]


class FactsApi(s_apibase.ApiBase):
    """What kind of service this is and how it does."""

    def getCellType(self) -> str:
        """Return the kind of service."""
        return self.cell.getCellType()

    def getCellIden(self) -> str:
        """Return the permanent iden of the service."""
        return self.cell.getCellIden()

    def getCellRunId(self) -> str:
        """Return the iden of this run of the process."""
        return self.cell.getCellRunId()

    def isCellActive(self) -> bool:
        """Return True when the service is the leader."""
        return self.cell.isCellActive()

    def getPermDef(self, perm: typing.Sequence[str]) -> dict[str, typing.Any] | None:
        """Return the definition of one permission, None when it is not known."""
        return self.cell.getPermDef(perm)

    def getPermDefs(self) -> list[dict[str, typing.Any]]:
        """Return the permissions that the service knows."""
        return self.cell.getPermDefs()

    async def getCellInfo(self) -> dict[str, typing.Any]:
        """Return the facts of cell.md 6.1."""
        return await self.cell.getCellInfo()

    @adminapi()
    async def getSystemInfo(self) -> dict[str, typing.Any]:
        """Return facts about the host (cell.md 6.2)."""
        return await self.cell.getSystemInfo()

    async def getHealthCheck(self) -> dict[str, typing.Any]:
        """Return the health report. Needs permission ``health``."""
        await self._reqUserAllowed(('health',))
        return await self.cell.getHealthCheck()

    @adminapi()
    async def getDmonSessions(self) -> list[dict[str, typing.Any]]:
        """Return the Telepath sessions: ``{items, conninfo, user}``."""
        return await self.cell.dmon.getSessInfo()

    @adminapi()
    def getDiagInfo(self) -> dict[str, typing.Any]:
        """Return the state of the databases."""
        return self.cell.getDiagInfo()

    @adminapi()
    def runGcCollect(self, generation: int = 2) -> int:
        """Run the garbage collector; returns the number of unreachable objects. Raises BadArg."""
        if generation not in (0, 1, 2):
            raise s_exc.BadArg(mesg='generation must be 0, 1 or 2', name='generation')
        return gc.collect(generation)

    @adminapi()
    def getGcInfo(self) -> dict[str, typing.Any]:
        """Return statistics of the garbage collector."""
        return {'stats': gc.get_stats(), 'threshold': gc.get_threshold()}

    @adminapi()
    def getReloadableSystems(self) -> tuple[str, ...]:
        """Return the names of the parts that can be reloaded."""
        return self.cell.getReloadableSystems()

    @adminapi(log=True)
    async def reload(self, subsystem: str | None = None) -> dict[str, typing.Any]:
        """Reload one part, or all: ``{name: (True, value) or (False, (errname, errinfo))}``. Raises NoSuchName."""
        return await self.cell.reload(subsystem)

    @adminapi()
    def logs(self, last: int = 100) -> list[dict[str, typing.Any]]:
        """Return the newest log lines in structured form, oldest first; 1000 are kept."""
        return s_logs.recent.last(last)

    @adminapi()
    async def watch(self, last: int = 100) -> Items:
        """Yield the newest log lines, then each new one."""
        async with contextlib.aclosing(s_logs.recent.watch(last)) as items:
            async for item in items:
                yield item

    @adminapi(log=True)
    async def behold(self) -> Items:
        """Yield change events (cell.md 5.10)."""
        async with contextlib.aclosing(self.cell.behold()) as items:
            async for item in items:
                yield item


class TaskApi(s_apibase.ApiBase):
    """What the service is busy with, and how to stop it."""

    def ps(self) -> list[dict[str, typing.Any]]:
        """Return the top-level tasks: the caller's own, all of them with permission ``task.get``."""
        seeall = self._is_allowed(('task', 'get'))
        return [task.pack() for task in self.cell.boss.ps() if seeall or task.user.iden == self.user.iden]

    async def kill(self, iden: str) -> bool:
        """Cancel a task and wait for its end; False when there is none. Raises AuthDeny."""
        task = self.cell.boss.get(iden)
        if task is None:
            return False
        if task.user.iden != self.user.iden and not self._is_allowed(('task', 'del')):
            mesg = 'User must have permission task.del or own the task'
            raise s_exc.AuthDeny(mesg=mesg, task=iden, user=self.user.iden, username=self.user.name, perm='task.del')
        await task.kill()
        return True

    @adminapi()
    async def getTasks(self, peers: bool = True, timeout: float | None = None) -> Items:
        """Yield the top-level tasks in full form.

        Args:
            peers: Those of the other instances of the service too. timeout: Seconds that each of them has.
        """
        for task in self.cell.boss.ps():
            yield task.pack_full(self.cell.getSvcName())
        if peers and self.cell.aha is not None:
            async with contextlib.aclosing(self.cell.aha.peer_items('getTasks', timeout)) as items:
                async for item in items:
                    yield item

    @adminapi()
    async def getTask(
        self, iden: str, peers: bool = True, timeout: float | None = None
    ) -> dict[str, typing.Any] | None:
        """Return one task in full form, None when there is none of that iden. Arguments as for getTasks()."""
        task = self.cell.boss.get(iden)
        if task is not None:
            return task.pack_full(self.cell.getSvcName())
        return await self._ask_peers('getTask', iden, peers, timeout)

    @adminapi()
    async def killTask(self, iden: str, peers: bool = True, timeout: float | None = None) -> bool:
        """Cancel a task and wait for its end. False when there is none of that iden. Arguments as for getTasks()."""
        task = self.cell.boss.get(iden)
        if task is None:
            return bool(await self._ask_peers('killTask', iden, peers, timeout))
        await task.kill()
        return True

    async def _ask_peers(self, meth: str, iden: str, peers: bool, timeout: float | None) -> typing.Any:
        """Return what the first of the other instances answers that knows a task, None when none does."""
        if peers and self.cell.aha is not None:
            async with contextlib.aclosing(self.cell.aha.peer_results(meth, timeout, iden)) as results:
                async for result in results:
                    if result:
                        return result
        return None

    @adminapi(log=True)
    async def shutdown(self, timeout: float | None = None, drain: bool = True) -> bool:
        """End the service: refuse new tasks, wait for those that run (or, without ``drain``, cancel them), then stop.

        Returns:
            True when the service is about to end, False when tasks did not end in time: it goes on as before.
        """
        return await self.cell.shutdown(timeout=timeout, drain=drain)


class ChangesApi(s_apibase.ApiBase):
    """The change log: for followers, and for operators who trim it."""

    @adminapi()
    def getNexsIndx(self) -> int:
        """Return the next offset that will be written."""
        return self.cell.getNexsIndx()

    @adminapi()
    async def readyToMirror(self) -> None:
        """Keep the change log from now on."""
        await self.cell.readyToMirror()

    @adminapi()
    async def getMirrorUrls(self) -> list[str]:
        """Return the URLs of the followers. Raises BadConfValu without AHA."""
        return await self.cell.getMirrorUrls()

    @adminapi(log=True)
    async def rotateNexsLog(self) -> int:
        """Let the log go on in a new segment; returns its first offset."""
        return await self.cell.rotateNexsLog()

    @adminapi(log=True)
    async def cullNexsLog(self, offs: int) -> bool:
        """Forget the entries up to and including an offset; False when that is not possible."""
        return await self.cell.cullNexsLog(offs)

    @adminapi(log=True)
    async def trimNexsLog(self, consumers: typing.Sequence[str] | None = None, timeout: float = 60) -> int:
        """Rotate, wait for the consumers (Telepath URLs), forget what lies before; returns the last offset of that."""
        return await self.cell.trimNexsLog(consumers=consumers, timeout=timeout)

    @adminapi()
    async def waitNexsOffs(self, offs: int, timeout: float | None = None) -> bool:
        """Wait until an offset was written; False when the time passed first, or no log is kept."""
        return await self.cell.waitNexsOffs(offs, timeout=timeout)

    @adminapi()
    async def getNexusChanges(self, offs: int, tellready: bool = False, wait: bool = True) -> Items:
        """Yield ``(offset, item)`` from an offset on (cell.md 7.2)."""
        items = self.cell.getNexusChanges(offs, tellready=tellready, wait=wait)
        async with contextlib.aclosing(typing.cast(typing.Any, items)) as changes:
            async for item in changes:
                yield item

    @adminapi()
    async def issue(
        self,
        nexsiden: str,
        event: str,
        args: typing.Any,
        kwargs: dict[str, typing.Any],
        meta: dict[str, typing.Any] | None = None,
        wait: bool = True,
    ) -> typing.Any:
        """Log and apply a change; returns ``(offset, what its handler returned)``."""
        return await self.cell.issue(nexsiden, event, args, kwargs, meta, wait=wait)

    @adminapi(log=True)
    async def promote(self, graceful: bool = False) -> None:
        """Become the leader. Raises BadConfValu when this service follows nobody."""
        await self.cell.promote(graceful=graceful)

    @adminapi()
    async def handoff(self, turl: str, timeout: float = 30) -> None:
        """Hand the lead to the follower at a Telepath URL."""
        await self.cell.handoff(turl, timeout=timeout)

    @adminapi(log=True)
    async def demote(self, timeout: float | None = None) -> bool:
        """Hand the lead to the best follower. Raises NeedConfValu without AHA."""
        return await self.cell.demote(timeout=timeout)

    @adminapi(log=True)
    async def rejoin(self, turl: str) -> dict[str, typing.Any]:
        """Make a deposed leader, or a follower that does not fit, a follower of the leader at a URL.

        See `CellChanges.rejoin`.
        """
        return await self.cell.rejoin(turl)

    @adminapi(log=True)
    async def freeze(self, timeout: float = 30) -> None:
        """Stop changes and bring everything to disk, until resume(). Raises BadState, TimeOut."""
        await self.cell.freeze(timeout=timeout)

    @adminapi(log=True)
    async def resume(self) -> None:
        """End freeze(). Raises BadState."""
        await self.cell.resume()


class FollowApi(s_apibase.ApiBase):
    """What leaders and followers of our own kind tell each other, and the check that they are equal."""

    @adminapi()
    async def getNexsHello(self) -> dict[str, typing.Any]:
        """Return who this instance is, and which leaderships its log has seen."""
        return await self.cell.getNexsHello()

    @adminapi()
    async def meetNexs(self, hello: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Say who we are; returns who this instance is. Raises BadState when the logs do not fit."""
        return await self.cell.meetNexs(hello)

    @adminapi()
    async def getNexusLog(self, offs: int) -> Items:
        """Yield the records of the log from an offset on, many at a time as bytes; None: there are no more now."""
        async with contextlib.aclosing(typing.cast(typing.Any, self.cell.getNexusLog(offs))) as chunks:
            async for byts in chunks:
                yield byts

    @adminapi(log=True)
    async def takeNexsLead(self, info: dict[str, typing.Any]) -> None:
        """Take the lead that the leader hands over. Raises BadState."""
        await self.cell.promotion.take(info)

    @adminapi()
    async def settleNexs(self, timeout: float = 30) -> None:
        """Wait until all that belongs to the changes here is here too (blobs). Raises NotReady."""
        await self.cell.promotion.settle(timeout)

    @adminapi(log=True)
    async def giveUpLead(self, token: str) -> dict[str, typing.Any]:
        """Give up a handoff that has not happened; returns who leads the log here (``getNexsHello``)."""
        return await self.cell.promotion.give_up(token)

    @adminapi()
    async def getNexsDigest(self, offs: int | None = None, timeout: float | None = None) -> dict[str, typing.Any]:
        """Return digests of the content of all databases at one offset: ``{offs, digest, slabs}``."""
        return await self.cell.getNexsDigest(offs=offs, timeout=timeout)


class BackupApi(s_apibase.ApiBase):
    """Live backups."""

    @adminapi()
    async def runBackup(self, name: str | None = None, wait: bool = True) -> str:
        """Make a backup and return its name. Raises BackupAlreadyRunning, BadArg, LowSpace."""
        return await self.cell.backups.run(name, wait=wait, user=self.user)

    @adminapi()
    async def getBackupInfo(self) -> dict[str, typing.Any]:
        """Return times, durations (ms) and size (bytes) of the last backup, and its error."""
        return self.cell.backups.get_info()

    @adminapi()
    async def getBackups(self) -> list[str]:
        """Return the names of all backups."""
        return self.cell.backups.list()

    @adminapi()
    async def delBackup(self, name: str) -> None:
        """Delete a backup. Raises BadArg when there is none of that name."""
        await self.cell.backups.delete(name)

    @adminapi()
    async def iterBackupArchive(self, name: str) -> Items:
        """Yield a backup as the bytes of a gzip tar. Raises BadArg when there is none of that name."""
        async with contextlib.aclosing(self.cell.backups.stream(name, self.user)) as chunks:
            async for byts in chunks:
                yield byts

    @adminapi()
    async def iterNewBackupArchive(self, name: str | None = None, remove: bool = False) -> Items:
        """Make a backup and yield it as the bytes of a gzip tar; ``remove`` deletes it afterwards."""
        items = self.cell.backups.stream_new(name, remove=remove, user=self.user)
        async with contextlib.aclosing(items) as chunks:
            async for byts in chunks:
                yield byts


class TreeApi(s_apibase.ApiBase):
    """Calls on named objects, and the key/value tree of old releases (cell.md 6)."""

    @adminapi()
    async def dyncall(self, iden: str, todo: typing.Any, gatekeys: typing.Any = ()) -> typing.Any:
        """Call ``todo = (name, args, kwargs)`` on a named object of the service. Raises NoSuchIden, AuthDeny."""
        return await self.cell.dyncall(iden, todo, gatekeys=gatekeys)

    @adminapi()
    async def dyniter(self, iden: str, todo: typing.Any, gatekeys: typing.Any = ()) -> Items:
        """Like dyncall, for methods that yield."""
        async with contextlib.aclosing(self.cell.dyniter(iden, todo, gatekeys=gatekeys)) as items:
            async for item in items:
                yield item

    @adminapi()
    async def listHiveKey(self, path: typing.Sequence[str] | None = None) -> tuple[str, ...] | None:
        """Deprecated. Return the names below a path, None when it does not exist."""
        s_apibase.deprecated('CellApi.listHiveKey')
        return self.cell.hive.names(path or ())

    @adminapi()
    async def getHiveKeys(self, path: typing.Sequence[str]) -> tuple[typing.Any, ...] | None:
        """Deprecated. Return ``(name, value)`` below a path, None when it does not exist."""
        s_apibase.deprecated('CellApi.getHiveKeys')
        return self.cell.hive.items(path or ())

    @adminapi()
    async def getHiveKey(self, path: typing.Sequence[str]) -> typing.Any:
        """Deprecated. Return the value at a path."""
        s_apibase.deprecated('CellApi.getHiveKey')
        return self.cell.hive.get(path)

    @adminapi(log=True)
    async def setHiveKey(self, path: typing.Sequence[str], valu: typing.Any) -> typing.Any:
        """Deprecated. Set the value at a path and return the one before."""
        s_apibase.deprecated('CellApi.setHiveKey')
        return await self.cell.hive.set(path, valu)

    @adminapi(log=True)
    async def popHiveKey(self, path: typing.Sequence[str]) -> typing.Any:
        """Deprecated. Remove a path with all below it and return its value."""
        s_apibase.deprecated('CellApi.popHiveKey')
        return await self.cell.hive.pop(path)

    @adminapi(log=True)
    async def saveHiveTree(self, path: typing.Sequence[str] = ()) -> dict[str, typing.Any]:
        """Deprecated. Return everything below a path as ``{value, kids?}``."""
        s_apibase.deprecated('CellApi.saveHiveTree')
        return self.cell.hive.tree(path or ())
