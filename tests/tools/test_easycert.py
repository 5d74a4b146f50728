"""easycert: each line as the operators' guides and the contract have it (aha.md 9.5)."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing

import pytest

import synapse.tools.cmd as s_cmd
import synapse.tools.easycert as s_easycert

D = '{dirn}'

# arguments, exit code, output; in this order in one folder. The output is that of the peer unless a comment says more.
STEPS: list[tuple[str, int, list[str]]] = [
    ('--ca vertex', 0, [f'key saved: {D}/cas/vertex.key', f'cert saved: {D}/cas/vertex.crt']),
    ('--ca vertex', 1, [f'file exists: {D}/cas/vertex.key']),
    ('--ca --signas vertex inter', 0, [f'key saved: {D}/cas/inter.key', f'cert saved: {D}/cas/inter.crt']),
    (
        '--server cortex.vertex.link --signas vertex --server-sans DNS:b.net,URI:https://a.net',
        0,
        [f'key saved: {D}/hosts/cortex.vertex.link.key', f'cert saved: {D}/hosts/cortex.vertex.link.crt'],
    ),
    ('--server cortex.vertex.link', 1, [f'file exists: {D}/hosts/cortex.vertex.link.key']),
    ('--server self.net', 0, [f'key saved: {D}/hosts/self.net.key', f'cert saved: {D}/hosts/self.net.crt']),
    ('u@net --signas vertex', 0, [f'key saved: {D}/users/u@net.key', f'cert saved: {D}/users/u@net.crt']),
    ('u@net', 1, [f'file exists: {D}/users/u@net.key']),
    ('--csr --server q.net', 0, [f'key saved: {D}/hosts/q.net.key', f'csr saved: {D}/hosts/q.net.csr']),
    ('--csr --server q.net', 1, [f'file exists: {D}/hosts/q.net.key']),
    ('--csr v@net', 0, [f'key saved: {D}/users/v@net.key', f'csr saved: {D}/users/v@net.csr']),
    # the peer shows the name of a Python error around it
    ('--csr --ca x', 1, ['ERROR: CSR for CA cert not supported (yet)']),
    (f'--sign-csr --signas vertex --server {D}/hosts/q.net.csr', 0, [f'cert saved: {D}/hosts/q.net.crt']),
    (f'--sign-csr --signas vertex {D}/users/v@net.csr', 0, [f'cert saved: {D}/users/v@net.crt']),
    (f'--sign-csr --signas vertex {D}/users/v@net.csr', 1, [f'file exists: {D}/users/v@net.crt']),
    (f'--sign-csr {D}/users/v@net.csr', 1, ['--sign-csr requires --signas']),
    ('--sign-csr --signas vertex nosuch', 1, ['csr not found: nosuch']),
    ('--p12 u@net', 0, [f'client cert saved: {D}/users/u@net.p12']),
    ('--p12 u@net', 1, [f'file exists: {D}/users/u@net.p12']),
    ('--p12 newp@net', 1, ['ERROR: missing User cert']),
    ('--importfile cas k.crt', 0, [f'copied k.crt to {D}/cas/k.crt']),
    ('--importfile cas k.crt', 1, [f'ERROR: File {D}/cas/k.crt already exists']),
    ('--importfile cas newp.crt', 1, ['ERROR: File newp.crt does not exist']),
    ('--importfile cas k.txt', 1, ['ERROR: importFile only supports .crt, .key, .p12 extensions']),
    ('--server n.net --signas newp', 1, ['ERROR: Missing .key for newp']),
    ('--server n.net --server-sans IP:1.2.3.4', 1, ['ERROR: Unsupported san value: IP:1.2.3.4']),
    ('--crl vertex', 0, [f'CRL saved: {D}/crls/vertex.crl']),
    ('--revokeas vertex u@net', 0, ['Certificate revoked: u@net', 'CRL updated: vertex']),
    ('--revokeas vertex u@net', 0, ['Certificate revoked: u@net', 'CRL updated: vertex']),
    ('--revokeas vertex newp@net', 1, ['Certificate not found: newp@net']),
    ('--revokeas vertex --server q.net', 0, ['Certificate revoked: q.net', 'CRL updated: vertex']),
    ('--revokeas vertex --ca inter', 0, ['Certificate revoked: inter', 'CRL updated: vertex']),
    (
        '--revokeas newp u@net',
        1,
        ['Failed to revoke certificate: Failed to validate that certificate was signed by newp'],
    ),
    ('--code mycode --signas vertex', 0, [f'key saved: {D}/code/mycode.key', f'cert saved: {D}/code/mycode.crt']),
    (
        '--ca ' + 'x' * 65,
        1,
        [f'ERROR: Certificate name values must be between 1-64 bytes when utf8-encoded. got name={"x" * 65}, len=65'],
    ),
    ('--crl newp', 1, ['ERROR: Missing .key for newp']),
]


def test_lines(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    dirn = str(tmp_path / 'certs')
    for name in ('k.crt', 'k.txt'):
        (tmp_path / name).write_text('not looked at')
    for text, code, lines in STEPS:
        argv = ['--certdir', 'certs', *text.replace(D, dirn).split()]
        assert s_cmd.call(s_easycert.main, argv) == code, text
        assert capsys.readouterr().out.splitlines() == [line.replace(D, dirn) for line in lines], text
        if '--importfile' in text:
            (tmp_path / 'certs' / 'cas' / 'k.crt').exists()


def run(*argv: str, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, '-m', *argv], capture_output=True, text=True, cwd=cwd, timeout=60)


@pytest.mark.parametrize('name', ['synapse.tools.easycert', 'synapse.tools.utils.easycert'])
def test_as_a_program(name: str, tmp_path: pathlib.Path) -> None:
    proc = run(name, '--certdir', 'c', '--ca', 'vertex', cwd=tmp_path)
    assert (proc.returncode, proc.stderr) == (0, '')
    assert proc.stdout == f'key saved: {tmp_path}/c/cas/vertex.key\ncert saved: {tmp_path}/c/cas/vertex.crt\n'


@pytest.mark.parametrize('argv', [[], ['--newp', 'x'], ['--importfile', 'newp', 'x']])
def test_usage(argv: list[str], tmp_path: pathlib.Path) -> None:
    proc = run('synapse.tools.easycert', *argv, cwd=tmp_path)
    assert (proc.returncode, proc.stdout) == (2, '')
    assert 'usage: ' in proc.stderr
    assert run('synapse.tools.easycert', '-h', cwd=tmp_path).returncode == 0


def test_home_is_the_default() -> None:
    opts: typing.Any = s_easycert.parse(['x'])
    assert opts.certdir == '~/.syn/certs'
