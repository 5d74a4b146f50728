"""Dotted names: tags and taxonomies. spec: types.md 2.9, 2.15."""

from __future__ import annotations

import re
import typing

import regex

import synapse.exc as s_exc
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.text as s_text

# Runs of what is no word character become one _. For ASCII, re is enough and several times faster; elsewhere regex
# counts combining marks to the word.
_ascii_words = re.compile(r'\w+', re.ASCII)
_words = regex.compile(r'\w+')
_ascii_tag = re.compile(r'\w+(?:\.\w+)*', re.ASCII)


def word_parts(text: str) -> str:
    """Return lower-case text with every run of non-word characters as one ``_``, none at the ends."""
    text = text.lower()
    return '_'.join((_ascii_words if text.isascii() else _words).findall(text))


def number_text(valu: int) -> str:
    """Return an integer as the text of a part; one of absurd size has none."""
    return str(valu) if valu.bit_length() < 4096 else ''


def list_part(valu: typing.Any) -> str:
    """Return the part that a list item means, empty text when it means none."""
    if type(valu) is str:
        return word_parts(valu)
    return word_parts(number_text(valu)) if type(valu) is int else ''


class TagPart(s_text.Text):
    """One part of a tag. spec: types.md 2.15"""

    ctor = 'synapse.lib.types.TagPart'
    empty = 'Each tag part must be non-zero length.'

    def setup(self) -> None:
        """Text only."""
        super().setup()
        self.norms = self.text_norms(self.norm_text)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Make one word."""
        text = word_parts(valu)
        if not text:
            raise s_exc.BadTypeValu(mesg=self.empty)
        return text, s_base.NOINFO


class Taxon(TagPart):
    """One part of a taxonomy. spec: types.md 2.9"""

    ctor = 'synapse.lib.types.Taxon'
    empty = 'Each taxon must be non-zero length.'


@s_base.cached
def _tag_info(tag: str) -> s_base.Info:
    toks = tuple(tag.split('.'))
    subs: dict[str, typing.Any] = {'base': toks[-1], 'depth': len(toks) - 1}
    if len(toks) > 1:
        subs['up'] = '.'.join(toks[:-1])
    return {'subs': subs, 'toks': toks}


@s_base.cached
def _tag_text(text: str) -> str | None:
    """Return the tag that a text means, None when a part is empty. Tags repeat more than anything else: cached."""
    text = text.strip('#').lower()
    if _ascii_tag.fullmatch(text):
        return text
    parts = [word_parts(part) for part in text.split('.')]
    return '.'.join(parts) if all(parts) else None


class Tag(s_text.Text):
    """A tag name. spec: types.md 2.15

    The tag model (5.7) belongs to the Cortex: the model hook ``tag:check`` may refuse a tag.
    """

    ctor = 'synapse.lib.types.Tag'

    def setup(self) -> None:
        """Text, or a list of parts."""
        super().setup()
        self.norms = {
            **self.text_norms(self.norm_text),
            list: self.norm_list,
            tuple: self.norm_list,
        }

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the dots and clean each part."""
        return self.checked(self.plain(valu), valu)

    def plain(self, valu: str) -> str:
        """Return the tag that a text means, whether the tag model allows it or not. Raises: BadTypeValu."""
        tag = _tag_text(valu)
        if tag is None:
            raise s_exc.BadTypeValu(mesg='Each tag part must be non-zero length.')
        return tag

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Clean each part; a dot in a part is no separator."""
        parts = [list_part(part) for part in valu]
        if not parts or not all(parts):
            raise s_exc.BadTypeValu(mesg='Each tag part must be non-zero length.')
        return self.checked('.'.join(parts), valu)

    def checked(self, tag: str, valu: typing.Any) -> s_base.Normed:
        """Ask the tag model, if there is one."""
        info = _tag_info(tag)
        check = self.model.hooks.get('tag:check')
        if check is not None:
            mesg = check(tag, info['toks'])
            if mesg is not None:
                raise self.bad(valu, mesg)
        return tag, info

    def partial(self, valu: typing.Any) -> str:
        """A prefix of the text, whatever part it ends in."""
        if type(valu) is not str:
            return typing.cast(str, self.norm(valu)[0])
        return '.'.join(word_parts(part) for part in valu.strip('#').split('.'))


@s_base.cached
def _taxonomy_info(text: str) -> s_base.Info:
    parts = text.split('.')
    subs: dict[str, typing.Any] = {'base': parts[-1], 'depth': len(parts) - 1}
    if len(parts) > 1:
        subs['parent'] = '.'.join(parts[:-1]) + '.'
    return {'subs': subs}


class Taxonomy(s_text.Text):
    """A path of taxons; the system value ends with a dot, so that a parent is a prefix. spec: types.md 2.9"""

    ctor = 'synapse.lib.types.Taxonomy'

    def setup(self) -> None:
        """Text, or a list of taxons."""
        super().setup()
        self.norms = {
            **self.text_norms(self.norm_text),
            list: self.norm_list,
            tuple: self.norm_list,
        }

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the dots; dots at the ends do not count."""
        return self.norm_parts([word_parts(part) for part in valu.strip().strip('.').split('.')], valu)

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Clean each taxon."""
        return self.norm_parts([list_part(part) for part in valu], valu)

    def norm_parts(self, parts: list[str], valu: typing.Any) -> s_base.Normed:
        """Join the taxons."""
        if not parts or not all(parts):
            raise s_exc.BadTypeValu(mesg='Each taxon must be non-zero length.')
        return '.'.join(parts) + '.', _taxonomy_info('.'.join(parts))

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show without the final dot."""
        return valu.rstrip('.')

    def partial(self, valu: typing.Any) -> str:
        """A prefix: its last taxon may be incomplete, unless a dot was typed behind it."""
        if type(valu) is not str:
            return typing.cast(str, self.norm(valu)[0])
        parts = [word_parts(part) for part in valu.strip().strip('.').split('.')]
        return '.'.join(parts) + ('.' if valu.strip().endswith('.') else '')

    def cmpr_prefix(self, valu: typing.Any) -> s_base.Test:
        """Test the beginning of the system value."""
        prefix = str(valu)
        return lambda item: bool(item.startswith(prefix))
