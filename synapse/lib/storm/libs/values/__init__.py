"""Plain values and what can be done with them (spec: storm-runtime.md 2, 4). Nothing here knows of nodes or services.

Text, numbers, bytes and lists are Python's own; their methods are functions that are registered by type. What can run
long or grow large has a bound: a regular expression a time, a set a size above which it goes to disk.

- ``strs``, ``numbers``, ``bytes``, ``time``: single values. ``lists`` (and dicts), ``sets``: many of them.
- ``regex``: searching text.
- ``formats``: JSON, YAML, XML, HTML. ``tabular``: tables to be printed.
"""

from synapse.lib.storm.libs.values import (
    bytes as bytes,
    formats as formats,
    lists as lists,
    numbers as numbers,
    regex as regex,
    sets as sets,
    strs as strs,
    tabular as tabular,
    time as time,
)
