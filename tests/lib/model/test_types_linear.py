"""Long inputs: every type takes or refuses a megabyte of text in linear time."""

from __future__ import annotations

import time

import pytest

import synapse.exc as s_exc
import synapse.lib.model.types as s_types
import synapse.models as s_models
from tests.lib.model import types_inputs as inputs

MODEL = s_models.load()
SIZE = 1_000_000
SECONDS = 3.0  # of processor time; most need a few milliseconds, quadratic ones would need hours

SEEDS = [
    'a',
    '1',
    ' ',
    'a.',
    '1.',
    ':',
    '/',
    '\\',
    '-',
    ',',
    '(',
    '[.]',
    '%41',
    '@',
    '\u0301',
    '٣',
    '\ud800',
    '1,',
    'é ',
    '?',
]


def distinct() -> list[s_types.Type]:
    """Return one type of each kind: same class, same options, same work."""
    found = {(type(typo), repr(typo.opts)): typo for typo in reversed(MODEL.types.values())}
    return list(found.values())


def texts(typo: s_types.Type) -> list[str]:
    goods = [valu for valu in inputs.good_for(typo.name) if isinstance(valu, str) and valu][:3]
    made = [seed * (SIZE // len(seed)) for seed in SEEDS]
    for good in goods:
        made += [good * (SIZE // len(good)), good + '.' * SIZE, good + ' ' + good[-1] * SIZE, good[0] * SIZE + good]
    return made


@pytest.mark.parametrize('typo', distinct(), ids=lambda typo: typo.name)
def test_long_text(typo: s_types.Type) -> None:
    for text in texts(typo):
        begin = time.process_time()
        try:
            norm = typo.norm(text)[0]
            typo.repr(norm)
            typo.indx(norm)
        except (s_exc.BadTypeValu, s_exc.NoSuchProp) as e:
            assert len(repr(e)) < 3 * SIZE
        assert time.process_time() - begin < SECONDS, text[:50]
