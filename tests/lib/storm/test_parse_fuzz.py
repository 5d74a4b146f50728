"""The parser on texts that nobody wrote: whatever comes in, a tree or a syntax error comes out, and soon."""

from __future__ import annotations

import pathlib
import time

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar as s_grammar
import tests.lib.storm.outline as t_outline

# Pieces of queries: put together at random they get far more often past the first token than random characters do.
PIECES = [
    *'()[]{}$#:.,;|=+-*/<>@!?~^%&\\`\'"',
    *(
        ' ',
        '  ',
        '\n',
        '//',
        '/*',
        '*/',
        '${',
        '$(',
        '->',
        '-+>',
        '<-',
        '-->',
        ')>',
        '-(',
        '<(',
        '*[',
        '##',
        '::',
        '?=',
    ),
    *(
        'inet:ipv4',
        'inet:ip*',
        ':asn',
        ':a::b',
        '.seen',
        '#foo',
        '#foo.$x',
        '#foo:risk',
        '+#foo',
        '$x',
        '$x.y',
        '$f(',
        '*$x',
    ),
    *(
        '1',
        '-1',
        '1.5',
        '0x10',
        'foo',
        'a b',
        '"a"',
        "'b'",
        '`c{$x}`',
        'true',
        'null',
        'é',
        '☃',
        '\ud800',
        '\x00',
        '\u2003',
    ),
    *(
        ' if ',
        ' elif ',
        ' else ',
        ' for ',
        ' in ',
        ' while ',
        ' switch ',
        ' try ',
        ' catch ',
        ' as e ',
        ' init ',
        ' fini ',
    ),
    *(
        ' function f(',
        ' return(',
        ' emit ',
        ' yield ',
        ' stop ',
        ' break ',
        ' not ',
        ' and ',
        ' or ',
        ' reverse(',
        ' limit ',
    ),
    *(
        'a: {',
        '*: {',
        '{}',
        '()',
        '$x=',
        ':asn=',
        '+(refs)> {',
        '<(refs)- *',
        "({'a': ",
        '([1, ',
        '*in=(',
        '>=',
        ' --opt=',
    ),
]

TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map(''.join) | st.text(max_size=40)

# Texts of real queries to cut up and glue together.
SEEDS = [
    case.partition('\n----\n')[0]
    for path in sorted(pathlib.Path(__file__).parent.glob('parse/*.txt'))
    if path.stem not in ('verdicts', 'modes')
    for case in path.read_text(encoding='utf8').split('\n====\n')
]

SETTINGS = hypothesis.settings(deadline=None, max_examples=200)


def parse(text: str, mode: str = 'storm') -> s_ast.Query | None:
    """Return the tree, or None for a text that is refused as it should be."""
    try:
        return s_grammar.parse_query(text, mode)
    except s_exc.BadSyntax as e:
        check_error(text, e)
        return None
    except s_exc.RecursionLimitHit:
        return None


def check_error(text: str, error: s_exc.SynErr) -> None:
    """The place that an error names exists, and its parts agree."""
    info = error.items()
    beg, end = info['highlight']['offsets']
    assert 0 <= beg <= end <= len(text)
    assert info['at'] == beg
    assert info['token'] == text[beg:end]
    assert info['text'] == text
    lines = text[:beg].split('\n')
    assert (info['line'], info['column']) == (len(lines), len(lines[-1]) + 1)


def check_spans(node: s_ast.Node, text: str) -> None:
    """A node lies within its parent, in the order of the text."""
    for item in s_ast.walk(node):
        beg, end = item.span
        assert 0 <= beg <= end <= len(text)
        for child in s_ast.children(item):
            assert beg <= child.span[0] <= child.span[1] <= end, (item, child)


@SETTINGS
@hypothesis.given(TEXTS, st.sampled_from(['storm', 'lookup', 'search']))
def test_fuzz_pieces(text: str, mode: str) -> None:
    query = parse(text, mode)
    if query is not None:
        check_spans(query, text)


@SETTINGS
@hypothesis.given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 80), st.integers(0, 80), TEXTS)
def test_fuzz_cuts(left: str, right: str, beg: int, end: int, middle: str) -> None:
    text = left[:beg] + middle + right[end:]
    query = parse(text)
    if query is not None:
        check_spans(query, text)


@SETTINGS
@hypothesis.given(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=4))
def test_block_is_a_query(parts: list[str]) -> None:
    """What stands in braces is the same tree as that text alone."""
    text = '\n|'.join(part for part in parts if parse(part) is not None)
    inner = parse(text)
    if inner is not None:
        for wrap in ('{%s\n}', 'if 1 {%s\n}', '$x=${%s\n}', 'tee {%s\n}', '+{%s\n}'):
            outer = parse(wrap % text)
            assert outer is not None
            bodies = [node for node in s_ast.walk(outer) if isinstance(node, s_ast.Query)]
            assert t_outline.lines(bodies[1]) == t_outline.lines(inner)
            assert bodies[1].text == text + '\n'


@SETTINGS
@hypothesis.given(TEXTS)
def test_fuzz_values_and_words(text: str) -> None:
    try:
        check_spans(s_grammar.parse_value(text), text)
    except s_exc.BadSyntax as e:
        check_error(text, e)
    except s_exc.RecursionLimitHit:
        pass
    try:
        words = s_grammar.parse_cmdargs(text)
    except (s_exc.BadArg, s_exc.BadSyntax):
        pass
    else:
        assert all(isinstance(word, str) for word in words)


@pytest.mark.parametrize('head', ['', '$x=', '$x=('])
def test_long_texts_take_linear_time(head: str) -> None:
    """Many of anything: what is quadratic anywhere would take minutes."""
    for piece in [*PIECES, 'a:', 'a.', '("\\', '((a,', 'a=b ', '--a=', "'''", ':a::', '#a.', '`a{', '(1 ', '\\"']:
        start = time.process_time()
        parse(head + piece * (60000 // len(piece)))
        assert time.process_time() - start < 20, piece
