"""When cron jobs run: records, and what users write for them (spec: storm-runtime.md 10). Pure; all times are UTC.

A record is ``(required, unit, count)``. ``required`` fixes fields of the time (year, month, dayofmonth, hour, minute);
``unit`` and ``count`` say how it recurs, None when it does not. For the unit ``dayofweek`` the count is the day, 0
being Monday. A dayofmonth below zero counts from the end; one beyond the month means its last day.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import typing

import synapse.exc as s_exc

Fields = dict[str, int]
Record = tuple[Fields, str | None, int | None]
Time = datetime.datetime

UNITS = ('minute', 'hour', 'day', 'month', 'year')
_SMALLEST: Fields = {'minute': 0, 'hour': 0, 'dayofmonth': 1, 'month': 1}
_FIELD = {'minute': 'minute', 'hour': 'hour', 'day': 'dayofmonth', 'month': 'month'}
_REQUIRED = {'minute': (0, 59), 'hour': (0, 23), 'dayofmonth': (-31, 31), 'month': (1, 12), 'year': (2000, 2999)}
_COUNTS = {'minute': (1, 2592000), 'hour': (1, 1000), 'day': (1, 1825), 'month': (1, 60), 'year': (1, 5)}
_COUNTS['dayofweek'] = (0, 6)
_DAYS = [name.lower() for name in calendar.day_name]


def req_record(rec: Record) -> Record:
    """Return a record whose numbers are possible. Raises: BadTime."""
    fields, unit, count = rec
    for name, valu in fields.items():
        low, high = _REQUIRED[name]
        if not low <= valu <= high or (name == 'dayofmonth' and not valu):
            raise s_exc.BadTime(mesg='Out of bounds reqdict value')
    if unit is not None:
        low, high = _COUNTS[unit]
        if count is None or not low <= count <= high:
            raise s_exc.BadTime(mesg='Out of bounds incval')
    return rec


# the next time


def next_time(rec: Record, after: Time) -> Time | None:
    """Return the first time of a record after another time, None if there is none any more."""
    fields, unit, count = rec
    count = count or 0
    start = after.replace(second=0, microsecond=0)
    if unit == 'minute':
        return start + datetime.timedelta(minutes=count)
    if unit is None:
        found = _at(start, fields)
        return found if found > after else None
    found = _at(start, fields)
    if unit == 'dayofweek':
        found += datetime.timedelta(days=(count - found.weekday()) % 7)
        return found if found > after else found + datetime.timedelta(days=7)
    while found <= after:
        if unit == 'hour':
            found += datetime.timedelta(hours=count)
        elif unit == 'day':
            found += datetime.timedelta(days=count)
        else:
            months = found.year * 12 + found.month - 1 + count * (12 if unit == 'year' else 1)
            found = _at(found.replace(year=months // 12, month=months % 12 + 1, day=1), fields)
    return found


def _at(base: Time, fields: Fields) -> Time:
    """Return a time with some fields replaced; days are fitted into the month."""
    year, month = fields.get('year', base.year), fields.get('month', base.month)
    days = calendar.monthrange(year, month)[1]
    day = fields.get('dayofmonth', base.day)
    day = max(days + 1 + day, 1) if day < 0 else min(day, days)
    hour, minute = fields.get('hour', base.hour), fields.get('minute', base.minute)
    return base.replace(year=year, month=month, day=day, hour=hour, minute=minute)


# what users write: the options of cron.add


def _fail(mesg: str) -> s_exc.SynErr:
    return s_exc.StormRuntimeError(mesg=mesg)


def _whole(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _fail(f'Failed to parse {what} parameter "{text}"') from None


def from_options(opts: dict[str, str | None]) -> list[Record]:
    """Return the records for minute, hour, day, month, year or an alias. Raises: StormRuntimeError, BadTime."""
    given = {name: text for name, text in opts.items() if text is not None}
    aliases = [name for name in given if name.endswith('ly')]
    if not given:
        raise _fail('Must provide at least one optional argument')
    if aliases:
        if len(given) > 1:
            raise _fail('May not use both alias (..ly) and explicit options at the same time')
        return [req_record(_alias(aliases[0], given[aliases[0]]))]
    unit: str | None = None
    count = 1
    fixed: dict[str, list[int]] = {}
    weekdays: list[int] = []
    for name in UNITS[::-1]:
        text = given.get(name)
        if text is None:
            continue
        if text.startswith('+'):
            if unit is not None:
                raise _fail('May not provide more than 1 recurrence parameter')
            unit, count = name, _whole(text[1:], 'recurrence')
        elif name == 'year':
            raise _fail('Year may not be a fixed value')
        elif name == 'day' and not text.lstrip('-')[:1].isdigit():
            weekdays = [_weekday(part) for part in text.split(',')]
        else:
            fixed[name] = [_whole(part, 'fixed') for part in text.split(',')]
        if unit is not None and name in fixed and UNITS.index(name) >= UNITS.index(unit):
            raise _fail('Fixed unit may not be larger than recurrence unit')
    if unit is not None and any(UNITS.index(name) >= UNITS.index(unit) for name in fixed):
        raise _fail('Fixed unit may not be larger than recurrence unit')
    if weekdays:
        if unit is not None or 'month' in fixed:
            raise _fail('Days of the week cannot be combined with a month or a recurrence')
        return [req_record((fields, 'dayofweek', day)) for fields in _products(fixed, 'day') for day in weekdays]
    if unit is None:
        largest = max(fixed, key=UNITS.index)
        unit = UNITS[UNITS.index(largest) + 1]
    return [req_record((fields, unit, count)) for fields in _products(fixed, unit)]


def _weekday(text: str) -> int:
    for numb, name in enumerate(_DAYS):
        if text.lower() in (name, name[:3]):
            return numb
    raise _fail(f'Failed to parse day value "{text}"')


def _products(fixed: dict[str, list[int]], unit: str) -> list[Fields]:
    """Return the fields of each combination; units below the recurrence that are not fixed get their smallest value."""
    below = UNITS[: UNITS.index(unit)]
    names = below[::-1]
    choices = [fixed.get(name, [_SMALLEST[_FIELD[name]]]) for name in names]
    return [dict(zip([_FIELD[name] for name in names], combo, strict=True)) for combo in itertools.product(*choices)]


def _alias(name: str, text: str) -> Record:
    """Return the record of hourly MM, daily HH:MM, monthly D:HH:MM, yearly M:D:HH:MM; what lacks is the smallest."""
    fields = {'hourly': ('minute',), 'daily': ('hour', 'minute'), 'monthly': ('dayofmonth', 'hour', 'minute')}
    fields['yearly'] = ('month', 'dayofmonth', 'hour', 'minute')
    parts = text.split(':')
    if len(parts) != len(fields[name]):
        raise _fail(f'Failed to parse parameter "{text}"')
    try:
        valus = [int(part) for part in parts]
    except ValueError as e:
        raise _fail(f'Failed to parse ..ly parameter: {e}') from None
    unit = {'hourly': 'hour', 'daily': 'day', 'monthly': 'month', 'yearly': 'year'}[name]
    return (dict(zip(fields[name], valus, strict=True)), unit, 1)


# what users write: --period


def from_period(text: str) -> list[Record]:
    """Return the records of ``NAME[/VALUES][@TIME]``. Raises: StormRuntimeError, BadTime."""
    head, _, at = text.partition('@')
    name, _, valus = head.partition('/')
    parts = valus.split(',') if valus else []
    if name == 'minutely':
        return [req_record(({}, 'minute', _count(parts)))]
    if name == 'hourly':
        if not at.startswith(':'):
            raise _fail('Failed to parse period: Hourly period requires explicit minute')
        minutes = [_clock(minute.lstrip(':'), 'minute', 59) for minute in at[1:].split(',')]
        return [req_record(({'minute': minute}, 'hour', _count(parts))) for minute in minutes]
    if name not in ('daily', 'weekly', 'monthly', 'yearly'):
        raise _fail(f'Failed to parse period: Unknown period: {text}')
    hour, _, minute = at.partition(':')
    time = {'hour': _clock(hour or '0', 'hour', 23), 'minute': _clock(minute or '0', 'minute', 59)}
    if name == 'daily':
        return [req_record((time, 'day', _count(parts)))]
    if name == 'weekly':
        return [req_record((time, 'dayofweek', _period_day(part))) for part in parts or ['mon']]
    if name == 'monthly':
        days = [_period_int(part) for part in parts or ['1']]
        return [req_record(({**time, 'dayofmonth': day}, 'month', 1)) for day in days]
    dates = [part.split('-') for part in parts or ['01-01']]
    if any(len(date) != 2 for date in dates):
        raise _fail('Failed to parse period: Yearly values must be MM-DD')
    recs = [{**time, 'month': _period_int(month), 'dayofmonth': _period_int(day)} for month, day in dates]
    return [req_record((fields, 'year', 1)) for fields in recs]


def _period_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _fail(f'Failed to parse period: Invalid value: {text}') from None


def _period_day(text: str) -> int:
    try:
        return _weekday(text)
    except s_exc.StormRuntimeError:
        raise _fail(f'Failed to parse period: Invalid day of week: {text}') from None


def _count(parts: list[str]) -> int:
    if len(parts) > 1:
        raise _fail('Failed to parse period: Only one interval may be given')
    return _period_int(parts[0]) if parts else 1


def _clock(text: str, what: str, most: int) -> int:
    valu = _period_int(text)
    if not 0 <= valu <= most:
        raise _fail(f'Failed to parse period: Invalid {what} value: {valu} (must be 0-{most})')
    return valu


# one time only


def at_times(times: typing.Iterable[Time], now: Time) -> list[Record]:
    """Return the records of times, those that lie before now left out. Raises: BadTime when none is left."""
    recs: list[Record] = []
    for when in times:
        if when >= now.replace(second=0, microsecond=0):
            fields = {name: getattr(when, name) for name in ('year', 'month', 'hour', 'minute')}
            recs.append(req_record(({**fields, 'dayofmonth': when.day}, None, None)))
    if not recs:
        raise s_exc.BadTime(mesg='Appointment is in the past')
    return recs
