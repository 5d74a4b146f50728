"""Commands about the data model: model.deprecated.*."""

from __future__ import annotations

import typing

import synapse.lib.model.ext as s_ext
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.runtime as s_runtime

Runtime = s_runtime.Runtime
Arg = s_command.Arg
Opts = s_command.Opts


@s_command.command
class DeprecatedLocks(s_info.Tell):
    """Print which deprecated parts of the model are locked."""

    name = 'model.deprecated.locks'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        rt.emit('print', mesg='Lock status for deprecated forms/props:')
        for name, locked in s_ext.locks(typing.cast(typing.Any, rt.model)).items():
            rt.emit('print', mesg=f'{name}: {"true" if locked else "false"}')
