"""View objects: merge requests and votes on them; ``$lib.quorum.merge`` (spec: storm-runtime.md 7.5)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.graph.viewops as s_viewops
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Runtime = s_runtime.Runtime
View = s_libviews.View
lib, method = s_registry.lib, s_registry.method
live = s_viewops.live

s_registry.libdoc('$lib.quorum', 'Decisions that need several people.')
s_registry.libdoc('$lib.quorum.merge', 'Merge requests.')


def _merges(rt: Runtime) -> Any:
    return rt.query.core.cortex.merges


def _readable(rt: Runtime, obj: View) -> s_view.View:
    view = live(rt, obj)
    rt.confirm(('view', 'read'), view.iden)
    return view


# requests


@method('view', 'getMergeRequest')
def get_request(rt: Runtime, obj: View) -> Any:
    """Return the merge request of this fork, null without one: iden, creator, created, comment."""
    return s_coerce.keep(_merges(rt).request(_readable(rt, obj)))


@method('view', 'getMergeRequestSummary')
def get_summary(rt: Runtime, obj: View) -> Any:
    """Return the merge request of this fork, null without one, with the quorum, the votes, and if it is merging."""
    return s_coerce.keep(_merges(rt).summary(_readable(rt, obj)))


@method('view', 'setMergeRequest', readonly=False)
async def set_request(rt: Runtime, obj: View, comment: str | None = None) -> Any:
    """Ask for this fork to be merged; earlier votes are void. Raises: BadState, AuthDeny."""
    view = _owned(rt, obj)
    return s_coerce.keep(await _merges(rt).set_request(view, rt.query.user.iden, comment))


@method('view', 'setMergeComment', readonly=False)
async def set_comment(rt: Runtime, obj: View, comment: str) -> Any:
    """Set the comment of the merge request. Raises: BadState, AuthDeny."""
    return s_coerce.keep(await _merges(rt).set_comment(_owned(rt, obj, 'Editing'), comment))


@method('view', 'delMergeRequest', readonly=False)
async def del_request(rt: Runtime, obj: View) -> Any:
    """Withdraw the merge request and return it, null without one. Raises: BadState, AuthDeny."""
    return s_coerce.keep(await _merges(rt).del_request(_owned(rt, obj, 'Deleting')))


def _owned(rt: Runtime, obj: View, doing: str = 'Creating') -> s_view.View:
    """Return the view, whose parent demands a quorum and of which the user is an admin. Raises: BadState, AuthDeny."""
    view = live(rt, obj)
    _merges(rt).req_quorum(view)
    s_viewops.req_admin(rt, view.iden, f'{doing} a merge request requires admin permissions on the view.')
    return view


@method('view', 'getMergingViews')
def get_merging(rt: Runtime, obj: View) -> list[str]:
    """Return the idens of the forks of this view that have a merge request. Raises: BadState."""
    return list(_merges(rt).pending(_readable(rt, obj)))


@method('view', 'getMerges')
def get_merges(rt: Runtime, obj: View) -> typing.Iterator[Any]:
    """Yield the merge requests by which this view was changed, newest first, with their votes."""
    return (s_coerce.keep(item) for item in _merges(rt).merged(_readable(rt, obj)))


# votes


def _voter(rt: Runtime, obj: View) -> s_view.View:
    """Return the view, on whose merge the user may vote. Raises: BadState, AuthDeny."""
    view = live(rt, obj)
    _, quorum = _merges(rt).req_quorum(view)
    user = rt.query.user
    if not any(user.hasRole(role) for role in quorum['roles']):
        mesg = 'You are not a member of a role with voting privileges for this merge request.'
        raise s_exc.AuthDeny(mesg=mesg, user=user.iden, username=user.name)
    return view


@method('view', 'setMergeVote', readonly=False)
async def set_vote(rt: Runtime, obj: View, approved: bool = True, comment: str | None = None) -> Any:
    """Vote on the merge request, in place of an earlier vote. Raises: BadState, AuthDeny."""
    return s_coerce.keep(await _merges(rt).set_vote(_voter(rt, obj), rt.query.user.iden, approved, comment))


@method('view', 'setMergeVoteComment', readonly=False)
async def set_vote_comment(rt: Runtime, obj: View, comment: str) -> Any:
    """Set the comment of the user's vote. Raises: BadState, AuthDeny."""
    return s_coerce.keep(await _merges(rt).set_vote_comment(_voter(rt, obj), rt.query.user.iden, comment))


@method('view', 'delMergeVote', readonly=False)
async def del_vote(rt: Runtime, obj: View, useriden: str | None = None) -> Any:
    """Take back the vote of the user and return it; global admins may do so for others. Raises: BadState, AuthDeny."""
    view = live(rt, obj)
    _merges(rt).req_quorum(view)
    user = rt.query.user
    if useriden is not None and useriden != user.iden and not rt.query.asroot:
        user.reqAdmin(mesg='Only a global admin may delete a vote for another user.')
    return s_coerce.keep(await _merges(rt).del_vote(view, useriden or user.iden))


@lib('$lib.quorum.merge.list')
def merge_list(rt: Runtime, todo: bool = False) -> typing.Iterator[tuple[View, Any]]:
    """Yield (view, summary) of the open merge requests; with todo only those that the user may still vote on."""
    return (item for item in open_requests(rt, todo))


def open_requests(rt: Runtime, todo: bool) -> list[tuple[View, Any]]:
    """Return (view, summary) of the open merge requests; with ``todo`` those that wait for the user's vote."""
    user, found = rt.query.user, []
    for view in s_viewops.stacks_of(rt).views.values():
        summary = _merges(rt).summary(view) if rt.allowed(('view', 'read'), view.iden) else None
        if summary is None or summary['quorum'] is None:
            continue
        if todo:
            voted = any(vote['user'] == user.iden for vote in summary['votes'])
            own = summary['merge']['creator'] == user.iden
            if voted or own or not any(user.hasRole(role) for role in summary['quorum']['roles']):
                continue
        found.append((View(rt, view), s_coerce.keep(summary)))
    return found
