"""The server's end of a connection: from message to answer (spec: telepath.md 5 to 8).

The fast path is a straight line without tasks: ``data_received`` decodes a message, finds the method, calls it, and
writes the answer. A coroutine is run on the spot too and becomes a task only when it waits (see ``eager``). While a
call of a link is running, its further messages stay undecoded, which gives the strict order that the protocol asks for.

Invariants:

- At most one call runs for a link (``busy``); streams of legacy calls belong to their session instead.
- When the link is lost, the running call is cancelled at once, even when it is idle.
"""

from __future__ import annotations

import asyncio
import collections.abc
import contextvars
import inspect
import logging
import time
import types
import typing

import synapse.exc as s_exc
import synapse.lib.eager as s_eager
import synapse.lib.limits as s_limits
import synapse.lib.share as s_share
import synapse.lib.telepath.arrival as s_arrival
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.large as s_large
import synapse.lib.telepath.link as s_link
import synapse.lib.telepath.methods as s_methods
import synapse.lib.telepath.session as s_session
import synapse.lib.telepath.stream as s_stream

if typing.TYPE_CHECKING:
    import synapse.lib.telepath.daemon as s_daemon

logger = logging.getLogger(__name__)

PLAIN, AWAIT, STREAM, SHARE = range(1, 5)

# kinds of results by their type, filled as types are met
_kinds: dict[type, int] = {}


def kind_of(valu: typing.Any) -> int:
    """Return how a result is answered: as it is, after awaiting it, as a stream, or by reference."""
    cls = type(valu)
    kind = _kinds.get(cls)
    if kind is None:
        if isinstance(valu, (types.AsyncGeneratorType, types.GeneratorType)):
            kind = STREAM
        elif isinstance(valu, s_share.Share):
            kind = SHARE
        else:
            kind = AWAIT if inspect.isawaitable(valu) else PLAIN
        if len(_kinds) < 4096:
            _kinds[cls] = kind
    return kind


def brief(valu: typing.Any) -> str:
    """Return the start of a message for the log: enough to find it, too little to leak its arguments."""
    return repr(valu)[:80]


