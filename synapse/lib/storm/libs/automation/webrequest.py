"""``$request``: a request to an extended HTTP endpoint, and the answer to it (spec: storm-runtime.md 23).

An answer is made of messages in the stream of the query; ``synapse.lib.cortex.webhandler`` turns them into HTTP.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.httpapi.handler as s_handler
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.automation.webapis as s_libwebapis
import synapse.lib.storm.libs.values.strs as s_libstrs
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
method, getter = s_registry.method, s_registry.getter
s_registry.typedoc('http:api:request', 'A request to an HTTP endpoint, and the answer to it.')
s_registry.typedoc('http:api:request:headers', 'The headers of a request, without regard to case.')
_JSON_TYPE = 'application/json; charset=utf8'


class Headers(dict[str, Any], s_coerce.StormObj):
    """The headers, by their names in lower case."""

    storm_name = 'http:api:request:headers'

    def storm_value(self) -> Any:
        return dict(self)

    def storm_repr(self) -> str:
        return s_coerce.text(dict(self))

    def storm_dict(self) -> dict[str, Any]:
        """Return the headers, for $lib.dict."""
        return dict(self)

    def storm_bool(self) -> bool:
        return bool(len(self))

    def storm_iter(self) -> Any:
        return iter(list(self.items()))


class Request(s_coerce.StormObj):
    """A request: its facts, and whether reply() was called."""

    storm_name = 'http:api:request'

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = info
        self.replied = False

    def storm_repr(self) -> str:
        return f'http:api:request: {self.info.get("method")} {self.info.get("path")}'


@s_registry.lib('$lib.cortex.httpapi.response')
def api_response(rt: Runtime, requestinfo: Prim) -> Request:
    """Return the object for a request; queries of endpoints have one already, $request. Raises: BadArg."""
    if not isinstance(requestinfo, dict) or not isinstance(requestinfo.get('headers') or {}, dict):
        raise s_exc.BadArg(mesg='What is known of a request must be a dictionary.')
    return Request(s_coerce.wrap(requestinfo))


s_registry.facts(
    'http:api:request',
    lambda obj, name: obj.info.get(name),
    {
        'args': 'The groups of the expression in the path.',
        'body': 'The body, bytes.',
        'client': 'The address of the client.',
        'method': 'The method, in upper case.',
        'params': 'The parameters of the query, the first value of each.',
        'path': 'The path behind /api/ext/.',
        'uri': 'The path and query as they were sent.',
        'user': 'The iden of the caller; empty where he need not log in.',
    },
)


@getter('http:api:request', 'headers')
def request_headers(rt: Runtime, obj: Request) -> Headers:
    """The headers, without regard to case."""
    return Headers(obj.info.get('headers') or {})


@getter('http:api:request', 'api')
def request_api(rt: Runtime, obj: Request) -> s_libwebapis.WebApi:
    """The endpoint."""
    apis = s_libwebapis.apis_of(rt)
    return s_libwebapis.WebApi(apis, apis.get(obj.info.get('iden'))['iden'])


@getter('http:api:request', 'json')
def request_json(rt: Runtime, obj: Request) -> Any:
    """The value of the body, which is JSON. Raises: StormRuntimeError."""
    try:
        return s_libstrs.load_json(s_coerce.tostr(obj.info.get('body')))
    except (s_exc.BadJsonText, s_exc.BadCast) as e:
        raise s_exc.StormRuntimeError(mesg=f'Failed to decode request body as JSON: {e.get("mesg")}') from e


def _refuse(rt: Runtime, obj: Headers, name: Any, valu: Any) -> None:
    mesg = 'http:api:request:headers may not be modified by the runtime.'
    raise s_exc.StormRuntimeError(mesg=mesg, name=s_coerce.text(name))


s_registry.SETTERS['http:api:request:headers'] = _refuse
s_objects.dynamic('http:api:request:headers', lambda rt, obj, name: obj.get(s_coerce.tostr(name).lower()))


# the answer


def _headers(headers: Any) -> dict[str, str]:
    """Return headers as they are sent: text. Raises: BadArg."""
    if not isinstance(headers, dict):
        raise s_exc.BadArg(mesg=f'HTTP Response headers must be a dictionary, got {type(headers).__name__}.')
    for name, valu in headers.items():
        if valu is None or isinstance(valu, (list, tuple, dict)):
            raise s_exc.BadArg(mesg=f'The HTTP Response header {name} must be text.', name=name)
    return {s_coerce.tostr(name): s_coerce.tostr(s_coerce.wrap(valu)) for name, valu in headers.items()}


def _json(valu: Any) -> bytes:
    try:
        return s_handler.to_json(valu)
    except (TypeError, ValueError, RecursionError) as e:
        raise s_exc.MustBeJsonSafe(mesg=str(e)) from e


async def _send_body(rt: Runtime, body: bytes) -> None:
    rt.out.put('http:resp:body', {'body': body})
    await rt.out.room(s_limits.WEBAPI_PIECES)  # pieces may be large


@method('http:api:request', 'sendcode')
def request_code(rt: Runtime, obj: Request, code: int) -> None:
    """Set the status code, before any of the body is sent."""
    rt.out.put('http:resp:code', {'code': code})


@method('http:api:request', 'sendheaders')
def request_sendheaders(rt: Runtime, obj: Request, headers: Prim) -> None:
    """Set headers, before any of the body is sent. Raises: BadArg."""
    rt.out.put('http:resp:headers', {'headers': _headers(headers)})


@method('http:api:request', 'sendbody')
async def request_body(rt: Runtime, obj: Request, body: Prim) -> None:
    """Send a piece of the body, after the status code was set. Raises: BadArg."""
    if not isinstance(body, bytes):
        raise s_exc.BadArg(mesg=f'HTTP Response body must be bytes, got {type(body).__name__}.')
    await _send_body(rt, body)


@method('http:api:request', 'reply')
async def request_reply(rt: Runtime, obj: Request, code: int, headers: Prim = None, body: Any = s_coerce.undef) -> None:
    """Answer the request, once: bytes are sent as they are, everything else as JSON.

    Raises: BadArg, NoSuchType, MustBeJsonSafe.
    """
    if obj.replied:
        raise s_exc.BadArg(mesg='Response.reply() has already been called.')
    obj.replied = True
    sent = {} if headers is None else _headers(headers)
    if body is not s_coerce.undef:
        body = s_coerce.toprim(body)
        if not isinstance(body, bytes):
            body = _json(body)
            sent = {name: valu for name, valu in sent.items() if name.lower() not in ('content-type', 'content-length')}
            sent |= {'Content-Type': _JSON_TYPE, 'Content-Length': str(len(body))}
    rt.out.put('http:resp:code', {'code': code})
    if sent:
        rt.out.put('http:resp:headers', {'headers': sent})
    if body is not s_coerce.undef:
        await _send_body(rt, body)
