"""The table notation: every kind of row, and what is wrong with a bad one."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.model.decl as s_decl

VALUES = {'LEVELS': s_decl.enums('1 low; 2 very\n   high'), 'SHOW': {'hint': 'enum'}}

TYPES: list[tuple[str, tuple[str, typing.Any]]] = [
    ('str', ('str', {})),
    ('inet:port()', ('inet:port', {})),
    ('str(lower onespace)', ('str', {'lower': True, 'onespace': True})),
    ('int(min=-1 max=10)', ('int', {'min': -1, 'max': 10})),
    ('float(min=-90.0 minisvalid=false)', ('float', {'min': -90.0, 'minisvalid': False})),
    ('str(regex=^(a|b)[0-9]$)', ('str', {'regex': '^(a|b)[0-9]$'})),
    ('int(enums=$LEVELS)', ('int', {'enums': ((1, 'low'), (2, 'very high'))})),
    ('ndef(forms=inet:fqdn,inet:url)', ('ndef', {'forms': ('inet:fqdn', 'inet:url')})),
    ('[int]', ('array', {'type': 'int'})),
    ('{str(lower)}', ('array', {'type': 'str', 'typeopts': {'lower': True}, 'uniq': True, 'sorted': True})),
    ('{it:dev:str ,}', ('array', {'type': 'it:dev:str', 'uniq': True, 'sorted': True, 'split': ','})),
    ('(a=int, b:c=str)', ('comp', {'fields': (('a', 'int'), ('b:c', 'str'))})),
    ('(a=int(), b=str(lower))', ('comp', {'fields': (('a', ('int', {})), ('b', ('str', {'lower': True})))})),
    ('(site=inet:fqdn, user=str)/', ('comp', {'fields': (('site', 'inet:fqdn'), ('user', 'str')), 'sepr': '/'})),
    ('<type>', ('{type}', {})),
    ('{$self}', ('array', {'type': '$self', 'uniq': True, 'sorted': True})),
]


@pytest.mark.parametrize(('text', 'typedef'), TYPES)
def test_type_notation(text: str, typedef: tuple[str, typing.Any]) -> None:
    assert s_decl.parse_type(text, VALUES) == typedef


def test_bad_type() -> None:
    with pytest.raises(s_exc.BadTypeDef):
        s_decl.parse_type('str lower', {})


TABLE = """
test:thing:taxonomy  taxonomy
    @is meta:taxonomy test:other

test:thing  guid  [new deprecated] A thing that
                  goes on.
    @fill thing=widget, things=widgets
    @columns name owner::name
    name          str(lower)  [ro alts=names] What it is called,
                              at length.
    note          str         [text syntax=yaml]
    level         int         [disp=$SHOW] How high. Ex: 3
    plain         int

test:runt  *  [old]
    @runt
"""


def test_table() -> None:
    tax, thing, runt = s_decl.Reader(VALUES).decls(TABLE)
    assert tax.info == {'interfaces': ('meta:taxonomy', 'test:other')}
    assert (thing.name, thing.base, thing.opts) == ('test:thing', 'guid', {})
    assert thing.info['since'] == '2.256' and thing.info['deprecated'] is True
    assert thing.info['doc'] == 'A thing that goes on.'
    assert thing.info['template'] == {'thing': 'widget', 'things': 'widgets'}
    assert [col['opts']['name'] for col in thing.info['display']['columns']] == ['name', 'owner::name']
    assert (runt.base, runt.runt, runt.info) == (None, True, {'until': '2.113'})


def test_table_props() -> None:
    thing = s_decl.Reader(VALUES).decls(TABLE)[1]
    name, note, level, plain = thing.props
    assert name.info == {'ro': True, 'alts': ('names',), 'doc': 'What it is called, at length.'}
    assert note.info == {'disp': {'hint': 'text', 'syntax': 'yaml'}}
    assert level.info == {'disp': {'hint': 'enum'}, 'ex': '3', 'doc': 'How high.'}
    assert plain == ('plain', ('int', {}), {})


def test_edges() -> None:
    table = """
        * -(refs)> *                    Refers to it.
        ou:org -(uses)> ou:technique    [new]
    """
    assert s_decl.Reader().edges(table) == [
        (None, 'refs', None, {'doc': 'Refers to it.'}),
        ('ou:org', 'uses', 'ou:technique', {'since': '2.256'}),
    ]


@pytest.mark.parametrize('row', ['test:a  int  [nope] Text.', 'test:a  int\n    @nope', 'test:a  int  [ro=1=2 x]'])
def test_bad_rows(row: str) -> None:
    with pytest.raises((s_exc.BadPropDef, s_exc.BadFormDef)):
        s_decl.Reader().decls(row)


def test_text_on_its_own_line() -> None:
    (decl,) = s_decl.Reader().decls(
        'test:a  str(regex=^x$)\n                    What it is,\n                    at length.'
    )
    assert decl.info == {'doc': 'What it is, at length.'}
