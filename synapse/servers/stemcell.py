"""Run the cell class that a directory names: ``python -m synapse.servers.stemcell DIR [flags]`` (cell.md 1.2)."""

from __future__ import annotations

import sys

import synapse.lib.cell.boot as s_boot


def main(argv: list[str]) -> None:
    """Find the class and run it. Raises NoSuchDir, NoSuchFile, NoSuchCtor."""
    if not argv:
        print('usage: python -m synapse.servers.stemcell <dirn> [flags]', file=sys.stderr)
        sys.exit(2)
    s_boot.run(s_boot.stem_ctor(argv[0]), argv)


if __name__ == '__main__':
    main(sys.argv[1:])
