"""Let a new service into the network: make the one-time URL for its ``aha:provision`` option (aha.md 7.5).

examples:
    # a new Axon
    python -m synapse.tools.aha.provision.service 00.axon

    # a mirror of the Cortex
    python -m synapse.tools.aha.provision.service 01.cortex --mirror cortex
"""

from __future__ import annotations

import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd

PORTS = range(65535)


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the options."""
    pars = s_cmd.Parser('aha.provision.service', description=__doc__)
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the AHA service.')
    pars.add_argument('--user', help='The user name that the service uses towards others.')
    pars.add_argument('--cellyaml', help='A YAML file with more options for the service.')
    pars.add_argument('--mirror', help='The service that the new one is a mirror of.')
    pars.add_argument('--dmon-port', type=int, help='The Telepath port of the service.')
    pars.add_argument('--https-port', type=int, help='The HTTPS port of the service.')
    pars.add_argument('--only-url', default=False, action='store_true', help='Print nothing but the URL.')
    pars.add_argument('svcname', help='The name of the service relative to the AHA network.')
    return pars.parse_args(argv)


def load_conf(path: str | None) -> dict[str, typing.Any]:
    """Return the options in a YAML file. Raises NoSuchFile, BadConfValu."""
    if path is None:
        return {}
    if not os.path.isfile(path):
        raise s_exc.NoSuchFile(mesg=f'No such file: {path}', path=path)
    conf = s_common.yamlload(path)
    if not isinstance(conf, dict):
        raise s_exc.BadConfValu(mesg=f'{path} does not hold options of a service.', path=path)
    return conf


def provinfo_of(opts: typing.Any) -> dict[str, typing.Any]:
    """Return what AHA is told about the service to come. Raises BadArg, NoSuchFile, BadConfValu."""
    info: dict[str, typing.Any] = {'conf': load_conf(opts.cellyaml), 'mirror': opts.mirror}
    if opts.user is not None:
        info['conf']['aha:user'] = opts.user
    for name, kind, port in (('dmon:port', 'dmon', opts.dmon_port), ('https:port', 'HTTPS', opts.https_port)):
        if port is None:
            continue
        if port not in PORTS:
            raise s_exc.BadArg(mesg=f'Invalid {kind} port: {port}', port=port)
        info[name] = port
    return info


async def main(argv: typing.Sequence[str]) -> int:
    """Make a one-time URL and print it."""
    opts = parse(argv)
    info = provinfo_of(opts)
    async with s_cmd.connect(opts.url) as aha:
        url = await aha.addAhaSvcProv(opts.svcname, provinfo=info)
    print(url if opts.only_url else f'one-time use URL: {url}')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
