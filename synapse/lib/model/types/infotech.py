"""Versions and scores of software: semver, CPE, CVSS. spec: types.md 4.2"""

from __future__ import annotations

import re
import typing

import synapse.exc as s_exc
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.numeric as s_numeric
import synapse.lib.model.types.text as s_text

_PART = 0xFFFFF  # a version part has 20 bits
_SEMVER_MAX = (1 << 60) - 1
MAX_DIGITS = 18  # of a version part: it is stored as a 64-bit integer

_ident = r'(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)'
_semver = re.compile(
    rf'(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-({_ident}(?:\.{_ident})*))?'
    r'(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?'
)
_end = r'(?=[._+-]|$)'
_loose = re.compile(rf'[a-zA-Z]*[._+-]*([0-9]+){_end}(?:[._+-]+([0-9]+){_end}(?:[._+-]+([0-9]+){_end})?)?')


def semver_int(major: int, minor: int, patch: int) -> int:
    """Return a version as one integer; larger parts lose their upper bits."""
    return (major & _PART) << 40 | (minor & _PART) << 20 | patch & _PART


def semver_parts(valu: int) -> tuple[int, int, int]:
    """Return the three parts of a version."""
    return valu >> 40 & _PART, valu >> 20 & _PART, valu & _PART


class SemVer(s_numeric.Int):
    """A semantic version as an integer that sorts as versions do."""

    ctor = 'synapse.models.infotech.SemVer'

    def setup(self) -> None:
        """Integers, and text in strict or loose form."""
        super().setup()
        if self.opts['size'] != 8:
            raise s_exc.BadTypeDef(name=self.name, mesg='A semantic version has 8 bytes.')
        self.norms[int] = self.norm_packed
        self.norms[str] = self.norm_version

    def norm_packed(self, valu: int) -> s_base.Normed:
        """A version that is packed already."""
        if valu < 0:
            raise self.bad(valu, 'Cannot norm a negative integer as a semver.')
        if valu > _SEMVER_MAX:
            raise self.bad(valu, f'Cannot norm a integer larger than {_SEMVER_MAX} as a semver.')
        major, minor, patch = semver_parts(valu)
        return valu, {'subs': {'major': major, 'minor': minor, 'patch': patch}}

    def norm_version(self, valu: str) -> s_base.Normed:
        """Strict text with an optional v in front, else the numbers that lead a looser one."""
        text = valu.strip()
        if not text:
            raise self.bad(valu, 'No text left after stripping whitespace')
        match = _semver.fullmatch(text[1:] if text[0] in 'vV' else text) or _loose.match(text)
        if match is None:
            raise self.bad(valu, 'Unable to parse string as a semver.')
        digits = [part or '0' for part in match.groups()[:3]]
        if max(map(len, digits)) > MAX_DIGITS:
            raise self.bad(valu, f'A version part has more than {MAX_DIGITS} digits.')
        major, minor, patch = map(int, digits)
        subs: dict[str, typing.Any] = {'major': major, 'minor': minor, 'patch': patch}
        for name, part in zip(('pre', 'build'), match.groups()[3:], strict=False):
            if part is not None:
                subs[name] = part
        return semver_int(major, minor, patch), {'subs': subs}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the three parts."""
        return '.'.join(map(str, semver_parts(valu)))


# CPE 2.3 formatted strings and 2.2 URIs (NIST IR 7695)
CPE_FIELDS = (
    'part',
    'vendor',
    'product',
    'version',
    'update',
    'edition',
    'language',
    'sw_edition',
    'target_sw',
    'target_hw',
    'other',
)
_PUNCT = '\\*?!"#$%&\'()+,/:;<=>@[]^`{|}~'
_cpe_split = re.compile(r'(?:[^:\\]|\\.)+')
_cpe_part = re.compile(r'[aho*-]')
_cpe_lang = re.compile(r'[a-z]{2,3}(?:-(?:[a-z]{2}|[0-9]{3}))?|[*-]')
_cpe_text = re.compile(r'(?:\?*|\*?)(?:[a-z0-9._-]|\\[' + re.escape(_PUNCT) + r'])+(?:\?*|\*?)|[*-]')
_codes = '|'.join(['01', '02', *(f'{ord(char):02x}' for char in _PUNCT)])
_uri_text = re.compile(rf'(?:[a-z0-9._~-]|%(?:{_codes}))*')
_uri_lang = re.compile(r'(?:[a-z]{2,3}(?:-(?:[a-z]{2}|[0-9]{3}))?)?')
_escape = re.compile(r'\\(.)')
_code = re.compile(r'%([0-9a-f]{2})')


def cpe_fields(text: str) -> list[str] | None:
    """Return the eleven fields of a CPE 2.3 string (lower case, still escaped), None when it is not valid."""
    body = text[8:]
    fields = _cpe_split.findall(body)
    if len(fields) != 11 or ':'.join(fields) != body:
        return None
    rules = (_cpe_part, *[_cpe_text] * 5, _cpe_lang, *[_cpe_text] * 4)
    if not all(rule.fullmatch(field) for rule, field in zip(rules, fields, strict=True)):
        return None
    return fields


def uri_fields(text: str) -> list[str] | None:
    """Return the fields of a CPE 2.2 URI (lower case, still encoded), None when it is not valid."""
    fields = text[5:].split(':')
    if len(fields) > 7 or fields[0] not in ('', 'a', 'h', 'o'):
        return None
    if not all(_uri_text.fullmatch(field) for field in fields[1:6]) or not all(map(_uri_lang.fullmatch, fields[6:])):
        return None
    return fields


def unescape(field: str) -> str:
    """Return a field of a 2.3 string as the text that it stands for."""
    return _escape.sub(r'\1', field)


def uri_encode(field: str) -> str:
    """Return a field of a 2.3 string as a 2.2 URI writes it."""
    if field == '*':
        return ''
    return ''.join(char if char.isalnum() or char in '._-' else f'%{ord(char):02x}' for char in unescape(field))


def _decode_code(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _PUNCT else match[0]


def uri_decode(field: str) -> str:
    """Return a field of a 2.2 URI as a 2.3 string writes it."""
    if field in ('', '-'):
        return field or '*'
    if field == '%2a':
        return '*'
    text = _code.sub(_decode_code, field)
    return ''.join('\\' + char if char in _PUNCT else char for char in text)


def to_uri(fields: list[str]) -> str:
    """Return the 2.2 URI of the fields of a 2.3 string; newer fields are packed into the edition."""
    part, *names = fields[:6]
    uris = ['' if part in '*-' else part, *map(uri_encode, names)]
    if any(field != '*' for field in fields[7:]):
        uris[5] = '~' + '~'.join([uris[5], *map(uri_encode, fields[7:])])
    uris.append('' if fields[6] in '*-' else fields[6])
    return 'cpe:/' + ':'.join(uris).rstrip(':')


def from_uri(fields: list[str]) -> list[str]:
    """Return the fields of a 2.3 string for those of a 2.2 URI."""
    full = fields + [''] * (7 - len(fields))
    packed = full[5].split('~')
    extra = ['', '', '', '']
    if len(packed) == 6 and packed[0] == '':
        full[5], extra = packed[1], packed[2:]
    return [full[0] or '*', *map(uri_decode, full[1:6]), full[6] or '*', *map(uri_decode, extra)]


class Cpe23Str(s_text.Text):
    """A CPE 2.3 formatted string; 2.2 URIs are converted."""

    ctor = 'synapse.models.infotech.Cpe23Str'
    defopts = {**s_text.Text.defopts, 'lower': True}

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Check against the grammar and read the fields off."""
        text = valu.lower()
        fields: list[str] | None
        if text.startswith('cpe:2.3:'):
            fields = cpe_fields(text)
            if fields is None:
                raise self.bad(valu, 'CPE 2.3 string appears to be invalid.')
            uri = to_uri(fields)
        elif text.startswith('cpe:/'):
            found = uri_fields(text)
            if found is None:
                raise self.bad(valu, 'CPE 2.2 string appears to be invalid.')
            fields, uri = from_uri(found), 'cpe:/' + ':'.join(found).rstrip(':')
        else:
            raise self.bad(valu, 'CPE 2.3 string is expected to start with "cpe:2.3:"')
        subs = dict(zip(CPE_FIELDS, map(unescape, fields), strict=True))
        subs['v2_2'] = uri
        return 'cpe:2.3:' + ':'.join(fields), {'subs': subs}


