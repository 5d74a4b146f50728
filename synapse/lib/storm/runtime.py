"""The state of a running query: variables, the view and its editor, the messages on their way out."""

from __future__ import annotations

import asyncio
import copy
import time
import typing
import weakref

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.outbox as s_outbox
import synapse.lib.view as s_view

Any = typing.Any
_EMPTY: dict[str, Any] = {}
MISSING = s_common.novalu


class Trail(tuple[str, ...]):
    """The idens of the nodes on the way to a node, itself last; ``links`` tells how each step was made."""

    links: tuple[tuple[str, dict[str, Any]], ...] = ()


class Path:
    """A node on its way through the pipeline, with the variables of that way.

    The variables are shared with the path it came from until one of the two changes them.
    """

    __slots__ = ('node', 'vars', 'owned', 'trail', 'meta')

    def __init__(self, node: s_view.Node, vars: dict[str, Any], trail: Trail | None = None) -> None:
        self.node = node
        self.vars = vars
        self.owned = False
        self.trail = trail
        self.meta: dict[str, Any] | None = None

    def fork(self, node: s_view.Node) -> Path:
        """Return a path at another node that starts with the variables of this one."""
        self.owned = False
        return Path(node, self.vars, None if self.trail is None else Trail((node.iden.hex(),)))

    def follow(self, node: s_view.Node, info: dict[str, Any]) -> Path:
        """Return the path that goes on to another node along a link, for queries that keep trails."""
        path = self.fork(node)
        trail = self.trail
        if trail is not None:
            path.trail = Trail((*trail, node.iden.hex()))
            path.trail.links = (*trail.links, (self.node.iden.hex(), info))
        return path

    def clone(self) -> Path:
        """Return a second path at the same node."""
        self.owned = False
        path = Path(self.node, self.vars, self.trail)
        path.meta = self.meta
        return path

    def set(self, name: str, valu: Any) -> None:
        """Set a variable of this path alone."""
        if not self.owned:
            self.vars = dict(self.vars)
            self.owned = True
        self.vars[name] = valu

    def merge(self, vars: dict[str, Any]) -> None:
        """Take over the variables of another path."""
        if vars is not self.vars:
            self.vars = {**self.vars, **vars}
            self.owned = True


Batch = list[Path]
Stream = typing.AsyncGenerator[Batch, None]


