"""Text: str with its options, hex, guid, loc. spec: types.md 2.5 to 2.8."""

from __future__ import annotations

import decimal
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.patterns as s_patterns

_HEX = '0123456789abcdef'


def plain_decimal(valu: float | decimal.Decimal) -> str:
    """Write a number without exponent; digits as they are. Absurd exponents keep it (the text would not end)."""
    number = decimal.Decimal(repr(valu)) if isinstance(valu, float) else valu
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return str(number)
    return format(number, 'f')


class Text(s_base.Type):
    """What all types with text as system value share: the index and its lifts."""

    stortype = s_base.UTF8
    CMPRS = s_base.Type.CMPRS | {'range=': 'cmpr_range'}
    LIFTS = s_base.Type.LIFTS | {'^=': 'lift_prefix', '~=': 'lift_regex', 'range=': 'lift_range'}
    defopts = {
        'enums': None,
        'regex': None,
        'lower': False,
        'strip': False,
        'replace': (),
        'onespace': False,
        'globsuffix': False,
    }

    def setup(self) -> None:
        """Text sorts as UTF-8."""
        self.indx = s_indx.text

    def text_norms(self, func: s_base.Norm) -> dict[type, s_base.Norm]:
        """Return a dispatch table for text in which numbers count as the text that they print as."""
        return {
            str: func,
            int: self.norm_int,
            bool: self.norm_bool,
            float: self.norm_number,
            decimal.Decimal: self.norm_number,
        }

    def norm_int(self, valu: int) -> s_base.Normed:
        """Integers in decimal."""
        try:
            return self.norms[str](str(valu))
        except ValueError as e:  # the language refuses to print thousands of digits
            raise self.bad(0, f'{e}') from None

    def norm_bool(self, valu: bool) -> s_base.Normed:
        """Booleans as lower-case words."""
        return self.norms[str]('true' if valu else 'false')

    def norm_number(self, valu: float | decimal.Decimal) -> s_base.Normed:
        """Numbers with a fraction as plain decimals."""
        return self.norms[str](plain_decimal(valu))

    def repr(self, valu: typing.Any) -> typing.Any:
        """Text shows itself."""
        return valu

    def partial(self, valu: typing.Any) -> str:
        """Prepare a prefix or the end of a range, which need not be a complete value."""
        if type(valu) is not str:
            valu = self.norm(valu)[0]
        return typing.cast(str, valu)

    def bounds(self, valu: typing.Any) -> tuple[str, str]:
        """Return the two ends of a range. Raises BadCmprValu."""
        if type(valu) not in (list, tuple) or len(valu) != 2:
            raise s_exc.BadCmprValu(
                cmpr='range=', name=self.name, valu=valu, mesg=f'Must be a 2-tuple: {s_base.show(valu)}'
            )
        return self.partial(valu[0]), self.partial(valu[1])

    def cmpr_range(self, valu: typing.Any) -> s_base.Test:
        """Test for lying between two texts, both included."""
        lo, hi = self.bounds(valu)
        return lambda item: bool(lo <= item <= hi)

    def lift_prefix(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift what begins with a text."""
        return [self.prefix(self.partial(valu))]

    def prefix(self, text: str) -> s_base.Lift:
        """Return the lift of a prefix: beyond the clipped length the value decides."""
        byts = text.encode('utf8', 'surrogatepass')
        if len(byts) <= s_indx.TEXT_MAX:
            return s_base.lift_prefix(byts)
        return s_base.lift_prefix(byts[: s_indx.TEXT_MAX], lambda item: item.startswith(text))

    def lift_range(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift what lies between two texts, both included."""
        lo, hi = self.bounds(valu)
        if lo > hi:
            return []
        lobyts, hibyts = (text.encode('utf8', 'surrogatepass') for text in (lo, hi))
        if len(lobyts) <= s_indx.TEXT_MAX and len(hibyts) <= s_indx.TEXT_MAX:
            return [s_base.lift_between(lobyts, hibyts)]
        end = s_indx.after(hibyts[: s_indx.TEXT_MAX]) if len(hibyts) > s_indx.TEXT_MAX else hibyts + b'\x00'
        return [s_base.Lift(lobyts[: s_indx.TEXT_MAX], end, lambda item: lo <= item <= hi)]


class Str(Text):
    """Text with options that clean and check it. spec: types.md 2.5"""

    ctor = 'synapse.lib.types.Str'

    def setup(self) -> None:
        """Choose the shortest handler that does what the options ask."""
        super().setup()
        opts = self.opts
        self.lower, self.strip, self.onespace = bool(opts['lower']), bool(opts['strip']), bool(opts['onespace'])
        self.replace = tuple((str(old), str(new)) for old, new in opts['replace'] or ())
        enums = opts['enums']
        if isinstance(enums, str):
            enums = enums.split(',')
        if enums is not None and not all(type(item) is str for item in enums):
            raise s_exc.BadTypeDef(name=self.name, mesg=f'Option enums of type {self.name} must be a list of texts.')
        self.enums = None if enums is None else frozenset(enums)
        self.regex: typing.Any = None
        if opts['regex'] is not None:
            try:
                self.regex = s_patterns.compile_regex(opts['regex'])
                self.match = s_patterns.matcher(opts['regex'])
            except Exception as e:
                raise s_exc.BadTypeDef(name=self.name, mesg=f'Bad regex {opts["regex"]}: {e}') from e
        self.norms = self.text_norms(self.pick_norm())

    def pick_norm(self) -> s_base.Norm:
        """Return the handler of native text."""
        if self.enums is not None or self.regex is not None:
            return self.norm_checked
        noinfo = s_base.NOINFO
        todo = (self.lower, bool(self.replace), self.strip and not self.onespace, self.onespace)
        if todo == (False, False, False, False):
            return self.norm_same
        if todo == (True, False, False, False):
            return lambda valu: (valu.lower(), noinfo)
        if todo == (False, False, True, False):
            return lambda valu: (valu.strip(), noinfo)
        if todo == (True, False, True, False):
            return lambda valu: (valu.lower().strip(), noinfo)
        if todo == (True, False, False, True):
            return lambda valu: (' '.join(valu.lower().split()), noinfo)
        return lambda valu: (self.clean(valu), noinfo)

    def clean(self, valu: str) -> str:
        """Apply the options that change text, in their order."""
        if self.lower:
            valu = valu.lower()
        for old, new in self.replace:
            valu = valu.replace(old, new)
        if self.onespace:
            return ' '.join(valu.split())
        return valu.strip() if self.strip else valu

    def norm_checked(self, valu: str) -> s_base.Normed:
        """Clean and check against enums and regex; named groups become subs."""
        norm = self.clean(valu)
        if self.enums is not None and norm not in self.enums:
            raise self.bad(valu, 'Value not in enums')
        if self.regex is None:
            return norm, s_base.NOINFO
        try:
            match = self.match(norm)
        except s_exc.StormRuntimeError as e:
            raise self.bad(valu, e.get('mesg')) from None
        if match is None:
            regx = self.opts['regex']
            raise self.bad(valu, f'[{valu[:500]}] does not match [{regx}]', regx=regx)
        if not self.regex.groupindex:
            return norm, s_base.NOINFO
        return norm, {'subs': {name: text for name, text in match.groupdict().items() if text is not None}}

    def partial(self, valu: typing.Any) -> str:
        """Clean a partial value: only the left is trimmed, nothing is checked."""
        if type(valu) is not str:
            valu = self.norm(valu)[0] if self.regex is None and self.enums is None else str(valu)
        text: str = valu.lower() if self.lower else valu
        for old, new in self.replace:
            text = text.replace(old, new)
        if self.strip:
            text = text.lstrip()
        return ' '.join(text.split()) if self.onespace else text

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for a prefix when the type takes ``text*``."""
        if self.opts['globsuffix'] and type(valu) is str and valu.endswith('*'):
            prefix = self.partial(valu[:-1])
            return lambda item: bool(item.startswith(prefix))
        return super().cmpr_eq(valu)

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift one value, or a prefix when the type takes ``text*``."""
        if self.opts['globsuffix'] and type(valu) is str and valu.endswith('*'):
            return [self.prefix(self.partial(valu[:-1]))]
        return super().lift_eq(valu)


class Hex(Text):
    """Bytes as lower-case hex digits. spec: types.md 2.6"""

    ctor = 'synapse.lib.types.Hex'
    defopts = {'size': 0, 'zeropad': 0}

    def setup(self) -> None:
        """Check the options."""
        super().setup()
        self.size, self.zeropad = self.opts['size'], self.opts['zeropad']
        if self.size < 0 or self.size % 2:
            mesg = 'Size must be even and not below 0'
            raise s_exc.BadConfValu(name=self.name, valu=self.size, mesg=mesg)
        if self.zeropad < 0:
            raise s_exc.BadConfValu(name=self.name, valu=self.zeropad, mesg='Zeropad must not be below 0')
        if self.size:
            self.zeropad = min(self.zeropad, self.size)
        self.norms = {str: self.norm_text, int: self.norm_int, bytes: self.norm_bytes}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Text: the common good case is complete already."""
        if valu and len(valu) == self.size and not valu.strip(_HEX):
            return valu, s_base.NOINFO
        text = self.tidy(valu)
        if not text:
            raise self.bad(valu, 'No string left after stripping.')
        return self.sized(text, valu)

    def tidy(self, valu: str) -> str:
        """Lower, without 0x, spaces and colons."""
        text = valu.strip().lower().removeprefix('0x')
        return text.replace(' ', '').replace(':', '')

    def sized(self, text: str, valu: typing.Any) -> s_base.Normed:
        """Pad and check digits and size."""
        if len(text) % 2:
            text = '0' + text
        if self.zeropad > len(text):
            text = text.rjust(self.zeropad, '0')
        if self.size and len(text) != self.size:
            raise self.bad(text, 'Invalid width.', reqwidth=self.size)
        if text.strip(_HEX):
            raise self.bad(valu, 'Non-hexadecimal digit found.')
        return text, s_base.NOINFO

    def norm_int(self, valu: int) -> s_base.Normed:
        """The fewest big-endian bytes that hold the integer, two's complement when negative."""
        bits = valu.bit_length() if valu >= 0 else (valu + 1).bit_length() + 1
        byts = valu.to_bytes((bits + 7) // 8, 'big', signed=valu < 0)
        return self.sized(byts.hex(), valu)

    def norm_bytes(self, valu: bytes) -> s_base.Normed:
        """Bytes in hex."""
        if not valu:
            raise self.bad(valu, 'No string left after stripping.')
        return self.sized(valu.hex(), valu)

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift one value, or a prefix that ends in ``*``."""
        if type(valu) is str and valu.endswith('*'):
            return [self.prefix(self.tidy(valu[:-1]))]
        return super().lift_eq(valu)

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for a prefix that ends in ``*``."""
        if type(valu) is str and valu.endswith('*'):
            prefix = self.tidy(valu[:-1])
            return lambda item: bool(item.startswith(prefix))
        return super().cmpr_eq(valu)

    def partial(self, valu: typing.Any) -> str:
        """Prefixes and ends of ranges: lower, without 0x. Raises BadTypeValu for anything but text."""
        if type(valu) is not str:
            raise self.bad(valu, f'Hex prefix lift values must be str, not {type(valu).__name__}.')
        return self.tidy(valu)


class Guid(s_base.Type):
    """A 128-bit identifier as 32 hex digits. spec: types.md 2.7"""

    ctor = 'synapse.lib.types.Guid'
    stortype = s_base.GUID
    LIFTS = s_base.Type.LIFTS | {'^=': 'lift_prefix'}

    def setup(self) -> None:
        """Text and lists."""
        self.indx = s_indx.guid
        self.norms = {str: self.norm_text, list: self.norm_list, tuple: self.norm_list}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Text: the common good case is complete already; ``*`` makes a new one."""
        if len(valu) == 32 and not valu.strip(_HEX):
            return valu, s_base.NOINFO
        if valu == '*':
            return os.urandom(16).hex(), s_base.NOINFO
        text = valu.lower().replace('-', '')
        if len(text) != 32 or text.strip(_HEX):
            raise self.bad(valu, 'valu is not a guid.')
        return text, s_base.NOINFO

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """The hash of a list as it was given, so that the same list names the same node."""
        if not valu:
            raise self.bad(valu, 'Guid list values cannot be empty.')
        try:
            return s_common.guid(valu), s_base.NOINFO
        except s_exc.NotMsgpackSafe as e:
            raise self.bad(valu, e.get('mesg')) from None

    def lift_prefix(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift what begins with an even number of hex digits."""
        text = str(valu).lower().replace('-', '')
        if len(text) % 2:
            mesg = f'Invalid GUID prefix ({text[:100]}). Must be even number of hex chars.'
            raise s_exc.BadTypeValu(mesg=mesg)
        if len(text) > 32 or text.strip(_HEX):
            raise s_exc.BadTypeValu(mesg=f'Invalid GUID prefix ({text[:100]}).')
        return [s_base.lift_prefix(bytes.fromhex(text))]


def loc_text(valu: str) -> s_base.Normed:
    """Lower, with single spaces inside of the parts and none around them."""
    parts = valu.lower().strip().split('.')
    return '.'.join(' '.join(part.split()) for part in parts), s_base.NOINFO


class Loc(s_base.Type):
    """A dotted place name, from the country down. spec: types.md 2.8"""

    ctor = 'synapse.lib.types.Loc'
    stortype = s_base.LOC
    LIFTS = s_base.Type.LIFTS | {'^=': 'lift_prefix'}

    def setup(self) -> None:
        """Text only; the same places come again and again, so results are cached."""
        self.indx = s_indx.loc
        self.norms = {str: s_base.cached(loc_text)}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Text shows itself."""
        return valu

    def under(self, valu: typing.Any) -> s_base.Test:
        """Test for being a place or lying in it."""
        norm = self.norm(valu)[0]
        inside = norm + '.'
        return lambda item: bool(item == norm or item.startswith(inside))

    def cmpr_prefix(self, valu: typing.Any) -> s_base.Test:
        """Test by whole dotted parts."""
        return self.under(valu)

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality; ``us.*`` means everything in us."""
        if type(valu) is str and valu.endswith('.*'):
            return self.under(valu[:-2])
        return super().cmpr_eq(valu)

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift one place; ``us.*`` lifts everything in us."""
        if type(valu) is str and valu.endswith('.*'):
            return self.lift_prefix(valu[:-2])
        return super().lift_eq(valu)

    def lift_prefix(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift a place and all places in it."""
        norm = self.norm(valu)[0]
        key = s_indx.loc(norm)
        if len(key) <= s_indx.TEXT_MAX:
            return [s_base.lift_prefix(key)]
        return [s_base.lift_prefix(key[: s_indx.TEXT_MAX], self.under(norm))]
