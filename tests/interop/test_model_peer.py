"""The model that a running peer tells its clients, against ours: the same but for texts and for what is listed here."""

from __future__ import annotations

import contextlib
import json
import typing

import pytest

import synapse.lib.model.reflect as s_reflect
import synapse.models as s_models
import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest

Facts = dict[str, typing.Any]

# Texts are our own. What else begins with one of these, and why:
EXPLAINED = {
    'forms syn:splice': 'of the 2.113 line',
    'types syn:splice': 'of the 2.113 line',
    'interfaces taxonomy': 'of the 2.113 line',
    'interfaces transport:vehicle templates': 'a slip there',
    'forms ps:contact props asof date': 'a slip there',
    'forms syn:cmd props input': 'options that stand beside their type there',
    'forms syn:cmd props output': 'options that stand beside their type there',
    'forms syn:cmd props nodedata': 'options that stand beside their type there',
    'forms it:mitre:attack:flow props data type': 'our schema refers to nothing on the network',
    'types inet:fqdn info props': 'declarations that stand at the type there',
    'types meta:rule:status:taxonomy info props': 'declarations that stand at the type there',
    'types it:dev:function info props': 'declarations that stand at the type there',
    'types it:dev:function:sample info props': 'declarations that stand at the type there',
    'types crypto:currency:chain info props': 'declarations that stand at the type there',
}


def plain(item: typing.Any) -> typing.Any:
    """Return what a client makes of it: tuples and lists alike; no typedef options are empty ones; edges by name."""
    item = json.loads(json.dumps(item))
    item['edges'] = {str(edge): info for edge, info in item['edges']}
    for form in item['forms'].values():
        for prop in form['props'].values():
            prop['type'][1] = prop['type'][1] or {}
    for iface in item['interfaces'].values():
        iface['props'] = {name: [kind, info] for name, *kind, info in iface['props']}
    return item


def differences(path: str, ours: typing.Any, theirs: typing.Any) -> typing.Iterator[str]:
    if any(path == known or path.startswith(f'{known} ') for known in EXPLAINED) or path.endswith((' doc', ' ex')):
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            yield from differences(f'{path} {name}'.strip(), ours.get(name), theirs.get(name))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for pair in zip(ours, theirs, strict=True):
            yield from differences(path, *pair)
    elif ours != theirs:
        yield f'{path}: {ours!r} is {theirs!r}'


def told(item: typing.Any, path: str = '') -> typing.Iterator[str]:
    """Yield the places that have an example."""
    if isinstance(item, dict):
        for name, valu in item.items():
            if name == 'ex':
                yield path
            else:
                yield from told(valu, f'{path} {name}')


@pytest.fixture(scope='module')
def theirs(tmp_path_factory: pytest.TempPathFactory, peer_python: str) -> Facts:
    """Return the model dict of a running Cortex of the peer."""
    peer = t_conftest.Peer('2.256.0', peer_python, tmp_path_factory.mktemp('peer'))
    dirn = peer.dirn / 'core'
    argv = ('-m', 'synapse.servers.cortex', str(dirn), '--telepath', 'tcp://127.0.0.1:0/', '--https', '0')
    with contextlib.ExitStack() as stack:
        proc = stack.enter_context(peer.run(*argv))
        stack.callback(proc.terminate)
        t_conftest.wait_cell(f'cell://{dirn}', proc)
        with s_telepath.openurl(f'cell://{dirn}') as prox:
            return plain(prox.getModelDict())  # type: ignore[no-any-return]


@pytest.fixture(scope='module')
def ours() -> Facts:
    return plain(s_reflect.getModelDict(s_models.load()))  # type: ignore[no-any-return]


def test_same_model(ours: Facts, theirs: Facts) -> None:
    assert list(differences('', ours, theirs)) == []


def test_same_things_have_examples(ours: Facts, theirs: Facts) -> None:
    assert set(told(theirs)) <= set(told(ours))
