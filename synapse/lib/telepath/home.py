"""The user's own folder, ``~/.syn`` or ``$SYN_DIR``: where it is, and the aliases in it (spec: telepath.md 11.4)."""

from __future__ import annotations

import os

import synapse.common as s_common


def syn_dir(*names: str) -> str:
    """Return a path in the user's folder."""
    return s_common.genpath(os.environ.get('SYN_DIR') or '~/.syn', *names)


def alias(name: str) -> str | None:
    """Return the URL that ``aliases.yaml`` has for a name, None when there is none.

    An exact key wins; else the text before the first ``/`` is looked up and the rest is appended to its URL. The file
    is read on each look-up, so that a long-lived process sees edits.
    """
    aliases = s_common.yamlload(syn_dir('aliases.yaml'))
    if not isinstance(aliases, dict):
        return None
    url = aliases.get(name)
    if url is not None:
        return str(url)
    head, slash, rest = name.partition('/')
    url = aliases.get(head)
    if url is None or not slash:
        return None
    return f'{url}/{rest}'
