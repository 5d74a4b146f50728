"""``$lib.cron``: queries at certain times (spec: storm-runtime.md 10)."""

from __future__ import annotations

import datetime
import typing

import synapse.exc as s_exc
import synapse.lib.automation.schedule as s_schedule
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.automation.trigger as s_libtrigger
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.cron', 'Queries that run at certain times.')
s_registry.typedoc('cronjob', 'A cron job.')
_TIMES = ('minute', 'hour', 'day', 'month', 'year', 'hourly', 'daily', 'monthly', 'yearly')


class CronJob(s_coerce.Thing):
    """A cron job."""

    storm_name = 'cronjob'

    def __init__(self, cron: Any, iden: str) -> None:
        self.cron = cron
        self.iden = iden

    def storm_value(self) -> Def:
        return typing.cast(Def, s_coerce.keep(self.cron.req(self.iden)))


def _cron(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.cron


def _find(rt: Runtime, prefix: str, perm: tuple[str, ...] = ('cron', 'get')) -> str:
    """Return the iden of the one job that begins so and that the user may use. Raises: StormRuntimeError."""
    idens = [job['iden'] for job in _cron(rt).all() if job['iden'].startswith(prefix)]
    found = [iden for iden in idens if rt.allowed(perm, iden)]
    if not found:
        mesg = 'Provided iden does not match any valid authorized cron job.'
        raise s_exc.StormRuntimeError(mesg=mesg, iden=prefix)
    if len(found) > 1:
        raise s_exc.StormRuntimeError(mesg='Provided iden matches more than one cron job.', iden=prefix)
    return str(found[0])


def _args(kwargs: Def) -> Def:
    """Return the named arguments of add and at, those that are null left out. Raises: StormRuntimeError."""
    args = {name: valu for name, valu in kwargs.items() if valu is not None}
    if not args.get('query'):
        raise s_exc.StormRuntimeError(mesg='Query parameter is required.', kwargs=s_coerce.toprim(kwargs))
    return args


async def _add(rt: Runtime, args: Def, recs: list[s_schedule.Record]) -> CronJob:
    view = s_coerce.tostr(args.get('view') or rt.view.iden)
    rt.confirm(('cron', 'add'), rt.query.core.cortex.stacks.req_view(view).iden)
    iden = None if args.get('iden') is None else s_coerce.tostr(args['iden'])
    info: Def = {name: s_coerce.tostr(args[name]) for name in ('name', 'doc', 'affinity') if name in args}
    info['pool'] = s_coerce.tobool(args.get('pool'))
    text = s_libtrigger.text_of(args['query'])
    await rt.editor.flush()
    job = await _cron(rt).add(text, recs, view, rt.query.user.iden, iden=iden, **info)
    return CronJob(_cron(rt), job['iden'])


@lib('$lib.cron.add', readonly=False)
async def cron_add(rt: Runtime, **kwargs: Any) -> CronJob:
    """Make a job that runs again and again.

    Arguments: query; period, such as daily@10:00 (or, deprecated, minute, hour, day, month, year, hourly, daily,
    monthly, yearly); name, doc, view, iden; pool, whether it may run in the Storm pool, or affinity, the name by which
    AHA knows the mirror that it should run on. Raises: AuthDeny, StormRuntimeError, BadTime, BadSyntax, BadConfValu.
    """
    args = _args(kwargs)
    if args.get('period') is not None:
        return await _add(rt, args, s_schedule.from_period(s_coerce.tostr(args['period'])))
    try:
        recs = s_schedule.from_options({name: s_coerce.tostr(args[name]) for name in _TIMES if name in args})
    except s_exc.StormRuntimeError as e:
        e.setdefault('kwargs', s_coerce.toprim(kwargs))
        raise
    return await _add(rt, args, recs)


@lib('$lib.cron.at', readonly=False)
async def cron_at(rt: Runtime, **kwargs: Any) -> CronJob:
    """Make a job that runs once.

    Arguments: query; minute, hour, day (how much later, several parted by commas), dt (times), now; name, doc, view,
    iden, affinity. Raises: AuthDeny, StormRuntimeError, BadTime, BadSyntax.
    """
    args = _args(kwargs)
    now = datetime.datetime.fromtimestamp(_cron(rt).clock(), datetime.UTC)
    times: list[datetime.datetime] = []
    for unit in ('day', 'hour', 'minute'):
        for part in s_coerce.tostr(args[unit]).split(',') if unit in args else ():
            times.append(now + datetime.timedelta(**{f'{unit}s': _number(part, kwargs)}))
    for part in s_coerce.tostr(args['dt']).split(',') if 'dt' in args else ():
        try:
            millis = rt.model.reqType('time').norm(part.strip())[0]
        except s_exc.BadTypeValu:
            raise s_exc.StormRuntimeError(mesg=f'Trouble parsing "{part}"', kwargs=s_coerce.toprim(kwargs)) from None
        times.append(datetime.datetime.fromtimestamp(millis / 1000, datetime.UTC))
    if s_coerce.tobool(args.get('now')):
        times.append(now)
    if not times:
        mesg = 'At least one requirement must be provided'
        raise s_exc.StormRuntimeError(mesg=mesg, kwargs=s_coerce.toprim(kwargs))
    return await _add(rt, args, s_schedule.at_times(times, now))


def _number(text: str, kwargs: Def) -> int:
    try:
        return int(text)
    except ValueError:
        mesg = f'Trouble parsing "{text}"'
        raise s_exc.StormRuntimeError(mesg=mesg, kwargs=s_coerce.toprim(kwargs)) from None


@lib('$lib.cron.get')
def cron_get(rt: Runtime, prefix: str) -> CronJob:
    """Return the one job whose iden begins with a text. Raises: StormRuntimeError."""
    return CronJob(_cron(rt), _find(rt, prefix))


@lib('$lib.cron.list')
def cron_list(rt: Runtime) -> list[CronJob]:
    """Return all jobs. Raises: AuthDeny."""
    rt.confirm(('cron', 'get'))
    return [CronJob(_cron(rt), job['iden']) for job in _cron(rt).all()]


@lib('$lib.cron.del', readonly=False)
async def cron_del(rt: Runtime, prefix: str) -> None:
    """Remove the one job whose iden begins with a text. Raises: StormRuntimeError."""
    iden = _find(rt, prefix, ('cron', 'del'))
    await rt.editor.flush()
    await _cron(rt).delete(iden)


@lib('$lib.cron.mod', readonly=False)
async def cron_mod(rt: Runtime, prefix: str, query: Any, **kwargs: Any) -> str:
    """Change the query of a job, and its period if that is given; returns its iden. Raises: BadSyntax, BadTime."""
    iden = _find(rt, prefix, ('cron', 'set'))
    info: Def = {} if query is None else {'query': s_libtrigger.text_of(query)}
    if kwargs.get('period') is not None:
        info['recs'] = s_schedule.from_period(s_coerce.tostr(kwargs['period']))
    await rt.editor.flush()
    await _cron(rt).edit(iden, **info)
    return iden


@lib('$lib.cron.move', readonly=False)
async def cron_move(rt: Runtime, prefix: str, view: str) -> str:
    """Make a job run in another view; returns its iden. Raises: NoSuchView, AuthDeny."""
    iden = _find(rt, prefix, ('cron', 'set'))
    rt.confirm(('cron', 'add'), rt.query.core.cortex.stacks.req_view(view).iden)
    await rt.editor.flush()
    await _cron(rt).edit(iden, view=view)
    return iden


@lib('$lib.cron.enable', readonly=False)
async def cron_enable(rt: Runtime, prefix: str) -> str:
    """Turn a job on; returns its iden."""
    iden = _find(rt, prefix, ('cron', 'set'))
    await rt.editor.flush()
    await _cron(rt).edit(iden, enabled=True)
    return iden


@lib('$lib.cron.disable', readonly=False)
async def cron_disable(rt: Runtime, prefix: str) -> str:
    """Turn a job off; returns its iden."""
    iden = _find(rt, prefix, ('cron', 'set'))
    await rt.editor.flush()
    await _cron(rt).edit(iden, enabled=False)
    return iden


# the object


@getter('cronjob', 'iden')
def job_iden(rt: Runtime, obj: CronJob) -> str:
    """The iden of the job."""
    return obj.iden


@method('cronjob', 'pack')
def job_pack(rt: Runtime, obj: CronJob) -> Def:
    """Return the definition, with what came of its runs."""
    return typing.cast(Def, s_coerce.keep(obj.cron.req(obj.iden)))


@method('cronjob', 'set', readonly=False)
async def job_set(rt: Runtime, obj: CronJob, name: str, valu: Any) -> CronJob:
    """Change one of name, doc, creator, pool, affinity.

    Raises: AuthDeny, BadArg, NoSuchUser, BadConfValu.
    """
    if name not in ('name', 'doc', 'creator', 'pool', 'affinity'):
        raise s_exc.BadArg(mesg=f'editCronJob name {name} is not supported for editing.')
    if name == 'creator':
        rt.confirm(('cron', 'set', 'creator'))
    else:
        rt.confirm(('cron', 'set', name), obj.iden)
    item: Any = s_coerce.tobool(valu) if name == 'pool' else s_coerce.tostr(valu)
    if name == 'affinity' and valu is None:
        item = None
    await rt.editor.flush()
    await obj.cron.edit(obj.iden, **{name: item})
    return obj


@method('cronjob', 'kill', readonly=False)
def job_kill(rt: Runtime, obj: CronJob) -> bool:
    """Stop the job if it runs; returns whether it did. Raises: AuthDeny."""
    rt.confirm(('cron', 'kill'), obj.iden)
    return bool(obj.cron.kill(obj.iden))


@method('cronjob', 'pprint')
def job_pprint(rt: Runtime, obj: CronJob) -> Def:
    """Return the definition as text for people."""
    job = obj.cron.req(obj.iden)
    user = rt.query.core.cortex.auth.user(job['creator'])
    info: Def = {'iden': job['iden'], 'idenshort': f'{job["iden"][:8]}..', 'user': user.name if user else '<None>'}
    info |= {'view': job['view'], 'viewshort': f'{job["view"][:8]}..', 'query': job['query'], 'pool': job['pool']}
    info |= {'affinity': job['affinity'], 'isrecur': _flag(job['recur']), 'isrunning': _flag(job['isrunning'])}
    info |= {'enabled': _flag(job['enabled']), 'startcount': job['startcount'], 'errcount': job['errcount']}
    info |= {'laststart': _shown(job['laststarttime']), 'lastend': _shown(job['lastfinishtime'])}
    info |= {'lastresult': job['lastresult'] or '<None>', 'lasterrs': list(job['lasterrs'])}
    info['iserr'] = 'X' if (job['lastresult'] or '').startswith(('raised', 'Failed')) else ' '
    info['recs'] = [{'reqdict': rec[0], 'incunit': rec[1], 'incval': rec[2]} for rec in job['recs']]
    return info


def _flag(valu: Any) -> str:
    return 'Y' if valu else 'N'


def _shown(epoch: float | None) -> str:
    return 'Never' if epoch is None else f'{datetime.datetime.fromtimestamp(epoch, datetime.UTC):%Y-%m-%dT%H:%M}'
