"""A pack store over a database of its own."""

from __future__ import annotations

import contextlib
import hashlib
import pathlib
import shutil
import typing

import synapse.lib.blobs as s_blobs
import synapse.lib.slab as s_slab

MIB = 1024 * 1024


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


@contextlib.asynccontextmanager
async def opened(dirn: pathlib.Path) -> typing.AsyncIterator[s_blobs.PackStore]:
    """Open a store in a directory; its database is closed, and so committed, at the end."""
    dirn.mkdir(exist_ok=True)
    slab = s_slab.Slab.open(str(dirn / 'index.lmdb'))
    try:
        async with await s_blobs.PackStore.anit(str(dirn / 'blobs'), slab) as store:
            yield store
    finally:
        slab.close()


def crash(dirn: pathlib.Path) -> None:
    """Copy an open store to ``crash``, as the end of the process would leave it."""
    shutil.copytree(dirn, dirn / 'crash', ignore=shutil.ignore_patterns('lock.mdb', 'crash'))


async def read(store: s_blobs.BlobStore, byts: bytes, offs: int = 0, size: int | None = None, step: int = MIB) -> bytes:
    parts = [part async for part in store.read(sha(byts), offs, len(byts) if size is None else size, step)]
    return b''.join(parts)


def packs(store: s_blobs.PackStore) -> list[pathlib.Path]:
    """Return the paths of the packs."""
    return sorted(pathlib.Path(store.dirn).glob('*.pack'))


def usage(store: s_blobs.PackStore) -> list[int]:
    """Return the sizes of all files."""
    return [path.stat().st_size for path in pathlib.Path(store.dirn).iterdir()]
