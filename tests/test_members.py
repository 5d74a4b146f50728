"""Members of a network, with processes as an operator would start them (aha.md 13), and their bad days."""

from __future__ import annotations

import ast
import asyncio
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import typing

import pytest

import synapse.telepath as s_telepath
import tests.deployment as t_deploy
import tests.ports as t_ports
import tests.waiting as t_waiting

pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[t_deploy.Deployment]:
    """An AHA of this test process. Tests use names of their own."""
    with t_deploy.deployment(tmp_path_factory.mktemp('site')) as site:
        yield site


def query(site: t_deploy.Deployment, url: str, text: str, home: str) -> str:
    """Run a Storm query as an enrolled user, with the prompt's one-shot form."""
    return site.tool('storm', url, text, home=home)


def test_from_nothing_to_a_query(site: t_deploy.Deployment) -> None:
    text = site.tool('aha.provision.service', '--url', site.ahaurl, '00.cortex')
    assert text.startswith(f'one-time use URL: ssl://localhost:{site.provport}/')
    url = text.split()[-1]
    with site.service('cortex', '00.cortex', url) as core:
        assert 'Done provisioning cortex AHA service.' in core.text
        assert site.listed()['00.cortex.loop.test'] and site.listed()['cortex.loop.test']
        lines = site.enroll('visi').splitlines()
        certs = site.path / 'homes' / 'visi' / '.syn' / 'certs'
        assert lines == [
            f'Saved CA certificate: {certs}/cas/loop.test.crt',
            f'Saved user certificate: {certs}/users/visi@loop.test.crt',
            'Updating known AHA servers',
        ]
        # AHA lets visi in; the Cortex does not know her yet
        text = site.tool('storm', 'aha://cortex...', '', home='visi', code=1)
        assert 'TLS client cert User not found: visi@loop.test' in text
        site.tool('moduser', '--svcurl', f'cell://{site.path}/00.cortex', '--add', '--admin', 'true', 'visi')
        for name in ('cortex...', 'visi@cortex.loop.test', 'cortex.loop.test', '00.cortex...'):
            assert 'complete. 1 nodes' in query(site, f'aha://{name}', '[inet:ipv4=1.2.3.4]', 'visi')
        text = site.tool('storm', 'aha://root@cortex...', '', home='visi', code=1)
        assert 'User certificate not found: root@00.cortex.loop.test' in text
        assert 'aha lookup failed: newp...' in site.tool('storm', 'aha://newp...', '', home='visi', code=1)
    assert not site.listed()['00.cortex.loop.test'] and not site.listed()['cortex.loop.test']
    # the used URL may stay where it is
    with site.service('cortex', '00.cortex', url) as core:
        assert 'Provisioning' not in core.text
        assert 'complete. 1 nodes' in query(site, 'aha://cortex...', 'inet:ipv4', 'visi')


def test_the_files_of_a_provisioned_service(site: t_deploy.Deployment) -> None:
    url = site.provision('00.files', '--dmon-port', str(t_ports.free_port()))
    with site.service('jsonstor', '00.files', url):
        dirn = site.path / '00.files'
        certs = sorted(str(path.relative_to(dirn)) for path in (dirn / 'certs').rglob('*.*'))
        assert certs == [
            'certs/cas/loop.test.crt',
            'certs/hosts/00.files.loop.test.crt',
            'certs/hosts/00.files.loop.test.key',
            'certs/users/root@loop.test.crt',
            'certs/users/root@loop.test.key',
        ]
        lines = (dirn / 'cell.yaml').read_text().splitlines()
        names = [line.partition(':')[0] + ':' + line.split(':')[1] for line in lines if line.startswith('aha')]
        assert names == ['aha:leader', 'aha:name', 'aha:network', 'aha:registry', 'aha:user']
        assert (lines[0], lines[-1]) == ('---', '...')
        assert (dirn / 'prov.done').read_text() in url


