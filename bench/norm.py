"""Nanoseconds per norm of the types that ingest uses most.

    python -m bench.norm [--secs 0.2]

Each row normalises a rotation of inputs, so that caches work as they do on real data: some repeat, most do not.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
import typing

import synapse.models as s_models

ROUND = 1000


def inputs() -> list[tuple[str, str, list[typing.Any]]]:
    """Return (type, what the inputs are, inputs)."""
    hexes = [f'{i * 0x9E3779B97F4A7C15 % (1 << 64):016x}' for i in range(ROUND)]
    return [
        ('int', 'integer', list(range(ROUND))),
        ('int', 'text', [str(i) for i in range(ROUND)]),
        ('str', 'text', [f'some text {i}' for i in range(ROUND)]),
        ('bool', 'true', [True] * ROUND),
        ('float', 'float', [i / 7 for i in range(ROUND)]),
        ('guid', 'hex', [h * 2 for h in hexes]),
        ('guid', 'list', [('acme', i) for i in range(ROUND)]),
        ('time', 'integer', [1583298367000 + i for i in range(ROUND)]),
        ('time', 'ISO text', [f'2020-03-04T05:{i // 60 % 60:02}:{i % 60:02}Z' for i in range(ROUND)]),
        ('ival', 'pair of integers', [(i, i + 1000) for i in range(ROUND)]),
        ('loc', 'text', [f'us.ca.city {i % 100}' for i in range(ROUND)]),
        ('syn:tag', 'text', [f'cno.threat.t{i % 100}.own' for i in range(ROUND)]),
        ('inet:asn', 'integer', list(range(ROUND))),
        ('inet:port', 'integer', list(range(ROUND))),
        ('inet:ipv4', 'integer', [i * 4294967 for i in range(ROUND)]),
        ('inet:ipv4', 'text', [f'{i % 223}.{i % 251}.{i % 13}.{i % 256}' for i in range(ROUND)]),
        ('inet:ipv6', 'text', [f'2001:db8::{i:x}:1' for i in range(ROUND)]),
        ('inet:fqdn', 'names seen before', [f'host{i % 100}.example.com' for i in range(ROUND)]),
        ('inet:fqdn', 'new names', []),
        (
            'inet:dns:a',
            'name and text address',
            [(f'h{i % 200}.example.com', f'10.0.{i % 9}.{i % 256}') for i in range(ROUND)],
        ),
        ('inet:server', 'text', [f'tcp://10.1.{i % 9}.{i % 256}:80' for i in range(ROUND)]),
        ('inet:url', 'text', [f'http://host{i % 100}.example.com/path/{i}?x={i}' for i in range(ROUND)]),
        ('inet:email', 'text', [f'user{i}@host{i % 50}.example.com' for i in range(ROUND)]),
        ('file:bytes', 'sha256 text', [h * 4 for h in hexes]),
        ('file:path', 'text', [f'C:\\Windows\\System32\\f{i}.exe' for i in range(ROUND)]),
        ('hash:md5', 'text', [h * 2 for h in hexes]),
        ('ou:name', 'text', [f' The Vertex Project {i}' for i in range(ROUND)]),
        ('econ:price', 'text', [f'{i}.{i % 100:02}' for i in range(ROUND)]),
    ]


def measure(func: typing.Callable[[typing.Any], typing.Any], values: typing.Iterator[typing.Any], secs: float) -> float:
    """Return nanoseconds per call, the best of several runs of the given length."""
    best = float('inf')
    for _ in range(5):
        count, start = 0, time.perf_counter_ns()
        while True:
            batch = list(itertools.islice(values, ROUND))
            begin = time.perf_counter_ns()
            for valu in batch:
                func(valu)
            best = min(best, (time.perf_counter_ns() - begin) / ROUND)
            count += ROUND
            if time.perf_counter_ns() - start > secs * 2e8:
                break
    return best


def main(argv: typing.Sequence[str] = ()) -> None:
    """Print the table."""
    pars = argparse.ArgumentParser(prog='bench.norm', description='Nanoseconds per norm of the most used types.')
    pars.add_argument('--secs', type=float, default=0.2, help='seconds for each row')
    args = pars.parse_args(argv)
    model = s_models.load()
    print(f'{"type":<14} {"input":<24} {"ns/norm":>8} {"ns/indx":>8}')
    for name, what, values in inputs():
        typo = model.reqType(name)
        fresh = (f'host{i}.example.com' for i in itertools.count())
        source = itertools.cycle(values) if values else fresh
        norm = measure(typo.norm, source, args.secs)
        norms = [typo.norm(valu)[0] for valu in itertools.islice(source, ROUND)]
        indx = measure(typo.indx, itertools.cycle(norms), args.secs / 4)
        print(f'{name:<14} {what:<24} {norm:8.0f} {indx:8.0f}')


if __name__ == '__main__':
    main(sys.argv[1:])
