"""Where the query stories say that the peer answers differently, ``docs/differences.md`` says why."""

from __future__ import annotations

import json
import pathlib
import re

import pytest

import tests.interop.asks as t_asks
import tests.lib.storm.test_queries as t_queries

DOCS = pathlib.Path(__file__).parents[3] / 'docs' / 'differences.md'


@pytest.mark.parametrize('path', t_queries.CASES, ids=lambda path: path.stem)
def test_reasons_are_documented(path: pathlib.Path) -> None:
    text = DOCS.read_text()
    reasons = {case.heads.get('peer', '') for case in t_queries.read_cases(path)} - {''}
    assert [reason for reason in sorted(reasons) if f'`{reason}`' not in text] == []


def test_the_stories_as_one_file() -> None:
    """Tools take it apart again: at lines of ``---``, and the options from a first line."""
    asks = list(t_asks.asks())
    again = [text.strip() for text in re.split(r'^---\s*$', '\n---\n'.join(asks), flags=re.MULTILINE)]
    assert len(asks) > 6000 and again == [text.strip() for text in asks]
    opts = [text.split('\n')[0] for text in asks if text.startswith('#opts ')]
    assert len(opts) > 6000 and all(json.loads(line[6:])['repr'] in (True, False) for line in opts)
