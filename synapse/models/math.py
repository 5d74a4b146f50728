"""Algorithms."""

FORMS = """
math:algorithm:type:taxonomy  taxonomy  [new] Kinds of algorithms.
    @is meta:taxonomy

math:algorithm  guid  [new] An algorithm.
    name          str(lower onespace)           The name of the algorithm.
    type          math:algorithm:type:taxonomy  What kind of algorithm it is.
    desc          str                           [text] What it does.
    created       time                          When it was first described.
"""

EDGES = """
math:algorithm -(generates)> *  [new] The algorithm made the node.
"""
