"""The tools around AHA, against a running one: aha.md 7.5, 8, 9.6, 12."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.groups as s_groups
import synapse.lib.certs as s_certs
import synapse.telepath as s_telepath
import synapse.tools.aha.clone as s_clone
import synapse.tools.aha.easycert as s_easycert
import synapse.tools.aha.enroll as s_enroll
import synapse.tools.aha.list as s_list
import synapse.tools.aha.mirror as s_mirror
import synapse.tools.aha.provision.service as s_service
import synapse.tools.aha.provision.user as s_user
import tests.deployment as t_deploy
import tests.tools.conftest as t_tools

Run = t_tools.Run
Entry = dict[str, typing.Any]


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[t_deploy.Deployment]:
    with t_deploy.deployment(tmp_path_factory.mktemp('site')) as site:
        yield site


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A user's folder."""
    monkeypatch.setenv('SYN_DIR', str(tmp_path))
    monkeypatch.setattr('synapse.lib.telepath.certdir._certdir', None)
    return tmp_path


def onceurl(run: Run, site: t_deploy.Deployment, main: typing.Any, *argv: str) -> str:
    code, lines = run(main, '--url', site.ahaurl, '--only-url', *argv)
    assert code == 0 and len(lines) == 1
    return lines[0]


def test_service(run: Run, site: t_deploy.Deployment, tmp_path: pathlib.Path) -> None:
    code, lines = run(s_service.main, '--url', site.ahaurl, '00.first')
    assert code == 0
    assert lines[0].startswith(f'one-time use URL: ssl://localhost:{site.provport}/')
    path = tmp_path / 'conf.yaml'
    path.write_text('max:users: 3\n')
    flags = ('--user', 'bob', '--cellyaml', str(path), '--mirror', 'second', '--dmon-port', '0', '--https-port', '443')
    url = onceurl(run, site, s_service.main, *flags, '01.second')
    with s_telepath.openurl(url) as proxy:
        conf = proxy.getProvInfo()['conf']
    conf.pop('aha:registry')
    assert conf == {
        'aha:name': '01.second',
        'aha:leader': 'second',
        'aha:network': 'loop.test',
        'aha:user': 'bob',
        'dmon:listen': 'ssl://0.0.0.0:0?hostname=01.second.loop.test&ca=loop.test',
        'https:port': 443,
        'max:users': 3,
        'mirror': 'aha://bob@second...',
    }
    with s_telepath.openurl(onceurl(run, site, s_service.main, 'nodots')) as proxy:
        assert 'aha:leader' not in proxy.getProvInfo()['conf']


@pytest.mark.parametrize(
    ('argv', 'line'),
    [
        ('--dmon-port 70000 x', 'ERROR: Invalid dmon port: 70000'),
        ('--https-port -1 x', 'ERROR: Invalid HTTPS port: -1'),
        ('--https-port 65535 x', 'ERROR: Invalid HTTPS port: 65535'),
        ('--cellyaml /newp x', 'ERROR: No such file: /newp'),
        (
            'x' * 60,
            'ERROR: Hostname value must not exceed 64 characters in length. '
            f'hostname={"x" * 60 + ".loop.test"!r}, len=70',
        ),
    ],
)
def test_service_errors(run: Run, site: t_deploy.Deployment, argv: str, line: str) -> None:
    assert run(s_service.main, '--url', site.ahaurl, *argv.split()) == (1, [line])


