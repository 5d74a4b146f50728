"""Hostile queries: they end in a Storm error or can be cancelled, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import pathlib
import time
import typing

import hypothesis
import pytest
from hypothesis import strategies as st

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.storm.registry as s_registry

RECURSIONS = [
    'function f(){ return($f()) } $f()',
    'function f(){ inet:asn=1 yield $f() } yield $f()',
    'function f(){ emit 1 for $x in $f() { emit $x } } for $x in $f() {}',
    'function f(x) { $y={ return($f($x)) } return($y) } $f(1)',
    'function f(x) { for $i in (1,2) { return($f($x)) } } $f(1)',
    'function f(x) { try { return($f($x)) } catch Foo as e {} } $f(1)',
    'function f(x) { inet:asn=1 { return($f($x)) } return(1) } $f(1)',
    'function f(x) { inet:asn=1 -> { return($f($x)) } return(1) } $f(1)',
    'function f(x) { [ inet:asn={ return($f($x)) } ] return(1) } $f(1)',
    '$d=({}) $d.d=$d $lib.print($d)',
    '$d=({}) $d.d=$d [ou:org=$d]',
    '$l=() $l.append($l) [inet:asn=$l]',
]
BOMBS = [
    '$x=(2) for $i in $lib.range(100) { $x=($x * $x) }',
    '$x=(2) $y=($x ** 99999999999)',
    '$y=(1.5 ** 99999999)',
    '$x=a for $i in $lib.range(60) { $x=`{$x}{$x}` }',
    "$x=('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' ~= '^(a|aa)+$')",
    '[it:dev:str="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"] +it:dev:str~="^(a|aa)+(a|a)+$"',
    'it:dev:str~="^(a|aa)+(a|a)+$"',
]
LOOPS = [
    'while (true) {}',
    'while (true) { $x=5 }',
    'inet:asn while (true) { $lib.len(foo) }',
    'function f() { while (true) { emit foo } } for $x in $f() {}',
    'for $x in $lib.range(99999999999) {}',
    'for $x in $lib.range(99999999999) { inet:asn=1 | spin }',
    'for $x in $lib.range(99999999999) { inet:asn=1 +#newp }',
    'while (true) { inet:asn=1 -> { inet:asn } | spin }',
]


# what the message of a Storm error begins with when it stands for an error of Python
LEAKS = ('TypeError', 'AttributeError', 'KeyError', 'ValueError', 'IndexError')


async def errors(core: s_cortex.Cortex, text: str, **opts: typing.Any) -> list[tuple[str, dict[str, typing.Any]]]:
    return [info async for kind, info in core.storm(text, opts=opts) if kind == 'err']


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncGenerator[s_cortex.Cortex, None]:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        await core.callStorm('[ inet:asn=1 inet:asn=2 ]')
        yield core


async def test_recursion(core: s_cortex.Cortex) -> None:
    for text in RECURSIONS:
        found = await errors(core, text)
        assert [name for name, _ in found] == ['RecursionLimitHit'], (text, found)
    assert await core.count('inet:asn') == 2


async def test_bombs(core: s_cortex.Cortex) -> None:
    for text in BOMBS:
        start = time.process_time()
        found = await errors(core, text)
        assert [name for name, _ in found] == ['StormRuntimeError'], (text, found)
        assert time.process_time() - start < 10, text


async def test_endless_loops(core: s_cortex.Cortex) -> None:
    """A query that never ends leaves room for others and ends at once when its task is killed."""
    for text in LOOPS:
        task = asyncio.create_task(errors(core, text))
        async with asyncio.timeout(10):
            while not (running := [item for item in core.boss.ps() if item.info.get('query') == text]):
                await asyncio.sleep(0)
            for _ in range(5):
                assert await core.callStorm('inet:asn=1 return($node.value())') == 1
                await asyncio.sleep(0)
            assert not task.done(), text
            await running[0].kill()
            await asyncio.gather(task, return_exceptions=True)


async def test_highlight(core: s_cortex.Cortex) -> None:
    """Errors at run time tell the innermost place."""
    for text, place in (
        ('inet:ipv4=newp', 'newp'),
        ('inet:asn=1\n  inet:ipv4=newp', 'newp'),
        ('$lib.print($lib.newp)', 'newp'),
        ('$s=foo $s.newp()', 'newp'),
        ('inet:asn=1 | newp', 'newp'),
        ('$lib.print($x) $x=5', 'x'),
        ('$lib.raise(Foo, bar)', 'lib.raise(Foo, bar)'),
        ('inet:asn=1 [ :name=foo :newp=5 ]', ':newp'),
        ('function f(x) { return(($x / 0)) } $f(1)', '0'),
        ('if ((1 + foo)) {}', 'foo'),
    ):
        ((_, info),) = await errors(core, text)
        start, end = info['highlight']['offsets']
        assert text[start:end] == place, (text, text[start:end])
        line = text.count('\n', 0, start) + 1
        assert info['highlight']['lines'][0] == line


WORDS = st.sampled_from(
    'inet:asn inet:ipv4 #foo $x $lib $node $path $lib.null (5) (1.5) "a b" (a,b) ([1]) ({"a":1}) ({}) -> <- * + - '
    '+#foo +:name [ ] { } ${ $( ) = != < ~= @= *range= *in= :name :asn .seen +#t=2020 -#t -:name | limit 1 spin uniq '
    'for $i in while if else switch try catch * as e yield emit return() stop break continue init fini empty $x=5 '
    '$x=({}) $x.a=b $x.y() $lib.print($x) $lib.len($x) $lib.range(3) function f() $f() inet:asn=1 [inet:asn=3] '
    ':name=$x :asn=$lib -(refs)> +(refs)>'.split(' ')
)


async def test_fuzz(core: s_cortex.Cortex) -> None:
    """Nothing but Synapse errors reaches a client, whatever the text."""
    texts: list[str] = []

    @hypothesis.settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @hypothesis.given(st.lists(WORDS, min_size=1, max_size=12))
    def collect(words: list[str]) -> None:
        texts.append('$x=foo function f() { return($x) } ' + ' '.join(words))

    collect()
    for text in texts:
        async with asyncio.timeout(10):
            try:
                found = await errors(core, text, limit=50)
            except s_exc.SynErr as e:
                found = [(e.errname, dict(e.items()))]
        for name, info in found:
            leaked = str(info.get('mesg')).split(':')[0]
            assert not leaked.endswith(LEAKS), text
            assert name == 'StormReturn' or hasattr(s_exc, name), text


MISUSES = [
    '$lib.axon.urlfile()',
    '$lib.backup.run($lib.base64.decode(AAEC))',
    '$lib.dmon.add(${inet:asn}, name=x, ddef=(5))',
    '$lib.model.ext.addExtModel((5))',
    '$lib.model.ext.addExtModel(({"props": "int"}))',
    '$lib.model.ext.addExtModel(({"edges": [{"a": 5}]}))',
    '$lib.model.ext.addExtModel(({"types": [[[1], "str", {}, {}]]}))',
    '$lib.pkg.deps((5))',
    '$lib.pkg.deps(({"depends": {"requires": [5]}}))',
    'for $mesg in $lib.storm.run("inet:asn", (5)) {}',
    '$lib.auth.users.byname(root).setRoles((true))',
]


@pytest.mark.parametrize('text', MISUSES)
async def test_misused_functions_say_so(core: s_cortex.Cortex, text: str) -> None:
    ((name, info),) = await errors(core, text)
    assert name in ('BadArg', 'SchemaViolation', 'StormRuntimeError')
    assert not str(info['mesg']).startswith(LEAKS)


async def test_a_fault_of_ours_is_an_error_of_storm(core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_registry.LIBS['$lib']['guid'], 'func', lambda rt: 1 / 0)
    monkeypatch.setattr(s_registry.LIBS['$lib']['guid'], 'isasync', False)
    for call in (core.callStorm, core.count):
        with pytest.raises(s_exc.StormRuntimeError, match='ZeroDivisionError'):
            await call('return($lib.guid())')
    with pytest.raises(s_exc.StormRuntimeError, match='ZeroDivisionError'):
        async for _ in core.queries.export('$lib.guid()'):
            pass
