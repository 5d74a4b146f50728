"""Second names of the tools that act on Storm packages: ``synapse.tools.storm.pkg.gen``.

Newer operator documentation groups them here. There is one so far, ``gen``, and it is nothing but another name of
``synapse.tools.genpkg``: both run the same source and print the same lines, so that they cannot drift apart.
"""
