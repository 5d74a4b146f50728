"""Runs the plain text cases in ``queries/``: each file is a story told to one Cortex.

A case is a query, a line of dashes, and the messages it must send, one a line; cases are parted by a line of ``=``.
Lines of a case:

    inet:ipv4=1.2.3.4 :asn=5 #foo    a node; props and tags behind it must be there, as shown (repr)
    print some text                  a print message
    warn some text                   a warn message (its beginning)
    err BadTypeValu some text        the error that ended the query, and a part of its message
    return ["json", 1]               the value that callStorm gives for the query
    any                              any number of further messages

A query may begin with ``opts {json}`` on a line of its own. Each file runs with several batch sizes, which must make
no difference.
"""

from __future__ import annotations

import json
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits

CASES = sorted(pathlib.Path(__file__).parent.glob('queries/*.txt'))


class Case(typing.NamedTuple):
    line: int
    query: str
    opts: dict[str, typing.Any]
    expect: list[str]


def read_cases(path: pathlib.Path) -> typing.Iterator[Case]:
    line = 1
    for block in path.read_text().split('\n====\n'):
        start, line = line, line + block.count('\n') + 2
        block = '\n'.join(part for part in block.split('\n') if not part.startswith('## '))
        query, _, expect = block.partition('\n----')
        opts: dict[str, typing.Any] = {}
        if query.lstrip('\n').startswith('opts '):
            head, _, query = query.lstrip('\n').partition('\n')
            opts = json.loads(head[5:])
        yield Case(start, query.strip('\n'), opts, [row for row in expect.split('\n') if row.strip()])


def show(mesg: tuple[str, typing.Any]) -> str | None:
    kind, info = mesg
    if kind in ('print', 'warn'):
        return f'{kind} {info["mesg"]}'.rstrip()
    if kind == 'err':
        return f'err {info[0]} {info[1].get("mesg")}'
    if kind == 'look:miss':
        return f'miss {info["ndef"][0]}={info["ndef"][1]}'
    if kind in ('storm:fire', 'csv:row'):
        return f'{kind} {json.dumps(info)}'
    return None


def matches(want: str, mesg: tuple[str, typing.Any]) -> bool:
    if mesg[0] == 'node':
        return node_matches(want, mesg[1])
    text = show(mesg) or ''
    if want.startswith('err '):
        _, name, *part = want.split(' ', 2)
        return text.startswith(f'err {name} ') and (not part or part[0] in text)
    return text.startswith(want) if want.startswith('warn') else text == want.rstrip()


def node_matches(want: str, pode: typing.Any) -> bool:
    (form, valu), info = pode
    shown = info.get('repr', valu)
    have = {f'{form}={shown}'}
    have |= {f':{name}={info["reprs"].get(name, prop)}' for name, prop in info['props'].items() if name[0] != '.'}
    have |= {f'{name}={info["reprs"].get(name, prop)}' for name, prop in info['props'].items() if name[0] == '.'}
    have |= {f'#{tag}' for tag in info['tags']}
    have |= {f'#{tag}={ival[0]},{ival[1]}' for tag, ival in info['tags'].items()}
    have |= {f'#{tag}:{name}={prop}' for tag, props in info['tagprops'].items() for name, prop in props.items()}
    return all(part in have for part in want.split('  '))


async def run_case(core: s_cortex.Cortex, case: Case) -> None:
    opts = {'repr': True, **case.opts}
    if any(row.startswith('return ') for row in case.expect):
        valu = await core.callStorm(case.query, opts=opts)
        assert json.loads(json.dumps(valu)) == json.loads(case.expect[0][7:])
        return
    mesgs = [mesg async for mesg in core.storm(case.query, opts=opts)]
    assert mesgs[0][0] == 'init' and mesgs[-1][0] == 'fini'
    have = [mesg for mesg in mesgs if mesg[0] == 'node' or show(mesg) is not None]
    for number, want in enumerate(case.expect):
        if want == 'any':
            return
        assert number < len(have), f'nothing more came for: {want}'
        got = have[number][1] if have[number][0] == 'node' else show(have[number])
        assert matches(want, have[number]), f'wanted: {want}\ngot: {got}'
    extra = [mesg[1] if mesg[0] == 'node' else show(mesg) for mesg in have[len(case.expect) :]]
    assert not extra, f'more than expected: {extra}'


@pytest.mark.parametrize('batch', [1, 2, 7, 1024])
@pytest.mark.parametrize('path', CASES, ids=lambda path: path.stem)
async def test_queries(path: pathlib.Path, batch: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STORM_BATCH', batch)
    monkeypatch.setattr(s_limits, 'STORM_BATCH_MIN', min(batch, s_limits.STORM_BATCH_MIN))
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        for case in read_cases(path):
            try:
                await run_case(core, case)
            except (AssertionError, s_exc.SynErr) as e:
                pytest.fail(f'{path.name}:{case.line}: {case.query}\n{e}', pytrace=False)
