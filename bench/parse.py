"""Time to parse: the first query of a process, short new queries, longer ones, and texts of a size.

    python -m bench.parse [--secs 0.5]

Each row parses texts that were not seen before (a number in them changes), so the cache of trees never helps; the last
row is a text that was. Rows of the first query are fresh processes, medians of five.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import typing

import synapse.lib.storm.grammar as s_grammar

TENLINES = """
// who talks to the hosts of one campaign
function seen(node, since=(2020)) { return($node.props.get(".seen")) }
$limit = (%d) $names = (foo, bar, baz)
inet:fqdn=host%d.example.com +#cno.threat.t83 -(:zone=com or :issuffix=(true))
-> inet:dns:a -> inet:ipv4 +(:asn>(10) and not :loc^=us)
{ -> inet:asn [ +#rep.seen.asn=(2020, 2021) ] }
for $name in $names { [ <(refs)+ { media:news:title=$name } ] }
if ($node.value() > 5 and $limit) { $lib.print(`{$node.repr()} has {$limit * 2} left`) } else { [ :asn?=5 +#low ] }
-(refs)> * +{ -> meta:source } >= 2
| uniq | limit 10
"""

ROWS: list[tuple[str, typing.Callable[[int], str]]] = [
    ('lift by value', lambda n: f'inet:ipv4=1.2.3.{n}'),
    ('add one node', lambda n: f'[ inet:fqdn=one{n}.r2.com ]'),
    (
        'add, rich',
        lambda n: f'[ inet:dns:a=(h{n}.com, 1.2.3.4) :seen=(2020, 2021) +#a.b.c=2020 +(refs)> {{ inet:asn=5 }} ]',
    ),
    ('filter and pivot', lambda n: f'inet:ipv4:asn={n} +:loc=us +#foo.bar -> inet:dns:a:ipv4 | limit 10'),
    ('expression', lambda n: f'return((($x + {n}) * 2 - $y.z() / 3 > 5 and not $w))'),
    ('ten lines', lambda n: TENLINES % (n, n)),
    (
        '100 KB of edits',
        lambda n: '[ ' + ' '.join(f'(inet:ipv4=1.2.{n % 256}.{i} :asn=5 +#foo)' for i in range(2500)) + ' ]',
    ),
    (
        '100 KB of JSON',
        lambda n: '$x=([' + ', '.join(f'{{"a": {n}, "b": ["c", 2.5, true]}}' for _ in range(2800)) + '])',
    ),
]

FRESH = """
import time
import synapse.lib.storm.grammar as g
t0 = time.perf_counter()
g.parse_query('[ inet:fqdn=one17.r2.com ]')
t1 = time.perf_counter()
g.parse_query('inet:ipv4 +:asn=5 -> inet:dns:a | limit 10')
print((t1 - t0) * 1e3, (time.perf_counter() - t1) * 1e3)
"""


def measure(make: typing.Callable[[int], str], secs: float) -> float:
    """Return the median microseconds of parsing new texts."""
    times = []
    stop = time.perf_counter() + secs
    count = 0
    while time.perf_counter() < stop:
        count += 1
        text = make(count)
        start = time.perf_counter()
        s_grammar.parse_query(text)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def fresh() -> tuple[float, float]:
    """Return milliseconds of the first and of the second query of a process."""
    runs = []
    for _ in range(5):
        proc = subprocess.run([sys.executable, '-c', FRESH], capture_output=True, text=True, check=True)
        runs.append([float(item) for item in proc.stdout.split()])
    first, second = (statistics.median(column) for column in zip(*runs, strict=True))
    return first, second


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    pars = argparse.ArgumentParser(prog='bench.parse')
    pars.add_argument('--secs', type=float, default=0.5, help='seconds for each row')
    opts = pars.parse_args([] if argv is None else argv)
    first, second = fresh()
    print(f'{"first query of a process":<26}{first * 1e3:>12.0f} us')
    print(f'{"second query of a process":<26}{second * 1e3:>12.0f} us')
    for name, make in ROWS:
        print(f'{name:<26}{measure(make, opts.secs):>12.1f} us   {len(make(1)):>7} characters')
    print(f'{"a text seen before":<26}{measure(lambda n: "inet:ipv4=1.2.3.4", opts.secs):>12.2f} us')
    return 0


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
