"""What a Cortex keeps so that Storm can be extended and run by itself.

Each part owns one kind of object: a table in the slab of the cell, the events by which it changes, and what has to run
while this service is the leader. The libraries of Storm (``synapse.lib.storm.libs``) are the doors to them; they check
who asks. What is checked here holds for every caller.

- ``order``: in which definitions came.
- ``pkgschema``, ``packages`` (with ``pkgload``): Storm packages, their modules, commands, permissions and queries at
  load.
- ``edgemeta``: notes about verbs. ``macros``: queries by name. ``queues``: items that wait to be read.
- ``triggerdefs``, ``triggers``: queries that edits set off.
- ``schedule`` (pure), ``cron``: queries at certain times. ``dmons``: queries that run all the time.
- ``services``: remote services that bring packages.
- ``vaults``: secrets and settings. ``oauth`` (with ``oauthclient``): tokens of users, and who gives them.
- ``parts``: all of it.
"""
