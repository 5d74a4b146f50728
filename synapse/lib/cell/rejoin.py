"""From a leader that was deposed to a follower: what nobody else has is kept in a file, the rest comes from the leader.

Where our log parts from the leader's, our databases contain changes that never happened for anybody else, and cannot be
rolled back. So these entries are written to a file, and the process restarts and replaces its databases by a backup of
the leader. Options, certificates and backups stay. A directory that has begun is finished at the next start: the file
``rejoin.json`` says where from.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.clone as s_clone
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.limits as s_limits
import synapse.lib.nexus.terms as s_terms
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')

MARK_FILE = 'rejoin.json'

# What belongs to this instance and not to the service.
OWN = frozenset(
    (
        *('cell.yaml', 'cell.mods.yaml', 'certs', 'sslcert.pem', 'sslcert.crt', 'sslkey.pem', 'prov.done'),
        *('restore.done', 'backups', 'diverged', 'tmp', 'sockets', 'sock', MARK_FILE),
    )
)


async def rejoin(cell: s_cell.Cell, url: str) -> dict[str, typing.Any]:
    """See `CellChanges.rejoin`."""
    fence, root = cell.mirror.fence, cell.nexsroot
    hello = await _ask(cell, url)
    rows = s_terms.to_rows(hello['rows'])
    if fence.role.state == s_terms.LEAD and rows:
        await fence.depose(rows[-1].rank)
    if hello['state'] != s_terms.LEAD or fence.role.state == s_terms.LEAD or _rank(rows) < fence.role.rank:
        mesg = f'The service at {s_telepath.sanitize(url)} does not lead in a later term than this one.'
        raise s_exc.BadState(mesg=mesg, name=hello['name'], state=hello['state'])
    index = root.index()
    offs = s_terms.common(fence.role.rows, index, rows, hello['index'])
    retn: dict[str, typing.Any] = {'cloned': False, 'offs': offs, 'entries': index - offs, 'file': None}
    cell.modCellConf({'mirror': url})
    if offs >= index >= hello['first']:
        await _just_follow(cell, url)
        return retn
    if offs < index:
        retn['file'] = await _keep_tail(cell, offs)
        logger.warning('REJOIN: %d entries from offset %d on are kept in %s', index - offs, offs, retn['file'])
    retn['cloned'] = True
    s_common.write_file(cell.layout.path(MARK_FILE), json.dumps({'url': url}).encode())
    logger.warning('REJOIN: restarting as a fresh copy of %s', s_telepath.sanitize(url))
    cell.restart()
    return retn


def _rank(rows: list[s_terms.Row]) -> s_terms.Rank:
    return rows[-1].rank if rows else (0, '')


async def _ask(cell: s_cell.Cell, url: str) -> typing.Any:
    async with asyncio.timeout(s_limits.MIRROR_LINK_SECS):
        proxy: typing.Any = await s_telepath.openurl(url)
    async with proxy:
        if await proxy.getCellIden() != cell.iden:
            raise s_exc.BadArg(mesg='The service to follow has a different iden.')
        if await proxy.getCellRunId() == cell.runid:
            raise s_exc.BadArg(mesg='This service cannot follow itself.')
        return await proxy.getNexsHello()


async def _just_follow(cell: s_cell.Cell, url: str) -> None:
    await cell.mirror.stop()
    cell.mirror.follow(url)
    cell.mirror.start()
    await cell.setCellActive(False)


async def _keep_tail(cell: s_cell.Cell, offs: int) -> str:
    """Write the entries from an offset on to a file, one JSON object a line; returns its path."""
    dirn = s_common.gendir(cell.layout.path('diverged'))
    path = os.path.join(dirn, f'{time.strftime("%Y%m%d%H%M%S")}-{offs}.jsonl')
    first = cell.nexsroot.history.first()
    with open(path, 'w', encoding='utf8') as file:
        async for at, (iden, event, args, kwargs, meta) in cell.nexsroot.iter(max(offs, first), wait=False):
            item = {'offs': at, 'iden': iden, 'event': event, 'args': args, 'kwargs': kwargs, 'meta': meta}
            file.write(json.dumps(_plain(item)) + '\n')
        file.flush()
        os.fsync(file.fileno())
    return path


def _plain(valu: typing.Any) -> typing.Any:
    """Return a value as JSON can have it: bytes as ``{"$bytes": hex}``, keys as text."""
    if isinstance(valu, bytes):
        return {'$bytes': valu.hex()}
    if isinstance(valu, dict):
        return {str(key): _plain(item) for key, item in valu.items()}
    if isinstance(valu, (list, tuple)):
        return [_plain(item) for item in valu]
    return valu


async def finish(layout: s_layout.Layout, conf: s_conf.Config) -> None:
    """Replace the databases of a directory that is to become a fresh copy; nothing happens to others."""
    try:
        with open(layout.path(MARK_FILE), 'rb') as file:
            url = json.load(file)['url']
    except FileNotFoundError:
        return
    public = s_telepath.sanitize(url)
    logger.warning('REJOIN: cloning from %s (this could take a while!)', public)
    layout.lock()
    try:
        async with s_telepath.loadTeleCell(layout.dirn):
            await s_clone.clone(layout, url, keep=OWN)
        os.unlink(layout.path(MARK_FILE))
        s_common.sync_path(layout.dirn)
    finally:
        layout.unlock()
    logger.warning('REJOIN: cloning from %s DONE!', public)
