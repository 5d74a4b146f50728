"""Text to tree: the grammar of Storm and what runs it.

Two ideas. The language is written down once, readably, in ``grammar.lark``, and lark turns that into an LALR table when
the grammar changes, not when a server starts: the table is a file of this package. And the table is run by a loop of
our own, which calls the actions that make the tree while it reads; a short query takes some tens of microseconds.

Trees are shared through a cache by text, so nobody may change one.

Files in reading order:

- ``grammar.lark``: the language. ``table.json``: the table, made from it by ``build``.
- ``lexer``: terminals and the look-ahead for parentheses. ``parser``: the table in memory and the loop.
- ``tokens``, ``values``, ``opers``, ``statements``: the actions, which make the nodes of ``synapse.lib.storm.ast``.
- ``errors``: BadSyntax as users see it. ``modes``: lookup words and command lines, which are no Storm.
- ``cache``: trees by text. ``depth``: the bound on nesting. ``load``: the table from its file.
"""

from __future__ import annotations

import asyncio

import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.cache as s_cache
import synapse.lib.storm.grammar.depth as s_depth
import synapse.lib.storm.grammar.errors as s_errors
import synapse.lib.storm.grammar.load as s_load
import synapse.lib.storm.grammar.modes as s_modes
from synapse.lib.storm.grammar.errors import bad_syntax, highlight
from synapse.lib.storm.grammar.modes import parse_cmdargs

__all__ = ['bad_syntax', 'highlight', 'parse_async', 'parse_cmdargs', 'parse_query', 'parse_value']

_trees = s_cache.TreeCache(s_limits.STORM_TREES, s_limits.STORM_TREES_TEXT)


def parse_query(text: str, mode: str = 'storm') -> s_ast.Query:
    """Return the tree of a query.

    Args:
        text: The query.
        mode: ``storm``, or ``lookup``, ``autoadd``, ``search`` for words with an optional query behind a pipe; the
            first stage is a Lookup then. Any other mode is ``storm`` (storm-language.md 10.3).

    Raises:
        BadSyntax: The text does not parse, or it is longer than limits.STORM_TEXT; fields as in 10.5.
        RecursionLimitHit: It is nested more deeply than limits.STORM_TREE_DEPTH.
    """
    key = (mode, text)
    tree = _trees.get(key)
    if tree is None:
        if len(text) > s_limits.STORM_TEXT:
            mesg = f'Query text is longer than {s_limits.STORM_TEXT} characters'
            raise s_errors.bad_syntax(mesg, text[:1000], 0, 0)
        if mode in s_modes.LOOKUP_MODES:
            tree = s_modes.parse_lookup(text, mode)
        else:
            tree = s_load.get_parser().parse(text)
            tree.span = (0, len(text))
        s_depth.check_depth(tree, text)
        if len(text) <= s_limits.STORM_LONG_TEXT:
            _trees.put(key, tree)
    assert isinstance(tree, s_ast.Query)
    return tree


async def parse_async(text: str, mode: str = 'storm') -> s_ast.Query:
    """As parse_query; a long text is parsed in a thread meanwhile the event loop serves others."""
    if len(text) <= s_limits.STORM_LONG_TEXT:
        return parse_query(text, mode)
    return await asyncio.to_thread(parse_query, text, mode)


def parse_value(text: str) -> s_ast.Value:
    """Return the tree of a text that must be one value (storm-language.md 5.1); errors as parse_query."""
    key = ('value', text)
    tree = _trees.get(key)
    if tree is None:
        tree = s_load.get_parser().parse(text, 'start_value')
        s_depth.check_depth(tree, text)
        if len(text) <= s_limits.STORM_LONG_TEXT:
            _trees.put(key, tree)
    assert isinstance(tree, s_ast.Value)
    return tree
