"""Small keys, so that a start takes no seconds; and an AHA for the tests of a module."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.aha as s_aha
import synapse.lib.limits as s_limits
import tests.lib.aha.serving as t_aha


@pytest.fixture(autouse=True)
def small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'CERT_KEY_BITS', 2048)


@pytest.fixture
async def aha(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_aha.AhaCell]:
    async with t_aha.aha(tmp_path / 'aha') as cell:
        yield cell
