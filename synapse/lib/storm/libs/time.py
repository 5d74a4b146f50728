"""``$lib.time`` (spec: storm-runtime.md 4)."""

from __future__ import annotations

import asyncio
import datetime
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.time', 'Times in epoch milliseconds.')
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@lib('$lib.time.now', pure=True)
def time_now(rt: Runtime) -> int:
    """Return the current time."""
    return s_common.now()


@lib('$lib.time.fromunix', pure=True)
def time_fromunix(rt: Runtime, secs: Any) -> int:
    """Return the time of a number of seconds since 1970."""
    return int(s_coerce.tonumber(secs) * 1000)


@lib('$lib.time.parse', pure=True)
def time_parse(rt: Runtime, valu: Any, format: Any, errok: Any = False) -> int | None:
    """Return the time that a text spells by a strptime format; null for bad text with errok."""
    try:
        when = datetime.datetime.strptime(s_coerce.tostr(valu), s_coerce.tostr(format))
    except ValueError as e:
        if s_coerce.tobool(errok):
            return None
        raise s_exc.StormRuntimeError(mesg=f'Error during time parsing - {e}', valu=valu, format=format) from e
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.UTC)
    return int((when - _EPOCH) / datetime.timedelta(milliseconds=1))


def to_datetime(rt: Runtime, valu: Any) -> datetime.datetime:
    """Return the datetime of a time value. Raises: StormRuntimeError."""
    try:
        norm = rt.model.reqType('time').norm(s_coerce.tostor(valu))[0]
        return _EPOCH + datetime.timedelta(milliseconds=norm)
    except (s_exc.BadTypeValu, OverflowError) as e:
        mesg = f'Error during time normalization - {e}'
        raise s_exc.StormRuntimeError(mesg=mesg, valu=s_coerce.text(valu)) from e


@lib('$lib.time.format', pure=True)
def time_format(rt: Runtime, valu: Any, format: Any) -> str:
    """Return the text of a time by a strftime format."""
    try:
        return to_datetime(rt, valu).strftime(s_coerce.tostr(format))
    except ValueError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error during time format - {e}', valu=valu, format=format) from e


@lib('$lib.time.sleep')
async def time_sleep(rt: Runtime, valu: Any) -> None:
    """Wait for a number of seconds."""
    await rt.out.publish()
    await asyncio.sleep(float(s_coerce.tonumber(valu)))


def _field(name: str, get: typing.Callable[[datetime.datetime], int], doc: str) -> None:
    def field(rt: Runtime, tick: Any) -> int:
        return get(to_datetime(rt, tick))

    field.__doc__ = doc
    lib(f'$lib.time.{name}', pure=True)(field)


_field('year', lambda when: when.year, 'Return the year of a time.')
_field('month', lambda when: when.month, 'Return the month (1 to 12) of a time.')
_field('day', lambda when: when.day, 'Return the day of the month of a time.')
_field('hour', lambda when: when.hour, 'Return the hour of a time.')
_field('minute', lambda when: when.minute, 'Return the minute of a time.')
_field('second', lambda when: when.second, 'Return the second of a time.')
_field('dayofweek', lambda when: when.weekday(), 'Return the day of the week of a time, Monday being 0.')
_field('dayofyear', lambda when: when.timetuple().tm_yday - 1, 'Return the day of the year of a time, from 0.')
_field('dayofmonth', lambda when: when.day - 1, 'Return the day of the month of a time, from 0.')
_field('monthofyear', lambda when: when.month - 1, 'Return the month of a time, from 0.')
