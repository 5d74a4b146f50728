"""Algorithms."""

FORMS = """
math:algorithm:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

math:algorithm  guid  [new]
    name          str(lower onespace)
    type          math:algorithm:type:taxonomy
    desc          str                           [text]
    created       time
"""

EDGES = """
math:algorithm -(generates)> *  [new]
"""
