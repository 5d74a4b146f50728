"""Commands about triggers, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define
_IDEN = arg('iden', 'The iden of the trigger, or its beginning.')

define(
    'trigger.add',
    'Make a trigger: a query that runs when nodes of the view are edited.\n\n'
    'Conditions: node:add and node:del (with --form), prop:set (--prop), tag:add and tag:del (--tag, and a form if\n'
    'wanted), edge:add and edge:del (--verb, and --form and --n2form if wanted). In tags * is one part and ** are\n'
    'several.',
    [
        arg('condition', 'The condition.'),
        arg('--form', 'The form of the node.'),
        arg('--tag', 'The tag.'),
        arg('--prop', 'The full name of the property.'),
        arg('--verb', 'The verb of the edge.'),
        arg('--n2form', 'The form at the other end of the edge.'),
        arg('--query', 'The query.', dest='storm', required=True),
        arg('--async', 'Run it in the background.', action='store_true', default=False),
        arg('--disabled', 'Make it, but leave it off.', action='store_true', default=False, dest='enabled'),
        arg('--name', 'A name for people.'),
        arg('--view', 'The iden of the view.'),
    ],
    """
    $tdef = ({"cond": $cmdopts.condition, "enabled": (not $cmdopts.enabled)})
    for $name in (form, tag, prop, verb, n2form, storm, async, name, view) { $tdef.$name = $cmdopts.$name }
    $trigger = $lib.trigger.add($tdef)
    $lib.print(`Added trigger: {$trigger.iden}`)
    """,
)

for _verb, _done, _doc in (
    ('del', 'Deleted', 'Remove a trigger.'),
    ('enable', 'Enabled', 'Turn a trigger on.'),
    ('disable', 'Disabled', 'Turn a trigger off.'),
):
    define(
        f'trigger.{_verb}',
        _doc,
        [_IDEN],
        f"""
        $iden = $lib.trigger.{_verb}($cmdopts.iden)
        $lib.print(`{_done} trigger: {{$iden}}`)
        """,
    )

define(
    'trigger.mod',
    'Change the query of a trigger.',
    [_IDEN, arg('query', 'The query.')],
    """
    $iden = $lib.trigger.mod($cmdopts.iden, $cmdopts.query)
    $lib.print(`Modified trigger: {$iden}`)
    """,
)

define(
    'trigger.list',
    'List the triggers of the view.',
    [arg('--all', 'Those of all views.', action='store_true', default=False)],
    """
    $triggers = $lib.trigger.list($cmdopts.all)
    if $triggers {
        $columns = ([["user", 10], ["iden", 32], ["view", 32], ["en?", 6], ["async?", 6], ["cond", 9], ["object", 14]])
        $line = ""
        for ($name, $width) in $columns { $line = `{$line}{$name.ljust($width)} ` }
        $lib.print(`{$line}           storm query`)
        for $t in $triggers {
            $form = $t.form if ($form = null) { $form = "" }
            $what = $t.prop
            if ($t.cond.startswith("node:")) { $what = $t.form }
            elif ($t.cond.startswith("edge:")) { $what = $form }
            elif ($t.cond.startswith("tag:")) { $what = `{$form.ljust(14)} {$t.tag.ljust(10)}` }
            $enabled = `{$t.enabled}` $async = `{$t.async}`
            $head = `{$t.username.ljust(10)} {$t.iden} {$t.view} {$enabled.ljust(6)} {$async.ljust(6)}`
            $lib.print(`{$head} {$t.cond.ljust(9)} {$what.ljust(25)} {$t.storm}`)
        }
    } else { $lib.print("No triggers found") }
    """,
)
