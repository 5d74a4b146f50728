"""The names, arguments and readonly flags of the Storm library, beside a list of what release 2.256 has."""

from __future__ import annotations

import pathlib
import re

import pytest

import synapse.common as s_common
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.run as s_run  # noqa: F401  fills the registry

LINES = [
    line
    for line in (pathlib.Path(__file__).parent / 'contract.txt').read_text().splitlines()
    if line and not line.startswith('#')
]


def shown(func: s_registry.Func) -> str:
    names = [name if name[0] == '*' or dv is s_common.novalu else f'{name}?' for name, _, dv in func.params()]
    return ', '.join(names)


def find(path: str) -> s_registry.Func:
    base, _, name = path.rpartition('.')
    return (s_registry.LIBS if path[0] == '$' else s_registry.TYPES)[base][name]


@pytest.mark.parametrize('base', sorted({line.partition('(')[0].rpartition('.')[0] for line in LINES}))
def test_contract(base: str) -> None:
    for line in LINES:
        match = re.fullmatch(r'(\S+)\((.*)\)( ro)?', line)
        assert match is not None, line
        path, args, readonly = match.groups()
        if path.rpartition('.')[0] == base:
            func = find(path)
            assert (shown(func), func.readonly) == (args, readonly is not None), line
