"""Errors say where in the text they happened: at the innermost element, and at that part of it that they are about."""

from __future__ import annotations

import hashlib
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex

# each query fails at what stands between the guillemets
CASES = """
«inet:ipv4:newp»=5
inet:asn=5 reverse(«inet:newp»=5)
inet:ipv4=«newp»
inet:ipv4=«(null)»
«inet:ipv4:asn^=1»
«newp:form»#tag
ou:org:name*[=«me»]
$x=$lib.null #foo.$«x»
inet:asn=5 +«:newp»=1
inet:asn=5 +(.created or «inet:newp»)
inet:asn=5 +inet:asn«~~»5
inet:asn=5 +inet:asn*«newp=»5
inet:asn=5 +{ -> * }«^=»1
inet:asn=5 +#foo«>»2020
inet:asn=5 +«#foo»:newp=5
[«inet:newp»=5]
$f=newp [ ( «*$f»=5 ) ]
inet:asn=5 [«:newp»?=5]
inet:asn=5 [-«:newp»]
inet:asn=5 [«:owner»+=x]
inet:asn=5 [:name=x :name«*$lib.null=»y]
$n=newp inet:asn=5 [+(r)> $«n»]
inet:asn=5 -> «inet:newp»
inet:asn=5 «:newp» -> inet:ipv4
inet:asn=5 -(«refs»)> inet:newp
for $x in «(5)» {}
for ($a,$b) in «((1,2,3),)» {}
«($a,$b)»=(1,)
function f(«x»=(a,b)) {}
function f«(a,b)» { return($a) } $f(1)
«function f(){ break return(1) }» $f()
yield «(foo,)»
try { inet:ipv4=newp } catch «(5)» as e {}
inet:asn=5 $«node.props».newp=5
$d=({}) $«d».([1])=5
«newp» foo
$lib.print($lib.str.«newp»)
"""


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        yield core


@pytest.mark.parametrize('text', CASES.strip().splitlines())
async def test_place(text: str, core: s_cortex.Cortex) -> None:
    start, end = text.index('«'), text.index('»') - 1
    query = text.replace('«', '').replace('»', '')
    mesgs = [m async for m in core.storm(f'[inet:asn=5] | spin | {query}')]
    skip = len('[inet:asn=5] | spin | ')
    (errinfo,) = [info[1] for name, info in mesgs if name == 'err']
    beg, stop = (offs - skip for offs in errinfo['highlight']['offsets'])
    assert (query[beg:stop], beg) == (query[start:end], start), errinfo


async def test_place_in_readonly_queries(core: s_cortex.Cortex) -> None:
    for query, part in (
        ('inet:asn [+#x -#y]', '+#x'),
        ('$lib.queue.add(x)', 'lib.queue.add'),
        ('[inet:asn=7]', 'inet:asn=7'),
    ):
        mesgs = [m async for m in core.storm(query, opts={'readonly': True})]
        (errinfo,) = [info[1] for name, info in mesgs if name == 'err']
        beg, end = errinfo['highlight']['offsets']
        assert query[beg:end] == part


async def test_place_on_further_lines(core: s_cortex.Cortex) -> None:
    mesgs = [m async for m in core.storm('$x=5\n  inet:newp')]
    (errinfo,) = [info[1] for name, info in mesgs if name == 'err']
    assert errinfo['highlight']['lines'] == (2, 2)
    assert errinfo['highlight']['columns'] == (3, 12)


# errors that no element speaks for: the data is to blame, or a command
NOWHERE = """
[inet:ipv4=newp]
inet:asn=5 [:owner=newp]
inet:asn=5 [+#foo=newp]
inet:asn=5 +inet:asn=newp
#foo.bar=newp
$lib.print(("a" + "b"))
inet:asn=5 | max :name
tee
runas newp { }
tee { [inet:ipv4=newp] }
inet:asn=5 { [inet:ipv4=newp] }
function f() { [inet:ipv4=newp] } yield $f()
$x=(5) $lib.print($x.newp)
for $x in (1.5) {}
"""


async def error_of(core: s_cortex.Cortex, text: str) -> dict[str, typing.Any]:
    (errinfo,) = [info[1] async for name, info in core.storm(text) if name == 'err']
    return typing.cast('dict[str, typing.Any]', errinfo)


@pytest.mark.parametrize('text', NOWHERE.strip().splitlines())
async def test_no_place(text: str, core: s_cortex.Cortex) -> None:
    assert 'highlight' not in await error_of(core, f'[inet:asn=5 :name=foo] | spin | {text}')


async def test_a_call_speaks_for_what_happens_inside(core: s_cortex.Cortex) -> None:
    for text, part in (
        ('function f(x) { [inet:ipv4=newp] return($x) } $lib.print($f(1))', 'f(1)'),
        ('function f() { return(("a" + "b")) } function g() { return($f()) } $lib.print($g())', 'f()'),
        ('$q=${ [inet:ipv4=newp] } $q.exec()', 'q.exec()'),
    ):
        beg, end = (await error_of(core, text))['highlight']['offsets']
        assert text[beg:end] == part


async def test_a_query_object_is_a_text_of_its_own(core: s_cortex.Cortex) -> None:
    place = (await error_of(core, '$q=${ inet:newp } yield $q'))['highlight']
    assert (place['offsets'], place['hash']) == ((1, 10), hashlib.md5(b' inet:newp ').hexdigest())
