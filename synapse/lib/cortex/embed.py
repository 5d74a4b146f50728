"""What the cells have in common that live inside of a Cortex, in a directory of its own directory."""

from __future__ import annotations

import contextlib
import typing

import synapse.common as s_common

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex


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
