"""The older name of ``synapse.tools.axon.put``."""

from __future__ import annotations

import sys
import typing

import synapse.tools.axon.put as s_put
import synapse.tools.cmd as s_cmd


async def main(argv: typing.Sequence[str]) -> int:
    """Run the tool."""
    print('synapse.tools.pushfile is deprecated. Please use synapse.tools.axon.put instead.', file=sys.stderr)
    return await s_put.main(argv, name='pushfile', code=2, stream='stderr')


if __name__ == '__main__':
    s_cmd.exitmain(main)
