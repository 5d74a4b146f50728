"""The HTTPS API of AHA (aha.md 4)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.httpapi as s_httpapi
import synapse.lib.schema as s_schema

Any = typing.Any

_PORT = {'type': 'integer', 'minimum': 0, 'maximum': 65535}

_PROVINFO: dict[str, Any] = {
    'type': 'object',
    'properties': {
        'conf': {'type': 'object'},
        'dmon:port': _PORT,
        'https:port': _PORT,
        'mirror': {'type': 'string', 'minLength': 1},
    },
}

_req_service = s_schema.checker(
    {
        'type': 'object',
        'properties': {'name': {'type': 'string', 'minLength': 1}, 'provinfo': _PROVINFO},
        'required': ['name'],
        'additionalProperties': False,
    }
)

_req_services = s_schema.checker(
    {
        'type': 'object',
        'properties': {'network': {'type': 'string', 'minLength': 1}},
        'additionalProperties': False,
    }
)


class ProvisionService(s_httpapi.Handler):
    """``POST``: ``{name, provinfo}`` -> ``{url}``, a one-time URL."""

    async def post(self) -> None:
        if not await self.reqAuthAdmin():
            return
        body = self.getJsonBody(validator=_req_service)
        if body is None:
            return
        try:
            url = await self.cell.addAhaSvcProv(body['name'], body.get('provinfo'))
        except s_exc.SynErr as e:
            self.sendRestExc(e, status_code=400)
            return
        self.sendRestRetn({'url': url})


class Services(s_httpapi.Handler):
    """``GET``: all entries, or those of ``{network}``."""

    async def get(self) -> None:
        if not await self.reqAuthAdmin():
            return
        body = {}
        if self.request.body:
            body = self.getJsonBody(validator=_req_services)
            if body is None:
                return
        self.sendRestRetn(self.cell.getAhaSvcs(body.get('network')))


ROUTES: tuple[tuple[str, type[Any]], ...] = (
    ('/api/v1/aha/provision/service', ProvisionService),
    ('/api/v1/aha/services', Services),
)


def add_routes(cell: Any) -> None:
    """Serve the endpoints on the HTTPS server of an AHA."""
    for path, ctor in ROUTES:
        cell.addHttpApi(path, ctor, {'cell': cell})
