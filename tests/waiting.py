"""Waiting for something to hold: as short as possible, and at most as long as a loaded machine may take."""

from __future__ import annotations

import asyncio
import time
import typing

SECS = 60.0
Cond = typing.Callable[[], typing.Any]


async def until(cond: Cond, secs: float = SECS) -> None:
    """Wait, in an event loop, until a condition is true. Raises: TimeoutError."""
    async with asyncio.timeout(secs):
        while not cond():
            await asyncio.sleep(0.005)


def wait_until(cond: Cond, secs: float = SECS) -> None:
    """Wait until a condition is true. Raises: AssertionError."""
    end = time.monotonic() + secs
    while not cond():
        assert time.monotonic() < end, f'after {secs} seconds still not'
        time.sleep(0.05)