def test_options_must_be_options(run: Run, site: t_deploy.Deployment, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'conf.yaml'
    path.write_text('- a list\n')
    line = f'ERROR: {path} does not hold options of a service.'
    assert run(s_service.main, '--url', site.ahaurl, '--cellyaml', str(path), 'x') == (1, [line])


def test_user_and_enroll(run: Run, site: t_deploy.Deployment, home: pathlib.Path) -> None:
    url = onceurl(run, site, s_user.main, 'visi')
    again = 'ERROR: User name (visi) already exists.  Need --again?'
    assert run(s_user.main, '--url', site.ahaurl, 'visi') == (1, [again])
    saved = [
        f'Saved CA certificate: {home}/certs/cas/loop.test.crt',
        f'Saved user certificate: {home}/certs/users/visi@loop.test.crt',
    ]
    assert run(s_enroll.main, url) == (0, [*saved, 'Updating known AHA servers'])
    conf = s_common.yamlload(str(home / 'telepath.yaml'))
    assert conf == {'version': 1, 'aha:servers': [f'ssl://localhost:{site.port}?certname=visi@loop.test']}
    code, lines = run(s_enroll.main, url)
    assert code == 1 and lines[0].startswith('ERROR: Invalid provisioning identifier name=')
    # a second key for the same user takes the place of the first
    before = (home / 'certs' / 'users' / 'visi@loop.test.key').read_bytes()
    assert run(s_enroll.main, onceurl(run, site, s_user.main, '--again', 'visi')) == (0, saved)
    assert (home / 'certs' / 'users' / 'visi@loop.test.key').read_bytes() != before
    store = s_certs.CertStore(str(home / 'certs'))
    cert = store.find_cert('users', 'visi@loop.test')
    assert cert is not None and len(store.verify(cert)) == 2
    # and with it AHA lets her in
    assert run(s_list.main, conf['aha:servers'][0], 'loop.test')[0] == 0
    code, lines = run(s_list.main, conf['aha:servers'][0])
    assert code == 1 and 'aha.service.get' in lines[0]


def test_enroll_keeps_what_is_known(home: pathlib.Path) -> None:
    path = home / 'telepath.yaml'
    path.write_text('version: 1\ncertdirs: [~/x]\naha:servers:\n- ssl://one\n- [ssl://two, ssl://three]\n')
    assert s_enroll.add_servers(['ssl://one', 'ssl://four'])
    assert not s_enroll.add_servers(['ssl://one'])
    conf = s_common.yamlload(str(path))
    assert conf['aha:servers'] == ['ssl://one', ['ssl://two', 'ssl://three'], 'ssl://four']
    assert conf['certdirs'] == ['~/x']
    path.write_text('version: 2\n')
    with pytest.raises(s_exc.BadConfValu):
        s_enroll.add_servers(['ssl://one'])


def test_enroll_looks_before_it_leaps(run: Run, site: t_deploy.Deployment, home: pathlib.Path) -> None:
    """What would keep the files from being written is found while the URL is still good."""
    url = onceurl(run, site, s_user.main, 'leap')
    (home / 'certs').write_text('in the way')
    assert run(s_enroll.main, url) == (1, [f'ERROR: Not a folder that can be written to: {home}/certs'])
    (home / 'certs').unlink()
    (home / 'telepath.yaml').write_text('version: 7\n')
    assert run(s_enroll.main, url) == (1, [f'ERROR: {home}/telepath.yaml is not of version 1.'])
    (home / 'telepath.yaml').unlink()
    assert run(s_enroll.main, url)[0] == 0


def test_who_the_user_is_for_aha() -> None:
    assert s_enroll.as_user('ssl://aha.net', 'visi') == 'ssl://visi@aha.net'
    for url in ('ssl://root@aha.net', 'ssl://aha.net?certname=visi@net'):
        assert s_enroll.as_user(url, 'visi') == url


@pytest.mark.parametrize('url', ['tcp://127.0.0.1:1/x', 'newp', 'ssl://127.0.0.1:1/x?certhash=00'])
def test_enroll_errors(run: Run, home: pathlib.Path, url: str) -> None:
    code, lines = run(s_enroll.main, url)
    assert code == 1 and lines[0].startswith('ERROR: ') and len(lines) == 1
    assert not (home / 'certs').exists() and not (home / 'telepath.yaml').exists()


def test_easycert(run: Run, site: t_deploy.Deployment, home: pathlib.Path) -> None:
    flags = ('-a', site.ahaurl, '--certdir', str(home))
    ca = [f'Saved CA cert to {home}/cas/loop.test.crt']
    assert run(s_easycert.main, *flags, '--ca', 'loop.test') == (0, ca)
    assert run(s_easycert.main, *flags, '--ca', 'loop.test')[0] == 1
    assert run(s_easycert.main, *flags, '--ca', 'new.test')[0] == 0
    argv = ('--server', '--network', 'loop.test', '--server-sans', 'DNS:y.net,DNS:x.net', 'h.loop.test')
    base = f'{home}/hosts/h.loop.test'
    lines = [f'{what} saved: {base}.{what}' for what in ('key', 'csr', 'crt')]
    assert run(s_easycert.main, *flags, *argv) == (0, [*lines, f'Deleted CSR at {base}.csr'])
    assert run(s_easycert.main, *flags, *argv)[0] == 1
    assert run(s_easycert.main, *flags, 'bob@loop.test')[0] == 0
    mesg = 'ERROR: No network in the name nodots: use --network.'
    assert run(s_easycert.main, *flags, 'nodots') == (1, [mesg])
    store = s_certs.CertStore(str(home))
    for kind, name in (('hosts', 'h.loop.test'), ('users', 'bob@loop.test')):
        cert = store.find_cert(kind, name)
        assert cert is not None and s_certs.name_of(store.verify(cert)[-1]) == 'loop.test'


def test_list(run: Run, site: t_deploy.Deployment, core_url: str) -> None:
    header = 'Service              network                        leader online scheme host                 port'
    assert run(s_list.main, site.ahaurl, 'newp') == (0, [header + '   connection opts'])
    assert run(s_list.main, core_url) == (1, [f'Service at {core_url} is not an Aha server'])
    assert run(s_mirror.main, '--url', core_url) == (1, [f'Service at {core_url} is not an Aha server'])
    assert run(s_list.main)[0] == 1


def entry(name: str, run: str, leader: str | None = 'svc', iden: str = 'a', **info: typing.Any) -> Entry:
    urlinfo = {'scheme': 'ssl', 'host': '1.2.3.4', 'port': 5}
    svcinfo = {'iden': iden, 'run': run, 'leader': leader, 'urlinfo': urlinfo, 'ready': True, **info}
    return {'name': f'{name}.net', 'svcname': name, 'svcnetw': 'net', 'svcinfo': svcinfo}


def test_lines_of_the_list() -> None:
    entries = [entry('00.svc', 'r0', online='x'), entry('01.svc', 'r1'), entry('svc', 'r0', online='x')]
    lines = list(s_list.lines([*entries, entry('alone', 'r2', leader=None)]))
    head = '{}              net                            {} {} ssl    1.2.3.4              5     '
    assert lines[1] == head.format('00.svc ', 'True  ', 'True  ') + " {'name': '00.svc.net'}"
    assert lines[2] == head.format('01.svc ', 'False ', 'False ') + " {'name': '01.svc.net'}"
    assert lines[4] == head.format('alone  ', 'None  ', 'False ') + " {'name': 'alone.net'}"


def test_groups_of_mirrors() -> None:
    one = [entry('00.svc', 'r0', online='x'), entry('01.svc', 'r1'), entry('svc', 'r0', online='x')]
    dead = [entry('00.dead', 'r3', iden='b', leader='dead'), entry('01.dead', 'r4', iden='b', leader='dead')]
    lone = [entry('00.lone', 'r5', iden='c', leader='lone', online='x')]
    groups = s_groups.groups_of([*one, *dead, *lone])
    assert [(group.name, [item.entry['svcname'] for item in group.members]) for group in groups] == [
        ('svc.net', ['00.svc', '01.svc'])
    ]


def info_of(active: bool, indx: int) -> Entry:
    cell = {'active': active, 'nexsindx': indx, 'verstring': '2.1.0', 'mirror': None if active else 'aha://svc...'}
    return {'cell': cell, 'synapse': {'verstring': '2.256.0'}}


def test_how_groups_are_shown() -> None:
    members = [s_groups.Member(entry('00.svc', 'r0', online='x')), s_groups.Member(entry('01.svc', 'r1'))]
    group = s_groups.Group('svc.net', 'a', members)

    def status() -> list[str]:
        lines = list(group.lines())
        assert lines[0] == 'svc.net'
        return lines[-2:]

    assert status() == ['Group Leader: <none>', 'Group Status: Unknown']
    members[0].info = info_of(True, 7)
    assert status() == ['Group Leader: 00.svc.net', 'Group Status: Out of Sync']
    members[1].info = info_of(False, 7)
    assert status() == ['Group Leader: 00.svc.net', 'Group Status: In Sync']
    members[1].info = info_of(True, 6)
    assert status() == ['Group Leader: <multiple: 00.svc.net, 01.svc.net>', 'Group Status: Out of Sync']


def test_mirror(run: Run, site: t_deploy.Deployment) -> None:
    assert run(s_mirror.main, '--url', site.ahaurl) == (0, ['No mirror groups found.'])
    mesg = 'ERROR: -1 is not a valid non-negative integer'
    assert run(s_mirror.main, '--url', site.ahaurl, '--timeout', '-1') == (1, [mesg])


def test_clone(run: Run, site: t_deploy.Deployment) -> None:
    code, lines = run(s_clone.main, '--url', site.ahaurl, '--port', '30000', '01.localhost')
    assert code == 0 and lines[0].startswith(f'one-time use URL: ssl://localhost:{site.provport}/')
    with s_telepath.openurl(lines[0].split()[-1]) as proxy:
        info = proxy.getCloneDef()
        assert (info['host'], info['port']) == ('01.localhost', 30000)
    assert run(s_clone.main, '--url', site.ahaurl, '')[0] == 1


@pytest.mark.parametrize(
    ('name', 'usage'),
    [
        ('aha.provision', 'usage: synapse.tools.aha.provision.service '),
        ('aha.provision.service', 'usage: synapse.tools.aha.provision.service '),
        ('aha.provision.user', 'usage: synapse.tools.aha.provision.user '),
        ('enroll', 'usage: synapse.tools.aha.enroll '),
        ('aha.enroll', 'usage: synapse.tools.aha.enroll '),
    ],
)
def test_as_programs(site: t_deploy.Deployment, name: str, usage: str) -> None:
    text = site.tool(name, code=1)
    assert text.startswith(usage) and 'error: the following arguments are required: ' in text


def test_the_name_in_old_guides(site: t_deploy.Deployment) -> None:
    text = site.tool('aha.provision', '--url', site.ahaurl, '00.guide')
    assert text.startswith('one-time use URL: ssl://')
