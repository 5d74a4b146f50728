"""The table from its file to a parser, once a process, when the first query comes.

The file names the grammar text that it was made from. When that is not the text next to it (somebody is working on the
grammar, or the file is missing), the table is made in memory with lark, which takes about a second; nothing is
written, so read-only installations and several processes need no care. ``python -m synapse.lib.storm.grammar.build``
writes the file.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import pathlib
import typing

import synapse.lib.storm.grammar.parser as s_parser

GRAMMAR = pathlib.Path(__file__).with_name('grammar.lark')
TABLE = pathlib.Path(__file__).with_name('table.json')

# Goes up with every change of the layout of the table.
VERSION = 1


@functools.cache
def get_parser() -> s_parser.Parser:
    """Return the parser of this process."""
    return s_parser.Parser(read_table())


def read_table() -> dict[str, typing.Any]:
    """Return the table of the grammar, from its file if that is up to date."""
    text = GRAMMAR.read_text(encoding='utf8')
    try:
        table: dict[str, typing.Any] = json.loads(TABLE.read_text(encoding='utf8'))
    except (OSError, ValueError):
        table = {}
    if table.get('hash') == grammar_hash(text):
        return table
    # named here and not imported above, since lark costs more to import than all of the parser
    build = importlib.import_module('synapse.lib.storm.grammar.build')
    return typing.cast(dict[str, typing.Any], build.build_table(text))


def grammar_hash(text: str) -> str:
    """Return the fingerprint that ties a table to the grammar text that it was made from."""
    return hashlib.sha256(f'{VERSION}\n{text}'.encode()).hexdigest()[:32]
