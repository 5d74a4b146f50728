"""Options: which source wins, what is refused, what the service writes for itself (cell.md 2)."""

from __future__ import annotations

import argparse
import json
import logging
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.cell.conf as s_conf

DEFS: dict[str, dict[str, typing.Any]] = {
    'text': {'type': 'string'},
    'deep:numb': {'type': 'integer', 'default': 3},
    'flag': {'type': 'boolean', 'default': False},
    'bare:flag': {'type': 'boolean'},
    'list': {'type': 'array', 'items': {'type': 'string'}},
    'mixed': {'type': ['string', 'null']},
    'secret': {'type': 'string', 'hideconf': True},
    'quiet': {'type': 'string', 'hidecmdl': True},
    'keep_score': {'type': 'number', 'default': 1.5},
    'tree': {'type': 'object', 'properties': {'x': {'type': 'integer', 'default': 7}}},
}


def conf(valus: dict[str, typing.Any] | None = None) -> s_conf.Config:
    return s_conf.Config(DEFS, valus, prefixes=('SYN_FOO', 'SYN_FOOCELL'))


def parse(*argv: str) -> argparse.Namespace:
    pars = argparse.ArgumentParser(prog='foo')
    s_conf.add_flags(pars, DEFS)
    return pars.parse_args(argv)


