"""The Cortex: a hypergraph with the Storm query language (promise path ``synapse.cortex.Cortex``).

The class only composes: ``stacks`` owns layers and views, ``engine`` and ``queries`` run Storm, ``stormvars`` keeps
globals. See ``synapse.lib.cortex`` for the parts.
"""

from __future__ import annotations

import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.parts as s_automation
import synapse.lib.cell as s_cell
import synapse.lib.cortex.api as s_api
import synapse.lib.cortex.apisync as s_apisync
import synapse.lib.cortex.axon as s_axon
import synapse.lib.cortex.confdefs as s_confdefs
import synapse.lib.cortex.extmodel as s_extmodel
import synapse.lib.cortex.feed as s_feed
import synapse.lib.cortex.graphs as s_graphs
import synapse.lib.cortex.httpdata as s_httpdata
import synapse.lib.cortex.jsonstor as s_jsonstor
import synapse.lib.cortex.merge as s_merge
import synapse.lib.cortex.modelrev as s_modelrev
import synapse.lib.cortex.names as s_names
import synapse.lib.cortex.permdefs as s_permdefs
import synapse.lib.cortex.projects as s_projects
import synapse.lib.cortex.pushpull as s_pushpull
import synapse.lib.cortex.queries as s_queries
import synapse.lib.cortex.quorum as s_quorum
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.stormpool as s_stormpool
import synapse.lib.cortex.svars as s_svars
import synapse.lib.cortex.tagmodel as s_tagmodel
import synapse.lib.cortex.webapis as s_webapis
import synapse.lib.cortex.webhandler as s_webhandler
import synapse.lib.limits as s_limits
import synapse.lib.model.reflect as s_reflect
import synapse.lib.storm.docs as s_docs
import synapse.lib.storm.run as s_run
import synapse.lib.view as s_view
import synapse.models as s_models

Any = typing.Any
logger = logging.getLogger(__name__)
CoreApi = s_api.CoreApi


