"""What remote callers may ask of a Cortex (spec: cortex.md 2.2)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.apiext as s_apiext
import synapse.lib.cortex.apimodel as s_apimodel
import synapse.lib.cortex.apisync as s_sync
import synapse.lib.cortex.axon as s_axon
import synapse.lib.cortex.feed as s_feed
import synapse.lib.cortex.jsonstor as s_jsonstor
import synapse.lib.telepath as s_telepath
import synapse.lib.view as s_view

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
Opts = dict[str, Any] | None


class CoreApi(s_sync.SyncApi, s_apimodel.ModelApi, s_apiext.ExtApi, s_jsonstor.NotifApi, s_axon.BlobApi):
    """The API of a Cortex, beside that of every cell. Shapes and errors are those of the spec."""

    __module__ = 'synapse.cortex'  # class names travel in sharinfo: this is the one that others know

    cell: s_cortex.Cortex

    async def storm(self, text: str, opts: Opts = None) -> typing.AsyncGenerator[Any, None]:
        """Run a query; yields its messages."""
        async for burst in self.cell.queries.messages(text, opts, self.user):
            yield s_telepath.RawBurst(burst)

    async def callStorm(self, text: str, opts: Opts = None) -> Any:
        """Run a query; returns the value of its return()."""
        return await self.cell.queries.call(text, opts, self.user)

    async def count(self, text: str, opts: Opts = None) -> int:
        """Run a query; returns the number of nodes it yields."""
        return await self.cell.queries.count(text, opts, self.user)

    async def exportStorm(self, text: str, opts: Opts = None) -> typing.AsyncGenerator[Any, None]:
        """Run a query; yields packed nodes with the edges among them."""
        async for pode in self.cell.queries.export(text, opts, self.user):
            yield pode

    async def reqValidStorm(self, text: str, opts: Opts = None) -> bool:
        """Return True for a query that parses. Raises: BadSyntax."""
        self.cell.queries.valid(text, opts)
        return True

    async def isValidStorm(self, text: str, opts: Opts = None) -> tuple[bool, Any]:
        """Return (True, {}) for a query that parses, else (False, (error name, info))."""
        return self.cell.queries.validity(text, opts)

    async def addFeedData(self, name: str, items: typing.Sequence[Any], *, viewiden: str | None = None) -> None:
        """Store a chunk of items of a feed. Raises: NoSuchName, NoSuchView, AuthDeny."""
        view = self.cell.stacks.view_of(viewiden, self.user)
        await self._reqUserAllowed(('feed:data', *name.split('.')), gateiden=view.wlyr.iden)
        await self.cell.feed(name, items, view, self.user)

    async def getFeedFuncs(self) -> tuple[dict[str, str], ...]:
        """Return the feeds: name, desc, fulldoc."""
        return tuple({'name': name, 'desc': text, 'fulldoc': text} for name, text in s_feed.FEEDS.items())

    async def addNodes(self, nodes: typing.Sequence[Any]) -> typing.AsyncGenerator[Any, None]:
        """Store packed nodes; yields each as it is then. Bad ones are skipped."""
        view = self.cell.stacks.view_of(None, self.user)
        try:
            forms = {str(node[0][0]) for node in nodes}
        except (TypeError, IndexError, KeyError):
            raise s_exc.BadArg(mesg='Nodes must be a list of packed nodes: ((form, value), info).')
        for form in sorted(forms):
            await self._reqUserAllowed(('node', 'add', form), gateiden=view.wlyr.iden)
        for node in await self.cell.add_nodes(nodes, view, self.user):
            yield _legacy(node)

    async def addNode(self, form: str, valu: Any, props: dict[str, Any] | None = None) -> Any:
        """Store one node; returns it packed. Raises: NoSuchForm, BadTypeValu, AuthDeny."""
        view = self.cell.stacks.view_of(None, self.user)
        await self._reqUserAllowed(('node', 'add', form), gateiden=view.wlyr.iden)
        self.cell.norm_node(form, valu)
        nodes = await self.cell.add_nodes([((form, valu), {'props': props})], view, self.user)
        if not nodes:
            raise s_exc.BadArg(mesg=f'Nodes of form {form} cannot be added.', form=form)
        return _legacy(nodes[0])

    # facts

    async def getCoreInfo(self) -> dict[str, Any]:
        """Return version, model declarations and commands."""
        cmds: dict[str, Any] = {name: {} for name in self.cell.engine.get_commands()}
        return {'version': s_common.version, 'modeldef': self.cell.getModelDefs(), 'stormcmds': cmds}

    async def getCoreInfoV2(self) -> dict[str, Any]:
        """Return version, data model and Storm documentation."""
        return self.cell.getCoreInfoV2()

    # global variables

    async def getStormVar(self, name: str, default: Any = None) -> Any:
        """Return a global Storm variable."""
        await self._reqUserAllowed(('globals', 'get', name))
        return self.cell.stormvars.get(name, default)

    async def setStormVar(self, name: str, valu: Any) -> Any:
        """Set a global Storm variable."""
        await self._reqUserAllowed(('globals', 'set', name))
        return await self.cell.stormvars.set(name, valu)

    async def popStormVar(self, name: str, default: Any = None) -> Any:
        """Remove a global Storm variable and return its value."""
        await self._reqUserAllowed(('globals', 'pop', name))
        return await self.cell.stormvars.pop(name, default)

    # views and layers

    async def getViewDef(self, iden: str | None) -> dict[str, Any]:
        """Return the definition of a view."""
        view = self.cell.stacks.req_view(iden)
        await self._reqUserAllowed(('view', 'read'), gateiden=view.iden)
        return self.cell.stacks.pack_view(view)


def _legacy(node: s_view.Node) -> Any:
    """Return a packed node as the calls of old give it: without path metadata."""
    ndef, info = node.pack()
    info.pop('path')
    return (ndef, info)
