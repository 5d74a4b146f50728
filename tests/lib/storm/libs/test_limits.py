"""What is too large, too slow or too deep ends in a Storm error, soon, and never in another exception."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc

BOMBS = [
    ('$lib.regex.search("(a|aa)+$", $text)', 'StormRuntimeError'),
    ('$lib.regex.replace("(?=(.*))", "\\\\1\\\\1\\\\1\\\\1", $long)', 'StormRuntimeError'),
    ('$lib.regex.search("((((((", x)', 'BadArg'),
    ('$x=abc $x.ljust((10 ** 12))', 'StormRuntimeError'),
    ('$x=$long $y=$x.replace(a, $x)', 'StormRuntimeError'),
    ('$lib.hex.fromint((1), (10 ** 12))', 'StormRuntimeError'),
    ('$lib.pack.en("<999999999999x", ([]))', 'StormRuntimeError'),
    ('$lib.json.load($deep)', 'BadJsonText'),
    ('$lib.yaml.load($deep)', 'BadArg'),
    ('$lib.yaml.load($laughs)', 'BadArg'),
    ('$lib.xml.parse($entities)', 'BadArg'),
    ('$lib.math.number("1e99999999999999999999")', 'BadCast'),
    ('$n=$lib.math.number("1e999999") $n.toint()', 'StormRuntimeError'),
    ('$x=$lib.compression.zlib.en($zeros) $y=$lib.compression.zlib.un($x)', 'StormRuntimeError'),
    ('$lib.time.format((10 ** 30), "%Y")', None),
    ('$lib.base64.decode($odd)', 'StormRuntimeError'),
    ('parallel --size 100000 { }', 'BadArg'),
    ('$lib.storm.eval($parens)', None),
    ('$lib.gis.bbox((10 ** 400), (1), (1))', 'BadArg'),
    ('$lib.random.int((1), (2))', 'BadArg'),
]
VARS: dict[str, typing.Any] = {
    'text': 'a' * 40 + 'b',
    'long': 'a' * 100000,
    'deep': '[' * 100000,
    'laughs': 'a: &a [x,x,x,x,x,x,x,x]\n'
    + '\n'.join(
        f'{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]' for a, b in zip('abcdefgh', 'bcdefghi', strict=True)
    ),
    'entities': '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
    'zeros': bytes(100 * 1024 * 1024),
    'odd': '\ud83d',
    'parens': '(' * 50000,
}


@pytest.mark.parametrize(('query', 'name'), BOMBS, ids=[query[:40] for query, _ in BOMBS])
async def test_bomb(tmp_path: pathlib.Path, query: str, name: str | None) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        with pytest.raises(s_exc.SynErr) as caught:
            async with asyncio.timeout(10):
                await core.callStorm(query, opts={'vars': VARS})
        assert name is None or type(caught.value).__name__ == name, caught.value


async def test_readonly(tmp_path: pathlib.Path) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        assert await core.callStorm('$l=([1]) $l.append((2)) return($l)', opts={'readonly': True}) == (1, 2)
        for query in ('$lib.globals.set(a, b)', '$l=([1]) $l.extend((2, 3))', 'inet:ipv4 | delnode'):
            with pytest.raises(s_exc.IsReadOnly):
                await core.callStorm(query, opts={'readonly': True})


async def test_permissions(tmp_path: pathlib.Path) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        user = await core.auth.addUser('low')
        await core.callStorm('[inet:ipv4=1.2.3.4 +#foo]')
        denied = (
            '$lib.globals.set(a, b)',
            '$lib.auth.users.add(x)',
            '$lib.auth.users.byname(root).setAdmin((false))',
            'auth.role.add x',
            'runas root { [inet:asn=1] }',
            'inet:ipv4 | delnode',
            'inet:ipv4 | movetag foo bar',
            'inet:ipv4 $node.data.set(a, b)',
            '$lib.env.get(SYN_STORM_ENV_X)',
            '$lib.cell.getCellInfo()',
            '$lib.log.info(x)',
        )
        for query in denied:
            with pytest.raises(s_exc.AuthDeny):
                await core.callStorm(query, opts={'user': user.iden})
        assert await core.callStorm('$lib.user.name()', opts={'user': user.iden}) is None
        assert await core.callStorm('return($lib.user.name())', opts={'user': user.iden}) == 'low'
        await user.addRule((True, ('globals', 'set')))
        assert await core.callStorm('return($lib.globals.set(a, b))', opts={'user': user.iden}) == 'b'


async def test_background_goes_on(tmp_path: pathlib.Path) -> None:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        await core.callStorm('$x=(5) background ${ [inet:asn=$x] $lib.globals.set(done, (true)) }')
        async with asyncio.timeout(10):
            while not core.stormvars.get('done'):
                await asyncio.sleep(0)
        assert await core.count('inet:asn=5') == 1
