"""The front door of AHA: what plugin authors import (promise path ``synapse.aha``).

async with await s_telepath.openurl('cell:///srv/aha') as aha:
    print(await aha.addAhaSvcProv('00.axon'))
    print(await aha.getAhaSvc('axon...'))

See ``synapse.lib.aha`` for the parts.
"""

from __future__ import annotations

from synapse.lib.aha import AhaApi, AhaCell, CloneApi, EnrollApi, ProvApi

__all__ = ['AhaApi', 'AhaCell', 'CloneApi', 'EnrollApi', 'ProvApi']
