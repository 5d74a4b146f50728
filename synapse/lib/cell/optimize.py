"""Rewrites the databases of a service compactly before it opens them (cell.md 8.5)."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import typing

import synapse.common as s_common
import synapse.lib.cell.layout as s_layout
import synapse.lib.slab.snapshot as s_snapshot

logger = logging.getLogger('synapse.lib.cell')


def find_databases(dirn: str) -> list[str]:
    """Return the paths of all database directories of a service, those inside of ``backups`` and ``tmp`` left out."""
    found: list[str] = []
    for path, dirs, _ in os.walk(dirn):
        found.extend(os.path.join(path, name) for name in dirs if name.endswith('.lmdb'))
        dirs[:] = [name for name in dirs if not name.endswith('.lmdb') and name not in ('backups', 'tmp')]
    return sorted(found)


def _rewrite(path: str, temp: str) -> None:
    with s_snapshot.open_foreign(path) as snap:
        snap.copy_sync(temp)
    os.replace(os.path.join(temp, 'data.mdb'), os.path.join(path, 'data.mdb'))
    s_common.sync_path(path)


def _optimize(dirn: str, tempdir: str) -> None:
    paths = find_databases(dirn)
    logger.warning('Beginning onboot optimization (this could take a while)...')
    for indx, path in enumerate(paths, 1):
        logger.warning('... %d/%d %s', indx, len(paths), path)
        if os.stat(path).st_dev != os.stat(tempdir).st_dev:
            logger.warning('... skipping %s: it is not on the volume of %s', path, tempdir)
            continue
        temp = os.path.join(tempdir, s_common.guid())
        try:
            _rewrite(path, temp)
        finally:
            shutil.rmtree(temp, ignore_errors=True)
        logger.warning('... finished optimizing %s', path)
    logger.warning('... onboot optimization complete!')


async def optimize(dirn: str, tempdir: str) -> dict[str, typing.Any] | None:
    """Rewrite each database of a service that is not running; a failure is logged and leaves the database as it was.

    Returns:
        ``{init: {time, size}, fini: {time, size}}`` with size = (real, apparent) bytes; None when it failed.
    """

    def work() -> dict[str, typing.Any]:
        init = {'time': s_common.now(), 'size': s_layout.disk_usage(dirn)}
        _optimize(dirn, tempdir)
        return {'init': init, 'fini': {'time': s_common.now(), 'size': s_layout.disk_usage(dirn)}}

    try:
        return await asyncio.to_thread(work)
    except Exception:
        logger.exception('Error during onboot optimization.')
        return None
