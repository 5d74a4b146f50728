"""A service with users."""

from __future__ import annotations

import pathlib
import typing

import pytest

import tests.lib.auth.home as t_home

MakeHome = typing.Callable[..., typing.Awaitable[t_home.Home]]


@pytest.fixture
async def make_home(tmp_path: pathlib.Path) -> typing.AsyncIterator[MakeHome]:
    """Return a function that starts a service in a directory of the test; all are ended with it."""
    homes: list[t_home.Home] = []

    async def func(name: str = 'home', **opts: typing.Any) -> t_home.Home:
        (tmp_path / name).mkdir(exist_ok=True)
        homes.append(await t_home.Home.anit(tmp_path / name, **opts))
        return homes[-1]

    yield func
    for home in homes:
        await home.fini()


@pytest.fixture
async def home(make_home: MakeHome) -> t_home.Home:
    return await make_home()
