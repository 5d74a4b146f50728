"""Commands about macros, all but ``macro.exec`` written in Storm."""

from __future__ import annotations

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.automation.macro as s_libmacro
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.purecmd as s_purecmd
import synapse.lib.storm.runtime as s_runtime

Stream = s_plan.Stream
arg, define = s_purecmd.arg, s_purecmd.define


@s_command.command
class MacroExec(s_command.Cmd):
    """Run a macro on the nodes that come in; its nodes go on."""

    name = 'macro.exec'
    args = (s_command.Arg('name', help='The name of the macro.'),)
    readonly = True
    pernode = False

    async def run(self, rt: s_runtime.Runtime, genr: Stream | None, opts: s_command.Opts) -> Stream:
        mdef = s_libmacro.get_macro(rt, s_coerce.tostr(opts.name))
        async for batch in s_sub.over(rt, genr, mdef['storm']):
            yield batch


define(
    'macro.set',
    'Make a macro, or change its query.',
    [arg('name', 'The name of the macro.', type='str'), arg('storm', 'The query, as text or in braces.')],
    """
    $lib.macro.set($cmdopts.name, $cmdopts.storm)
    $lib.print(`Set macro: {$cmdopts.name}`)
    """,
)

define(
    'macro.get',
    'Show the query of a macro.',
    [arg('name', 'The name of the macro.', type='str')],
    """
    $macro = $lib.macro.get($cmdopts.name)
    if $macro { $lib.print($macro.storm) }
    else { $lib.print(`Macro not found: {$cmdopts.name}`) }
    """,
)

define(
    'macro.del',
    'Remove a macro.',
    [arg('name', 'The name of the macro.', type='str')],
    """
    $lib.macro.del($cmdopts.name)
    $lib.print(`Removed macro: {$cmdopts.name}`)
    """,
)

define(
    'macro.list',
    'List the macros.',
    [],
    """
    $count = (0)
    for ($name, $macro) in $lib.macro.list() {
        $count = ($count + 1)
        $user = $lib.auth.users.get($macro.user)
        $owner = $macro.user
        if ($user != null) { $owner = $user.name }
        $lib.print(`{$name.ljust(20)} (owner: {$owner})`)
    }
    $lib.print(`{$count} macros found`)
    """,
)
