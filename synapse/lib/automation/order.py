"""The order in which definitions came."""

from __future__ import annotations

import synapse.common as s_common
import synapse.lib.slab as s_slab


def tick(table: s_slab.KeyVal) -> int:
    """Return the present time in milliseconds, later than the ``created`` of all definitions in a table."""
    return max(s_common.now(), 1 + max((item['created'] for _, item in table.items()), default=0))
