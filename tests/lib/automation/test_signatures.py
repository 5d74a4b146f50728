"""Signed packages: what a Cortex takes when it is asked to look, and what it refuses."""

from __future__ import annotations

import copy
import json
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.tools.genpkg as s_genpkg
import tests.lib.cortex.serving as t_serving

core = t_serving.core

Def = dict[str, typing.Any]
PKG: Def = {'name': 'signed', 'version': '1.2.3', 'desc': 'hallo ü', 'modules': [{'name': 'm', 'storm': '$x = 1'}]}


@pytest.fixture
def maker(tmp_path: pathlib.Path) -> s_certs.CertStore:
    """The certificates of who makes packages."""
    store = s_certs.CertStore(str(tmp_path / 'maker'))
    store.make('cas', 'vertex')
    store.make('code', 'visi', signas='vertex')
    return store


def signed(maker: s_certs.CertStore, pkgdef: Def = PKG, name: str = 'visi') -> Def:
    return {**pkgdef, 'codesign': s_certs.code_sign(maker, name, pkgdef)}


def trust(core: s_cortex.Cortex, maker: s_certs.CertStore, kind: str = 'cas', name: str = 'vertex') -> None:
    cert = maker.find_cert(kind, name)
    assert cert is not None
    s_certs.CertStore(core.layout.path('certs')).save_cert('cas', cert)


async def refused(core: s_cortex.Cortex, pkgdef: typing.Any, mesg: str, name: str = 'BadPkgDef') -> None:
    async with t_serving.proxy(core) as proxy:
        with pytest.raises(s_exc.SynErr) as e:
            await proxy.addStormPkg(pkgdef, verify=True)
    assert e.value.errname == name and mesg in e.value.get('mesg'), e.value
    assert core.automation.packages.get('signed') is None


async def test_who_is_trusted(core: s_cortex.Cortex, maker: s_certs.CertStore) -> None:
    pkgdef = signed(maker)
    await refused(core, pkgdef, 'invalid certificate: No trusted authority has signed CN=visi')
    trust(core, maker)
    async with t_serving.proxy(core) as proxy:
        await proxy.addStormPkg(json.loads(json.dumps(pkgdef, sort_keys=True)), verify=True)
        assert (await proxy.getStormPkg('signed'))['codesign'] == pkgdef['codesign']


async def test_from_storm(core: s_cortex.Cortex, maker: s_certs.CertStore) -> None:
    trust(core, maker)
    text = '$lib.pkg.add($pkg, verify=(true)) return($lib.pkg.has(signed))'
    with pytest.raises(s_exc.BadPkgDef, match='Storm package is not signed!'):
        await core.callStorm(text, opts={'vars': {'pkg': PKG}})
    assert await core.callStorm(text, opts={'vars': {'pkg': signed(maker)}}) is True


async def test_what_was_changed(core: s_cortex.Cortex, maker: s_certs.CertStore) -> None:
    trust(core, maker)
    for name, valu in (('desc', 'other'), ('zork', 1), ('version', [1, 2, 3]), ('modules', [])):
        await refused(core, {**signed(maker), name: valu}, 'Storm package signature does not match!')
    async with t_serving.proxy(core) as proxy:
        await proxy.addStormPkg({**signed(maker), 'desc': 'other'})  # nobody asked to look


@pytest.mark.parametrize(
    'name,valu,mesg',
    [
        ('sign', None, 'Storm package has no signature!'),
        ('sign', 5, 'Storm package has no signature!'),
        ('sign', 'zz', 'Storm package signature does not match!'),
        ('sign', 'aabb', 'Storm package signature does not match!'),
        ('cert', None, 'Storm package has no certificate!'),
        ('cert', b'foo', 'Storm package has no certificate!'),
        ('cert', '\ud800', 'Storm package has malformed certificate!'),
        ('cert', '-----BEGIN CERTIFICATE-----', 'Storm package has malformed certificate!'),
    ],
)
async def test_what_is_no_signature(
    core: s_cortex.Cortex, maker: s_certs.CertStore, name: str, valu: typing.Any, mesg: str
) -> None:
    trust(core, maker)
    pkgdef = copy.deepcopy(signed(maker))
    pkgdef['codesign'][name] = valu
    await refused(core, pkgdef, mesg)


async def test_no_package_at_all(core: s_cortex.Cortex) -> None:
    for pkgdef in (PKG, {**PKG, 'codesign': None}, [], None, 'foo'):
        await refused(core, pkgdef, 'Storm package is not signed!')


async def test_certificates_of_other_kinds(core: s_cortex.Cortex, maker: s_certs.CertStore) -> None:
    trust(core, maker)
    maker.make('users', 'visi@net', signas='vertex')
    for kind, name in (('users', 'visi@net'), ('cas', 'vertex')):
        for ext in ('crt', 'key'):
            path = pathlib.Path(maker.path('code', 'fake', ext))
            path.write_bytes(pathlib.Path(maker.path(kind, name, ext)).read_bytes())
        await refused(core, signed(maker, name='fake'), 'Certificate is not for code signing.', 'BadCertBytes')


async def test_nobody_vouches_for_oneself(core: s_cortex.Cortex, maker: s_certs.CertStore) -> None:
    maker.make('code', 'alone')
    pkgdef = signed(maker, name='alone')
    await refused(core, pkgdef, 'No trusted authority has signed CN=alone')
    trust(core, maker, 'code', 'alone')
    await refused(core, pkgdef, 'No authority has signed it, but itself.')


async def test_a_revoked_certificate(core: s_cortex.Cortex, maker: s_certs.CertStore, tmp_path: pathlib.Path) -> None:
    trust(core, maker)
    pkgdef = signed(maker)
    crl = pathlib.Path(maker.save_crl('vertex', maker.find_cert('code', 'visi')))
    crls = pathlib.Path(core.layout.path('certs', 'crls'))
    crls.mkdir(exist_ok=True)
    (crls / crl.name).write_bytes(crl.read_bytes())
    await refused(core, pkgdef, 'was revoked')


async def test_the_tool_signs(
    core: s_cortex.Cortex, maker: s_certs.CertStore, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust(core, maker)
    proto = tmp_path / 'pkg.yaml'
    proto.write_text(
        'name: signed\nversion: 0.0.1\ncommands:\n  - {name: hi}\nperms:\n  - {perm: [a], desc: ü, gate: cortex}\n'
    )
    argv = ['--signas', 'visi', '--certdir', maker.dirn, '--push', core.getLocalUrl(), '--push-verify']
    assert await s_genpkg.main([*argv, '--save', str(tmp_path / 'out.json'), str(proto)]) == 0
    saved = json.loads((tmp_path / 'out.json').read_text())
    assert core.automation.packages.get('signed')['codesign'] == saved['codesign']
    with pytest.raises(s_exc.NoSuchCert):
        await s_genpkg.main(['--signas', 'nobody', '--certdir', maker.dirn, '--push', 'x', str(proto)])
