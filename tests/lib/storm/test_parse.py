"""Runs the plain text cases in ``parse/``.

A case is a query, a line of dashes and what it must become; cases are parted by a line of ``=``. Expected is one line
for each stage of the query (see outline.py), or one line for an error:

    ! BadSyntax 9 '' some text       the name, the offset, the offending token, a part of the message

A query may begin with ``mode lookup`` on a line of its own. ``verdicts.txt`` is shorter: see test_verdicts.
"""

from __future__ import annotations

import json
import pathlib

import pytest

import synapse.exc as s_exc
import synapse.lib.storm.grammar as s_grammar
import tests.lib.storm.outline as t_outline

FOLDER = pathlib.Path(__file__).parent / 'parse'
VERDICTS = FOLDER / 'verdicts.txt'


def load_cases() -> list[tuple[str, str, list[str]]]:
    """Return (name, query, expected lines) of all cases."""
    cases = []
    for path in sorted(FOLDER.glob('*.txt')):
        if path == VERDICTS:
            continue
        for indx, case in enumerate(path.read_text(encoding='utf8').split('\n====\n')):
            query, _, expected = case.partition('\n----\n')
            cases.append((f'{path.stem}-{indx}', query, expected.splitlines()))
    return cases


CASES = load_cases()


def outcome(query: str) -> list[str]:
    """Return what a query becomes, in the form of the expected lines."""
    mode = 'storm'
    if query.startswith('mode '):
        line, _, query = query.partition('\n')
        mode = line[5:]
    try:
        return t_outline.lines(s_grammar.parse_query(query, mode))
    except s_exc.SynErr as e:
        return [f'! {e.errname} {e.get("at")} {e.get("token")!r} {e.get("mesg")}']


@pytest.mark.parametrize(('name', 'query', 'expected'), CASES, ids=[case[0] for case in CASES])
def test_parse_case(name: str, query: str, expected: list[str]) -> None:
    lines = outcome(query)
    if expected and expected[0].startswith('!'):
        head, part = expected[0].rsplit(' | ', 1) if ' | ' in expected[0] else (expected[0], '')
        assert lines[0].startswith(head)
        assert part in lines[0]
    else:
        assert lines == expected


def load_verdicts() -> list[tuple[str, int | None]]:
    """Return (query, offset of the error or None) of the lines ``ok "query"`` and ``bad 9 "query"``."""
    verdicts: list[tuple[str, int | None]] = []
    for line in VERDICTS.read_text(encoding='utf8').splitlines():
        if line and not line.startswith('#'):
            head, _, query = line.partition(' "')
            verdicts.append((json.loads('"' + query), None if head == 'ok' else int(head[4:])))
    return verdicts


@pytest.mark.parametrize('want_ok', [True, False])
def test_verdicts(want_ok: bool) -> None:
    """Some thousand short texts, accepted and refused (at the same offset) as they were by release 2.256."""
    wrong = []
    for query, offset in load_verdicts():
        if (offset is None) != want_ok:
            continue
        try:
            s_grammar.parse_query(query)
            found = None
        except s_exc.BadSyntax as e:
            found = e.get('at')
        if found != offset:
            wrong.append((query, offset, found))
    assert wrong == []
