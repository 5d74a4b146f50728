"""What is found in text, under which form, and where (types.md 6). ``vectors.jsonl`` was verified with the peer."""

from __future__ import annotations

import json
import pathlib
import re
import time
import typing

import pytest
import regex
from hypothesis import given, settings, strategies as st

import synapse.lib.scrape as s_scrape
import synapse.lib.scrape.coins as s_coins
import synapse.lib.scrape.scraper as s_scraper
import synapse.lib.scrape.tables as s_tables
import synapse.models as s_models

VECTORS = [json.loads(line) for line in (pathlib.Path(__file__).parent / 'vectors.jsonl').read_text().splitlines()]
MODEL = s_models.load()


def found(text: str, **opts: typing.Any) -> list[tuple[str, typing.Any]]:
    """Return (form, raw value) pairs."""
    return [(hit.form, hit.valu) for hit in s_scrape.scrape(text, **opts)]


@pytest.mark.parametrize('vector', VECTORS, ids=[ascii(vector[0])[:60] for vector in VECTORS])
def test_vectors(vector: list[typing.Any]) -> None:
    text, *want = vector
    got = [[hit.form, norm, hit.offset, hit.match] for hit, norm, _ in s_scrape.normed(MODEL, s_scrape.scrape(text))]
    assert json.loads(json.dumps(got)) == want


def urls_and_names(*rows: str) -> list[tuple[str, str]]:
    return [tuple(row.split(' ', 1)) for row in rows]  # type: ignore[misc]


@pytest.mark.parametrize(
    'text, want',
    [
        ('hxxp://foo[.]com/x?y visit.', urls_and_names('inet:url http://foo.com/x?y', 'inet:fqdn foo.com')),
        (
            'bob[at]vertex.link <alice@foo.com>.',
            urls_and_names(
                'inet:email bob@vertex.link',
                'inet:email alice@foo.com',
                'inet:fqdn vertex.link',
                'inet:fqdn foo.com',
            ),
        ),
        (
            '1.2.3.4:80 and 5[.]6[.]7[.]8',
            urls_and_names('inet:server 1.2.3.4:80', 'inet:ipv4 1.2.3.4', 'inet:ipv4 5.6.7.8'),
        ),
        ('hxxps[:]//foo(.)com', urls_and_names('inet:url https://foo.com', 'inet:fqdn foo.com')),
        ('(http://a.com/x)', urls_and_names('inet:url http://a.com/x', 'inet:fqdn a.com')),
        ('http://foo.com, bar', urls_and_names('inet:url http://foo.com', 'inet:fqdn foo.com')),
        ('zzz://foo.com/', urls_and_names('inet:fqdn foo.com')),
        ('foo[dot]com a[.com', urls_and_names('inet:fqdn foo.com', 'inet:fqdn a.com')),
        ('woot.notatld bücher.com', urls_and_names('inet:fqdn bücher.com')),
    ],
)
def test_raw_values(text: str, want: list[tuple[str, str]]) -> None:
    assert found(text) == want


def test_order_is_by_form() -> None:
    parts = [
        '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'CWE-79', 'CVE-2020-1234', 'e' * 64, 'd' * 40, 'c' * 32, '2001:db8::1',
        '[::1]:80', '1.2.3.4', 'bob@a.com', 'http://b.com/', 'C:\\x\n/etc/y',
        'cpe:2.3:a:vertex:synapse:*:*:*:*:*:*:*:*',
    ]  # fmt: skip
    forms = list(dict.fromkeys(form for form, _ in found(' '.join(parts))))
    assert forms == list(s_scrape.FORMS)


def test_context_shows_the_original() -> None:
    text = 'x hxxp://foo[.]com/ y'
    hit = next(s_scrape.scrape(text))
    assert hit == ('inet:url', 'http://foo.com/', 'hxxp://foo[.]com/', 2)
    assert hit.info() == {'match': 'hxxp://foo[.]com/', 'offset': 2}


def test_without_refanging() -> None:
    assert found('hxxp://foo[.]com a.com', refang=False) == [('inet:fqdn', 'a.com')]


def test_only_some_forms() -> None:
    assert found('http://a.com 1.2.3.4', forms=('inet:ipv4', 'inet:fqdn')) == [
        ('inet:ipv4', '1.2.3.4'),
        ('inet:fqdn', 'a.com'),
    ]


def test_first_hit() -> None:
    hit = s_scrape.first('see foo.com and 1.2.3.4')
    assert hit is not None and hit.valu == '1.2.3.4'
    assert s_scrape.first('nothing here') is None


@pytest.mark.parametrize(
    'text, want',
    [
        (r'\\foo.com\share\path', [r'\\foo.com\share\path']),  # the peer wants a blank behind it
        ('(http://foo.com/wiki/x_(y))', ['http://foo.com/wiki/x_(y)']),  # it drops every closing bracket at the end
        ('((http://foo.com/x))', ['http://foo.com/x']),
        ('view://http://foo.com/x', ['http://foo.com/x']),
    ],
)
def test_urls_that_are_told_apart_better(text: str, want: list[str]) -> None:
    assert [valu for form, valu in found(text) if form == 'inet:url'] == want


