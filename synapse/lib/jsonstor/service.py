"""The service: a cell with the three kinds of things that a JSONStor keeps."""

from __future__ import annotations

import asyncio

import synapse.lib.jsonstor.api as s_api
import synapse.lib.jsonstor.notifops as s_notifops
import synapse.lib.jsonstor.notifs as s_notifs
import synapse.lib.jsonstor.objectops as s_objectops
import synapse.lib.jsonstor.objects as s_objects
import synapse.lib.jsonstor.queueops as s_queueops
import synapse.lib.jsonstor.waiters as s_waiters
import synapse.lib.slab as s_slab


class JsonStorCell(s_objectops.ObjectOps, s_queueops.QueueOps, s_notifops.NotifOps):
    """A service that keeps JSON objects by path, queues, and notifications (``synapse.jsonstor.JsonStorCell``)."""

    cellapi = s_api.JsonStorApi

    @classmethod
    def getEnvPrefix(cls) -> tuple[str, ...]:
        return ('SYN_JSONSTOR', f'SYN_{cls.__name__.upper()}')

    async def initServiceStorage(self) -> None:
        self.objs = s_objects.Objects(self.slab)
        self.bigs = asyncio.Lock()
        self.queues = s_slab.MultiQueue(self.slab, 'json:queues')
        self.notifs = s_notifs.Notifs(self.slab)
        self.waiters = s_waiters.Waiters()
        self.onfini(self.waiters.wake_all)
