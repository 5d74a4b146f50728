"""Make certificates of your own: authorities, hosts, users, requests, revocation lists (aha.md 9.5).

examples:
    easycert --ca vertex                                    an authority
    easycert --server cortex.vertex.link --signas vertex    a certificate for a service
    easycert visi@vertex.link --signas vertex               a certificate for a user
    easycert --revokeas vertex visi@vertex.link             and its end
"""

from __future__ import annotations

import os
import typing

import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.tools.cmd as s_cmd

CERTDIR = '~/.syn/certs'


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('easycert', code=2, stream='stderr', description=__doc__)
    pars.add_argument('--certdir', default=CERTDIR, help='The folder of certificates.')
    pars.add_argument('--importfile', choices=('cas', 'hosts', 'users'), help='Copy a file into the folder.')
    pars.add_argument('--ca', default=False, action='store_true', help='Make a certificate authority.')
    pars.add_argument('--crl', default=False, action='store_true', help='Write the revocation list of an authority.')
    pars.add_argument('--p12', default=False, action='store_true', help='Pack a user certificate as PKCS#12.')
    pars.add_argument('--server', default=False, action='store_true', help='Make a certificate for a service.')
    pars.add_argument('--code', default=False, action='store_true', help='Make a certificate for signing code.')
    pars.add_argument('--server-sans', help='Further names of a service: DNS:a.net,email:a@b.net,URI:https://a.net')
    pars.add_argument('--csr', default=False, action='store_true', help='Make a key and a certificate request.')
    pars.add_argument('--sign-csr', default=False, action='store_true', help='Sign the certificate request in a file.')
    pars.add_argument('--signas', help='The authority that signs.')
    pars.add_argument('--revokeas', help='The authority that revokes the certificate.')
    pars.add_argument('name', help='The name in the certificate, or a file.')
    return pars.parse_args(argv)


def kind_of(opts: typing.Any) -> str:
    """Return the kind of certificate that the flags ask for."""
    return 'cas' if opts.ca else 'hosts' if opts.server else 'code' if opts.code else 'users'


def revoke(store: s_certs.CertStore, opts: typing.Any) -> int:
    """Put a certificate on the revocation list of an authority."""
    cert = store.find_cert(kind_of(opts), opts.name)
    if cert is None:
        print(f'Certificate not found: {opts.name}')
        return 1
    try:
        store.save_crl(opts.revokeas, cert)
    except s_exc.SynErr as e:
        print(f'Failed to revoke certificate: {e.get("mesg")}')
        return 1
    print(f'Certificate revoked: {opts.name}')
    print(f'CRL updated: {opts.revokeas}')
    return 0


def sign(store: s_certs.CertStore, opts: typing.Any) -> int:
    """Sign a request. Authorities are not made from requests: without ``--server`` it is a user's."""
    if not opts.signas:
        print('--sign-csr requires --signas')
        return 1
    if not os.path.isfile(opts.name):
        print(f'csr not found: {opts.name}')
        return 1
    kind = 'hosts' if opts.server else 'users'
    with open(opts.name, 'rb') as file:
        cert = store.sign_csr(kind, file.read(), opts.signas, sans=opts.server_sans)
    print(f'cert saved: {store.save_cert(kind, cert)}')
    return 0


def run(store: s_certs.CertStore, opts: typing.Any) -> int:
    """Do what the flags say; the first of them in this order counts."""
    if opts.crl:
        print(f'CRL saved: {store.save_crl(opts.name)}')
    elif opts.revokeas:
        return revoke(store, opts)
    elif opts.importfile:
        print(f'copied {opts.name} to {store.import_file(opts.importfile, opts.name)}')
    elif opts.p12:
        print(f'client cert saved: {store.make_p12(opts.name)}')
    elif opts.sign_csr:
        return sign(store, opts)
    elif opts.csr:
        # a key for code is requested as a user's
        key, csr = store.make_csr('users' if kind_of(opts) == 'code' else kind_of(opts), opts.name)
        print(f'key saved: {key}')
        print(f'csr saved: {csr}')
    else:
        key, cert = store.make(kind_of(opts), opts.name, signas=opts.signas, sans=opts.server_sans)
        print(f'key saved: {key}')
        print(f'cert saved: {cert}')
    return 0


async def main(argv: typing.Sequence[str]) -> int:
    """Make what the flags ask for. A file that exists is never replaced."""
    opts = parse(argv)
    try:
        return run(s_certs.CertStore(opts.certdir), opts)
    except s_exc.CLASSES['DupFileName'] as e:
        print(f'file exists: {e.get("path")}')
        return 1


if __name__ == '__main__':
    s_cmd.exitmain(main)
