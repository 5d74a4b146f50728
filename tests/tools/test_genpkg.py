"""Building Storm packages from files, saving them, loading them into a Cortex."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

import synapse.exc as s_exc
import synapse.tools.genpkg as s_genpkg
import tests.lib.cortex.serving as t_serving

PROTO = """
name: demo
version: [0, 0, 1]
modules:
  - name: demo.mod
commands:
  - name: demo.hi
    descr: Say hi.
docs:
  - {title: Doc, path: doc.md}
logo: {path: logo.svg, mime: image/svg}
external_modules:
  - {name: ext, file_path: ext.storm}
graphs:
  - {name: g, degrees: 1}
"""
FILES = {
    'pkg.yaml': PROTO,
    'storm/modules/demo.mod': 'function f() { return(mod) }',
    'storm/commands/demo.hi': '$lib.print(`hi {$lib.import(demo.ext).x}`)',
    'ext.storm': '$x = ext',
    'doc.md': '# Doc',
    'logo.svg': 'logo',
    'workflows/flow.yaml': 'name: flow',
    'workflows/skipped.txt': 'x',
    'optic/index.html': 'hello',
    'optic/.hidden': 'x',
}


@pytest.fixture
def proto(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / 'pkg.yaml'


async def test_build_and_push(proto: pathlib.Path, tmp_path: pathlib.Path) -> None:
    out = tmp_path / 'out.json'
    async with t_serving.cortex(tmp_path / 'core') as core:
        argv = ['--save', str(out), '--push', core.getLocalUrl(), str(proto)]
        assert await s_genpkg.main(argv) == 0
        pkgdef = json.loads(out.read_text())
        assert pkgdef['version'] == '0.0.1' and pkgdef['build']['synapse:version']
        assert {mod['name']: mod['storm'] for mod in pkgdef['modules']} == {
            'demo.mod': FILES['storm/modules/demo.mod'],
            'demo.ext': FILES['ext.storm'],
        }
        assert pkgdef['docs'] == [{'title': 'Doc', 'content': '# Doc'}] and pkgdef['logo']['file'] == 'bG9nbw=='
        assert pkgdef['optic'] == {
            'files': {'index.html': {'file': 'aGVsbG8='}},
            'workflows': {'flow': {'name': 'flow'}},
        }
        (graph,) = pkgdef['graphs']
        assert (graph['iden'], graph['power-up']) == ('db17c2055c9823988482cfe9898534df', 'demo')
        assert [m[1]['mesg'] async for m in core.storm('demo.hi') if m[0] == 'print'] == ['hi ext']
        await core.automation.packages.delete('demo')
        assert await s_genpkg.main(['--no-build', '--push', core.getLocalUrl(), str(out)]) == 0
        assert core.automation.packages.get('demo') is not None
        with pytest.raises(s_exc.BadPkgDef):
            await s_genpkg.main(['--no-build', '--push-verify', '--push', core.getLocalUrl(), str(out)])


async def test_refused(proto: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await s_genpkg.main([str(proto)]) == 1
    assert await s_genpkg.main(['--no-build', '--save', 'x', str(proto)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'Neither --push nor --save provided.  Nothing to do.' and 'incompatible with --save' in lines[1]
    cases = [
        ('NoSuchFile', 'name: x\nversion: 1.0.0\ndocs: [{title: a, path: newp.md}]'),
        ('BadPkgDef', 'name: x\nversion: 1.0.0\ndocs: [{title: a}]'),
        ('BadPkgDef', 'name: x\nversion: 1.0.0\nlogo: {path: logo.svg}'),
        ('BadPkgDef', 'version: 1.0.0'),
        ('BadPkgDef', '[1, 2]'),
        ('BadPkgDef', '{'),
        ('NoSuchFile', ''),
    ]
    for name, text in cases:
        proto.write_text(text)
        with pytest.raises(s_exc.SynErr) as err:
            await s_genpkg.main(['--save', 'x', str(proto)])
        assert err.value.errname == name, text


def test_missing_storm_files(proto: pathlib.Path) -> None:
    (proto.parent / 'storm/modules/demo.mod').unlink()
    with pytest.raises(s_exc.NoSuchFile):
        s_genpkg.Builder(str(proto), readonly=True).build()
    assert s_genpkg.Builder(str(proto)).build()['modules'][0]['storm'] == ''
    assert (proto.parent / 'storm/modules/demo.mod').read_text() == ''


def test_both_names(proto: pathlib.Path) -> None:
    for name in ('genpkg', 'storm.pkg.gen'):
        argv = [sys.executable, '-m', f'synapse.tools.{name}', str(proto)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, 'Neither --push nor --save provided.  Nothing to do.\n')
