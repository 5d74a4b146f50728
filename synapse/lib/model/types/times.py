"""Time, duration and interval. spec: types.md 2.10 to 2.12. Parsing and showing live in synapse.lib.time."""

from __future__ import annotations

import decimal
import functools
import typing

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.time as s_time

Pair = tuple[int, int]


class TimeBase(s_base.Ordered):
    """What a point in time and an interval share: the norm of one time, and pairs with relative ends."""

    ends: str | None = None  # the type that an error about one end of it names

    def tick(self, valu: typing.Any, base: int | None = None) -> int:
        """Return one time; ``base`` is what relative text counts from (default: now). Raises BadTypeValu."""
        kind = type(valu)
        if kind is str:
            try:
                tick = s_time.parse(valu, base)
            except s_exc.BadTypeValu as e:
                e.set('valu', valu)
                if e.get('name') is not None:
                    e.set('name', self.ends or self.name)
                raise e from None
        elif kind is int:
            tick = valu
        elif kind is decimal.Decimal and valu.is_finite() and abs(valu) < 2**64:
            tick = int(valu)
        else:
            raise s_exc.BadTypeValu(name=self.name, mesg=f'no norm for type: {kind}.')
        if s_time.MIN_TIME <= tick <= s_time.MAX_TIME or tick == s_time.FUTURE:
            return tick
        mesg = f'Time exceeds max size [{s_time.MAX_TIME}] allowed for a non-future marker, got {s_base.show(valu)}'
        if tick < 0:
            mesg = f'Time is below the smallest time that can be stored, got {s_base.show(valu)}'
        raise self.bad(valu, mesg)

    def pair(self, valu: typing.Any) -> Pair:
        """Return the two times of a pair; a second one with a sign is relative to the first. Raises BadTypeValu."""
        first, second = valu
        base = self.tick(first)
        if type(second) is str and second.lstrip()[:1] in ('+', '-'):
            text = second.lstrip()
            both = text.startswith('+-')
            try:
                delta = s_time.delta(text[2:] if both else text)
            except s_exc.BadTypeValu as e:
                raise self.bad(valu, e.get('mesg')) from None
            start, end = sorted((base - delta if both else base, base + delta))
            return self.tick(start), self.tick(end)
        return base, self.tick(second)

    def window(self, valu: typing.Any) -> Pair:
        """Return the half-open interval that the right side of ``@=`` means."""
        if type(valu) in (list, tuple):
            if len(valu) != 2:
                raise self.bad(valu, 'An interval needs two times.')
            return self.pair(valu)
        if type(valu) is str and ',' in valu:
            return self.pair(valu.split(',', 1))
        tick = self.tick(valu)
        return tick, tick + 1


