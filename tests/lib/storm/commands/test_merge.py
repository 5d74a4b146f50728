"""diff and merge: what a fork holds, node by node, seen and handed down."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.lib.cortex.held as s_held
import synapse.lib.cortex.sync as s_sync
import synapse.lib.layer as s_layer
import synapse.lib.limits as s_limits
import synapse.lib.view as s_view
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

prints, fails, ndefs = t_telling.prints, t_telling.fails, t_telling.ndefs

BASE = '[ inet:ipv4=1.1.1.1 :asn=1 +#base=2020 +(refs)> {[ inet:fqdn=base.com ]} ] $node.data.set(base, b)'
CHANGE = """
    [ inet:ipv4=1.1.1.1 :asn=2 .seen=(2020, 2021) +#foo.bar=(2021, 2022) +#foo.bar:score=5
      +(refs)> {[ inet:fqdn=f.com ]} ]
    $node.data.set(fork, ({'a': [1, 2]})) | spin | [ inet:ipv4=2.2.2.2 :loc=uk +#baz ]
"""


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.callStorm('$lib.model.ext.addTagProp(score, (int, ({})), ({}))')
        await core.count(BASE)
        yield core


@pytest.fixture
async def fork(core: s_cortex.Cortex) -> str:
    iden = await t_telling.fork(core)
    await core.count(CHANGE, opts={'view': iden})
    return iden


async def lines(core: s_cortex.Cortex, text: str, view: str) -> list[str]:
    """Return what merge prints, without the idens."""
    found = await prints(core, text, view=view)
    return [line.split(' ', 1)[1].split('> ')[0] for line in found]


NODE = [
    'inet:ipv4:asn = 2',
    "inet:ipv4:.seen = ('2020/01/01 00:00:00.000', '2021/01/01 00:00:00.000')",
    'inet:ipv4#foo',
    "inet:ipv4#foo.bar = ('2021/01/01 00:00:00.000', '2022/01/01 00:00:00.000')",
    'inet:ipv4#foo.bar:score = 5',
    "inet:ipv4 DATA fork = {'a': (1, 2)}",
    'inet:ipv4 +(refs)',
]
NEW = ['inet:ipv4 = 2.2.2.2', 'inet:ipv4:loc = uk', 'inet:ipv4:type = unicast', 'inet:ipv4#baz']


async def test_diff(core: s_cortex.Cortex, fork: str) -> None:
    base = await ndefs(core, 'diff', view=fork)
    assert set(base) >= {('inet:ipv4', '1.1.1.1'), ('inet:asn', '2'), ('inet:fqdn', 'f.com'), ('syn:tag', 'baz')}
    assert ('inet:fqdn', 'base.com') not in base and len(base) == len(set(base)) == 7
    for args, want in (
        ('--tag foo.bar', ['1.1.1.1']),
        ('--tag foo baz foo.bar', ['1.1.1.1', '2.2.2.2']),
        ('--tag base', []),
        ('--tag newp', []),
        ('--prop inet:ipv4:asn', ['1.1.1.1']),
        ('--prop inet:ipv4', ['2.2.2.2']),
        ('--prop ".seen"', ['1.1.1.1']),
    ):
        assert [shown for _, shown in await ndefs(core, f'diff {args}', view=fork)] == want, args
    assert await ndefs(core, '$tags=(foo, baz) diff --tag $tags | limit 1', view=fork, readonly=True)
    assert (await ndefs(core, 'inet:fqdn=base.com | diff', view=fork))[0] == ('inet:fqdn', 'base.com')


async def test_diff_refused(core: s_cortex.Cortex, fork: str) -> None:
    assert await fails(core, 'diff') == ('StormRuntimeError', 'You may only generate a diff in a forked view.')
    assert (await fails(core, 'diff --prop newp', view=fork))[0] == 'NoSuchProp'
    assert (await fails(core, 'diff --prop inet:ipv4 --tag foo', view=fork))[0] == 'StormRuntimeError'


async def test_merge_shows(core: s_cortex.Cortex, fork: str) -> None:
    assert await lines(core, 'inet:ipv4=1.1.1.1 | merge', fork) == NODE
    assert sorted(await lines(core, 'inet:ipv4=2.2.2.2 | merge', fork)) == sorted(NEW)
    assert set(await lines(core, 'merge --diff', fork)) > {*NODE, *NEW}
    assert await prints(core, 'merge', view=fork) == []
    assert await prints(core, 'inet:fqdn=base.com syn:form | limit 3 | merge', view=fork) == []
    assert await core.count('inet:ipv4=2.2.2.2') == 0


ARGS: list[tuple[str, list[str], list[str] | None]] = [
    ('--only-tags', NODE[2:5], None),
    ('--no-tags', [*NODE[:2], *NODE[5:]], NEW[:3]),
    ('--no-tags --only-tags', [], None),
    ('--include-tags foo', [*NODE[:3], *NODE[5:]], NEW[:3]),
    ('--include-tags foo.* --only-tags', NODE[3:5], None),
    ('--exclude-tags foo.**', [*NODE[:3], *NODE[5:]], NEW),
    ('--include-tags foo --exclude-tags foo', [*NODE[:3], *NODE[5:]], NEW[:3]),
    ('--include-props inet:ipv4:asn', [NODE[0], *NODE[2:]], [NEW[0], NEW[3]]),
    ('--exclude-props inet:ipv4:asn ".seen"', NODE[2:], NEW),
    ('--exclude-props "inet:ipv4.seen" inet:ipv4:loc', [NODE[0], *NODE[2:]], [NEW[0], *NEW[2:]]),
]


@pytest.mark.parametrize(('args', 'node', 'new'), ARGS, ids=[item[0] for item in ARGS])
async def test_merge_chooses(
    args: str, node: list[str], new: list[str] | None, core: s_cortex.Cortex, fork: str
) -> None:
    assert await lines(core, f'inet:ipv4=1.1.1.1 | merge {args}', fork) == node
    assert sorted(await lines(core, f'inet:ipv4=2.2.2.2 | merge {args}', fork)) == sorted(new or [])
    assert await core.count(f'inet:ipv4=2.2.2.2 | merge {args}', opts={'view': fork}) == (new is not None)


async def test_tag_nodes_follow_the_globs(core: s_cortex.Cortex, fork: str) -> None:
    found = await ndefs(core, 'diff | +syn:tag | merge --include-tags foo.*', view=fork)
    assert found == [('syn:tag', 'foo.bar')]
    assert await ndefs(core, 'syn:tag=baz | merge --no-tags', view=fork) == []


@pytest.mark.parametrize('edits', [1, 4000])
async def test_merge_applies(edits: int, core: s_cortex.Cortex, fork: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'EDITOR_EDITS', edits)
    before = await core.callStorm('inet:ipv4=2.2.2.2 return($node.props.".created")', opts={'view': fork})
    view = [node.pack() async for node in core.nodes('inet:ipv4', opts={'view': fork})]
    assert len(await ndefs(core, 'merge --diff --apply', view=fork)) == 7
    assert await core.count('diff', opts={'view': fork}) == 0
    for where in (fork, None):
        opts = {'view': where} if where else {}
        assert [node.pack() async for node in core.nodes('inet:ipv4', opts=opts)] == view
    assert await core.callStorm('inet:ipv4=2.2.2.2 return($node.props.".created")') == before
    assert await core.count('inet:ipv4=1.1.1.1 -(refs)> inet:fqdn') == 2
    data = await core.callStorm('inet:ipv4=1.1.1.1 return($node.data.list())')
    assert sorted(data) == [('base', 'b'), ('fork', {'a': (1, 2)})]


async def test_parts_are_merged_and_the_rest_stays(core: s_cortex.Cortex, fork: str) -> None:
    await core.count('inet:ipv4 | merge --apply --include-props inet:ipv4:loc --exclude-tags **', opts={'view': fork})
    node = (await core.callStorm('inet:ipv4=2.2.2.2 return($node.pack())'))[1]
    assert node['props'].keys() == {'.created', 'loc'} and node['tags'] == {}
    assert sorted(await lines(core, 'inet:ipv4=2.2.2.2 | merge', fork)) == sorted(NEW[2:])
    assert await core.count('inet:ipv4=2.2.2.2 +:type=unicast +#baz', opts={'view': fork}) == 1


async def test_edits_after_a_merge_are_kept(core: s_cortex.Cortex, fork: str) -> None:
    query = 'inet:ipv4=1.1.1.1 | merge --apply | [ :asn=66 ] | merge --include-props inet:ipv4:asn --exclude-tags **'
    assert await lines(core, query, fork) == ['inet:ipv4:asn = 66']
    assert await core.count('inet:ipv4=1.1.1.1 +:asn=2') == 1
    await core.count('[ inet:ipv4=3.3.3.3 ] inet:ipv4=3.3.3.3 | merge --apply | merge --apply', opts={'view': fork})
    assert await core.count('inet:ipv4=3.3.3.3') == 1
    main = core.stacks.default.iden
    query = 'inet:ipv4=2.2.2.2 | merge --apply | view.exec $main { inet:ipv4=2.2.2.2 $lib.print($node.repr()) }'
    assert await prints(core, query, view=fork, vars={'main': main}) == ['2.2.2.2']


async def test_a_flush_waits_for_what_another_moves(
    core: s_cortex.Cortex, fork: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query is flushed by the clock too. An edit must not be logged between the halves of the merge before it."""
    view, release = core.stacks.views[fork], asyncio.Event()
    top, below = view.layers[:2]
    store = s_layer.Layer.storNodeEdits

    async def slow(layer: s_layer.Layer, *args: typing.Any) -> typing.Any:
        await release.wait()
        return await store(layer, *args)

    monkeypatch.setattr(s_layer.Layer, 'storNodeEdits', slow)
    editor, transfer = s_view.Editor(view, core.auth.rootuser.iden), s_held.Transfer(core.auth.rootuser.iden)
    editor.companions.append(transfer)
    node = editor.node_by_ndef('inet:ipv4', 0x01010101)
    assert node is not None and node.nid is not None
    edit = s_sync.node_edits(core.stacks, top, node.nid)
    assert edit is not None
    transfer.put(below, edit)
    transfer.take(top, (edit[0], edit[1], s_held.undo(edit[2])))
    editor.set_prop(node, node.form.props['asn'], 66)
    tasks = [asyncio.create_task(editor.flush()) for _ in range(2)]
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in tasks)
    release.set()
    await asyncio.gather(*tasks)
    assert await core.callStorm('inet:ipv4=1.1.1.1 return(:asn)', opts={'view': fork}) == 66