class Cortex(s_cell.Cell):
    """A service that stores nodes and answers Storm queries."""

    cellapi = s_api.CoreApi
    confdefs = s_confdefs.CONFDEFS
    confbase = s_confdefs.confbase(s_cell.Cell.confbase)
    modelrevs = s_modelrev.REVISIONS

    async def initServiceStorage(self) -> None:
        self.model = s_models.load()
        s_names.attach(self.model, self.auth)
        self.engine = s_run.Engine(self.model)
        self.engine.cortex = self
        self.extmodel = await s_extmodel.ExtModel.anit(self, self.model)
        self.onfini(self.extmodel)
        self.tagmodel = await s_tagmodel.TagModel.anit(self, self.model)
        self.onfini(self.tagmodel)
        self.stormvars = await s_svars.StormVars.anit(self)
        self.onfini(self.stormvars)
        self.auth.addAuthGate('cortex', 'cortex')  # nothing asks it; tools expect to find it
        self.stacks = await s_stacks.Stacks.anit(self, self.model)
        self.onfini(self.stacks)
        self.merger = s_merge.Merger(self.stacks)
        self.merges = await s_quorum.MergeRequests.anit(self.merger)
        self.onfini(self.merges)
        self.flows = await s_pushpull.Flows.anit(self.stacks, self.stormvars)
        self.onfini(self.flows)
        self.graphs = await s_graphs.Graphs.anit(self)
        self.onfini(self.graphs)
        self.webapis = await s_webapis.WebApis.anit(self)
        self.onfini(self.webapis)
        self.projects = await s_projects.Projects.anit(self)
        self.onfini(self.projects)
        self.extmodel.serve(self.stacks.layers)
        self.modelrev = s_modelrev.ModelRev(self.stacks, self.modelrevs)
        self.modelrev.check()
        self.automation = await s_automation.Automation.anit(self, self.engine)
        self.onfini(self.automation)
        self.perms = s_permdefs.PermDefs(self.automation.packages)
        self.auth.perm_default = self.perms.default
        self.stormpool = await s_stormpool.StormPool.anit(self)
        self.onfini(self.stormpool)
        self.queries = s_queries.Queries(self, self.stacks, self.engine, self.stormpool)
        self.jsonstor = await s_jsonstor.connect(self)
        self.axon = await s_axon.connect(self)

        for path, ctor in (*s_httpdata.ROUTES, *s_webhandler.ROUTES):
            self.addHttpApi(path, ctor, {'cell': self})

    async def initServiceActive(self) -> None:
        await self.stacks.ensure_default()
        await self.modelrev.run()
        self.merges.resume()
        await self.stormpool.start()
        await self.automation.start()

    async def initServicePassive(self) -> None:
        await self.stormpool.stop()
        await self.automation.stop()

    async def initServiceRuntime(self) -> None:
        self.dmon.share('cortex', self)

    async def initServiceNetwork(self) -> None:
        await super().initServiceNetwork()
        await self.automation.services.open()
        await s_jsonstor.listen(self)
        await s_axon.listen(self)

    async def getAxon(self) -> Any:
        """Return the Axon, embedded or remote; waits for a remote one, however long it takes."""
        return await s_axon.ready(self)

    async def getHttpBlobs(self) -> Any:
        """Return the door through which HTTP handlers see the blobs. Raises TimeOut."""
        return await s_axon.blobs(self, timeout=s_limits.AXON_READY)

    async def getCellApi(self, link: Any, user: Any, path: tuple[str, ...]) -> Any:
        """Return the API of the Cortex, or of the layer or view that a path names (cortex.md 2.1)."""
        if path:
            return await s_apisync.path_api(self, link, user, path)
        return await super().getCellApi(link, user, path)

    async def ready_jsonstor(self) -> Any:
        """Return what the calls of the JSONStor can be made on; waits for a remote one."""
        return await s_jsonstor.ready(self)

    # Storm, for code in the same process

    def storm(self, text: str, opts: dict[str, Any] | None = None) -> typing.AsyncGenerator[Any, None]:
        """Run a query as root (or ``opts['user']``); yields its messages."""
        return self.queries.storm(text, opts)

    def nodes(self, text: str, opts: dict[str, Any] | None = None) -> typing.AsyncGenerator[s_view.Node, None]:
        """Run a query; yields its nodes."""
        return self.queries.nodes(text, opts)

    async def callStorm(self, text: str, opts: dict[str, Any] | None = None) -> Any:
        """Run a query; returns the value of its return()."""
        return await self.queries.call(text, opts)

    async def count(self, text: str, opts: dict[str, Any] | None = None) -> int:
        """Run a query; returns the number of nodes it yields."""
        return await self.queries.count(text, opts)

    # nodes in bulk

    async def feed(self, name: str, items: typing.Sequence[Any], view: s_view.View, user: Any) -> int:
        """Store a chunk of a feed as a task; returns the number of nodes that were accepted.

        Raises: NoSuchName (the feed), BadArg (items that are no list).
        """
        if name not in s_feed.FEEDS:
            raise s_exc.NoSuchName(mesg=f'No feed named {name}.', name=name)
        if not isinstance(items, (list, tuple)):
            raise s_exc.BadArg(mesg=f'The items of a feed must be a list, not {type(items).__name__}.')
        logger.info('User (%s) adding feed data (%s): %d', user.name, name, len(items))
        with self.boss.task('feeddata', user, {'name': name, 'view': view.iden, 'nitems': len(items)}):
            return await s_feed.add_nodes(view, user.iden, items)

    async def add_nodes(self, items: typing.Iterable[Any], view: s_view.View, user: Any) -> list[s_view.Node]:
        """Store packed nodes and return those that were accepted."""
        feeder = s_feed.Feeder(s_view.Editor(view, user.iden))
        nodes = [node for item in items if (node := feeder.add(item)) is not None]
        await feeder.editor.flush()
        return nodes

    def getPermDefs(self) -> list[dict[str, Any]]:
        """Return the permissions that are known, those of Storm packages included."""
        return list(self.perms.by_perm().values())

    # the model

    def getModelDict(self) -> dict[str, Any]:
        """Return the data model (cortex.md 5.1)."""
        return s_reflect.getModelDict(self.model)

    def getModelDefs(self) -> Any:
        """Return the declarations of the data model (cortex.md 5.2)."""
        return s_reflect.getModelDefs(self.model)

    def getCoreInfoV2(self) -> dict[str, Any]:
        """Return version, data model and Storm documentation."""
        docs = s_docs.stormdocs(self.engine.get_commands())
        return {'version': s_common.version, 'modeldict': self.getModelDict(), 'stormdocs': docs}

    def norm_prop(self, name: str, valu: Any, typeopts: dict[str, Any] | None = None) -> tuple[Any, Any]:
        """Return (value, info) normalised for a property. Raises: NoSuchProp, BadTypeValu."""
        return s_reflect.getPropNorm(self.model, name, valu, typeopts)

    def norm_node(self, form: str, valu: Any) -> tuple[Any, Any]:
        """Return (value, info) normalised for the nodes of a form. Raises: NoSuchForm, BadTypeValu."""
        return self.model.reqForm(form).type.norm(valu)

    def norm_type(self, name: str, valu: Any, typeopts: dict[str, Any] | None = None) -> tuple[Any, Any]:
        """Return (value, info) normalised for a type. Raises: NoSuchType, BadTypeValu."""
        return s_reflect.getTypeNorm(self.model, name, valu, typeopts)
