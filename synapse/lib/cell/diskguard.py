"""Stops writes before the disk is full, and lets them go on when there is room again (cell.md 9)."""

from __future__ import annotations

import asyncio
import logging
import shutil
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')

HOLD_REASON = 'Insufficient free space on disk.'


class Holds(typing.Protocol):
    """What the guard needs of the Nexus: a way to refuse writes with a reason."""

    def hold(self, reason: str) -> None: ...

    def unhold(self, reason: str) -> None: ...


def free_percent(path: str) -> float:
    """Return the free part of the volume of a path, in percent."""
    usage = shutil.disk_usage(path)
    return usage.free / usage.total * 100


class DiskGuard:
    """Watches the volume of a service directory.

    Args:
        dirn: The service directory.
        limit: Percent; free space at or below it is too little. None switches the guard off.
    """

    def __init__(self, dirn: str, limit: int | None) -> None:
        self.dirn = dirn
        self.limit = limit
        self.held = False

    def _low(self) -> tuple[bool, str]:
        free = free_percent(self.dirn)
        return self.limit is not None and free <= self.limit, f'(currently {free:.2f}%)'

    def req_room(self) -> None:
        """Raise LowSpace when there is too little room to start."""
        low, text = self._low()
        if low:
            mesg = f'Free space on {self.dirn} below minimum threshold {text}'
            raise s_exc.LowSpace(mesg=mesg, dirn=self.dirn)

    def check(self, holds: Holds) -> bool:
        """Compare once and hold or release writes. Returns True while writes are held."""
        low, text = self._low()
        if low and not self.held:
            self.held = True
            mesg = 'Free space on %s below minimum threshold %s, setting Cell to read-only.'
            logger.error(mesg, self.dirn, text)
            holds.hold(HOLD_REASON)
        elif not low and self.held:
            self.held = False
            mesg = 'Free space on %s above minimum threshold %s, removing free space write hold.'
            logger.error(mesg, self.dirn, text)
            holds.unhold(HOLD_REASON)
        return self.held

    async def watch(self, holds: Holds) -> None:
        """Compare once a minute, for ever."""
        while self.limit is not None:
            self.check(holds)
            await asyncio.sleep(s_limits.CELL_CHECK_SLEEP)