class Time(TimeBase):
    """A point in time in milliseconds; ``ismin`` and ``ismax`` keep the smaller or the larger of two. spec: 2.10"""

    ctor = 'synapse.lib.types.Time'
    stortype = s_base.TIME
    defopts = {'ismin': False, 'ismax': False}
    CMPRS = TimeBase.CMPRS | {'@=': 'cmpr_at'}
    LIFTS = TimeBase.LIFTS | {'@=': 'lift_at'}

    def setup(self) -> None:
        """Choose the storage type and the merge rule."""
        self.indx = s_indx.i64
        if self.opts['ismin']:
            self.stortype, self.merge = s_base.MINTIME, min
        elif self.opts['ismax']:
            self.stortype, self.merge = s_base.MAXTIME, max
        self.norms = {int: self.norm_int, str: self.norm_tick, decimal.Decimal: self.norm_tick}

    def norm_int(self, valu: int) -> s_base.Normed:
        """Check the bounds."""
        if s_time.MIN_TIME <= valu <= s_time.MAX_TIME:
            return valu, s_base.NOINFO
        return self.tick(valu), s_base.NOINFO

    def norm_tick(self, valu: typing.Any) -> s_base.Normed:
        """Parse text or truncate."""
        return self.tick(valu), s_base.NOINFO

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the date and time."""
        return s_time.repr(valu)

    def wildcard(self, valu: typing.Any) -> Pair | None:
        """Return the calendar unit ``[start, end)`` that text with a ``*`` at its end means."""
        if type(valu) is not str or not valu.endswith('*'):
            return None
        try:
            return s_time.wildcard(valu)
        except s_exc.BadTypeValu as e:
            raise self.bad(valu, e.get('mesg')) from None

    def bound(self, cmpr: str, valu: typing.Any) -> typing.Any:
        """A calendar unit is before a time when its end is."""
        unit = self.wildcard(valu)
        if unit is None:
            return self.tick(valu)
        return unit[1] if cmpr in ('<', '<=') else unit[0]

    def bounds(self, valu: typing.Any) -> tuple[typing.Any, typing.Any]:
        """The ends of a range may be relative. Raises BadTypeValu."""
        if type(valu) not in (list, tuple):
            raise self.bad(valu, f'Range value must be a list: {s_base.show(valu)}')
        if len(valu) != 2:
            mesg = f'Must be a 2-tuple: {s_base.show(valu)}'
            raise s_exc.BadCmprValu(cmpr='range=', name=self.name, valu=valu, itemtype=type(valu).__name__, mesg=mesg)
        return self.pair(valu)

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for lying in a calendar unit."""
        unit = self.wildcard(valu)
        if unit is None:
            return super().cmpr_eq(valu)
        start, end = unit
        return lambda item: start <= item < end

    def cmpr_at(self, valu: typing.Any) -> s_base.Test:
        """Test for lying in an interval; its end is outside."""
        start, end = self.window(valu)
        return lambda item: start <= item < end

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift one time or a calendar unit."""
        unit = self.wildcard(valu)
        if unit is None:
            return super().lift_eq(valu)
        return [s_base.Lift(self.indx(unit[0]), self.indx(unit[1]))]

    def lift_at(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift what lies in an interval; its end is outside."""
        start, end = self.window(valu)
        if start >= end:
            return []
        return [s_base.Lift(self.indx(start), self.indx(end))]


def _duration_key(valu: int) -> bytes:
    return (valu + (1 << 63)).to_bytes(9, 'big')


