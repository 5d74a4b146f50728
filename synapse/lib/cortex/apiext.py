"""What remote callers may ask about Storm packages and daemons (spec: cortex.md 2.2)."""

from __future__ import annotations

import typing

import synapse.lib.cell as s_cell

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Def = dict[str, typing.Any]


class ExtApi(s_cell.CellApi):
    """Storm packages and daemons."""

    cell: s_cortex.Cortex

    async def addStormPkg(self, pkgdef: Def, verify: bool = False) -> None:
        """Load a Storm package. Raises: SchemaViolation, BadSyntax, BadVersion, BadPkgDef, StormPkgConflicts."""
        await self._reqUserAllowed(('pkg', 'add'))
        await self.cell.automation.packages.add(pkgdef, verify=verify)

    async def delStormPkg(self, name: str) -> None:
        """Forget a Storm package. Raises: NoSuchPkg."""
        await self._reqUserAllowed(('pkg', 'del'))
        await self.cell.automation.packages.delete(name)

    @s_cell.adminapi()
    async def getStormPkgs(self) -> list[Def]:
        """Return the definitions of the Storm packages, by name."""
        return self.cell.automation.packages.all()

    @s_cell.adminapi()
    async def getStormPkg(self, name: str) -> Def | None:
        """Return the definition of a Storm package, None without."""
        return self.cell.automation.packages.get(name)

    @s_cell.adminapi()
    async def getHttpExtApiByPath(self, path: str) -> tuple[Def | None, typing.Sequence[str | None]]:
        """Return the extended HTTP endpoint that would answer a path, and the groups of its expression."""
        return self.cell.webapis.match(path) or (None, ())

    # Storm daemons

    @s_cell.adminapi()
    async def addStormDmon(self, ddef: dict[str, typing.Any]) -> Def:
        """Make a Storm daemon; returns its definition. Raises: SchemaViolation, BadSyntax, NoSuchView, DupIden."""
        view = self.cell.stacks.default.iden
        opts = ddef.get('stormopts') or {}
        if isinstance(opts, dict):
            opts = {'vars': {}, 'view': view, **opts}
        return await self.cell.automation.dmons.add({'user': self.user.iden, **ddef, 'stormopts': opts})

    @s_cell.adminapi()
    async def getStormDmons(self) -> list[Def]:
        """Return the definitions and states of all Storm daemons."""
        return self.cell.automation.dmons.all()

    @s_cell.adminapi()
    async def getStormDmon(self, iden: str) -> Def | None:
        """Return the definition and the state of a Storm daemon, None when there is none."""
        return self.cell.automation.dmons.get(iden)

    @s_cell.adminapi()
    async def getStormDmonLog(self, iden: str) -> list[typing.Any]:
        """Return (time, message) of the last messages of a Storm daemon."""
        return self.cell.automation.dmons.log(iden)

    @s_cell.adminapi()
    async def bumpStormDmon(self, iden: str) -> bool:
        """Stop a Storm daemon and start it again; False when there is none."""
        return await self.cell.automation.dmons.bump(iden)

    @s_cell.adminapi()
    async def enableStormDmon(self, iden: str) -> bool:
        """Start a Storm daemon; False where that changes nothing."""
        return await self.cell.automation.dmons.enable(iden, True)

    @s_cell.adminapi()
    async def disableStormDmon(self, iden: str) -> bool:
        """Stop a Storm daemon; False where that changes nothing."""
        return await self.cell.automation.dmons.enable(iden, False)

    @s_cell.adminapi()
    async def delStormDmon(self, iden: str) -> None:
        """Remove a Storm daemon. Raises: NoSuchIden."""
        await self.cell.automation.dmons.delete(iden)
