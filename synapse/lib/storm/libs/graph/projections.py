"""``$lib.graph``: named graph projections, and the one that is active in a query (spec: storm-language.md 11)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.grammar as s_grammar
import synapse.lib.storm.libs.auth.auth as s_libauth
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib = s_registry.lib

s_registry.libdoc('$lib.graph', 'Graph projections that are kept under a name, and shared.')

_LEVELS = {1: 'read', 2: 'edit', 3: 'admin'}


def graph_of(rt: Runtime, iden: str, level: int = 1) -> Def:
    """Return a definition on which the user of the query has a level. Raises: NoSuchIden, AuthDeny."""
    gdef = typing.cast(Def, rt.query.core.cortex.graphs.get(iden))
    user = rt.query.user
    if not rt.query.asroot and not s_libauth.easy_allowed(user, gdef, level):
        mesg = f'User requires {_LEVELS[level]} permission on graph: {iden}.'
        raise s_exc.AuthDeny(mesg=mesg, user=user.iden, username=user.name)
    return gdef


def _check_texts(rt: Runtime, gdef: Any) -> None:
    """Raise BadSyntax or NoSuchForm for rules that could never work."""
    if not isinstance(gdef, dict):
        raise s_exc.BadArg(mesg='The definition of a graph projection must be a dictionary.')
    forms = gdef.get('forms')
    parts = [gdef]
    if isinstance(forms, dict):
        for name in forms:
            if name != '*':
                rt.model.reqForm(s_coerce.tostr(name))
        parts += [part for part in forms.values() if isinstance(part, dict)]
    for part in parts:
        for kind in ('pivots', 'filters'):
            texts = part.get(kind)
            for text in texts if isinstance(texts, (list, tuple)) else ():
                if isinstance(text, str):
                    s_grammar.parse_query(text)


@lib('$lib.graph.add', readonly=False)
async def graph_add(rt: Runtime, gdef: Prim) -> Any:
    """Add a projection: ``name``, ``desc``, and its rules. Raises: SchemaViolation, BadSyntax, NoSuchForm, AuthDeny."""
    if not rt.query.asroot:
        rt.query.user.confirm(('storm', 'graph', 'add'), default=True)
    _check_texts(rt, gdef)
    return s_coerce.keep(await rt.query.core.cortex.graphs.add(gdef, rt.query.user.iden))


@lib('$lib.graph.get')
def graph_get(rt: Runtime, iden: str | None = None) -> Any:
    """Return a projection, by default the one that is active in this query. Raises: NoSuchIden, AuthDeny."""
    if iden is None:
        return s_coerce.keep(rt.query.opts.get('graph')) or None
    return s_coerce.keep(graph_of(rt, iden))


@lib('$lib.graph.list')
def graph_list(rt: Runtime) -> list[Any]:
    """Return the projections that the user may read, by name."""
    user, asroot = rt.query.user, rt.query.asroot
    graphs = rt.query.core.cortex.graphs.list()
    return [s_coerce.keep(gdef) for gdef in graphs if asroot or s_libauth.easy_allowed(user, gdef, 1)]


@lib('$lib.graph.mod', readonly=False)
async def graph_mod(rt: Runtime, iden: str, info: Prim) -> None:
    """Change rules of a projection. Raises: NoSuchIden, AuthDeny, BadArg, SchemaViolation."""
    graph_of(rt, iden, 2)
    _check_texts(rt, info)
    await rt.query.core.cortex.graphs.modify(iden, info)


@lib('$lib.graph.del', readonly=False)
async def graph_del(rt: Runtime, iden: str) -> None:
    """Remove a projection. Raises: NoSuchIden, AuthDeny."""
    graph_of(rt, iden, 3)
    await rt.query.core.cortex.graphs.remove(iden)


@lib('$lib.graph.grant', readonly=False)
async def graph_grant(rt: Runtime, gden: str, scope: str, iden: str, level: int | None) -> None:
    """Give a user or role a level (0 none, 1 read, 2 edit, 3 admin). Raises: NoSuchIden, AuthDeny, BadArg."""
    gdef = graph_of(rt, gden, 3)
    s_libauth.easyperm_set(rt, gdef, scope, iden, level)  # checks, on a copy
    await rt.query.core.cortex.graphs.grant(gden, scope, iden, level)


@lib('$lib.graph.revoke', readonly=False)
async def graph_revoke(rt: Runtime, gden: str, scope: str, iden: str) -> None:
    """Take the level of a user or role away. Raises: NoSuchIden, AuthDeny, BadArg."""
    await graph_grant(rt, gden, scope, iden, None)


@lib('$lib.graph.activate', readonly=False)
def graph_activate(rt: Runtime, iden: str) -> None:
    """Make a projection the one of this query, for what follows from here on. Raises: NoSuchIden, AuthDeny."""
    rt.query.opts = {**rt.query.opts, 'graph': graph_of(rt, iden)}
    rt.query.edits = rt.editor.shared = True  # its pivots may edit
