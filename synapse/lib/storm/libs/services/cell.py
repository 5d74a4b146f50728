"""``$lib.cell`` and ``$lib.task``: the service itself, and what it is busy with (spec: storm-runtime.md 22)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.cell.tasks as s_tasks
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.misc as s_libmisc
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
_WAIT = 10.0  # seconds
lib = s_registry.lib
s_registry.libdoc('$lib.cell', 'The service that runs the query.')
s_registry.libdoc('$lib.task', 'Tasks of the service.')
s_registry.libdoc('$lib.ps', 'Tasks of the service. Deprecated: use $lib.task.')


def _cell(rt: Runtime, name: str) -> Any:
    s_libmisc.req_admin(rt, f'$lib.cell.{name}() requires admin privileges.')
    return rt.query.core.cortex


@s_registry.attr('$lib.cell.iden')
def cell_iden(rt: Runtime) -> str:
    """The iden of the service."""
    return str(rt.query.core.cortex.iden)


@lib('$lib.cell.getCellInfo')
async def cell_info(rt: Runtime) -> Any:
    """Return what the service is."""
    return s_coerce.wrap(await _cell(rt, 'getCellInfo').getCellInfo())


@lib('$lib.cell.getSystemInfo')
async def cell_system(rt: Runtime) -> Any:
    """Return what it runs on."""
    return s_coerce.wrap(await _cell(rt, 'getSystemInfo').getSystemInfo())


@lib('$lib.cell.getHealthCheck')
async def cell_health(rt: Runtime) -> Any:
    """Return how it is."""
    return s_coerce.wrap(await _cell(rt, 'getHealthCheck').getHealthCheck())


@lib('$lib.cell.getBackupInfo')
def cell_backup(rt: Runtime) -> Any:
    """Return about the last backups."""
    return s_coerce.wrap(_cell(rt, 'getBackupInfo').backups.get_info())


@lib('$lib.cell.uptime')
async def cell_uptime(rt: Runtime, name: str | None = None) -> dict[str, int]:
    """Return ``{starttime, uptime}`` in milliseconds. Raises: NoSuchName."""
    return await uptime(rt, name)


async def _service(rt: Runtime, name: str) -> Any:
    """Return the client of a Storm service, when it is there. Raises: NoSuchName, AuthDeny, TimeOut."""
    services = rt.query.core.cortex.automation.services
    sdef = services.req(name)
    rt.confirm(('service', 'get', sdef['iden']))
    if not await services.wait(sdef['iden'], _WAIT):
        raise s_exc.TimeOut(mesg=f'Timeout waiting for storm service {name}')
    return services.client(sdef)


async def uptime(rt: Runtime, name: str | None) -> dict[str, int]:
    """Return when a service (without a name: this one) started, and how long ago. Raises: NoSuchName, AuthDeny."""
    info = await (rt.query.core.cortex if name is None else await _service(rt, name)).getSystemInfo()
    return {'starttime': info['cellstarttime'], 'uptime': info['celluptime']}


# tasks


def _visible(rt: Runtime, task: s_tasks.Task) -> bool:
    return task.user.iden == rt.query.user.iden or rt.allowed(('task', 'get'))


def tasks(rt: Runtime) -> list[s_tasks.Task]:
    """Return the tasks that the user may see."""
    return [task for task in rt.query.core.cortex.boss.ps() if _visible(rt, task)]


@lib('$lib.task.list')
async def task_list(rt: Runtime, timeout: int | None = None) -> typing.AsyncGenerator[Any, None]:
    """Yield the tasks: their own ones for users, all for those with the permission task.get."""
    for task in tasks(rt):
        yield s_coerce.keep(task.pack_full())


@lib('$lib.task.kill', readonly=False)
async def task_kill(rt: Runtime, prefix: str, timeout: int | None = None) -> bool:
    """Stop the one task whose iden begins with a text. Raises: StormRuntimeError, AuthDeny."""
    return await kill(rt, prefix)


async def kill(rt: Runtime, prefix: str, what: str = 'tasks') -> bool:
    """Stop a task. Raises: StormRuntimeError unless exactly one matches, AuthDeny."""
    if not prefix:
        raise s_exc.StormRuntimeError(mesg='An empty task iden prefix is not allowed.', iden=prefix)
    found = [task for task in tasks(rt) if task.iden.startswith(prefix)]
    if not found:
        raise s_exc.StormRuntimeError(mesg=f'Provided iden does not match any {what}.', iden=prefix)
    if len(found) > 1:
        raise s_exc.StormRuntimeError(
            mesg=f'Provided iden matches more than one {what.removesuffix("es") if what == "processes" else "task"}.',
            iden=prefix,
        )
    if found[0].user.iden != rt.query.user.iden:
        rt.confirm(('task', 'del'))
    await rt.out.publish()
    await found[0].kill()
    return True


@lib('$lib.ps.list')
def ps_list(rt: Runtime) -> list[Any]:
    """Return the tasks. Deprecated: use $lib.task.list()."""
    s_libroot.deprecated(rt, '$lib.ps.list() is deprecated. Use $lib.task.list() instead.')
    return [s_coerce.keep(task.pack()) for task in tasks(rt)]


@lib('$lib.ps.kill', readonly=False)
async def ps_kill(rt: Runtime, prefix: str) -> bool:
    """Stop the one task whose iden begins with a text. Deprecated: use $lib.task.kill()."""
    s_libroot.deprecated(rt, '$lib.ps.kill() is deprecated. Use $lib.task.kill() instead.')
    return await kill(rt, prefix, 'processes')


# upkeep


@lib('$lib.cell.trimNexsLog', readonly=False)
async def cell_trim(rt: Runtime, consumers: Any = None, timeout: int = 30) -> int:
    """Rotate the change log, wait until consumers (Telepath URLs) have read it, and forget what lies before.

    Returns the last offset that was forgotten. Raises: AuthDeny, BadConfValu, BadUrl, SynErr (a consumer is too slow).
    """
    cell = _cell(rt, 'trimNexsLog')
    await rt.out.publish()
    if consumers is not None:
        consumers = [s_coerce.tostr(url) for url in s_coerce.tolist(consumers)]
    return int(await cell.trimNexsLog(consumers=consumers, timeout=timeout))


@lib('$lib.cell.getMirrorUrls')
async def cell_mirrors(rt: Runtime, name: str | None = None) -> list[str]:
    """Return the URLs of the mirrors of the service. Raises: AuthDeny, BadConfValu, NoSuchName."""
    cell = _cell(rt, 'getMirrorUrls')
    return list(await (cell if name is None else await _service(rt, name)).getMirrorUrls())


_FIXES = (4, 0, 0)
_FIXVAR = 'cortex:runtime:stormfixes'


@lib('$lib.cell.hotFixesCheck')
def cell_fixes(rt: Runtime) -> bool:
    """Return true when there are fixes of data that were not applied yet. Raises: AuthDeny."""
    _cell(rt, 'hotFixesCheck')
    return False  # this implementation has no data that would need one of them


@lib('$lib.cell.hotFixesApply', readonly=False)
async def cell_fix(rt: Runtime) -> tuple[int, ...]:
    """Apply such fixes; returns the version of the last one. Raises: AuthDeny."""
    cell = _cell(rt, 'hotFixesApply')
    if tuple(cell.stormvars.get(_FIXVAR) or ()) != _FIXES:
        await cell.stormvars.set(_FIXVAR, _FIXES)
    return _FIXES


s_registry.libdoc('$lib.backup', 'Backups of the service.')


@lib('$lib.backup.run', readonly=False)
async def backup_run(rt: Runtime, name: str | None = None, wait: bool = True) -> str:
    """Make a backup and return its name. Raises: AuthDeny, BackupAlreadyRunning, BadArg."""
    rt.confirm(('backup', 'run'))
    await rt.out.publish()
    return str(await rt.query.core.cortex.backups.run(name, wait=wait, user=rt.query.user))


@lib('$lib.backup.list')
def backup_list(rt: Runtime) -> list[str]:
    """Return the names of the backups. Raises: AuthDeny."""
    rt.confirm(('backup', 'list'))
    return list(rt.query.core.cortex.backups.list())


@lib('$lib.backup.del', readonly=False)
async def backup_del(rt: Runtime, name: str) -> None:
    """Delete a backup. Raises: AuthDeny, BadArg."""
    rt.confirm(('backup', 'del'))
    await rt.query.core.cortex.backups.delete(name)
