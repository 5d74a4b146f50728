"""All of it: what a Cortex opens at start, and tells when it becomes the leader or stops being it."""

from __future__ import annotations

import typing

import synapse.lib.automation.cron as s_cron
import synapse.lib.automation.dmons as s_dmons
import synapse.lib.automation.edgemeta as s_edgemeta
import synapse.lib.automation.macros as s_macros
import synapse.lib.automation.oauth as s_oauth
import synapse.lib.automation.packages as s_packages
import synapse.lib.automation.queues as s_queues
import synapse.lib.automation.services as s_services
import synapse.lib.automation.triggers as s_triggers
import synapse.lib.automation.vaults as s_vaults
import synapse.lib.base as s_base
import synapse.lib.storm.run as s_run


class Automation(s_base.Base):
    """The parts, each with its own table and events.

    Args:
        cell: The Cortex.
        engine: Its Storm engine.
    """

    async def __anit__(self, cell: typing.Any, engine: s_run.Engine) -> None:  # type: ignore[override]
        await super().__anit__()
        self.cell = cell
        self.packages = await s_packages.Packages.anit(cell, engine)
        self.onfini(self.packages)
        self.macros = await s_macros.Macros.anit(cell)
        self.onfini(self.macros)
        self.edgemeta = await s_edgemeta.EdgeMeta.anit(cell)
        self.onfini(self.edgemeta)
        self.triggers = await s_triggers.Triggers.anit(cell, cell.stacks, engine)
        self.onfini(self.triggers)
        self.cron = await s_cron.Cron.anit(cell, cell.stacks, engine)
        self.onfini(self.cron)
        self.dmons = await s_dmons.Dmons.anit(cell, cell.stacks, engine)
        self.onfini(self.dmons)
        self.services = await s_services.Services.anit(cell, self.packages)
        self.onfini(self.services)
        self.vaults = await s_vaults.Vaults.anit(cell)
        self.onfini(self.vaults)
        self.oauth = await s_oauth.OAuth.anit(cell, cell.stacks)
        self.onfini(self.oauth)
        self.queues = await s_queues.Queues.anit(cell, 'queues', gates=True)
        self.onfini(self.queues)
        self.pkgqueues = await s_queues.Queues.anit(cell, 'pkgqueues', gates=False)
        self.onfini(self.pkgqueues)

    async def start(self) -> None:
        """This service is the leader from now on: run what runs by itself."""
        self.packages.loader.load_all()
        self.triggers.start()
        self.cron.start()
        self.dmons.start()
        self.oauth.start()

    async def stop(self) -> None:
        """It is the leader no longer."""
        self.triggers.stop()
        self.cron.stop()
        self.dmons.stop()
        self.oauth.stop()
