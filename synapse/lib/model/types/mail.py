"""E-mail addresses and HTTP cookies: small texts with parts. spec: types.md 3.6, 3.8"""

from __future__ import annotations

import email.utils
import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.dns as s_dns
import synapse.lib.model.types.text as s_text

MAX_ADDR = 998  # characters of a mail header line (RFC 5322); the parser recurses and is slower than linear

_quotes = re.compile('["\']')


class Email(s_text.Text):
    """``user@fqdn``. spec: types.md 3.6"""

    ctor = 'synapse.models.inet.Email'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.fqdn = s_dns.Fqdn(self.model, 'inet:fqdn', {}, {})
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the first at sign; the user is not trimmed.

        The sub ``base`` is an e-mail address itself, and given as its system value.
        """
        user, found, host = valu.partition('@')
        if not found:
            raise self.bad(valu, f'Email address expected in <user>@<fqdn> format, got "{valu[:200]}"')
        try:
            fqdn = self.fqdn.norm_text(host)[0]
        except s_exc.BadTypeValu as e:
            raise self.bad(valu, e.get('mesg')) from None
        user = user.lower()
        subs = {'fqdn': fqdn, 'user': user}
        base, plus, rest = user.partition('+')
        if plus:
            subs['plus'] = rest.strip()
            subs['base'] = f'{base}@{fqdn}'
        return f'{user}@{fqdn}', {'subs': subs}


class Rfc2822Addr(s_text.Text):
    """An address as mail headers have it: ``name <user@fqdn>``. spec: types.md 3.6"""

    ctor = 'synapse.models.inet.Rfc2822Addr'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.email = Email(self.model, 'inet:email', {}, {})
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Clean, parse, and put the parts together again."""
        text = self.clean(valu)
        norm, info = self.parsed(text, valu)
        if norm != text and self.parsed(norm, valu)[0] != norm:  # what we store must mean itself
            raise self.bad(valu, f'Ambiguous address: {valu[:200]}')
        return norm, info

    def clean(self, valu: str) -> str:
        """Lower, without quotes, white space collapsed."""
        return ' '.join(_quotes.sub(' ', valu).lower().split())

    def parsed(self, text: str, valu: str) -> s_base.Normed:
        """Return the norm of a clean text. Raises BadTypeValu when neither a name nor an address is found."""
        if len(text) > MAX_ADDR:
            raise self.bad(valu, f'Address is longer than {MAX_ADDR} characters.')
        try:
            found = email.utils.getaddresses([text])
            name, addr = found[0] if len(found) == 1 else ('', '')
        except (RecursionError, ValueError, IndexError, AttributeError):
            name, addr = '', ''
        if not name and not addr:
            raise self.bad(valu, f'No name or email parsed from {text[:200]}')
        name = ' '.join(name.split())
        subs = {'name': name} if name else {}
        try:
            subs['email'] = mail = self.email.norm_text(addr)[0]
        except s_exc.BadTypeValu:
            return text, {'subs': subs}
        return (f'{name} <{mail}>' if name else mail), {'subs': subs}

    def partial(self, valu: typing.Any) -> str:
        """Prefixes are cleaned, not parsed."""
        return self.clean(str(valu))


class HttpCookie(s_text.Text):
    """One cookie, or the whole header with several. spec: types.md 3.8"""

    ctor = 'synapse.models.inet.HttpCookie'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Read name and value off the first piece."""
        text = valu.strip()
        name, found, value = text.partition(';')[0].partition('=')
        if not found:
            return text, {'subs': {'name': name.strip()}}
        return text, {'subs': {'name': name.strip(), 'value': value.strip()}}

    def expand(self, valu: typing.Any) -> typing.Iterator[typing.Any] | None:
        """Return the pieces of a header."""
        if type(valu) is not str or ';' not in valu:
            return None
        return (piece.strip() for piece in valu.split(';') if piece.strip())
