"""Model revisions: stored values follow a new version of the model, also when it is interrupted (cortex.md 1.3)."""

from __future__ import annotations

import logging
import pathlib
import signal
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.cortex.modelrev as s_modelrev
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_cellserving
import tests.lib.cortex.serving as t_serving

LOGGER = 'synapse.lib.modelrev'
OLD = {'orgname': 'Foo CORP', 'email': 'no address', 'title': 'boss'}


async def write_old(core: s_cortex.Cortex, layer: s_layer.Layer, name: str) -> None:
    """Store a node whose values are not what their types say today."""
    meta = {'time': 1, 'user': core.auth.rootuser.iden}
    node = [node async for node in core.nodes(f'[ ps:contact=({name},) ]')][0]
    edits = [(s_edits.PROP_SET, (prop, valu, None, 1), ()) for prop, valu in OLD.items()]
    await layer.storNodeEdits([(node.iden, 'ps:contact', edits)], meta)


async def renorm(mig: s_modelrev.Migration) -> None:
    await mig.renorm('ps:contact:orgname', 'ps:contact:email', 'ps:contact:title')


async def nothing(mig: s_modelrev.Migration) -> None:
    assert mig.layers


class RevCortex(s_cortex.Cortex):
    modelrevs = (s_modelrev.Revision((0, 2, 38), renorm), s_modelrev.Revision((0, 3, 0), nothing))


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [rec.getMessage() for rec in caplog.records if rec.name == LOGGER and rec.levelno == logging.WARNING]


def versions(core: s_cortex.Cortex) -> list[typing.Any]:
    return [core.stacks.pack_layer(layer)['model:version'] for layer in core.stacks.layers.values()]


PROPS = 'ps:contact return(({"org": :orgname, "email": :email, "title": :title}))'


