"""Telephony: phone numbers, IMEI, IMSI. spec: types.md 4.3"""

from __future__ import annotations

import re
import typing

import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.numeric as s_numeric
import synapse.lib.model.types.tables as s_tables
import synapse.lib.model.types.text as s_text

_nondigit = re.compile('[^0-9]+')


def country(digits: str) -> str | None:
    """Return the country of a number in international form: the longest prefix decides. Zeros in front do not count."""
    head = digits.lstrip('0')[: s_tables.PHONE_PREFIX_MAX]
    for size in range(len(head), 0, -1):
        found = s_tables.PHONE_COUNTRIES.get(head[:size])
        if found is not None:
            return found
    return None


class Phone(s_text.Text):
    """A phone number: its digits."""

    ctor = 'synapse.models.telco.Phone'
    defopts = {**s_text.Text.defopts, 'globsuffix': True}

    def setup(self) -> None:
        """Text, and positive integers."""
        super().setup()
        self.norms = {**self.text_norms(self.norm_text), int: self.norm_positive}

    def norm_positive(self, valu: int) -> s_base.Normed:
        """An integer that is written without a leading zero."""
        if valu < 1:
            raise self.bad(valu, 'phone int must be greater than 0')
        return self.norm_int(valu)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Keep the digits."""
        digits = _nondigit.sub('', valu)
        if not digits:
            raise self.bad(valu, 'requires a digit string')
        found = country(digits)
        return digits, ({'subs': {'loc': found}} if found is not None else s_base.NOINFO)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show a leading plus; North American numbers with their groups."""
        if len(valu) == 11 and valu[0] == '1':
            return f'+1 ({valu[1:4]}) {valu[4:7]}-{valu[7:]}'
        return '+' + valu

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for the beginning with ``1703*``."""
        if type(valu) is str and valu.endswith('*'):
            prefix = _nondigit.sub('', valu)
            return lambda item: bool(item.startswith(prefix))
        return super().cmpr_eq(valu)

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift one number, or a prefix with ``1703*``."""
        if type(valu) is str and valu.endswith('*'):
            return [self.prefix(_nondigit.sub('', valu))]
        return super().lift_eq(valu)

    def partial(self, valu: typing.Any) -> str:
        """Prefixes are digits."""
        return _nondigit.sub('', str(valu))


def luhn_digit(digits: str) -> int:
    """Return the digit that makes a Luhn checksum right."""
    total = 0
    for i, char in enumerate(reversed(digits)):
        number = int(char) * (1 if i % 2 else 2)
        total += number - 9 if number > 9 else number
    return -total % 10


class Imei(s_numeric.Int):
    """The identity of a phone: 14 digits and a check digit."""

    ctor = 'synapse.models.telco.Imei'
    defopts = {**s_numeric.Int.defopts, 'signed': False}

    def setup(self) -> None:
        """Integers, and text of integers."""
        super().setup()
        self.norms[int] = self.norm_digits
        self.norms[str] = lambda valu: self.norm_digits(int(self.norm_text(valu)[0]))

    def norm_digits(self, valu: int) -> s_base.Normed:
        """Append the check digit, or verify it."""
        Int = s_numeric.Int
        digits = str(Int.norm_int(self, valu)[0])
        if len(digits) == 14:
            digits += str(luhn_digit(digits))
        elif len(digits) != 15:
            raise self.bad(valu, 'Failed to norm IMEI')
        if int(digits[14]) != luhn_digit(digits[:14]):
            raise self.bad(valu, 'invalid imei checksum byte')
        return int(digits), {'subs': {'tac': int(digits[:8]), 'serial': int(digits[8:14]), 'cd': int(digits[14])}}


class Imsi(s_numeric.Int):
    """The identity of a subscriber: up to 15 digits, of which the first three are the country."""

    ctor = 'synapse.models.telco.Imsi'
    defopts = {**s_numeric.Int.defopts, 'signed': False}

    def setup(self) -> None:
        """Integers, and text of integers."""
        super().setup()
        self.norms[int] = self.norm_digits
        self.norms[str] = lambda valu: self.norm_digits(int(self.norm_text(valu)[0]))

    def norm_digits(self, valu: int) -> s_base.Normed:
        """Check the length."""
        digits = str(s_numeric.Int.norm_int(self, valu)[0])
        if len(digits) > 15:
            raise self.bad(valu, f'invalid imsi len: {len(digits)}')
        return valu, {'subs': {'mcc': digits[:3]}}
