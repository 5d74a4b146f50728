"""IP addresses, networks and ranges. spec: types.md 3.1, 3.2, 3.4

The kind of an address (private, multicast ...) is a bisection over a table that is made once from the registries of
special networks, not a chain of tests.
"""

from __future__ import annotations

import bisect
import re
import socket
import typing

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.compound as s_compound
import synapse.lib.model.types.text as s_text

# The first network in which an address lies decides. IANA special registries as of Python 3.11's ipaddress; the two
# global exceptions of 192.0.0.0/24 come before it.
_NETS4 = """
multicast 224.0.0.0/4
loopback 127.0.0.0/8
linklocal 169.254.0.0/16
unicast 192.0.0.9/32 192.0.0.10/32
private 0.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24
private 203.0.113.0/24 240.0.0.0/4
shared 100.64.0.0/10
"""
_NETS6 = """
multicast ff00::/8
loopback ::1/128
linklocal fe80::/10
private ::/128 64:ff9b:1::/48 100::/64 2001:db8::/32 2002::/16 fc00::/7
unicast 2001:1::1/128 2001:1::2/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28
private 2001::/23
unicast fec0::/10
reserved ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 f000::/5
reserved f800::/6 fe00::/9
"""
_PRIVATE_MAPPED = frozenset(('private', 'loopback', 'linklocal'))
_SCOPES = {
    0: 'reserved',
    1: 'interface-local',
    2: 'link-local',
    3: 'realm-local',
    4: 'admin-local',
    5: 'site-local',
    8: 'organization-local',
    14: 'global',
    15: 'reserved',
}
_MAPPED = b'\x00' * 10 + b'\xff\xff'
_ZERO12 = bytes(12)

inet_aton = socket.inet_aton
from_bytes = int.from_bytes


def network(text: str) -> tuple[int, int, int]:
    """Return (first, last, bits) of a network in CIDR form. Raises ValueError, OSError."""
    addr, _, mask = text.partition('/')
    if ':' in addr:
        base, size = from_bytes(socket.inet_pton(socket.AF_INET6, addr), 'big'), 128
    else:
        base, size = from_bytes(inet_aton(addr), 'big'), 32
    bits = int(mask)
    if not 0 <= bits <= size:
        raise ValueError(f'{mask} is no number of bits')
    wild = (1 << (size - bits)) - 1
    return base & ~wild, base | wild, bits


def _segments(table: str) -> tuple[list[int], list[str]]:
    """Return the starts of the segments in which one kind holds, and the kinds."""
    rules: list[tuple[int, int, str]] = []
    for line in table.split('\n'):
        kind, *nets = line.split() or ['']
        rules.extend((*network(net)[:2], kind) for net in nets)
    edges = sorted({0, *(lo for lo, _, _ in rules), *(hi + 1 for _, hi, _ in rules)})
    starts: list[int] = []
    kinds: list[str] = []
    for edge in edges:
        kind = next((name for lo, hi, name in rules if lo <= edge <= hi), 'unicast')
        if not kinds or kinds[-1] != kind:
            starts.append(edge)
            kinds.append(kind)
    return starts, kinds


_starts4, _kinds4 = _segments(_NETS4)
_infos4: list[s_base.Info] = [{'subs': {'type': kind}} for kind in _kinds4]
_starts6, _kinds6 = _segments(_NETS6)
_bisect = bisect.bisect_right


def refang(text: str) -> str:
    """Return text with bracketed dots as dots."""
    return text.replace('[.]', '.').replace('(.)', '.') if '.' in text else text


def only_printable(text: str) -> str:
    """Return text without the characters that cannot be printed."""
    return ''.join(char for char in text if char.isprintable())


def text4(valu: int) -> str:
    """Return the dotted form of an IPv4 address."""
    return f'{valu >> 24}.{valu >> 16 & 255}.{valu >> 8 & 255}.{valu & 255}'


