"""Integers of 128 bits, which msgpack has no own form for, everywhere a value can be (types.md 7, case 3)."""

from __future__ import annotations

import pathlib
import typing

import tests.lib.cortex.serving as t_serving

WIDE = ('int', {'size': 16})
HIGH, LOW, MIDDLE = 2**127 - 1, -(2**127), 2**64
ADD = '[ _x:i=$v :p=$v +#t:big=$v :a=($v, 1) ] $node.data.set(d, $v)'
NODES = 'for $v in $vals { [ _x:i=$v ] }'


async def values(prox: typing.Any, text: str) -> list[int]:
    """Return the primary values of the nodes that a query gives to a client."""
    return [mesg[1][0][1] async for mesg in prox.storm(text) if mesg[0] == 'node']


async def check(prox: typing.Any) -> None:
    assert await values(prox, '_x:i') == [LOW, -1, 1, MIDDLE, HIGH]
    assert await values(prox, f'_x:i>={MIDDLE}') == [MIDDLE, HIGH]
    assert await values(prox, f'_x:i:p={HIGH:#x} +:p>5 +#t:big>{MIDDLE}') == [HIGH]
    assert await values(prox, f'_x:i:a*[={LOW}]') == [LOW]
    assert await values(prox, f'#t:big<{-(2**64)}') == [LOW]
    want = (HIGH, HIGH, HIGH, (HIGH, 1), HIGH)
    text = f'_x:i={HIGH:#x} return(($node.value(), :p, #t:big, :a, $node.data.get(d)))'
    assert await prox.callStorm(text) == want


async def test_wide_integers(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.proxy(core) as prox:
        await prox.addForm('_x:i', 'int', {'size': 16}, {})
        await prox.addFormProp('_x:i', 'p', WIDE, {})
        await prox.addFormProp('_x:i', 'a', ('array', {'type': 'int', 'typeopts': {'size': 16}}), {})
        await prox.addTagProp('big', WIDE, {})
        for valu in (HIGH, LOW):
            assert await prox.count(ADD, opts={'vars': {'v': valu}}) == 1
        assert await prox.count(NODES, opts={'vars': {'vals': (1, -1, MIDDLE)}}) == 3
        await check(prox)
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.proxy(core) as prox:
        await check(prox)
