"""Registries, certificate folders and telepath.yaml: telepath.md 11.4."""

from __future__ import annotations

import pathlib

import pytest

import synapse.lib.telepath.env as s_env
import synapse.telepath as s_telepath

YAML = """
version: 1
aha:servers:
  - ssl://root@aha.example.net/
  - [ssl://00.aha.example.org/, ssl://01.aha.example.org/]
certdirs:
  - {path}
"""


async def test_aha_urls_are_counted() -> None:
    assert await s_telepath.delAhaUrl('tcp://newp') == 0
    assert (await s_telepath.addAhaUrl('tcp://one'))['refs'] == 1
    assert (await s_telepath.addAhaUrl('tcp://one'))['refs'] == 2
    assert (await s_telepath.addAhaUrl(['tcp://two', 'tcp://three']))['refs'] == 1
    assert list(s_telepath.registries) == [('tcp://one',), ('tcp://two', 'tcp://three')]
    assert await s_telepath.delAhaUrl('tcp://one') == 1
    assert await s_telepath.delAhaUrl('tcp://one') == 0
    assert await s_telepath.delAhaUrl(('tcp://two', 'tcp://three')) == 0
    assert not s_telepath.registries


async def test_telepath_yaml(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'telepath.yaml'
    path.write_text(YAML.format(path=tmp_path / 'more'))
    before = s_telepath.getCertDir().paths
    undo = await s_telepath.loadTeleEnv(str(path))
    assert undo is not None
    assert list(s_telepath.registries) == [
        ('ssl://root@aha.example.net/',),
        ('ssl://00.aha.example.org/', 'ssl://01.aha.example.org/'),
    ]
    assert s_telepath.getCertDir().paths == (*before, str(tmp_path / 'more'))
    await undo()
    assert not s_telepath.registries and s_telepath.getCertDir().paths == before


async def test_nothing_to_load(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    assert await s_telepath.loadTeleEnv(str(tmp_path / 'newp.yaml')) is None
    path = tmp_path / 'telepath.yaml'
    path.write_text('version: 2\naha:servers: [tcp://x]\n')
    assert await s_telepath.loadTeleEnv(str(path)) is None
    assert 'telepath.yaml unknown version: 2' in caplog.text
    assert not s_telepath.registries


async def test_environment_of_a_tool(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = tmp_path / 'cell'
    (cell / 'certs').mkdir(parents=True)
    (cell / 'cell.yaml').write_text('aha:registry: ssl://aha.cell/\n')
    home = tmp_path / 'syn'
    home.mkdir()
    (home / 'telepath.yaml').write_text('version: 1\naha:servers: [ssl://aha.home/]\n')
    monkeypatch.setattr(s_env, 'CELL_DIR', str(cell))
    monkeypatch.setenv('SYN_DIR', str(home))
    before = s_telepath.getCertDir().paths
    async with s_telepath.withTeleEnv():
        assert list(s_telepath.registries) == [('ssl://aha.cell/',), ('ssl://aha.home/',)]
        assert {str(cell / 'certs'), str(home / 'certs')} <= set(s_telepath.getCertDir().paths)
    assert not s_telepath.registries and s_telepath.getCertDir().paths == before


async def test_the_list_that_a_cell_has_learned(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'cell.yaml').write_text('aha:registry: ssl://one/\n')
    async with s_telepath.loadTeleCell(str(tmp_path)):
        assert list(s_telepath.registries) == [('ssl://one/',)]
    (tmp_path / 'cell.mods.yaml').write_text('aha:registry: [ssl://one/, ssl://two/]\n')
    async with s_telepath.loadTeleCell(str(tmp_path)):
        assert list(s_telepath.registries) == [('ssl://one/',), ('ssl://two/',)]
    (tmp_path / 'cell.mods.yaml').write_text('--- {}\n')
    async with s_telepath.loadTeleCell(str(tmp_path)):
        assert list(s_telepath.registries) == [('ssl://one/',)]


async def test_environment_without_anything(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_env, 'CELL_DIR', str(tmp_path / 'newp'))
    monkeypatch.setenv('SYN_DIR', str(tmp_path))
    with pytest.raises(ValueError):
        async with s_telepath.withTeleEnv():
            assert not s_telepath.registries
            raise ValueError('the tool failed')
