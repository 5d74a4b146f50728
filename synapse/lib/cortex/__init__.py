"""The parts that a Cortex is composed of.

``stacks`` owns layers and views (definitions, gates, the objects), ``queries`` runs Storm for callers (who, where, as a
task, logged), ``feed`` takes packed nodes in bulk, ``svars`` keeps Storm's global variables. Remote callers come in by
``api`` (Telepath) or ``http`` and ``httpdata`` (HTTPS). ``confdefs`` are the options. The service class itself,
``synapse.cortex.Cortex``, only puts them together.
"""
