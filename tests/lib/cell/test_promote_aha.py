"""Promotion in a network: AHA keeps the terms, clients follow by name, an old leader learns of it at its start."""

from __future__ import annotations

import json
import pathlib
import signal
import time
import typing

import synapse.exc as s_exc
import tests.deployment as t_deployment
import tests.waiting as t_waiting


def info(path: pathlib.Path) -> dict[str, typing.Any]:
    with t_deployment.open_cell(path) as proxy:
        return typing.cast('dict[str, typing.Any]', proxy.getCellInfo()['cell'])


def put(path: pathlib.Path, name: str) -> None:
    with t_deployment.open_cell(path) as proxy:
        proxy.setPathObj(name, {'name': name})


def has(path: pathlib.Path, name: str) -> bool:
    with t_deployment.open_cell(path) as proxy:
        return bool(proxy.getPathObj(name) == {'name': name})


def term(site: t_deployment.Deployment, path: pathlib.Path) -> tuple[int, str]:
    with t_deployment.open_cell(site.ahadir) as aha:
        held = aha.getAhaSvcTerm(info(path)['iden'])
        return held['term'], held['name']


def test_the_lead_in_a_network(tmp_path: pathlib.Path) -> None:
    site = t_deployment.Deployment(tmp_path)
    one, two = tmp_path / '00.json', tmp_path / '01.json'
    with site.aha(), site.service('jsonstor', one.name, site.provision('00.json')) as first:
        with site.service('jsonstor', two.name, site.provision('01.json', '--mirror', 'json')):
            t_waiting.wait_until(lambda: info(two)['ready'])
            put(two, 'a')
            assert has(one, 'a') and term(site, one) == (1, '00.json.loop.test')
            hand_over(site, one, two)
            take_by_force(site, one, two, first)


def hand_over(site: t_deployment.Deployment, one: pathlib.Path, two: pathlib.Path) -> None:
    """In good order, there and back."""
    began = time.monotonic()
    site.tool('promote', '--svcurl', f'cell://{two}')
    took = time.monotonic() - began
    assert info(two)['active'] and not info(one)['active']
    assert term(site, one) == (2, '01.json.loop.test')
    t_waiting.wait_until(lambda: info(one)['ready'])
    put(one, 'b')
    assert has(two, 'b') and took < 20
    t_waiting.wait_until(lambda: site.listed()['00.json.loop.test'])
    # the leader steps down by itself: AHA knows who is next
    t_waiting.wait_until(lambda: b'Failed' not in site.tool('demote', '--url', f'cell://{two}').encode())
    assert info(one)['active'] and term(site, one) == (3, '00.json.loop.test')
    t_waiting.wait_until(lambda: info(two)['ready'])
    site.tool('mirrorcheck', f'cell://{one}', f'cell://{two}')


def take_by_force(
    site: t_deployment.Deployment, one: pathlib.Path, two: pathlib.Path, first: t_deployment.Proc
) -> None:
    """By force; the old leader comes back, and knows it before it accepts anything."""
    first.stop(signal.SIGKILL)
    site.tool('promote', '--svcurl', f'cell://{two}', '--failure')
    assert term(site, two) == (4, '01.json.loop.test')
    put(two, 'c')
    with site.service('jsonstor', one.name) as back:
        back.wait_log('DEPOSED: This service was deposed: 01.json.loop.test leads since term 4.')
        assert not info(one)['active']
        try:
            put(one, 'd')
        except s_exc.IsReadOnly as e:
            assert '01.json.loop.test leads since term 4' in e.get('mesg')
        else:
            raise AssertionError('a deposed leader wrote')
        with t_deployment.open_cell(site.ahadir) as aha:
            t_waiting.wait_until(lambda: aha.getAhaSvc('json...')['svcinfo']['run'] == info(two)['run'])
        site.tool('demote', '--url', f'cell://{one}', '--rejoin', 'aha://json...')
        t_waiting.wait_until(lambda: ready(one))
        assert has(one, 'c')
        put(one, 'e')
        assert has(two, 'e')
        lines = site.tool('mirrorcheck', f'cell://{two}', f'cell://{one}')
        assert lines.rstrip().endswith('equal'), json.dumps(lines)
        # a leader that is shut down hands over first
        site.tool('shutdown', '--url', f'cell://{two}')
        t_waiting.wait_until(lambda: info(one)['active'])
        put(one, 'f')
        assert term(site, one) == (5, '00.json.loop.test')


def ready(path: pathlib.Path) -> bool:
    try:
        return bool(info(path)['ready'])
    except (s_exc.SynErr, OSError):  # it may restart just now
        return False