def test_once_more_with_other_ports(site: t_deploy.Deployment) -> None:
    """A service that ran without AHA, or under another name, is provisioned again: options change, data stays."""
    with site.service('jsonstor', 'old', DMON_LISTEN='tcp://127.0.0.1:0/'):
        with s_telepath.openurl(f'cell://{site.path}/old') as stor:
            stor.setPathObj('foo/bar', {'hehe': 1})
    (site.path / 'old' / 'cell.yaml').write_text('dmon:listen: tcp://127.0.0.1:0/\nlimit:disk:free: null\n')
    for port in (t_ports.free_port(), t_ports.free_port()):
        with site.service('jsonstor', 'old', site.provision('00.old', '--dmon-port', str(port))):
            text = (site.path / 'old' / 'cell.yaml').read_text()
            assert f'dmon:listen: ssl://0.0.0.0:{port}?hostname=00.old.loop.test&ca=loop.test' in text
            assert 'limit:disk:free: null' in text
            with s_telepath.openurl(f'cell://{site.path}/old') as stor:
                assert stor.getPathObj('foo/bar') == {'hehe': 1}


def test_used_up(site: t_deploy.Deployment) -> None:
    url = site.provision('00.used')
    with site.service('jsonstor', '00.used', url):
        pass
    proc = site.service('jsonstor', '01.used', url, wait=False)
    assert proc.wait_end() == 1
    assert 'NoSuchName' in proc.text and 'This could be caused by the re-use of a provisioning URL.' in proc.text
    assert not (site.path / '01.used' / 'cell.guid').exists()
    url = site.tool('aha.provision.user', '--url', site.ahaurl, '--only-url', 'used').strip()
    site.tool('aha.enroll', url, home='used')
    text = site.tool('aha.enroll', url, home='used', code=1)
    assert text.startswith('ERROR: Invalid provisioning identifier name=')
    assert 'already exists' in site.tool('aha.provision.user', '--url', site.ahaurl, 'used', code=1)
    url = site.tool('aha.provision.user', '--url', site.ahaurl, '--again', '--only-url', 'used').strip()
    # the second time nothing is new about the servers
    assert len(site.tool('aha.enroll', url, home='used').splitlines()) == 2


@pytest.mark.parametrize('pin', ['0' * 64, 'zz'])
def test_the_wrong_server(site: t_deploy.Deployment, pin: str) -> None:
    name = f'00.pin{len(pin)}'
    url = site.provision(name)
    bad = url.partition('certhash=')[0] + f'certhash={pin}'
    proc = site.service('jsonstor', name, bad, wait=False)
    assert proc.wait_end() == 1
    assert f"LinkBadCert: mesg='Server cert does not match pinned certhash={pin}.'" in proc.text
    assert not (site.path / name / 'cell.guid').exists()
    # nothing was used up
    with site.service('jsonstor', name, url):
        assert site.listed()[f'{name}.loop.test']


def test_options_that_a_service_does_not_have(site: t_deploy.Deployment) -> None:
    path = site.path / 'options.yaml'
    path.write_text('newp: 10\n')
    proc = site.service('jsonstor', '00.opts', site.provision('00.opts', '--cellyaml', str(path)), wait=False)
    assert proc.wait_end() == 1
    assert 'Key newp is not a valid config' in proc.text
    assert not any((site.path / '00.opts' / name).exists() for name in ('cell.guid', 'cell.yaml', 'prov.done'))


