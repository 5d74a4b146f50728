"""Space: distance, area, place on earth, speed. spec: types.md 2.14, 4.3"""

from __future__ import annotations

import decimal
import math
import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.numeric as s_numeric

Decimal = decimal.Decimal

EARTH_RADIUS = 6371008800  # mean, in mm
MAX_TEXT = 100  # characters of a measure: a number and a unit


def _units(text: str) -> dict[str, Decimal]:
    return {
        name: Decimal(size)
        for names, _, size in (row.partition('=') for row in text.split())
        for name in names.split(',')
    }


_DIST = _units(
    'mm,millimeter,millimeters=1 cm,centimeter,centimeters=10 m,meter,meters=1000 km,kilometer,kilometers=1000000 '
    'foot,feet=304.8 yard,yards=914.4 mile,miles=1609344'
)
# the multipliers are linear, as the contract has them
_AREA = _units(
    'sq.mm=1 sq.cm=10 sq.m=1000 sq.km=1000000 sq.feet=304.8 sq.yards=914.4 sq.miles=1609344'
)  # fmt: skip
_SPEED_DIST = _units(
    'mm,millimeters=1 k,km,kilometers=1000000 nmi=1852000 in,inches=25.4 ft,feet=304.8 mi,miles=1609344'
)
_SPEED_TIME = _units('s,sec=1 min,minute=60 h,hr,hour=3600')
_SPEED = {
    'mph': (Decimal(1609344), Decimal(3600)),
    'kph': (Decimal(1000000), Decimal(3600)),
    'knots': (Decimal(1852000), Decimal(3600)),
    'kts': (Decimal(1852000), Decimal(3600)),
    'c': (Decimal(299792458000), Decimal(1)),
}
_measure = re.compile(r'(-?[0-9]+(?:\.[0-9]+)?)\s*([a-z.]+)')
_speed = re.compile(r'(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)?)\s*(.*)', re.DOTALL)


