"""The scrape interface of packages: modules that find more in a text than we do."""

from __future__ import annotations

import logging
import pathlib

import pytest

import synapse.cortex as s_cortex
import tests.lib.cortex.serving as t_serving

core = t_serving.core

TEXT = 'foo.com Mark9'
NDEFS = 'for $x in $lib.scrape.ndefs($text) { $lib.print($x) }'
OPTS = {'vars': {'text': TEXT}}


async def add(core: s_cortex.Cortex, code: str) -> None:
    module = {'name': 'marks.find', 'interfaces': ['scrape'], 'storm': code}
    async with t_serving.proxy(core) as prox:
        await prox.addStormPkg({'name': 'marks', 'version': '0.0.1', 'modules': [module]})


async def lines(core: s_cortex.Cortex, text: str) -> list[str]:
    return [mesg[1]['mesg'] async for mesg in core.storm(text, OPTS) if mesg[0] == 'print']


FIND = """
function scrape(text) {
    return((
        ("it:dev:str", "Mark9", ({"offset": 8})), ("inet:fqdn", "FOO.com", ({})),
        ("inet:fqdn", "no name", ({})), ("newp:form", "x", ({}))
    ))
}"""


async def test_found_by_a_module(core: s_cortex.Cortex) -> None:
    await add(core, FIND)
    assert await lines(core, NDEFS) == ["('inet:fqdn', 'foo.com')", "('it:dev:str', 'Mark9')"]
    context = await lines(core, NDEFS.replace('ndefs', 'context'))
    assert context[0].startswith("('inet:fqdn', 'foo.com', {'match': 'foo.com'")
    assert context[1:] == ["('it:dev:str', 'Mark9', {'offset': 8})", "('inet:fqdn', 'foo.com', {})"]
    assert await core.count('scrape --yield $text | +it:dev:str=Mark9', OPTS) == 1
    assert await core.count('scrape --yield --forms inet:ipv4 $text', OPTS) == 0


async def test_given_one_by_one(core: s_cortex.Cortex) -> None:
    await add(core, 'function scrape(text) { emit ("it:dev:str", "one", ({})) emit ("it:dev:str", "two", ({})) }')
    assert (await lines(core, NDEFS))[1:] == ["('it:dev:str', 'one')", "('it:dev:str', 'two')"]


BROKEN = [
    'function scrape(text, more) { return(()) }',
    'function scrape(text) { $lib.raise(Foo, bar) return(()) }',
    'function scrape(text) { return((5,)) }',
    'function scrape(text) { return(5) }',
    'function scrape(text) { return((("it:dev:str", "x"),)) }',
    '$lib.raise(Foo, bar)',
]


@pytest.mark.parametrize('code', BROKEN)
async def test_broken_modules_do_no_harm(core: s_cortex.Cortex, code: str, caplog: pytest.LogCaptureFixture) -> None:
    await add(core, code)
    assert await lines(core, NDEFS) == ["('inet:fqdn', 'foo.com')"]
    mesgs = [rec.getMessage() for rec in caplog.records if rec.levelno == logging.WARNING]
    assert any(mesg.startswith('The scrape interface of the module marks.find failed: ') for mesg in mesgs)


async def test_switched_off(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core', **{'storm:interface:scrape': False}) as core:
        await add(core, FIND)
        assert await lines(core, NDEFS) == ["('inet:fqdn', 'foo.com')"]
