"""What the options of types may be: a check for each name, since a name means the same to every type that has it.

Options come from our own tables, but also from users, who extend the model or ask for a norm with options. Names
without a check are flags, of which only the truth counts, or mean nothing. What depends on the type (which sizes there
are, which minimum is too high) is checked by the type.
"""

from __future__ import annotations

import decimal
import typing

import synapse.exc as s_exc

MAX_PAD = 65536  # hex digits that a value may be padded to
MAX_FIELDS = 1000  # of a comp

Check = typing.Callable[[typing.Any], bool]


def _is_text(valu: typing.Any) -> bool:
    return type(valu) is str and bool(valu)


def _is_number(valu: typing.Any) -> bool:
    return type(valu) in (int, float) and valu == valu  # nan has no order


def _is_size(valu: typing.Any) -> bool:
    return type(valu) is int


def _is_pad(valu: typing.Any) -> bool:
    return type(valu) is int and valu <= MAX_PAD


def _is_typedef(valu: typing.Any) -> bool:
    if _is_list(valu):
        return len(valu) == 2 and type(valu[0]) is str and type(valu[1]) is dict
    return type(valu) is str


def _is_list(valu: typing.Any) -> bool:
    return type(valu) in (list, tuple)


def _is_texts(valu: typing.Any) -> bool:
    return _is_list(valu) and all(type(item) is str for item in valu)


def _is_pairs(valu: typing.Any) -> bool:
    return _is_list(valu) and all(_is_list(item) and len(item) == 2 for item in valu)


def _is_fields(valu: typing.Any) -> bool:
    if not _is_pairs(valu) or not 0 < len(valu) <= MAX_FIELDS:
        return False
    return all(_is_text(name) and _is_typedef(typedef) for name, typedef in valu)


def _is_enums(valu: typing.Any) -> bool:
    if _is_pairs(valu):
        return all(type(numb) is int and type(name) is str for numb, name in valu)
    return type(valu) is str or _is_texts(valu)


def _is_decimal(valu: typing.Any) -> bool:
    try:
        return type(valu) is not bool and decimal.Decimal(str(valu)).is_finite()
    except decimal.DecimalException:
        return False


def _is_divisor(valu: typing.Any) -> bool:
    return _is_decimal(valu) and decimal.Decimal(str(valu)) > 0


def _is_units(valu: typing.Any) -> bool:
    return type(valu) is dict and all(type(name) is str and _is_decimal(mult) for name, mult in valu.items())


def _is_dict(valu: typing.Any) -> bool:
    return type(valu) is dict


_TEXTS: tuple[Check, str] = (_is_texts, 'a list of texts')
_NUMBER: tuple[Check, str] = (_is_number, 'a number')

# name -> (check, what it asks for). None, which stands for "not given", is let through where the default is None.
CHECKS: dict[str, tuple[Check, str]] = {
    'baseoff': (_is_size, 'an integer'),
    'defport': (_is_size, 'an integer'),
    'defproto': (_is_text, 'a text'),
    'enums': (_is_enums, 'a text, a list of texts or a list of (integer, text)'),
    'fields': (_is_fields, 'a list of (name, type)'),
    'forms': _TEXTS,
    'interfaces': _TEXTS,
    'max': _NUMBER,
    'min': _NUMBER,
    'modulo': (_is_divisor, 'a number above 0'),
    'n1:forms': _TEXTS,
    'n2:forms': _TEXTS,
    'regex': (_is_text, 'a text'),
    'replace': (lambda valu: _is_pairs(valu) and all(map(_is_texts, valu)), 'a list of (text, text)'),
    'schema': (lambda valu: type(valu) in (dict, bool), 'a JSON schema'),
    'sepr': (_is_text, 'a text'),
    'size': (_is_size, 'an integer'),
    'split': (_is_text, 'a text'),
    'type': (_is_typedef, 'a type'),
    'typeopts': (_is_dict, 'a dictionary'),
    'units': (_is_units, 'a dictionary of numbers'),
    'zeropad': (_is_pad, f'an integer up to {MAX_PAD}'),
}
REQUIRED = frozenset(('baseoff', 'size', 'type', 'zeropad'))


def check(name: str, opts: dict[str, typing.Any]) -> None:
    """Check the options that a type is given. Raises BadTypeDef."""
    for opt, valu in opts.items():
        found = CHECKS.get(opt)
        if found is None or (valu is None and opt not in REQUIRED):
            continue
        func, what = found
        if not func(valu):
            raise s_exc.BadTypeDef(mesg=f'Option {opt} of type {name} must be {what}.', name=name, option=opt)
