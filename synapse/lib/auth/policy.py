"""The password policy of the option ``auth:passwd:policy``: pure checks, a list of complaints (cell.md 5.6)."""

from __future__ import annotations

import string
import typing

import synapse.exc as s_exc
import synapse.lib.schema as s_schema

_COUNT = {'type': ['integer', 'null'], 'minimum': 0}
_VALID = {'type': ['string', 'null'], 'minLength': 1}
_KINDS = (
    ('upper', 'uppercase', string.ascii_uppercase),
    ('lower', 'lowercase', string.ascii_lowercase),
    ('special', 'special', string.punctuation),
    ('number', 'digit', string.digits),
)
SCHEMA: dict[str, typing.Any] = {
    'type': 'object',
    'properties': {
        'complexity': {
            'type': ['object', 'null'],
            'properties': {
                'length': {'type': ['integer', 'null'], 'minimum': 1},
                'sequences': {'type': ['integer', 'null'], 'minimum': 2},
                **{f'{kind}:count': _COUNT for kind, _, _ in _KINDS},
                **{f'{kind}:valid': _VALID for kind, _, _ in _KINDS},
            },
            'additionalProperties': False,
        },
        'attempts': {'type': ['integer', 'null'], 'minimum': 1},
        'previous': {'type': ['integer', 'null'], 'minimum': 1},
    },
    'additionalProperties': False,
}
_check = s_schema.checker(SCHEMA)


def _has_sequence(text: str, size: int) -> bool:
    """Return True when the text holds a run of ``size`` neighbouring characters, up or down (``abc``, ``321``)."""
    run = {1: 1, -1: 1}
    for one, two in zip(text, text[1:], strict=False):
        for step in run:
            run[step] = run[step] + 1 if ord(two) - ord(one) == step else 1
            if run[step] >= size:
                return True
    return False


class Policy:
    """What a password must look like, and what happens to those who guess.

    Attributes:
        attempts: Wrong tries that lock a user; 0 for any number.
        previous: How many former passwords are refused; 0 for none.
    """

    def __init__(self, conf: dict[str, typing.Any] | None = None) -> None:
        """Take the value of the option. Raises BadConfValu when it is not of the form that ``SCHEMA`` describes."""
        conf = conf or {}
        try:
            _check(conf)
        except s_exc.SchemaViolation as e:
            mesg = f'Invalid config for auth:passwd:policy, {e.get("mesg")}'
            raise s_exc.BadConfValu(mesg=mesg, name='auth:passwd:policy', value=conf) from None
        self.complexity: dict[str, typing.Any] | None = conf.get('complexity')
        self.attempts: int = conf.get('attempts') or 0
        self.previous: int = conf.get('previous') or 0

    def failures(self, passwd: str) -> list[str]:
        """Return what is wrong with a password, one sentence each; empty when it is fine."""
        rules = self.complexity
        if rules is None:
            return []
        retn = []
        length = rules.get('length')
        if length and len(passwd) < length:
            retn.append(f'Password must be at least {length} characters.')
        known: set[str] = set()
        for kind, word, default in _KINDS:
            valid = rules.get(f'{kind}:valid', default) or ''  # null: no character of this kind is valid
            known.update(valid)
            want = rules.get(f'{kind}:count') or 0
            found = sum(char in valid for char in passwd)
            if found < want:
                retn.append(f'Password must contain at least {want} {word} characters, {found} found.')
        strange = sorted(set(passwd) - known)
        if strange:
            retn.append(f'Password contains invalid characters: {strange}')
        size = rules.get('sequences')
        if size and _has_sequence(passwd, size):
            retn.append(f'Password must not contain forward/reverse sequences longer than {size} characters.')
        return retn


def req_no_failures(failures: list[str]) -> None:
    """Raise BadArg with all complaints when there are any: ``mesg`` has a line for each, ``failures`` is the list."""
    if failures:
        lines = ''.join(f'\n  - {line}' for line in failures)
        mesg = f'Cannot change password due to the following policy violations:{lines}'
        raise s_exc.BadArg(mesg=mesg, failures=failures)
