"""Ids that are given to many nodes at once are the ones that they would get one by one."""

from __future__ import annotations

import contextlib
import pathlib

import pytest

import synapse.lib.layer as s_layer
import synapse.lib.slab as s_slab


def iden(numb: int, tail: int = 0) -> bytes:
    return (numb * 0x9E3779B97F4A7C15 % 2**64).to_bytes(16, 'big') + tail.to_bytes(16, 'big')


# idens that have ids already, idens of one call: all new, some known, none new, two with the same first half
CASES: tuple[tuple[list[bytes], list[bytes]], ...] = (
    ([], [iden(numb) for numb in range(2000)]),
    ([iden(3), iden(1), iden(7)], [iden(numb) for numb in range(10)]),
    ([iden(numb) for numb in range(5)], [iden(4), iden(2), iden(0)]),
    ([iden(2)], [iden(1), iden(2), iden(3), iden(1, tail=5), iden(4)]),
    ([], [iden(1), iden(1, tail=5), iden(4)]),
)


@pytest.mark.parametrize('before, idens', CASES)
def test_many_at_once(tmp_path: pathlib.Path, before: list[bytes], idens: list[bytes]) -> None:
    with (
        contextlib.closing(s_slab.Slab.open(str(tmp_path / 'many'))) as one,
        contextlib.closing(s_slab.Slab.open(str(tmp_path / 'each'))) as two,
    ):
        many, each = s_layer.Idens(one), s_layer.Idens(two)
        for item in before:
            assert many.gen(item) == each.gen(item)
        assert many.gen_all(idens) == {item: each.gen(item) for item in idens}
        assert many.next == each.next
        assert many.gen_all([iden(99)]) == {iden(99): each.gen(iden(99))}
        assert [many.get(item) for item in idens] == [each.get(item) for item in idens]
