"""Leaders and mirrors for the tests: services that keep named values, copies of them that follow."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import typing

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import tests.waiting as t_waiting

CONF = {'nexslog:en': True, 'health:sysctl:checks': False}


class ThingApi(s_cell.CellApi):
    """Values by name."""

    cell: ThingCell

    async def setThing(self, name: str, valu: typing.Any) -> int:
        """Set a value; returns how many changes there were."""
        return await self.cell.setThing(name, valu)

    async def getThing(self, name: str) -> typing.Any:
        """Return a value."""
        return self.cell.things.get(name)


class ThingCell(s_cell.Cell):
    """Keeps values, and counts its changes."""

    cellapi = ThingApi

    async def initServiceStorage(self) -> None:
        self.things = s_slab.KeyVal(self.slab, 'things')
        self.counts = s_slab.KeyVal(self.slab, 'counts')
        self.roles: list[str] = []

    async def initServiceActive(self) -> None:
        self.roles.append('active')

    async def initServicePassive(self) -> None:
        self.roles.append('passive')

    async def setThing(self, name: str, valu: typing.Any) -> int:
        """Set a value; returns how many changes there were."""
        return typing.cast(int, await self._push('thing:set', name, valu))

    @s_nexus.Pusher.onPush('thing:set')
    def _on_thing_set(self, name: str, valu: typing.Any) -> int:
        if name == 'newp':
            raise s_exc.BadArg(mesg='not that name', name=name)
        self.things.set(name, valu)
        count = self.counts.get('count', 0) + 1
        self.counts.set('count', count)
        return int(count)


async def start(dirn: pathlib.Path, **conf: typing.Any) -> ThingCell:
    """Start a service."""
    return await ThingCell.anit(str(dirn), conf={**CONF, **{name.replace('_', ':'): v for name, v in conf.items()}})


async def copy(cell: s_cell.Cell, dirn: pathlib.Path) -> None:
    """Copy a running service into a new directory."""
    name = await cell.backups.run()
    shutil.move(cell.backups.path(name), dirn)


@contextlib.asynccontextmanager
async def group(tmp_path: pathlib.Path, count: int = 2) -> typing.AsyncIterator[list[ThingCell]]:
    """Run a leader and mirrors of it, level with each other."""
    async with contextlib.AsyncExitStack() as stack:
        lead = await stack.enter_async_context(await start(tmp_path / '0'))
        await lead.setThing('first', 1)
        cells = [lead]
        for indx in range(1, count):
            await copy(lead, tmp_path / str(indx))
            cell = await start(tmp_path / str(indx), mirror=lead.getLocalUrl())
            cells.append(await stack.enter_async_context(cell))
        await level(*cells)
        yield cells


async def level(*cells: s_cell.Cell) -> None:
    """Wait until all have what the first has."""
    for cell in cells[1:]:
        await t_waiting.until(lambda cell=cell: cell.mirror.ready)  # type: ignore[misc]
        assert await cell.nexsroot.waitOffs(cells[0].getNexsIndx() - 1, timeout=10)


async def req_equal(*cells: s_cell.Cell) -> dict[str, typing.Any]:
    """Fail unless all have the same content at the same offset."""
    mine = await cells[0].getNexsDigest()
    for cell in cells[1:]:
        assert await cell.getNexsDigest(mine['offs'], timeout=10) == mine
    return mine
