"""What must hold for every type and any input: refuse or normalise, mean itself, show itself, sort as it compares."""

from __future__ import annotations

import datetime
import decimal
import functools
import typing

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types as s_types
import synapse.lib.model.types.base as s_typebase
import synapse.models as s_models
from tests.lib.model import types_inputs as inputs

MODEL = s_models.load()
BASES = sorted(set(s_types.BASETYPES) - {'comp'})
DERIVED = ['inet:dns:a', 'inet:web:acct', 'geo:altitude', 'transport:direction', 'hash:sha1', 'it:sec:cve', 'pe:langid']

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# repr is not made to be read back here: types.md shows these as texts of their own
NO_REPR = {'data', 'nodeprop', 'geo:dist', 'geo:area', 'geo:altitude'}
NAMING = {'ndef', 'edge', 'timeedge', 'nodeprop'}  # of values that name a form or a property, which may not exist
TEN_CENTURIES = -int((datetime.datetime(1970, 1, 1) - datetime.datetime(1000, 1, 1)).total_seconds() * 1000)


def alike(one: typing.Any, two: typing.Any) -> bool:
    return type(one) is type(two) and repr(one) == repr(two)


def old_time(valu: typing.Any) -> bool:
    """Years below 1000 are shown without padding, so their digits mean something else (types.md 2.10)."""
    return any(type(tick) is int and tick < TEN_CENTURIES for tick in (valu if isinstance(valu, tuple) else (valu,)))


def norm_or_refuse(typo: s_types.Type, valu: typing.Any) -> s_typebase.Normed | None:
    try:
        return typo.norm(valu)
    except s_exc.BadTypeValu as e:
        assert e.get('mesg')
        s_common.en(e.errinfo)  # the refusal itself must survive the wire
        str(e)
    except (s_exc.NoSuchForm, s_exc.NoSuchProp):
        assert {typo.name, typo.subof, *typo.refers_to()} & NAMING
    return None


@pytest.mark.parametrize('name', BASES + DERIVED)
def test_any_input(name: str) -> None:
    """norm refuses or gives a value that is its own norm, can be stored, has a short key and can be shown."""
    typo = MODEL.reqType(name)

    @many
    @given(inputs.values_for(name))
    def check(valu: typing.Any) -> None:
        found = norm_or_refuse(typo, valu)
        if found is None:
            return
        norm, info = found
        s_common.en((norm, info))
        assert len(typo.indx(norm)) <= s_indx.KEY_MAX
        if norm == '' and name == 'hex':  # types.md 2.6: 0 becomes an empty text, which is no input
            return
        assert alike(typo.norm(norm)[0], norm)
        shown = typo.repr(norm)
        sepr = getattr(typo, 'sepr', None)
        if name not in NO_REPR and sepr is None and not old_time(norm):
            assert alike(typo.norm(shown)[0], norm)

    check()


def others() -> list[str]:
    """Return one name for each other class and options that there are, of all types, forms and properties."""
    seen = {(type(MODEL.types[name]), repr(MODEL.types[name].opts)) for name in [*BASES, *DERIVED]}
    names = []
    for name, typo in MODEL.types.items():
        key = (type(typo), repr(typo.opts))
        if key not in seen and name != 'comp':
            seen.add(key)
            names.append(name)
    return names


@pytest.mark.parametrize('name', others())
def test_any_input_of_derived_types(name: str) -> None:
    """As above, for every other type of the model, with fewer inputs."""
    typo = MODEL.reqType(name)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(inputs.values_for(name))
    def check(valu: typing.Any) -> None:
        found = norm_or_refuse(typo, valu)
        if found is None:
            return
        s_common.en(found)
        assert len(typo.indx(found[0])) <= s_indx.KEY_MAX
        assert alike(typo.norm(found[0])[0], found[0])
        typo.repr(found[0])

    check()


ORDERED = {
    'int': st.integers(-(2**63), 2**63 - 1),
    'inet:port': st.integers(0, 65535),
    'float': st.floats(allow_nan=False),
    'hugenum': st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**23), max_value=10**23, places=20),
    'bool': st.booleans(),
    'str': st.text(max_size=60) | st.text(min_size=40, max_size=60).map(lambda text: text * 4),
    'hex': st.binary(min_size=1, max_size=40),
    'guid': st.binary(min_size=16, max_size=16).map(bytes.hex),
    'time': st.integers(-(2**63), 253402300799999),
    'duration': st.integers(-(2**63), 2**64 - 1),
    'velocity': st.integers(0, 2**63 - 1),
    'ival': st.tuples(st.integers(-(2**62), 0), st.integers(1, 253402300799999)),
    'inet:ipv4': st.integers(0, 2**32 - 1),
    'inet:ipv6': st.integers(0, 2**128 - 1),
    'it:semver': st.integers(0, 2**60 - 1),
    'geo:dist': st.integers(-(2**63), 2**63 - 1),
}


