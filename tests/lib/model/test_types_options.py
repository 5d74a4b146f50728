"""Options from users: whatever they are, a type is refused or works; patterns and schemas do no harm."""

from __future__ import annotations

import time
import typing

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import synapse.exc as s_exc
import synapse.lib.model.types as s_types
import synapse.lib.model.types.options as s_options
import synapse.lib.model.types.patterns as s_patterns
import synapse.models as s_models
from tests.lib.model import types_inputs as inputs

MODEL = s_models.load()

ODD: list[typing.Any] = [None, True, False, 0, 1, -1, 2, 3, 8, 16, 2**70, -(2**70), 1.5, float('nan'), float('inf')]
ODD += ['', 'a', 'int', 'str', 'newp', ',', '(', '[a-z]+', '(?P<a>x)', 'a' * 1000, b'x', [], {}, [1], ['a'], [None]]
ODD += [[['a', 'b']], [[1, 'a']], [[1, 'a'], [2, 'b']], [['a', 'int']], [['a', ['int', {'size': 3}]]], [[['x'], 'a']]]
ODD += [{'a': 1}, {'a': 'x'}, {'kg': '1000'}, ('int', {}), ('array', {'type': 'int'}), ('newp', {}), ['inet:fqdn'], {1}]
VALUES: list[typing.Any] = [
    'a',
    '1',
    '',
    1,
    -5,
    2.5,
    True,
    None,
    ['a'],
    ['a', 'b'],
    [1, 2],
    {'a': 1},
    '1-2',
    'a,b',
    b'x',
]
FLAGS = ['uniq', 'sorted', 'relative', 'lower', 'globsuffix', 'signed', 'enums:strict', 'ismin']


def use(typo: s_types.Type, valu: typing.Any) -> None:
    """Do everything with a value that is done with one."""
    norm = typo.norm(valu)[0]
    typo.repr(norm)
    typo.indx(norm)
    for name in typo.CMPRS:
        try:
            typo.cmpr(name, valu)(norm)
        except s_exc.SynErr:
            pass


@pytest.mark.parametrize('name', sorted(s_types.BASETYPES))
def test_any_options(name: str) -> None:
    typo = MODEL.reqType(name)
    names = st.sampled_from([*typo.opts] * 3 + [*s_options.CHECKS, *FLAGS])
    given_values = st.sampled_from(inputs.good_for(name)[:10] + VALUES)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(names, st.integers(0, len(ODD) - 1), min_size=1, max_size=3), st.lists(given_values))
    def check(picks: dict[str, int], values: list[typing.Any]) -> None:
        try:
            other = typo.clone({opt: ODD[at] for opt, at in picks.items()})
            other.resolve()
        except s_exc.SynErr:
            return
        for valu in values:
            try:
                use(other, valu)
            except s_exc.SynErr:
                pass

    check()


def test_refusals_name_the_option() -> None:
    with pytest.raises(s_exc.BadTypeDef) as info:
        MODEL.reqType('array').clone({'split': 5})
    assert info.value.get('mesg') == 'Option split of type array must be a text.'
    assert (info.value.get('name'), info.value.get('option')) == ('array', 'split')


REPETITIONS = [
    (r'^[a-z0-9+-]+$', 1),
    (r'^a{3}b{2}$', 0),
    (r'^(a+)+$', 3),
    (r'(a|aa){50}', 1),
    (r'(a|aa)+', 2),
    (r'\+\*[*+]', 0),
    (r'[]*]a*', 1),
    (r'(a)\1\1', 2),
    (r'a{2,}b{,3}', 2),
]


@pytest.mark.parametrize(('text', 'count'), REPETITIONS)
def test_repetitions(text: str, count: int) -> None:
    assert s_patterns.repetitions(text) == count


@pytest.mark.parametrize('text', ['^(a+)+$', '(a|aa)+$', r'^(\w+\s?)*$', 'a*a*a*a*a*c'])
def test_endless_patterns_end(text: str) -> None:
    typo = MODEL.reqType('str').clone({'regex': text})
    begin = time.process_time()
    for valu in ('a' * 40 + '!', 'a' * 5000 + '!'):
        with pytest.raises(s_exc.BadTypeValu):
            typo.norm(valu)
    assert time.process_time() - begin < 5
    assert typo.norm('aac')[0] == 'aac' if text.endswith('c') else typo.norm('aa')[0] == 'aa'


@pytest.mark.parametrize('text', ['a+b', 'a*b', '(a+)+b', '.*.*=.*'])
def test_endless_searches_end(text: str) -> None:
    test = MODEL.reqType('str').cmpr('~=', text)
    begin = time.process_time()
    for valu in ('a' * 30, 'a' * 100000):
        try:
            assert not test(valu)
        except s_exc.StormRuntimeError as e:
            assert 'took too long' in e.get('mesg')
    assert time.process_time() - begin < 5


SCHEMAS: list[typing.Any] = [
    {'$ref': 'http://127.0.0.1:1/x'},
    {'$ref': 'file:///etc/passwd'},
    {'$ref': 'other.json'},
    {'type': 'newp'},
    {'properties': 5},
    {'pattern': '('},
]


@pytest.mark.parametrize('schema', SCHEMAS)
def test_schemas_that_are_none(schema: typing.Any) -> None:
    with pytest.raises(s_exc.BadTypeValu, match='The JSON schema is not usable'):
        MODEL.reqType('data').clone({'schema': schema}).norm('x')


def test_schema_without_network() -> None:
    with pytest.raises(s_exc.BadTypeValu, match='References to other documents are not followed: http://127.0.0.1:1/x'):
        MODEL.reqType('data').clone({'schema': SCHEMAS[0]}).norm('x')