@pytest.mark.parametrize('text', ['std::vector', 'foo::bar', 'x::1', '::1z', '_::1', '12345::1', '::', '1::2::3'])
def test_not_every_colon_is_an_address(text: str) -> None:
    assert [form for form, _ in found(text) if form == 'inet:ipv6'] == []


def test_an_address_before_a_colon() -> None:
    assert found('from 2001:db8::1: refused') == [('inet:ipv6', '2001:db8::1')]


def test_taproot() -> None:
    addr = 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr'
    assert found(addr) == [('crypto:currency:address', ('btc', addr))]
    assert found(addr[:-1] + 'q') == []


@pytest.mark.parametrize(
    'digits',
    [
        '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
        'fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
        'dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    ],
)
def test_eip55(digits: str) -> None:
    assert s_coins.eip55(digits) == digits


def test_a_long_name_is_none() -> None:
    assert found('a.' * 100 + 'com') == [('inet:fqdn', 'a.' * 100 + 'com')]
    assert found('a.' * 130 + 'com') == []


@pytest.mark.parametrize('label', ['com', 'uk', 'ck', 'xn--p1ai', 'onion', 'bit', 'bazar', 'arpa', 'zip'])
def test_top_level_domains(label: str) -> None:
    assert s_tables.is_tld(label)


@pytest.mark.parametrize('label', ['local', 'exe', 'notatld', 'kawasaki', '', '123'])
def test_no_top_level_domains(label: str) -> None:
    assert not s_tables.is_tld(label)


def test_matches_of_a_pattern_of_the_caller() -> None:
    rule = re.compile('(?P<valu>http.com)(?P<more>x)?', re.IGNORECASE)
    fangs = (('hxxp', 'http'), ('[.]', '.'))
    assert list(s_scrape.matches('ab HXXP[.]com', rule, fangs)) == [
        ('http.com', {'match': 'HXXP[.]com', 'offset': 3}),
    ]


def test_matches_with_an_empty_or_missing_group() -> None:
    assert list(s_scrape.matches('xb', regex.compile('x|(?P<valu>b*)'))) == [
        ('b', {'match': 'b', 'offset': 1}),
        ('', {'match': '', 'offset': 2}),
    ]


# no text is expensive, and no text breaks anything

PIECES = [
    '.', ':', '/', '\\', '@', '-', '_', '[', ']', '(', ')', '"', "'", ' ', '\n', '\t', '\0', '1', '0', '255', 'a', 'f',
    'com', 'http', '://', 'hxxp', '[.]', '[:]', '[dot]', '[at]', 'cpe:2.3:a:', ':*', '*', '?', 'CVE-2020-', '1BvBMSEY',
    'bc1q', '0x', 'bitcoincash:', 'addr1', 'Ae2', 'r', 'X', '/etc', 'C:\\', '\\\\', '::', '١', 'é', '\u3002', '☃',
    '\u200b', '\ud800', 'ſ', 'K', 'İ', 'xn--',
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map(''.join)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_any_text(text: str) -> None:
    hits = list(s_scrape.scrape(text))
    for hit in hits:
        assert text[hit.offset : hit.offset + len(hit.match)] == hit.match
        assert hit.match
    for hit, norm, _ in s_scrape.normed(MODEL, hits):
        assert MODEL.reqForm(hit.form).type.norm(norm)[0] == norm


UNITS = [piece for piece in PIECES if len(piece) > 1] + [
    'a.', '1.', 'a:', '::', 'a@', '@a.', '-', 'a-', 'a_', 'http://', 'a://', '[:', '(', '/a', '/etc/a ', 'C:\\a.',
    '\\a', '"\\\\a\\b ', "'\\\\a\\b", '\\\\a\\', '1.2.3.4', '1.2.3.4:', '[::1]:', '0', 'a', 'A1', '11', '::1 ',
    'x1.', '1::',
    'cpe:2.3:a:b:', '\\!', '?', '0123456789abcdef', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ', '日', '日。', '\u0301', '$.',
    'q', 'hxxp[', '[s]', 'a.com.', 'bob@foo.', '/', '1:', 'f:f:', '.1',
]  # fmt: skip


def cost(finder: s_scraper.Finder, text: str) -> float:
    """Return the best of three times, in seconds."""
    times = []
    for _ in range(3):
        start = time.process_time()
        for _ in finder(text):
            pass
        times.append(time.process_time() - start)
    return min(times)


def is_linear(finder: s_scraper.Finder, small: str, large: str) -> bool:
    took = cost(finder, large)
    return took < 0.02 or took < 9 * cost(finder, small)


@pytest.mark.parametrize('unit', dict.fromkeys(UNITS), ids=ascii)
def test_linear_time(unit: str) -> None:
    """What is quadratic takes 16 times as long for four times the text, each time; the rest of the bound is noise."""
    small, large = unit * (10_000 // len(unit)), unit * (40_000 // len(unit))
    for form, finder in s_scraper.FINDERS:
        assert any(is_linear(finder, small, large) for _ in range(5)), (form, unit)
