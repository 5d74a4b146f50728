"""Merge requests and votes, through Storm, as the people who take part."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling
import tests.waiting as t_waiting

Any = typing.Any


class Team(typing.NamedTuple):
    core: s_cortex.Cortex
    parent: str
    fork: str
    role: str
    ann: str
    bob: str

    async def ask(self, query: str, user: str | None = None, view: str | None = None) -> Any:
        """Run ``$v`` + a method on the fork (or another view) as somebody."""
        opts: dict[str, Any] = {'vars': {'view': view or self.fork}}
        if user is not None:
            opts['user'] = user
        return await self.core.callStorm(f'$v=$lib.view.get($view) return($v.{query})', opts=opts)

    async def refused(self, query: str, name: str, mesg: str, user: str | None = None, view: str | None = None) -> None:
        with pytest.raises(s_exc.SynErr, match=mesg) as info:
            await self.ask(query, user, view)
        assert info.value.errname == name


async def gather(core: s_cortex.Cortex, count: int = 2) -> Team:
    """Make a parent that demands a quorum, a fork with one node, and two voters."""
    role = await core.auth.addRole('voters')
    idens = []
    for name in ('ann', 'bob'):
        user = await core.auth.addUser(name)
        await user.grant(role.iden)
        await user.addRule((True, ('view', 'read')))
        idens.append(user.iden)
    parent = await core.callStorm('return($lib.view.add(($lib.layer.add().iden,), name=main).iden)')
    fork = await t_telling.fork(core, parent=parent)
    await core.count('[ inet:ipv4=1.1.1.1 +#foo ]', opts={'view': fork})
    team = Team(core, parent, fork, role.iden, *idens)
    await team.ask(f'set(quorum, ({{"count": {count}, "roles": ["{role.iden}"]}}))', view=parent)
    return team


@pytest.fixture
async def team(tmp_path: pathlib.Path) -> typing.AsyncIterator[Team]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        yield await gather(core)


async def gone(core: s_cortex.Cortex, view: str) -> None:
    """Wait until a view has been merged and removed."""
    await t_waiting.until(lambda: view not in core.stacks.views)


async def test_a_merge_by_votes(team: Team) -> None:
    core, layer = team.core, team.core.stacks.views[team.fork].wlyr.iden
    await team.refused('merge()', 'SynErr', 'requires quorum voting')
    request = await team.ask('setMergeRequest(comment=hello)')
    assert request.keys() == {'iden', 'creator', 'created', 'comment'}
    assert await team.ask('getMergeRequest()') == request
    vote = await team.ask('setMergeVote()', team.ann)
    assert vote['approved'] is True and vote['user'] == team.ann and vote['offset'] > 0
    await core.count('[ inet:ipv4=2.2.2.2 ]', opts={'view': team.fork})
    await team.ask('setMergeVote()', team.bob)  # the vote of ann was for less
    summary = await team.ask('getMergeRequestSummary()')
    assert summary['merging'] is False and len(summary['votes']) == 2 and summary['quorum']['count'] == 2
    assert await team.ask('getMergingViews()', view=team.parent) == (team.fork,)
    await team.ask('setMergeVote(comment=again)', team.ann)
    await gone(core, team.fork)
    assert layer not in core.stacks.layers and not core.stacks.views[team.parent].info.get('merging')
    assert await core.count('inet:ipv4', opts={'view': team.parent}) == 2
    query = '$l=() for $m in $lib.view.get($p).getMerges() { $l.append($m) } return($l)'
    (merge,) = await core.callStorm(query, opts={'vars': {'p': team.parent}})
    assert merge['comment'] == 'hello' and len(merge['votes']) == 2 and merge['merged'] >= merge['created']
    assert await team.ask('getMergingViews()', view=team.parent) == ()


async def test_votes_against_and_taken_back(team: Team) -> None:
    await team.ask('setMergeRequest()')
    await team.ask('setMergeVote(approved=(false), comment=no)', team.ann)
    assert (await team.ask('setMergeVoteComment(never)', team.ann))['comment'] == 'never'
    await team.refused('setMergeVoteComment(never)', 'BadState', 'does not exist', team.bob)
    third = await team.core.auth.addUser('cid')
    await third.grant(team.role)
    await team.ask('setMergeVote()', team.bob)
    await team.ask('setMergeVote()', third.iden)
    assert (await team.ask('getMergeRequestSummary()'))['merging'] is False
    await team.refused('delMergeVote($v.iden)', 'AuthDeny', 'Only a global admin', team.bob)
    assert (await team.ask('delMergeVote()', team.ann))['comment'] == 'never'  # the rest is enough
    await gone(team.core, team.fork)
    assert await team.core.count('inet:ipv4', opts={'view': team.parent}) == 1


async def test_requests(team: Team) -> None:
    await team.ask('setMergeRequest(comment=one)')
    await team.ask('setMergeVote()', team.ann)
    second = await team.ask('setMergeRequest(comment=two)')
    assert (await team.ask('getMergeRequestSummary()'))['votes'] == ()  # asked anew, voted anew
    assert (await team.ask('setMergeComment(three)'))['comment'] == 'three'
    assert (await team.ask('delMergeRequest()'))['iden'] == second['iden']
    assert await team.ask('delMergeRequest()') is None and await team.ask('getMergeRequestSummary()') is None
    await team.ask('setMergeRequest()')
    await team.ask('set(quorum, $lib.null)', view=team.parent)
    assert await team.ask('getMergeRequest()') is None
    await team.ask('merge()')


REFUSED = [
    ('setMergeVote()', 'BadState', 'does not have a merge request', 'ann'),
    ('setMergeComment(x)', 'BadState', 'does not exist', None),
    ('setMergeVote()', 'AuthDeny', 'not a member of a role', None),
    ('setMergeRequest()', 'AuthDeny', 'requires admin permissions', 'ann'),
    ('set(quorum, ({"count": 0, "roles": []}))', 'SchemaViolation', 'data.quorum.count must be bigger', None),
    ('set(quorum, ({"count": 1}))', 'SchemaViolation', 'must contain', None),
    ('set(quorum, ({"count": 1, "roles": ["x"]}))', 'SchemaViolation', 'must match pattern', None),
    ('set(quorum, ({"count": 1, "roles": [], "x": 1}))', 'SchemaViolation', 'must not contain', None),
    ('set(quorum, x)', 'SchemaViolation', 'must be object', None),
]


@pytest.mark.parametrize(('query', 'name', 'mesg', 'user'), REFUSED, ids=[item[0] for item in REFUSED])
async def test_refused(query: str, name: str, mesg: str, user: str | None, team: Team) -> None:
    await team.refused(query, name, mesg, None if user is None else team.ann)


async def test_refused_by_state(team: Team) -> None:
    core, root = team.core, team.core.auth.rootuser
    for query in ('setMergeRequest()', 'setMergeVote()', 'delMergeVote()', 'delMergeRequest()', 'setMergeComment(x)'):
        await team.refused(query, 'BadState', 'has no parent', view=team.parent)
    await team.refused('getMergingViews()', 'BadState', 'does not require', view=team.fork)
    await root.grant(team.role)
    await team.ask('setMergeRequest()')
    await team.refused('setMergeVote()', 'AuthDeny', 'may not vote for their own')
    child = await t_telling.fork(core, parent=team.fork)
    await team.refused('setMergeRequest()', 'BadState', 'has children')
    await core.callStorm('$lib.view.del($c)', opts={'vars': {'c': child}})
    await core.stacks.set_layer(core.stacks.views[team.parent].wlyr.iden, 'readonly', True)
    await team.refused('setMergeRequest()', 'BadState', 'read-only')


async def test_lists(team: Team) -> None:
    core = team.core
    assert await t_telling.prints(core, 'quorum.merge.list') == ['No pending merge requests.']
    await team.ask('setMergeRequest()')
    assert team.fork in (await t_telling.prints(core, 'quorum.merge.list'))[1]
    assert await t_telling.prints(core, 'quorum.merge.list --todo') == ['Nothing to vote on.']
    assert len(await t_telling.prints(core, 'quorum.merge.list --todo', user=team.ann)) == 2
    query = 'for ($view, $info) in $lib.quorum.merge.list(todo=(true)) { return((($view.iden), $info.votes)) }'
    assert await core.callStorm(query, opts={'user': team.ann}) == (team.fork, ())
    await team.ask('setMergeVote(approved=(false))', team.ann)
    assert await core.callStorm(query, opts={'user': team.ann}) is None
    low = await t_telling.low(core)
    assert await t_telling.prints(core, 'quorum.merge.list', user=low) == ['No pending merge requests.']


async def test_a_merge_goes_on_after_a_restart(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        team = await gather(core, count=1)
        started = asyncio.Event()

        async def stuck(*args: Any) -> int:
            started.set()
            await asyncio.Event().wait()
            return 0

        monkeypatch.setattr(core.merger, 'hand_down', stuck)
        await team.ask('setMergeRequest()')
        await team.ask('setMergeVote()', team.ann)
        await started.wait()
        assert (await team.ask('getMergeRequestSummary()'))['merging'] is True
        await team.refused('setMergeVote()', 'BadState', 'already merging', team.ann)
        await team.refused('delMergeRequest()', 'BadState', 'already merging')
        with pytest.raises(s_exc.IsReadOnly):
            await core.count('[ inet:ipv4=9.9.9.9 ]', opts={'view': team.fork})
    async with t_serving.cortex(tmp_path / 'core') as core:
        await gone(core, team.fork)
        assert await core.count('inet:ipv4', opts={'view': team.parent}) == 1
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert team.fork not in core.stacks.views and len(core.merges.merged(core.stacks.views[team.parent])) == 1


async def test_watchers_hear_of_it(team: Team) -> None:
    seen: list[str] = []

    async def watch() -> None:
        async for mesg in team.core.behold():
            seen.append(mesg['event'])
            if mesg['event'] == 'layer:del':
                return

    task = asyncio.create_task(watch())
    async with asyncio.timeout(20):
        while not team.core.beholder.queues:
            await asyncio.sleep(0)
        await team.ask('setMergeRequest()')
        await team.ask('setMergeVote()', team.ann)
        await team.ask('setMergeVote()', team.bob)
        await task
    votes = ['view:merge:request:set', 'view:merge:vote:set', 'view:merge:vote:set']
    assert seen == [*votes, 'view:merge:init', 'view:merge:prog', 'view:merge:fini', 'view:del', 'layer:del']


@pytest.mark.usefixtures('no_hurry')
async def test_while_the_quorum_goes(team: Team) -> None:
    stacks, merges, root = team.core.stacks, team.core.merges, team.core.auth.rootuser.iden
    quorum, fork = stacks.views[team.parent].info['quorum'], stacks.views[team.fork]
    results = await asyncio.gather(
        stacks.set_view(team.parent, 'quorum', None), merges.set_request(fork, root), return_exceptions=True
    )
    assert isinstance(results[1], s_exc.BadState) and merges.request(fork) is None
    await stacks.set_view(team.parent, 'quorum', {**quorum, 'count': 1})
    await merges.set_request(fork, root)
    results = await asyncio.gather(  # the new parent demands none
        stacks.insert_parent(team.fork, root), merges.set_vote(fork, team.ann, True), return_exceptions=True
    )
    assert isinstance(results[1], s_exc.BadState) and merges.votes(fork) == []


@pytest.mark.usefixtures('no_hurry')
@pytest.mark.parametrize('name', ['detach', 'swap', 'insert_parent', 'set_layer'])
async def test_a_view_that_is_merged_keeps_its_place(team: Team, name: str) -> None:
    stacks, merges, root = team.core.stacks, team.core.merges, team.core.auth.rootuser.iden
    quorum, fork = stacks.views[team.parent].info['quorum'], stacks.views[team.fork]
    await stacks.set_view(team.parent, 'quorum', {**quorum, 'count': 1})
    await merges.set_request(fork, root)
    args: tuple[typing.Any, ...] = (team.fork,) if name == 'detach' else (team.fork, root)
    if name == 'set_layer':
        args = (fork.wlyr.iden, 'readonly', False)
    results = await asyncio.gather(
        merges.set_vote(fork, team.ann, True), getattr(stacks, name)(*args), return_exceptions=True
    )
    assert isinstance(results[1], s_exc.BadState)
    await gone(team.core, team.fork)
    assert await team.core.count('inet:ipv4', opts={'view': team.parent}) == 1
