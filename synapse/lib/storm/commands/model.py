"""Commands about the data model: model.deprecated.*, model.edge.*."""

from __future__ import annotations

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.model.ext as s_modelext
import synapse.lib.storm.purecmd as s_purecmd
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


define = s_purecmd.define
_VERB, _KEY = s_purecmd.arg('verb', 'The verb.'), s_purecmd.arg('key', 'The key, such as doc.')

define(
    'model.edge.list',
    'List the verbs of the light edges of the view, and what is said about them.',
    [],
    """
    $list = $lib.model.edge.list()
    if $list {
        $lib.print(`\\nname       doc`)
        $lib.print("----       ---")
        for ($verb, $info) in $list {
            $doc = $info.doc
            if ($doc = null) { $doc = "" }
            $lib.print(`{$verb.ljust(10)} {$doc}`)
        }
        $lib.print("")
    } else { $lib.print("No edge verbs found in the current view.") }
    """,
)

define(
    'model.edge.get',
    'Show what is said about a verb.',
    [_VERB],
    """
    $info = $lib.model.edge.get($cmdopts.verb)
    if $info {
        $lib.print(`verb = {$cmdopts.verb}`)
        for ($key, $valu) in $info { $lib.print(`    {$key} = {$valu}`) }
    } else { $lib.print(`verb={$cmdopts.verb} contains no key-value pairs.`) }
    """,
)

define(
    'model.edge.set',
    'Say something about a verb.',
    [_VERB, _KEY, s_purecmd.arg('valu', 'The text.')],
    """
    $lib.model.edge.set($cmdopts.verb, $cmdopts.key, $cmdopts.valu)
    $lib.print(`Set edge key: verb={$cmdopts.verb} key={$cmdopts.key}`)
    """,
)

define(
    'model.edge.del',
    'Take back what is said about a verb.',
    [_VERB, _KEY],
    """
    $lib.model.edge.del($cmdopts.verb, $cmdopts.key)
    $lib.print(`Deleted edge key: verb={$cmdopts.verb} key={$cmdopts.key}`)
    """,
)

define(
    'model.deprecated.check',
    'Tell whether deprecated parts of the model are locked, and whether nodes still use them.',
    [],
    """
    init {
        $ready = (true)
        $lib.print("Checking the cortex for model flag day readiness...")
        $locks = $lib.model.deprecated.locks()
        $lib.print("Checking deprecated model locks:")
        for ($name, $locked) in $locks {
            if $locked { $lib.print(`{$name} is locked`) }
            else { $ready = (false) $lib.warn(`{$name} is not yet locked`) }
        }
        $lib.print("Checking for existing deprecated model usage:")
        for ($name, $locked) in $locks {
            $lib.print(`{$name}...`)
            for $layer in $lib.layer.list() {
                if $layer.getPropCount($name, maxsize=(1)) {
                    $ready = (false)
                    $lib.warn(`Layer {$layer.iden} still contains deprecated model elements: {$name}`)
                }
            }
        }
        if $ready { $lib.print("Congrats! Your Cortex is fully model flag day compliant.") }
        else { $lib.print("Your cortex contains deprecated model elements.") }
    }
    """,
)
