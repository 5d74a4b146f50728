"""A new AHA that becomes a mirror of one that runs, by a one-time URL (aha.md 10.3).

A copy of the leader that does not know that it is to follow would lead as well. So what it is to be is written down
before the copy is made, and a start that finds the note puts it into effect first.
"""

from __future__ import annotations

import logging
import os

import synapse.common as s_common
import synapse.lib.cell.clone as s_clone
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.provision as s_provision
import synapse.lib.telepath as s_telepath

logger = logging.getLogger('synapse.lib.aha')

NOTE_FILE = 'clone.yaml'

# Options in the copy that are right for its origin only.
_FOREIGN = ('mirror', 'clone', 'aha:name', 'aha:provision', 'provision:listen')


async def join(layout: s_layout.Layout, conf: s_conf.Config) -> None:
    """Become a copy of the AHA that made the URL of the ``clone`` option, unless the directory is an AHA already.

    The URL stays good until it is withdrawn, so that a copy which fails is tried again at the next start.

    Args:
        layout: The directory, not locked yet. conf: The options that win over those in the directory.

    Raises:
        NoSuchName: The URL was withdrawn. LinkBadCert: Not the server that made it. OSError: Nobody is there.
    """
    url = conf.get('clone') or s_conf.load_mapping(layout.path('cell.yaml')).get('clone')
    noted = os.path.isfile(layout.path(NOTE_FILE))
    if layout.is_born() and not noted:
        if url is not None:
            logger.info('Cloning AHA: cell.guid detected. Skipping.')
        return
    if not layout.is_born() and url is None:
        return
    layout.lock()
    try:
        if not layout.is_born():
            await _copy(layout, str(url))
        s_provision.merge_conf(layout, s_conf.load_mapping(layout.path(NOTE_FILE)), drop=_FOREIGN)
        os.unlink(layout.path(NOTE_FILE))
        s_common.sync_path(layout.dirn)
        logger.warning('Cloning AHA: done!')
    finally:
        layout.unlock_unborn()


async def _copy(layout: s_layout.Layout, url: str) -> None:
    logger.warning('Cloning AHA: %s', s_telepath.sanitize(url))
    async with await s_telepath.openurl(url) as proxy:
        info = await proxy.getCloneDef()
        s_common.yamlsave(info['conf'], layout.path(NOTE_FILE))
        await s_clone.copy(layout, proxy)
