"""``$lib.scrape``: indicators in text (spec: storm-runtime.md 21, types.md 6)."""

from __future__ import annotations

import logging
import typing

import synapse.exc as s_exc
import synapse.lib.scrape as s_scrape
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.automation.modules as s_modules
import synapse.lib.storm.libs.values.regex as s_libregex
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Genr = typing.AsyncGenerator[tuple[Any, ...], None]
lib = s_registry.lib
logger = logging.getLogger(__name__)
s_registry.libdoc('$lib.scrape', 'Indicators in text, defanged ones too.')


class Claim(typing.NamedTuple):
    """An indicator that a package found, as ``synapse.lib.scrape.Hit`` is one that we found."""

    form: str
    context: Any

    def info(self) -> Any:
        """Return what the package says of it."""
        return self.context


async def found(
    rt: Runtime, text: str, forms: typing.Container[str] | None = None, refang: bool = True
) -> typing.AsyncGenerator[tuple[s_scrape.Hit | Claim, Any, Any], None]:
    """Yield (hit, value, norm info) of the indicators in a text that the data model accepts, ours before others'."""
    for hits in s_scrape.parts(text, forms, refang):
        for row in s_scrape.normed(rt.model, hits):
            yield row
            await rt.breathe()
        await rt.breathe()
    cortex = rt.query.core.cortex
    if not cortex.conf.get('storm:interface:scrape', True):
        return
    for mdef, _ in list(cortex.automation.packages.modules.values()):
        if 'scrape' in (mdef.get('interfaces') or ()):
            async for claim, norm, info in _claims(rt, mdef['name'], text):
                if forms is None or claim.form in forms:
                    yield claim, norm, info


async def _claims(rt: Runtime, name: str, text: str) -> typing.AsyncGenerator[tuple[Claim, Any, Any], None]:
    """Ask the function ``scrape(text)`` of a module, which gives (form, value, info) triples.

    A module that fails, or says what makes no sense, is told of in the log and does no other harm.
    """
    try:
        module = await s_modules.lib_import(rt, name)
        func = module.vars.get('scrape')
        if not isinstance(func, s_objects.StormFunc):
            return
        items = await s_objects.call_storm(rt, func, [text], {})
        async for item in s_objects.iterate(rt, items):
            form, valu, context = s_coerce.toprim(item)
            kind = rt.model.form(form)
            if kind is None:
                continue
            try:
                norm, info = kind.type.norm(valu)
            except s_exc.BadTypeValu:
                continue
            yield Claim(form, context), norm, info
            await rt.breathe()
    except (s_exc.SynErr, TypeError, ValueError) as e:  # also of items that are no triples
        logger.warning('The scrape interface of the module %s failed: %s', name, e)


@lib('$lib.scrape.context')
async def scrape_context(rt: Runtime, text: str) -> Genr:
    """Yield (form, value, info) of what is found; the info tells the text that matched and its offset."""
    async for hit, norm, _ in found(rt, text):
        yield hit.form, s_coerce.keep(norm), hit.info()


@lib('$lib.scrape.ndefs')
async def scrape_ndefs(rt: Runtime, text: str) -> Genr:
    """Yield (form, value) of what is found, each once."""
    seen: set[tuple[str, Any]] = set()
    async for hit, norm, _ in found(rt, text):
        ndef = (hit.form, norm)
        if ndef not in seen:
            seen.add(ndef)
            yield hit.form, s_coerce.keep(norm)


@lib('$lib.scrape.genMatches')
async def scrape_matches(rt: Runtime, text: str, pattern: str, fangs: Prim = None, flags: int = 2) -> Genr:
    """Yield (text, info) of the matches of a pattern that has a group named valu.

    The pairs of fangs are replaced first. Raises: BadArg, StormRuntimeError (the pattern took too long).
    """
    rule = s_libregex.compiled(pattern, flags)
    if 'valu' not in rule.groupindex:
        raise s_exc.BadArg(mesg=f'The pattern has no group named valu: {pattern[:1000]}')
    rows = s_scrape.matches(text, rule, _pairs(fangs), timeout=s_libregex.TIMEOUT)
    while (row := s_libregex.timed(pattern, lambda: next(rows, None))) is not None:
        yield row
        await rt.breathe()


def _pairs(fangs: Any) -> list[tuple[str, str]]:
    """Return (spelling, replacement) pairs. Raises: BadArg."""
    pairs = []
    for pair in fangs or ():
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise s_exc.BadArg(mesg='fangs must be a list of (text, replacement) pairs.')
        pairs.append((s_coerce.tostr(pair[0]), s_coerce.tostr(pair[1])))
    return pairs
