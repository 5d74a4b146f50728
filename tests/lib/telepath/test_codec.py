"""Messages as bytes: the vectors of telepath.md 2, and the envelope of 4."""

from __future__ import annotations

import math
import typing

import hypothesis
import hypothesis.strategies as hs
import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.telepath.codec as s_codec

ZEROS = '30' * 32

# telepath.md 2, "Hex vectors"
VECTORS: list[tuple[typing.Any, str]] = [
    (
        ('tele:syn', {'auth': None, 'vers': (3, 0), 'name': 'foo'}),
        '92a874656c653a73796e83a461757468c0a476657273920300a46e616d65a3666f6f',
    ),
    (
        ('t2:init', {'todo': ('bar', (1,), {'y': 2}), 'name': None, 'sess': '0' * 32}),
        '92a774323a696e697483a4746f646f93a3626172910181a17902a46e616d65c0a473657373d920' + ZEROS,
    ),
    (('t2:fini', {'retn': (True, 3)}), '92a774323a66696e6981a47265746e92c303'),
    (('t2:genr', {}), '92a774323a67656e7280'),
    (('t2:yield', {'retn': None}), '92a874323a7969656c6481a47265746ec0'),
    ('a\ud800', 'a461eda080'),
    (b'\x00', 'c40100'),
    (2**64 - 1, 'cfffffffffffffffff'),
    (-(2**63), 'd38000000000000000'),
    (1.5, 'cb3ff8000000000000'),
    (2**64, 'c70900010000000000000000'),
    (-(2**63) - 1, 'c70901ff7fffffffffffffff'),
    (2**127, 'd80080' + '00' * 15),
    (-(2**64), 'c70901ff0000000000000000'),
    (True, 'c3'),
    (False, 'c2'),
    (None, 'c0'),
]


@pytest.mark.parametrize('valu,text', VECTORS, ids=[text[:24] for _, text in VECTORS])
def test_vectors(valu: typing.Any, text: str) -> None:
    assert s_codec.pack(valu).hex() == text
    assert s_codec.unpack(bytes.fromhex(text)) == valu


@pytest.mark.parametrize(
    'head,mesg',
    [
        (s_codec.FINI_OK, ('t2:fini', {'retn': (True, 'v')})),
        (s_codec.YIELD_OK, ('t2:yield', {'retn': (True, 'v')})),
    ],
)
def test_prepared_heads(head: bytes, mesg: typing.Any) -> None:
    assert head + s_codec.pack('v') == s_codec.pack(mesg)


def test_prepared_messages() -> None:
    assert s_codec.GENR == s_codec.pack(('t2:genr', {}))
    assert s_codec.YIELD_END == s_codec.pack(('t2:yield', {'retn': None}))
    assert s_codec.unpack(s_codec.bin_head(70000) + b'v' * 70000) == b'v' * 70000


@pytest.mark.parametrize('valu', [{1, 2}, object(), math, (i for i in ()), [frozenset()]])
def test_what_does_not_pack(valu: typing.Any) -> None:
    with pytest.raises(s_exc.NotMsgpackSafe):
        s_codec.pack(valu)
    assert s_codec.pack(1) == b'\x01'


def test_sign_is_extended_for_any_length() -> None:
    assert s_codec.unpack(bytes.fromhex('c70b01ffff0000000000000000ff')[:14]) < 0
    assert s_codec.unpack(bytes.fromhex('d401ff')) == -1


def test_other_extensions_are_refused() -> None:
    with pytest.raises(s_exc.SynErr):
        s_codec.unpack(bytes.fromhex('d40700'))


keys = hs.one_of(hs.text(), hs.binary(), hs.integers(), hs.none(), hs.booleans())
values = hs.recursive(
    hs.one_of(keys, hs.floats(allow_nan=False)),
    lambda kids: hs.one_of(hs.lists(kids).map(tuple), hs.dictionaries(keys, kids)),
    max_leaves=20,
)


@hypothesis.given(values, hs.integers(min_value=1, max_value=9))
def test_round_trip_in_pieces(valu: typing.Any, size: int) -> None:
    byts = s_codec.pack(valu)
    unpk = s_codec.unpacker()
    for indx in range(0, len(byts), size):
        unpk.feed(byts[indx : indx + size])
    assert list(unpk) == [valu]


@hypothesis.given(hs.one_of(values, hs.text(hs.characters()), hs.binary(min_size=200, max_size=300)))
def test_the_fast_way_packs_the_same(valu: typing.Any) -> None:
    assert s_common.en_plain(valu) == s_common.en(valu)


@pytest.mark.parametrize('valu', ['x\ud800', 2**64, -(2**70), ('a', {'b': [2**64]}), object()])
def test_what_the_fast_way_does_not_pack_goes_the_other(valu: typing.Any) -> None:
    try:
        byts = s_common.en(valu)
    except s_exc.NotMsgpackSafe:
        with pytest.raises(s_exc.NotMsgpackSafe):
            s_common.en_plain(valu)
    else:
        assert s_common.en_plain(valu) == byts


def test_known_error() -> None:
    with pytest.raises(s_exc.BadTypeValu) as info:
        s_codec.result((False, ('BadTypeValu', {'mesg': 'nope', 'name': 'x', 'self': 1, 'valu': (1, 2)})))
    assert info.value.errinfo == {'mesg': 'nope', 'name': 'x', 'self': 1, 'valu': (1, 2)}


def test_unknown_error() -> None:
    with pytest.raises(s_exc.SynErr) as info:
        s_codec.result((False, ('ValueError', {'mesg': 'plain'})))
    assert type(info.value) is s_exc.SynErr
    assert info.value.errinfo == {'mesg': 'plain', 'errx': 'ValueError'}


def test_storm_raise_keeps_the_name_of_the_user() -> None:
    with pytest.raises(s_exc.StormRaise) as info:
        s_codec.result((False, ('StormRaise', {'errname': 'Foo', 'mesg': 'bar'})))
    assert info.value.get('errname') == 'Foo'


@pytest.mark.parametrize('retn', [None, 5, (True,), (False, None), (False, ('X',)), (False, ('X', 5))])
def test_malformed_envelopes(retn: typing.Any) -> None:
    with pytest.raises(s_exc.BadMesgFormat):
        s_codec.result(retn)
