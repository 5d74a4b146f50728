"""Promise path of ``StormSvc``: what the API class of a service inherits from to bring Storm packages to a Cortex."""

from __future__ import annotations

import typing

Def = dict[str, typing.Any]


class StormSvc:
    """Mixin of the API class of a Storm service (spec: storm-runtime.md 15). Its class attributes say what it is."""

    _storm_svc_name: str = 'noname'
    _storm_svc_vers: tuple[int, int, int] = (0, 0, 1)
    _storm_svc_evts: typing.ClassVar[Def] = {}  # 'add' and 'del' -> {'storm': query}
    _storm_svc_pkgs: tuple[Def, ...] = ()

    async def getStormSvcInfo(self) -> Def:
        """Return ``{name, vers, evts, pkgs}``."""
        return {
            'name': self._storm_svc_name,
            'vers': self._storm_svc_vers,
            'evts': self._storm_svc_evts,
            'pkgs': await self.getStormSvcPkgs(),
        }

    async def getStormSvcPkgs(self) -> tuple[Def, ...]:
        """Return the Storm packages of the service. Overrides may make them when asked."""
        return self._storm_svc_pkgs
