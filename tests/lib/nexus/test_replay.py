"""After a crash at any moment, replay gives the state that was."""

from __future__ import annotations

import os
import pathlib
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import tests.lib.nexus.parts as t_parts

Ops = list[tuple[typing.Any, ...]]

NAMES = st.sampled_from('abcdef')
OPS = st.lists(
    st.one_of(
        st.tuples(st.just('set'), st.sampled_from((0, 1)), NAMES, st.integers(0, 9) | st.text(max_size=5)),
        st.tuples(st.just('slow'), st.sampled_from((0, 1)), NAMES, st.integers(0, 9)),
        st.tuples(st.just('pop'), st.sampled_from((0, 1)), NAMES),
        st.tuples(st.just('commit'), st.sampled_from((0, 1))),
        st.tuples(st.just('checkpoint')),
        st.tuples(st.just('rotate')),
        st.tuples(st.just('crash'), st.binary(max_size=30)),
    ),
    max_size=25,
)


async def run_ops(tmp_path: pathlib.Path, ops: Ops, **kwargs: typing.Any) -> int:
    """Do the operations; at each crash go on with a copy of the files and compare. Returns the number of changes."""
    svc = t_parts.Service(tmp_path / '0')
    await svc.start(**kwargs)
    try:
        for indx, (name, *args) in enumerate(ops, 1):
            if name == 'crash':
                svc = await crash(svc, tmp_path / str(indx), args[0], **kwargs)
            else:
                await one_op(svc, name, args)
        return svc.root.index()
    finally:
        await svc.stop()


async def one_op(svc: t_parts.Service, name: str, args: list[typing.Any]) -> None:
    if name == 'checkpoint':
        assert svc.root.checkpoint(force=True)
    elif name == 'rotate':
        await svc.root.issue('one', 'nexslog:rotate', (), {})
    elif name == 'commit':
        # a crash may fall between the commits of two databases
        svc.slabs[args[0]].commit()
    else:
        try:
            await getattr(svc.stores[args[0]], name)(*args[1:])
        except s_exc.SynErr as e:
            assert e.errname == 'NoSuchName'


async def crash(svc: t_parts.Service, dirn: pathlib.Path, torn: bytes, **kwargs: typing.Any) -> t_parts.Service:
    state, index = svc.state(), svc.root.index()
    copy = t_parts.Service(svc.crash_copy(dirn))
    await svc.stop()
    last = sorted((dirn / 'slabs' / 'nexuslog').glob('*.nexs'))[-1]
    with open(last, 'ab') as file:
        file.write(torn)
    await copy.start(**kwargs)
    assert copy.state() == state
    assert copy.root.index() == index
    return copy


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(ops=OPS, keep=st.booleans(), fast=st.booleans())
async def test_replay_equals_state(tmp_path_factory: pytest.TempPathFactory, ops: Ops, keep: bool, fast: bool) -> None:
    tmp_path = tmp_path_factory.mktemp('replay')
    await run_ops(tmp_path, [*ops, ('crash', b'')], keep=keep, fast=fast)


async def test_replay_reads_from_the_lowest_offset_and_skips_what_is_known(tmp_path: pathlib.Path) -> None:
    svc = t_parts.Service(tmp_path / 'a')
    await svc.start()
    for indx in range(5):
        await svc.one.set('a', indx)
        await svc.two.set('a', indx)
    svc.slabs[0].commit()
    state = svc.state()
    copy = t_parts.Service(svc.crash_copy(tmp_path / 'b'))
    await svc.stop()
    assert await copy.start() == 10
    assert copy.state() == state
    await copy.stop()


async def test_entries_for_objects_that_are_gone_are_skipped(tmp_path: pathlib.Path) -> None:
    svc = t_parts.Service(tmp_path / 'a')
    await svc.start()
    third = await t_parts.Store.anit('third', nexsroot=svc.root, slab=svc.slabs[0])
    await third.set('a', 1)
    await svc.one.set('a', 1)
    copy = t_parts.Service(svc.crash_copy(tmp_path / 'b'))
    await svc.stop()
    assert await copy.start() == 2
    assert copy.one.vals.get('a') == 1 and copy.root.index() == 2
    await copy.stop()


