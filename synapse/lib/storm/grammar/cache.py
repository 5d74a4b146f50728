"""Trees by text: queries come again and again, so the tree of a text is made once while it is remembered.

Bounded twice, by number and by the characters of all texts, least recently used first out. A tree is shared by all
who asked for its text: nobody may change it.
"""

from __future__ import annotations

import collections
import threading

import synapse.lib.storm.ast as s_ast

Key = tuple[str, str]


class TreeCache:
    """A mapping (mode, text) -> tree with the two bounds. Threads may share it."""

    def __init__(self, count: int, chars: int) -> None:
        self.count = count
        self.chars = chars
        self.used = 0
        self.lock = threading.Lock()
        self.trees: collections.OrderedDict[Key, s_ast.Node] = collections.OrderedDict()

    def get(self, key: Key) -> s_ast.Node | None:
        """Return the tree and make it the most recent one, or None."""
        with self.lock:
            tree = self.trees.get(key)
            if tree is not None:
                self.trees.move_to_end(key)
            return tree

    def put(self, key: Key, tree: s_ast.Node) -> None:
        """Remember a tree; forget the least recent ones beyond the bounds."""
        with self.lock:
            if self.trees.pop(key, None) is not None:
                self.used -= len(key[1])
            self.trees[key] = tree
            self.used += len(key[1])
            while self.trees and (len(self.trees) > self.count or self.used > self.chars):
                (_, text), _ = self.trees.popitem(last=False)
                self.used -= len(text)
