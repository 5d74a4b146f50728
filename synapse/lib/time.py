"""Times as Synapse has them: integer milliseconds since 1970-01-01 UTC, and the texts that people write for them.

spec: types.md 2.10. The parser is fuzzy on purpose: it looks at the digits, and their count decides what they mean, so
``2020``, ``2020-03``, ``2020/03/04 05:06`` and ``20200304050607`` all parse. Zones and relative parts (``-1 day``) are
taken off first. All functions raise BadTypeValu, all are linear in the length of the text.
"""

from __future__ import annotations

import datetime
import functools
import re
import time

import synapse.exc as s_exc

FUTURE = 0x7FFFFFFFFFFFFFFF  # '?': some time in the future, not known
MAX_TIME = 253402300799999  # 9999/12/31 23:59:59.999
MIN_TIME = -0x8000000000000000

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_SHOW_TEXT = 200  # characters of a value that error messages repeat
_MAX_TEXT = 512  # characters that a time can have: nobody writes more, and the searches below stay short

# zone names and their hours from UTC (model.json tables.timezones)
ZONES = {
    'a': -1,
    'cdt': -5,
    'cst': -6,
    'edt': -4,
    'est': -5,
    'gmt': 0,
    'm': -12,
    'mdt': -6,
    'mst': -7,
    'n': 1,
    'pdt': -7,
    'pst': -8,
    'ut': 0,
    'utc': 0,
    'y': 12,
    'z': 0,
}
UNITS = {
    'sec': SECOND,
    'secs': SECOND,
    'second': SECOND,
    'seconds': SECOND,
    'min': MINUTE,
    'mins': MINUTE,
    'minute': MINUTE,
    'minutes': MINUTE,
    'hour': HOUR,
    'hours': HOUR,
    'day': DAY,
    'days': DAY,
}
_MONTHS = {name: i for i, name in enumerate('jan feb mar apr may jun jul aug sep oct nov dec'.split(), 1)}

_DASHES = ('--', '//')

# the usual complete forms in one match: date, or date and time with an optional fraction, Z or none
_usual = re.compile(
    r'([0-9]{4})([-/]?)([0-9]{2})\2([0-9]{2})(?:[ tT]?([0-9]{2}):?([0-9]{2}):?([0-9]{2})(?:\.([0-9]{1,6}))?)?[zZ]?'
)
_unit = re.compile(r'(?:sec|min|hour|day)')
_tail = r'(?=\s*$|\s*[+-]\s*[0-9]+\s*[a-z]+\s*$)'  # a zone stands at the end, or before a trailing "-1 day"
_offset = re.compile(r'(?<=[0-9])\s*([+-])([0-9]{1,2}):?([0-9]{2})' + _tail)
_zone = re.compile(r'(?<=[0-9])\s?(' + '|'.join(sorted(ZONES, key=len, reverse=True)) + ')' + _tail)
_rfc822 = re.compile(
    r'(?:(?:mon|tue|wed|thu|fri|sat|sun),)?([0-9]{1,2})('
    + '|'.join(_MONTHS)
    + r')([0-9]{4})([0-9]{2}):([0-9]{2}):([0-9]{2})'
)
_delta = re.compile(r'\s*([+-]?)\s*([0-9]*)\s*(.*?)\s*', re.DOTALL)
_nondigit = re.compile(r'[^0-9]+')


def now() -> int:
    """Return the present time."""
    return time.time_ns() // 1000000


def _bad(text: str, mesg: str) -> s_exc.SynErr:
    return s_exc.BadTypeValu(name='time', valu=text, mesg=mesg)


def _bad_digits(text: str, e: Exception) -> s_exc.SynErr:
    return s_exc.BadTypeValu(valu=text, mesg=f'Error parsing time "{text[:_SHOW_TEXT]}"; {e}')


