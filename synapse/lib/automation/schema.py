"""Definitions that users write: checked by JSON schema, and kept in the order in which they came."""

from __future__ import annotations

import synapse.common as s_common
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab

checker = s_schema.checker


def tick(table: s_slab.KeyVal) -> int:
    """Return the present time in milliseconds, later than the ``created`` of all definitions in a table."""
    return max(s_common.now(), 1 + max((item['created'] for _, item in table.items()), default=0))
