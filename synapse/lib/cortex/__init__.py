"""The parts that a Cortex is composed of.

Layers and views: ``stackbase`` (the objects, looking up, packing), ``stacklayers``, ``stackviews`` and ``stackforks``
(definitions and their changes), ``stacks`` (the whole), ``held`` and ``merge`` (what layers hold, on its way to
others), ``quorum`` (merge requests), ``pushpull`` (layers that follow others). Named graph projections: ``graphs``.
Storm for callers, with who, where, as a task and logged: ``queries``. Nodes in bulk: ``feed``, ``columns``. Node edits
from outside and edit logs: ``edits`` (checking and showing them), ``sync`` (following logs), ``rows`` (indexes as
rows). What users
add to the model: ``extadd``, and with its removal ``extmodel``; the rules for tags: ``tagmodel``; values that follow a
new version of the model: ``modelrev``; users and roles as values: ``names``. Auth gates of projects:
``projects``. Known permissions: ``permdefs``. Storm's
global variables: ``svars``. Documents: ``jsonstor`` and ``axon`` (embedded, see ``embed``, or remote).

Remote callers come in by ``api``, ``apimodel``, ``apiext`` and ``apisync`` (Telepath) or ``http`` and ``httpdata``
(HTTPS). HTTP endpoints that users write in Storm: ``webapis`` (the definitions), ``webhandler`` (answering).
Queries that run on mirrors: ``stormpool``.
``confdefs`` are the options. The service class itself, ``synapse.cortex.Cortex``, only puts them together.

Two rules hold for all that changes something: it is checked completely before it is logged, and the handler of the
logged event checks again what two callers could have broken together.
"""
