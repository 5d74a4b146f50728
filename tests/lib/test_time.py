"""Times as people write them (types.md 2.10)."""

from __future__ import annotations

import pytest

import synapse.exc as s_exc
import synapse.lib.time as s_time

DAY = 86400000
Y2020 = 1577836800000

TEXTS = [
    ('2020', Y2020),
    ('2020/01/01 00:00:00.5', Y2020 + 500),
    ('2020-01-01T00:00:00.1234567', Y2020 + 123),
    ('20200101 10+01:00', Y2020 + 9 * 3600000),
    ('2020-01-01 00:00:00 +0100', Y2020 - 3600000),
    ('2020-01-01 00:00:00+05:00', Y2020 - 5 * 3600000),
    ('2020-01-01T00:00:00+01:60', Y2020 - 2 * 3600000),
    ('2020 EST', Y2020 + 5 * 3600000),
    ('2020n', Y2020 - 3600000),
    ('2020 est foo', Y2020),
    ('2020est0304', Y2020 + 63 * DAY),
    ('01 Jan 2020 00:00:00', Y2020),
    ('Wed,01Jan202000:00:00', Y2020),
    ('01 jan 2020 00:00:00 EST', Y2020 + 5 * 3600000),
    ('01 Jan 2020 00:00:00 +0100', Y2020 - 3600000),
    ('2020/01/01 +36 hours', Y2020 + 36 * 3600000),
    ('2020/01/02 EST -1day', Y2020 + 5 * 3600000),
    ('2020/01/01 00:00:00+01:00 -1 hour', Y2020 - 2 * 3600000),
    ('9999/12/31 23:59:59.999', s_time.MAX_TIME),
]


@pytest.mark.parametrize(('text', 'want'), TEXTS)
def test_parse(text: str, want: int) -> None:
    assert s_time.parse(text) == want


BAD = ['', 'foo', '202', '2020-13', '2020-02-30', '2020-01-01T24:00:00', '2020/01/01 00:00:60', '2020/3/4']
BAD += ['2020-03-04 -1 day', '2020/03/04 -1 week', '2020/03/04 + day', '2020-01-01T05:06:07+24:00', 'x' * 100000]
BAD += [
    '202013',
    '20200230',
    '202003040450607',
    'xyz, 04 Mar 2020 05:06:07',
    '0000',
    '2020/03/04 +' + '9' * 30 + ' days',
]


@pytest.mark.parametrize('text', BAD)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(s_exc.BadTypeValu) as info:
        s_time.parse(text)
    assert len(info.value.get('mesg')) < 1000


def test_relative_to_now() -> None:
    assert abs(s_time.parse('now') - s_time.now()) < 60000
    assert abs(s_time.parse('now-1day') - (s_time.now() - DAY)) < 60000
    assert abs(s_time.parse('-3 days') - (s_time.now() - 3 * DAY)) < 60000
    assert abs(s_time.parse('+1day-1hour') - (s_time.now() + DAY - 3600000)) < 60000
    assert s_time.parse('+ 1 day', base=Y2020) == Y2020 + DAY


def test_wildcards_are_calendar_units() -> None:
    assert s_time.wildcard('2020*') == (Y2020, Y2020 + 366 * DAY)
    assert s_time.wildcard('2020/02*') == (Y2020 + 31 * DAY, Y2020 + 60 * DAY)
    assert s_time.wildcard('2020/12*') == (Y2020 + 335 * DAY, Y2020 + 366 * DAY)
    assert s_time.wildcard('2020/01/01 00:00*') == (Y2020, Y2020 + 60000)
    assert s_time.wildcard('9999*')[1] == s_time.MAX_TIME + 1
    for text in ('202*', '20201*', '2020-13*'):
        with pytest.raises(s_exc.BadTypeValu):
            s_time.wildcard(text)


@pytest.mark.parametrize(
    ('tick', 'text'),
    [
        (0, '1970/01/01 00:00:00.000'),
        (-1, '1969/12/31 23:59:59.999'),
        (s_time.MAX_TIME, '9999/12/31 23:59:59.999'),
        (s_time.FUTURE, '?'),
        (-62135596800000, '1/01/01 00:00:00.000'),
        (-62135596900000, '-62135596900000'),
        (s_time.MIN_TIME, str(s_time.MIN_TIME)),
    ],
)
def test_repr(tick: int, text: str) -> None:
    assert s_time.repr(tick) == text


def test_repr_delta() -> None:
    assert s_time.repr_delta(93784005) == '1D 02:03:04.005'
    assert s_time.repr_delta(90000) == '00:01:30.000'
    assert s_time.repr_delta(-5) == '-1D 23:59:59.995'
