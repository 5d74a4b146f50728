"""Commands about the services that AHA knows, most of them written in Storm."""

from __future__ import annotations

import synapse.exc as s_exc
import synapse.lib.aha.groups as s_groups
import synapse.lib.storm.cmdargs as s_cmdargs
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.services.aha as s_libaha
import synapse.lib.storm.purecmd as s_purecmd
import synapse.lib.storm.runtime as s_runtime

arg, define = s_purecmd.arg, s_purecmd.define
Arg = s_cmdargs.Arg
_POOL = arg('poolname', 'The name of the pool, such as pool.cortex... in our own network.')
_SVC = arg('svcname', 'The name of the service, such as 00.cortex... in our own network.')
_NEXUS = arg('--nexus', 'Ask the services for the offset of their change logs.', action='store_true', default=False)
_OFFSET = """
    function offset(entry) {
        if ($entry.svcinfo.online = (null)) { return((null)) }
        // a name may stand for the leader, so it is the run that says who is meant
        for ($name, $answer) in $lib.aha.callPeerApi($entry.name, $lib.utils.todo("getCellInfo"), timeout=(10)) {
            if ($answer.0 and $answer.1.cell.run = $entry.svcinfo.run) { return($answer.1.cell.nexsindx) }
        }
        return("<no answer>")
    }
"""

define(
    'aha.pool.add',
    'Make a pool of services.',
    [arg('name', 'The name of the pool.')],
    """
    $pool = $lib.aha.pool.add($cmdopts.name)
    $lib.print(`Created AHA service pool: {$pool.name}`)
    """,
)

define(
    'aha.pool.del',
    'Remove a pool of services.',
    [arg('name', 'The name of the pool.')],
    """
    $pool = $lib.aha.pool.del($cmdopts.name)
    if $pool { $lib.print(`Removed AHA service pool: {$pool.name}`) }
    """,
)

define(
    'aha.pool.list',
    'List the pools and their members.',
    [],
    """
    $count = (0)
    for $pool in $lib.aha.pool.list() {
        $count = ($count + 1)
        $lib.print(`Pool: {$pool.name}`)
        for ($name, $info) in $pool.services { $lib.print(`    {$name}`) }
    }
    $lib.print(`{$count} pools.`)
    """,
)

define(
    'aha.pool.svc.add',
    'Make a service a member of a pool.',
    [_POOL, _SVC],
    """
    $pool = $lib.aha.pool.get($cmdopts.poolname)
    if $pool {
        $pool.add($cmdopts.svcname)
        $lib.print(`AHA service ({$cmdopts.svcname}) added to service pool ({$pool.name})`)
    } else { $lib.warn(`No AHA service pool named: {$cmdopts.poolname}`) }
    """,
)

define(
    'aha.pool.svc.del',
    'Make a service no member of a pool any more.',
    [_POOL, _SVC],
    """
    $pool = $lib.aha.pool.get($cmdopts.poolname)
    if $pool {
        $name = $pool.del($cmdopts.svcname)
        if $name { $lib.print(`AHA service ({$name}) removed from service pool ({$pool.name})`) }
        else { $lib.print(`Did not remove ({$cmdopts.svcname}) from the service pool.`) }
    } else { $lib.warn(`No AHA service pool named: {$cmdopts.poolname}`) }
    """,
)