class ServerLink(s_link.Link):
    """One accepted connection."""

    def __init__(self, dmon: s_daemon.Daemon) -> None:
        super().__init__()
        self.dmon = dmon
        self.busy = False
        self.task: asyncio.Task[None] | None = None
        self.queued = 0  # bytes received while busy
        self.bad = 0  # malformed messages
        self.fed = 0  # position in the stream of what is to come
        self.begun = 0  # position of the message that is to be decoded next
        self.arrival: s_arrival.Arrival | None = None  # a large value of that message, on its way
        self.caller: s_session.Session | None = None  # who made the last call
        self.sessions: list[s_session.Session] = []

    # ----- transport events -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.dmon.link_made(self)

    def data_received(self, data: bytes) -> None:
        if len(data) >= s_limits.TELE_PEEK_BYTES and self.fed == self.begun and self.caller is not None:
            data = s_arrival.find(self, self.caller.items.get(None), data)
        self.fed += len(data)
        self.unpk.feed(data)
        if self.busy or self.stalled:
            self.queued += len(data)
            if self.queued > s_limits.TELE_QUEUE_BYTES:
                self.hush()
            return
        self.pump()

    def eof_received(self) -> bool | None:
        self.closed = True  # a half-close is an end: what is not sent yet, a cancelled call's answer too, stays unsent
        self.stop()
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        del self.unpk  # it may be large, and who knows how long others hold us
        if self.arrival is not None:
            self.arrival.work.over()
            self.arrival = None
        self.stop()
        self.dmon.link_lost(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.busy:
            self.resume()

    def stop(self) -> None:
        """Cancel the running call. Once: it may be cleaning up, and must not be interrupted in that."""
        if self.task is not None and not self.task.cancelling():
            self.task.cancel()

    # ----- messages ---------------------------------------------------------------------------------------------------

    def pump(self) -> None:
        """Handle the messages that have arrived, in order, until a call has to wait."""
        turn = time.perf_counter() + s_limits.TELE_TURN_SECS
        while not (self.busy or self.stalled or self.closed):
            try:
                mesg = next(self.unpk)
            except StopIteration:
                return
            except Exception as e:
                logger.error('rx closed unexpectedly %s link=%s', e, self.getAddrInfo())
                self.abort()
                return
            self.begun = self.unpk.tell()
            if self.begun == self.fed > s_limits.TELE_DECODER_BYTES:
                self.renew()
                self.begun = self.fed = 0
            if self.arrival is None:
                self.on_mesg(mesg)
            else:
                self.on_arrival(mesg)
            if not self.busy and time.perf_counter() > turn:
                # a client that pipelines must not keep the others waiting
                self.busy = True
                self.loop.call_soon(self.resume)
                return

    def resume(self) -> None:
        """Go on with the messages that arrived meanwhile."""
        self.busy = False
        self.queued = 0
        self.unhush()
        self.pump()

    def on_arrival(self, mesg: typing.Any) -> None:
        """Handle a message whose large value did not go through the decoder."""
        arrival, self.arrival = typing.cast(s_arrival.Arrival, self.arrival), None
        try:
            self.on_mesg(arrival.complete(mesg))
        finally:
            arrival.work.over()

    def on_mesg(self, mesg: typing.Any) -> None:
        """Handle one message. Malformed and unknown ones are logged and not answered."""
        try:
            kind, info = mesg[0], mesg[1]
            if kind == 't2:init':
                self.on_t2_init(mesg, info)
                return
            func = _HANDLERS.get(kind)
            if func is not None:
                func(self, mesg, info)
                return
            what = 'Invalid mesg'
        except Exception:
            what = 'Handler'
        logger.error('Dmon.onLinkMesg %s: mesg=%s link=%s', what, brief(mesg), self.getAddrInfo())
        self.bad += 1
        if self.bad > s_limits.TELE_BAD_MESGS:
            logger.error('too many malformed messages, closing link=%s', self.getAddrInfo())
            self.abort()

    def on_t2_init(self, mesg: typing.Any, info: dict[str, typing.Any]) -> None:
        """Make a call, and answer it here and now unless it has to wait."""
        get = info.get
        try:
            name = get('name')
            sess = self.dmon.sessions.get(get('sess'))
            todo = get('todo')
            item = None if sess is None else sess.items.get(name)
            if item is None or todo is None or sess is None:
                raise s_exc.NoSuchObj(name=name)
            methname, args, kwargs = todo
            meth = s_methods.resolve(item, methname)
            self.caller = sess
        except Exception as e:
            logger.error('Error on t2:init: %s link=%s', brief(mesg), self.getAddrInfo(), exc_info=e)
            self.tx_fini(s_codec.err_retn(e))
            return
        try:
            valu = sess.context.run(meth, *args, **kwargs)
        except Exception as e:
            self.tx_call_err(methname, s_methods.blame(e, meth, args, kwargs))
            return
        if (_kinds.get(type(valu)) or kind_of(valu)) == PLAIN:
            self.tx_valu(methname, valu)
            return
        self.launch(self.run_call(sess, (meth, args, kwargs), methname, valu), sess.context.copy())

    def launch(self, coro: s_eager.Coro, context: contextvars.Context) -> None:
        """Run a coroutine that answers a message; until it has ended no other message of the link is handled."""
        self.busy = True
        self.task = None
        task = s_eager.start(coro, self.loop, context)
        if task is None:
            self.busy = False
            return
        self.task = task
        self.dmon.add_task(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self.task = None
        if not task.cancelled() and task.exception() is not None:
            logger.error('error in a telepath task', exc_info=task.exception())
        self.resume()

    async def run_call(
        self, sess: s_session.Session, call: tuple[typing.Any, ...], name: str, valu: typing.Any
    ) -> None:
        """Answer a call (method, args, kwargs) whose result must be awaited, streamed or shared."""
        try:
            while kind_of(valu) == AWAIT:
                valu = await valu
            kind = kind_of(valu)
            if kind == STREAM:
                await self.run_stream(name, valu, call)
            elif kind == SHARE:
                iden = sess.addShare(valu)
                info = {'iden': iden, 'sharinfo': s_methods.sharinfo_of(valu)}
                self.write(s_codec.pack(('t2:share', info)))
            else:
                self.tx_valu(name, valu)
        except asyncio.CancelledError as e:
            if not self.closed:
                self.tx_fini(s_codec.err_retn(e))
        except Exception as e:
            self.tx_call_err(name, s_methods.blame(e, *call))

    async def run_stream(self, name: str, genr: s_stream.Genr, call: tuple[typing.Any, ...]) -> None:
        """Answer a call with the items of a generator."""
        try:
            await s_stream.send(self, genr, lambda e: s_methods.blame(e, *call))
        except asyncio.CancelledError:
            logger.info('t2call task %s cancelled', name)
        except (BrokenPipeError, ConnectionResetError) as e:
            logger.debug('error during task %s %s', name, e)
        except Exception as e:
            logger.error('error during task %s %s', name, e, exc_info=e)

    # ----- answers ----------------------------------------------------------------------------------------------------

    def tx_valu(self, name: str, valu: typing.Any) -> None:
        """Answer a call with a value, or with NotMsgpackSafe."""
        if type(valu) is bytes and len(valu) >= s_limits.TELE_BULK_BYTES:
            self.write(s_codec.FINI_OK + s_codec.bin_head(len(valu)))
            self.write(valu)
            return
        try:
            byts = s_codec.pack(valu)
        except s_exc.NotMsgpackSafe as e:
            self.tx_call_err(name, e)
            return
        self.write(s_codec.FINI_OK + byts)

    def tx_call_err(self, name: str, exc: BaseException) -> None:
        """Answer a call with the error that it raised."""
        logger.error('error during task: %s %s', name, exc, exc_info=exc)
        self.tx_fini(s_codec.err_retn(exc))

    def tx_fini(self, retn: s_codec.Retn) -> None:
        """Answer a call with an envelope."""
        self.write(s_codec.pack_fini(retn))

    # ----- other messages ---------------------------------------------------------------------------------------------

    def on_tele_syn(self, mesg: typing.Any, info: dict[str, typing.Any]) -> None:
        """A handshake: the daemon decides, the answer carries the session."""
        self.launch(self.dmon.run_handshake(self, mesg), contextvars.copy_context())

    def on_share_fini(self, mesg: typing.Any, info: dict[str, typing.Any]) -> None:
        """The client is done with a share."""
        sess = self.get('sess')
        if sess is not None and not sess.isfini:
            sess.delShare(info.get('share'))

    def on_task_init(self, mesg: typing.Any, info: dict[str, typing.Any]) -> None:
        """A legacy call: only within the session of this very link. Without one nothing is sent."""
        sess: s_session.Session | None = self.get('sess')
        item = None if sess is None else sess.items.get(info.get('name'))
        if sess is None or item is None:
            logger.error('task:init without a session or share: %s link=%s', brief(mesg), self.getAddrInfo())
            return
        self.launch(self.run_legacy(sess, item, info), sess.context.copy())

    async def run_legacy(self, sess: s_session.Session, item: typing.Any, info: dict[str, typing.Any]) -> None:
        """Answer a legacy call (section 8). A stream goes on beside the link's other messages."""
        reply: dict[str, typing.Any] = {'task': info.get('task')}
        stream: LegacyStream | None = None
        try:
            methname, args, kwargs = info['todo']
            valu = s_methods.resolve(item, methname)(*args, **kwargs)
            if kind_of(valu) == AWAIT:
                valu = await valu
                if kind_of(valu) == STREAM:
                    raise s_exc.NotMsgpackSafe(mesg=f"can not serialize '{type(valu).__name__}' object")
            if kind_of(valu) == STREAM:
                valu = stream = await LegacyStream.anit(self, valu)
            if isinstance(valu, s_share.Share):
                reply['type'] = valu.typename
                valu = sess.addShare(valu)
            byts = s_codec.pack(('task:fini', {**reply, 'retn': (True, valu)}))
        except Exception as e:
            logger.error('error during task: %s %s', info.get('task'), e, exc_info=e)
            byts = s_codec.pack(('task:fini', {**reply, 'retn': s_codec.err_retn(e)}))
        self.write(byts)
        if stream is not None:
            stream.start()


class LegacyStream(s_share.Share):
    """A stream of a legacy call: ``share:data`` messages on the handshake link until a final null."""

    typename = 'genr'

    async def __anit__(self, link: typing.Any, item: typing.Any) -> None:  # type: ignore[override]
        await super().__anit__(link, item)
        self.hslink = link

    def start(self) -> None:
        """Begin to send, after the message that told the client the iden."""
        self.schedCoro(self._run())

    def _tx(self, data: typing.Any) -> None:
        self.hslink.write(s_codec.pack(('share:data', {'share': self.iden, 'data': data})))

    async def _run(self) -> None:
        items = s_stream.iterate(self.item)
        try:
            async for item in items:
                self._tx((True, await item.read() if isinstance(item, s_large.Large) else item))
                await self.hslink.drained()
        except Exception as e:
            logger.error('error during task %s %s', self.iden, e, exc_info=e)
            self._tx(s_codec.err_retn(e))
        finally:
            await items.aclose()
            self._tx(None)
        await self.fini()


_HANDLERS: dict[str, collections.abc.Callable[[ServerLink, typing.Any, dict[str, typing.Any]], None]] = {
    'tele:syn': ServerLink.on_tele_syn,
    'share:fini': ServerLink.on_share_fini,
    'task:init': ServerLink.on_task_init,
}
