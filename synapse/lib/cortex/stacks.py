"""All layers and views of a Cortex. Looking up is in ``stackbase``, changes in ``stacklayers``,
``stackviews`` and ``stackforks``."""

from __future__ import annotations

import synapse.lib.cortex.stackforks as s_stackforks


class Stacks(s_stackforks.Forks):
    """The layers and views; see the base classes."""

    async def ensure_default(self) -> None:
        """Make the default layer and view of a new Cortex, and clear away what a crash left of deleted layers."""
        if self.config.get('view') is None:
            root = self.cell.auth.rootuser.iden
            layer = await self.add_layer({'name': 'default'}, root, public=True)
            view = await self.add_view({'name': 'default', 'layers': [layer.iden], 'worldreadable': True}, root)
            await self._push('view:default', view.iden)
        await self.sweep_layers()
