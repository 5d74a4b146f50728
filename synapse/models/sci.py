"""Hypotheses, experiments, evidence."""

FORMS = """
sci:hypothesis:type:taxonomy  taxonomy  [new] Kinds of hypotheses.

sci:hypothesis  guid  [new] Something that may be true.
    name          str(lower onespace)           A short title.
    type          sci:hypothesis:type:taxonomy  What kind of hypothesis it is.
    summary       str                           [text] What may be true.

sci:experiment:type:taxonomy  taxonomy  [new] Kinds of experiments.

sci:experiment  guid  [new] A test of a hypothesis.
    name          str(lower onespace)           A short title.
    summary       str                           [text] What was done.
    time          time                          When it was done.
    type          sci:experiment:type:taxonomy  What kind of experiment it is.
    window        ival                          From when to when it went on.

sci:observation  guid  [new] Something that was seen in an experiment.
    experiment    sci:experiment    The experiment.
    summary       str               [text] What was seen.
    time          time              When it was seen.

sci:evidence  guid  [new] An observation speaks for or against a hypothesis.
    hypothesis    sci:hypothesis    The hypothesis.
    observation   sci:observation   The observation.
    summary       str               [text] How it speaks for or against it.
    refutes       bool              Whether it speaks against it.
"""

EDGES = """
sci:experiment -(uses)> *  [new] The experiment made use of the node.
sci:observation -(has)> *  [new] The observation consists of the node.
sci:evidence -(has)> *     [new] The evidence consists of the node.
"""