class Query:
    """What all runtimes of one top-level query share."""

    def __init__(self, core: Any, view: s_view.View, user: Any, opts: dict[str, Any]) -> None:
        self.core = core
        self.view = view
        self.user = user
        self.opts = opts
        self.asroot = False
        self.readonly = bool(opts.get('readonly'))
        self.editor = s_view.Editor(view, user.iden)
        self.out = s_outbox.Outbox(self.editor, opts)
        self.edits = True  # may this query edit? (decides between batches and single steps)
        self.trails = bool(opts.get('path') or opts.get('links'))
        self.depth = 0
        self.ticked = time.monotonic()
        self.steps = 0
        self.debug = bool(opts.get('debug'))
        self.warned: set[str] = set()  # deprecations that were mentioned already
        self.tags: dict[str, tuple[str, tuple[str, ...]]] = {}  # by text: a tag and the permission to add it
        self.tasks: set[asyncio.Task[Any]] = set()
        self.proxies: dict[str, Any] = {}  # by URL: services that were opened
        self.displays: dict[bytes, dict[str, Any]] = {}  # by node iden: how clients should show it
        self.spools: weakref.WeakSet[Any] | None = None  # large sets, which have files

    def elevated(self) -> Query:
        """Return this query with all rights, for code that its user was allowed to lend them to."""
        query = copy.copy(self)
        query.asroot = True
        return query

    def spawn(self, coro: typing.Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside the query, at most as long as the query runs."""
        task = asyncio.create_task(coro)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def opened(self, spool: Any) -> None:
        """Close a large set with the query, if it lives that long."""
        if self.spools is None:
            self.spools = weakref.WeakSet()
        self.spools.add(spool)

    async def end(self) -> None:
        """Stop what runs beside the query, and close what it opened."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
        for proxy in self.proxies.values():
            await proxy.fini()
        for spool in self.spools or ():
            spool.close()


class Runtime:
    """One scope of variables in a running query; functions and subqueries get children.

    Args:
        query: The shared state.
        parent: The enclosing runtime, whose variables can be read.
        function: True when new names stay local (function scope), False when they belong to the parent.
    """

    __slots__ = ('query', 'parent', 'function', 'vars', 'editor', 'view', 'out', 'model')

    def __init__(self, query: Query, parent: Runtime | None = None, function: bool = False) -> None:
        self.query = query
        self.parent = parent
        self.function = function
        self.vars: dict[str, Any] = {}
        self.editor = query.editor
        self.view = query.view
        self.out = query.out
        self.model = query.view.model

    def child(self, function: bool = False) -> Runtime:
        """Return a runtime for a nested scope."""
        return Runtime(self.query, self, function)

    # variables

    def lookup(self, name: str) -> Any:
        """Return a variable of this or an enclosing runtime, MISSING when it has no value."""
        rt: Runtime | None = self
        while rt is not None:
            valu = rt.vars.get(name, MISSING)
            if valu is not MISSING:
                return valu
            rt = rt.parent
        return MISSING

    def assign(self, name: str, valu: Any) -> None:
        """Set a variable where it lives: in the scope that has it already, else in this one (or its caller's)."""
        if self.parent is None or name in self.vars:
            self.vars[name] = valu
            return
        rt: Runtime | None = self.parent
        while rt is not None:
            if name in rt.vars:
                rt.vars[name] = valu
                return
            rt = rt.parent
        self.vars[name] = valu
        if not self.function:
            self.parent.assign(name, valu)

    def remove(self, name: str) -> None:
        """Delete a variable."""
        rt: Runtime | None = self
        while rt is not None:
            if name in rt.vars:
                del rt.vars[name]
                return
            rt = rt.parent

    def snapshot(self) -> dict[str, Any]:
        """Return the variables that a new path starts with."""
        return dict(self.vars) if self.vars else _EMPTY

    # nodes

    def node(self, nid: bytes) -> s_view.Node:
        """Return the node object for an id."""
        return self.editor.intern(nid) if self.query.edits else s_view.Node(self.view, nid)

    def path(self, node: s_view.Node, vars: dict[str, Any] | None = None) -> Path:
        """Return a fresh path at a node."""
        trail = Trail((node.iden.hex(),)) if self.query.trails else None
        return Path(node, self.snapshot() if vars is None else vars, trail)

    # permissions

    def allowed(self, perm: tuple[str, ...], gate: str | None = None) -> bool:
        """Return True if the user of the query has a permission."""
        query = self.query
        if query.asroot or query.user.isAdmin():
            return True
        return bool(query.user.allowed(perm, default=query.user.auth.perm_default(perm), gateiden=gate))

    def confirm(self, perm: tuple[str, ...], gate: str | None = None) -> None:
        """Raise AuthDeny unless the user of the query has a permission."""
        query = self.query
        if query.asroot or query.user.isAdmin():
            return
        query.user.confirm(perm, gateiden=gate)

    def confirm_edit(self, *perm: str) -> None:
        """Raise unless this query may edit so: IsReadOnly, AuthDeny (on the write layer)."""
        self.writable()
        self.confirm(perm, self.view.wlyr.iden)

    def writable(self) -> None:
        """Prepare for edits. Raises IsReadOnly in a readonly runtime."""
        if self.query.readonly:
            mesg = 'Storm runtime is in readonly mode, cannot create or edit nodes and other graph data.'
            raise s_exc.IsReadOnly(mesg=mesg)
        self.query.edits = self.editor.shared = True  # a library may edit where nothing in the text says so

    # being a good neighbour

    async def breathe(self) -> None:
        """Let others run if we had the loop for a while, and flush a full edit buffer; call it between steps."""
        query = self.query
        if query.editor.full:
            await query.editor.flush()
        if query.out.full:
            await query.out.room()
        now = time.monotonic()
        if now - query.ticked > s_limits.STORM_SLICE:
            await asyncio.sleep(0)
            query.ticked = time.monotonic()

    def enter(self, text: str) -> None:
        """Count one more nested call or pipeline, of a text. Raises: RecursionLimitHit."""
        self.query.depth += 1
        if self.query.depth > s_limits.STORM_DEPTH:
            self.query.depth -= 1
            raise s_exc.RecursionLimitHit(mesg='Maximum Storm pipeline depth exceeded.', query=text.strip())

    def leave(self) -> None:
        """Count one nested call less."""
        self.query.depth -= 1

    # messages

    def emit(self, name: str, **info: Any) -> None:
        """Send a message to the client."""
        self.out.put(name, info)

    def warn(self, mesg: str, **info: Any) -> None:
        """Send a warning to the client."""
        self.out.put('warn', {'mesg': mesg, **info})

    def warn_once(self, mesg: str) -> None:
        """Send a warning, the first time in this query."""
        if mesg not in self.query.warned:
            self.query.warned.add(mesg)
            self.warn(mesg)

    def edited(self, mark: int) -> None:
        """Announce the edits since an editor mark to the client."""
        if len(self.editor.edits) > mark:
            self.out.edits(mark, len(self.editor.edits))
