"""The cell: one service in one directory, put together and started in order (cell.md 4).

The order of the start is the order of the methods here. Its end is the reverse: doors close first, so that nobody can
ask for more; then the change log drains and checkpoints while everything that it applies to is still there; then the
parts end, the databases close, and last of all the lock on the directory goes.
"""

from __future__ import annotations

import asyncio
import collections.abc
import logging
import signal
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.base as s_base
import synapse.lib.cell.active as s_active
import synapse.lib.cell.ahalink as s_ahalink
import synapse.lib.cell.api as s_api
import synapse.lib.cell.backup as s_backup
import synapse.lib.cell.boot as s_boot
import synapse.lib.cell.certwatch as s_certwatch
import synapse.lib.cell.changes as s_changes
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.core as s_core
import synapse.lib.cell.diskguard as s_diskguard
import synapse.lib.cell.doors as s_doors
import synapse.lib.cell.events as s_events
import synapse.lib.cell.health as s_health
import synapse.lib.cell.hive as s_hive
import synapse.lib.cell.https as s_https
import synapse.lib.cell.info as s_info
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.logs as s_logs
import synapse.lib.cell.mirror as s_mirror
import synapse.lib.cell.optimize as s_optimize
import synapse.lib.cell.promote as s_promote
import synapse.lib.cell.rejoin as s_rejoin
import synapse.lib.cell.tasks as s_tasks
import synapse.lib.cell.versions as s_versions
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath

logger = logging.getLogger('synapse.lib.cell')

FEATURES = {'tellready': 1, 'dynmirror': 1, 'tasks': 1, 'issuewait': 1, 'shutdowndrain': 1, 'nexslog': 1}


