"""The structures that services keep in a slab."""

from __future__ import annotations

import pathlib
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.slab as s_slab

Reopen = typing.Callable[[], s_slab.Slab]


@pytest.fixture
def reopen(tmp_path: pathlib.Path) -> typing.Iterator[Reopen]:
    """Return a function that opens the same slab again and again."""
    slabs: list[s_slab.Slab] = []

    def func() -> s_slab.Slab:
        for slab in slabs:
            slab.close()
        slabs.append(s_slab.Slab.open(str(tmp_path / 'test.lmdb')))
        return slabs[-1]

    yield func
    for slab in slabs:
        slab.close()


def test_keyval_keeps_values_in_key_order(reopen: Reopen) -> None:
    kv = s_slab.KeyVal(reopen(), 'kv')
    kv.set('b:two', {'x': [1, 2]})
    kv.set('b:one', None)
    kv.set('a', 'hehe')
    kv.set('ü', 1)
    kv = s_slab.KeyVal(reopen(), 'kv')
    assert kv.get('b:two') == {'x': (1, 2)}
    assert kv.has('b:one') and kv.get('b:one', 5) is None
    assert kv.get('nope', 5) == 5 and not kv.has('nope')
    assert [name for name, _ in kv.items()] == ['a', 'b:one', 'b:two', 'ü']
    assert list(kv.keys('b:')) == ['b:one', 'b:two']
    assert kv.pop('a') == 'hehe' and kv.pop('a', 7) == 7
    assert kv.drop_prefix('b:') == 2 and len(kv) == 1


@pytest.mark.parametrize('name', ['', 'x' * 512])
def test_keyval_refuses_keys_that_lmdb_cannot_hold(reopen: Reopen, name: str) -> None:
    with pytest.raises(s_exc.BadArg):
        s_slab.KeyVal(reopen(), 'kv').set(name, 1)
    with pytest.raises(s_exc.NotMsgpackSafe):
        s_slab.KeyVal(reopen(), 'kv').set('a', {1, 2})


def test_abrv_numbers_are_dense_and_for_ever(reopen: Reopen) -> None:
    abrv = s_slab.Abrv(reopen(), 'abrv')
    names = [b'raw', 'text', ('inet:fqdn', 'zone'), ('inet:fqdn', None)]
    assert [abrv.set(name) for name in names] == [0, 1, 2, 3]
    assert [abrv.set(name) for name in names] == [0, 1, 2, 3]
    abrv = s_slab.Abrv(reopen(), 'abrv')
    assert [abrv.get(name) for name in names] == [0, 1, 2, 3]
    assert abrv.get('nope') is None
    assert abrv.set('new') == 4 == len(abrv) - 1
    assert abrv.name_bytes(0) == b'raw' and abrv.name(2) == ('inet:fqdn', 'zone')
    assert [indx for indx, _ in abrv.names()] == [0, 1, 2, 3, 4]
    with pytest.raises(s_exc.NoSuchAbrv):
        abrv.name_bytes(5)


def test_hotcount_is_written_at_commit(reopen: Reopen) -> None:
    slab = reopen()
    hot = s_slab.Hotcount(slab, 'hot')
    assert hot.inc(b'a') == 1 and hot.inc(b'a', 4) == 5
    hot.set(b'b', 7)
    hot.inc(b'gone')
    slab.commit()
    assert hot.pop(b'gone') == 1
    slab = reopen()
    hot = s_slab.Hotcount(slab, 'hot')
    assert sorted(hot.items()) == [(b'a', 5), (b'b', 7)]
    assert hot.get(b'gone') == 0 and slab.entries(hot.db) == 2
    hot.inc(b'a', -8)
    assert s_slab.Hotcount(reopen(), 'hot').get(b'a') == -3


def test_seqn_offsets_survive_trimming(reopen: Reopen) -> None:
    seqn = s_slab.Seqn(reopen(), 'seqn')
    assert seqn.last() is None and seqn.first() == 0
    assert seqn.save('abcde') == 0 and seqn.add('f') == 5
    assert list(seqn.iter(3)) == [(3, 'd'), (4, 'e'), (5, 'f')]
    assert list(seqn.iter(1, 3)) == [(1, 'b'), (2, 'c')]
    assert seqn.get(2) == 'c' and seqn.get(9) is None and seqn.last() == (5, 'f')
    assert seqn.trim(2) == 3 and seqn.first() == 3
    assert seqn.trim(100) == 3 and len(seqn) == 0
    seqn = s_slab.Seqn(reopen(), 'seqn')
    assert seqn.index() == 6 == seqn.first()
    assert seqn.add('g') == 6


def test_queues_keep_their_items_until_culled(reopen: Reopen) -> None:
    mq = s_slab.MultiQueue(reopen(), 'mq')
    mq.add('foo', {'user': 'visi'})
    mq.add('bar')
    assert mq.puts('foo', [10, 11, 12]) == 0 and mq.put('foo', 13) == 3 and mq.put('bar', 'x') == 0
    mq = s_slab.MultiQueue(reopen(), 'mq')
    assert mq.status('foo') == {'name': 'foo', 'meta': {'user': 'visi'}, 'size': 4, 'offs': 4}
    assert [info['name'] for info in mq.list()] == ['bar', 'foo']
    assert list(mq.gets('foo', 1, size=2)) == [(1, 11), (2, 12)]
    assert mq.cull('foo', 0) == 1 and mq.get('foo', 0) == (1, 11)
    assert mq.pop('foo', 2) == (2, 12) and mq.pop('foo', 2) is None
    assert mq.cull('foo', 9) == 2 and mq.size('foo') == 0
    assert mq.cull('foo', -1) == 0 and mq.get('foo', 2) is None
    assert list(mq.gets('bar', 0)) == [(0, 'x')]


def test_a_queue_made_again_is_empty(reopen: Reopen) -> None:
    mq = s_slab.MultiQueue(reopen(), 'mq')
    mq.add('foo')
    mq.puts('foo', range(10))
    with pytest.raises(s_exc.DupName):
        mq.add('foo')
    mq.rem('foo')
    for func in (mq.rem, mq.size, mq.status, mq.offset):
        with pytest.raises(s_exc.NoSuchName):
            func('foo')
    assert not mq.exists('foo')
    mq.add('foo')
    assert mq.offset('foo') == 0 and mq.size('foo') == 0 and mq.get('foo', 0) is None


@hypothesis.settings(
    max_examples=30, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(vals=st.dictionaries(st.text(min_size=1, max_size=20).filter(lambda t: t.isascii()), st.integers()))
def test_keyval_is_a_dict(tmp_path_factory: pytest.TempPathFactory, vals: dict[str, int]) -> None:
    slab = s_slab.Slab.open(str(tmp_path_factory.mktemp('kv') / 'test.lmdb'))
    kv = s_slab.KeyVal(slab, 'kv')
    for name, valu in vals.items():
        kv.set(name, valu)
        slab.commit()
    assert list(kv.items()) == sorted(vals.items())
    slab.close()
