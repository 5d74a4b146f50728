"""The older name of ``synapse.tools.axon.get``."""

from __future__ import annotations

import sys
import typing

import synapse.tools.axon.get as s_get
import synapse.tools.cmd as s_cmd


async def main(argv: typing.Sequence[str]) -> int:
    """Run the tool."""
    print('synapse.tools.pullfile is deprecated. Please use synapse.tools.axon.get instead.', file=sys.stderr)
    return await s_get.main(argv, name='pullfile', code=2, stream='stderr')


if __name__ == '__main__':
    s_cmd.exitmain(main)
