"""HTTP endpoints of a Cortex: running Storm (spec: cortex.md 9.2, 9.3).

Every endpoint takes its arguments as a JSON object in the body, also for GET. What a caller can get wrong before the
first message is answered as an envelope; after that the stream itself tells (``err`` messages), or breaks off.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import tornado.web

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.httpapi as s_httpapi
import synapse.lib.httpapi.handler as s_handler
import synapse.lib.httpapi.stream as s_stream

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
Body = dict[str, Any]
logger = logging.getLogger('synapse.lib.httpapi')

# Errors with a status of their own; any other error of ours is 400.
_STATUS = {'NoSuchProp': 404, 'NoSuchView': 404}


class CoreHandler(s_httpapi.Handler):
    """What the endpoints of a Cortex share."""

    cell: s_cortex.Cortex

    def get_body(self) -> Body | None:
        """Return the JSON object of the request; None when it is no JSON and that was answered.

        A JSON value that is no object is the 500 page that clients know from it.
        """
        body = self.getJsonBody()
        if isinstance(body, dict):
            return body
        if not self._finished:
            raise tornado.web.HTTPError(500, log_message='The JSON body of the request is not an object.')
        return None

    @contextlib.contextmanager
    def answered(self) -> typing.Iterator[None]:
        """Answer errors of ours that leave the block, with their status; break off a stream that has begun."""
        try:
            yield
        except s_exc.SynErr as e:
            if self._headers_written:
                logger.exception('A stream of %s broke off.', self.request.path)
                self.cut_off()
                return
            code = e.get('errx', e.errname) if e.errname == 'SynErr' else e.errname
            self.sendRestErr(code, e.get('mesg', str(e)), status_code=_STATUS.get(code))

    @contextlib.contextmanager
    def whole(self) -> typing.Iterator[None]:
        """Break off when a stream is killed that does not tell its end, so that nobody takes a part for the whole."""
        try:
            yield
        except asyncio.CancelledError:
            if self._headers_written and not self._gone:
                self.cut_off()
            raise

    def cut_off(self) -> None:
        """Close the connection in the middle of the answer, so that nobody takes a part of it for the whole."""
        self._finished = True
        conn = typing.cast(Any, self.request.connection)
        conn.stream.close()


class StormHandler(CoreHandler):
    """An endpoint that takes ``{query, opts?, stream?}``, by GET or POST."""

    async def get(self) -> None:
        """Run the query of the request."""
        if not await self.reqAuthUser():
            return
        body = self.get_body()
        if body is not None:
            with self.answered():
                await self.run(body, body.get('query'), body.get('opts'))

    async def post(self) -> None:
        """Run the query of the request."""
        await self.get()

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Do what the endpoint is for."""
        raise s_exc.NoSuchImpl(mesg='A StormHandler must implement run().')


def _to_json(mesg: Any) -> bytes:
    try:
        return s_handler.to_json(mesg)
    except TypeError as e:
        info = {'mesg': f'A message of type {mesg[0]} has no JSON form: {e}'}
        return s_handler.to_json(('err', ('MustBeJsonSafe', info)))


class Storm(StormHandler):
    """``/api/v1/storm``: the message stream of a query."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Send the messages, those that are ready together in one flush."""
        stream = s_httpapi.MessageStream(self, jsonlines=s_stream.is_jsonlines(body))
        user = await self.user()
        async with contextlib.aclosing(self.cell.queries.messages(query, opts, user)) as bursts:
            async for burst in bursts:
                for mesg in burst:
                    await stream.send_json(_to_json(s_common.un(mesg)), more=True)
                await stream.flush()


class StormNodes(StormHandler):
    """``/api/v1/storm/nodes``: only the packed nodes of a query."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Send the nodes; an error before the first one is an envelope."""
        stream = s_httpapi.MessageStream(self, jsonlines=s_stream.is_jsonlines(body))
        user = await self.user()
        with self.whole():
            async with contextlib.aclosing(self.cell.queries.podes(query, opts, user)) as bursts:
                async for burst in bursts:
                    for pode in burst:
                        await stream.send(pode, more=True)
                    await stream.flush()


class StormCall(StormHandler):
    """``/api/v1/storm/call``: the value of a query's ``return()``."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Send the value. One that JSON cannot hold is a 500 page."""
        self.sendRestRetn(await self.cell.queries.call(query, opts, await self.user()))


class StormExport(StormHandler):
    """``/api/v1/storm/export``: nodes with the edges among them, as a ``.nodes`` file."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Send the nodes as concatenated msgpack."""
        self.set_header('Content-Type', 'application/x-synapse-nodes')
        user = await self.user()
        with self.whole():
            async with contextlib.aclosing(self.cell.queries.export(query, opts, user)) as podes:
                size = 0
                async for pode in podes:
                    byts = s_common.en(pode)
                    self.write(byts)
                    size += len(byts)
                    if size > 65536:
                        size = 0
                        await self.flush()


class ReqValidStorm(StormHandler):
    """``/api/v1/reqvalidstorm``: true, or the error in the text."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Check the syntax."""
        self.cell.queries.valid(query, opts)
        self.sendRestRetn(True)


class IsValidStorm(StormHandler):
    """``/api/v1/isvalidstorm``: ``[true, {}]`` or ``[false, [error name, info]]``."""

    async def run(self, body: Body, query: Any, opts: Any) -> None:
        """Check the syntax."""
        self.sendRestRetn(self.cell.queries.validity(query, opts))
