"""Every example that the model shows for a type or a property can be typed in as it stands."""

from __future__ import annotations

import pathlib
import typing

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.model.types as s_types
import tests.lib.cortex.serving as t_serving


def examples(core: s_cortex.Cortex) -> typing.Iterator[tuple[str, s_types.Type, str]]:
    for name, typ in core.model.types.items():
        if 'ex' in typ.info:
            yield name, typ, typ.info['ex']
    for full, prop in core.model.props.items():
        if 'ex' in prop.info:
            yield full, prop.type, prop.info['ex']


async def accepted(core: s_cortex.Cortex, typ: s_types.Type, example: str) -> bool:
    """Whether a text is a value, or stands for one in Storm, such as (1, 2)."""
    try:
        typ.norm(example)
        return True
    except s_exc.BadTypeValu:
        if not example.startswith('('):
            raise
    valu = await core.callStorm(f'return($lib.cast({typ.name}, {example}))')
    return bool(typ.norm(valu)[0] == valu)


async def test_examples_are_values(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        found = list(examples(core))
        assert [name for name, typ, example in found if not await accepted(core, typ, example)] == []
        assert len(found) > 180
