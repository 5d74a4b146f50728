"""Commands about the data model: model.deprecated.*."""

from __future__ import annotations

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.modelext as s_modelext
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
        for name, locked in s_modelext.deprecated_locks(rt).items():
            rt.emit('print', mesg=f'{name}: {"true" if locked else "false"}')


@s_command.command
class DeprecatedLock(s_info.Tell):
    """Lock a deprecated part of the model, so that it cannot be used any more, or unlock it."""

    name = 'model.deprecated.lock'
    args = (
        Arg('name', help='The name of a form, property or type; * means all that are not locked yet.'),
        Arg('--unlock', action='store_true', help='Unlock it.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        locked = not opts.unlock
        if opts.name == '*':
            rt.emit('print', mesg='Locking all deprecated model elements.' if locked else 'Unlocking all elements.')
            for name, state in s_modelext.deprecated_locks(rt).items():
                if state is not locked:
                    await s_modelext.deprecated_lock(rt, name, locked)
            return
        rt.emit('print', mesg=f'{"Locking" if locked else "Unlocking"}: {opts.name}')
        await s_modelext.deprecated_lock(rt, s_coerce.tostr(opts.name), locked)
