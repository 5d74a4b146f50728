"""Methods of numbers, ``$lib.math``, ``$lib.random`` and ``$lib.gis`` (spec: storm-runtime.md 2.6, 4)."""

from __future__ import annotations

import decimal
import math
import random
import re
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.typedoc('number', 'A decimal number of up to 49 digits.')
s_registry.typedoc('boolean', 'True or false.')
s_registry.libdoc('$lib.math', 'Numbers.')

_ROUNDINGS = (
    'ROUND_CEILING',
    'ROUND_FLOOR',
    'ROUND_UP',
    'ROUND_DOWN',
    'ROUND_HALF_UP',
    'ROUND_HALF_DOWN',
    'ROUND_HALF_EVEN',
    'ROUND_05UP',
)


_BASED = re.compile(r'[+-]?(0[xXbBoO]|\d+_)')


@lib('$lib.math.number', pure=True)
def math_number(rt: Runtime, value: Any) -> Any:
    """Return a value as a decimal number. Raises: BadCast."""
    try:
        if isinstance(value, decimal.Decimal):
            return value
        text = value if isinstance(value, int) else s_coerce.tostr(value).strip()
        if isinstance(text, str) and _BASED.match(text):
            text = s_coerce.toint(text)
        return s_coerce.CONTEXT.create_decimal(text)
    except (decimal.DecimalException, ValueError) as e:
        raise s_exc.BadCast(mesg=f'Failed to make number from {s_coerce.tostr(value)[:1000]!r}') from e


@method('number', 'scaleb', pure=True)
def number_scaleb(rt: Runtime, obj: decimal.Decimal, other: int) -> decimal.Decimal:
    """Return the number times ten to a power."""
    try:
        return s_coerce.CONTEXT.scaleb(_number(obj), other)
    except decimal.DecimalException as e:
        raise s_exc.StormRuntimeError(mesg=f'Error scaling number: the exponent {other} is too large.') from e


def _number(obj: Any) -> decimal.Decimal:
    return decimal.Decimal(repr(obj)) if isinstance(obj, float) else obj


@method('number', 'toint', pure=True)
def number_toint(rt: Runtime, obj: decimal.Decimal, rounding: str | None = None) -> int:
    """Return the integer; ``rounding`` is the name of a mode such as ROUND_HALF_UP, else digits are cut off."""
    obj = _number(obj)
    if rounding is not None and rounding not in _ROUNDINGS:
        lines = [', '.join(_ROUNDINGS[:4]), ', '.join(_ROUNDINGS[4:7]), _ROUNDINGS[7]]
        mesg = 'Error rounding number: valid values for rounding are:\n  [' + ',\n   '.join(lines) + ']'
        raise s_exc.StormRuntimeError(mesg=mesg, valurepr=s_coerce.text(obj))
    if not obj.is_finite() or obj.adjusted() > 10000:
        raise s_exc.StormRuntimeError(mesg='The number is too large for an integer.', valurepr=str(obj))
    return int(obj if rounding is None else obj.to_integral_value(rounding=rounding))


@method('number', 'tostr', pure=True)
def number_tostr(rt: Runtime, obj: decimal.Decimal) -> str:
    """Return the exact text."""
    return s_coerce.text(_number(obj))


@method('number', 'tofloat', pure=True)
def number_tofloat(rt: Runtime, obj: decimal.Decimal) -> float:
    """Return the nearest binary floating point number."""
    return float(obj)


# random

s_registry.libdoc('$lib.random', 'Random numbers.')
s_registry.typedoc('random', 'A source of random numbers that can be repeated.')


class Random(s_coerce.StormObj):
    """A source of random numbers, the same for the same seed."""

    storm_name = 'random'
    storm_mutable = False

    def __init__(self, seed: str | None) -> None:
        self.reseed(seed)

    def reseed(self, seed: str | None) -> None:
        """Begin anew."""
        self.seed = seed
        self.random = random.Random(seed)

    def storm_repr(self) -> str:
        return f'random seed={s_coerce.text(self.seed)}'


def _randint(source: random.Random, maxval: int, minval: int) -> int:
    if minval > maxval:
        mesg = f'Minval must be less than or equal to maxval, minval={minval}, maxval={maxval}'
        raise s_exc.BadArg(mesg=mesg, minval=minval, maxval=maxval)
    return source.randint(minval, maxval)


@lib('$lib.random.int', pure=True)
def random_int(rt: Runtime, maxval: int, minval: int = 0) -> int:
    """Return an integer between two bounds, both included. Raises: BadArg."""
    return _randint(random.SystemRandom(), maxval, minval)


@lib('$lib.random.generator', pure=True)
def random_generator(rt: Runtime, seed: str | None = None) -> Random:
    """Return a source of random numbers; the same seed gives the same ones."""
    return Random(seed)


@method('random', 'int')
def generator_int(rt: Runtime, obj: Random, maxval: int, minval: int = 0) -> int:
    """Return the next integer between two bounds, both included. Raises: BadArg."""
    return _randint(obj.random, maxval, minval)


@s_registry.getter('random', 'seed')
def generator_seed(rt: Runtime, obj: Random) -> str | None:
    """The seed; assigning one begins anew."""
    return obj.seed


@s_registry.setter('random')
def _set_seed(rt: Runtime, obj: Random, name: Any, valu: Any) -> None:
    if name != 'seed':
        raise s_exc.NoSuchName(
            mesg=f'Setting {s_coerce.text(name)} is not supported on random.', name=s_coerce.text(name)
        )
    obj.reseed(None if valu is None or valu is s_coerce.undef else s_coerce.tostr(valu))


# places on earth

s_registry.libdoc('$lib.gis', 'Places on earth.')
_RADIUS = 6371008800.0  # mean radius in millimetres


@lib('$lib.gis.bbox', pure=True)
def gis_bbox(rt: Runtime, lon: Any, lat: Any, dist: Any) -> tuple[float, float, float, float]:
    """Return (lonmin, lonmax, latmin, latmax) of a box around a place; dist is half its size in millimetres."""
    try:
        west, north = float(s_coerce.tonumber(lon)), float(s_coerce.tonumber(lat))
        turn = s_coerce.toint(dist) / _RADIUS
    except s_exc.BadCast as e:
        raise s_exc.BadArg(mesg=f'$lib.gis.bbox(): {e.get("mesg")}') from e
    except (OverflowError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'$lib.gis.bbox(): {e}') from e
    angle = math.radians(north)
    low, high = angle - turn, angle + turn
    if low > -math.pi / 2 and high < math.pi / 2:
        delta = math.asin(max(-1.0, min(1.0, math.sin(turn) / math.cos(angle))))
        lons = (math.radians(west) - delta, math.radians(west) + delta)
    else:
        low, high, lons = max(low, -math.pi / 2), min(high, math.pi / 2), (-math.pi, math.pi)
    return (math.degrees(lons[0]), math.degrees(lons[1]), math.degrees(low), math.degrees(high))
