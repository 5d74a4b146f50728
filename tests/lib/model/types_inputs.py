"""Inputs for the property tests: the vectors, bent in all ways, and everything that is no vector at all."""

from __future__ import annotations

import ast
import decimal
import functools
import pathlib
import re
import typing

from hypothesis import strategies as st

ODD = list('aZ09 .:/@-_%?*#+,;=[](){}<>|\\~"\'\t\n') + [
    *(
        'ä',
        'ß',
        'İ',
        'K',
        'ſ',
        '日',
        '。',
        '．',
        '\u200d',
        '\u0301',
        '٣',
        '１',
        '\ud800',
        '\x00',
        '\x01',
        '\xa0',
        '😀',
        'ﬁ',
    ),
    *('xn--', '://', '.arpa', '[.]', '1day', 'nan', 'inf', '0x', '%25'),
]
NUMBERS: list[typing.Any] = [0, 1, -1, 2**31, 2**63, 2**63 - 1, -(2**63), 2**64 - 1, 2**128, 10**5000]
NUMBERS += [1.5, -0.0, 1e308, 5e-324, float('nan'), float('inf'), float('-inf')]
NUMBERS += [decimal.Decimal(text) for text in ('1.5', 'nan', 'snan', 'inf', '1e999999', '-1e-999999')]


@functools.cache
def rows() -> list[tuple[str, typing.Any, bool]]:
    """Return (type, input, whether it is accepted) of all vectors without options."""
    found = []
    for line in pathlib.Path(__file__).with_name('vectors.txt').read_text().splitlines()[3:]:
        head, *cols = line.split(' | ')
        if cols and ' ' not in head:
            text = re.sub(r'^Decimal\((.*)\)$', r'\1', cols[0])
            found.append((head, ast.literal_eval(text), cols[1] != '-' and not cols[1].startswith('NoSuch')))
    return found


def good_for(name: str) -> list[typing.Any]:
    """Return inputs that a type accepts."""
    return [valu for typo, valu, good in rows() if typo == name and good]


@st.composite
def bent(draw: st.DrawFn, texts: list[str]) -> str:
    """One of some texts with a few characters put in, left out or repeated."""
    chars = list(draw(st.sampled_from(texts)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(chars)))
        kind = draw(st.integers(0, 3))
        if kind == 0 and chars:
            chars.pop(at - 1)
        elif kind == 1:
            chars[at:at] = chars[:at]
        else:
            chars.insert(at, draw(st.sampled_from(ODD)))
    return ''.join(chars)


def values_for(name: str) -> st.SearchStrategy[typing.Any]:
    """Return anything, most of it close to what a type accepts."""
    every = [valu for _, valu, _ in rows()]
    own = [valu for typo, valu, _ in rows() if typo == name] or every
    texts = [valu for valu in own if isinstance(valu, str)] or ['x']
    leaves = st.one_of(
        bent(texts),
        st.sampled_from(own),
        st.sampled_from(every),
        bent([valu for valu in every if isinstance(valu, str)]),
        st.text(max_size=30),
        st.binary(max_size=10),
        st.integers(),
        st.floats(),
        st.integers(0, len(NUMBERS) - 1).map(lambda i: NUMBERS[i]),  # sampled_from would print 10**5000
        st.sampled_from([True, False, None, '', '*', '?', set(), object(), '(' * 3000, 'a' * 1000, '1' * 5000]),
    )
    pairs = [list(valu) for valu in own if isinstance(valu, (list, tuple))]
    nested = st.recursive(
        leaves,
        lambda kids: (
            st.lists(kids, max_size=4) | st.dictionaries(st.text(max_size=4) | st.integers(), kids, max_size=3)
        ),
        max_leaves=6,
    )
    if not pairs:
        return leaves | nested
    swapped = st.builds(
        lambda items, at, valu: tuple(items[: at % (len(items) + 1)] + [valu] + items[at % (len(items) + 1) + 1 :]),
        st.sampled_from(pairs),
        st.integers(0, 3),
        leaves,
    )
    return swapped | leaves | nested
