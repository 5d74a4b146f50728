"""How the service feels: health reports, and a look at the kernel settings that databases depend on (cell.md 9, 11)."""

from __future__ import annotations

import asyncio
import collections.abc
import logging
import typing

import synapse.lib.cell.logs as s_logs
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')

RANKS = {'nominal': 0, 'degraded': 1, 'failed': 2}

HealthFunc = collections.abc.Callable[['HealthCheck'], collections.abc.Awaitable[None]]

# Dirty pages should reach the disk soon: a long wait turns into one long stall.
SYSCTLS_EXPECTED = {'vm.dirty_expire_centisecs': 20, 'vm.dirty_writeback_centisecs': 20}
SYSCTLS_SHOWN = (
    'vm.swappiness',
    'vm.dirty_expire_centisecs',
    'vm.dirty_writeback_centisecs',
    'vm.dirty_background_ratio',
    'vm.dirty_background_bytes',
    'vm.dirty_ratio',
    'vm.dirty_bytes',
)
SYSCTL_DOCS = 'https://synapse.docs.vertex.link/en/latest/synapse/devopsguide.html#performance-tuning'


class HealthCheck:
    """One report in the making. Each component adds itself; the worst component is the overall status."""

    def __init__(self, iden: str) -> None:
        self.iden = iden
        self.status = 'nominal'
        self.components: list[dict[str, typing.Any]] = []

    def update(self, name: str, status: str, mesg: str = '', data: typing.Any = None) -> None:
        """Add a component. Raises ValueError unless the status is nominal, degraded or failed."""
        status = status.lower()
        if status not in RANKS:
            raise ValueError(f'Status {status!r} is not one of {tuple(RANKS)}')
        self.components.append({'status': status, 'name': name, 'mesg': mesg, 'data': {} if data is None else data})
        if RANKS[status] > RANKS[self.status]:
            self.status = status

    def getHealthCheck(self) -> dict[str, typing.Any]:
        """Return the report ``{iden, components, status}``."""
        return {'iden': self.iden, 'components': self.components, 'status': self.status}


class Health:
    """The health functions of a cell."""

    def __init__(self, iden: str) -> None:
        self.iden = iden
        self.funcs: list[HealthFunc] = []

    async def check(self) -> dict[str, typing.Any]:
        """Ask all functions and return the report; a function that raises is a failed component."""
        report = HealthCheck(self.iden)
        for func in self.funcs:
            try:
                await func(report)
            except Exception as e:
                name = getattr(func, '__qualname__', repr(func))
                logger.exception('Health check function %s failed.', name)
                report.update(name, 'failed', mesg=str(e))
        return report.getHealthCheck()


def get_sysctls(names: collections.abc.Iterable[str] = SYSCTLS_SHOWN) -> dict[str, int]:
    """Return kernel settings by name; those that cannot be read are left out."""
    valus = {}
    for name in names:
        try:
            with open('/proc/sys/' + name.replace('.', '/')) as file:
                valus[name] = int(file.read())
        except (OSError, ValueError):
            continue
    return valus


def check_sysctls() -> list[dict[str, typing.Any]]:
    """Return ``{name, expected, actual}`` of the kernel settings that differ from the recommended ones."""
    actual = get_sysctls(SYSCTLS_EXPECTED)
    return [
        {'name': name, 'expected': valu, 'actual': actual[name]}
        for (name, valu) in SYSCTLS_EXPECTED.items()
        if name in actual and actual[name] != valu
    ]


async def watch_sysctls() -> None:
    """Warn about kernel settings once a minute until they are as recommended."""
    while bad := check_sysctls():
        names = ', '.join(item['name'] for item in bad)
        mesg = f'Sysctl values different than expected: {names}. See {SYSCTL_DOCS} '
        mesg += 'for information about these sysctl parameters.'
        logger.warning(mesg, extra=s_logs.extra(sysctls=bad))
        await asyncio.sleep(s_limits.CELL_CHECK_SLEEP)
