"""Numbers: int, float, hugenum, bool. spec: types.md 2.1 to 2.4."""

from __future__ import annotations

import decimal
import math
import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base

_INT_STOR = {
    (1, False): s_base.U8,
    (2, False): s_base.U16,
    (4, False): s_base.U32,
    (8, False): s_base.U64,
    (16, False): s_base.U128,
    (1, True): s_base.I8,
    (2, True): s_base.I16,
    (4, True): s_base.I32,
    (8, True): s_base.I64,
    (16, True): s_base.I128,
}


class IntBase(s_base.Ordered):
    """What all types with an integer as system value share: conversion from decimals and floats by truncation."""

    def norm_number(self, valu: typing.Any) -> s_base.Normed:
        """Truncate a number with a fraction. A huge exponent is refused before it becomes a huge integer."""
        finite = valu.is_finite() if isinstance(valu, decimal.Decimal) else math.isfinite(valu)
        if not finite or abs(valu) >= 2**128:
            raise self.bad(valu, f'value is not an integer in range: {s_base.show(valu)}')
        return self.norms[int](int(valu))


class Int(IntBase):
    """An integer of 1, 2, 4, 8 or 16 bytes with optional bounds and names for values. spec: types.md 2.1"""

    ctor = 'synapse.lib.types.Int'
    defopts = {
        'size': 8,
        'signed': True,
        'enums:strict': True,
        'fmt': '%d',
        'min': None,
        'max': None,
        'ismin': False,
        'ismax': False,
    }
    enums: dict[str, int] | None = None
    names: dict[int, str] = {}

    def setup(self) -> None:
        """Work out the bounds, the names and the storage type."""
        size, signed = self.opts['size'], bool(self.opts['signed'])
        stor = _INT_STOR.get((size, signed))
        if stor is None:
            raise s_exc.BadTypeDef(name=self.name, mesg=f'Invalid integer size ({size})')
        self.stortype = stor
        self.indx = s_indx.int_encoder(size, signed)
        lowest = -(1 << (8 * size - 1)) if signed else 0
        highest = (1 << (8 * size - 1)) - 1 if signed else (1 << (8 * size)) - 1
        minval, maxval = self.opts['min'], self.opts['max']
        if minval is not None and maxval is not None and maxval < minval:
            raise s_exc.BadTypeDef(name=self.name, mesg=f'Maximum value {maxval} is less than minimum value {minval}.')
        self.min: int = lowest if minval is None else max(minval, lowest)
        self.max: int = highest if maxval is None else min(maxval, highest)
        self.setup_enums()
        self.norms = {
            int: self.norm_int if self.enums is None else self.norm_enum_int,
            str: self.norm_text if self.enums is None else self.norm_enum_text,
            bool: self.norm_bool,
            float: self.norm_number,
            decimal.Decimal: self.norm_number,
        }

    def setup_enums(self) -> None:
        """Index the names of values: numbers, names and lower-case names must be equally many."""
        enums = self.opts.get('enums')
        if enums is None:
            return
        if not all(type(item) in (list, tuple) for item in enums):
            raise s_exc.BadTypeDef(name=self.name, mesg=f'Option enums of type {self.name} must be a list of pairs.')
        self.names = {int(valu): name for valu, name in enums}
        self.enums = {name.lower(): int(valu) for valu, name in enums}
        if not len(enums) == len(self.names) == len(self.enums):
            mesg = 'Number of enum numbers, names and lower-case names must agree.'
            raise s_exc.BadTypeDef(name=self.name, mesg=mesg)

    def norm_int(self, valu: int) -> s_base.Normed:
        """Check a native integer against the bounds."""
        if self.min <= valu <= self.max:
            return valu, s_base.NOINFO
        if valu < self.min:
            raise self.bad(valu, f'value is below min={self.min}')
        raise self.bad(valu, f'value is above max={self.max}')

    def norm_text(self, valu: str) -> s_base.Normed:
        """Parse text with base prefix detection."""
        try:
            return self.norm_int(int(valu, 0))
        except ValueError as e:
            raise self.bad(valu, clip_mesg(e)) from None

    def norm_bool(self, valu: bool) -> s_base.Normed:
        """A boolean is 0 or 1."""
        return self.norm(int(valu))

    def norm_enum_int(self, valu: int) -> s_base.Normed:
        """Check a native integer against the list of values."""
        if valu not in self.names and self.opts['enums:strict']:
            raise self.bad(valu, 'Value is not a valid enum value.')
        return self.norm_int_bounds(valu)

    def norm_int_bounds(self, valu: int) -> s_base.Normed:
        """Check the bounds only (Int.norm_int, also where a subclass has its own)."""
        return Int.norm_int(self, valu)

    def norm_enum_text(self, valu: str) -> s_base.Normed:
        """Look a name up, else parse an integer."""
        assert self.enums is not None
        ival = self.enums.get(valu.lower())
        if ival is not None:
            return ival, s_base.NOINFO
        try:
            ival = int(valu, 0)
        except ValueError as e:
            raise self.bad(valu, clip_mesg(e)) from None
        return self.norm_enum_int(ival)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the name of the value if it has one."""
        return self.names.get(valu) or str(valu)


def clip_mesg(err: Exception) -> str:
    """Return the text of an error, short enough for a message."""
    return str(err)[:300]


class Float(s_base.Ordered):
    """A 64-bit float with optional bounds. spec: types.md 2.2"""

    ctor = 'synapse.lib.types.Float'
    stortype = s_base.FLOAT64
    defopts = {'fmt': '%f', 'min': None, 'minisvalid': True, 'max': None, 'maxisvalid': True}

    def setup(self) -> None:
        """Choose the bounds check."""
        self.indx = s_indx.float64
        self.min, self.max = self.opts['min'], self.opts['max']
        bounded = self.min is not None or self.max is not None
        self.norms = {
            float: self.norm_bounds if bounded else self.norm_same,
            int: self.norm_convert,
            str: self.norm_convert,
            decimal.Decimal: self.norm_convert,
        }

    def norm_convert(self, valu: typing.Any) -> s_base.Normed:
        """Convert what the language converts."""
        try:
            number = float(valu)
        except (ValueError, OverflowError) as e:
            raise self.bad(valu, clip_mesg(e)) from None
        return self.norms[float](number)

    def norm_bounds(self, valu: float) -> s_base.Normed:
        """Check the bounds."""
        if self.min is not None and (not valu >= self.min or (valu == self.min and not self.opts['minisvalid'])):
            raise self.bad(valu, f'value is below min={self.min}')
        if self.max is not None and (not valu <= self.max or (valu == self.max and not self.opts['maxisvalid'])):
            raise self.bad(valu, f'value is above max={self.max}')
        return valu, s_base.NOINFO

    def lowest(self) -> bytes:
        """Nothing compares with nan, whose key is the lowest."""
        return b'\x00' * 7 + b'\x01'


_huge_ctx = decimal.Context(prec=49, rounding=decimal.ROUND_HALF_EVEN, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
_wide_ctx = decimal.Context(prec=80)
_HUGE_MAX = decimal.Decimal('730750818665451459101842')
_HUGE_UNIT = decimal.Decimal('1e-24')
# text that is its own system value but for zeros at its end
_huge_plain = re.compile(r'(?:0|[1-9][0-9]{0,22})(?:\.[0-9]{1,24})?')
_huge_re = re.compile(r'(-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?)(.*)', re.DOTALL)


def huge_encode(valu: str) -> bytes:
    """Encode a hugenum: 24 decimal digits as one integer of 20 bytes, the sign bit flipped."""
    return (int(decimal.Decimal(valu).scaleb(24, _wide_ctx)) + (1 << 159)).to_bytes(20, 'big')


class HugeNum(s_base.Ordered):
    """A decimal number of up to 24 digits before and behind the point; the system value is text. spec: types.md 2.3"""

    ctor = 'synapse.lib.types.HugeNum'
    stortype = s_base.HUGENUM
    defopts = {'units': None, 'modulo': None}

    def setup(self) -> None:
        """Convert the units and the modulo to decimals."""
        units = self.opts.get('units') or {}
        self.units = {name.lower(): decimal.Decimal(str(mult)) for name, mult in units.items()}
        modulo = self.opts.get('modulo')
        self.modulo = None if modulo is None else decimal.Decimal(str(modulo))
        self.indx = huge_encode
        self.norms = {
            str: self.norm_text,
            int: self.norm_int,
            bool: self.norm_int,
            float: self.norm_float,
            decimal.Decimal: self.norm_decimal,
        }

    def norm_other(self, valu: typing.Any) -> s_base.Normed:
        """Null has a message of its own."""
        if valu is None:
            raise self.bad(valu, 'Hugenum type may not be null.')
        return super().norm_other(valu)

    def norm_int(self, valu: int) -> s_base.Normed:
        """Integers in range need no decimal arithmetic."""
        if self.modulo is None and -(10**23) < valu < 10**23:
            return str(int(valu)), s_base.NOINFO
        if abs(valu) >= 1 << 128:
            raise self.bad(valu, f'Value is too {"large" if valu > 0 else "small"} for hugenum.')
        return self.norm_decimal(decimal.Decimal(int(valu)))

    def norm_float(self, valu: float) -> s_base.Normed:
        """The shortest decimal text of a float is meant, not its binary expansion."""
        return self.norm_decimal(decimal.Decimal(str(valu)))

    def norm_text(self, valu: str) -> s_base.Normed:
        """Parse a number with an optional unit."""
        if self.modulo is None and _huge_plain.fullmatch(valu):
            return (valu.rstrip('0').rstrip('.') if '.' in valu else valu), s_base.NOINFO
        text = valu.replace(',', '').replace(' ', '').lower()
        match = _huge_re.fullmatch(text)
        if match is None:
            raise self.bad(valu, f'Value does not start with a number: "{valu[:200]}"')
        try:
            number = _huge_ctx.create_decimal(match[1])
        except decimal.DecimalException:
            raise self.bad(valu, f'Value ({valu[:200]}) is too large for hugenum.') from None
        if match[2]:
            mult = self.units.get(match[2])
            if mult is None:
                raise s_exc.BadTypeValu(mesg=f'Unknown units for value: "{valu[:200]}"')
            number = self.in_range(number, valu)
            number = _huge_ctx.multiply(number, mult)
        return self.norm_decimal(number)

    def in_range(self, valu: decimal.Decimal, orig: typing.Any) -> decimal.Decimal:
        """Raise BadTypeValu for numbers out of range."""
        if not valu.is_finite():
            raise self.bad(orig, f'Value ({valu}) is not a finite number.')
        if valu.adjusted() > 30 or valu > _HUGE_MAX:
            if valu > 0:
                raise self.bad(orig, f'Value ({s_base.show(orig)}) is too large for hugenum.')
            if valu.adjusted() > 30 and valu < 0:
                raise self.bad(orig, f'Value ({s_base.show(orig)}) is too small for hugenum.')
        if valu < -_HUGE_MAX:
            raise self.bad(orig, f'Value ({s_base.show(orig)}) is too small for hugenum.')
        return valu

    def norm_decimal(self, valu: decimal.Decimal) -> s_base.Normed:
        """Round to 24 digits behind the point and write without exponent and trailing zeros."""
        self.in_range(valu, valu)
        valu = valu.quantize(_HUGE_UNIT, context=_huge_ctx)
        if self.modulo is not None:
            valu = _huge_ctx.remainder(valu, self.modulo)
            if valu < 0:
                valu = _huge_ctx.add(valu, self.modulo)
            valu = valu.quantize(_HUGE_UNIT, context=_huge_ctx)
        text = format(valu, 'f').rstrip('0').rstrip('.')
        return ('0' if text in ('', '-0', '-') else text), s_base.NOINFO

    def rank(self, valu: str) -> decimal.Decimal:
        """Compare as numbers."""
        return decimal.Decimal(valu)


_TRUE = frozenset(('true', 't', 'y', 'yes', 'on'))
_FALSE = frozenset(('false', 'f', 'n', 'no', 'off'))


class Bool(IntBase):
    """True or false, stored as 1 or 0. spec: types.md 2.4"""

    ctor = 'synapse.lib.types.Bool'
    stortype = s_base.U8

    def setup(self) -> None:
        """Everything that is a number is tested for being zero."""
        self.indx = s_indx.int_encoder(1, False)
        self.norms = {bool: self.norm_int, int: self.norm_int, str: self.norm_text, decimal.Decimal: self.norm_decimal}

    def norm_int(self, valu: int) -> s_base.Normed:
        """Zero is false."""
        return (1 if valu else 0), s_base.NOINFO

    def norm_decimal(self, valu: decimal.Decimal) -> s_base.Normed:
        """Zero is false."""
        return (1 if valu else 0), s_base.NOINFO

    def norm_text(self, valu: str) -> s_base.Normed:
        """Integers as text, or one of the words."""
        text = valu.strip().lower()
        if text in _TRUE:
            return 1, s_base.NOINFO
        if text in _FALSE:
            return 0, s_base.NOINFO
        try:
            return (1 if int(text, 0) else 0), s_base.NOINFO
        except ValueError:
            raise self.bad(valu, 'Failed to norm bool') from None

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show as a lower-case word."""
        return 'true' if valu else 'false'
