"""What every part of a cell may rely on: its attributes, its class-level facts, and the hooks for plugin authors.

`Cell` is put together from a few classes, one topic each, which all derive from `CellCore`. The attributes here are set
by the boot sequence in ``cell.py`` in the order in which they are listed.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.base as s_base
import synapse.lib.cell.ahalink as s_ahalink
import synapse.lib.cell.backup as s_backup
import synapse.lib.cell.boot as s_boot
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.confdefs as s_confdefs
import synapse.lib.cell.diskguard as s_diskguard
import synapse.lib.cell.events as s_events
import synapse.lib.cell.health as s_health
import synapse.lib.cell.hive as s_hive
import synapse.lib.cell.https as s_https
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.logs as s_logs
import synapse.lib.cell.mirror as s_mirror
import synapse.lib.cell.promote as s_promote
import synapse.lib.cell.provision as s_provision
import synapse.lib.cell.tasks as s_tasks
import synapse.lib.cell.versions as s_versions
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath


class CellCore(s_auth.AuthOps, s_nexus.Pusher):
    """The ground that the parts of a cell stand on.

    Attributes:
        conf: Options, validated. dirn: Service directory. iden: Permanent service iden. runid: New at each start.
        isactive: True while this service is the leader. inaugural: True during the very first start.
        slab: The cell's own database. nexsroot: The change log. auth: Users, roles, gates. boss: Tasks.
        dmon: The Telepath server. https: The HTTPS server. cellparent: The cell that this one is embedded in, or None.
        aha: The link to AHA, None without ``aha:registry``. term: The leadership that this service is in, if counted.
        mirror: The way to the leader. promotion: Changes of the lead. again: The process shall begin anew at the end.
        dynitems: Objects that admins may call by name (``dyncall``). features: What callers may expect, with versions.
    """

    COMMIT = ''
    VERSION: tuple[int, int, int] = s_common.version
    VERSTRING = s_common.verstring

    confdefs: s_confdefs.ConfDefs = {}
    confbase: s_confdefs.ConfDefs = s_confdefs.CONFBASE

    conf: s_conf.Config
    confmods: s_conf.ConfMods
    layout: s_layout.Layout
    dirn: str
    iden: str
    runid: str
    starttime: int
    inaugural: bool
    cellparent: CellCore | None
    guard: s_diskguard.DiskGuard
    optimized: dict[str, typing.Any] | None
    embedded: list[CellCore]
    slabs: list[s_slab.Slab]
    nexsroot: s_nexus.NexsRoot
    slab: s_slab.Slab
    versions: s_versions.Versions
    boss: s_tasks.Boss
    beholder: s_events.Beholder
    health: s_health.Health
    backups: s_backup.Backups
    auth: s_auth.Auth
    hive: s_hive.Hive
    certdir: s_telepath.CertDir
    dmon: s_telepath.Daemon
    https: s_https.HttpsServer
    isactive: bool
    activebase: s_base.Base | None
    ahasvcname: str | None
    aha: s_ahalink.AhaLink | None
    mirror: s_mirror.Mirror
    promotion: s_promote.Promotion
    term: int | None
    again: bool
    dynitems: dict[str, typing.Any]
    features: dict[str, int]
    reloads: dict[str, typing.Callable[[], typing.Any]]

    # -- the class

    @classmethod
    def getCellType(cls) -> str:
        """Return the kind of service: the class name in lower case."""
        return cls.__name__.lower()

    @classmethod
    def getEnvPrefix(cls) -> tuple[str, ...]:
        """Return the prefixes of the environment variables that configure this service, first match wins."""
        return (f'SYN_{cls.__name__.upper()}',)

    @classmethod
    def getConfDefs(cls) -> s_confdefs.ConfDefs:
        """Return all options: those of the class, and the base ones, which win on a clash."""
        return {**cls.confdefs, **cls.confbase}

    @classmethod
    async def prepare(cls, layout: s_layout.Layout, conf: s_conf.Config) -> None:
        """Make the directory ready before anything in it is opened: provisioning. Overrides call the base.

        Args:
            layout: The directory, not locked. conf: The options that win over those in it.
        """
        await s_provision.provision(layout, conf)

    @classmethod
    async def initFromArgv(cls, argv: typing.Sequence[str], outp: typing.Any = None) -> typing.Self:
        """Return a running cell configured by command line arguments (without the program name)."""
        return typing.cast(typing.Self, await s_boot.init_from_argv(typing.cast(typing.Any, cls), argv))

    @classmethod
    async def execmain(cls, argv: typing.Sequence[str], outp: typing.Any = None) -> None:
        """Run a cell from command line arguments until it is told to stop."""
        await s_boot.execmain(typing.cast(typing.Any, cls), argv)

    # -- hooks of the boot sequence (cell.md 4), in order. Overrides of the network hook must call the base.

    async def initServiceEarly(self) -> None:
        """Called when daemon and HTTP objects exist, before storage."""

    async def initServiceStorage(self) -> None:
        """Called to open the service's own storage. No change may be issued yet."""

    async def initServiceActive(self) -> None:
        """Called each time that this service becomes the leader."""

    async def initServicePassive(self) -> None:
        """Called each time that this service becomes a follower."""

    async def initServiceRuntime(self) -> None:
        """Called once, when storage and Nexus work and before the service is reachable."""

    async def settle(self) -> None:
        """Wait until a follower also has what belongs to its changes and does not travel in the log (blobs).

        The lead is handed over after that. Overrides call the base.
        """
        for cell in self.embedded:
            await cell.settle()

    # -- configuration that the service changes for itself

    def modCellConf(self, conf: dict[str, typing.Any]) -> None:
        """Set options now and for all later starts (cell.mods.yaml). Raises BadArg, BadConfValu: nothing is set."""
        self.confmods.update(conf)

    def popCellConf(self, name: str) -> None:
        """Forget an option that was set with modCellConf."""
        self.confmods.pop(name)

    # -- storage

    async def open_slab(self, *path: str, nexus: bool = True) -> s_slab.Slab:
        """Open a database below the service directory; it is committed and closed with the cell and in its backups.

        Args:
            path: Parts of the path relative to the service directory, e.g. ``'slabs', 'things.lmdb'``. A single name
                without the suffix is a database in ``slabs``.
            nexus: It holds the state of a Nexus pusher: it takes part in replay and checkpoints. Otherwise whoever
                writes it commits it.

        Raises:
            BadCoreStore: The database is damaged. SlabAlreadyOpen: It is open already.
        """
        parts = ('slabs', f'{path[0]}.lmdb') if len(path) == 1 and not path[0].endswith('.lmdb') else path
        slab = s_slab.Slab.open(self.layout.path(*parts))
        self.slabs.append(slab)
        if nexus:
            self.nexsroot.add_slab(slab)
        return slab

    def close_slab(self, slab: s_slab.Slab) -> None:
        """Close a database of this cell before the cell ends, for example to delete it."""
        self.nexsroot.del_slab(slab)
        if slab in self.slabs:
            self.slabs.remove(slab)
        slab.close()

    def extra_slabs(self) -> list[s_slab.Slab]:
        """Return the open databases of this cell and of embedded ones that do not follow the log."""
        slabs = [slab for cell in (self, *self.embedded) for slab in cell.slabs]
        return [slab for slab in slabs if slab not in self.nexsroot.slabs.slabs]

    # -- ways to this service, for its own parts and for log lines

    def getLocalUrl(self, share: str = '*', user: str = 'root') -> str:
        """Return the Telepath URL of the unix socket in the service directory."""
        return f'cell://{user}@{self.dirn}:{share}'

    async def getLocalProxy(self, share: str = '*', user: str = 'root') -> s_telepath.Proxy:
        """Return a Telepath proxy to this service itself."""
        return await s_telepath.openurl(self.getLocalUrl(share=share, user=user))

    def getSvcName(self) -> str | None:
        """Return the name of this service in its AHA network, None without one."""
        return self.ahasvcname

    async def ask_leader(self, term: int) -> dict[str, typing.Any] | None:
        """Return ``{term, name}`` of another instance that leads in this term or a later one, None without one.

        For a service that keeps its terms elsewhere than in AHA: AHA itself.
        """
        return None

    def lead_url(self) -> str:
        """Return where the leader finds us when it hands over the lead. Raises NeedConfValu."""
        for name in ('aha:name', 'aha:network'):
            if not self.conf.get(name):
                mesg = f'Cannot gracefully promote without {name} configured.'
                raise s_exc.NeedConfValu(mesg=mesg, name=name)
        return f'aha://{self.ahasvcname}'

    def getLogExtra(self, **kwargs: typing.Any) -> dict[str, typing.Any]:
        """Return the ``extra=`` argument for a log line: the values given, and who the caller is."""
        task = s_tasks.current()
        sess = s_telepath.caller()
        user = task.user if task is not None else sess.user if sess is not None else None
        if user is not None:
            kwargs.setdefault('user', user.iden)
            kwargs.setdefault('username', user.name)
        return s_logs.extra(**kwargs)

    # -- events for watchers

    def feedBeholder(
        self,
        name: str,
        info: dict[str, typing.Any],
        gates: typing.Sequence[typing.Any] = (),
        perms: typing.Sequence[typing.Any] = (),
    ) -> None:
        """Tell all who watch with ``behold()`` about a change."""
        self.beholder.fire(name, self.nexsroot.index(), info, gates=gates, perms=perms)

    def behold(self) -> typing.AsyncGenerator[dict[str, typing.Any], None]:
        """Return an async generator of the events from now on."""
        return self.beholder.watch()
