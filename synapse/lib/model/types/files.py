"""Files: names, paths and contents. spec: types.md 4.1"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.text as s_text

_HEX = '0123456789abcdef'


class FileBase(s_text.Text):
    """The last part of a path."""

    ctor = 'synapse.models.files.FileBase'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Lower and trim; no slashes."""
        text = valu.strip().lower().replace('\\', '/')
        if '/' in text:
            raise self.bad(valu, 'file:base may not contain /')
        _, dot, ext = text.rpartition('.')
        return text, ({'subs': {'ext': ext}} if dot else s_base.NOINFO)


def resolve(text: str, rooted: bool) -> list[str]:
    """Return the parts of a path without dots and empty ones.

    Parts keep their spaces, but the result as a whole has none at its ends, so that it resolves to itself.
    """
    parts: list[str] = []
    for part in text.split('/'):
        if not parts and not rooted:
            part = part.lstrip()
        if part == '..':
            if parts:
                parts.pop()
        elif part and part != '.':
            parts.append(part)
    while parts:
        last = parts[-1].rstrip()
        if last == parts[-1]:
            break
        parts.pop()
        if last == '..':
            if parts:
                parts.pop()
        elif last and last != '.':
            parts.append(last)
            break
    return parts


class FilePath(s_text.Text):
    """A path with forward slashes, resolved."""

    ctor = 'synapse.models.files.FilePath'

    def setup(self) -> None:
        """Text, and whatever prints as text."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Resolve dots and empty parts; a slash at the very beginning stays."""
        lead = '/' if valu.startswith('/') else ''
        text = valu.strip().lower().replace('\\', '/')
        if text.strip('/') in ('.', '..'):
            raise self.bad(valu, 'Cannot norm a bare relative path.')
        parts = resolve(text, bool(lead))
        if not parts:
            return '', s_base.NOINFO
        base = parts[-1]
        subs = {'base': base}
        _, dot, ext = base.rpartition('.')
        if dot:
            subs['ext'] = ext
        if len(parts) > 1:
            subs['dir'] = lead + '/'.join(parts[:-1])
        return lead + '/'.join(parts), {'subs': subs}

    def partial(self, valu: typing.Any) -> str:
        """Prefixes keep their last slash."""
        return str(valu).strip().lower().replace('\\', '/')


def content_norm(byts: bytes) -> s_base.Normed:
    """Return the norm of a file with some content."""
    sha256 = hashlib.sha256(byts).hexdigest()
    subs = {
        'md5': hashlib.md5(byts, usedforsecurity=False).hexdigest(),
        'sha1': hashlib.sha1(byts, usedforsecurity=False).hexdigest(),
        'sha256': sha256,
        'sha512': hashlib.sha512(byts).hexdigest(),
        'size': len(byts),
    }
    return f'sha256:{sha256}', {'subs': subs}


class FileBytes(s_text.Text):
    """A file by the SHA-256 of its content, or by a guid while that is not known."""

    ctor = 'synapse.models.files.FileBytes'

    def setup(self) -> None:
        """Text, content as bytes, or a list to make a guid of."""
        super().setup()
        self.norms = {str: self.norm_text, bytes: content_norm, list: self.norm_list, tuple: self.norm_list}

    def norm_text(self, valu: str) -> s_base.Normed:
        """A hash, with or without its kind in front, or content in hex or base64."""
        if valu == '*':
            return f'guid:{os.urandom(16).hex()}', s_base.NOINFO
        kind, found, rest = valu.partition(':')
        if not found:
            kind, rest = 'sha256', valu
        if kind == 'sha256':
            sha256 = rest.lower()
            if len(sha256) != 64:
                raise self.bad(valu, f'invalid length for sha256 value - valu={rest[:200]}')
            if sha256.strip(_HEX):
                raise self.bad(valu, f'invalid sha256 value: Non-hexadecimal digit found - valu={rest}')
            return f'sha256:{sha256}', {'subs': {'sha256': sha256}}
        if kind == 'guid':
            guid = rest.lower()
            if len(guid) != 32 or guid.strip(_HEX):
                raise self.bad(valu, f'guid is not a guid - valu={rest[:200]}')
            return f'guid:{guid}', s_base.NOINFO
        return self.norm_content(kind, rest, valu)

    def norm_content(self, kind: str, rest: str, valu: str) -> s_base.Normed:
        """Content in hex or base64 (leniently, as others decode it)."""
        try:
            if kind == 'hex':
                return content_norm(binascii.unhexlify(rest))
            if kind == 'base64':
                return content_norm(base64.b64decode(rest))
        except ValueError as e:
            raise self.bad(valu, f'invalid file:bytes {kind} value: {e} - valu={rest[:200]}') from None
        raise self.bad(valu, f'unable to norm as file:bytes - valu={valu[:200]}')

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """The hash of a list, as for guid."""
        if not valu:
            raise self.bad(valu, 'Guid list values cannot be empty.')
        try:
            return f'guid:{s_common.guid(valu)}', s_base.NOINFO
        except s_exc.NotMsgpackSafe as e:
            raise self.bad(valu, e.get('mesg')) from None