async def test_merge_wipes(core: s_cortex.Cortex, fork: str) -> None:
    old = core.stacks.views[fork].wlyr.iden
    await core.count('inet:ipv4=2.2.2.2 | merge --wipe --apply', opts={'view': fork})
    assert old not in core.stacks.layers and await core.count('diff', opts={'view': fork}) == 0
    assert await core.count('inet:ipv4=2.2.2.2') == 1 and await core.count('inet:ipv4:asn=1', opts={'view': fork}) == 1
    assert await core.count('merge --wipe --diff', opts={'view': fork}) == 0


async def test_merge_refused(core: s_cortex.Cortex, fork: str) -> None:
    want = ('CantMergeView', 'You may only merge nodes in forked views')
    assert await fails(core, 'merge') == await fails(core, 'inet:ipv4 | merge --diff') == want
    assert (await fails(core, 'merge --diff', view=fork, readonly=True))[0] == 'IsReadOnly'
    await core.stacks.set_layer(core.stacks.default.wlyr.iden, 'readonly', True)
    assert (await fails(core, 'inet:ipv4 | merge --apply', view=fork))[0] == 'IsReadOnly'
    assert len(await lines(core, 'inet:ipv4=1.1.1.1 | merge', fork)) == len(NODE)


async def test_merge_permissions(core: s_cortex.Cortex, fork: str) -> None:
    joe = core.auth.reqUser(await t_telling.low(core))
    top, base = core.stacks.views[fork].wlyr.iden, core.stacks.default.wlyr.iden
    await joe.addRule((True, ('view', 'read')), gateiden=fork)
    query, opts = 'inet:ipv4=2.2.2.2 | merge --apply', {'view': fork, 'user': joe.iden}
    name, mesg = await fails(core, query, **opts)
    assert name == 'AuthDeny' and f'node.del.inet:ipv4 on object {top}' in mesg
    await joe.addRule((True, ('node',)), gateiden=top)
    name, mesg = await fails(core, query, **opts)
    assert name == 'AuthDeny' and f'node.add.inet:ipv4 on object {base}' in mesg
    for perm in ('add', 'prop', 'tag'):
        assert await core.count('inet:ipv4=2.2.2.2') == 0
        await joe.addRule((True, ('node', perm)), gateiden=base)
    assert await core.count(query, opts=opts) == 1 and await core.count('inet:ipv4=2.2.2.2 +#baz') == 1
    assert await fails(core, 'merge --wipe --apply', **opts) == ('AuthDeny', 'merge --wipe requires view admin')
