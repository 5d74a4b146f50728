"""Leaderships: whether two logs are one, who may follow whom, who is deposed."""

from __future__ import annotations

import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.nexus.terms as s_terms

A, B = s_terms.Row(0, 1, 'a', 'r1'), s_terms.Row(5, 2, 'b', 'r2')
C = s_terms.Row(5, 2, 'c', 'r3')


@pytest.mark.parametrize(
    ('rows', 'index', 'others', 'other', 'want'),
    [
        ([], 5, [], 9, 5),
        ([A], 5, [A], 9, 5),
        ([A], 9, [A, B], 7, 5),
        ([A, B], 9, [A, C], 9, 5),
        ([A], 5, [A, B], 9, 5),
        ([A, B], 9, [A, B], 7, 7),
        ([], 3, [A], 3, 0),
        ([A], 6, [A, B], 9, 5),
    ],
)
def test_how_much_two_logs_have_in_common(
    rows: typing.Any, index: int, others: typing.Any, other: int, want: int
) -> None:
    assert s_terms.common(rows, index, others, other) == want
    assert s_terms.common(others, other, rows, index) == want


@hypothesis.given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=12), st.data())
def test_common_is_right_about_real_logs(parts: list[tuple[int, bool]], data: st.DataObject) -> None:
    """Two logs that were one, and at some point are not: their histories say where."""
    logs: list[list[typing.Any]] = [[], []]
    rows: list[list[s_terms.Row]] = [[], []]
    split = data.draw(st.integers(0, len(parts)))
    for numb, (size, _) in enumerate(parts):
        for side in (0, 1):
            run = f'{numb}' if numb < split else f'{numb}:{side}'
            rows[side].append(s_terms.Row(len(logs[side]), numb + 1, run, run))
            logs[side].extend((run, indx) for indx in range(size))
    cuts = [data.draw(st.integers(0, len(log))) for log in logs]
    logs = [log[:cut] for log, cut in zip(logs, cuts, strict=True)]
    same = 0
    while same < min(cuts) and logs[0][same] == logs[1][same]:
        same += 1
    # a row above the end of a log is not in it
    heard = [[row for row in part if row.offs < cut] for part, cut in zip(rows, cuts, strict=True)]
    assert s_terms.common(heard[0], cuts[0], heard[1], cuts[1]) == same


@pytest.mark.parametrize(
    'items',
    [None, 5, 'x', [1], [(1, 2, 3)], [('x', 1, 'a', 'b')], [(5, 1, 'a', 'b'), (0, 2, 'a', 'b')]]
    + [[(-1, 1, 'a', 'b')], [(0, 0, 'a', 'b')], [(0, 2**70, 'a', 'b')]],
)
def test_what_is_no_history(items: typing.Any) -> None:
    with pytest.raises(s_exc.BadArg):
        s_terms.to_rows(items)
    for hello in (items, {'index': 0, 'rows': items}, {'index': 'x', 'rows': []}, {'index': -1, 'rows': []}, {}):
        with pytest.raises(s_exc.BadArg):
            s_terms.req_hello(hello)


def role(*rows: s_terms.Row, name: str = 'a', run: str = 'r1', state: str = s_terms.LEAD) -> s_terms.Role:
    item = s_terms.Role(name, run, rows)
    item.state = state
    return item


def test_who_starts_with_which_term() -> None:
    assert role(state=s_terms.FOLLOW).start_term(None) == 1
    assert role(A).start_term(None) == 1 and role(A, name='x').start_term(None) == 2
    assert role(A).start_term({'term': 3, 'name': 'a'}) == 3
    assert role(A, B, name='b').start_term({'term': 1, 'name': 'a'}) == 2
    for stored in ({'term': 2, 'name': 'b'}, {'term': 1, 'name': 'b'}):
        late = role(A)
        with pytest.raises(s_exc.BadState) as cm:
            late.start_term(stored)
        assert (late.state, late.above) == (s_terms.DEPOSED, (stored['term'], 'b'))
        assert cm.value.get('mesg') == f'The service b leads since term {stored["term"]}.'
        assert late.next_term(stored) == stored['term'] + 1


def test_a_leader_is_deposed_by_a_higher_rank_only() -> None:
    lead = role(A)
    assert not lead.depose((1, 'a')) and not lead.depose((0, 'z')) and lead.state == s_terms.LEAD
    assert lead.depose((2, 'b')) and lead.state == s_terms.DEPOSED
    assert not lead.depose((2, 'b')) and lead.depose((3, 'c'))
    assert 'c leads since term 3' in lead.reason
    waiting = role(A)
    waiting.wait('b')
    assert not waiting.depose((2, 'b')) and waiting.state == s_terms.WAIT
    assert not role(A, state=s_terms.FOLLOW).depose((2, 'b'))


def test_claims() -> None:
    held = {'term': 3, 'name': 'a'}
    assert s_terms.claimable(None, 1, 'x') and s_terms.claimable(held, 4, 'x') and s_terms.claimable(held, 3, 'a')
    assert not s_terms.claimable(held, 3, 'x') and not s_terms.claimable(held, 2, 'a')


def test_meetings() -> None:
    lead = role(A)
    lead.meet_follower({'index': 4, 'rows': [A]}, 9)
    for hello, err in (({'index': 12, 'rows': [A]}, s_exc.NotReady), ({'index': 9, 'rows': [A, B]}, s_exc.BadState)):
        with pytest.raises(err):
            lead.meet_follower(hello, 9)
    assert lead.state == s_terms.DEPOSED
    mirr = role(A, name='m', state=s_terms.FOLLOW)
    mirr.meet_leader({'name': 'b', 'state': 'lead', 'index': 9, 'rows': [A, B]}, 5)
    for bad, mesg in (
        ({'index': 9, 'rows': [A, B]}, 'the logs part at offset 5, the follower has 2 entries'),
        ({'index': 9, 'rows': []}, 'is at term 0, but a leads since term 1'),
        ({'index': 9, 'rows': [A], 'first': 8}, 'offset 7 was trimmed'),
    ):
        with pytest.raises(s_exc.BadState) as cm:
            mirr.meet_leader({'name': 'x', 'state': 'lead', **bad}, 7)
        assert mesg in cm.value.get('mesg')


def test_old_rows_are_forgotten() -> None:
    item = role(state=s_terms.FOLLOW)
    rows = [s_terms.Row(indx, indx + 1, 'a', f'r{indx}') for indx in range(s_terms.ROWS_KEPT + 5)]
    gone = [old for row in rows for old in item.add(row)]
    assert gone == rows[:5] and item.add(rows[3]) == [] and item.term == len(rows)
    assert s_terms.common(item.rows, 999, rows, 999) == 999