def text6(byts: bytes) -> str:
    """Return the RFC 5952 form of an IPv6 address; only mapped IPv4 addresses end in a dotted form."""
    if byts[:12] == _ZERO12 and byts[12:14] != b'\x00\x00':
        return f'::{from_bytes(byts[12:14], "big"):x}:{from_bytes(byts[14:], "big"):x}'
    return socket.inet_ntop(socket.AF_INET6, byts)


def parse6(text: str) -> tuple[bytes, str]:
    """Return the 16 bytes and the zone (empty without one) of an address text. Raises ValueError, OSError."""
    if '%' not in text:
        return socket.inet_pton(socket.AF_INET6, text), ''
    addr, _, zone = text.partition('%')
    if not zone or '%' in zone:
        raise ValueError(f'Invalid IPv6 address: {text[:200]!r}')
    return socket.inet_pton(socket.AF_INET6, addr), zone


class IPv4(s_base.Ordered):
    """An IPv4 address as an unsigned 32-bit integer. spec: types.md 3.1"""

    ctor = 'synapse.models.inet.IPv4'
    stortype = s_base.U32

    def setup(self) -> None:
        """Integers and text."""
        self.indx = s_indx.int_encoder(4, False)
        self.norms = {int: self.norm_int, str: self.norm_text}

    def norm_int(self, valu: int) -> s_base.Normed:
        """Check the bounds and find the kind."""
        if 0 <= valu <= 0xFFFFFFFF:
            return valu, _infos4[_bisect(_starts4, valu) - 1]
        raise self.bad(valu, 'Value outside of IPv4 range')

    def norm_text(self, valu: str) -> s_base.Normed:
        """Classic inet_aton text: one to four parts, decimal, octal or hex; what follows white space is ignored."""
        try:
            ipv4 = from_bytes(inet_aton(valu if valu.isprintable() else only_printable(valu)), 'big')
        except (OSError, ValueError):
            return self.norm_fanged(valu)
        return ipv4, _infos4[_bisect(_starts4, ipv4) - 1]

    def norm_fanged(self, valu: str) -> s_base.Normed:
        """Try again with bracketed dots as dots, and without what some C libraries do not skip."""
        text = only_printable(refang(valu))
        try:
            ipv4 = from_bytes(inet_aton(text.split(' ', 1)[0]), 'big')
        except (OSError, ValueError):
            raise self.bad(valu, 'illegal IP address string passed to inet_aton') from None
        return ipv4, _infos4[_bisect(_starts4, ipv4) - 1]

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the dotted form."""
        return text4(valu)

    def span(self, valu: typing.Any) -> tuple[int, int] | None:
        """Return the ends of a CIDR or dashed range, None for other values. A reversed range comes as it is."""
        if type(valu) is not str:
            return None
        if '/' in valu:
            addr, _, mask = valu.partition('/')
            base = self.norm(addr)[0]
            try:
                bits = int(mask)
            except ValueError:
                bits = -1
            if not 0 <= bits <= 32:
                raise self.bad(valu, f'Invalid CIDR Mask "{valu[:200]}"')
            wild = (1 << (32 - bits)) - 1
            return base & ~wild, base | wild
        if '-' in valu:
            first, _, last = valu.partition('-')
            return self.norm(first)[0], self.norm(last)[0]
        return None

    def expand(self, valu: typing.Any) -> typing.Iterator[typing.Any] | None:
        """Return the addresses of a CIDR or a range."""
        span = self.span(valu)
        return None if span is None else iter(range(span[0], span[1] + 1))

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for lying in a network or range."""
        span = self.span(valu)
        if span is None:
            return super().cmpr_eq(valu)
        lo, hi = span
        return lambda item: lo <= item <= hi

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift an address, a network or a range."""
        span = self.span(valu)
        if span is None:
            return super().lift_eq(valu)
        if span[0] > span[1]:
            return []
        return [s_base.Lift(self.indx(span[0]), self.past(self.indx(span[1])))]


def key6(valu: str) -> bytes:
    """Encode an IPv6 address: its 16 bytes, and the zone if it has one."""
    byts, zone = parse6(valu)
    return byts if not zone else s_indx.clip(byts + b'%' + zone.encode('utf8', 'surrogatepass'))


def rank6(valu: str) -> int:
    """Return an IPv6 address as a number; the zone does not count."""
    return from_bytes(parse6(valu)[0], 'big')


class IPv6(s_base.Ordered):
    """An IPv6 address as compressed text. spec: types.md 3.2"""

    ctor = 'synapse.models.inet.IPv6'
    stortype = s_base.IPV6

    def setup(self) -> None:
        """Text and integers."""
        self.indx = key6
        self.norms = {str: self.norm_text, int: self.norm_int}

    def rank(self, valu: typing.Any) -> typing.Any:
        """Compare as numbers."""
        return rank6(valu)

    def past(self, key: bytes) -> bytes | None:
        """Addresses with a zone lie behind the one without."""
        return s_indx.after(key[:16])

    def norm_int(self, valu: int) -> s_base.Normed:
        """128 bits."""
        if not 0 <= valu < 1 << 128:
            raise self.bad(valu, f'{s_base.show(valu)} is not permitted as an IPv6 address')
        return self.norm_bytes(valu.to_bytes(16, 'big'), '')

    def norm_text(self, valu: str) -> s_base.Normed:
        """Text without a colon is an IPv4 address."""
        text = valu if valu.isprintable() else only_printable(valu)
        try:
            if ':' not in text:
                return self.norm_bytes(_MAPPED + socket.inet_pton(socket.AF_INET, text), '')
            return self.norm_bytes(*parse6(text))
        except (OSError, ValueError):
            raise self.bad(valu, f'Invalid IPv6 address: {valu[:200]!r}') from None

    def norm_bytes(self, byts: bytes, zone: str) -> s_base.Normed:
        """Find the kind and the scope."""
        subs: dict[str, typing.Any] = {}
        if byts[:12] == _MAPPED:
            ipv4 = from_bytes(byts[12:], 'big')
            kind = _kinds4[_bisect(_starts4, ipv4) - 1]
            subs['type'] = 'private' if kind in _PRIVATE_MAPPED else 'reserved'
            subs['scope'] = 'global'
            subs['ipv4'] = ipv4
            return f'::ffff:{text4(ipv4)}', {'subs': subs}
        subs['type'] = kind = _kinds6[_bisect(_starts6, from_bytes(byts, 'big')) - 1]
        if kind == 'multicast':
            subs['scope'] = _SCOPES.get(byts[1], 'unassigned')
        else:
            subs['scope'] = 'link-local' if kind in ('loopback', 'linklocal') else 'global'
        text = text6(byts)
        return (f'{text}%{zone}' if zone else text), {'subs': subs}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Text shows itself."""
        return valu

    def span(self, valu: typing.Any) -> tuple[int, int] | None:
        """Return the ends of a CIDR or dashed range, None for other values. A reversed range comes as it is."""
        if type(valu) is not str or '%' in valu:
            return None
        if '/' in valu:
            try:
                return network(valu)[:2]
            except (OSError, ValueError):
                mesg = f"'{valu.partition('/')[2][:100]}' is not a valid netmask"
                raise self.bad(valu, mesg) from None
        if '-' in valu:
            first, _, last = valu.partition('-')
            return rank6(self.norm(first)[0]), rank6(self.norm(last)[0])
        return None

    def expand(self, valu: typing.Any) -> typing.Iterator[typing.Any] | None:
        """Return the addresses of a CIDR or a range."""
        span = self.span(valu)
        return None if span is None else (number for number in range_iter(*span))

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for lying in a network or range."""
        span = self.span(valu)
        if span is None:
            return super().cmpr_eq(valu)
        lo, hi = span
        return lambda item: lo <= rank6(item) <= hi

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift an address, a network or a range."""
        span = self.span(valu)
        if span is None:
            return super().lift_eq(valu)
        if span[0] > span[1]:
            return []
        return [s_base.Lift(span[0].to_bytes(16, 'big'), self.past(span[1].to_bytes(16, 'big')))]


