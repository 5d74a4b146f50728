"""The bound on the depth of a tree, so that whoever walks over one may recurse."""

from __future__ import annotations

import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors

# Every level of a tree costs the text at least one of these characters (or is one of a fixed few around a leaf).
_NESTING = (*'({[.+-*/%`=<>~', 'not')
_FIXED = 16


def check_depth(tree: s_ast.Node, text: str) -> None:
    """Raise RecursionLimitHit if the tree is deeper than limits.STORM_TREE_DEPTH.

    Looking at every node is skipped for texts that have too few characters, or too few that nest, to get that deep.
    """
    limit = s_limits.STORM_TREE_DEPTH
    if len(text) < limit - _FIXED or sum(map(text.count, _NESTING)) < limit // 2 - _FIXED:
        return
    level = [tree]
    for _ in range(limit):
        level = [child for node in level for child in s_ast.children(node)]
        if not level:
            return
    raise s_errors.too_deep(text)