class Cpe22Str(s_text.Text):
    """A CPE 2.2 URI; 2.3 strings are converted."""

    ctor = 'synapse.models.infotech.Cpe22Str'
    defopts = {**s_text.Text.defopts, 'lower': True}

    def setup(self) -> None:
        """Text, or a list of fields."""
        super().setup()
        self.norms = {**self.text_norms(self.norm_text), list: self.norm_list, tuple: self.norm_list}

    def norm_text(self, valu: str) -> s_base.Normed:
        """Check against the grammar."""
        text = valu.lower()
        if text.startswith('cpe:2.3:'):
            found = cpe_fields(text)
            if found is None:
                raise self.bad(valu, 'CPE 2.3 string appears to be invalid.')
            return to_uri(found), s_base.NOINFO
        if not text.startswith('cpe:/'):
            raise self.bad(valu, 'CPE 2.2 string is expected to start with "cpe:/"')
        if uri_fields(text) is None:
            raise self.bad(valu, 'CPE 2.2 string appears to be invalid.')
        return text.rstrip(':') if text != 'cpe:/' else text, s_base.NOINFO

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """The first seven fields; ``*`` is an empty one."""
        if not all(type(part) is str for part in valu):
            raise self.bad(valu, 'CPE fields must be text.')
        parts = ['' if part == '*' else part for part in valu[:7]]
        return self.norm_text('cpe:/' + ':'.join(parts))


