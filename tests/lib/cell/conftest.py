"""A proxy of the root of the cell that a test has."""

from __future__ import annotations

import typing

import pytest

import synapse.lib.cell as s_cell
import synapse.telepath as s_telepath


@pytest.fixture
async def root(cell: s_cell.Cell) -> typing.AsyncIterator[typing.Any]:
    async with await s_telepath.openurl(cell.getLocalUrl()) as proxy:
        yield proxy
