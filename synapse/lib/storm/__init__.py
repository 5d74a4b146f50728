"""Storm: the query language of the Cortex.

``grammar`` turns text into the tree of ``ast`` (one LALR pass over a table that is ready-made, results cached by
text). Everything after that works on the tree once, never while nodes flow.

Files in reading order: ``ast`` (the vocabulary), ``grammar`` (text to tree).
"""
