"""Sets that may outgrow memory."""

from __future__ import annotations

import os
import pathlib
import tempfile
import typing

import hypothesis.stateful as stateful
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab.env as s_env
import synapse.lib.slab.spool as s_spool


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'SPOOL_ITEMS', 3)
    monkeypatch.setattr(s_limits, 'SLAB_SCAN_ROWS', 2)


def items(spool: s_spool.SpoolSet) -> list[bytes]:
    return [item for chunk in spool.chunks() for item in chunk]


def open_files() -> set[str]:
    return {os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if fd.isdigit() and _exists(fd)}


def _exists(fd: str) -> bool:
    return os.path.lexists(f'/proc/self/fd/{fd}')


def test_moves_to_disk_without_a_trace(small: None, tmp_path: pathlib.Path) -> None:
    spool = s_spool.SpoolSet(str(tmp_path / 'scratch'))
    for num in range(3):
        spool.add(b'%d' % num)
    assert not (tmp_path / 'scratch').exists()
    spool.add(b'3')
    spool.add(b'3')
    assert any('.spool' in name for name in open_files())
    assert os.listdir(tmp_path / 'scratch') == []
    assert len(spool) == 4 and items(spool) == [b'0', b'1', b'2', b'3']
    spool.close()
    assert not any('.spool' in name for name in open_files())


def test_many_bytes_move_too(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(s_limits, 'SPOOL_BYTES', 1000)
    spool = s_spool.SpoolSet(str(tmp_path / 'scratch'))
    spool.add(b'x' * 900)
    assert not (tmp_path / 'scratch').exists()
    spool.add(b'y' * 100000)
    assert (tmp_path / 'scratch').exists() and b'y' * 100000 in spool and b'y' not in spool


def test_may_change_while_it_is_read(small: None, tmp_path: pathlib.Path) -> None:
    spool = s_spool.SpoolSet(str(tmp_path))
    for num in range(10):
        spool.add(b'%d' % num)
    seen = []
    for chunk in spool.chunks():
        seen += chunk
        spool.discard(chunk[0])
        spool.add(b'new ' + chunk[0])
    assert seen == [b'%d' % num for num in range(10)] and len(spool) == 10


def test_ends(small: None, tmp_path: pathlib.Path) -> None:
    spool = s_spool.SpoolSet(str(tmp_path))
    for num in range(10):
        spool.add(b'%d' % num)
    chunks = spool.chunks()
    next(chunks)
    spool.close()
    for call in (lambda: next(chunks), lambda: spool.add(b'x'), lambda: spool.discard(b'1'), lambda: b'1' in spool):
        with pytest.raises(s_exc.IsFini):
            typing.cast(typing.Any, call)()


def test_full_disk(small: None, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(s_env, 'free_bytes', lambda path: 0)
    spool = s_spool.SpoolSet(str(tmp_path))
    for num in range(3):
        spool.add(b'%d' % num)
    with pytest.raises(s_exc.DbOutOfSpace):
        spool.add(b'3')


class Machine(stateful.RuleBasedStateMachine):
    """A spool that moves to disk early does what a dict does."""

    def __init__(self) -> None:
        super().__init__()
        self.spool = s_spool.SpoolSet(tempfile.gettempdir())
        self.model: dict[bytes, None] = {}

    @stateful.rule(item=st.binary(max_size=2))
    def add(self, item: bytes) -> None:
        self.spool.add(item)
        self.model.setdefault(item)

    @stateful.rule(item=st.binary(max_size=2))
    def discard(self, item: bytes) -> None:
        self.spool.discard(item)
        self.model.pop(item, None)

    @stateful.rule(item=st.binary(max_size=2))
    def has(self, item: bytes) -> None:
        assert (item in self.spool) == (item in self.model)

    @stateful.invariant()
    def same(self) -> None:
        assert items(self.spool) == list(self.model) and len(self.spool) == len(self.model)

    def teardown(self) -> None:
        self.spool.close()


def test_like_a_dict(small: None) -> None:
    stateful.run_state_machine_as_test(Machine)
