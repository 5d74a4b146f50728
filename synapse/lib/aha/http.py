"""The HTTPS API of AHA (aha.md 4)."""

from __future__ import annotations

import typing

import fastjsonschema

import synapse.exc as s_exc
import synapse.lib.httpapi as s_httpapi

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

_req_service = fastjsonschema.compile(
    {
        'type': 'object',
        'properties': {'name': {'type': 'string', 'minLength': 1}, 'provinfo': _PROVINFO},
        'required': ['name'],
        'additionalProperties': False,
    }
)

_req_services = fastjsonschema.compile(
    {
        'type': 'object',
        'properties': {'network': {'type': 'string', 'minLength': 1}},
        'additionalProperties': False,
    }
)


def checked(func: typing.Callable[[Any], Any]) -> typing.Callable[[Any], None]:
    """Return a validator that raises SchemaViolation."""

    def check(item: Any) -> None:
        try:
            func(item)
        except fastjsonschema.JsonSchemaValueException as e:
            raise s_exc.SchemaViolation(mesg=e.message, name=e.name) from None

    return check


class ProvisionService(s_httpapi.Handler):
    """``POST``: ``{name, provinfo}`` -> ``{url}``, a one-time URL."""

    async def post(self) -> None:
        if not await self.reqAuthAdmin():
            return
        body = self.getJsonBody(validator=checked(_req_service))
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
            body = self.getJsonBody(validator=checked(_req_services))
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