def range_iter(first: int, last: int) -> typing.Iterator[int]:
    """Yield numbers up to and with the last (range() wants sizes below 2^63)."""
    while first <= last:
        yield first
        first += 1


class IPv4Range(s_compound.Range):
    """Two IPv4 addresses in order; text may be a CIDR. spec: types.md 3.4"""

    ctor = 'synapse.models.inet.IPv4Range'
    defopts = {'type': ('inet:ipv4', {})}

    def norm_text(self, valu: str) -> s_base.Normed:
        """A CIDR, or two addresses with a dash."""
        if '-' in valu:
            return super().norm_text(valu)
        typo = self.item_type()
        if '/' not in valu or not isinstance(typo, IPv4):
            raise self.bad(valu, 'Invalid/Missing CIDR Mask')
        span = typo.span(valu)
        return self.norm_pair(typing.cast(tuple[int, int], span))


class IPv6Range(s_compound.Range):
    """Two IPv6 addresses in order; text may be a CIDR without host bits. spec: types.md 3.4"""

    ctor = 'synapse.models.inet.IPv6Range'
    defopts = {'type': ('inet:ipv6', {})}

    def norm_text(self, valu: str) -> s_base.Normed:
        """A CIDR, or two addresses with a dash."""
        if '-' in valu:
            return super().norm_text(valu)
        first, last, _ = strict_network(self, valu)
        return self.norm_pair((first, last))


