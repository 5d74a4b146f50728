"""All finders together: hits in a text, in their order; hits as values of the data model."""

from __future__ import annotations

import itertools
import re
import typing

import synapse.exc as s_exc
import synapse.lib.scrape.codes as s_codes
import synapse.lib.scrape.coins as s_coins
import synapse.lib.scrape.net as s_net
import synapse.lib.scrape.paths as s_paths
import synapse.lib.scrape.refang as s_refang

Any = typing.Any
Finder = typing.Callable[[str], typing.Iterator[tuple[Any, int, int]]]


class Hit(typing.NamedTuple):
    """One indicator.

    Attributes:
        form: The form that it is a value of.
        valu: The value, not normalised.
        match: The text as it stood there.
        offset: Where it stood there, in characters.
    """

    form: str
    valu: Any
    match: str
    offset: int

    def info(self) -> dict[str, Any]:
        """Return where it was found, as callers see it."""
        return {'match': self.match, 'offset': self.offset}


# In the order in which hits are told. Each finder searches the whole text: a URL yields its host as well.
FINDERS: tuple[tuple[str, Finder], ...] = (
    ('file:path', s_paths.posix_paths),
    ('file:path', s_paths.windows_paths),
    ('inet:url', s_net.urls),
    ('inet:url', s_net.unc_paths),
    ('inet:email', s_net.emails),
    ('inet:server', s_net.servers),
    ('inet:ipv4', s_net.ipv4s),
    ('inet:ipv6', s_net.ipv6s),
    ('inet:fqdn', s_net.fqdns),
    ('hash:md5', s_codes.md5s),
    ('hash:sha1', s_codes.sha1s),
    ('hash:sha256', s_codes.sha256s),
    ('it:sec:cve', s_codes.cves),
    ('it:sec:cwe', s_codes.cwes),
    ('it:sec:cpe', s_codes.cpes),
    *(('crypto:currency:address', finder) for finder in s_coins.FINDERS),
)
FORMS = tuple(dict.fromkeys(form for form, _ in FINDERS))


def parts(
    text: str, forms: typing.Container[str] | None = None, refang: bool = True
) -> typing.Iterator[typing.Iterator[Hit]]:
    """Like scrape, but as one iterator for each pass over the text: between two of them others may have their turn."""
    shown = s_refang.refang(text) if refang else s_refang.Refanged(text)
    for form, find in FINDERS:
        if forms is None or form in forms:
            yield _hits(form, find, shown)


def _hits(form: str, find: Finder, shown: s_refang.Refanged) -> typing.Iterator[Hit]:
    for valu, start, end in find(shown.text):
        offset, stop = shown.origin(start, end)
        yield Hit(form, valu, shown.orig[offset:stop], offset)


def scrape(text: str, forms: typing.Container[str] | None = None, refang: bool = True) -> typing.Iterator[Hit]:
    """Yield the indicators in a text, form by form.

    Args:
        text: Any text.
        forms: Only these forms; None for all.
        refang: Make defanged spellings whole before looking.
    """
    return itertools.chain.from_iterable(parts(text, forms, refang))


def first(text: str) -> Hit | None:
    """Return the first indicator in a text, None without one."""
    return next(scrape(text), None)


def normed(model: Any, hits: typing.Iterable[Hit]) -> typing.Iterator[tuple[Hit, Any, Any]]:
    """Yield (hit, system value, norm info) of those hits that a data model accepts as values."""
    for hit in hits:
        form = model.form(hit.form)
        if form is None:
            continue
        try:
            norm, info = form.type.norm(hit.valu)
        except s_exc.BadTypeValu:
            continue
        yield hit, norm, info


def matches(
    text: str, rule: re.Pattern[str] | Any, fangs: typing.Sequence[tuple[str, str]] = (), **opts: Any
) -> typing.Iterator[tuple[str, dict[str, Any]]]:
    """Yield (text of the group ``valu``, where it stood in the original) of the matches of a caller's pattern.

    Args:
        text: Any text.
        rule: A compiled pattern with a group named ``valu``.
        fangs: (spelling, replacement) pairs that are applied first.
        opts: For ``finditer`` of the pattern (``timeout``).
    """
    shown = s_refang.replaced(text, fangs)
    for match in rule.finditer(shown.text, **opts):
        start, end = match.span('valu')
        if start < 0:
            continue
        offset, stop = shown.origin(start, end) if end > start else (start, start)
        yield match['valu'], {'match': text[offset:stop], 'offset': offset}
