"""Commands about extended HTTP endpoints, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define
_IDEN = arg('iden', 'The iden or the name of the endpoint, or the beginning of one.', type='str')
_FIND = """
    $found = $lib.null
    for $item in $lib.cortex.httpapi.list() {
        if ($item.iden.startswith($cmdopts.iden) or $item.name.startswith($cmdopts.iden)) {
            if $found { $lib.raise(StormRuntimeError, "Already matched one Extended HTTP API!") }
            $found = $item
        }
    }
    if (not $found) { $lib.raise(StormRuntimeError, "Failed to match Extended HTTP API by iden or name!") }
"""

define(
    'cortex.httpapi.index',
    'Give an HTTP endpoint a place in the order in which their paths are tried.\n\n'
    '// try this one first\ncortex.httpapi.index 60e5ba38e90958fd8e2ddd9e4730f16b 0',
    [_IDEN, arg('index', 'The place, from 0.', type='int')],
    f"""
    {_FIND}
    $place = $lib.cortex.httpapi.index($found.iden, $cmdopts.index)
    $lib.print(`Set HTTP API {{$found.iden}} to index {{$place}}`)
    """,
)

define(
    'cortex.httpapi.list',
    'List the HTTP endpoints that are answered by Storm.',
    [],
    """
    $apis = $lib.cortex.httpapi.list()
    if $apis {
        $printer = $lib.tabular.printer(({"columns": [
            {"name": "order", "width": 5}, {"name": "iden", "width": 32}, {"name": "owner", "width": 20},
            {"name": "auth", "width": 5}, {"name": "runas", "width": 6}, {"name": "path"}
        ], "separators": {"data:row": ""}}))
        $lib.print($printer.header())
        for ($place, $api) in $lib.iters.enum($apis) {
            try { $owner = $api.owner.name } catch NoSuchUser as err { $owner = `No user found ({$err.info.user})` }
            $lib.print($printer.row(([$place, $api.iden, $owner, $api.authenticated, $api.runas, $api.path])))
        }
    } else { $lib.print("No Extended HTTP API endpoints are registered.") }
    """,
)

define(
    'cortex.httpapi.stat',
    'Show an HTTP endpoint.',
    [_IDEN],
    f"""
    {_FIND}
    function named(title, iden) {{
        $user = $lib.auth.users.get($iden)
        if $user {{ $lib.print(`{{$title}}: {{$user.name}} ({{$iden}})`) }}
        else {{ $lib.print(`!{{$title}}: No user found ({{$iden}})`) }}
    }}
    $info = $found.pack()
    $lib.print(`Iden: {{$info.iden}}`)
    $named("Creator", $info.creator)
    $lib.print(`Created: {{$lib.repr(time, $info.created)}}`)
    $lib.print(`Updated: {{$lib.repr(time, $info.updated)}}`)
    $lib.print(`Path: {{$info.path}}`)
    $named("Owner", $info.owner)
    $lib.print(`Runas: {{$info.runas}}`)
    try {{ $lib.print(`View: {{$found.view.get(name)}} ({{$info.view}})`) }}
    catch NoSuchView as err {{ $lib.print(`!View: No view found ({{$info.view}})`) }}
    $lib.print(`Readonly: {{$info.readonly}}`)
    $lib.print(`Pool enabled: {{$info.pool}}`)
    $lib.print(`Authenticated: {{$info.authenticated}}`)
    $lib.print(`Name: {{$info.name}}`)
    $lib.print(`Description: {{$info.desc}}`)
    $lib.print("")
    if $info.perms {{
        $lib.print("The following user permissions are required to run this HTTP API endpoint:")
        for $item in $info.perms {{
            $lib.print($lib.str.join(".", $item.perm))
            $lib.print(`    default: {{$item.default}}`)
        }}
        $lib.print("")
    }} else {{ $lib.print("No user permissions are required to run this HTTP API endpoint.") }}
    if $info.methods {{
        $lib.print("The handler defines the following HTTP methods:")
        for ($name, $text) in $info.methods {{
            $lib.print(`Method: {{$name.upper()}}`)
            $lib.print($text)
            $lib.print("")
        }}
    }} else {{ $lib.print("No HTTP Methods are set for the handler.") }}
    if $info.vars {{
        $lib.print("The handler has the following runtime variables set:")
        for ($name, $valu) in $info.vars {{ $lib.print(`{{$name.ljust(16)}} => {{$valu}}`) }}
        $lib.print("")
    }} else {{ $lib.print("No vars are set for the handler.") }}
    """,
)
