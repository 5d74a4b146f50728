"""Merge requests: a parent may demand that enough members of some roles approve of a merge (spec: cortex.md 8.5).

A vote counts for what the fork held when it was given: any later edit makes it stale. With enough votes, and none
against, the fork becomes read-only at once; a background task of the leader hands its edits down and removes it. A
task that was stopped, by a restart or an error, begins again when the service becomes active: handing down what is
there already does no harm.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.merge as s_merge
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.view as s_view

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger('synapse.lib.view')


class MergeRequests(s_nexus.Pusher):
    """The merge requests of all views. Stored with the views: ``request:VIEW``, ``vote:VIEW:USER``,
    ``merged:PARENT:TIME:REQUEST``.
    """

    async def __anit__(self, merger: s_merge.Merger) -> None:  # type: ignore[override]
        cell = merger.stacks.cell
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:merges', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.merger = merger
        self.stacks = merger.stacks
        self.store = merger.stacks.requests

    # looking

    def req_quorum(self, view: s_view.View) -> tuple[s_view.View, Def]:
        """Return the parent of a view and the quorum that it demands. Raises: BadState."""
        parent = self.stacks.parent_of(view)
        if parent is None:
            raise s_exc.BadState(mesg=f'View ({view.iden}) has no parent.')
        quorum = parent.info.get('quorum')
        if quorum is None:
            raise s_exc.BadState(mesg=f'Parent view of ({view.iden}) does not require quorum voting.')
        if parent.wlyr.info.get('readonly'):
            raise s_exc.BadState(mesg=f'Parent view of ({view.iden}) has a read-only top layer.')
        return parent, quorum

    def request(self, view: s_view.View) -> Def | None:
        """Return the merge request of a view: ``{iden, creator, created, comment?, updated?}``."""
        found: Def | None = self.store.get(f'request:{view.iden}')
        return found

    def votes(self, view: s_view.View) -> list[Def]:
        """Return the votes on a view's merge request: ``{user, approved, offset, created, comment?, updated?}``."""
        return [vote for _, vote in self.store.items(f'vote:{view.iden}:')]

    def summary(self, view: s_view.View) -> Def | None:
        """Return the merge request of a view with its votes; None without one."""
        request, parent = self.request(view), self.stacks.parent_of(view)
        if request is None or parent is None:
            return None
        return {
            'merge': request,
            'quorum': parent.info.get('quorum'),
            'merging': bool(view.info.get('merging')),
            'votes': self.votes(view),
            'offset': view.wlyr.edit_index(),
        }

    def pending(self, parent: s_view.View) -> list[str]:
        """Return the idens of the forks of a view that have a merge request. Raises: BadState."""
        if parent.info.get('quorum') is None:
            raise s_exc.BadState(mesg=f'View ({parent.iden}) does not require quorum voting.')
        return [view.iden for view in self.stacks.children(parent.iden) if self.request(view) is not None]

    def merged(self, parent: s_view.View) -> list[Def]:
        """Return what was merged into a view, newest first."""
        return [item for _, item in self.store.items(f'merged:{parent.iden}:')][::-1]

    # requests

    async def set_request(self, view: s_view.View, user: str, comment: str | None = None) -> Def:
        """Ask for a view to be merged; earlier votes are void. Returns the request. Raises: BadState."""
        self._req_mergeable(view)
        request = {'iden': s_common.guid(), 'creator': user, 'created': s_common.now()}
        if comment is not None:
            request['comment'] = comment
        return typing.cast(Def, await self._push('merge:set', view.iden, request))

    def _req_mergeable(self, view: s_view.View) -> None:
        self.req_quorum(view)
        self.stacks.req_idle(view)
        if self.stacks.children(view.iden):
            raise s_exc.BadState(mesg=f'View ({view.iden}) has children, which keep it from being merged.')

    @s_nexus.Pusher.onPush('merge:set')
    def _on_set(self, iden: str, request: Def) -> Def:
        view = self.stacks.req_view(iden)
        self._req_mergeable(view)
        self.stacks.drop_request(iden)
        self.store.set(f'request:{iden}', request)
        self._tell('view:merge:request:set', view, {'merge': request})
        return request

    async def set_comment(self, view: s_view.View, comment: str) -> Def:
        """Set the comment of a merge request; returns the request. Raises: BadState."""
        self.req_quorum(view)
        if self.request(view) is None:
            raise s_exc.BadState(mesg='Cannot set the comment of a merge request that does not exist.')
        return typing.cast(Def, await self._push('merge:set:comment', view.iden, s_common.now(), comment))

    @s_nexus.Pusher.onPush('merge:set:comment')
    def _on_comment(self, iden: str, tick: int, comment: str) -> Def | None:
        return self._comment(f'request:{iden}', tick, comment)

    def _comment(self, key: str, tick: int, comment: str) -> Def | None:
        found = self.store.get(key)
        if found is None:
            return None
        found.update(comment=comment, updated=tick)
        self.store.set(key, found)
        return typing.cast(Def, found)

    async def del_request(self, view: s_view.View) -> Def | None:
        """Withdraw a merge request; returns it, None if there was none. Raises: BadState."""
        self.req_quorum(view)
        self.stacks.req_idle(view)
        return typing.cast('Def | None', await self._push('merge:del', view.iden))

    @s_nexus.Pusher.onPush('merge:del')
    def _on_del(self, iden: str) -> Def | None:
        view = self.stacks.req_view(iden)
        self.stacks.req_idle(view)
        request = self.request(view)
        self.stacks.drop_request(iden)
        if request is not None:
            self._tell('view:merge:request:del', view, {'merge': request})
        return request

    # votes

    async def set_vote(self, view: s_view.View, user: str, approved: bool, comment: str | None = None) -> Def:
        """Vote on a merge request, in place of an earlier vote; returns the vote. Raises: BadState, AuthDeny."""
        self.req_quorum(view)
        vote = {'user': user, 'approved': approved, 'created': s_common.now(), 'offset': view.wlyr.edit_index()}
        if comment is not None:
            vote['comment'] = comment
        self._req_votable(view, vote)
        return typing.cast(Def, await self._push('merge:vote:set', view.iden, vote))

    def _req_votable(self, view: s_view.View, vote: Def) -> None:
        request = self.request(view)
        if request is None:
            raise s_exc.BadState(mesg=f'View ({view.iden}) does not have a merge request.')
        self.stacks.req_idle(view)
        if request['creator'] == vote['user']:
            raise s_exc.AuthDeny(mesg='A user may not vote for their own merge request.', user=vote['user'])

    @s_nexus.Pusher.onPush('merge:vote:set')
    def _on_vote(self, iden: str, vote: Def) -> Def:
        view = self.stacks.req_view(iden)
        self.req_quorum(view)  # without one nothing could be decided, after the vote was stored
        self._req_votable(view, vote)
        self.store.set(f'vote:{iden}:{vote["user"]}', vote)
        self._tell('view:merge:vote:set', view, {'vote': vote})
        self._decide(view, vote['created'])
        return vote

    async def set_vote_comment(self, view: s_view.View, user: str, comment: str) -> Def:
        """Set the comment of a vote; returns the vote. Raises: BadState."""
        self.req_quorum(view)
        if not self.store.has(f'vote:{view.iden}:{user}'):
            raise s_exc.BadState(mesg='Cannot set the comment for a vote that does not exist.')
        return typing.cast(Def, await self._push('merge:vote:set:comment', view.iden, user, s_common.now(), comment))

    @s_nexus.Pusher.onPush('merge:vote:set:comment')
    def _on_vote_comment(self, iden: str, user: str, tick: int, comment: str) -> Def | None:
        return self._comment(f'vote:{iden}:{user}', tick, comment)

    async def del_vote(self, view: s_view.View, user: str) -> Def | None:
        """Take a vote back; returns it, None if there was none. Raises: BadState."""
        self.req_quorum(view)
        self.stacks.req_idle(view)
        return typing.cast('Def | None', await self._push('merge:vote:del', view.iden, user, s_common.now()))

    @s_nexus.Pusher.onPush('merge:vote:del')
    def _on_vote_del(self, iden: str, user: str, tick: int) -> Def | None:
        view = self.stacks.req_view(iden)
        self.req_quorum(view)
        self.stacks.req_idle(view)
        vote = self.store.pop(f'vote:{iden}:{user}')
        if vote is not None:
            self._tell('view:merge:vote:del', view, {'vote': vote})
            self._decide(view, tick)  # it may have been the only one against
        return typing.cast('Def | None', vote)

    # merging

    def _decide(self, view: s_view.View, tick: int) -> None:
        """Begin to merge if the votes on what the fork holds now suffice."""
        parent = self.stacks.parent_of(view)
        if parent is None or self.stacks.children(view.iden):
            return
        votes = [vote for vote in self.votes(view) if vote['offset'] == view.wlyr.edit_index()]
        if not all(vote['approved'] for vote in votes) or len(votes) < parent.info['quorum']['count']:
            return
        self.stacks.set_merging(view, tick)
        self._tell('view:merge:init', view, {'merge': self.request(view), 'votes': votes})
        if self.cell.isactive:
            self.cell.runActiveTask(self._merge(view.iden))

    def resume(self) -> None:
        """Go on with the merges that were begun; the service has become active."""
        for view in self.stacks.views.values():
            if view.info.get('merging'):
                self.cell.runActiveTask(self._merge(view.iden))

    async def _merge(self, iden: str) -> None:
        view = self.stacks.views[iden]
        request, parent = self.request(view), self.stacks.parent_of(view)
        if request is None or parent is None:
            return
        user = self.cell.auth.user(request['creator']) or self.cell.auth.rootuser
        while iden in self.stacks.views:
            try:
                total = await self.merger.hand_down(view, parent, user)
                self._tell('view:merge:prog', view, {'merge': request, 'count': total})
                await self._push('merge:fini', iden)
                await self.stacks.sweep_layers()
            except Exception:
                logger.exception('Error while merging view: %s', iden)
                await asyncio.sleep(s_limits.STACKS_RETRY)

    @s_nexus.Pusher.onPush('merge:fini')
    async def _on_fini(self, iden: str) -> None:
        view = self.stacks.views.get(iden)
        request = None if view is None else self.request(view)
        if view is None or request is None:
            return
        tick = view.info['merging']
        item = {**request, 'votes': self.votes(view), 'merged': tick}
        self.store.set(f'merged:{view.info["parent"]}:{tick:020d}:{request["iden"]}', item)
        self._tell('view:merge:fini', view, {'merge': request, 'votes': item['votes']})
        await self.stacks.drop_fork(view)

    def _tell(self, event: str, view: s_view.View, info: Def) -> None:
        self.stacks.tell(event, lambda: {'view': view.iden, **info}, view.iden, view.wlyr.iden)
