"""Certificates of both sides are one family: each signs, reads and packs what the other made."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

import synapse.lib.certs as s_certs

TOOL = 'synapse.tools.utils.easycert'


def easycert(python: str, cwd: pathlib.Path, *argv: str) -> list[str]:
    """Run the tool of an installation; returns its lines."""
    proc = subprocess.run(
        [python, '-m', TOOL, '--certdir', 'certs', *argv], cwd=cwd, capture_output=True, text=True, timeout=60
    )
    assert proc.returncode == 0, proc.stdout + proc.stderr
    return proc.stdout.splitlines()


@pytest.mark.parametrize('ours_first', [True, False])
def test_one_signs_what_the_other_made(peer_python: str, tmp_path: pathlib.Path, ours_first: bool) -> None:
    first, second = (sys.executable, peer_python) if ours_first else (peer_python, sys.executable)
    easycert(first, tmp_path, '--ca', 'vertex')
    easycert(second, tmp_path, '--ca', '--signas', 'vertex', 'inter')
    easycert(first, tmp_path, 'u@net', '--signas', 'inter')
    easycert(second, tmp_path, '--server', 'h.net', '--signas', 'vertex', '--server-sans', 'DNS:b.net,DNS:a.net')
    easycert(second, tmp_path, '--csr', '--server', 'q.net')
    easycert(first, tmp_path, '--sign-csr', '--server', '--signas', 'vertex', 'certs/hosts/q.net.csr')
    easycert(second, tmp_path, '--p12', 'u@net')
    easycert(first, tmp_path, '--revokeas', 'inter', 'u@net')
    easycert(second, tmp_path, '--revokeas', 'vertex', '--server', 'q.net')
    store = s_certs.CertStore(str(tmp_path / 'certs'))
    assert sorted(len(list(crl)) for crl in store.crls()) == [1, 1]
    host = store.find_cert('hosts', 'h.net')
    assert host is not None
    assert [s_certs.name_of(cert) for cert in store.verify(host)] == ['h.net', 'vertex']


def described(path: pathlib.Path) -> list[tuple[str, bool, bytes]]:
    """Return the extensions of a certificate, the names of the host among them, as (oid, critical, DER)."""
    cert = s_certs.load_cert(path.read_bytes())
    exts = [(ext.oid.dotted_string, ext.critical, ext.value.public_bytes()) for ext in cert.extensions]
    return sorted(exts)


def test_both_make_the_same(peer_python: str, tmp_path: pathlib.Path) -> None:
    found = []
    for python, name in ((sys.executable, 'ours'), (peer_python, 'theirs')):
        cwd = tmp_path / name
        cwd.mkdir()
        lines = easycert(python, cwd, '--ca', 'vertex')
        lines += easycert(
            python, cwd, '--server', 'h.net', '--signas', 'vertex', '--server-sans', 'DNS:b.net,DNS:a.net'
        )
        lines += easycert(python, cwd, 'u@net', '--signas', 'vertex')
        lines += easycert(python, cwd, '--code', 'c', '--signas', 'vertex')
        lines += easycert(python, cwd, '--csr', 'v@net')
        certs = [described(cwd / 'certs' / part) for part in ('cas/vertex.crt', 'hosts/h.net.crt', 'users/u@net.crt')]
        certs.append(described(cwd / 'certs' / 'code' / 'c.crt'))
        found.append(([line.replace(str(cwd), 'DIR') for line in lines], certs))
    assert found[0] == found[1]


def test_packages_that_the_other_signed(peer_python: str, tmp_path: pathlib.Path) -> None:
    """One key, one certificate: our tool signs what theirs verifies, and the other way round."""
    easycert(sys.executable, tmp_path, '--ca', 'vertex')
    easycert(peer_python, tmp_path, '--code', '--signas', 'vertex', 'visi')
    (tmp_path / 'pkg.yaml').write_text('name: x\nversion: 0.0.1\ndesc: ü\nmodules:\n  - {name: m}\n')
    store = s_certs.CertStore(str(tmp_path / 'certs'))
    for python in (sys.executable, peer_python):
        argv = [python, '-m', 'synapse.tools.genpkg', '--signas', 'visi', '--certdir', 'certs', '--save', 'x.json']
        subprocess.run([*argv, 'pkg.yaml'], cwd=tmp_path, check=True, capture_output=True, timeout=60)
        pkgdef = json.loads((tmp_path / 'x.json').read_text())
        info = pkgdef.pop('codesign')
        cert = s_certs.load_cert(info['cert'].encode())
        assert s_certs.is_code_signed(store, cert, info['sign'], pkgdef)
        assert not s_certs.is_code_signed(store, cert, info['sign'], {**pkgdef, 'desc': 'u'})
