"""Filters and lifts: what each comparator means for each kind of type (types.md 1.1, 2, 3, 7)."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.lib.model.types as s_types
import synapse.models as s_models


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    return s_models.load()


def lift(typo: s_types.Type, values: list[typing.Any], cmpr: str, right: typing.Any) -> list[typing.Any]:
    """Return the inputs that a lift finds in an index of their norms, in index order."""
    norms = sorted((typo.norm(valu)[0] for valu in values), key=typo.indx)
    found = []
    for scan in typo.lifts(cmpr, right):
        for norm in norms:
            key = typo.indx(norm)
            inside = key == scan.lo if scan.exact else key >= scan.lo and (scan.hi is None or key < scan.hi)
            if inside and (scan.test is None or scan.test(norm)):
                found.append(typo.repr(norm))
    return found


def kept(typo: s_types.Type, values: list[typing.Any], cmpr: str, right: typing.Any) -> list[typing.Any]:
    """Return the inputs that a filter keeps."""
    test = typo.cmpr(cmpr, right)
    return [valu for valu in values if test(typo.norm(valu)[0])]


NAMES = ['com', 'foo.com', 'bfoo.com', 'a.foo.com', 'foo.com.au']
PLACES = ['us', 'us.v', 'us.va', 'us.va.reston', 'usa']
PEOPLE = ['visi', 'visi stark', 'visible', 'bob']
TIMES = ['2019/12/31 23:59:59.999', '2020/01/01 00:00:00.000', '2020/06/01 00:00:00.000', '2021/01/01 00:00:00.000']

LIFTS = [
    ('int', ['5', '10', '-3'], '>', 5, ['10']),
    ('int', ['5', '10', '-3'], '<=', '5', ['-3', '5']),
    ('int', ['5', '10', '-3'], 'range=', (-3, 5), ['-3', '5']),
    ('int', ['5', '10', '-3'], 'range=', (5, -3), []),
    ('int', ['5', '10', '-3'], 'range=', (-3, 5, 'ignored'), ['-3', '5']),
    ('int', ['5', '10', '-3'], 'in=', (10, 5, 7), ['10', '5']),
    ('int', ['5', '10', '-3'], '*in=', (10,), ['10']),
    ('float', ['1.5', 'nan', '-inf', 'inf'], '<', 2, ['-inf', '1.5']),
    ('float', ['1.5', 'nan', '-inf', 'inf'], '>=', 1.5, ['1.5', 'inf']),
    ('hugenum', ['1e+20', '2', '-1000000'], '<', '3', ['-1000000', '2']),
    ('ps:name', PEOPLE, '^=', 'VISI', ['visi', 'visi stark', 'visible']),
    ('ps:name', PEOPLE, '^=', 'visi  s', ['visi stark']),
    ('ps:name', PEOPLE, 'range=', ('c', 'visi'), ['visi']),
    ('ps:name', PEOPLE, '~=', 'S.ar', ['visi stark']),
    ('it:dev:str', ['Hello', 'World'], '~=', 'ELL', ['Hello']),
    ('hash:md5', ['d41d' + '0' * 28, 'ff' * 16], '=', '0xD41*', ['d41d' + '0' * 28]),
    ('hash:md5', ['d41d' + '0' * 28, 'ff' * 16], '^=', 'D41', ['d41d' + '0' * 28]),
    ('guid', ['ab' * 16, 'cd' * 16], '^=', 'AB', ['ab' * 16]),
    ('loc', PLACES, '^=', 'us.v', ['us.v']),
    ('loc', PLACES, '=', 'US.*', ['us', 'us.v', 'us.va', 'us.va.reston']),
    ('loc', PLACES, '=', 'us', ['us']),
    ('taxonomy', ['foo.bar', 'fob', 'food'], '^=', 'fo', ['fob', 'foo.bar', 'food']),
    ('taxonomy', ['foo.bar', 'fob', 'food'], '^=', 'foo.', ['foo.bar']),
    ('syn:tag', ['foo', 'foo.bar', 'foo_bar', 'bar'], '^=', '#Foo', ['foo', 'foo.bar', 'foo_bar']),
    ('tel:phone', ['17035551212', '1703', '44123'], '=', '1703*', ['+1703', '+1 (703) 555-1212']),
    ('inet:fqdn', NAMES, '=', '*foo.com', ['foo.com', 'a.foo.com', 'bfoo.com']),
    ('inet:fqdn', NAMES, '=', '*.FOO.com', ['a.foo.com']),
    ('inet:fqdn', NAMES, '=', '*', ['com', 'foo.com', 'a.foo.com', 'bfoo.com', 'foo.com.au']),
    ('inet:fqdn', NAMES, 'in=', ('*.foo.com', 'com'), ['a.foo.com', 'com']),
    ('inet:ipv4', ['1.2.3.0', '1.2.3.9', '1.2.4.0'], '=', '1.2.3.77/24', ['1.2.3.0', '1.2.3.9']),
    ('inet:ipv4', ['1.2.3.0', '1.2.3.9', '1.2.4.0'], '=', '1.2.3.9-1.2.4.0', ['1.2.3.9', '1.2.4.0']),
    ('inet:ipv4', ['1.2.3.0', '1.2.3.9', '1.2.4.0'], '=', '1.2.4.0-1.2.3.9', []),
    ('inet:ipv4', ['1.2.3.0', '1.2.3.9', '1.2.4.0'], '>', '1.2.3.0', ['1.2.3.9', '1.2.4.0']),
    ('inet:ipv6', ['::10', '::11', '::12', 'fe80::1%eth0'], '=', '::10/127', ['::10', '::11']),
    ('inet:ipv6', ['::10', '::11', '::12', 'fe80::1%eth0'], '>', '::11', ['::12', 'fe80::1%eth0']),
    ('inet:ipv6', ['::10', '::11', '::12', 'fe80::1%eth0'], '=', 'fe80::-fe80::1', ['fe80::1%eth0']),
    ('inet:ipv6', ['::', 'ffff:' * 7 + 'ffff'], '>', 'ffff:' * 7 + 'ffff', []),
    ('time', TIMES, '=', '2020*', TIMES[1:3]),
    ('time', TIMES, '=', '2020/06*', TIMES[2:3]),
    ('time', TIMES, '<', '2020*', TIMES[:3]),
    ('time', TIMES, '>', '2020*', TIMES[2:]),
    ('time', TIMES, 'range=', ('2020', '2021'), TIMES[1:]),
    ('time', TIMES, '@=', ('2020', '2021'), TIMES[1:3]),
    ('time', TIMES, '@=', '2020', TIMES[1:2]),
    ('time', TIMES, 'range=', ('2020', '+200 days'), TIMES[1:3]),
    ('time', TIMES, 'range=', ('2020/06/01', '-200 days'), TIMES[:3]),
    ('time', TIMES, 'range=', ('2021', '2020'), []),
    ('inet:dns:a', [('woot.com', '1.2.3.4'), ('vertex.link', '5.6.7.8')], '~=', 'WOO', [('woot.com', '1.2.3.4')]),
    ('inet:dns:a', [('woot.com', '1.2.3.4')], '=', ('WOOT.com', 0x01020304), [('woot.com', '1.2.3.4')]),
]


@pytest.mark.parametrize(('name', 'values', 'cmpr', 'right', 'want'), LIFTS)
def test_lift(
    model: s_model.Model, name: str, values: list[typing.Any], cmpr: str, right: typing.Any, want: list[typing.Any]
) -> None:
    assert lift(model.reqType(name), values, cmpr, right) == want


FILTERS = [
    ('int', ['5', '50', '-3'], '^=', 5, ['5', '50']),
    ('int', ['5', '50', '-3'], '!=', 5, ['50', '-3']),
    ('int', ['5', '50', '-3'], '=', None, []),
    ('int', ['5', '50', '-3'], '!=', None, []),
    ('inet:ipv4', ['1.2.3.4', '5.6.7.8'], '~=', '^1', ['1.2.3.4']),
    ('inet:ipv4', ['1.2.3.4', '5.6.7.8'], '^=', '1.2', ['1.2.3.4']),
    ('inet:ipv4', ['1.2.3.4', '5.6.7.8'], '=', '1.2.0.0/16', ['1.2.3.4']),
    ('inet:ipv6', ['::1', '::ffff:1.2.3.4'], '=', '::/96', ['::1']),
    ('guid', ['ab' * 16, 'cd' * 16], '^=', 'aba', ['ab' * 16]),
    ('ps:name', PEOPLE, '^=', 'VISI', []),
    ('ps:name', PEOPLE, '~=', 'VISI$', ['visi']),
    ('loc', PLACES, '^=', 'us.v', ['us.v']),
    ('inet:fqdn', NAMES, '=', '*.foo.com', ['a.foo.com']),
    ('inet:fqdn', NAMES, '=', '', []),
    ('time', TIMES, '=', '2020*', TIMES[1:3]),
    ('time', TIMES, '@=', ('2020', '2021'), TIMES[1:3]),
    ('ival', [('2019', '2020'), ('2020', '2021'), ('2021', '?')], '@=', '2020', [('2020', '2021')]),
    ('ival', [('2019', '2020'), ('2020', '2021'), ('2021', '?')], '@=', ('2019', '2020'), [('2019', '2020')]),
    ('ival', [('2019', '2020'), ('2020', '2021'), ('2021', '?')], '@=', ('2021', '2020'), []),
    ('inet:dns:a', [('woot.com', '1.2.3.4'), ('a.link', '5.6.7.8')], '~=', '5.6', [('a.link', '5.6.7.8')]),
]


@pytest.mark.parametrize(('name', 'values', 'cmpr', 'right', 'want'), FILTERS)
def test_filter(
    model: s_model.Model, name: str, values: list[typing.Any], cmpr: str, right: typing.Any, want: list[typing.Any]
) -> None:
    assert kept(model.reqType(name), values, cmpr, right) == want


LIFT_ERRORS = [
    ('int', '~=', '1', 'NoSuchCmpr'),
    ('int', '!=', 1, 'NoSuchCmpr'),
    ('int', '@=', 1, 'NoSuchCmpr'),
    ('int', '>', 'foo', 'BadTypeValu'),
    ('int', '=', None, 'BadTypeValu'),
    ('int', 'in=', 5, 'BadCmprValu'),
    ('str', '>', 'a', 'NoSuchCmpr'),
    ('inet:ipv4', '~=', '1', 'NoSuchCmpr'),
    ('inet:ipv4', '^=', '1.2', 'NoSuchCmpr'),
    ('inet:ipv4', '=', '1.2.3.4/33', 'BadTypeValu'),
    ('inet:ipv6', '=', '::/129', 'BadTypeValu'),
    ('guid', '^=', '9', 'BadTypeValu'),
    ('hex', '^=', 5, 'BadTypeValu'),
    ('inet:fqdn', '=', 'f*o', 'BadLiftValu'),
    ('inet:fqdn', '=', '', 'BadLiftValu'),
    ('time', 'range=', '2020', 'BadTypeValu'),
    ('time', '=', '202*', 'BadTypeValu'),
    ('it:dev:str', '~=', '[', 'BadCmprValu'),
]


@pytest.mark.parametrize(('name', 'cmpr', 'right', 'errname'), LIFT_ERRORS)
def test_lift_errors(model: s_model.Model, name: str, cmpr: str, right: typing.Any, errname: str) -> None:
    with pytest.raises(s_exc.CLASSES[errname]):
        model.reqType(name).lifts(cmpr, right)


FILTER_ERRORS = [
    ('int', '@=', 5, 'NoSuchCmpr'),
    ('int', 'foo=', 5, 'NoSuchCmpr'),
    ('int', 'range=', (1, 2, 3), 'BadCmprValu'),
    ('time', 'range=', (1, 2, 3), 'BadCmprValu'),
    ('int', '~=', '[', 'BadCmprValu'),
    ('int', '=', 'foo', 'BadTypeValu'),
    ('inet:fqdn', '=', 'f*o', 'BadTypeValu'),
    ('geo:latlong', 'near=', (1, 2), 'BadTypeValu'),
    ('geo:latlong', 'near=', 5, 'BadCmprValu'),
]


@pytest.mark.parametrize(('name', 'cmpr', 'right', 'errname'), FILTER_ERRORS)
def test_filter_errors(model: s_model.Model, name: str, cmpr: str, right: typing.Any, errname: str) -> None:
    with pytest.raises(s_exc.CLASSES[errname]) as info:
        model.reqType(name).cmpr(cmpr, right)
    if errname == 'NoSuchCmpr':
        assert info.value.get('cmpr') == cmpr and info.value.get('name') == name


def test_near(model: s_model.Model) -> None:
    """One degree of latitude is 111195080.23 mm."""
    typo = model.reqType('geo:latlong')
    places = ['38.0,-77.0', '39.0,-77.0', '38.0,103.0']
    assert lift(typo, places, 'near=', ((38, -77), '111.2 km')) == places[:2]
    assert lift(typo, places, 'near=', ((38, -77), '111.1 km')) == places[:1]
    assert lift(typo, places, 'near=', ((38, -77), '20000 km')) == [places[0], places[2], places[1]]
    assert kept(typo, places, 'near=', ((38, -77), 111195081)) == places[:2]


def test_tag_without_times_overlaps_nothing(model: s_model.Model) -> None:
    test = model.reqType('ival').cmpr('@=', '2020')
    assert not test((None, None))
    assert model.reqType('ival').cmpr('!=', '2020')((None, None))


def test_long_texts_differ_behind_the_clip(model: s_model.Model) -> None:
    """Keys of long texts keep 200 bytes and a hash: equality is exact, prefixes and ranges ask the value."""
    typo = model.reqType('str')
    texts = ['x' * 300 + tail for tail in ('a', 'b', 'c')]
    assert len({typo.indx(text) for text in texts}) == 3
    assert lift(typo, texts, '=', texts[1]) == [texts[1]]
    assert lift(typo, texts, '^=', 'x' * 300 + 'b') == [texts[1]]
    assert sorted(lift(typo, texts, 'range=', (texts[0], texts[1]))) == texts[:2]


def test_many_values_from_one_input(model: s_model.Model) -> None:
    """A CIDR, a range and a cookie header stand for several nodes when added (types.md 3.1, 3.2, 3.8)."""
    ipv4, ipv6, cookie = (model.reqType(name) for name in ('inet:ipv4', 'inet:ipv6', 'inet:http:cookie'))
    assert [ipv4.repr(valu) for valu in ipv4.expand('1.2.3.253/30') or ()] == [f'1.2.3.{i}' for i in range(252, 256)]
    assert list(ipv4.expand('1.2.3.4-1.2.3.5') or ()) == [0x01020304, 0x01020305]
    assert [ipv6.norm(valu)[0] for valu in ipv6.expand('::21-::22') or ()] == ['::21', '::22']
    assert list(cookie.expand('a=b; c=d;') or ()) == ['a=b', 'c=d']
    assert ipv4.expand('1.2.3.4') is None and ipv4.expand(5) is None and model.reqType('int').expand('1-2') is None
    with pytest.raises(s_exc.BadTypeValu):
        ipv4.expand('1.2.3.4/33')
