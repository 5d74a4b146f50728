"""Use a one-time URL to become a user of an AHA network: certificates, and where its AHA servers are (aha.md 8).

example:
    python -m synapse.tools.aha.enroll ssl://aha.vertex.link:27272/b751e6c3e6fc2dad7a28d67e315e1874?certhash=...
"""

from __future__ import annotations

import asyncio
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.lib.telepath.home as s_home
import synapse.telepath as s_telepath
import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.enroll', description=__doc__)
    pars.add_argument('onceurl', help='The one-time URL from provision.user.')
    return pars.parse_args(argv)


def as_user(url: str, name: str) -> str:
    """Return the URL of an AHA server as the user comes to it, unless it says by itself as whom to come."""
    info = s_telepath.chopurl(url)
    if info.get('user') is not None or info.get('certname') is not None:
        return url
    return s_telepath.modurl(url, user=name)


def load_env() -> dict[str, typing.Any]:
    """Return the user's ``telepath.yaml``. Raises BadConfValu: it is of another version, or not ours."""
    path = s_home.syn_dir('telepath.yaml')
    conf = s_common.yamlload(path) or {'version': 1}
    if not isinstance(conf, dict) or conf.get('version') != 1:
        raise s_exc.BadConfValu(mesg=f'{path} is not of version 1.', path=path)
    return conf


def req_room(path: str) -> None:
    """Raise BadArg when a folder, or one that it will be in, cannot be written to."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    if not os.path.isdir(path) or not os.access(path, os.W_OK):
        raise s_exc.BadArg(mesg=f'Not a folder that can be written to: {path}', path=path)


def add_servers(urls: list[str]) -> bool:
    """Put AHA servers into the user's ``telepath.yaml``. Returns False when all of them were there."""
    conf = load_env()
    known = conf.get('aha:servers') or []
    known = [known] if isinstance(known, str) else list(known)
    new = [url for url in urls if url not in known and [url] not in known]
    if new:
        conf['aha:servers'] = known + new
        s_common.gendir(s_home.syn_dir())
        s_common.yamlsave(conf, s_home.syn_dir('telepath.yaml'))
    return bool(new)


async def main(argv: typing.Sequence[str]) -> int:
    """Fetch everything, the URL is good for one connection only; then write it."""
    opts = parse(argv)
    certdir = s_telepath.getCertDir().paths[0]
    # better now than with a URL that is used up
    load_env()
    for path in (certdir, s_home.syn_dir()):
        req_room(path)
    async with s_cmd.connect(opts.onceurl) as aha:
        info = await aha.getUserInfo()
        user, network = info['aha:user'], info['aha:network']
        name = f'{user}@{network}'
        cacert = s_certs.load_cert(await aha.getCaCert())
        key = await asyncio.to_thread(s_certs.make_key)
        cert = s_certs.load_cert(await aha.signUserCsr(s_certs.make_csr(name, key)))
    store = s_certs.CertStore(certdir)
    print(f'Saved CA certificate: {store.save_cert("cas", cacert, replace=True)}')
    store.save_key('users', name, key)
    print(f'Saved user certificate: {store.save_cert("users", cert, replace=True)}')
    urls = info['aha:urls']
    if add_servers([as_user(url, user) for url in ([urls] if isinstance(urls, str) else urls)]):
        print('Updating known AHA servers')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
