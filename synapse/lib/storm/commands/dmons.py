"""The command about Storm daemons, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

s_purecmd.define(
    'dmon.list',
    'List the Storm daemons.',
    [],
    """
    $lib.print("Storm daemon list:")
    for $info in $lib.dmon.list() {
        $lib.print(`    {$info.iden}:  ({$info.name.ljust(20)}): {$info.status}`)
    }
    """,
)
