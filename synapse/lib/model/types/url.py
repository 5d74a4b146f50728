"""URLs, and the Windows network paths that mean one. spec: types.md 3.7

The parts are found by plain splitting, left to right; only the host is normalised, everything else keeps its case.
"""

from __future__ import annotations

import re
import typing
import urllib.parse

import synapse.exc as s_exc
import synapse.lib.model.types.addr as s_addr
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.dns as s_dns
import synapse.lib.model.types.ip as s_ip
import synapse.lib.model.types.tables as s_tables
import synapse.lib.model.types.text as s_text

Subs = dict[str, typing.Any]

_drive = re.compile(r'/?[a-zA-Z][:|](?:/|$)')
_bracket = re.compile(r'\[([^\[\]]+)\](?::(.*))?', re.DOTALL)


class Url(s_text.Text):
    """``proto://[user[:passwd]@]host[:port][/path][?params]``"""

    ctor = 'synapse.models.inet.Url'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.ipv4 = s_ip.IPv4(self.model, 'inet:ipv4', {}, {})
        self.ipv6 = s_ip.IPv6(self.model, 'inet:ipv6', {}, {})
        self.fqdn = s_dns.Fqdn(self.model, 'inet:fqdn', {}, {})
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Take the parts off and put them together again."""
        if valu.startswith('\\\\'):
            return self.norm_text(self.from_unc(valu))
        proto, found, rest = valu.partition('://')
        if valu[:5].lower() == 'file:':
            return self.norm_file(valu)
        if not found or not proto:
            raise self.bad(valu, 'Invalid/Missing protocol')
        proto = proto.lower()
        rest, params = split_params(rest)
        host, slash, path = rest.partition('/')
        subs: Subs = {'proto': proto, 'path': slash + path, 'params': params}
        auth, host = self.take_auth(host, subs)
        authority = self.take_host(host, subs, valu)
        if authority is None:
            raise self.bad(valu, 'Missing address/url')
        if 'port' not in subs:
            port = s_tables.URL_PORTS.get(proto)
            if port is not None:
                subs['port'] = port
        base = f'{proto}://{auth}{authority}{slash}{path}'
        subs['base'] = base
        return base + params, {'subs': subs}

    def take_auth(self, host: str, subs: Subs) -> tuple[str, str]:
        """Return (user info with its at sign, rest); the subs get them percent-decoded."""
        auth, found, host = host.rpartition('@')
        if not found:
            return '', host
        user, colon, passwd = auth.partition(':')
        subs['user'] = urllib.parse.unquote(user)
        if colon:
            subs['passwd'] = urllib.parse.unquote(passwd)
        return (f'{auth}@' if auth else ''), host

    def take_host(self, host: str, subs: Subs, valu: str) -> str | None:
        """Return the normalised host and port, None when it is no host."""
        if host.startswith('[') or host.count(':') > 1:
            return self.take_ipv6(host, subs, valu)
        name, colon, porttext = host.partition(':')
        number = s_addr.parse_port(self, valu, porttext) if colon else None
        found = self.norm_host(name, subs)
        if number is None or found is None:
            return found
        subs['port'] = number
        return f'{found}:{number}'

    def norm_host(self, name: str, subs: Subs) -> str | None:
        """Return the normalised host, an IPv4 address or a name, None when it is neither."""
        if name == '+':  # a Windows URL reservation: any host
            return name
        try:
            fqdn = self.fqdn.norm_text(name)[0]
        except s_exc.BadTypeValu:
            fqdn = None
        for text in (name, fqdn):
            if text is None or text[:1].isalpha():
                continue
            try:
                subs['ipv4'] = ipv4 = self.ipv4.norm_text(text)[0]
                return s_ip.text4(ipv4)
            except s_exc.BadTypeValu:
                pass
        if fqdn is not None:
            subs['fqdn'] = fqdn
        return fqdn

    def take_ipv6(self, host: str, subs: Subs, valu: str) -> str | None:
        """Return the normalised host and port of an IPv6 address with or without brackets."""
        number = None
        if host.startswith('['):
            match = _bracket.fullmatch(host)
            if match is None:
                return None
            host = match[1]
            if match[2] is not None:
                number = s_addr.parse_port(self, valu, match[2])
        try:
            ipv6, info = self.ipv6.norm_text(host)
        except s_exc.BadTypeValu:
            return None
        if any(char in ipv6 for char in '/?@[]'):  # a zone that would not be read back
            return None
        subs['ipv6'] = ipv6
        if 'ipv4' in info['subs']:
            subs['ipv4'] = info['subs']['ipv4']
        if number is None:
            return f'[{ipv6}]'
        subs['port'] = number
        return f'[{ipv6}]:{number}'

    def norm_file(self, valu: str) -> s_base.Normed:
        """File URLs: the number of slashes tells whether a host follows."""
        rest, params = split_params(valu[5:])
        bare = rest.lstrip('/')
        slashes = len(rest) - len(bare)
        subs: Subs = {'proto': 'file', 'path': '', 'params': params}
        if slashes == 0 and not _drive.match(bare):
            if not bare:
                raise self.bad(valu, 'Invalid/Missing protocol')
            mesg = 'Missing address/url' if bare.startswith('\\') else 'Host specified on local-only file URI'
            raise self.bad(valu, mesg)
        if slashes == 2 or slashes > 3:
            lead, path = self.file_host(valu, bare, '//' if slashes == 2 else '////', subs)
        else:
            lead, path = '//', '/' + bare
        subs['path'] = path[1:] if _drive.match(path) else path
        base = f'file:{lead}{path}'
        subs['base'] = base
        return base + params, {'subs': subs}

    def file_host(self, valu: str, bare: str, lead: str, subs: Subs) -> tuple[str, str]:
        """Return (slashes and host, path) of a file URL with a host."""
        if not bare:
            raise self.bad(valu, 'Invalid/Missing protocol')
        host, slash, path = bare.partition('/')
        auth, host = self.take_auth(host, subs)
        authority = self.take_host(host, subs, valu)
        if authority is None:
            raise self.bad(valu, 'Missing address/url')
        return f'{lead}{auth}{authority}', slash + path

    def from_unc(self, valu: str) -> str:
        r"""Return the URL of a path such as \\server[@SSL][@port]\share\path. Raises BadTypeValu."""
        host, _, rest = valu[2:].partition('\\')
        if not host or '\\' not in valu[2:]:
            raise self.bad(valu, 'Invalid UNC path: Host name and share name are required.')
        share = rest.split('\\', 1)[0]
        if not 1 <= len(share) <= 80:
            raise self.bad(valu, 'Invalid UNC path: Share name must be 1-80 characters.')
        host, *marks = host.split('@')
        proto, port = 'smb', ''
        for mark in marks:
            if mark.lower() == 'ssl':
                proto = 'https'
            elif mark.isdecimal():
                port = f':{mark}'
            else:
                raise self.bad(valu, 'Invalid UNC path: Invalid port.')
        if host.lower().endswith('.ipv6-literal.net'):
            host = host[:-17].lower().partition('s')[0].replace('-', ':')
        if ':' in host and not host.startswith('['):
            host = f'[{host}]'
        return f'{proto}://{host}{port}/{rest}'.replace('\\', '/')


def split_params(text: str) -> tuple[str, str]:
    """Split at the first question mark, which stays with the parameters; one without any is dropped."""
    rest, mark, params = text.partition('?')
    return rest, mark + params if params else ''
