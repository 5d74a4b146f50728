"""What happens when a package is loaded: its own queries run (storm-runtime.md 14.2)."""

from __future__ import annotations

import asyncio
import collections
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base

if typing.TYPE_CHECKING:
    import synapse.lib.automation.packages as s_packages

Any = typing.Any
VERSION = 'storage:version'
"""The package variable that tells which of its ``inits`` have run."""
logger = logging.getLogger(__name__)


class Loader(s_base.Base):
    """Runs ``inits``, then ``onload``, in the background as root, while this service is the leader."""

    async def __anit__(self, packages: s_packages.Packages) -> None:  # type: ignore[override]
        await super().__anit__()
        self.packages = packages
        self.cell: Any = packages.cell
        # of each package, so that what runs once is not run by two who find that it did not run yet
        self.locks: dict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)

    def load(self, name: str) -> None:
        """Run what a package wants to be run; nothing on a follower and in safe mode."""
        if self.cell.isactive and not self.cell.conf.get('safemode'):
            self.schedCoro(self._load_in_turn(name))

    def load_all(self) -> None:
        """Do so for every package: this service became the leader."""
        for pkgdef in self.packages.all():
            self.load(pkgdef['name'])

    async def _load_in_turn(self, name: str) -> None:
        async with self.locks[name]:
            await self._load(name)

    async def _load(self, name: str) -> None:
        pkgdef = self.packages.get(name)
        if pkgdef is None:
            return
        await self.cell.fire('core:pkg:onload:start', pkg=name)
        try:
            await self._inits(name, (pkgdef.get('inits') or {}).get('versions') or ())
            if pkgdef.get('onload'):
                await self._run(name, 'onload', pkgdef['onload'])
        except s_exc.SynErr:
            logger.exception('Failed to load Storm package %s', name)
        await self.cell.fire('core:pkg:onload:complete', pkg=name, storvers=self.packages.var(name, VERSION, -1))

    async def _inits(self, name: str, versions: typing.Sequence[dict[str, Any]]) -> None:
        """Run each version once and in order; a first installation only those that are meant for it."""
        have = self.packages.var(name, VERSION)
        if have is None:
            await self.packages.set_var(name, VERSION, -1)
        for vdef in versions:
            if have is not None and vdef['version'] <= have:
                continue
            if have is not None or vdef.get('inaugural'):
                opts = {'vars': {}, **(vdef.get('queryopts') or {})}
                if not await self._run(name, f'init {vdef["name"]}', vdef['query'], opts):
                    return
            await self.packages.set_var(name, VERSION, vdef['version'])

    async def _run(self, name: str, what: str, text: str, opts: dict[str, Any] | None = None) -> bool:
        """Run a query; what it tells goes to the log. Returns whether it succeeded."""
        good = True
        async for kind, info in self.cell.storm(text, {**(opts or {}), 'mirror': False}):
            if kind == 'print':
                logger.info('%s %s: %s', name, what, info['mesg'])
            elif kind == 'warn':
                logger.warning('%s %s: %s', name, what, info['mesg'])
            elif kind == 'err':
                logger.error('%s %s failed: %s', name, what, info)
                good = False
        return good
