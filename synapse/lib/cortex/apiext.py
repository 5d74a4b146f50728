"""What remote callers may ask about Storm packages (spec: cortex.md 2.2)."""

from __future__ import annotations

import typing

import synapse.lib.cell as s_cell

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Def = dict[str, typing.Any]


class ExtApi(s_cell.CellApi):
    """Storm packages."""

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
