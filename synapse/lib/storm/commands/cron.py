"""Commands about cron jobs, written in Storm."""

from __future__ import annotations

import typing

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define
_IDEN = arg('iden', 'The iden of the job, or its beginning.')
_QUERY = arg('query', 'The query.')
_OLD: dict[str, typing.Any] = {'deprecated': {'eolvers': 'v3.0.0'}}
_AFFINITY = arg('--affinity', 'The name by which AHA knows the mirror that it should run on.')
_OWN = [arg('--iden', 'The iden it gets.'), arg('--view', 'The iden of the view it runs in.')]
_PERIOD = arg(
    '--period',
    'How often: minutely, hourly, daily, weekly, monthly or yearly, then /VALUES and @TIME where wanted: minutely/5, '
    'hourly@:30, daily@10:00, weekly/mon,fri@08:15, monthly/1,-1, yearly/12-24@18:00.',
)

define(
    'cron.add',
    'Make a job that runs again and again. Times are UTC.',
    [
        _QUERY,
        _PERIOD,
        *(
            arg(f'--{name}', f'Deprecated: the {name}, several parted by commas, or +N for every N.', **_OLD)
            for name in ('minute', 'hour', 'day', 'month', 'year')
        ),
        arg('--hourly', 'Deprecated: MM.', **_OLD),
        arg('--daily', 'Deprecated: HH:MM.', **_OLD),
        arg('--monthly', 'Deprecated: D:HH:MM.', **_OLD),
        arg('--yearly', 'Deprecated: M:D:HH:MM.', **_OLD),
        arg('--name', 'A name for people.'),
        arg('--doc', 'A description for people.'),
        arg('--pool', 'It may run in the Storm pool.', action='store_true', default=False),
        _AFFINITY,
        *_OWN,
    ],
    """
    $job = $lib.cron.add(query=$cmdopts.query, period=$cmdopts.period, minute=$cmdopts.minute, hour=$cmdopts.hour,
        day=$cmdopts.day, month=$cmdopts.month, year=$cmdopts.year, hourly=$cmdopts.hourly, daily=$cmdopts.daily,
        monthly=$cmdopts.monthly, yearly=$cmdopts.yearly, name=$cmdopts.name, doc=$cmdopts.doc, iden=$cmdopts.iden,
        view=$cmdopts.view, pool=$cmdopts.pool, affinity=$cmdopts.affinity)
    $lib.print(`Created cron job: {$job.iden}`)
    """,
)

define(
    'cron.at',
    'Make a job that runs once, or at several times. Times are UTC.',
    [
        _QUERY,
        arg('--minute', 'So many minutes from now, several parted by commas.'),
        arg('--hour', 'So many hours from now.'),
        arg('--day', 'So many days from now.'),
        arg('--dt', 'The time.'),
        arg('--now', 'At once.', action='store_true', default=False),
        _AFFINITY,
        *_OWN,
    ],
    """
    $job = $lib.cron.at(query=$cmdopts.query, minute=$cmdopts.minute, hour=$cmdopts.hour, day=$cmdopts.day,
        dt=$cmdopts.dt, now=$cmdopts.now, iden=$cmdopts.iden, view=$cmdopts.view, affinity=$cmdopts.affinity)
    $lib.print(`Created cron job: {$job.iden}`)
    """,
)

define(
    'cron.del',
    'Remove a job.',
    [_IDEN],
    """
    $job = $lib.cron.get($cmdopts.iden)
    $lib.cron.del($job.iden)
    $lib.print(`Deleted cron job: {$job.iden}`)
    """,
)

for _verb, _done, _doc in (('enable', 'Enabled', 'Turn a job on.'), ('disable', 'Disabled', 'Turn a job off.')):
    define(
        f'cron.{_verb}',
        _doc,
        [_IDEN],
        f"""
        $iden = $lib.cron.{_verb}($cmdopts.iden)
        $lib.print(`{_done} cron job: {{$iden}}`)
        """,
    )

define(
    'cron.mod',
    'Change the query of a job, or when it runs.',
    [_IDEN, arg('query', 'The query.', nargs='?'), _PERIOD],
    """
    $iden = $lib.cron.mod($cmdopts.iden, $cmdopts.query, period=$cmdopts.period)
    $lib.print(`Modified cron job: {$iden}`)
    """,
)

define(
    'cron.move',
    'Make a job run in another view.',
    [_IDEN, arg('view', 'The iden of the view.')],
    """
    $iden = $lib.cron.move($cmdopts.iden, $cmdopts.view)
    $lib.print(`Moved cron job {$iden} to view {$cmdopts.view}`)
    """,
)

define(
    'cron.cleanup',
    'Remove the jobs that ran once and are done.',
    [],
    """
    $count = (0)
    for $job in $lib.cron.list() {
        $info = $job.pack()
        if (not $info.recur and $info.nexttime = null) {
            $lib.cron.del($job.iden)
            $count = ($count + 1)
        }
    }
    $lib.print(`{$count} cron/at jobs deleted.`)
    """,
)

define(
    'cron.stat',
    'Show a job.',
    [_IDEN],
    """
    $info = $lib.cron.get($cmdopts.iden).pprint()
    for ($title, $name) in ([["iden", "iden"], ["user", "user"], ["enabled", "enabled"], ["pool", "pool"],
            ["affinity", "affinity"], ["recurring", "isrecur"], ["# starts", "startcount"], ["# errors", "errcount"],
            ["last start time", "laststart"], ["last end time", "lastend"], ["last result", "lastresult"],
            ["query", "query"]]) {
        $head = `{$title}:`
        $lib.print(`{$head.ljust(16)} {$info.$name}`)
    }
    if $info.lasterrs { $lib.print("most recent errors:") for $err in $info.lasterrs { $lib.print(`    {$err}`) } }
    $lib.print("entries:         incunit    incval required")
    for $rec in $info.recs {
        $unit = `{$rec.incunit}` $count = `{$rec.incval}`
        $lib.print(`                 {$unit.ljust(10)} {$count.ljust(6)} {$rec.reqdict}`)
    }
    """,
)

define(
    'cron.list',
    'List the jobs.',
    [],
    """
    $jobs = $lib.cron.list()
    if $jobs {
        $columns = ([["user", 24], ["iden", 10], ["view", 10], ["en?", 3], ["rpt?", 4], ["now?", 4], ["err?", 4],
            ["# start", 7], ["last start", 16], ["last end", 16]])
        $list = ([])
        for ($name, $width) in $columns { $list.append(({"name": $name, "width": $width})) }
        $list.append(({"name": "query"}))
        $separators = ({"header:row": "#", "data:row": "", "column": ""})
        $printer = $lib.tabular.printer(({"columns": $list, "separators": $separators}))
        $lib.print($printer.header())
        for $job in $jobs {
            $i = $job.pprint()
            $row = ([$i.user, $i.idenshort, $i.viewshort, $i.enabled, $i.isrecur, $i.isrunning, $i.iserr])
            $row.extend(([`{$i.startcount}`, $i.laststart, $i.lastend, $i.query]))
            $lib.print($printer.row($row))
        }
    } else { $lib.print("No cron jobs found") }
    """,
)
