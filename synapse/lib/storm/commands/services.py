"""Commands about Storm services, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define

define(
    'service.add',
    'Connect to a Storm service.',
    [arg('name', 'What it is called here.'), arg('url', 'Its Telepath URL.')],
    """
    $info = $lib.service.add($cmdopts.name, $cmdopts.url)
    $lib.print(`added {$info.iden} ({$info.name}): {$info.url}`)
    """,
)

define(
    'service.del',
    'Forget a Storm service and its packages.',
    [arg('iden', 'The iden of the service.')],
    """
    $found = $lib.null
    for $info in $lib.service.list() { if ($info.iden = $cmdopts.iden) { $found = $info } }
    if ($found = null) { $lib.print(`No service found by iden: {$cmdopts.iden}`) }
    else {
        $lib.service.del($found.iden)
        $lib.print(`removed {$found.iden} ({$found.name}): {$found.url}`)
    }
    """,
)

define(
    'service.list',
    'List the Storm services.',
    [],
    """
    $lib.print("")
    $lib.print("Storm service list (iden, ready, name, service name, service version, url):")
    $count = (0)
    for $info in $lib.service.list() {
        $count = ($count + 1)
        $name = "Unknown"
        if $info.svcname { $name = $info.svcname }
        $vers = "Unknown"
        if $info.svcvers { $vers = $lib.str.join(".", $info.svcvers) }
        $lib.print(`    {$info.iden} {$info.ready} ({$info.name}) ({$name} @ {$vers}): {$info.url}`)
    }
    $lib.print("")
    $lib.print(`{$count} services`)
    """,
)
