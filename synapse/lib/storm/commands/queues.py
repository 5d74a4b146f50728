"""Commands about queues, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define

define(
    'queue.add',
    'Make a queue.',
    [arg('name', 'The name of the queue.')],
    """
    $lib.queue.add($cmdopts.name)
    $lib.print(`queue added: {$cmdopts.name}`)
    """,
)

define(
    'queue.del',
    'Remove a queue with its items.',
    [arg('name', 'The name of the queue.')],
    """
    $lib.queue.del($cmdopts.name)
    $lib.print(`queue removed: {$cmdopts.name}`)
    """,
)

define(
    'queue.list',
    'List the queues.',
    [],
    """
    $lib.print("Storm queue list:")
    for $info in $lib.queue.list() {
        $lib.print(`    {$info.name.ljust(32)}:  size: {$info.size} offs: {$info.offs}`)
    }
    """,
)