_V2 = """
AV=L,A,N AC=H,M,L Au=M,S,N C=N,P,C I=N,P,C A=N,P,C E=U,POC,F,H,ND RL=OF,TF,W,U,ND RC=UC,UR,C,ND
CDP=N,L,LM,MH,H,ND TD=N,L,M,H,ND CR=L,M,H,ND IR=L,M,H,ND AR=L,M,H,ND
"""
_V3 = """
AV=N,A,L,P AC=L,H PR=N,L,H UI=N,R S=U,C C=H,L,N I=H,L,N A=H,L,N E=X,U,P,F,H RL=X,O,T,W,U RC=X,U,R,C
CR=X,L,M,H IR=X,L,M,H AR=X,L,M,H MAV=X,N,A,L,P MAC=X,L,H MPR=X,N,L,H MUI=X,N,R MS=X,U,C MC=X,H,L,N MI=X,H,L,N MA=X,H,L,N
"""


def _metrics(table: str) -> dict[str, frozenset[str]]:
    rows = (item.partition('=') for item in table.split())
    return {name: frozenset(values.split(',')) for name, _, values in rows}


class Cvss(s_text.Text):
    """A CVSS vector in canonical order, without metrics that are not defined."""

    head = re.compile('')
    metrics: typing.ClassVar[dict[str, frozenset[str]]] = {}
    mandatory = 0  # so many metrics, from the first, must be there
    undefined = ''

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Check each metric and put them in order."""
        found: dict[str, str] = {}
        for item in self.head.sub('', valu.strip('()'), count=1).split('/'):
            name, colon, score = item.partition(':')
            if not colon or ':' in score or not name or not score:
                raise self.bad(valu, f'Provided vector {valu[:200]} malformed')
            if name not in self.metrics:
                raise self.bad(valu, f'Provided vector {valu[:200]} contains invalid metrics: {name[:50]}')
            if name in found:
                raise self.bad(valu, f'Provided vectors {valu[:200]} contains duplicate metrics: {name}')
            if score not in self.metrics[name]:
                mesg = f'Provided vector {valu[:200]} contains invalid metric value(s): {item[:50]}'
                raise self.bad(valu, mesg)
            found[name] = score
        missing = [name for name in list(self.metrics)[: self.mandatory] if name not in found]
        if missing:
            mesg = f'Provided vector {valu[:200]} missing mandatory metric(s): {", ".join(missing)}'
            raise self.bad(valu, mesg)
        items = (f'{name}:{found[name]}' for name in self.metrics if found.get(name, self.undefined) != self.undefined)
        return '/'.join(items), s_base.NOINFO


class CvssV2(Cvss):
    """A CVSS version 2 vector."""

    ctor = 'synapse.models.risk.CvssV2'
    head = re.compile(r'\ACVSS2#')
    metrics = _metrics(_V2)
    mandatory = 6
    undefined = 'ND'


class CvssV3(Cvss):
    """A CVSS version 3 vector."""

    ctor = 'synapse.models.risk.CvssV3'
    head = re.compile(r'\ACVSS:3\.[01]/')
    metrics = _metrics(_V3)
    mandatory = 8
    undefined = 'X'
