"""Generated queries over generated data give the same messages with every batch size."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import hypothesis
import pytest
from hypothesis import strategies as st

import synapse.cortex as s_cortex
import synapse.lib.limits as s_limits

SETUP = """
for $i in $lib.range(40) {
    [ inet:asn=$i ]
    if (($i % 3) = 0) { [ :name=`n{$i}` +#a.b=(2020,2021) ] }
    if (($i % 4) = 1) { [ +#a.c ] }
}
| spin |
for $i in $lib.range(40) { [ (inet:ipv4=($i + 10) :asn=$i) ] }
| spin |
[ inet:fqdn=x.com +(refs)> { inet:asn:name } ]
"""

CONDS = [':name', '#a', '#a.b', 'inet:asn', 'inet:ipv4:asn>20', '$($v > 3)', '{ -> * }', '{ <- * } = 1', '$v', '#a.*']
STAGES = [
    *[f'+{cond}' for cond in CONDS],
    *[f'-{cond}' for cond in CONDS],
    '+(#a.b or inet:asn=7)',
    '-> (inet:ipv4, inet:asn)',
    '-> inet:ipv4:asn',
    '-+> *',
    '<- *',
    '-> #',
    '-> { inet:asn=3 }',
    '<(refs)- *',
    '| limit 5 |',
    '| uniq |',
    '$v=$node.value()',
    '$n=($n + 1)',
    '$lib.print(`{$n} {$v} {$node.value()}`)',
    '{ $n=($n + 1) }',
    'yield { -> * }',
    'if (($n % 2) = 0) { $n=($n + 1) } else { -> * }',
    'for $i in (a,b) { $n=($n + 1) }',
    'inet:asn=$v',
    'inet:asn:name',
    'init { $lib.print(init) }',
    'fini { $lib.print($n) }',
    'empty { inet:asn=2 }',
    'try { +$(:asn > 5) } catch * as e { $lib.print($e.name) }',
    '[ +#new ]',
    '[ :name=changed ]',
    '[ -#a ]',
    '[ inet:asn=($n + 100) ]',
    '$f()',
    '$v=$f()',
]
LIFTS = [
    *('inet:asn', 'inet:ipv4', '#a', 'inet:asn:name', 'inet:ipv4:asn>3', 'reverse(inet:asn)', 'inet:*'),
    'inet:asn#a.b@=2020',
]


async def messages(core: s_cortex.Cortex, query: str) -> list[typing.Any]:
    found = []
    async for kind, info in core.storm(query, opts={'limit': 300, 'editformat': 'none'}):
        if kind == 'node':
            (form, valu), pack = info
            found.append((form, valu, sorted(pack['props'].items()), sorted(pack['tags'].items())))
        elif kind in ('print', 'warn'):
            found.append((kind, info['mesg']))
        elif kind == 'err':
            found.append((kind, info[0], info[1].get('mesg')))
    return [item for item in found if '.created' not in str(item[1])]


def without_created(mesgs: list[typing.Any]) -> list[typing.Any]:
    return [
        item if len(item) != 4 else (*item[:2], [prop for prop in item[2] if prop[0] != '.created'], item[3])
        for item in mesgs
    ]


PRELUDE = '$n=(0) $v=(5) function f() { $n=($n + 1) return($n) }'
READS = [stage for stage in STAGES if '[' not in stage]


def queries(stages: list[str]) -> st.SearchStrategy[str]:
    """Texts of one lift and some stages."""
    parts = st.tuples(st.sampled_from(LIFTS), st.lists(st.sampled_from(stages), min_size=1, max_size=6))
    return parts.map(lambda pair: f'{PRELUDE} {pair[0]} {" ".join(pair[1])}'.rstrip(' |').replace('| |', '|'))


async def new_core(path: pathlib.Path) -> s_cortex.Cortex:
    core = await s_cortex.Cortex.anit(str(path))
    async for kind, info in core.storm(SETUP):
        assert kind != 'err', info
    return core


def set_batch(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(s_limits, 'STORM_BATCH', batch)
    monkeypatch.setattr(s_limits, 'STORM_BATCH_MIN', min(batch, 16))


QUIET: dict[str, typing.Any] = {
    'deadline': None,
    'derandomize': True,
    'suppress_health_check': [hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
}


def test_reads(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that change nothing, all on one Cortex."""
    with asyncio.Runner() as runner:
        core = runner.run(new_core(tmp_path / 'core'))

        @hypothesis.settings(max_examples=150, **QUIET)
        @hypothesis.given(text=queries(READS))
        def check(text: str) -> None:
            have = []
            for batch in (1, 2, 7, 1024):
                set_batch(monkeypatch, batch)
                have.append(without_created(runner.run(messages(core, text))))
            assert have == [have[0]] * 4, text

        try:
            check()
        finally:
            runner.run(core.fini())


def test_edits(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that may change something, each on a fresh Cortex for each batch size."""

    async def outcome(text: str, batch: int) -> list[typing.Any]:
        set_batch(monkeypatch, batch)
        async with await new_core(tmp_path_factory.mktemp('core') / 'x') as core:
            return without_created(await messages(core, text))

    @hypothesis.settings(max_examples=8, **QUIET)
    @hypothesis.given(text=queries(STAGES))
    def check(text: str) -> None:
        have = [asyncio.run(outcome(text, batch)) for batch in (1, 2, 7, 1024)]
        assert have == [have[0]] * 4, text

    check()