class Cell(s_active.CellActive, s_changes.CellChanges, s_doors.CellDoors, s_info.CellInfo):
    """A service (promise path ``synapse.lib.cell.Cell``). Subclasses declare ``confdefs``, ``cellapi`` and hooks.

    Example:
        class MyApi(s_cell.CellApi):
            async def hello(self):
                return f'hello {self.user.name}'

        class MyCell(s_cell.Cell):
            cellapi = MyApi
            confdefs = {'my:option': {'type': 'string', 'description': '...'}}

            async def initServiceStorage(self):
                self.things = s_slab.KeyVal(self.slab, 'things')
    """

    cellapi = s_api.CellApi

    async def __anit__(  # type: ignore[override]
        self,
        dirn: str,
        conf: collections.abc.Mapping[str, typing.Any] | None = None,
        readonly: bool = False,
        parent: s_core.CellCore | None = None,
    ) -> None:
        """Start a cell.

        Args:
            dirn: Service directory, made when missing.
            conf: Options; they win over cell.yaml, and cell.mods.yaml over them.
            readonly: Refuse all changes.
            parent: The cell that this one is embedded in: they share change log, users and role.

        Raises:
            FatalErr: Another process runs on the directory. BadArg, BadConfValu: Bad options. LowSpace: The disk is
            nearly full. BadVersion: Newer code used the directory. BadCoreStore: A database is damaged.
        """
        self._init_facts(parent)
        self.boss = s_tasks.Boss()
        self.beholder = s_events.Beholder()
        self.layout = s_layout.Layout(dirn, self.getCellType())
        self.dirn = self.layout.dirn
        self.conf = self._load_conf(await self._source_conf(conf))
        await s_rejoin.finish(self.layout, self.conf)
        await self._init_dirs()
        await self._init_storage(readonly)
        await self._init_auth()
        await self._init_parts()
        await self.initServiceEarly()
        await self.initServiceStorage()
        if isinstance(parent, Cell):
            parent.embedded.append(self)
        else:
            await self._go()

    async def _go(self) -> None:
        await self.initNexusSubsystem()
        await self.initServiceRuntime()
        self.versions.set_booted()
        if self.cellparent is None:
            self._watch_host()
            self.mirror.start()
            await self.initServiceNetwork()
            self.promotion.start()

    # -- 1. facts, options, directory

    def _init_facts(self, parent: s_core.CellCore | None) -> None:
        self.runid = s_common.guid()
        self.starttime = s_common.now()
        self.cellparent = parent
        self.isactive = False
        self.term = None
        self.aha = None
        self.activebase = None
        self.optimized = None
        self.embedded = []
        self.slabs = []
        s_logs.keep_recent()
        self.reloads = {}
        self.features = dict(FEATURES)
        self._active_funcs = {}
        self._active_tasks = {}
        self._doors: list[typing.Any] = []
        self._ending: asyncio.Task[int] | None = None
        self.again = False

    async def _source_conf(self, conf: collections.abc.Mapping[str, typing.Any] | None) -> s_conf.Config:
        """Return the options of all sources but the last; a program that starts a cell itself gives a plain mapping."""
        if not isinstance(conf, s_conf.Config):
            conf = s_conf.Config(self.getConfDefs(), conf)
            if self.cellparent is None:
                await self.prepare(self.layout, conf)
            conf.set_from_file(self.layout.path('cell.yaml'))
        return conf

    def _load_conf(self, conf: s_conf.Config) -> s_conf.Config:
        mods = self.layout.path('cell.mods.yaml')
        conf.set_from_file(mods, force=True)
        conf.set_defaults()
        self.confmods = s_conf.ConfMods(mods, conf)
        name, network = conf.get('aha:name'), conf.get('aha:network')
        self.ahasvcname = f'{name}.{network}' if name and network else None
        if conf['safemode']:
            mesg = 'Booting %s in safe-mode. Some functionality may be disabled.'
            logger.warning(mesg, self.getCellType())
        return conf

    async def _init_dirs(self) -> None:
        self.guard = s_diskguard.DiskGuard(self.dirn, self.conf['limit:disk:free'])
        self.guard.req_room()
        self.onfini(self.layout.unlock)
        self.layout.lock()
        backupdir = self.layout.backup_dir(self.conf.get('backup:dir'))
        self.iden = self.layout.load_iden(self.conf.get('cell:guid'))
        self.layout.make_dirs()
        self.backups = s_backup.Backups(self, backupdir)
        if self.conf['onboot:optimize']:
            self.optimized = await s_optimize.optimize(self.dirn, self.layout.path('tmp'))

    # -- 2. log and database, users, the parts that others lean on

    async def _init_storage(self, readonly: bool) -> None:
        self.onfini(self._close_slabs)
        if self.cellparent is not None:
            nexsroot = self.cellparent.nexsroot
        else:
            nexsroot = await s_nexus.NexsRoot.anit(
                s_common.gendir(self.layout.path('slabs', 'nexuslog')),
                keep=self.conf['nexslog:en'],
                fast=self.conf['nexslog:fast'],
            )
            self.nexsroot = nexsroot
        if readonly:
            nexsroot.hold('The service was opened read only.')
        self.slab = s_slab.Slab.open(self.layout.path('slabs', 'cell.lmdb'))
        self.slabs.append(self.slab)
        nexsroot.add_slab(self.slab)
        await s_nexus.Pusher.__anit__(self, self.iden, nexsroot=nexsroot, slab=self.slab)
        self.versions = s_versions.Versions(self.slab)
        self.versions.req_no_regression(self.getCellType(), self.VERSION)
        # a first start that failed half way was none
        self.inaugural = self.layout.inaugural or not self.versions.booted
        if isinstance(self.cellparent, Cell):
            self.mirror, self.promotion = self.cellparent.mirror, self.cellparent.promotion
            return
        self.mirror = await s_mirror.Mirror.anit(self)
        self.promotion = s_promote.Promotion(self, self.mirror)

    async def _init_auth(self) -> None:
        ctor = self.conf.get('auth:ctor')
        if self.cellparent is not None:
            self.auth, self.hive = self.cellparent.auth, self.cellparent.hive
            return
        self.hive = await s_hive.Hive.anit(self.slab, self.nexsroot)
        self.onfini(self.hive)
        if ctor is not None:
            func = s_boot.resolve(ctor)
            if func is None:
                raise s_exc.BadConfValu(mesg=f'auth:ctor cannot be resolved: {ctor}', name='auth:ctor', value=ctor)
            self.auth = await func(self)
        else:
            self.auth = await s_auth.Auth.anit(
                self.slab,
                nexsroot=self.nexsroot,
                celliden=self.iden,
                policy=self.conf.get('auth:passwd:policy'),
                maxusers=self.conf['max:users'],
            )
            self.onfini(self.auth)
            self.auth.beholder = self.beholder.fire
            self.auth.log_extra = self.getLogExtra
            for name in ('aha:admin', 'aha:user'):
                if self.conf.get(name):
                    self.auth.boot_admin(self.conf[name])

    async def _init_parts(self) -> None:
        self.health = s_health.Health(self.iden)
        self.dynitems = {'cell': self, 'auth': self.auth}
        # also for connections that this service makes; undone at the end
        s_telepath.addCertPath(self.layout.path('certs'))
        self.onfini(lambda: s_telepath.delCertPath(self.layout.path('certs')))
        self.certdir = s_telepath.CertDir(self.layout.path('certs'), *s_telepath.getCertDir().paths)
        self.https = await s_https.HttpsServer.anit(self)
        self.addReloadableSystem('https:certs', self.https.reload)
        self._initCellHttpApis()
        self.dmon = await s_telepath.Daemon.anit(certdir=self.certdir, ahainfo={'name': self.ahasvcname})
        self._doors = [self.https, self.dmon]
        if self.conf.get('aha:registry') and self.cellparent is None:
            self.aha = await s_ahalink.AhaLink.anit(self)
            # first of all to end: who looks for us must not find a closed door
            self._doors.insert(0, self.aha)

    # -- 3. the change log: replay, then lead

    async def initNexusSubsystem(self) -> None:
        """Replay the change log, become leader or follower, apply the inaugural configuration."""
        if self.cellparent is None:
            await self.nexsroot.startup()
            passwd = self.conf.get('auth:passwd')
            if passwd is not None:
                await self.auth.boot_passwd(passwd)
            await self.mirror.decide()
        for cell in self.embedded:
            await typing.cast(Cell, cell)._go()
        if not self.mirror.leads:
            await self.initServicePassive()
            return
        await self.setCellActive(True)
        if self.inaugural and self.cellparent is None and self.conf.get('inaugural'):
            await self.auth.apply_inaugural(self.conf['inaugural'])

    # -- the end

    async def _base_run_fini(self) -> None:
        for door in self._doors:
            await door.fini()
        self.beholder.close()
        if self.cellparent is None and hasattr(self, 'mirror'):
            await self.mirror.fini()
        for cell in self.embedded:
            await cell.fini()
        if self.cellparent is None and hasattr(self, 'nexsroot') and self.nexsroot is not None:
            await self.nexsroot.fini()
        await super()._base_run_fini()

    def _close_slabs(self) -> None:
        for slab in reversed(self.slabs):
            slab.close()

    async def shutdown(self, timeout: float | None = None, drain: bool = True) -> bool:
        """End the service gracefully (cell.md 10): a leader hands over; new tasks are refused, the running ones are
        waited for (or cancelled), then it stops.

        Returns:
            False when tasks did not end within ``timeout`` seconds: the service goes on as before.
        """
        logger.warning('Graceful shutdown initiated...')
        await self.promotion.leave(timeout)
        if not await self.boss.drain(timeout=timeout, kill=not drain):
            logger.warning('...tasks did not complete within timeout. Aborting shutdown.')
            return False
        logger.warning('...all tasks exited. Shutting down.')
        self._end_soon()
        return True

    def restart(self) -> None:
        """End, and have the process begin anew as it was started (where a server runs us)."""
        self.again = True
        self._end_soon()

    def _end_soon(self) -> None:
        # a moment later and as a task of nobody, so that the caller still gets the answer
        self.loop.call_later(0.1, self._end)

    def _end(self) -> None:
        self._ending = self.loop.create_task(self.fini())

    async def main(self) -> None:
        """Run until SIGTERM, SIGINT or the end of the cell. SIGHUP reloads what can be reloaded."""
        self.loop.add_signal_handler(signal.SIGHUP, self.on_signal, signal.SIGHUP)
        await super().main()

    def on_signal(self, sig: signal.Signals) -> None:
        """Handle a signal: SIGHUP reloads all that can be reloaded, others end the service."""
        if sig != signal.SIGHUP:
            self._base_signal(sig)
        elif not self.isfini:
            logger.info('Caught SIGHUP, running reloadable subsystems.')
            self.schedCoro(self.reload())

    def _watch_host(self) -> None:
        self.schedCoro(self.guard.watch(self.nexsroot))
        self.schedCoro(s_certwatch.watch(self.layout.path('certs')))
        if self.conf['health:sysctl:checks']:
            self.schedCoro(s_health.watch_sysctls())

    # -- objects that admins may call by name

    async def _dyn_method(self, iden: str, todo: typing.Any, gatekeys: typing.Any) -> tuple[typing.Any, typing.Any]:
        item = self.dynitems.get(iden)
        if item is None:
            raise s_exc.NoSuchIden(mesg=f'No dynitem for iden={iden}', iden=iden)
        for useriden, perm, gateiden in gatekeys:
            self.auth.reqUser(useriden).confirm(tuple(perm), gateiden=gateiden)
        name, args, kwargs = todo
        meth = None if name.startswith('_') else getattr(item, name, None)
        if not callable(meth):
            raise s_exc.NoSuchMeth(mesg=f'{type(item).__name__} has no method: {name}.', name=name)
        return meth, (args, kwargs)

    async def dyncall(self, iden: str, todo: typing.Any, gatekeys: typing.Any = ()) -> typing.Any:
        """Call ``todo = (name, args, kwargs)`` on a named object. Raises NoSuchIden, NoSuchMeth, AuthDeny.

        Args:
            gatekeys: ``(user iden, permission, gate iden)`` to be confirmed before the call.
        """
        meth, (args, kwargs) = await self._dyn_method(iden, todo, gatekeys)
        return await s_base.call(meth, *args, **kwargs)

    async def dyniter(
        self, iden: str, todo: typing.Any, gatekeys: typing.Any = ()
    ) -> typing.AsyncGenerator[typing.Any, None]:
        """Like `dyncall`, for methods that yield."""
        meth, (args, kwargs) = await self._dyn_method(iden, todo, gatekeys)
        async for item in meth(*args, **kwargs):
            yield item
