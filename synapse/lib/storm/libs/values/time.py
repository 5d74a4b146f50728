"""``$lib.time`` (spec: storm-runtime.md 4)."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import re
import typing
import zoneinfo

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


@lib('$lib.time.fromunix', readonly=False, pure=True)
def time_fromunix(rt: Runtime, secs: Any) -> int:
    """Return the time of a number of seconds since 1970. Raises: BadArg."""
    try:
        return int(s_coerce.tonumber(secs) * 1000)
    except (s_exc.BadCast, OverflowError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'Invalid unix epoch time: {s_coerce.text(secs)[:1000]!r}') from e


@lib('$lib.time.parse', pure=True)
def time_parse(rt: Runtime, valu: str, format: str, errok: bool = False) -> int | None:
    """Return the time that a text spells by a strptime format; null for bad text with errok."""
    try:
        when = datetime.datetime.strptime(valu, format)
    except (ValueError, re.error) as e:
        if errok:
            return None
        raise s_exc.StormRuntimeError(mesg=f'Error during time parsing - {e}', valu=valu, format=format) from e
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.UTC)
    return int((when - _EPOCH) / datetime.timedelta(milliseconds=1))


def to_datetime(rt: Runtime, valu: Any) -> datetime.datetime:
    """Return the datetime of a time value. Raises: BadTypeValu."""
    norm = rt.model.reqType('time').norm(int(valu) if isinstance(valu, decimal.Decimal) else s_coerce.toprim(valu))[0]
    try:
        return _EPOCH + datetime.timedelta(milliseconds=norm)
    except OverflowError as e:
        raise s_exc.BadTypeValu(mesg=f'Time is out of range: {s_coerce.text(valu)}', name='time') from e


@lib('$lib.time.format', pure=True)
def time_format(rt: Runtime, valu: Any, format: str) -> str:
    """Return the text of a time by a strftime format."""
    try:
        when = to_datetime(rt, valu)
    except s_exc.BadTypeValu as e:
        mesg = f'Failed to norm a time value prior to formatting - {e}'
        raise s_exc.StormRuntimeError(mesg=mesg, valu=s_coerce.text(valu), format=format) from e
    try:
        return when.strftime(format)
    except ValueError as e:
        raise s_exc.StormRuntimeError(mesg=f'Error during time format - {e}', valu=valu, format=format) from e


@s_registry.attr('$lib.time.formats')
def time_formats(rt: Runtime) -> dict[str, str]:
    """Formats for parse and format: iso8601, iso8601us, rfc2822, synapse."""
    return {
        'iso8601': '%Y-%m-%dT%H:%M:%SZ',
        'iso8601us': '%Y-%m-%dT%H:%M:%S.%fZ',
        'rfc2822': '%d %b %Y %H:%M:%S UT',
        'synapse': '%Y/%m/%d %H:%M:%S.%f',
    }


def _seconds(valu: Any) -> float:
    try:
        return max(float(s_coerce.tonumber(valu)), 0.0)
    except OverflowError as e:
        raise s_exc.BadArg(mesg='The number of seconds is too large.') from e


@lib('$lib.time.sleep')
async def time_sleep(rt: Runtime, valu: Any) -> None:
    """Wait for a number of seconds."""
    await rt.out.publish()
    await asyncio.sleep(_seconds(valu))


@lib('$lib.time.ticker', readonly=False)
async def time_ticker(rt: Runtime, tick: Any, count: int | None = None) -> typing.AsyncGenerator[int, None]:
    """Yield 0, 1, 2 ... with a number of seconds between them, for ever or so many times."""
    secs, turn = _seconds(tick), 0
    while count is None or turn < count:
        await rt.out.publish()
        await asyncio.sleep(secs)
        yield turn
        turn += 1


@lib('$lib.time.toUTC', pure=True)
def time_to_utc(rt: Runtime, tick: Any, timezone: str) -> tuple[bool, Any]:
    """Return (true, time in UTC) for a time of a time zone, or (false, error) for an unknown one."""
    when = to_datetime(rt, tick)
    try:
        zone = zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        mesg = f'Unknown timezone: {timezone}'
        info = {'err': 'BadArg', 'errmsg': f'BadArg: mesg={mesg!r}', 'errinfo': {'mesg': mesg}}
        return (False, {**info, 'errfile': '', 'errline': 0})
    when = when.replace(tzinfo=zone)
    return (True, int((when - _EPOCH) / datetime.timedelta(milliseconds=1)))


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