class Measure(s_numeric.Int):
    """A number of millimetres; text needs a unit."""

    what = ''
    units: typing.ClassVar[dict[str, Decimal]] = {}
    mark = ''  # what stands before a unit when shown

    def setup(self) -> None:
        """The option ``baseoff`` is what a text of 0 means."""
        super().setup()
        self.baseoff: int = self.opts.get('baseoff') or 0
        self.norms[str] = self.norm_measure

    def norm_measure(self, valu: str) -> s_base.Normed:
        """Parse a number and a unit."""
        text = valu.strip().lower()
        match = _measure.fullmatch(text) if len(text) <= MAX_TEXT else None
        size = self.units.get(match[2]) if match is not None else None
        if match is None or size is None:
            raise self.bad(valu, f'Unknown unit of {self.what}: {valu[:200]}')
        total = int(Decimal(match[1]) * size) + self.baseoff
        if total < 0:
            raise self.bad(valu, f'A {self.name} may not be negative: {valu[:200]}')
        return self.norm_int(total)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show in the largest unit of which it is at least one."""
        valu -= self.baseoff
        for digits, unit in ((6, 'km'), (3, 'm'), (1, 'cm')):
            if abs(valu) >= 10**digits:
                text = format(Decimal(valu).scaleb(-digits), 'f').rstrip('0')
                return f'{text}0 {self.mark}{unit}' if text.endswith('.') else f'{text} {self.mark}{unit}'
        return f'{valu} {self.mark}mm'


class Dist(Measure):
    """A distance."""

    ctor = 'synapse.models.geospace.Dist'
    what = 'distance'
    units = _DIST


class Area(Measure):
    """An area."""

    ctor = 'synapse.models.geospace.Area'
    what = 'area'
    units = _AREA
    mark = 'sq.'


def haversine(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return the great-circle distance of two places in mm."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *two))
    part = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(part)))


class LatLong(s_base.Type):
    """A place on earth: latitude and longitude in degrees."""

    ctor = 'synapse.models.geospace.LatLong'
    stortype = s_base.LATLONG
    CMPRS = s_base.Type.CMPRS | {'near=': 'cmpr_near'}
    LIFTS = s_base.Type.LIFTS | {'near=': 'lift_near'}

    def setup(self) -> None:
        """A pair, or text with a comma."""
        self.indx = s_indx.latlong
        self.lat = s_numeric.Float(self.model, 'geo:latitude', {}, {'min': -90.0, 'max': 90.0})
        opts = {'min': -180.0, 'minisvalid': False, 'max': 180.0}
        self.lon = s_numeric.Float(self.model, 'geo:longitude', {}, opts)
        self.dist = Dist(self.model, 'geo:dist', {}, {})
        self.norms = {str: self.norm_text, list: self.norm_pair, tuple: self.norm_pair}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the comma."""
        return self.norm_pair(valu.strip().split(','))

    def norm_pair(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Check the bounds."""
        if len(valu) != 2:
            raise self.bad(valu, 'Valu must contain valid latitude,longitude')
        try:
            lat, lon = self.lat.norm(valu[0])[0], self.lon.norm(valu[1])[0]
        except s_exc.BadTypeValu as e:
            raise self.bad(valu, e.get('mesg')) from None
        return (lat, lon), {'subs': {'lat': lat, 'lon': lon}}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show with a comma."""
        return f'{valu[0]},{valu[1]}'

    def circle(self, valu: typing.Any) -> tuple[tuple[float, float], int]:
        """Return the centre and the radius in mm. Raises BadCmprValu, BadTypeValu."""
        if type(valu) not in (list, tuple) or len(valu) != 2:
            mesg = f'near= needs ((lat, lon), distance): {s_base.show(valu)}'
            raise s_exc.BadCmprValu(cmpr='near=', name=self.name, valu=valu, mesg=mesg)
        return self.norm(valu[0])[0], self.dist.norm(valu[1])[0]

    def cmpr_near(self, valu: typing.Any) -> s_base.Test:
        """Test for lying in a circle."""
        centre, radius = self.circle(valu)
        return lambda item: haversine(centre, item) <= radius

    def lift_near(self, valu: typing.Any) -> list[s_base.Lift]:
        """Scan a band of latitudes and test the distance."""
        centre, radius = self.circle(valu)
        band = math.degrees(radius / EARTH_RADIUS) + 1e-9
        lo, hi = s_indx.float64(centre[0] - band), s_indx.float64(centre[0] + band)
        return [s_base.Lift(lo, s_indx.after(hi), lambda item: haversine(centre, item) <= radius)]


class Velocity(s_numeric.IntBase):
    """A speed in millimetres per second; negative only where it is relative. spec: types.md 2.14"""

    ctor = 'synapse.lib.types.Velocity'
    stortype = s_base.I64
    defopts = {'relative': False}

    def setup(self) -> None:
        """Integers, numbers and text with a unit."""
        self.indx = s_indx.i64
        self.relative = bool(self.opts.get('relative'))
        self.norms = {int: self.norm_int, str: self.norm_text, Decimal: self.norm_number}

    def norm_int(self, valu: int) -> s_base.Normed:
        """Check sign and size."""
        if valu < 0 and not self.relative:
            raise self.bad(valu, 'Non-relative velocities may not be negative.')
        if not -(1 << 63) <= valu < 1 << 63:
            raise self.bad(valu, 'Velocity is out of range.')
        return valu, s_base.NOINFO

    def norm_text(self, valu: str) -> s_base.Normed:
        """Parse a number (one if missing) and a unit (mm/s if missing)."""
        text = valu.strip().lower()
        if not text or len(text) > MAX_TEXT:
            raise self.bad(valu, 'Empty string is not a valid velocity.' if not text else 'Invalid velocity.')
        match = _speed.fullmatch(text)
        assert match is not None  # every part of the pattern may be empty
        try:
            number = Decimal(match[1] or '1')
        except decimal.InvalidOperation:
            raise self.bad(valu, f'Invalid velocity: {valu}') from None
        size, span = self.unit(match[2], valu)
        if number < 0 and not self.relative:
            raise self.bad(valu, 'Non-relative velocities may not be negative.')
        return self.norm_int(int(number * size / span))

    def unit(self, unit: str, valu: str) -> tuple[Decimal, Decimal]:
        """Return millimetres and seconds of a unit."""
        if not unit:
            return Decimal(1), Decimal(1)
        known = _SPEED.get(unit)
        if known is not None:
            return known
        dist, slash, span = unit.partition('/')
        if not slash:
            raise self.bad(valu, f'Unknown velocity unit: {unit}.')
        size, secs = _SPEED_DIST.get(dist.strip()), _SPEED_TIME.get(span.strip())
        if size is None:
            raise self.bad(valu, f'Unrecognized distance type: {dist}.')
        if secs is None:
            raise self.bad(valu, f'Unrecognized duration type: {span}.')
        return size, secs