def rank(typo: s_types.Type, valu: typing.Any) -> typing.Any:
    if isinstance(typo, s_typebase.Ordered):
        return typo.rank(valu)
    return valu.encode('utf8', 'surrogatepass') if isinstance(valu, str) else valu


@pytest.mark.parametrize('name', ORDERED)
def test_key_order_is_value_order(name: str) -> None:
    typo = MODEL.reqType(name)
    pairs = st.tuples(ORDERED[name], ORDERED[name])

    @many
    @given(pairs)
    def check(pair: tuple[typing.Any, typing.Any]) -> None:
        one, two = (typo.norm(valu)[0] for valu in pair)
        key1, key2 = typo.indx(one), typo.indx(two)
        assert (key1 == key2) == (one == two)
        if max(len(key1), len(key2)) <= s_indx.TEXT_MAX:  # behind that, equal beginnings are told apart, not ordered
            assert (key1 < key2) == (rank(typo, one) < rank(typo, two))

    check()


@pytest.mark.parametrize('size', [1, 2, 4, 8, 16])
@pytest.mark.parametrize('signed', [True, False])
def test_integer_key_order(size: int, signed: bool) -> None:
    typo = MODEL.reqType('int').clone({'size': size, 'signed': signed})
    low, high = (-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1) if signed else (0, (1 << 8 * size) - 1)

    @many
    @given(st.lists(st.integers(low, high), min_size=2, max_size=20))
    def check(values: list[int]) -> None:
        assert sorted(values) == sorted(values, key=typo.indx)
        assert {len(typo.indx(valu)) for valu in values} == {size}

    check()


CMPRS = ['=', '<', '>', '<=', '>=', 'range=', 'in=', '^=', '~=', '@=']


def scan(typo: s_types.Type, values: list[typing.Any], lifts: list[s_types.Lift]) -> list[typing.Any]:
    """Lift from an index that is a sorted list of keys, as a layer does from its table."""
    table = sorted((typo.indx(valu), i) for i, valu in enumerate(values))
    found = []
    for lift in lifts:
        for key, i in table:
            inside = key == lift.lo if lift.exact else key >= lift.lo and (lift.hi is None or key < lift.hi)
            if inside and (lift.test is None or lift.test(values[i])):
                found.append(values[i])
    return found


def tried(func: typing.Callable[[], typing.Any]) -> typing.Any:
    try:
        return func()
    except s_exc.SynErr as e:
        return e.errname


# '^=' of these filters the shown text, of the lift the stored value; '@=' of one time is an instant only in lifts
APART = {('^=', 'guid'), ('^=', 'tel:phone'), ('^=', 'hex'), ('^=', 'str'), ('^=', 'syn:tag'), ('^=', 'taxonomy')}


@pytest.mark.parametrize('name', [*ORDERED, 'loc', 'inet:fqdn', 'syn:tag', 'taxonomy', 'tel:phone'])
def test_lift_finds_what_filter_keeps(name: str) -> None:
    """For each comparator that a lift knows, the scans find exactly the values that the filter test keeps."""
    typo = MODEL.reqType(name)
    source = ORDERED.get(name, st.sampled_from(inputs.good_for(name)))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(source, min_size=1, max_size=12), source, source, st.sampled_from(CMPRS))
    def check(given_values: list[typing.Any], one: typing.Any, two: typing.Any, cmpr: str) -> None:
        if cmpr not in typo.LIFTS or (cmpr, name) in APART:
            return
        values = list({repr(norm): norm for norm in (typo.norm(valu)[0] for valu in [*given_values, one])}.values())
        right = [one, two] if cmpr in ('range=', 'in=') else one
        if isinstance(right, bytes) or (cmpr == 'range=' and isinstance(one, bytes)):
            return
        lifts = tried(functools.partial(typo.lifts, cmpr, right))
        test = tried(functools.partial(typo.cmpr, cmpr, right))
        if isinstance(lifts, str) or isinstance(test, str):
            assert lifts == test
            return
        found = {repr(valu) for valu in scan(typo, values, lifts)}
        assert found == {repr(valu) for valu in values if test(valu)}

    check()


@many
@given(st.binary(max_size=20))
def test_after_is_first_key_behind_prefix(prefix: bytes) -> None:
    end = s_indx.after(prefix)
    if end is None:
        assert not prefix.strip(b'\xff')
        return
    assert prefix < end and not end.startswith(prefix)
    assert prefix + b'\xff' * 30 < end


def test_decimal_corners() -> None:
    """No number that the language can write down is too much: huge exponents, signalling nan, thousands of digits."""
    odd = [decimal.Decimal('1e999999'), decimal.Decimal('snan'), decimal.Decimal('-1e-999999'), 10**5000, -(10**5000)]
    for name in [*BASES, *DERIVED]:
        for valu in odd:
            norm_or_refuse(MODEL.reqType(name), valu)
            norm_or_refuse(MODEL.reqType(name), [valu, valu])
