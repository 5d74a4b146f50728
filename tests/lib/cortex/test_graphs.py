"""Graph projections that several change at once. What queries see of them: storm/queries."""

from __future__ import annotations

import asyncio
import pathlib

import pytest

import tests.lib.cortex.serving as t_serving


@pytest.mark.usefixtures('no_hurry')
async def test_two_at_once(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        graphs, root = core.graphs, core.auth.rootuser.iden
        iden = (await graphs.add({'name': 'x'}, root))['iden']
        calls = (
            graphs.grant(iden, 'users', 'a' * 32, 1),
            graphs.modify(iden, {'name': 'y'}),
            graphs.modify(iden, {'desc': 'z'}),
        )
        await asyncio.gather(*calls)
        gdef = graphs.get(iden)
        assert (gdef['name'], gdef['desc'], gdef['permissions']['users']) == ('y', 'z', {root: 3, 'a' * 32: 1})
