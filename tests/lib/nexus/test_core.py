"""The heart of the Nexus, by unit and by simulation: random schedules, failures and crashes with a seed."""

from __future__ import annotations

import random
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.core as s_core


def entry(valu: typing.Any = 0, event: str = 'set', size: int = 10, offs: int = -1) -> s_core.Entry:
    return s_core.Entry(('iden', event, (valu,), {}, {}), b'x' * size, offs=offs)


def test_offsets_are_given_in_order_one_batch_at_a_time() -> None:
    core = s_core.Core(5)
    for indx in range(3):
        core.submit(entry(indx))
    batch = core.next_batch()
    assert batch is not None and [ent.offs for ent in batch.entries] == [5, 6, 7]
    core.submit(entry(3))
    assert core.next_batch() is None
    core.logged(batch)
    after = core.next_batch()
    assert after is not None and (after.first, after.end) == (8, 9)
    assert (core.index, core.durable, core.applied, core.idle) == (9, 8, 5, False)
    core.applied_batch(batch)
    core.logged(after)
    core.applied_batch(after)
    assert core.applied == 9 and core.drained


def test_batches_are_bounded_and_end_with_a_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_BATCH_BYTES', 100)
    monkeypatch.setattr(s_limits, 'NEXS_BATCH_ENTRIES', 3)
    core = s_core.Core(0)
    todo = [(500, 'set'), (60, 'set'), (60, 'set'), (1, 'set'), (1, 'set'), (1, s_core.ROTATE), (1, 'set')]
    for size, event in todo:
        core.submit(entry(size=size, event=event))
    seen = []
    while (batch := core.next_batch()) is not None:
        seen.append((len(batch.entries), batch.cut))
        core.logged(batch)
    assert seen == [(1, False), (1, False), (3, False), (1, True), (1, False)]
    assert core.queued_bytes == 0


def test_an_entry_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'NEXS_ENTRY_BYTES', 100)
    with pytest.raises(s_exc.BadArg):
        s_core.Core(0).submit(entry(size=101))


def test_holds_refuse_and_pauses_delay() -> None:
    core = s_core.Core(0)
    assert core.hold('no disk') and not core.hold('no disk') and core.hold('other')
    with pytest.raises(s_exc.IsReadOnly) as cm:
        core.submit(entry())
    assert cm.value.get('mesg') == 'no disk' and core.holds() == ['no disk', 'other']
    assert core.unhold('no disk') and not core.unhold('no disk') and core.unhold('other')
    core.submit(entry())
    core.pause()
    core.pause()
    core.resume()
    assert core.next_batch() is None
    core.resume()
    assert core.next_batch() is not None


def test_failure_is_final_and_names_all_who_wait() -> None:
    core = s_core.Core(0)
    core.submit(entry(0))
    applying = core.next_batch()
    assert applying is not None
    core.logged(applying)
    core.submit(entry(1))
    assert core.next_batch() is not None
    core.submit(entry(2))
    assert [ent.item[2][0] for ent in core.failed('disk is gone')] == [0, 1, 2]
    assert core.failed('again') == [] and core.dead == 'disk is gone'
    with pytest.raises(s_exc.IsReadOnly):
        core.submit(entry())
    with pytest.raises(s_exc.IsReadOnly):
        core.submit_foreign(entry(offs=3))
    assert core.next_batch() is None and core.drained and core.holds() == ['disk is gone']


def test_a_follower_takes_the_next_offset_only() -> None:
    core = s_core.Core(3)
    core.follower = True
    with pytest.raises(s_exc.BadState):
        core.submit(entry())
    core.submit_foreign(entry(offs=3))
    for offs in (3, 5):
        with pytest.raises(s_exc.BadState) as cm:
            core.submit_foreign(entry(offs=offs))
        assert 'mirror desync' in cm.value.get('mesg')
    core.submit_foreign(entry(offs=4))
    batch = core.next_batch()
    assert batch is not None and (batch.first, batch.end) == (3, 5)


def test_the_index_moves_forward_only_and_at_rest_only() -> None:
    core = s_core.Core(3)
    with pytest.raises(s_exc.BadArg):
        core.set_index(2)
    core.submit(entry())
    with pytest.raises(s_exc.BadState):
        core.set_index(9)
    assert len(core.refuse_queue()) == 1
    core.set_index(9)
    assert (core.index, core.durable, core.applied) == (9, 9, 9)


@pytest.mark.parametrize(
    'indxs, first, end, start', [([], 0, 5, 5), ([5, 5], 0, 5, 5), ([2, 4], 1, 5, 2), ([0], 0, 0, 0)]
)
def test_replay_starts_at_the_lowest_offset(indxs: list[int], first: int, end: int, start: int) -> None:
    assert s_core.replay_start(indxs, first, end) == start


@pytest.mark.parametrize('indxs, first, end', [([6], 0, 5), ([2, 6], 0, 5), ([2], 3, 5)])
def test_mixed_histories_are_refused(indxs: list[int], first: int, end: int) -> None:
    with pytest.raises(s_exc.FatalErr):
        s_core.replay_start(indxs, first, end)


