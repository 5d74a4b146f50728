"""Where the query stories say that the peer answers differently, ``docs/differences.md`` says why."""

from __future__ import annotations

import pathlib

import pytest

import tests.lib.storm.test_queries as t_queries

DOCS = pathlib.Path(__file__).parents[3] / 'docs' / 'differences.md'


@pytest.mark.parametrize('path', t_queries.CASES, ids=lambda path: path.stem)
def test_reasons_are_documented(path: pathlib.Path) -> None:
    text = DOCS.read_text()
    reasons = {case.heads.get('peer', '') for case in t_queries.read_cases(path)} - {''}
    assert [reason for reason in sorted(reasons) if f'`{reason}`' not in text] == []
