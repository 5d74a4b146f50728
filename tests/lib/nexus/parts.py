"""A small service for the tests: one log, two databases, objects that keep values and count their changes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import typing

import synapse.exc as s_exc
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

push = s_nexus.Pusher.onPush
push_auto = s_nexus.Pusher.onPushAuto


class Store(s_nexus.Pusher):
    """Keeps values; counts and hashes the order of its changes, so that a lost or doubled one shows."""

    async def __anit__(self, iden: str, **kwargs: typing.Any) -> None:
        await s_nexus.Pusher.__anit__(self, iden, **kwargs)
        assert self.nexsslab is not None
        self.vals = s_slab.KeyVal(self.nexsslab, f'{iden}:vals')
        self.info = s_slab.KeyVal(self.nexsslab, f'{iden}:info')

    def _count(self, *what: typing.Any) -> int:
        count: int = self.info.get('count', 0) + 1
        self.info.set('count', count)
        self.info.set('chain', hash((self.info.get('chain', 0), *what)))
        return count

    @push_auto('set')
    def set(self, name: str, valu: typing.Any) -> typing.Any:
        """Set a value; returns the number of changes."""
        self.vals.set(name, valu)
        return self._count(len(name))

    @push_auto('slow')
    async def slow(self, name: str, valu: typing.Any) -> int:
        """Set two values with a pause in between."""
        self.vals.set(f'{name}:a', valu)
        await asyncio.sleep(0)
        self.vals.set(f'{name}:b', valu)
        return self._count(len(name))

    @push_auto('pop', passitem=True)
    def pop(self, name: str, nexsitem: typing.Any = None) -> tuple[int, typing.Any]:
        """Remove a value; returns (offset, value). Raises NoSuchName."""
        self._count(1)
        if not self.vals.has(name):
            raise s_exc.NoSuchName(mesg=f'no {name}', name=name)
        return nexsitem[0], self.vals.pop(name)

    @push_auto('nested')
    async def nested(self) -> None:
        """Push from a handler, which is refused."""
        await self.set('nested', 1)  # type: ignore[misc]

    @push('nexslog:rotate', passitem=True)
    def rotate(self, nexsitem: typing.Any = None) -> int:
        """Return the start of the new segment."""
        assert self.nexsroot is not None
        return self.nexsroot.history.rotated(nexsitem)

    @push('nexslog:cull')
    def cull(self, offs: int) -> bool:
        """Forget old entries."""
        assert self.nexsroot is not None
        return self.nexsroot.history.cull(offs)

    def state(self) -> dict[str, typing.Any]:
        """Return all that this object knows."""
        return {'vals': dict(self.vals.items()), 'info': dict(self.info.items())}


class Service:
    """A log with two stores, each in a database of its own."""

    root: s_nexus.NexsRoot
    one: Store
    two: Store

    def __init__(self, dirn: typing.Any) -> None:
        self.dirn = str(dirn)
        self.slabs: list[s_slab.Slab] = []

    @property
    def stores(self) -> tuple[Store, Store]:
        return self.one, self.two

    async def start(self, **kwargs: typing.Any) -> int:
        """Open everything and replay; returns the number of entries that were read for it."""
        os.makedirs(os.path.join(self.dirn, 'slabs'), exist_ok=True)
        self.root = await s_nexus.NexsRoot.anit(os.path.join(self.dirn, 'slabs', 'nexuslog'), **kwargs)
        try:
            for name in ('one', 'two'):
                slab = s_slab.Slab.open(os.path.join(self.dirn, 'slabs', f'{name}.lmdb'))
                self.slabs.append(slab)
                self.root.add_slab(slab)
                setattr(self, name, await Store.anit(name, nexsroot=self.root, slab=slab))
            return await self.root.startup()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything in order."""
        await self.root.fini()
        for slab in self.slabs:
            slab.close()
        self.slabs = []

    def state(self) -> list[dict[str, typing.Any]]:
        """Return what both stores know."""
        return [store.state() for store in self.stores]

    def crash_copy(self, dirn: typing.Any) -> str:
        """Copy the files as they are now, which is what a killed process leaves. Returns the directory."""
        shutil.copytree(self.dirn, str(dirn), ignore=shutil.ignore_patterns('lock.mdb'))
        return str(dirn)


@contextlib.asynccontextmanager
async def service(dirn: typing.Any, **kwargs: typing.Any) -> typing.AsyncIterator[Service]:
    """Run a service in a directory."""
    svc = Service(dirn)
    await svc.start(**kwargs)
    try:
        yield svc
    finally:
        await svc.stop()


async def entries(root: s_nexus.NexsRoot, offs: int = 0) -> list[tuple[int, typing.Any]]:
    """Return what the log holds now."""
    return [row async for row in root.iter(offs, wait=False)]
