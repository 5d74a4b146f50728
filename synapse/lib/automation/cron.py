"""Cron jobs: queries at certain times (spec: storm-runtime.md 10). The leader runs them; ``schedule`` tells when."""

from __future__ import annotations

import asyncio
import datetime
import logging
import time
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.order as s_order
import synapse.lib.automation.schedule as s_schedule
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.storm.run as s_run

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger(__name__)
LASTERRS = 5  # errors that are remembered of each
EDITABLE = ('name', 'doc', 'creator', 'pool', 'affinity', 'loglevel')
_LONGEST = 3600.0  # seconds the scheduler sleeps at most, since clocks are set


def utc(epoch: float) -> datetime.datetime:
    """Return a time of the epoch as a UTC time."""
    return datetime.datetime.fromtimestamp(epoch, datetime.UTC)


def _req_place(job: Def) -> None:
    """Raise BadConfValu for a job that is to run at two places."""
    if job['pool'] and job['affinity'] is not None:
        raise s_exc.BadConfValu(mesg='Cron jobs may not have both affinity and pool set.')


class Cron(s_nexus.Pusher):
    """The jobs by iden.

    Args:
        cell: The Cortex. stacks: Its views. engine: Its Storm engine.
    """

    async def __anit__(self, cell: Any, stacks: Any, engine: s_run.Engine) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:cron', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.stacks = stacks
        self.engine = engine
        self.table = s_slab.KeyVal(cell.slab, 'cortex:cron')
        self.running: dict[str, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()
        self.worker: asyncio.Task[None] | None = None
        self.clock: typing.Callable[[], float] = time.time
        for iden, _ in self.table.items():
            cell.auth.addAuthGate(iden, 'cronjob')

    # asking

    def get(self, iden: str) -> Def | None:
        """Return a job, None without."""
        job = self.table.get(iden)
        if job is None:
            return None
        lists = {name: list(job[name]) for name in ('recs', 'lasterrs')}
        return {**job, **lists, 'isrunning': iden in self.running}

    def all(self) -> list[Def]:
        """Return the jobs as they were added."""
        jobs = [typing.cast(Def, self.get(iden)) for iden in self.table.keys()]
        return sorted(jobs, key=lambda job: job['created'])

    def req(self, iden: str) -> Def:
        """Return a job. Raises: NoSuchIden."""
        job = self.get(iden)
        if job is None:
            raise s_exc.NoSuchIden(mesg=f'No cron job with iden: {iden}', iden=iden)
        return job

    # changing

    async def add(
        self, storm: str, recs: list[s_schedule.Record], view: str, creator: str, iden: str | None = None, **info: Any
    ) -> Def:
        """Make a job.

        Raises: BadSyntax, NoSuchView, DupIden, SchemaViolation (the iden), BadConfValu (pool and affinity).
        """
        s_run.parse(storm)
        iden = s_common.guid() if iden is None else iden
        if not s_common.isguid(iden):
            raise s_exc.SchemaViolation(mesg='data.iden must match pattern ^[0-9a-f]{32}$', name='data.iden')
        self._req_new(iden, view)
        recur = recs[0][1] is not None
        job = {'ver': 1, 'doc': '', 'name': '', 'pool': False, 'affinity': None, 'enabled': True, 'recur': recur}
        job |= {'iden': iden, 'view': view, 'indx': 0, 'query': storm, 'creator': creator}
        job['created'] = s_order.tick(self.table)
        begun = None if recur else self.clock() // 60 * 60 - 1  # once, in the minute that has begun: right now
        job |= {
            'recs': recs,
            'nexttime': self._next(recs, begun),
            'startcount': 0,
            'errcount': 0,
            'laststarttime': None,
        }
        job |= {'lastfinishtime': None, 'lastresult': None, 'lasterrs': [], 'loglevel': 'WARNING', **info}
        _req_place(job)
        await self._push('cron:add', job)
        return self.req(iden)

    def _req_new(self, iden: str, view: str) -> None:
        self.stacks.req_view(view)
        # of anything: with two objects at one gate the Cortex could not start again
        if self.cell.auth.getAuthGate(iden) is not None:
            raise s_exc.DupIden(mesg=f'Duplicate cron iden ({iden})')

    def _next(self, recs: typing.Iterable[s_schedule.Record], since: float | None = None) -> float | None:
        """Return the next time of records, after now or another time, as epoch seconds."""
        after = utc(self.clock() if since is None else since)
        times = [when.timestamp() for rec in recs if (when := s_schedule.next_time(rec, after)) is not None]
        return min(times, default=None)

    async def edit(self, iden: str, **info: Any) -> None:
        """Change fields of a job. Raises: NoSuchIden, BadSyntax, NoSuchView, NoSuchUser, BadConfValu."""
        _req_place({**self.req(iden), **info})
        if 'query' in info:
            s_run.parse(info['query'])
        if 'view' in info:
            self.stacks.req_view(info['view'])
        if 'creator' in info:
            self.cell.auth.reqUser(info['creator'])
        if 'recs' in info:
            info['nexttime'] = self._next(info['recs'])
        await self._push('cron:edit', iden, info)

    async def delete(self, iden: str) -> None:
        """Remove a job. Raises: NoSuchIden."""
        self.req(iden)
        await self._push('cron:del', iden)

    @s_nexus.Pusher.onPush('cron:add')
    def _on_add(self, job: Def) -> None:
        iden = job['iden']
        self._req_new(iden, job['view'])
        self.table.set(iden, job)
        self.cell.auth.addAuthGate(iden, 'cronjob')
        if self.cell.auth.user(job['creator']) is not None:
            self.cell.auth.apply_info('user', job['creator'], 'admin', True, gateiden=iden)
        self.wake.set()
        self.cell.feedBeholder('cron:add', job)

    @s_nexus.Pusher.onPush('cron:edit')
    def _on_edit(self, iden: str, info: Def) -> None:
        job = self.table.get(iden)
        if job is not None:
            _req_place({**job, **info})
            self.table.set(iden, {**job, **info})
            self.wake.set()
            for name, valu in info.items():
                self.cell.feedBeholder(f'cron:edit:{name}', {'iden': iden, name: valu})

    @s_nexus.Pusher.onPush('cron:ran')
    def _on_ran(self, iden: str, info: Def, was: list[s_schedule.Record] | None = None) -> None:
        job = self.table.get(iden)
        # a job whose times (``was``) were changed meanwhile keeps the new ones
        if job is not None and (was is None or s_common.en(was) == s_common.en(job['recs'])):
            self.table.set(iden, {**job, **info})

    @s_nexus.Pusher.onPush('cron:del')
    def _on_del(self, iden: str) -> None:
        if self.table.pop(iden) is not None:
            self.cell.auth.delAuthGate(iden)
            self.kill(iden)
            self.cell.feedBeholder('cron:del', {'iden': iden})

    # running

    def start(self) -> None:
        """Run what is due from now on: this service is the leader."""
        if self.worker is None and not self.cell.conf.get('safemode') and self.cell.conf.get('cron:enable', True):
            self.worker = self.schedCoro(self._work())

    def stop(self) -> None:
        """Run nothing any more."""
        if self.worker is not None:
            self.worker.cancel()
            self.worker = None
        for iden in [*self.running]:
            self.kill(iden)

    def kill(self, iden: str) -> bool:
        """Stop a running job; returns whether it ran."""
        task = self.running.get(iden)
        return task is not None and task.cancel()

    async def _work(self) -> None:
        await self._missed()
        while True:
            self.wake.clear()
            now = self.clock()
            for job in self.all():
                if job['enabled'] and job['nexttime'] is not None and job['nexttime'] <= now:
                    await self._due(job)
            times = [job['nexttime'] for job in self.all() if job['enabled'] and job['nexttime'] is not None]
            wait = min([_LONGEST, *(when - self.clock() for when in times)])
            try:
                async with asyncio.timeout(max(wait, 0)):
                    await self.wake.wait()
            except TimeoutError:
                pass

    async def _missed(self) -> None:
        """What was due while nobody ran jobs: recurring ones take the next time, others are dropped."""
        for job in self.all():
            if job['nexttime'] is not None and job['nexttime'] < self.clock() - 60:
                recs = [rec for rec in job['recs'] if s_schedule.next_time(rec, utc(self.clock())) is not None]
                await self._push('cron:ran', job['iden'], {'recs': recs, 'nexttime': self._next(recs)}, job['recs'])

    async def _due(self, job: Def) -> None:
        recs = job['recs']
        if not job['recur']:
            recs = [rec for rec in recs if s_schedule.next_time(rec, utc(self.clock())) is not None]
        await self._push('cron:ran', job['iden'], {'recs': recs, 'nexttime': self._next(recs)}, job['recs'])
        if not self.table.has(job['iden']):
            return
        if job['isrunning']:
            logger.warning('Cron job %s is still running: its turn is skipped', job['iden'])
            return
        task = self.running[job['iden']] = self.schedCoro(self._run(job))
        task.add_done_callback(lambda _: self.running.pop(job['iden'], None))

    async def _run(self, job: Def) -> None:
        iden, began = job['iden'], self.clock()
        info: Def = {'laststarttime': began, 'startcount': job['startcount'] + 1}
        await self._push('cron:ran', iden, info)
        error: str | None = None
        try:
            result = f'finished successfully with {await self._nodes(job)} nodes'
        except asyncio.CancelledError:
            result = 'cancelled'
            if self.isfini:
                raise
        except Exception as e:
            result = f'raised exception {e}' if not isinstance(e, LookupError) else str(e.args[0])
            error = str(e)
            logger.exception('Cron job %s failed', iden)
        info = {'lastresult': result, 'lastfinishtime': self.clock()}
        if error is not None:
            info |= {'errcount': job['errcount'] + 1, 'lasterrs': [*job['lasterrs'], error][-LASTERRS:]}
        if self.table.has(iden):
            await self._push('cron:ran', iden, info)

    async def _nodes(self, job: Def) -> int:
        """Run the query of a job; return how many nodes it gave. Raises: LookupError where it cannot run at all."""
        user, view = self.cell.auth.user(job['creator']), self.stacks.views.get(job['view'])
        if user is None or user.isLocked():
            raise LookupError(f'Failed due to {"unknown" if user is None else "locked"} user')
        if view is None:
            raise LookupError('Failed due to unknown view')
        opts = {'view': view.iden, 'vars': {'auto': {'iden': job['iden'], 'type': 'cron'}}}
        info = {'iden': job['iden'], 'query': job['query'], 'view': view.iden}
        with self.cell.boss.task(f'Cron {job["iden"]}', user, info):
            if job['pool'] or job['affinity'] is not None:
                return int(await self.cell.queries.count_apart(job['query'], opts, user, job['affinity']))
            run = s_run.Run(self.engine, view, user, job['query'], opts)
            async for _ in run.paths():
                pass
        return run.count
