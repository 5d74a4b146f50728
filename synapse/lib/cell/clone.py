"""A new mirror: the directory of a running leader, streamed into an empty one of ours (cell.md 7.7, aha.md 10.1)."""

from __future__ import annotations

import asyncio
import os
import threading
import typing

import synapse.common as s_common
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.restore as s_restore
import synapse.lib.telepath as s_telepath


async def clone(
    layout: s_layout.Layout, url: str, keep: typing.Collection[str] = (), mine: typing.Collection[str] = ()
) -> None:
    """Fill a directory with a backup that the service at a Telepath URL makes now. Options are left as they come.

    Args:
        layout: The directory, locked. It becomes a service with the last byte: a copy that fails is none.
        keep: When the directory is a service already: what stays of it, names at its top. All else is replaced, once
            the backup has arrived.
        mine: Paths of files that stay when the backup has them, too.

    Raises:
        What connecting and the calls raise; BadDataValu: the archive has paths outside of the directory.
    """
    async with await s_telepath.openurl(url) as proxy:
        await copy(layout, proxy, keep, mine)


async def copy(
    layout: s_layout.Layout, proxy: typing.Any, keep: typing.Collection[str] = (), mine: typing.Collection[str] = ()
) -> None:
    """Do what ``clone`` does, with a service that is connected to."""
    path = os.path.join(s_common.gendir(layout.path('tmp')), 'bootstrap.tgz')
    try:
        await proxy.readyToMirror()
        await _download(proxy, path)
        if keep:
            layout.clear(keep)
        stop = threading.Event()
        await s_restore.finish(stop, s_restore.extract, path, layout, stop, {*keep, *mine})
    finally:
        if os.path.exists(path):
            os.unlink(path)


async def _download(proxy: typing.Any, path: str) -> None:
    with open(path, 'wb') as file:
        async for byts in proxy.iterNewBackupArchive(remove=True):
            await asyncio.to_thread(file.write, byts)