class Maker(s_nexus.Pusher):
    """Makes objects with databases of their own, as a Cortex makes layers."""

    async def __anit__(self, dirn: pathlib.Path, **kwargs: typing.Any) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, 'maker', **kwargs)
        assert self.nexsslab is not None
        self.dirn = dirn
        self.names = s_slab.KeyVal(self.nexsslab, 'names')
        self.kids: dict[str, t_parts.Store] = {}
        for name in self.names.keys():
            await self._load(name)

    async def _load(self, name: str) -> None:
        if name in self.kids:
            return
        assert self.nexsroot is not None
        slab = s_slab.Slab.open(os.path.join(self.dirn, f'{name}.lmdb'))
        kid = await t_parts.Store.anit(name, slab=slab)
        self.nexsroot.add_slab(slab)
        kid.setNexsRoot(self.nexsroot)
        self.kids[name] = kid
        self.onfini(slab.close)

    @s_nexus.Pusher.onPushAuto('make')
    async def make(self, name: str) -> None:
        """Make a kid with a database."""
        await self._load(name)
        self.names.set(name, 1)


async def start_maker(dirn: pathlib.Path) -> tuple[s_nexus.NexsRoot, s_slab.Slab, Maker]:
    os.makedirs(dirn / 'slabs', exist_ok=True)
    root = await s_nexus.NexsRoot.anit(str(dirn / 'slabs' / 'nexuslog'))
    slab = s_slab.Slab.open(str(dirn / 'slabs' / 'one.lmdb'))
    root.add_slab(slab)
    maker = await Maker.anit(dirn / 'slabs', nexsroot=root, slab=slab)
    await root.startup()
    return root, slab, maker


@pytest.mark.parametrize('committed', [(), ('one',), ('kid',), ('kid', 'one')])
async def test_databases_made_by_a_change_are_found_again(tmp_path: pathlib.Path, committed: tuple[str, ...]) -> None:
    root, slab, maker = await start_maker(tmp_path / 'a')
    await maker.make('kid')
    kid = maker.kids['kid']
    for indx in range(3):
        await kid.set('a', indx)
        if indx == 1:
            for item in committed:
                {'one': slab, 'kid': kid.nexsslab}[item].commit(force=True)
    state = kid.state()
    svc = t_parts.Service(tmp_path / 'a')
    svc.crash_copy(tmp_path / 'b')
    for base in (root, maker):
        await base.fini()
    slab.close()
    root, slab, maker = await start_maker(tmp_path / 'b')
    assert maker.kids['kid'].state() == state
    assert root.index() == 4
    for base in (root, maker):
        await base.fini()
    slab.close()


async def test_a_log_that_lost_its_end_is_refused(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 1)
        path = svc.root.log.segments[-1].path
        size = svc.root.log.size
        await svc.one.set('a', 2)
    os.truncate(path, size)
    svc = t_parts.Service(tmp_path)
    with pytest.raises(s_exc.FatalErr) as cm:
        await svc.start()
    assert cm.value.get('mesg') == 'A database contains 2 changes but the change log ends at 1.'


async def test_a_lost_log_is_begun_again_only_when_all_databases_agree(tmp_path: pathlib.Path) -> None:
    async with t_parts.service(tmp_path) as svc:
        await svc.one.set('a', 1)
        log = pathlib.Path(svc.root.dirn)
    for path in log.iterdir():
        path.unlink()
    async with t_parts.service(tmp_path) as svc:
        assert svc.root.index() == 1
        await svc.one.set('a', 2)
        svc.slabs[0].commit()
        svc.crash_copy(tmp_path / 'b')
    for path in (tmp_path / 'b' / 'slabs' / 'nexuslog').iterdir():
        path.unlink()
    with pytest.raises(s_exc.FatalErr):
        await t_parts.Service(tmp_path / 'b').start()
