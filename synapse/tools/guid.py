"""Print a new random guid."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.tools.cmd as s_cmd


async def main(argv: typing.Sequence[str]) -> int:
    """Print 32 hex characters."""
    print(s_common.guid())
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
