"""A thousand bad days of a service with mirrors, promotions and an AHA, each by a seed: see ``sim.py``.

A part of them runs by default; all of them with CI set, or ``python -m tests.lib.nexus.sim --count 1000``.
"""

from __future__ import annotations

import logging
import os
import typing

import pytest

import tests.lib.nexus.sim as t_sim

COUNT = 1000 if os.environ.get('CI') else 60
CHUNK = 20

# Seeds that have found something, kept for ever. What they do changes when the simulation does; what they found has a
# test of its own as well.
FOUND = (12, 13, 94, 96, 99, 103, 139, 141, 1216, 2043, 50119)


@pytest.fixture(autouse=True)
def silence() -> typing.Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def survive(seed: int) -> None:
    try:
        t_sim.run(seed)
    except (AssertionError, RuntimeError) as e:
        pytest.fail(f'{e}\nrepeat with: python -m tests.lib.nexus.sim --seed {seed} --verbose')


@pytest.mark.parametrize('seed', FOUND)
def test_seeds_that_have_found_something(seed: int) -> None:
    survive(seed)


@pytest.mark.parametrize('first', range(1000, 1000 + COUNT, CHUNK))
def test_bad_days(first: int) -> None:
    for seed in range(first, first + CHUNK):
        survive(seed)


def test_a_seed_is_a_story_that_can_be_told_again() -> None:
    one, two = t_sim.run(7), t_sim.run(7)
    assert one.acked and one.acked == two.acked and one.count == two.count
    assert [node.disk.bodies for node in one.nodes] == [node.disk.bodies for node in two.nodes]
