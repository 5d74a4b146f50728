"""Functions and commands about views, layers and graphs with arguments that make no sense: only errors of Storm."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.storm.registry as s_registry
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

ODD = ('$lib.null', '(5)', 'x', '({})', '([])', '$lib', '$lib.undef', '"\\u0000"', '(1.5)', '$big', '$node')
COMMANDS = ('diff --tag', 'diff --prop', 'merge --diff --include-tags', 'movenodes --srclayers', 'copyto', 'view.exec')
COMMANDS += ('view.set', 'view.fork', 'view.merge', 'view.add --layers', 'layer.set', 'layer.get', 'layer.push.add')
COMMANDS += ('graph --pivot', 'graph --degrees', 'graph --form-pivot')


def calls() -> typing.Iterator[str]:
    for kind, obj in (('view', '$lib.view.get()'), ('layer', '$lib.layer.get()')):
        for name, item in s_registry.TYPES[kind].items():
            if not item.getter and name != 'edits':
                yield from (f'{obj}.{name}({", ".join([odd] * len(item.params()))})' for odd in ODD)
    for lib in ('$lib.view', '$lib.layer', '$lib.graph'):
        for name, item in s_registry.LIBS[lib].items():
            yield from (f'{lib}.{name}({", ".join([odd] * len(item.params()))})' for odd in ODD)
    for command in COMMANDS:
        yield from (f'| {command} {odd} {odd}' for odd in ODD)


@pytest.mark.parametrize('part', range(4))
async def test_odd_arguments(part: int, tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        fork = await t_telling.fork(core)
        for call in list(dict.fromkeys(calls()))[part::4]:
            opts = {'view': fork if fork in core.stacks.views else None, 'vars': {'big': 'x' * 100000}}
            mesgs = [mesg async for mesg in core.storm(f'[ inet:ipv4=1.1.1.1 ] {call}', opts=opts)]
            for name, info in (mesg[1] for mesg in mesgs if mesg[0] == 'err'):
                assert name in s_exc.CLASSES and 'Error: ' not in str(info.get('mesg')), (call, info)
