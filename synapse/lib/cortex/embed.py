"""What the Axon and the JSONStor of a Cortex have in common: elsewhere, or inside of its directory."""

from __future__ import annotations

import contextlib
import typing

import synapse.common as s_common
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex


async def remote(core: s_cortex.Cortex, option: str) -> s_telepath.Client | None:
    """Return a client, which connects in the background, of the service that an option names; None without one."""
    url = core.conf.get(option)
    if url is None:
        return None
    client = await s_telepath.Client.anit(url)
    core.onfini(client)
    return client


def claim(core: s_cortex.Cortex, name: str) -> str:
    """Return the iden that the cell in directory ``name`` has in this Cortex.

    A directory that came from another Cortex gets the new one.
    """
    iden = s_common.guid((core.iden, name))
    path = core.layout.path(name, 'cell.guid')
    with contextlib.suppress(FileNotFoundError):
        with open(path) as file:
            if file.read().strip() == iden:
                return iden
        s_common.write_file(path, iden.encode())
    return iden
