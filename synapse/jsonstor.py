"""The front door of the JSONStor: what plugin authors import (promise path ``synapse.jsonstor``).

async with await s_telepath.openurl('cell:///srv/jsonstor00') as jsonstor:
    await jsonstor.setPathObj('foo/bar', {'size': 3})
    await jsonstor.setPathObjProp('foo/bar', 'size', 4)
    print(await jsonstor.getPathObj('foo/bar'))

See ``synapse.lib.jsonstor`` for the parts.
"""

from __future__ import annotations

from synapse.lib.jsonstor import JsonStorApi, JsonStorCell

__all__ = ['JsonStorApi', 'JsonStorCell']
