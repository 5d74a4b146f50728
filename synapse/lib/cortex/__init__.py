"""The parts that a Cortex is composed of. The service itself, ``synapse.cortex.Cortex``, only puts them together.

Two rules hold for all that changes something: it is checked completely before it is logged, and the handler of the
logged event checks again what two callers could have broken together.

- Layers and views: ``stackbase`` (the objects, looking up, packing), ``stacklayers``, ``stackviews`` and ``stackforks``
  (definitions and their changes), ``stacks`` (the whole), ``held`` and ``merge`` (what layers hold, on its way to
  others), ``quorum`` (merge requests), ``pushpull`` (layers that follow others). Named graph projections: ``graphs``.
- Storm for callers, with who, where, as a task and logged: ``queries``; those that run on mirrors: ``stormpool``.
- Nodes in bulk: ``feed``, ``columns``. Node edits from outside and edit logs: ``edits`` (checking and showing them),
  ``sync`` (following logs), ``rows`` (indexes as rows).
- The model: what users add to it (``extadd``, and with its removal ``extmodel``), the rules for tags (``tagmodel``),
  values that follow a new version of it (``modelrev``), users and roles as values (``names``).
- Options: ``confdefs``. Known permissions: ``permdefs``. Auth gates of projects: ``projects``. Storm's global
  variables: ``svars``. Blobs and documents: ``axon`` and ``jsonstor`` (embedded, see ``embed``, or remote).
- Remote callers come in by ``api``, ``apimodel``, ``apiext`` and ``apisync`` (Telepath) or ``http`` and ``httpdata``
  (HTTPS). HTTP endpoints that users write in Storm: ``webapis`` (the definitions), ``webhandler`` (answering).
"""
