"""HTTP endpoints of a Cortex beside Storm: global variables, the model, feeds (spec: cortex.md 9.2)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.cortex.http as s_http

Any = typing.Any


class VarsGet(s_http.CoreHandler):
    """``/api/v1/storm/vars/get``: ``{name, default?}`` -> the value."""

    async def get(self) -> None:
        """Answer the value of a global variable."""
        await _var(self, 'get', self._get)

    async def _get(self, name: str, body: s_http.Body) -> Any:
        return self.cell.stormvars.get(name, body.get('default'))


class VarsPop(s_http.CoreHandler):
    """``/api/v1/storm/vars/pop``: ``{name, default?}`` -> the value, which is removed."""

    async def post(self) -> None:
        """Remove a global variable and answer its value."""
        await _var(self, 'pop', self._pop)

    async def _pop(self, name: str, body: s_http.Body) -> Any:
        return await self.cell.stormvars.pop(name, body.get('default'))


class VarsSet(s_http.CoreHandler):
    """``/api/v1/storm/vars/set``: ``{name, value}`` -> true."""

    async def post(self) -> None:
        """Set a global variable."""
        await _var(self, 'set', self._set)

    async def _set(self, name: str, body: s_http.Body) -> Any:
        if 'value' not in body:
            raise s_exc.BadArg(mesg='The "value" field is required.')
        await self.cell.stormvars.set(name, body['value'])
        return True


async def _var(handler: s_http.CoreHandler, oper: str, func: typing.Callable[[str, s_http.Body], Any]) -> None:
    if not await handler.reqAuthUser():
        return
    body = handler.get_body()
    if body is None:
        return
    # a name that is no text is taken as text, as clients know it
    name = str(body.get('name'))
    if not await handler.reqAuthAllowed(('globals', oper, name)):
        return
    with handler.answered():
        handler.sendRestRetn(await func(name, body))


class Model(s_http.CoreHandler):
    """``/api/v1/model``: the data model (cortex.md 5.1)."""

    async def get(self) -> None:
        """Answer the model."""
        if await self.reqAuthUser():
            self.sendRestRetn(self.cell.getModelDict())


class ModelNorm(s_http.CoreHandler):
    """``/api/v1/model/norm``: ``{prop, value, typeopts?}`` -> ``{norm, info}``."""

    async def get(self) -> None:
        """Normalise a value for a property."""
        if not await self.reqAuthUser():
            return
        body = self.get_body()
        if body is None:
            return
        name = body.get('prop')
        if name is None:
            self.sendRestErr('MissingField', 'The property normalization API requires a prop name.')
            return
        with self.answered():
            norm, info = self.cell.norm_prop(str(name), body.get('value'), body.get('typeopts'))
            self.sendRestRetn({'norm': norm, 'info': info})

    async def post(self) -> None:
        """Normalise a value for a property."""
        await self.get()


class CoreInfo(s_http.CoreHandler):
    """``/api/v1/core/info``: version, model, Storm documentation."""

    async def get(self) -> None:
        """Answer what getCoreInfoV2() returns."""
        if await self.reqAuthUser():
            self.sendRestRetn(self.cell.getCoreInfoV2())


class Feed(s_http.CoreHandler):
    """``/api/v1/feed``: ``{items, name?, view?}`` -> null."""

    async def post(self) -> None:
        """Store a chunk of a feed."""
        if not await self.reqAuthUser():
            return
        body = self.get_body()
        if body is None:
            return
        name = body.get('name', 'syn.nodes')
        with self.answered():
            view = self.cell.stacks.view_of(body.get('view'), await self.user())
            if not await self.reqAuthAllowed(('feed:data', *str(name).split('.')), gateiden=view.wlyr.iden):
                return
            try:
                await self.cell.feed(name, typing.cast(Any, body.get('items')), view, await self.user())
            except s_exc.NoSuchName:
                raise s_exc.NoSuchFunc(mesg=f'The feed type {name} does not exist.', name=name)
            self.sendRestRetn(None)


ROUTES: tuple[tuple[str, type[s_http.CoreHandler]], ...] = (
    ('/api/v1/storm', s_http.Storm),
    ('/api/v1/storm/nodes', s_http.StormNodes),
    ('/api/v1/storm/call', s_http.StormCall),
    ('/api/v1/storm/export', s_http.StormExport),
    ('/api/v1/reqvalidstorm', s_http.ReqValidStorm),
    ('/api/v1/isvalidstorm', s_http.IsValidStorm),
    ('/api/v1/storm/vars/get', VarsGet),
    ('/api/v1/storm/vars/set', VarsSet),
    ('/api/v1/storm/vars/pop', VarsPop),
    ('/api/v1/model', Model),
    ('/api/v1/model/norm', ModelNorm),
    ('/api/v1/core/info', CoreInfo),
    ('/api/v1/feed', Feed),
)
