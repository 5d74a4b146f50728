"""URLs and aliases: telepath.md 11.1, 11.4, 13.2."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath

URLS: list[tuple[str, dict[str, typing.Any]]] = [
    ('tcp://h', {'scheme': 'tcp', 'host': 'h', 'path': ''}),
    ('TCP://H:1/x', {'scheme': 'tcp', 'host': 'H', 'port': 1, 'path': '/x'}),
    (
        'ssl://u%40x:p%3Aw@h/',
        {'scheme': 'ssl', 'host': 'h', 'path': '/', 'user': 'u@x', 'passwd': 'p:w'},
    ),
    ('tcp://a@b:c:d@h/', {'scheme': 'tcp', 'host': 'h', 'path': '/', 'user': 'a@b', 'passwd': 'c:d'}),
    ('tcp://:pw@h/', {'scheme': 'tcp', 'host': 'h', 'path': '/', 'user': '', 'passwd': 'pw'}),
    ('tcp://[::1]:5000/x', {'scheme': 'tcp', 'host': '::1', 'port': 5000, 'path': '/x'}),
    ('tcp://::1/x', {'scheme': 'tcp', 'host': '::1', 'path': '/x'}),
    (
        'tcp://h/a%20b?k=v%20w&k2&x=a=b',
        {'scheme': 'tcp', 'host': 'h', 'path': '/a%20b', 'k': 'v%20w', 'k2': None, 'x': 'a=b'},
    ),
    ('tcp://h?a=1?2', {'scheme': 'tcp', 'host': 'h', 'path': '', 'a': '1?2'}),
    ('cell://bob@rel/dir:*', {'scheme': 'cell', 'host': 'rel', 'path': '/dir:*', 'user': 'bob'}),
    ('unix:///a/b:foo', {'scheme': 'unix', 'host': '', 'path': '/a/b:foo'}),
]


@pytest.mark.parametrize('url,info', URLS, ids=[url for url, _ in URLS])
def test_chopurl(url: str, info: dict[str, typing.Any]) -> None:
    assert s_telepath.chopurl(url) == info


@pytest.mark.parametrize('url', ['tcp://[::1]/x', 'tcp://h:x/', 'tcp://h:/'])
def test_bad_ports(url: str) -> None:
    with pytest.raises(ValueError):
        s_telepath.chopurl(url)


def test_options_win_and_maps_are_copied() -> None:
    assert s_telepath.chopurl('tcp://u@h/', user='v', name='foo')['user'] == 'v'
    info = {'scheme': 'tcp', 'host': 'h', 'path': '/'}
    assert s_telepath.chopurl(info, port=1) == {**info, 'port': 1}
    assert 'port' not in info


def test_neither_text_nor_map() -> None:
    with pytest.raises(s_exc.BadArg):
        s_telepath.chopurl(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    'url', ['tcp://h', 'tcp://u:p@h:1/x?a=b&c', 'tcp://[::1]:5000/x', 'cell://d/e:*', 'unix:///a/b']
)
def test_zipurl_is_the_reverse(url: str) -> None:
    assert s_telepath.zipurl(s_telepath.chopurl(url)) == url


def test_modurl() -> None:
    assert s_telepath.modurl('tcp://a:1/', user='visi') == 'tcp://visi@a:1/'
    assert s_telepath.modurl(['tcp://a/', 'tcp://b/x'], host='c', foo='y') == ['tcp://c/?foo=y', 'tcp://c/x?foo=y']


def test_passwords_are_masked() -> None:
    assert s_telepath.sanitize('ssl://bob:hunter2@h/x') == 'ssl://bob:****@h/x'
    assert s_telepath.sanitize(['tcp://h/', 'tcp://a:b@h/']) == ['tcp://h/', 'tcp://a:****@h/']
    assert s_telepath.sanitize({'passwd': 'x', 'host': 'h'}) == {'passwd': '****', 'host': 'h'}
    assert 'hunter2' not in s_telepath.sanitize('tcp://bob:hunter2@h:bad/')


def test_merge_of_what_aha_says() -> None:
    local = s_telepath.chopurl('aha://bob:pw@svc.net/*/view?certname=c')
    found = {'scheme': 'ssl', 'host': 'h', 'port': 5, 'user': 'root', 'path': '/x', 'hostname': 'svc.net', 'ca': 'net'}
    info = s_telepath.mergeAhaInfo(local, found)
    want = {**found, 'user': 'bob', 'path': '/*/view', 'passwd': 'pw', 'certname': 'c'}
    assert info == want
    assert s_telepath.mergeAhaInfo(s_telepath.chopurl('aha://svc/'), found)['user'] == 'root'


@pytest.fixture
def aliases(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SYN_DIR', str(tmp_path))
    (tmp_path / 'aliases.yaml').write_text('foo: tcp://foo:1\nfoo/exact: tcp://exact/\nawx: tcp://aw\n')


@pytest.mark.parametrize(
    'name,url',
    [
        ('foo', 'tcp://foo:1'),
        ('foo/exact', 'tcp://exact/'),
        ('foo/bar', 'tcp://foo:1/bar'),
        ('awx/a/b', 'tcp://aw/a/b'),
    ],
)
def test_alias(aliases: None, name: str, url: str) -> None:
    assert s_telepath.alias(name) == url
    assert s_telepath.chopurl(name) == s_telepath.chopurl(url)


def test_no_alias(aliases: None) -> None:
    with pytest.raises(s_exc.BadUrl) as info:
        s_telepath.chopurl('newp/x')
    assert info.value.errinfo == {'mesg': ':// not found in [newp/x] and no alias found!', 'url': 'newp/x'}
