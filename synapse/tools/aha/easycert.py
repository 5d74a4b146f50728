"""Make certificates with the authorities that an AHA server keeps (aha.md 9.6).

examples:
    easycert -a aha://aha... --ca vertex.link                               the authority itself
    easycert -a aha://aha... --server --network vertex.link 00.vertex.link  a certificate for a service
    easycert -a aha://aha... visi@vertex.link                               a certificate for a user
"""

from __future__ import annotations

import asyncio
import os
import typing

import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.tools.cmd as s_cmd

CERTDIR = '~/.syn/certs'


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.easycert', description=__doc__)
    pars.add_argument('-a', '--aha', required=True, help='The Telepath URL of the AHA server.')
    pars.add_argument('--certdir', default=CERTDIR, help='The folder of certificates.')
    pars.add_argument('--ca', default=False, action='store_true', help='Get the certificate of an authority.')
    pars.add_argument('--server', default=False, action='store_true', help='Make a certificate for a service.')
    pars.add_argument('--server-sans', help='Further names of a service: DNS:a.net,email:a@b.net,URI:https://a.net')
    pars.add_argument('--network', help='The authority that signs; the default is in the name.')
    pars.add_argument('name', help='The name in the certificate.')
    return pars.parse_args(argv)


async def get_ca(aha: typing.Any, store: s_certs.CertStore, name: str) -> None:
    """Save the certificate of an authority, which is made when AHA has none of that name."""
    text = await aha.getCaCert(name)
    if text is None:
        text = await aha.genCaCert(name)
    path = store.save_cert('cas', s_certs.load_cert(text.encode()))
    print(f'Saved CA cert to {path}')


async def get_signed(aha: typing.Any, store: s_certs.CertStore, opts: typing.Any) -> None:
    """Make a key and a request, and save the certificate that AHA gives for it."""
    kind = 'hosts' if opts.server else 'users'
    if opts.network is None and ('.' if opts.server else '@') not in opts.name:
        raise s_exc.BadArg(mesg=f'No network in the name {opts.name}: use --network.', name=opts.name)
    keypath, csrpath = await asyncio.to_thread(store.make_csr, kind, opts.name)
    print(f'key saved: {keypath}')
    print(f'csr saved: {csrpath}')
    with open(csrpath) as file:
        text = file.read()
    if opts.server:
        text = await aha.signHostCsr(text, signas=opts.network, sans=opts.server_sans)
    else:
        text = await aha.signUserCsr(text, signas=opts.network)
    print(f'crt saved: {store.save_cert(kind, s_certs.load_cert(text.encode()))}')
    os.unlink(csrpath)
    print(f'Deleted CSR at {csrpath}')


async def main(argv: typing.Sequence[str]) -> int:
    """Get what the flags ask for. A file that exists is never replaced."""
    opts = parse(argv)
    store = s_certs.CertStore(opts.certdir)
    async with s_cmd.connect(opts.aha) as aha:
        if opts.ca:
            await get_ca(aha, store, opts.name)
        else:
            await get_signed(aha, store, opts)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