define(
    'aha.svc.list',
    'List the services. Ready: it leads, or follows its leader without delay.',
    [_NEXUS],
    f"""
    {_OFFSET}
    $entries = ([])
    for $entry in $lib.aha.list() {{ $entries.append($entry) }}
    // a leader is listed twice: as itself, and as the name of all
    $leaders = ({{}})
    for $entry in $entries {{
        if ($entry.svcinfo.leader != (null) and $entry.svcname = $entry.svcinfo.leader) {{
            $run = $entry.svcinfo.run
            $leaders.$run = (true)
        }}
    }}
    $tail = ""
    if $cmdopts.nexus {{ $tail = " Nexus" }}
    $lib.print(`Name                                          Leader Online Ready Host            Port {{$tail}}`)
    for $entry in $entries {{
        $info = $entry.svcinfo
        $run = $info.run
        $name = $entry.name.ljust(45)
        $leads = `{{($leaders.$run = true)}}`
        $online = `{{($info.online != (null))}}`
        $ready = `{{($info.ready = true)}}`
        $host = `{{$info.urlinfo.host}}`
        $port = `{{$info.urlinfo.port}}`
        if $cmdopts.nexus {{
            $offs = $offset($entry)
            if ($offs = (null)) {{ $offs = "<offline>" }}
            $tail = ` {{$offs}}`
        }}
        $state = `{{$leads.ljust(6)}} {{$online.ljust(6)}} {{$ready.ljust(5)}}`
        $lib.print(`{{$name}} {{$state}} {{$host.ljust(15)}} {{$port.ljust(5)}}{{$tail}}`)
    }}
    """,
)

define(
    'aha.svc.stat',
    'Show a service, or a pool.',
    [_NEXUS, arg('svc', 'The name of the service.')],
    f"""
    {_OFFSET}
    $entry = $lib.aha.get($cmdopts.svc)
    if ($entry = (null)) {{ $lib.print(`No service found for: "{{$cmdopts.svc}}"`) }}
    elif ($entry.services != (null)) {{
        $lib.print(`Resolved {{$cmdopts.svc}} to an AHA Pool.\\n`)
        $lib.print(`The pool currently has {{$lib.len($entry.services)}} members.`)
        $lib.print(`AHA Pool:   {{$entry.name}}`)
        for ($name, $info) in $entry.services {{ $lib.print(`Member:     {{$name}}`) }}
    }} else {{
        $info = $entry.svcinfo
        $lib.print(`Resolved {{$cmdopts.svc}} to an AHA Service.\\n`)
        $lib.print(`Name:       {{$entry.name}}`)
        $lib.print(`Online:     {{($info.online != (null))}}`)
        $lib.print(`Ready:      {{($info.ready = true)}}`)
        $lib.print(`Run iden:   {{$info.run}}`)
        $lib.print(`Cell iden:  {{$info.iden}}`)
        $lib.print(`Leader:     {{$info.leader}}`)
        if $cmdopts.nexus {{
            $offs = $offset($entry)
            if ($offs = (null)) {{ $offs = "Service is not online. Will not attempt to retrieve its nexus offset." }}
            $lib.print(`Nexus:      {{$offs}}`)
        }}
        $lib.print("Connection information:")
        for $name in $lib.sorted($lib.dict.keys($info.urlinfo)) {{
            $title = `{{$name}}:`
            $lib.print(`    {{$title.ljust(12)}}{{$info.urlinfo.$name}}`)
        }}
    }}
    """,
)


@s_command.command
class Mirror(s_info.Tell):
    """Show the mirrored services: who leads, who follows, and how far each is.

    Those that were copied from one another belong together. Services without mirrors are left out, and groups of
    which nobody is online.
    """

    name = 'aha.svc.mirror'
    args = (
        Arg('--timeout', type='int', default=10, help='How many seconds each service has to answer.'),
        Arg('--wait', action='store_true', help='Wait until all mirrors have followed.'),
    )

    async def tell(self, rt: s_runtime.Runtime, opts: s_command.Opts) -> None:
        link = s_libaha.link_of(rt)
        if opts.timeout < 0:
            raise s_exc.BadArg(mesg=f'{opts.timeout} is not a valid non-negative integer')
        await rt.out.publish()
        aha = await link.proxy()
        groups = s_groups.groups_of([entry async for entry in aha.getAhaSvcs()])
        if not groups:
            s_info.say(rt, s_groups.NONE)
            return
        title, *head = s_groups.header()
        s_info.say(rt, title, '\n'.join(head))
        for group in groups:
            await group.ask(aha, opts.timeout)
            s_info.say(rt, *group.lines())
            if opts.wait and not group.insync:
                await rt.out.publish()
                if await group.settle(aha, opts.timeout):
                    s_info.say(rt, *group.lines())
                else:
                    rt.warn(s_groups.SILENT)
            s_info.say(rt, '')