class Duration(s_base.Ordered):
    """A length of time in milliseconds. spec: types.md 2.11"""

    ctor = 'synapse.lib.types.Duration'
    stortype = s_base.U64
    defopts = {'signed': False}

    def setup(self) -> None:
        """Negative durations exist although the storage type has no sign, so the key has room for both."""
        self.indx = _duration_key
        self.norms = {int: self.norm_int, str: self.norm_text, decimal.Decimal: self.norm_decimal}

    def norm_int(self, valu: int) -> s_base.Normed:
        """Milliseconds."""
        if -(1 << 63) <= valu < 1 << 64:
            return valu, s_base.NOINFO
        raise self.bad(valu, 'Duration is out of range.')

    def norm_decimal(self, valu: decimal.Decimal) -> s_base.Normed:
        """Truncate to milliseconds."""
        if not valu.is_finite() or abs(valu) >= 2**64:
            raise self.bad(valu, 'Duration is out of range.')
        return self.norm_int(int(valu))

    def norm_text(self, valu: str) -> s_base.Normed:
        """``<days>D`` and/or ``[h:]m:s[.frac]`` or seconds."""
        days, found, rest = valu.strip().partition('D')
        if not found:
            days, rest = '', valu
        rest = rest.strip()
        if len(rest) > 100 or len(days) > 30 or not (days or rest):
            raise self.bad(valu, 'Invalid duration.')
        total = self.integer(days, valu) * s_time.DAY if found else 0
        if rest:
            parts = rest.split(':')
            if len(parts) > 3:
                raise self.bad(valu, 'Invalid number of ":" characters for duration.')
            for part, size in zip(reversed(parts[:-1]), (s_time.MINUTE, s_time.HOUR), strict=False):
                total += self.integer(part, valu) * size
            total += self.seconds(parts[-1], valu)
        return self.norm_int(total)

    def integer(self, text: str, valu: str) -> int:
        """Return a whole number of days, hours or minutes."""
        try:
            return int(text) if text.strip().lstrip('+-').isdigit() else int(text, 0)
        except ValueError:
            raise self.bad(valu, f'Invalid numeric value in duration: {text[:100]}.') from None

    def seconds(self, text: str, valu: str) -> int:
        """Return seconds with a fraction as milliseconds."""
        try:
            number = decimal.Decimal(text)
        except decimal.InvalidOperation:
            raise self.bad(valu, f'Invalid numeric value in duration: {text[:100]}.') from None
        if not number.is_finite() or number.adjusted() > 18:
            raise self.bad(valu, f'Invalid numeric value in duration: {text[:100]}.')
        return int(number * 1000)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show days and time."""
        return s_time.repr_delta(valu)


def merge_ival(old: Pair, new: Pair) -> Pair:
    """Return the interval that covers two; an empty one (of a tag without times) changes nothing."""
    if old[0] is None:
        return new
    if new[0] is None:
        return old
    return min(old[0], new[0]), max(old[1], new[1])


class Ival(TimeBase):
    """A half-open interval of time. spec: types.md 2.12"""

    ctor = 'synapse.lib.types.Ival'
    stortype = s_base.IVAL
    ends = 'time'
    CMPRS = s_base.Type.CMPRS | {'@=': 'cmpr_at'}
    LIFTS = s_base.Type.LIFTS | {'@=': 'lift_at'}

    def setup(self) -> None:
        """A time, or a pair of times."""
        self.indx = s_indx.ival
        self.merge = merge_ival
        # two runs of digits mean the same at any time, and come again and again
        self.digits = functools.lru_cache(maxsize=1024)(lambda first, second: self.ordered((first, second)))
        self.norms = {
            tuple: self.norm_pair,
            list: self.norm_pair,
            int: self.norm_tick,
            str: self.norm_text,
            decimal.Decimal: self.norm_tick,
        }

    def norm_pair(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Two times in order; two equal ones are one millisecond."""
        if len(valu) != 2:
            raise self.bad(valu, f'Ival needs 2 items, got {len(valu)}.')
        first, second = valu
        if type(first) is str and type(second) is str and first.isdecimal() and second.isdecimal():
            return self.digits(first, second)
        return self.ordered(valu)

    def ordered(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Return the norm of a pair."""
        start, end = self.pair(valu)
        if start == end:
            end = self.tick(end + 1)
        if start > end:
            raise self.bad(valu, 'Ival range must in (min, max) format')
        return (start, end), s_base.NOINFO

    def norm_tick(self, valu: typing.Any) -> s_base.Normed:
        """One time is one millisecond."""
        start = self.tick(valu)
        if start == s_time.FUTURE:
            raise self.bad(valu, 'interval requires begin time')
        return (start, self.tick(start + 1)), s_base.NOINFO

    def norm_text(self, valu: str) -> s_base.Normed:
        """One time, or two with a comma between."""
        if ',' in valu:
            return self.norm_pair(valu.split(',', 1))
        return self.norm_tick(valu)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show both ends."""
        return (s_time.repr(valu[0]), s_time.repr(valu[1]))

    def cmpr_at(self, valu: typing.Any) -> s_base.Test:
        """Test for having a millisecond in common; a tag without times has none."""
        start, end = self.window(valu)
        if start >= end:
            return s_base.never
        return lambda item: item[0] is not None and item[0] < end and item[1] > start

    def lift_at(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift what begins before the end, and test that it ends after the start."""
        start, end = self.window(valu)
        if start >= end:
            return []
        return [s_base.Lift(b'', s_indx.i64(end), lambda item: item[1] > start)]
