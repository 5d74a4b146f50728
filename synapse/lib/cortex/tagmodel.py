"""The tag model: what the parts of tags must look like, and when parents go with their children (types.md 5.7).

A definition belongs to a tag and holds for all tags below it. ``regex`` lists one pattern (or None) for each level,
counted from the root. ``prune`` is the number of levels, the tag itself being the first, whose tags are removed from a
node together with the last tag right below them.

The definitions are kept in the log. The model is told by two hooks, which are only there while a definition needs them:
``tag:check`` for the type of tags, ``tag:prune`` for the editor.
"""

from __future__ import annotations

import functools
import typing

import regex

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.model.model as s_model
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab

Def = dict[str, typing.Any]

_check = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'prune': {'type': 'number', 'minimum': 1},
            'regex': {'type': 'array', 'items': {'type': ['string', 'null']}},
        },
        'additionalProperties': False,
    }
)


class TagModel(s_nexus.Pusher):
    """The definitions by tag.

    Args:
        cell: The Cortex: its log and slab.
        model: The data model, whose hooks are set.
    """

    async def __anit__(self, cell: s_cell.Cell, model: s_model.Model) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:tagmodel', nexsroot=cell.nexsroot, slab=cell.slab)
        self.model = model
        self.defs = s_slab.KeyVal(cell.slab, 'cortex:tagmodel')
        self._rules: dict[str, tuple[tuple[str, typing.Any] | None, ...]] = {}
        self._prunes: dict[str, float] = {}
        self._serve()

    # asking

    def name(self, tag: str) -> str:
        """Return the tag that a text means. Raises: BadTypeValu, BadArg (too long)."""
        typ: typing.Any = self.model.reqType('syn:tag')
        name: str = typ.plain(tag)
        if len(name.encode('utf8', 'surrogatepass')) > s_limits.TAG_BYTES:
            raise s_exc.BadArg(mesg=f'The tag is too long: {name[:100]}...')
        return name

    def get(self, tag: str) -> Def | None:
        """Return the definition of a tag, None without one."""
        found = self.defs.get(self.name(tag))
        return None if found is None else dict(found)

    def items(self) -> list[tuple[str, Def]]:
        """Return (tag, definition) pairs, by tag."""
        return [(tag, dict(info)) for tag, info in self.defs.items()]

    # changing

    async def set(self, tag: str, name: str, valu: typing.Any) -> None:
        """Set one entry of the definition of a tag. Raises: SchemaViolation, BadArg (pattern), BadTypeValu (tag)."""
        tag = self.name(tag)
        _check({name: valu})
        for text in valu if name == 'regex' else ():
            if text is not None:
                _compiled(text)
        await self._push('tag:model:set', tag, name, valu)

    async def pop(self, tag: str, name: str) -> typing.Any:
        """Remove one entry and return it; None when it is not there."""
        tag = self.name(tag)
        if name not in (self.defs.get(tag) or {}):
            return None
        return await self._push('tag:model:pop', tag, name)

    async def delete(self, tag: str) -> None:
        """Remove the definition of a tag, if there is one."""
        tag = self.name(tag)
        if self.defs.has(tag):
            await self._push('tag:model:del', tag)

    @s_nexus.Pusher.onPush('tag:model:set')
    def _on_set(self, tag: str, name: str, valu: typing.Any) -> None:
        self.defs.set(tag, {**(self.defs.get(tag) or {}), name: valu})
        self._serve()

    @s_nexus.Pusher.onPush('tag:model:pop')
    def _on_pop(self, tag: str, name: str) -> typing.Any:
        info = dict(self.defs.get(tag) or {})
        if name not in info:  # no longer; an empty definition is not to be made
            return None
        valu = info.pop(name)
        self.defs.set(tag, info)
        self._serve()
        return valu

    @s_nexus.Pusher.onPush('tag:model:del')
    def _on_del(self, tag: str) -> None:
        self.defs.pop(tag, None)
        self._serve()

    # answering the model

    def _serve(self) -> None:
        """Take in the definitions, and set the hooks that they need."""
        self._rules.clear()
        self._prunes.clear()
        for tag, info in self.defs.items():
            if info.get('regex'):
                self._rules[tag] = tuple(None if text is None else (text, _compiled(text)) for text in info['regex'])
            if info.get('prune'):
                self._prunes[tag] = info['prune']
        self._hook('tag:check', functools.lru_cache(s_limits.TAG_CHECKS)(self._check) if self._rules else None)
        self._hook('tag:prune', self._prunable if self._prunes else None)
        self.model.changed()

    def _hook(self, name: str, func: typing.Callable[..., typing.Any] | None) -> None:
        if func is None:
            self.model.hooks.pop(name, None)
        else:
            self.model.hooks[name] = func

    def _check(self, tag: str, parts: tuple[str, ...]) -> str | None:
        """Return why a tag is refused, None when it is not."""
        name = ''
        for part in parts:
            name = f'{name}.{part}' if name else part
            for level, rule in zip(parts, self._rules.get(name, ()), strict=False):
                if rule is not None and not _fits(rule[1], level):
                    return f'Tag part ({level}) of tag ({tag}) does not match the tag model regex: [{rule[0]}]'
        return None

    def _prunable(self, tag: str) -> bool:
        """Does a tag go when nothing is left below it?"""
        parts = tag.split('.')
        return any(len(parts) - numb < self._prunes.get('.'.join(parts[:numb]), 0) for numb in range(1, len(parts) + 1))


@functools.lru_cache(maxsize=1024)
def _compiled(text: str) -> typing.Any:
    """Return a compiled pattern. Raises: BadArg."""
    try:
        return regex.compile(text)
    except (regex.error, RecursionError, ValueError, OverflowError) as e:
        raise s_exc.BadArg(mesg=f'Invalid tag model regex [{text[:1000]}]: {e}') from e


def _fits(rule: typing.Any, part: str) -> bool:
    try:
        return rule.fullmatch(part, timeout=s_limits.TAG_CHECK_TIME) is not None
    except TimeoutError:
        return False
