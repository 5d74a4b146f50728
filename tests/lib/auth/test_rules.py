"""Rules: what a list of them must look like, and what it matches."""

from __future__ import annotations

import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.auth.rules as s_rules

# rules -> name of the part that is wrong, what is wrong with it (observed, peer 2.256)
BAD = [
    ('x', 'data', 'must be array'),
    (None, 'data', 'must be array'),
    (['a'], 'data[0]', 'must be array'),
    ([(True,)], 'data[0]', 'must contain at least 2 items'),
    ([(True, ('a',), 1)], 'data[0]', 'must contain less than or equal to 2 items'),
    ([(1, ('a',))], 'data[0][0]', 'must be boolean'),
    ([(None, ('a',))], 'data[0][0]', 'must be boolean'),
    ([(True, 'a')], 'data[0][1]', 'must be array'),
    ([(True, ())], 'data[0][1]', 'must contain at least 1 items'),
    ([(True, (5,))], 'data[0][1][0]', 'must be string'),
    ([(True, ('a', ''))], 'data[0][1][1]', 'must be longer than or equal to 1 characters'),
    ([(True, ('a',)), (False, ('',))], 'data[1][1][0]', 'must be longer than or equal to 1 characters'),
]


@pytest.mark.parametrize('rules, name, what', BAD)
def test_bad_rules_are_told_apart(rules: typing.Any, name: str, what: str) -> None:
    with pytest.raises(s_exc.SchemaViolation) as e:
        s_rules.req_rules(rules)
    assert e.value.get('mesg') == f'{name} {what}'
    assert e.value.get('name') == name


def test_good_rules_become_tuples() -> None:
    assert s_rules.req_rules([[True, ['a', 'b']], (False, ('c',))]) == ((True, ('a', 'b')), (False, ('c',)))
    assert s_rules.req_rules([]) == ()


@pytest.mark.parametrize(
    'text, rule',
    [
        ('a.b.c', (True, ('a', 'b', 'c'))),
        ('!a.b c', (False, ('a', 'b c'))),
        ('node', (True, ('node',))),
        ('node.prop.set.inet:fqdn', (True, ('node', 'prop', 'set', 'inet:fqdn'))),
    ],
)
def test_text_form_and_back(text: str, rule: s_rules.Rule) -> None:
    assert s_rules.rule_from_text(text) == rule
    assert s_rules.text_from_rule(rule) == text


def test_permissions_are_lists_of_strings() -> None:
    assert s_rules.norm_perm(['a', 'b']) == ('a', 'b')
    assert s_rules.norm_perm('a.b') == ('a.b',)
    for perm in (5, None, ('a', 5), {'a': 1}):
        with pytest.raises(s_exc.BadArg):
            s_rules.norm_perm(perm)


parts = st.lists(st.sampled_from('abc'), min_size=1, max_size=4).map(tuple)
rule_lists = st.lists(st.tuples(st.booleans(), parts), max_size=8).map(tuple)


@hypothesis.given(rule_lists, parts)
def test_the_first_rule_whose_path_is_a_prefix_decides(rules: s_rules.Rules, perm: s_rules.Path) -> None:
    text = '.'.join(perm) + '.'
    hits = [rule for rule in rules if text.startswith('.'.join(rule[1]) + '.')]
    assert s_rules.find(rules, perm) == (hits[0] if hits else None)


@hypothesis.given(rule_lists, parts)
def test_deepdeny_lets_a_deny_below_the_path_decide(rules: s_rules.Rules, perm: s_rules.Path) -> None:
    text = '.'.join(perm) + '.'
    hits = []
    for allow, path in rules:
        mine = '.'.join(path) + '.'
        if text.startswith(mine) or (not allow and mine.startswith(text)):
            hits.append((allow, path))
    assert s_rules.find(rules, perm, deepdeny=True) == (hits[0] if hits else None)