def strict_network(typo: s_base.Type, valu: str) -> tuple[int, int, int]:
    """Return (first, last, bits) of an IPv6 network. Raises BadTypeValu, for host bits that are set as well."""
    addr, slash, mask = valu.partition('/')
    if not slash or ':' not in addr:
        raise typo.bad(valu, 'Invalid/Missing CIDR Mask')
    try:
        first, last, bits = network(valu)
        base = from_bytes(socket.inet_pton(socket.AF_INET6, addr), 'big')
    except (OSError, ValueError):
        raise typo.bad(valu, f"'{mask[:100]}' is not a valid netmask") from None
    if base != first:
        raise typo.bad(valu, f'{valu[:200]} has host bits set')
    return first, last, bits


_mask_re = re.compile(r'[0-9]{1,3}')


class Cidr4(s_text.Text):
    """An IPv4 network in CIDR form; host bits are cleared. spec: types.md 3.4"""

    ctor = 'synapse.models.inet.Cidr4'

    def setup(self) -> None:
        """Text only."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the slash and clear the host bits."""
        addr, _, mask = valu.partition('/')
        mask = mask.strip().removeprefix('+')
        if not _mask_re.fullmatch(mask) or int(mask) > 32:
            raise self.bad(valu, 'Invalid/Missing CIDR Mask')
        typo = self.model.type('inet:ipv4')
        if typo is None:
            raise s_exc.BadTypeDef(name=self.name, mesg='inet:cidr4 needs the type inet:ipv4.')
        bits = int(mask)
        wild = (1 << (32 - bits)) - 1
        ipv4 = typo.norm(addr)[0]
        subs = {'broadcast': ipv4 | wild, 'mask': bits, 'network': ipv4 & ~wild}
        return f'{text4(ipv4 & ~wild)}/{bits}', {'subs': subs}


class Cidr6(s_text.Text):
    """An IPv6 network in CIDR form, without host bits. spec: types.md 3.4"""

    ctor = 'synapse.models.inet.Cidr6'

    def setup(self) -> None:
        """Text only."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Check the host bits."""
        first, last, bits = strict_network(self, valu)
        net, broad = text6(first.to_bytes(16, 'big')), text6(last.to_bytes(16, 'big'))
        return f'{hexed(net)}/{bits}', {'subs': {'broadcast': hexed(broad), 'mask': bits, 'network': hexed(net)}}


def hexed(text: str) -> str:
    """Return a mapped address with its last 32 bits in hex, as networks are written."""
    head, _, tail = text.rpartition(':')
    if '.' not in tail:
        return text
    ipv4 = from_bytes(inet_aton(tail), 'big')
    return f'{head}:{ipv4 >> 16:x}:{ipv4 & 0xFFFF:x}'
