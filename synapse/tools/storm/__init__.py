"""The Storm prompt: ``python -m synapse.tools.storm cell:///path/to/cortex``, or one query and out.

The tool is a client like any other: it sends query text and prints the messages that stream back while the query runs.
Its output format is a contract that scripts parse (spec: cortex.md 11.1), so printing is a module of its own that knows
nothing of connections.

Files in reading order: ``output`` (messages to lines), ``session`` (one connection: options, running a query),
``local`` (the commands that start with ``!`` and work on local files), ``complete`` (Tab), ``cli`` (arguments, the
loop). The package ``pkg`` holds second names of tools for Storm packages.
"""
