"""What may be a name, and what it means (aha.md 2, 7.1, 8)."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.aha.names as s_names

BAD = [
    '',
    '.',
    'a..b',
    '.a',
    'a.',
    'a b',
    'a/b',
    'a?b',
    'a&ca=x',
    'a#',
    'a@b',
    'a:1',
    'a\x00',
    'a\n',
    'a\u200b',
    5,
    None,
]


@pytest.mark.parametrize('name', [*BAD, 'x' * 201, b'axon'])
def test_bad_names(name: typing.Any) -> None:
    with pytest.raises(s_exc.BadArg):
        s_names.req_label(name, 'name')


@pytest.mark.parametrize('name', ['a', '00.cortex', 'a.b.foo', 'cörtex', 'x' * 200, 'a_b-c'])
def test_good_names(name: str) -> None:
    assert s_names.req_label(name, 'name') == name


def test_short_names() -> None:
    assert s_names.expand('cortex...', 'loop.test') == 'cortex.loop.test'
    assert s_names.expand('00.cortex...', 'loop.test') == '00.cortex.loop.test'
    assert s_names.expand('cortex', 'loop.test') == 'cortex'
    assert s_names.expand('cortex.net', None) == 'cortex.net'
    with pytest.raises(s_exc.BadArg):
        s_names.expand('cortex...', None)


def test_split() -> None:
    assert s_names.split('x.y.z') == ('x', 'y.z')
    assert s_names.split('00.cortex', 'loop.test') == ('00.cortex', 'loop.test')
    with pytest.raises(s_exc.BadArg, match='at least one "."'):
        s_names.split('cortex')
    for args in ((5,), ('a', 5), ('a', ''), ('', 'net'), ('x.',)):
        with pytest.raises(s_exc.BadArg):
            s_names.split(*args)


def test_alias() -> None:
    assert s_names.alias('00.cortex') == 'cortex'
    assert s_names.alias('a.b.foo') == 'foo'
    assert s_names.alias('foo') is None


def test_names_in_certificates() -> None:
    assert s_names.req_hostname('00.axon', 'loop.test') == '00.axon.loop.test'
    assert s_names.req_username('visi', 'loop.test') == 'visi@loop.test'
    assert s_names.req_hostname('x' * 54, 'loop.test') == 'x' * 54 + '.loop.test'
    for func in (s_names.req_hostname, s_names.req_username):
        with pytest.raises(s_exc.BadArg, match='Empty name'):
            func('', 'loop.test')
        with pytest.raises(s_exc.BadArg, match='must not exceed 64 characters in length'):
            func('x' * 55, 'loop.test')
    with pytest.raises(s_exc.BadArg, match='ASCII'):
        s_names.req_hostname('cörtex', 'loop.test')
