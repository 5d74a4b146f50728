"""A Cortex process that all tests of the tools talk to, and a way to run a tool and see what it printed."""

from __future__ import annotations

import asyncio
import collections.abc
import pathlib
import typing

import pytest

import synapse.tools.cmd as s_cmd
import synapse.tools.localcore as s_localcore

Run = collections.abc.Callable[..., tuple[int, list[str]]]


@pytest.fixture(scope='session')
def core_url(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    """Yield the URL of a Cortex of this test process. Tests share it, so they use names of their own."""
    temp = tmp_path_factory.mktemp('core')
    with asyncio.Runner() as runner:
        server = s_localcore.running(str(temp / 'core00'), str(temp / 'core00.log'))
        url = runner.run(server.__aenter__())
        yield url
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a tool's main and returns (exit code, lines on stdout)."""

    def call(main: s_cmd.Main, *argv: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        try:
            code = s_cmd.call(main, argv)
        except SystemExit as e:  # a usage error
            code = typing.cast(int, e.code)
        return code, capsys.readouterr().out.splitlines()

    return call


def core_dir(url: str) -> pathlib.Path:
    """Return the directory of the Cortex at a ``cell://`` URL."""
    return pathlib.Path(url.removeprefix('cell://'))
