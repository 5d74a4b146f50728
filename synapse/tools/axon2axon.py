"""The older name of ``synapse.tools.axon.copy``."""

from __future__ import annotations

import sys
import typing

import synapse.tools.axon.copy as s_copy
import synapse.tools.cmd as s_cmd


async def main(argv: typing.Sequence[str]) -> int:
    """Run the tool."""
    print('synapse.tools.axon2axon is deprecated. Please use synapse.tools.axon.copy instead.', file=sys.stderr)
    return await s_copy.main(argv, name='axon2axon')


if __name__ == '__main__':
    s_cmd.exitmain(main)
