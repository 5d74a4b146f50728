"""The password policy, with vectors observed on the peer (2.256)."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.auth.policy as s_policy

FULL = {'length': 8, 'sequences': 3, 'upper:count': 2, 'lower:count': 2, 'special:count': 2, 'number:count': 2}
LEN = 'Password must be at least 8 characters.'
SEQ = 'Password must not contain forward/reverse sequences longer than 3 characters.'


def need(word: str, found: int, want: int = 2) -> str:
    return f'Password must contain at least {want} {word} characters, {found} found.'


def bad(*chars: str) -> str:
    return f'Password contains invalid characters: {list(chars)}'


# complexity, password -> complaints
VECTORS: list[tuple[dict[str, typing.Any], str, list[str]]] = [
    (FULL, 'x', [LEN, need('uppercase', 0), need('lowercase', 1), need('special', 0), need('digit', 0)]),
    (FULL, 'aaaaaaaa', [need('uppercase', 0), need('special', 0), need('digit', 0)]),
    (FULL, 'ABCDefgh12!!', [SEQ]),
    (FULL, 'abcdXYZ', [LEN, need('special', 0), need('digit', 0), SEQ]),
    (FULL, '1234ABcd!!xx', [SEQ]),
    (FULL, 'ÄÖaa!!11zz', [need('uppercase', 0), bad('Ä', 'Ö')]),
    (FULL, 'AxBy!!92kk  ', [bad(' ')]),
    (FULL, 'AXby19!?', []),
    (FULL, 'aaBB!!11zq', []),
    (FULL, 'ABDEab!!29ce', []),
    ({}, 'abcdé ß', [bad(' ', 'ß', 'é')]),
    ({}, 'x', []),
    ({'length': None, 'upper:count': None}, 'x', []),
    ({'upper:valid': 'XYZ'}, 'aBab', [bad('B')]),
    ({'upper:valid': 'XYZ'}, 'XYZ', []),
    ({'upper:valid': None, 'lower:count': 1}, 'XYZ', [need('lowercase', 0, 1), bad('X', 'Y', 'Z')]),
    ({'sequences': 3}, 'dcba', [SEQ]),
    ({'sequences': 3}, '4321', [SEQ]),
    ({'sequences': 3}, 'abc1 23', [bad(' '), SEQ]),
    ({'sequences': 3}, 'cbab', [SEQ]),
    ({'sequences': 3}, 'aaaa', []),
    ({'sequences': 3}, 'abdc', []),
    ({'sequences': 3}, 'zyab', []),
    ({'sequences': 3}, 'aBab', []),
]


@pytest.mark.parametrize('rules, passwd, failures', VECTORS)
def test_complaints(rules: dict[str, typing.Any], passwd: str, failures: list[str]) -> None:
    assert s_policy.Policy({'complexity': rules}).failures(passwd) == failures


@pytest.mark.parametrize('conf', [None, {}, {'complexity': None}, {'attempts': 3}])
def test_no_complexity_means_anything_goes(conf: typing.Any) -> None:
    assert s_policy.Policy(conf).failures('é') == []


@pytest.mark.parametrize(
    'conf',
    [
        {'zork': 1},
        {'attempts': 0},
        {'previous': 0},
        {'complexity': {'sequences': 1}},
        {'complexity': {'length': 0}},
        {'complexity': {'upper:count': -1}},
        {'complexity': {'nope': 1}},
        {'complexity': 'strict'},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(conf: dict[str, typing.Any]) -> None:
    with pytest.raises(s_exc.BadConfValu) as e:
        s_policy.Policy(conf)
    assert e.value.get('name') == 'auth:passwd:policy'


def test_all_complaints_travel_in_one_error() -> None:
    with pytest.raises(s_exc.BadArg) as e:
        s_policy.req_no_failures([LEN, SEQ])
    head = 'Cannot change password due to the following policy violations:'
    assert e.value.get('mesg') == f'{head}\n  - {LEN}\n  - {SEQ}'
    assert e.value.get('failures') == [LEN, SEQ]
    s_policy.req_no_failures([])
