"""When cron jobs run: what is written, which records that means, and the next times of records."""

from __future__ import annotations

import datetime
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.automation.schedule as s_schedule

NOW = datetime.datetime(2026, 11, 22, 7, 45, 30, tzinfo=datetime.UTC)  # a Sunday

# options or period -> (records, the next times of the first record)
VECTORS: list[tuple[typing.Any, list[typing.Any], list[str]]] = [
    ({'hour': '2'}, [({'hour': 2, 'minute': 0}, 'day', 1)], ['2026-11-23 02:00', '2026-11-24 02:00']),
    ({'minute': '5'}, [({'minute': 5}, 'hour', 1)], ['2026-11-22 08:05', '2026-11-22 09:05']),
    ({'minute': '50'}, [({'minute': 50}, 'hour', 1)], ['2026-11-22 07:50']),
    ({'day': '3'}, [({'dayofmonth': 3, 'hour': 0, 'minute': 0}, 'month', 1)], ['2026-12-03 00:00', '2027-01-03 00:00']),
    ({'hour': '+2'}, [({'minute': 0}, 'hour', 2)], ['2026-11-22 09:00', '2026-11-22 11:00']),
    ({'month': '2'}, [({'month': 2, 'dayofmonth': 1, 'hour': 0, 'minute': 0}, 'year', 1)], ['2027-02-01 00:00']),
    ({'hourly': '15'}, [({'minute': 15}, 'hour', 1)], ['2026-11-22 08:15']),
    ({'daily': '02:30'}, [({'hour': 2, 'minute': 30}, 'day', 1)], ['2026-11-23 02:30']),
    (
        {'yearly': '2:29:12:30'},
        [({'month': 2, 'dayofmonth': 29, 'hour': 12, 'minute': 30}, 'year', 1)],
        ['2027-02-28 12:30', '2028-02-29 12:30'],
    ),
    (
        {'day': 'Mon,wednesday', 'hour': '3'},
        [({'hour': 3, 'minute': 0}, 'dayofweek', 0), ({'hour': 3, 'minute': 0}, 'dayofweek', 2)],
        ['2026-11-23 03:00', '2026-11-30 03:00'],
    ),
    (
        {'hour': '1,2', 'minute': '5'},
        [({'hour': 1, 'minute': 5}, 'day', 1), ({'hour': 2, 'minute': 5}, 'day', 1)],
        ['2026-11-23 01:05'],
    ),
    ('minutely/5', [({}, 'minute', 5)], ['2026-11-22 07:50', '2026-11-22 07:55']),
    ('hourly/2@:00', [({'minute': 0}, 'hour', 2)], ['2026-11-22 09:00']),
    ('daily', [({'hour': 0, 'minute': 0}, 'day', 1)], ['2026-11-23 00:00']),
    ('daily/3@10', [({'hour': 10, 'minute': 0}, 'day', 3)], ['2026-11-22 10:00', '2026-11-25 10:00']),
    ('weekly', [({'hour': 0, 'minute': 0}, 'dayofweek', 0)], ['2026-11-23 00:00']),
    (
        'monthly/-1,31',
        [({'hour': 0, 'minute': 0, 'dayofmonth': day}, 'month', 1) for day in (-1, 31)],
        ['2026-11-30 00:00', '2026-12-31 00:00', '2027-01-31 00:00', '2027-02-28 00:00'],
    ),
    ('yearly/02-03@05:06', [({'hour': 5, 'minute': 6, 'month': 2, 'dayofmonth': 3}, 'year', 1)], ['2027-02-03 05:06']),
]

REFUSED: list[tuple[typing.Any, str]] = [
    ({}, 'Must provide at least one optional argument'),
    ({'hour': '+1', 'day': '+1'}, 'May not provide more than 1 recurrence parameter'),
    ({'month': '1', 'hour': '+1'}, 'Fixed unit may not be larger than recurrence unit'),
    ({'year': '2030'}, 'Year may not be a fixed value'),
    ({'day': 'zork'}, 'Failed to parse day value "zork"'),
    ({'hour': 'zork'}, 'Failed to parse fixed parameter "zork"'),
    ({'hourly': '5', 'hour': '1'}, 'May not use both alias (..ly) and explicit options at the same time'),
    ({'minute': '75'}, 'Out of bounds reqdict value'),
    ({'day': '0'}, 'Out of bounds reqdict value'),
    ({'day': 'mon', 'month': '2'}, 'Days of the week cannot be combined'),
    ('hourly', 'Hourly period requires explicit minute'),
    ('zork', 'Unknown period: zork'),
    ('daily@25:00', 'Invalid hour value: 25 (must be 0-23)'),
    ('daily@14:30,16:00', 'Failed to parse period'),
    ('daily/1,2', 'Only one interval'),
    ('weekly/zork', 'Invalid day of week'),
    ('yearly/5', 'MM-DD'),
    ('minutely/0', 'Out of bounds incval'),
]


def parse(what: typing.Any) -> list[s_schedule.Record]:
    return s_schedule.from_period(what) if isinstance(what, str) else s_schedule.from_options(what)


@pytest.mark.parametrize(('what', 'recs', 'times'), VECTORS)
def test_vectors(what: typing.Any, recs: list[typing.Any], times: list[str]) -> None:
    assert parse(what) == recs
    when = NOW
    for want in times:
        found = s_schedule.next_time(recs[0], when)
        assert found is not None and f'{found:%Y-%m-%d %H:%M}' == want
        when = found


@pytest.mark.parametrize(('what', 'mesg'), REFUSED)
def test_refused(what: typing.Any, mesg: str) -> None:
    with pytest.raises((s_exc.StormRuntimeError, s_exc.BadTime)) as err:
        parse(what)
    assert mesg in err.value.get('mesg')


@hypothesis.given(st.text(max_size=30), st.sampled_from(['minute', 'hour', 'day', 'month', 'year', 'daily', 'yearly']))
def test_any_text_is_a_schedule_or_refused(text: str, name: str) -> None:
    for what in (text, {name: text}, f'monthly/{text}', f'daily@{text}'):
        try:
            recs = parse(what)
        except (s_exc.StormRuntimeError, s_exc.BadTime):
            continue
        for rec in recs:
            found = s_schedule.next_time(rec, NOW)
            assert found is not None and found > NOW


def test_once() -> None:
    later = NOW + datetime.timedelta(minutes=5)
    (rec,) = s_schedule.at_times([later, NOW - datetime.timedelta(days=1)], NOW)
    assert rec == ({'year': 2026, 'month': 11, 'hour': 7, 'minute': 50, 'dayofmonth': 22}, None, None)
    assert s_schedule.next_time(rec, NOW) == later.replace(second=0)
    assert s_schedule.next_time(rec, later) is None
    with pytest.raises(s_exc.BadTime):
        s_schedule.at_times([NOW - datetime.timedelta(hours=1)], NOW)