async def test_values_follow(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    dirn = tmp_path / 'core'
    async with t_serving.cortex(dirn) as core:
        await write_old(core, core.stacks.default.wlyr, 'a')
        assert versions(core) == [(0, 2, 37)]
    assert lines(caplog) == []
    async with await RevCortex.anit(str(dirn), conf=t_serving.CONF) as core:
        node = [node async for node in core.nodes('ps:contact')][0]
        layer = core.stacks.default.wlyr.iden
        error = f'error re-norming ps:contact:email=no address (layer: {layer}, node: {node.iden.hex()}): '
        assert [line.startswith(error) for line in lines(caplog)] == [False, True, False, False]
        assert [lines(caplog)[at] for at in (0, 2, 3)] == [
            'beginning model migration -> (0, 2, 38)',
            'beginning model migration -> (0, 3, 0)',
            '...model migrations complete!',
        ]
        assert versions(core) == [(0, 3, 0)]
        assert await core.callStorm(PROPS) == {'org': 'foo corp', 'email': None, 'title': 'boss'}
        assert await core.callStorm('ps:contact return($node.data.get("_migrated:ps:contact:email"))') == 'no address'
        assert await core.count('ps:contact:orgname="Foo Corp"') == 1
        assert await core.count('ps:contact:email') == 0


async def test_only_what_is_needed(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    """A new Cortex is up to date; one that was migrated is not migrated again; a new layer begins at the end."""
    for _ in range(2):
        async with await RevCortex.anit(str(tmp_path / 'core'), conf=t_serving.CONF) as core:
            layer = await core.stacks.add_layer({}, core.auth.rootuser.iden)
            assert set(versions(core)) == {(0, 3, 0)}
            assert layer.info['model:version'] == (0, 3, 0)
    assert lines(caplog) == []


async def test_read_only_layers_too(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'core'
    async with t_serving.cortex(dirn) as core:
        layer = core.stacks.default.wlyr
        await write_old(core, layer, 'a')
        await core.stacks.set_layer(layer.iden, 'readonly', True)
    async with await RevCortex.anit(str(dirn), conf=t_serving.CONF) as core:
        assert (await core.callStorm(PROPS))['org'] == 'foo corp'


async def test_from_the_future(tmp_path: pathlib.Path) -> None:
    async with await RevCortex.anit(str(tmp_path / 'core'), conf=t_serving.CONF) as core:
        iden = core.stacks.default.wlyr.iden
    for _ in range(2):
        with pytest.raises(s_exc.CantRevLayer, match='is from the future!') as info:
            async with t_serving.cortex(tmp_path / 'core'):
                pass
        assert info.value.get('layer') == iden
        assert (info.value.get('curv'), info.value.get('layv')) == ((0, 2, 37), (0, 3, 0))
    async with await RevCortex.anit(str(tmp_path / 'core'), conf=t_serving.CONF) as core:
        assert versions(core) == [(0, 3, 0)]


CHILD = """
import os
import signal

import synapse.cortex as s_cortex
import synapse.lib.cortex.modelrev as s_modelrev
import synapse.lib.limits as s_limits

s_limits.MODELREV_NODES = 2


class Dying(s_modelrev.Migration):

    async def store(self, layer, nodeedits):
        await super().store(layer, nodeedits)
        if nodeedits and os.environ.get('DIE') == 'inside':
            os.kill(os.getpid(), signal.SIGKILL)


async def renorm(mig):
    await Dying(mig.stacks, mig.layers).renorm('ps:contact:orgname', 'ps:contact:email')


async def after(mig):
    if os.environ.get('DIE') == 'between':
        os.kill(os.getpid(), signal.SIGKILL)


class Cortex(s_cortex.Cortex):
    modelrevs = (s_modelrev.Revision((0, 2, 38), renorm), s_modelrev.Revision((0, 2, 39), after))
"""


@pytest.fixture
async def child(tmp_path: pathlib.Path) -> pathlib.Path:
    """Make a Cortex with old data in two layers, and a module with a newer Cortex. Returns the folder of both."""
    (tmp_path / 'revcore.py').write_text(CHILD)
    async with t_serving.cortex(tmp_path / 'core') as core:
        other = await core.stacks.add_layer({}, core.auth.rootuser.iden)
        for layer in (core.stacks.default.wlyr, other):
            for name in 'abcde':
                await write_old(core, layer, name)
    return tmp_path


def killed(child: pathlib.Path, die: str) -> list[str]:
    """Start the newer Cortex, which kills itself; return its log."""
    env = t_cellserving.environ({'DIE': die}, child)
    done = t_cellserving.run(t_cellserving.argv(child / 'core', ctor='revcore.Cortex'), env)
    assert done.returncode == -signal.SIGKILL
    return [line for line in done.stderr.splitlines() if 'model migration' in line]


VERSIONS = '$l=() for $layer in $lib.layer.list() { $l.append($layer.pack()."model:version") } return($l)'


def finished(child: pathlib.Path) -> list[str]:
    """Start it once more, check what it made of the data, and return its log."""
    argv = t_cellserving.argv(child / 'core', ctor='revcore.Cortex')
    text = 'ps:contact:orgname="foo corp" -:email $node.data.load("_migrated:ps:contact:email")'
    with t_cellserving.Server(argv, t_cellserving.environ(path=child)) as server:
        with s_telepath.openurl(f'cell://{child / "core"}') as prox:
            assert prox.callStorm(VERSIONS) == ((0, 2, 39), (0, 2, 39))
            assert prox.count(text) == 5
            assert prox.count('ps:contact:email') == 0
    return [line for line in server.lines if 'model migration' in line]


def steps(rows: list[str]) -> list[str]:
    return ['complete' if 'complete!' in row else row.partition('-> ')[2][:10] for row in rows]


def test_killed_inside_a_revision(child: pathlib.Path) -> None:
    for _ in range(2):
        assert steps(killed(child, 'inside')) == ['(0, 2, 38)']
    assert steps(finished(child)) == ['(0, 2, 38)', '(0, 2, 39)', 'complete']
    assert steps(finished(child)) == []


def test_killed_between_revisions(child: pathlib.Path) -> None:
    assert steps(killed(child, 'between')) == ['(0, 2, 38)', '(0, 2, 39)']
    assert steps(finished(child)) == ['(0, 2, 39)', 'complete']


def test_a_server_refuses_newer_data(child: pathlib.Path) -> None:
    finished(child)
    argv = t_cellserving.argv(child / 'core', ctor='synapse.cortex.Cortex')
    done = t_cellserving.run(argv)
    assert done.returncode == 1
    assert 'is from the future!' in done.stderr
