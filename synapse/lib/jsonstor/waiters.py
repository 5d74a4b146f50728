"""Who waits for something to happen under a name."""

from __future__ import annotations

import asyncio


class Waiters:
    """Wakes all who wait for a name. There is nothing to miss: look, and call ``wait`` without awaiting in between."""

    def __init__(self) -> None:
        self._futs: dict[str, set[asyncio.Future[None]]] = {}

    async def wait(self, name: str, timeout: float | None = None) -> bool:
        """Wait for the next ``wake``. Returns False when the time passed first."""
        fut: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        futs = self._futs.setdefault(name, set())
        futs.add(fut)
        try:
            await asyncio.wait((fut,), timeout=timeout)
        finally:
            futs.discard(fut)
            if not futs and self._futs.get(name) is futs:
                del self._futs[name]
        return fut.done()

    def wake(self, name: str) -> None:
        """Wake all who wait for a name."""
        for fut in self._futs.get(name, ()):
            if not fut.done():
                fut.set_result(None)

    def wake_all(self) -> None:
        """Wake all who wait."""
        for name in self._futs:
            self.wake(name)
