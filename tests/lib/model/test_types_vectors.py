"""All vectors of the contract: each line of vectors.txt is one norm, with its section in the test's name."""

from __future__ import annotations

import ast
import decimal
import pathlib
import re
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.models as s_models

VECTORS = pathlib.Path(__file__).with_name('vectors.txt')

Row = tuple[str, dict[str, typing.Any], typing.Any, list[str]]


@pytest.fixture(scope='module')
def model() -> s_model.Model:
    return s_models.load()


def literal(text: str) -> typing.Any:
    match = re.fullmatch(r"Decimal\('(.*)'\)", text)
    if match:
        return decimal.Decimal(match[1])
    if text in ('inf', 'nan'):
        return float(text)
    return ast.literal_eval(text)


def read_rows() -> typing.Iterator[typing.Any]:
    section, count = '', 0
    for line in VECTORS.read_text().splitlines()[3:]:
        if line.startswith('# '):
            section, count = line[2:], 0
        elif line:
            head, *cols = line.split(' | ')
            name, _, opts = head.partition(' ')
            count += 1
            row = (name, ast.literal_eval(opts) if opts else {}, literal(cols[0]), cols[1:])
            yield pytest.param(row, id=f'{section}-{name}-{count}')


def frozen(valu: typing.Any) -> typing.Any:
    return tuple(map(frozen, valu)) if isinstance(valu, (list, tuple)) else valu


def same(valu: typing.Any, want: typing.Any) -> bool:
    """Compare with types (1 is not True); a wanted text may end in an ellipsis."""
    if isinstance(want, str) and want.endswith('…'):
        return isinstance(valu, str) and valu.startswith(want[:-1])
    if isinstance(want, (tuple, list)):
        return isinstance(valu, (tuple, list)) and len(valu) == len(want) and all(map(same, valu, want))
    return type(valu) is type(want) and repr(valu) == repr(want)


def read_subs(text: str) -> dict[str, typing.Any]:
    pairs = re.findall(r"([\w:]+)=('(?:[^'\\]|\\.)*'|\((?:[^()]|\([^()]*\))*\)|[^,]+)(?:, |$)", text)
    return {name: literal(valu) for name, valu in pairs}


@pytest.mark.parametrize('row', list(read_rows()))
def test_vector(model: s_model.Model, row: Row) -> None:
    name, opts, valu, cols = row
    typo = model.reqType(name).clone(opts)
    if cols[0] == '-' or cols[0].startswith('NoSuch'):
        errs = s_exc.CLASSES['BadTypeValu' if cols[0] == '-' else cols[0]]
        with pytest.raises(errs) as info:
            typo.norm(valu)
        assert info.value.get('mesg')
        return
    norm, info = typo.norm(valu)
    assert same(norm, literal(cols[0])), norm
    if len(cols) > 1 and (cols[1] or name != 'inet:dns:a'):
        subs, want = info.get('subs', {}), read_subs(cols[1])
        assert subs.keys() == want.keys() and all(same(subs[key], want[key]) for key in want), subs
    shown = typo.repr(norm)
    if len(cols) > 2:
        assert same(frozen(shown), frozen(literal(cols[2]))), shown
    else:
        assert shown in (norm, str(norm)) or frozen(shown) == tuple(map(str, norm))


def test_vectors_are_many() -> None:
    assert len(list(read_rows())) > 800