def test_sources_in_order(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.yaml').write_text('text: yaml\ndeep:numb: 4\nmixed: null\n')
    item = conf()
    item.set_from_opts(parse('--text', 'flag'))
    item.set_from_envars({'SYN_FOO_DEEP_NUMB': '5', 'SYN_FOO_TEXT': 'envar'})
    item.set_from_file(str(tmp_path / 'cell.yaml'))
    item.set_defaults()
    assert item['text'] == 'flag'
    assert item['deep:numb'] == 5
    assert 'mixed' in item and item['mixed'] is None
    assert item['flag'] is False
    assert 'list' not in item and item.get('list') is None


def test_forced_file_wins(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / 'cell.mods.yaml'
    path.write_text('text: mods\nlist: [a]\n')
    item = conf({'text': 'dict'})
    with caplog.at_level(logging.INFO):
        item.set_from_file(str(path), force=True)
    assert item['text'] == 'mods' and item['list'] == ['a']
    assert caplog.messages == [f'Set configuration override for [text] from [{path}]']


def test_environment_is_yaml() -> None:
    item = conf()
    item.set_from_envars(
        {'SYN_FOO_TEXT': '"123"', 'SYN_FOO_LIST': '[a, b]', 'SYN_FOO_FLAG': 'true', 'SYN_FOO_MIXED': 'null'}
    )
    assert item.asDict() == {'text': '123', 'list': ['a', 'b'], 'flag': True, 'mixed': None}


def test_first_prefix_wins(caplog: pytest.LogCaptureFixture) -> None:
    item = conf()
    item.set_from_envars({'SYN_FOO_TEXT': 'a', 'SYN_FOOCELL_TEXT': 'b', 'SYN_FOOCELL_DEEP_NUMB': '9'})
    assert item['text'] == 'a' and item['deep:numb'] == 9
    assert caplog.messages == ['Config from envar [SYN_FOOCELL_TEXT] skipped due to already being set!']


def test_hidden_options_are_for_files_only(tmp_path: pathlib.Path) -> None:
    item = conf()
    item.set_from_envars({'SYN_FOO_SECRET': 'x', 'SYN_FOO_QUIET': 'y'})
    assert 'secret' not in item and item['quiet'] == 'y'
    (tmp_path / 'x').write_text('secret: z')
    item.set_from_file(str(tmp_path / 'x'))
    assert item['secret'] == 'z'


def test_flags_are_for_visible_scalars() -> None:
    flags = {flag for act in _parser()._actions for flag in act.option_strings}
    assert flags == {'-h', '--help', '--text', '--deep-numb', '--flag', '--keep_score'}
    opts = parse('--flag', 'true', '--keep_score', '2')
    item = conf()
    item.set_from_opts(opts)
    assert item['flag'] is True and item['keep_score'] == 2.0


def _parser() -> argparse.ArgumentParser:
    pars = argparse.ArgumentParser()
    s_conf.add_flags(pars, DEFS)
    return pars


@pytest.mark.parametrize(
    ('name', 'valu', 'err', 'mesg'),
    [
        ('newp', 1, 'BadArg', 'Key newp is not a valid config'),
        ('text', 10, 'BadConfValu', 'Invalid config for text, data must be string'),
        ('mixed', 1, 'BadConfValu', 'Invalid config for mixed, data must be string or null'),
        ('list', [1], 'BadConfValu', 'Invalid config for list, data[0] must be string'),
        ('flag', 'yes', 'BadConfValu', 'Invalid config for flag, data must be boolean'),
    ],
)
def test_bad_values(name: str, valu: typing.Any, err: str, mesg: str) -> None:
    item = conf()
    with pytest.raises(s_exc.SynErr) as info:
        item[name] = valu
    assert (info.value.errname, info.value.get('mesg'), info.value.get('name')) == (err, mesg, name)
    assert name not in item


@pytest.mark.parametrize('text', ['- a', 'a: [', 'just text', '\x00'])
def test_bad_files(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / 'cell.yaml').write_text(text)
    with pytest.raises(s_exc.BadConfValu):
        conf().set_from_file(str(tmp_path / 'cell.yaml'))


@pytest.mark.parametrize('text', ['', '---\n...\n', '# nothing\n'])
def test_empty_files(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / 'cell.yaml').write_text(text)
    item = conf()
    item.set_from_file(str(tmp_path / 'cell.yaml'))
    assert not item.asDict()


def test_required_at_run_time() -> None:
    item = conf({'tree': {}})
    assert item.req('tree') == {'x': 7}
    with pytest.raises(s_exc.NeedConfValu) as info:
        item.reqConfValu('text')
    assert info.value.get('mesg') == 'The text configuration option is required.'
    with pytest.raises(s_exc.BadArg):
        item.req('newp')


def test_defaults_are_copies() -> None:
    defs = {'list': {'type': 'array', 'default': []}}
    one, two = s_conf.Config(defs), s_conf.Config(defs)
    one.set_defaults()
    two.set_defaults()
    one['list'].append(1)
    assert two['list'] == [] and defs['list']['default'] == []


def test_mods_are_kept(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / 'cell.mods.yaml'
    item = conf()
    mods = s_conf.ConfMods(str(path), item)
    with caplog.at_level(logging.INFO):
        mods.update({'text': 'x', 'mixed': None})
        mods.pop('text')
    assert 'text' not in item and item['mixed'] is None
    assert path.read_text() == '---\nmixed: null\n...\n'
    assert caplog.messages[0] == 'Setting cell config override for [text]'
    assert caplog.messages[-1] == 'Removed cell config override for [text]'
    with pytest.raises(s_exc.BadConfValu):
        mods.update({'mixed': 'a', 'flag': 'b'})
    assert s_common.yamlload(str(path)) == {'mixed': None} and item['mixed'] is None


def test_base_options_match_their_schemas() -> None:
    """Each default is valid, each option has a description, the table itself is plain JSON."""
    item = s_conf.Config(s_cell.Cell.getConfDefs())
    item.set_defaults()
    assert item['limit:disk:free'] == 5 and item['nexslog:en'] is False
    assert all(schema.get('description') for schema in s_cell.Cell.confbase.values())
    json.dumps(s_cell.Cell.confbase)


async def test_embedded_conf_wins_over_the_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.yaml').write_text('nexslog:en: false\nauth:anon: joe\n')
    (tmp_path / 'cell.mods.yaml').write_text('max:users: 9\n')
    async with await s_cell.Cell.anit(str(tmp_path), conf={'nexslog:en': True, 'max:users': 3}) as cell:
        assert cell.conf['nexslog:en'] is True
        assert cell.conf['auth:anon'] == 'joe'
        assert cell.conf['max:users'] == 9
        cell.modCellConf({'auth:anon': 'jim'})
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        assert cell.conf['auth:anon'] == 'jim'
        cell.popCellConf('auth:anon')
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        assert cell.conf['auth:anon'] == 'joe'
