"""The default store against a dictionary: any order of uploads, removals, commits, tidying, crashes."""

from __future__ import annotations

import hashlib
import pathlib
import random
import shutil
import typing

import pytest

import synapse.lib.blobs as s_blobs
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import tests.lib.blobs.stores as t_stores

KIB = 1024
sha = t_stores.sha


class Model:
    """A store, what it should have, and the log of changes since its database was committed."""

    def __init__(self, dirn: pathlib.Path, rand: random.Random) -> None:
        self.dirn = dirn
        self.rand = rand
        self.lives = 0
        self.blobs: dict[bytes, bytes] = {}
        self.log: list[tuple[str, bytes]] = []
        self.store: s_blobs.PackStore
        self.slab: s_slab.Slab

    async def open(self) -> None:
        """Open the store; replay the log; forget what the log does not know."""
        self.slab = s_slab.Slab.open(str(self.dirn / 'index.lmdb'))
        self.store = await s_blobs.PackStore.anit(str(self.dirn / 'blobs'), self.slab)
        for what, sha256 in self.log:
            if what == 'add':
                self.store.confirm([sha256])
        await self.store.recover(lambda sha256: sha256 in self.blobs)
        for _, sha256 in self.log:  # the bytes of removed blobs go when all is known
            if sha256 not in self.blobs:
                await self.store.delete(sha256)

    async def close(self) -> None:
        await self.store.fini()
        self.slab.close()

    async def check(self) -> None:
        """Everything that should be there is, and nothing else."""
        assert {row async for row in self.store.hashes()} == {(key, len(byts)) for key, byts in self.blobs.items()}
        for byts in self.blobs.values():
            assert await t_stores.read(self.store, byts) == byts

    # ----- steps ------------------------------------------------------------------------------------------------------

    def blob(self) -> bytes:
        if self.blobs and self.rand.random() < 0.1:
            return self.rand.choice(list(self.blobs.values()))
        return self.rand.randbytes(self.rand.choice([0, 1, 70, 4000, 4096, 9000, 30 * KIB, 100 * KIB, 300 * KIB]))

    def added(self, byts: bytes) -> None:
        self.store.confirm([sha(byts)])
        self.blobs[sha(byts)] = byts
        self.log.append(('add', sha(byts)))

    async def put(self) -> None:
        blobs = [self.blob() for _ in range(self.rand.randrange(1, 6))]
        await self.store.put([(sha(byts), byts) for byts in dict.fromkeys(blobs)])
        if self.rand.random() < 0.9:
            for byts in dict.fromkeys(blobs):
                self.added(byts)
        else:  # the log refused them
            for byts in blobs:
                if sha(byts) not in self.blobs:
                    await self.store.delete(sha(byts))

    async def upload(self) -> None:
        byts = self.blob()
        known = self.rand.random() < 0.5
        upload = await self.store.upload(len(byts) if known else None)
        await upload.write(byts)
        if self.rand.random() < 0.7:
            await upload.finish(sha(byts))
            self.added(byts)
        await upload.abort()

    async def delete(self) -> None:
        for sha256 in self.rand.sample(list(self.blobs), min(len(self.blobs), self.rand.randrange(6))):
            del self.blobs[sha256]
            self.log.append(('del', sha256))
            await self.store.delete(sha256)

    async def commit(self) -> None:
        self.slab.commit()
        self.log.clear()

    async def tidy(self) -> None:
        await self.store.tidy.tidy()

    async def crash(self) -> None:
        """Go on with a copy, in which something half written lies at the end of a pack."""
        self.lives += 1
        dirn = self.dirn.with_name(f'life{self.lives}')
        for _ in range(self.rand.randrange(2)):
            await self.store.put([(sha(b'unknown'), b'unknown')])
        shutil.copytree(self.dirn, dirn, ignore=shutil.ignore_patterns('lock.mdb'))
        await self.close()
        shutil.rmtree(self.dirn)
        self.dirn = dirn
        packs = sorted((dirn / 'blobs').glob('*.pack'))
        if packs and self.rand.random() < 0.5:
            with open(packs[-1], 'ab') as file:
                file.write(self.rand.randbytes(self.rand.randrange(1, 200)))
        await self.open()
        await self.check()

    async def restart(self) -> None:
        await self.close()
        self.log.clear()
        await self.open()


@pytest.mark.parametrize('seed', range(25))
async def test_any_story(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(s_limits, 'BLOB_PACK', 256 * KIB)
    monkeypatch.setattr(s_limits, 'BLOB_PACKED', 64 * KIB)
    monkeypatch.setattr(s_limits, 'BLOB_STAGE', 16 * KIB)
    monkeypatch.setattr(s_limits, 'BLOB_BATCH', 64 * KIB)
    monkeypatch.setattr(s_limits, 'BLOB_FILES', 3)
    monkeypatch.setattr(s_limits, 'BLOB_TIDY_SECS', 3600)
    rand = random.Random(seed)
    (tmp_path / 'life0').mkdir()
    model = Model(tmp_path / 'life0', rand)
    await model.open()
    steps: list[typing.Any] = [model.put] * 5 + [model.upload] * 4 + [model.delete] * 2 + [model.commit] * 3
    steps += [model.tidy] * 3 + [model.crash] * 2 + [model.restart]
    for _ in range(70):
        await rand.choice(steps)()
    await model.check()
    await model.delete()
    await model.commit()
    await model.tidy()
    await model.check()
    await model.close()


async def test_nothing_is_left_of_what_was_removed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'BLOB_PACK', 256 * KIB)
    monkeypatch.setattr(s_limits, 'BLOB_TIDY_SECS', 3600)
    model = Model(tmp_path / 'life0', random.Random(99))
    (tmp_path / 'life0').mkdir()
    await model.open()
    for _ in range(60):
        await model.put()
    for sha256 in list(model.blobs):
        await model.store.delete(sha256)
    model.blobs.clear()
    await model.commit()
    await model.tidy()
    await model.commit()
    await model.tidy()
    assert sum(t_stores.usage(model.store)) <= 512 * KIB
    assert hashlib.sha256().digest() not in dict([row async for row in model.store.hashes()])
    await model.close()
