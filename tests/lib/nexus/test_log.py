"""Segment files: found whole after any crash, refused when durable data is damaged."""

from __future__ import annotations

import os
import pathlib
import random
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.log as s_log
import synapse.lib.nexus.reader as s_reader


def body(valu: typing.Any) -> bytes:
    return s_common.en(('iden', 'set', (valu,), {}, {}))


def make(dirn: pathlib.Path, batches: list[list[typing.Any]], synced: bool = True) -> str:
    """Write a log of one segment; returns the segment's path."""
    log = s_log.NexsLog(str(dirn))
    log.start(0)
    for batch in batches:
        log.append([body(valu) for valu in batch], synced)
    log.sync()
    log.close()
    return log.segments[-1].path


def values(log: s_log.NexsLog, offs: int = 0, nbytes: int = 1 << 20) -> list[typing.Any]:
    """Read a log from an offset to its end; checks that the offsets have no gap."""
    rows = []
    with s_reader.LogReader(log, offs) as reader:
        while more := reader.read(log.index, nbytes):
            rows.extend(more)
    assert [offs for offs, _ in rows] == list(range(rows[0][0], log.index)) if rows else True
    return [item[2][0] for _, item in rows]


def reopened(dirn: pathlib.Path) -> list[typing.Any]:
    log = s_log.NexsLog(str(dirn))
    try:
        return values(log)
    finally:
        log.close()


@pytest.mark.parametrize('offs', [0, 127, 128, 0xFFFFFFFF, 0x100000000, 2**63])
def test_offsets_are_packed_as_msgpack_does(offs: int) -> None:
    payload = s_log.pack_offs(offs) + body('x')
    assert s_common.un(payload) == (offs, ('iden', 'set', ('x',), {}, {}))
    assert s_log.offs_of(payload) == offs


def test_append_and_reopen(tmp_path: pathlib.Path) -> None:
    make(tmp_path, [['a'], ['b', 'c']])
    log = s_log.NexsLog(str(tmp_path))
    assert (log.index, log.first()) == (3, 0)
    log.append([body('d')], True)
    log.close()
    assert reopened(tmp_path) == ['a', 'b', 'c', 'd']


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(cut=st.integers(1, 400), junk=st.binary(max_size=40), seed=st.integers(0, 100))
def test_a_torn_tail_is_cut_wherever_it_is_torn(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes, seed: int
) -> None:
    dirn = tmp_path_factory.mktemp('log')
    rand = random.Random(seed)
    batches = [['x' * rand.randrange(30) for _ in range(rand.randrange(1, 4))] for _ in range(6)]
    path = make(dirn, batches)
    size = max(os.path.getsize(path) - cut, s_log.HEADER.size)
    os.truncate(path, size)
    with open(path, 'ab') as file:
        file.write(junk)
    flat = [valu for batch in batches for valu in batch]
    got = reopened(dirn)
    assert got == flat[: len(got)]
    assert len(got) >= len(flat) - cut // 16 - 1
    assert reopened(dirn) == got


def test_a_batch_with_a_hole_is_cut_since_nobody_was_told(tmp_path: pathlib.Path) -> None:
    # after a power failure the pages of an unsynced batch may have reached the disk in any order
    path = make(tmp_path, [['a'], ['b' * 100, 'c' * 100, 'd' * 100]])
    with open(path, 'r+b') as file:
        file.seek(os.path.getsize(path) - 250)
        file.write(bytes(60))
    assert reopened(tmp_path) == ['a', 'b' * 100][: len(reopened(tmp_path))]
    assert reopened(tmp_path)[:1] == ['a']


@pytest.mark.parametrize('where', [s_log.HEADER.size, s_log.HEADER.size + 3, s_log.HEADER.size + 40])
def test_damage_before_a_synced_batch_is_fatal(tmp_path: pathlib.Path, where: int) -> None:
    path = make(tmp_path, [['a' * 50], ['b'], ['c']])
    with open(path, 'r+b') as file:
        file.seek(where)
        byts = file.read(1)
        file.seek(where)
        file.write(bytes((byts[0] ^ 0x41,)))
    before = pathlib.Path(path).read_bytes()
    with pytest.raises(s_exc.FatalErr) as cm:
        s_log.NexsLog(str(tmp_path))
    assert path in cm.value.get('mesg')
    assert pathlib.Path(path).read_bytes() == before


