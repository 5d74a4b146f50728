"""The peer's client calls our Cortex: each call means to it what it means with a Cortex of its own."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing

import pytest

import tests.lib.cell.serving as t_cellserving

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope='module')
def answers(tmp_path_factory: pytest.TempPathFactory, peer_python: str) -> dict[str, typing.Any]:
    """Return what the peer's client got, by the names in core_calls.py."""
    dirn = tmp_path_factory.mktemp('core') / 'core'
    argv = t_cellserving.argv(dirn, ctor='synapse.cortex.Cortex')
    env = {name: valu for name, valu in os.environ.items() if name != 'PYTHONPATH'}
    with t_cellserving.Server(argv):
        command = [peer_python, str(HERE / 'core_calls.py'), f'unix://root@{dirn}/sock']
        proc = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, cwd=dirn)
    assert proc.returncode == 0, proc.stderr[-3000:]
    return dict(json.loads(line) for line in proc.stdout.splitlines())


EXPECTED: dict[str, typing.Any] = {
    'feed': None,
    'storm': ['init', 'print', 'node', 'fini'],
    'call': ['y', 1, {'a': 'y'}],
    'count': 1,
    'valid': [True, [True, {}]],
    'invalid': False,
    'model': ['edges', 'forms', 'interfaces', 'tagprops', 'types', 'univs'],
    'defs': ['ctors', 'edges', 'forms', 'interfaces', 'tagprops', 'types', 'univs'],
    'info': ['modeldict', 'stormdocs', 'version'],
    'norm': [0x01020304, {'subs': {'type': 'unicast'}}],
    'typenorm': [5, {}],
    'vars': [1, 1, 1],
    'feeds': ['syn.nodes'],
    'addnode': ['inet:asn', 9],
    'ext': 1,
    'view': ['created', 'creator', 'iden', 'layers', 'name', 'parent', 'protected', 'triggers'],
    'badsyntax': 'BadSyntax',
    'badview': ['NoSuchView', f'No such view iden={"a" * 32}'],
    'badfeed': 'NoSuchName',
    'badname': 'NoSuchProp',
    'sync': ['_peer:form', 'inet:asn', 'inet:fqdn', 'inet:ipv4', 'syn:tag'],
    'index': [True, True],
    'same': [True, False],
    'badedit': 'BadArg',
}


def test_answers(answers: dict[str, typing.Any]) -> None:
    assert {name: answers[name] for name in EXPECTED} == EXPECTED


def test_nodes(answers: dict[str, typing.Any]) -> None:
    (((form, valu), info),) = answers['nodes']
    assert (form, valu, info['props']['asn'], info['tags']) == ('inet:ipv4', 0x01020304, 7, {'foo': [None, None]})
    edges, none = answers['export']
    assert edges[0][0] == 'refs' and len(edges[0][1]) == 64 and none is None


def test_refusals_name_the_layer(answers: dict[str, typing.Any]) -> None:
    name, mesg = answers['cantdel']
    assert name == 'CantDelProp' and mesg.startswith('Nodes still exist with prop: _peer:form:prop in layer ')
