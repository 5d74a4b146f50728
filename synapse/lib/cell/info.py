"""What a cell tells about itself: versions, state, host, health, permissions, reloadable parts (cell.md 6)."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import shutil
import tempfile
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.cell.core as s_core
import synapse.lib.cell.health as s_health
import synapse.lib.cell.layout as s_layout
import synapse.lib.telepath as s_telepath

logger = logging.getLogger('synapse.lib.cell')


def total_memory() -> tuple[int, int]:
    """Return (total, available) bytes of memory of this host; zeros where the kernel does not tell."""
    valus = {}
    try:
        with open('/proc/meminfo') as file:
            for line in file:
                name, _, rest = line.partition(':')
                valus[name] = int(rest.split()[0]) * 1024
    except OSError:
        return 0, 0
    return valus.get('MemTotal', 0), valus.get('MemAvailable', 0)


class CellInfo(s_core.CellCore):
    """The descriptive side of a cell."""

    async def getCellInfo(self) -> dict[str, typing.Any]:
        """Return the facts of cell.md 6.1. Overrides call the base and may add to ``features``."""
        return {
            'synapse': {'commit': self.COMMIT, 'version': s_common.version, 'verstring': s_common.verstring},
            'cell': {
                'run': self.runid,
                'type': self.getCellType(),
                'iden': self.iden,
                'paused': self.nexsroot.frozen,
                'active': self.isactive,
                'safemode': self.conf.get('safemode', False),
                'started': self.starttime,
                'ready': self.isactive or self.mirror.ready,
                'commit': self.COMMIT,
                'version': self.VERSION,
                'verstring': self.VERSTRING,
                'cellvers': self.versions.pack(),
                'nexsindx': self.nexsroot.index(),
                'uplink': self.mirror.uplink is not None,
                'mirror': s_telepath.sanitize(self.mirror.url) if self.mirror.url else None,
                'term': self.term,
                'aha': {name: self.conf.get(f'aha:{name}') for name in ('name', 'leader', 'network')},
                'network': {'https': self.https.addrs()},
                'nexus': self._nexus_info(),
            },
            'features': dict(self.features),
            'optimized': self.optimized,
        }

    def _nexus_info(self) -> dict[str, typing.Any]:
        holds = [{'reason': reason} for reason in self.nexsroot.holds()]
        return {
            'indx': self.nexsroot.index(),
            'ready': self.isactive or self.mirror.ready,
            'uplink:ready': self.mirror.ready,
            'readonly': bool(holds),
            'holds': holds,
        }

    def getCellIden(self) -> str:
        """Return the permanent iden of the service."""
        return self.iden

    def getCellRunId(self) -> str:
        """Return the iden of this run of the process."""
        return self.runid

    def isCellActive(self) -> bool:
        """Return True while the service is the leader."""
        return self.isactive

    async def getSystemInfo(self) -> dict[str, typing.Any]:
        """Return facts about the host (cell.md 6.2): bytes and milliseconds."""
        usage = shutil.disk_usage(self.dirn)
        backup = shutil.disk_usage(self.backups.dirn)
        real, apparent = await asyncio.to_thread(s_layout.disk_usage, self.dirn)
        total, avail = total_memory()
        return {
            'volsize': usage.total,
            'volfree': usage.free,
            'backupvolsize': backup.total,
            'backupvolfree': backup.free,
            'cellstarttime': self.starttime,
            'celluptime': s_common.now() - self.starttime,
            'cellrealdisk': real,
            'cellapprdisk': apparent,
            'osversion': platform.platform(),
            'pyversion': platform.python_version(),
            'totalmem': total,
            'availmem': avail,
            'cpucount': os.cpu_count() or 1,
            'sysctls': s_health.get_sysctls(),
            'tmpdir': tempfile.gettempdir(),
        }

    def getDiagInfo(self) -> dict[str, typing.Any]:
        """Return the state of the databases."""
        return {'slabs': [slab_info(slab) for slab in self.slabs]}

    # -- health

    def addHealthFunc(self, func: s_health.HealthFunc) -> None:
        """Ask ``await func(health)`` at each health check; it calls ``health.update(name, status, mesg, data)``."""
        self.health.funcs.append(func)

    async def getHealthCheck(self) -> dict[str, typing.Any]:
        """Return the health report (cell.md 11.1)."""
        return await self.health.check()

    # -- permissions

    def getPermDefs(self) -> list[dict[str, typing.Any]]:
        """Return the permissions that this service knows. Overrides add theirs."""
        return []

    def getPermDef(self, perm: typing.Sequence[str]) -> dict[str, typing.Any] | None:
        """Return the definition of one permission, None when it is not known."""
        for pdef in self.getPermDefs():
            if tuple(pdef['perm']) == tuple(perm):
                return pdef
        return None

    # -- reloadable parts

    def addReloadableSystem(self, name: str, func: typing.Callable[[], typing.Any]) -> None:
        """Register a function, plain or coroutine, that makes a part of the service read its files again."""
        self.reloads[name] = func

    def getReloadableSystems(self) -> tuple[str, ...]:
        """Return the names of the reloadable parts."""
        return tuple(self.reloads)

    async def reload(self, subsystem: str | None = None) -> dict[str, typing.Any]:
        """Reload one part, or all: ``{name: (True, value) or (False, (errname, errinfo))}``. Raises NoSuchName."""
        if subsystem is not None and subsystem not in self.reloads:
            raise s_exc.NoSuchName(mesg=f'No reload system named {subsystem}.', name=subsystem)
        results: dict[str, typing.Any] = {}
        for name in self.reloads if subsystem is None else (subsystem,):
            try:
                results[name] = (True, await s_base.call(self.reloads[name]))
            except Exception as e:
                logger.exception('Error running reloadable subsystem %s', name)
                results[name] = (False, s_common.err_info(e))
        return results


def slab_info(slab: typing.Any) -> dict[str, typing.Any]:
    """Return the item of getDiagInfo() for one database."""
    return {
        'path': slab.path,
        'xactops': 0,
        'mapsize': slab.env.info()['map_size'],
        'readonly': slab.readonly,
        'readahead': True,
        'lockmemory': False,
        'recovering': False,
        'maxsize': None,
        'growsize': None,
        'mapasync': False,
        'indx': slab.indx,
        'dirty': slab.dirty_bytes,
        'used': slab.used_bytes(),
    }
