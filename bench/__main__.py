"""Run all measurements, or those named on the command line."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def names() -> list[str]:
    return sorted(item.name for item in pkgutil.iter_modules(bench.__path__) if not item.name.startswith('_'))


def main(argv: list[str]) -> int:
    """Run measurements by name, all of them without a name."""
    unknown = set(argv) - set(names())
    if unknown:
        print(f'no such measurement: {", ".join(sorted(unknown))} (there are: {", ".join(names())})')
        return 2
    for name in argv or names():
        print(f'== {name}', flush=True)
        importlib.import_module(f'bench.{name}').main()
    return 0


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