def test_checkpoints_come_when_idle_by_age_and_by_size() -> None:
    policy = s_core.CheckpointPolicy()
    assert policy.due_at() is None
    policy.note(10, 100.0)
    assert policy.due_at() == 100.0 + s_limits.NEXS_CHECKPOINT_IDLE
    policy.note(10, 100.9)
    assert policy.due_at() == 100.9 + s_limits.NEXS_CHECKPOINT_IDLE
    policy.note(10, 104.9)
    assert policy.due_at() == 100.0 + s_limits.NEXS_CHECKPOINT_AGE
    policy.note(s_limits.NEXS_CHECKPOINT_BYTES, 104.95)
    assert policy.due_at() == 104.95
    policy.done()
    assert policy.due_at() is None


class Sim:
    """A service of two databases around a core. State of a database: the list of the values that were applied to it."""

    def __init__(self, seed: int, fast: bool) -> None:
        self.rand = random.Random(seed)
        self.fast = fast
        self.disk: list[s_core.Item] = []  # the log on disk
        self.cache: list[s_core.Item] = []  # appended, not synced
        self.saved: list[tuple[int, list[int]]] = [(0, []), (0, [])]  # each database on disk: (offset, state)
        self.acked: dict[int, int] = {}  # value -> offset, of those whose callers were told
        self.count = 0
        self.crashes = 0
        self.boot()

    def boot(self) -> None:
        """Start from what is on disk, replay, compare with the log."""
        self.cache = []
        self.core = s_core.Core(len(self.disk))
        self.logging: s_core.Batch | None = None
        self.applying: list[s_core.Batch] = []
        self.indxs = [offs for offs, _ in self.saved]
        self.state = [list(state) for _, state in self.saved]
        start = s_core.replay_start(self.indxs, 0, len(self.disk))
        for offs in range(start, len(self.disk)):
            self.apply(offs, self.disk[offs])
        self.advance(len(self.disk))
        self.check()

    def check(self) -> None:
        log = (self.disk + self.cache)[: self.core.applied]
        assert self.state == [[item[2][0] for item in log if item[0] == name] for name in ('0', '1')]
        assert len(self.disk) + len(self.cache) == self.core.index or self.core.dead
        if not self.fast:
            assert all(self.disk[offs][2][0] == valu for valu, offs in self.acked.items())
        assert all(offs <= len(self.disk) for offs, _ in self.saved)

    def apply(self, offs: int, item: s_core.Item) -> None:
        slab = int(item[0])
        if s_core.applies(offs, self.indxs[slab]):
            self.state[slab].append(item[2][0])

    def advance(self, offs: int) -> None:
        self.indxs = [max(indx, offs) for indx in self.indxs]

    # each step is one thing that may happen next

    def submit(self) -> None:
        if self.core.dead is None:
            self.count += 1
            item = (str(self.rand.randrange(2)), 'set', (self.count,), {}, {})
            self.core.submit(s_core.Entry(item, b'x'))

    def log(self) -> None:
        if self.logging is None and (batch := self.core.next_batch()) is not None:
            assert not self.cache or self.fast
            self.cache.extend(ent.item for ent in batch.entries)
            self.logging = batch
            if self.fast:
                self.logged()

    def sync(self) -> None:
        if self.fast or self.logging is not None:
            self.disk, self.cache = self.disk + self.cache, []
        if self.logging is not None:
            self.logged()

    def logged(self) -> None:
        assert self.logging is not None
        self.core.logged(self.logging)
        self.applying.append(self.logging)
        self.logging = None

    def apply_batch(self) -> None:
        if self.applying and self.core.dead is None:
            batch = self.applying.pop(0)
            for ent in batch.entries:
                self.apply(ent.offs, ent.item)
                self.acked[ent.item[2][0]] = ent.offs
            self.core.applied_batch(batch)
            self.advance(batch.end)

    def checkpoint(self) -> None:
        if self.core.dead is None:
            if self.fast and self.cache and self.logging is None:
                self.sync()
            for slab in range(self.rand.randrange(3)):  # a crash may fall between two commits
                self.saved[slab] = (self.indxs[slab], list(self.state[slab]))

    def fail(self) -> None:
        self.core.failed('no disk')
        self.logging, self.applying = None, []

    def crash(self) -> None:
        # of what was not synced, any first part may have reached the disk; a lost power supply forgets acks of ``fast``
        self.crashes += 1
        self.disk += self.cache[: self.rand.randrange(len(self.cache) + 1)]
        if self.fast:
            self.acked = {valu: offs for valu, offs in self.acked.items() if offs < len(self.disk)}
        self.boot()


@pytest.mark.parametrize('fast', [False, True])
def test_simulation(fast: bool) -> None:
    crashes = acks = 0
    for seed in range(400):
        sim = Sim(seed, fast)
        steps = [sim.submit] * 8 + [sim.log] * 5 + [sim.sync] * 4 + [sim.apply_batch] * 5 + [sim.checkpoint] * 2
        for _ in range(150):
            step = sim.rand.choice(steps)
            if sim.rand.random() < 0.03:
                step = sim.rand.choice([sim.crash, sim.crash, sim.fail])
            step()
            if step is not sim.fail and sim.core.dead is None:
                sim.check()
        sim.crash()
        crashes += sim.crashes
        acks += len(sim.acked)
    assert crashes > 1000 and acks > 5000