async def test_aha_comes_and_goes(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = t_deploy.Deployment(tmp_path)
    aha = site.aha()
    stor = await asyncio.to_thread(site.service, 'jsonstor', '00.json', site.provision('00.json'))
    site.enroll('visi')
    site.tool('moduser', '--svcurl', f'cell://{tmp_path}/00.json', '--add', '--admin', 'true', 'visi')
    monkeypatch.setenv('SYN_DIR', str(tmp_path / 'homes' / 'visi' / '.syn'))
    async with s_telepath.withTeleEnv():
        async with await s_telepath.openurl('aha://json...') as proxy:
            aha.stop(signal.SIGKILL)
            await proxy.setPathObj('foo', 1)
            with site.aha() as aha:
                await asyncio.to_thread(site.wait_listed, 'json.loop.test')
                await asyncio.to_thread(site.wait_listed, '00.json.loop.test')
                assert await proxy.getPathObj('foo') == 1
        # now it is away while a service starts
        stor.stop()
        with site.service('jsonstor', '00.json') as stor:
            assert 'Not registered with AHA yet' in stor.text
            with site.aha():
                await asyncio.to_thread(site.wait_listed, '00.json.loop.test')
                async with await s_telepath.openurl('aha://json...') as proxy:
                    assert await proxy.getPathObj('foo') == 1


def test_a_cortex_with_everything_elsewhere(site: t_deploy.Deployment) -> None:
    """Axon and JSONStor of a Cortex, found through AHA and found again."""
    conf = {'AXON': 'aha://axon...', 'JSONSTOR': 'aha://json...'}
    url = site.provision('00.all')
    with site.service('cortex', '00.all', url, **conf):
        axon = site.service('axon', '00.axon', site.provision('00.axon'))
        json = site.service('jsonstor', '00.json', site.provision('00.json'))
        with axon, json, s_telepath.openurl(f'cell://{site.path}/00.all') as core:
            with core.getAxonUpload() as upload:
                upload.write(b'visi')
                size, sha256 = upload.save()
            iden = core.getCellUser()['iden']
            indx = core.addUserNotif(iden, 'hehe', {'size': size})
            for proc in (axon, json):
                proc.stop(signal.SIGKILL)
            with site.service('axon', '00.axon'), site.service('jsonstor', '00.json'):
                assert list(core.getAxonBytes(sha256.hex())) == [b'visi']
                assert core.getUserNotif(indx)[2:] == ('hehe', {'size': 4})


def test_a_mirror_by_name(site: t_deploy.Deployment) -> None:
    """One-time URL with a mirror in it: copied, found by ``mirror=true``, and the leader's name goes along with it."""
    site.enroll('mira')

    def names(url: str) -> typing.Any:
        argv = [sys.executable, '-c', CLIENT, url]
        text = subprocess.run(argv, capture_output=True, text=True, timeout=60, env=site.environ('mira')).stdout
        cell = ast.literal_eval(text)['cell']
        return cell['aha']['name'], cell['active']

    with site.service('jsonstor', '00.copy', site.provision('00.copy')):
        svcurl = f'cell://{site.path}/00.copy'
        site.tool('moduser', '--svcurl', svcurl, '--add', '--admin', 'true', 'mira')
        url = site.provision('01.copy', '--mirror', 'copy')
        with site.service('jsonstor', '01.copy', url) as mirror:
            assert 'Bootstrap mirror from: aha://root@copy... DONE!' in mirror.text
            done = (site.path / '01.copy' / 'prov.done').read_text()
            assert done in url
            t_waiting.wait_until(lambda: names('aha://copy...?mirror=true') == ('01.copy', False))
            assert names('aha://copy...') == ('00.copy', True)
            with t_deploy.open_cell(site.path / '00.copy') as stor:
                assert stor.getMirrorUrls() == ('aha://01.copy.loop.test',)
            assert 'Group Status: In Sync' in site.tool('aha.mirror', '--url', site.ahaurl, '--wait')
            site.tool('promote', '--svcurl', f'cell://{site.path}/01.copy')
            t_waiting.wait_until(lambda: names('aha://copy...') == ('01.copy', True))
            t_waiting.wait_until(lambda: names('aha://copy...?mirror=true') == ('00.copy', False))
            # a mirror that is gone is not offered
            mirror.stop()
            assert names('aha://00.copy...?mirror=true') == ('00.copy', False)
        with site.service('jsonstor', '01.copy', url) as mirror:
            assert 'Bootstrap' not in mirror.text and 'Provisioning' not in mirror.text
            t_waiting.wait_until(lambda: names('aha://copy...') == ('01.copy', True))


def test_a_copy_that_failed(site: t_deploy.Deployment) -> None:
    """The leader is away when the mirror is made: the next start goes on where this one ended."""
    leader = site.service('jsonstor', '00.again', site.provision('00.again'))
    url = site.provision('01.again', '--mirror', '00.again')
    leader.stop()
    proc = site.service('jsonstor', '01.again', url, wait=False)
    assert proc.wait_end() == 1
    assert 'aha lookup failed: 00.again...' in proc.text
    assert not (site.path / '01.again' / 'cell.guid').exists()
    with site.service('jsonstor', '00.again'), site.service('jsonstor', '01.again', url) as mirror:
        assert 'Provisioning' not in mirror.text
        guids = {(site.path / name / 'cell.guid').read_text() for name in ('00.again', '01.again')}
        assert len(guids) == 1


def test_killed_while_copying(site: t_deploy.Deployment) -> None:
    with site.service('jsonstor', '00.kill', site.provision('00.kill')):
        with t_deploy.open_cell(site.path / '00.kill') as stor:
            for indx in range(20):
                stor.setPathObj(f'big/{indx}', {'text': secrets.token_hex(200000)})
        for indx, mark in enumerate(('Bootstrap', 'Extracting', 'DONE!')):
            name = f'0{indx + 1}.kill'
            url = site.provision(name, '--mirror', 'kill')
            site.service('jsonstor', name, url, wait=False).wait_log(mark).stop(signal.SIGKILL)
            with site.service('jsonstor', name, url) as mirror:
                assert 'Provisioning' not in mirror.text
                with t_deploy.open_cell(site.path / name) as stor:
                    info = stor.getCellInfo()['cell']
                    assert (info['aha']['name'], info['active']) == (name, False)
                    assert len(stor.getPathObj('big/19')['text']) == 400000
                assert not (site.path / name / 'prov.mirror.yaml').exists()


def test_a_second_aha(tmp_path: pathlib.Path) -> None:
    """A clone of AHA answers when the first is gone, and leads after a forced promotion."""
    site = t_deploy.Deployment(tmp_path)
    with site.aha() as first, site.service('jsonstor', '00.json', site.provision('00.json')):
        port = str(t_ports.free_port())
        url = site.tool('aha.clone', '--url', site.ahaurl, '--port', port, '--only-url', 'localhost').strip()
        conf = {'CLONE': url, 'PROVISION_LISTEN': f'ssl://127.0.0.1:{t_ports.free_port()}?hostname=localhost'}
        with site.service('aha', 'clone', **conf) as clone:
            assert 'Cloning AHA: done!' in clone.text
            with t_deploy.open_cell(site.ahadir) as aha:
                t_waiting.wait_until(lambda: len(aha.getAhaServers()) == 2)
            # at its next link, the service learns of the second one
            site.enroll('visi')
            site.tool('moduser', '--svcurl', f'cell://{tmp_path}/00.json', '--add', '--admin', 'true', 'visi')
            first.stop()
            with site.aha() as first:
                mods = tmp_path / '00.json' / 'cell.mods.yaml'
                t_waiting.wait_until(lambda: mods.exists() and port in mods.read_text())
                # the copy, too, has heard of it
                with t_deploy.open_cell(tmp_path / 'clone') as aha:
                    t_waiting.wait_until(lambda: 'online' in aha.getAhaSvc('json...')['svcinfo'])
                first.stop(signal.SIGKILL)
            assert 'nominal' in site.tool('healthcheck', '-c', 'aha://json...', home='visi')
            site.tool('promote', '--svcurl', f'cell://{tmp_path}/clone', '--failure')
            site.ahadir = tmp_path / 'clone'
            site.wait_listed('json.loop.test')
            assert 'nominal' in site.tool('healthcheck', '-c', 'aha://json...', home='visi')
        with site.service('aha', 'clone', **conf) as clone:
            assert 'Cloning AHA: cell.guid detected. Skipping.' in clone.text


CLIENT = """
import sys
import asyncio

import synapse.telepath as s_telepath

async def main(argv):

    # This context manager loads telepath.yaml
    async with s_telepath.withTeleEnv():

        async with await s_telepath.openurl(argv[0]) as proxy:

            # call service provided telepath APIs

            info = await proxy.getCellInfo()
            print(repr(info))

    return 0

sys.exit(asyncio.run(main(sys.argv[1:])))
"""


def test_the_client_of_the_guides(site: t_deploy.Deployment) -> None:
    """The example of the operators' guide, as it is, but for one bracket too many."""
    with site.service('jsonstor', '00.guide', site.provision('00.guide')):
        site.enroll('guide')
        site.tool('moduser', '--svcurl', f'cell://{site.path}/00.guide', '--add', '--admin', 'true', 'guide')
        argv = [sys.executable, '-c', CLIENT, 'aha://guide...']
        proc = subprocess.run(argv, capture_output=True, text=True, timeout=60, env=site.environ('guide'))
        assert proc.returncode == 0 and proc.stderr == ''
        info = ast.literal_eval(proc.stdout)
        assert info['cell']['aha'] == {'name': '00.guide', 'leader': 'guide', 'network': 'loop.test'}


def test_another_authority(tmp_path: pathlib.Path) -> None:
    """An AHA that was made anew has another authority: nobody of the old network believes it, and all say so."""
    site = t_deploy.Deployment(tmp_path)
    with site.aha(), site.service('jsonstor', '00.json', site.provision('00.json')):
        site.enroll('visi')
    shutil.rmtree(site.ahadir)
    with site.aha(), site.service('jsonstor', '00.json') as stor:
        assert 'Not registered with AHA yet' in stor.text
        assert 'certificate verify failed: ' in stor.text
        text = site.tool('healthcheck', '-c', 'aha://json...', home='visi', code=1)
        assert 'certificate verify failed: ' in text
        # a new one-time URL makes the service a member of the new network, with its data
        stor.stop()
        with site.service('jsonstor', '00.json', site.provision('00.json')):
            assert site.listed()['json.loop.test']


def test_a_revoked_user(site: t_deploy.Deployment) -> None:
    with site.service('jsonstor', '00.revoked', site.provision('00.revoked')):
        site.enroll('mallory')
        svcurl = f'cell://{site.path}/00.revoked'
        site.tool('moduser', '--svcurl', svcurl, '--add', '--admin', 'true', 'mallory')
        assert 'nominal' in site.tool('healthcheck', '-c', 'aha://revoked...', home='mallory')
        # AHA does not know the certificates that it has signed for users
        certs, mine = site.ahadir / 'certs', site.path / 'homes' / 'mallory' / '.syn' / 'certs'
        shutil.copy(mine / 'users' / 'mallory@loop.test.crt', certs / 'users')
        argv = ('--certdir', str(certs), '--revokeas', 'loop.test', 'mallory@loop.test')
        assert 'CRL updated: loop.test' in site.tool('easycert', *argv)
        refused = 'socket closed by server before handshake'
        text = site.tool('healthcheck', '-c', 'aha://revoked...', home='mallory', code=1)
        assert refused in text
        # each service refuses, once it has the list; and a user who has it, learns why
        with t_deploy.open_cell(site.ahadir) as aha:
            port = aha.getAhaSvc('revoked...')['svcinfo']['urlinfo']['port']
        url = f'ssl://mallory@127.0.0.1:{port}?hostname=00.revoked.loop.test'
        assert 'nominal' in site.tool('healthcheck', '-c', url, home='mallory')
        for folder in (site.path / '00.revoked' / 'certs', mine):
            shutil.copytree(certs / 'crls', folder / 'crls')
        text = site.tool('healthcheck', '-c', url, home='mallory', code=1)
        assert refused in text and 'mallory@loop.test.crt was revoked' in text
