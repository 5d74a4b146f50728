"""Domain names. spec: types.md 3.5, 3.8

Nearly all names are plain ASCII, and for those one lower() and one regular expression are the whole norm. Everything
else goes through Unicode normalisation and IDNA.
"""

from __future__ import annotations

import re
import typing
import unicodedata

import idna

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.ip as s_ip
import synapse.lib.model.types.text as s_text

MAX_FQDN = 8192  # characters; DNS allows 253, and IDNA takes longer than linear time

_name = re.compile(r'[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*')
_quad = re.compile(r'(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}')
_dots = re.compile('[\u3002\uff0e\uff61]')


def to_ascii(text: str) -> str:
    """Return a name in IDNA form: UTS 46, or where that refuses the older IDNA 2003. Raises ValueError."""
    try:
        return idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        return text.encode('idna').decode().lower()


def norm_fqdn(valu: str) -> s_base.Normed | str:
    """Return the norm of a name, or the text that says why there is none."""
    text = valu.strip().strip('.').lower()
    if not _name.fullmatch(text):
        found = _norm_odd(valu)
        if found is None:
            return 'FQDN failed to match fqdnre [^[\\w._-]+$]'
        text = found
    if _quad.fullmatch(text):
        return 'FQDN Got an IP address instead'
    host, dot, domain = text.partition('.')
    if dot:
        return text, {'subs': {'host': host, 'domain': domain}}
    return text, {'subs': {'host': host, 'issuffix': 1}}


def _norm_odd(valu: str) -> str | None:
    if len(valu) > MAX_FQDN:
        return None
    text = unicodedata.normalize('NFKC', valu)
    text = _dots.sub('.', s_ip.refang(text)).strip().strip('.')
    if not text.isascii():
        try:
            text = to_ascii(text)
        except (ValueError, IndexError):  # UnicodeError is a ValueError; odd punycode makes an IndexError
            return None
    text = text.lower().strip('.')
    return text if _name.fullmatch(text) else None


def repr_fqdn(valu: str) -> str:
    """Return the Unicode form of a name, or its stored form when the two would not be the same name."""
    for decode in (idna.decode, _decode_2003):
        try:
            text = decode(valu)
        except (ValueError, IndexError, OverflowError):
            continue
        found = norm_fqdn(text)
        if type(found) is tuple and found[0] == valu:
            return text
    return valu


def _decode_2003(valu: str) -> str:
    return valu.encode().decode('idna')


_norm_cached = s_base.cached(norm_fqdn, 32768)
_repr_cached = s_base.cached(repr_fqdn, 4096)


class Fqdn(s_base.Type):
    """A fully qualified domain name in IDNA form. spec: types.md 3.5"""

    ctor = 'synapse.models.inet.Fqdn'
    stortype = s_base.FQDN
    LIFTS = s_base.Type.LIFTS | {'~=': 'lift_regex'}

    def setup(self) -> None:
        """Text only."""
        self.indx = s_indx.fqdn
        self.norms = {str: self.norm_text}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Look in the cache of recent names first."""
        found = _norm_cached(valu)
        if type(found) is str:
            raise self.bad(valu, found)
        return found  # type: ignore[return-value]  # a cast is a call

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the Unicode form."""
        return _repr_cached(valu) if 'xn--' in valu else valu

    def suffix(self, valu: typing.Any) -> str | None:
        """Return the end that a leading ``*`` asks for, None without one."""
        if type(valu) is not str:
            return None
        text = valu.strip().lower()
        if not text.startswith('*'):
            return None
        text = text[1:]
        found = _norm_cached(text)
        if type(found) is tuple:
            return '.' + found[0] if text.startswith('.') else typing.cast(str, found[0])
        return text

    def cmpr_eq(self, valu: typing.Any) -> s_base.Test:
        """Test for equality, or for an end; the empty text matches nothing."""
        if valu == '':
            return s_base.never
        suffix = self.suffix(valu)
        if suffix is None:
            return super().cmpr_eq(valu)
        return lambda item: bool(item.endswith(suffix))

    def lift_eq(self, valu: typing.Any) -> list[s_base.Lift]:
        """Lift a name, or all with an end. Raises BadLiftValu."""
        if type(valu) is not str or (valu and '*' not in valu):
            return super().lift_eq(valu)
        if not valu:
            raise s_exc.BadLiftValu(name=self.name, valu=valu, mesg='Cannot lift an empty FQDN.')
        suffix = self.suffix(valu)
        if suffix is None or '*' in suffix:
            mesg = 'Wild card may only appear at the beginning.'
            raise s_exc.BadLiftValu(name=self.name, valu=valu, mesg=mesg)
        byts = suffix[::-1].encode('utf8', 'surrogatepass')
        if len(byts) <= s_indx.TEXT_MAX:
            return [s_base.lift_prefix(byts)]
        return [s_base.lift_prefix(byts[: s_indx.TEXT_MAX], lambda item: item.endswith(suffix))]


class DnsName(s_text.Text):
    """A name as a DNS question has it: any text, with what can be read off it. spec: types.md 3.8"""

    ctor = 'synapse.models.dns.DnsName'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.ipv4 = s_ip.IPv4(self.model, 'inet:ipv4', {}, {})
        self.ipv6 = s_ip.IPv6(self.model, 'inet:ipv6', {}, {})
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Lower, trim, and look for addresses and names."""
        text = valu.lower().strip()
        subs: dict[str, typing.Any] = {}
        if text.isdigit():
            return text, {'subs': subs}
        if text.endswith('.in-addr.arpa'):
            self.put_ipv4('.'.join(reversed(text[:-13].split('.'))), subs)
            return text, {'subs': subs}
        if text.endswith('.ip6.arpa'):
            nibbles = text[:-9].split('.')
            if len(nibbles) == 32 and all(len(nib) == 1 for nib in nibbles):
                flat = ''.join(reversed(nibbles))
                self.put_ipv6(':'.join(flat[i : i + 4] for i in range(0, 32, 4)), subs)
            return text, {'subs': subs}
        if ':' in text:
            self.put_ipv6(text, subs)
            return text, {'subs': subs}
        if text[:1].isdigit():
            self.put_ipv4(text, subs)
        found = _norm_cached(text)
        if type(found) is tuple:
            subs['fqdn'] = found[0]
        return text, {'subs': subs}

    def put_ipv4(self, text: str, subs: dict[str, typing.Any]) -> None:
        """Set the sub ipv4 if the text is an address."""
        try:
            subs['ipv4'] = self.ipv4.norm_text(text)[0]
        except s_exc.BadTypeValu:
            pass

    def put_ipv6(self, text: str, subs: dict[str, typing.Any]) -> None:
        """Set the sub ipv6 (and ipv4 for a mapped one) if the text is an address."""
        try:
            ipv6, info = self.ipv6.norm_text(text)
        except s_exc.BadTypeValu:
            return
        subs['ipv6'] = ipv6
        if 'ipv4' in info['subs']:
            subs['ipv4'] = info['subs']['ipv4']
