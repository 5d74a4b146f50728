"""Storm: the query language of the Cortex, from text to messages.

A query passes three stages, each with a product that can be printed and kept: ``grammar`` turns *text* into the
*tree* of ``ast``; ``compile`` turns the tree into a *plan* of operators, with names resolved and expressions made into
Python callables; running the plan moves *batches* of paths (a node, and the variables of the way to it). Nothing looks
at the tree while nodes flow, and a plan is immutable, so it is kept by text and run by many queries at once.

Three ideas carry the engine:

- **The visible order is that of single nodes.** Operators without effects work on whole batches. One with effects takes
  batches apart and lets each node travel to the end before it looks at the next; in a query that edits, every stage
  does.
- **Edits are buffered, and nobody can tell.** They take effect at once for the query itself and are flushed as one log
  event before anything else could observe them (``synapse.lib.view.editor``). A message leaves only after the edits
  before it are on disk (``outbox``).
- **A query shares the event loop.** It lets others run every few milliseconds (``Runtime.breathe``) and ends at the
  next step when it is cancelled.

Files in reading order:

- ``ast``, ``grammar/``: the tree and the parser.
- ``plan``: what an operator is. ``runtime``: paths, variables, permissions. ``outbox``: messages on their way out.
- ``coerce``, ``registry``, ``objects``: values; the functions and types that Storm can name; what can be done
  with them.
- ``compile``: declaring variables, making operators. ``values``: expressions. ``highlight`` (with ``parts``): where
  in the text an error is.
- ``picks`` and ``lifts``, ``runts`` (nodes made from the live model), ``filters``, ``pivots``, ``edits`` (with
  ``guidctor``), ``control`` and ``flow`` (with ``signals``), ``lookup``: the operators.
- ``optimize``, ``fastcount``: letting indexes answer more.
- ``cmdargs``, ``command``, ``purecmd`` (those that are written in Storm), ``commands/``: commands. ``libs/``: ``$lib``
  and the methods of values.
- ``docs``: what can be named, as data.
- ``pack``, ``links`` (how nodes were reached), ``run``: nodes for the client; one query from start to end.
  ``colors``: their display.
"""
