"""A JSONStor and a proxy of its root, for each test."""

from __future__ import annotations

import pathlib
import typing

import pytest

import tests.lib.jsonstor.serving as t_serving

Any = typing.Any


@pytest.fixture
async def svc(tmp_path: pathlib.Path) -> typing.AsyncIterator[Any]:
    async with t_serving.running(tmp_path) as both:
        yield both


@pytest.fixture
def stor(svc: Any) -> Any:
    return svc[1]