@pytest.mark.parametrize(
    'byts, name',
    [
        (b'', 'FatalErr'),
        (b'garbage' * 10, 'FatalErr'),
        (s_log.HEADER.pack(s_log.MAGIC, s_log.VERSION + 1, 0, 0, 0), 'BadStorageVersion'),
        (s_log.HEADER.pack(s_log.MAGIC, s_log.VERSION, 0, 7, 0), 'FatalErr'),
    ],
)
def test_a_bad_header_is_refused(tmp_path: pathlib.Path, byts: bytes, name: str) -> None:
    pathlib.Path(make(tmp_path, [['a']])).write_bytes(byts)
    with pytest.raises(s_exc.CLASSES[name]):
        s_log.NexsLog(str(tmp_path))


def test_offsets_that_do_not_follow_are_fatal(tmp_path: pathlib.Path) -> None:
    path = make(tmp_path, [['a']])
    with open(path, 'ab') as file:
        file.write(s_log.pack_batch(5, [body('b')], True))
    with pytest.raises(s_exc.FatalErr):
        s_log.NexsLog(str(tmp_path))


def test_a_segment_that_was_never_finished_is_ignored(tmp_path: pathlib.Path) -> None:
    make(tmp_path, [['a']])
    (tmp_path / f'seqn{1:016x}.nexs.tmp').write_bytes(b'part of a header')
    assert reopened(tmp_path) == ['a']
    assert not list(tmp_path.glob('*.tmp'))


def test_segments_are_cut_dropped_and_read_across(tmp_path: pathlib.Path) -> None:
    log = s_log.NexsLog(str(tmp_path))
    log.start(0)
    assert log.cut() == 0
    for indx in range(10):
        log.append([body(indx)], True)
        assert log.cut() == indx + 1
    assert values(log) == list(range(10)) and values(log, 4, nbytes=1) == list(range(4, 10))
    assert log.drop(3) == 3 and values(log) == list(range(3, 10))
    assert log.drop(99) == 7 and log.index == 10
    log.close()
    log = s_log.NexsLog(str(tmp_path))
    assert (log.index, log.first()) == (10, 10)
    log.close()


def test_a_damaged_older_segment_is_fatal_when_read(tmp_path: pathlib.Path) -> None:
    log = s_log.NexsLog(str(tmp_path))
    log.start(0)
    for indx in range(3):
        log.append([body(indx)], True)
    log.cut()
    log.append([body(3)], True)
    os.truncate(log.segments[0].path, log.segments[0].marks[0][1] + 30)
    with pytest.raises(s_exc.FatalErr):
        values(log)
    assert values(log, 3) == [3]
    log.close()


def test_the_index_can_jump_forward(tmp_path: pathlib.Path) -> None:
    log = s_log.NexsLog(str(tmp_path))
    log.start(0)
    log.append([body('a')], True)
    reader = s_reader.LogReader(log, 0)
    assert len(reader.read(1)) == 1
    log.set_index(100)
    log.append([body('b')], True)
    assert [offs for offs, _ in reader.read(101)] == [100]
    assert log.state['first'] == 100 and values(log) == ['b']
    reader.close()
    log.close()


def test_marks_make_reading_from_the_middle_cheap(tmp_path: pathlib.Path) -> None:
    make(tmp_path, [['x' * 1000] for _ in range(1000)])
    log = s_log.NexsLog(str(tmp_path))
    seg = log.segments[-1]
    assert len(seg.marks) > 10
    offs, pos = seg.seek(900)
    assert 830 < offs <= 900 and pos > 800_000
    assert len(values(log, 900)) == 100
    log.close()


def test_zeros_ahead_of_the_end_are_no_torn_tail(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    log = s_log.NexsLog(str(tmp_path))
    log.start(0)
    log.append([body('a')], True)
    path = log.segments[0].path
    assert os.path.getsize(path) > log.size + s_limits.NEXS_AHEAD // 2
    os.close(log.fd)  # as a killed process leaves it
    again = s_log.NexsLog(str(tmp_path))
    assert (again.index, again.size, again.ahead) == (1, log.size, os.path.getsize(path))
    again.append([body('b')], True)
    assert values(again) == ['a', 'b']
    again.cut()
    assert os.path.getsize(path) < s_limits.NEXS_AHEAD
    again.close()
    assert reopened(tmp_path) == ['a', 'b'] and not caplog.records


@pytest.mark.parametrize('keep', [0, 1, 9, 30])
def test_a_torn_record_within_the_zeros_is_cut(tmp_path: pathlib.Path, keep: int) -> None:
    path = make(tmp_path, [['a']])
    record = s_log.pack_batch(1, [body('b' * 40)], True)
    with open(path, 'ab') as file:
        file.write(bytes(keep) + record[keep:-10] + bytes(1000))
    assert reopened(tmp_path) == ['a']
    assert os.path.getsize(path) < 200