def make(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Return the time of calendar fields. Raises ValueError for fields out of range."""
    days = datetime.date(year, month, day).toordinal() - _EPOCH_DAY
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError('hour, minute or second out of range')
    return days * DAY + hour * HOUR + minute * MINUTE + second * SECOND


def parse(text: str, base: int | None = None) -> int:
    """Return the time that a text means; ``base`` is what a leading ``+`` or ``-`` counts from (default: now)."""
    if len(text) in (19, 20) and text[13:17:3] == '::' and text[4:8:3] in _DASHES:
        tick = _parse_iso(text)
        if tick is not None:
            return tick
    if text.isdecimal() and text.isascii() and len(text) <= _MAX_TEXT:
        return _digits_cached(text)
    match = _usual.fullmatch(text)
    if match is not None:
        year, _, month, day, hour, minute, second, frac = match.groups()
        try:
            if hour is None:
                return make(int(year), int(month), int(day))
            tick = make(int(year), int(month), int(day), int(hour), int(minute), int(second))
        except ValueError as e:
            raise _bad_digits(text, e) from None
        return tick if frac is None else tick + int(frac[:3].ljust(3, '0'))
    return _parse_any(text, base)


def _parse_iso(text: str) -> int | None:
    """Return the time of exactly ``YYYY-MM-DD hh:mm:ss`` with an optional Z, which C code reads; None for others."""
    if len(text) == 20:
        if text[19] not in 'zZ':
            return None
        text = text[:19]
    try:
        found = datetime.datetime.fromisoformat(text.replace('/', '-'))
    except ValueError:
        return None
    days = found.toordinal() - _EPOCH_DAY
    return days * DAY + found.hour * HOUR + found.minute * MINUTE + found.second * SECOND


def _parse_any(orig: str, base: int | None) -> int:
    if len(orig) > _MAX_TEXT:
        raise _bad(orig[:_SHOW_TEXT], f'Unknown time format for {orig[:_SHOW_TEXT]}')
    text = orig.strip().lower()
    if text == 'now':
        return now()
    if text == '?':
        return FUTURE
    text, shift = _take_zone(text, orig)
    if _unit.search(text):
        for sign in '-+':
            left, found, right = text.partition(sign)
            if found:
                start = (now() if base is None else base) if not left.strip() else _parse_any(left, None)
                return start + delta(sign + right) - shift
    match = _rfc822.fullmatch(text.replace(' ', ''))
    try:
        if match is not None:
            day, month, year, hour, minute, second = match.groups()
            return make(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second)) - shift
        return _digits(_nondigit.sub('', text), orig) - shift
    except ValueError as e:
        raise _bad_digits(orig, e) from None


def _take_zone(text: str, orig: str) -> tuple[str, int]:
    """Return the text without its zone, and the zone's offset in milliseconds."""
    match = _offset.search(text)
    if match is not None:
        shift = int(match[2]) * HOUR + int(match[3]) * MINUTE
        if shift >= DAY:
            raise _bad(orig, f'Timezone offset must be between +/- 24 hours for {orig[:_SHOW_TEXT]}')
        return text[: match.start()] + text[match.end() :], -shift if match[1] == '-' else shift
    match = _zone.search(text)
    if match is not None:
        return text[: match.start()] + text[match.end() :], ZONES[match[1]] * HOUR
    return text, 0


@functools.lru_cache(maxsize=4096)
def _digits_cached(text: str) -> int:
    try:
        return _digits(text, text)
    except ValueError as e:
        raise _bad_digits(text, e) from None


def _digits(text: str, orig: str) -> int:
    """Return the time that a run of digits means: their count decides."""
    size = len(text)
    if size in (4, 6, 8, 10, 12, 14):
        return make(int(text[:4]), *(int(text[i : i + 2]) for i in range(4, size, 2)))
    if size < 15:
        raise _bad(orig, f'Unknown time format for {orig[:_SHOW_TEXT]}')
    return _digits(text[:14], orig) + int(text[14:17].ljust(3, '0'))


def delta(text: str) -> int:
    """Return the milliseconds of ``[+-] N unit`` (sec, min, hour, day and their long and plural names)."""
    match = _delta.fullmatch(text.lower())
    size = UNITS.get(match[3]) if match is not None else None
    if match is None or size is None:
        unit = match[3] if match is not None else text
        raise _bad(text, f'unknown time delta units: {unit[:_SHOW_TEXT]} for {text[:_SHOW_TEXT]}')
    if not match[2] or len(match[2]) > 18:
        raise _bad(text, f'Invalid number in time delta: {text[:_SHOW_TEXT]}')
    return int(match[2]) * size * (-1 if match[1] == '-' else 1)


def wildcard(text: str) -> tuple[int, int]:
    """Return the calendar unit ``[start, end)`` that a text such as ``2020/03*`` means."""
    digits = _nondigit.sub('', text)
    size = len(digits)
    if size not in (4, 6, 8, 10, 12, 14):
        raise _bad(text, 'Time wild card position not supported.')
    try:
        start = _digits(digits, text)
    except ValueError as e:
        raise _bad_digits(text, e) from None
    if size > 6:
        return start, start + {8: DAY, 10: HOUR, 12: MINUTE, 14: SECOND}[size]
    year, month = int(digits[:4]), int(digits[4:6] or 12)
    if (year, month) == (9999, 12):
        return start, MAX_TIME + 1
    return start, make(year + month // 12, month % 12 + 1)


def repr(tick: int) -> str:
    """Return ``YYYY/MM/DD hh:mm:ss.mmm`` (the year is not padded), ``?`` for the future marker.

    Times outside of the years 1 to 9999 cannot be written as dates and show their milliseconds.
    """
    if tick == FUTURE:
        return '?'
    days, rest = divmod(tick, DAY)
    try:
        date = datetime.date.fromordinal(days + _EPOCH_DAY)
    except (ValueError, OverflowError):
        return str(tick)
    secs, msec = divmod(rest, 1000)
    mins, sec = divmod(secs, 60)
    hour, minute = divmod(mins, 60)
    return f'{date.year}/{date.month:02}/{date.day:02} {hour:02}:{minute:02}:{sec:02}.{msec:03}'


def repr_delta(tick: int) -> str:
    """Return a duration as ``[nD ]hh:mm:ss.mmm``; negative ones count back from a negative number of days."""
    days, rest = divmod(tick, DAY)
    secs, msec = divmod(rest, 1000)
    mins, sec = divmod(secs, 60)
    hour, minute = divmod(mins, 60)
    text = f'{hour:02}:{minute:02}:{sec:02}.{msec:03}'
    return f'{days}D {text}' if days else text


def merge_ival(old: tuple[int, int], new: tuple[int, int]) -> tuple[int, int]:
    """Return the interval that covers two."""
    return min(old[0], new[0]), max(old[1], new[1])
