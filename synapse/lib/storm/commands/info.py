"""Commands that tell about the system."""

from __future__ import annotations

import synapse.common as s_common
import synapse.lib.storm.command as s_command
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime

Arg = s_command.Arg


@s_command.command
class Help(s_command.Cmd):
    """List the commands, or those whose name contains a text."""

    name = 'help'
    args = (Arg('command', nargs='?', help='A part of the names to show.'),)
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        if genr is not None:
            async for batch in genr:
                yield batch
        want = opts.command
        cmds = rt.query.core.get_commands()
        names = sorted(name for name in cmds if want is None or want in name)
        if not names:
            rt.emit('print', mesg=f'No commands found matching "{want}"')
            return
        width = max(len(name) for name in names)
        rt.emit('print', mesg='package: synapse')
        for name in names:
            brief = cmds[name].descr().splitlines()[0] if cmds[name].descr() else ''
            rt.emit('print', mesg=f'{name.ljust(width)} : {brief}')
        rt.emit('print', mesg='')
        rt.emit('print', mesg='For detailed help on any command, use <cmd> --help')


@s_command.command
class Version(s_command.Cmd):
    """Print the version of the Cortex."""

    name = 'version'
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        if genr is not None:
            async for batch in genr:
                yield batch
        rt.emit('print', mesg=f'Synapse Version: {s_common.verstring}')
        rt.emit('print', mesg='Commit Hash: ')
