"""Live backups of a running service: run, list, delete, stream (cell.md 8.1).

Changes pause only until every database has a read snapshot at one common offset (`NexsRoot.snapshot`); the copying
goes on in threads while writers write. A backup appears under its name when it is complete, never before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
import traceback
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.archive as s_archive
import synapse.lib.cell.copydir as s_copydir
import synapse.lib.cell.layout as s_layout

if typing.TYPE_CHECKING:
    import synapse.lib.cell.core as s_core

logger = logging.getLogger('synapse.lib.cell')


class Backups:
    """The backups of one service.

    Attributes:
        dirn: Where they are kept.
        running: True while one is being made.
    """

    def __init__(self, cell: s_core.CellCore, dirn: str) -> None:
        self.cell = cell
        self.dirn = dirn
        self.running = False
        self.streaming = False
        self.started: float | None = None
        self.info: dict[str, typing.Any] = dict.fromkeys(
            ('laststart', 'lastend', 'lastduration', 'lastsize', 'lastupload', 'lastexception')
        )

    # -- names

    def path(self, name: str) -> str:
        """Return the path of a backup. Raises BadArg when the name leads out of the backup directory."""
        path = os.path.abspath(os.path.join(self.dirn, name))
        if '\0' in name or not path.startswith(self.dirn + os.sep):
            raise s_exc.BadArg(mesg='Directory traversal detected', name=name)
        return path

    def req_path(self, name: str) -> str:
        """Return the path of a backup that exists. Raises BadArg."""
        path = self.path(name)
        if not os.path.isfile(os.path.join(path, s_layout.GUID_FILE)):
            raise s_exc.BadArg(mesg='Specified backup path has no cell.guid file.')
        return path

    def list(self) -> list[str]:
        """Return the names of all backups: directories with a cell.guid, nested ones included."""
        names = []
        for path, dirs, files in os.walk(self.dirn):
            if path != self.dirn and s_layout.GUID_FILE in files:
                names.append(os.path.relpath(path, self.dirn))
                dirs.clear()
            dirs[:] = [name for name in dirs if not name.endswith('.partial')]
        return sorted(names)

    async def delete(self, name: str) -> None:
        """Delete a backup. Raises BadArg when there is none of that name."""
        path = self.req_path(name)
        logger.info('Removing backup for [%s]', path)
        # without its cell.guid a half deleted directory is no backup any more
        os.unlink(os.path.join(path, s_layout.GUID_FILE))
        await asyncio.to_thread(shutil.rmtree, path)
        logger.info('Backup removed from [%s]', path)

    def get_info(self) -> dict[str, typing.Any]:
        """Return times (epoch ms), durations (ms) and size (bytes) of the last backup, and its error."""
        curr = None if self.started is None else int((time.monotonic() - self.started) * 1000)
        return {'currduration': curr, **self.info}

    # -- making one

    async def run(self, name: str | None = None, wait: bool = True, user: typing.Any = None) -> str:
        """Make a backup and return its name.

        Args:
            name: Default: local time as ``%Y%m%d%H%M%S``. May contain ``/``.
            wait: False returns at once; a failure then shows in ``get_info()``.
            user: For whom; root by default.

        Raises:
            BackupAlreadyRunning, BadArg (name), LowSpace, IsReadOnly (the change log has failed).
        """
        if self.running:
            raise s_exc.BackupAlreadyRunning(mesg='Another backup is already running')
        if name is None:
            name = time.strftime('%Y%m%d%H%M%S')
        path = self.path(name)
        if os.path.exists(path):
            raise s_exc.BadArg(mesg='Backup with name already exists', name=name)
        self.running = True
        try:
            await self._req_space()
        except BaseException:
            self.running = False
            raise
        task = self.cell.schedCoro(self._run(name, path, user or self.cell.auth.rootuser))
        if wait:
            # who waits may go away: the backup goes on, it can be killed by its task
            await asyncio.shield(task)
        return name

    async def _req_space(self) -> None:
        need, _ = await asyncio.to_thread(
            s_layout.disk_usage, self.cell.dirn, (self.cell.layout.path('backups'), self.cell.layout.path('tmp'))
        )
        usage = shutil.disk_usage(self.dirn)
        limit = self.cell.conf.get('limit:disk:free')
        if limit is not None and os.stat(self.dirn).st_dev == os.stat(self.cell.dirn).st_dev:
            need += usage.total * limit // 100
        if usage.free < need:
            mesg = f'Insufficient free space on {self.dirn} to run a backup ({usage.free} bytes free, {need} required)'
            raise s_exc.LowSpace(mesg=mesg, dirn=self.dirn)

    async def _run(self, name: str, path: str, user: typing.Any) -> None:
        self.started = time.monotonic()
        self.info.update(laststart=s_common.now(), lastexception=None)
        try:
            with self.cell.boss.task('backup', user, {'name': name}):
                logger.info('Starting backup to [%s]', path)
                await self._make(path)
                _, self.info['lastsize'] = await asyncio.to_thread(s_layout.disk_usage, path)
                logger.info('Backup completed to [%s]. Took %.2fs', path, time.monotonic() - self.started)
        except BaseException as e:
            self.info['lastexception'] = _exc_info(e)
            logger.warning('Error while running backup to [%s]: %r', path, e)
            raise
        finally:
            self.info['lastend'] = s_common.now()
            self.info['lastduration'] = int((time.monotonic() - self.started) * 1000)
            self.started = None
            self.running = False

    async def _make(self, path: str) -> None:
        parent = s_common.gendir(os.path.dirname(path))
        suffix = f'.{self.cell.iden}.partial'
        for entry in os.scandir(parent):
            if entry.name.endswith(suffix):  # left behind by a process that was killed
                await asyncio.to_thread(shutil.rmtree, entry.path)
        temp = s_common.gendir(parent, os.path.basename(path) + suffix)
        try:
            await self._copy(temp)
            os.rename(temp, path)
            s_common.sync_path(parent)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, temp, True)
            raise

    async def _copy(self, dstdir: str) -> None:
        cell = self.cell
        # files before databases: what a file says of the log (a mode, a marker) is never newer than the log itself
        with await cell.nexsroot.snapshot(extra=cell.extra_slabs()) as snap:
            work = asyncio.ensure_future(asyncio.to_thread(s_copydir.copy_rest, cell.dirn, dstdir, snap.paths))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                await asyncio.wait([work])
                raise
            await snap.copy(cell.dirn, dstdir, progress=lambda rel: logger.info('Copying %s', rel))
        s_common.write_file(os.path.join(dstdir, s_layout.GUID_FILE), cell.iden.encode())

    # -- streaming

    async def stream(self, name: str, user: typing.Any = None) -> typing.AsyncGenerator[bytes, None]:
        """Yield a backup as the bytes of a gzip tar. Raises BadArg when there is none of that name."""
        path = self.req_path(name)
        with self.cell.boss.task('backup:stream', user or self.cell.auth.rootuser, {'name': name}):
            logger.info('Streaming backup archive for [%s]', path)
            async with contextlib.aclosing(s_archive.stream(path, name)) as chunks:
                async for byts in chunks:
                    yield byts
            logger.info('Backup stream complete for [%s]', path)

    async def stream_new(
        self, name: str | None = None, remove: bool = False, user: typing.Any = None
    ) -> typing.AsyncGenerator[bytes, None]:
        """Make a backup and yield it as a gzip tar; ``remove`` deletes it afterwards. Raises BackupAlreadyRunning."""
        if remove and self.streaming:
            raise s_exc.BackupAlreadyRunning(mesg='Another streaming backup is already running')
        self.streaming = self.streaming or remove
        made = None
        try:
            made = await self.run(name, user=user)
            async with contextlib.aclosing(self.stream(made, user=user)) as chunks:
                async for byts in chunks:
                    yield byts
        finally:
            if remove:
                self.streaming = False
                if made is not None:
                    await asyncio.shield(self.delete(made))


def _exc_info(e: BaseException) -> dict[str, typing.Any]:
    info: dict[str, typing.Any] = {'err': type(e).__name__, 'errmsg': str(e)}
    frames = traceback.extract_tb(e.__traceback__)
    if frames:
        info.update(errfile=frames[-1].filename, errline=frames[-1].lineno)
    if isinstance(e, s_exc.SynErr):
        info['errinfo'] = e.items()
    return info
