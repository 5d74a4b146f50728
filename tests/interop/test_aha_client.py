"""Deployments of mixed make: AHA of one side, services and users of the other (aha.md 13, 14)."""

from __future__ import annotations

import pathlib
import sys
import typing

import pytest

import tests.deployment as t_deploy

OURS = sys.executable


def moduser(site: t_deploy.Deployment, name: str, user: str, python: str = OURS) -> None:
    argv = ('--svcurl', f'cell://{site.path}/{name}', '--add', '--admin', 'true', user)
    assert f'Adding user: {user}' in site.tool('moduser', *argv, python=python)


@pytest.fixture(params=['new', 'old'])
def theirs(request: pytest.FixtureRequest) -> str:
    """The Python of each release of the peer."""
    name = 'peer_python' if request.param == 'new' else 'peer_python_old'
    return typing.cast(str, request.getfixturevalue(name))


def is_old(python: str) -> bool:
    return '2.113' in python


def test_their_aha(theirs: str, tmp_path: pathlib.Path) -> None:
    """Our services and users in a network of theirs."""
    site = t_deploy.Deployment(tmp_path, theirs, old=is_old(theirs))
    with site.aha() as aha:
        with site.service('cortex', '00.cortex', site.provision('00.cortex')):
            assert site.listed() == {'00.cortex.loop.test': True, 'cortex.loop.test': True}
            site.enroll('visi')
            moduser(site, '00.cortex', 'visi')
            for url in ('aha://cortex...', 'aha://visi@cortex.loop.test'):
                assert 'complete. 1 nodes' in site.tool('storm', url, '[inet:ipv4=1.2.3.4]', home='visi')
            aha.stop()  # killed, the peer would leave a process behind that stands in its own way
            with site.aha():
                site.wait_listed('cortex.loop.test')
                assert 'complete. 1 nodes' in site.tool('storm', 'aha://cortex...', 'inet:ipv4', home='visi')


def test_their_client(theirs: str, tmp_path: pathlib.Path) -> None:
    """A user with their tools enrolls with our AHA and reaches our Cortex."""
    flags = () if is_old(theirs) else ('--only-url',)
    with t_deploy.deployment(tmp_path) as site:
        with site.service('cortex', '00.cortex', site.provision('00.cortex')):
            text = site.tool('aha.provision.user', '--url', site.ahaurl, *flags, 'visi', python=theirs)
            text = site.tool('aha.enroll', text.split()[-1], home='visi', python=theirs)
            assert 'Saved user certificate: ' in text and 'Updating known AHA servers' in text
            moduser(site, '00.cortex', 'visi', python=theirs)
            for url in ('aha://cortex...', 'aha://visi@cortex.loop.test'):
                text = site.tool('storm', url, '[inet:ipv4=1.2.3.4]', home='visi', python=theirs)
                assert 'complete. 1 nodes' in text
            if not is_old(theirs):
                listed = site.tool('aha.list', site.ahaurl, python=theirs)
                assert listed == site.tool('aha.list', site.ahaurl)
            # what their tool has written is good for ours
            assert 'complete. 1 nodes' in site.tool('storm', 'aha://cortex...', 'inet:ipv4', home='visi')


def test_their_services(theirs: str, tmp_path: pathlib.Path) -> None:
    """Their Axon in our network, used by our Cortex."""
    with t_deploy.deployment(tmp_path) as site:
        text = site.tool('aha.provision.service', '--url', site.ahaurl, '00.axon', python=theirs)
        url = text.split()[-1]
        with site.service('axon', '00.axon', url, python=theirs) as axon:
            site.wait_listed('axon.loop.test')
            with site.service('cortex', '00.cortex', site.provision('00.cortex'), AXON='aha://axon...'):
                with t_deploy.open_cell(site.path / '00.cortex') as core:
                    with core.getAxonUpload() as upload:
                        upload.write(b'visi')
                        size, sha256 = upload.save()
                    assert (size, list(core.getAxonBytes(sha256.hex()))) == (4, [b'visi'])
            assert axon.stop() == 0
            site.wait_listed('axon.loop.test', online=False)
        # with the URL that was used up, from its own files
        with site.service('axon', '00.axon', url, python=theirs):
            site.wait_listed('axon.loop.test')
