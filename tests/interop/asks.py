"""The query stories as one plain file, for tools that ask two Cortexes the same and compare what they say.

    python -m tests.interop.asks > asks.txt

Queries are parted by lines of ``---``; the first line of one may hold its options, ``#opts {json}``. Written are those
that both sides answer alike (``## peer`` says which do not), from the messages of one connection: not those that need
another user or another call. Each story begins with a query that removes what the one before has left.
"""

from __future__ import annotations

import json
import sys
import typing

import tests.interop.sidebyside as t_side
import tests.lib.storm.test_queries as t_queries

_WIPE = """
for $item in $lib.trigger.list() { $lib.trigger.del($item.iden) }
for $item in $lib.cron.list() { $lib.cron.del($item.iden) }
.created | delnode --force
"""


def asks() -> typing.Iterator[str]:
    """Yield the queries in order, with their options."""
    yield t_side.SETUP
    for path in t_queries.CASES:
        yield f'// {path.stem}\n{t_side.CLEAN}'
        yield _WIPE
        for case in t_queries.read_cases(path):
            fails = any(row.startswith('fails ') for row in case.expect)  # the whole call: its error is no message
            if case.heads.keys() <= {'opts'} and case.query.strip() and '\n---\n' not in case.query and not fails:
                yield f'#opts {json.dumps(case.opts)}\n{case.query}'


if __name__ == '__main__':
    sys.stdout.write('\n---\n'.join(query.strip('\n') for query in asks()))
