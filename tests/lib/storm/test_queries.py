"""Runs the plain text cases in ``queries/``: each file is a story told to one Cortex.

A case is a query, a line of dashes, and the messages it must send, one a line; cases are parted by a line of ``=``.
Lines of a case:

    inet:ipv4=1.2.3.4 :asn=5 #foo    a node; props and tags behind it must be there, as shown (repr)
    print some text                  a print message
    warn some text                   a warn message (its beginning)
    err BadTypeValu some text        the error that ended the query, and a part of its message
    return ["json", 1]               the value that callStorm gives for the query
    any                              any number of further messages

A query may begin with ``opts {json}`` on a line of its own, and lines that begin with ``## `` are remarks (``## peer:
why``: the peer answers differently, see ``tests/interop/test_storm_queries.py``). Each file runs with several batch
sizes, which must make no difference.
"""

from __future__ import annotations

import json
import pathlib
import re
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.model.ext as s_ext

CASES = sorted(pathlib.Path(__file__).parent.glob('queries/*.txt'))


class Case(typing.NamedTuple):
    line: int
    query: str
    heads: dict[str, str]
    expect: list[str]

    @property
    def opts(self) -> dict[str, typing.Any]:
        return {'repr': True, **json.loads(self.heads.get('opts', '{}'))}


HEADS = ('opts', 'call', 'count', 'low', 'rules')


def read_cases(path: pathlib.Path) -> typing.Iterator[Case]:
    line = 1
    for block in path.read_text().split('\n====\n'):
        start, line = line, line + block.count('\n') + 2
        notes = re.findall(r'^## peer: (.*)$', block, re.MULTILINE)
        block = '\n'.join(part for part in block.split('\n') if not part.startswith('## '))
        query, _, expect = block.partition('\n----')
        query = query.strip('\n') if query.strip() else query
        heads = {'peer': notes[0]} if notes else {}
        while query.split('\n')[0].split(' ')[0] in HEADS and query != 'count':
            head, _, query = query.partition('\n')
            name, _, text = head.partition(' ')
            heads[name] = text
        yield Case(start, query, heads, [row for row in expect.split('\n') if row.strip()])


def show(mesg: tuple[str, typing.Any]) -> str | None:
    kind, info = mesg
    if kind in ('print', 'warn'):
        return f'{kind} {info["mesg"]}'.replace('\n', '\\n').rstrip()
    if kind == 'err':
        return f'err {info[0]} {info[1].get("mesg")}'
    if kind == 'look:miss':
        return f'miss {info["ndef"][0]}={info["ndef"][1]}'
    if kind in ('storm:fire', 'csv:row'):
        return f'{kind} {json.dumps(info)}'
    return None


def matches(want: str, mesg: tuple[str, typing.Any]) -> bool:
    if mesg[0] == 'node':
        return not want.startswith(('print ', 'err ', 'warn ')) and node_matches(want, mesg[1])
    if mesg[0] in ('storm:fire', 'csv:row'):
        name, _, data = want.partition(' ')
        return name == mesg[0] and json.loads(data) == json.loads(json.dumps(mesg[1]))
    text = show(mesg) or ''
    if want.startswith('err '):
        _, name, *part = want.split(' ', 2)
        return text.startswith(f'err {name} ') and (not part or part[0] in text)
    return text.startswith(want) if want.startswith('warn') else text == want.rstrip()


def node_matches(want: str, pode: typing.Any) -> bool:
    (form, valu), info = pode
    shown = info.get('repr', valu)
    have = {f'{form}={shown}'}
    reprs = info.get('reprs', {})
    have |= {f':{name}={reprs.get(name, prop)}' for name, prop in info['props'].items() if name[0] != '.'}
    have |= {f'{name}={reprs.get(name, prop)}' for name, prop in info['props'].items() if name[0] == '.'}
    have |= {f'#{tag}' for tag in info['tags']}
    have |= {f'#{tag}={ival[0]},{ival[1]}' for tag, ival in info['tags'].items()}
    have |= {f'#{tag}:{name}={prop}' for tag, props in info['tagprops'].items() for name, prop in props.items()}
    return all(part in have for part in want.split('  '))


async def run_value(core: s_cortex.Cortex, case: Case, opts: dict[str, typing.Any]) -> None:
    func = core.count if 'count' in case.heads else core.callStorm
    want = case.expect[0]
    try:
        valu = await func(case.query, opts=opts)
    except s_exc.SynErr as e:
        _, name, *part = want.split(' ', 2)
        assert want.startswith('fails ') and name == e.errname and all(p in str(e.get('mesg')) for p in part), repr(e)
        return
    assert json.loads(json.dumps(valu)) == json.loads(want.split(' ', 1)[1])


def rules_of(case: Case) -> list[tuple[bool, tuple[str, ...]]]:
    return [(text[:1] != '!', tuple(text.lstrip('!').split('/'))) for text in case.heads['rules'].split()]


async def run_case(core: s_cortex.Cortex, case: Case) -> None:
    opts = case.opts
    if 'low' in case.heads:
        user = core.auth.reqUserByName('low')
        opts['user'] = user.iden
        if 'rules' in case.heads:
            await user.setRules(rules_of(case))
    if {'call', 'count'} & case.heads.keys() or any(row.startswith('return ') for row in case.expect):
        await run_value(core, case, opts)
        return
    try:
        mesgs = [mesg async for mesg in core.storm(case.query, opts=opts)]
    except s_exc.SynErr as e:
        assert case.expect and case.expect[0].startswith(f'fails {e.errname}'), repr(e)
        return
    check_messages(case.expect, mesgs)


def check_messages(expect: list[str], mesgs: list[tuple[str, typing.Any]]) -> None:
    assert mesgs[0][0] == 'init' and mesgs[-1][0] == 'fini'
    have = [mesg for mesg in mesgs if mesg[0] == 'node' or show(mesg) is not None]
    if expect[:1] == ['unordered']:
        expect = expect[1:]
        order = [next((m for m in have if matches(want, m)), None) for want in expect]
        assert None not in order, f'nothing came for: {expect[order.index(None)]}'
        have = [*typing.cast('list[tuple[str, typing.Any]]', order), *have[len(order) :]]
    for number, want in enumerate(expect):
        if want == 'any':
            return
        assert number < len(have), f'nothing more came for: {want}'
        got = have[number][1] if have[number][0] == 'node' else show(have[number])
        assert matches(want, have[number]), f'wanted: {want}\ngot: {got}'
    extra = [mesg[1] if mesg[0] == 'node' else show(mesg) for mesg in have[len(expect) :]]
    assert not extra, f'more than expected: {extra}'


async def prepare(core: s_cortex.Cortex) -> None:
    await core.auth.addUser('low')
    for name, typ in (('score', 'int'), ('when', 'time')):
        s_ext.add_tagprop(core.model, name, (typ, {}), {})


@pytest.mark.parametrize('batch', [1, 2, 7, 1024])
@pytest.mark.parametrize('path', CASES, ids=lambda path: path.stem)
async def test_queries(path: pathlib.Path, batch: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STORM_BATCH', batch)
    monkeypatch.setattr(s_limits, 'STORM_BATCH_MIN', min(batch, s_limits.STORM_BATCH_MIN))
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        await prepare(core)
        for case in read_cases(path):
            try:
                await run_case(core, case)
            except (AssertionError, s_exc.SynErr) as e:
                pytest.fail(f'{path.name}:{case.line}: {case.query}\n{e}', pytrace=False)
