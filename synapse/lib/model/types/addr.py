"""Network endpoints: inet:addr and its children client and server. spec: types.md 3.3"""

from __future__ import annotations

import re
import socket
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.ip as s_ip
import synapse.lib.model.types.text as s_text

PROTOS = ('tcp', 'udp', 'icmp', 'host', 'gre')
# most of what comes: an IPv4 address with a port, as it is stored but for a missing protocol
_common = re.compile(r'(?:(tcp|udp)://)?([0-9.]{7,15}):([1-9][0-9]{0,4})')
_bracket = re.compile(r'\[([^\[\]]+)\](?::(.+))?', re.DOTALL)


def parse_port(typo: s_base.Type, valu: str, text: str) -> int:
    """Return a port number (base prefix detection as for int). Raises BadTypeValu."""
    try:
        port = int(text, 0)
    except ValueError as e:
        raise typo.bad(valu, str(e)[:300]) from None
    if not 0 <= port <= 65535:
        raise typo.bad(valu, 'value is below min=0' if port < 0 else 'value is above max=65535')
    return port


class Addr(s_text.Text):
    """``[proto://]host[:port]``"""

    ctor = 'synapse.models.inet.Addr'

    def setup(self) -> None:
        """The options give the protocol and port that text need not name."""
        super().setup()
        self.defport: int | None = self.opts.get('defport')
        self.defproto: str = self.opts.get('defproto') or 'tcp'
        self.ipv4 = s_ip.IPv4(self.model, 'inet:ipv4', {}, {})
        self.ipv6 = s_ip.IPv6(self.model, 'inet:ipv6', {}, {})
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """An IPv4 address with a port goes the short way."""
        match = _common.fullmatch(valu)
        if match is None:
            return self.norm_parts(valu)
        proto, addr, porttext = match.groups()
        port = int(porttext)
        try:
            ipv4 = int.from_bytes(socket.inet_pton(socket.AF_INET, addr), 'big')
        except OSError:
            return self.norm_parts(valu)
        if port > 65535 or (proto is None and self.defproto != 'tcp'):
            return self.norm_parts(valu)
        subs = {'proto': proto or 'tcp', 'port': port, 'ipv4': ipv4}
        return (valu if proto else f'tcp://{valu}'), {'subs': subs}

    def norm_parts(self, valu: str) -> s_base.Normed:
        """Take protocol, host and port apart."""
        text = valu.strip().lower()
        proto, found, rest = text.partition('://')
        if not found:
            proto, rest = self.defproto, text
        if proto not in PROTOS:
            mesg = f'inet:addr protocol must be one of: {",".join(PROTOS)}'
            raise self.bad(valu, mesg)
        rest = rest.rstrip('/')
        subs: dict[str, typing.Any] = {'proto': proto}
        if proto == 'host':
            return self.norm_host(valu, rest, subs)
        if rest.startswith('[') and ':' in rest or rest.count(':') > 1:
            return self.norm_ipv6(valu, rest, subs)
        match = _bracket.fullmatch(rest)
        if match is not None:
            return self.norm_ipv6(valu, rest, subs)
        host, found, porttext = rest.partition(':')
        port = parse_port(self, valu, porttext) if found else self.defport
        if port:
            subs['port'] = port
        try:
            subs['ipv4'] = ipv4 = self.ipv4.norm_text(host)[0]
        except s_exc.BadTypeValu as e:
            raise self.bad(valu, e.get('mesg')) from None
        return self.joined(valu, proto, s_ip.text4(ipv4), port, subs)

    def norm_host(self, valu: str, rest: str, subs: dict[str, typing.Any]) -> s_base.Normed:
        """A host that is only known by some name: hashed, unless that was done already."""
        host, found, porttext = rest.partition(':')
        port = parse_port(self, valu, porttext) if found else self.defport
        if port:
            subs['port'] = port
        subs['host'] = iden = host if s_common.isguid(host) else s_common.guid(host)
        return self.joined(valu, 'host', iden, port, subs)

    def norm_ipv6(self, valu: str, rest: str, subs: dict[str, typing.Any]) -> s_base.Normed:
        """``[ipv6]``, ``[ipv6]:port`` or a bare address."""
        port = None
        if rest.startswith('['):
            match = _bracket.fullmatch(rest)
            if match is None:
                raise self.bad(valu, f'Invalid IPv6 w/port ({rest[:200]})')
            rest = match[1]
            if match[2] is not None:
                port = parse_port(self, valu, match[2])
        try:
            ipv6, info = self.ipv6.norm_text(rest)
        except s_exc.BadTypeValu as e:
            raise self.bad(valu, e.get('mesg')) from None
        if 'ipv4' in info['subs']:
            subs['ipv4'] = info['subs']['ipv4']
        subs['ipv6'] = ipv6
        if port:
            subs['port'] = port
        return self.joined(valu, subs['proto'], f'[{ipv6}]', port, subs)

    def joined(self, valu: str, proto: str, host: str, port: int | None, subs: s_base.Info) -> s_base.Normed:
        """Put the normalised parts together."""
        if port is None:
            return f'{proto}://{host}', {'subs': subs}
        if proto == 'gre':
            raise self.bad(valu, 'Protocol gre does not allow specifying ports.')
        return f'{proto}://{host}:{port}', {'subs': subs}
