"""Tab: commands, forms, props and libraries from what the Cortex tells at the start, tags asked for live."""

from __future__ import annotations

import re
import typing

import prompt_toolkit.completion as pt_completion
import prompt_toolkit.document as pt_document

import synapse.exc as s_exc

MAX_TAGS = 100

# The last word before the cursor, as far as it can be the beginning of a name.
WORD = re.compile(r'[#$]?[\w:.]*$')


class Completer(pt_completion.Completer):
    """Completes the last word of a Storm query.

    Args:
        core: A Telepath proxy to a Cortex.
    """

    def __init__(self, core: typing.Any) -> None:
        self.core = core
        self.names: dict[str, str] = {}

    async def load(self) -> None:
        """Ask the Cortex for its names. A Cortex that cannot tell leaves only tags to complete."""
        try:
            info = await self.core.getCoreInfoV2()
        except s_exc.SynErr:
            return
        for name, form in info.get('modeldict', {}).get('forms', {}).items():
            self.names[name] = 'form'
            for prop in form.get('props', {}):
                self.names[name + prop if prop.startswith('.') else f'{name}:{prop}'] = 'prop'
        docs = info.get('stormdocs', {})
        for item in docs.get('commands') or ():
            self.names[item['name']] = 'cmd'
        for lib in docs.get('libraries') or ():
            path = '$' + '.'.join(lib['path'])
            self.names[path] = 'lib'
            for local in lib.get('locals') or ():
                self.names[f'{path}.{local["name"]}'] = 'lib'

    def matches(self, word: str) -> typing.Iterator[str]:
        """Yield the known names that start with a word, up to the next separator: one level at a time."""
        seen = set()
        for name in sorted(self.names):
            if not name.startswith(word):
                continue
            rest = re.match(r'[:.]?[\w]*[:.]?', name[len(word) :])
            stem = name[: len(word) + len(rest.group())] if rest else name
            for item in (name,) if stem.rstrip(':.') == name else (stem,):
                if item != word and item not in seen:
                    seen.add(item)
                    yield item

    async def tags(self, stem: str) -> list[str]:
        """Return the tags that start with some text."""
        query = f'syn:tag^=$stem | limit {MAX_TAGS}' if stem else f'syn:tag | limit {MAX_TAGS}'
        found = []
        try:
            async for name, info in self.core.storm(query, opts={'vars': {'stem': stem}, 'show': ['node']}):
                if name == 'node':
                    found.append(info[0][1])
        except s_exc.SynErr:
            return []
        return sorted(found)

    def get_completions(
        self, document: pt_document.Document, complete_event: pt_completion.CompleteEvent
    ) -> typing.Iterable[pt_completion.Completion]:
        """Yield nothing: completion asks the Cortex, which only the asynchronous form can do."""
        return ()

    async def get_completions_async(
        self, document: pt_document.Document, complete_event: pt_completion.CompleteEvent
    ) -> typing.AsyncGenerator[pt_completion.Completion, None]:
        """Yield what may follow the text before the cursor."""
        match = WORD.search(document.text_before_cursor)
        word = match.group() if match else ''
        if word.startswith('#'):
            for tag in await self.tags(word[1:]):
                yield pt_completion.Completion(f'#{tag}', start_position=-len(word), display_meta='tag')
        elif word:
            for name in self.matches(word):
                meta = self.names.get(name, '')
                yield pt_completion.Completion(name, start_position=-len(word), display_meta=meta)
