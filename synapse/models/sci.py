"""Hypotheses, experiments, evidence."""

FORMS = """
sci:hypothesis:type:taxonomy  taxonomy  [new]

sci:hypothesis  guid  [new]
    name          str(lower onespace)
    type          sci:hypothesis:type:taxonomy
    summary       str                           [text]

sci:experiment:type:taxonomy  taxonomy  [new]

sci:experiment  guid  [new]
    name          str(lower onespace)
    summary       str                           [text]
    time          time
    type          sci:experiment:type:taxonomy
    window        ival

sci:observation  guid  [new]
    experiment    sci:experiment
    summary       str               [text]
    time          time

sci:evidence  guid  [new]
    hypothesis    sci:hypothesis
    observation   sci:observation
    summary       str               [text]
    refutes       bool
"""

EDGES = """
sci:experiment -(uses)> *  [new]
sci:observation -(has)> *  [new]
sci:evidence -(has)> *     [new]
"""
