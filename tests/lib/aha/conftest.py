"""An AHA for the tests of a module."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.aha as s_aha
import tests.lib.aha.serving as t_aha


@pytest.fixture
async def aha(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_aha.AhaCell]:
    async with t_aha.aha(tmp_path / 'aha') as cell:
        yield cell
