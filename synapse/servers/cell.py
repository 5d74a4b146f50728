"""Run any cell class: ``python -m synapse.servers.cell pkg.mod.Ctor DIR [flags]``."""

from __future__ import annotations

import sys

import synapse.exc as s_exc
import synapse.lib.cell.boot as s_boot


def main(argv: list[str]) -> None:
    """Resolve the class named first and run it. Raises NoSuchCtor."""
    if not argv:
        print('usage: python -m synapse.servers.cell <ctor> <dirn> [flags]', file=sys.stderr)
        sys.exit(2)
    print(f'Resolving cellpath: {argv[0]}', flush=True)
    ctor = s_boot.resolve_cell(argv[0])
    if ctor is None:
        raise s_exc.NoSuchCtor(mesg='No Cell ctor found.', name=argv[0])
    s_boot.run(ctor, argv[1:])


if __name__ == '__main__':
    main(sys.argv[1:])
